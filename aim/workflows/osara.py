"""Problem-solving records of places: written, changed, and what they lack."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aim.access import audit_entry, require, task_reach_of
from aim.errors import ConflictError, NotFoundError, ParameterError
from aim.model.people import Action, Actor
from aim.model.plans import OSARA_PARTS, Osara
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed
from aim.store import Store
from aim.tasking import tidy_lines
from aim.workflows.groups import find_group
from aim.workflows.plans import changes_between, clean
from aim.workflows.sites import find_site, new_key

# Five parts of this length, with what the store says to them, still fill two pages.
LONGEST_PART = 1_000


def add_record(
    store: Store, actor: Actor, words: Mapping[str, str], *, key: Callable[[], str] = new_key
) -> Kept[Osara]:
    """Begin the record of a place a group works at; its parts may be empty at first.

    Parameters
    ----------
    words
        ``group``, its number; ``site`` as ``find_site`` takes it; the names of ``OSARA_PARTS``.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    NotFoundError
        There is no such group or place, or the actor may not know of it.
    ConflictError
        The group has a record of that place already.
    ParameterError
        No place is named, or a part is too long.
    """
    require(actor, Action.PLAN_TASKS)
    group = find_group(store, actor, words.get("group", "").strip())
    site = find_site(store, actor, words.get("site", ""))
    if site is None:
        raise ParameterError("A record was to be begun and no place is chosen; choose one.")
    if any(one.what.site == site for one in record_list(store, actor, group.key)):
        raise ConflictError(f"The group has a record of {site.name} already; change that one.")
    record = Osara(site, group.key, **_read_parts(words))
    with store.transaction() as change:
        kept = change.add_task(key(), record, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(audit_entry(actor, Action.PLAN_TASKS, record=kept.key, group=group.key))
    return kept


def change_record(
    store: Store, actor: Actor, key: str, words: Mapping[str, str], *, version: int | None = None
) -> Kept[Osara]:
    """Change parts of a record; what is absent stays.

    Parameters
    ----------
    words
        By the names of ``OSARA_PARTS``.
    version
        The version the actor saw; None by somebody who was shown none.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    ConflictError
        It was changed since.
    """
    require(actor, Action.PLAN_TASKS)
    kept = find_record(store, actor, key)
    if version is not None and version != kept.version:
        raise ConflictError(say_changed("record", version, kept.version, kept.changed_by))
    read: dict[str, Any] = dict(_read_parts(words))
    record = replace(kept.what, **read)
    if record == kept.what:
        return kept
    event = TaskEvent(EventKind.CHANGED, changes=changes_between(kept.what, record))
    with store.transaction() as change:
        changed = change.change_task(key, record, event, version=kept.version, actor=actor.id)
        change.record(audit_entry(actor, Action.PLAN_TASKS, record=key, version=changed.version))
    return changed


def record_list(store: Store, actor: Actor, group: str = "") -> list[Kept[Osara]]:
    """Return the records the actor may know of, by place; of one group where one is named."""
    require(actor, Action.VIEW_TASKS)
    kept = store.tasks(Osara, task_reach_of(actor))
    chosen = [one for one in kept if not group or one.what.group == group]
    return sorted(chosen, key=lambda one: (one.what.site.name, one.key))


def find_record(store: Store, actor: Actor, key: str) -> Kept[Osara]:
    """Return one record.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    """
    require(actor, Action.VIEW_TASKS)
    found = next((one for one in record_list(store, actor) if one.key == key), None)
    if found is None:
        raise NotFoundError(f"There is no record {key!r}; `aim plan show` names those of a group.")
    return found


def _read_parts(words: Mapping[str, str]) -> dict[str, str]:
    read = {
        name: tidy_lines(clean(words[name], "details")) for name in OSARA_PARTS if name in words
    }
    for name, text in read.items():
        if len(text) > LONGEST_PART:
            raise ParameterError(
                f"`{name}` has {len(text):,} characters; it holds {LONGEST_PART:,} at most, so"
                " that the plan stays at two pages. Shorten it."
            )
    return read
