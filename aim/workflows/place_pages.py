"""Pages of the places people work at: their whole history, whatever their origin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from aim.access import is_allowed, reach_of, require, task_reach_of
from aim.config import Settings
from aim.model.actions import Site
from aim.model.filters import IncidentFilter, read_filter
from aim.model.hotspots import HotspotRun
from aim.model.people import Action, Actor, Reach
from aim.model.tasks import Kept
from aim.model.types import read_taxonomy
from aim.model.words import say_moment
from aim.store import Store
from aim.workflows.audit import count_view, record_view
from aim.workflows.being_done import same_place
from aim.workflows.counting import counted_incidents
from aim.workflows.grounds import are_in
from aim.workflows.measuring import measuring_reach
from aim.workflows.pages import chart_of_outline, trend_chart
from aim.workflows.past_words import past_of, say_class
from aim.workflows.periods import Period, latest_complete_month, months_to, within
from aim.workflows.place_work import PlaceWork, place_work
from aim.workflows.sites import site_list, site_of_hotspot, ward_names
from aim.workflows.stamps import stamp_of
from aim.workflows.task_forms import site_form
from aim.workflows.task_pages import say_span
from aim.workflows.task_views import FormField
from aim.workflows.times import NEEDED, TimesPart, times_part
from aim.workflows.views import Chart

MONTHS, MOST_RUNS = 12, 12
_LOCATED = ("source", "incident_type", "easting", "northing", "place_precision")
SENSITIVE_SAID = "Sensitive reports are never counted at a place."


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place in the list of places."""

    key: str
    name: str
    origin: str
    owner: str
    when: str
    wards: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class PlacesView:
    """Everything on the page of places."""

    places: tuple[PlaceLine, ...]
    found: tuple[tuple[str, str], ...]  # lasting number and name of the newest run's
    may_keep: bool


@dataclass(frozen=True, slots=True)
class PlaceBeside:
    """Where a place and another one agree, and where they do not."""

    address: str
    name: str
    share_of_this: str  # of this place's ground inside the other
    share_of_other: str
    both: int
    only_this: int
    only_other: int


@dataclass(frozen=True, slots=True)
class PlaceRun:
    """A saved run that found a hotspot there."""

    made: str
    hotspot_id: str
    name: str
    rank: int
    incidents: int
    past: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Everything on the page of one place."""

    line: PlaceLine
    facts: tuple[tuple[str, str], ...]
    runs: tuple[PlaceRun, ...]
    runs_said: str
    beside: tuple[PlaceBeside, ...]
    beside_said: str
    period: str
    sources: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]
    chart: Chart | None
    times: TimesPart | None
    work: PlaceWork
    may_plan: bool
    complete_line: str
    stamp_lines: tuple[str, ...]


def places_view(store: Store, actor: Actor) -> PlacesView:
    """Build the list of places: kept ones first, then the newest run's hotspots."""
    kept = site_list(store, actor)
    count_view(store, actor, "places")
    names = ward_names(store)
    runs = store.runs(reach_of(actor))
    newest = store.run(runs[-1].run_id, reach_of(actor)).hotspots if runs else None
    found = [] if newest is None else zip(newest["hotspot_id"], newest["name"], strict=True)
    return PlacesView(
        places=tuple(_line(one, names) for one in kept),
        found=tuple((str(key), str(name)) for key, name in found),
        may_keep=is_allowed(actor, Action.KEEP_GROUPS),
    )


def new_place_form(store: Store, actor: Actor, written: Mapping[str, str]) -> tuple[FormField, ...]:
    """Return the form of a new place, with what somebody wrote before."""
    require(actor, Action.KEEP_GROUPS)
    return site_form(store, written)


def place_view(
    store: Store, actor: Actor, settings: Settings, key: str, *, today: date
) -> PlaceView:
    """Build the page of a designated or raised place.

    Parameters
    ----------
    today
        London day.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    """
    require(actor, Action.VIEW_TASKS)
    kept = store.task(Site, key, task_reach_of(actor))
    site, reach = kept.what, measuring_reach(store, actor)
    if site.readers:
        record_view(store, actor, "place", subject=key)
    else:
        count_view(store, actor, "place")
    names, period = ward_names(store), _newest_year(store, reach)
    wanted = within(_asked(site), period) if period else _asked(site)
    rows = _rows_at(store, reach, site, wanted) if period else _nothing()
    runs = _runs_at(store, actor, site)
    stamp = stamp_of(store, actor, wanted, settings)
    return PlaceView(
        line=_line(kept, names),
        facts=_facts(site, names),
        runs=tuple(runs),
        runs_said=_say_runs(store, actor, site, runs),
        beside=beside_hotspots(store, actor, site),
        beside_said=SENSITIVE_SAID,
        period=period.say() if period else "",
        sources=_counted(rows, "source", str),
        types=_counted(rows, "incident_type", read_taxonomy().name),
        chart=_chart(store, reach, wanted, site),
        times=times_part(store, actor, wanted, rows) if len(rows) else None,
        work=place_work(store, actor, site, today=today),
        may_plan=is_allowed(actor, Action.PLAN_TASKS),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def hotspot_work(store: Store, actor: Actor, hotspot_id: str, *, today: date) -> PlaceWork:
    """Return what was done at a found place; nothing to who sees no actions.

    Raises
    ------
    NotFoundError
        No saved run holds that hotspot.
    """
    if not is_allowed(actor, Action.VIEW_TASKS):
        return PlaceWork()
    return place_work(store, actor, site_of_hotspot(store, actor, hotspot_id), today=today)


def beside_hotspots(store: Store, actor: Actor, site: Site) -> tuple[PlaceBeside, ...]:
    """Lay a place beside the newest run's hotspots that reach into it, the largest share first."""
    runs = store.runs(reach_of(actor))
    if not runs or not site.outline:
        return ()
    run = store.run(runs[-1].run_id, reach_of(actor))
    others = [
        (f"/hotspots/{key}", str(name), shape)
        for key, name, shape in zip(
            run.hotspots["hotspot_id"], run.hotspots["name"], run.hotspots.geometry, strict=True
        )
    ]
    return _lay_beside(store, actor, run, shapely.from_wkt(site.outline), others)


def beside_places(store: Store, actor: Actor, hotspot_id: str) -> tuple[PlaceBeside, ...]:
    """Lay a hotspot beside the kept places it reaches into, as far as the actor knows of them."""
    if not is_allowed(actor, Action.VIEW_TASKS):
        return ()
    here = site_of_hotspot(store, actor, hotspot_id)
    run = store.run(here.run_id, reach_of(actor))
    others = [
        (f"/places/{one.key}", one.what.name, shapely.from_wkt(one.what.outline))
        for one in site_list(store, actor)
        if one.what.outline
    ]
    return _lay_beside(store, actor, run, shapely.from_wkt(here.outline), others)


Others = list[tuple[str, str, shapely.Geometry]]


def _lay_beside(
    store: Store, actor: Actor, run: HotspotRun, here: shapely.Geometry, others: Others
) -> tuple[PlaceBeside, ...]:
    """Compare ground, and the reports a run was searched among, inside one, the other and both."""
    met = [one for one in others if here.intersects(one[2])]
    if not met:
        return ()
    wanted = replace(read_filter(run.facts["filter"]).without_wards(), include_outside=True)
    reach = measuring_reach(store, actor)
    rows = counted_incidents(
        store, reach, wanted, columns=("incident_id", *_LOCATED), located_only=True
    )
    inside = are_in(here, rows)
    found = []
    for address, name, shape in met:
        there, shared = are_in(shape, rows), here.intersection(shape).area
        beside = PlaceBeside(
            address=address,
            name=name,
            share_of_this=f"{shared / here.area:.0%}",
            share_of_other=f"{shared / shape.area:.0%}",
            both=int((inside & there).sum()),
            only_this=int((inside & ~there).sum()),
            only_other=int((there & ~inside).sum()),
        )
        found.append((shared, beside))
    return tuple(one for _, one in sorted(found, key=lambda pair: -pair[0]))


def _asked(site: Site) -> IncidentFilter:
    """Return what is counted at a place: what lies in its outline, or in its wards."""
    if site.outline:
        return IncidentFilter(include_outside=True)
    return IncidentFilter(wards=site.wards)


def _newest_year(store: Store, reach: Reach) -> Period | None:
    latest = latest_complete_month(store.coverage(reach))
    return months_to(latest.until, MONTHS) if latest else None


def _rows_at(store: Store, reach: Reach, site: Site, wanted: IncidentFilter) -> pd.DataFrame:
    if not site.is_countable:
        return _nothing()
    columns = tuple(dict.fromkeys((*NEEDED, *_LOCATED)))
    rows = counted_incidents(store, reach, wanted, columns=columns, located_only=bool(site.outline))
    if not site.outline:
        return rows
    return rows[are_in(shapely.from_wkt(site.outline), rows)]


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[*NEEDED, *_LOCATED])


def _chart(store: Store, reach: Reach, wanted: IncidentFilter, site: Site) -> Chart | None:
    if site.outline:
        return chart_of_outline(store, reach, wanted, shapely.from_wkt(site.outline))
    return trend_chart(store, reach, wanted, store.coverage(reach)) if site.wards else None


def _runs_at(store: Store, actor: Actor, site: Site) -> list[PlaceRun]:
    """Return the newest saved runs that found a hotspot on the same ground, newest first."""
    if not site.outline:
        return []
    here, reach = shapely.from_wkt(site.outline), reach_of(actor)
    found = []
    for head in reversed(store.runs(reach)[-MOST_RUNS:]):
        run = store.run(head.run_id, reach)
        found += [
            _run_line(run, say_moment(head.made_at), at)
            for at, shape in enumerate(run.hotspots.geometry)
            if same_place(shape, here)
        ]
    return found


def _run_line(run: HotspotRun, made: str, at: int) -> PlaceRun:
    hotspots: gpd.GeoDataFrame = run.hotspots
    rank = int(hotspots["rank"].iloc[at])
    past = past_of(run, rank).get("class", "")
    return PlaceRun(
        made=made,
        hotspot_id=str(hotspots["hotspot_id"].iloc[at]),
        name=str(hotspots["name"].iloc[at]),
        rank=rank,
        incidents=int(hotspots["incidents"].iloc[at]),
        past=say_class(past) if past else "",
    )


def _say_runs(store: Store, actor: Actor, site: Site, runs: list[PlaceRun]) -> str:
    if not site.outline:
        return "The place has no outline, so it is laid beside no saved run."
    looked = min(len(store.runs(reach_of(actor))), MOST_RUNS)
    if not looked:
        return "No run has been saved yet."
    found = len({one.made for one in runs})
    return f"A hotspot was found here in {found} of the newest {looked} saved runs."


def _line(kept: Kept[Site], names: Mapping[str, str]) -> PlaceLine:
    site = kept.what
    return PlaceLine(
        key=kept.key,
        name=site.name,
        origin=str(site.origin),
        owner=site.owner,
        when=say_span(site.since, site.until) or "Always",
        wards=", ".join(names.get(code, code) for code in site.wards),
        restricted=bool(site.readers),
    )


def _facts(site: Site, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    hectares = shapely.from_wkt(site.outline).area / 10_000 if site.outline else 0.0
    said = (
        ("How it came", str(site.origin).capitalize()),
        ("Whose it is", site.owner),
        ("What it is for", site.purpose),
        ("Holds", say_span(site.since, site.until) or "Always"),
        ("Wards", ", ".join(names.get(code, code) for code in site.wards)),
        ("Area", f"{hectares:,.1f} hectares" if hectares else ""),
        ("Who may know of it", ", ".join(sorted(site.readers))),
    )
    return tuple((label, text) for label, text in said if text)


def _counted(
    rows: pd.DataFrame, column: str, say: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    """Return what the reports are, the most first."""
    counts = rows[column].astype("str").value_counts()
    ordered = sorted(counts.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))
    return tuple((say(str(name)), f"{int(count):,}") for name, count in ordered)
