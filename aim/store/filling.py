"""New rows go in: what is alike in many of them is told to the database once.

An incident is a when, a where and a what, and a large delivery has few of each: a police force's
year has twelve months, some thousand map points, fourteen types. Row by row go the identity, the
hash and which when, where and what it is; the database joins them, three times faster than it can
be handed every column of every row.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    bindparam,
    insert,
    literal_column,
    select,
)

from aim.store.bulk import CHUNK, write_rows
from aim.store.contents import ID_BYTES, Contents, Values, number_kinds, with_none
from aim.store.protocol import CodesOf
from aim.store.tables import RowState, incident

Codes = npt.NDArray[np.intp]

_WHEN = (
    *("first_day", "last_day", "local_hour", "local_weekday"),
    *("occurred_from", "occurred_to", "time_precision"),
)
_WHERE = (
    *("easting", "northing", "lon", "lat", "place_precision", "location_text"),
    *("ward_set", "ward_code"),
)
_WHAT = (
    *("incident_type", "source", "feed", "agency", "sensitivity", "source_type", "qualifiers"),
    *("victim_kind", "victim_age_band", "victim_sex", "suspect_age_band", "home_distance_band"),
)
# Where there are more kinds than one in so many rows, each row brings its own values.
_ROWS_A_KIND = 4
_SLUG = re.compile(r"[a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class WardFinder:
    """The current boundary set and how to find the ward of a position in it."""

    number: int
    codes_of: CodesOf

    def columns(self, east: Values, north: Values) -> dict[str, Values]:
        """Return ``ward_set`` and ``ward_code`` of positions, each distinct one asked for once."""
        spots, firsts = number_kinds([east, north])
        located = east.codes[firsts] >= 0
        asked = firsts[located]
        found = np.full(len(firsts), None, dtype=object)
        codes = self.codes_of(
            east.words[east.codes[asked]].astype(np.float64),
            north.words[north.codes[asked]].astype(np.float64),
        )
        found[located] = pd.Series(list(codes), dtype="str").astype(object).to_numpy()
        ward_codes, words = pd.factorize(found)  # what is missing has the code -1
        known = np.where(located, 0, -1)
        return {
            "ward_set": Values(known.astype(np.int32)[spots], with_none(np.array([self.number]))),
            "ward_code": Values(ward_codes.astype(np.int32)[spots], with_none(words)),
        }


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Some columns of the rows, each combination of values once."""

    table: Table
    codes: Codes
    rows: Iterator[tuple[Any, ...]]

    @property
    def at(self) -> str:
        """What the column is called that says which kind a row is."""
        return f"{self.table.name}_at"


def insert_rows(
    connection: Connection, fresh: Contents, number: int, wards: WardFinder | None = None
) -> None:
    """Insert rows that are not there, sorted by id, as current ones of a delivery.

    Parameters
    ----------
    number
        The delivery's.
    wards
        Finds their ward of the current set; None leaves it to be looked for.
    """
    columns = dict(fresh.columns)
    if wards is not None:
        columns |= wards.columns(columns["easting"], columns["northing"])
    fixed = {"state": str(int(RowState.CURRENT)), "batch_number": str(number)}
    for name, values in columns.items():
        written = _in_statement(values.distinct())
        if written is not None:
            fixed[name] = written
    varying = {name: values for name, values in columns.items() if name not in fixed}
    kinds = _find_kinds(varying) if len(fresh) > CHUNK else []
    if kinds:
        _insert_joined(connection, fresh, fixed, varying, kinds)
    else:
        _insert_each(connection, fresh, fixed, varying)


def _in_statement(distinct: list[Any]) -> str | None:
    """Write the one value of a column as it stands in a statement; None where that is not safe."""
    match distinct:
        case [None]:
            return "NULL"
        case [int(number)]:
            return str(number)
        case [str(text)] if _SLUG.fullmatch(text):
            return f"'{text}'"
    return None


def _insert_each(
    connection: Connection,
    fresh: Contents,
    fixed: Mapping[str, str],
    varying: Mapping[str, Values],
) -> None:
    """Insert rows one by one; what is the same in all of them is said once, in the statement."""
    names = ["incident_id", "content_hash", *varying]
    statement = insert(incident).values(
        {name: bindparam(name) for name in names}
        | {name: literal_column(written) for name, written in fixed.items()}
    )
    write_rows(connection, statement, names, _rows(fresh, varying.values()))


def _rows(fresh: Contents, *columns: Iterable[Values | Codes]) -> Iterator[tuple[Any, ...]]:
    # The driver takes a bytearray as it is, and asks around what to do with bytes.
    raw = bytearray(fresh.ids.tobytes())
    ids = (raw[start : start + ID_BYTES] for start in range(0, len(raw), ID_BYTES))
    listed = (values.tolist() for some in columns for values in some)
    return zip(ids, fresh.hashes.tolist(), *listed, strict=True)


def _find_kinds(varying: Mapping[str, Values]) -> list[_Kinds]:
    found = []
    for name, columns in (("fresh_when", _WHEN), ("fresh_where", _WHERE), ("fresh_what", _WHAT)):
        there = {column: varying[column] for column in columns if column in varying}
        if not there:
            continue
        codes, firsts = number_kinds(list(there.values()))
        if len(firsts) * _ROWS_A_KIND > len(codes):
            continue
        each = [values.take(firsts).tolist() for values in there.values()]
        rows = zip(range(len(firsts)), *each, strict=True)
        found.append(_Kinds(_kinds_table(name, there), codes, rows))
    return found


def _kinds_table(name: str, columns: Iterable[str]) -> Table:
    return Table(
        name,
        MetaData(),
        Column("at", Integer, primary_key=True, autoincrement=False),
        *(Column(column, incident.c[column].type) for column in columns),
        prefixes=["TEMPORARY"],
    )


def _insert_joined(
    connection: Connection,
    fresh: Contents,
    fixed: Mapping[str, str],
    varying: Mapping[str, Values],
    kinds: Sequence[_Kinds],
) -> None:
    """Insert rows by joining each to its kinds inside the database."""
    said = {name: one.table.c[name] for one in kinds for name in one.table.c.keys()[1:]}
    own = {name: values for name, values in varying.items() if name not in said}
    names = ["incident_id", "content_hash", *(one.at for one in kinds), *own]
    handed = Table(
        "fresh_row",
        MetaData(),
        *(Column(name, incident.c[name].type if name in incident.c else Integer) for name in names),
        prefixes=["TEMPORARY"],
    )
    for one in kinds:
        one.table.create(connection)
        write_rows(connection, insert(one.table), one.table.c.keys(), one.rows)
    handed.create(connection)
    rows = _rows(fresh, (one.codes for one in kinds), own.values())
    write_rows(connection, insert(handed), names, rows)
    values: dict[str, Any] = (
        {name: handed.c[name] for name in ("incident_id", "content_hash", *own)}
        | said
        | {name: literal_column(written) for name, written in fixed.items()}
    )
    joined = select(*values.values()).select_from(handed)
    for one in kinds:
        joined = joined.where(one.table.c["at"] == handed.c[one.at])
    # As they were handed over, sorted by id: each goes to the end of what is there.
    joined = joined.order_by(literal_column("fresh_row.rowid"))
    connection.execute(insert(incident).from_select(list(values), joined))
    for table in (handed, *(one.table for one in kinds)):
        table.drop(connection)
