"""Actions: drafted, made SMART, agreed, moved, told of; every step by the table and on record."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from aim.access import audit_entry, require, task_reach_of
from aim.errors import ActionStateError, ConflictError, NotFoundError, NotSmartError
from aim.model.actions import FIXED_STAGES, WHOLE, ActionPlan, ActionRecord, Site, Stage
from aim.model.audit import AuditEntry
from aim.model.groups import Group
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed, word_of
from aim.store import Store
from aim.tasking import Gap, check_move, check_smart, find_gaps
from aim.workflows.groups import group_names
from aim.workflows.measuring import take_baseline
from aim.workflows.plans import PLAN_WORDS, clean, read_number, read_plan, say_field
from aim.workflows.reviews import measure_action
from aim.workflows.sites import find_site, new_key

_CLOSED = frozenset({Stage.REVIEWED, Stage.DROPPED})


def draft_action(
    store: Store, actor: Actor, words: Mapping[str, str], *, key: Callable[[], str] = new_key
) -> Kept[ActionRecord]:
    """Draft an action; a draft may lack anything but a title.

    Parameters
    ----------
    words
        By the names of ``PLAN_WORDS``; ``site`` as ``find_site`` takes it. Contact details in
        texts are masked.

    Raises
    ------
    NotAllowedError
        The actor may not plan actions.
    NotFoundError, ParameterError
        No such place or group, or a word cannot be read.
    """
    require(actor, Action.PLAN_TASKS)
    site = find_site(store, actor, words.get("site", ""))
    plan = _planned(store, actor, words, ActionPlan(words.get("title", "").strip() or " "), site)
    record = ActionRecord(plan)
    with store.transaction() as change:
        kept = change.add_task(key(), record, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(_entry(actor, Action.PLAN_TASKS, kept))
    return kept


def change_action(
    store: Store,
    actor: Actor,
    key: str,
    words: Mapping[str, str],
    *,
    version: int | None = None,
    today: date,
) -> Kept[ActionRecord]:
    """Change what an action is, for somebody who saw its newest version.

    Once it is agreed, what is counted and aimed at stays, and a change may open no new gap.

    Raises
    ------
    NotFoundError
        There is no such action, or the actor may not know of it.
    ConflictError
        It was changed since.
    ActionStateError, NotSmartError
        It is over, what is measured was agreed, or it would be SMART no longer.
    """
    require(actor, Action.PLAN_TASKS)
    kept = _at_version(store, actor, key, version)
    old = kept.what
    site = find_site(store, actor, words["site"]) if words.get("site") else old.plan.site
    plan = _planned(store, actor, words, old.plan, site)
    _check_change(old, plan, today)
    event = TaskEvent(EventKind.CHANGED, changes=_plan_changes(store, actor, old.plan, plan))
    if not event.changes:
        return kept
    return _keep(store, actor, kept, replace(old, plan=plan), event)


def move_action(
    store: Store,
    actor: Actor,
    key: str,
    to: str,
    *,
    version: int | None = None,
    today: date,
    words: str = "",
) -> Kept[ActionRecord]:
    """Move an action to its next stage, where the table and the SMART check allow it.

    Parameters
    ----------
    to
        The stage, as a word.
    version
        The version the actor saw; None by somebody who was shown none.
    words
        Why it is dropped, or what the review found.

    Raises
    ------
    NotFoundError
        There is no such action, or the actor may not know of it.
    ConflictError
        It was changed since.
    ActionStateError
        The table does not have that move for this person.
    NotSmartError
        It was to be agreed and has gaps; all are named.
    """
    require(actor, Action.DO_TASKS)
    kept = _at_version(store, actor, key, version)
    told = clean(words, "told")
    stage = word_of(Stage, to, "stage")
    check_move(kept.what.stage, stage, who_of(store, actor, kept), words=told)
    moved = _moved(store, actor, kept.what, stage, told=told, today=today)
    event = TaskEvent(EventKind.MOVED, told, (("stage", str(kept.what.stage), str(stage)),))
    return _keep(store, actor, kept, moved, event)


def update_action(
    store: Store,
    actor: Actor,
    key: str,
    *,
    version: int | None = None,
    progress: str = "",
    told: str = "",
) -> Kept[ActionRecord]:
    """Tell how far an action is, and what was done.

    Raises
    ------
    NotFoundError, ConflictError
        As for ``move_action``.
    ActionStateError
        It is not under way.
    """
    require(actor, Action.DO_TASKS)
    kept = _at_version(store, actor, key, version)
    if kept.what.stage is not Stage.UNDER_WAY:
        raise ActionStateError(
            f"An update was given; the action is {kept.what.stage}. Updates are for actions under"
            " way; a comment is always taken."
        )
    share = read_number(progress.strip().removesuffix("%"), "progress")
    done = kept.what.progress if share is None else share
    record = replace(kept.what, progress=done)
    changed = (("progress", f"{kept.what.progress} %", f"{done} %"),)
    event = TaskEvent(
        EventKind.UPDATED, clean(told, "told"), changed if record != kept.what else ()
    )
    return _keep(store, actor, kept, record, event)


def comment_action(store: Store, actor: Actor, key: str, words: str) -> None:
    """Say something about an action; comments never stand in each other's way.

    Raises
    ------
    NotFoundError
        There is no such action, or the actor may not know of it.
    ActionStateError
        Nothing is said.
    """
    require(actor, Action.DO_TASKS)
    kept = store.task(ActionRecord, key, task_reach_of(actor))
    told = clean(words, "told")
    if not told:
        raise ActionStateError("A comment was to be kept and is empty; write what is to be said.")
    with store.transaction() as change:
        change.note_task(ActionRecord, key, TaskEvent(EventKind.COMMENTED, told), actor=actor.id)
        change.record(_entry(actor, Action.DO_TASKS, kept, what="comment"))


def action_list(store: Store, actor: Actor) -> list[Kept[ActionRecord]]:
    """Return the actions the actor sees, by due day, those without one last."""
    require(actor, Action.VIEW_TASKS)
    return sorted(store.tasks(ActionRecord, task_reach_of(actor)), key=_by_due)


def find_action(store: Store, actor: Actor, key: str) -> Kept[ActionRecord]:
    """Return one action.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    """
    require(actor, Action.VIEW_TASKS)
    return store.task(ActionRecord, key, task_reach_of(actor))


def gaps_of(store: Store, actor: Actor, plan: ActionPlan, *, today: date) -> tuple[Gap, ...]:
    """Return what a draft lacks before it can be agreed, counted now."""
    return find_gaps(plan, take_baseline(store, actor, plan, today=today), today=today)


def who_of(store: Store, actor: Actor, kept: Kept[ActionRecord]) -> frozenset[str]:
    """Return the words the table of stages knows somebody by: roles, owner, chair."""
    plan = kept.what.plan
    words = {str(role) for role in actor.roles}
    words |= {"owner"} if plan.owner == actor.id else set()
    group = _group_of(store, actor, plan)
    return frozenset(words | ({"chair"} if group and group.chair == actor.id else set()))


def _group_of(store: Store, actor: Actor, plan: ActionPlan) -> Group | None:
    groups = store.tasks(Group, task_reach_of(actor)) if plan.group else []
    return next((one.what for one in groups if one.key == plan.group), None)


def _by_due(kept: Kept[ActionRecord]) -> tuple[date, str, str]:
    return kept.what.plan.due or date.max, kept.what.plan.title, kept.key


def _at_version(store: Store, actor: Actor, key: str, version: int | None) -> Kept[ActionRecord]:
    kept = store.task(ActionRecord, key, task_reach_of(actor))
    if version is not None and kept.version != version:
        raise ConflictError(say_changed("action", version, kept.version, kept.changed_by))
    return kept


def _planned(
    store: Store, actor: Actor, words: Mapping[str, str], over: ActionPlan, site: Site | None
) -> ActionPlan:
    plan = read_plan(store, actor, words, over=over, site=site)
    if plan.group and plan.group != over.group and plan.group not in group_names(store, actor):
        raise NotFoundError(
            f"There is no group {plan.group!r}; `aim group list` shows what there is."
        )
    return plan


def _check_change(old: ActionRecord, plan: ActionPlan, today: date) -> None:
    if old.stage in _CLOSED:
        raise ActionStateError(
            f"{old.plan.title!r} was to be changed; it is {old.stage}. Draft a new action."
        )
    if old.stage not in FIXED_STAGES:
        return
    if plan.measure != old.plan.measure:
        raise ActionStateError(
            f"{old.plan.title!r} was to be changed; its place, reports, months and target were"
            " agreed and stay. Drop it and draft another."
        )
    before = find_gaps(old.plan, old.baseline, today=today)
    new = [gap for gap in find_gaps(plan, old.baseline, today=today) if gap not in before]
    if new:
        told = " ".join(f"{gap.part}: {gap.words}" for gap in new)
        raise NotSmartError(f"{plan.title!r} is agreed and was to be changed. {told}")


def _moved(
    store: Store, actor: Actor, record: ActionRecord, to: Stage, *, told: str, today: date
) -> ActionRecord:
    if to is Stage.AGREED:
        baseline = take_baseline(store, actor, record.plan, today=today)
        check_smart(record.plan, baseline, today=today)
        return replace(record, stage=to, baseline=baseline)
    if to is Stage.DRAFT:
        return ActionRecord(record.plan)
    if to is Stage.DROPPED:
        return replace(record, stage=to, reason=told)
    if to is Stage.REVIEWED:
        found = measure_action(store, actor, record)
        return replace(record, stage=to, result=told, measured=found.words, doubts=found.doubts)
    return replace(record, stage=to, progress=WHOLE if to is Stage.DONE else record.progress)


def _plan_changes(
    store: Store, actor: Actor, old: ActionPlan, new: ActionPlan
) -> tuple[tuple[str, str, str], ...]:
    names = group_names(store, actor)
    return tuple(
        (name, say_field(old, name, names), say_field(new, name, names))
        for name in PLAN_WORDS
        if getattr(old, name) != getattr(new, name)
    )


def _keep(
    store: Store,
    actor: Actor,
    kept: Kept[ActionRecord],
    record: ActionRecord,
    event: TaskEvent,
) -> Kept[ActionRecord]:
    action = Action.PLAN_TASKS if event.kind is EventKind.CHANGED else Action.DO_TASKS
    with store.transaction() as change:
        changed = change.change_task(kept.key, record, event, version=kept.version, actor=actor.id)
        change.record(_entry(actor, action, changed, what=str(event.kind)))
    return changed


def _entry(
    actor: Actor, action: Action, kept: Kept[ActionRecord], what: str | None = None
) -> AuditEntry:
    return audit_entry(
        actor,
        action,
        task=kept.key,
        version=kept.version,
        stage=kept.what.stage.name,
        what=what,
        restricted=kept.what.plan.is_restricted or None,
    )
