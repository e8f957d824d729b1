"""What the store says to a plan: its places, their people, and the wards they lie in.

Everything here is counted for others to read: sensitive reports take no part, and bands of people
too small to be shown are not shown, nor to be had by subtraction.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import shapely

from aim.access import reach_of, task_reach_of
from aim.access.disclosure import K
from aim.analysis import compare_counts
from aim.model.actions import Site
from aim.model.filters import IncidentFilter, read_filter
from aim.model.groups import Group
from aim.model.people import Actor, Reach
from aim.model.plan_form import NOT_SUPPLIED
from aim.model.plans import Evidence
from aim.model.tasks import Kept
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.tasking import rate_per_1000, safe_bands
from aim.workflows.being_done import ranks_at
from aim.workflows.counting import counted_incidents
from aim.workflows.delivery_plans import is_open, proposals_of
from aim.workflows.doubts import doubts_within
from aim.workflows.measuring import measuring_reach
from aim.workflows.osara import record_list
from aim.workflows.pages import hotspot_rows
from aim.workflows.periods import Period, comparable, latest_complete_month, months_to, within
from aim.workflows.sites import ward_names
from aim.workflows.words import CHANGE_WORDS, NOT_COMPARED, say_filter

MONTHS = 12
COMMONEST = 3
_COLUMNS = (
    *("incident_id", "source", "incident_type", "occurred_from", "time_precision"),
    *("easting", "northing", "place_precision", "ward_code"),
    *("victim_age_band", "victim_sex", "suspect_age_band"),
)
_BANDS = {
    "Victims by age": "victim_age_band",
    "Victims by sex": "victim_sex",
    "Suspects by age": "suspect_age_band",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """The reports of a plan's types over the newest complete year, and over the year before.

    Attributes
    ----------
    period
        The year; None where no source is complete to any month.
    now, before
        Rows in all wards; of the year before none where the two cannot be compared.
    fault
        Why they cannot be compared; empty where they can.
    said
        Types and period in words.
    doubts
        What parts the year, or is missing of it.
    """

    period: Period | None
    now: pd.DataFrame
    before: pd.DataFrame | None
    fault: str
    said: str
    doubts: tuple[str, ...] = ()


def count_reports(store: Store, actor: Actor, types: tuple[str, ...]) -> Counted:
    """Read the reports a plan is about; all types where it names none."""
    reach = measuring_reach(store, actor)
    coverage = store.coverage(reach)
    latest = latest_complete_month(coverage)
    taxonomy = read_taxonomy()
    what = ", ".join(taxonomy.name(one) for one in types) or "All reports"
    if latest is None:
        return Counted(None, pd.DataFrame(columns=list(_COLUMNS)), None, "", what)
    period = months_to(latest.until, MONTHS)
    earlier = period.year_ago()
    fault = comparable(coverage, period, earlier)
    wanted = IncidentFilter(types=types, include_outside=True)
    return Counted(
        period=period,
        now=_rows(store, reach, within(wanted, period)),
        before=None if fault else _rows(store, reach, within(wanted, earlier)),
        fault=fault,
        said=f"{what}, {period.say()}, sensitive reports left out",
        doubts=doubts_within(store, reach, within(wanted, period)),
    )


def _rows(store: Store, reach: Reach, wanted: IncidentFilter) -> pd.DataFrame:
    return counted_incidents(store, reach, wanted, columns=_COLUMNS)


def places_of(store: Store, actor: Actor, group: Kept[Group]) -> tuple[Site, ...]:
    """Return the places of a group, each once, by name; restricted ones are in no plan.

    They are those it was given, those of its actions and those of its records.
    """
    kept = store.tasks(Site, task_reach_of(actor))
    sites = [one.what for one in kept if one.key in group.what.sites]
    sites += [
        one.what.plan.site for one in proposals_of(store, actor, group.key) if one.what.plan.site
    ]
    sites += [one.what.site for one in record_list(store, actor, group.key)]
    shown = dict.fromkeys(one for one in sites if is_open(one))
    return tuple(sorted(shown, key=lambda one: (one.name, one.hotspot_id)))


def evidence_of(
    store: Store, actor: Actor, group: Kept[Group], counted: Counted
) -> tuple[Evidence, ...]:
    """Return part B: hotspots, places, wards with their people, victims and suspects."""
    sites = places_of(store, actor, group)
    inside = _inside_any(counted.now, sites, group.what.wards)
    return (
        _hotspots(store, actor, group.what, sites),
        _places(sites, counted),
        _geography(store, actor, group.what, counted),
        *(_bands(title, column, inside, counted) for title, column in _BANDS.items()),
        _residents(store, actor, group.what),
    )


def evidence_at(site: Site, counted: Counted) -> tuple[Evidence, ...]:
    """Return what the store says to the record of one place, as one short table."""
    rows = _inside(counted.now, site)
    facts = [("Reports", f"{len(rows):,}"), ("Against the year before", _change(site, counted))]
    taxonomy = read_taxonomy()
    for column, label in (("incident_type", "Commonest"), ("source", "Sources")):
        top = rows[column].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        named = [
            f"{taxonomy.name(str(name)) if column == 'incident_type' else name} {count:,}"
            for name, count in top.head(COMMONEST).items()
        ]
        facts.append((label, "; ".join(named) or "None"))
    return (Evidence("What the hub holds", counted.said, ("What", "How it is"), tuple(facts)),)


def population_of(store: Store, actor: Actor, wards: Iterable[str]) -> float | None:
    """Return the residents of some wards, of all where none is named; None where not loaded."""
    return _people(store, actor, wards, "population")


def _people(store: Store, actor: Actor, wards: Iterable[str], column: str) -> float | None:
    people, chosen = store.population(reach_of(actor)), set(wards)
    if column not in people or chosen - set(people["ward_code"]):
        return None
    counted = people[people["ward_code"].isin(chosen)] if chosen else people
    return float(counted[column].sum()) or None


def _inside(rows: pd.DataFrame, site: Site) -> pd.DataFrame:
    if not site.outline:
        return rows[rows["ward_code"].isin(site.wards)]
    shape = shapely.from_wkt(site.outline)
    found: pd.DataFrame = rows[shapely.intersects_xy(shape, rows["easting"], rows["northing"])]
    return found


def _inside_any(rows: pd.DataFrame, sites: Iterable[Site], wards: tuple[str, ...]) -> pd.DataFrame:
    """Return the reports at any of a group's places; in its wards where it has no place."""
    found = [_inside(rows, site) for site in sites]
    if not found:
        return rows[rows["ward_code"].isin(wards)] if wards else rows
    together: pd.DataFrame = pd.concat(found)
    return together.drop_duplicates("incident_id")


def _change(site: Site, counted: Counted) -> str:
    if counted.before is None:
        return NOT_COMPARED
    now, before = len(_inside(counted.now, site)), len(_inside(counted.before, site))
    _, word = compare_counts(now, before)
    return f"{CHANGE_WORDS[word]}, was {before:,}"


def _hotspots(store: Store, actor: Actor, group: Group, sites: tuple[Site, ...]) -> Evidence:
    """Return the hotspots of the newest saved list that lie at the group's places or wards."""
    title = "Hotspots"
    heads = store.runs(reach_of(actor))
    if not heads:
        return Evidence(title, "no saved list of hotspots that the writer may see")
    run = store.run(heads[-1].run_id, reach_of(actor))
    near = ranks_at(run, group.wards, sites)
    told = tuple(
        (
            *(f"{one.rank}. {one.place}", f"{one.incidents:,}"),
            ", ".join(filter(None, (one.change_word, one.change_counts))),
            one.sources,
        )
        for one in hotspot_rows(run, statistics=False)
        if one.rank in near
    )
    asked = say_filter(read_filter(run.facts["filter"]), ward_names(store))
    heads_said = ("Place", "Reports", "Change", "Sources")
    return Evidence(title, f"saved list {heads[-1].run_id}: {asked}", heads_said, told, (1,))


def _places(sites: tuple[Site, ...], counted: Counted) -> Evidence:
    rows = tuple(
        (
            *(one.name, str(one.origin).capitalize()),
            *(f"{len(_inside(counted.now, one)):,}", _change(one, counted)),
        )
        for one in sites
        if one.is_countable
    )
    heads = ("Place", "How it came", "Reports", "Against the year before")
    return Evidence("Places of the group", counted.said, heads, rows, (2,))


def _geography(store: Store, actor: Actor, group: Group, counted: Counted) -> Evidence:
    """Return the group's wards, or all, with reports and residents."""
    names, people = ward_names(store), store.population(reach_of(actor))
    known = (
        dict(zip(people["ward_code"], people["population"], strict=True))
        if "population" in people
        else {}
    )
    reports = counted.now["ward_code"].value_counts()
    rows = []
    for code in group.wards or tuple(names):
        count, residents = int(reports.get(code, 0)), known.get(code)
        rows.append(
            (
                names.get(code, code),
                NOT_SUPPLIED if residents is None else f"{residents:,.0f}",
                f"{count:,}",
                rate_per_1000(count, residents) or NOT_SUPPLIED,
            )
        )
    heads = ("Ward", "Residents", "Reports", "Per 1,000 residents")
    source = f"{counted.said}; residents as loaded with the boundary set"
    return Evidence("Geography and population", source, heads, tuple(rows), (1, 2, 3))


def _bands(title: str, column: str, rows: pd.DataFrame, counted: Counted) -> Evidence:
    known = rows[column].dropna()
    counts = {str(name): int(count) for name, count in known.value_counts().items()}
    shown = safe_bands(counts, len(rows), K)
    told = tuple((name, f"{count:,}") for name, count in shown)
    source = f"{counted.said}, at the places above; bands of fewer than {K} are not shown"
    empty = "Not supplied, or too few to show" if counts else NOT_SUPPLIED
    return Evidence(title, source, ("Band", "Reports"), told, (1,), empty)


def _residents(store: Store, actor: Actor, group: Group) -> Evidence:
    """Return the head counts that were loaded for all of the group's wards."""
    told = {name: _people(store, actor, group.wards, name) for name in ("population", "households")}
    rows = [(name.capitalize(), f"{total:,.0f}") for name, total in told.items() if total]
    residents, homes = told.values()
    if residents and homes:
        rows.append(("Residents a household", f"{residents / homes:.1f}"))
    source = "head counts loaded with the boundary set"
    return Evidence("Residents", source, ("What", "Number"), tuple(rows), (1,))
