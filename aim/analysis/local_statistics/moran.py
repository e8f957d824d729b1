"""Local Moran: places like their neighbours, and places unlike them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aim.analysis._numbers import ratio
from aim.analysis._random import Randomness
from aim.analysis.local_statistics._neighbours import (
    Floats,
    read_neighbours,
    read_values,
    without_self,
)
from aim.analysis.local_statistics.getis_ord import CONDITIONAL, permuted_p

# The place against the mean, then its neighbours; by (place is high, neighbours are high).
KINDS = {
    (True, True): "high among high",
    (True, False): "high among low",
    (False, True): "low among high",
    (False, False): "low among low",
}


@dataclass(frozen=True, slots=True)
class LocalMoran:
    """Local Moran's I of every place.

    Attributes
    ----------
    i
        Above 0 where a place is like its neighbours, below 0 where it is not.
    kind
        One of ``KINDS`` for each place: a high place among low ones stands alone, a high one among
        high ones is part of a hot spot.
    p
        Two-sided, from permutations; not a number where none were asked for.
    permutations, seed
        How many, and what they were drawn with where that was a number.
    null
        What was permuted.
    """

    i: Floats
    kind: npt.NDArray[np.object_]
    p: Floats
    permutations: int
    seed: int | None
    null: str = CONDITIONAL

    @property
    def expected(self) -> float:
        """What chance gives the mean of ``i`` on average: a little below 0, whatever the map."""
        return -ratio(1, len(self.i) - 1)


def local_moran(
    values: npt.ArrayLike,
    neighbours: Any,
    *,
    permutations: int = 999,
    rng: Randomness = None,
) -> LocalMoran:
    """Return local Moran's I of every place with its p value.

    Parameters
    ----------
    values
        Shape (n,), finite.
    neighbours
        Sparse or dense, shape (n, n), 1 where two places are neighbours; that a place is its own
        neighbour is passed over.
    permutations
        How many random maps each place is compared with; 0 for none.
    rng
        A generator or a seed; by default a fixed seed, so that a rerun agrees.

    Returns
    -------
    LocalMoran
        I is 0 where all values are equal, and for a place without neighbours. Where every place
        has some, the mean of I is Moran's I of the whole map, beside which ``.expected`` is what
        chance gives. Empty in, empty out.

    Raises
    ------
    ParameterError
        The matrix has another shape or another number than 1, or ``permutations`` is negative.

    Notes
    -----
    Anselin, L. (1995), "Local indicators of spatial association", Geographical Analysis 27:
    93-115: the deviation of a place times the mean of its neighbours' deviations (row-standardised
    weights), over the mean squared deviation.

    Examples
    --------
    >>> row = np.array([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> found = local_moran([8, 8, 1, 3], row, permutations=0)
    >>> found.i.round(2).tolist(), found.kind[0]
    ([0.95, -0.16, -0.21, 0.84], 'high among high')
    """
    numbers = read_values(values)
    others = without_self(read_neighbours(neighbours, len(numbers)))
    above = numbers - numbers.mean() if len(numbers) else numbers
    around = others @ above / np.maximum(np.diff(others.indptr), 1)
    spread = float(np.mean(above**2)) if len(numbers) else 0.0
    i = above * around / spread if spread > 0 else np.zeros(len(numbers))
    p, seed = permuted_p(numbers, others, permutations, rng)
    return LocalMoran(i, _kinds(above > 0, around > 0), p, permutations, seed)


def _kinds(
    high: npt.NDArray[np.bool_], high_around: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    words = [KINDS[bool(own), bool(others)] for own, others in zip(high, high_around, strict=True)]
    return np.array(words, dtype=object)
