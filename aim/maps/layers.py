"""Frames become the layers of a map: GeoJSON in degrees, and text that is only ever text.

This is the one place where words people typed enter a map. They leave it as JSON with ``<``, ``>``
and ``&`` written as escapes, and the page's script puts them into text nodes, never into HTML.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from aim.errors import CrsError
from aim.model.crs import BRITISH_NATIONAL_GRID, to_degrees
from aim.model.hotspots import Change
from aim.model.incidents import Sensitivity, check_incidents
from aim.model.types import read_taxonomy
from aim.model.words import say_change, say_counts, say_moment

Json = dict[str, Any]

INCIDENT_LIMIT = 10_000
WARD_TOLERANCE_M = 8.0
DRAWN = (Sensitivity.PUBLIC.value, Sensitivity.ROUTINE.value)
# What a point may carry: never a description.
POINT_COLUMNS = (
    "incident_id",
    "source",
    "incident_type",
    "sensitivity",
    "occurred_from",
    "time_precision",
    "lon",
    "lat",
    "location_text",
)
KINDS = {
    Change.NEW: "new",
    Change.UP: "up",
    Change.STEADY: "steady",
    Change.DOWN: "down",
    Change.TOO_FEW: "few",
}
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def layers_json(
    hotspots: gpd.GeoDataFrame,
    incidents: pd.DataFrame | None = None,
    ward_counts: Mapping[str, int] | pd.Series | None = None,
    *,
    headline: str = "",
    chosen: Sequence[str] = (),
) -> bytes:
    """Write what changes on a live map when the filter changes.

    Parameters
    ----------
    hotspots
        ``HOTSPOT_COLUMNS``, EPSG:27700; may be empty.
    incidents
        Incidents of the same filter; only public and routine ones with a position are drawn, at
        most ``INCIDENT_LIMIT``, the latest first. None draws none.
    ward_counts
        Incidents by ward code.
    headline
        One sentence, read out when the map has changed.
    chosen
        Codes of the wards asked for, to be outlined.

    Returns
    -------
    bytes
        JSON with ``hotspots`` and ``incidents`` (GeoJSON, WGS84, six decimals, times ISO in UTC),
        ``wards``, ``headline``, ``notes`` and ``chosen``.

    Raises
    ------
    CrsError
        The hotspots are not in EPSG:27700.

    Examples
    --------
    >>> empty = gpd.GeoDataFrame({"geometry": []}, crs="EPSG:27700")
    >>> orjson.loads(layers_json(empty, headline="Nothing"))["headline"]
    'Nothing'
    """
    points, notes = incident_points(incidents)
    return orjson.dumps(
        {
            "hotspots": hotspot_features(hotspots),
            "incidents": points,
            "wards": {str(code): int(count) for code, count in _items(ward_counts)},
            "headline": headline,
            "notes": notes,
            "chosen": list(chosen),
        }
    )


def _items(counts: Mapping[str, int] | pd.Series | None) -> list[tuple[Any, Any]]:
    return [] if counts is None else list(counts.items())


def script_json(value: object) -> str:
    r"""Write a value as JSON that may stand inside a script of a page.

    Examples
    --------
    >>> script_json({"place": "</script>"})
    '{"place":"\\u003c/script\\u003e"}'
    """
    text = orjson.dumps(value).decode("utf-8")
    for letter, escape in _ESCAPES.items():
        text = text.replace(letter, escape)
    return text


def hotspot_features(hotspots: gpd.GeoDataFrame) -> Json:
    """Return hotspots as GeoJSON polygons with the facts their popups tell.

    Parameters
    ----------
    hotspots
        ``HOTSPOT_COLUMNS``, EPSG:27700.

    Returns
    -------
    dict
        A feature collection in the frame's order; no feature for an empty frame.

    Raises
    ------
    CrsError
        The frame is not in EPSG:27700.
    """
    rows = hotspots.to_dict("records")
    properties = [_hotspot_properties(row) for row in rows]
    return _collection(_outlines(hotspots, "hotspots"), properties)


def _hotspot_properties(row: dict[Any, Any]) -> Json:
    change = row["change"]
    return {
        "rank": int(row["rank"]),
        "name": str(row["name"]),
        "lon": round(float(row["lon"]), 6),
        "lat": round(float(row["lat"]), 6),
        "incidents": int(row["incidents"]),
        "change": str(change) if pd.notna(change) else "",
        "kind": KINDS[Change(change)] if pd.notna(change) else "plain",
        "first_seen": _iso(row["first_seen"]),
        "last_seen": _iso(row["last_seen"]),
        "facts": _hotspot_facts(row),
    }


def _hotspot_facts(row: dict[Any, Any]) -> list[list[str]]:
    wards = row["ward_names"] if pd.notna(row["ward_names"]) else row["wards"]
    first, last = say_moment(row["first_seen"]), say_moment(row["last_seen"])
    facts = {
        "Incidents": f"{int(row['incidents'])} at {_places(row['distinct_places'])}",
        "Change": say_change(row),
        "Wards": _known(wards),
        "Sources": say_counts(_known(row["by_source"])),
        "Types": say_counts(_known(row["by_type"])),
        "Seen": first if first == last else f"{first} to {last}",
        "Reach": f"{float(row['radius_m']):.0f} m around the middle",
    }
    return [[label, text] for label, text in facts.items() if text]


def _places(count: float) -> str:
    return "1 place" if int(count) == 1 else f"{int(count)} places"


def _known(value: object) -> str:
    return str(value) if isinstance(value, str) else ""


def _iso(moment: object) -> str | None:
    return moment.isoformat() if isinstance(moment, pd.Timestamp) and pd.notna(moment) else None


def hotspot_rows(hotspots: gpd.GeoDataFrame) -> tuple[dict[str, str], ...]:
    """Return the list that says the same as the map, in plain words.

    Returns
    -------
    tuple of dict
        ``rank``, ``kind``, ``place``, ``incidents``, ``change``, ``sources`` and ``wards`` of each
        hotspot, in the frame's order; empty in, empty out.
    """
    return tuple(
        {
            "rank": str(row["rank"]),
            "kind": KINDS[Change(row["change"])] if pd.notna(row["change"]) else "plain",
            "place": str(row["name"]),
            "incidents": str(row["incidents"]),
            "change": say_change(row),
            "sources": say_counts(_known(row["by_source"])),
            "wards": _known(row["ward_names"]) or _known(row["wards"]),
        }
        for row in hotspots.to_dict("records")
    )


def ward_features(wards: gpd.GeoDataFrame | None) -> Json:
    """Return wards as GeoJSON, simplified by about 8 m so that shared edges stay shared.

    Parameters
    ----------
    wards
        ``ward_code``, ``ward_name`` and polygons, EPSG:27700; None for no wards.

    Returns
    -------
    dict
        A feature collection; ``code``, ``name`` and a point inside for the label.

    Raises
    ------
    CrsError
        The frame is not in EPSG:27700.
    """
    if wards is None or wards.empty:
        return _collection([], [])
    check_grid(wards, "wards")
    shapes = wards.geometry.to_numpy()
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
    lon, lat = to_degrees(inside[:, 0], inside[:, 1])
    properties = [
        {"code": str(code), "name": str(name), "lon": round(x, 6), "lat": round(y, 6)}
        for code, name, x, y in zip(
            wards["ward_code"], wards["ward_name"], lon.tolist(), lat.tolist(), strict=True
        )
    ]
    simple = shapely.coverage_simplify(shapes, WARD_TOLERANCE_M)
    return _collection(_fragments(simple), properties)


def parent_features(parents: gpd.GeoDataFrame | None) -> Json:
    """Return the outlines of clusters that were split, as GeoJSON without properties."""
    if parents is None or parents.empty:
        return _collection([], [])
    return _collection(_outlines(parents, "parents"), [{} for _ in range(len(parents))])


def incident_points(incidents: pd.DataFrame | None) -> tuple[Json, list[str]]:
    """Return the incidents that may be drawn as points, and what must be said of the others.

    Parameters
    ----------
    incidents
        Needs ``POINT_COLUMNS``. None for no incidents.

    Returns
    -------
    dict, list of str
        One GeoJSON point an incident, public and routine ones with a position only, at most
        ``INCIDENT_LIMIT``, the latest first; and sentences that count what is not drawn.

    Raises
    ------
    ParameterError
        A needed column is absent.
    """
    if incidents is None:
        return _collection([], []), []
    check_incidents(incidents, POINT_COLUMNS)
    located = incidents["lon"].notna() & incidents["lat"].notna()
    allowed = incidents[located & incidents["sensitivity"].isin(DRAWN)]
    drawn = allowed.sort_values(
        ["occurred_from", "incident_id"], ascending=[False, True], kind="stable"
    ).head(INCIDENT_LIMIT)
    return _points(drawn), _point_notes(len(incidents), len(allowed), len(drawn))


def _point_notes(total: int, allowed: int, drawn: int) -> list[str]:
    notes = []
    if allowed > drawn:
        notes.append(
            f"Only the latest {drawn:,} of {allowed:,} incidents are drawn as points;"
            " choose a shorter period or fewer types to see them all."
        )
    if total > allowed:
        notes.append(
            f"{total - allowed:,} of {total:,} incidents are not drawn as points: they are"
            " sensitive or have no position. They are counted."
        )
    return notes


def _points(drawn: pd.DataFrame) -> Json:
    taxonomy = read_taxonomy()
    names = drawn["incident_type"].map(taxonomy.name, na_action="ignore").fillna("")
    moments = drawn["occurred_from"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").fillna("")
    places = np.column_stack([drawn["lon"], drawn["lat"]]).round(6).tolist()
    words = (drawn[name].fillna("") for name in ("source", "time_precision", "location_text"))
    # As lists: going through a text column one by one costs ten times as much.
    columns = zip(places, *(texts.tolist() for texts in (names, moments, *words)), strict=True)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": place},
                "properties": {
                    "type": name,
                    "source": source,
                    "occurred_from": moment,
                    "time_precision": precision,
                    "place": text,
                },
            }
            for place, name, moment, source, precision, text in columns
        ],
    }


def check_grid(frame: gpd.GeoDataFrame, name: str) -> None:
    """Make sure a frame is in British National Grid metres.

    Raises
    ------
    CrsError
        It is in another reference system, or in none that it names.
    """
    if frame.crs is None:
        raise CrsError(
            f"`{name}` names no reference system; call `{name}.set_crs(...)` with the one its"
            f' coordinates are in, then `{name}.to_crs("{BRITISH_NATIONAL_GRID}")`.'
        )
    if frame.crs.to_epsg() != 27700:  # noqa: PLR2004 - the number of the grid's name
        raise CrsError(
            f"`{name}` is in {frame.crs.to_string()};"
            f' call `{name}.to_crs("{BRITISH_NATIONAL_GRID}")` first.'
        )


def _outlines(frame: gpd.GeoDataFrame, name: str) -> list[orjson.Fragment]:
    if frame.empty:
        return []
    check_grid(frame, name)
    return _fragments(frame.geometry.to_numpy())


def _fragments(shapes: Any) -> list[orjson.Fragment]:
    degrees = shapely.transform(
        shapes, lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1])).round(6)
    )
    return [orjson.Fragment(text) for text in shapely.to_geojson(degrees)]


def _collection(shapes: list[orjson.Fragment], properties: list[Json]) -> Json:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": shape, "properties": facts}
            for shape, facts in zip(shapes, properties, strict=True)
        ],
    }
