"""Task-and-finish groups: formed, changed, listed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aim.access import audit_entry, require, task_reach_of
from aim.errors import ConflictError, NotFoundError
from aim.model.groups import Group
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed
from aim.model.times import read_day
from aim.store import Store
from aim.workflows.filters import find_ward
from aim.workflows.plans import (
    changes_between,
    check_accounts,
    clean,
    read_list,
    read_optional_day,
)
from aim.workflows.sites import new_key

GROUP_WORDS = {
    "name": "Name",
    "purpose": "What it is for",
    "lead_agency": "Lead agency",
    "chair": "Chair",
    "partners": "Partners",
    "members": "Members",
    "wards": "Wards",
    "start": "Starts",
    "finish": "Finishes",
    "reviews": "Reviews on",
}


def add_group(
    store: Store, actor: Actor, words: Mapping[str, str], *, key: Callable[[], str] = new_key
) -> Kept[Group]:
    """Form a group; who is named in it sees what it does.

    Parameters
    ----------
    words
        By the names of ``GROUP_WORDS``, lists with commas between.

    Raises
    ------
    NotAllowedError
        The actor may not keep groups.
    ParameterError
        It has no name or purpose, or a word cannot be read.
    """
    require(actor, Action.KEEP_GROUPS)
    group = _read_group(store, words, {"name": "", "purpose": ""})
    with store.transaction() as change:
        kept = change.add_task(key(), group, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(audit_entry(actor, Action.KEEP_GROUPS, group=kept.key))
    return kept


def change_group(
    store: Store, actor: Actor, key: str, words: Mapping[str, str], *, version: int
) -> Kept[Group]:
    """Change what a group is, for somebody who saw its newest version.

    Raises
    ------
    NotFoundError
        There is no such group.
    ConflictError
        It was changed since.
    """
    require(actor, Action.KEEP_GROUPS)
    kept = find_group(store, actor, key)
    if kept.version != version:
        raise ConflictError(say_changed("group", version, kept.version, kept.changed_by))
    group = _read_group(store, words, {}, kept.what)
    event = TaskEvent(EventKind.CHANGED, changes=changes_between(kept.what, group))
    with store.transaction() as change:
        changed = change.change_task(key, group, event, version=version, actor=actor.id)
        change.record(audit_entry(actor, Action.KEEP_GROUPS, group=key, version=changed.version))
    return changed


def group_list(store: Store, actor: Actor) -> list[Kept[Group]]:
    """Return the groups the actor sees, those still at work first, then by name."""
    require(actor, Action.VIEW_TASKS)
    groups = store.tasks(Group, task_reach_of(actor))
    return sorted(groups, key=lambda one: (one.what.finish is not None, one.what.name, one.key))


def find_group(store: Store, actor: Actor, key: str) -> Kept[Group]:
    """Return one group.

    Raises
    ------
    NotFoundError
        There is none, or the actor does not see it.
    """
    found = next((one for one in group_list(store, actor) if one.key == key), None)
    if found is None:
        raise NotFoundError(f"There is no group {key!r}; `aim group list` shows what there is.")
    return found


def group_names(store: Store, actor: Actor) -> dict[str, str]:
    """Return the names of the groups the actor sees, by number."""
    return {one.key: one.what.name for one in store.tasks(Group, task_reach_of(actor))}


def _read_group(
    store: Store, words: Mapping[str, str], empty: dict[str, Any], over: Group | None = None
) -> Group:
    read: dict[str, Any] = {**empty}
    for name in {"name", "purpose", "lead_agency"} & set(words):
        read[name] = clean(words[name], name)
    if "chair" in words:
        read["chair"] = words["chair"].strip()
    if "partners" in words:
        read["partners"] = tuple(clean(one, "partners") for one in read_list(words["partners"]))
    if "members" in words:
        read["members"] = frozenset(read_list(words["members"]))
    if "wards" in words:
        read["wards"] = tuple(find_ward(store, one) for one in read_list(words["wards"]))
    for name in {"start", "finish"} & set(words):
        read[name] = read_optional_day(words[name], name)
    if "reviews" in words:
        read["reviews"] = tuple(read_day(one, "reviews") for one in read_list(words["reviews"]))
    group = Group(**read) if over is None else replace(over, **read)
    check_accounts(store, group.everybody)
    return group
