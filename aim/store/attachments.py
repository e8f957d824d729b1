"""Files attached to records of the office: seen by whom the record is seen, gone for good if so.

The row of a file that was taken out stays without name and content: its number is not used again,
and the history goes on saying that there was one.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from aim.errors import NotFoundError
from aim.model.attachments import Attachment
from aim.model.tasks import Kept, Task, TaskReach
from aim.store import sqlite
from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import attachment, task_record

_TOLD = [column for column in attachment.c if column.name != "content"]


class AttachmentChanges:
    """The changes of a transaction that concern attached files."""

    _connection: Connection
    _clock: Callable[[], datetime]

    def attach(
        self,
        kind: type[Task],
        key: str,
        content: bytes,
        *,
        name: str,
        media_type: str,
        sha256: str,
        actor: str,
    ) -> Attachment:
        """Keep a file beside a record; the caller settled that there is one the actor may know."""
        last = self._connection.scalar(select(func.max(attachment.c.number)).where(_of(kind, key)))
        at, number = self._clock(), int(last or 0) + 1
        self._connection.execute(
            insert(attachment).values(
                kind=kind.kind,
                key=key,
                number=number,
                name=name,
                media_type=media_type,
                size=len(content),
                sha256=sha256,
                content=content,
                actor=actor,
                at=to_epoch(at),
            )
        )
        return Attachment(number, name, media_type, len(content), sha256, actor, at)

    def remove_attachments(self, kind: type[Task], key: str, numbers: Iterable[int]) -> int:
        """Remove files for good, and return how many were there."""
        sqlite.overwrite_what_is_deleted(self._connection)
        gone = self._connection.execute(
            update(attachment)
            .where(_of(kind, key), attachment.c.number.in_(list(numbers)), _is_kept())
            .values(name="", content=None)
        )
        return int(gone.rowcount)


class AttachmentReads(ABC):
    """The reads of a store that concern attached files."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give one unchanging view of the store."""

    def tasks_with_files(self, kind: type[Task], fields: Mapping[str, str]) -> dict[str, list[int]]:
        """Return the numbers of the files of records with given texts in their fields, by key.

        It takes no reach: it is for erasing what is kept of a person, and says keys and numbers.

        Parameters
        ----------
        fields
            Path of a field in the record, such as ``plan.case_reference``, and what it holds.
        """
        with self._reading() as connection:
            rows = connection.execute(
                select(attachment.c.key, attachment.c.number, task_record.c.content)
                .join(task_record, _same_record())
                .where(attachment.c.kind == kind.kind, _is_kept())
                .order_by(attachment.c.key, attachment.c.number)
            ).all()
        found: dict[str, list[int]] = {}
        for key, number, content in rows:
            if _holds(json.loads(content), fields):
                found.setdefault(key, []).append(number)
        return found

    @abstractmethod
    def task(self, kind: type[Any], key: str, reach: TaskReach) -> Kept[Any]:
        """Return the record a file belongs to, if the reach shows it."""

    def attachments(self, kind: type[Task], key: str, reach: TaskReach) -> list[Attachment]:
        """Return what is told of a record's files, oldest first.

        Raises
        ------
        NotFoundError
            There is no such record, or the reach does not show it.
        """
        self.task(kind, key, reach)
        with self._reading() as connection:
            rows = connection.execute(
                select(*_TOLD).where(_of(kind, key), _is_kept()).order_by(attachment.c.number)
            ).all()
        return [_attachment(row) for row in rows]

    def attached(
        self, kind: type[Task], key: str, number: int, reach: TaskReach
    ) -> tuple[Attachment, bytes]:
        """Return one file of a record.

        Raises
        ------
        NotFoundError
            There is none, or the reach does not show the record: all are said alike.
        """
        self.task(kind, key, reach)
        with self._reading() as connection:
            row = connection.execute(
                select(attachment).where(_of(kind, key), attachment.c.number == number, _is_kept())
            ).one_or_none()
        if row is None:
            raise NotFoundError(f"There is no file {number} with the {kind.kind} {key!r}.")
        return _attachment(row), bytes(row.content)


def _of(kind: type[Task], key: str) -> Any:
    return and_(attachment.c.kind == kind.kind, attachment.c.key == key)


def _same_record() -> Any:
    return and_(attachment.c.kind == task_record.c.kind, attachment.c.key == task_record.c.key)


def _holds(record: Any, fields: Mapping[str, str]) -> bool:
    for path, text in fields.items():
        value = record
        for name in path.split("."):
            value = value.get(name, {})
        if value != text:
            return False
    return True


def _is_kept() -> Any:
    return attachment.c.content.is_not(None)


def _attachment(row: Row[Any]) -> Attachment:
    return Attachment(
        number=row.number,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        actor=row.actor,
        at=from_epoch(row.at),
    )
