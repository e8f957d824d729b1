"""Who is whose neighbour: a square matrix of ones, checked once."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_PLANE = 2


def read_values(values: npt.ArrayLike) -> Floats:
    """Return one finite number a place.

    Raises
    ------
    ParameterError
        There is more than one row of them, or one is no number.

    Examples
    --------
    >>> read_values([3, 0])
    array([3., 0.])
    """
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1:
        raise ParameterError(
            f"`values` must be one number a place, found the shape {numbers.shape}."
        )
    if not np.isfinite(numbers).all():
        raise ParameterError(
            f"`values` must be finite, found {numbers[~np.isfinite(numbers)][0]} at place"
            f" {np.argmin(np.isfinite(numbers))}; give 0 where nothing happened, and leave out"
            " places nobody counted."
        )
    return numbers


def read_neighbours(neighbours: Any, places: int) -> csr_array:
    """Return the matrix of neighbours as compressed rows, in order.

    Raises
    ------
    ParameterError
        It is not one row and column a place, or holds anything but ones.

    Examples
    --------
    >>> read_neighbours(np.eye(3), 3).nnz
    3
    """
    matrix = csr_array(neighbours, dtype=np.float64, copy=True)
    if matrix.shape != (places, places):
        raise ParameterError(
            f"`neighbours` must have a row and a column for each of the {places} places, found"
            f" {matrix.shape}; aim.analysis.grid_neighbours makes one for a grid."
        )
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    if (matrix.data != 1).any():
        raise ParameterError(
            f"`neighbours` must say yes or no, found {matrix.data[matrix.data != 1][0]:g};"
            " give 1 for each neighbour, each pair once."
        )
    return matrix


def includes_self(matrix: csr_array) -> npt.NDArray[np.bool_]:
    """Say of each place whether it counts as its own neighbour.

    Examples
    --------
    >>> includes_self(csr_array(np.array([[1, 0], [1, 0]])))
    array([ True, False])
    """
    own: npt.NDArray[np.bool_] = matrix.diagonal() > 0
    return own


def without_self(matrix: csr_array) -> csr_array:
    """Return the matrix with no place its own neighbour.

    Examples
    --------
    >>> without_self(csr_array(np.array([[1, 1], [1, 1]]))).nnz
    2
    """
    pairs = matrix.tocoo()
    row, column = pairs.coords
    others = row != column
    ones = np.ones(np.count_nonzero(others))
    return csr_array((ones, (row[others], column[others])), shape=matrix.shape)
