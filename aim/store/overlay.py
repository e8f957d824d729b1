"""Positions found for rows that came without one, laid over them.

They are written into the incident itself, so that every filter, count and ward sees them at no
cost; ``incident_place`` remembers which they are. A row's own position always wins: where a
delivery brings one, the found one goes. Versions keep what was delivered, never what was found.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from aim.errors import ParameterError
from aim.store import placing
from aim.store.bulk import rows_of, write_rows
from aim.store.contents import ids_from_bytes, ids_from_hex, ids_to_bytes
from aim.store.tables import CONTENT_COLUMNS, incident, incident_place

POSITION = ("easting", "northing", "lon", "lat")
PLACED = (*POSITION, "place_precision", "confidence", "matched")
_LAID = (*POSITION, "place_precision")
_BEFORE_CONTENT = 4  # a stored row begins with id, hash, state and delivery
_AT = {name: _BEFORE_CONTENT + CONTENT_COLUMNS.index(name) for name in _LAID}
_ENTRY = ("incident_id", *PLACED, "own_precision")

Entries = dict[bytes, tuple[Any, ...]]


def write_placed(connection: Connection, placed: pd.DataFrame, asked: Iterable[str] | None) -> bool:
    """Lay found positions over the rows that have none of their own.

    Returns
    -------
    bool
        Whether any position changed.

    Raises
    ------
    ParameterError
        A column is absent or a value is missing.
    """
    wanted = _wanted(placed)
    held = _entries(connection)
    among = set(held) if asked is None else set(ids_to_bytes(ids_from_hex(asked)))
    lost = [one for one in held if one in among and one not in wanted]
    fresh = {one: row for one, row in wanted.items() if held.get(one, ())[: len(row)] != row}
    own = _without_own(connection, fresh, held)
    laid = {one: (*fresh[one], own[one]) for one in fresh if one in own}
    _take_away(connection, {one: held[one][-1] for one in lost})
    _lay(connection, laid)
    _forget_entries(connection, [*lost, *(one for one in laid if one in held)])
    _add_entries(connection, laid)
    placing.forget(connection, [*lost, *laid])
    return bool(lost or laid)


def _wanted(placed: pd.DataFrame) -> Entries:
    absent = [name for name in ("incident_id", *PLACED) if name not in placed]
    if absent or placed[list(PLACED)].isna().any(axis=None):
        raise ParameterError(
            f"Found positions need incident_id, {', '.join(PLACED)} in every row;"
            f" {', '.join(absent) or 'a value'} is missing. Leave out rows that were not found."
        )
    ids = ids_to_bytes(ids_from_hex(placed["incident_id"].tolist()))
    return dict(
        zip(ids, zip(*(placed[name].tolist() for name in PLACED), strict=True), strict=True)
    )


def _entries(connection: Connection, ids: Iterable[bytes] | None = None) -> Entries:
    """Return what is laid over all rows, or over some."""
    statement = select(*(incident_place.c[name] for name in _ENTRY))
    if ids is None:
        rows: Iterable[Sequence[Any]] = connection.execute(statement)
    else:
        sorted_ids = np.unique(ids_from_bytes(list(ids)))
        rows = rows_of(connection, statement, incident_place.c.incident_id, sorted_ids)
    return {row[0]: tuple(row[1:]) for row in rows}


def _without_own(
    connection: Connection, wanted: Mapping[bytes, Any], held: Entries
) -> dict[bytes, str]:
    """Return the rows without a position of their own, with the precision they came with."""
    ids = np.unique(ids_from_bytes(list(wanted)))
    statement = select(incident.c.incident_id, incident.c.easting, incident.c.place_precision)
    return {
        row[0]: held[row[0]][-1] if row[0] in held else row[2]
        for row in rows_of(connection, statement, incident.c.incident_id, ids)
        if row[0] in held or row[1] is None
    }


def _lay(connection: Connection, laid: Mapping[bytes, Sequence[Any]]) -> None:
    statement = (
        update(incident)
        .where(incident.c.incident_id == bindparam("one"))
        .values({name: bindparam(name) for name in _LAID})
    )
    rows = ((one, *row[: len(_LAID)]) for one, row in laid.items())
    write_rows(connection, statement, ("one", *_LAID), rows)


def _take_away(connection: Connection, lost: Mapping[bytes, str]) -> None:
    nowhere = (None,) * len(POSITION)
    _lay(connection, {one: (*nowhere, precision) for one, precision in lost.items()})


def _forget_entries(connection: Connection, ids: Iterable[bytes]) -> None:
    statement = delete(incident_place).where(incident_place.c.incident_id == bindparam("one"))
    write_rows(connection, statement, ("one",), ((one,) for one in ids))


def _add_entries(connection: Connection, laid: Mapping[bytes, Sequence[Any]]) -> None:
    rows = ((one, *row) for one, row in sorted(laid.items()))
    write_rows(connection, insert(incident_place), _ENTRY, rows)


# --- when deliveries change rows ------------------------------------------------------------------


def as_delivered(connection: Connection, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return stored rows as they came: without the positions that were laid over them."""
    entries = _entries(connection, [row[0] for row in rows]) if _any(connection) else {}
    return [_bare(row, entries[row[0]][-1]) if row[0] in entries else row for row in rows]


def _bare(row: tuple[Any, ...], precision: str) -> tuple[Any, ...]:
    bare = list(row)
    for name in POSITION:
        bare[_AT[name]] = None
    bare[_AT["place_precision"]] = precision
    return tuple(bare)


def lay_again(connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Lay found positions over rows just written; those with a position of their own keep it."""
    if not _any(connection):
        return
    fresh = {row[0]: row for row in rows}
    entries = _entries(connection, fresh)
    own = [one for one in entries if fresh[one][_AT["easting"]] is not None]
    laid = {
        one: (*entry[:-1], fresh[one][_AT["place_precision"]])
        for one, entry in entries.items()
        if one not in set(own)
    }
    _forget_entries(connection, entries)
    _add_entries(connection, laid)
    _lay(connection, laid)


def _any(connection: Connection) -> bool:
    return connection.scalar(select(incident_place.c.incident_id).limit(1)) is not None
