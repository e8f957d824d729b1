"""Outlines of places as people give them: a boundary file, a rectangle, corners one by one."""

import re
import tempfile
from pathlib import Path

import numpy as np
import shapely

from aim.areas import read_wards
from aim.errors import ParameterError
from aim.model.crs import to_grid
from aim.model.filters import Box, read_filter
from aim.model.people import EVERYTHING
from aim.store import Store
from aim.workflows.grounds import on_grid

LEAST_M2, MOST_M2 = 100.0, 2_000_000_000.0
MOST_CORNERS = 500
FILE_SUFFIXES = (".geojson", ".json", ".gpkg", ".zip", ".shp")
_DEGREES_AT_MOST = 180.0
_BETWEEN = re.compile(r"[,\s]+")


def read_outline_file(path: Path) -> shapely.Geometry:
    """Return the areas of a boundary file together, EPSG:27700.

    Raises
    ------
    AreaError
        It holds no area.
    """
    return shapely.unary_union(read_wards(path).geometry)


def read_outline_bytes(name: str, content: bytes) -> shapely.Geometry:
    """Return the areas of a boundary file somebody sent, EPSG:27700.

    Parameters
    ----------
    name
        What the sender calls it; its ending is taken where it is one of ``FILE_SUFFIXES``.

    Raises
    ------
    AreaError
        It holds no area.
    """
    ending = next((one for one in FILE_SUFFIXES if name.casefold().endswith(one)), ".geojson")
    with tempfile.TemporaryDirectory(prefix="aim-") as folder:
        path = Path(folder, f"outline{ending}")
        path.write_bytes(content)
        return read_outline_file(path)


def read_corners(text: str) -> shapely.Geometry:
    """Read a rectangle or the corners of a place, EPSG:27700.

    Parameters
    ----------
    text
        ``west,south,east,north`` in degrees on one line, or three corners and more, one a line
        or with semicolons between: easting and northing in metres, or longitude and latitude in
        degrees.

    Raises
    ------
    ParameterError
        It is neither, or no plain area comes of it.

    Examples
    --------
    >>> square = "480000 530000; 480100 530000; 480100 530100; 480000 530100"
    >>> read_corners(square).area
    10000.0
    """
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip()]
    if len(lines) == 1:
        box = read_filter({"area": "".join(lines[0].split())}).area
        if isinstance(box, Box):
            return on_grid(box)
    if not 3 <= len(lines) <= MOST_CORNERS:  # noqa: PLR2004 - fewer corners make no area
        raise _unreadable(text, f"{len(lines)} lines")
    corners = np.array([_corner(line, text) for line in lines])
    if np.abs(corners).max() <= _DEGREES_AT_MOST:
        corners = np.column_stack(to_grid(corners[:, 0], corners[:, 1]))
    shape = shapely.Polygon(corners)
    if not shape.is_valid:
        raise _unreadable(text, "sides that cross each other")
    return shape


def check_outline(store: Store, shape: shapely.Geometry) -> tuple[str, ...]:
    """Return the codes of the current wards an outline lies in, most of it first.

    Raises
    ------
    ParameterError
        It is too small or too large for a place, or lies outside every ward.
    """
    if not LEAST_M2 <= shape.area <= MOST_M2:
        raise ParameterError(
            f"The outline holds {shape.area:,.0f} square metres; a place has {LEAST_M2:,.0f} to"
            f" {MOST_M2:,.0f}. Look at the order of its numbers: east comes before north."
        )
    wards = store.wards(EVERYTHING)
    shared = shapely.area(shapely.intersection(wards.geometry.to_numpy(), shape))
    if len(wards) and not shared.any():
        raise ParameterError(
            "The outline lies outside every ward. East comes before north, longitude before"
            " latitude."
        )
    order = np.argsort(-shared, kind="stable")
    return tuple(str(wards["ward_code"].iloc[at]) for at in order if shared[at] > 0)


def _corner(line: str, text: str) -> tuple[float, float]:
    try:
        east, north = map(float, _BETWEEN.split(line))
    except ValueError as error:
        raise _unreadable(text, repr(line)) from error
    if not np.isfinite([east, north]).all():
        raise _unreadable(text, repr(line))
    return east, north


def _unreadable(text: str, found: str) -> ParameterError:
    told = text.strip()[:60]
    return ParameterError(
        f"The corners {told!r} were given and have {found}. Write west,south,east,north in degrees"
        f" on one line, or 3 to {MOST_CORNERS} corners, one a line, such as 480000 530000."
    )
