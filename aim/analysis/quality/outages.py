"""Months and weeks for which a source sent far less than it should have."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betainc

from aim.errors import ParameterError
from aim.model.incidents import TimePrecision, check_incidents
from aim.model.records import Coverage
from aim.model.times import LONDON, local_months, say_day
from aim.model.types import read_taxonomy

Floats = npt.NDArray[np.float64]
By = Literal["month", "week"]

ALL_TYPES = "all"
# A month is called silent only below this share of what is expected, and of either side of it: a
# season or a change of level lies between its neighbours, a gap lies below both.
_FAR_BELOW = 0.5
# Where nothing follows yet, a fall may be real: the newest period must be lower still.
_FAR_BELOW_AT_END = 0.33
_FALSE_FINDINGS = 0.01
_SIDE = 3
# Fewer whole periods than this on the two sides together say nothing.
_LEAST_NEIGHBOURS = 3
# A mean below this is nought by chance too often.
_LEAST_EXPECTED = 10.0
# The variance of a median of n is about pi / 2 of that of their mean.
_MEDIAN = np.pi / 2
# The median absolute deviation of normal values is this share of their standard deviation.
_MAD = 0.6745
_ENDED = 2
_REST_LOW, _REST_HIGH = 0.5, 1.5
_FREQUENCY = {"month": "M", "week": "W-SUN"}
COLUMNS = ("source", "incident_type", "incidents", "expected", "share", "p", "finding", "words")


def count_periods(incidents: pd.DataFrame, by: By = "month") -> pd.DataFrame:
    """Count incidents by source, type and month or week.

    Parameters
    ----------
    incidents
        ``source``, ``incident_type``, ``occurred_from`` and ``time_precision``.
    by
        ``month``: London months such as ``2026-04``. ``week``: the Monday such as ``2026-04-06``;
        rows known only to the month are left out.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``incident_type``, ``month`` or ``week``, ``incidents``; sorted. Empty in, empty
        out.

    Raises
    ------
    ParameterError
        A needed column is absent, or ``by`` is neither.

    Examples
    --------
    >>> incidents = pd.DataFrame({
    ...     "source": "wardens", "incident_type": "graffiti", "time_precision": "day",
    ...     "occurred_from": pd.to_datetime(["2026-04-07T10:00Z", "2026-04-30T23:30Z"]),
    ... })
    >>> count_periods(incidents, by="week")["week"].tolist()
    ['2026-04-06', '2026-04-27']
    """
    _check_by(by)
    check_incidents(incidents, ("source", "incident_type", "occurred_from", "time_precision"))
    dated = incidents
    if by == "week":
        dated = incidents[incidents["time_precision"] != TimePrecision.MONTH]
    keyed = pd.DataFrame(
        {
            "source": dated["source"].astype("str"),
            "incident_type": dated["incident_type"].astype("str"),
            by: _period_words(dated["occurred_from"], by),
        }
    )
    return keyed.groupby(["source", "incident_type", by]).size().rename("incidents").reset_index()


def _check_by(by: str) -> None:
    if by not in _FREQUENCY:
        raise ParameterError(f"`by` takes month or week; found {by!r}.")


def _period_words(moments: pd.Series, by: By) -> pd.Series:
    if by == "month":
        return local_months(moments).astype("str")
    days = moments.dt.tz_convert(LONDON).dt.tz_localize(None).dt.normalize()
    mondays: pd.Series = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    words: pd.Series = mondays.dt.strftime("%Y-%m-%d").astype("str")
    return words


def find_outages(
    counts: pd.DataFrame, *, by: By = "month", coverage: Iterable[Coverage] = ()
) -> pd.DataFrame:
    """Find months or weeks for which a source sent far less than its neighbours in time predict.

    A finding is a question to the sender, not a verdict: a sudden real fall looks alike. What it
    asks for is that nobody reads the fall as success before the answer is in.

    Parameters
    ----------
    counts
        ``source``, ``incident_type``, the period (``month`` or ``week``, as ``count_periods``
        writes them) and ``incidents``. A period without a row counts as nought between the
        source's first and last.
    by
        Which column holds the period.
    coverage
        What the store holds of each source: from ``first_day`` and ``complete_to`` a first or
        last period that is only partly covered is known, and expected to hold its share only.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``incident_type`` (``all`` where the whole source is silent; its types are then
        not told again), the period, ``incidents``, ``expected``, ``share`` (observed over
        expected), ``p`` (the chance of so few), ``finding`` and ``words``; sorted by source, period
        and type. ``finding`` is ``outage``; ``ended`` once, at its first, for a type of which
        nothing came in the newest two periods or more; ``partial`` for a period the source does
        not wholly cover; ``too short to say`` once for a source with fewer than four whole periods
        (its numbers are missing). Empty where all is well and for an empty table.

    Raises
    ------
    ParameterError
        A column is absent, a count is negative, or ``by`` is neither month nor week.

    Notes
    -----
    The expected count is the median of up to three whole periods on either side, those already
    found silent left out, times what the rest of the source did against its own neighbours (kept
    between one half and one and a half). A period is an outage where it holds less than half of
    that and of the median of either side (less than a third where no later period is known; the
    first period is not judged, since a source may begin in its midst), and
    so few would be seen by chance less than once in a hundred in all periods and types of the
    source together. Chance is negative binomial, with the dispersion the series itself shows
    (by the median absolute deviation, so that the outage does not hide itself), at least Poisson's;
    for a count of nought, which is an outage until proved otherwise, Poisson's.
    A fall that lasts more than three periods without reaching nought reads as a change of level:
    enter it as a break. The approach is that of public-health surveillance: Farrington, C. P. et al
    (1996), "A statistical algorithm for the early detection of outbreaks of infectious disease",
    Journal of the Royal Statistical Society A 159(3): 547-563, turned to the lower tail.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "source": "police", "incident_type": "graffiti", "incidents": [61, 57, 4, 63, 58],
    ...     "month": ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"],
    ... })
    >>> find_outages(counts)[["month", "incidents", "expected", "finding"]]
         month  incidents  expected finding
    0  2026-03          4      59.5  outage
    """
    _check_by(by)
    _check_counts(counts, by)
    known = {one.source: one for one in coverage}
    found = [
        row
        for source, own in counts.groupby("source", sort=True)
        for row in _of_source(str(source), own, by, known.get(str(source)))
    ]
    return _as_frame(found, by)


def _check_counts(counts: pd.DataFrame, by: By) -> None:
    missing = [
        name for name in ("source", "incident_type", by, "incidents") if name not in counts.columns
    ]
    if missing:
        raise ParameterError(
            f"`counts` lacks {', '.join(missing)}; found {', '.join(map(str, counts.columns))}."
            " Make it with count_periods."
        )
    if (counts["incidents"] < 0).any():
        raise ParameterError("`counts` holds a negative number of incidents; counts start at 0.")


def _of_source(
    source: str, own: pd.DataFrame, by: By, known: Coverage | None
) -> list[dict[str, Any]]:
    """Return the findings of one source, oldest first."""
    table = _full_table(own, by)
    covered = _covered(table.columns, known)
    partial = _partial(source, table, covered)
    if (covered == 1).sum() <= _LEAST_NEIGHBOURS:
        return [_too_short(source, len(covered), by), *partial]
    silent = _silent_rows(source, table, covered)
    whole = {row["period"] for row in silent if row["incident_type"] == ALL_TYPES}
    told = [
        row for row in silent if row["incident_type"] == ALL_TYPES or row["period"] not in whole
    ]
    outages = {row["period"] for row in told}
    rows = [*told, *(row for row in partial if row["period"] not in outages)]
    return sorted(rows, key=lambda row: (row["period"], row["incident_type"]))


def _full_table(own: pd.DataFrame, by: By) -> pd.DataFrame:
    """Return counts with a row for the source and each type, and a column for every period."""
    table = own.pivot_table(
        index="incident_type", columns=by, values="incidents", aggfunc="sum", fill_value=0
    )
    periods = pd.PeriodIndex(table.columns, freq=_FREQUENCY[by])
    every = pd.period_range(periods.min(), periods.max(), freq=_FREQUENCY[by])
    table = table.set_axis(periods, axis=1).reindex(columns=every, fill_value=0).astype("float64")
    total = table.sum().to_frame(ALL_TYPES).T
    # With one type alone, the source is that type.
    return pd.concat([total, table]) if len(table) > 1 else table


def _covered(periods: pd.Index, known: Coverage | None) -> Floats:
    """Return the share of each period's days that the source covers."""
    share = np.ones(len(periods))
    if known is None:
        return share
    for place, period in enumerate(periods):
        first, last = period.start_time.date(), period.end_time.date()
        days = (last - first).days + 1
        # The first row of a source rarely falls on the first day it covers.
        late = known.first_day > first + timedelta(days=days // 4)
        start = known.first_day if late else first
        held = (min(last, known.complete_to) - start).days + 1
        share[place] = max(held, 0) / days if late or known.complete_to < last else 1.0
    return share


def _silent_rows(source: str, table: pd.DataFrame, covered: Floats) -> list[dict[str, Any]]:
    observed = table.to_numpy()
    tests = observed.size
    rest = _rest(observed, covered)
    periods = pd.PeriodIndex(table.columns)
    rows = []
    for place, incident_type in enumerate(table.index):
        silent, expected, p = _silent(observed[place], covered, rest[place], tests)
        end = _end(observed[place])
        for at in np.flatnonzero(silent[: end + 1]):
            figures = (int(observed[place, at]), float(expected[at]), float(p[at]))
            finding = "ended" if at == end else "outage"
            rows.append(_silence(source, str(incident_type), periods[int(at)], figures, finding))
    return rows


def _end(series: Floats) -> int:
    """Return where a series ends for good: at noughts up to the newest period, two or more."""
    first_nought = int(np.flatnonzero(series)[-1]) + 1 if series.any() else len(series)
    return first_nought if len(series) - first_nought >= _ENDED else len(series)


def _rest(observed: Floats, covered: Floats) -> Floats:
    """Return, for each series and period, how the rest of the source did against its neighbours."""
    if len(observed) == 1:
        return np.ones_like(observed)
    others = observed[0] - observed
    factors = np.ones_like(observed)
    for place in range(1, len(observed)):
        usual = _sides(others[place], covered, np.zeros(len(covered), dtype=bool))[2]
        with np.errstate(invalid="ignore", divide="ignore"):
            factor = others[place] / (usual * covered)
        enough = np.isfinite(factor) & (usual >= _LEAST_EXPECTED)
        factors[place] = np.where(enough, np.clip(factor, _REST_LOW, _REST_HIGH), 1.0)
    return factors


def _silent(
    series: Floats, covered: Floats, rest: Floats, tests: int
) -> tuple[npt.NDArray[np.bool_], Floats, Floats]:
    """Return which periods are silent, what was expected of each, and the chance of so few."""
    silent = np.zeros(len(series), dtype=bool)
    while True:
        before, after, usual, neighbours = _sides(series, covered, silent)
        expected = usual * rest * covered
        restless = _dispersion(series, expected, covered, silent)
        # A fall to nought is an outage until proved otherwise, in a restless series too.
        p = _chance(series, expected, neighbours, np.where(series > 0, restless, 1.0))
        newly = ~silent & _low(series, covered, before, after, expected)
        newly &= (p < _FALSE_FINDINGS / tests) & (neighbours >= _LEAST_NEIGHBOURS)
        if not newly.any():
            return silent, expected, p
        silent |= newly


def _sides(
    series: Floats, covered: Floats, silent: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the medians before and after each period, of both, and how many made them.

    A nought says nothing of what is usual where the series is otherwise never near it.
    """
    usable = (covered == 1) & ~silent
    if usable.any() and np.median(series[usable]) >= _LEAST_EXPECTED:
        usable &= series > 0
    places = np.flatnonzero(usable)
    made = []
    for at in range(len(series)):
        earlier = series[places[places < at][-_SIDE:]]
        later = series[places[places > at][:_SIDE]]
        both = np.concatenate([earlier, later])
        made.append((_median(earlier), _median(later), _median(both), float(len(both))))
    before, after, usual, neighbours = np.array(made).T
    return before, after, usual, neighbours


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else np.nan


def _low(
    series: Floats, covered: Floats, before: Floats, after: Floats, expected: Floats
) -> npt.NDArray[np.bool_]:
    """Say which periods lie far below what is expected and below both sides of them."""
    line = np.where(np.isnan(after), _FAR_BELOW_AT_END, _FAR_BELOW)
    # A source may have begun late in its first period, so one with none before is not judged.
    sides = np.where(np.isnan(before), np.nan, np.fmin(before, after)) * covered
    low: npt.NDArray[np.bool_] = (series < line * expected) & (series < line * sides)
    return low & (expected >= _LEAST_EXPECTED)


def _dispersion(
    series: Floats, expected: Floats, covered: Floats, silent: npt.NDArray[np.bool_]
) -> float:
    """Return the variance of the series as a multiple of its mean, at least 1."""
    usable = (covered == 1) & ~silent & (expected > 0)
    if usable.sum() <= _LEAST_NEIGHBOURS:
        return 1.0
    residuals = np.abs(series[usable] - expected[usable]) / np.sqrt(expected[usable])
    return max(1.0, float(np.median(residuals) / _MAD) ** 2)


def _chance(series: Floats, expected: Floats, neighbours: Floats, dispersion: Floats) -> Floats:
    """Return the chance of a count as low as each, were it as expected."""
    mean = np.where(expected > 0, expected, 1.0)
    spread = dispersion * (1 + _MEDIAN / np.maximum(neighbours, 1))
    size = mean / (spread - 1)
    chance: Floats = np.where(expected > 0, betainc(size, series + 1, 1 / spread), 1.0)
    return chance


def _silence(
    source: str,
    incident_type: str,
    period: pd.Period,
    figures: tuple[int, float, float],
    finding: str,
) -> dict[str, Any]:
    incidents, expected, p = figures
    what, when = _type_words(incident_type), _say_period(period)
    words = {
        "outage": f"{source} sent {incidents:,} {what} for {when}, where the periods beside it"
        f" suggest about {expected:,.0f}. Read it as missing reports, not as a fall, until the"
        " sender says otherwise.",
        "ended": f"{source} has sent no {what} since {when}, where about {expected:,.0f} were"
        " usual. Ask the sender whether reports are missing or are now called by another type.",
    }
    return {
        "source": source,
        "incident_type": incident_type,
        "period": period,
        "incidents": incidents,
        "expected": round(expected, 1),
        "share": incidents / expected,
        "p": p,
        "finding": finding,
        "words": words[finding],
    }


def _partial(source: str, table: pd.DataFrame, covered: Floats) -> list[dict[str, Any]]:
    total = table.to_numpy()[0]
    return [
        {
            "source": source,
            "incident_type": ALL_TYPES,
            "period": period,
            "incidents": int(count),
            "finding": "partial",
            "words": f"{source} covers only {share:.0%} of {_say_period(period)}:"
            " compare it with no whole period.",
        }
        for period, count, share in zip(pd.PeriodIndex(table.columns), total, covered, strict=True)
        if share < 1
    ]


def _too_short(source: str, periods: int, by: By) -> dict[str, Any]:
    return {
        "source": source,
        "incident_type": ALL_TYPES,
        "period": None,
        "finding": "too short to say",
        "words": f"{source} holds {periods} {by}{'s' * (periods != 1)}: too short a series to say"
        " whether one of them is incomplete.",
    }


def _type_words(incident_type: str) -> str:
    if incident_type == ALL_TYPES:
        return "incidents of all types"
    return f"incidents of the type {read_taxonomy().name(incident_type)}"


def _say_period(period: pd.Period) -> str:
    start: date = period.start_time.date()
    if period.freqstr == _FREQUENCY["month"]:
        return f"{start:%B %Y}"
    return f"the week from {say_day(start)}"


def _as_frame(found: list[dict[str, Any]], by: By) -> pd.DataFrame:
    rows = [{**row, by: _period_name(row["period"], by)} for row in found]
    names = [*COLUMNS[:2], by, *COLUMNS[2:]]
    frame = pd.DataFrame(rows, columns=names)
    kinds: Mapping[str, str] = {"incidents": "Int64", "expected": "float64", "share": "float64"}
    texts = dict.fromkeys(("source", "incident_type", by, "finding", "words"), "str")
    return frame.astype({**texts, **kinds, "p": "float64"})


def _period_name(period: pd.Period | None, by: By) -> str | None:
    if period is None:
        return None
    return f"{period.start_time:%Y-%m}" if by == "month" else f"{period.start_time:%Y-%m-%d}"
