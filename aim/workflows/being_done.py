"""What is being done at a place, from the record: open actions first, then what a meeting said.

A hotspot of a view has no lasting number, so places are matched by where they lie: an action or a
decision belongs to a hotspot where one's middle lies inside the other.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import shapely

from aim.access import is_allowed, task_reach_of
from aim.model.actions import ActionRecord, Site, Stage
from aim.model.groups import Choice, Decision, Meeting
from aim.model.hotspots import DOING_COLUMN, HotspotRun
from aim.model.people import Action, Actor
from aim.model.times import say_day
from aim.store import Store
from aim.tasking import latest_choices
from aim.workflows.views import HotspotRow

# What is told of first, and in which words; what is only a draft or was dropped is not done.
_TOLD = {Stage.UNDER_WAY: "Under way", Stage.AGREED: "Agreed", Stage.DONE: "Done"}
_DECIDED = {
    Choice.TAKE_UP: "Taken up on {day}",
    Choice.IN_HAND: "In hand since {day}",
    Choice.WATCH: "Watched since {day}",
    Choice.NO_ACTION: "No action, decided on {day}",
}


@dataclass(frozen=True, slots=True)
class Doings:
    """Everything that might be told of a place to one reader, with where it is."""

    actions: tuple[tuple[shapely.Geometry, ActionRecord], ...] = ()
    decisions: tuple[tuple[shapely.Geometry, Meeting, Decision], ...] = ()


def doings_of(store: Store, actor: Actor) -> Doings:
    """Return what the actor may know is being done; nothing to who sees no actions."""
    if not is_allowed(actor, Action.VIEW_TASKS):
        return Doings()
    reach = task_reach_of(actor)
    actions = [
        (shapely.from_wkt(one.what.plan.site.outline), one.what)
        for one in store.tasks(ActionRecord, reach)
        if one.what.stage in _TOLD and one.what.plan.site and one.what.plan.site.outline
    ]
    decided = latest_choices(one.what for one in store.tasks(Meeting, reach)).values()
    return Doings(
        actions=tuple(actions),
        decisions=tuple(
            (shapely.from_wkt(decision.outline), meeting, decision)
            for meeting, decision in decided
            if decision.outline
        ),
    )


def with_doing(
    store: Store, actor: Actor, run: HotspotRun, rows: Iterable[HotspotRow]
) -> tuple[HotspotRow, ...]:
    """Say in each row of a run's list what is being done there, as far as the actor may know."""
    doings = doings_of(store, actor)
    shapes = dict(zip(run.hotspots["rank"], run.hotspots["geometry"], strict=True))
    return tuple(
        replace(row, being_done=say_doing(doings, shapes[row.rank]) or row.being_done)
        for row in rows
    )


def with_doing_column(store: Store, actor: Actor, run: HotspotRun) -> HotspotRun:
    """Return a run whose list says what is being done; as it was to who sees no actions."""
    if not is_allowed(actor, Action.VIEW_TASKS):
        return run
    doings = doings_of(store, actor)
    told = [say_doing(doings, shape) for shape in run.hotspots["geometry"]]
    return replace(run, hotspots=run.hotspots.assign(**{DOING_COLUMN: told}))


def say_doing(doings: Doings, shape: shapely.Geometry) -> str:
    """Say what is being done at a place: the foremost action and how many more, or a decision.

    Examples
    --------
    >>> say_doing(Doings(), shapely.Point(0, 0))
    ''
    """
    here = [action for place, action in doings.actions if same_place(place, shape)]
    if here:
        first = min(here, key=lambda one: (list(_TOLD).index(one.stage), one.plan.title))
        more = f", and {len(here) - 1} more" if len(here) > 1 else ""
        return f"{_TOLD[first.stage]}: {first.plan.title}{more}"
    decided = [
        (meeting, decision)
        for place, meeting, decision in doings.decisions
        if same_place(place, shape)
    ]
    if not decided:
        return ""
    meeting, decision = max(decided, key=lambda one: one[0].day)
    return _DECIDED[decision.choice].format(day=say_day(meeting.day))


def same_place(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Tell whether the middle of one place lies inside the other, either way round.

    Examples
    --------
    >>> same_place(shapely.box(0, 0, 2, 2), shapely.box(1.5, 1.5, 9, 9))
    False
    >>> same_place(shapely.box(0, 0, 4, 4), shapely.box(1, 1, 5, 5))
    True
    """
    return bool(one.covers(other.centroid) or other.covers(one.centroid))


def ranks_at(run: HotspotRun, wards: Collection[str], sites: Iterable[Site]) -> set[int]:
    """Return the ranks of the hotspots of a run that lie in some wards or at some places."""
    shapes = [shapely.from_wkt(one.outline) for one in sites if one.outline]
    hotspots = run.hotspots
    return {
        rank
        for rank, codes, shape in zip(
            hotspots["rank"], hotspots["wards"], hotspots["geometry"], strict=True
        )
        if set(wards) & set(str(codes).split()) or any(same_place(one, shape) for one in shapes)
    }
