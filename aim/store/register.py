"""The register of events after which a feed's numbers mean something else."""

import json
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from aim.errors import NotFoundError
from aim.model.breaks import Break, BreakKind
from aim.model.records import SavedBreak
from aim.store.moments import day_number, day_of, from_epoch, to_epoch
from aim.store.tables import series_break


def add(connection: Connection, entry: Break, *, actor: str, at: datetime) -> SavedBreak:
    """Add an entry; its number is never given again."""
    number = int(connection.scalar(select(func.max(series_break.c.number))) or 0) + 1
    connection.execute(
        insert(series_break).values(
            number=number,
            day=day_number(entry.day),
            kind=entry.kind.value,
            source=entry.source,
            types=json.dumps(list(entry.types)),
            note=entry.note,
            actor=actor,
            at=to_epoch(at),
            removed=False,
        )
    )
    return _find(connection, number)


def remove(connection: Connection, number: int) -> SavedBreak:
    """Take an entry out of the register and return it.

    Raises
    ------
    NotFoundError
        There is no such entry.
    """
    found = _find(connection, number)
    connection.execute(
        update(series_break).where(series_break.c.number == number).values(removed=True)
    )
    return found


def list_all(connection: Connection) -> list[SavedBreak]:
    """Return the entries, by day, then in the order they were made."""
    rows = connection.execute(
        select(series_break)
        .where(~series_break.c.removed)
        .order_by(series_break.c.day, series_break.c.number)
    )
    return [
        SavedBreak(
            number=row.number,
            entry=Break(
                day_of(row.day),
                BreakKind(row.kind),
                row.source,
                tuple(json.loads(row.types)),
                row.note,
            ),
            actor=row.actor,
            added_at=from_epoch(row.at),
        )
        for row in rows
    ]


def _find(connection: Connection, number: int) -> SavedBreak:
    found = [one for one in list_all(connection) if one.number == number]
    if not found:
        raise NotFoundError(f"The register has no entry {number}; list it to see what there is.")
    return found[0]
