"""Records of the office: a version each, and a history for good.

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
from aim.model.groups import Group
from aim.model.tasks import (
    EventKind,
    GroupKeys,
    Kept,
    Task,
    TaskEvent,
    TaskReach,
    say_changed,
)
from aim.store.moments import from_epoch, to_epoch
from aim.store.plain import as_plain, from_plain
from aim.store.tables import task_event, task_record

What = TypeVar("What", bound=Task)


class TaskChanges:
    """The changes of a transaction that concern records of the office."""

    _connection: Connection
    _clock: Callable[[], datetime]

    def add_task(self, key: str, what: What, event: TaskEvent, *, actor: str) -> Kept[What]:
        """Keep a new record under a key nobody can guess; the caller records it in the chain.

        Raises
        ------
        ConflictError
            The key is taken.
        """
        kind, at = what.kind, self._clock()
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
        kind, at = what.kind, self._clock()
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

    def note_task(self, kind: type[Task], key: str, event: TaskEvent, *, actor: str) -> None:
        """Add a line to a record's history that changes nothing, such as a comment.

        Raises
        ------
        NotFoundError
            There is no such record.
        """
        _found(self._connection, kind.kind, key)
        _append(self._connection, kind.kind, key, event, actor=actor, at=self._clock())


class TaskReads(ABC):
    """The reads of a store that concern records of the office."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give one unchanging view of the store."""

    def tasks(self, kind: type[What], reach: TaskReach) -> list[Kept[What]]:
        """Return the records of a kind that a reach shows, oldest first."""
        if not reach.who:
            return []
        with self._reading() as connection:
            groups = _groups_of(connection, reach)
            found = _all(connection, kind)
        return [one for one in found if one.what.is_for(reach, groups)]

    def task(self, kind: type[What], key: str, reach: TaskReach) -> Kept[What]:
        """Return one record.

        Raises
        ------
        NotFoundError
            There is none, or the reach does not show it: both are said alike.
        """
        with self._reading() as connection:
            row = _row(connection, kind.kind, key)
            kept = None if row is None else _kept(kind, row)
            if kept and reach.who and kept.what.is_for(reach, _groups_of(connection, reach)):
                return kept
        raise _missing(kind.kind, key)

    def task_history(self, kind: type[Task], key: str, reach: TaskReach) -> list[TaskEvent]:
        """Return what happened to a record, oldest first.

        Raises
        ------
        NotFoundError
            As for ``task``.
        """
        self.task(kind, key, reach)
        with self._reading() as connection:
            rows = connection.execute(
                select(task_event)
                .where(task_event.c.kind == kind.kind, task_event.c.key == key)
                .order_by(task_event.c.number)
            ).all()
        return [_event(row) for row in rows]


def _groups_of(connection: Connection, reach: TaskReach) -> GroupKeys:
    groups = _all(connection, Group)
    return GroupKeys(
        own=frozenset(one.key for one in groups if one.what.has(reach)),
        seen=frozenset(one.key for one in groups if one.what.is_for(reach, GroupKeys())),
    )


def _all(connection: Connection, kind: type[What]) -> list[Kept[What]]:
    rows = connection.execute(
        select(task_record)
        .where(task_record.c.kind == kind.kind)
        .order_by(task_record.c.made_at, task_record.c.key)
    ).all()
    return [_kept(kind, row) for row in rows]


def _missing(kind: str, key: str) -> NotFoundError:
    return NotFoundError(f"There is no {kind} {key!r}; its list shows what there is.")


def _row(connection: Connection, kind: str, key: str) -> Row[Any] | None:
    return connection.execute(
        select(task_record).where(task_record.c.kind == kind, task_record.c.key == key)
    ).one_or_none()


def _found(connection: Connection, kind: str, key: str) -> Row[Any]:
    row = _row(connection, kind, key)
    if row is None:
        raise _missing(kind, key)
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
