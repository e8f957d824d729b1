"""Control charts: which ward, which type, in which month left the range chance keeps it in."""

import math
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis._numbers import Floats, read_exposures
from aim.analysis.change import ACT_AT_Z
from aim.errors import ParameterError

# Months whose mean is the middle of the chart.
BASELINE = 12
_LEAST_BASELINE = 3
# More often than this a month of none is no news.
_CHANCE_OF_NONE = 0.005
_CHART = ("mean", "low", "high", "signal")


def control_limits(mean: float, z: float = ACT_AT_Z) -> tuple[float, float]:
    """Return the range in which counts stay by chance.

    Parameters
    ----------
    mean
        The usual count, from 0.
    z
        How many standard deviations either way; about one month in 370 leaves 3 by chance.

    Returns
    -------
    low, high
        ``low`` is 0 where the mean is too small for a fall to show.

    Raises
    ------
    ParameterError
        The mean is negative or ``z`` is not above 0.

    Notes
    -----
    ``(sqrt(mean) -+ z/2)^2``, from the variance-stabilising root: Wheeler, A. P. (2016), "Tables
    and graphs for monitoring temporal crime trends", International Journal of Police Science &
    Management 18: 159-172.

    Examples
    --------
    >>> control_limits(16)
    (6.25, 30.25)
    """
    if not 0 <= mean < math.inf or not 0 < z < math.inf:
        raise ParameterError(f"`mean` must be from 0 and `z` above 0, found {mean!r} and {z!r}.")
    low, high = _limits(np.array([mean]), z)
    return float(low[0]), float(high[0])


def _limits(mean: Floats, z: float) -> tuple[Floats, Floats]:
    root = np.sqrt(mean)
    low = np.maximum(root - z / 2, 0.0) ** 2
    # The root is a poor guide below about five: there chance brings a month of none.
    return np.where(np.exp(-mean) > _CHANCE_OF_NONE, 0.0, low), (root + z / 2) ** 2


@lru_cache(maxsize=4096)
def _limits_at(mean: float, z: float) -> tuple[float, float]:
    """Return the limits at one mean; charts share most of their small ones."""
    low, high = _limits(np.array([mean]), z)
    return float(low[0]), float(high[0])


def control_chart(
    counts: pd.DataFrame,
    *,
    by: Sequence[str] = ("ward_code", "incident_type"),
    baseline: int = BASELINE,
    z: float = ACT_AT_Z,
    unobserved: Collection[str] = (),
    exposure: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Draw one control chart for each ward and type.

    Parameters
    ----------
    counts
        The columns of ``by``, ``month`` (or any label that sorts by time) and ``incidents``. A
        month that occurs anywhere in the table and not in a chart counts as 0 there.
    by
        What makes a chart of its own.
    baseline
        The mean is that of so many observed months before, and of fewer at the start, three at
        least; a signalled month stays out of it, so that a peak does not hide the next.
    z
        Width of the limits; see ``control_limits``.
    unobserved
        Months that are no evidence, such as an outage: no limit is broken in them and they enter
        no mean.
    exposure
        How long each month is, in days: February is expected to bring 28 days' worth and March
        31. By default all are alike.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``month``, ``incidents``, ``mean`` (what the months before lead one to expect in
        one as long), ``low``, ``high`` and ``signal``: ``above``,
        ``below``, ``within``, ``not observed`` or ``too early to say``; sorted by chart and
        month. Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent, ``baseline`` is below 3, or a month has no length.

    Examples
    --------
    >>> counts = pd.DataFrame({"ward_code": "W1", "incident_type": "asb",
    ...     "month": ["01", "02", "03", "04"], "incidents": [15, 17, 16, 40]})
    >>> control_chart(counts)[["mean", "high", "signal"]].tail(1).values.tolist()
    [[16.0, 30.25, 'above']]
    >>> days = {"01": 31, "02": 28, "03": 31, "04": 30}
    >>> control_chart(counts, exposure=days)["mean"].tail(1).tolist()
    [16.0]
    """
    needed = [*by, "month", "incidents"]
    missing = [name for name in needed if name not in counts.columns]
    if missing or baseline < _LEAST_BASELINE:
        raise ParameterError(
            f"`counts` must have {', '.join(needed)} and `baseline` be at least"
            f" {_LEAST_BASELINE}; found {', '.join(map(str, counts.columns))} and {baseline!r}."
        )
    months = sorted(counts["month"].unique())
    table = counts.pivot_table(
        index=list(by), columns="month", values="incidents", aggfunc="sum", fill_value=0
    )
    observed = ~np.isin(months, list(unobserved))
    lengths = _lengths(months, exposure)
    rows = [
        row
        for series in table[months].to_numpy(np.float64)
        for row in _chart(series, lengths, observed, baseline, z)
    ]
    if not rows:
        return pd.DataFrame(columns=[*needed, *_CHART])
    flat = table[months].reset_index().melt(list(by), months, "month", "incidents")
    frame = flat.sort_values([*by, "month"], kind="stable", ignore_index=True)
    return pd.concat([frame, pd.DataFrame(rows, columns=list(_CHART))], axis=1)


def _lengths(months: Sequence[str], exposure: Mapping[str, float] | None) -> Floats:
    if exposure is None:
        return np.ones(len(months))
    missing = [str(month) for month in months if month not in exposure]
    if missing:
        raise ParameterError(
            f"`exposure` must give the days of every month, found none for {', '.join(missing)}."
        )
    return read_exposures("exposure", [exposure[month] for month in months], len(months))


def _chart(
    series: Floats, lengths: Floats, observed: npt.NDArray[np.bool_], baseline: int, z: float
) -> list[tuple[float, float, float, str]]:
    """Return mean, low, high and signal of each month of one series."""
    calm: list[tuple[float, float]] = []
    rows = []
    for count, length, seen in zip(series, lengths, observed, strict=True):
        mean = _expected(calm[-baseline:], length)
        low, high = _limits_at(mean, z)
        signal = _signal(count, low, high) if seen else "not observed"
        rows.append((mean, low, high, signal))
        if seen and signal in {"within", "too early to say"}:
            calm.append((count, length))
    return rows


def _expected(calm: Sequence[tuple[float, float]], length: float) -> float:
    """Return what calm months lead one to expect in a month of a length."""
    if len(calm) < _LEAST_BASELINE:
        return math.nan
    counts, lengths = (math.fsum(one) for one in zip(*calm, strict=True))
    # Multiplied first: equal lengths give the plain mean to the last digit.
    return float(counts * length / lengths)


def _signal(count: float, low: float, high: float) -> str:
    if math.isnan(low):
        return "too early to say"
    if count > high:
        return "above"
    return "below" if count < low else "within"


def cusum(
    counts: npt.ArrayLike,
    mean: npt.ArrayLike,
    sd: npt.ArrayLike,
    *,
    slack: float = 0.5,
    alarm_at: float = 5.0,
) -> pd.DataFrame:
    """Add up small rises until they are worth an alarm.

    A control chart sees one bad month; this sees six that are each a little worse than usual.

    Parameters
    ----------
    counts
        By period, oldest first.
    mean, sd
        What is usual, and its standard deviation, above 0; one number each, or one a period
        where periods are of unequal length.
    slack
        The part of a rise that is let pass, standard deviations; half the rise looked for.
    alarm_at
        The sum at which to raise the alarm, standard deviations.

    Returns
    -------
    pandas.DataFrame
        ``count``, ``cusum`` and ``alarm``, one row a period. Empty in, empty out.

    Raises
    ------
    ParameterError
        ``sd`` is not above 0, or there are more or fewer means than counts.

    Notes
    -----
    ``S = max(0, S + (x - mean) / sd - slack)``: Page, E. S. (1954), "Continuous inspection
    schemes", Biometrika 41: 100-115.

    Examples
    --------
    >>> cusum([10, 14, 16], mean=10, sd=3)["cusum"].round(3).tolist()
    [0.0, 0.833, 2.333]
    """
    values = np.asarray(counts, dtype=np.float64)
    spread = read_exposures("sd", sd, len(values))
    usual = np.asarray(mean, dtype=np.float64)
    if usual.ndim and usual.shape != values.shape:
        raise ParameterError(
            f"`mean` must be one number or one a period, found {usual.size} for {values.size}."
        )
    steps = (values - usual) / spread - slack
    total, sums = 0.0, []
    for step in steps:
        total = max(0.0, total + step)
        sums.append(total)
    return pd.DataFrame(
        {"count": values, "cusum": sums, "alarm": np.array(sums, dtype=np.float64) > alarm_at}
    )
