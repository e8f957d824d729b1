"""Read files of postcodes, properties, streets and known places into the one table of places."""

import re
import string
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.areas.gazetteer.raw import RawPlaces, open_places
from aim.errors import AreaError, ParameterError
from aim.model.crs import GRID_BOUNDS, to_grid
from aim.model.incidents import PlacePrecision
from aim.model.places import KNOWN_KINDS, PlaceKind, conform_places

READ_KINDS = ("postcode", "uprn", "street", "known")

# A street is kept as points about this far apart, each the middle of its part.
PART_M = 250.0
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"
_UPRN = r"\d{1,12}"
# Words of other files for the kinds known here.
_KIND_WORDS = {
    "custody": PlaceKind.CUSTODY_SUITE, "police custody": PlaceKind.CUSTODY_SUITE,
    "police station": PlaceKind.CUSTODY_SUITE, "magistrates court": PlaceKind.COURT,
    "crown court": PlaceKind.COURT, "courthouse": PlaceKind.COURT,
    "railway station": PlaceKind.STATION, "rail station": PlaceKind.STATION,
    "train station": PlaceKind.STATION, "bus station": PlaceKind.STATION,
    "carpark": PlaceKind.CAR_PARK, "parking": PlaceKind.CAR_PARK,
    "primary school": PlaceKind.SCHOOL, "secondary school": PlaceKind.SCHOOL,
} | {kind.value: kind for kind in KNOWN_KINDS}  # fmt: skip
_NAMED_AT_MOST = 5

Floats = npt.NDArray[np.float64]


def read_places(path: str | Path, kind: str | None = None) -> pd.DataFrame:
    r"""Read a file of places for a gazetteer.

    Parameters
    ----------
    path
        Postcodes: Code-Point Open (with or without its header row, one file or the zip) or the ONS
        Postcode Directory. Properties: a CSV with UPRN, easting and northing, and where known
        number, street, postcode and class (LLPG, AddressBase Plus, OS Open UPRN). Streets: lines
        with a name, as GeoJSON, GeoPackage or shapefile (a council's layer, OS Open Roads), or a
        CSV of named points. Known places: CSV, GeoJSON and the like with ``kind`` and ``name``;
        an area stands as a point within it.
    kind
        ``"postcode"``, ``"uprn"``, ``"street"`` or ``"known"``; by default told from the columns.

    Returns
    -------
    pandas.DataFrame
        ``PLACE_COLUMNS``, in the order of the file, numbered from 0. A street is one row for each
        250 m or so of its line, at the middle of that part. ``attrs["kind"]`` says what was read,
        ``attrs["notes"]`` counts in sentences what was left out and why.

    Raises
    ------
    AreaError
        The file is missing, empty, damaged, lacks a column, or no row of it can be used.
    CrsError
        A layer is in no known reference system, or lies outside the British grid.
    ParameterError
        ``kind`` is none of those four.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "postcodes.csv")
    ...     _ = path.write_text("postcode,easting,northing\nnb11aa,476161,529825\n", "utf-8")
    ...     places = read_places(path)
    >>> places[["kind", "postcode", "easting", "precision"]].values.tolist()
    [['postcode', 'NB1 1AA', 476161.0, 'postcode']]
    """
    asked = Path(path)
    if kind is not None and kind not in READ_KINDS:
        raise ParameterError(
            f"Asked to read places of the kind {kind!r}; known are {', '.join(READ_KINDS)}."
        )
    raw = open_places(asked)
    kind = kind or _tell_kind(raw, asked)
    notes = list(raw.notes)
    places = _BUILDERS[kind](_located(raw, kind, asked, notes), asked, notes)
    if places.empty:
        reasons = " ".join(notes) or "It holds no row."
        raise AreaError(
            f"Asked to read places ({kind}) from {asked}; no row can be used. {reasons}"
            " Check that it is the right file."
        )
    conformed = conform_places(places)
    conformed.attrs.update(kind=kind, notes=notes)
    return conformed


def _tell_kind(raw: RawPlaces, path: Path) -> str:
    names = set(raw.cells.columns)
    if "kind" in names and _known_kinds(raw.cells["kind"]).notna().any():
        return "known"
    if raw.geometry is not None and names & {"name", "street"} and _has_lines(raw.geometry):
        return "street"
    if "uprn" in names:
        return "uprn"
    if "postcode" in names and "street" not in names:
        return "postcode"
    raise AreaError(
        f"Asked to read places from {path}; its columns tell of neither postcodes, UPRNs, streets"
        f" nor known places. Found {', '.join(raw.found) or 'no column'}."
        f" Say which with the kind: {', '.join(READ_KINDS)}."
    )


def _has_lines(geometry: npt.NDArray[np.object_]) -> bool:
    return bool((shapely.get_dimensions(geometry) == 1).any())


def _located(raw: RawPlaces, kind: str, path: Path, notes: list[str]) -> pd.DataFrame:
    """Return the cells with numbers for ``easting`` and ``northing``, rows without one left out."""
    if raw.geometry is not None:
        return _from_geometry(raw.cells, raw.geometry)
    easting, northing = _positions(raw, path)
    west, south, east, north = GRID_BOUNDS
    # 0,0 stands for no position in every edition of these files.
    usable = (easting > west) & (easting < east) & (northing > south) & (northing < north)
    _note(notes, ~usable, f"Left out for want of a position on the British grid ({kind})")
    return raw.cells.assign(easting=easting, northing=northing)[usable]


def _positions(raw: RawPlaces, path: Path) -> tuple[Floats, Floats]:
    for x, y in (("easting", "northing"), ("lon", "lat")):
        if {x, y} <= set(raw.cells.columns):
            pair = [pd.to_numeric(raw.cells[name], errors="coerce") for name in (x, y)]
            numbers = tuple(column.to_numpy(np.float64) for column in pair)
            return (numbers[0], numbers[1]) if x == "easting" else to_grid(*numbers)
    raise _lacks(raw.found, path, "easting and northing, nor longitude and latitude")


def _from_geometry(cells: pd.DataFrame, geometry: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Cut lines into parts and give each its middle; let areas stand as points within them."""
    shapes, of_row = shapely.get_parts(geometry, return_index=True)
    lines = shapely.get_dimensions(shapes) == 1
    parts = np.where(lines, np.maximum(np.round(shapely.length(shapes) / PART_M), 1), 1).astype(int)
    which = np.repeat(np.arange(len(shapes)), parts)
    place = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
    on_line = shapely.line_interpolate_point(
        np.where(lines, shapes, shapely.LineString([(0, 0), (1, 1)]))[which],
        (place + 0.5) / parts[which],
        normalized=True,
    )
    points = np.where(lines[which], on_line, shapely.point_on_surface(shapes)[which])
    located: pd.DataFrame = cells.iloc[of_row[which]].reset_index(drop=True)
    return located.assign(
        easting=shapely.get_x(points).round(1), northing=shapely.get_y(points).round(1)
    )


def _build_postcodes(cells: pd.DataFrame, path: Path, notes: list[str]) -> pd.DataFrame:
    _need(cells, path, "postcode")
    postcodes = _write_postcodes(cells["postcode"])
    wrong = ~postcodes.str.fullmatch(_POSTCODE)
    _note(notes, wrong, "Left out, not in the form of a postcode")
    terminated = _text(cells, "terminated") != ""
    places = pd.DataFrame(
        {
            "kind": PlaceKind.POSTCODE.value,
            "postcode": postcodes,
            "place_class": np.where(terminated, "terminated", ""),
            "easting": cells["easting"],
            "northing": cells["northing"],
            "precision": PlacePrecision.POSTCODE.value,
        }
    )
    return places[~wrong]


def _build_properties(cells: pd.DataFrame, path: Path, notes: list[str]) -> pd.DataFrame:
    _need(cells, path, "uprn")
    uprns = cells["uprn"].str.lstrip("0")
    wrong = ~uprns.str.fullmatch(_UPRN)
    _note(notes, wrong, "Left out, not a UPRN of up to 12 digits")
    number = _text(cells, "number") + _text(cells, "suffix")
    street = _written(_text(cells, "street") if "street" in cells else _text(cells, "name"))
    places = pd.DataFrame(
        {
            "kind": PlaceKind.UPRN.value,
            "name": (number + " " + street).str.strip().where(street != "", ""),
            "locality": _written(_text(cells, "locality")),
            "postcode": _write_postcodes(_text(cells, "postcode")),
            "uprn": uprns,
            "place_class": _text(cells, "class"),
            "easting": cells["easting"],
            "northing": cells["northing"],
            "precision": PlacePrecision.ADDRESS.value,
        }
    )
    return places[~wrong]


def _build_streets(cells: pd.DataFrame, path: Path, notes: list[str]) -> pd.DataFrame:
    name = _name(cells, path)
    _note(notes, name == "", "Left out for want of a name, parts of streets")
    places = pd.DataFrame(
        {
            "kind": PlaceKind.STREET.value,
            "name": name,
            "locality": _written(_text(cells, "locality")),
            "postcode": _write_postcodes(_text(cells, "postcode")),
            "easting": cells["easting"],
            "northing": cells["northing"],
            "precision": PlacePrecision.STREET.value,
        }
    )
    return places[name != ""]


def _build_known(cells: pd.DataFrame, path: Path, notes: list[str]) -> pd.DataFrame:
    _need(cells, path, "kind")
    kinds, name = _known_kinds(cells["kind"]), _name(cells, path)
    unknown = sorted(set(cells.loc[kinds.isna(), "kind"]))
    if unknown:
        shown = ", ".join(unknown[:_NAMED_AT_MOST])
        more = len(unknown) - _NAMED_AT_MOST
        _note(notes, kinds.isna(), f"Left out, of other kinds ({shown}{', …' if more > 0 else ''})")
    _note(notes, kinds.notna() & (name == ""), "Left out for want of a name")
    places = pd.DataFrame(
        {
            "kind": kinds,
            "name": name,
            "locality": _written(_text(cells, "locality")),
            "postcode": _write_postcodes(_text(cells, "postcode")),
            "place_class": cells["kind"],
            "easting": cells["easting"],
            "northing": cells["northing"],
            "precision": PlacePrecision.POINT.value,
        }
    )
    return places[kinds.notna() & (name != "")]


_BUILDERS: dict[str, Callable[[pd.DataFrame, Path, list[str]], pd.DataFrame]] = {
    "postcode": _build_postcodes,
    "uprn": _build_properties,
    "street": _build_streets,
    "known": _build_known,
}


def _known_kinds(words: pd.Series) -> pd.Series:
    """Return the kind each word means; missing where it means none known here."""
    plain = {word: re.sub(r"[\W_]+", " ", word.casefold()).strip() for word in set(words)}
    return words.map(
        {word: _KIND_WORDS[text].value for word, text in plain.items() if text in _KIND_WORDS}
    )


def _name(cells: pd.DataFrame, path: Path) -> pd.Series:
    _need(cells, path, "name", "street")
    return _written(cells["name"] if "name" in cells else cells["street"])


def _text(cells: pd.DataFrame, name: str) -> pd.Series:
    return cells[name] if name in cells else pd.Series("", index=cells.index, dtype="str")


def _write_postcodes(postcodes: pd.Series) -> pd.Series:
    """Write postcodes with one space, in capitals; files print them in seven or eight places."""
    packed = postcodes.str.replace(" ", "", regex=False).str.upper()
    return (packed.str[:-3] + " " + packed.str[-3:]).where(packed != "", "")


def _written(names: pd.Series) -> pd.Series:
    """Write names in capitals as people do; each distinct one once."""
    codes, distinct = pd.factorize(names)
    shown = np.array(
        [string.capwords(name) if name.isupper() else name for name in distinct], dtype=object
    )
    return pd.Series(shown[codes] if len(shown) else [], index=names.index, dtype="str")


def _need(cells: pd.DataFrame, path: Path, *either: str) -> None:
    if not set(either) & set(cells.columns):
        raise _lacks([str(name) for name in cells.columns], path, " or ".join(either))


def _lacks(found: object, path: Path, wanted: str) -> AreaError:
    columns = ", ".join(map(str, found)) if isinstance(found, list | tuple) else str(found)
    return AreaError(
        f"Asked to read places from {path}; it has no column for {wanted}."
        f" Found {columns or 'none'}. Name the columns as their publisher does."
    )


def _note(notes: list[str], left_out: npt.ArrayLike, why: str) -> None:
    if number := int(np.asarray(left_out).sum()):
        notes.append(f"{why}: {number}.")
