"""Is a bunch of incidents more than chance? Fixed zones, scanning windows, likelihood ratios.

A zone or a week that was chosen because it was hot cannot be tested as if it had been chosen
before looking: some zone is always the hottest. ``fixed_zone`` is for zones drawn beforehand;
``scan_window`` pays for having looked at every window.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, gammaincc, gammaln, xlogy

from aim.analysis._numbers import Floats, read_counts
from aim.errors import ParameterError

CHOSEN_AFTER_LOOKING = (
    "This holds for a zone drawn before looking. A zone chosen because it was hot needs a"
    " simulation of the whole search."
)


@dataclass(frozen=True, slots=True)
class FixedZone:
    """A count in a zone beside what chance would bring.

    Attributes
    ----------
    observed, expected
        Incidents in the zone, seen and by chance.
    p
        The chance of so many or more.
    warnings
        What the test does not allow for.
    """

    observed: int
    expected: float
    p: float
    warnings: tuple[str, ...] = (CHOSEN_AFTER_LOOKING,)


@dataclass(frozen=True, slots=True)
class TimeScan:
    """The fullest window of a series of moments.

    Attributes
    ----------
    most
        Incidents in the fullest window.
    start
        Where the first such window starts, days.
    p
        The chance that some window of that length holds so many, were moments spread evenly.
    window_days, length_days
        What was asked.
    """

    most: int
    start: float
    p: float
    window_days: float
    length_days: float


def fixed_zone(observed: int, incidents: int, share: float) -> FixedZone:
    """Test a count in a zone that was drawn before looking.

    Parameters
    ----------
    observed
        Incidents in the zone.
    incidents
        Incidents in all.
    share
        The zone's share of the area or of what is at risk, between 0 and 1.

    Returns
    -------
    FixedZone
        Expected count and exact binomial p.

    Raises
    ------
    ParameterError
        More is observed than there is, or the share is not between 0 and 1.

    Examples
    --------
    >>> zone = fixed_zone(12, 200, math.pi * 100**2 / 10e6)
    >>> round(zone.expected, 4), f"{zone.p:.2e}"
    (0.6283, '3.27e-12')
    """
    if not 0 <= observed <= incidents or not 0 < share < 1:
        raise ParameterError(
            "`observed` must lie between 0 and `incidents`, and `share` between 0 and 1;"
            f" found {observed!r}, {incidents!r} and {share!r}."
        )
    p = float(bdtrc(observed - 1, incidents, share)) if observed else 1.0
    return FixedZone(observed, incidents * share, p)


def kulldorff_llr(observed: float, expected: float, incidents: float) -> float:
    """Return the log likelihood ratio of a zone: how much better it explains the data than none.

    Parameters
    ----------
    observed, expected
        Incidents in the zone, seen and by chance.
    incidents
        Incidents in all.

    Returns
    -------
    float
        0 where no more were seen than expected. The highest of all zones is compared with the
        highest of simulated data.

    Raises
    ------
    ParameterError
        A number is negative, or more is observed or expected than there is.

    Notes
    -----
    Kulldorff, M. (1997), "A spatial scan statistic", Communications in Statistics: Theory and
    Methods 26: 1481-1496.

    Examples
    --------
    >>> round(kulldorff_llr(15, 5, 100), 4)
    7.025
    """
    if not 0 <= observed <= incidents or not 0 < expected < incidents:
        raise ParameterError(
            "`observed` must lie between 0 and `incidents`, `expected` above 0 and below it;"
            f" found {observed!r}, {expected!r} and {incidents!r}."
        )
    if observed <= expected:
        return 0.0
    outside = incidents - observed
    return float(
        xlogy(observed, observed / expected) + xlogy(outside, outside / (incidents - expected))
    )


def scan_window(count: int, mean: float, windows: float) -> float:
    """Return the chance that some window, wherever it starts, holds so many incidents.

    Parameters
    ----------
    count
        Incidents in the fullest window, from 1.
    mean
        Incidents expected in one window.
    windows
        How many windows fit into the whole period side by side, at least 2.

    Returns
    -------
    float
        Between 0 and 1. Above ``count`` times the plain Poisson chance by far, because windows
        slide.

    Raises
    ------
    ParameterError
        A number is out of range.

    Notes
    -----
    Naus, J. I. (1982), "Approximations for distributions of scan statistics", Journal of the
    American Statistical Association 77: 177-183: ``1 - Q2 (Q3/Q2)^(L - 2)`` with the exact chances
    Q2 and Q3 that two and three windows' length hold no such bunch. The whole number of windows is
    not rounded.

    Examples
    --------
    Six deaths in some fortnight of eight years, at 0.6 a fortnight:

    >>> round(scan_window(6, mean=0.6, windows=208), 3)
    0.039
    """
    if count < 1 or count != int(count) or not 0 < mean < math.inf or not 2 <= windows < math.inf:  # noqa: PLR2004 - the formula starts from two windows
        raise ParameterError(
            "`count` must be a whole number from 1, `mean` above 0 and `windows` at least 2;"
            f" found {count!r}, {mean!r} and {windows!r}."
        )
    two, three = _no_bunch_in_two(count, mean), _no_bunch_in_three(count, mean)
    if two <= 0 or three <= 0:
        return 1.0
    return float(min(max(1 - two * (three / two) ** (windows - 2), 0.0), 1.0))


def _at_most(count: float, mean: float) -> float:
    return float(gammaincc(count + 1, mean)) if count >= 0 else 0.0


def _exactly(count: float, mean: float) -> float:
    return float(np.exp(xlogy(count, mean) - mean - gammaln(count + 1))) if count >= 0 else 0.0


def _no_bunch_in_two(count: int, mean: float) -> float:
    return (
        _at_most(count - 1, mean) ** 2
        - (count - 1) * _exactly(count, mean) * _exactly(count - 2, mean)
        - (count - 1 - mean) * _exactly(count, mean) * _at_most(count - 3, mean)
    )


def _no_bunch_in_three(count: int, mean: float) -> float:
    """Return Q3 of Naus (1982), term by term as printed there."""
    here = _exactly(count, mean)
    fewer = [_at_most(count - less, mean) for less in range(6)]
    first = 2 * here * fewer[1] * ((count - 1) * fewer[2] - mean * fewer[3])
    second = (here**2 / 2) * (
        (count - 1) * (count - 2) * fewer[3]
        - 2 * (count - 2) * mean * fewer[4]
        + mean**2 * fewer[5]
    )
    third = sum(
        _exactly(2 * count - some, mean) * _at_most(some - 1, mean) ** 2 for some in range(1, count)
    )
    fourth = sum(
        _exactly(2 * count - some, mean)
        * _exactly(some, mean)
        * ((some - 1) * _at_most(some - 2, mean) - mean * _at_most(some - 3, mean))
        for some in range(2, count)
    )
    return fewer[1] ** 3 - first + second + third - fourth


def scan_time(days: npt.ArrayLike, *, window_days: float, length_days: float) -> TimeScan:
    """Find the fullest window of a series and how surprising it is.

    Parameters
    ----------
    days
        When each incident happened, days from the start of the period; needs real dates.
    window_days
        How long a window is; half-open, so 7 holds a week and not its eighth day.
    length_days
        How long the whole period is, at least two windows.

    Returns
    -------
    TimeScan
        The fullest window, its start and the chance of such a one anywhere. Without incidents 0,
        start not a number and p 1.

    Raises
    ------
    ParameterError
        A moment lies outside the period, or a length is out of range.

    Examples
    --------
    >>> found = scan_time([1, 40, 41, 42, 90], window_days=7, length_days=100)
    >>> found.most, found.start
    (3, 40.0)
    """
    moments = np.sort(read_counts("days", days))
    if not window_days > 0 or not 2 * window_days <= length_days < math.inf:
        raise ParameterError(
            "`window_days` must be above 0 and fit twice into `length_days`;"
            f" found {window_days!r} and {length_days!r}."
        )
    if not len(moments):
        return TimeScan(0, math.nan, 1.0, window_days, length_days)
    if moments[-1] > length_days:
        raise ParameterError(
            f"`days` must lie within `length_days` ({length_days:g}), found {moments[-1]:g}."
        )
    most, start = _fullest(moments, window_days)
    mean = len(moments) * window_days / length_days
    p = scan_window(most, mean, length_days / window_days)
    return TimeScan(most, start, p, window_days, length_days)


def _fullest(moments: Floats, window_days: float) -> tuple[int, float]:
    ends = np.searchsorted(moments, moments + window_days, side="left")
    held = ends - np.arange(len(moments))
    first = int(held.argmax())
    return int(held[first]), float(moments[first])
