"""The search for hotspots: filter, cluster, compare, choose wards, and keep if asked."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from aim import __version__
from aim.access import audit_entry, hide_sensitive_words, reach_of, require
from aim.analysis import HotspotTrace, cluster_hotspots, trace_hotspots
from aim.analysis.quality import at_default_points
from aim.analysis.register import REMEMBER
from aim.errors import ParameterError
from aim.model.crs import PROJECTION
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.incidents import PlacePrecision
from aim.model.people import Action, Actor, Reach
from aim.model.times import say_day
from aim.store import Store
from aim.workflows.agreements import with_agreements
from aim.workflows.counting import corroboration, counted_incidents, left_out
from aim.workflows.doubts import doubts_between
from aim.workflows.memory import Memory
from aim.workflows.pasts import pasts_of
from aim.workflows.periods import Period, chosen, comparable, period_of, within
from aim.workflows.places import known_places
from aim.workflows.searching import NEEDED, taking_part

# A month-only year beside a dated one would look like a rise at every hour.
CLOCK_GAP = 0.1
_NOW = "now"
# Views of one page ask for the same search: list, map, figures and files.
KEPT_RUNS = 16

# Says more of a run, given the reach and the filter it was searched with.
Judge = Callable[[Store, Reach, IncidentFilter, HotspotRun], HotspotRun]


def find_hotspots(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters | None = None,
    *,
    save: bool = False,
    judges: Sequence[Judge] = (),
    new_id: Callable[[], str] = lambda: secrets.token_hex(8),
) -> HotspotRun:
    """Find the hotspots of the incidents a filter chooses.

    Type, source, dates, hours, days and area choose incidents before clustering; ``wanted.wards``
    then chooses hotspots, so ranks and shapes do not change with the ward.

    Parameters
    ----------
    wanted
        The filter, its wards as codes.
    parameters
        How to cluster; the defaults if missing.
    save
        Keep the whole run for good and give each hotspot its lasting id.
    judges
        What else is to be said of the run, such as ``significance_test``; kept with it.
    new_id
        Gives the id of a hotspot not seen before.

    Returns
    -------
    HotspotRun
        Ranked; empty where nothing is dense enough. ``facts`` hold the filter, the counts, what was
        left out, how far each source reaches, projection, data and program version.

    Raises
    ------
    ParameterError
        The wards alone were to be clustered and none was named.
    """
    require(actor, Action.SAVE_RUN if save else Action.VIEW)
    asked = parameters or HotspotParameters()
    # Others read a saved run too: it holds what agreements let everybody with these roles see.
    reach = reach_of(with_agreements(store, actor) if save else actor)
    selection = wanted if asked.cluster_within else wanted.without_wards()
    run = _with_register(store, reach, searched(store, reach, selection, asked), wanted)
    for judge in judges:
        run = judge(store, reach, selection, run)
    if save:
        run = _keep(store, actor, reach, run, new_id)
    return run if asked.cluster_within else _in_wards(run, wanted.wards)


_RUNS: Memory[HotspotRun] = Memory(KEPT_RUNS)


def searched(
    store: Store, reach: Reach, wanted: IncidentFilter, parameters: HotspotParameters
) -> HotspotRun:
    """Search, or take the answer of the same question to the same data."""
    return _RUNS.recall(
        store, (reach, wanted, parameters), lambda: _search(store, reach, wanted, parameters)
    )


def _search(
    store: Store, reach: Reach, wanted: IncidentFilter, parameters: HotspotParameters
) -> HotspotRun:
    selection = _selection(wanted, parameters)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    if parameters.cluster_within:
        wards = wards[wards["ward_code"].isin(wanted.wards)]
    incidents, left, points = taking_part(store, reach, selection, parameters)
    before, told = _before(store, reach, selection)
    if before is not None:
        before = before[~at_default_points(before, points)]
    run = cluster_hotspots(
        hide_sensitive_words(incidents),
        parameters,
        wards=wards if len(wards) else None,
        before=before,
        since=selection.since,
        until=selection.until,
    )
    facts = _facts(store, reach, selection, incidents, told)
    facts["left_out"] = {**left_out(store, reach, selection), "default_points": len(left)}
    facts["corroborated"] = corroboration(store, reach, selection, run.members)
    facts["snapped"] = _snapped(incidents, run.members)
    facts["pasts"] = pasts_of(store, reach, selection, run)
    return replace(
        run,
        facts=run.facts | facts,
        warnings=(
            *run.warnings,
            *_say_points(points, left),
            *_coverage_warnings(store, reach, selection),
        ),
    )


def _snapped(incidents: pd.DataFrame, members: pd.DataFrame) -> dict[str, float]:
    """Return the share of each hotspot's incidents that were moved to points on streets."""
    snapped = set(
        incidents.loc[incidents["place_precision"] == PlacePrecision.SNAPPED, "incident_id"]
    )
    told = members["incident_id"].isin(snapped).groupby(members["rank"]).mean()
    return {str(rank): float(share) for rank, share in told.items()}


def _say_points(points: pd.DataFrame, left: pd.DataFrame) -> tuple[str, ...]:
    """Say which points took no part, and why; those with rows in the search alone."""
    here = points[at_default_points(points, left)]
    return tuple(
        f"{place or 'A point'} takes no part: {reason}"
        for place, reason in zip(here["place"], here["reason"], strict=True)
    )


def _selection(wanted: IncidentFilter, parameters: HotspotParameters) -> IncidentFilter:
    if not parameters.cluster_within:
        return wanted.without_wards()
    if not wanted.wards:
        raise ParameterError("`cluster-within` clusters wards alone; name at least one `ward`.")
    return wanted


def _before(
    store: Store, reach: Reach, selection: IncidentFilter
) -> tuple[pd.DataFrame | None, str]:
    """Return the incidents of the equal period before, or None, and a sentence about it."""
    now = period_of(selection)
    if now is None:
        return None, "Not compared: the period is open; give since and until."
    earlier = now.before()
    fault = not_comparable(store, reach, selection, earlier)
    if fault:
        return None, fault
    rows = counted_incidents(
        store, reach, within(selection, earlier), columns=NEEDED, located_only=True
    )
    return rows, f"{now.say()} against {earlier.say()}."


def not_comparable(store: Store, reach: Reach, selection: IncidentFilter, earlier: Period) -> str:
    """Say why a filter's period cannot be compared with another; an empty text when it can."""
    now = period_of(selection)
    if now is None:
        return "Not compared: the period is open; give since and until."
    fault = comparable(chosen(store.coverage(reach), selection), now, earlier)
    if fault or not (selection.hours or selection.days):
        return fault
    told = [_share_untimed(store, reach, within(selection, one)) for one in (now, earlier)]
    if abs(told[0] - told[1]) > CLOCK_GAP:
        return (
            f"Not compared with {earlier.say()}: {told[1]:.0%} of its incidents have no clock time"
            f" or day, against {told[0]:.0%} now."
        )
    return ""


def _share_untimed(store: Store, reach: Reach, wanted: IncidentFilter) -> float:
    """Return the share of a period's incidents that hours and days cannot choose from."""
    anytime = replace(wanted, hours=(), days=())
    everyone = int(store.count_incidents(anytime, reach)["incidents"].sum())
    left_out = store.left_out(wanted, reach)
    return (left_out.hour_unknown + left_out.day_unknown) / everyone if everyone else 0.0


def _facts(
    store: Store,
    reach: Reach,
    selection: IncidentFilter,
    incidents: pd.DataFrame,
    compared: str,
) -> dict[str, object]:
    return {
        "filter": selection.words(),
        "incidents": len(incidents),
        "complete_to": {one.source: one.complete_to.isoformat() for one in store.coverage(reach)},
        "feeds": sorted(incidents["feed"].dropna().unique().tolist()),
        "compared": compared,
        "projection": PROJECTION,
        "data_version": store.data_version(),
        "program_version": __version__,
    }


def _coverage_warnings(store: Store, reach: Reach, selection: IncidentFilter) -> tuple[str, ...]:
    if selection.until is None:
        return ()
    return tuple(
        f"{one.source} is complete only to {say_day(one.complete_to)}, before the period ends."
        for one in chosen(store.coverage(reach), selection)
        if (selection.until - one.complete_to).days > 1
    )


def _with_register(
    store: Store, reach: Reach, run: HotspotRun, wanted: IncidentFilter
) -> HotspotRun:
    """Add what people entered since: events a comparison crosses, known places."""
    stands_on = known_places(store, reach, run.hotspots)
    now = period_of(wanted)
    doubts = doubts_between(store, reach, wanted, now.before()) if now else ()
    longer = doubts_between(store, reach, wanted, now.year_ago()) if now else ()
    told = {"stands_on": stands_on, "doubts": list(doubts), "doubts_year_ago": list(longer)}
    return replace(run, warnings=(*run.warnings, *doubts), facts=run.facts | told)


def _keep(
    store: Store, actor: Actor, reach: Reach, run: HotspotRun, new_id: Callable[[], str]
) -> HotspotRun:
    """Save a run under the identities and names its places had in the runs before."""
    trace = trace_hotspots({**_earlier_runs(store, reach, run), _NOW: run}, new_id=new_id)
    sightings = trace.sightings[trace.sightings["period"] == _NOW].set_index("rank")
    ids = run.hotspots["rank"].map(sightings["hotspot_id"])
    hotspots = run.hotspots.assign(
        hotspot_id=ids.tolist(), name=ids.map(trace.places["name"]).tolist()
    )
    named = replace(run, hotspots=hotspots, facts=run.facts | {"events": _events_now(trace)})
    with store.transaction() as change:
        saved = change.save_run(named, actor=actor.id, program_version=__version__)
        change.record(
            audit_entry(actor, Action.SAVE_RUN, run=saved.run_id, hotspots=len(named.hotspots))
        )
    return replace(named, facts=named.facts | {"run_id": saved.run_id})


def _earlier_runs(store: Store, reach: Reach, run: HotspotRun) -> dict[str, HotspotRun]:
    """Return the newest saved runs of the same series, oldest first.

    A series is the same filter, dates apart, at the same eps: an ASB run never takes its names
    from a burglary run saved in between.
    """
    series = series_of(run.facts, run.parameters.as_dict())
    heads = [head for head in store.runs(reach) if series_of(head.facts, head.parameters) == series]
    return {head.run_id: store.run(head.run_id, reach) for head in heads[-REMEMBER:]}


def _events_now(trace: HotspotTrace) -> list[dict[str, object]]:
    """Return what split and what merged since the run before, as plain values."""
    events = trace.events[trace.events["period"] == _NOW]
    return [
        {"kind": one.kind, "hotspot_id": one.hotspot_id, "others": str(one.others).split("; ")}
        for one in events.itertuples()
    ]


def series_of(facts: dict[str, object], parameters: dict[str, object]) -> tuple[str, object]:
    """Return what saved runs must share for their places to be the same: filter and eps.

    Examples
    --------
    >>> series_of({"filter": {"type": ["asb"], "since": ["2026-04-01"]}}, {"eps_m": 150.0})
    ("{'type': ['asb']}", 150.0)
    """
    words = facts.get("filter") or {}
    kept = {
        word: values
        for word, values in sorted(dict(words).items())  # type: ignore[call-overload]  # filter words are a mapping
        if word not in {"since", "until"}
    }
    return repr(kept), parameters.get("eps_m")


def _in_wards(run: HotspotRun, wards: tuple[str, ...]) -> HotspotRun:
    """Show only hotspots with incidents in the wards; ranks and shapes stay."""
    if not wards:
        return run
    asked = set(wards)
    shown = run.hotspots["wards"].map(lambda codes: bool(asked & set(str(codes).split())))
    hotspots: gpd.GeoDataFrame = run.hotspots[shown.astype(bool)]
    members = run.members[run.members["rank"].isin(hotspots["rank"])]
    facts = run.facts | {
        "wards": list(wards),
        "hotspots_elsewhere": int((~shown.astype(bool)).sum()),
    }
    return replace(run, hotspots=hotspots, members=members, facts=facts)
