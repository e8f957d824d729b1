"""Boundary sets, and which ward of each an incident lies in."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from aim.errors import CrsError, NotFoundError, ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.records import WardSet
from aim.store.bulk import CHUNK, rows_of, write_rows
from aim.store.contents import ids_from_hex, ids_to_bytes, ids_to_hex
from aim.store.facts import read_fact, write_fact
from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import (
    BY_WARD_TYPE_AND_DAY,
    THERE,
    incident,
    incident_ward,
    ward,
    ward_set,
)

CURRENT_SET = "current_ward_set"
_WARD_COLUMNS = ("ward_code", "ward_name")
CodesOf = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], Iterable[Any]]
# What one pass of the assignment knows of each position; gone when the pass is over.
position_ward = Table(
    "position_ward",
    MetaData(),
    Column("easting", Float, primary_key=True),
    Column("northing", Float, primary_key=True),
    Column("ward_code", String(40)),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
_COPIED = ("incident_type", "first_day", "last_day", "state")


def current_set(connection: Connection) -> int | None:
    """Return the number of the current boundary set; None while none is loaded."""
    value = read_fact(connection, CURRENT_SET)
    return int(value) if value else None


def set_number(connection: Connection, name: str) -> int:
    """Return the number of a boundary set.

    Raises
    ------
    NotFoundError
        No set has that name; the loaded ones are listed.
    """
    number = connection.scalar(select(ward_set.c.number).where(ward_set.c.name == name))
    if number is None:
        names = connection.scalars(select(ward_set.c.name).order_by(ward_set.c.name)).all()
        held = f"loaded are {', '.join(names)}" if names else "none is loaded: aim wards load FILE"
        raise NotFoundError(f"No ward set is called {name!r}; {held}.")
    return int(number)


def refuse_unknown_area(connection: Connection, name: str, code: str) -> int:
    """Return the number of the set an area belongs to.

    Raises
    ------
    NotFoundError
        There is no such set, or no such area in it.
    """
    number = set_number(connection, name)
    found = connection.scalar(
        select(ward.c.ward_code).where(ward.c.ward_set == number, ward.c.ward_code == code)
    )
    if found is None:
        raise NotFoundError(f"The set {name} has no area {code!r}; see aim wards list.")
    return number


def list_sets(connection: Connection) -> list[WardSet]:
    """Return the loaded sets, by name."""
    current = current_set(connection)
    areas = (
        select(ward.c.ward_set, func.count().label("areas")).group_by(ward.c.ward_set).subquery()
    )
    rows = connection.execute(
        select(ward_set, func.coalesce(areas.c.areas, 0).label("areas"))
        .outerjoin(areas, areas.c.ward_set == ward_set.c.number)
        .order_by(ward_set.c.name)
    )
    return [
        WardSet(
            name=row.name,
            areas=row.areas,
            current=row.number == current,
            loaded_at=from_epoch(row.loaded_at),
            file_name=row.file_name,
            attribution=row.attribution,
        )
        for row in rows
    ]


def read_polygons(connection: Connection, name: str | None) -> gpd.GeoDataFrame:
    """Return the wards of a set, of the current one if none is named, sorted by code."""
    number = current_set(connection) if name is None else set_number(connection, name)
    rows: Sequence[Any] = []
    if number is not None:
        rows = connection.execute(
            select(ward.c.ward_code, ward.c.ward_name, ward.c.polygon)
            .where(ward.c.ward_set == number)
            .order_by(ward.c.ward_code)
        ).all()
    return gpd.GeoDataFrame(
        {
            "ward_code": pd.Series([row.ward_code for row in rows], dtype="str"),
            "ward_name": pd.Series([row.ward_name for row in rows], dtype="str"),
        },
        geometry=shapely.from_wkb(np.array([row.polygon for row in rows], dtype=object)),
        crs=BRITISH_NATIONAL_GRID,
    )


def write_set(connection: Connection, info: WardSet, wards: gpd.GeoDataFrame) -> None:
    """Keep a boundary set in place of one of the same name.

    Raises
    ------
    ParameterError
        A column is absent or a code stands twice.
    CrsError
        The polygons are not in EPSG:27700.
    """
    _check_wards(info.name, wards)
    number = _fresh_number(connection, info)
    shapes = shapely.to_wkb(wards.geometry.to_numpy())
    write_rows(
        connection,
        insert(ward),
        ("ward_set", "ward_code", "ward_name", "polygon"),
        zip(
            [number] * len(wards),
            wards["ward_code"].astype(str).tolist(),
            wards["ward_name"].astype(str).tolist(),
            shapes.tolist(),
            strict=True,
        ),
    )
    if info.current or current_set(connection) is None:
        write_fact(connection, CURRENT_SET, str(number))


def choose_set(connection: Connection, name: str) -> None:
    """Make a loaded set the current one.

    Raises
    ------
    NotFoundError
        No set has that name.
    """
    write_fact(connection, CURRENT_SET, str(set_number(connection, name)))


def _check_wards(name: str, wards: gpd.GeoDataFrame) -> None:
    absent = [column for column in _WARD_COLUMNS if column not in wards]
    if absent:
        raise ParameterError(
            f"The wards of {name} lack {', '.join(absent)}; read them with aim.read_wards."
        )
    if wards.crs is None or wards.crs.to_epsg() != int(BRITISH_NATIONAL_GRID.split(":")[1]):
        raise CrsError(
            f"The wards of {name} must be in {BRITISH_NATIONAL_GRID}, found"
            f" {wards.crs.to_string() if wards.crs else 'none'}; read them with aim.read_wards."
        )
    twice = wards["ward_code"][wards["ward_code"].duplicated()].unique()
    if len(twice):
        raise ParameterError(
            f"The wards of {name} hold {', '.join(map(str, twice[:5]))} twice;"
            " join their parts first."
        )


def _fresh_number(connection: Connection, info: WardSet) -> int:
    known = connection.scalar(select(ward_set.c.number).where(ward_set.c.name == info.name))
    row = {
        "name": info.name,
        "loaded_at": to_epoch(info.loaded_at),
        "file_name": info.file_name,
        "attribution": info.attribution,
    }
    if known is None:
        number = (connection.scalar(select(func.max(ward_set.c.number))) or 0) + 1
        connection.execute(insert(ward_set).values(number=number, **row))
        return int(number)
    for table in (incident_ward, ward):
        connection.execute(delete(table).where(table.c.ward_set == known))
    connection.execute(update(ward_set).where(ward_set.c.number == known).values(**row))
    return int(known)


def find_unassigned(connection: Connection, name: str) -> pd.DataFrame:
    """Return current located incidents that a set has no entry for."""
    number = set_number(connection, name)
    rows = connection.execute(
        select(incident.c.incident_id, incident.c.easting, incident.c.northing)
        .where(*_pending(number))
        .order_by(incident.c.incident_id)
    ).all()
    return pd.DataFrame(
        {
            "incident_id": pd.Series(ids_to_hex(row[0] for row in rows), dtype="str"),
            "easting": pd.Series([row[1] for row in rows], dtype="float64"),
            "northing": pd.Series([row[2] for row in rows], dtype="float64"),
        }
    )


def assign_positions(connection: Connection, name: str, codes_of: CodesOf) -> bool:
    """Find the ward of current located incidents that a set has no entry for.

    Each distinct position is asked for once, and the rows are joined to the answers inside the
    database: none of them passes through the program.

    Raises
    ------
    NotFoundError
        No set has that name.
    """
    number = set_number(connection, name)
    pending = _pending(number) if _has_entries(connection, number) else _located()
    spots = connection.execute(
        select(incident.c.easting, incident.c.northing).where(*pending).distinct()
    ).fetchall()
    if not spots:
        return False
    east, north = np.array(spots, np.float64).T
    codes = pd.Series(list(codes_of(east, north)), dtype="str").astype(object)
    position_ward.create(connection)
    write_rows(
        connection,
        insert(position_ward),
        ("easting", "northing", "ward_code"),
        zip(east.tolist(), north.tolist(), codes.where(codes.notna(), None), strict=True),
    )
    _add_by_position(connection, number, pending)
    position_ward.drop(connection)
    return True


def _pending(number: int) -> list[ColumnElement[bool]]:
    entry = (
        select(incident_ward.c.incident_id)
        .where(
            incident_ward.c.incident_id == incident.c.incident_id,
            incident_ward.c.ward_set == number,
        )
        .exists()
    )
    return [*_located(), ~entry]


def _located() -> list[ColumnElement[bool]]:
    # Nearly every row is there: an index on the state would only lead away from the ids' order.
    return [incident.c.easting.is_not(None), (incident.c.state + 0).in_(THERE)]


def _has_entries(connection: Connection, number: int) -> bool:
    of_set = select(incident_ward.c.incident_id).where(incident_ward.c.ward_set == number)
    return connection.scalar(of_set.limit(1)) is not None


def _add_by_position(
    connection: Connection, number: int, pending: list[ColumnElement[bool]]
) -> None:
    first = not connection.scalar(select(incident_ward.c.incident_id).limit(1))
    if first:
        BY_WARD_TYPE_AND_DAY.drop(connection)
    rows = (
        select(
            incident.c.incident_id,
            literal(number),
            position_ward.c.ward_code,
            *(incident.c[name] for name in _COPIED),
        )
        .join_from(
            incident,
            position_ward,
            and_(
                position_ward.c.easting == incident.c.easting,
                position_ward.c.northing == incident.c.northing,
            ),
        )
        .where(*pending)
        .order_by(incident.c.incident_id)
    )
    names = ["incident_id", "ward_set", "ward_code", *_COPIED]
    connection.execute(insert(incident_ward).from_select(names, rows))
    if first:
        BY_WARD_TYPE_AND_DAY.create(connection)


def write_assigned(connection: Connection, name: str, assigned: pd.DataFrame) -> bool:
    """Keep the ward of each incident in one set; return whether anything changed.

    Raises
    ------
    NotFoundError
        No set has that name, or an incident is not in the store.
    """
    number = set_number(connection, name)
    ids = ids_from_hex(assigned["incident_id"].tolist())
    order = np.argsort(ids, kind="stable")
    codes = assigned["ward_code"].astype(object).to_numpy()[order]
    asked = dict(
        zip(
            ids_to_bytes(ids[order]),
            [None if pd.isna(code) else str(code) for code in codes],
            strict=True,
        )
    )
    held = _held_codes(connection, number, asked)
    changed = [(code, one) for one, code in asked.items() if one in held and held[one] != code]
    fresh = [(number, code, one) for one, code in asked.items() if one not in held]
    _change_codes(connection, number, changed)
    _add_codes(connection, fresh)
    return bool(changed or fresh)


def _held_codes(
    connection: Connection, number: int, asked: dict[bytes, str | None]
) -> dict[bytes, str | None]:
    entries = select(func.count()).where(incident_ward.c.ward_set == number)
    count = connection.scalar(entries) or 0
    if not count:
        return {}
    statement = select(incident_ward.c.incident_id, incident_ward.c.ward_code).where(
        incident_ward.c.ward_set == number
    )
    ids = np.unique(np.frombuffer(b"".join(asked), "S16"))
    return {
        row[0]: row[1]
        for row in rows_of(connection, statement, incident_ward.c.incident_id, ids, count)
    }


def _change_codes(connection: Connection, number: int, changed: list[tuple[Any, ...]]) -> None:
    statement = (
        update(incident_ward)
        .where(
            incident_ward.c.incident_id == bindparam("one"),
            incident_ward.c.ward_set == bindparam("number"),
        )
        .values(ward_code=bindparam("code"))
    )
    rows = ((code, one, number) for code, one in changed)
    write_rows(connection, statement, ("code", "one", "number"), rows)


def _add_codes(connection: Connection, fresh: list[tuple[Any, ...]]) -> None:
    rebuild = len(fresh) > CHUNK and not connection.scalar(
        select(incident_ward.c.incident_id).limit(1)
    )
    if rebuild:
        BY_WARD_TYPE_AND_DAY.drop(connection)
    copied = [incident.c[name] for name in _COPIED]
    statement = insert(incident_ward).from_select(
        ["incident_id", "ward_set", "ward_code", *_COPIED],
        select(incident.c.incident_id, bindparam("number"), bindparam("code"), *copied).where(
            incident.c.incident_id == bindparam("one")
        ),
    )
    written = write_rows(connection, statement, ("number", "code", "one"), fresh)
    if written != len(fresh):
        raise NotFoundError(
            f"Wards were given for {len(fresh)} incidents of which {len(fresh) - written} are not"
            " in the store; save their delivery first."
        )
    if rebuild:
        BY_WARD_TYPE_AND_DAY.create(connection)


def follow(connection: Connection, ids: list[bytes]) -> None:
    """Bring the copies beside the wards in step with incidents that changed."""
    if not connection.scalar(select(incident_ward.c.incident_id).limit(1)):
        return
    statement = (
        update(incident_ward)
        .where(
            incident_ward.c.incident_id == incident.c.incident_id,
            incident.c.incident_id == bindparam("one"),
        )
        .values({name: incident.c[name] for name in _COPIED})
    )
    write_rows(connection, statement, ("one",), ((one,) for one in ids))


def forget(connection: Connection, ids: list[bytes]) -> None:
    """Drop the wards of incidents that moved, so that they are assigned anew."""
    statement = delete(incident_ward).where(incident_ward.c.incident_id == bindparam("one"))
    write_rows(connection, statement, ("one",), ((one,) for one in ids))
