"""Saved hotspot runs: written once, read back equal."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, Row, Table, func, insert, select

from aim.errors import NotFoundError, ParameterError
from aim.model.agreements import WHOLE_ROW
from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.people import Reach
from aim.model.records import SavedRun
from aim.store import erasing
from aim.store.bulk import write_rows
from aim.store.contents import ids_from_hex, ids_to_bytes, ids_to_hex
from aim.store.facts import read_data_version
from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import run as run_table
from aim.store.tables import run_hotspot, run_member, run_parent

_SHAPE = "geometry"


def sees_runs(reach: Reach) -> bool:
    """Tell whether a reach may read saved runs: they count every row their maker could see."""
    limits = (reach.agencies, reach.sources, reach.wards, reach.sensitivities)
    barred = any(column == WHOLE_ROW for _, column in reach.withheld)
    return not barred and all(limit is None for limit in limits)


def write_run(
    connection: Connection,
    run: HotspotRun,
    *,
    actor: str,
    program_version: str,
    at: datetime,
) -> SavedRun:
    """Keep a run for good.

    Raises
    ------
    ParameterError
        A hotspot has no ``hotspot_id``.
    """
    if run.hotspots["hotspot_id"].isna().any():
        raise ParameterError("A run is saved with a `hotspot_id` for every hotspot; some lack one.")
    number = (connection.scalar(select(func.max(run_table.c.number))) or 0) + 1
    row = {
        "number": number,
        "run_id": f"r{number:04d}",
        "made_at": to_epoch(at),
        "actor": actor,
        "data_version": run.facts.get("data_version", read_data_version(connection)),
        "program_version": program_version,
        "parameters": _to_json(run.parameters.as_dict()),
        "min_samples": run.min_samples,
        "facts": _to_json(run.facts),
        "warnings": _to_json(list(run.warnings)),
        "hotspots": len(run.hotspots),
        "shapes": _to_json(
            {
                "hotspots": _types(run.hotspots),
                "parents": _types(run.parents),
                "members": _types(run.members),
            }
        ),
    }
    connection.execute(insert(run_table).values(**row))
    _write_hotspots(connection, number, run.hotspots)
    _write_shapes(connection, run_parent, number, run.parents, ())
    _write_members(connection, number, run.members)
    return _head(connection.execute(_of(row["run_id"])).one())


def _types(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


def _write_hotspots(connection: Connection, number: int, hotspots: gpd.GeoDataFrame) -> None:
    _write_shapes(connection, run_hotspot, number, hotspots, ("hotspot_id",))


def _write_shapes(
    connection: Connection,
    table: Table,
    number: int,
    frame: gpd.GeoDataFrame,
    own: Sequence[str],
) -> None:
    """Write a frame a row at a time: its own columns, the rest as JSON, the polygon as WKB."""
    rest = [str(name) for name in frame.columns if name not in {*own, _SHAPE}]
    facts = [
        _to_json(dict(zip(rest, values, strict=True)))
        for values in _plain_rows(frame[rest], len(frame))
    ]
    polygons = shapely.to_wkb(frame.geometry.to_numpy()).tolist() if len(frame) else []
    columns = [frame[name].astype(str).tolist() for name in own]
    write_rows(
        connection,
        insert(table),
        ("run", "position", *own, "facts", "polygon"),
        zip([number] * len(frame), range(len(frame)), *columns, facts, polygons, strict=True),
    )


def _plain_rows(frame: pd.DataFrame, length: int) -> list[tuple[Any, ...]]:
    columns = [[_plain(value) for value in frame[name].tolist()] for name in frame.columns]
    return list(zip(*columns, strict=True)) if columns else [()] * length


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple, dict)):
        return value
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _write_members(connection: Connection, number: int, members: pd.DataFrame) -> None:
    write_rows(
        connection,
        insert(run_member),
        ("run", "position", "incident_id", "rank", "core"),
        zip(
            [number] * len(members),
            range(len(members)),
            ids_to_bytes(ids_from_hex(members["incident_id"].tolist())),
            members["rank"].astype("int64").tolist(),
            members["core"].astype(bool).tolist(),
            strict=True,
        ),
    )


def list_runs(connection: Connection, reach: Reach) -> list[SavedRun]:
    """Return the heads of the saved runs, oldest first."""
    if not sees_runs(reach):
        return []
    rows = connection.execute(select(run_table).order_by(run_table.c.number))
    return [_head(row) for row in rows]


def _of(run_id: str) -> Any:
    return select(run_table).where(run_table.c.run_id == run_id)


def _head(row: Row[Any]) -> SavedRun:
    return SavedRun(
        run_id=row.run_id,
        made_at=from_epoch(row.made_at),
        actor=row.actor,
        data_version=row.data_version,
        program_version=row.program_version,
        parameters=_from_json(row.parameters),
        facts=_from_json(row.facts),
        warnings=tuple(_from_json(row.warnings)),
        hotspots=row.hotspots,
    )


def read_run(connection: Connection, run_id: str, reach: Reach) -> HotspotRun:
    """Return a saved run whole.

    Raises
    ------
    NotFoundError
        No run has that name, or the reach does not show it.
    """
    row = connection.execute(_of(run_id)).one_or_none() if sees_runs(reach) else None
    if row is None:
        raise NotFoundError(f"No saved run is called {run_id!r}; save one with --save.")
    types = _from_json(row.shapes)
    gone = erasing.members_erased(connection, row.number)
    return HotspotRun(
        hotspots=_read_shapes(connection, run_hotspot, row.number, types["hotspots"]),
        members=_read_members(connection, row.number, types["members"]),
        parents=_read_shapes(connection, run_parent, row.number, types["parents"]),
        parameters=HotspotParameters(**_from_json(row.parameters)),
        min_samples=row.min_samples,
        warnings=(*_from_json(row.warnings), *_say_erased(gone)),
        facts=_from_json(row.facts) | ({"erased_members": gone} if gone else {}),
    )


def _say_erased(gone: int) -> tuple[str, ...]:
    if not gone:
        return ()
    what = "incident has" if gone == 1 else "incidents have"
    since = "erased from this run since it was saved; its counts are those of the day"
    return (f"{gone:,} {what} been {since}.",)


def _read_shapes(
    connection: Connection, table: Table, number: int, types: Mapping[str, str]
) -> gpd.GeoDataFrame:
    rows = connection.execute(
        select(table).where(table.c.run == number).order_by(table.c.position)
    ).all()
    return _frame_of(rows, types)


def _frame_of(rows: Sequence[Row[Any]], types: Mapping[str, str]) -> gpd.GeoDataFrame:
    facts = [_from_json(row.facts) for row in rows]
    columns = {
        name: pd.Series(
            [
                row.hotspot_id if name == "hotspot_id" else held[name]
                for row, held in zip(rows, facts, strict=True)
            ],
            dtype=kind,
        )
        for name, kind in types.items()
        if name != _SHAPE
    }
    polygons = shapely.from_wkb(np.array([row.polygon for row in rows], dtype=object))
    frame: gpd.GeoDataFrame = gpd.GeoDataFrame(
        columns, geometry=polygons, crs=BRITISH_NATIONAL_GRID
    )
    ordered: gpd.GeoDataFrame = frame[list(types)]
    return ordered


def _read_members(connection: Connection, number: int, types: Mapping[str, str]) -> pd.DataFrame:
    rows = connection.execute(
        select(run_member.c.incident_id, run_member.c.rank, run_member.c.core)
        .where(run_member.c.run == number)
        .order_by(run_member.c.position)
    ).all()
    columns = {
        "incident_id": ids_to_hex(row[0] for row in rows),
        "rank": [row[1] for row in rows],
        "core": [row[2] for row in rows],
    }
    return pd.DataFrame(
        {name: pd.Series(columns[name], dtype=kind) for name, kind in types.items()}
    )


def read_history(connection: Connection, hotspot_id: str, reach: Reach) -> gpd.GeoDataFrame:
    """Return the rows one lasting hotspot had, oldest first, with ``run_id`` and ``made_at``."""
    if not sees_runs(reach):
        return gpd.GeoDataFrame({"run_id": []}, geometry=[], crs=BRITISH_NATIONAL_GRID)
    rows = connection.execute(
        select(run_hotspot, run_table.c.run_id, run_table.c.made_at, run_table.c.shapes)
        .join(run_table, run_table.c.number == run_hotspot.c.run)
        .where(run_hotspot.c.hotspot_id == hotspot_id)
        .order_by(run_hotspot.c.run, run_hotspot.c.position)
    ).all()
    if not rows:
        return gpd.GeoDataFrame({"run_id": []}, geometry=[], crs=BRITISH_NATIONAL_GRID)
    history = _frame_of(rows, _from_json(rows[-1].shapes)["hotspots"])
    history.insert(0, "run_id", pd.Series([row.run_id for row in rows], dtype="str"))
    history.insert(1, "made_at", pd.to_datetime([from_epoch(row.made_at) for row in rows]))
    return history


# JSON knows neither days nor tuples; a run must come back equal.
_DAY, _MOMENT, _TUPLE = "$day", "$moment", "$tuple"


def _to_json(value: Any) -> str:
    return json.dumps(_tagged(value), ensure_ascii=False, separators=(",", ":"))


def _tagged(value: Any) -> Any:
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, tuple):
        return {_TUPLE: [_tagged(one) for one in value]}
    if isinstance(value, list):
        return [_tagged(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _tagged(one) for name, one in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def _from_json(text: str) -> Any:
    return json.loads(text, object_hook=_untagged)


def _untagged(held: dict[str, Any]) -> Any:
    if _DAY in held:
        return date.fromisoformat(held[_DAY])
    if _MOMENT in held:
        return pd.Timestamp(held[_MOMENT])
    if _TUPLE in held:
        return tuple(held[_TUPLE])
    return held
