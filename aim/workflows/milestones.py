"""Targets by quarter: what a year's target allows so far, beside what was counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aim.access import reach_of, require
from aim.analysis.indices import quarter_of, year_interval, year_of
from aim.model.filters import IncidentFilter
from aim.model.indicators import Indicator
from aim.model.people import Action, Actor, Reach
from aim.model.times import next_month
from aim.store import Store
from aim.tasking.indicators import milestones
from aim.workflows.counting import count_by
from aim.workflows.indicators import (
    NARROWED,
    IndicatorTable,
    counting,
    is_narrowed,
    people_of,
    say_met,
    table_facts,
    without_dates,
)
from aim.workflows.periods import Period, chosen, latest_complete_month, within
from aim.workflows.tables import Column, decimal, whole

NO_TARGETS = "No targets are set: write them into the file that AIM_INDICATORS names."
_NAMES = ("indicator", "year", "quarter", "milestone", "milestone_rate", "counted", "says")
_QUARTERS = 4
_COLUMNS = (
    Column("indicator", "Indicator"),
    Column("quarter", "To the end of"),
    whole("Milestone", "milestone"),
    decimal("For each 1,000", "milestone_rate", 2),
    whole("Counted", "counted"),
    Column("says", "How it stands"),
)
_COURSE = {
    "Met": "On course",
    "Missed, by no more than chance brings": "Behind, by no more than chance brings",
    "Missed": "Behind",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question made ready; ``held`` are the months every source covers."""

    store: Store
    reach: Reach
    wanted: IncidentFilter
    held: Period | None
    year_starts: int


def milestone_table(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    indicators: Sequence[Indicator],
    *,
    year_starts: int = 4,
) -> IndicatorTable:
    """Set what was counted beside each quarter's milestone, year by year from its beginning.

    A year's target falls on its quarters as the incidents of the year targets start from did;
    evenly where that year is not held whole.

    Returns
    -------
    IndicatorTable
        ``indicator``, ``year``, ``quarter``, ``milestone`` and ``milestone_rate`` (for each 1,000
        people), ``counted`` (missing while the quarter is not complete) and ``says``. Empty where
        no indicator has targets, or a part of the partnership is asked for.

    Raises
    ------
    ParameterError
        The filter has dates or types of its own, or a target's year is none.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    asked = _Asked(store, reach, wanted, _held(store, reach, without_dates(wanted)), year_starts)
    aimed = [one for one in indicators if one.targets]
    told = [] if aimed else [NO_TARGETS]
    lines: list[dict[str, Any]] = []
    if aimed and is_narrowed(wanted):
        told, aimed = [NARROWED], []
    for one in aimed:
        own, warned = _milestones_of(asked, one)
        lines += own
        told += warned
    return IndicatorTable(
        title="Targets by quarter, counted from the start of each year",
        rows=pd.DataFrame(lines, columns=list(_NAMES)),
        columns=_COLUMNS,
        warnings=tuple(dict.fromkeys(told)),
        facts=table_facts(store, wanted, year_starts, ""),
    )


def _held(store: Store, reach: Reach, wanted: IncidentFilter) -> Period | None:
    sources = chosen(store.coverage(reach), wanted)
    latest = latest_complete_month(sources)
    if latest is None:
        return None
    return Period(max(one.first_day for one in sources).replace(day=1), latest.until)


def _milestones_of(asked: _Asked, indicator: Indicator) -> tuple[list[dict[str, Any]], list[str]]:
    people = people_of(asked.store, asked.reach, indicator, asked.wanted)
    shares, told = _shares(asked, indicator)
    lines = []
    for target in indicator.targets:
        count = target.in_number(people)
        if count is None:
            told.append(f"{indicator.name}: no population, so no count for {target.year}.")
            continue
        counts = _by_quarter(asked, indicator, target.year)
        head = {"indicator": indicator.name, "year": target.year}
        lines += [{**head, **line} for line in _lines_of(counts, milestones(count, shares), people)]
    return lines, told


def _shares(asked: _Asked, indicator: Indicator) -> tuple[list[float], list[str]]:
    """Return how the incidents of the year targets start from fell on its quarters."""
    base = _baseline_year(indicator, asked.year_starts)
    counts = list(_by_quarter(asked, indicator, base).values())
    if any(counts) and None not in counts:
        return [count or 0 for count in counts], []
    told = f"{indicator.name}: {base} is not held whole, so each quarter has a fourth."
    return [1] * _QUARTERS, [told]


def _baseline_year(indicator: Indicator, year_starts: int) -> str:
    if indicator.baseline:
        return indicator.baseline
    since, _ = year_interval(indicator.targets[0].year, year_starts)
    return year_of(since.replace(year=since.year - 1), year_starts)


def _by_quarter(asked: _Asked, indicator: Indicator, year: str) -> dict[str, int | None]:
    """Count a year's quarters; None for one that is not held whole."""
    since, until = year_interval(year, asked.year_starts)
    wanted = within(counting(indicator, asked.wanted), Period(since, until))
    months = count_by(asked.store, asked.reach, wanted, by=("month",))
    counted = dict(zip(months["month"], months["incidents"], strict=True))
    quarters: dict[str, int | None] = {}
    month = since
    while month < until:
        quarter = quarter_of(month, asked.year_starts)
        so_far = quarters.setdefault(quarter, 0)
        known = asked.held and asked.held.since <= month and next_month(month) <= asked.held.until
        own = int(counted.get(f"{month:%Y-%m}", 0))
        quarters[quarter] = so_far + own if known and so_far is not None else None
        month = next_month(month)
    return quarters


def _lines_of(
    counts: Mapping[str, int | None], aims: Sequence[int], people: int | None
) -> list[dict[str, Any]]:
    """Return one line a quarter, each with what was counted since the year began."""
    lines: list[dict[str, Any]] = []
    total: int | None = 0
    for (quarter, count), aim in zip(counts.items(), aims, strict=True):
        total = None if total is None or count is None else total + count
        lines.append(
            {
                "quarter": quarter,
                "milestone": aim,
                "milestone_rate": 1000 * aim / people if people else None,
                "counted": total,
                "says": "Not complete yet" if total is None else _COURSE[say_met(total, aim)],
            }
        )
    return lines
