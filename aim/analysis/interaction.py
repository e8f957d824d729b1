"""Space and time together: three older tests of whether what is near is also soon.

``near_repeat`` answers the same question band by band, for as many incidents as a borough has.
These give one number for a whole list and stand here so that published studies can be repeated.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from aim.analysis._dated import read_days
from aim.analysis._knox import METRICS, find_pairs, small_numbers
from aim.analysis._numbers import ratio
from aim.analysis._points import check_points
from aim.analysis._random import Randomness, check_permutations, read_rng
from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Order = npt.NDArray[np.int64]

# Two tables of so many rows and columns fit a laptop's memory.
MOST_FOR_MANTEL = 3_000
# Sums taken in another order differ in their last digits: that much is no difference.
_A_HAIR = 1e-12


@dataclass(frozen=True, slots=True)
class Interaction:
    """One number that says how far what is near in space is near in time.

    Attributes
    ----------
    statistic
        What the test measures; not a number where it cannot be told.
    p
        One-sided: the share of permuted lists, the observed one counted, that reach the statistic.
        Not a number without permutations, or without a statistic.
    permutations, seed
        How many permutations, and what they were drawn with.
    """

    statistic: float
    p: float
    permutations: int
    seed: int | None


def mantel_test(
    xy_m: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    space_constant_m: float = 1.0,
    space_power: float = -1.0,
    time_constant_days: float = 1.0,
    time_power: float = -1.0,
    permutations: int = 999,
    rng: Randomness = None,
) -> Interaction:
    """Correlate how far apart incidents lie in space with how far apart they lie in time.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres, finite; at most 3,000, for every pair is looked at.
    days
        Length n, the day of each incident as a number; finite, whole or not.
    space_constant_m, space_power, time_constant_days, time_power
        A distance d enters as (d + constant) ** power, a gap of time likewise. The usual
        reciprocals make near pairs count and far ones alike; 0 and 1 take distances as they are.
    permutations
        How many times the days are dealt out anew among the places; 0 for none.
    rng
        A generator or a seed; by default a fixed seed, so that a rerun agrees.

    Returns
    -------
    Interaction
        ``.statistic`` is Pearson's correlation over all pairs, -1 to 1; not a number for fewer
        than three incidents, or where all lie equally far apart.

    Raises
    ------
    ParameterError
        Points, days or permutations cannot be used, there are too many, or a constant of 0 meets
        a distance of 0 and a negative power.

    Notes
    -----
    Mantel, N. (1967), "The detection of disease clustering and a generalized regression
    approach", Cancer Research 27: 209-220.

    Examples
    --------
    >>> places, days = [[0, 0], [10, 0], [500, 0], [510, 0]], [1, 2, 40, 41]
    >>> round(mantel_test(places, days, permutations=0).statistic, 2)
    1.0
    """
    points, times = _read_events(xy_m, days)
    if len(points) > MOST_FOR_MANTEL:
        raise ParameterError(
            f"Mantel's test looks at every pair: {len(points):,} incidents are more than"
            f" {MOST_FOR_MANTEL:,}. Take a shorter period or one type, or `near_repeat`."
        )
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    near = _standardised("space", apart, space_constant_m, space_power)
    gaps = np.abs(times[:, None] - times[None])
    soon = _standardised("time", gaps, time_constant_days, time_power)

    def correlation(order: Order) -> float:
        # Row by row: a table of permuted gaps for each permutation would not stay in the cache.
        rows = (near[at] @ soon[one].take(order) for at, one in enumerate(order))
        return ratio(math.fsum(rows), len(points) * (len(points) - 1))

    return _permuted(correlation, len(points), permutations, rng)


def jacquez_test(
    xy_m: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    neighbours: int = 3,
    permutations: int = 999,
    rng: Randomness = None,
) -> Interaction:
    """Count the nearest incidents in space that are also the nearest in time.

    No distance need be chosen, so that a dense town centre and its thin edge weigh alike.

    Parameters
    ----------
    xy_m, days, permutations, rng
        As in ``mantel_test``; any number of incidents.
    neighbours
        How many are the nearest, from 1.

    Returns
    -------
    Interaction
        ``.statistic`` counts each incident's neighbours, so that two which are each other's count
        twice. Of incidents equally near the more westerly, then southerly, then earlier is the
        nearer in space, and the earlier in time, so that row order does not matter.

    Raises
    ------
    ParameterError
        Points, days or permutations cannot be used, or there are not more incidents than
        ``neighbours``.

    Notes
    -----
    Jacquez, G. M. (1996), "A k nearest neighbour test for space-time interaction", Statistics in
    Medicine 15: 1935-1949. Days shared by many incidents are ties, whose order is chance: where
    most incidents share their day, ``near_repeat`` says more.

    Examples
    --------
    >>> places, days = [[0, 0], [10, 0], [500, 0], [510, 0]], [1, 2, 40, 41]
    >>> jacquez_test(places, days, neighbours=1, permutations=0).statistic
    4.0
    """
    points, times = _read_events(xy_m, days)
    if neighbours != int(neighbours) or not 1 <= neighbours < len(points):
        raise ParameterError(
            f"`neighbours` must be a whole number from 1 and below that of incidents,"
            f" {len(points)}; found {neighbours!r}."
        )
    settled = np.lexsort((times, points[:, 1], points[:, 0]))
    points, times = points[settled], times[settled]
    # Times in their order: slots that are dealt out among the places.
    slot_of = np.empty(len(times), dtype=np.int64)
    by_time = np.argsort(times, kind="stable")
    slot_of[by_time] = np.arange(len(times))
    places, slots = _nearest(points, neighbours), _nearest(times[by_time, None], neighbours)
    soon = np.unique(np.arange(len(times))[:, None] * len(times) + slots)

    def count(order: Order) -> float:
        dealt = slot_of[order]
        pairs = dealt[:, None] * len(times) + dealt[places]
        return float(np.isin(pairs, soon).sum())

    return _permuted(count, len(points), permutations, rng)


def modified_knox(
    xy_m: npt.ArrayLike,
    days: npt.ArrayLike,
    near_m: float,
    soon_days: float,
    *,
    permutations: int = 999,
    rng: Randomness = None,
) -> Interaction:
    """Count pairs near in space and time beyond what each incident's own neighbours explain.

    Knox's count is high where many incidents share a busy place and others a busy week; here the
    expectation is added up incident by incident.

    Parameters
    ----------
    xy_m, days, permutations, rng
        As in ``mantel_test``; any number of incidents.
    near_m, soon_days
        Pairs nearer than the first, metres, and less apart in time than the second, days, both
        above 0: the edge itself does not belong, as in the bands of ``near_repeat``.

    Returns
    -------
    Interaction
        ``.statistic`` is the number of pairs above expectation, 0 for fewer than two incidents.

    Raises
    ------
    ParameterError
        Points, days, limits or permutations cannot be used.

    Notes
    -----
    Baker, R. D. (2004), "Identifying space-time disease clusters", Acta Tropica 91: 291-299. Half
    of ``sum_ij near_ij soon_ij - sum_i near_i soon_i / (n - 1)``; a permutation moves both parts.

    Examples
    --------
    >>> places, days = [[0, 0], [10, 0], [500, 0], [510, 0]], [1, 2, 40, 41]
    >>> round(modified_knox(places, days, 50, 7, permutations=0).statistic, 4)
    1.3333
    """
    points, times = _read_events(xy_m, days)
    for name, limit in (("near_m", near_m), ("soon_days", soon_days)):
        if not 0 < limit < math.inf:
            raise ParameterError(f"`{name}` must be above 0 and finite, found {limit!r}.")
    pairs = find_pairs(points, np.array([near_m], dtype=np.float64), METRICS["euclidean"])
    ends = np.concatenate([pairs.one, pairs.other])
    near = np.bincount(ends, minlength=len(points))
    small, limits = small_numbers(times, np.array([soon_days], dtype=np.float64))
    moments, limit = small.astype(np.int64), int(limits[0])
    soon = _within(moments, limit)
    others = max(len(points) - 1, 1)

    def excess(order: Order) -> float:
        dealt = moments[order]
        both = np.count_nonzero(np.abs(dealt[pairs.one] - dealt[pairs.other]) < limit)
        # Whole numbers to the last step: no rounding decides whether a permutation reaches it.
        return float(2 * others * both - near @ soon[order]) / (2 * others)

    return _permuted(excess, len(points), permutations, rng)


def _read_events(xy_m: npt.ArrayLike, days: npt.ArrayLike) -> tuple[Floats, Floats]:
    points = check_points(xy_m)
    return points, read_days(days, len(points))


def _standardised(name: str, apart: Floats, constant: float, power: float) -> Floats:
    """Return the transformed distances of all pairs with a mean of 0 and a variance of 1."""
    between = ~np.eye(len(apart), dtype=np.bool_)
    base = apart[between] + constant
    if (base < 0).any() or (power < 0 and not base.all()):
        raise ParameterError(
            f"`{name}` distances of 0 cannot be raised to {power:g}; give a constant above 0."
        )
    values, pairs = base**power, max(len(base), 1)
    centred = values - values.sum() / pairs
    spread = math.sqrt((centred**2).sum() / pairs)
    # Rounding alone tells pairs apart that all lie equally far.
    alike = spread <= _A_HAIR * np.abs(values).max(initial=0.0)
    table = np.zeros(between.shape)
    table[between] = np.nan if alike else centred / spread
    return table


def _nearest(points: Floats, neighbours: int) -> Ints:
    """Return the rows of the nearest others, nearest first; of equally near the earlier row."""
    tree = cKDTree(points)
    reach = tree.query(points, neighbours + 1)[0][:, -1]
    # The tree finds by its own arithmetic: asked a hair further, no tie is missed.
    found = tree.query_ball_point(points, reach * (1 + 1e-9))
    counts = np.array([len(one) for one in found])
    row = np.repeat(np.arange(len(points)), counts)
    other = np.concatenate([np.asarray(one, dtype=np.int64) for one in found])
    row, other = row[row != other], other[row != other]
    apart = np.sqrt(((points[row] - points[other]) ** 2).sum(axis=1))
    order = np.lexsort((other, apart, row))
    first = np.searchsorted(row[order], np.arange(len(points)))
    chosen = order[first[:, None] + np.arange(neighbours)]
    nearest: Ints = other[chosen]
    return nearest


def _within(moments: Ints, limit: int) -> Ints:
    """Count for each moment the others less than a limit away."""
    ordered = np.sort(moments)
    below = np.searchsorted(ordered, moments + limit, side="left")
    return below - np.searchsorted(ordered, moments - limit, side="right") - 1


def _permuted(
    measure: Callable[[Order], float], count: int, permutations: int, rng: Randomness
) -> Interaction:
    """Measure as found, then with the times dealt out anew."""
    generator, seed = read_rng(rng)
    asked = check_permutations(permutations)
    own = np.arange(count)
    observed = measure(own)
    if not asked or math.isnan(observed):
        return Interaction(observed, math.nan, asked, seed)
    needed = observed - _A_HAIR * max(1.0, abs(observed))
    reached = sum(measure(generator.permutation(own)) >= needed for _ in range(asked))
    return Interaction(observed, (reached + 1) / (asked + 1), asked, seed)
