"""The hub page, a ward's page and a hotspot's page, as plain values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from aim.access import reach_of, require
from aim.analysis import compare_counts
from aim.config import Settings
from aim.errors import NotFoundError
from aim.maps import trend_svg
from aim.model.crs import to_degrees
from aim.model.filters import DAYS, IncidentFilter, read_filter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.people import Action, Actor, Reach
from aim.model.records import Coverage
from aim.model.times import read_month
from aim.model.types import UNCLASSIFIED, read_taxonomy
from aim.model.words import say_counts, say_moment
from aim.store import Store
from aim.workflows.hotspots import find_hotspots, not_comparable
from aim.workflows.links import count_repeats
from aim.workflows.periods import (
    Period,
    chosen,
    latest_complete_month,
    months_to,
    period_of,
    within,
)
from aim.workflows.presets import PRESETS, preset_words
from aim.workflows.stamps import stamp_of
from aim.workflows.trends import full_months
from aim.workflows.views import (
    Chart,
    Choice,
    ChoiceGroup,
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
    run = find_hotspots(store, actor, wanted, parameters)
    stamp = stamp_of(store, actor, wanted, settings)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    return HubView(
        title=settings.partnership,
        query=wanted.query(),
        presets=_presets(store, actor, wanted),
        wards=tuple(
            Choice(code, name, code in wanted.wards)
            for code, name in sorted(names.items(), key=lambda item: item[1])
        ),
        types=_type_choices(store, reach, wanted),
        sources=tuple(
            Choice(one.source, one.source, one.source in wanted.sources) for one in coverage
        ),
        since=wanted.since.isoformat() if wanted.since else "",
        until=wanted.until.isoformat() if wanted.until else "",
        hours=wanted.words().get("hours", [""])[0],
        days=",".join(DAYS[day] for day in wanted.days),
        other_words=_other_words(wanted),
        summary=say_filter(wanted, names),
        figures=_figures(store, reach, wanted, run),
        chart=trend_chart(store, reach, wanted, coverage),
        hotspots=hotspot_rows(run),
        hotspots_elsewhere=int(run.facts.get("hotspots_elsewhere", 0)),
        left_out=say_left_out(run.facts["left_out"]),
        warnings=run.warnings,
        compared=str(run.facts["compared"]),
        parameters=say_parameters(run),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
        empty_store=not coverage,
        saved=_saved(store, reach),
    )


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
    ward = replace(wanted, wards=(code,))
    run = find_hotspots(store, actor, ward, parameters)
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
        hotspots=hotspot_rows(run),
        compared=str(run.facts["compared"]),
        warnings=run.warnings,
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
    at = list(run.hotspots["hotspot_id"]).index(hotspot_id)
    row = hotspot_rows(run)[at]
    wanted = read_filter(run.facts["filter"])
    stamp = stamp_of(store, actor, wanted, settings)
    return HotspotView(
        hotspot_id=hotspot_id,
        name=row.place,
        run_id=last.run_id,
        made=say_moment(last.made_at),
        row=row,
        period=say_period(wanted),
        facts=(("Filter", say_filter(wanted, {})), ("Made with", say_parameters(run))),
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
        area=_around(run.hotspots.iloc[at]),
        query=wanted.query(),
        warnings=run.warnings,
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def hotspot_rows(run: HotspotRun) -> tuple[HotspotRow, ...]:
    """Return the hotspots of a run in six plain columns, statistics behind."""
    return tuple(
        _row(dict(zip(run.hotspots.columns, values, strict=True)), run)
        for values in zip(*(run.hotspots[name] for name in run.hotspots.columns), strict=True)
    )


def _row(one: Mapping[str, Any], run: HotspotRun) -> HotspotRow:
    word, counts = _change_parts(one)
    return HotspotRow(
        rank=int(one["rank"]),
        place=str(one["name"]),
        wards=str(one["ward_names"]),
        incidents=int(one["incidents"]),
        change_word=word,
        change_counts=counts,
        sources=say_sources(str(one["by_source"])),
        being_done=NOTHING_YET,
        hotspot_id=None if pd.isna(one["hotspot_id"]) else str(one["hotspot_id"]),
        lon=float(one["lon"]),
        lat=float(one["lat"]),
        why=_why(one, run),
    )


def _change_parts(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return the word for a hotspot's change and the two counts behind it.

    Examples
    --------
    >>> _change_parts({"change": "up", "incidents": 34, "incidents_before": 21})
    ('Up', '34, was 21')
    """
    if pd.isna(one["change"]) or pd.isna(one["incidents_before"]):
        return NOT_COMPARED, ""
    return CHANGE_WORDS[
        one["change"]
    ], f"{int(one['incidents']):,}, was {int(one['incidents_before']):,}"


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
    known = run.facts.get("stands_on", {}).get(str(one["rank"]))
    if known:
        facts.insert(0, ("Stands on", str(known)))
    if pd.notna(one["change_p"]):
        facts.append(
            (
                "Change by chance alone",
                f"probability {_say_p(one['change_p'])} of a difference this large (e-test)",
            )
        )
    facts.append(("Made with", say_parameters(run)))
    return tuple(facts)


def _say_p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - three decimals are printed


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
    now = _monthly(store, reach, within(wanted, span))
    earlier = _monthly(store, reach, within(wanted, span.year_ago()))
    then: dict[str, int | None] = {
        month: count if _covered(month_before, sources) else None
        for month, (month_before, count) in zip(now, earlier.items(), strict=True)
    }
    title = f"Incidents a month, {span.say()}"
    incomplete = [month for month in now if not _covered(month, sources)]
    series: dict[str, dict[str, int | None]] = {"These months": {**now}}
    if any(count is not None for count in then.values()):
        series["A year before"] = then
    return Chart(
        title=title,
        svg=trend_svg(series, title=title, incomplete=incomplete),
        columns=("Month", *series),
        rows=tuple(
            (
                _say_month(month, month in incomplete),
                *(_say_count(s[month]) for s in series.values()),
            )
            for month in now
        ),
    )


def _monthly(store: Store, reach: Reach, wanted: IncidentFilter) -> dict[str, int]:
    counts = full_months(store.count_incidents(wanted, reach, by=("month",)), wanted)
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
    now = _count(store, reach, wanted)
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
    then = _count(store, reach, within(wanted, earlier))
    _, word = compare_counts(_count(store, reach, wanted), then)
    return Figure(label, f"{then:,}", f"{earlier.say()}; now {CHANGE_WORDS[word].lower()}")


def _count(store: Store, reach: Reach, wanted: IncidentFilter) -> int:
    counts = store.count_incidents(wanted, reach)
    return int(counts["incidents"].sum())


def _by_type(
    store: Store, reach: Reach, wanted: IncidentFilter
) -> tuple[tuple[str, str, str], ...]:
    counts = store.count_incidents(wanted, reach, by=("incident_type",))
    now = counts.set_index("incident_type")["incidents"].sort_values(ascending=False, kind="stable")
    period = period_of(wanted)
    then = None
    if period and not not_comparable(store, reach, wanted, period.before()):
        earlier = store.count_incidents(
            within(wanted, period.before()), reach, by=("incident_type",)
        )
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


def _type_choices(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[ChoiceGroup, ...]:
    """Return themes first, then the types the store holds."""
    taxonomy = read_taxonomy()
    open_filter = replace(wanted, types=(), wards=(), since=None, until=None)
    held = set(store.count_incidents(open_filter, reach, by=("incident_type",))["incident_type"])
    shown = [one for one in taxonomy.types.values() if one.slug in held or one.slug in wanted.types]
    themes = [
        slug
        for slug in taxonomy.themes
        if held & set(taxonomy.opened(slug)) or slug in wanted.types
    ]
    ordered = sorted(shown, key=lambda one: (one.slug == UNCLASSIFIED, one.name))
    return (
        ChoiceGroup(
            "Themes",
            tuple(Choice(slug, taxonomy.name(slug), slug in wanted.types) for slug in themes),
        ),
        ChoiceGroup(
            "Types",
            tuple(Choice(one.slug, one.name, one.slug in wanted.types) for one in ordered),
        ),
    )


def _other_words(wanted: IncidentFilter) -> tuple[tuple[str, str], ...]:
    shown = {"ward", "type", "source", "since", "until", "hours", "days"}
    return tuple(
        (word, value)
        for word, values in wanted.words().items()
        if word not in shown
        for value in values
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
