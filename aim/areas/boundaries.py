"""Read boundary sets as the Office for National Statistics and others publish them.

What is true of these files: the columns carry the year of the set (WD25CD, WD13NM, LSOA21CD), so
no year is written down here; GeoJSON and TopoJSON are in degrees unless they say otherwise, and
TopoJSON is rounded to its own raster; shapefiles arrive zipped and now and then without their
.prj file; generalised boundaries hold rings that touch or cross themselves; and a ward of several
parts may come as several rows.
"""

import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from aim.areas.columns import find_columns
from aim.areas.projecting import put_on_grid
from aim.errors import AreaError
from aim.model.crs import BRITISH_NATIONAL_GRID

_NAMED_AT_MOST = 5
_START_BYTES = 512

# The first bytes decide, not the name: the reading library would also open files that only
# point at other files.
_SHAPEFILE, _GEOPACKAGE, _ZIP = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PK\x03\x04"
_JSON = re.compile(rb"^(?:\xef\xbb\xbf)?\s*\{")
_TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
_FEATURES = re.compile(rb'"type"\s*:\s*"FeatureCollection"')
_SUFFIXES = (".shp", ".gpkg", ".geojson", ".topojson", ".json")
_FORMATS = "GeoJSON, TopoJSON, GeoPackage or shapefile (a zip of one is fine)"


@dataclass(frozen=True, slots=True)
class _Source:
    """A file the reading library may open, and what may be supposed of it."""

    asked: Path
    address: str
    is_json: bool


def read_wards(
    path: str | Path, *, code: str | None = None, name: str | None = None
) -> gpd.GeoDataFrame:
    """Read a boundary file into wards on the British National Grid.

    Parameters
    ----------
    path
        GeoJSON, TopoJSON, GeoPackage or shapefile, also zipped, with areas of any kind.
    code, name
        The columns to use; by default those named as the Office for National Statistics does in
        any year (``WD25CD`` and ``WD25NM``; the finest level where there are several), or
        ``ward_code``, ``code``, ``ward_name``, ``name`` and the like.

    Returns
    -------
    geopandas.GeoDataFrame
        ``ward_code``, ``ward_name`` and ``geometry`` (valid polygons in EPSG:27700), one row a
        code, sorted by code. ``attrs["label"]`` is a name for the set such as ``wards-2025``;
        ``attrs["notes"]`` is a list of sentences on what had to be mended or supposed.

    Raises
    ------
    AreaError
        The file is missing, empty or no boundary file, lacks the columns, or an area has no code
        or no polygon.
    CrsError
        The coordinates are in no known reference system or lie outside the British grid.

    Notes
    -----
    Degrees become metres by the same projection as incidents do, so that both move together.

    Examples
    --------
    >>> import tempfile
    >>> square = '{"type":"Polygon","coordinates":[[[0,53.5],[0.1,53.5],[0.1,53.6],[0,53.5]]]}'
    >>> text = (
    ...     '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":' + square
    ...     + ',"properties":{"WD25CD":"E05099001","WD25NM":"Harbour"}}]}'
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "norbeck.geojson")
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     wards = read_wards(path)
    >>> wards.ward_name.tolist(), wards.attrs["label"]
    (['Harbour'], 'wards-2025')
    """
    source = _open(Path(path))
    rows, notes = _read_rows(source)
    columns = find_columns(rows.drop(columns=rows.geometry.name), source.asked, code, name)
    geometry, projection_notes = put_on_grid(
        rows, source.asked, wanted="boundaries", is_json=source.is_json
    )
    areas = pd.DataFrame(
        {"ward_code": columns.codes, "ward_name": columns.names, "geometry": geometry}
    )
    areas, repair_notes = _tidy(areas, source.asked)
    wards = gpd.GeoDataFrame(areas, geometry="geometry", crs=BRITISH_NATIONAL_GRID)
    wards.attrs["label"] = columns.label
    wards.attrs["notes"] = [*notes, *columns.notes, *projection_notes, *repair_notes]
    return wards


def _open(path: Path) -> _Source:
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise AreaError(f"Asked to read boundaries from {path}; found {found}. Give a {_FORMATS}.")
    with path.open("rb") as file:
        content = _telling_bytes(file)
    if not content:
        raise AreaError(f"Asked to read boundaries from {path}; the file is empty. Download again.")
    address = str(path)
    if content.startswith(_ZIP):
        member, content = _boundary_member(path)
        address = f"/vsizip/{path.resolve().as_posix()}/{member}"
    is_json = bool(_JSON.match(content))
    if not (is_json or content.startswith((_SHAPEFILE, _GEOPACKAGE))):
        raise _not_boundaries(path)
    # The reading library knows TopoJSON by its first words alone; naming the format helps it.
    topology = is_json and _TOPOLOGY.search(content) and not _FEATURES.search(content)
    return _Source(path, f"TopoJSON:{address}" if topology else address, is_json=is_json)


def _telling_bytes(file: IO[bytes]) -> bytes:
    """Read as much of a file as tells its format: the start, or all of JSON."""
    start = file.read(_START_BYTES)
    return start + file.read() if _JSON.match(start) else start


def _boundary_member(path: Path) -> tuple[str, bytes]:
    """Return name and content of the boundary file in a zip, a shapefile before the others."""
    try:
        with ZipFile(path) as archive:
            for suffix in _SUFFIXES:
                for member in sorted(archive.namelist()):
                    if member.lower().endswith(suffix):
                        with archive.open(member) as file:
                            return member, _telling_bytes(file)
    # A zip may be cut short, locked by a password or packed in a way we cannot undo.
    except (BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error) as error:
        raise _not_boundaries(path) from error
    raise AreaError(
        f"Asked to read boundaries from {path}; the zip holds no boundary file. Give a {_FORMATS}."
    )


def _read_rows(source: _Source) -> tuple[gpd.GeoDataFrame, list[str]]:
    with _boundary_errors(source.asked):
        layer, notes = _choose_layer(source)
        rows = pyogrio.read_dataframe(source.address, layer=layer)
    if rows.empty:
        raise AreaError(
            f"Asked to read boundaries from {source.asked}; it holds no area."
            " Check the filter it was downloaded with."
        )
    return rows, notes


def _choose_layer(source: _Source) -> tuple[str, list[str]]:
    """Return the first layer that declares polygons, else the first that is drawn and not empty."""
    layers = [(name, kind) for name, kind in pyogrio.list_layers(source.address) if kind]
    if not layers:
        raise _no_polygons(source.asked, "no layer with geometry")
    if len(layers) == 1:
        return layers[0][0], []
    filled = [layer for layer in layers if _has_rows(source, layer[0])] or layers
    areas = [name for name, kind in filled if "Polygon" in kind] or [name for name, _ in filled]
    names = ", ".join(name for name, _ in layers)
    return areas[0], [f"Of the layers {names}, the layer {areas[0]} was read."]


def _has_rows(source: _Source, layer: str) -> bool:
    info = pyogrio.read_info(source.address, layer=layer, force_feature_count=True)
    return bool(info["features"])


@contextmanager
def _boundary_errors(path: Path) -> Iterator[None]:
    """Turn any refusal of the reading library into one of ours; its warnings are not for people."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except AreaError:
        raise
    # The library raises its own errors, RuntimeError, ValueError and shapely's on damaged files.
    except Exception as error:
        raise _not_boundaries(path) from error


def _tidy(areas: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Mend rings, keep polygons only, join rows of one code and sort by code."""
    if not shapely.get_dimensions(areas.geometry.to_numpy()).max() == 2:  # noqa: PLR2004 - areas
        raise _no_polygons(path, "only points or lines")
    notes: list[str] = []
    invalid = ~shapely.is_valid(areas.geometry.to_numpy()) & areas.geometry.notna()
    if invalid.any():
        notes.append(f"Rings that cross themselves were mended in {_named(areas[invalid])}.")
    areas = areas.assign(geometry=[_polygons_of(shape) for shape in areas.geometry])
    repeated = areas.ward_code.duplicated(keep=False)
    if repeated.any():
        notes.append(f"Rows with the same code were joined: {_named(areas[repeated])}.")
        areas = _join(areas)
    vanished = shapely.is_empty(areas.geometry.to_numpy())
    if vanished.any():
        raise AreaError(
            f"Asked to read boundaries from {path}; no polygon is left of"
            f" {_named(areas[vanished])}. Take a less generalised edition of the set."
        )
    return areas.sort_values("ward_code", ignore_index=True), notes


def _polygons_of(shape: shapely.Geometry | None) -> shapely.Geometry:
    """Return the valid polygons of a geometry; an empty polygon where there are none."""
    if shape is None:
        return shapely.Polygon()
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def _join(areas: pd.DataFrame) -> pd.DataFrame:
    joined = [
        (code, rows.ward_name.iloc[0], _polygons_of(shapely.union_all(rows.geometry.to_numpy())))
        for code, rows in areas.groupby("ward_code", sort=True)
    ]
    return pd.DataFrame(joined, columns=["ward_code", "ward_name", "geometry"])


def _named(areas: pd.DataFrame) -> str:
    codes = sorted(set(areas.ward_code))
    more = len(codes) - _NAMED_AT_MOST
    return ", ".join(codes[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _not_boundaries(path: Path) -> AreaError:
    return AreaError(
        f"Asked to read boundaries from {path}; it is no boundary file or is damaged."
        f" Give a {_FORMATS}."
    )


def _no_polygons(path: Path, found: str) -> AreaError:
    return AreaError(
        f"Asked to read boundaries from {path}; found {found}, no polygon."
        " Give the boundary edition of the set, not its points or names."
    )
