"""Packs: one neutral value in, one file of any format out; each format only sets it."""

import io
from importlib import import_module
from typing import BinaryIO, Protocol, runtime_checkable

from aim.errors import ExportError
from aim.model.packs import DecisionLog, Pack

# Opened on first use: Word and PowerPoint are slow to load, and most days nobody asks for them.
_HOMES = {
    "pdf": ("aim.exports.pack_papers", "PdfPack"),
    "docx": ("aim.exports.pack_documents", "WordPack"),
    "xlsx": ("aim.exports.pack_sheets", "ExcelPack"),
    "pptx": ("aim.exports.pack_slides", "SlidesPack"),
}
PACK_FORMATS = tuple(_HOMES)


@runtime_checkable
class PackExporter(Protocol):
    """The seam: what can write a pack.

    Attributes
    ----------
    suffix
        The file name's end, with its dot.
    media_type
        What a browser is told.
    """

    suffix: str
    media_type: str

    def write(self, pack: Pack, file: BinaryIO) -> None:
        """Write the pack, marked on every page, slide or sheet, to an open binary file."""
        ...


def pack_exporter_for(file_format: str) -> PackExporter:
    """Return what writes packs in a format.

    Parameters
    ----------
    file_format
        ``pdf``, ``docx``, ``xlsx`` or ``pptx``.

    Raises
    ------
    ExportError
        No pack is written in that format.

    Examples
    --------
    >>> pack_exporter_for("xlsx").suffix
    '.xlsx'
    """
    if file_format not in _HOMES:
        raise ExportError(
            f"A pack was asked for as {file_format!r}; there are {', '.join(PACK_FORMATS)}."
        )
    room, name = _HOMES[file_format]
    return getattr(import_module(room), name)()  # type: ignore[no-any-return]  # each is one


def write_pack(pack: Pack, file_format: str) -> bytes:
    """Return a pack as the bytes of a file; the same pack gives the same bytes.

    Parameters
    ----------
    pack
        What to write.
    file_format
        As ``pack_exporter_for`` takes it.

    Raises
    ------
    ExportError
        No such format, or a picture of the pack cannot be drawn.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> pack = Pack("Monday", "", Stamp("Norbeck CSP", "OFFICIAL", (), {}))
    >>> write_pack(pack, "xlsx")[:2]
    b'PK'
    """
    content = io.BytesIO()
    pack_exporter_for(file_format).write(pack, content)
    return content.getvalue()


def write_log(log: DecisionLog) -> bytes:
    """Return a decision log as the bytes of a Word file.

    Parameters
    ----------
    log
        What to write.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> write_log(DecisionLog("Decisions", "", Stamp("Norbeck CSP", "OFFICIAL", (), {})))[:2]
    b'PK'
    """
    return import_module("aim.exports.pack_documents").write_log(log)  # type: ignore[no-any-return]  # bytes
