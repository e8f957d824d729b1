"""Points in squares smaller than their neighbourhood: the ground the exact DBSCAN stands on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Squares are a hair smaller than eps/sqrt(2), so that rounding never parts neighbours of a square.
_HAIR = 1e-6
# Beyond this many squares a side, rounding would reach the hair and keys could overflow.
_MOST_SQUARES = 2**30
# Columns within reach of a square, as offsets: nearer ones settle most questions.
NEAREST_COLUMNS_FIRST = (0, 1, -1, 2, -2)
# Candidate pairs looked at together: their arrays stay in the processor's cache.
_TOGETHER = 2**15
# Weighing points costs more than counting them, so it must save half of them to pay.
_COLLAPSE_PAYS = 0.5


@dataclass(frozen=True, slots=True)
class Points:
    """Points sorted by square; square ``c`` holds the points ``starts[c]`` to ``starts[c + 1]``."""

    x: Floats
    y: Floats
    keys: Ints
    starts: Ints
    stride: int

    @property
    def sizes(self) -> Ints:
        """Count the points of each square."""
        return np.diff(self.starts)

    def column(self, keys: Ints, aside: int) -> tuple[Ints, Ints]:
        """Return where points up to two squares up or down begin and end, some columns aside."""
        centre = keys + aside * self.stride
        first = np.searchsorted(self.keys, centre - 2)
        last = np.searchsorted(self.keys, centre + 2, side="right")
        return self.starts[first], self.starts[last]

    def only(self, kept: Bools) -> "Points":
        """Return the points kept, and the squares that still hold one."""
        sizes = np.add.reduceat(kept, self.starts[:-1], dtype=np.int64)
        held = sizes > 0
        starts = np.concatenate([[0], np.cumsum(sizes[held])])
        return Points(self.x[kept], self.y[kept], self.keys[held], starts, self.stride)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs to be looked at together: each row meets a run of points.

    Attributes
    ----------
    rows
        The rows, as a slice of those asked for; none has an empty run.
    points
        Index of each candidate point, run after run.
    begins
        Where each row's run begins in ``points``.
    near
        Whether the pair is within eps, by the test scikit-learn's trees make.
    """

    rows: slice
    points: Ints
    begins: Ints
    near: Bools


def sort_into_squares(xy_m: Floats, eps_m: float) -> tuple[Points, Ints]:
    """Sort points by square, columns from west to east, each from south to north.

    Returns
    -------
    points, order
        ``order`` holds the row each sorted point came from.
    """
    side = eps_m / np.sqrt(2) * (1 - _HAIR)
    column, row = _squares_along(xy_m[:, 0], side), _squares_along(xy_m[:, 1], side)
    # Two empty squares on every side keep a neighbour's key from meaning another column.
    stride = int(row.max()) + 7
    keys = column
    keys += 3
    keys *= stride
    keys += row
    keys += 3
    order = stable_order(keys)
    keys = keys[order]
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    starts = np.append(begins, len(keys))
    return Points(xy_m[order, 0], xy_m[order, 1], keys[begins], starts, stride), order


def _squares_along(values: Floats, side: float) -> Ints:
    low, high = values.min(), values.max()
    if (high - low) / side < _MOST_SQUARES:
        numbers: Ints = np.floor((values - low) / side).astype(np.int64)
        return numbers
    return _squares_without_gaps(values, side)


def _squares_without_gaps(values: Floats, side: float) -> Ints:
    """Count squares along an axis of huge extent, where a wide gap counts as three squares."""
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    new_run = np.concatenate([[True], np.diff(ascending) > 2 * side])
    run = np.cumsum(new_run) - 1
    within = np.floor((ascending - ascending[new_run][run]) / side).astype(np.int64)
    last = within[np.append(np.flatnonzero(new_run)[1:], len(run)) - 1]
    before = np.concatenate([[0], np.cumsum(last + 4)[:-1]])
    numbers: Ints = np.empty_like(within)
    numbers[order] = within + before[run]
    return numbers


def stable_order(keys: Ints) -> Ints:
    """Return the stable order of keys; one sort of key and row together is the fastest way."""
    bits = len(keys).bit_length()
    if int(keys.max()) >= 1 << (63 - bits):
        return np.argsort(keys, kind="stable")
    together = (keys << bits) | np.arange(len(keys))
    together.sort()
    together &= (1 << bits) - 1
    return together


def collapse(
    xy_m: Floats, weights: Floats | None
) -> tuple[Floats, Floats | None, Ints, Ints | slice]:
    """Put points that coincide together as one heavier point, where that saves half of them.

    Snapped positions shrink forty-fold. Nothing depends on every last pair being found: two
    points left at one place are only two points.

    Returns
    -------
    xy_m, weights, lowest_row, back
        Places, their weights (None for one each), the lowest row at each, and the place of every
        row.
    """
    unchanged = xy_m, weights, np.arange(len(xy_m)), slice(None)
    mixed = _mix(xy_m)
    if _count_distinct(mixed) > len(xy_m) * _COLLAPSE_PAYS:
        return unchanged
    order = np.argsort(mixed, kind="stable")
    sorted_xy, mixed = xy_m[order], mixed[order]
    # Two places may share a mixed number, so the places themselves must agree too.
    new = (mixed[1:] != mixed[:-1]) | (sorted_xy[1:] != sorted_xy[:-1]).any(axis=1)
    begins = np.flatnonzero(np.concatenate([[True], new]))
    sizes = np.diff(np.append(begins, len(order)))
    heavy = sizes.astype(np.float64) if weights is None else np.add.reduceat(weights[order], begins)
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.repeat(np.arange(len(begins)), sizes)
    return sorted_xy[begins], heavy, np.minimum.reduceat(order, begins), back


def _count_distinct(numbers: npt.NDArray[np.uint64]) -> int:
    ascending = np.sort(numbers)
    return 1 + int(np.count_nonzero(ascending[1:] != ascending[:-1]))


def _mix(xy_m: Floats) -> npt.NDArray[np.uint64]:
    """Mix the bits of both coordinates into one number, by the constants of SplitMix64."""
    bits = np.ascontiguousarray(xy_m).view(np.uint64)
    x, y = bits[:, 0], bits[:, 1]
    mixed: npt.NDArray[np.uint64] = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed += y ^ (y >> np.uint64(30))
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def search(
    x: Floats, y: Floats, first: Ints, last: Ints, *, among: Points, eps_m: float
) -> Iterator[Candidates]:
    """Measure each row's place against its run of points, some thousand pairs at a time.

    Parameters
    ----------
    x, y
        Place of each row.
    first, last
        Its run of points, none empty.
    among
        The points.
    eps_m
        Metres.
    """
    lengths = last - first
    limit = eps_m * eps_m
    for rows in _cut(lengths):
        length = lengths[rows]
        begins = np.cumsum(length) - length
        points = np.repeat(first[rows] - begins, length)
        points += np.arange(len(points))
        gap = np.repeat(x[rows], length)
        gap -= among.x[points]
        gap *= gap
        aside = np.repeat(y[rows], length)
        aside -= among.y[points]
        aside *= aside
        gap += aside
        yield Candidates(rows, points, begins, gap <= limit)


def _cut(lengths: Ints) -> Iterator[slice]:
    """Cut rows into slices of about ``_TOGETHER`` candidates, one row at least."""
    ends = np.cumsum(lengths)
    begin = 0
    while begin < len(lengths):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _TOGETHER, side="right")))
        yield slice(begin, end)
        begin = end
