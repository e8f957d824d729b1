"""The local calendar: loaded from a file, and listed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from aim.access import audit_entry, require, task_reach_of
from aim.errors import ParameterError
from aim.exports import text_table
from aim.feeds.calendars import read_calendar
from aim.model.campaigns import LocalCalendar
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent
from aim.store import Store
from aim.workflows.plans import clean
from aim.workflows.sites import new_key
from aim.workflows.words import say_number

_YEARS_BACK, _YEARS_ON = 3, 3


@dataclass(frozen=True, slots=True)
class CalendarReport:
    """What became of a calendar file.

    Attributes
    ----------
    name, days
        The calendar, and how many entries it has now.
    masked
        Contact details masked in titles.
    left_out
        How many events were left out, each with its reason, as sentences.
    replaced
        Whether one of that name was there before.
    """

    name: str
    days: int
    masked: int
    left_out: tuple[str, ...]
    replaced: bool


def load_calendar(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    name: str = "",
    today: date,
    key: Callable[[], str] = new_key,
) -> CalendarReport:
    """Load a calendar file: three years back and three ahead; one of that name gives way.

    Parameters
    ----------
    path
        An ``.ics`` file.
    name
        What it is called; the file's name if empty.
    today
        London day.

    Raises
    ------
    NotAllowedError
        The actor may not keep calendars.
    FeedError, FeedFormatError
        The file cannot be read as one.
    """
    require(actor, Action.KEEP_GROUPS)
    called = clean(name or path.stem, "name")
    if not called:
        raise ParameterError("A calendar was to be loaded without a name; say what it is called.")
    since = date(today.year - _YEARS_BACK, 1, 1)
    found = read_calendar(path, since=since, until=date(today.year + _YEARS_ON + 1, 1, 1))
    replaced = keep_calendar(store, actor, LocalCalendar(called, found.days), key=key)
    told = tuple(
        f"{say_number(count, 'event', 'events')} left out: {reason}."
        for reason, count in sorted(found.left_out.items())
    )
    return CalendarReport(called, len(found.days), found.masked, told, replaced)


def keep_calendar(
    store: Store, actor: Actor, calendar: LocalCalendar, *, key: Callable[[], str] = new_key
) -> bool:
    """Keep a calendar in the stead of one of its name, and tell whether there was one.

    Raises
    ------
    NotAllowedError
        The actor may not keep calendars.
    """
    require(actor, Action.KEEP_GROUPS)
    called = calendar.name
    known = next((one for one in calendar_list(store, actor) if one.what.name == called), None)
    number, words = key() if known is None else known.key, f"{len(calendar.days)} days"
    with store.transaction() as change:
        if known is None:
            change.add_task(number, calendar, TaskEvent(EventKind.ADDED, words), actor=actor.id)
        else:
            event = TaskEvent(EventKind.CHANGED, words)
            change.change_task(number, calendar, event, version=known.version, actor=actor.id)
        entries = len(calendar.days)
        change.record(audit_entry(actor, Action.KEEP_GROUPS, calendar=number, days=entries))
    return known is not None


def calendar_list(store: Store, actor: Actor) -> list[Kept[LocalCalendar]]:
    """Return the loaded calendars, by name."""
    require(actor, Action.VIEW_TASKS)
    found = store.tasks(LocalCalendar, task_reach_of(actor))
    return sorted(found, key=lambda one: (one.what.name, one.key))


def town_calendars_text(store: Store, actor: Actor) -> str:
    """Return the loaded calendars as a plain table."""
    rows = [
        (
            one.what.name,
            len(one.what.days),
            min((day.since for day in one.what.days), default=None),
            max((day.last for day in one.what.days), default=None),
        )
        for one in calendar_list(store, actor)
    ]
    if not rows:
        return "No calendar has been loaded yet.\n"
    return text_table(pd.DataFrame(rows, columns=["calendar", "entries", "first", "last"]))
