"""Rows gone for good: out of every table that holds their contents, and out of what is counted.

What a delivery said of an erased row is forgotten, so that no undoing can bring it back; saved runs
lose the member and keep how many they lost. Counts of deliveries and the audit chain stay.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from aim.model.incidents import COLUMN_NAMES, REJECTED_COLUMNS
from aim.model.records import Erased
from aim.store import editions, sqlite
from aim.store.bulk import rows_of, write_rows
from aim.store.contents import (
    Ids,
    frame_of,
    from_payload,
    ids_from_bytes,
    ids_from_hex,
    ids_to_bytes,
    ids_to_hex,
)
from aim.store.manifests import Pairs, read_pairs
from aim.store.moments import day_number, day_of, to_epoch
from aim.store.tables import (
    CONTENT_COLUMNS,
    RowState,
    batch,
    batch_erased,
    erased,
    incident,
    incident_link,
    incident_place,
    incident_ward,
    manifest,
    rejected,
    run_erased,
    run_member,
    version,
)

EARLIER = "earlier"
_HELD = ("incident_id", "state", *CONTENT_COLUMNS)


# --- erasing -------------------------------------------------------------------------------------


def erase(connection: Connection, ids: Iterable[str], *, at: datetime, remember: bool) -> Erased:
    """Remove rows for good.

    Parameters
    ----------
    ids
        Identities, 32 hexadecimal digits; unknown ones are passed over.
    remember
        Whether the identities are kept, so that the rows are not taken in again.
    """
    gone = np.unique(ids_from_hex(ids))
    if not len(gone):
        return Erased()
    sqlite.overwrite_what_is_deleted(connection)
    each = [(one,) for one in ids_to_bytes(gone)]
    members = _drop_members(connection, gone)
    deliveries = _forget_in_manifests(connection, gone)
    for table in (incident_ward, incident_place):
        _delete(connection, table, each)
    links = sum(
        write_rows(connection, delete(incident_link).where(end == bindparam("one")), ("one",), each)
        for end in (incident_link.c.incident_a, incident_link.c.incident_b)
    )
    done = Erased(
        rows=_delete(connection, incident, each),
        earlier=_delete(connection, version, each),
        members=members,
        links=links,
        deliveries=deliveries,
    )
    if remember:
        _remember(connection, gone, at)
    editions.hold(connection)
    return done


def _delete(connection: Connection, table: Any, each: list[tuple[bytes]]) -> int:
    return write_rows(
        connection, delete(table).where(table.c.incident_id == bindparam("one")), ("one",), each
    )


def _drop_members(connection: Connection, gone: Ids) -> int:
    """Take the rows out of saved runs, and keep how many each run lost."""
    statement = select(run_member.c.incident_id, run_member.c.run)
    found = list(rows_of(connection, statement, run_member.c.incident_id, gone))
    if not found:
        return 0
    with sqlite.deletable(connection, run_member.name):
        _delete(connection, run_member, [(one,) for one in {row[0] for row in found}])
    for number, lost in pd.Series([row[1] for row in found]).value_counts().items():
        _add_count(connection, run_erased.c.run, run_erased.c.members, int(str(number)), int(lost))
    return len(found)


def _forget_in_manifests(connection: Connection, gone: Ids) -> int:
    """Take the rows out of what the deliveries said; return of how many deliveries."""
    touched = 0
    for number in connection.scalars(select(batch.c.number)).all():
        row = connection.execute(select(manifest).where(manifest.c.number == number)).one()
        kept, lost = _without(read_pairs(row.kept), gone)
        withdrawn, let_go = _without(read_pairs(row.withdrawn), gone)
        if lost or let_go:
            connection.execute(
                update(manifest)
                .where(manifest.c.number == number)
                .values(kept=kept.to_bytes(), withdrawn=withdrawn.to_bytes())
            )
        if lost:
            _add_count(connection, batch_erased.c.number, batch_erased.c.rows, number, lost)
            touched += 1
    return touched


def _without(pairs: Pairs, gone: Ids) -> tuple[Pairs, int]:
    out = np.isin(pairs.ids, gone)
    return Pairs(pairs.ids[~out], pairs.hashes[~out]), int(out.sum())


def _add_count(connection: Connection, of: Any, count: Any, number: int, more: int) -> None:
    changed = connection.execute(update(of.table).where(of == number).values({count: count + more}))
    if not changed.rowcount:
        connection.execute(insert(of.table).values({of: number, count: more}))


def _remember(connection: Connection, gone: Ids, at: datetime) -> None:
    known = {row[0] for row in rows_of(connection, select(erased.c.incident_id), _ERASED, gone)}
    fresh = [(one, to_epoch(at)) for one in ids_to_bytes(gone) if one not in known]
    write_rows(connection, insert(erased), ("incident_id", "at"), fresh)


_ERASED = erased.c.incident_id


def erased_among(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Return which of some rows were erased for a person and must not come back."""
    if not connection.scalar(select(func.count()).select_from(erased)):
        return set()
    asked = np.unique(ids_from_hex(ids))
    found = rows_of(connection, select(erased.c.incident_id), _ERASED, asked)
    return set(ids_to_hex(row[0] for row in found))


def rows_erased(connection: Connection, number: int) -> int:
    """Return how many rows of a delivery are gone for good."""
    found = connection.scalar(select(batch_erased.c.rows).where(batch_erased.c.number == number))
    return int(found or 0)


def members_erased(connection: Connection, run: int) -> int:
    """Return how many members of a saved run are gone for good."""
    found = connection.scalar(select(run_erased.c.members).where(run_erased.c.run == run))
    return int(found or 0)


# --- finding -------------------------------------------------------------------------------------


def find_past(connection: Connection, source: str, before: date) -> pd.DataFrame:
    """Return ``incident_id`` and ``month`` of a source's rows that ended before a London day.

    Rows that were withdrawn or undone are among them.
    """
    rows = connection.execute(
        select(incident.c.incident_id, incident.c.first_day)
        .where(incident.c.source == source, incident.c.last_day < day_number(before))
        .order_by(incident.c.incident_id)
    ).all()
    return pd.DataFrame(
        {
            "incident_id": pd.Series(ids_to_hex(row[0] for row in rows), dtype="str"),
            "month": pd.Series([f"{day_of(row[1]):%Y-%m}" for row in rows], dtype="str"),
        }
    )


def find_reference(connection: Connection, reference: str, source: str) -> pd.DataFrame:
    """Return everything kept under a sender's reference: the row, and each earlier content.

    Returns
    -------
    pandas.DataFrame
        The declared columns and ``state``: current, held, withdrawn, undone or earlier; sorted by
        identity, the row before its earlier contents. ``batch_id`` is missing.
    """
    conditions = [incident.c.source_ref == reference]
    if source:
        conditions.append(incident.c.source == source)
    now = connection.execute(
        select(*(incident.c[name] for name in _HELD))
        .where(*conditions)
        .order_by(incident.c.incident_id)
    ).all()
    ids = ids_from_bytes([row[0] for row in now])
    statement = select(version.c.incident_id, version.c.payload)
    earlier = [
        (row[0], EARLIER, *from_payload(row[1]))
        for row in rows_of(connection, statement, version.c.incident_id, ids)
    ]
    rows = [(row[0], RowState(row[1]).name.lower(), *row[2:]) for row in now]
    rows = sorted([*rows, *earlier], key=lambda row: (row[0], row[1] == EARLIER))
    return _declared(rows)


def _declared(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    names = [name for name in COLUMN_NAMES if name != "batch_id"]
    at = [_HELD.index(name) for name in names]
    frame = frame_of(names, [[row[one] for one in at] for row in rows])
    return frame.assign(
        batch_id=pd.Series(None, index=frame.index, dtype="str"),
        state=pd.Series([row[1] for row in rows], index=frame.index, dtype="str"),
    )


# --- rejected rows -------------------------------------------------------------------------------


def find_rejected(connection: Connection, reference: str, source: str) -> pd.DataFrame:
    """Return the refused rows with a reference, with the delivery they came in."""
    rows = connection.execute(
        select(batch.c.batch_id, batch.c.sources, *(rejected.c[name] for name in REJECTED_COLUMNS))
        .join(batch, batch.c.number == rejected.c.number)
        .where(rejected.c.source_ref == reference)
        .order_by(rejected.c.number, rejected.c.position)
    ).all()
    shown = [row for row in rows if not source or source in json.loads(row.sources)]
    names = ("batch_id", *REJECTED_COLUMNS)
    return pd.DataFrame(
        {
            name: pd.Series(
                [getattr(row, name) for row in shown], dtype="int64" if name == "row" else "str"
            )
            for name in names
        }
    )


def clear_rejected(
    connection: Connection, source: str, *, reference: str = "", before: datetime | None = None
) -> int:
    """Take cell and reference out of refused rows of a source; file, row and reason stay.

    Parameters
    ----------
    source
        Empty for every source.
    reference
        Only rows with this reference.
    before
        Only rows of deliveries received before.
    """
    sqlite.overwrite_what_is_deleted(connection)
    numbers = [
        row.number
        for row in connection.execute(select(batch.c.number, batch.c.sources, batch.c.received_at))
        if (not source or source in json.loads(row.sources))
        and (before is None or row.received_at < to_epoch(before))
    ]
    holds: list[ColumnElement[bool]] = [
        or_(rejected.c.cell.is_not(None), rejected.c.source_ref.is_not(None))
    ]
    if reference:
        holds.append(rejected.c.source_ref == reference)
    changed = connection.execute(
        update(rejected)
        .where(rejected.c.number.in_(numbers), *holds)
        .values(cell=None, source_ref=None)
    )
    return int(changed.rowcount)


def count_rejected(connection: Connection, source: str, before: datetime) -> int:
    """Count the refused rows of a source, received before, that still hold cell or reference."""
    rows = connection.execute(
        select(batch.c.sources, func.count())
        .join(rejected, rejected.c.number == batch.c.number)
        .where(
            batch.c.received_at < to_epoch(before),
            or_(rejected.c.cell.is_not(None), rejected.c.source_ref.is_not(None)),
        )
        .group_by(batch.c.number)
    ).all()
    return sum(row[1] for row in rows if source in json.loads(row[0]))
