"""Plain DBSCAN of many small maps at once, for simulation: who hangs together, and how many.

A simulated map is mostly noise, so almost every point is dismissed by a count of the squares
around it, and distances are measured for the rest alone. The answers are those of
``aim.analysis.dbscan`` for points sorted from west to east, then from south to north.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from aim.analysis._compiled import load_kernel, wants_kernel
from aim.analysis._squares import stable_order
from aim.analysis.dbscan import dbscan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Squares are a hair larger than their share of eps, so that a square beyond reach is beyond eps.
_HAIR = 1e-6
# Finer squares dismiss more points and cost more to count: about so many for each point.
_SQUARES_A_POINT = 20
_FINENESS = (4, 2, 1)
_MOST_SQUARES = 2**22
# Where points have more pairs to measure than this, the general method is quicker.
PAIRS_A_POINT = 64
# Maps are labelled together while their squares and points stay in the processor's cache.
_POINTS_TOGETHER, _SQUARES_TOGETHER = 2**14, 2**18
# Loading the kernel and compiling it once takes seconds: so many points numpy needs for that.
_KERNEL_PAYS = 10_000_000
_NOBODY = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Ground:
    """The squares that every map of a simulation is sorted into.

    Attributes
    ----------
    west, south
        Where the first column and row begin, metres.
    side
        Of a square, metres.
    reach
        Squares to each side that may hold a neighbour.
    width, height
        Columns and rows, with ``reach`` + 1 empty ones on every side.
    """

    west: float
    south: float
    side: float
    reach: int
    width: int
    height: int

    @property
    def together(self) -> int:
        """Return how many maps' squares are counted side by side."""
        return max(1, _SQUARES_TOGETHER // (self.width * self.height))


Label = Callable[[Floats, Ground, float, int], tuple[Ints, Bools] | None]


def lay_ground(
    bounds: tuple[float, float, float, float], eps_m: float, points: int
) -> Ground | None:
    """Lay squares over the ground, or say by None that it is too wide for them.

    Parameters
    ----------
    bounds
        West, south, east and north of all points, metres.
    eps_m
        Metres.
    points
        How many a map has.
    """
    for fineness in _FINENESS:
        ground = _squares(bounds, eps_m, fineness)
        if ground.width * ground.height <= min(_SQUARES_A_POINT * points, _MOST_SQUARES):
            return ground
    return ground if ground.width * ground.height <= _MOST_SQUARES else None


def _squares(bounds: tuple[float, float, float, float], eps_m: float, fineness: int) -> Ground:
    west, south, east, north = bounds
    side = eps_m / fineness * (1 + _HAIR)
    margins = 2 * (fineness + 1) + 1
    width, height = (
        int((end - start) / side) + margins for start, end in ((west, east), (south, north))
    )
    return Ground(west, south, side, fineness, width, height)


def label_maps(
    maps: Floats, ground: Ground | None, eps_m: float, min_samples: int, label: Label
) -> tuple[Ints, Bools]:
    """Label every map by itself.

    Parameters
    ----------
    maps
        Shape (maps, points, 2), metres.
    ground
        From ``lay_ground``; None for the general method.
    eps_m, min_samples
        As in ``dbscan``.
    label
        ``label_by_counting`` or its compiled twin.

    Returns
    -------
    labels, core
        Of every point, map after map. -1 is noise; numbers rise from map to map, and within one
        from the cluster with the westernmost core point (of those the southernmost).
    """
    found = None if ground is None else label(maps, ground, eps_m, min_samples)
    return _label_one_by_one(maps, eps_m, min_samples) if found is None else found


def _label_one_by_one(maps: Floats, eps_m: float, min_samples: int) -> tuple[Ints, Bools]:
    labels = np.empty(maps.shape[:2], dtype=np.int64)
    core = np.empty(maps.shape[:2], dtype=np.bool_)
    begin = 0
    for number, points in enumerate(maps):
        order = np.lexsort((points[:, 1], points[:, 0]))
        found, dense = dbscan(points[order], eps_m, min_samples)
        labels[number, order] = np.where(found < 0, found, found + begin)
        core[number, order] = dense
        begin += int(found.max(initial=-1)) + 1
    return labels.ravel(), core.ravel()


def label_by_counting(
    maps: Floats, ground: Ground, eps_m: float, min_samples: int
) -> tuple[Ints, Bools] | None:
    """Label maps of few clusters; None where there are so many pairs that it would be slow."""
    x, y, keys, order = _sort(maps, ground)
    shape = (len(maps), ground.height, ground.width)
    held = np.cumsum(np.bincount(keys, minlength=int(np.prod(shape))))
    around = _count_around(held.reshape(shape), keys, ground)
    asked = np.flatnonzero(around >= min_samples)
    if around[asked].sum() > PAIRS_A_POINT * len(keys):
        return None
    one, other = _near_pairs(x, y, *_candidates(asked, keys, held, ground), eps_m)
    dense = np.bincount(one, minlength=len(keys)) >= min_samples
    kept = dense[one]
    run = order // maps.shape[1]
    found = _join(dense, one[kept], other[kept], np.lexsort((y[dense], x[dense], run[dense])))
    labels, core = np.empty_like(found), np.empty_like(dense)
    labels[order], core[order] = found, dense
    return labels, core


def _sort(maps: Floats, ground: Ground) -> tuple[Floats, Floats, Ints, Ints]:
    """Return places and square of every point, sorted by square, and the row each came from."""
    places = maps.reshape(-1, 2)
    x, y = places[:, 0], places[:, 1]
    column = ((x - ground.west) / ground.side).astype(np.int64) + (ground.reach + 1)
    row = ((y - ground.south) / ground.side).astype(np.int64) + (ground.reach + 1)
    row += np.repeat(np.arange(len(maps)) * ground.height, maps.shape[1])
    keys = row * ground.width + column
    order = stable_order(keys)
    return x[order], y[order], keys[order], order


def _count_around(held: Ints, keys: Ints, ground: Ground) -> Ints:
    """Count the points in the squares around each: no neighbour is beyond them.

    Parameters
    ----------
    held
        Points up to each square, counted row after row, map after map.
    keys
        The square of each point.
    """
    below = held.cumsum(axis=1).ravel()
    up, aside = ground.reach * ground.width, ground.reach
    down = up + ground.width
    east, west = keys + aside, keys - (aside + 1)
    counted: Ints = (below[east + up] - below[east - down]) - (
        below[west + up] - below[west - down]
    )
    return counted


def _candidates(asked: Ints, keys: Ints, held: Ints, ground: Ground) -> tuple[Ints, Ints]:
    """Return each point asked beside every point of the squares around it."""
    rows = np.arange(-ground.reach, ground.reach + 1) * ground.width
    centre = keys[asked][:, None] + rows
    first, last = held[centre - (ground.reach + 1)], held[centre + ground.reach]
    lengths = last - first
    one = np.repeat(asked, lengths.sum(axis=1))
    length, start = lengths.ravel(), first.ravel()
    ends = np.cumsum(length)
    other = np.repeat(start - (ends - length), length)
    other += np.arange(len(other))
    return one, other


def _near_pairs(x: Floats, y: Floats, one: Ints, other: Ints, eps_m: float) -> tuple[Ints, Ints]:
    gap = x[one]
    gap -= x[other]
    gap *= gap
    aside = y[one]
    aside -= y[other]
    aside *= aside
    gap += aside
    near = gap <= eps_m * eps_m
    return one[near], other[near]


def _join(core: Bools, one: Ints, other: Ints, westward: Ints) -> Ints:
    """Return the clusters' numbers; a point on a border has the lowest that it touches.

    Parameters
    ----------
    core
        Which points are core.
    one, other
        All pairs within eps whose first point is core.
    westward
        The core points from the westernmost, map after map.
    """
    labels = np.full(len(core), -1, dtype=np.int64)
    cores = len(westward)
    if not cores:
        return labels
    place = np.cumsum(core) - 1
    both = core[other]
    pairs = place[one[both]], place[other[both]]
    graph = coo_array((np.ones(len(pairs[0]), dtype=np.int8), pairs), shape=(cores, cores))
    component = connected_components(graph, directed=False)[1]
    first = np.unique(component[westward], return_index=True)[1]
    number = np.empty_like(first)
    number[np.argsort(first)] = np.arange(len(first))
    labels[core] = number[component]
    lowest = np.full(len(core), _NOBODY)
    np.minimum.at(lowest, other[~both], labels[one[~both]])
    border = lowest < _NOBODY
    labels[border] = lowest[border]
    return labels


def choose_label(engine: str, points: int) -> Label:
    """Return the method an engine names; ``auto`` takes the kernel where it pays.

    Parameters
    ----------
    engine
        ``auto``, ``numpy`` or ``numba``.
    points
        How many there are in all maps together.

    Raises
    ------
    ParameterError
        The engine is unknown or not installed.
    """
    if not wants_kernel(engine, pays=points >= _KERNEL_PAYS):
        return label_by_counting
    kernel: Label = load_kernel("_largest_kernel").label_maps_compiled
    return kernel


def maps_together(ground: Ground | None, points: int) -> int:
    """Return how many maps are best drawn and labelled in one go."""
    if ground is None:
        return 1
    return max(1, min(ground.together, _POINTS_TOGETHER // max(points, 1)))
