"""Places by set, and what people answered about words that name a place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from aim.errors import NotFoundError, ParameterError
from aim.model.places import PLACE_ANSWER_COLUMNS, PLACE_COLUMN_NAMES, conform_places
from aim.model.records import PlaceSet
from aim.store.bulk import write_rows
from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import place, place_answer, place_set

_ANSWER = tuple(column.name for column in PLACE_ANSWER_COLUMNS)
_NUMBERS = ("easting", "northing")


def write_set(connection: Connection, info: PlaceSet, places: pd.DataFrame) -> None:
    """Keep a set of places in place of one of the same name.

    Raises
    ------
    ParameterError
        A place has no position.
    """
    rows = conform_places(places)
    if rows[list(_NUMBERS)].isna().any(axis=None):
        raise ParameterError(
            f"Every place of {info.name} needs an easting and a northing; leave out those without."
        )
    number = _fresh_number(connection, info)
    columns = [rows[name].tolist() for name in PLACE_COLUMN_NAMES]
    write_rows(
        connection,
        insert(place),
        ("place_set", "position", *PLACE_COLUMN_NAMES),
        ((number, at, *values) for at, values in enumerate(zip(*columns, strict=True))),
    )


def _fresh_number(connection: Connection, info: PlaceSet) -> int:
    known = connection.scalar(select(place_set.c.number).where(place_set.c.name == info.name))
    row = {
        "loaded_at": to_epoch(info.loaded_at),
        "file_name": info.file_name,
        "attribution": info.attribution,
    }
    if known is None:
        number = int(connection.scalar(select(func.max(place_set.c.number))) or 0) + 1
        connection.execute(insert(place_set).values(number=number, name=info.name, **row))
        return number
    connection.execute(delete(place).where(place.c.place_set == known))
    connection.execute(update(place_set).where(place_set.c.number == known).values(**row))
    return int(known)


def remove_set(connection: Connection, name: str) -> None:
    """Remove a set and its places.

    Raises
    ------
    NotFoundError
        No set has that name.
    """
    number = connection.scalar(select(place_set.c.number).where(place_set.c.name == name))
    if number is None:
        names = ", ".join(one.name for one in list_sets(connection)) or "none"
        raise NotFoundError(f"No set of places is called {name!r}; loaded are {names}.")
    connection.execute(delete(place).where(place.c.place_set == number))
    connection.execute(delete(place_set).where(place_set.c.number == number))


def list_sets(connection: Connection) -> list[PlaceSet]:
    """Return the loaded sets, by name."""
    counts = select(place.c.place_set, func.count().label("places")).group_by(place.c.place_set)
    counted = {row.place_set: row.places for row in connection.execute(counts)}
    rows = connection.execute(select(place_set).order_by(place_set.c.name))
    return [
        PlaceSet(
            name=row.name,
            places=counted.get(row.number, 0),
            loaded_at=from_epoch(row.loaded_at),
            file_name=row.file_name,
            attribution=row.attribution,
        )
        for row in rows
    ]


def read_places(connection: Connection) -> pd.DataFrame:
    """Return the places of all sets, sets by name, each in the order it was given."""
    rows = connection.execute(
        select(*(place.c[name] for name in PLACE_COLUMN_NAMES))
        .join(place_set, place_set.c.number == place.c.place_set)
        .order_by(place_set.c.name, place.c.position)
    ).fetchall()
    columns = zip(*rows, strict=True) if rows else [()] * len(PLACE_COLUMN_NAMES)
    return conform_places(
        pd.DataFrame(
            {
                name: pd.Series(values, dtype=None if values else object)
                for name, values in zip(PLACE_COLUMN_NAMES, columns, strict=True)
            }
        )
    )


def write_answer(
    connection: Connection, answer: dict[str, Any], *, actor: str, at: datetime
) -> None:
    """Keep one answer in place of an earlier one to the same words.

    Raises
    ------
    ParameterError
        The words are missing, or the position is half given.
    """
    values = {name: answer.get(name) for name in _ANSWER}
    text, ward = str(values["text"] or ""), str(values["ward"] or "")
    half = (values["easting"] is None) != (values["northing"] is None)
    if not text or half:
        raise ParameterError(
            "An answer needs the words asked about, and both easting and northing or neither;"
            f" found {text!r}, {values['easting']}, {values['northing']}."
        )
    forget_answer(connection, text, ward)
    kept = {**values, "text": text, "ward": ward, "name": values["name"] or ""}
    kept["precision"] = values["precision"] or "none"
    connection.execute(insert(place_answer).values(**kept, actor=actor, at=to_epoch(at)))


def forget_answer(connection: Connection, text: str, ward: str) -> bool:
    """Remove an answer; return whether there was one."""
    statement = delete(place_answer).where(
        place_answer.c.text == bindparam("asked_text"),
        place_answer.c.ward == bindparam("asked_ward"),
    )
    found = connection.execute(statement, {"asked_text": text, "asked_ward": ward})
    return bool(found.rowcount)


def read_answers(connection: Connection) -> pd.DataFrame:
    """Return the answers by words and ward, with who gave them and when."""
    rows: Sequence[Any] = connection.execute(
        select(place_answer).order_by(place_answer.c.text, place_answer.c.ward)
    ).all()
    answers = {
        name: pd.Series(
            [getattr(row, name) for row in rows], dtype="float64" if name in _NUMBERS else "str"
        )
        for name in (*_ANSWER, "actor")
    }
    at = pd.Series([from_epoch(row.at) for row in rows], dtype="datetime64[us, UTC]")
    return pd.DataFrame({**answers, "answered_at": at})
