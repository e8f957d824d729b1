"""Pairs of incidents near in space, found once, and counted by how near they are in time."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from aim.analysis._compiled import load_kernel, wants_kernel
from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Times = npt.NDArray[np.signedinteger]
Engine = Callable[[Rows, Rows, Ints, Times, Times], Ints]

# Minkowski's p of the two metrics.
METRICS = {"euclidean": 2.0, "manhattan": 1.0}
# More near pairs than this would fill the memory of a laptop.
MOST_PAIRS = 100_000_000
# Pairs taken at once, so that the differences stay in the cache; a lane's count fits 16 bits.
_PAIRS = 1 << 13
_MICROSECONDS_A_DAY = 86_400_000_000
# Loading the compiled kernel takes seconds: so many comparisons numpy needs for as long.
_KERNEL_PAYS = 2_000_000_000
# The tree finds pairs by its own arithmetic: asked a hair further, none is missed.
_A_HAIR = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Pairs:
    """Near pairs by row, sorted by how far apart they lie; ``starts`` says where each band does.

    The first band is what lies nearer than the first edge, and is mostly empty.
    """

    one: Rows
    other: Rows
    starts: Ints


def all_pairs(count: int) -> int:
    """Return how many pairs there are, near or far."""
    return count * (count - 1) // 2


def find_pairs(points: Floats, edges: Floats, power: float) -> Pairs:
    """Find the pairs below the last finite edge, once for all permutations."""
    finite = edges[np.isfinite(edges)]
    tree = cKDTree(points) if len(points) else None
    reach_m = float(finite[-1]) * _A_HAIR
    if tree is None or not reach_m:
        none = np.empty(0, np.int32)
        return Pairs(none, none, np.zeros(len(finite) + 1, np.int64))
    _check_number((tree.count_neighbors(tree, reach_m, p=power) - len(points)) // 2, reach_m)
    pairs = tree.query_pairs(reach_m, p=power, output_type="ndarray").astype(np.int32)
    aside, ahead = np.abs(points[pairs[:, 0]] - points[pairs[:, 1]]).T
    apart = np.hypot(aside, ahead) if power == METRICS["euclidean"] else aside + ahead
    band = np.searchsorted(finite, apart, side="right")
    order = np.lexsort((pairs[:, 0], band))
    order = order[: np.count_nonzero(band < len(finite))]
    starts = np.searchsorted(band[order], np.arange(len(finite) + 1))
    return Pairs(pairs[order, 0], pairs[order, 1], starts.astype(np.int64))


def _check_number(pairs: int, reach_m: float) -> None:
    if pairs > MOST_PAIRS:
        raise ParameterError(
            f"{pairs:,} pairs of incidents lie within {reach_m:.0f} m, more than {MOST_PAIRS:,};"
            " take narrower bands, a shorter period or one type. The last band may be infinite at"
            " no cost."
        )


def small_numbers(days: Floats, edges: Floats) -> tuple[Times, Times]:
    """Return days and edges as the smallest whole numbers that keep every comparison.

    Whole days stay days; others become microseconds, so that no rounding decides a pair.
    """
    scale = 1 if (days == np.floor(days)).all() else _MICROSECONDS_A_DAY
    moments = np.rint((days - days.min(initial=np.inf)) * scale) if len(days) else days
    span = moments.max(initial=0.0)
    kind = next(one for one in (np.int16, np.int32, np.int64) if span + 1 <= np.iinfo(one).max)
    # |difference| < 6.5 and < 7 say the same of whole numbers.
    limits = np.minimum(np.ceil(np.minimum(edges * scale, span + 1)), span + 1)
    return moments.astype(kind), limits.astype(kind)


def pairs_by_time(moments: Times, limits: Times) -> Ints:
    """Count all pairs, near or far, whose times differ by less than each limit."""
    ordered = np.sort(moments.astype(np.int64))
    own = np.arange(1, len(ordered) + 1)
    below = [
        np.maximum(np.searchsorted(ordered, ordered + int(limit)) - own, 0).sum()
        for limit in limits
    ]
    return np.array(below, dtype=np.int64)


def pairs_by_space(pairs: Pairs, points: int, *, endless: bool) -> Ints:
    """Count the pairs of each space band; an endless last one holds what the others leave."""
    bands = np.diff(pairs.starts)
    rest = [all_pairs(points) - bands.sum()] if endless else []
    return np.concatenate([bands[1:], np.array(rest, dtype=np.int64)])


def by_bands(below: Ints, by_time: Ints, bands: int) -> Ints:
    """Turn counts below each limit into counts of each time band, and add an endless space band."""
    within = np.diff(below, axis=1)
    if bands == len(within) - 1:
        return within[1:]
    rest = np.diff(by_time)[None, :, None] - within.sum(axis=0, keepdims=True)
    return np.concatenate([within[1:], rest])


def choose_engine(engine: str, comparisons: int) -> Engine:
    """Return the method an engine names; ``auto`` takes the kernel where it pays.

    Raises
    ------
    ParameterError
        The engine is unknown or not installed.
    """
    if not wants_kernel(engine, pays=comparisons >= _KERNEL_PAYS):
        return count_below
    kernel: Engine = load_kernel("_knox_kernel").count_below
    return kernel


def count_below(
    one: Rows,
    other: Rows,
    starts: Ints,
    lanes: Times,
    limits: Times,
) -> Ints:
    """Count for each band, limit and lane the pairs whose times differ by less than the limit.

    Examples
    --------
    >>> times = np.array([[0, 4], [4, 9]], dtype=np.int16)
    >>> first, second = np.array([0], np.int32), np.array([1], np.int32)
    >>> count_below(first, second, np.array([0, 1]), times, np.array([0, 5], np.int16)).tolist()
    [[[0, 0], [1, 0]]]
    """
    found = np.zeros((len(starts) - 1, len(limits), lanes.shape[1]), dtype=np.int64)
    span = lanes.max(initial=0) - lanes.min(initial=0)
    found[:, limits > span] = np.diff(starts)[:, None, None]
    # Below 0 lies nothing, and beyond the span everything.
    asked = np.flatnonzero((limits > 0) & (limits <= span))
    for band, (first, last) in enumerate(pairwise(starts)):
        for start in range(first, last, _PAIRS):
            some = slice(start, min(start + _PAIRS, last))
            apart = lanes.take(one[some], axis=0)
            apart -= lanes.take(other[some], axis=0)
            np.abs(apart, out=apart)
            for place in asked:
                below = (apart < limits[place]).view(np.int8)
                found[band, place] += np.add.reduce(below, axis=0, dtype=np.int16)
    return found
