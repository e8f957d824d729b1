"""Files from outside: what they are by their content, and without what programs add unseen.

A camera writes where and when a picture was taken into its file, and whose phone it was; Word and
Excel write who made a document, who changed it last and for which firm. That is cut out before a
file is kept; what is seen stays byte for byte. A PDF stays as it is: its maker's name may stand in
it. Programs inside documents are refused: whoever opens a file of the hub runs nothing.
"""

import io
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aim.errors import ParameterError

_PNG = b"\x89PNG\r\n\x1a\n"
# What a PNG needs to look as it does; the others may carry texts, times and positions.
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs",
     b"sBIT", b"bKGD", b"acTL", b"fcTL", b"fdAT"}
)  # fmt: skip
_JPEG, _MARK, _SCAN, _END = b"\xff\xd8\xff", 0xFF, 0xDA, 0xD9
_COMMENT, _APP0, _APP1, _APP2, _APP14, _APP15 = 0xFE, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # marks without a length
_ORIENTATION = 0x0112
_WORD, _EXCEL = "word/document.xml", "xl/workbook.xml"
_PROGRAMS = ("vbaproject.bin", "vbadata.xml", "activex", "oleobject")
MOST_MEMBERS, MOST_UNPACKED = 5_000, 100_000_000
# What says who made a document, by the word its kind of part has.
_PROPERTIES = (b"core-properties+xml", b"extended-properties+xml", b"custom-properties+xml")
_COMMENT_IN, _ROOT = (
    re.compile(rb"<!--.*?-->", re.DOTALL),
    re.compile(rb"<([A-Za-z][\w:.-]*)([^<>]*)>"),
)
_NAMESPACE = re.compile(rb"""\sxmlns(?::\w+)?=(?:"[^"]*"|'[^']*')""")
_TYPES, _OVERRIDE = "[Content_Types].xml", re.compile(rb"<Override\b[^>]*>")
_PART_NAME = re.compile(rb"""PartName\s*=\s*["']/?([^"']+)""")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken in.

    Attributes
    ----------
    name, suffix, media_type
        What people call it, how its name ends, and what browsers are told.
    """

    name: str
    suffix: str
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = FileKind("PDF", ".pdf", "application/pdf")
PNG = FileKind("PNG picture", ".png", "image/png")
JPEG = FileKind("JPEG picture", ".jpg", "image/jpeg")
WORD = FileKind("Word document", ".docx", f"{_OFFICE}.wordprocessingml.document")
EXCEL = FileKind("Excel workbook", ".xlsx", f"{_OFFICE}.spreadsheetml.sheet")
CSV = FileKind("CSV table", ".csv", "text/csv; charset=utf-8")
TEXT = FileKind("text", ".txt", "text/plain; charset=utf-8")
KINDS = (PDF, PNG, JPEG, WORD, EXCEL, CSV, TEXT)


def kind_of_file(content: bytes, name: str) -> FileKind:
    """Say what a file is by its content; its name decides between a table and a text alone.

    Parameters
    ----------
    content
        All of it.
    name
        What the sender calls it.

    Raises
    ------
    ParameterError
        It is empty, of no kind that is taken, or holds a program.

    Examples
    --------
    >>> kind_of_file(b"%PDF-1.7", "photo.png").name
    'PDF'
    >>> kind_of_file(b"day,visits", "visits.CSV").suffix
    '.csv'
    """
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(_PNG):
        return PNG
    if content.startswith(_JPEG):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    if content and _is_text(content):
        return CSV if name.casefold().endswith(CSV.suffix) else TEXT
    raise _refused("is none of them" if content else "is empty")


def without_metadata(content: bytes, kind: FileKind) -> bytes:
    """Return a picture or a document without what is not seen in it; other files as they are.

    Raises
    ------
    ParameterError
        It is damaged, so that it cannot be told what is in it, or too large when unpacked.
    """
    strip = _STRIPS.get(kind)
    if strip is None:
        return content
    try:
        return strip(content)
    except ParameterError:
        raise
    except (IndexError, struct.error) as error:
        raise _refused("is a damaged picture") from error
    except _BROKEN_ZIP as error:
        raise _refused("is a damaged document") from error


def unpacked_size(content: bytes) -> int:
    """Return how many bytes the parts of a packed file say they have; 0 for what is not packed.

    Examples
    --------
    >>> unpacked_size(b"day,visits")
    0
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return sum(one.file_size for one in file.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return 0


def _kind_of_zip(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = [name.casefold() for name in file.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _refused("is a damaged document") from error
    if len(members) > MOST_MEMBERS:
        raise _refused(f"has more than {MOST_MEMBERS:,} parts")
    if any(word in name for name in members for word in _PROGRAMS):
        raise _refused("holds a program or another program's object")
    if "[content_types].xml" in members:
        if _WORD in members:
            return WORD
        if _EXCEL in members:
            return EXCEL
    raise _refused("is none of them")


def _strip_office(content: bytes) -> bytes:
    """Pack a document anew, its properties empty; every other part stays byte for byte."""
    if unpacked_size(content) > MOST_UNPACKED:
        raise _refused(f"is larger than {MOST_UNPACKED // 1_000_000} MB when unpacked")
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        telling = _telling(old.read(_TYPES))
        for part in old.infolist():
            head = zipfile.ZipInfo(part.filename, _EPOCH)
            head.compress_type = zipfile.ZIP_DEFLATED
            with old.open(part) as source, new.open(head, "w") as kept:
                tells = part.filename.casefold() in telling
                shutil.copyfileobj(io.BytesIO(_emptied(source.read())) if tells else source, kept)
    return packed.getvalue()


def _telling(types: bytes) -> set[str]:
    """Return the names of the parts of a document that tell of its makers."""
    names = [
        _PART_NAME.search(override)
        for override in _OVERRIDE.findall(types)
        if any(kind in override for kind in _PROPERTIES)
    ]
    return {name[1].decode("utf-8", "replace").casefold() for name in names if name}


def _emptied(part: bytes) -> bytes:
    """Return a part's outermost element with nothing in it."""
    root = _ROOT.search(_COMMENT_IN.sub(b"", part))
    if root is None:
        raise _refused("is a damaged document")
    return b"<" + root[1] + b"".join(_NAMESPACE.findall(root[2])) + b"/>"


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(sign) < ord(" ") and sign not in "\t\n\r\f" for sign in text)


def _strip_png(content: bytes) -> bytes:
    kept = bytearray(_PNG)
    for name, chunk in _png_chunks(content):
        if name in _PNG_KEPT:
            kept += chunk
        if name == b"IEND":
            return bytes(kept)
    raise IndexError


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        end = at + 12 + length
        chunk = content[at:end]
        if len(chunk) < 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            raise IndexError
        yield chunk[4:8], chunk
        at = end


def _strip_jpeg(content: bytes) -> bytes:
    """Keep what is seen: no camera data but which way is up, no comment, nothing behind the end."""
    kept, turn = bytearray(content[:2]), 0
    for mark, segment in _jpeg_segments(content):
        if mark == _APP1:
            turn = turn or _orientation(segment)
        elif _is_seen(mark, segment):
            kept += segment
    head = _turned(turn) if turn else b""
    return bytes(kept[:2]) + head + bytes(kept[2:])


def _is_seen(mark: int, segment: bytes) -> bool:
    """Tell whether a segment changes what is seen; colours do, camera data and comments do not."""
    if mark == _APP2:
        return segment[4:16] == b"ICC_PROFILE\x00"
    return mark in {_APP0, _APP14} or not (_APP0 < mark <= _APP15 or mark == _COMMENT)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each segment with its mark; a scan goes with the data that follow it."""
    at = 2
    while True:
        if content[at] != _MARK:
            raise IndexError
        while content[at + 1] == _MARK:
            at += 1
        mark = content[at + 1]
        if mark == _END:
            yield mark, content[at : at + 2]
            return
        end = at + 2 if mark in _ALONE else at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if mark == _SCAN:
            end = _end_of_scan(content, end)
        if end > len(content):
            raise IndexError
        yield mark, content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the data of a scan end: at the next mark that is no part of them."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise IndexError
        following = content[at + 1]
        if following != 0 and following not in _ALONE and following != _MARK:
            return at
        at += 1 if following == _MARK else 2


def _orientation(segment: bytes) -> int:
    """Return which way up a camera held the picture, 0 where it does not say."""
    if segment[4:10] != b"Exif\x00\x00":
        return 0
    tiff = segment[10:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(entries):
            tag, kind, count, value = struct.unpack_from(
                f"{order}HHIH", tiff, start + 2 + 12 * number
            )
            if (tag, kind, count) == (_ORIENTATION, 3, 1) and 1 <= value <= 8:  # noqa: PLR2004 - the eight ways of TIFF
                return int(value)
    except struct.error:
        return 0
    return 0


def _turned(turn: int) -> bytes:
    """Return camera data that say which way is up and nothing else."""
    tiff = b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turn, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return bytes([_MARK, _APP1]) + struct.pack(">H", len(body) + 2) + body


_STRIPS: dict[FileKind, Callable[[bytes], bytes]] = {
    PNG: _strip_png,
    JPEG: _strip_jpeg,
    WORD: _strip_office,
    EXCEL: _strip_office,
}


def _refused(found: str) -> ParameterError:
    taken = ", ".join(kind.name for kind in KINDS)
    return ParameterError(
        f"A file was to be attached; it {found}. Taken are, by what is in them: {taken}."
    )
