"""Which squares of core points belong together: the searching half of the exact DBSCAN."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from aim.analysis._squares import Bools, Floats, Ints, Points, search

# Every square within reach, each pair once: columns aside, rows aside.
_FORWARD = (
    (0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0),
    (1, 2), (2, 1), (1, -2), (2, -1), (2, 2), (2, -2),
)  # fmt: skip
# From here a tree finds the nearest of two sets sooner than looking at every pair.
_TREE_PAYS = 2**20
# Boxes and trees only choose what to measure, so they err on the safe side of rounding.
_WIDE, _NARROW = 1 + 1e-9, 1 - 1e-9


@dataclass(frozen=True, slots=True)
class _Boxes:
    """The smallest box around the points of each square: west, south, east, north."""

    low: Floats
    high: Floats


def join_squares(dense: Points, eps_m: float) -> Ints:
    """Return the component of each square: squares with a pair of points within eps are joined.

    Parameters
    ----------
    dense
        Core points only.
    eps_m
        Metres.
    """
    xy_m = np.column_stack([dense.x, dense.y])
    boxes = _Boxes(
        np.minimum.reduceat(xy_m, dense.starts[:-1]), np.maximum.reduceat(xy_m, dense.starts[:-1])
    )
    one, other = _near_squares(dense, boxes, eps_m)
    sure = _surely_joined(dense, boxes, one, other, eps_m)
    joined = [(one[sure], other[sure])]
    one, other = one[~sure], other[~sure]
    tries = 1
    while True:
        component = _components(len(dense.keys), joined)
        apart = component[one] != component[other]
        one, other = one[apart], other[apart]
        if not len(one):
            return component
        tried = _cheapest(component, dense.sizes, one, other, tries)
        hit = _any_near(dense, boxes, one[tried], other[tried], eps_m)
        joined.append((one[tried][hit], other[tried][hit]))
        one, other = one[~tried], other[~tried]
        # Few first, because one hit settles all other pairs of its two components.
        tries *= 4


def _components(count: int, joined: list[tuple[Ints, Ints]]) -> Ints:
    one, other = (np.concatenate(ends) for ends in zip(*joined, strict=True))
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(count, count))
    component: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return component


def _near_squares(dense: Points, boxes: _Boxes, eps_m: float) -> tuple[Ints, Ints]:
    ones, others = [], []
    for aside, up in _FORWARD:
        wanted = dense.keys + (aside * dense.stride + up)
        at = np.searchsorted(dense.keys, wanted)
        at[at == len(dense.keys)] = 0
        one = np.flatnonzero(dense.keys[at] == wanted)
        other = at[one]
        gap = np.maximum(boxes.low[one] - boxes.high[other], boxes.low[other] - boxes.high[one])
        near = _within(np.maximum(gap, 0), eps_m * _WIDE)
        ones.append(one[near])
        others.append(other[near])
    return np.concatenate(ones), np.concatenate(others)


def _surely_joined(dense: Points, boxes: _Boxes, one: Ints, other: Ints, eps_m: float) -> Bools:
    """Settle pairs without a search: boxes wholly within eps, or a few points that are."""
    span = np.maximum(boxes.high[one] - boxes.low[other], boxes.high[other] - boxes.low[one])
    sure = _within(span, eps_m * _NARROW)
    first, last = dense.starts[:-1], dense.starts[1:] - 1
    for here in (first, (first + last) // 2, last):
        for there in (first, last):
            rows = np.flatnonzero(~sure)
            a, b = here[one[rows]], there[other[rows]]
            gap = np.column_stack([dense.x[a] - dense.x[b], dense.y[a] - dense.y[b]])
            sure[rows] = _within(gap, eps_m)
    return sure


def _within(gap: Floats, eps_m: float) -> Bools:
    near: Bools = gap[:, 0] * gap[:, 0] + gap[:, 1] * gap[:, 1] <= eps_m * eps_m
    return near


def _cheapest(component: Ints, sizes: Ints, one: Ints, other: Ints, tries: int) -> Bools:
    """Choose, for each pair of components, the pairs of squares that are least work to search."""
    work = sizes[one] * sizes[other]
    low = np.minimum(component[one], component[other])
    high = np.maximum(component[one], component[other])
    order = np.lexsort([work, high, low])
    low, high = low[order], high[order]
    new = np.concatenate([[True], (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    begins = np.flatnonzero(new)
    place = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    chosen = np.empty(len(order), dtype=np.bool_)
    chosen[order] = place < tries
    return chosen


def _any_near(dense: Points, boxes: _Boxes, one: Ints, other: Ints, eps_m: float) -> Bools:
    """Say of each pair of squares whether two of their points lie within eps."""
    small = dense.sizes[one] <= dense.sizes[other]
    one, other = np.where(small, one, other), np.where(small, other, one)
    by_tree = dense.sizes[one] * dense.sizes[other] > _TREE_PAYS
    found = np.zeros(len(one), dtype=np.bool_)
    for pair in np.flatnonzero(by_tree):
        found[pair] = _near_by_tree(dense, boxes, int(one[pair]), int(other[pair]), eps_m)
    rest = np.flatnonzero(~by_tree)
    found[rest] = _near_by_looking(dense, boxes, one[rest], other[rest], eps_m)
    return found


def _near_by_looking(dense: Points, boxes: _Boxes, one: Ints, other: Ints, eps_m: float) -> Bools:
    pair = np.repeat(np.arange(len(one)), dense.sizes[one])
    points = _spread(dense.starts[one], dense.sizes[one])
    facing = _faces(dense, points, boxes, other[pair], eps_m)
    pair, points = pair[facing], points[facing]
    first, last = dense.starts[other[pair]], dense.starts[other[pair] + 1]
    found = np.zeros(len(one), dtype=np.bool_)
    for some in search(dense.x[points], dense.y[points], first, last, among=dense, eps_m=eps_m):
        hit = np.logical_or.reduceat(some.near, some.begins)
        found[pair[some.rows][hit]] = True
    return found


def _near_by_tree(dense: Points, boxes: _Boxes, one: int, other: int, eps_m: float) -> bool:
    here = _facing(dense, boxes, one, other, eps_m)
    there = _facing(dense, boxes, other, one, eps_m)
    if not len(here) or not len(there):
        return False
    xy_m = np.column_stack([dense.x, dense.y])
    _, nearest = cKDTree(xy_m[there]).query(xy_m[here], k=1, distance_upper_bound=eps_m * _WIDE)
    seen = nearest < len(there)
    gap = xy_m[here[seen]] - xy_m[there[nearest[seen]]]
    if _within(gap, eps_m).any():
        return True
    # What is left lies within rounding of eps, where the tree may have named the wrong point.
    left = here[seen]
    first = np.full(len(left), dense.starts[other])
    last = np.full(len(left), dense.starts[other + 1])
    return any(
        some.near.any()
        for some in search(dense.x[left], dense.y[left], first, last, among=dense, eps_m=eps_m)
    )


def _facing(dense: Points, boxes: _Boxes, one: int, other: int, eps_m: float) -> Ints:
    points = np.arange(dense.starts[one], dense.starts[one + 1])
    return points[_faces(dense, points, boxes, np.full(len(points), other), eps_m)]


def _faces(dense: Points, points: Ints, boxes: _Boxes, other: Ints, eps_m: float) -> Bools:
    """Say which points lie within eps of the box of the other square."""
    xy_m = np.column_stack([dense.x[points], dense.y[points]])
    gap = np.maximum(boxes.low[other] - xy_m, xy_m - boxes.high[other])
    return _within(np.maximum(gap, 0), eps_m * _WIDE)


def _spread(first: Ints, lengths: Ints) -> Ints:
    """Return every index of runs that begin at ``first``, run after run."""
    ends = np.cumsum(lengths)
    indices: Ints = np.repeat(first - (ends - lengths), lengths)
    indices += np.arange(len(indices))
    return indices
