"""Any partner's table: what each column holds is told by a mapping, or guessed.

The truth of the data. Nothing is known of the sender, so nothing is taken for granted: a column
nobody mapped is not read, personal columns never are, and a note says what was guessed. Days and
months are settled from the whole column: where some cell can only have its month first and none its
day first, all are read month first, and a note says so; else the day stands first. A grid reference
gives the middle of its square; a square of 100 m is known as a street is, one of 1 km as a ward is,
a wider one gives no position. Rows without a reference are known by their cells under our names, so
another mapping makes them new rows: keep the mapping.

Source: `docs/reference.md`, "A table of your own".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from aim.errors import FeedFormatError
from aim.feeds import councillors, police_extract, wardens
from aim.feeds._dates import needed_faults, read_moments, settle_days, single_moments, unread_times
from aim.feeds._feed import TableFeed, build_result, faults_of, no_type, shown_cells
from aim.feeds._gridrefs import read_grid_reference
from aim.feeds._mapping import ColumnGuess, guess_columns
from aim.feeds._places import read_places
from aim.feeds._seam import (
    Asked,
    Draft,
    FeedColumn,
    Identity,
    Shape,
    distinct,
    filled,
    header_key,
    on_distinct,
    say_rows,
)
from aim.feeds._table import Wanted, read_tables
from aim.feeds._text import mapped_precision, read_uprns, without_time, write_postcode
from aim.feeds._words import join_texts
from aim.model.incidents import FeedResult, PlacePrecision


def _headers(name: str, *more: str) -> FeedColumn:
    """Gather the headers that the feeds kept by hand know for a column."""
    columns = (*wardens.COLUMNS, *councillors.COLUMNS)
    known = (header for one in columns if one.name == name for header in one.headers)
    return FeedColumn(name, tuple(dict.fromkeys((*more, *known))))


COLUMNS = (
    _headers("reference", "Reference", "Ref", "URN", "Report ID", "Crime number", "Log number"),
    _headers("date", "Date", "When", "Occurred", "Date of offence", "Event date"),
    _headers("time", "Time"),
    _headers("reported", "Reported", "Created", "Date received", "Received", "Date raised"),
    _headers("category", "Category", "Type", "Subject", "Offence", "Crime type", "Issue", "Kind"),
    _headers("sub_category", "Sub category"),
    _headers("location", "Location", "Where", "Address of incident"),
    _headers("postcode", "Postcode", "Post code"),
    _headers("ward", "Ward"),
    _headers("area_code", "Ward code"),
    _headers("uprn", "UPRN"),
    _headers("grid_reference", "Grid reference", "Grid ref", "NGR", "OS grid reference", "OSGR"),
    _headers("easting", "Easting"),
    _headers("northing", "Northing"),
    _headers("longitude", "Longitude"),
    _headers("latitude", "Latitude"),
    _headers("details", "Details", "Description", "Summary"),
)
NAMES = tuple(column.name for column in COLUMNS)
SYNONYMS = {column.name: column.headers for column in COLUMNS}
_BESIDE = {"reference", "area_code"}
# Fixed: everything under our names but the reference and the sender's own area.
IDENTITY = Identity("1", tuple(name for name in NAMES if name not in _BESIDE))
PERSONAL = tuple(
    dict.fromkeys((*wardens.PERSONAL, *councillors.PERSONAL, *police_extract.PERSONAL))
)
WHEN = ("date", "reported")
WHAT = tuple(name for name in NAMES if name not in {*_BESIDE, "time", *WHEN})

_STREET_M, _WARD_M, _POINT_M = 100, 1_000, 10


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn rows of an unknown sender into a draft, days and months settled first."""
    dates, date_notes = settle_days(cells["date"], "Date")
    reported, reported_notes = settle_days(cells["reported"], "Reported")
    draft = draft_rows(cells.assign(date=dates, reported=reported))
    return replace(draft, notes=(*date_notes, *reported_notes, *draft.notes))


def draft_rows(cells: pd.DataFrame) -> Draft:
    """Turn rows under our names into a draft; a column that is not there is blank."""
    cells = cells.reindex(columns=list(dict.fromkeys((*NAMES, *cells))), fill_value="")
    reported = cells["reported"]
    dates = cells["date"].mask(cells["date"] == "", reported)
    moments = read_moments(dates, "Date", cells["time"])
    fault = needed_faults(moments, "Date")
    uprns, uprn_notes = read_uprns(cells["uprn"])
    places, place_notes = _placed(cells, uprns)
    postcode = on_distinct(cells["postcode"], write_postcode)
    rows = places.assign(
        **single_moments(moments),
        reported_at=read_moments(reported, "Reported").start,
        uprn=uprns,
        location_text=join_texts([cells["location"], cells["ward"], postcode], ", "),
        description=cells["details"],
    )
    silent = no_type(cells, WHAT)
    late = without_time(unread_times(cells["time"]))
    return Draft(
        rows=rows,
        faults=faults_of(
            cells.index, (fault, shown_cells(dates, fault)), (silent, cells["category"])
        ),
        type_words=(cells["sub_category"], cells["category"]),
        said=(cells["details"], cells["location"]),
        notes=(*place_notes, *uprn_notes, *late),
    )


def _placed(cells: pd.DataFrame, uprns: pd.Series) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read positions; a grid reference stands in where a row has no other."""
    codes, texts = distinct(cells["grid_reference"])
    read = [read_grid_reference(text) for text in texts]
    near = [one if one and one[2] <= _WARD_M else None for one in read]
    bare = ~filled(cells["easting"]) & ~filled(cells["northing"])
    bare &= ~filled(cells["longitude"]) & ~filled(cells["latitude"])
    known = bare & pd.Series([near[code] is not None for code in codes], index=cells.index)
    squares = [near[code] or (0.0, 0.0, 0) for code in codes]
    east, north = ([str(one[side]) for one in squares] for side in (0, 1))
    cells = cells.assign(
        easting=cells["easting"].mask(known, pd.Series(east, index=cells.index)),
        northing=cells["northing"].mask(known, pd.Series(north, index=cells.index)),
    )
    words = np.array([_precision_of(one[2]) for one in squares], dtype=object)
    precision = mapped_precision(uprns).mask(known, pd.Series(words, index=cells.index))
    lost = int((filled(cells["grid_reference"]) & bare & ~known).sum())
    note = f"Grid reference cannot be read or is wider than 1 km; left out: {say_rows(lost)}."
    places, notes = read_places(cells, precision)
    return places, (*notes, *((note,) if lost else ()))


def _precision_of(side: int) -> str:
    if side <= _POINT_M:
        return PlacePrecision.POINT.value
    return (PlacePrecision.STREET if side <= _STREET_M else PlacePrecision.WARD).value


def guess_table(path: Path) -> list[ColumnGuess]:
    r"""Guess what each column of a file holds.

    Raises
    ------
    FeedError
        The file cannot be opened, holds no table, or one that holds no incidents.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "jobs.csv")
    ...     _ = path.write_text("Log,When\n1,01/04/2026", encoding="utf-8")
    ...     [(one.header, one.name, one.reason) for one in guess_table(path)]
    [('Log', '', 'unused'), ('When', 'date', 'header')]
    """
    return guess_columns(path, "table", SYNONYMS, PERSONAL)


@dataclass(frozen=True, slots=True)
class AnyTableFeed(TableFeed):
    """The feed whose columns are named by the person who loads it."""

    def read(self, path: Path, asked: Asked) -> FeedResult:
        """Read one file or folder with the mapping asked for, or a guess."""
        mapping = asked.mapping
        notes: tuple[str, ...] = ()
        if mapping is None:
            mapping = {one.name: one.header.strip() for one in guess_table(path) if one.name}
            pairs = ", ".join(f"{name} from '{header}'" for name, header in mapping.items())
            notes = (f"Columns were guessed: {pairs}. See aim feeds check.",)
        wanted = Wanted(self.name, (_shape(path.name, mapping),), self.personal)
        result = build_result(self.name, read_tables(path, wanted, asked), asked)
        asked.say(1.0)
        return replace(result, notes=(*notes, *result.notes))


def _shape(file: str, mapping: Mapping[str, str]) -> Shape:
    """Return the layout a mapping describes; what it does not name is not read."""
    personal = {header_key(header) for header in PERSONAL}
    if kept := [header for header in mapping.values() if header_key(header) in personal]:
        raise FeedFormatError(
            f"{file} was asked for as table; the mapping names {', '.join(kept)}, which holds"
            " people's details and is never read. Take it out of the mapping."
        )
    when = tuple(name for name in WHEN if name in mapping)
    what = tuple(name for name in WHAT if name in mapping)
    if not when or not what:
        lacking = "the date" if not when else "what happened or where"
        raise FeedFormatError(
            f"{file} was asked for as table; no column is known to hold {lacking}."
            " See aim feeds check FILE, and name it in a mapping (--save-mapping writes one)."
        )
    columns = tuple(
        FeedColumn(name, (mapping.get(name, f"no column for {name}"),)) for name in NAMES
    )
    return Shape(columns, (when, what), IDENTITY, read_rows, "reference")


FEED = AnyTableFeed(
    name="table",
    title="Any table with a date and a type or place: columns by a mapping, or guessed",
    reads="csv, xlsx, ods, json, geojson, gpkg or shp, also .gz, .xz or .zip",
    shapes=(Shape(COLUMNS, (WHEN, WHAT), IDENTITY, read_rows, "reference"),),
    personal=PERSONAL,
)
