"""What was released, so that later releases fit; results for the public; pre-election days."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from aim.errors import ConflictError, NotFoundError
from aim.model.releases import PreElection, PublicResult, Releases
from aim.store.moments import day_number, day_of, from_epoch, to_epoch
from aim.store.tables import (
    pre_election,
    public_result,
    released_answer,
    released_band,
    released_square,
)

_SAID = ("ward_code", "period", "title", "told", "figures")


def read(connection: Connection) -> Releases:
    """Return everything released so far, answers in the order given."""
    return Releases(
        bands=_frame(connection, released_band),
        squares=_frame(connection, released_square),
        answers=_frame(connection, released_answer).sort_values("number").drop(columns="number"),
    )


def remember_bands(connection: Connection, bands: pd.DataFrame) -> None:
    """Keep the bands of all releases in place of those kept before."""
    _replace(connection, released_band, bands)


def remember_squares(connection: Connection, squares: pd.DataFrame) -> None:
    """Keep the squares of all releases in place of those kept before."""
    _replace(connection, released_square, squares)


def remember_answer(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep one more answer."""
    number = _next(connection, released_answer)
    connection.execute(insert(released_answer).values(number=number, **row))


def set_pre_election(
    connection: Connection, since: date, until: date, *, actor: str, at: datetime
) -> None:
    """Keep the days on which only public figures are downloaded."""
    connection.execute(
        insert(pre_election).values(
            number=_next(connection, pre_election),
            since=day_number(since),
            until=day_number(until),
            actor=actor,
            at=to_epoch(at),
        )
    )


def pre_election_days(connection: Connection) -> PreElection | None:
    """Return the days set last; None if none ever were."""
    newest = select(pre_election).order_by(pre_election.c.number.desc()).limit(1)
    row = connection.execute(newest).first()
    if row is None:
        return None
    return PreElection(day_of(row.since), day_of(row.until), row.actor)


def draft(
    connection: Connection, said: Mapping[str, str], *, actor: str, at: datetime
) -> PublicResult:
    """Keep a draft of a result; its number is never given again."""
    number = _next(connection, public_result)
    content = json.dumps({name: said.get(name, "") for name in _SAID}, ensure_ascii=False)
    connection.execute(
        insert(public_result).values(
            number=number, content=content, drafted_by=actor, drafted_at=to_epoch(at)
        )
    )
    return find(connection, number)


def approve(connection: Connection, number: int, *, actor: str, at: datetime) -> PublicResult:
    """Let a draft out.

    Raises
    ------
    NotFoundError
        There is no such result.
    ConflictError
        It is approved already.
    """
    found = find(connection, number)
    if found.is_approved:
        raise ConflictError(
            f"Result {number} was to be approved; {found.approved_by} has done it already."
        )
    connection.execute(
        update(public_result)
        .where(public_result.c.number == number)
        .values(approved_by=actor, approved_at=to_epoch(at))
    )
    return find(connection, number)


def list_results(connection: Connection) -> list[PublicResult]:
    """Return every result, in the order drafted."""
    rows = connection.execute(select(public_result).order_by(public_result.c.number))
    return [_result(row) for row in rows]


def find(connection: Connection, number: int) -> PublicResult:
    """Return one result.

    Raises
    ------
    NotFoundError
        There is no such result.
    """
    row = connection.execute(select(public_result).where(public_result.c.number == number)).first()
    if row is None:
        raise NotFoundError(f"There is no result {number}; `aim result list` shows what there is.")
    return _result(row)


def _result(row: Row[Any]) -> PublicResult:
    return PublicResult(
        number=row.number,
        **json.loads(row.content),
        drafted_by=row.drafted_by,
        drafted_at=from_epoch(row.drafted_at),
        approved_by=row.approved_by or "",
        approved_at=from_epoch(row.approved_at) if row.approved_at is not None else None,
    )


def _frame(connection: Connection, table: Table) -> pd.DataFrame:
    rows: Iterable[Any] = connection.execute(select(table)).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=[one.name for one in table.columns])


def _replace(connection: Connection, table: Table, rows: pd.DataFrame) -> None:
    names = [one.name for one in table.columns]
    connection.execute(delete(table))
    if len(rows):
        listed = rows[names].itertuples(index=False, name=None)
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in listed])


def _next(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.max(table.c.number))) or 0) + 1
