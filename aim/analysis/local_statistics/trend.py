"""Mann-Kendall: whether a series rises or falls, whatever the size of its steps."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]

_TABLE = 2


@dataclass(frozen=True, slots=True)
class Trend:
    """The Mann-Kendall test of one series.

    Attributes
    ----------
    s
        Pairs that rise less pairs that fall, over all pairs in time.
    var
        Its variance if order meant nothing, ties allowed for.
    z
        Standard score, one pair nearer to 0 for continuity; 0 where nothing changes.
    p
        Two-sided, from the normal distribution.
    """

    s: float
    var: float
    z: float
    p: float


def mann_kendall(x: npt.ArrayLike) -> Trend:
    """Test whether a series rises or falls.

    Parameters
    ----------
    x
        Numbers in the order of time, evenly spaced or not; finite.

    Returns
    -------
    Trend
        ``.s``, ``.var``, ``.z`` and ``.p``; 0, 0, 0 and 1 for a constant series and for fewer
        than two numbers.

    Raises
    ------
    ParameterError
        A value is no number, or there is more than one row of them.

    Notes
    -----
    Mann, H. B. (1945), Econometrica 13: 245-259; Kendall, M. G. (1975), Rank Correlation Methods;
    variance with ties. Seasons and repeating shocks tie neighbouring months together, and then p
    is too small. The normal distribution is rough below ten numbers.

    Examples
    --------
    >>> mann_kendall([5, 4, 6, 5, 7, 8, 7, 9, 10, 12, 11, 13]).s
    56.0
    """
    series = np.asarray(x, dtype=np.float64)
    if series.ndim != 1:
        raise ParameterError(f"`x` must be one row of numbers, found the shape {series.shape}.")
    s, var, z, p = (float(one[0]) for one in mann_kendall_columns(series[:, None]))
    return Trend(s, var, z, p)


def mann_kendall_columns(table: npt.ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Test each column of a table for a trend down its rows.

    Parameters
    ----------
    table
        Shape (steps, places), oldest step first; finite.

    Returns
    -------
    s, var, z, p
        As in ``mann_kendall``, one number a column.

    Raises
    ------
    ParameterError
        A value is no number, or this is no table.

    Examples
    --------
    >>> s, var, z, p = mann_kendall_columns([[1, 5], [2, 5], [3, 5]])
    >>> s.tolist(), p.round(2).tolist()
    ([3.0, 0.0], [0.3, 1.0])
    """
    rows = np.asarray(table, dtype=np.float64)
    if rows.ndim != _TABLE or not np.isfinite(rows).all():
        raise ParameterError(
            f"A trend needs finite numbers in steps and places, found the shape {rows.shape} with"
            f" {np.count_nonzero(~np.isfinite(rows))} missing; leave out steps without data."
        )
    steps, places = rows.shape
    s, twins = np.zeros(places), np.ones((steps, places))
    for earlier, later in combinations(range(steps), 2):
        s += np.sign(rows[later] - rows[earlier])
        equal = rows[later] == rows[earlier]
        twins[earlier] += equal
        twins[later] += equal
    # A tie of t values takes t(t - 1)(2t + 5); each of its values brings its share.
    ties = ((twins - 1) * (2 * twins + 5)).sum(axis=0)
    var = (steps * (steps - 1) * (2 * steps + 5) - ties) / 18
    z = np.divide(s - np.sign(s), np.sqrt(var), out=np.zeros(places), where=var > 0)
    return s, var, z, 2 * ndtr(-np.abs(z))
