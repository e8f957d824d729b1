"""Map files (.gpkg, .shp): a layer of points as rows of cells, its position in two columns.

A layer of areas or lines holds no incidents and is refused, unless points stand beside it. A
feature that is no single point is kept without a position. Moments are London time unless the file
says their zone. A shapefile cuts the names of columns at ten letters.
"""

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyogrio import list_layers, raw

from aim.errors import FeedFormatError
from aim.feeds._files import Content
from aim.model.crs import BRITISH_NATIONAL_GRID

Floats = npt.NDArray[np.float64]
Cells = list[list[Any]]
_METRES, _DEGREES = ("Easting", "Northing"), ("Longitude", "Latitude")
_LON_LAT = "OGC:CRS84"
_MOST_DEGREES = (180.0, 90.0)
# Whether a layer is read follows from how its geometry is declared; the first that fits.
_KINDS = (("Polygon", "areas"), ("Surface", "areas"), ("Line", "lines"), ("Curve", "lines"))
_REFUSED = {
    "areas": "these are areas, not incidents. Ask the sender for points",
    "lines": "these are lines, not incidents. Ask the sender for points",
    "": "it holds no layer. Ask the sender for it again",
}


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer read: its rows, what was supposed of it, and what it holds instead of points."""

    rows: Cells = field(default_factory=list)
    said: str = ""
    wrong: str = ""


def read_layers(content: Content, feed: str) -> tuple[dict[str, Cells], tuple[str, ...]]:
    """Read every layer that can hold incidents as a header and rows of cells.

    Returns
    -------
    layers, notes
        By layer: the header, the two columns of the position first, then one row a feature; layers
        of points where there are any, else tables without geometry. Sentences on what was supposed.

    Raises
    ------
    FeedFormatError
        The file is damaged, or holds only areas or lines.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the reading library, not for people
            declared = {str(name): str(kind or "") for name, kind in list_layers(content.data)}
            read = {name: _read_layer(content.data, name) for name in _chosen(declared)}
    except Exception as error:  # a damaged file fails in many ways
        raise FeedFormatError(
            f"{content.name} was asked for as {feed}; the map file is damaged or a part of it is"
            f" missing ({type(error).__name__}). Ask the sender for it again, all parts together."
        ) from error
    layers = {name: layer.rows for name, layer in read.items() if not layer.wrong}
    if not layers:
        wrongs = (*(layer.wrong for layer in read.values()), *map(_wrong_kind, declared.values()))
        wrong = next(filter(None, wrongs), "")
        raise FeedFormatError(f"{content.name} was asked for as {feed}; {_REFUSED[wrong]}.")
    notes = [
        f"{content.name} (layer {name}): {layer.said}."
        for name, layer in read.items()
        if layer.said
    ]
    return layers, tuple(notes)


def _chosen(declared: dict[str, str]) -> list[str]:
    """Return the layers that may hold points, else those without geometry."""
    drawn = [name for name, kind in declared.items() if kind and not _wrong_kind(kind)]
    return drawn or [name for name, kind in declared.items() if not kind]


def _read_layer(data: bytes, name: str) -> _Layer:
    meta, _, shapes, values = raw.read(data, layer=name, datetime_as_string=True, force_2d=True)
    wrong = _wrong_shapes(shapes)
    return _Layer(wrong=wrong) if wrong else _lay_out(meta, shapes, values)


def _wrong_kind(kind: str) -> str:
    """Return what a declared kind of geometry holds instead of points, empty for points."""
    return next((said for word, said in _KINDS if word in kind), "")


def _wrong_shapes(shapes: Any) -> str:
    """Return what the features are where none of them is a point, empty where some are."""
    if shapes is None:
        return ""
    types = {str(one) for one in np.unique(shapely.get_type_id(shapely.from_wkb(shapes)))} - {"-1"}
    if not types or types & {"0", "4"}:  # a point, several points
        return ""
    return "areas" if types & {"3", "6"} else "lines"


def _lay_out(meta: dict[str, Any], shapes: Any, values: list[Any]) -> _Layer:
    """Put header, position and cells together."""
    header = [str(name) for name in meta["fields"]]
    columns = [[_cell(one) for one in column.tolist()] for column in values]
    said = ""
    if shapes is not None:
        names, x, y, said = _positions(shapes, meta["crs"])
        header, columns = [*names, *header], [_numbers(x), _numbers(y), *columns]
    return _Layer([header, *(list(row) for row in zip(*columns, strict=True))], said)


def _cell(value: Any) -> Any:
    """Return a value, None for one that is missing."""
    return None if value is None or value != value else value  # noqa: PLR0124 - NaN alone differs from itself


def _numbers(values: Floats) -> list[Any]:
    return [_cell(value) for value in values.tolist()]


def _positions(shapes: Any, crs: str | None) -> tuple[tuple[str, str], Floats, Floats, str]:
    """Return the names of the two columns, the positions, and what was supposed of them."""
    x, y = _coordinates(shapes)
    system = pyproj.CRS(crs) if crs else None
    if system is None or system.is_engineering:
        return _unnamed(x, y)
    if system.equals(pyproj.CRS(BRITISH_NATIONAL_GRID), ignore_axis_order=True):
        return _METRES, x, y, ""
    if system.equals(pyproj.CRS(_LON_LAT), ignore_axis_order=True):
        return _DEGREES, x, y, ""
    turn = pyproj.Transformer.from_crs(system, _LON_LAT, always_xy=True)
    lon, lat = turn.transform(x, y)
    said = f"Positions were turned from {system.name} to WGS84"
    return _DEGREES, np.asarray(lon), np.asarray(lat), said


def _coordinates(shapes: Any) -> tuple[Floats, Floats]:
    """Return the coordinates of single points, also of several that are one; else missing."""
    drawn = shapely.from_wkb(shapes)
    single = shapely.get_num_coordinates(drawn) == 1
    points = np.where(single, shapely.centroid(drawn), None)
    return shapely.get_x(points), shapely.get_y(points)


def _unnamed(x: Floats, y: Floats) -> tuple[tuple[str, str], Floats, Floats, str]:
    """Judge by the numbers where no reference system is named: what cannot be degrees is metres."""
    most_x, most_y = _MOST_DEGREES
    known = ~np.isnan(x)
    degrees = bool((np.abs(x[known]) <= most_x).all() and (np.abs(y[known]) <= most_y).all())
    taken = "degrees" if degrees else "metres of the British National Grid"
    return _DEGREES if degrees else _METRES, x, y, f"It names no reference system; taken as {taken}"
