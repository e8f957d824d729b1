"""The hub page, a ward's page and a hotspot's page, as plain values."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import shapely

from aim.access import is_allowed, reach_of, require, sees_statistics
from aim.analysis import compare_counts
from aim.config import Settings
from aim.errors import NotFoundError
from aim.maps import trend_svg
from aim.model.breaks import ChartMark
from aim.model.crs import to_degrees
from aim.model.filters import IncidentFilter, read_filter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.people import Action, Actor, Reach
from aim.model.records import Coverage, SavedRun
from aim.model.times import local_months, read_month
from aim.model.types import read_taxonomy
from aim.model.words import say_counts, say_moment, say_p
from aim.store import Store
from aim.workflows.audit import count_view, record_view
from aim.workflows.being_done import with_doing
from aim.workflows.calendar_marks import calendar_marks
from aim.workflows.chance_words import chance_of, why_chance
from aim.workflows.counting import count_all, count_by, count_repeats, counted_incidents
from aim.workflows.doubts import doubts_between, marks_of
from aim.workflows.filter_form import filter_form
from aim.workflows.harm import harm_judges, why_harm
from aim.workflows.hotspots import find_hotspots, not_comparable, series_of
from aim.workflows.part_words import say_parent
from aim.workflows.past_words import (
    IN_DOUBT,
    past_of,
    say_class,
    say_pasts,
    say_ratio,
    say_snapped,
    warn_of_past,
)
from aim.workflows.periods import (
    Period,
    chosen,
    latest_complete_month,
    months_to,
    period_of,
    within,
)
from aim.workflows.presets import PRESETS, preset_words
from aim.workflows.seen_by import say_seen, with_sources
from aim.workflows.significance import with_kept_test
from aim.workflows.stability_words import stability_of, why_stability
from aim.workflows.stamps import stamp_of
from aim.workflows.trends import full_months
from aim.workflows.views import (
    Chart,
    Figure,
    HotspotRow,
    HotspotView,
    HubView,
    PresetLink,
    SavedHotspots,
    WardView,
)
from aim.workflows.words import (
    CHANGE_WORDS,
    NOT_COMPARED,
    say_corroborated,
    say_filter,
    say_left_out,
    say_number,
    say_parameters,
    say_period,
    say_sources,
)

CHART_MONTHS = 12
NOTHING_YET = "Nothing recorded"
AROUND_M = 400.0
_PLACED = (
    "incident_id",
    "occurred_from",
    "time_precision",
    "easting",
    "northing",
    "place_precision",
)


def hub_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
) -> HubView:
    """Build the hub page for one filter.

    Parameters
    ----------
    wanted
        The filter, its wards as codes; see ``preset_words`` for the words the page opens with.

    Returns
    -------
    HubView
        Figures, chart and list all of the same filter; in an empty store ``empty_store`` is set.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    coverage = store.coverage(reach)
    count_view(store, actor, "hub")
    run = with_kept_test(store, reach, _found(store, actor, wanted, parameters, settings))
    statistics = sees_statistics(actor)
    stamp = stamp_of(store, actor, wanted, settings)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    return HubView(
        title=settings.partnership,
        query=wanted.query(),
        presets=_presets(store, actor, wanted),
        form=filter_form(store, reach, wanted),
        summary=say_filter(wanted, names),
        figures=_figures(store, reach, wanted, run),
        chart=trend_chart(store, reach, wanted, coverage),
        hotspots=with_doing(store, actor, run, hotspot_rows(run, statistics=statistics)),
        hotspots_elsewhere=int(run.facts.get("hotspots_elsewhere", 0)),
        left_out=say_left_out(run.facts["left_out"]),
        warnings=_warnings(store, reach, wanted, run),
        compared=str(run.facts["compared"]),
        parameters=say_parameters(run) if statistics else "",
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
        empty_store=not coverage,
        saved=_saved(store, reach),
        may_save=is_allowed(actor, Action.SAVE_RUN),
    )


def _found(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
) -> HotspotRun:
    judges = (*harm_judges(settings), with_sources)
    return find_hotspots(store, actor, wanted, parameters, judges=judges)


def ward_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    code: str,
) -> WardView:
    """Build one ward's page; without a period it shows the latest complete month.

    Raises
    ------
    NotFoundError
        No ward of the set has that code.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    found = wards[wards["ward_code"] == code]
    if found.empty:
        raise NotFoundError(
            f"Ward {code!r} was asked for; the current set has {len(wards)} wards and not this one."
        )
    coverage = store.coverage(reach)
    latest = latest_complete_month(chosen(coverage, wanted))
    if latest and wanted.since is None and wanted.until is None:
        wanted = within(wanted, latest)
    count_view(store, actor, "ward")
    ward = replace(wanted, wards=(code,))
    run = with_kept_test(store, reach, _found(store, actor, ward, parameters, settings))
    stamp = stamp_of(store, actor, ward, settings)
    current = next((one.name for one in store.ward_sets(reach) if one.current), "")
    return WardView(
        code=code,
        name=str(found["ward_name"].iloc[0]),
        ward_set=wanted.ward_set or current,
        query=ward.query(),
        period=say_period(ward),
        figures=_figures(store, reach, ward, run),
        by_type=_by_type(store, reach, ward),
        chart=trend_chart(store, reach, ward, coverage),
        hotspots=with_doing(
            store, actor, run, hotspot_rows(run, statistics=sees_statistics(actor))
        ),
        compared=str(run.facts["compared"]),
        warnings=_warnings(store, reach, ward, run),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def hotspot_view(store: Store, actor: Actor, hotspot_id: str, settings: Settings) -> HotspotView:
    """Build the page of a saved hotspot: as last found, and its place in every saved run.

    Raises
    ------
    NotFoundError
        No saved run holds that hotspot.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    history = store.hotspot_history(hotspot_id, reach)
    if history.empty:
        raise NotFoundError(
            f"No saved run holds hotspot {hotspot_id!r}; save one: aim hotspots --save."
        )
    heads = {head.run_id: head for head in store.runs(reach)}
    last = heads[str(history["run_id"].iloc[-1])]
    run = store.run(last.run_id, reach)
    run = with_sources(store, reach, read_filter(run.facts["filter"]), run)
    at = list(run.hotspots["hotspot_id"]).index(hotspot_id)
    statistics = sees_statistics(actor)
    row = with_doing(store, actor, run, hotspot_rows(run, statistics=statistics))[at]
    wanted = read_filter(run.facts["filter"])
    rows = int(run.hotspots["incidents"].iloc[at])
    record_view(store, actor, "hotspot", subject=hotspot_id, rows=rows)
    stamp = stamp_of(store, actor, wanted, settings)
    return HotspotView(
        hotspot_id=hotspot_id,
        name=row.place,
        run_id=last.run_id,
        made=say_moment(last.made_at),
        row=row,
        period=say_period(wanted),
        facts=(
            ("Filter", say_filter(wanted, {})),
            *((("Made with", say_parameters(run)),) if statistics else ()),
        ),
        history=tuple(
            (
                str(one.run_id),
                say_moment(heads[str(one.run_id)].made_at),
                str(one.rank),
                str(one.name),
                f"{one.incidents:,}",
            )
            for one in history.itertuples()
        ),
        known=_known_since(history, heads, run),
        events=_say_events(store, reach, hotspot_id, heads),
        area=_around(run.hotspots.iloc[at]),
        chart=chart_of_outline(store, reach, wanted, run.hotspots.geometry.iloc[at]),
        query=wanted.query(),
        warnings=(*run.warnings, *warn_of_past(run, row.rank)),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
        may_plan=is_allowed(actor, Action.PLAN_TASKS),
    )


def _known_since(history: Any, heads: Mapping[str, SavedRun], run: HotspotRun) -> str:
    """Say since when a hotspot is known, and in how many runs of its kind it was found."""
    series = series_of(run.facts, run.parameters.as_dict())
    alike = [one for one in heads.values() if series_of(one.facts, one.parameters) == series]
    first = heads[str(history["run_id"].iloc[0])]
    since = [one for one in alike if one.made_at >= first.made_at]
    found = len(set(history["run_id"]) & {one.run_id for one in since})
    return (
        f"Known since the run of {say_moment(first.made_at)}; in {found} of"
        f" {say_number(len(since), 'run', 'runs')} of these filters saved since."
    )


def _say_events(
    store: Store, reach: Reach, hotspot_id: str, heads: Mapping[str, SavedRun]
) -> tuple[str, ...]:
    """Say what parted from a hotspot and what grew together with it, newest first."""
    told = []
    for head in list(heads.values())[::-1]:
        for event in head.facts.get("events", ()):
            if hotspot_id in {event["hotspot_id"], *event["others"]}:
                whole = _name_of(store, reach, event["hotspot_id"])
                parts = ", ".join(_name_of(store, reach, one) for one in event["others"])
                verb = "parted into" if event["kind"] == "split" else "grew together from"
                told.append(f"{say_moment(head.made_at)}: {whole} {verb} {parts}.")
    return tuple(told)


def _name_of(store: Store, reach: Reach, hotspot_id: str) -> str:
    rows = store.hotspot_history(hotspot_id, reach)
    return str(rows["name"].iloc[-1]) if len(rows) else hotspot_id


def hotspot_rows(run: HotspotRun, *, statistics: bool) -> tuple[HotspotRow, ...]:
    """Return the hotspots of a run in six plain columns, facts behind, statistics if asked for."""
    return tuple(
        _row(dict(zip(run.hotspots.columns, values, strict=True)), run, statistics=statistics)
        for values in zip(*(run.hotspots[name] for name in run.hotspots.columns), strict=True)
    )


def _row(one: Mapping[str, Any], run: HotspotRun, *, statistics: bool) -> HotspotRow:
    word, counts = _change_parts(one, in_doubt=bool(run.facts.get("doubts")))
    return HotspotRow(
        rank=int(one["rank"]),
        place=str(one["name"]),
        wards=str(one["ward_names"]),
        incidents=int(one["incidents"]),
        change_word=word,
        change_counts=counts,
        sources=say_sources(str(one["by_source"])),
        corroborated=say_corroborated(_corroborated(one, run)),
        past=_past_word(one, run),
        being_done=NOTHING_YET,
        hotspot_id=None if pd.isna(one["hotspot_id"]) else str(one["hotspot_id"]),
        lon=float(one["lon"]),
        lat=float(one["lat"]),
        why=(*_why(one, run), *(_statistics(one, run) if statistics else ())),
    )


def _corroborated(one: Mapping[str, Any], run: HotspotRun) -> Mapping[str, Any]:
    found: Mapping[str, Any] = run.facts.get("corroborated", {}).get(str(one["rank"]), {})
    return found


def _past_word(one: Mapping[str, Any], run: HotspotRun) -> str:
    past = past_of(run, one["rank"])
    return say_class(past["class"]) if past.get("class") else ""


def _change_parts(one: Mapping[str, Any], *, in_doubt: bool = False) -> tuple[str, str]:
    """Return the word for a hotspot's change and the two counts behind it.

    Examples
    --------
    >>> _change_parts({"change": "up", "incidents": 34, "incidents_before": 21})
    ('Up', '34, was 21')
    """
    if pd.isna(one["change"]) or pd.isna(one["incidents_before"]):
        return NOT_COMPARED, ""
    counts = f"{int(one['incidents']):,}, was {int(one['incidents_before']):,}"
    return CHANGE_WORDS[one["change"]], f"{counts}; {IN_DOUBT}" if in_doubt else counts


def _why(one: Mapping[str, Any], run: HotspotRun) -> tuple[tuple[str, str], ...]:
    facts = [
        ("Incidents by source", str(one["by_source"])),
        ("Incidents by type", say_counts(one["by_type"])),
        ("Distinct places", f"{int(one['distinct_places']):,}"),
        ("First and last", f"{say_moment(one['first_seen'])} to {say_moment(one['last_seen'])}"),
        ("A week", f"{one['per_week']:.1f}"),
        ("Radius", f"{one['radius_m']:.0f} m"),
        ("Area", f"{one['area_m2'] / 10_000:.1f} hectares"),
        ("Grid reference", f"{one['easting']:.0f}, {one['northing']:.0f}"),
    ]
    corroborated = say_corroborated(_corroborated(one, run), every=True)
    if corroborated:
        facts.insert(1, ("Reported independently", corroborated))
    if say_seen(run, one["rank"]):
        facts.insert(1, ("Which sources see it", say_seen(run, one["rank"])))
    known = run.facts.get("stands_on", {}).get(str(one["rank"]))
    if known:
        facts.insert(0, ("Stands on", str(known)))
    if say_snapped(run, one["rank"]):
        facts.append(("Limited by its points", say_snapped(run, one["rank"])))
    facts += [*say_parent(run, one), *say_pasts(run, one["rank"])]
    facts += why_harm(run, one["rank"])
    if pd.notna(one["change_p"]):
        told = say_ratio(one["incidents"], one["incidents_before"])
        facts.append(("Change with its doubt", told))
    chance = chance_of(run, one["rank"])
    if chance:
        facts.append(("More than chance?", chance))
    stands = stability_of(run, one["rank"])
    if stands:
        facts.append(("Does it stand firm?", stands))
    return tuple(facts)


def _statistics(one: Mapping[str, Any], run: HotspotRun) -> tuple[tuple[str, str], ...]:
    facts = [*why_chance(run, one["rank"]), *why_stability(run, one["rank"])]
    if pd.notna(one["change_p"]):
        told = f"probability {say_p(one['change_p'])} of a difference this large (e-test)"
        facts.append(("Change by chance alone", told))
    facts.append(("Made with", say_parameters(run)))
    return tuple(facts)


def trend_chart(
    store: Store, reach: Reach, wanted: IncidentFilter, coverage: list[Coverage]
) -> Chart | None:
    """Draw the filter's incidents by month: twelve months to the end of its period.

    Returns
    -------
    Chart or None
        None where nothing has been loaded. The same months a year before stand beside them where
        every source reaches back so far; months that a source does not cover are marked.
    """
    sources = chosen(coverage, wanted)
    if not sources:
        return None
    span = months_to(wanted.until or max(one.complete_to for one in sources), CHART_MONTHS)
    return _draw(store, reach, wanted, span, lambda period: _monthly(store, reach, wanted, period))


def chart_of_outline(
    store: Store, reach: Reach, wanted: IncidentFilter, shape: shapely.Geometry | None
) -> Chart | None:
    """Draw the incidents inside an outline by month, to the end of the filter's period.

    Returns
    -------
    Chart or None
        None without an outline, or where nothing has been loaded.
    """
    sources = chosen(store.coverage(reach), wanted)
    if shape is None or not sources:
        return None
    span = months_to(wanted.until or max(one.complete_to for one in sources), CHART_MONTHS)
    months = _inside(store, reach, replace(wanted, wards=()), shape, span)
    return _draw(
        store, reach, wanted, span, lambda period: full_months(months, within(wanted, period))
    )


def _inside(
    store: Store, reach: Reach, wanted: IncidentFilter, shape: shapely.Geometry, span: Period
) -> pd.DataFrame:
    """Count the incidents inside an outline by month, this span and the year before."""
    long = Period(span.year_ago().since, span.until)
    rows = counted_incidents(store, reach, within(wanted, long), columns=_PLACED, located_only=True)
    inside = shapely.intersects_xy(shape, rows["easting"], rows["northing"])
    months = local_months(rows.loc[inside, "occurred_from"]).astype("str")
    counts = months.value_counts().sort_index()
    return pd.DataFrame({"month": counts.index.astype("str"), "incidents": counts.to_numpy()})


def _draw(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    span: Period,
    count: Callable[[Period], pd.DataFrame],
) -> Chart:
    """Draw the months of a span beside those a year before, with what happened in them."""
    sources = chosen(store.coverage(reach), wanted)
    now, earlier = _by_month(count(span)), _by_month(count(span.year_ago()))
    then: dict[str, int | None] = {
        month: number if _covered(month_before, sources) else None
        for month, (month_before, number) in zip(now, earlier.items(), strict=True)
    }
    marks = (*marks_of(store, reach, wanted, span), *calendar_marks(store, span))
    starred = {mark.month for mark in marks if mark.starred}
    incomplete = [month for month in now if month in starred or not _covered(month, sources)]
    series: dict[str, dict[str, int | None]] = {"These months": {**now}}
    if any(number is not None for number in then.values()):
        series["A year before"] = then
    title = f"Incidents a month, {span.say()}"
    return Chart(
        title=title,
        svg=trend_svg(series, title=title, incomplete=incomplete, marks=marks),
        columns=("Month", *series, *(("What happened",) if marks else ())),
        rows=tuple(_chart_row(month, series, incomplete, marks) for month in now),
        marks=tuple((mark.label, mark.words) for mark in marks),
    )


def _chart_row(
    month: str,
    series: Mapping[str, Mapping[str, int | None]],
    incomplete: Collection[str],
    marks: Collection[ChartMark],
) -> tuple[str, ...]:
    happened = " ".join(mark.words for mark in marks if mark.month == month)
    return (
        _say_month(month, month in incomplete),
        *(_say_count(counts[month]) for counts in series.values()),
        *((happened,) if marks else ()),
    )


def _monthly(store: Store, reach: Reach, wanted: IncidentFilter, period: Period) -> pd.DataFrame:
    asked = within(wanted, period)
    return full_months(count_by(store, reach, asked, by=("month",)), asked)


def _by_month(counts: pd.DataFrame) -> dict[str, int]:
    return {
        str(month): int(count)
        for month, count in zip(counts["month"], counts["incidents"], strict=True)
    }


def _say_month(month: str, incomplete: bool) -> str:  # noqa: FBT001 - one of two endings
    return f"{read_month(month):%B %Y}{' (not complete)' if incomplete else ''}"


def _say_count(count: int | None) -> str:
    return "not known" if count is None else f"{count:,}"


def _covered(month: str, sources: list[Coverage]) -> bool:
    period = months_to(read_month(month).replace(day=2), 1)
    return all(
        one.first_day < period.until
        and f"{one.first_day:%Y-%m}" <= month
        and (period.until - one.complete_to).days <= 1
        for one in sources
    )


def _figures(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    run: HotspotRun,
) -> tuple[Figure, ...]:
    now = count_all(store, reach, wanted)
    figures = [
        Figure("Incidents", f"{now:,}", _period_note(store, reach, wanted)),
        Figure("Hotspots", f"{len(run.hotspots):,}", _share(run, now)),
    ]
    period = period_of(wanted)
    if period:
        figures += [
            _compared(store, reach, wanted, label, earlier)
            for label, earlier in (
                ("The period before", period.before()),
                ("A year ago", period.year_ago()),
            )
        ]
    return tuple(figures)


def _period_note(store: Store, reach: Reach, wanted: IncidentFilter) -> str:
    repeats = count_repeats(store, reach, wanted)
    told = f"; of which likely repeats {repeats:,}" if repeats else ""
    return f"{say_period(wanted)}{told}"


def _share(run: HotspotRun, incidents: int) -> str:
    held = int(run.hotspots["incidents"].sum())
    if not held or not incidents:
        return "no place stands out"
    return f"hold {say_number(held, 'incident', 'incidents')}"


def _compared(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    label: str,
    earlier: Period,
) -> Figure:
    period = period_of(wanted)
    if period is None or not_comparable(store, reach, wanted, earlier):
        return Figure(label, "not known", f"{earlier.say()}: not every source is complete")
    then = count_all(store, reach, within(wanted, earlier))
    _, word = compare_counts(count_all(store, reach, wanted), then)
    told = f"{earlier.say()}; now {CHANGE_WORDS[word].lower()}"
    doubts = doubts_between(store, reach, wanted, earlier)
    return Figure(label, f"{then:,}", f"{told}, {IN_DOUBT}" if doubts else told)


def _warnings(
    store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun
) -> tuple[str, ...]:
    """Return the warnings of a run and those of the comparison with a year ago."""
    period = period_of(wanted)
    told = list(run.warnings)
    if period and not not_comparable(store, reach, wanted, period.year_ago()):
        told += doubts_between(store, reach, wanted, period.year_ago())
    return tuple(dict.fromkeys(told))


def _by_type(
    store: Store, reach: Reach, wanted: IncidentFilter
) -> tuple[tuple[str, str, str], ...]:
    counts = count_by(store, reach, wanted, by=("incident_type",))
    now = counts.set_index("incident_type")["incidents"].sort_values(ascending=False, kind="stable")
    period = period_of(wanted)
    then = None
    if period and not not_comparable(store, reach, wanted, period.before()):
        earlier = count_by(store, reach, within(wanted, period.before()), by=("incident_type",))
        then = earlier.set_index("incident_type")["incidents"]
    taxonomy = read_taxonomy()
    return tuple(
        (taxonomy.name(str(slug)), f"{count:,}", _type_change(int(count), slug, then))
        for slug, count in now.items()
    )


def _type_change(now: int, slug: Any, then: Any) -> str:
    if then is None:
        return NOT_COMPARED
    before = int(then.get(slug, 0))
    _, word = compare_counts(now, before)
    return f"{CHANGE_WORDS[word]}, was {before:,}"


def _presets(store: Store, actor: Actor, wanted: IncidentFilter) -> tuple[PresetLink, ...]:
    queries = {
        slug: read_filter(words).query() for slug, words in preset_words(store, actor).items()
    }
    return tuple(
        PresetLink(preset.name, queries[preset.slug], queries[preset.slug] == wanted.query())
        for preset in PRESETS
    )


def _saved(store: Store, reach: Reach) -> SavedHotspots | None:
    heads = store.runs(reach)
    if not heads:
        return None
    run = store.run(heads[-1].run_id, reach)
    wanted = read_filter(run.facts["filter"])
    return SavedHotspots(
        title=f"{say_filter(wanted, {})}, saved {say_moment(heads[-1].made_at)}",
        hotspots=tuple(
            zip(
                run.hotspots["hotspot_id"].astype(str),
                run.hotspots["name"].astype(str),
                strict=True,
            )
        ),
    )


def _around(one: Any) -> str:
    reach_m = float(one["radius_m"]) + AROUND_M
    lon, lat = to_degrees(
        [one["easting"] - reach_m, one["easting"] + reach_m],
        [one["northing"] - reach_m, one["northing"] + reach_m],
    )
    return ",".join(f"{value:.5f}" for value in (lon[0], lat[0], lon[1], lat[1]))
