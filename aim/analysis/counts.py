"""Two counts compared, and how many incidents chance alone would rarely put in one place."""

import math

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, pdtrc, xlogy

from aim.errors import ParameterError
from aim.model.hotspots import Change

Floats = npt.NDArray[np.float64]

SIGNIFICANT = 0.05
# Below this many incidents in both periods together, even a halving would not show in the test.
_TOO_FEW = 10
_CHANCE = 0.001
# Poisson tails beyond this many standard deviations and counts weigh less than 1e-12.
_DEVIATIONS, _MORE = 8, 25
# Statistics equal but for rounding count as equal.
_ROUNDING = 1e-9


def e_test(k1: float, k2: float, n1: float = 1, n2: float = 1, d: float = 0) -> float:
    """Test whether two Poisson rates differ, exactly enough for small counts.

    Parameters
    ----------
    k1, k2
        Counts, whole numbers from 0.
    n1, n2
        What each count was observed over, in one unit such as weeks or square kilometres; above 0.
    d
        The difference of rates ``k1/n1 - k2/n2`` under the null hypothesis.

    Returns
    -------
    float
        The two-sided p value. Not a number where both counts are 0: nothing was observed.

    Raises
    ------
    ParameterError
        A count is negative or not whole, or an exposure is not above 0.

    Notes
    -----
    The E-test of Krishnamoorthy and Thomson (2004), "A more powerful test for comparing two Poisson
    means", Journal of Statistical Planning and Inference 119: 23-35.

    Examples
    --------
    >>> round(e_test(20, 10), 4)
    0.0688
    """
    _check_counts(k1, k2, n1, n2)
    if k1 == k2 == 0:
        return math.nan
    rate = max((k1 + k2 - d * n1) / (n1 + n2), 0.0)
    first = _likely_counts(max(n1 * (rate + d), 0.0))
    second = _likely_counts(n2 * rate)
    observed = abs(_statistic(np.array([k1]), np.array([k2]), n1, n2, d)[0, 0])
    chances_second = _poisson(second, n2 * rate)
    p = 0.0
    for some in np.array_split(first, 1 + len(first) * len(second) // 2**20):
        extreme = np.abs(_statistic(some, second, n1, n2, d)) >= observed * (1 - _ROUNDING)
        p += float(_poisson(some, max(n1 * (rate + d), 0.0)) @ (extreme @ chances_second))
    return min(p, 1.0)


def _check_counts(k1: float, k2: float, n1: float, n2: float) -> None:
    for count in (k1, k2):
        if not 0 <= count < math.inf or count != int(count):
            raise ParameterError(f"A count must be a whole number from 0, found {count!r}.")
    for exposure in (n1, n2):
        if not 0 < exposure < math.inf:
            raise ParameterError(
                f"`n1` and `n2` must be above 0, found {exposure!r};"
                " give the length of each period or the size of each area."
            )


def _likely_counts(mean: float) -> Floats:
    width = _DEVIATIONS * math.sqrt(mean) + _MORE
    return np.arange(max(0, math.floor(mean - width)), math.ceil(mean + width) + 1, dtype=float)


def _poisson(counts: Floats, mean: float) -> Floats:
    chances: Floats = np.exp(xlogy(counts, mean) - mean - gammaln(counts + 1))
    return chances


def _statistic(first: Floats, second: Floats, n1: float, n2: float, d: float) -> Floats:
    difference = first[:, None] / n1 - second[None, :] / n2 - d
    variance = first[:, None] / n1**2 + second[None, :] / n2**2
    # Two counts of 0 have no variance and show nothing against the null.
    statistic: Floats = difference / np.sqrt(np.where(variance > 0, variance, np.inf))
    return statistic


def compare_counts(
    now: int, before: int, n_now: float = 1, n_before: float = 1
) -> tuple[float, Change]:
    """Compare the counts of two periods, in a number and in a word.

    Parameters
    ----------
    now, before
        Incidents of each period.
    n_now, n_before
        How long each was, in one unit; equal if not given.

    Returns
    -------
    p, change
        The E-test's p value (not a number for 0 and 0) and the word for it: at p < 0.05 ``new``
        where there was none before, else ``up`` or ``down``; otherwise ``too few to say`` below
        ten incidents in both periods together, else ``steady``.

    Raises
    ------
    ParameterError
        A count is negative or not whole, or a length is not above 0.

    Examples
    --------
    >>> compare_counts(30, 10)[1].value, compare_counts(3, 2)[1].value
    ('up', 'too few to say')
    """
    p = e_test(now, before, n_now, n_before)
    if p < SIGNIFICANT:
        if before == 0:
            return p, Change.NEW
        return p, Change.UP if now / n_now > before / n_before else Change.DOWN
    return p, Change.TOO_FEW if now + before < _TOO_FEW else Change.STEADY


def auto_min_samples(n: int, eps_m: float, area_m2: float, *, places: int | None = None) -> int:
    """Return the number of incidents that chance would rarely put within reach of one incident.

    Parameters
    ----------
    n
        Incidents that take part.
    eps_m
        Neighbourhood radius, metres.
    area_m2
        Area they could lie in, square metres.
    places
        How many places are looked at, from 1: by default the place of every incident, as a search
        does; 1 for one place named before anything was looked at.

    Returns
    -------
    int
        1 + the smallest m with P(Poisson(n pi eps^2 / area) >= m) < 0.001 / places. The 1 is the
        incident at the centre, which DBSCAN counts too; the division keeps the risk of one
        false core in the whole search near one in a thousand, were incidents spread evenly.

    Raises
    ------
    ParameterError
        A value is negative, or the radius or area is 0.

    Examples
    --------
    >>> auto_min_samples(1000, eps_m=100, area_m2=54e6)
    9
    """
    looked_at = max(n, 1) if places is None else places
    if n < 0 or looked_at < 1 or not 0 < eps_m < math.inf or not 0 < area_m2 < math.inf:
        raise ParameterError(
            "`n` must not be negative, `places` at least 1, `eps_m` and `area_m2` above 0;"
            f" found {n!r}, {looked_at!r}, {eps_m!r} and {area_m2!r}."
        )
    mean = n * math.pi * eps_m**2 / area_m2
    counts = np.arange(1, math.ceil(mean + 10 * math.sqrt(mean)) + 100)
    rare = pdtrc(counts - 1, mean) < _CHANCE / looked_at
    return 1 + int(counts[np.argmax(rare)])
