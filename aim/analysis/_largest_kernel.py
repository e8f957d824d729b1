"""Plain DBSCAN of simulated maps, compiled; needs the ``fast`` extra.

The same squares and the same tests as in ``_largest``, so the same answer, only sooner.
"""

import numpy as np
from numba import njit

from aim.analysis._kernel import root_of
from aim.analysis._largest import PAIRS_A_POINT, Bools, Floats, Ground, Ints


def label_maps_compiled(
    maps: Floats, ground: Ground, eps_m: float, min_samples: int
) -> tuple[Ints, Bools] | None:
    """Label maps of few clusters; None where there are so many pairs that it would be slow."""
    labels = np.full(maps.shape[:2], -1, dtype=np.int64)
    core = np.zeros(maps.shape[:2], dtype=np.bool_)
    squares = np.zeros(ground.width * ground.height + 1, dtype=np.int64)
    most = PAIRS_A_POINT * maps.shape[1]
    begin = 0
    grid = (ground.west, ground.south, ground.side, ground.reach, ground.width)
    for number, points in enumerate(maps):
        squares[:] = 0
        asked = (eps_m * eps_m, min_samples, most)
        clusters = _label(points, labels[number], core[number], squares, grid, asked, begin)
        if clusters < 0:
            return None
        begin += clusters
    return labels.ravel(), core.ravel()


@njit(cache=True)
def _label(points, labels, core, squares, grid, asked, begin):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    (_, _, _, reach, width), (limit, least, most) = grid, asked
    key, order = _sort(points, squares, grid)
    x, y = points[order, 0], points[order, 1]
    dense = np.zeros(len(order), dtype=np.bool_)
    pairs = 0
    for i in range(len(order)):
        around = 0
        for up in range(-reach, reach + 1):
            centre = key[order[i]] + up * width
            around += squares[centre + reach + 1] - squares[centre - reach]
        if around >= least:
            pairs += around
            dense[i] = _is_core(x, y, squares, key[order[i]], reach, width, i, limit, least)
    if pairs > most:
        return -1
    number, clusters = _number(x, y, dense, key, order, squares, reach, width, limit)
    for i in range(len(order)):
        core[order[i]] = dense[i]
        if dense[i]:
            labels[order[i]] = begin + number[i]
    for i in range(len(order)):
        if dense[i]:
            _touch(x, y, dense, key[order[i]], order, squares, reach, width, i, limit, labels)
    return clusters


@njit(cache=True)
def _sort(points, squares, grid):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled  # pragma: no cover
    """Sort by square; afterwards ``squares[k]`` is where square k begins."""
    west, south, side, reach, width = grid
    key = np.empty(len(points), dtype=np.int64)
    for i in range(len(points)):
        column = int((points[i, 0] - west) / side) + reach + 1
        row = int((points[i, 1] - south) / side) + reach + 1
        key[i] = row * width + column
        squares[key[i] + 1] += 1
    for k in range(1, len(squares)):
        squares[k] += squares[k - 1]
    order = np.empty(len(points), dtype=np.int64)
    for i in range(len(points)):
        order[squares[key[i]]] = i
        squares[key[i]] += 1
    for k in range(len(squares) - 1, 0, -1):
        squares[k] = squares[k - 1]
    squares[0] = 0
    return key, order


@njit(cache=True)
def _is_core(x, y, squares, centre, reach, width, i, limit, least):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    found = 0
    for up in range(-reach, reach + 1):
        middle = centre + up * width
        for j in range(squares[middle - reach], squares[middle + reach + 1]):
            east, north = x[i] - x[j], y[i] - y[j]
            found += east * east + north * north <= limit
        if found >= least:
            return True
    return False


@njit(cache=True)
def _number(x, y, dense, key, order, squares, reach, width, limit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    """Join core points and number the clusters from the westernmost core point."""
    parent = np.arange(len(order))
    for i in range(len(order)):
        if dense[i]:
            for up in range(reach + 1):
                middle = key[order[i]] + up * width
                for j in range(squares[middle - reach], squares[middle + reach + 1]):
                    if dense[j]:
                        east, north = x[i] - x[j], y[i] - y[j]
                        if east * east + north * north <= limit:
                            here, there = root_of(parent, i), root_of(parent, j)
                            parent[max(here, there)] = min(here, there)
    lowest = np.full(len(order), -1, dtype=np.int64)
    for i in range(len(order)):
        if dense[i]:
            root = root_of(parent, i)
            if lowest[root] < 0 or _is_west(x, y, i, lowest[root]):
                lowest[root] = i
    return _rank(x, y, dense, parent, lowest)


@njit(cache=True)
def _rank(x, y, dense, parent, lowest):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled  # pragma: no cover
    firsts = lowest[lowest >= 0]
    firsts = firsts[np.argsort(x[firsts])]
    # Sorted by x already: what is left is to put points of one x in order.
    for place in range(1, len(firsts)):
        moved, at = firsts[place], place
        while at > 0 and _is_west(x, y, moved, firsts[at - 1]):
            firsts[at] = firsts[at - 1]
            at -= 1
        firsts[at] = moved
    number = np.full(len(dense), -1, dtype=np.int64)
    for place in range(len(firsts)):
        number[root_of(parent, firsts[place])] = place
    for i in range(len(dense)):
        if dense[i]:
            number[i] = number[root_of(parent, i)]
    return number, len(firsts)


@njit(cache=True)
def _is_west(x, y, one, other):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled  # pragma: no cover
    return x[one] < x[other] or (x[one] == x[other] and y[one] < y[other])


@njit(cache=True)
def _touch(x, y, dense, centre, order, squares, reach, width, i, limit, labels):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917 - compiled  # pragma: no cover
    """Give the border points within eps of one core point its label, if it is lower."""
    mine = labels[order[i]]
    for up in range(-reach, reach + 1):
        middle = centre + up * width
        for j in range(squares[middle - reach], squares[middle + reach + 1]):
            if not dense[j]:
                east, north = x[i] - x[j], y[i] - y[j]
                if east * east + north * north <= limit:
                    theirs = labels[order[j]]
                    if theirs < 0 or mine < theirs:
                        labels[order[j]] = mine
