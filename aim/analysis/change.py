"""Change, honestly: two counts with their doubt, and what a comparison must not hide.

A percentage never stands alone: 4 to 9 is up by 125 %, and chance does that. What a comparison
crosses (a break in recording, an outage) is found by ``aim.analysis.quality.crosses`` and handed
in; it travels with the result.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaincinv, gammaincinv

from aim.analysis._numbers import Floats, check_share, ratio, read_counts
from aim.analysis.counts import compare_counts
from aim.errors import ParameterError
from aim.model.hotspots import Change

# Beyond this many standard deviations a change is worth acting on.
ACT_AT_Z = 3.0
# Weeks before with which a week is compared.
USUAL_WEEKS = 8
# Tukey's fences stand this many quartile ranges out.
_FENCE = 1.5
# Fewer other periods do not show what is usual.
_LEAST_OTHERS = 3
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two periods compared.

    Attributes
    ----------
    now, before
        Incidents of each period.
    difference, percent
        Change in number and in per cent of before, scaled to the length of the period now;
        per cent is not a number where there was none before.
    z
        Poisson z; beyond 3 it is worth acting on.
    p, change
        The e-test's p and the word for it.
    ratio, low, high
        Rate now over rate before, with its exact interval.
    n_now, n_before
        Length of each period, in one unit.
    alpha
        The interval leaves out this chance.
    warnings
        Why the two may not compare.
    """

    now: int
    before: int
    difference: float
    percent: float
    z: float
    p: float
    change: Change
    ratio: float
    low: float
    high: float
    n_now: float = 1
    n_before: float = 1
    alpha: float = 0.05
    warnings: tuple[str, ...] = ()


def poisson_z(now: float, before: float) -> float:
    """Return how many standard deviations apart two counts of equal periods are.

    Parameters
    ----------
    now, before
        Counts, from 0.

    Returns
    -------
    float
        ``2 (sqrt(now) - sqrt(before))``; worth acting on beyond 3 either way.

    Raises
    ------
    ParameterError
        A count is negative or not a number.

    Notes
    -----
    Wheeler, A. P. (2016), "Tables and graphs for monitoring temporal crime trends", International
    Journal of Police Science & Management 18: 159-172.

    Examples
    --------
    >>> poisson_z(25, 16), round(poisson_z(30, 10), 2)
    (2.0, 4.63)
    """
    later, earlier = np.sqrt(read_counts("now, before", [now, before]))
    return float(2 * (later - earlier))


def poisson_interval(count: float, alpha: float = 0.05) -> tuple[float, float]:
    """Return the exact interval of a Poisson mean, given one count.

    Parameters
    ----------
    count
        From 0.
    alpha
        The interval leaves out this chance, half on either side; between 0 and 1.

    Returns
    -------
    low, high
        ``low`` is 0 for a count of 0.

    Raises
    ------
    ParameterError
        A value is out of range.

    Notes
    -----
    Garwood, F. (1936), "Fiducial limits for the Poisson distribution", Biometrika 28: 437-442.

    Examples
    --------
    >>> [round(limit, 3) for limit in poisson_interval(12)]
    [6.201, 20.962]
    """
    low, high = poisson_intervals(read_counts("count", [count]), alpha)
    return float(low[0]), float(high[0])


def poisson_intervals(counts: npt.ArrayLike, alpha: float = 0.05) -> tuple[Floats, Floats]:
    """Return the exact intervals of many counts; see ``poisson_interval``.

    Parameters
    ----------
    counts
        From 0.
    alpha
        Each interval leaves out this chance; between 0 and 1.

    Returns
    -------
    low, high
        One of each for every count.

    Raises
    ------
    ParameterError
        A value is out of range.

    Examples
    --------
    >>> low, high = poisson_intervals([0, 5])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 1.623], [3.689, 11.668])
    """
    values, half = read_counts("counts", counts), check_share("alpha", alpha) / 2
    # The inverse of order 0 is not defined; its limit is.
    low = np.where(values > 0, gammaincinv(np.maximum(values, 1), half), 0.0)
    return low, gammaincinv(values + 1, 1 - half)


def compare_periods(
    now: int,
    before: int,
    *,
    n_now: float = 1,
    n_before: float = 1,
    alpha: float = 0.05,
    warnings: Iterable[str] = (),
) -> Comparison:
    """Compare two periods and keep what casts doubt on the comparison.

    Parameters
    ----------
    now, before
        Incidents of each period.
    n_now, n_before
        Length of each, in one unit; February and March are 28 and 31 days.
    alpha
        The interval of the ratio leaves out this chance.
    warnings
        Sentences, from ``crosses`` and ``warn_of_peak``; kept as they are.

    Returns
    -------
    Comparison
        Numbers, word, interval, warnings.

    Raises
    ------
    ParameterError
        A count is negative or not whole, or a length is not above 0.

    Notes
    -----
    The interval of the ratio is Clopper and Pearson's for a binomial given both counts together;
    it is never too narrow, so it may just reach 1 where the e-test already finds a change.

    Examples
    --------
    >>> spring = compare_periods(3416, 4397)
    >>> spring.difference, round(spring.percent, 1), spring.change.value, round(spring.z, 2)
    (-981.0, -22.3, 'down', -15.73)
    """
    p, change = compare_counts(now, before, n_now, n_before)
    usual = before * n_now / n_before
    low, high = _ratio_interval(now, before, check_share("alpha", alpha))
    scale = n_before / n_now
    return Comparison(
        now=now,
        before=before,
        difference=now - usual,
        percent=100 * ratio(now - usual, usual),
        z=poisson_z(now, usual) / math.sqrt(_spread(n_now, n_before)),
        p=p,
        change=change,
        ratio=ratio(now, usual),
        low=low * scale,
        high=high * scale,
        n_now=n_now,
        n_before=n_before,
        alpha=alpha,
        warnings=tuple(warnings),
    )


def _spread(n_now: float, n_before: float) -> float:
    """Return the variance of the difference of roots against that of equal periods."""
    return (1 + n_now / n_before) / 2


def _ratio_interval(now: int, before: int, alpha: float) -> tuple[float, float]:
    """Return the exact limits of the ratio of two means observed equally long."""
    if now == before == 0:
        return 0.0, math.inf
    low = float(betaincinv(now, before + 1, alpha / 2)) if now else 0.0
    high = float(betaincinv(now + 1, before, 1 - alpha / 2)) if before else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else math.inf


def compare_table(counts: pd.DataFrame, *, alpha: float = 0.05) -> pd.DataFrame:
    """Compare two equal periods for many indicators, wards or types at once.

    Parameters
    ----------
    counts
        ``now`` and ``before``, whole numbers from 0; the index names the rows.
    alpha
        The intervals leave out this chance.

    Returns
    -------
    pandas.DataFrame
        The same index; ``now``, ``before``, ``difference``, ``percent``, ``z``, ``p``, ``change``
        (a word), ``ratio``, ``low``, ``high``. Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent or a count is none.

    Examples
    --------
    >>> table = pd.DataFrame({"now": [395], "before": [544]}, index=["Robbery"])
    >>> compare_table(table)[["difference", "percent", "change"]].round(1)
             difference  percent change
    Robbery      -149.0    -27.4   down
    """
    missing = [name for name in ("now", "before") if name not in counts.columns]
    if missing:
        raise ParameterError(
            f"`counts` lacks {', '.join(missing)}; found {', '.join(map(str, counts.columns))}."
        )
    columns = ("now", "before", "difference", "percent", "z", "p", "change", "ratio", "low", "high")
    rows = [
        compare_periods(int(now), int(before), alpha=alpha)
        for now, before in zip(counts["now"], counts["before"], strict=True)
    ]
    made = {name: [getattr(row, name) for row in rows] for name in columns}
    made["change"] = [row.change.value for row in rows]
    return pd.DataFrame(made, index=counts.index)


def against_year_ago(counts: pd.Series) -> pd.DataFrame:
    """Compare every month with the same month of the year before.

    Parameters
    ----------
    counts
        Incidents by month, the index such as ``2026-04``.

    Returns
    -------
    pandas.DataFrame
        The same index; ``now``, ``before`` and ``z``, the latter two missing where that month is
        not in the table. An outage belongs left out of the table, not in it as a nought.

    Raises
    ------
    ParameterError
        A count is negative.

    Examples
    --------
    >>> against_year_ago(pd.Series({"2025-04": 16, "2026-04": 25}))["z"].tolist()
    [nan, 2.0]
    """
    months = pd.PeriodIndex(counts.index.astype("str"), freq="M")
    known = dict(zip(months, read_counts("counts", counts.to_numpy()), strict=True))
    before = np.array([known.get(month - _YEAR, np.nan) for month in months], dtype=np.float64)
    now = counts.to_numpy(np.float64)
    return pd.DataFrame(
        {"now": now, "before": before, "z": 2 * (np.sqrt(now) - np.sqrt(before))},
        index=counts.index,
    )


def against_recent(counts: pd.Series, periods: int = USUAL_WEEKS) -> pd.DataFrame:
    """Compare every period with the mean of those just before it.

    Parameters
    ----------
    counts
        Incidents by period, oldest first; missing where nothing is known.
    periods
        How many before make what is usual; eight weeks by default.

    Returns
    -------
    pandas.DataFrame
        The same index; ``now``, ``usual`` and ``z``, missing for the first periods and where one
        of those before is not known.

    Raises
    ------
    ParameterError
        ``periods`` is not a whole number from 1, or a count is negative.

    Examples
    --------
    >>> against_recent(pd.Series([3, 5, 9]), periods=2)["usual"].tolist()
    [nan, nan, 4.0]
    """
    if periods < 1 or periods != int(periods):
        raise ParameterError(f"`periods` must be a whole number from 1, found {periods!r}.")
    read_counts("counts", counts.dropna().to_numpy())
    now = counts.astype("float64")
    usual = now.shift(1).rolling(periods).mean()
    # A mean of so many periods varies by so much less than one period.
    z = 2 * (np.sqrt(now) - np.sqrt(usual)) / math.sqrt((1 + 1 / periods) / 2)
    return pd.DataFrame({"now": now, "usual": usual, "z": z})


def flag_unusual(counts: pd.Series) -> pd.DataFrame:
    """Flag periods or places whose count lies far outside the middle half.

    Parameters
    ----------
    counts
        Any numbers.

    Returns
    -------
    pandas.DataFrame
        The same index; ``count``, ``low``, ``high`` (the fences) and ``unusual``. Empty in, empty
        out.

    Notes
    -----
    Tukey's rule: one and a half times the range between the quartiles, beyond either quartile.

    Examples
    --------
    >>> flagged = flag_unusual(pd.Series([4, 5, 5, 6, 7, 7, 8, 9, 30]))
    >>> flagged.loc[flagged["unusual"], ["count", "low", "high"]].values.tolist()
    [[30.0, 0.5, 12.5]]
    """
    values = counts.astype("float64")
    first, third = values.quantile(0.25), values.quantile(0.75)
    reach = _FENCE * (third - first)
    unusual = (values < first - reach) | (values > third + reach)
    return pd.DataFrame(
        {"count": values, "low": first - reach, "high": third + reach, "unusual": unusual}
    )


def warn_of_peak(
    counts: pd.Series, baseline: Collection[object], *, name: str = "this place"
) -> str | None:
    """Warn where the period before was a peak that falls by itself.

    Places are mostly chosen for action when they are at their worst, and then fall back whatever
    is done (regression to the mean). Only a comparison with places that were as bad tells more.

    Parameters
    ----------
    counts
        Incidents by period before the action; at least three beside the baseline, else there is
        nothing to compare it with and no warning.
    baseline
        Labels of the periods that serve as "before".
    name
        The place, for the sentence.

    Returns
    -------
    str or None
        A sentence where the baseline's mean is above every other period, or above the others'
        mean by more than chance (z of 2); None otherwise.

    Raises
    ------
    ParameterError
        A label of the baseline is not in the table, or there is none.

    Examples
    --------
    >>> months = pd.Series([4, 6, 5, 5, 14], index=["jan", "feb", "mar", "apr", "may"])
    >>> print(warn_of_peak(months, ["may"]))
    The period before was a peak of this place: 14 where 5 were usual. Such a peak falls by
    itself; compare with places that were as high.
    """
    chosen = counts.index.isin(list(baseline))
    if not chosen.any() or chosen.sum() < len(set(baseline)):
        raise ParameterError(
            f"`baseline` must name periods of `counts`, found {', '.join(map(str, baseline))};"
            f" there are {', '.join(map(str, counts.index))}."
        )
    read_counts("counts", counts.to_numpy())
    before, others = counts[chosen].astype("float64"), counts[~chosen].astype("float64")
    if len(others) < _LEAST_OTHERS or not _is_peak(before, others):
        return None
    return (
        f"The period before was a peak of {name}: {before.mean():.3g} where {others.mean():.3g}"
        " were usual. Such a peak falls by itself; compare with places that were as high."
    )


def _is_peak(before: pd.Series, others: pd.Series) -> bool:
    if before.mean() > others.max():
        return True
    # Sums over unequal numbers of periods, on the scale of square roots.
    gap = 2 * (math.sqrt(before.mean()) - math.sqrt(others.mean()))
    return bool(gap / math.sqrt(1 / len(before) + 1 / len(others)) > ACT_AT_Z - 1)
