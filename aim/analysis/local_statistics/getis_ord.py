"""Getis-Ord Gi*: where values are higher, or lower, around a place than on the whole map."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import betainc, ndtr

from aim.analysis._random import Randomness, check_permutations, read_rng
from aim.analysis.local_statistics._neighbours import (
    Floats,
    includes_self,
    read_neighbours,
    read_values,
    without_self,
)
from aim.analysis.local_statistics._permutations import count_extremes, two_sided
from aim.errors import ParameterError

CONDITIONAL = "conditional permutations: each place keeps its value, all others are dealt out anew"


@dataclass(frozen=True, slots=True)
class GiStar:
    """Gi* of every place, with two p values.

    Attributes
    ----------
    z
        The statistic: above 0 hot, below 0 cold.
    p_normal
        Two-sided, were z normal; too small for rare counts.
    p
        Two-sided, from permutations; not a number where none were asked for.
    permutations, seed
        How many, and what they were drawn with where that was a number.
    null
        What was permuted.
    """

    z: Floats
    p_normal: Floats
    p: Floats
    permutations: int
    seed: int | None
    null: str = CONDITIONAL


def gi_star(values: npt.ArrayLike, neighbours: Any) -> Floats:
    """Return Getis-Ord Gi* of every place.

    Parameters
    ----------
    values
        Shape (n,), such as incidents in each cell of a grid; finite.
    neighbours
        Sparse or dense, shape (n, n), 1 where two places are neighbours, each place its own
        neighbour too; ``grid_neighbours`` makes one.

    Returns
    -------
    numpy.ndarray
        z of each place, float64: positive where the place and its neighbours together hold more
        than their share. 0 where all values are equal, or where everything is a neighbour. Empty
        in, empty out.

    Raises
    ------
    ParameterError
        The matrix has another shape, another number than 1, or leaves a place out of its own
        neighbours.

    Notes
    -----
    Ord, J. K. and Getis, A. (1995), "Local spatial autocorrelation statistics", Geographical
    Analysis 27: 286-306, equation for Gi*; the variance divides by n, not by n - 1.

    Examples
    --------
    >>> row = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]])
    >>> gi_star([9, 1, 1, 1], row).round(3).tolist()
    [1.0, 0.577, -1.732, -1.0]
    """
    numbers = read_values(values)
    return _z(numbers, _with_self(neighbours, len(numbers)))


def assess_gi_star(
    values: npt.ArrayLike,
    neighbours: Any,
    *,
    permutations: int = 999,
    rng: Randomness = None,
) -> GiStar:
    """Return Gi* of every place with its p values.

    Parameters
    ----------
    values, neighbours
        As in ``gi_star``.
    permutations
        How many random maps each place is compared with; 0 for none.
    rng
        A generator or a seed; by default a fixed seed, so that a rerun agrees.

    Returns
    -------
    GiStar
        ``p`` is at least 2 / (permutations + 1); 1 for a place without neighbours.

    Raises
    ------
    ParameterError
        As ``gi_star``, or ``permutations`` is negative.

    Notes
    -----
    Anselin, L. (1995), "Local indicators of spatial association", Geographical Analysis 27:
    93-115, section on conditional permutation. A place keeps its own value, so p judges its
    neighbours: one high cell among quiet ones is not significant. Many places are tested at once:
    see ``fdr_cutoff``.

    Examples
    --------
    >>> row = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]])
    >>> found = assess_gi_star([9, 1, 1, 1], row, permutations=99, rng=1)
    >>> found.z.round(3).tolist(), found.p.round(2).tolist()
    ([1.0, 0.577, -1.732, -1.0], [1.0, 1.0, 0.64, 1.0])
    """
    numbers = read_values(values)
    matrix = _with_self(neighbours, len(numbers))
    z = _z(numbers, matrix)
    p, seed = permuted_p(numbers, without_self(matrix), permutations, rng)
    return GiStar(z, normal_p(z), p, permutations, seed)


def normal_p(z: Floats) -> Floats:
    """Return the two-sided p value of standard scores.

    Examples
    --------
    >>> normal_p(np.array([1.96, -1.96])).round(3).tolist()
    [0.05, 0.05]
    """
    p: Floats = 2 * ndtr(-np.abs(z))
    return p


def scattered_p(counts: npt.ArrayLike, neighbours: Any) -> Floats:
    """Return how likely each place's neighbourhood would be, were incidents scattered evenly.

    Where counts are rare, z is far from normal: of 100 maps of evenly scattered incidents, 0.2 a
    cell, normal p with false discoveries held at 0.05 finds hot cells on two in three. A place
    that is to be called hot should pass both.

    Parameters
    ----------
    counts
        Whole numbers from 0, one a place; places of equal size.
    neighbours
        As in ``gi_star``.

    Returns
    -------
    numpy.ndarray
        Two-sided, exact: each incident falls on each place with equal chance. 1 where there is
        none. Empty in, empty out.

    Raises
    ------
    ParameterError
        A count is no whole number from 0, or as ``gi_star``.

    Notes
    -----
    Twice the smaller tail of the binomial distribution of all incidents with the neighbourhood's
    share of the places. Real incidents never scatter evenly, so alone it calls too much hot.

    Examples
    --------
    >>> row = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]])
    >>> scattered_p([5, 0, 0, 0], row).round(4).tolist()
    [0.0625, 0.4746, 0.002, 0.0625]
    """
    numbers = read_values(counts)
    if ((numbers < 0) | (numbers != np.round(numbers))).any():
        raise ParameterError(
            "`counts` must be whole numbers from 0; p of weights comes from `assess_gi_star`."
        )
    matrix = _with_self(neighbours, len(numbers))
    total, share = numbers.sum(), np.diff(matrix.indptr) / max(len(numbers), 1)
    around = np.round(matrix @ numbers)
    # Both tails of the binomial, as incomplete betas; where one is certain there is no beta.
    at_least, at_most = np.ones(len(numbers)), np.ones(len(numbers))
    some, less = around > 0, around < total
    at_least[some] = betainc(around[some], total - around[some] + 1, share[some])
    at_most[less] = betainc(total - around[less], around[less] + 1, 1 - share[less])
    p: Floats = np.minimum(2 * np.minimum(at_least, at_most), 1.0)
    return p


def permuted_p(
    values: Floats, others: csr_array, permutations: int, rng: Randomness
) -> tuple[Floats, int | None]:
    """Return the two-sided p value of each place's sum over its neighbours, and the seed.

    Examples
    --------
    >>> others = csr_array(np.array([[0, 1], [1, 0]]))
    >>> permuted_p(np.array([1.0, 2.0]), others, 9, 5)
    (array([1., 1.]), 5)
    """
    generator, seed = read_rng(rng)
    if not check_permutations(permutations):
        return np.full(len(values), np.nan), seed
    return two_sided(*count_extremes(values, others, permutations, generator), permutations), seed


def _with_self(neighbours: Any, places: int) -> csr_array:
    matrix = read_neighbours(neighbours, places)
    own = includes_self(matrix)
    if not own.all():
        raise ParameterError(
            f"`neighbours` must count each place as its own neighbour, and leaves out place"
            f" {np.argmin(own)}; add scipy.sparse.eye_array(n)."
        )
    return matrix


def _z(values: Floats, matrix: csr_array) -> Floats:
    n, sizes = len(values), np.diff(matrix.indptr).astype(np.float64)
    if not n:
        return np.empty(0)
    mean = values.mean()
    variance = np.mean((values - mean) ** 2) * (n * sizes - sizes**2) / max(n - 1, 1)
    above = matrix @ (values - mean)
    z: Floats = np.divide(above, np.sqrt(variance), out=np.zeros(n), where=variance > 0)
    return z
