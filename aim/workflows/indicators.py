"""The annual table of indicators: two years from the store, what chance explains, and targets.

Where a year is not whole, or the year before reaches back less far, the same months of both are
compared, and the table says which.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from aim import __version__
from aim.access import reach_of, require, sees_statistics
from aim.analysis import compare_table, poisson_interval
from aim.analysis.indices import year_interval, year_of
from aim.errors import ParameterError
from aim.model.filters import IncidentFilter
from aim.model.hotspots import Change
from aim.model.indicators import Indicator
from aim.model.people import Action, Actor, Reach
from aim.store import Store
from aim.workflows.counting import count_all, left_out
from aim.workflows.doubts import doubts_between, doubts_within
from aim.workflows.periods import Period, chosen, latest_complete_month, within
from aim.workflows.tables import Column, decimal, whole
from aim.workflows.words import say_left_out

# The arrow, and what it says in words: never the one without the other.
ARROWS = {
    Change.UP: "▲ Up, more than chance brings",
    Change.NEW: "▲ New: none the year before",
    Change.DOWN: "▼ Down, more than chance brings",
    Change.STEADY: "▬ No clear change",
    Change.TOO_FEW: "▬ Too few to say",
}
NOT_COMPARED = "Not compared"
_STATISTICS = ("ratio", "low", "high", "z", "p")


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """One table of indicators with what goes with it.

    Attributes
    ----------
    title
        What it is.
    rows
        One row an indicator, or one an indicator, year and quarter; as files hold it.
    columns
        How a page writes it.
    warnings
        What to know before using it.
    statistics
        What stands under "Why?" for those who are shown statistics; empty for others.
    facts
        Plain values that travel with it.
    """

    title: str
    rows: pd.DataFrame
    columns: tuple[Column, ...]
    warnings: tuple[str, ...] = ()
    statistics: pd.DataFrame = field(default_factory=pd.DataFrame)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Years:
    """A year and the one before, as far as both can be compared.

    Attributes
    ----------
    year, year_before
        As people write them.
    now, before
        The days counted; no days before where the data do not reach back.
    whole
        Whether ``now`` is the whole year.
    """

    year: str
    year_before: str
    now: Period
    before: Period | None
    whole: bool


def indicator_table(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    indicators: Sequence[Indicator],
    *,
    year: str = "",
    year_starts: int = 4,
) -> IndicatorTable:
    """Count each indicator in a year and the one before, and say what chance explains.

    Parameters
    ----------
    wanted
        Wards, sources and area; the years give the dates, the indicators the types and, where
        they name some, the sources.
    indicators
        From ``read_indicators``.
    year
        As ``2025/26``; the newest whole year if empty, else the one in progress.
    year_starts
        The month years start in.

    Returns
    -------
    IndicatorTable
        ``indicator``, ``year``, ``now``, ``before``, ``difference``, ``percent``, ``percent_low``
        and ``percent_high`` (exact, 95 %), ``change`` (a word), ``says`` (the arrow in words),
        ``rate``, ``target``, ``target_rate`` and ``met``; missing where nothing can be said.

    Raises
    ------
    ParameterError
        Nothing has been loaded, the filter has dates or types of its own, or no month of that year
        is complete.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    years = _years(store, reach, without_dates(wanted), year, year_starts)
    counts = [_counts(store, reach, one, wanted, years) for one in indicators]
    rows, statistics = _compared(indicators, counts, years)
    people = [people_of(store, reach, one, wanted) for one in indicators]
    rows = pd.concat([rows, _aims(indicators, rows, people, years, wanted)], axis=1)
    shown = sees_statistics(actor) and years.before is not None
    return IndicatorTable(
        title=_title(years),
        rows=rows,
        columns=_columns(years, rows),
        warnings=tuple(dict.fromkeys(_warnings(store, reach, wanted, years, indicators))),
        statistics=statistics if shown else pd.DataFrame(),
        facts=table_facts(store, wanted, year_starts, years.year),
    )


def years_held(store: Store, reach: Reach, year_starts: int) -> tuple[str, ...]:
    """Return the years of which a complete month is held, newest first."""
    coverage = store.coverage(reach)
    latest = latest_complete_month(coverage)
    if latest is None:
        return ()
    day = min(one.first_day for one in coverage)
    years = []
    while day < latest.until:
        years.append(year_of(day, year_starts))
        day = year_interval(years[-1], year_starts)[1]
    return tuple(reversed(years))


def without_dates(wanted: IncidentFilter) -> IncidentFilter:
    """Return the filter, or refuse one that brings dates or types of its own.

    Raises
    ------
    ParameterError
        It does.
    """
    if wanted.since or wanted.until or wanted.types:
        raise ParameterError(
            "Indicators were asked for with dates or types of your own; the year gives the dates"
            " (`year`, such as 2025/26) and the file of indicators the types. Take the others out."
        )
    return wanted


def _years(
    store: Store, reach: Reach, wanted: IncidentFilter, year: str, year_starts: int
) -> Years:
    """Return the months of a year and of the one before that every source covers."""
    sources = chosen(store.coverage(reach), wanted)
    latest = latest_complete_month(sources)
    if latest is None:
        raise ParameterError("Indicators were asked for, but nothing has been loaded yet.")
    first = max(one.first_day for one in sources).replace(day=1)
    if latest.until <= first:
        raise ParameterError(
            "Indicators were asked for; no month is held complete of every source yet. Ask for some"
            " sources alone, or load more."
        )
    asked = year.strip() or _default_year(first, latest.until, year_starts)
    since, until = year_interval(asked, year_starts)
    now = Period(max(since, first), min(until, latest.until))
    if now.until <= now.since:
        raise ParameterError(
            f"{asked} was asked for; no month of it is held complete of every source. They are"
            f" from {Period(first, latest.until).say()}."
        )
    before = Period(max(now.year_ago().since, first), now.year_ago().until)
    earlier = year_of(now.year_ago().since, year_starts)
    if before.until <= before.since:
        return Years(asked, earlier, now, None, now == Period(since, until))
    # The months of this year that the year before has too.
    same = Period(before.since.replace(year=before.since.year + 1), now.until)
    return Years(asked, earlier, same, before, same == Period(since, until))


def _default_year(first: date, end: date, year_starts: int) -> str:
    """Return the newest year that is over and held from its start, else the one in progress."""
    newest = year_of(end - timedelta(days=1), year_starts)
    begins, ends = year_interval(newest, year_starts)
    last = year_of(begins - timedelta(days=1), year_starts)
    is_held = first <= year_interval(last, year_starts)[0]
    return last if end < ends and is_held else newest


def _counts(
    store: Store, reach: Reach, indicator: Indicator, wanted: IncidentFilter, years: Years
) -> tuple[int, int | None]:
    asked = counting(indicator, wanted)
    now = count_all(store, reach, within(asked, years.now))
    before = None if years.before is None else count_all(store, reach, within(asked, years.before))
    return now, before


def counting(indicator: Indicator, wanted: IncidentFilter) -> IncidentFilter:
    """Return the filter that counts an indicator; sources of its own win.

    Examples
    --------
    >>> counting(Indicator("asb", "ASB", ("asb",)), IncidentFilter(sources=("wardens",))).types
    ('asb',)
    """
    sources = indicator.sources or wanted.sources
    return replace(wanted, types=indicator.types, sources=sources)


def _compared(
    indicators: Sequence[Indicator], counts: Sequence[tuple[int, int | None]], years: Years
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = [one.name for one in indicators]
    now = [one for one, _ in counts]
    head = pd.DataFrame({"indicator": names, "year": years.year, "now": now})
    if years.before is None:
        empty = dict.fromkeys(("before", "difference", "percent", "percent_low", "percent_high"))
        return head.assign(**empty, change=None, says=NOT_COMPARED), pd.DataFrame()
    before = [earlier for _, earlier in counts]
    found = compare_table(pd.DataFrame({"now": now, "before": before}))
    rows = head.assign(
        before=found["before"],
        difference=found["difference"],
        percent=_finite(found["percent"]),
        percent_low=_finite(100 * (found["low"] - 1)),
        percent_high=_finite(100 * (found["high"] - 1)),
        change=found["change"],
        says=[ARROWS[Change(word)] for word in found["change"]],
    )
    return rows, found[list(_STATISTICS)].assign(indicator=names)


def _finite(numbers: pd.Series) -> pd.Series:
    return numbers.where(np.isfinite(numbers))


def people_of(
    store: Store, reach: Reach, indicator: Indicator, wanted: IncidentFilter
) -> int | None:
    """Return the people an indicator's rate is for; None where not all of them were counted."""
    if indicator.population and not is_narrowed(wanted):
        return indicator.population
    loaded = store.population(reach, ward_set=wanted.ward_set)
    if wanted.area or "population" not in loaded:
        return None
    heads = loaded.set_index("ward_code")["population"]
    asked = list(wanted.wards) or [
        str(code) for code in store.wards(reach, ward_set=wanted.ward_set)["ward_code"]
    ]
    own = heads.reindex(asked)
    return int(own.sum()) if len(own) and bool((own > 0).all()) else None


def is_narrowed(wanted: IncidentFilter) -> bool:
    """Tell whether only a part of the borough or of the reports is counted."""
    narrowing = (wanted.wards, wanted.area, wanted.sources, wanted.hours, wanted.days)
    return any(narrowing)


def _aims(
    indicators: Sequence[Indicator],
    rows: pd.DataFrame,
    people: Sequence[int | None],
    years: Years,
    wanted: IncidentFilter,
) -> pd.DataFrame:
    """Return rates, and targets where the whole partnership's whole year is counted."""
    aimed = years.whole and not is_narrowed(wanted)
    lines = []
    for one, now, heads in zip(indicators, rows["now"], people, strict=True):
        target = one.target_of(years.year)
        count = target.in_number(heads) if target and aimed else None
        lines.append(
            {
                "rate": 1000 * now / heads if heads and years.whole else None,
                "target": count,
                "target_rate": 1000 * count / heads if count is not None and heads else None,
                "met": "" if count is None else say_met(int(now), count),
            }
        )
    return pd.DataFrame(lines, columns=["rate", "target", "target_rate", "met"])


def say_met(counted: int, target: int) -> str:
    """Say whether a count kept to its target, and whether chance alone may have missed it.

    Examples
    --------
    >>> say_met(90, 90), say_met(95, 90), say_met(150, 90)
    ('Met', 'Missed, by no more than chance brings', 'Missed')
    """
    if counted <= target:
        return "Met"
    low, _ = poisson_interval(counted)
    return "Missed, by no more than chance brings" if low <= target else "Missed"


def _title(years: Years) -> str:
    if years.before is None:
        return f"Indicators, {years.now.say()}"
    if years.whole:
        return f"Indicators, {years.year} beside {years.year_before}"
    return f"Indicators, {years.now.say()} beside {years.before.say()}"


NARROWED = "Targets are for the whole partnership; for a part of it there are none."


def _warnings(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    years: Years,
    indicators: Sequence[Indicator],
) -> Iterator[str]:
    if not years.whole:
        yield (
            f"{years.year} is not whole here: only months that every source covers in both years"
            " are compared."
        )
    over = within(wanted, years.now)
    if years.before is None:
        yield "The year before is not held, so nothing is compared."
        yield from doubts_within(store, reach, over)
    else:
        yield from doubts_between(store, reach, over, years.before)
    if any(one.targets for one in indicators) and is_narrowed(wanted):
        yield NARROWED
    yield from say_left_out(left_out(store, reach, over))


def table_facts(
    store: Store, wanted: IncidentFilter, year_starts: int, year: str
) -> dict[str, Any]:
    """Return the plain values that travel with a table of indicators."""
    return {
        "filter": wanted.words(),
        "year": year,
        "year_starts": year_starts,
        "interval": 0.95,
        "test": "e-test, two-sided, 0.05",
        "data_version": store.data_version(),
        "program_version": __version__,
    }


def _columns(years: Years, rows: pd.DataFrame) -> tuple[Column, ...]:
    """Return what a page shows: columns of which nothing is known are left out."""
    here = years.year if years.whole else years.now.say()
    there = years.year_before if years.whole or years.before is None else years.before.say()
    every = (
        Column("indicator", "Indicator"),
        whole(here, "now"),
        whole(there, "before"),
        Column("difference", "Change in number", lambda value: f"{value:+,.0f}", number=True),
        Column("percent", "Change, %", lambda value: f"{value:+.1f}", number=True),
        Column("percent_low", "At least, %", lambda value: f"{value:+.1f}", number=True),
        Column("percent_high", "At most, %", lambda value: f"{value:+.1f}", number=True),
        Column("says", "What it says"),
        decimal("For each 1,000", "rate", 2),
        whole("Target", "target"),
        decimal("Target for each 1,000", "target_rate", 2),
        Column("met", "Target met"),
    )
    return tuple(one for one in every if rows[one.name].replace("", None).notna().any())
