"""Numbers handed in by people and tables: read once, refused in words."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]


def read_counts(name: str, values: npt.ArrayLike) -> Floats:
    """Return values as numbers, or say which of them is no count.

    Raises
    ------
    ParameterError
        A value is negative, infinite or not a number, or there is more than one row of them.

    Examples
    --------
    >>> read_counts("counts", [3, 0])
    array([3., 0.])
    """
    counts = np.asarray(values, dtype=np.float64)
    if counts.ndim != 1:
        raise ParameterError(
            f"`{name}` must be one row of numbers, found the shape {counts.shape}."
        )
    usable = (counts >= 0) & (counts < np.inf)
    if not usable.all():
        raise ParameterError(
            f"`{name}` must be numbers from 0, found {counts[~usable][0]:g};"
            " leave out what was not counted."
        )
    return counts


def read_exposures(name: str, values: npt.ArrayLike, length: int) -> Floats:
    """Return one number above 0 for each place; a single number stands for all.

    Raises
    ------
    ParameterError
        A value is not above 0, or there are too many or too few.

    Examples
    --------
    >>> read_exposures("area", 4, 2)
    array([4., 4.])
    """
    exposures = np.asarray(values, dtype=np.float64)
    if exposures.ndim and exposures.shape != (length,):
        raise ParameterError(
            f"`{name}` must hold one number for each of the {length} places,"
            f" found the shape {exposures.shape}."
        )
    exposures = np.broadcast_to(exposures, (length,)).astype(np.float64)
    usable = (exposures > 0) & (exposures < np.inf)
    if not usable.all():
        raise ParameterError(f"`{name}` must be above 0, found {exposures[~usable][0]:g}.")
    return exposures


def check_share(name: str, value: float) -> float:
    """Return a number between 0 and 1, both left out, or refuse it.

    Raises
    ------
    ParameterError
        The value is not between them.

    Examples
    --------
    >>> check_share("alpha", 0.05)
    0.05
    """
    if not 0 < value < 1:
        raise ParameterError(f"`{name}` must lie between 0 and 1, found {value!r}.")
    return value


def read_pair(name: str, pair: Sequence[float]) -> tuple[float, float]:
    """Return a count before and a count after.

    Raises
    ------
    ParameterError
        There are not two, or one is no count.

    Examples
    --------
    >>> read_pair("treated", (207, 110))
    (207.0, 110.0)
    """
    counts = read_counts(name, np.asarray(pair, dtype=np.float64))
    if len(counts) != len(("before", "after")):
        raise ParameterError(f"`{name}` must be two counts, before and after; found {len(counts)}.")
    return float(counts[0]), float(counts[1])


def ratio(upper: float, lower: float) -> float:
    """Divide; not a number where the divisor is 0.

    Examples
    --------
    >>> ratio(1, 4), ratio(1, 0)
    (0.25, nan)
    """
    return upper / lower if lower else math.nan
