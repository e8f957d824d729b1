"""Monthly street files of data.police.uk, one force's out of the archive of all.

The truth of the source. An archive is called by its month, ``2026-04.zip``, and holds every force
for the three years up to it, near two gigabytes; ``latest.zip`` is the newest. Only the wanted
files are taken out of it where the other side gives parts of a file, which it does; else it is
saved whole, read and removed. A force that sent nothing in a month has no file there. A copy of
the unpacked archive, as an intranet may keep one, is read too:
``BASE/YYYY-MM/YYYY-MM-FORCE-street.csv``.

Source: https://data.police.uk/data/archive/ (Open Government Licence v3.0).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, cast

from aim.errors import FeedError, ParameterError
from aim.exchange.line import Line, StatusError, check_address, shown
from aim.model.times import next_month, read_month

ARCHIVE = "https://data.police.uk/data/archive"
NEWEST = "latest"
MOST_BYTES_OF_A_MONTH = 500_000_000  # the largest force's month is a fifteenth of it
_FORCE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BUFFER = 1 << 18
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_ABSENT = {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.GONE}  # what stores of files say


@dataclass(frozen=True, slots=True)
class Fetched:
    """What arrived, and which months the other side does not hold."""

    files: tuple[Path, ...]
    missing: tuple[str, ...]


class _RemoteFile(io.RawIOBase):
    """A file on the other side, of which only what is read travels."""

    def __init__(self, line: Line, url: str, size: int) -> None:
        super().__init__()
        self._line, self._url, self._size, self._at = line, url, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io hands over
        stop = min(self._at + len(buffer), self._size)
        if stop <= self._at:
            return 0
        piece = self._line.piece(self._url, self._at, stop)
        buffer[: len(piece)] = piece
        self._at = stop
        return len(piece)


def fetch_police_uk(
    line: Line,
    *,
    force: str,
    since: str,
    until: str | None,
    folder: Path,
    today: date,
    base: str = ARCHIVE,
    tell: Callable[[str], None] = lambda _: None,
) -> Fetched:
    """Save a force's monthly street files.

    Parameters
    ----------
    line
        The open line.
    force
        The force's slug, as in the names of the files: ``cleveland``.
    since, until
        Months such as ``2026-04``: the first, and the one after the last; without ``until`` up to
        the newest there is.
    folder
        An existing folder, where ``YYYY-MM-FORCE-street.csv`` are put, each whole or not at all.
        A file that is there already, the same byte for byte, is not fetched again.
    today
        The day it is, which bounds the months asked for.
    base
        The archive's address.
    tell
        Told each file that has arrived.

    Returns
    -------
    Fetched
        The files by month, and the months that were asked for and are not there.

    Raises
    ------
    ParameterError
        Slug, months or address cannot be; nothing was asked of the other side.
    FeedError
        The other side cannot be reached, holds nothing of it, or sends a damaged archive.

    Examples
    --------
    >>> from aim.exchange import open_line
    >>> with open_line(allowed=True) as line:
    ...     fetch_police_uk(line, force="Cleveland Police", since="2026-04", until=None,
    ...                     folder=Path("police"), today=date(2026, 6, 1))
    Traceback (most recent call last):
    aim.errors.ParameterError: A force's slug was asked for, such as cleveland; found 'Cleveland...
    """
    wanted = _months(force, since, until, today)
    root = check_address(base).rstrip("/")
    errand = _Errand(line, root, force, wanted, folder, tell)
    files = errand.from_archives(NEWEST if until is None else max(wanted))
    if files is None:
        files = errand.from_single_files()
    if not files:
        raise FeedError(
            f"{force} from {min(wanted)} to {max(wanted)} was asked for; {shown(root)} has no"
            " street file of it. Check --force, the months and --url."
        )
    held = max(files) if until is None else max(wanted)
    missing = tuple(month for month in wanted if month not in files and month <= held)
    return Fetched(tuple(files[month] for month in sorted(files)), missing)


def _months(force: str, since: str, until: str | None, today: date) -> tuple[str, ...]:
    if not _FORCE.fullmatch(force):
        raise ParameterError(
            f"A force's slug was asked for, such as cleveland; found {force!r}."
            " Take it from the name of one of its files: YYYY-MM-FORCE-street.csv."
        )
    month = read_month(since)
    end = min(read_month(until), next_month(today)) if until else next_month(today)
    if month >= end:
        raise ParameterError(
            f"Months from {since} to before {until or f'{end:%Y-%m}'} were asked for;"
            " there is none. The first month comes first, and none lies in the future."
        )
    wanted = []
    while month < end:
        wanted.append(f"{month:%Y-%m}")
        month = next_month(month)
    return tuple(wanted)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be brought, from where, and whom to tell."""

    line: Line
    root: str
    force: str
    wanted: tuple[str, ...]
    folder: Path
    tell: Callable[[str], None]

    def from_archives(self, name: str) -> dict[str, Path] | None:
        """Bring files out of the archive of a month and those before; None without an archive."""
        files: dict[str, Path] = {}
        oldest = self._take_out(name, files)
        if oldest is None and name != NEWEST:  # the last month may not be published yet
            oldest = self._take_out(NEWEST, files)
        if oldest is None:
            return None
        while oldest and min(self.wanted) < oldest:
            earlier = f"{read_month(oldest) - timedelta(days=1):%Y-%m}"
            before = self._take_out(earlier, files)
            oldest = before if before and before < oldest else ""
        return files

    def from_single_files(self) -> dict[str, Path]:
        """Bring the files of an unpacked archive, month by month."""
        files: dict[str, Path] = {}
        for month in self.wanted:
            name = f"{month}-{self.force}-street.csv"
            try:
                path = self.line.save(f"{self.root}/{month}/{name}", self.folder / name)
            except StatusError as error:
                if error.status not in _ABSENT:
                    raise
            else:
                files[month] = path
                self._arrived(path)
        return files

    def _take_out(self, name: str, files: dict[str, Path]) -> str | None:
        """Add an archive's files; return its oldest month, empty if it has none."""
        url = f"{self.root}/{name}.zip"
        try:
            with _archive(self.line, url, self.folder) as archive:
                members = dict(_street_files(archive))
                for month in self.wanted:
                    member = members.get((month, self.force))
                    if member is not None and month not in files:
                        files[month] = _extract(archive, member, self.folder, url)
                        self._arrived(files[month])
        except StatusError as error:
            if error.status in _ABSENT:
                return None
            raise
        except _DAMAGES as error:
            raise FeedError(
                f"{shown(url)} was asked for; the archive is damaged or cut short ({error})."
                " Try again later."
            ) from error
        return min((month for month, _ in members), default="")

    def _arrived(self, path: Path) -> None:
        self.tell(f"{path.name}: {path.stat().st_size:,} bytes")


@contextmanager
def _archive(line: Line, url: str, folder: Path) -> Iterator[zipfile.ZipFile]:
    size = line.size(url)
    if size is not None:
        remote = io.BufferedReader(_RemoteFile(line, url, size), _BUFFER)
        with zipfile.ZipFile(cast("BinaryIO", remote)) as archive:
            yield archive
        return
    whole = line.save(url, folder / f"police-uk-archive-{url.rsplit('/', 1)[-1]}")
    try:
        with zipfile.ZipFile(whole) as archive:
            yield archive
    finally:
        whole.unlink(missing_ok=True)


def _street_files(archive: zipfile.ZipFile) -> Iterator[tuple[tuple[str, str], zipfile.ZipInfo]]:
    name = re.compile(r"(?:.*/)?(\d{4}-(?:0[1-9]|1[0-2]))-([a-z0-9-]+)-street\.csv")
    for member in archive.infolist():
        if found := name.fullmatch(member.filename):
            yield (found[1], found[2]), member


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, url: str) -> Path:
    """Put one file of an archive in the folder; the archive's own checksum says it is whole."""
    path = folder / member.filename.rsplit("/", 1)[-1]
    if member.file_size > MOST_BYTES_OF_A_MONTH:
        raise FeedError(
            f"{path.name} of {shown(url)} was asked for; it is {member.file_size:,} bytes, more"
            f" than the {MOST_BYTES_OF_A_MONTH:,} that are taken. Check the address."
        )
    if _same(path, member):
        return path
    part = path.with_name(f"{path.name}.part")
    try:
        with archive.open(member) as source, part.open("wb") as target:
            while block := source.read(_BUFFER):
                target.write(block)
        part.replace(path)
    except OSError as error:
        raise FeedError(
            f"{path} was to be saved; found: {error.strerror or error}. Make room and try again."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _same(path: Path, member: zipfile.ZipInfo) -> bool:
    if not path.is_file() or path.stat().st_size != member.file_size:
        return False
    return zlib.crc32(path.read_bytes()) == member.CRC
