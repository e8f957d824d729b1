"""Counting of near pairs over many permutations, compiled; needs the ``fast`` extra.

The same comparisons as ``count_below`` in ``_knox``, so the same counts, only sooner: a point's
times of all permutations lie side by side, and one pair is compared in all of them at once.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Times = npt.NDArray[np.signedinteger]


def count_below(
    one: npt.NDArray[np.int32],
    other: npt.NDArray[np.int32],
    starts: Ints,
    lanes: Times,
    limits: Times,
) -> Ints:
    """Count for each band, limit and lane the pairs whose times differ by less than the limit."""
    found: Ints = _count(one, other, starts, np.ascontiguousarray(lanes), limits)
    return found


@njit(cache=True)
def _count(one, other, starts, lanes, limits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled  # pragma: no cover
    width = lanes.shape[1]
    found = np.zeros((len(starts) - 1, len(limits), width), dtype=np.int64)
    for place in range(len(limits)):
        limit = limits[place]
        if limit <= 0:
            continue
        for band in range(len(starts) - 1):
            count = np.zeros(width, dtype=np.int32)
            for pair in range(starts[band], starts[band + 1]):
                here, there = one[pair], other[pair]
                for lane in range(width):
                    apart = lanes[here, lane] - lanes[there, lane]
                    count[lane] += (apart < limit) & (apart > -limit)
            found[band, place] = count
    return found
