"""Control charts: which ward and type left the range in which chance keeps its months."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from aim.access import reach_of, require
from aim.analysis import compare_counts, control_chart, cusum, flag_unusual
from aim.analysis.control_charts import BASELINE
from aim.config import Settings
from aim.exports import Listing, text_table
from aim.maps import trend_svg
from aim.model.filters import IncidentFilter
from aim.model.people import Action, Actor, Reach
from aim.model.times import days_in, next_month, read_month, say_month
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.counting import count_by
from aim.workflows.doubts import doubts_within, marks_of
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.memory import Memory
from aim.workflows.pasts import silent_months, steps_of
from aim.workflows.periods import Period, months_to, period_of, within
from aim.workflows.stamps import stamp_of
from aim.workflows.views import Chart, ExportedFile, FilterForm
from aim.workflows.words import CHANGE_WORDS, say_filter, say_number

# Months drawn, and before them those whose mean is the middle of the first.
MONTHS = 24
# About one month in so many leaves the range by chance.
ONE_IN = 370
# With a smaller mean the sum of small rises is a sum of single incidents.
LEAST_MEAN = 5.0
_WHOLE = "everything chosen"
SIGNAL_WORDS = {
    "above": "More than chance brings",
    "below": "Fewer than chance brings",
    "within": "As usual",
    "not observed": "No evidence: incidents are missing",
    "too early to say": "Too early to say",
}
_SIGNALS = ("above", "below")
_COLUMNS = (
    "ward_code", "ward", "incident_type", "type", "month", "incidents", "mean", "low", "high",
    "signal", "cusum", "alarm", "year_ago", "change",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charts:
    """Control charts of a filter, one a ward and type.

    Attributes
    ----------
    table
        One row a chart and month, by type, ward and month: ``ward_code`` and ``ward`` (missing
        outside every ward), ``incident_type`` and ``type``, ``month``, ``incidents``, ``mean``,
        ``low`` and ``high`` (the range of chance), ``signal`` (``above``, ``below``, ``within``,
        ``not observed`` or ``too early to say``), ``cusum`` (small rises added up; missing where
        there is no baseline) and ``alarm`` (the month in which they come to too much), ``year_ago``
        and ``change`` (the word; missing where either month is no evidence, or what is counted
        changed in between). Where it changed, a chart begins anew.
    months
        Those judged, oldest first.
    warnings
        What to know before reading them.
    """

    table: pd.DataFrame
    months: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChartsView:
    """Everything on the page of control charts."""

    form: FilterForm
    query: str
    summary: str
    chart: Chart | None
    sentences: tuple[str, ...]
    newest: str
    signals: tuple[tuple[str, ...], ...]  # ward, type, incidents, usual range, words
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


def control_charts(
    store: Store, actor: Actor, wanted: IncidentFilter, *, months: int = MONTHS
) -> Charts:
    """Draw one control chart for each ward and type of a filter.

    Parameters
    ----------
    wanted
        Its wards count incidents here; its last day ends the months, its first day begins them.
    months
        How many months at most, to the newest complete one.

    Raises
    ------
    ParameterError
        The number of months is out of range.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    return _CHARTS.recall(
        store, (reach, wanted, months), lambda: _all_charts(store, reach, wanted, months)
    )


_CHARTS: Memory[Charts] = Memory(8)


def _all_charts(store: Store, reach: Reach, wanted: IncidentFilter, months: int) -> Charts:
    steps = steps_of(store, reach, wanted, months=months, from_since=True)
    if not steps.months:
        return Charts(pd.DataFrame(columns=list(_COLUMNS)), (), ())
    over = within(wanted, _span(steps.months))
    counts = count_by(store, reach, over, by=("ward_code", "incident_type", "month"))
    parts = [
        _charts_of(store, reach, replace(over, types=(str(kind),)), rows)
        for kind, rows in counts.groupby("incident_type", sort=True)
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(_COLUMNS))
    table = _named(store, reach, wanted, table[table["month"].isin(steps.months)])
    told = (*doubts_within(store, reach, over), *_say_editions(store, reach, over))
    return Charts(table, steps.months, (*told, *_say_chance(table)))


def _span(months: tuple[str, ...]) -> Period:
    """Return the months drawn with those of the first baseline before them."""
    return months_to(next_month(read_month(months[-1])), len(months) + BASELINE)


def _charts_of(
    store: Store, reach: Reach, over: IncidentFilter, counts: pd.DataFrame
) -> pd.DataFrame:
    """Return the charts of what one filter counts, one a ward, with every month of its period."""
    silent = silent_months(store, reach, over)[0]
    full = _every_month(counts.assign(ward_code=counts["ward_code"].fillna("")), over)
    anew = _restarts(store, reach, over)
    era = np.searchsorted(anew, full["month"].to_numpy(dtype=object), side="right")
    eras = [_era(own, silent) for _, own in full.groupby(era)]
    joined = pd.concat(eras, ignore_index=True)
    return joined.sort_values(["ward_code", "month"], kind="stable", ignore_index=True)


def _restarts(store: Store, reach: Reach, over: IncidentFilter) -> list[str]:
    """Return the months in which what is counted begins to mean something else.

    A registered event begins anew, and a source that comes by another feed: its types are cut
    otherwise.
    """
    span, types = period_of(over), tuple(over.incident_types())
    entries = [saved.entry for saved in store.breaks(reach)]
    days = [one.day for one in entries if one.touches(over.sources, types)]
    months = {f"{day:%Y-%m}" for day in days if span and span.since < day < span.until}
    sources = set(count_by(store, reach, over, by=("source",))["source"])
    feeds = [one for one in _new_feeds(store, reach, over) if one[0] in sources]
    return sorted({*months, *(month for _, _, month in feeds)})


def _new_feeds(
    store: Store, reach: Reach, over: IncidentFilter
) -> tuple[tuple[str, str, str], ...]:
    """Return source, feed and first month of every feed by which a source came later.

    Of all its types: one that the later feed never names is cut otherwise too.
    """
    asked = replace(over, types=(), wards=())
    return _FEEDS.recall(store, (reach, asked), lambda: _find_new_feeds(store, reach, asked))


_FEEDS: Memory[tuple[tuple[str, str, str], ...]] = Memory(8)


def _find_new_feeds(
    store: Store, reach: Reach, asked: IncidentFilter
) -> tuple[tuple[str, str, str], ...]:
    counts = count_by(store, reach, asked, by=("source", "feed", "month"))
    first = counts.groupby(["source", "feed"])["month"].min().reset_index()
    first = first.sort_values(["source", "month"], kind="stable")
    later = first[first["source"].duplicated()]
    return tuple((str(a), str(b), str(c)) for a, b, c in later.itertuples(index=False))


def _every_month(counts: pd.DataFrame, over: IncidentFilter) -> pd.DataFrame:
    """Add a row of none for each month between a table's first and the end of the period."""
    months = pd.period_range(counts["month"].min(), over.until, freq="M")[:-1].astype(str)
    wards = pd.MultiIndex.from_product([counts["ward_code"].unique(), months])
    table = counts.set_index(["ward_code", "month"])["incidents"].reindex(wards, fill_value=0)
    kind = counts["incident_type"].iloc[0]
    full = table.rename_axis(["ward_code", "month"]).reset_index()
    return full.assign(incident_type=kind)


def _era(counts: pd.DataFrame, silent: tuple[str, ...]) -> pd.DataFrame:
    """Return the charts of months that mean the same, with what single months do not show."""
    days = {str(month): days_in(str(month)) for month in counts["month"].unique()}
    chart = control_chart(counts, unobserved=silent, exposure=days)
    # Built once for all wards: a chart lists them one after another.
    rises = [
        row
        for _, own in chart.groupby("ward_code", sort=True)
        for row in _measured(own["month"].astype("str").tolist(), own["incidents"].tolist(), silent)
    ]
    sums, alarms, before, words = zip(*rises, strict=True) if rises else ((), (), (), ())
    return chart.assign(
        cusum=list(sums),
        alarm=list(alarms),
        year_ago=pd.array(before, dtype="Int64"),
        change=pd.array(words, dtype="str"),
    )


def _measured(
    months: list[str], incidents: list[int], silent: tuple[str, ...]
) -> list[tuple[float, bool, int | None, str | None]]:
    """Return the sum of small rises, its alarm, and the same month of the year before in words."""
    counts = dict(zip(months, map(int, incidents), strict=True))
    seen = {month: count for month, count in counts.items() if month not in silent}
    sums, alarms = _small_rises(seen)
    year_ago = [f"{int(month[:4]) - 1}{month[4:]}" for month in months]
    before = [seen.get(month) for month in year_ago]
    words = [
        None
        if month not in seen or then is None
        else _word(seen[month], then, days_in(month), days_in(ago))
        for month, ago, then in zip(months, year_ago, before, strict=True)
    ]
    return [
        (sums.get(month, math.nan), month in alarms, then, said)
        for month, then, said in zip(months, before, words, strict=True)
    ]


def _small_rises(seen: Mapping[str, int]) -> tuple[dict[str, float], set[str]]:
    """Return the sums of small rises beyond the mean of the first twelve months, and alarms.

    A month is expected to bring what those twelve brought in as many days. An alarm is the month
    in which a sum first stands beyond its line, not each one after it.
    """
    months, counts = list(seen), np.array([*seen.values()], dtype=np.float64)
    days = np.array([days_in(month) for month in months], dtype=np.float64)
    if len(months) <= BASELINE or counts[:BASELINE].mean() < LEAST_MEAN:
        return {}, set()
    usual = counts[:BASELINE].sum() * days[BASELINE:] / days[:BASELINE].sum()
    found = cusum(counts[BASELINE:], usual, np.sqrt(usual))
    raised = found["alarm"].to_numpy(np.bool_)
    first = raised & ~np.r_[False, raised[:-1]]
    later = months[BASELINE:]
    sums = dict(zip(later, found["cusum"].tolist(), strict=True))
    return sums, {month for month, alarm in zip(later, first, strict=True) if alarm}


@lru_cache(maxsize=4096)
def _word(now: int, before: int, days_now: int, days_before: int) -> str:
    """Return the word for a change; wards and types share most of their small counts."""
    return str(compare_counts(now, before, days_now, days_before)[1])


def _named(store: Store, reach: Reach, wanted: IncidentFilter, table: pd.DataFrame) -> pd.DataFrame:
    wards = store.wards(reach, ward_set=wanted.ward_set)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    taxonomy = read_taxonomy()
    named = table.assign(
        ward=table["ward_code"].map(names).fillna("outside every ward"),
        type=[taxonomy.name(str(slug)) for slug in table["incident_type"]],
    )
    return named[list(_COLUMNS)].reset_index(drop=True)


def _say_editions(store: Store, reach: Reach, over: IncidentFilter) -> tuple[str, ...]:
    """Say where a source came by one feed after another."""
    return tuple(
        f"{source} comes as {feed} from {say_month(month)} on, which may cut types otherwise:"
        " charts begin anew there."
        for source, feed, month in _new_feeds(store, reach, over)
    )


def _say_chance(table: pd.DataFrame) -> tuple[str, ...]:
    """Say how many points leave their range with nobody behind it."""
    judged = int(table["signal"].isin([*_SIGNALS, "within"]).sum())
    if not judged:
        return ()
    by_chance = max(1, round(judged / ONE_IN))
    told = f"{judged:,} months of wards and types are judged: about {by_chance} would leave the"
    return (f"{told} range with nothing behind it.",)


def control_text(charts: Charts, wanted: IncidentFilter) -> str:
    """Return for a terminal what left its range, newest first."""
    head = "\n".join((say_filter(wanted, {}), *charts.warnings))
    table = charts.table
    told = table[table["signal"].isin(_SIGNALS) | table["alarm"].astype(bool)]
    if told.empty:
        return f"{head}\n\nNo month left the range in which chance keeps it.\n"
    shown = told.sort_values(["month", "ward", "type"], ascending=[False, True, True])
    return f"{head}\n\n{text_table(_plain(shown))}"


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": table["month"],
            "ward": table["ward"],
            "type": table["type"],
            "incidents": table["incidents"].astype("int64"),
            "usual": [_say_range(*ends) for ends in zip(table["low"], table["high"], strict=True)],
            "told": [_say_signal(str(one.signal), bool(one.alarm)) for one in table.itertuples()],
        }
    )


def _say_range(low: float, high: float) -> str:
    """Write the range in which chance keeps a month.

    Examples
    --------
    >>> _say_range(6.25, 30.25), _say_range(math.nan, math.nan)
    ('7 to 30', '')
    """
    return "" if math.isnan(low) else f"{math.ceil(low):,} to {math.floor(high):,}"


def _say_signal(signal: str, alarm: bool) -> str:  # noqa: FBT001 - one of two endings
    word = SIGNAL_WORDS[signal]
    if not alarm or signal == "above":
        return word
    return f"{word}, but small rises came to too much"


def export_control(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the control charts of every ward and type to a file."""
    require(actor, Action.EXPORT)
    charts = control_charts(store, actor, wanted)
    listing = Listing(
        "Control charts by ward and type",
        charts.table,
        stamp_of(store, actor, wanted, settings, made=made),
        notes=charts.warnings,
        name="control",
        parameters={"baseline": BASELINE, "z": 3, "exposure": "days of the month"},
        facts={"filter": wanted.words(), "data_version": store.data_version()},
    )
    return hand_out(store, actor, listing, wanted, "control-charts", file_format)


def charts_view(
    store: Store, actor: Actor, wanted: IncidentFilter, settings: Settings
) -> ChartsView:
    """Build the page of control charts: the chosen wards and types together, then each."""
    charts = control_charts(store, actor, wanted)
    count_view(store, actor, "charts")
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    stamp = stamp_of(store, actor, wanted, settings)
    whole = _whole(store, reach, wanted, charts)
    newest = charts.months[-1] if charts.months else ""
    left = charts.table[(charts.table["month"] == newest) & charts.table["signal"].isin(_SIGNALS)]
    return ChartsView(
        form=filter_form(store, reach, wanted),
        query=wanted.query(),
        summary=say_filter(wanted, names),
        chart=_draw(store, reach, wanted, whole) if len(whole) else None,
        sentences=_sentences(whole),
        newest=say_month(newest) if newest else "",
        signals=tuple(tuple(map(str, row[1:])) for row in _plain(left).itertuples(index=False)),
        warnings=charts.warnings,
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _whole(store: Store, reach: Reach, wanted: IncidentFilter, charts: Charts) -> pd.DataFrame:
    """Return the one chart of everything a filter chooses."""
    if not charts.months:
        return charts.table
    over = within(wanted, _span(charts.months))
    counts = count_by(store, reach, over, by=("month",))
    if counts.empty:
        return charts.table.iloc[:0]
    every = counts.assign(ward_code=_WHOLE, incident_type=_WHOLE)
    found = _charts_of(store, reach, over, every)
    seen = found["incidents"].where(found["signal"] != "not observed")
    found = found.assign(unusual=flag_unusual(seen)["unusual"])
    return found[found["month"].isin(charts.months)].reset_index(drop=True)


def _sentences(whole: pd.DataFrame) -> tuple[str, ...]:
    """Say which months left the range, newest first."""
    told = [
        f"{say_month(one['month'])}: {say_number(int(one['incidents']), 'incident', 'incidents')},"
        f" {SIGNAL_WORDS[one['signal']].lower()} ({_say_range(one['low'], one['high'])})."
        for one in whole[whole["signal"].isin(_SIGNALS)].iloc[::-1].to_dict("records")
    ]
    if len(whole) and bool(whole["unusual"].iloc[-1]):
        last = say_month(str(whole["month"].iloc[-1]))
        told.append(f"{last} lies far outside the middle half of these months.")
    alarms = whole[whole["alarm"].astype(bool)] if len(whole) else whole
    if len(alarms):
        since = say_month(str(alarms["month"].iloc[0]))
        told.append(f"Small rises came to too much in {since}: a little more, month after month.")
    return tuple(told) or ("No month left the range in which chance keeps it.",) * bool(len(whole))


def _draw(store: Store, reach: Reach, wanted: IncidentFilter, whole: pd.DataFrame) -> Chart:
    months = whole["month"].astype(str).tolist()
    span = months_to(next_month(read_month(months[-1])), len(months))
    marks = marks_of(store, reach, wanted, span)
    series: dict[str, Mapping[str, int | None]] = {
        "Incidents": dict(zip(months, whole["incidents"].astype("int64").tolist(), strict=True)),
        "At most by chance": _whole_numbers(whole, "high", math.floor),
        "At least by chance": _whole_numbers(whole, "low", math.ceil),
    }
    title = f"Incidents a month, {span.say()}"
    return Chart(
        title=title,
        svg=trend_svg(series, title=title, marks=marks),
        columns=("Month", "Incidents", "By chance", "What it says", "A year before", "Against it"),
        rows=tuple(_chart_row(one) for one in whole.to_dict("records")),
        marks=tuple((mark.label, mark.words) for mark in marks),
    )


def _whole_numbers(whole: pd.DataFrame, column: str, rounded: Any) -> dict[str, int | None]:
    return {
        str(month): None if math.isnan(value) else int(rounded(value))
        for month, value in zip(whole["month"], whole[column], strict=True)
    }


def _chart_row(one: Mapping[Any, Any]) -> tuple[str, ...]:
    then = one["year_ago"]
    return (
        say_month(str(one["month"])),
        f"{int(one['incidents']):,}",
        _say_range(one["low"], one["high"]),
        _say_signal(str(one["signal"]), bool(one["alarm"])),
        "not known" if pd.isna(then) else f"{int(then):,}",
        "Not compared" if pd.isna(one["change"]) else CHANGE_WORDS[one["change"]],
    )
