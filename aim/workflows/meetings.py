"""Meetings: one list of hotspots as it was issued, one decision a place, and what comes next.

A place in hand leaves the next list until its reports change beyond chance; how many are left out
is said, and they are one click away.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pandas as pd
import shapely

from aim.access import audit_entry, is_allowed, reach_of, require, task_reach_of
from aim.analysis import control_limits
from aim.errors import ConflictError, NotFoundError
from aim.exports import text_table
from aim.model.filters import read_filter
from aim.model.groups import Choice, Decision, Meeting
from aim.model.hotspots import HotspotRun
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed, word_of
from aim.model.times import LONDON, read_day, say_day
from aim.store import Store
from aim.tasking import Colour, check_decisions, latest_choices, rate_action
from aim.workflows.actions import action_list
from aim.workflows.audit import count_view
from aim.workflows.being_done import same_place
from aim.workflows.groups import find_group, group_names
from aim.workflows.pages import hotspot_rows
from aim.workflows.periods import period_of
from aim.workflows.plans import clean, read_list
from aim.workflows.sites import new_key, outline_of
from aim.workflows.task_pages import card_of
from aim.workflows.task_views import (
    DecisionLine,
    MeetingLine,
    MeetingPlace,
    MeetingsView,
    MeetingView,
)
from aim.workflows.views import Choice as Option
from aim.workflows.words import say_filter

SAID = {
    Choice.TAKE_UP: "Take up with a group",
    Choice.IN_HAND: "In hand",
    Choice.WATCH: "Watch",
    Choice.NO_ACTION: "No action",
}
MOST_LISTS = 30


def add_meeting(
    store: Store, actor: Actor, words: Mapping[str, str], *, key: Callable[[], str] = new_key
) -> Kept[Meeting]:
    """Hold a meeting over one saved run, whose list stays as it is.

    Parameters
    ----------
    words
        ``day``; ``run_id``, the newest saved run if empty; ``group``, its number; ``agencies``
        present, with commas between.

    Raises
    ------
    NotAllowedError
        The actor may not keep meetings.
    NotFoundError
        No such run or group, or the actor does not see it.
    """
    require(actor, Action.KEEP_GROUPS)
    heads = store.runs(reach_of(actor))
    asked = words.get("run_id", "").strip()
    known = [one.run_id for one in heads if not asked or one.run_id == asked]
    if not known:
        raise NotFoundError(
            f"A meeting was to be held over the saved run {asked or '(the newest)'}; there is none"
            " you may see. Save one: aim hotspots --save."
        )
    group = words.get("group", "").strip()
    if group:
        find_group(store, actor, group)
    meeting = Meeting(
        day=read_day(words.get("day", ""), "day"),
        run_id=known[-1],
        group=group,
        agencies=tuple(clean(one, "agencies") for one in read_list(words.get("agencies", ""))),
    )
    with store.transaction() as change:
        kept = change.add_task(key(), meeting, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(audit_entry(actor, Action.KEEP_GROUPS, meeting=kept.key, run=meeting.run_id))
    return kept


def decide(
    store: Store, actor: Actor, key: str, words: Mapping[str, str], *, version: int | None = None
) -> Kept[Meeting]:
    """Keep what a meeting decided of one place; a second decision takes the first's stead.

    Parameters
    ----------
    words
        ``hotspot_id`` of the meeting's list, ``choice``, ``group`` (number), ``reason`` and
        ``noted``: what was said to be done.
    version
        The version of the meeting the actor saw; None by somebody who was shown none.

    Raises
    ------
    NotFoundError
        No such meeting, or its list has no such place.
    ConflictError
        Another decision was kept since.
    ParameterError
        The decision says too little.
    """
    require(actor, Action.KEEP_GROUPS)
    kept = find_meeting(store, actor, key)
    if version is not None and kept.version != version:
        raise ConflictError(say_changed("meeting", version, kept.version, kept.changed_by))
    decision = _decision(store, actor, kept.what, words)
    others = [one for one in kept.what.decisions if one.hotspot_id != decision.hotspot_id]
    check_decisions([*others, decision])
    meeting = replace(kept.what, decisions=(*others, decision))
    event = TaskEvent(
        EventKind.CHANGED, decision.reason, ((decision.place, "", str(decision.choice)),)
    )
    with store.transaction() as change:
        changed = change.change_task(key, meeting, event, version=kept.version, actor=actor.id)
        change.record(
            audit_entry(
                actor,
                Action.KEEP_GROUPS,
                meeting=key,
                hotspot=decision.hotspot_id,
                choice=decision.choice.name,
            )
        )
    return changed


def find_meeting(store: Store, actor: Actor, key: str) -> Kept[Meeting]:
    """Return one meeting.

    Raises
    ------
    NotFoundError
        There is none, or the actor does not see it.
    """
    require(actor, Action.VIEW_TASKS)
    meetings = store.tasks(Meeting, task_reach_of(actor))
    found = next((one for one in meetings if one.key == key), None)
    if found is None:
        raise NotFoundError(f"There is no meeting {key!r}; `aim meeting list` shows what there is.")
    return found


def meetings_view(store: Store, actor: Actor) -> MeetingsView:
    """Build the page of meetings, the newest first."""
    require(actor, Action.VIEW_TASKS)
    count_view(store, actor, "meetings")
    names = group_names(store, actor)
    kept = sorted(store.tasks(Meeting, task_reach_of(actor)), key=lambda one: one.what.day)
    may_keep, lists = is_allowed(actor, Action.KEEP_GROUPS), _lists(store, actor)
    newest = list(reversed(lists.items()))[:MOST_LISTS]
    return MeetingsView(
        meetings=tuple(_line(one, names, lists) for one in reversed(kept)),
        may_keep=may_keep,
        groups=_group_options(names) if may_keep else (),
        lists=tuple(Option(run_id, said) for run_id, said in newest) if may_keep else (),
    )


def meeting_view(
    store: Store, actor: Actor, key: str, *, today: date, every: bool = False
) -> MeetingView:
    """Build the page of one meeting: what was decided last, what is late, and its list.

    Parameters
    ----------
    every
        Show the places in hand too.
    """
    kept = find_meeting(store, actor, key)
    count_view(store, actor, "meeting")
    names = group_names(store, actor)
    run = run_of(store, actor, kept.what)
    earlier = _earlier(store, actor, kept)
    places = _places(run, kept.what, _in_hand(earlier), names)
    hidden = [one for one in places if one.in_hand and one.decision is None]
    late = [
        card_of(one, names, today)
        for one in action_list(store, actor)
        if rate_action(one.what, today=today).colour is Colour.RED
        and (not kept.what.group or one.what.plan.group == kept.what.group)
    ]
    may_keep = is_allowed(actor, Action.KEEP_GROUPS)
    return MeetingView(
        line=_line(kept, names, _lists(store, actor)),
        version=kept.version,
        agencies=", ".join(kept.what.agencies),
        run_said="" if run is None else _say_run(run),
        before=_decision_lines(max(earlier, key=lambda one: one.day), names) if earlier else (),
        before_day=say_day(max(one.day for one in earlier)) if earlier else "",
        late=tuple(late),
        places=tuple(one for one in places if every or one not in hidden),
        hidden=0 if every else len(hidden),
        decisions=_decision_lines(kept.what, names),
        may_keep=may_keep and run is not None,
        choices=tuple(Option(str(choice), said) for choice, said in SAID.items()),
        groups=_group_options(names) if may_keep else (),
    )


def meetings_text(store: Store, actor: Actor) -> str:
    """Return the meetings as a plain table."""
    lines = meetings_view(store, actor).meetings
    if not lines:
        return "No meeting yet.\n"
    rows = [(one.key, one.day, one.run_id, one.group, str(one.decided)) for one in lines]
    names = ["meeting", "day", "run", "group", "decisions"]
    return text_table(pd.DataFrame(rows, columns=names))


def meeting_text(store: Store, actor: Actor, key: str, *, today: date) -> str:
    """Return one meeting as lines: its list with what was decided, and what is hidden."""
    view = meeting_view(store, actor, key, today=today)
    lines = [f"{view.line.day}, run {view.line.run_id}"]
    lines += [f"Last time: {one.place}: {one.said}" for one in view.before]
    lines += [f"Late: {one.title} ({one.standing})" for one in view.late]
    lines += [
        f"{one.rank}. {one.place} ({one.hotspot_id}), {one.incidents} incidents:"
        f" {one.decision.said if one.decision else 'not decided'}"
        for one in view.places
    ]
    lines += [f"{view.hidden} in hand and not listed."] if view.hidden else []
    return "\n".join(lines) + "\n"


def run_of(store: Store, actor: Actor, meeting: Meeting) -> HotspotRun | None:
    """Return the list a meeting had, where the actor may read saved runs."""
    try:
        return store.run(meeting.run_id, reach_of(actor))
    except NotFoundError:
        return None


def _decision(store: Store, actor: Actor, meeting: Meeting, words: Mapping[str, str]) -> Decision:
    run, hotspot_id = run_of(store, actor, meeting), words.get("hotspot_id", "").strip()
    listed = [] if run is None else run.hotspots["hotspot_id"].tolist()
    if run is None or hotspot_id not in listed:
        raise NotFoundError(f"The meeting's list has no place {hotspot_id!r}.")
    row = run.hotspots.iloc[listed.index(hotspot_id)]
    group = words.get("group", "").strip()
    if group:
        find_group(store, actor, group)
    return Decision(
        hotspot_id=hotspot_id,
        place=str(row["name"]),
        choice=word_of(Choice, words.get("choice", ""), "choice"),
        group=group,
        reason=clean(words.get("reason", ""), "told"),
        noted=clean(words.get("noted", ""), "told"),
        outline=outline_of(row["geometry"]),
        incidents=int(row["incidents"]),
        days=_days_of(run),
    )


def _days_of(run: HotspotRun) -> int:
    period = period_of(read_filter(run.facts["filter"]))
    return (period.until - period.since).days if period else 0


def _earlier(store: Store, actor: Actor, kept: Kept[Meeting]) -> list[Meeting]:
    """Return the meetings before one, of the same group or of the whole partnership."""
    return [
        one.what
        for one in store.tasks(Meeting, task_reach_of(actor))
        if one.what.day < kept.what.day and one.what.group == kept.what.group
    ]


def _in_hand(earlier: list[Meeting]) -> list[Decision]:
    """Return the decisions that still hold and say that a place is in hand."""
    decided = latest_choices(earlier).values()
    return [one for _, one in decided if one.choice is Choice.IN_HAND and one.outline]


def _places(
    run: HotspotRun | None,
    meeting: Meeting,
    in_hand: list[Decision],
    names: Mapping[str, str],
) -> list[MeetingPlace]:
    if run is None:
        return []
    decided = {one.hotspot_id: one for one in meeting.decisions}
    shapes, days = run.hotspots["geometry"].tolist(), _days_of(run)
    return [
        MeetingPlace(
            hotspot_id=row.hotspot_id or "",
            rank=row.rank,
            place=row.place,
            wards=row.wards,
            incidents=row.incidents,
            change=": ".join(filter(None, (row.change_word, row.change_counts))),
            in_hand=any(_still(one, shape, row.incidents, days) for one in in_hand),
            decision=decision_line(decided[row.hotspot_id], names)
            if row.hotspot_id in decided
            else None,
        )
        for row, shape in zip(hotspot_rows(run, statistics=False), shapes, strict=True)
    ]


def _still(decision: Decision, shape: shapely.Geometry, now: int, days: int) -> bool:
    """Tell whether a place in hand has changed no more than chance would.

    What was counted then is taken to as many days as are counted now.
    """
    if not same_place(shapely.from_wkt(decision.outline), shape):
        return False
    share = days / decision.days if days and decision.days else 1.0
    low, high = control_limits(decision.incidents * share)
    return low <= now <= high


def _lists(store: Store, actor: Actor) -> dict[str, str]:
    """Say of each saved list the actor may see when it was kept and what it is of, oldest first."""
    return {
        one.run_id: f"Kept on {say_day(one.made_at.astimezone(LONDON).date())}:"
        f" {say_filter(read_filter(one.facts['filter']), {})}"
        for one in store.runs(reach_of(actor))
    }


def _line(kept: Kept[Meeting], names: Mapping[str, str], lists: Mapping[str, str]) -> MeetingLine:
    return MeetingLine(
        key=kept.key,
        day=say_day(kept.what.day),
        run_id=kept.what.run_id,
        listed=lists.get(kept.what.run_id, f"Run {kept.what.run_id}"),
        group=names.get(kept.what.group, ""),
        decided=len(kept.what.decisions),
    )


def _decision_lines(meeting: Meeting, names: Mapping[str, str]) -> tuple[DecisionLine, ...]:
    return tuple(decision_line(one, names) for one in meeting.decisions)


def decision_line(decision: Decision, names: Mapping[str, str]) -> DecisionLine:
    """Return what was decided of one place in words, with the names of groups by number."""
    group = names.get(decision.group, "")
    return DecisionLine(
        place=decision.place,
        said=f"{SAID[decision.choice]}: {group}" if group else SAID[decision.choice],
        reason=decision.reason,
        noted=decision.noted,
    )


def _group_options(names: Mapping[str, str]) -> tuple[Option, ...]:
    return (Option("", "None"), *(Option(key, name) for key, name in names.items()))


def _say_run(run: HotspotRun) -> str:
    return say_filter(read_filter(run.facts["filter"]), {})
