"""Many rows through the driver at once, and many ids asked for at once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Column, Connection, Select
from sqlalchemy.sql.base import Executable

from aim.store.contents import Ids, ids_to_bytes

CHUNK = 20_000
_ASKED_AT_ONCE = 5_000
# Above one row in so many, one pass over the table is cheaper than asking for each.
_SHARE = 12


def write_rows(
    connection: Connection, statement: Executable, names: Sequence[str], rows: Iterable[Any]
) -> int:
    """Run a statement once for each row and return how many rows of the table it touched.

    Parameters
    ----------
    statement
        An insert, update or delete whose bound parameters are called ``names``.
    names
        What the values of a row are called, in their order.
    rows
        Plain tuples; they go to the driver as they are, without SQLAlchemy's own loop.
    """
    compiled = statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined]  # all our statements compile
    places = [names.index(name) for name in compiled.positiontup]
    in_order = places == list(range(len(names)))
    ready = rows if in_order else (tuple(row[at] for at in places) for row in rows)
    with closing(connection.connection.cursor()) as cursor:
        # The driver itself takes the rows one by one: none of them is held twice.
        cursor.executemany(str(compiled), ready)  # type: ignore[arg-type]  # sqlite3 takes iterators
        return max(cursor.rowcount, 0)


def rows_of(
    connection: Connection,
    statement: Select[Any],
    key: Column[bytes],
    ids: Ids,
    held: int | None = None,
) -> Iterator[Sequence[Any]]:
    """Yield the rows of some ids; the id must be the statement's first column.

    Parameters
    ----------
    ids
        Sorted ids, each once.
    held
        About how many rows the table has; None where most of them are not asked for.
    """
    if not len(ids):
        return
    if held is None or len(ids) * _SHARE < held:
        wanted = ids_to_bytes(ids)
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            some = wanted[start : start + _ASKED_AT_ONCE]
            yield from connection.execute(statement.where(key.in_(some)))
        return
    yield from _by_one_pass(connection, statement, key, ids)


def _by_one_pass(
    connection: Connection, statement: Select[Any], key: Column[bytes], ids: Ids
) -> Iterator[Sequence[Any]]:
    wanted = set(ids_to_bytes(ids))
    found = connection.execute(statement.where(key.between(min(wanted), max(wanted))))
    for rows in found.partitions(CHUNK):
        yield from (row for row in rows if row[0] in wanted)
