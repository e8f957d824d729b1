"""OpenDocument workbooks (.ods): the sheets as rows of text, as a csv file would hold them."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET

from aim.errors import FeedFormatError
from aim.feeds._files import ODS_PART, WORKBOOK_PART, Content

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MOST_REPEATS = 1_000  # a blank tail says it is repeated a million times
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?")
_CLOCK = re.compile(r"PT0*(\d+)H0*(\d+)M.*")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def is_ods(content: Content) -> bool:
    """Tell whether a workbook is an OpenDocument one."""
    try:
        with zipfile.ZipFile(BytesIO(content.data)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    return ODS_PART in names and WORKBOOK_PART not in names


def read_ods(content: Content, feed: str) -> dict[str, list[list[str]]]:
    """Read every sheet of an OpenDocument workbook.

    Raises
    ------
    FeedFormatError
        The workbook is damaged.
    """
    try:
        with zipfile.ZipFile(BytesIO(content.data)) as archive:
            data = archive.read(ODS_PART)
        if _ENTITIES.search(data):
            raise ValueError("it has entities of its own")  # noqa: TRY301 - one way out
        root = ET.fromstring(data)  # noqa: S314 - entities are refused above
        return {
            sheet.get(f"{_TABLE}name", ""): list(_rows(sheet))
            for sheet in root.iter(f"{_TABLE}table")
        }
    except Exception as error:  # a damaged workbook fails in many ways
        raise FeedFormatError(
            f"{content.name} was asked for as {feed}; the workbook is damaged"
            f" ({type(error).__name__}). Open it, save it as .ods again, and retry."
        ) from error


def _rows(sheet: ET.Element) -> Iterator[list[str]]:
    blank = 0  # rows held back: a tail of them is left out
    for row in sheet.iter(f"{_TABLE}table-row"):
        cells = _cells(row)
        times = min(int(row.get(f"{_TABLE}number-rows-repeated", "1")), _MOST_REPEATS)
        if not any(cells):
            blank += times
            continue
        yield from ([] for _ in range(blank))
        blank = 0
        yield from (list(cells) for _ in range(times))


def _cells(row: ET.Element) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            continue
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        cells += [_write(cell)] * min(times, _MOST_REPEATS)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _write(cell: ET.Element) -> str:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date" and (found := _ISO.fullmatch(cell.get(f"{_OFFICE}date-value", ""))):
        clock = "" if found[4] in {None, "00:00"} else f" {found[4]}"
        return f"{found[3]}/{found[2]}/{found[1]}{clock}"
    if kind == "time" and (found := _CLOCK.fullmatch(cell.get(f"{_OFFICE}time-value", ""))):
        return f"{int(found[1]):02d}:{int(found[2]):02d}"
    if kind == "float":
        return cell.get(f"{_OFFICE}value", "").removesuffix(".0")
    return "\n".join("".join(line.itertext()) for line in cell.iter(f"{_TEXT}p"))
