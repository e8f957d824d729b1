"""From bytes to cells: encodings, separators, title lines, workbooks, ragged rows.

Cells are text as delivered, trimmed, with inner spaces folded; an absent cell is an empty text.
Only the columns a feed names are kept; personal columns are not even looked at.
"""

import csv
import re
import warnings
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from aim.errors import FeedFormatError
from aim.feeds._files import Content, list_files, looks_utf16, read_contents
from aim.feeds._headers import below_personal, merged_header
from aim.feeds._kinds import other_kind
from aim.feeds._layers import read_layers
from aim.feeds._ods import is_ods, read_ods
from aim.feeds._records import looks_like_records, read_records, refuse_answers
from aim.feeds._seam import Asked, Shape, filled, has_spaces, header_key, on_distinct

Sheets = dict[str, list[list[str]]]

# The sheets of a template beside the one to fill in.
GUIDE_SHEETS = ("Guide", "Lists")
HEADER_WITHIN = 20  # lines a title may take
_SEPARATORS = (",", ";", "\t", "|")
_OVERFLOW = 8  # columns beyond the header in which a shifted row shows
_LONGEST_HEADER = 40
_MOST_HEADERS = 15
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_HALF_SECOND = timedelta(milliseconds=500)  # a sheet keeps times as fractions of a day
_STRAY = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a delivery.

    Attributes
    ----------
    file
        Its name, as a clerk knows it.
    delivery
        The file it came in, within which identical rows are counted.
    shape
        The layout its header fits.
    cells
        Text by column name of the shape, indexed by row number as a spreadsheet shows it.
    faults
        Why a row cannot be read at all, empty for most; on the index of the cells.
    dropped
        Personal headers that were found and not read.
    notes
        Sentences about the file.
    """

    file: str
    delivery: str
    shape: Shape
    cells: pd.DataFrame
    faults: pd.Series
    dropped: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a feed looks for in a file: its layouts, its personal headers, its file names."""

    feed: str
    shapes: tuple[Shape, ...]
    personal: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is and what it names."""

    shape: Shape
    line: int  # rows above it
    width: int
    positions: dict[str, int]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A csv file decoded; ``plain`` are its bytes where they are the text in UTF-8."""

    text: str
    notes: list[str] = field(default_factory=list)
    plain: bytes | None = None

    def encoded(self, start: int) -> tuple[bytes, int]:
        """Return the text in UTF-8, and where the letter ``start`` stands in it."""
        if self.plain is None:
            return self.text[start:].encode("utf-8", "replace"), 0
        return self.plain, len(self.text[:start].encode())


def read_tables(path: Path, wanted: Wanted, asked: Asked) -> list[Table]:
    """Read every table of a file or folder.

    Raises
    ------
    FeedError
        A file is missing, damaged, no table, or lacks a needed column; nothing is read then.
    """
    files = list_files(path, wanted.feed, wanted.pattern)
    tables: list[Table] = []
    for done, file in enumerate(files, start=1):
        name = file.relative_to(path).as_posix() if file != path else file.name
        for content in read_contents(file, name, wanted.feed, wanted.pattern):
            tables += (
                read_workbook(content, wanted)
                if content.workbook or content.layers
                else [read_text(content, wanted)]
            )
        asked.say(0.5 * done / len(files))
    return tables


# --- headers ---------------------------------------------------------------------------------


def find_header(rows: Sequence[Sequence[str]], wanted: Wanted) -> Header | None:
    """Return the first row, or two rows together, that name one of each group of needed columns."""
    above = rows[: HEADER_WITHIN + 1]
    headers = (header for shape in wanted.shapes for one in shape.columns for header in one.headers)
    known = set(map(header_key, headers))
    personal = set(map(header_key, wanted.personal))
    upper: Sequence[str] = ()
    for line, row in enumerate(above[:HEADER_WITHIN]):
        single = _fit(below_personal(upper, row, known, personal), line, wanted)
        lower = above[line + 1] if line + 1 < len(above) else ()
        both = _fit(merged_header(row, lower, known, personal), line + 1, wanted) if lower else None
        # Two rows count only where they name more than each alone: a title is no upper header.
        others = (single, _fit(below_personal(row, lower, known, personal), line + 1, wanted))
        if both and all(len(both.positions) > len(one.positions) for one in others if one):
            return both
        if single:
            return single
        upper = row
    return None


def _fit(row: Sequence[str], line: int, wanted: Wanted) -> Header | None:
    """Return what a row names where it names all a layout needs."""
    keys = [header_key(cell) for cell in row]
    for shape in wanted.shapes:
        positions = _positions(keys, shape)
        if all(any(name in positions for name in group) for group in shape.needed):
            dropped = _personal_headers(row, keys, positions, wanted)
            return Header(shape, line, len(row), positions, dropped)
    return None


def _positions(keys: list[str], shape: Shape) -> dict[str, int]:
    positions: dict[str, int] = {}
    for column in shape.columns:
        for wanted in map(header_key, column.headers):
            free = [at for at, key in enumerate(keys) if key == wanted]
            free = [at for at in free if at not in positions.values()]
            if free:
                positions[column.name] = free[0]
                break
    return positions


def _personal_headers(
    row: Sequence[str], keys: list[str], positions: dict[str, int], wanted: Wanted
) -> tuple[str, ...]:
    personal = {header_key(header) for header in wanted.personal}
    return tuple(
        row[at].strip()
        for at, key in enumerate(keys)
        if key in personal and at not in positions.values()
    )


def _no_header(name: str, rows: Sequence[Sequence[str]], wanted: Wanted) -> FeedFormatError:
    """Say which columns were asked for and which were found, or what the table is instead."""
    if kinds := [said for row in rows[: 4 * HEADER_WITHIN] if (said := other_kind(row))]:
        return FeedFormatError(f"{name} was asked for as {wanted.feed}; {kinds[0]}.")
    shape, row, found = _nearest_header(rows, wanted)
    missing = [
        " or ".join(shape.header_of(one) for one in group)
        for group in shape.needed
        if not any(one in found for one in group)
    ] or ["columns that stand below no heading for people's details"]
    headers = [cell.strip() for cell in row if cell.strip() and len(cell) <= _LONGEST_HEADER]
    seen = f"found {', '.join(headers[:_MOST_HEADERS])}" if found else "found nothing like a header"
    return FeedFormatError(
        f"{name} was asked for as {wanted.feed}, which needs {', '.join(missing)};"
        f" {seen} in its first {HEADER_WITHIN} lines."
        " Check that it is the right feed, or give the columns those names (aim feeds lists them)."
    )


def _nearest_header(
    rows: Sequence[Sequence[str]], wanted: Wanted
) -> tuple[Shape, Sequence[str], dict[str, int]]:
    best: tuple[Shape, Sequence[str], dict[str, int]] = (wanted.shapes[0], (), {})
    for row in rows[:HEADER_WITHIN]:
        keys = [header_key(cell) for cell in row]
        for shape in wanted.shapes:
            found = _positions(keys, shape)
            if len(found) > len(best[2]):
                best = (shape, row, found)
    return best


# --- csv -------------------------------------------------------------------------------------


def read_text(content: Content, wanted: Wanted) -> Table:
    """Read records, or a text table whatever separates its cells.

    Raises
    ------
    FeedFormatError
        The file is damaged, or nothing in it names the needed columns.
    """
    refuse_answers(content, wanted.feed)
    decoded = decode(content.data)
    if looks_like_records(decoded.text):
        grid = read_records(content, decoded.text, wanted.feed)
        if grid is not None:
            return _read_grid(content, grid, wanted)
    return _read_csv(content, decoded, wanted)


def _read_grid(content: Content, grid: list[list[str]], wanted: Wanted) -> Table:
    """Read records laid out as a table; none at all is a table of the first layout."""
    rows = grid or [[column.headers[0] for column in wanted.shapes[0].columns]]
    header = find_header(rows[:1], wanted)
    if header is None:
        raise _no_header(content.name, rows[:1], wanted)
    cells, faults = _cells_of(rows[1:], header, None)
    strange = pd.Series([not row for row in rows[1:]], index=faults.index, dtype=bool)
    faults = faults.mask(strange, "It is no record of names and values")
    return _table(content.name, content.name, header, cells, faults, notes=())


def _read_csv(content: Content, decoded: _Text, wanted: Wanted) -> Table:
    separator, header, start = _find_csv_header(content.name, decoded.text, wanted)
    fast = _read_clean(*decoded.encoded(start), separator, header)
    if fast is not None:
        cells, faults = fast, None
    else:
        cells, faults, broken = _read_ragged(decoded.text[start:], separator, header)
        if broken:
            decoded.notes.append("A quotation mark is never closed: each line was read as one row")
    notes = tuple(f"{content.name}: {note}." for note in decoded.notes)
    return _table(content.name, content.name, header, cells, faults, notes=notes)


def decode(data: bytes) -> _Text:
    """Decode UTF-8, UTF-16 or Windows text; stray Windows bytes in UTF-8 are read one by one."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _Text(data.decode("utf-16", errors="replace"))
    if order := looks_utf16(data[:8192]):
        return _Text(data.decode(order, errors="replace"))
    notes = []
    if b"\x00" in data:
        data = data.replace(b"\x00", b"")
        notes.append("It held null bytes, which were left out")
    try:
        return _Text(data.decode("utf-8-sig"), notes, data.removeprefix(BOM_UTF8))
    except UnicodeDecodeError:
        return _decode_mixed(data, notes)


def _decode_mixed(data: bytes, notes: list[str]) -> _Text:
    text = data.decode("utf-8-sig", errors="surrogateescape")
    stray = len(_STRAY.findall(text))
    if any(letter > "\x7f" for letter in set(_STRAY.sub("", text))):
        notes.append(
            f"It mixes encodings: {stray:,} bytes that are not UTF-8 were read as Windows-1252"
        )
    return _Text(_STRAY.sub(lambda found: _windows(ord(found[0]) - 0xDC00), text), notes)


def _windows(byte: int) -> str:
    """Read one byte as Windows-1252; the five it leaves undefined as Latin-1, as browsers do."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _find_csv_header(name: str, text: str, wanted: Wanted) -> tuple[str, Header, int]:
    lines = [found[0] for found in _some(_LINE.finditer(text), 5 * HEADER_WITHIN)]
    closest: list[list[str]] = []
    for separator in _SEPARATORS:
        reader = csv.reader(lines, delimiter=separator)
        rows, ends = [], []
        for row in _some(_rows(reader), HEADER_WITHIN):
            rows.append(row)
            ends.append(reader.line_num)
        if header := find_header(rows, wanted):
            return separator, header, sum(map(len, lines[: ends[header.line]]))
        closest += rows
    raise _no_header(name, [row for row in closest if len(row) > 1] or closest, wanted)


def _some(items: Iterator[Any], most: int) -> Iterator[Any]:
    return (item for item, _ in zip(items, range(most), strict=False))


def _rows(reader: Any) -> Iterator[list[str]]:
    """Give rows until one cannot be read: a header stands before any such row."""
    try:
        yield from reader
    except csv.Error:
        return


def _read_clean(whole: bytes, start: int, separator: str, header: Header) -> pd.DataFrame | None:
    """Read rows from a byte on the quick way; None where any row needs a closer look."""
    if (separator * (_OVERFLOW + 1)).encode() in whole:  # a cell may stand beyond those we look at
        return None
    overflow = list(range(header.width, header.width + _OVERFLOW))
    used = [*header.positions.values(), *overflow]
    # A full first line makes the parser look for columns that only a shifted row has.
    padded = BytesIO()
    padded.write((separator * overflow[-1] + "\n").encode())
    padded.write(memoryview(whole)[start:])  # one copy less of what may be a large file
    padded.seek(0)
    try:
        read = pd.read_csv(
            padded,
            sep=separator,
            header=None,
            names=range(len(overflow) + header.width),
            usecols=used,
            index_col=False,
            dtype=object,
            na_filter=False,
            skip_blank_lines=False,
            encoding="utf-8",
        )
    except pd.errors.ParserError:
        return None
    cells = read.iloc[1:].reset_index(drop=True)
    if _count_lines(whole, start) != len(cells) or any(
        filled(cells[one]).any() for one in overflow
    ):
        return None
    return cells.drop(columns=overflow)


def _count_lines(whole: bytes, start: int) -> int:
    ends = [whole.count(end, start) for end in (b"\n", b"\r") if end in whole]
    return max(ends, default=0) + (whole[max(start, len(whole) - 1) :] not in b"\r\n")


def _read_ragged(body: str, separator: str, header: Header) -> tuple[pd.DataFrame, pd.Series, bool]:
    """Read rows one by one, telling those with more cells than the header."""
    lines = [found[0] for found in _LINE.finditer(body)]
    rows, broken = _rows_of(lines, separator, header.width)
    return (*_cells_of(rows, header, separator), broken)


def _rows_of(lines: list[str], separator: str, width: int) -> tuple[list[list[str]], bool]:
    try:
        return list(csv.reader(lines, delimiter=separator, strict=True)), False
    except csv.Error as error:
        rows = [] if "unexpected end" in str(error) else _lenient_rows(lines, separator)
    if rows and not _swallows(rows, separator, width):
        return rows, False
    return [_row_of(line.rstrip("\r\n"), separator) for line in lines], True


def _lenient_rows(lines: list[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:  # a cell too long to be one
        return []


def _swallows(rows: list[list[str]], separator: str, width: int) -> bool:
    """Tell whether an open quotation mark has taken whole rows into one cell."""
    seams = max(width - 2, 1)
    inside = (cell for row in rows for cell in row if "\n" in cell or "\r" in cell)
    return any(part.count(separator) >= seams for cell in inside for part in cell.splitlines()[1:])


def _row_of(line: str, separator: str) -> list[str]:
    if line.count('"') % 2 == 0:
        return next(csv.reader([line], delimiter=separator), [])
    row = next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), [])
    return [cell.strip('"') for cell in row]


def _cells_of(
    rows: list[list[str]], header: Header, separator: str | None
) -> tuple[pd.DataFrame, pd.Series]:
    columns = {
        at: [row[at] if at < len(row) else "" for row in rows] for at in header.positions.values()
    }
    faults = ["" if separator is None else _shift(row, header.width, separator) for row in rows]
    index = pd.RangeIndex(len(rows))
    return pd.DataFrame(columns, index=index, dtype=object), pd.Series(
        faults, index=index, dtype=object
    )


def _shift(row: list[str], width: int, separator: str) -> str:
    if not any(cell.strip() for cell in row[width:]):
        return ""
    named = {",": "comma", ";": "semicolon", "\t": "tab"}.get(separator, separator)
    return (
        f"Shifted columns: {len(row)} cells where the header has {width};"
        f" put the cell that holds a {named} in quotation marks"
    )


# --- workbooks -------------------------------------------------------------------------------


def read_workbook(content: Content, wanted: Wanted) -> list[Table]:
    """Read every sheet or layer whose header has the needed columns; name the others.

    Raises
    ------
    FeedFormatError
        The file is damaged, or no sheet has the needed columns.
    """
    sheets, said = read_sheets(content, wanted.feed)
    part = "layer" if content.layers else "sheet"
    headers = {name: find_header(rows, wanted) for name, rows in sheets.items()}
    chosen = {name: header for name, header in headers.items() if header is not None}
    if not chosen:
        rows = [row for sheet in sheets.values() for row in sheet[:HEADER_WITHIN]]
        raise _no_header(content.name, sorted(rows, key=len, reverse=True), wanted)
    read = {*chosen, *GUIDE_SHEETS}
    skipped = [f"'{name}'" for name, rows in sheets.items() if rows and name not in read]
    found = f"{content.name}: no table was found on {part} {', '.join(skipped)}."
    notes = (*said, *((found,) if skipped else ()))
    tables: list[Table] = []
    for name, header in chosen.items():
        label = content.name if len(chosen) == 1 else f"{content.name} ({part} {name})"
        cells, faults = _cells_of(sheets[name][header.line + 1 :], header, None)
        tables.append(
            _table(label, content.name, header, cells, faults, notes=() if tables else notes)
        )
    return tables


def read_sheets(content: Content, feed: str) -> tuple[Sheets, tuple[str, ...]]:
    """Read every sheet of a workbook, or layer of a map file, as rows of text.

    Returns
    -------
    sheets, notes
        Rows by sheet; sentences on what was supposed of a map file.

    Raises
    ------
    FeedFormatError
        The file is damaged, or a map file without points.
    """
    if content.layers:
        layers, notes = read_layers(content, feed)
        return {name: _written(rows) for name, rows in layers.items()}, notes
    return (read_ods if is_ods(content) else _read_xlsx)(content, feed), ()


def _read_xlsx(content: Content, feed: str) -> Sheets:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations we do not use
            book = openpyxl.load_workbook(BytesIO(content.data), read_only=True, data_only=True)
            return {sheet.title: _sheet_rows(sheet) for sheet in book.worksheets}
    except Exception as error:  # a damaged workbook fails in many ways
        raise FeedFormatError(
            f"{content.name} was asked for as {feed}; the workbook is damaged"
            f" ({type(error).__name__}). Open it, save it as .xlsx again, and retry."
        ) from error


def _sheet_rows(sheet: Any) -> list[list[str]]:
    sheet.reset_dimensions()  # some writers state them wrongly
    return _written(sheet.iter_rows(values_only=True))


def _written(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    return [[write_cell(cell) for cell in row] for row in rows]


def write_cell(value: object) -> str:
    """Write a workbook's cell as the text a csv file would hold.

    Examples
    --------
    >>> write_cell(449000.0), write_cell(datetime(2026, 4, 3)), write_cell(time(9, 5))
    ('449000', '03/04/2026', '09:05')
    """
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return "" if value is None else str(value)


def _write_moment(moment: datetime) -> str:
    day, clock = f"{moment:%d/%m/%Y}", _write_clock(moment)
    return day if clock == "00:00" else f"{day} {clock}"


def _write_clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}".removesuffix(":00")


_YEAR_1900 = datetime(1900, 1, 1)  # noqa: DTZ001 - holds a clock time only
# The first that fits: a bool is an int, a datetime is a date.
_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: str(value).upper()),
    (float, lambda value: str(int(value)) if value.is_integer() else repr(value)),
    (datetime, lambda value: _write_moment(value + _HALF_SECOND)),
    (date, lambda value: f"{value:%d/%m/%Y}"),
    (time, lambda value: _write_clock(datetime.combine(_YEAR_1900, value) + _HALF_SECOND)),
    (timedelta, lambda value: _write_clock(_YEAR_1900 + value + _HALF_SECOND)),
)


# --- both ------------------------------------------------------------------------------------


def _table(
    file: str,
    delivery: str,
    header: Header,
    cells: pd.DataFrame,
    faults: pd.Series | None,
    *,
    notes: tuple[str, ...],
) -> Table:
    """Name the columns, trim the texts, number the rows and leave out blank rows at the end."""
    rows = pd.RangeIndex(header.line + 2, header.line + 2 + len(cells), name="row")
    named = pd.DataFrame(
        {
            column.name: _trimmed(cells[header.positions[column.name]])
            if column.name in header.positions
            else pd.Series("", index=cells.index, dtype=object)
            for column in header.shape.columns
        }
    ).set_axis(rows)
    faults = pd.Series("", index=cells.index, dtype=object) if faults is None else faults
    length = _rows_to_last(named, faults)
    return Table(
        file=file,
        delivery=delivery,
        shape=header.shape,
        cells=named.iloc[:length],
        faults=faults.set_axis(rows).iloc[:length],
        dropped=header.dropped,
        notes=notes,
    )


def _rows_to_last(named: pd.DataFrame, faults: pd.Series) -> int:
    """Count the rows down to the last that holds anything."""
    said = filled(faults).to_numpy()
    for name in named:
        if said[-1:].all():
            return len(named)
        said = said | filled(named[name]).to_numpy()
    return int(said.nonzero()[0].max()) + 1 if said.any() else 0


def _trimmed(cells: pd.Series) -> pd.Series:
    # References, numbers: without any space there is nothing to trim.
    return on_distinct(cells, _trim) if has_spaces("".join(cells.tolist())) else cells


def _trim(text: str) -> str:
    return " ".join(text.split())
