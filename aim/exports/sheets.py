"""Excel: real numbers and dates, a real table below frozen heads, and a sheet of notes."""

import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any, BinaryIO

import pandas as pd
import xlsxwriter

from aim.errors import ExportError
from aim.exports.cells import escape_cell
from aim.exports.listing import Listing
from aim.model.times import LONDON

MOST_ROWS = 1_048_575
MOST_LETTERS = 32_767
_WIDEST, _NARROWEST = 48, 9
_FOOTER_LETTERS, _FOOT_LETTERS = 230, 220
STYLE = "Table Style Light 1"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]")
_LABEL_LETTERS, _NOTE_LETTERS = 26, 100
_LINE_POINTS, _MOST_LINES = 15, 27  # a row is 409 points high at most
# A fixed day, so that the same list gives the same bytes.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class ExcelExporter:
    """An Excel workbook: the rows on the first sheet, all that goes with them on the second.

    Times are London's, as its column heads say; outlines are left to the map formats.
    """

    suffix = ".xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, listing: Listing, file: BinaryIO) -> None:
        """Write the list.

        Raises
        ------
        ExportError
            There are more rows than a sheet can hold.
        """
        file.write(write_book([listing]))


def write_book(listings: Sequence[Listing]) -> bytes:
    """Write several lists as one workbook, a sheet each, with all that goes with them on the last.

    Parameters
    ----------
    listings
        At least one; their names are the sheets'.

    Returns
    -------
    bytes
        The file; the same lists give the same bytes.

    Raises
    ------
    ExportError
        There are more rows than a sheet can hold.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> rows = pd.DataFrame({"place": ["Quay Street"], "hours": [1.5]})
    >>> stamp = Stamp("Norbeck CSP", "OFFICIAL", ("Invented data",), {})
    >>> write_book([Listing("Hours", rows, stamp, name="hours")])[:2]
    b'PK'
    """
    for listing in listings:
        _check_size(listing)
    first, content = listings[0], io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        made = first.stamp.made
        created = datetime.combine(made, time(), UTC) if made else EPOCH
        book.set_properties(
            {"title": first.title, "created": created, "status": first.stamp.handling}
        )
        lines = [line for one in listings for line in _note_lines(one, _write_rows(book, one))]
        notes = book.add_worksheet("Notes")
        write_notes(book, notes, lines)
        mark_sheet(notes, first.stamp_lines()[0])
    return content.getvalue()


def _check_size(listing: Listing) -> None:
    if len(listing.rows) > MOST_ROWS:
        raise ExportError(
            f"{listing.title!r} has {len(listing.rows):,} rows, a sheet holds {MOST_ROWS:,};"
            " write it as csv, or choose fewer."
        )


def _write_rows(book: xlsxwriter.Workbook, listing: Listing) -> int:
    sheet = book.add_worksheet(listing.name.capitalize()[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    heads = [_head(listing, name) for name in listing.columns()]
    sheet.write_row(0, 0, heads, bold)
    widths = [len(head) for head in heads]
    cut = 0
    for row, record in enumerate(listing.records(_london), start=1):
        for column, value in enumerate(record.values()):
            cut += _write_cell(sheet, row, column, value, dated)
            widths[column] = max(widths[column], len(str(value)) if value is not None else 0)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width + 2, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 0)
    if heads and len(listing.rows):
        columns = [{"header": head, "header_format": bold} for head in heads]
        last = (len(listing.rows), len(heads) - 1)
        name = _NOT_IN_NAMES.sub("_", listing.name.capitalize())
        sheet.add_table(0, 0, *last, {"columns": columns, "name": name, "style": STYLE})
    mark_sheet(sheet, listing.stamp_lines()[0])
    return cut


def _head(listing: Listing, name: str) -> str:
    times = isinstance(listing.rows[name].dtype, pd.DatetimeTZDtype)
    return f"{name} (London time)" if times else name


def _london(moment: pd.Timestamp) -> datetime:
    # Excel rounds parts of a second up, which would move the last moment of a day into the next.
    local: datetime = moment.floor("s").tz_convert(LONDON).tz_localize(None).to_pydatetime()
    return local


def _write_cell(sheet: Any, row: int, column: int, value: object, dated: Any) -> bool:
    """Write one cell by its kind; tell whether its text had to be cut."""
    if value is None:
        return False
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, dated)
    elif isinstance(value, str):
        text = str(escape_cell(value))
        sheet.write_string(row, column, text[:MOST_LETTERS])
        return len(text) > MOST_LETTERS
    else:
        sheet.write(row, column, value)
    return False


def write_notes(book: Any, sheet: Any, lines: Iterable[tuple[str, str]]) -> None:
    """Write labels and sentences below each other on an open sheet."""
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (label, value) in enumerate(lines):
        sheet.write_string(row, 0, str(escape_cell(label)), bold)
        sheet.write_string(row, 1, str(escape_cell(value))[:MOST_LETTERS], wrapped)
        set_height(sheet, row, [(label, _LABEL_LETTERS), (value, _NOTE_LETTERS)])
    sheet.set_column(0, 0, _LABEL_LETTERS)
    sheet.set_column(1, 1, _NOTE_LETTERS)


def set_height(sheet: Any, row: int, cells: Iterable[tuple[str, float]]) -> None:
    """Make a row as high as its longest cell, of text and letters a line; not all programs do."""
    lines = max((math.ceil(len(words) / (letters * 0.9)) for words, letters in cells), default=1)
    sheet.set_row(row, _LINE_POINTS * min(max(lines, 1), _MOST_LINES))


def _note_lines(listing: Listing, cut: int) -> Iterator[tuple[str, str]]:
    yield "Title", listing.title
    yield from (("Stamp", line) for line in listing.stamp_lines())
    yield "Rows", str(len(listing.rows))
    yield from ((f"Parameter {name}", str(value)) for name, value in listing.parameters.items())
    yield from ((f"Fact {name}", str(value)) for name, value in listing.facts.items())
    yield from (("Warning", note) for note in listing.notes)
    if cut:
        yield "Warning", f"{cut} cells were longer than Excel's 32,767 letters and were cut."


def mark_sheet(sheet: Any, line: str, foot: str = "") -> None:
    """Print the marking at the head of each page of a sheet, on its long side.

    Parameters
    ----------
    line, foot
        The marking, and what stands beside the number of the page; both are cut where Excel does.
    """
    marking = line[:_FOOTER_LETTERS].replace("&", "&&")
    sheet.set_header(f"&C{marking[:_FOOTER_LETTERS]}")
    told = foot[:_FOOT_LETTERS].replace("&", "&&")[:_FOOT_LETTERS]
    sheet.set_footer(f"&L{told}&RPage &P of &N" if told else "&CPage &P of &N")
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
