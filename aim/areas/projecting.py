"""Bring the geometry of a file to the British National Grid, by the projection incidents use."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from aim.errors import CrsError
from aim.model.crs import BRITISH_NATIONAL_GRID, GRID_BOUNDS, to_grid

Geometries = npt.NDArray[np.object_]

# Offshore parts, Shetland and Northern Ireland reach a little past the square of the grid.
_GRID_SLACK_M = 100_000.0
_DEGREES = "OGC:CRS84"


def put_on_grid(
    rows: gpd.GeoDataFrame, path: Path, *, wanted: str, is_json: bool
) -> tuple[Geometries, list[str]]:
    """Bring the geometry of a file to the British National Grid and say what was supposed.

    Parameters
    ----------
    rows
        What the file holds, as the reading library gives it.
    path
        The file, for messages.
    wanted
        What was looked for in it, for messages: "boundaries" or "places".
    is_json
        GeoJSON and TopoJSON are in degrees unless they say otherwise.

    Returns
    -------
    geometry, notes
        Flat geometries in metres, one a row; sentences on what was supposed.

    Raises
    ------
    CrsError
        The reference system is not known, or the coordinates lie outside the British grid.
    """
    geometry = shapely.force_2d(np.asarray(rows.geometry.array, dtype=object))
    system, notes = _reference_system(rows, path, wanted, is_json=is_json)
    if not _is(system, BRITISH_NATIONAL_GRID):
        geometry = shapely.transform(geometry, lambda xy: _project(xy, system, wanted))
        if not _is(system, _DEGREES):
            notes = [
                *notes,
                f"Coordinates were turned from {system.name} to metres by way of WGS84.",
            ]
    if not (shapely.is_missing(geometry) | shapely.is_empty(geometry)).all():
        _check_on_grid(shapely.total_bounds(geometry), path, wanted)
    return geometry, notes


def _reference_system(
    rows: gpd.GeoDataFrame, path: Path, wanted: str, *, is_json: bool
) -> tuple[CRS, list[str]]:
    bounds = rows.total_bounds
    supposed = f"{path.name} names no reference system; its coordinates fit"
    # A plane tied to no place on earth says no more than nothing does.
    system = None if rows.crs is None or rows.crs.is_engineering else rows.crs
    # JSON that names none comes as degrees, or with nothing; metres cannot be degrees.
    unnamed = system is None or (is_json and _is(system, _DEGREES))
    if unnamed and _within(bounds, GRID_BOUNDS) and not _within(bounds, (-180, -90, 180, 90)):
        return CRS(BRITISH_NATIONAL_GRID), [f"{supposed} the British National Grid, taken as such."]
    if system is not None:
        return system, []
    if is_json:
        return CRS(_DEGREES), []
    raise CrsError(
        f"Asked to read {wanted} from {path}; it names no reference system and its"
        f" coordinates ({_words(bounds)}) do not fit the British National Grid."
        " Add the .prj file it was published with, or save it as GeoJSON in degrees."
    )


def _is(system: CRS, name: str) -> bool:
    return bool(system.equals(name, ignore_axis_order=True))


def _project(xy: npt.NDArray[np.float64], system: CRS, wanted: str) -> npt.NDArray[np.float64]:
    lon, lat = xy[:, 0], xy[:, 1]
    if not _is(system, _DEGREES):
        try:
            lon, lat = Transformer.from_crs(system, _DEGREES, always_xy=True).transform(lon, lat)
        except ProjError as error:
            raise CrsError(
                f"The {wanted} are in {system.name}, from which no way to WGS84 is known."
                " Save them in EPSG:27700 or EPSG:4326."
            ) from error
    return np.column_stack(to_grid(lon, lat))


def _check_on_grid(bounds: npt.NDArray[np.float64], path: Path, wanted: str) -> None:
    west, south, east, north = GRID_BOUNDS
    slack = _GRID_SLACK_M
    if not _within(bounds, (west - slack, south - slack, east + slack, north + slack)):
        raise CrsError(
            f"Asked to read {wanted} from {path}; on the British National Grid they would lie"
            f" at {_words(bounds)} metres, outside it."
            " Longitude must come before latitude, and the file must name its reference system."
        )


def _within(bounds: npt.NDArray[np.float64], frame: tuple[float, float, float, float]) -> bool:
    west, south, east, north = frame
    return bool(
        bounds[0] >= west and bounds[1] >= south and bounds[2] <= east and bounds[3] <= north
    )


def _words(bounds: npt.NDArray[np.float64]) -> str:
    return "{:.6g}, {:.6g} to {:.6g}, {:.6g}".format(*bounds)
