"""The past of places: which months are judged, which were silent, and the words for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from aim.analysis import compare_periods, judge_places, warn_of_peak
from aim.analysis.pasts import HOT_AT, WINDOW
from aim.errors import ParameterError
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotRun
from aim.model.people import Reach
from aim.model.records import Coverage
from aim.model.times import local_months, say_month
from aim.store import Store
from aim.workflows.counting import count_by
from aim.workflows.doubts import silences
from aim.workflows.periods import (
    Period,
    chosen,
    latest_complete_month,
    months_to,
    period_of,
    within,
)
from aim.workflows.searching import taking_part

# Two years: a season comes twice, and what was long ago does not name a place.
MONTHS = 24
MOST_MONTHS = 120
# A month is no evidence where this share of what is usual is missing.
SILENT_SHARE = 0.1
# What lasted longer than so many months is a level, not a peak.
LONGEST_PEAK = 3
# A source that ended longer ago than this does not hold the others up.
_LAG = timedelta(days=92)
_PLACED = ("incident_id", "source", "occurred_from", "easting", "northing")


@dataclass(frozen=True, slots=True)
class Steps:
    """The months a past is told over.

    Attributes
    ----------
    months
        Those that are judged, oldest first, without a gap.
    span
        The days of these and of the months before that their windows reach back to; None where
        there is no month.
    unobserved
        Months that are no evidence.
    warnings
        What to know of them.
    """

    months: tuple[str, ...] = ()
    span: Period | None = None
    unobserved: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def steps_of(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    *,
    months: int = MONTHS,
    from_since: bool = False,
) -> Steps:
    """Return the months over which the past of a filter's places is told.

    Parameters
    ----------
    wanted
        Its period ends them; where it is open or beyond what is complete, the newest month for
        which every source that still sends is complete.
    months
        How many at most; fewer where the store holds fewer.
    from_since
        Begin with the filter's first day, where it has one; a list's period is told against all
        months before it.

    Raises
    ------
    ParameterError
        The number is out of range.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise ParameterError(f"`months` must be from 1 to {MOST_MONTHS}, found {months!r}.")
    coverage = chosen(store.coverage(reach), wanted)
    latest = latest_complete_month(_still_sending(coverage))
    if latest is None:
        return Steps()
    until = min(latest.until, (wanted.until or latest.until).replace(day=1))
    held = min(one.first_day for one in coverage).replace(day=1)
    first = max(held, months_to(until, months).since)
    if from_since and wanted.since:
        first = max(first, wanted.since.replace(day=1))
    if first >= until:
        return Steps()
    span = Period(max(held, months_to(until, months + WINDOW - 1).since), until)
    named = tuple(_months_between(first, until))
    silent, told = silent_months(store, reach, within(wanted.without_wards(), span))
    return Steps(
        named,
        span,
        tuple(month for month in silent if month in named),
        (*told, *_late_starts(coverage, first)),
    )


def _still_sending(coverage: list[Coverage]) -> list[Coverage]:
    newest = max((one.complete_to for one in coverage), default=date.min)
    return [one for one in coverage if newest - one.complete_to < _LAG]


def _months_between(first: date, until: date) -> list[str]:
    return [str(month) for month in pd.period_range(first, until, freq="M")[:-1]]


def _late_starts(coverage: list[Coverage], first: date) -> tuple[str, ...]:
    return tuple(
        f"{one.source} starts in {one.first_day:%B %Y}: places it alone tells of look newer than"
        " they may be."
        for one in coverage
        if one.first_day.replace(day=1) > first
    )


def silent_months(
    store: Store, reach: Reach, wanted: IncidentFilter
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the months in which too much was missing, and why."""
    found = silences(store, reach)
    types, sources = wanted.incident_types(), wanted.sources
    chosen_rows = found["finding"] == "outage"
    if sources:
        chosen_rows &= found["source"].isin(sources)
    if types:
        chosen_rows &= found["incident_type"].isin({*types, "all"})
    if not chosen_rows.any():
        return (), ()
    counts = count_by(store, reach, wanted, by=("source", "incident_type", "month"))
    missing: dict[str, float] = {}
    for one in found[chosen_rows].itertuples():
        share = _usual_share(counts, str(one.source), str(one.incident_type), str(one.month))
        missing[str(one.month)] = missing.get(str(one.month), 0.0) + share
    silent = tuple(sorted(month for month, share in missing.items() if share >= SILENT_SHARE))
    words = tuple(
        f"{say_month(month)} is left out as no evidence: about {missing[month]:.0%} of what is"
        " usual is missing."
        for month in silent
    )
    return silent, words


def _usual_share(counts: pd.DataFrame, source: str, incident_type: str, month: str) -> float:
    """Return what share of all incidents a source's type holds in other months."""
    others = counts[counts["month"] != month]
    theirs = others["source"] == source
    if incident_type != "all":
        theirs &= others["incident_type"] == incident_type
    whole = int(others["incidents"].sum())
    return int(others.loc[theirs, "incidents"].sum()) / whole if whole else 0.0


def pasts_of(store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun) -> dict[str, Any]:
    """Tell the past of each hotspot of a run by what happened on its ground.

    Parameters
    ----------
    wanted
        What the run searched.

    Returns
    -------
    dict
        ``months``, ``window``, ``alpha``, ``unobserved``, ``warnings`` and, in ``places``, by rank
        (a text): ``class`` (a word of ``HistoryClass``, empty where there are too few months),
        ``counts`` by month, ``hot`` months of so many ``judged``, ``peak`` (the mean of the
        period's months and of the others, where the place was found at its peak) and ``year_ago``
        (two counts and a word).
        Empty where there is no hotspot or no month.
    """
    steps = steps_of(store, reach, wanted)
    if run.hotspots.empty or steps.span is None:
        return {}
    asked = within(wanted, steps.span)
    incidents, *_ = taking_part(store, reach, asked, run.parameters, columns=_PLACED)
    places = gpd.GeoSeries(
        run.hotspots.geometry.to_numpy(), index=run.hotspots["rank"].astype(str), crs="EPSG:27700"
    )
    pasts = judge_places(
        places,
        incidents,
        local_months(incidents["occurred_from"]).astype("str"),
        steps=steps.months,
        area_m2=float(run.facts["area_m2"]),
        unobserved=steps.unobserved,
    )
    period = period_of(wanted)
    return {
        "months": list(steps.months),
        "window": WINDOW,
        "alpha": HOT_AT,
        "unobserved": list(steps.unobserved),
        "warnings": list(steps.warnings),
        "places": {
            rank: {
                "class": str(pasts.classes[rank]),
                "counts": pasts.counts.loc[rank].tolist(),
                "hot": pasts.hot.columns[pasts.hot.loc[rank].to_numpy(np.bool_)].tolist(),
                "judged": len(pasts.hot.columns),
                "peak": _peak(pasts.counts.loc[rank], period, steps.unobserved),
                "year_ago": _year_ago(pasts.counts.loc[rank], period),
            }
            for rank in places.index
        },
    }


def _peak(
    counts: pd.Series, period: Period | None, unobserved: tuple[str, ...]
) -> dict[str, float] | None:
    """Tell where a place was found at its peak, which falls by itself."""
    observed = counts.drop(list(unobserved))
    now = _within_period(observed, period)
    if not 0 < len(now) <= LONGEST_PEAK or warn_of_peak(observed, now.index.tolist()) is None:
        return None
    return {"now": float(now.mean()), "usual": float(observed.drop(now.index).mean())}


def _year_ago(counts: pd.Series, period: Period | None) -> dict[str, Any] | None:
    """Compare the period's months with the same a year earlier, where both are held."""
    now = _within_period(counts, period)
    then = _within_period(counts, period.year_ago() if period else None)
    if now.empty or len(then) != len(now):
        return None
    found = compare_periods(int(now.sum()), int(then.sum()))
    return {"now": found.now, "then": found.before, "change": found.change.value}


def _within_period(counts: pd.Series, period: Period | None) -> pd.Series:
    """Return the counts of a period of whole months; none where it is open or of parts."""
    if period is None or period.since.day != 1 or period.until.day != 1:
        return counts.iloc[:0]
    wanted = _months_between(period.since, period.until)
    held = counts[counts.index.isin(wanted)]
    return held if len(held) == len(wanted) else counts.iloc[:0]
