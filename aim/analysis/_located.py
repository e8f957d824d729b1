"""Incidents made ready for clustering: metres found, in a fixed order, wards known."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.errors import CrsError
from aim.model.crs import BRITISH_NATIONAL_GRID, WGS84, to_grid
from aim.model.incidents import check_incidents, conform_incidents

Floats = npt.NDArray[np.float64]

_ORDER = ["easting", "northing", "occurred_from", "incident_id"]


def locate(incidents: pd.DataFrame) -> pd.DataFrame:
    """Give incidents their metres and a fixed order, so that row order changes nothing.

    Parameters
    ----------
    incidents
        ``easting`` and ``northing`` (British National Grid), or ``lon`` and ``lat`` (WGS84), or
        points in either system. Without ``incident_id`` the place in the table stands for it.

    Returns
    -------
    pandas.DataFrame
        The declared columns and ``ward_code``, every row, from west to east, then by northing,
        time and identity; rows without a position, whose metres are missing, last.

    Raises
    ------
    CrsError
        There are points, but in another system or none.
    ParameterError
        There is no position at all.
    """
    # Merged feeds may repeat their row numbers.
    incidents = incidents.reset_index(drop=True)
    easting, northing = _metres(incidents)
    located = conform_incidents(incidents).assign(easting=easting, northing=northing)
    located["ward_code"] = pd.Series(incidents.get("ward_code"), located.index, dtype="str")
    if "incident_id" not in incidents:
        located["incident_id"] = [f"{row:032x}" for row in range(len(located))]
    # Identities hang on a hub's own key: place and time first, so that two hubs agree.
    return located.sort_values(_ORDER, kind="stable").reset_index(drop=True)


def _metres(incidents: pd.DataFrame) -> tuple[Floats, Floats]:
    if {"easting", "northing"} <= set(incidents.columns):
        return (
            incidents["easting"].to_numpy(np.float64),
            incidents["northing"].to_numpy(np.float64),
        )
    if {"lon", "lat"} <= set(incidents.columns):
        return to_grid(incidents["lon"], incidents["lat"])
    if isinstance(incidents, gpd.GeoDataFrame) and incidents.active_geometry_name:
        return _metres_of_points(incidents.geometry)
    check_incidents(incidents, needed=("easting", "northing"))
    raise AssertionError


def _metres_of_points(points: gpd.GeoSeries) -> tuple[Floats, Floats]:
    x, y = shapely.get_x(points.values), shapely.get_y(points.values)
    if points.crs == BRITISH_NATIONAL_GRID:
        return x, y
    if points.crs == WGS84:
        return to_grid(x, y)
    found = "no reference system" if points.crs is None else points.crs.to_string()
    raise CrsError(
        f"`incidents` must be in {BRITISH_NATIONAL_GRID} or {WGS84}, found {found};"
        f' call incidents.to_crs("{BRITISH_NATIONAL_GRID}") first.'
    )


def check_wards(wards: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return wards sorted by code, or say what is wrong with them.

    Raises
    ------
    CrsError
        The polygons are not in British National Grid.
    """
    if wards.crs != BRITISH_NATIONAL_GRID:
        found = "no reference system" if wards.crs is None else wards.crs.to_string()
        raise CrsError(
            f"`wards` must be in {BRITISH_NATIONAL_GRID}, found {found}; read them with"
            " aim.read_wards."
        )
    return wards.sort_values("ward_code", kind="stable").reset_index(drop=True)


def fill_wards(incidents: pd.DataFrame, wards: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give incidents without a ward the one they lie in; on a shared edge the lower code wins.

    Parameters
    ----------
    incidents
        From ``locate``.
    wards
        From ``check_wards``.
    """
    unknown = incidents["ward_code"].isna() & incidents["easting"].notna()
    rows = np.flatnonzero(unknown)
    points = shapely.points(
        incidents["easting"].to_numpy()[rows], incidents["northing"].to_numpy()[rows]
    )
    point, ward = shapely.STRtree(wards.geometry.values).query(points, predicate="intersects")
    lowest = pd.Series(ward).groupby(point).min()
    codes = incidents["ward_code"].copy()
    codes.iloc[rows[lowest.index]] = wards["ward_code"].to_numpy()[lowest.to_numpy()]
    return incidents.assign(ward_code=codes)


def area_of(places: Floats, eps_m: float, wards: gpd.GeoDataFrame | None) -> float:
    """Return the area incidents could lie in, square metres.

    That of the wards; without wards, of the hull of the incidents and what lies within eps of it.
    """
    if wards is not None and len(wards):
        return float(shapely.area(shapely.union_all(wards.geometry.values)))
    if not len(places):
        return float(np.pi * eps_m**2)
    return float(shapely.area(shapely.buffer(shapely.MultiPoint(places).convex_hull, eps_m)))
