"""Boundary sets, and which ward of each an incident lies in.

The ward of the current set stands in the incident, where filters and counts read it; those of the
other sets stand in ``incident_ward``, until one of them is made the current one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Float,
    MetaData,
    String,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from aim.errors import CrsError, NotFoundError, ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.records import WardSet
from aim.store.bulk import write_rows
from aim.store.facts import read_fact, write_fact
from aim.store.moments import from_epoch, to_epoch
from aim.store.protocol import CodesOf
from aim.store.sqlite import sorting
from aim.store.tables import (
    BY_WARD_TYPE_AND_DAY,
    THERE,
    WARD_PENDING,
    incident,
    incident_ward,
    ward,
    ward_set,
)

CURRENT_SET = "current_ward_set"
_WARD_COLUMNS = ("ward_code", "ward_name")
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
        _make_current(connection, number)


def choose_set(connection: Connection, name: str) -> None:
    """Make a loaded set the current one.

    Raises
    ------
    NotFoundError
        No set has that name.
    """
    _make_current(connection, set_number(connection, name))


def _make_current(connection: Connection, number: int) -> None:
    """Exchange the wards in the incidents for those of another set."""
    if number == current_set(connection):
        return
    known = incident.c.ward_set.is_not(None)
    columns = ("incident_id", "ward_set", "ward_code")
    with rebuilt_index(connection):
        connection.execute(
            insert(incident_ward).from_select(
                columns, select(*(incident.c[name] for name in columns)).where(known)
            )
        )
        connection.execute(_forgetting(known))
        connection.execute(
            update(incident)
            .where(
                incident_ward.c.incident_id == incident.c.incident_id,
                incident_ward.c.ward_set == number,
            )
            .values(ward_set=incident_ward.c.ward_set, ward_code=incident_ward.c.ward_code)
        )
    connection.execute(delete(incident_ward).where(incident_ward.c.ward_set == number))
    write_fact(connection, CURRENT_SET, str(number))


@contextmanager
def rebuilt_index(connection: Connection) -> Iterator[None]:
    """Take the index of wards down for a change of most rows, and fill it in one go afterwards."""
    BY_WARD_TYPE_AND_DAY.drop(connection)
    yield
    with sorting(connection):
        BY_WARD_TYPE_AND_DAY.create(connection)


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
    connection.execute(_forgetting(incident.c.ward_set == known))
    connection.execute(update(ward_set).where(ward_set.c.number == known).values(**row))
    return int(known)


def _pending(connection: Connection, number: int) -> list[ColumnElement[bool]]:
    # Nearly every row is there: an index on the state would only lead away from the ids' order.
    there = (incident.c.state + 0).in_(THERE)
    if number == current_set(connection):
        return [WARD_PENDING, there]
    entry = (
        select(incident_ward.c.incident_id)
        .where(
            incident_ward.c.incident_id == incident.c.incident_id,
            incident_ward.c.ward_set == number,
        )
        .exists()
    )
    return [incident.c.easting.is_not(None), there, ~entry]


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
    pending = _pending(connection, number)
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
    there = and_(
        position_ward.c.easting == incident.c.easting,
        position_ward.c.northing == incident.c.northing,
    )
    if number == current_set(connection):
        _fill_by_position(connection, number, [there, *pending])
    else:
        _add_by_position(connection, number, [there, *pending])
    position_ward.drop(connection)
    return True


def _fill_by_position(
    connection: Connection, number: int, conditions: list[ColumnElement[bool]]
) -> None:
    found = (
        update(incident)
        .where(*conditions)
        .values(ward_set=literal(number), ward_code=position_ward.c.ward_code)
    )
    if connection.scalar(select(incident.c.ward_set).where(incident.c.ward_set == number).limit(1)):
        connection.execute(found)
        return
    with rebuilt_index(connection):
        connection.execute(found)


def _add_by_position(
    connection: Connection, number: int, conditions: list[ColumnElement[bool]]
) -> None:
    rows = (
        select(incident.c.incident_id, literal(number), position_ward.c.ward_code)
        .select_from(incident, position_ward)
        .where(*conditions)
        .order_by(incident.c.incident_id)
    )
    connection.execute(
        insert(incident_ward).from_select(["incident_id", "ward_set", "ward_code"], rows)
    )


def forget(connection: Connection, ids: list[bytes]) -> None:
    """Drop the wards of incidents that moved, so that they are looked for anew."""
    one: BindParameter[bytes] = bindparam("one")
    listed = [(each,) for each in ids]
    write_rows(
        connection,
        delete(incident_ward).where(incident_ward.c.incident_id == one),
        ("one",),
        listed,
    )
    write_rows(connection, _forgetting(incident.c.incident_id == one), ("one",), listed)


def _forgetting(condition: ColumnElement[bool]) -> Update:
    return update(incident).where(condition).values(ward_set=null(), ward_code=null())
