"""Likely reports of one event: proposals, and what people said of them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from aim.errors import NotFoundError, ParameterError
from aim.store.bulk import write_rows
from aim.store.contents import ids_from_hex, ids_to_bytes, ids_to_hex
from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import incident_link

SUGGESTED, CONFIRMED, REFUSED = "suggested", "confirmed", "refused"
STATES = (SUGGESTED, CONFIRMED, REFUSED)
_PAIR = ("incident_a", "incident_b")
_KNOWN = (*_PAIR, "score", "certain_time")

Pair = tuple[bytes, bytes]


def write_links(connection: Connection, links: pd.DataFrame) -> None:
    """Keep proposals in place of all earlier ones; what people settled keeps its state.

    Raises
    ------
    ParameterError
        A column is absent, or a pair does not stand in order.
    """
    proposed = _proposed(links)
    settled = _settled(connection)
    connection.execute(delete(incident_link).where(incident_link.c.state == SUGGESTED))
    again = [(*row[2:], *row[:2]) for row in proposed if row[:2] in settled]
    statement = (
        update(incident_link)
        .where(incident_link.c.incident_a == bindparam("a"))
        .where(incident_link.c.incident_b == bindparam("b"))
        .values({name: bindparam(name) for name in ("score", "certain_time", "parts")})
    )
    write_rows(connection, statement, ("score", "certain_time", "parts", "a", "b"), again)
    fresh = [(*row, SUGGESTED) for row in proposed if row[:2] not in settled]
    names = (*_KNOWN, "parts", "state")
    into = insert(incident_link).values({name: bindparam(name) for name in names})
    write_rows(connection, into, names, fresh)


def _proposed(links: pd.DataFrame) -> list[tuple[Any, ...]]:
    absent = [name for name in _KNOWN if name not in links]
    if absent:
        raise ParameterError(
            f"`links` lacks {', '.join(absent)}; found {', '.join(map(str, links))}."
        )
    a, b = (ids_to_bytes(ids_from_hex(links[name].tolist())) for name in _PAIR)
    if any(one >= other for one, other in zip(a, b, strict=True)):
        raise ParameterError("A link names two incidents, the lower id first; found another order.")
    names = [str(name) for name in links if name not in {*_KNOWN, "state"}]
    parts = [
        json.dumps(dict(zip(names, (None if pd.isna(one) else one for one in row), strict=True)))
        for row in links[names].itertuples(index=False)
    ]
    scores, certain = links["score"].tolist(), links["certain_time"].astype(bool).tolist()
    return list(zip(a, b, scores, certain, parts, strict=True))


def _settled(connection: Connection) -> set[Pair]:
    rows = connection.execute(
        select(incident_link.c.incident_a, incident_link.c.incident_b).where(
            incident_link.c.state != SUGGESTED
        )
    )
    return {(row[0], row[1]) for row in rows}


def settle(
    connection: Connection, pair: tuple[str, str], state: str, *, actor: str, at: datetime
) -> None:
    """Keep what a person said of a proposed pair.

    Raises
    ------
    ParameterError
        There is no such state.
    NotFoundError
        The pair is not linked.
    """
    if state not in STATES:
        raise ParameterError(f"A link is {', '.join(STATES)}; found {state!r}.")
    a, b = ids_to_bytes(ids_from_hex(sorted(pair)))
    changed = connection.execute(
        update(incident_link)
        .where(incident_link.c.incident_a == a, incident_link.c.incident_b == b)
        .values(state=state, actor=actor, at=to_epoch(at))
    )
    if not changed.rowcount:
        raise NotFoundError(
            f"{pair[0]} and {pair[1]} are not linked; only a proposed link can be settled."
        )


def frame_of_links(rows: Sequence[Any]) -> pd.DataFrame:
    """Build the frame of links: the pair, score, its parts, and what was said by whom, when."""
    parts = pd.DataFrame([json.loads(row.parts) for row in rows], dtype="float64")
    ends = {
        name: pd.Series(ids_to_hex(getattr(row, name) for row in rows), dtype="str")
        for name in _PAIR
    }
    head = pd.DataFrame(
        {
            **ends,
            "score": pd.Series([row.score for row in rows], dtype="float64"),
            "certain_time": pd.Series([row.certain_time for row in rows], dtype="bool"),
            "state": pd.Series([row.state for row in rows], dtype="str"),
            "actor": pd.Series([row.actor for row in rows], dtype="str"),
            "settled_at": pd.Series(
                [None if row.at is None else from_epoch(row.at) for row in rows],
                dtype="datetime64[us, UTC]",
            ),
        }
    )
    return pd.concat([head, parts], axis=1)
