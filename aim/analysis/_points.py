"""Points in a plane of metres, checked once."""

import numpy as np
import numpy.typing as npt

from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]

# Squares of lengths up to here are ordinary numbers.
LONGEST_M = 1e100
_PLANE = 2


def check_points(xy_m: npt.ArrayLike) -> Floats:
    """Return points as float64 of shape (n, 2), or say what is wrong with them.

    Raises
    ------
    ParameterError
        They have another shape, or one is not finite.

    Examples
    --------
    >>> check_points([[449000, 520000]])
    array([[449000., 520000.]])
    """
    points = np.ascontiguousarray(xy_m, dtype=np.float64)
    if points.shape == (0,):
        return points.reshape(0, _PLANE)
    if points.ndim != _PLANE or points.shape[1] != _PLANE:
        raise ParameterError(
            f"`xy_m` must have the shape (n, 2), found {points.shape}; give eastings and northings."
        )
    usable = np.abs(points) <= LONGEST_M  # not a number fails too
    if not usable.all():
        raise ParameterError(
            f"`xy_m` must be finite metres, found {points[~usable][0]} in"
            f" {np.count_nonzero(~usable.all(axis=1))} rows; leave out rows without a position."
        )
    return points
