"""A pack as Excel: a sheet a table, real tables, numbers and days, and a sheet of notes."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, BinaryIO

import xlsxwriter

from aim.exports.cells import escape_cell
from aim.exports.sheets import EPOCH, MOST_LETTERS, STYLE, mark_sheet, set_height, write_notes
from aim.model.packs import (
    Cell,
    Pack,
    PackTable,
    actions_table,
    decisions_table,
    places_table,
    results_table,
)

_LETTERS_A_SHARE = 14
_LETTERS_A_DAY, _BAND = 19, "#E8EDF1"


class ExcelPack:
    """A workbook that can be sorted, filtered and added up."""

    suffix = ".xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, pack: Pack, file: BinaryIO) -> None:
        """Write the pack."""
        content = io.BytesIO()
        made = pack.stamp.made
        created = datetime.combine(made, time(), UTC) if made else EPOCH
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            book.set_properties(
                {"title": pack.title, "created": created, "status": pack.stamp.handling}
            )
            for table in _tables(pack):
                _write_table(book, table, pack)
            sheet = book.add_worksheet("Notes")
            write_notes(book, sheet, _notes(pack))
            _mark(sheet, pack)
        file.write(content.getvalue())


def _tables(pack: Pack) -> Iterator[PackTable]:
    yield places_table(pack.places)
    yield actions_table(pack.actions)
    yield results_table(pack.results)
    if pack.before_day:
        yield decisions_table(pack.before, f"Decided on {pack.before_day}")


def _write_table(book: Any, table: PackTable, pack: Pack) -> None:
    sheet = book.add_worksheet(table.name)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "d mmmm yyyy", "valign": "top", "align": "left"})
    widths = _widths(table)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width, wrapped)
    for row, cells in enumerate(table.rows, start=1):
        for column, cell in enumerate(cells):
            _write_cell(sheet, row, column, cell, day)
        set_height(sheet, row, zip(table.texts[row - 1], widths, strict=True))
    if table.rows:
        head = book.add_format({"bold": True, "bg_color": _BAND, "valign": "top"})
        heads = [{"header": name, "header_format": head} for name in table.columns]
        last = (len(table.rows), len(heads) - 1)
        sheet.add_table(0, 0, *last, {"columns": heads, "name": table.name, "style": STYLE})
    else:
        sheet.write_row(0, 0, table.columns, book.add_format({"bold": True}))
        sheet.write_string(1, 0, table.empty)
    sheet.freeze_panes(1, 0)
    _mark(sheet, pack)


def _mark(sheet: Any, pack: Pack) -> None:
    mark_sheet(sheet, pack.stamp.lines()[0], "; ".join(pack.stamp.attributions))


def _widths(table: PackTable) -> list[float]:
    """Return how many letters each column holds: its share, its head, and a whole day."""
    days = {at for row in table.rows for at, cell in enumerate(row) if isinstance(cell, date)}
    return [
        max(len(head) + 4, share * _LETTERS_A_SHARE, _LETTERS_A_DAY if at in days else 0)
        for at, (head, share) in enumerate(zip(table.columns, table.widths, strict=True))
    ]


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(row, column, datetime.combine(cell, time()), day)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, str(escape_cell(cell))[:MOST_LETTERS])


def _notes(pack: Pack) -> Iterator[tuple[str, str]]:
    yield "Title", pack.title
    yield from (("Stamp", line) for line in pack.stamp.lines())
    yield from (("Made", line) for line in (pack.stamp.made_line(),) if line)
    yield from pack.facts
    yield from (("List", line) for line in (pack.list_said, pack.hidden) if line)
    yield from ((f"Late: {one.title}", one.standing) for one in pack.late)
    yield from (("Note", note) for note in pack.notes)
    yield from (("Made with", line) for line in pack.made_with)
