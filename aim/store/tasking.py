"""Sites, groups, actions and meetings: records with a version each, and a history for good.

What a reach does not show is left out here, before anything is counted, sorted or named.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, func, insert, select, update

from aim.errors import ConflictError, NotFoundError
from aim.model.actions import ActionRecord, EventKind, Kept, Site, TaskEvent, TaskReach, say_changed
from aim.model.groups import Group, Meeting
from aim.store.moments import from_epoch, to_epoch
from aim.store.plain import as_plain, from_plain
from aim.store.tables import task_event, task_record

What = TypeVar("What", Site, Group, ActionRecord, Meeting)
KINDS: dict[type[Any], str] = {
    Site: "place",
    Group: "group",
    ActionRecord: "action",
    Meeting: "meeting",
}


class TaskChanges:
    """The changes of a transaction that concern groups, places, actions and meetings."""

    _connection: Connection
    _clock: Callable[[], datetime]

    def add_task(self, key: str, what: What, event: TaskEvent, *, actor: str) -> Kept[What]:
        """Keep a new record under a key nobody can guess; the caller records it in the chain.

        Raises
        ------
        ConflictError
            The key is taken.
        """
        kind, at = KINDS[type(what)], self._clock()
        if _row(self._connection, kind, key) is not None:
            raise ConflictError(f"The {kind} {key} was to be added and exists already. Try again.")
        self._connection.execute(
            insert(task_record).values(
                kind=kind,
                key=key,
                version=1,
                content=_to_json(what),
                made_by=actor,
                made_at=to_epoch(at),
                changed_by=actor,
                changed_at=to_epoch(at),
            )
        )
        _append(self._connection, kind, key, event, actor=actor, at=at)
        return _kept(type(what), _found(self._connection, kind, key))

    def change_task(
        self, key: str, what: What, event: TaskEvent, *, version: int, actor: str
    ) -> Kept[What]:
        """Keep what a record is now, for somebody who saw its newest version.

        Raises
        ------
        NotFoundError
            There is no such record.
        ConflictError
            It was changed since that version.
        """
        kind, at = KINDS[type(what)], self._clock()
        found = _found(self._connection, kind, key)
        if found.version != version:
            raise ConflictError(say_changed(kind, version, found.version, found.changed_by))
        self._connection.execute(
            update(task_record)
            .where(task_record.c.kind == kind, task_record.c.key == key)
            .values(
                version=version + 1,
                content=_to_json(what),
                changed_by=actor,
                changed_at=to_epoch(at),
            )
        )
        _append(self._connection, kind, key, event, actor=actor, at=at)
        return _kept(type(what), _found(self._connection, kind, key))

    def note_action(self, key: str, event: TaskEvent, *, actor: str) -> None:
        """Add a line to an action's history that changes nothing, such as a comment.

        Raises
        ------
        NotFoundError
            There is no such action.
        """
        _found(self._connection, KINDS[ActionRecord], key)
        _append(self._connection, KINDS[ActionRecord], key, event, actor=actor, at=self._clock())


class TaskReads(ABC):
    """The reads of a store that concern groups, places, actions and meetings."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give one unchanging view of the store."""

    def sites(self, reach: TaskReach) -> list[Kept[Site]]:
        """Return the places people work at, oldest first."""
        return [one for one in self._all(Site, reach) if _may_know(one.what.readers, reach)]

    def groups(self, reach: TaskReach) -> list[Kept[Group]]:
        """Return the groups, oldest first: all, or those of the reader and their agency."""
        return [one for one in self._all(Group, reach) if _sees_group(one.what, reach)]

    def meetings(self, reach: TaskReach) -> list[Kept[Meeting]]:
        """Return the meetings, oldest first; those of a group to who sees the group."""
        seen = {"", *(one.key for one in self.groups(reach))}
        return [one for one in self._all(Meeting, reach) if one.what.group in seen]

    def actions(self, reach: TaskReach) -> list[Kept[ActionRecord]]:
        """Return the actions, oldest first; restricted ones to those they name alone."""
        own = self._groups_of(reach)
        return [one for one in self._all(ActionRecord, reach) if _sees_action(one.what, reach, own)]

    def action(self, key: str, reach: TaskReach) -> Kept[ActionRecord]:
        """Return one action.

        Raises
        ------
        NotFoundError
            There is none, or the reach does not show it: both are said alike.
        """
        with self._reading() as connection:
            row = _row(connection, KINDS[ActionRecord], key)
        if row is not None:
            kept = _kept(ActionRecord, row)
            if _sees_action(kept.what, reach, self._groups_of(reach)):
                return kept
        raise NotFoundError(f"There is no action {key!r}; `aim action list` shows what there is.")

    def action_history(self, key: str, reach: TaskReach) -> list[TaskEvent]:
        """Return what happened to an action, oldest first.

        Raises
        ------
        NotFoundError
            As for ``action``.
        """
        self.action(key, reach)
        with self._reading() as connection:
            rows = connection.execute(
                select(task_event)
                .where(task_event.c.kind == KINDS[ActionRecord], task_event.c.key == key)
                .order_by(task_event.c.number)
            ).all()
        return [_event(row) for row in rows]

    def _groups_of(self, reach: TaskReach) -> frozenset[str]:
        return frozenset(one.key for one in self._all(Group, reach) if _is_in(one.what, reach))

    def _all(self, kind: type[What], reach: TaskReach) -> list[Kept[What]]:
        if not reach.who:
            return []
        with self._reading() as connection:
            rows = connection.execute(
                select(task_record)
                .where(task_record.c.kind == KINDS[kind])
                .order_by(task_record.c.made_at, task_record.c.key)
            ).all()
        return [_kept(kind, row) for row in rows]


def _may_know(readers: frozenset[str], reach: TaskReach) -> bool:
    return bool(reach.who) and (not readers or reach.who in readers)


def _is_in(group: Group, reach: TaskReach) -> bool:
    return reach.who in group.everybody or group.name in reach.groups


def _sees_group(group: Group, reach: TaskReach) -> bool:
    agencies = {group.lead_agency, *group.partners}
    return reach.every or _is_in(group, reach) or reach.agency in agencies


def _sees_action(action: ActionRecord, reach: TaskReach, own_groups: frozenset[str]) -> bool:
    plan = action.plan
    readers = plan.readers or (plan.site.readers if plan.site else frozenset())
    if not _may_know(readers, reach):
        return False
    if plan.readers or reach.every or plan.owner == reach.who or plan.group in own_groups:
        return True
    return bool(reach.agency) and plan.agency == reach.agency


def _row(connection: Connection, kind: str, key: str) -> Row[Any] | None:
    return connection.execute(
        select(task_record).where(task_record.c.kind == kind, task_record.c.key == key)
    ).one_or_none()


def _found(connection: Connection, kind: str, key: str) -> Row[Any]:
    row = _row(connection, kind, key)
    if row is None:
        raise NotFoundError(f"There is no {kind} {key!r}.")
    return row


def _kept(kind: type[What], row: Row[Any]) -> Kept[What]:
    return Kept(
        key=row.key,
        version=row.version,
        what=from_plain(kind, json.loads(row.content)),
        made_by=row.made_by,
        made_at=from_epoch(row.made_at),
        changed_by=row.changed_by,
        changed_at=from_epoch(row.changed_at),
    )


def _append(
    connection: Connection, kind: str, key: str, event: TaskEvent, *, actor: str, at: datetime
) -> None:
    last = connection.scalar(
        select(func.max(task_event.c.number)).where(
            task_event.c.kind == kind, task_event.c.key == key
        )
    )
    connection.execute(
        insert(task_event).values(
            kind=kind,
            key=key,
            number=int(last or 0) + 1,
            what=str(event.kind),
            content=json.dumps(
                {"words": event.words, "changes": event.changes}, ensure_ascii=False
            ),
            actor=actor,
            at=to_epoch(at),
        )
    )


def _event(row: Row[Any]) -> TaskEvent:
    content = json.loads(row.content)
    return TaskEvent(
        kind=EventKind(row.what),
        words=content["words"],
        changes=from_plain(tuple[tuple[str, str, str], ...], content["changes"]),
        number=row.number,
        actor=row.actor,
        at=from_epoch(row.at),
    )


def _to_json(what: Any) -> str:
    return json.dumps(as_plain(what), ensure_ascii=False, sort_keys=True)
