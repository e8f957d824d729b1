"""A folder partners put files into: what arrives is taken in, set aside and removed in time.

A file is taken once two looks find it the same, so nothing half copied is read; a file another
program holds open waits too. It then lies in ``done`` or ``refused`` with a note beside it that
says what became of it. Should the program stop between taking in and setting aside, the file is
taken in again and adds nothing.
"""

import itertools
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aim.access import audit_entry, require
from aim.errors import AgreementError, AimError, CrsError, FeedError, ParameterError, StoreError
from aim.exports import write_whole
from aim.model.audit import AuditEntry
from aim.model.people import Action, Actor
from aim.store import Store
from aim.workflows.deliveries import feed_list, file_sha256, ingest_feed, undo_delivery
from aim.workflows.words import say_number

DONE, REFUSED = "done", "refused"
BETWEEN = ".between-"  # where rejected rows lie until their file is set aside
NOTE, REJECTED = ".note.txt", ".rejected.csv"
LONGEST_PAUSE_ONCE_S = 2.0  # some disks keep times to two seconds
# Names of files on their way, of locks, and of what desktops leave in every folder.
_ON_ITS_WAY = (".part", ".part.json", ".partial", ".filepart", ".tmp", ".crdownload", ".download")
_LITTER = frozenset({"thumbs.db", "desktop.ini"})
# The file's own fault; with any other of our errors it stays where it is and is tried again.
_ITS_FAULT = (FeedError, ParameterError, CrsError, AgreementError)
_NO_FEED = (
    "Nothing says which feed this is. Put it into a sub-folder called after its feed, or begin its"
    " name with it: {known}."
)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look tells of a file."""

    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: where it goes, the lines of its note, its batch if it has one."""

    aside: str
    lines: tuple[str, ...]
    batch: str | None = None


def watch_folder(
    store: Store,
    actor: Actor,
    folder: Path,
    *,
    every_s: float,
    keep_days: int,
    once: bool = False,
    require_agreements: bool = False,
    tell: Tell = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Take in what arrives in a folder, until interrupted.

    Parameters
    ----------
    folder
        A sub-folder, or else the start of the file's name, says the feed: ``wardens/april.xlsx``
        or ``wardens-april.xlsx``.
    every_s
        Seconds between two looks.
    keep_days
        Days a file stays in ``done`` or ``refused``; each removal is recorded with its SHA-256.
    once
        Look twice, take in what is there, and return.
    require_agreements
        Refuse rows of a source that no sharing agreement is kept for.
    tell
        Told what became of each file.
    sleep, clock
        How to wait, and what time it is.

    Raises
    ------
    ParameterError
        There is no such folder, or nothing can be written there.
    NotAllowedError
        The actor may not ingest.
    """
    require(actor, Action.INGEST)
    _make_asides(folder)
    feeds = tuple(row["name"] for row in feed_list())
    watch = _Watch(store, actor, folder, feeds, keep_days, require_agreements, tell, clock)
    before = look_into(folder)
    while True:
        sleep(min(every_s, LONGEST_PAUSE_ONCE_S) if once else every_s)
        try:
            held = watch.go_through(before)
        except OSError as error:  # a share that is away for a while
            tell(f"{folder} cannot be looked into: {error.strerror or error}.")
            held = {}
        if once:
            for path in look_into(folder):
                tell(f"{path.relative_to(folder)} is still there; it is taken in another time.")
            return
        before = held


def look_into(folder: Path) -> dict[Path, Look]:
    """Return the files that wait in a folder, and how they look; links are left alone."""
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if relative.parts[0] not in {DONE, REFUSED} and _is_delivery(relative):
            with suppress(OSError):  # gone, or locked: another time
                if look := _look_at(path):
                    found[path] = look
    return found


def steady(before: Mapping[Path, Look], held: Mapping[Path, Look]) -> list[Path]:
    """Return the files that two looks found the same.

    Examples
    --------
    >>> half, whole = Look(10, 1), Look(20, 2)
    >>> a, b, c = Path("a"), Path("b"), Path("c")
    >>> steady({a: whole, b: half}, {a: whole, b: whole, c: whole}) == [a]
    True
    """
    return [path for path, look in held.items() if before.get(path) == look]


def feed_of(relative: Path, feeds: tuple[str, ...]) -> str | None:
    """Return the feed a path names: its outermost sub-folder that is one, else its name's start.

    Examples
    --------
    >>> feeds = ("wardens", "police-uk")
    >>> feed_of(Path("Wardens/april.xlsx"), feeds)
    'wardens'
    >>> feed_of(Path("police-uk_2026-04.csv"), feeds)
    'police-uk'
    >>> feed_of(Path("wardensapril.xlsx"), feeds) is None
    True
    """
    for part in relative.parts[:-1]:
        if part.lower() in feeds:
            return part.lower()
    name = relative.name.lower()
    fits = [feed for feed in feeds if re.match(rf"{re.escape(feed)}(?![a-z0-9])", name)]
    return max(fits, key=len, default=None)


class _StillArrivingError(Exception):
    """The file changed while it was read."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """The folder, and what is needed to deal with a file in it."""

    store: Store
    actor: Actor
    folder: Path
    feeds: tuple[str, ...]
    keep_days: int
    require_agreements: bool
    tell: Tell
    clock: Callable[[], datetime]

    def go_through(self, before: Mapping[Path, Look]) -> dict[Path, Look]:
        """Take in what was found the same twice, remove what is old; return this look."""
        held = look_into(self.folder)
        for path in steady(before, held):
            self.take_in(path, held[path])
        self.remove_old()
        return held

    def take_in(self, path: Path, look: Look) -> None:
        """Take one file in and set it aside with its note; leave it where that cannot be now."""
        relative = path.relative_to(self.folder)
        try:
            path.rename(path)  # Windows refuses while another program has it open
            with tempfile.TemporaryDirectory(prefix=BETWEEN, dir=self.folder / DONE) as between:
                outcome = self._outcome(path, Path(between))
                self._require_unchanged(path, look, outcome)
                target = self._set_aside(path, outcome, Path(between))
        except _StillArrivingError:
            self.tell(f"{relative} waits: it is still arriving.")
        except AimError as error:
            self.tell(f"{relative} waits: {error}")
        except OSError as error:
            self.tell(f"{relative} waits: {error.strerror or error}.")
        else:
            told = outcome.lines[0].removeprefix(f"{path.name}: ")
            self.tell(f"{target.relative_to(self.folder)}: {told}")

    def remove_old(self) -> None:
        """Remove files set aside long enough ago, each with an audit entry.

        Only a file with a note beside it is one of ours.
        """
        removed = 0
        oldest = (self.clock() - timedelta(days=self.keep_days)).timestamp()
        for aside in (DONE, REFUSED):
            for note in sorted((self.folder / aside).rglob(f"*{NOTE}")):
                if note.stat().st_mtime <= oldest:
                    removed += self._remove(note, aside)
        for left in (self.folder / DONE).glob(f"{BETWEEN}*"):  # a power cut's
            if left.stat().st_mtime <= oldest:
                shutil.rmtree(left, ignore_errors=True)
        if removed:
            kept = say_number(self.keep_days, "day", "days")
            self.tell(f"{say_number(removed, 'file', 'files')} removed after {kept}.")

    def _outcome(self, path: Path, between: Path) -> Outcome:
        feed = feed_of(path.relative_to(self.folder), self.feeds)
        if feed is None:
            return Outcome(REFUSED, (_NO_FEED.format(known=", ".join(self.feeds)),))
        try:
            report = ingest_feed(
                self.store,
                self.actor,
                feed=feed,
                path=path,
                rejected_folder=between,
                require_agreements=self.require_agreements,
            )
        except _ITS_FAULT as error:
            return Outcome(REFUSED, (str(error),))
        except AimError:
            raise
        except Exception as error:  # noqa: BLE001 - one file must not stop those behind it
            name = type(error).__name__
            return Outcome(REFUSED, (f"AIM failed at this file ({name}); please report that.",))
        return Outcome(DONE, (report.sentence(path.name), *report.notes), report.batch)

    def _require_unchanged(self, path: Path, look: Look, outcome: Outcome) -> None:
        """Take a delivery back whose file grew while it was read."""
        if _look_at(path) == look:
            return
        if outcome.batch is not None:
            undo_delivery(self.store, self.actor, outcome.batch)
        raise _StillArrivingError

    def _set_aside(self, path: Path, outcome: Outcome, between: Path) -> Path:
        """Move a file and what was written about it; the note comes first: none lies without."""
        at = self.clock()
        target = _free_name(self.folder / outcome.aside / path.relative_to(self.folder))
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = list(outcome.lines)
        for rejected in between.iterdir():
            rejected.replace(_beside(target, REJECTED))
            lines.append(f"Rejected rows and reasons: {_beside(target, REJECTED).name}")
        gone = at + timedelta(days=self.keep_days)
        lines.append(f"Looked at {at:%Y-%m-%d %H:%M} UTC; removed after {gone:%Y-%m-%d}.")
        lines.append(f"SHA-256 {file_sha256(path)}")
        note = write_whole(_beside(target, NOTE), "".join(f"{line}\n" for line in lines).encode())
        os.utime(note, (at.timestamp(), at.timestamp()))
        try:
            path.rename(target)
        except OSError:
            for beside in (note, _beside(target, REJECTED)):
                beside.unlink(missing_ok=True)
            raise
        return target

    def _remove(self, note: Path, aside: str) -> int:
        """Remove a file and record it, both or neither; return how many."""
        original = note.with_name(note.name.removesuffix(NOTE))
        held = original.is_file()
        try:
            if held:
                with self.store.transaction() as change:
                    change.record(self._removal(original, aside))
                    _unlink(original)
            _unlink(_beside(original, REJECTED))
            _unlink(note)
        except (OSError, StoreError) as error:
            name = original.relative_to(self.folder)
            reason = error.strerror if isinstance(error, OSError) else None
            self.tell(f"{name} was to be removed; found: {reason or error}")
            return 0
        return int(held)

    def _removal(self, original: Path, aside: str) -> AuditEntry:
        sha256 = file_sha256(original)
        return audit_entry(self.actor, Action.REMOVE_ORIGINAL, file=sha256, kept_in=aside)


def _make_asides(folder: Path) -> None:
    if not folder.is_dir():
        raise ParameterError(
            f"The folder {folder} was to be watched; there is none. Make it, or check the path."
        )
    try:
        for name in (DONE, REFUSED):
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        raise ParameterError(
            f"The folder {folder} was to be watched; found: {error.strerror or error}."
            " Files are set aside in it, so you must be able to write there."
        ) from error


def _is_delivery(relative: Path) -> bool:
    name = relative.name.lower()
    hidden = any(part.startswith(".") for part in relative.parts) or name.startswith("~$")
    return not hidden and not name.endswith(_ON_ITS_WAY) and name not in _LITTER


def _look_at(path: Path) -> Look | None:
    facts = path.lstat()
    return Look(facts.st_size, facts.st_mtime_ns) if stat.S_ISREG(facts.st_mode) else None


def _beside(path: Path, end: str) -> Path:
    return path.with_name(f"{path.name}{end}")


def _free_name(target: Path) -> Path:
    """Return the name, numbered where an earlier file has it."""
    numbered = (target.with_name(f"{target.stem}-{n}{target.suffix}") for n in itertools.count(2))
    return next(
        one
        for one in itertools.chain((target,), numbered)
        if not one.exists() and not _beside(one, NOTE).exists()
    )


def _unlink(path: Path) -> None:
    with suppress(OSError):  # Windows removes no file that is read-only
        path.chmod(stat.S_IREAD | stat.S_IWRITE)
    path.unlink(missing_ok=True)
