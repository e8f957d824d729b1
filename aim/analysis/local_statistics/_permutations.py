"""What the neighbours of a place would add up to, were all other values dealt out anew.

One table of random draws serves every place, as in PySAL's esda: draw ``d`` deals to a place with k
neighbours the values of the first k entries of row d, counted in the list of all places but itself.
From one place to the next that sum changes only where the place passes an entry, so the sums are
carried along instead of gathered again: n times D comparisons in place of n times D times k random
reads, and the same answer to the last tie.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from aim.analysis.local_statistics._neighbours import Floats, Ints

# Places taken at once: a block of sums then stays in the processor's cache.
_BLOCK = 64
# Sums equal but for rounding count as equal.
_ROUNDING = 1e-9


def count_extremes(
    values: Floats, others: csr_array, permutations: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Count for each place the draws whose sum reaches, and those that stay at or below, its own.

    Parameters
    ----------
    values
        One number a place.
    others
        Neighbours without the place itself, from ``without_self``.
    permutations
        How many draws.
    rng
        Where they come from.

    Returns
    -------
    at_least, at_most
        Whole numbers from 0 to ``permutations``; a draw equal to the place's own counts in both.

    Examples
    --------
    >>> others = csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    >>> at_least, at_most = count_extremes(np.ones(3), others, 9, np.random.default_rng(0))
    >>> at_least.tolist(), at_most.tolist()
    ([9, 9, 9], [9, 9, 9])
    """
    sizes = np.diff(others.indptr)
    at_least = np.full(len(values), permutations, dtype=np.int64)
    at_most = at_least.copy()
    drawn = _draw(max(len(values) - 1, 0), int(sizes.max(initial=0)), permutations, rng)
    observed = others @ values
    for size in np.unique(sizes[sizes > 0]):
        places = np.flatnonzero(sizes == size)
        reach, stay = _sweep(values, observed[places], places, drawn[:, :size])
        at_least[places], at_most[places] = reach, stay
    return at_least, at_most


def _draw(count: int, size: int, permutations: int, rng: np.random.Generator) -> Ints:
    """Draw ``size`` different places out of ``count``, once for each permutation."""
    rows = [rng.choice(count, size, replace=False) for _ in range(permutations)]
    return np.array(rows, dtype=np.int64).reshape(permutations, size)


def _sweep(values: Floats, observed: Floats, places: Ints, drawn: Ints) -> tuple[Ints, Ints]:
    """Carry the sums of all draws from place to place and compare them with what was observed."""
    step, draw, jump = _jumps(values, places, drawn)
    sums = values[drawn + 1].sum(axis=1)  # as the first of all places sees them
    slack = _ROUNDING * np.abs(values).max()
    at_least, at_most = np.empty(len(places), np.int64), np.empty(len(places), np.int64)
    for start in range(0, len(places), _BLOCK):
        stop = min(start + _BLOCK, len(places))
        now = slice(*np.searchsorted(step, [start, stop]))
        block = np.zeros((stop - start, len(drawn)))
        np.add.at(block, (step[now] - start, draw[now]), jump[now])
        # numpy's own running sum down the rows takes three times as long.
        for row in range(len(block)):
            block[row] += sums
            sums = block[row]
        own = observed[start:stop, None]
        at_least[start:stop] = _count_rows(block >= own - slack)
        at_most[start:stop] = _count_rows(block <= own + slack)
    return at_least, at_most


def _count_rows(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Count the marks of each row; bytes add up faster than truth values."""
    counts: npt.NDArray[np.int32] = marks.view(np.int8).sum(axis=1, dtype=np.int32)
    return counts


def _jumps(values: Floats, places: Ints, drawn: Ints) -> tuple[Ints, Ints, Floats]:
    """Return at which of the places which draw's sum changes, and by how much, in their order.

    Entry e stands for place e where e comes before the place itself, else for place e + 1.
    """
    step = np.searchsorted(places, drawn.ravel() + 1)
    jump = (values[drawn] - values[drawn + 1]).ravel()
    draw = np.repeat(np.arange(len(drawn)), drawn.shape[1])
    order = np.argsort(step, kind="stable")
    return step[order], draw[order], jump[order]


def two_sided(at_least: Ints, at_most: Ints, permutations: int) -> Floats:
    """Return the two-sided p value of each place: twice the rarer side, the observed map counted.

    Examples
    --------
    >>> two_sided(np.array([0, 50]), np.array([99, 60]), 99)
    array([0.02, 1.  ])
    """
    rarer = np.minimum(at_least, at_most)
    p: Floats = np.minimum(2 * (rarer + 1) / (permutations + 1), 1.0)
    return p
