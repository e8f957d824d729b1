"""Choose an exporter and write a list, whole or not at all."""

import contextlib
import csv
import io
from importlib.metadata import entry_points
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

import pandas as pd

from aim.errors import ExportError
from aim.exports.cells import escape_cell
from aim.exports.formats import CsvExporter, GeoJsonExporter, JsonExporter
from aim.exports.geofiles import GeoPackageExporter, KmlExporter
from aim.exports.listing import Listing
from aim.exports.sheets import ExcelExporter

GROUP = "aim.exporters"
REJECTED_HEADS = {
    "file": "file",
    "row": "row",
    "reason": "reason",
    "cell": "failing cell",
    "source_ref": "sender's reference",
}


@runtime_checkable
class Exporter(Protocol):
    """The seam: what can write a list.

    Attributes
    ----------
    suffix
        The file name's end, with its dot.
    media_type
        What a browser is told.
    """

    suffix: str
    media_type: str

    def write(self, listing: Listing, file: BinaryIO) -> None:
        """Write the list, with every line of its stamp, to an open binary file."""
        ...


EXPORTERS: dict[str, Exporter] = {
    "csv": CsvExporter(),
    "json": JsonExporter(),
    "geojson": GeoJsonExporter(),
    "xlsx": ExcelExporter(),
    "gpkg": GeoPackageExporter(),
    "kml": KmlExporter(),
}


def exporter_for(file_format: str) -> Exporter:
    """Return the exporter of a format: ours, or one that a package brings.

    Parameters
    ----------
    file_format
        Such as ``csv``. A package offers others in the entry-point group ``aim.exporters``, as an
        exporter or a class of one; it cannot replace ours.

    Raises
    ------
    ExportError
        No exporter has that name.

    Examples
    --------
    >>> exporter_for("csv").suffix
    '.csv'
    """
    if file_format in EXPORTERS:
        return EXPORTERS[file_format]
    outside = {one.name: one for one in entry_points(group=GROUP)}
    if file_format not in outside:
        known = ", ".join([*EXPORTERS, *sorted(outside)])
        raise ExportError(f"The format {file_format!r} was asked for; there are {known}.")
    found = outside[file_format].load()
    return found() if isinstance(found, type) else found  # type: ignore[no-any-return]  # the contract suite checks it


def write_listing(listing: Listing, file_format: str) -> bytes:
    """Return a list as the bytes of a file.

    Parameters
    ----------
    listing
        What to write.
    file_format
        As ``exporter_for`` takes it.

    Returns
    -------
    bytes
        The same list gives the same bytes.

    Raises
    ------
    ExportError
        No such format, or a map format was asked for rows without places.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> rows = pd.DataFrame({"month": ["2026-04"], "incidents": [12]})
    >>> listing = Listing("Trend", rows, Stamp("Norbeck CSP", "OFFICIAL", (), {}))
    >>> write_listing(listing, "csv").decode("utf-8-sig").splitlines()[0]
    'month,incidents,handling,complete_to,attribution,parameters,notes'
    """
    content = io.BytesIO()
    exporter_for(file_format).write(listing, content)
    return content.getvalue()


def write_file(listing: Listing, path: Path, file_format: str | None = None) -> Path:
    """Write a list to a file, whole or not at all.

    Parameters
    ----------
    listing
        What to write.
    path
        Where; a file there is replaced once the new one is complete.
    file_format
        As ``exporter_for`` takes it; by default what the file's name ends with.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ExportError
        No such format; or the file cannot be written, and is as it was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from aim.model.handling import Stamp
    >>> rows = pd.DataFrame({"month": ["2026-04"], "incidents": [12]})
    >>> listing = Listing("Trend", rows, Stamp("Norbeck CSP", "OFFICIAL", (), {}))
    >>> with TemporaryDirectory() as folder:
    ...     write_file(listing, Path(folder) / "trend.json").name
    'trend.json'
    """
    chosen = file_format or path.suffix.lstrip(".").casefold()
    return write_whole(path, write_listing(listing, chosen))


def write_rejected(rejected: pd.DataFrame, path: Path) -> Path:
    """Write the rejected rows of a delivery for the clerk who can mend them.

    Parameters
    ----------
    rejected
        ``REJECTED_COLUMNS``; no personal column is among them.
    path
        Where; replaced once complete.

    Returns
    -------
    pathlib.Path
        The file: CSV that Excel opens, row number, reason, failing cell, sender's reference.

    Raises
    ------
    ExportError
        The file cannot be written, and is as it was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> rejected = pd.DataFrame({"row": [7], "reason": ["not a date"], "cell": ["32/13/2026"]})
    >>> with TemporaryDirectory() as folder:
    ...     path = write_rejected(rejected, Path(folder) / "wardens.xlsx.rejected.csv")
    ...     print(path.read_text(encoding="utf-8-sig"))
    row,reason,failing cell
    7,not a date,32/13/2026
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    columns = [name for name in REJECTED_HEADS if name in rejected.columns]
    writer.writerow([REJECTED_HEADS[name] for name in columns])
    for row in rejected[columns].itertuples(index=False):
        writer.writerow(["" if pd.isna(cell) else escape_cell(cell) for cell in row])
    return write_whole(path, text.getvalue().encode("utf-8-sig"))


def write_whole(path: Path, content: bytes) -> Path:
    """Put bytes into a file so that nobody ever sees half of them.

    Parameters
    ----------
    path
        Where; a file there is replaced at the end.
    content
        All of the file.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ExportError
        The folder is missing, the disk is full or writing is not allowed; a file there is as it
        was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "list.csv", b"rank").read_bytes()
    b'rank'
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise ExportError(
            f"{path} could not be written: {reason}. Nothing was changed there;"
            " choose another place, or make room, and try again."
        ) from error
    return path
