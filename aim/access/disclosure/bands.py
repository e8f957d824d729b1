"""Bands: what is said of a number that may not be said exactly."""

from typing import NamedTuple

from aim.access.disclosure.rules import K
from aim.errors import ParameterError


class Band(NamedTuple):
    """The least and the largest a number can be, both included; equal when it is exact."""

    low: int
    high: int


def band_of(count: int, *, k: int = K) -> Band:
    """Return the band a count lies in: 0 to k, k + 1 to 2k + 1, and so on.

    The bands are the same for every count, place and day, so a band tells nothing but itself. Zero
    is in a band with the smallest counts.

    Parameters
    ----------
    count
        Incidents, from 0.
    k
        The least width, highest minus lowest.

    Raises
    ------
    ParameterError
        The count is below 0 or k below 1.

    Examples
    --------
    >>> band_of(0), band_of(7)
    (Band(low=0, high=5), Band(low=6, high=11))
    """
    _refuse_below(count, 0, "count")
    _refuse_below(k, 1, "k")
    low = count // (k + 1) * (k + 1)
    return Band(low, low + k)


def narrowest_block(
    count: int,
    *,
    base: int,
    top: int,
    k: int = K,
    first_end: int | None = None,
    last_start: int | None = None,
) -> Band:
    """Return the block a count lies in when everything from ``base`` to ``top`` is cut in blocks.

    The cut depends on the limits alone, never on the count. Blocks are k wide; the last one takes
    in what is left over. Where no cut is possible the whole range is one block, which tells nothing
    that the limits do not.

    Parameters
    ----------
    count
        Incidents, between ``base`` and ``top``.
    base, top
        What is known already: the least and the largest the count can be.
    k
        The least width of a block.
    first_end
        The first block must reach at least this far.
    last_start
        The last block must start at or before this.

    Raises
    ------
    ParameterError
        The count is outside its limits.

    Examples
    --------
    >>> narrowest_block(38, base=12, top=112)
    Band(low=36, high=41)
    >>> narrowest_block(32, base=0, top=35, last_start=30)
    Band(low=30, high=35)
    >>> narrowest_block(3, base=0, top=8)
    Band(low=0, high=8)
    """
    if not base <= count <= top:
        raise ParameterError(
            f"A count from {base} to {top} was asked for, found {count}; take all counts from"
            " one reading of the store."
        )
    _refuse_below(k, 1, "k")
    end = base + k if first_end is None else max(base + k, first_end)
    last = top - k if last_start is None else min(top - k, last_start)
    if end + 1 > last:
        return Band(base, top)
    if count <= end:
        return Band(base, end)
    size = k + 1
    low = end + 1 + (min(count, last) - end - 1) // size * size
    return Band(low, top if low + size > last else low + k)


def widen(band: Band, *, k: int = K) -> Band:
    """Return a band at least 2k + 1 wide that holds a band; made of the band alone.

    What is made of a released band tells nothing to those who have it, so a stricter audience may
    share a table with the others.

    Examples
    --------
    >>> widen(Band(6, 11))
    Band(low=0, high=11)
    """
    size = 2 * (k + 1)
    return Band(band.low // size * size, (band.high // size + 1) * size - 1)


def say_band(low: int, high: int) -> str:
    """Say a band as people read it.

    Examples
    --------
    >>> say_band(0, 5), say_band(6, 11), say_band(24, 24)
    ('5 or fewer', '6 to 11', '24')
    """
    if low == high:
        return str(low)
    return f"{high} or fewer" if low == 0 else f"{low} to {high}"


def _refuse_below(number: int, least: int, name: str) -> None:
    if number < least:
        raise ParameterError(f"`{name}` must be a whole number from {least}, found {number!r}.")
