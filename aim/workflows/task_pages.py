"""The pages of actions and groups, as plain values, and the same as text for the keyboard."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pandas as pd

from aim.access import is_allowed, reach_of, require, task_reach_of
from aim.exports import text_table
from aim.model.actions import ActionRecord, Baseline, Site, Stage
from aim.model.groups import Group
from aim.model.people import Action, Actor
from aim.model.records import SavedRun
from aim.model.tasks import EventKind, Kept, TaskEvent
from aim.model.times import LONDON, say_day
from aim.store import Store
from aim.tasking import Colour, moves_open_to, rate_action
from aim.tasking.stages import NEEDS_WORDS
from aim.workflows.actions import action_list, gaps_of, who_of
from aim.workflows.attachments import file_lines
from aim.workflows.audit import count_view, record_view
from aim.workflows.groups import GROUP_WORDS, find_group, group_list, group_names
from aim.workflows.periods import Period
from aim.workflows.plans import PLAN_WORDS, say_field, say_plan, say_value
from aim.workflows.reviews import Measured, measure_action
from aim.workflows.sites import newest_found, say_apart, say_found_at, site_list, ward_names
from aim.workflows.task_forms import group_form, plan_form, plan_values, update_form
from aim.workflows.task_views import (
    ActionCard,
    ActionView,
    BoardSection,
    BoardView,
    ConflictView,
    FormField,
    GroupCard,
    GroupsView,
    GroupView,
    HistoryLine,
    MoveButton,
)
from aim.workflows.words import say_number

STAGE_ORDER = (
    *(Stage.UNDER_WAY, Stage.AGREED, Stage.DRAFT),
    *(Stage.DONE, Stage.REVIEWED, Stage.DROPPED),
)
MOVE_LABELS = {
    Stage.DRAFT: "Draft it again",
    Stage.AGREED: "Agree it",
    Stage.UNDER_WAY: "It is under way",
    Stage.DONE: "It is done",
    Stage.REVIEWED: "It is reviewed",
    Stage.DROPPED: "Drop it",
}
NO_GROUP = "No group"
_NOT_YET = "not said"


def board_view(
    store: Store, actor: Actor, *, today: date, by: str = "stage", mine: bool = False
) -> BoardView:
    """Build the board of actions.

    Parameters
    ----------
    today
        London day.
    by
        ``stage`` or ``group``.
    mine
        Only those the actor answers for, by due day.
    """
    actions = action_list(store, actor)
    count_view(store, actor, "actions")
    if mine:
        actions = [one for one in actions if one.what.plan.owner == actor.id]
    names = group_names(store, actor)
    cards = [card_of(one, names, today) for one in actions]
    return BoardView(
        sections=_by_group(cards, names) if by == "group" else _by_stage(cards),
        by=by if by == "group" else "stage",
        mine=mine,
        overdue=_overdue(actions, today),
        shown=len(cards),
        may_plan=is_allowed(actor, Action.PLAN_TASKS),
    )


def action_view(
    store: Store,
    actor: Actor,
    key: str,
    *,
    today: date,
    written: Mapping[str, str] | None = None,
) -> ActionView:
    """Build the page of one action.

    Parameters
    ----------
    today
        London day.
    written
        What somebody wrote into its form and could not keep.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    """
    require(actor, Action.VIEW_TASKS)
    reach = task_reach_of(actor)
    kept = store.task(ActionRecord, key, reach)
    _note_view(store, actor, kept)
    record, names = kept.what, group_names(store, actor)
    may_plan = is_allowed(actor, Action.PLAN_TASKS)
    checks = may_plan and record.stage is Stage.DRAFT
    found = _found(store, actor, kept.what, today, may_plan=may_plan)
    gaps = gaps_of(store, actor, record.plan, today=today) if checks else ()
    closed = record.stage in {Stage.REVIEWED, Stage.DROPPED}
    site, taken_from = record.plan.site, _list_of(store, actor, record.plan.site)
    return ActionView(
        card=card_of(kept, names, today),
        place_address=f"/hotspots/{site.hotspot_id}" if site and taken_from else "",
        version=kept.version,
        facts=_facts(kept, names, taken_from),
        measured=say_baseline(record.baseline),
        progress=record.progress,
        result=record.result,
        found=found.words,
        doubts=found.doubts,
        gaps=tuple((gap.part, gap.words) for gap in gaps),
        shows_gaps=checks,
        moves=tuple(
            MoveButton(str(to), MOVE_LABELS[to], NEEDS_WORDS.get(to, ""))
            for to in moves_open_to(record.stage, who_of(store, actor, kept))
        ),
        history=tuple(
            history_line(one, {**PLAN_WORDS, "progress": "Progress"})
            for one in reversed(store.task_history(ActionRecord, key, reach))
        ),
        form=()
        if closed or not may_plan
        else plan_form(store, actor, plan=record.plan, written=written),
        update_form=update_form(record.progress),
        may_update=record.stage is Stage.UNDER_WAY,
        files=file_lines(store, actor, key),
    )


def new_action_form(
    store: Store, actor: Actor, written: Mapping[str, str]
) -> tuple[FormField, ...]:
    """Return the form of a new action, with what is known already, such as its place."""
    require(actor, Action.PLAN_TASKS)
    known = {name: text for name, text in written.items() if name in PLAN_WORDS}
    return plan_form(store, actor, written={"months": "3", **known})


def conflict_view(
    store: Store, actor: Actor, key: str, words: Mapping[str, str], told: str
) -> ConflictView:
    """Lay what somebody wrote beside what an action says meanwhile.

    Parameters
    ----------
    words
        What they wrote, by field.
    told
        Why it was not kept.
    """
    require(actor, Action.VIEW_TASKS)
    kept = store.task(ActionRecord, key, task_reach_of(actor))
    now = plan_values(kept.what.plan)
    names = group_names(store, actor)
    own = {name: text.strip() for name, text in words.items() if name in PLAN_WORDS}
    differing = [name for name in PLAN_WORDS if own.get(name, now[name]) != now[name]]
    other = [
        (label, "", words[name])
        for name, label in (("progress", "Progress"), ("told", "Told"), ("to", "Stage"))
        if words.get(name)
    ]
    may_plan = is_allowed(actor, Action.PLAN_TASKS) and bool(own)
    form = plan_form(store, actor, plan=kept.what.plan, written=own) if may_plan else ()
    # What was chosen from a list is told as the list has it.
    chosen = {
        field.name: choice.label for field in form for choice in field.choices if choice.chosen
    }
    return ConflictView(
        address=f"/actions/{key}",
        title=kept.what.plan.title,
        told=told,
        version=kept.version,
        rows=(
            *(
                (PLAN_WORDS[one], say_field(kept.what.plan, one, names), chosen.get(one, own[one]))
                for one in differing
            ),
            *other,
        ),
        form=form,
    )


def groups_view(
    store: Store, actor: Actor, *, today: date, written: Mapping[str, str] | None = None
) -> GroupsView:
    """Build the page of groups and kept places."""
    groups = group_list(store, actor)
    count_view(store, actor, "groups")
    actions, sites = action_list(store, actor), site_list(store, actor)
    found = newest_found(store, actor)
    return GroupsView(
        groups=tuple(_group_card(one, actions, today) for one in groups),
        sites=tuple(
            (
                one.key,
                one.what.name,
                str(one.what.origin),
                one.what.owner,
                say_span(one.what.since, one.what.until),
                say_found_at(one.what, found),
            )
            for one in sites
        ),
        apart=say_apart([one.what for one in sites if one.what.holds_on(today)], found),
        form=group_form(store, actor, written=written)
        if is_allowed(actor, Action.KEEP_GROUPS)
        else (),
    )


def group_view(
    store: Store,
    actor: Actor,
    key: str,
    *,
    today: date,
    written: Mapping[str, str] | None = None,
) -> GroupView:
    """Build the page of one group.

    Raises
    ------
    NotFoundError
        There is none, or the actor does not see it.
    """
    require(actor, Action.VIEW_TASKS)
    kept = find_group(store, actor, key)
    count_view(store, actor, "group")
    actions = [one for one in action_list(store, actor) if one.what.plan.group == key]
    names = {key: kept.what.name}
    return GroupView(
        card=_group_card(kept, actions, today),
        version=kept.version,
        facts=_group_facts(store, kept.what),
        sections=_by_stage([card_of(one, names, today) for one in actions]),
        form=group_form(store, actor, kept.what, written=written)
        if is_allowed(actor, Action.KEEP_GROUPS)
        else (),
        may_plan=is_allowed(actor, Action.PLAN_TASKS),
    )


def actions_text(store: Store, actor: Actor, *, today: date, mine: bool = False) -> str:
    """Return the board as a plain table."""
    board = board_view(store, actor, today=today, mine=mine)
    rows = [
        (card.key, card.stage, card.standing, card.due, card.owner, card.place, card.title)
        for section in board.sections
        for card in section.cards
    ]
    names = ("action", "stage", "standing", "due", "owner", "place", "what")
    return _table(names, rows) if rows else "No action yet.\n"


def action_text(store: Store, actor: Actor, key: str, *, today: date) -> str:
    """Return one action as lines: what it is, what it lacks, what happened."""
    view = action_view(store, actor, key, today=today)
    lines = [f"{view.card.title}: {view.card.stage}, {view.card.standing}"]
    lines += [f"{label}: {text}" for label, text in view.facts]
    lines += [view.measured] if view.measured else []
    lines += list(view.found)
    lines += [f"Beware: {words}" for words in view.doubts]
    lines += [f"Missing ({part}): {words}" for part, words in view.gaps]
    lines += [f"{one.when}  {one.who}  {one.what}  {one.words}".rstrip() for one in view.history]
    return "\n".join(lines) + "\n"


def groups_text(store: Store, actor: Actor, *, today: date) -> str:
    """Return the groups as a plain table."""
    cards = groups_view(store, actor, today=today).groups
    names = ("group", "name", "chair", "lead agency", "open actions", "overdue")
    rows = [
        (one.key, one.name, one.chair, one.lead_agency, str(one.open_actions), str(one.overdue))
        for one in cards
    ]
    return _table(names, rows) if rows else "No group yet.\n"


def sites_text(store: Store, actor: Actor) -> str:
    """Return the kept places as a plain table."""
    rows = [
        (f"place:{one.key}", one.what.name, str(one.what.origin), one.what.owner)
        for one in site_list(store, actor)
    ]
    return _table(("place", "name", "origin", "owner"), rows) if rows else "No place yet.\n"


def card_of(kept: Kept[ActionRecord], names: Mapping[str, str], today: date) -> ActionCard:
    """Return an action as one card of a board."""
    record, plan = kept.what, kept.what.plan
    rating = rate_action(record, today=today)
    return ActionCard(
        key=kept.key,
        title=plan.title,
        place=plan.site.name if plan.site else "",
        stage=str(record.stage),
        colour=str(rating.colour) if rating.colour else "",
        standing=rating.words,
        due=say_day(plan.due) if plan.due else "",
        owner=plan.owner,
        agency=plan.agency,
        group=names.get(plan.group, ""),
        restricted=plan.is_restricted,
    )


def say_baseline(baseline: Baseline | None) -> str:
    """Say what was counted when an action was agreed; nothing before that.

    Examples
    --------
    >>> say_baseline(Baseline(20, date(2026, 2, 1), date(2026, 5, 1), 8, 36))
    'Agreed on 20 reports in February 2026 to April 2026; 8 or fewer in as long would be a fall.'
    """
    if baseline is None:
        return ""
    counted = say_number(baseline.count, "report", "reports")
    period = Period(baseline.since, baseline.until).say()
    if baseline.falls_to < 0:
        return f"Agreed on {counted} in {period}; too few for any fall to show."
    return (
        f"Agreed on {counted} in {period}; {baseline.falls_to:,} or fewer in as long would be a"
        " fall."
    )


def _table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return text_table(pd.DataFrame(rows, columns=list(names)))


def _found(
    store: Store, actor: Actor, record: ActionRecord, today: date, *, may_plan: bool
) -> Measured:
    """Return what the review kept; once the review day is there, what it would find now."""
    if record.stage is Stage.REVIEWED:
        return Measured(record.measured, record.doubts)
    due = record.plan.review is not None and record.plan.review <= today
    if record.stage is Stage.DONE and due and may_plan:
        return measure_action(store, actor, record)
    return Measured()


def _note_view(store: Store, actor: Actor, kept: Kept[ActionRecord]) -> None:
    """Count a look at an action; one at a restricted action is on record."""
    if kept.what.plan.is_restricted:
        record_view(store, actor, "action", subject=kept.key)
    else:
        count_view(store, actor, "action")


def _list_of(store: Store, actor: Actor, site: Site | None) -> SavedRun | None:
    """Return the saved list a place was taken from, where the actor may see it."""
    runs = store.runs(reach_of(actor)) if site and site.run_id else []
    return next((one for one in runs if site and one.run_id == site.run_id), None)


def _facts(
    kept: Kept[ActionRecord], names: Mapping[str, str], taken_from: SavedRun | None
) -> tuple[tuple[str, str], ...]:
    plan, record = kept.what.plan, kept.what
    said = [one for one in say_plan(plan, names) if one[0] != PLAN_WORDS["title"]]
    made = say_day(taken_from.made_at.astimezone(LONDON).date()) if taken_from else ""
    extra = [("Place chosen from", f"The list of hotspots kept on {made}")] if made else []
    extra += [("Why it was dropped", record.reason)] if record.reason else []
    return (*said, *extra)


def history_line(event: TaskEvent, labels: Mapping[str, str]) -> HistoryLine:
    """Return one line of a record's history, its fields by the names people read."""
    moved = event.changes[-1][2] if event.kind is EventKind.MOVED and event.changes else ""
    when = event.at.astimezone(LONDON) if event.at else None
    return HistoryLine(
        when=f"{say_day(when.date())}, {when:%H:%M}" if when else "",
        who=event.actor,
        what=f"{event.kind} to {moved}" if moved else str(event.kind),
        words=event.words,
        changes=()
        if moved
        else tuple(
            (labels.get(name, name), was or _NOT_YET, now or _NOT_YET)
            for name, was, now in event.changes
        ),
    )


def _by_stage(cards: Iterable[ActionCard]) -> tuple[BoardSection, ...]:
    listed = list(cards)
    sections = [
        BoardSection(
            str(stage).capitalize(), tuple(one for one in listed if one.stage == str(stage))
        )
        for stage in STAGE_ORDER
    ]
    return tuple(one for one in sections if one.cards)


def _by_group(cards: Iterable[ActionCard], names: Mapping[str, str]) -> tuple[BoardSection, ...]:
    listed = list(cards)
    sections = [
        BoardSection(name or NO_GROUP, tuple(one for one in listed if one.group == name))
        for name in (*sorted(set(names.values())), "")
    ]
    return tuple(one for one in sections if one.cards)


def _overdue(actions: Iterable[Kept[ActionRecord]], today: date) -> int:
    return sum(
        one.what.plan.due is not None
        and one.what.plan.due < today
        and rate_action(one.what, today=today).colour is Colour.RED
        for one in actions
    )


def _group_card(kept: Kept[Group], actions: Iterable[Kept[ActionRecord]], today: date) -> GroupCard:
    own = [one for one in actions if one.what.plan.group == kept.key]
    at_work = {Stage.AGREED, Stage.UNDER_WAY}
    return GroupCard(
        key=kept.key,
        name=kept.what.name,
        purpose=kept.what.purpose,
        lead_agency=kept.what.lead_agency,
        chair=kept.what.chair,
        dates=say_span(kept.what.start, kept.what.finish),
        open_actions=sum(one.what.stage in at_work for one in own),
        overdue=_overdue(own, today),
    )


def _group_facts(store: Store, group: Group) -> tuple[tuple[str, str], ...]:
    wards = ward_names(store)
    said = {name: say_value(getattr(group, name)) for name in GROUP_WORDS}
    said["wards"] = ", ".join(wards.get(code, code) for code in group.wards)
    return tuple(
        (label, said[name])
        for name, label in GROUP_WORDS.items()
        if name not in {"name", "purpose"} and said[name]
    )


def say_span(since: date | None, until: date | None) -> str:
    """Say from which day to which something holds; nothing where neither is said.

    Examples
    --------
    >>> say_span(date(2026, 5, 4), None)
    'since 4 May 2026'
    """
    if since and until:
        return f"{say_day(since)} to {say_day(until)}"
    if since:
        return f"since {say_day(since)}"
    return f"until {say_day(until)}" if until else ""
