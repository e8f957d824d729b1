"""What stands in the way of a comparison: events people entered, silences the data show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from aim.analysis.quality import (
    at_default_points,
    crosses,
    crowded_points,
    find_default_points,
    find_outages,
)
from aim.model.breaks import STAR, Break, ChartMark
from aim.model.filters import IncidentFilter
from aim.model.people import Reach
from aim.model.times import days_in, read_month, say_day
from aim.store import Store
from aim.workflows.memory import Memory
from aim.workflows.periods import Period, period_of

_EVERYTHING = IncidentFilter(include_outside=True)
_SILENCES: Memory[pd.DataFrame] = Memory(4)
_POINTS: Memory[pd.DataFrame] = Memory(4)
_PLACED = (
    "source",
    "incident_type",
    "occurred_from",
    "easting",
    "northing",
    "place_precision",
    "location_text",
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that happened to a source's numbers, on a day or in a month."""

    month: str
    share: float  # how far into the month, 0 to 1
    words: str
    partial: bool = False  # the month is not wholly covered: hatched, no line of its own


def silences(store: Store, reach: Reach) -> pd.DataFrame:
    """Return the silent, ended and partial months of every source, found once for the same data.

    Returns
    -------
    pandas.DataFrame
        As ``find_outages`` returns them, under the source's plain name.
    """
    return _SILENCES.recall(store, reach, lambda: _find_silences(store, reach))


def default_points(store: Store, reach: Reach) -> pd.DataFrame:
    """Return the points where sources put what they could not locate, found once for the data."""
    return _POINTS.recall(store, reach, lambda: _find_default_points(store, reach))


def _find_default_points(store: Store, reach: Reach) -> pd.DataFrame:
    """Count by point first, so that only the rows of crowded points are read."""
    points = store.count_points(reach)
    asked = points[at_default_points(points, crowded_points(points))]
    rows = store.incidents_at(asked, reach, columns=_PLACED)
    return find_default_points(rows, points)


def doubts_between(
    store: Store, reach: Reach, wanted: IncidentFilter, earlier: Period
) -> tuple[str, ...]:
    """Say why a filter's period is not like another; empty where nothing stands in the way."""
    now = period_of(wanted)
    if now is None:
        return ()
    return _crossed(store, reach, wanted, (earlier, now))


def doubts_within(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[str, ...]:
    """Say what parts a filter's period, or what of it is missing; of all dates where it is open."""
    since = wanted.since or date.min
    until = wanted.until or date.max
    whole = Period(since, until)
    return _crossed(store, reach, wanted, (whole, whole))


def marks_of(
    store: Store, reach: Reach, wanted: IncidentFilter, span: Period
) -> tuple[ChartMark, ...]:
    """Return the marks of a chart of whole months, oldest first, each with a letter of its own."""
    found = sorted(
        (*_broken(store, reach, wanted, span), *_silent(store, reach, wanted, span)),
        key=lambda one: (one.month, one.share, one.words),
    )
    letters = iter(_LETTERS)
    return tuple(
        ChartMark(one.month, STAR if one.partial else next(letters, "+"), one.words, one.share)
        for one in found
    )


def silent_months(
    store: Store, reach: Reach, wanted: IncidentFilter, span: Period
) -> frozenset[str]:
    """Return the months of a span in which a source of the filter is silent or partial."""
    return frozenset(one.month for one in _silent(store, reach, wanted, span))


def _find_silences(store: Store, reach: Reach) -> pd.DataFrame:
    counts = store.count_incidents(
        _EVERYTHING, reach, by=("source", "feed", "incident_type", "month")
    )
    editions = _editions(counts)
    found = find_outages(counts.assign(source=editions), coverage=store.coverage(reach))
    plain = dict(zip(editions, counts["source"], strict=True))
    return found.assign(source=found["source"].map(plain).astype("str"))


def _editions(counts: pd.DataFrame) -> pd.Series:
    """Name a source that came by several feeds by each: their types and months differ."""
    feeds = counts.groupby("source")["feed"].transform("nunique")
    named = counts["source"] + " (" + counts["feed"] + ")"
    return counts["source"].where(feeds == 1, named)


def _crossed(
    store: Store, reach: Reach, wanted: IncidentFilter, periods: tuple[Period, Period]
) -> tuple[str, ...]:
    one, other = ((period.since, period.until) for period in periods)
    told = crosses(
        [saved.entry for saved in store.breaks(reach)],
        silences(store, reach),
        one,
        other,
        sources=wanted.sources,
        types=tuple(wanted.incident_types()),
    )
    return tuple(dict.fromkeys(told))


def _broken(store: Store, reach: Reach, wanted: IncidentFilter, span: Period) -> Iterator[Found]:
    types = tuple(wanted.incident_types())
    for saved in store.breaks(reach):
        entry = saved.entry
        if span.since <= entry.day < span.until and entry.touches(wanted.sources, types):
            month = f"{entry.day:%Y-%m}"
            yield Found(month, (entry.day.day - 1) / days_in(month), _say_break(entry))


def _silent(store: Store, reach: Reach, wanted: IncidentFilter, span: Period) -> Iterator[Found]:
    types = wanted.incident_types()
    for row in silences(store, reach).dropna(subset=["month"]).itertuples():
        chosen = not wanted.sources or row.source in wanted.sources
        counted = not types or row.incident_type in {*types, "all"}
        if chosen and counted and span.since <= read_month(str(row.month)) < span.until:
            yield Found(str(row.month), 0.5, str(row.words), str(row.finding) == "partial")


def _say_break(entry: Break) -> str:
    note = f" ({entry.note})" if entry.note else ""
    return f"{entry.source or 'every source'}: {entry.kind} on {say_day(entry.day)}{note}."
