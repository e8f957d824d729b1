"""The three searching steps of the exact DBSCAN, compiled; needs the ``fast`` extra.

The same squares and the same tests as in ``_cell_graph``, so the same answer, only sooner: what
numpy does in passes over arrays, a compiled loop does in registers and stops early.
"""

import numpy as np
from numba import njit

from aim.analysis._squares import NEAREST_COLUMNS_FIRST, Bools, Floats, Ints, Points

_ROW_REACH = 2


def weigh(
    points: Points, light: Bools, weights: Floats | None, eps_m: float, min_samples: int
) -> Bools:
    """Say of every point of the light squares whether ``min_samples`` lies within eps of it."""
    pool = points if weights is None else points.only(weights > 0)
    own = np.empty(0) if weights is None else weights[weights > 0]
    first, last = _columns(pool, points.keys[light])
    asked = np.repeat(light, points.sizes)
    square = np.repeat(np.arange(first.shape[1]), points.sizes[light])
    core: Bools = _weigh(
        points.x[asked], points.y[asked], square, first, last, pool.x, pool.y, own,
        eps_m * eps_m, float(min_samples),
    )  # fmt: skip
    return core


def join(dense: Points, eps_m: float) -> Ints:
    """Return the component of each square: squares with a pair of points within eps are joined."""
    first, last = [], []
    for aside in range(3):
        centre = dense.keys + aside * dense.stride
        first.append(np.searchsorted(dense.keys, centre - _ROW_REACH))
        last.append(np.searchsorted(dense.keys, centre + _ROW_REACH, side="right"))
    root = _join(dense.x, dense.y, dense.starts, np.stack(first), np.stack(last), eps_m * eps_m)
    component: Ints = np.unique(root, return_inverse=True)[1]
    return component


def touch(points: Points, asked: Bools, dense: Points, clusters: Ints, eps_m: float) -> Ints:
    """Return the lowest cluster with a core point within eps of each point asked, -1 if none."""
    first, last = _columns(dense, points.keys)
    square = np.repeat(np.arange(len(points.keys)), points.sizes)[asked]
    cluster = np.repeat(clusters, dense.sizes)
    touched: Ints = _touch(
        points.x[asked], points.y[asked], square, first, last, dense.x, dense.y, cluster,
        eps_m * eps_m,
    )  # fmt: skip
    return touched


def _columns(pool: Points, keys: Ints) -> tuple[Ints, Ints]:
    runs = [pool.column(keys, aside) for aside in NEAREST_COLUMNS_FIRST]
    return np.stack([first for first, _ in runs]), np.stack([last for _, last in runs])


@njit(cache=True)
def _weigh(x, y, square, first, last, pool_x, pool_y, weights, limit, least):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    core = np.zeros(len(x), dtype=np.bool_)
    for i in range(len(x)):
        found = 0.0
        for column in range(len(first)):
            begin, end = first[column, square[i]], last[column, square[i]]
            if len(weights):
                for j in range(begin, end):
                    east, north = x[i] - pool_x[j], y[i] - pool_y[j]
                    found += weights[j] * (east * east + north * north <= limit)
            else:
                count = 0
                for j in range(begin, end):
                    east, north = x[i] - pool_x[j], y[i] - pool_y[j]
                    count += east * east + north * north <= limit
                found += count
            if found >= least:
                core[i] = True
                break
    return core


@njit(cache=True)
def _touch(x, y, square, first, last, pool_x, pool_y, cluster, limit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    lowest = np.full(len(x), -1, dtype=np.int64)
    for i in range(len(x)):
        best = np.iinfo(np.int64).max
        for column in range(len(first)):
            for j in range(first[column, square[i]], last[column, square[i]]):
                if cluster[j] < best:
                    east, north = x[i] - pool_x[j], y[i] - pool_y[j]
                    if east * east + north * north <= limit:
                        best = cluster[j]
        if best < np.iinfo(np.int64).max:
            lowest[i] = best
    return lowest


@njit(cache=True)
def root_of(parent, square):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled  # pragma: no cover
    while parent[square] != square:
        parent[square] = parent[parent[square]]
        square = parent[square]
    return square


@njit(cache=True)
def _join(x, y, starts, first, last, limit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    parent = np.arange(len(starts) - 1)
    # Near columns first: most far pairs are then already one component.
    for aside in range(len(first)):
        for one in range(len(parent)):
            for other in range(max(first[aside, one], one + 1), last[aside, one]):
                here, there = root_of(parent, one), root_of(parent, other)
                if here != there and _any_near(x, y, starts, one, other, limit):
                    parent[max(here, there)] = min(here, there)
    return np.array([root_of(parent, square) for square in range(len(parent))])


@njit(cache=True)
def _any_near(x, y, starts, one, other, limit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
    for j in range(starts[other], starts[other + 1]):
        west, east = min(west, x[j]), max(east, x[j])
        south, north = min(south, y[j]), max(north, y[j])
    for i in range(starts[one], starts[one + 1]):
        aside = max(0.0, west - x[i], x[i] - east)
        ahead = max(0.0, south - y[i], y[i] - north)
        # A hair wide: the box only spares work.
        if aside * aside + ahead * ahead <= limit * (1 + 1e-9):
            for j in range(starts[other], starts[other + 1]):
                across, along = x[i] - x[j], y[i] - y[j]
                if across * across + along * along <= limit:
                    return True
    return False
