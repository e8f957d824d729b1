"""Exact DBSCAN on a graph of squares: numpy and scipy only, no list of neighbours is ever kept.

Points are sorted into squares of side eps/sqrt(2), so two points of one square are always
neighbours. A square that weighs ``min_samples`` is dense without any distance; only points of
lighter squares are weighed. Clusters are the connected components of the squares that hold a core
point: most pairs of squares are settled by their boxes or by a few points, and only pairs that
could still join two components are searched. Memory is O(n), whatever the density.

The idea is Gunawan's (2013, "A faster algorithm for DBSCAN", Eindhoven); Wang, Gu and Shun (2020,
SIGMOD) give the search between two squares.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from aim.analysis._join import join_squares
from aim.analysis._squares import (
    NEAREST_COLUMNS_FIRST,
    Bools,
    Floats,
    Ints,
    Points,
    collapse,
    search,
    sort_into_squares,
)

Kind = TypeVar("Kind", bound=np.generic)

_NOBODY = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Steps:
    """The three searching steps, which numpy or a compiled kernel can do.

    Attributes
    ----------
    weigh
        Says which points of light squares are core.
    join
        Returns the component of each square of core points.
    touch
        Returns the lowest cluster each other point touches.
    """

    weigh: Callable[[Points, Bools, Floats | None, float, int], Bools]
    join: Callable[[Points, float], Ints]
    touch: Callable[[Points, Bools, Points, Ints, float], Ints]


def cell_graph(
    steps: Steps, xy_m: Floats, eps_m: float, min_samples: int, weights: Floats | None
) -> tuple[Ints, Bools]:
    """Label points as scikit-learn does; ``aim.analysis.dbscan`` checks the input first.

    Returns
    -------
    labels, core
        -1 is noise; clusters are numbered by their lowest core row, a border point belongs to the
        lowest number it touches.
    """
    xy_m, weights, lowest_row, back = collapse(xy_m, weights)
    points, order = sort_into_squares(xy_m, eps_m)
    if weights is not None:
        # More than enough is enough, and sums of clipped weights stay exact longer.
        weights = np.minimum(weights[order], min_samples)
    core = _find_core(steps, points, weights, eps_m, min_samples)
    labels = np.full(len(order), -1, dtype=np.int64)
    if core.any():
        dense = points.only(core)
        clusters = _number(steps.join(dense, eps_m), dense, lowest_row[order[core]])
        labels[core] = np.repeat(clusters, dense.sizes)
        labels[~core] = steps.touch(points, ~core, dense, clusters, eps_m)
    return _put_back(labels, order)[back], _put_back(core, order)[back]


def _put_back(values: npt.NDArray[Kind], order: Ints) -> npt.NDArray[Kind]:
    placed = np.empty_like(values)
    placed[order] = values
    return placed


def _find_core(
    steps: Steps, points: Points, weights: Floats | None, eps_m: float, min_samples: int
) -> Bools:
    """Decide each point: at once in heavy squares, by weighing its neighbours in light ones."""
    mass = points.sizes if weights is None else np.add.reduceat(weights, points.starts[:-1])
    light = mass < min_samples
    core = np.repeat(~light, points.sizes)
    if light.any():
        core[~core] = steps.weigh(points, light, weights, eps_m, min_samples)
    return core


def _weigh(
    points: Points, light: Bools, weights: Floats | None, eps_m: float, min_samples: int
) -> Bools:
    """Say of every point of the light squares whether ``min_samples`` lies within eps of it."""
    # Points without weight are weighed like any other, but weigh nothing for their neighbours.
    weighty = points if weights is None else points.only(weights > 0)
    own = None if weights is None else weights[weights > 0]
    total, slack = _running_total(len(points.x), own)
    runs = [weighty.column(points.keys[light], aside) for aside in NEAREST_COLUMNS_FIRST]
    to_come = sum((total[last] - total[first] for first, last in runs), np.zeros(1))
    square = np.repeat(np.arange(len(to_come)), points.sizes[light])
    asked = np.repeat(light, points.sizes)
    x, y = points.x[asked], points.y[asked]
    found = np.zeros(len(square))
    for first, last in runs:
        undecided = (found < min_samples) & (found + to_come[square] >= min_samples - slack)
        rows = np.flatnonzero(undecided & (last > first)[square])
        begin, end = first[square[rows]], last[square[rows]]
        for some in search(x[rows], y[rows], begin, end, among=weighty, eps_m=eps_m):
            seen = some.near if own is None else some.near * own[some.points]
            found[rows[some.rows]] += np.add.reduceat(seen, some.begins, dtype=np.float64)
        to_come = to_come - (total[last] - total[first])
    core: Bools = found >= min_samples
    return core


def _running_total(count: int, weights: Floats | None) -> tuple[Floats, float]:
    """Return the running total of weights from 0, and how far rounding may have moved it."""
    if weights is None:
        return np.arange(count + 1, dtype=np.float64), 0.0
    total = np.concatenate([[0.0], np.cumsum(weights)])
    return total, 10 * len(total) * float(np.spacing(total[-1]))


def _number(component: Ints, dense: Points, rows: Ints) -> Ints:
    """Return the cluster of each square: components in the order of their lowest core row."""
    lowest = np.full(int(component.max()) + 1, _NOBODY)
    np.minimum.at(lowest, component, np.minimum.reduceat(rows, dense.starts[:-1]))
    number = np.empty_like(lowest)
    number[np.argsort(lowest)] = np.arange(len(lowest))
    return number[component]


def _touched(points: Points, asked: Bools, dense: Points, clusters: Ints, eps_m: float) -> Ints:
    """Return the lowest cluster with a core point within eps of each point asked, -1 if none."""
    x, y = points.x[asked], points.y[asked]
    square = np.repeat(np.arange(len(points.keys)), points.sizes)[asked]
    cluster_of_point = np.repeat(clusters, dense.sizes)
    lowest = np.full(len(square), _NOBODY)
    for aside in NEAREST_COLUMNS_FIRST:
        first, last = dense.column(points.keys, aside)
        rows = np.flatnonzero((last > first)[square])
        begin, end = first[square[rows]], last[square[rows]]
        for some in search(x[rows], y[rows], begin, end, among=dense, eps_m=eps_m):
            cluster = np.where(some.near, cluster_of_point[some.points], _NOBODY)
            here = rows[some.rows]
            lowest[here] = np.minimum(lowest[here], np.minimum.reduceat(cluster, some.begins))
    lowest[lowest == _NOBODY] = -1
    return lowest


NUMPY = Steps(_weigh, join_squares, _touched)
