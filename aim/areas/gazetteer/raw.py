"""Open a file of places, whatever its format: cells by the names we know them by, and geometry.

What is true of these files: Code-Point Open comes without a header row, in a zip of a file for each
postcode area; the Postcode Directory comes with fifty columns, of which five matter; property files
come with a header of the council's own; layers of streets come from geographic systems.
"""

import csv
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely

from aim.areas.gazetteer.texts import normalise_postcode
from aim.areas.projecting import put_on_grid
from aim.errors import AreaError, CrsError

FORMATS = "CSV, a zip of CSV, GeoJSON, GeoPackage or shapefile"
# The headers of each column in the order we believe them, without spaces and signs.
HEADERS: dict[str, tuple[str, ...]] = {
    "postcode": ("pcds", "pcd", "pcd7", "pcd8", "postcode", "postcodelocator", "pc"),
    "easting": ("oseast1m", "east1m", "easting", "eastings", "xcoordinate", "geometryx", "x", "ea"),
    "northing": (
        "osnrth1m", "north1m", "northing", "northings", "ycoordinate", "geometryy", "y", "no",
    ),
    "lon": ("longitude", "long", "lon", "lng"),
    "lat": ("latitude", "lat"),
    "uprn": ("uprn",),
    "number": ("number", "housenumber", "buildingnumber", "paostartnumber", "streetnumber"),
    "suffix": ("paostartsuffix", "housesuffix", "numbersuffix"),
    "street": ("street", "streetname", "streetdescription", "thoroughfare", "thoroughfarename"),
    "name": ("name", "name1", "roadname1", "roadname", "placename", "sitename"),
    "locality": ("locality", "dependentlocality", "localityname", "townname", "town", "posttown"),
    "class": ("class", "classificationcode", "blpuclass", "primaryclass", "placeclass"),
    "kind": ("kind", "type", "placetype", "category"),
    "terminated": ("doterm",),
}  # fmt: skip
# Code-Point Open without a header: postcode first, and where easting and northing stand.
_HEADERLESS = {10: (2, 3), 19: (10, 11)}
_DELIMITERS = ",;\t|"
_SHAPEFILE, _GEOPACKAGE, _ZIP = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PK\x03\x04"
_LAYERS = (".shp", ".gpkg", ".geojson", ".json")
_JSON = re.compile(rb"^(?:\xef\xbb\xbf)?\s*[{[]")
_PART_OF_CODE_POINT = re.compile(r"(?:^|/)data/csv/[a-z]{1,2}\.csv$", re.IGNORECASE)
_START_BYTES = 65_536

Geometries = npt.NDArray[np.object_]
Opener = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class RawPlaces:
    """Cells as text under the names of ``HEADERS``; geometry in metres for a layer."""

    cells: pd.DataFrame
    found: tuple[str, ...]
    geometry: Geometries | None = None
    notes: tuple[str, ...] = field(default=())


def open_places(path: Path) -> RawPlaces:
    """Read the cells, and for a layer the geometry, of any file of places.

    Raises
    ------
    AreaError
        The file is missing, empty or of no format we read.
    CrsError
        A layer is in no known reference system, or lies outside the British grid.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise AreaError(f"Asked to read places from {path}; found {found}. Give a {FORMATS}.")
    with _place_errors(path):
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
        if not start.strip():
            raise AreaError(
                f"Asked to read places from {path}; the file is empty. Download it again."
            )
        if start.startswith(_ZIP):
            return _open_zip(path)
        if start.startswith((_SHAPEFILE, _GEOPACKAGE)) or _JSON.match(start):
            return _open_layer(path, str(path), is_json=bool(_JSON.match(start)))
        return _open_tables(path, [lambda: path.open("rb")])


@contextmanager
def _place_errors(path: Path) -> Iterator[None]:
    """Turn any refusal of a reading library into one of ours; warnings are not for people."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (AreaError, CrsError):
        raise
    except OSError as error:
        raise AreaError(f"Asked to read places from {path}; it cannot be read: {error}.") from error
    # Reading libraries raise their own errors, RuntimeError, ValueError, on damaged files.
    except Exception as error:
        raise AreaError(
            f"Asked to read places from {path}; it is damaged or no file of places."
            f" Give a {FORMATS}."
        ) from error


def _open_zip(path: Path) -> RawPlaces:
    with ZipFile(path) as archive:
        members = sorted(archive.namelist())
        sizes = {member: archive.getinfo(member).file_size for member in members}
    for suffix in _LAYERS:
        for member in members:
            if member.lower().endswith(suffix):
                address = f"/vsizip/{path.resolve().as_posix()}/{member}"
                return _open_layer(path, address, is_json=suffix.endswith("json"))
    tables = [member for member in members if member.lower().endswith(".csv")]
    if not tables:
        raise AreaError(f"Asked to read places from {path}; the zip holds none. Give a {FORMATS}.")
    areas = [member for member in tables if _PART_OF_CODE_POINT.search(member)]
    # The Postcode Directory zips its one great table beside many small look-ups.
    chosen = areas or [max(tables, key=lambda member: (sizes[member], member))]
    return _open_tables(path, [partial(_open_member, path, member) for member in chosen])


def _open_member(path: Path, member: str) -> IO[bytes]:
    return ZipFile(path).open(member)


def _open_tables(path: Path, openers: Sequence[Opener]) -> RawPlaces:
    tables = [_read_table(path, opener) for opener in openers]
    cells = pd.concat([table.cells for table in tables], ignore_index=True)
    return RawPlaces(cells, tables[0].found)


def _read_table(path: Path, opener: Opener) -> RawPlaces:
    with opener() as file:
        first = file.readline(_START_BYTES)
    if b"\x00" in first:
        raise AreaError(
            f"Asked to read places from {path}; it is no text, and no layer known here."
            f" Give a {FORMATS}."
        )
    line = first.decode("utf-8-sig", errors="replace")
    delimiter = max(_DELIMITERS, key=line.count)
    header = next(csv.reader([line], delimiter=delimiter))
    columns = _columns_of(header, path)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            cells = _read_cells(opener, encoding, delimiter, columns, headed=not _is_data(header))
        except UnicodeDecodeError:
            continue
        return RawPlaces(cells, tuple(header))
    raise AreaError(
        f"Asked to read places from {path}; its letters are neither UTF-8 nor Windows-1252."
        " Save it as UTF-8."
    )


def _columns_of(header: Sequence[str], path: Path) -> dict[str, int]:
    """Return where each column we know stands."""
    if not _is_data(header):
        return find_headers(header)
    if len(header) not in _HEADERLESS:
        raise AreaError(
            f"Asked to read places from {path}; it has no header row and {len(header)} columns,"
            " where Code-Point Open has 10 or 19. Put a row of column names on top."
        )
    easting, northing = _HEADERLESS[len(header)]
    return {"postcode": 0, "easting": easting, "northing": northing}


def _is_data(header: Sequence[str]) -> bool:
    return bool(header) and bool(normalise_postcode(header[0]))


def find_headers(header: Sequence[str]) -> dict[str, int]:
    """Return where each column we know stands in a row of headers.

    Examples
    --------
    >>> find_headers(["UPRN", "X_COORDINATE", "Y_COORDINATE", "LATITUDE"])
    {'easting': 1, 'northing': 2, 'lat': 3, 'uprn': 0}
    """
    places = {re.sub(r"[\W_]", "", word).casefold(): at for at, word in enumerate(header)}
    return {
        name: next(places[word] for word in words if word in places)
        for name, words in HEADERS.items()
        if any(word in places for word in words)
    }


def _read_cells(
    opener: Opener, encoding: str, delimiter: str, columns: dict[str, int], *, headed: bool
) -> pd.DataFrame:
    places = sorted(set(columns.values()))
    with opener() as file:
        cells = pd.read_csv(
            file,
            header=0 if headed else None,
            usecols=places,
            names=None,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            encoding=encoding,
            sep=delimiter,
            on_bad_lines="error",
        )
    return pd.DataFrame(
        {name: cells.iloc[:, places.index(at)].str.strip() for name, at in columns.items()}
    )


def _open_layer(path: Path, address: str, *, is_json: bool) -> RawPlaces:
    rows = pyogrio.read_dataframe(address, layer=_choose_layer(address))
    if rows.empty:
        raise AreaError(
            f"Asked to read places from {path}; it holds no point, line or area."
            " Check the filter it was saved with."
        )
    geometry, notes = put_on_grid(rows, path, wanted="places", is_json=is_json)
    table = pd.DataFrame(rows.drop(columns=rows.geometry.name))
    header = [str(column) for column in table.columns]
    columns = find_headers(header)
    cells = pd.DataFrame(
        {name: _texts(table.iloc[:, at]) for name, at in columns.items()},
        index=pd.RangeIndex(len(table)),
    )
    drawn = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    if not drawn.all():
        notes = [*notes, f"Left out for want of geometry: {int((~drawn).sum())}."]
    return RawPlaces(cells[drawn], tuple(header), geometry[drawn], tuple(notes))


def _choose_layer(address: str) -> str:
    """Return the first layer of lines, else the first that is drawn."""
    layers = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(address) if kind]
    lines = [name for name, kind in layers if "LineString" in kind]
    return (lines or [name for name, _ in layers])[0]


def _texts(values: pd.Series) -> pd.Series:
    """Return values as text; whole numbers without a point, missing as empty text."""
    if pd.api.types.is_float_dtype(values):
        values = values.astype("Int64") if (values.dropna() % 1 == 0).all() else values
    return values.astype("str").where(values.notna(), "").astype("str").str.strip()
