"""One row a hotspot: where it is, how large, whose data it is, and how it moved."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from aim.analysis._clusters import Cluster, count_places, radius_of
from aim.analysis.counts import compare_counts
from aim.analysis.names import compass_part, make_unique, name_place
from aim.model.crs import BRITISH_NATIONAL_GRID, to_degrees
from aim.model.hotspots import HOTSPOT_COLUMNS
from aim.model.incidents import TIMES
from aim.model.types import read_taxonomy

Floats = npt.NDArray[np.float64]

_DTYPES = {
    "rank": "int64",
    "incidents": "int64",
    "distinct_places": "int64",
    "incidents_before": "Int64",
    "first_seen": TIMES,
    "last_seen": TIMES,
    **dict.fromkeys(
        ("hotspot_id", "name", "wards", "ward_names", "by_source", "by_type", "change", "parent"),
        "str",
    ),
    **dict.fromkeys(
        ("per_week", "change_p", "easting", "northing", "lon", "lat", "radius_m", "area_m2"),
        "float64",
    ),
}
# Outlines follow the circles to this share of eps; a reader cannot see less.
_FINE = 1 / 20
_QUARTER_SEGMENTS = 8
# A hair of rounding wide, because distances are measured again.
_WIDE = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Scene:
    """What every hotspot of a run is described from.

    Attributes
    ----------
    incidents
        The located incidents, sorted by identity.
    places, places_before
        Their metres, and those of the period before; None without one.
    wards
        ``ward_code``, ``ward_name`` and polygons; None without any.
    weeks
        Length of the period.
    """

    incidents: pd.DataFrame
    places: Floats
    places_before: Floats | None
    wards: gpd.GeoDataFrame | None
    weeks: float


def describe_hotspots(scene: Scene, clusters: Sequence[Cluster]) -> gpd.GeoDataFrame:
    """Return ``HOTSPOT_COLUMNS``, one row a cluster, in the order given, ranked from 1."""
    rows = [_describe(scene, cluster) for cluster in clusters]
    frame = pd.DataFrame(rows, columns=list(HOTSPOT_COLUMNS))
    frame["rank"] = np.arange(1, len(frame) + 1)
    frame["lon"], frame["lat"] = to_degrees(frame["easting"], frame["northing"])
    first_wards = [str(names).split("; ")[0] for names in frame["ward_names"]]
    frame["name"] = make_unique(frame["name"].tolist(), first_wards)
    for name in ("first_seen", "last_seen"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return gpd.GeoDataFrame(frame.astype(_DTYPES), geometry="geometry", crs=BRITISH_NATIONAL_GRID)


def describe_parents(scene: Scene, parents: dict[str, Cluster]) -> gpd.GeoDataFrame:
    """Return ``parent``, ``incidents``, ``radius_m``, ``geometry`` of clusters that were split."""
    columns = {
        "parent": pd.Series(list(parents), dtype="str"),
        "incidents": np.array([len(one.rows) for one in parents.values()], dtype=np.int64),
        "radius_m": np.array(
            [radius_of(scene.places[one.rows]) for one in parents.values()], dtype=np.float64
        ),
    }
    outlines = [outline(scene.places[one.rows[one.core]], one.eps_m) for one in parents.values()]
    return gpd.GeoDataFrame(columns, geometry=outlines, crs=BRITISH_NATIONAL_GRID)


def _describe(scene: Scene, cluster: Cluster) -> dict[str, Any]:
    members, places = scene.incidents.iloc[cluster.rows], scene.places[cluster.rows]
    easting, northing = places.mean(axis=0)
    shape = outline(places[cluster.core], cluster.eps_m)
    wards = _ward_facts(scene, members["ward_code"])
    return {
        "name": name_place(
            members["location_text"].dropna(), _say_where(scene, wards, easting, northing)
        ),
        **wards,
        "incidents": len(members),
        "distinct_places": count_places(places),
        "by_source": _tally(members["source"]),
        "by_type": _tally(members["incident_type"].map(read_taxonomy().name, na_action="ignore")),
        "first_seen": members["occurred_from"].min(),
        "last_seen": members["occurred_from"].max(),
        "per_week": len(members) / scene.weeks,
        **_change(scene, cluster),
        "easting": easting,
        "northing": northing,
        "radius_m": radius_of(places),
        "area_m2": shape.area,
        "parent": cluster.parent,
        "geometry": shape,
    }


def _by_count(values: pd.Series) -> dict[str, int]:
    """Count values, most first, ties in alphabetical order."""
    counts = Counter(values.dropna().tolist())
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _tally(values: pd.Series) -> str:
    return "; ".join(f"{value} {count}" for value, count in _by_count(values).items())


def _ward_facts(scene: Scene, codes: pd.Series) -> dict[str, str]:
    found = list(_by_count(codes))
    names = {} if scene.wards is None else _ward_names(scene.wards)
    return {
        "wards": " ".join(found),
        "ward_names": "; ".join(names.get(code, code) for code in found),
    }


def _ward_names(wards: gpd.GeoDataFrame) -> dict[str, str]:
    return dict(zip(wards["ward_code"], wards["ward_name"], strict=True))


def _say_where(scene: Scene, wards: dict[str, str], easting: float, northing: float) -> str:
    """Name a place without a street: ward and compass part, or the grid reference."""
    if not wards["wards"]:
        return f"Grid {easting:.0f} {northing:.0f}"
    name = wards["ward_names"].split("; ")[0]
    code = wards["wards"].split()[0]
    known = scene.wards is not None and (scene.wards["ward_code"] == code).any()
    if scene.wards is None or not known:
        return name
    shape = scene.wards.geometry[scene.wards["ward_code"] == code].iloc[0]
    middle = shape.centroid
    part = compass_part(easting - middle.x, northing - middle.y, math.sqrt(shape.area) / 2)
    return f"{name}, {part}" if name.lower().endswith("ward") else f"{name} ward, {part}"


def _change(scene: Scene, cluster: Cluster) -> dict[str, Any]:
    if scene.places_before is None:
        return {"incidents_before": pd.NA, "change_p": math.nan, "change": None}
    core = scene.places[cluster.rows[cluster.core]]
    before = count_within(scene.places_before, core, cluster.eps_m)
    p, change = compare_counts(len(cluster.rows), before)
    return {"incidents_before": before, "change_p": p, "change": change.value}


def count_within(places: Floats, core: Floats, eps_m: float) -> int:
    """Count places within eps of any core place; a distance equal to eps counts.

    Parameters
    ----------
    places, core
        Metres, shapes (n, 2) and (m, 2).
    eps_m
        Metres.

    Examples
    --------
    >>> count_within(np.array([[3.0, 4.0], [9.0, 0.0]]), np.array([[0.0, 0.0]]), eps_m=5)
    1
    """
    low, high = core.min(axis=0) - eps_m * _WIDE, core.max(axis=0) + eps_m * _WIDE
    near = places[((places >= low) & (places <= high)).all(axis=1)]
    _, nearest = cKDTree(core).query(near, distance_upper_bound=eps_m * _WIDE)
    seen = nearest < len(core)
    gap = near[seen] - core[nearest[seen]]
    return int(np.count_nonzero((gap * gap).sum(axis=1) <= eps_m * eps_m))


def outline(core: Floats, eps_m: float) -> shapely.Geometry:
    """Return the ground within eps of core places, simplified to a twentieth of eps.

    Parameters
    ----------
    core
        Metres, shape (n, 2).
    eps_m
        Metres.

    Returns
    -------
    shapely.Geometry
        A valid polygon, or several where only border incidents bridge the gap.
    """
    # One place for each fine square is enough: what lies between is less than the simplification.
    _, chosen = np.unique(np.floor(core / (eps_m * _FINE)), axis=0, return_index=True)
    circles = shapely.buffer(
        shapely.points(core[np.sort(chosen)]), eps_m, quad_segs=_QUARTER_SEGMENTS
    )
    shape = shapely.simplify(shapely.union_all(circles), eps_m * _FINE, preserve_topology=True)
    return shape if shape.is_valid else shapely.make_valid(shape)
