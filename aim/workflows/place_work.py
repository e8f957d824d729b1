"""What people did at a place, whatever its origin: one reader's share of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import shapely

from aim.access import task_reach_of
from aim.model.actions import ActionRecord, Origin, Site, Stage
from aim.model.equipment import Deployment
from aim.model.groups import Meeting
from aim.model.people import Actor
from aim.model.times import LONDON, say_day
from aim.model.visits import Visit
from aim.store import Store
from aim.tasking import read_office_table
from aim.workflows.actions import action_list
from aim.workflows.being_done import same_place
from aim.workflows.groups import group_names
from aim.workflows.meetings import decision_line
from aim.workflows.task_pages import card_of
from aim.workflows.task_views import ActionCard, DecisionLine
from aim.workflows.words import say_number

SHOWN_VISITS = 20


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """What became of one action, as its review kept it."""

    key: str
    title: str
    told: str
    measured: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceDecision:
    """What one meeting decided of the place."""

    meeting: str
    day: str
    line: DecisionLine


@dataclass(frozen=True, slots=True)
class PlaceWork:
    """Everything done at a place that one reader may know of; empty where nothing is."""

    actions: tuple[ActionCard, ...] = ()
    results: tuple[PlaceResult, ...] = ()
    decisions: tuple[PlaceDecision, ...] = ()
    visits_said: str = ""
    visits: tuple[tuple[str, str, str, str], ...] = ()  # when, agency, minutes, what was done
    equipment: tuple[tuple[str, str, str, str], ...] = ()  # what, when, how it stands, result


def is_at(site: Site, here: Site) -> bool:
    """Tell whether something at one place was done at another: the same, or much the same ground.

    Examples
    --------
    >>> quay = Site("Quay", "raised by people", wards=("E1",))
    >>> is_at(quay, quay), is_at(Site("Mill", "raised by people", wards=("E1",)), quay)
    (True, False)
    """
    if site == here or (here.hotspot_id and site.hotspot_id == here.hotspot_id):
        return True
    if not (site.outline and here.outline):
        return False
    return same_place(shapely.from_wkt(site.outline), shapely.from_wkt(here.outline))


def place_work(store: Store, actor: Actor, here: Site, *, today: date) -> PlaceWork:
    """Return what was done at a place, as far as the actor may know.

    Parameters
    ----------
    here
        The place; what lies on much the same ground counts as done there.
    today
        London day.
    """
    reach = task_reach_of(actor)
    actions = [
        one
        for one in action_list(store, actor)
        if one.what.plan.site and is_at(one.what.plan.site, here)
    ]
    visits = [
        one.what
        for one in store.tasks(Visit, reach)
        if one.what.counts and is_at(one.what.site, here)
    ]
    placed = [one.what for one in store.tasks(Deployment, reach) if is_at(one.what.site, here)]
    names = group_names(store, actor)
    return PlaceWork(
        actions=tuple(card_of(one, names, today) for one in actions),
        results=tuple(
            _result(one.key, one.what) for one in actions if one.what.stage is Stage.REVIEWED
        ),
        decisions=_decisions(store, actor, here),
        visits_said=_say_visits(visits),
        visits=_visit_rows(visits),
        equipment=tuple(_deployment_row(one) for one in sorted(placed, key=_since, reverse=True)),
    )


def _result(key: str, record: ActionRecord) -> PlaceResult:
    return PlaceResult(key, record.plan.title, record.result, record.measured, record.doubts)


def _decisions(store: Store, actor: Actor, here: Site) -> tuple[PlaceDecision, ...]:
    names = group_names(store, actor)
    found = [
        (kept.what.day, kept.key, decision)
        for kept in store.tasks(Meeting, task_reach_of(actor))
        for decision in kept.what.decisions
        if is_at(
            Site(decision.place, Origin.FOUND, decision.hotspot_id, outline=decision.outline), here
        )
    ]
    return tuple(
        PlaceDecision(key, say_day(day), decision_line(decision, names))
        for day, key, decision in sorted(found, key=lambda one: one[0], reverse=True)
    )


def _say_visits(visits: Iterable[Visit]) -> str:
    """Say how often somebody was there, how long in all, and since when."""
    listed = list(visits)
    if not listed:
        return ""
    first = min(one.at for one in listed).astimezone(LONDON).date()
    minutes = sum(one.minutes for one in listed)
    times = say_number(len(listed), "visit", "visits")
    return f"{times} since {say_day(first)}, {say_number(minutes, 'minute', 'minutes')} in all."


def _visit_rows(visits: Iterable[Visit]) -> tuple[tuple[str, str, str, str], ...]:
    newest = sorted(visits, key=lambda one: one.at, reverse=True)[:SHOWN_VISITS]
    return tuple(
        (_say_moment(one), one.agency, f"{one.minutes} min", one.done or "Not said")
        for one in newest
    )


def _say_moment(visit: Visit) -> str:
    at = visit.at.astimezone(LONDON)
    return f"{say_day(at.date())}, {at:%H:%M}"


def _since(deployment: Deployment) -> date:
    return deployment.since or date.min


def _deployment_row(one: Deployment) -> tuple[str, str, str, str]:
    kind = read_office_table().kinds.get(one.kind_of)
    since = say_day(one.since) if one.since else "not said"
    until = one.ended or one.until
    return (
        f"{kind.name if kind else one.kind_of} {one.identity}",
        f"{since} to {say_day(until)}" if until else f"since {since}",
        "There now" if one.is_open else "Taken down",
        one.result or "Not said yet",
    )
