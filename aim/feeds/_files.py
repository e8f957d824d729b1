"""From a path to the files in it: folders, archives, compression, and what is no table."""

import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from aim.errors import FeedError, FeedFormatError

TABLE_SUFFIXES = (
    *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".gz", ".xz", ".zip"),
    *(".json", ".geojson", ".xml", ".ods", ".gpkg", ".shp"),
)
_GZIP, _XZ, _ZIP = b"\x1f\x8b", b"\xfd7zXZ\x00", b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_GEOPACKAGE = b"SQLite format 3\x00"
_SHAPEFILE = b"\x00\x00\x27\x0a"
_SHAPEFILE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
_NEEDED_PARTS = (".dbf", ".shx")
WORKBOOK_PART, ODS_PART = "xl/workbook.xml", "content.xml"
_BLANK = b" \t\r\n\xef\xbb\xbf"
_LOOK = 8192
_MOSTLY = 0.9  # Latin text in UTF-16 has a zero in nearly every pair
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT = re.compile(rb"[\x01-\x08\x0e-\x1f]")
_MOST_NOT_TEXT = 0.02  # of the first bytes; an old text may end in a control character
_NOT_TABLES = ((b"%PDF", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"))


@dataclass(frozen=True, slots=True)
class Content:
    """One file's bytes, out of every wrapping; the parts of a shapefile in a zip of their own."""

    name: str
    data: bytes
    workbook: bool = False
    layers: bool = False


def list_files(path: Path, feed: str, pattern: str | None = None) -> list[Path]:
    """Return the files to read: the path itself, or those of a folder sorted by name.

    Parameters
    ----------
    path
        A file or folder.
    feed
        The feed asked for, for messages.
    pattern
        Names to look for in a folder, as a regular expression; None takes every table there.

    Raises
    ------
    FeedError
        There is no such file, or nothing in the folder could be this feed.
    """
    if path.is_dir():
        return _list_folder(path, feed, pattern)
    if not path.exists():
        raise FeedError(f"{path} was asked for as {feed}; there is no such file. Check the path.")
    return [path]


def _list_folder(folder: Path, feed: str, pattern: str | None) -> list[Path]:
    found = sorted(
        (one for one in folder.rglob("*") if one.is_file() and _could_be(one.name, pattern)),
        key=lambda one: (one.name, one.as_posix()),
    )
    if not found:
        wanted = "-street.csv" if pattern else " or ".join(TABLE_SUFFIXES[:4])
        raise FeedFormatError(
            f"{folder} was asked for as {feed}; no file in it ends in {wanted}."
            " Name the file or the folder that holds it."
        )
    return found


def _could_be(name: str, pattern: str | None) -> bool:
    if name.startswith((".", "~$")):  # hidden, or a workbook's lock
        return False
    if pattern is not None:
        return re.fullmatch(pattern, name, re.IGNORECASE) is not None
    return name.lower().endswith(TABLE_SUFFIXES)


def read_contents(
    path: Path, name: str, feed: str, pattern: str | None = None
) -> Iterator[Content]:
    """Give every table of a file as bytes; what it is decides, not what it is called.

    Raises
    ------
    FeedError
        The file cannot be opened.
    FeedFormatError
        It is empty, damaged or not a table.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FeedError(
            f"{path} was asked for as {feed}; it cannot be opened ({error.strerror})."
            " Close it elsewhere, or check that you may read it."
        ) from error
    if data.startswith(_SHAPEFILE):
        beside = {one.name: one for one in path.parent.iterdir() if one.stem == path.stem}
        parts = {one: beside[one].read_bytes() for one in _parts_of(path.name, beside)}
        yield _bundle(name, path.name, parts, feed)
    else:
        yield from _unwrap(name, data, feed, pattern)


def _parts_of(shapefile: str, names: Iterable[str]) -> list[str]:
    """Return the files that belong to a shapefile, by their names."""
    stem = shapefile[: -len(Path(shapefile).suffix)]
    return [
        one
        for one in names
        if one.startswith(f"{stem}.") and one[len(stem) :].lower() in _SHAPEFILE_PARTS
    ]


def _bundle(name: str, shapefile: str, parts: Mapping[str, bytes], feed: str) -> Content:
    """Put the parts of a shapefile into a zip, as the reading library wants them."""
    ends = {Path(one).suffix.lower(): data for one, data in parts.items()}
    if missing := [end for end in _NEEDED_PARTS if end not in ends]:
        raise FeedFormatError(
            f"{name} was asked for as {feed}; its {' and '.join(missing)} is not beside it."
            " A shapefile is several files: ask for all of them, in a zip."
        )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for end, data in ends.items():
            archive.writestr(f"{Path(shapefile).stem}{end}", data)
    return Content(name, buffer.getvalue(), layers=True)


def _unwrap(name: str, data: bytes, feed: str, pattern: str | None) -> Iterator[Content]:
    if data.startswith((_GZIP, _XZ)):
        inner = _decompress(name, data, feed)
        yield from _unwrap(re.sub(r"\.(gz|xz)$", "", name), inner, feed, pattern)
    elif data.startswith((_ZIP, _EMPTY_ZIP)):
        yield from _unzip(name, data, feed, pattern)
    elif data.startswith(_GEOPACKAGE):
        yield Content(name, data, layers=True)
    else:
        _refuse_binary(name, data, feed)
        yield Content(name, data)


def _decompress(name: str, data: bytes, feed: str) -> bytes:
    try:
        return gzip.decompress(data) if data.startswith(_GZIP) else lzma.decompress(data)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise _damaged(name, feed, error) from error


def _damaged(name: str, feed: str, error: Exception) -> FeedFormatError:
    return FeedFormatError(
        f"{name} was asked for as {feed}; it is damaged or cut short ({error})."
        " Ask the sender for it again."
    )


def _unzip(name: str, data: bytes, feed: str, pattern: str | None) -> Iterator[Content]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = sorted(one for one in archive.namelist() if not one.endswith("/"))
            if WORKBOOK_PART in members or {ODS_PART, "mimetype"} <= set(members):
                yield Content(name, data, workbook=True)
                return
            chosen = _choose_members(members, pattern)
            contents = [(one, archive.read(one)) for one in chosen]
            maps = {
                one: {part: archive.read(part) for part in _parts_of(one, members)}
                for one, inner in contents
                if inner.startswith(_SHAPEFILE)
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _damaged(name, feed, error) from error
    if not contents:
        raise FeedFormatError(
            f"{name} was asked for as {feed}; the archive holds no table. Unpack it and look."
        )
    for member, inner in contents:
        if member in maps:
            yield _bundle(f"{name}/{member}", member, maps[member], feed)
        else:
            yield from _unwrap(f"{name}/{member}", inner, feed, pattern)


def _choose_members(members: list[str], pattern: str | None) -> list[str]:
    named = [one for one in members if _could_be(Path(one).name, pattern)]
    if pattern is not None and not named:
        return [one for one in members if _could_be(Path(one).name, None)]
    return named


def _refuse_binary(name: str, data: bytes, feed: str) -> None:
    head = data[:_LOOK]
    if not head.strip(_BLANK) and not data.strip(_BLANK):
        found, todo = "it is empty", "Ask the sender for it again."
    elif head.startswith(_OLD_EXCEL):
        found, todo = "it is an Excel workbook of the old kind", "Save it as .xlsx first."
    elif kinds := [kind for start, kind in _NOT_TABLES if head.startswith(start)]:
        found, todo = f"it is {kinds[0]}, not a table", "Ask for a csv file or a workbook."
    elif _is_binary(head):
        found, todo = "it is not text but a binary file", "Ask for a csv file or a workbook."
    else:
        return
    raise FeedFormatError(f"{name} was asked for as {feed}; {found}. {todo}")


def _is_binary(head: bytes) -> bool:
    if head.startswith(_UTF16) or looks_utf16(head):
        return False
    return b"\x00" in head or len(_NOT_TEXT.findall(head)) > _MOST_NOT_TEXT * len(head)


def looks_utf16(head: bytes) -> str:
    """Return the byte order of UTF-16 text without its mark, empty if it is something else."""
    pairs = head[: len(head) // 2 * 2]
    if not pairs or b"\x00" not in pairs:
        return ""
    for order, high, low in (
        ("utf-16-le", pairs[1::2], pairs[::2]),
        ("utf-16-be", pairs[::2], pairs[1::2]),
    ):
        if high.count(0) > _MOSTLY * len(high) and not _is_binary(low):
            return order
    return ""
