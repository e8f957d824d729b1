"""Writing a delivery, and taking it back."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, bindparam, func, insert, select, update

from aim.errors import ConflictError, NotFoundError, ParameterError
from aim.model.agreements import WHOLE_ROW
from aim.model.incidents import REJECTED_COLUMNS, FeedResult
from aim.model.people import Reach
from aim.model.records import Batch, Delivery
from aim.model.times import next_month, read_month
from aim.store import editions, erasing, overlay, placing
from aim.store.bulk import CHUNK, rows_of, write_rows
from aim.store.contents import (
    Contents,
    from_payload,
    ids_from_bytes,
    ids_to_bytes,
    prepare,
    to_payload,
)
from aim.store.filling import WardFinder, insert_rows
from aim.store.manifests import (
    NO_PAIRS,
    WHATEVER,
    Manifest,
    Pairs,
    Standing,
    positions_in,
    read_pairs,
    sorted_pairs,
    standing_of,
)
from aim.store.moments import day_number, from_epoch, to_epoch
from aim.store.protocol import CodesOf
from aim.store.sqlite import refresh_statistics
from aim.store.tables import (
    CONTENT_COLUMNS,
    THERE,
    RowState,
    batch,
    incident,
    manifest,
    rejected,
    version,
)

Mask = npt.NDArray[np.bool_]
_ROW = ("incident_id", "content_hash", "state", "batch_number", *CONTENT_COLUMNS)
# Above one row in so many, reading what the deliveries said is cheaper than reading the rows.
_SHARE = 4
_PLACE = (CONTENT_COLUMNS.index("easting"), CONTENT_COLUMNS.index("northing"))


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds of the ids of a delivery, aligned with them."""

    known: Mask
    current: Mask
    same: Mask  # the content is the one delivered


@dataclass(frozen=True, slots=True)
class Saved:
    """What a delivery did."""

    batch: Batch
    changed: bool


def save(
    connection: Connection,
    delivery: Delivery,
    result: FeedResult,
    *,
    actor: str,
    batch_id: str | None,
    at: datetime,
    codes_of: CodesOf | None = None,
) -> Saved:
    """Write a delivery and count what it did.

    Parameters
    ----------
    codes_of
        Finds the wards of new rows in the current set; None leaves them to be looked for.

    Raises
    ------
    ParameterError
        The rows are not this feed's, or lack what every incident has.
    NotFoundError, ConflictError
        The batch to be replaced is unknown; the batch id is taken.
    """
    contents = prepare(result.incidents)
    _refuse_other_feeds(delivery, contents)
    number, name = _next_batch(connection, batch_id)
    held = _held(connection, contents)
    said = Manifest(
        number,
        Pairs(contents.ids, contents.hashes),
        _withdrawals(connection, delivery, contents),
    )
    gone = _current_among(connection, said)
    added = int((~held.current).sum())
    unchanged = int((held.current & held.same).sum())
    repeats, changes = _repeats(contents)
    kept = Batch(
        batch_id=name,
        feed=delivery.feed,
        source=_one_or_several(contents, delivery.source),
        agency=delivery.agency,
        file_name=delivery.file_name,
        file_sha256=delivery.file_sha256,
        received_at=at,
        actor=actor,
        read=len(result.incidents) + len(result.rejected),
        added=added,
        unchanged=unchanged + repeats,
        updated=len(contents) - added - unchanged + changes,
        withdrawn=len(gone),
        rejected=len(result.rejected),
        state="current",
        replaces=delivery.replaces,
        notes=delivery.notes,
    )
    _write_batch(connection, number, kept, contents)
    _write_manifest(connection, said)
    _write_rejected(connection, number, result.rejected)
    _insert(connection, contents.take(~held.known), number, codes_of)
    _change(connection, contents, held, number, at)
    _set_state(connection, [(RowState.WITHDRAWN, number, one) for one in gone])
    changed = bool(added or kept.updated - changes or gone)
    changed |= editions.hold(connection)
    return Saved(kept, changed)


def undo(connection: Connection, batch_id: str, at: datetime) -> Batch:
    """Take a delivery back, or bring it back; rows say again what the other deliveries say.

    Raises
    ------
    NotFoundError
        No delivery has that name.
    ConflictError
        All its rows are gone for good.
    """
    row = find_batch(connection, batch_id)
    _refuse_erased(connection, row)
    connection.execute(
        update(batch).where(batch.c.number == row.number).values(undone=not row.undone)
    )
    touched = _manifest(connection, row.number).named()
    standing = standing_of(touched, _current_manifests(connection))
    _apply(connection, standing, at)
    editions.hold(connection)
    return to_batch(find_batch(connection, batch_id))


def _refuse_erased(connection: Connection, row: Any) -> None:
    gone = erasing.rows_erased(connection, row.number)
    if gone and not len(_manifest(connection, row.number).named()):
        raise ConflictError(
            f"{row.batch_id} was to be taken back or brought back; its {gone:,} rows were removed"
            " for good, past their time or for a person, and cannot return."
        )


# --- saving ----------------------------------------------------------------------------------


def _refuse_other_feeds(delivery: Delivery, contents: Contents) -> None:
    others = sorted(set(contents.columns["feed"].distinct()) - {delivery.feed})
    if others:
        raise ParameterError(
            f"A delivery of {delivery.feed} holds rows of {', '.join(others)};"
            " save each feed's rows as their own delivery."
        )


def _next_batch(connection: Connection, batch_id: str | None) -> tuple[int, str]:
    number = (connection.scalar(select(func.max(batch.c.number))) or 0) + 1
    name = batch_id or f"b{number:04d}"
    if connection.scalar(select(batch.c.number).where(batch.c.batch_id == name)) is not None:
        raise ConflictError(f"A delivery called {name} is already kept; give another batch id.")
    return number, name


def _rows_held(connection: Connection) -> int:
    """Return about how many incidents there are, without counting them."""
    return int(connection.scalar(select(func.sum(batch.c.added))) or 0)


def _held(connection: Connection, contents: Contents) -> Held:
    nothing = np.zeros(len(contents), np.bool_)
    held = Held(nothing, nothing.copy(), nothing.copy())
    total = _rows_held(connection)
    if len(contents) * _SHARE > total > 0:
        _hold_as_told(connection, contents, held)
    if total:
        _hold_as_stored(connection, contents, held, total)
    return held


def _hold_as_told(connection: Connection, contents: Contents, held: Held) -> None:
    """Mark rows that are current by what the deliveries said, without reading the rows."""
    standing = standing_of(contents.ids, _current_manifests(connection))
    current = standing.state == RowState.CURRENT
    held.known[current], held.current[current] = True, True
    held.same[current] = (standing.hashes == contents.hashes)[current]


def _hold_as_stored(connection: Connection, contents: Contents, held: Held, total: int) -> None:
    """Look up the rows that are not known to be current."""
    rest = np.flatnonzero(~held.known)
    ids = contents.ids[rest]
    statement = select(incident.c.incident_id, incident.c.content_hash, incident.c.state)
    rows = list(rows_of(connection, statement, incident.c.incident_id, ids, total))
    at, _ = positions_in(ids_from_bytes([row[0] for row in rows]), ids)
    at = rest[at]
    held.known[at] = True
    held.current[at] = [row[2] in THERE for row in rows]
    held.same[at] = contents.hashes[at] == np.array([row[1] for row in rows], np.int64)


def _current_manifests(connection: Connection) -> Iterator[Manifest]:
    """Give the deliveries that are not undone, oldest first."""
    numbers = select(batch.c.number).where(~batch.c.undone).order_by(batch.c.number)
    return (_manifest(connection, number) for number in connection.scalars(numbers).all())


def _repeats(contents: Contents) -> tuple[int, int]:
    """Count rows that a later row of the same delivery repeats, and those it changes."""
    earlier = contents.superseded
    if earlier is None:
        return 0, 0
    at, _ = positions_in(earlier.ids, contents.ids)
    same = int((contents.hashes[at] == earlier.hashes).sum())
    return same, len(earlier) - same


def _one_or_several(contents: Contents, given: str) -> str:
    sources = set(contents.columns["source"].distinct())
    return given if len(sources) < 2 else "several"  # noqa: PLR2004 - two are several


def _withdrawals(connection: Connection, delivery: Delivery, contents: Contents) -> Pairs:
    """Return the contents this delivery withdraws: rows it replaces and does not hold.

    Hidden contents are among them: when they come back, this delivery still speaks after them.
    """
    if delivery.replaces is None:
        return NO_PAIRS
    sources = sorted({delivery.source, *contents.columns["source"].distinct()})
    try:
        month = read_month(delivery.replaces)
    except ParameterError:
        found = _of_batch(connection, delivery, sources)
    else:
        days = day_number(month), day_number(next_month(month))
        found = _of_month(connection, delivery.feed, sources, days)
    _, delivered = positions_in(found.ids, contents.ids)
    return Pairs(found.ids[~delivered], found.hashes[~delivered])


def _of_batch(connection: Connection, delivery: Delivery, sources: Sequence[str]) -> Pairs:
    row = find_batch(connection, str(delivery.replaces))
    if row.feed != delivery.feed:
        raise ConflictError(
            f"{row.batch_id} is a delivery of {row.feed}; it cannot be replaced by one of"
            f" {delivery.feed}."
        )
    named = _manifest(connection, row.number).kept.ids
    statement = select(incident.c.incident_id).where(
        incident.c.feed == delivery.feed, incident.c.source.in_(sources)
    )
    rows = rows_of(connection, statement, incident.c.incident_id, named, _rows_held(connection))
    ids = np.unique(ids_from_bytes([found[0] for found in rows]))
    return Pairs(ids, np.full(len(ids), WHATEVER, np.int64))


def _of_month(
    connection: Connection, feed: str, sources: Sequence[str], days: tuple[int, int]
) -> Pairs:
    found: list[Any] = []
    for table in (incident, version):
        found += connection.execute(
            select(table.c.incident_id, table.c.content_hash).where(
                table.c.feed == feed,
                table.c.source.in_(sources),
                table.c.first_day >= days[0],
                table.c.first_day < days[1],
            )
        ).all()
    return sorted_pairs(
        ids_from_bytes([row[0] for row in found]), np.array([row[1] for row in found], np.int64)
    )


def _current_among(connection: Connection, said: Manifest) -> list[bytes]:
    """Return the rows a new delivery withdraws that are current now."""
    ids = np.unique(said.withdrawn.ids)
    statement = select(incident.c.incident_id, incident.c.content_hash).where(
        incident.c.state.in_(THERE)
    )
    rows = list(rows_of(connection, statement, incident.c.incident_id, ids, _rows_held(connection)))
    keys = set(said.withdrawn.keys().tolist())
    found = ids_from_bytes([row[0] for row in rows])
    exact = Pairs(found, np.array([row[1] for row in rows], np.int64)).keys().tolist()
    whole = Pairs(found, np.full(len(found), WHATEVER, np.int64)).keys().tolist()
    return [
        row[0]
        for row, one, other in zip(rows, exact, whole, strict=True)
        if one in keys or other in keys
    ]


def _write_batch(connection: Connection, number: int, kept: Batch, contents: Contents) -> None:
    sources = sorted({kept.source, *contents.columns["source"].distinct()} - {"several"})
    agencies = sorted({kept.agency, *contents.columns["agency"].distinct()})
    connection.execute(
        insert(batch).values(
            number=number,
            batch_id=kept.batch_id,
            feed=kept.feed,
            source=kept.source,
            agency=kept.agency,
            file_name=kept.file_name,
            file_sha256=kept.file_sha256,
            received_at=to_epoch(kept.received_at),
            actor=kept.actor,
            read=kept.read,
            added=kept.added,
            unchanged=kept.unchanged,
            updated=kept.updated,
            withdrawn=kept.withdrawn,
            rejected=kept.rejected,
            undone=False,
            replaces=kept.replaces,
            notes=json.dumps(list(kept.notes), ensure_ascii=False),
            sources=json.dumps(sources, ensure_ascii=False),
            agencies=json.dumps(agencies, ensure_ascii=False),
        )
    )


def _write_manifest(connection: Connection, said: Manifest) -> None:
    connection.execute(
        insert(manifest).values(
            number=said.number, kept=said.kept.to_bytes(), withdrawn=said.withdrawn.to_bytes()
        )
    )


def _manifest(connection: Connection, number: int) -> Manifest:
    row = connection.execute(select(manifest).where(manifest.c.number == number)).one()
    return Manifest(number, read_pairs(row.kept), read_pairs(row.withdrawn))


def _write_rejected(connection: Connection, number: int, rows: pd.DataFrame) -> None:
    columns = [_or_none(rows[name]) for name in REJECTED_COLUMNS]
    write_rows(
        connection,
        insert(rejected),
        ("number", "position", *REJECTED_COLUMNS),
        ((number, at, *values) for at, values in enumerate(zip(*columns, strict=True))),
    )


def _or_none(values: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else value for value in values.tolist()]


def _change(
    connection: Connection, contents: Contents, held: Held, number: int, at: datetime
) -> None:
    """Bring rows back that say the same, and give others the content delivered now."""
    back = held.known & held.same & ~held.current
    _set_state(
        connection,
        [(RowState.CURRENT, number, one) for one in ids_to_bytes(contents.ids[back])],
    )
    changed = contents.take(held.known & ~held.same)
    _replace(connection, _stored_rows(changed, number), at)
    if contents.superseded is not None:
        _keep_versions(connection, _stored_rows(contents.superseded, number), at)


def _stored_rows(contents: Contents, number: int) -> Iterator[tuple[Any, ...]]:
    count = len(contents)
    return zip(
        ids_to_bytes(contents.ids),
        contents.hashes.tolist(),
        [int(RowState.CURRENT)] * count,
        [number] * count,
        *contents.lists(),
        strict=True,
    )


def _insert(connection: Connection, fresh: Contents, number: int, codes_of: CodesOf | None) -> None:
    current = placing.current_set(connection)
    wards = None if codes_of is None or current is None else WardFinder(current, codes_of)
    first = len(fresh) > CHUNK and not connection.scalar(select(incident.c.incident_id).limit(1))
    if not first:
        insert_rows(connection, fresh, number, wards)
        return
    with placing.rebuilt_index(connection):
        insert_rows(connection, fresh, number, wards)
    refresh_statistics(connection)


# --- changing rows that are there ----------------------------------------------------------------


def _set_state(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    statement = (
        update(incident)
        .where(incident.c.incident_id == bindparam("one"))
        .values(state=bindparam("now"), batch_number=bindparam("number"))
    )
    write_rows(connection, statement, ("now", "number", "one"), rows)


def _replace(connection: Connection, rows: Iterable[tuple[Any, ...]], at: datetime) -> None:
    """Give rows another content; the one they had is kept as a version."""
    fresh = {row[0]: row for row in rows}
    if not fresh:
        return
    ids = np.unique(ids_from_bytes(list(fresh)))
    statement = select(*(incident.c[name] for name in _ROW))
    earlier = [
        tuple(row)
        for row in rows_of(
            connection, statement, incident.c.incident_id, ids, _rows_held(connection)
        )
    ]
    _keep_versions(connection, overlay.as_delivered(connection, earlier), at)
    change = (
        update(incident)
        .where(incident.c.incident_id == bindparam("one"))
        .values({name: bindparam(name) for name in _ROW[1:]})
    )
    write_rows(connection, change, ("one", *_ROW[1:]), fresh.values())
    overlay.lay_again(connection, fresh.values())
    placing.forget(connection, [row[0] for row in earlier if _place(row) != _place(fresh[row[0]])])


def _place(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(row[4 + at] for at in _PLACE)


def _keep_versions(connection: Connection, rows: Iterable[tuple[Any, ...]], at: datetime) -> None:
    """Keep contents as versions, those kept already as they are."""
    listed = list(rows)
    ids = np.unique(ids_from_bytes([row[0] for row in listed]))
    statement = select(version.c.incident_id, version.c.content_hash)
    known = {(row[0], row[1]) for row in rows_of(connection, statement, version.c.incident_id, ids)}
    fresh = {(row[0], row[1]): row for row in listed if (row[0], row[1]) not in known}
    feed, source, day = (
        4 + CONTENT_COLUMNS.index(name) for name in ("feed", "source", "first_day")
    )
    write_rows(
        connection,
        insert(version),
        version.c.keys(),
        (
            (
                row[0],
                row[1],
                row[3],
                to_epoch(at),
                row[feed],
                row[source],
                row[day],
                to_payload(row[4:]),
            )
            for row in fresh.values()
        ),
    )


def _apply(
    connection: Connection,
    standing: Standing,
    at: datetime,
) -> None:
    """Bring rows into line with what the current deliveries say of them."""
    statement = select(
        *(incident.c[name] for name in ("incident_id", "content_hash", "state", "batch_number"))
    )
    rows = rows_of(
        connection, statement, incident.c.incident_id, standing.ids, _rows_held(connection)
    )
    told = dict(
        zip(
            ids_to_bytes(standing.ids),
            zip(
                standing.state.tolist(),
                standing.batch.tolist(),
                standing.hashes.tolist(),
                strict=True,
            ),
            strict=True,
        )
    )
    restate: list[tuple[Any, ...]] = []
    recall: dict[tuple[bytes, int], int] = {}
    for one, held_hash, held_state, held_number in rows:
        now, number, wanted = told[one]
        if now == RowState.CURRENT and wanted != held_hash:
            recall[one, wanted] = number
        elif now == RowState.CURRENT and held_state == RowState.HELD and number == held_number:
            continue  # the editions are looked at when all is written
        elif (now, number or None) != (held_state, held_number):
            restate.append((now, number or None, one))
    _set_state(connection, restate)
    _recall(connection, recall, at)


def _recall(connection: Connection, wanted: dict[tuple[bytes, int], int], at: datetime) -> None:
    """Bring earlier contents back."""
    if not wanted:
        return
    ids = np.unique(ids_from_bytes([one for one, _ in wanted]))
    statement = select(version.c.incident_id, version.c.content_hash, version.c.payload)
    rows = [
        (row[0], row[1], int(RowState.CURRENT), wanted[row[0], row[1]], *from_payload(row[2]))
        for row in rows_of(connection, statement, version.c.incident_id, ids)
        if (row[0], row[1]) in wanted
    ]
    _replace(connection, rows, at)


# --- reading -----------------------------------------------------------------------------------


def find_batch(connection: Connection, batch_id: str) -> Any:
    """Return a delivery's row.

    Raises
    ------
    NotFoundError
        No delivery has that name.
    """
    row = connection.execute(select(batch).where(batch.c.batch_id == batch_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"No delivery is called {batch_id!r}; aim ingest list shows them.")
    return row


def to_batch(row: Any) -> Batch:
    """Build the record of a delivery's row."""
    fields = {name: getattr(row, name) for name in _BATCH_FIELDS}
    return Batch(
        **fields,
        received_at=from_epoch(row.received_at),
        state="undone" if row.undone else "current",
        notes=tuple(json.loads(row.notes)),
    )


_BATCH_FIELDS = (
    *("batch_id", "feed", "source", "agency", "file_name", "file_sha256", "actor", "read"),
    *("added", "unchanged", "updated", "withdrawn", "rejected", "replaces"),
)


def shows(reach: Reach, row: Any) -> bool:
    """Tell whether a reach may know of a delivery: all its sources and agencies must be in it."""
    sources, agencies = set(json.loads(row.sources)), set(json.loads(row.agencies))
    barred = {source for source, column in reach.withheld if column == WHOLE_ROW}
    return (
        not sources & barred
        and (reach.sources is None or sources <= reach.sources)
        and (reach.agencies is None or agencies <= reach.agencies)
    )


def list_batches(connection: Connection, reach: Reach) -> list[Batch]:
    """Return the deliveries a reach may know of, oldest first."""
    rows = connection.execute(select(batch).order_by(batch.c.number))
    return [to_batch(row) for row in rows if shows(reach, row)]


def list_rejected(connection: Connection, batch_id: str, reach: Reach) -> pd.DataFrame:
    """Return a delivery's rejected rows in the file's order.

    A refused row has no ward and no sensitivity, so a reach limited by either sees none.
    """
    row = find_batch(connection, batch_id)
    if not shows(reach, row):
        raise NotFoundError(f"No delivery is called {batch_id!r}; aim ingest list shows them.")
    rows: Sequence[Any] = []
    if reach.wards is None and reach.sensitivities is None:
        rows = connection.execute(
            select(*(rejected.c[name] for name in REJECTED_COLUMNS))
            .where(rejected.c.number == row.number)
            .order_by(rejected.c.position)
        ).all()
    return pd.DataFrame(
        {
            name: pd.Series([one[at] for one in rows], dtype="int64" if name == "row" else "str")
            for at, name in enumerate(REJECTED_COLUMNS)
        }
    )
