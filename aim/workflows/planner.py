"""The planner: meetings, reviews, due actions, campaigns and the local calendar of one year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

import pandas as pd

from aim.access import is_allowed, require, task_reach_of
from aim.analysis.indices import year_interval, year_of
from aim.exports import text_table
from aim.model.actions import OPEN_STAGES, Stage
from aim.model.groups import Meeting
from aim.model.people import Action, Actor
from aim.store import Store
from aim.tasking.planner import PlanEntry, PlanKind, PlanMonth, plan_year, say_days_in
from aim.workflows.actions import action_list
from aim.workflows.audit import count_view
from aim.workflows.campaigns import campaign_list
from aim.workflows.groups import group_list, group_names
from aim.workflows.town_calendar import calendar_list

# Beyond so many days of the local calendar in one month the others wait behind a click.
MOST_DAYS = 8
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlannerLine:
    """One entry in one month: when, what kind, which, where more is said, whether restricted."""

    when: str
    kind: str
    title: str
    address: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class PlannerMonth:
    """One month; ``more`` are the local calendar's further days."""

    name: str
    now: bool
    lines: tuple[PlannerLine, ...]
    more: tuple[PlannerLine, ...]


@dataclass(frozen=True, slots=True)
class PlannerView:
    """Everything on the page of the planner."""

    year: str
    earlier: str
    later: str
    months: tuple[PlannerMonth, ...]
    calendars: tuple[str, ...]
    may_keep: bool


def planner_view(
    store: Store, actor: Actor, *, today: date, year: str = "", year_starts: int = 4
) -> PlannerView:
    """Lay a year out month by month, of what the actor may know.

    Parameters
    ----------
    today
        London day.
    year
        As ``2026/27``; the one of today if empty.
    year_starts
        The month years start in.

    Raises
    ------
    ParameterError
        There is no such year.
    """
    require(actor, Action.VIEW_TASKS)
    asked = year.strip() or year_of(today, year_starts)
    since, until = year_interval(asked, year_starts)
    months = plan_year(_entries(store, actor), since)
    count_view(store, actor, "planner")
    return PlannerView(
        year=asked,
        earlier=year_of(since - _ONE, year_starts),
        later=year_of(until, year_starts),
        months=tuple(_month(one, today) for one in months),
        calendars=tuple(one.what.name for one in calendar_list(store, actor)),
        may_keep=is_allowed(actor, Action.KEEP_GROUPS),
    )


def planner_text(
    store: Store, actor: Actor, *, today: date, year: str = "", year_starts: int = 4
) -> str:
    """Return a year's planner as a plain table, all of the local calendar in it."""
    view = planner_view(store, actor, today=today, year=year, year_starts=year_starts)
    rows = [
        (month.name, line.when, line.kind, line.title)
        for month in view.months
        for line in (*month.lines, *month.more)
    ]
    if not rows:
        return f"Nothing is planned in {view.year} that you may see.\n"
    return text_table(pd.DataFrame(rows, columns=["month", "when", "kind", "what"]))


def _entries(store: Store, actor: Actor) -> Iterator[PlanEntry]:
    yield from _meetings(store, actor)
    yield from _actions(store, actor)
    for group in group_list(store, actor):
        for day in group.what.reviews:
            yield _on(day, PlanKind.REVIEW, group.what.name, f"/groups/{quote(group.key)}")
    for campaign in campaign_list(store, actor):
        one = campaign.what
        yield PlanEntry(
            PlanKind.CAMPAIGN,
            one.name,
            one.start,
            one.finish + _ONE,
            f"/campaigns/{quote(campaign.key)}",
            one.is_restricted,
        )
    for calendar in calendar_list(store, actor):
        for one_day in calendar.what.days:
            yield PlanEntry(PlanKind.CALENDAR, one_day.title, one_day.since, one_day.until)


def _meetings(store: Store, actor: Actor) -> Iterator[PlanEntry]:
    names = group_names(store, actor)
    for kept in store.tasks(Meeting, task_reach_of(actor)):
        title = names.get(kept.what.group, "") or "The whole partnership"
        yield _on(kept.what.day, PlanKind.MEETING, title, f"/meetings/{quote(kept.key)}")


def _actions(store: Store, actor: Actor) -> Iterator[PlanEntry]:
    for kept in action_list(store, actor):
        plan, stage = kept.what.plan, kept.what.stage
        address = f"/actions/{quote(kept.key)}"
        if plan.due and stage in OPEN_STAGES:
            yield _on(plan.due, PlanKind.DUE, plan.title, address, restricted=plan.is_restricted)
        if plan.review and stage in {*OPEN_STAGES, Stage.DONE}:
            yield _on(
                plan.review, PlanKind.REVIEW, plan.title, address, restricted=plan.is_restricted
            )


def _on(
    day: date, kind: PlanKind, title: str, address: str, *, restricted: bool = False
) -> PlanEntry:
    return PlanEntry(kind, title, day, day + _ONE, address, restricted)


def _month(month: PlanMonth, today: date) -> PlannerMonth:
    lines = [
        PlannerLine(
            say_days_in(one, month.first), str(one.kind), one.title, one.address, one.restricted
        )
        for one in month.entries
    ]
    town = [line for line in lines if line.kind == PlanKind.CALENDAR]
    later = town[MOST_DAYS:]
    return PlannerMonth(
        name=f"{month.first:%B %Y}",
        now=month.first == today.replace(day=1),
        lines=tuple(line for line in lines if line not in later),
        more=tuple(later),
    )
