"""Everything that is SQLite's own: connections, plain words for its errors, safe copies."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, IntegrityError

from aim.errors import ConflictError, StoreError

WAIT_S = 30.0
_BEGIN = "aim_begin"
# Pages kept at hand, in KiB: many may read at once, one writes.
# Of a new store: a million rows go in a fifth faster than into pages of SQLite's usual size.
_PAGE_BYTES = 16_384
_READER_KIB, _WRITER_KIB, _SORTER_KIB = 65_536, 262_144, 8_192

# What SQLite says, and what it means for the person who asked; the first that fits is used.
_PLAIN_WORDS: tuple[tuple[str, type[StoreError], str], ...] = (
    (
        "locked",
        ConflictError,
        "another program is writing to it. Try again when that is done",
    ),
    (
        "full",
        StoreError,
        "the disk is full. Make room and try again; nothing was changed",
    ),
    (
        "readonly",
        StoreError,
        "it may not be written to. Check the rights of the file and its folder",
    ),
    (
        "unable to open",
        StoreError,
        "it cannot be opened. Check that the folder exists and may be written to",
    ),
    (
        "not a database",
        StoreError,
        "it is not an AIM store. Check AIM_STORE_URL",
    ),
    (
        "malformed",
        StoreError,
        "it is damaged. Bring back a backup with aim restore",
    ),
    (
        "disk i/o",
        StoreError,
        "the disk does not answer. Check it and try again",
    ),
)


def make_engine(path: Path, *, wait_s: float = WAIT_S, wal: bool = True) -> Engine:
    """Return an engine on a store file; no file is opened yet.

    Parameters
    ----------
    path
        The store file.
    wait_s
        Seconds to wait while another process writes.
    wal
        Whether readers and a writer may work at once; False while a new store is built.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": wait_s, "check_same_thread": False},
        hide_parameters=True,  # values of rows stay out of errors, and so out of logs
        pool_size=8,
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not the driver
        for pragma in _pragmas(wal=wal):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _pragmas(*, wal: bool) -> tuple[str, ...]:
    # A thread beside each statement sorts what an index or an order needs.
    common = (
        f"page_size={_PAGE_BYTES}",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        f"cache_size=-{_READER_KIB}",
        "threads=1",
    )
    return (*common, "journal_mode=WAL") if wal else common


def for_writing(connection: Connection) -> Connection:
    """Return the connection, set to take the write lock at once rather than fail half-way."""
    return connection.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})


def with_room(connection: Connection) -> AbstractContextManager[None]:
    """Let the one that writes keep more pages at hand; a million rows are read back from there."""
    return _pages_at_hand(connection, _WRITER_KIB)


def sorting(connection: Connection) -> AbstractContextManager[None]:
    """Let a thread sort for an index while the rows are still read: what it sorts must be small."""
    return _pages_at_hand(connection, _SORTER_KIB)


@contextmanager
def _pages_at_hand(connection: Connection, kib: int) -> Iterator[None]:
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{kib}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


@contextmanager
def in_plain_words(path: Path) -> Iterator[None]:
    """Turn the driver's errors into errors a person can act on."""
    try:
        yield
    except (IntegrityError, sqlite3.IntegrityError) as error:
        cause = getattr(error, "orig", None) or error
        raise ConflictError(
            f"The store {path} refused a change that contradicts what it holds: {cause}."
        ) from error
    except (DatabaseError, sqlite3.Error) as error:
        cause = str(getattr(error, "orig", None) or error)
        for sign, kind, meaning in _PLAIN_WORDS:
            if sign in cause.lower():
                raise kind(f"The store {path} was asked for; {meaning} ({cause}).") from error
        raise StoreError(f"The store {path} could not do what was asked: {cause}.") from error


@contextmanager
def briefly(connection: Connection) -> Iterator[None]:
    """Wait a tenth of a second for the write lock inside the block, and no longer."""
    usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql("PRAGMA busy_timeout = 100")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {usual}")


def copy_database(source: Path, target: Path) -> None:
    """Copy a store as it is at one moment, while others read and write.

    The copy is written under another name and takes its own when it is whole.

    Raises
    ------
    StoreError
        The target exists or cannot be written.
    """
    if target.exists():
        raise StoreError(f"{target} exists already and is not overwritten; name another file.")
    if not target.parent.is_dir():
        raise StoreError(f"{target} cannot be written: there is no folder {target.parent}.")
    unfinished = target.with_name(f"{target.name}.unfinished")
    with in_plain_words(target):
        try:
            unfinished.unlink(missing_ok=True)
            overwrite_database(source, unfinished)
            unfinished.replace(target)
        except OSError as error:
            raise StoreError(f"{target} cannot be written: {error}.") from error
        finally:
            unfinished.unlink(missing_ok=True)


def overwrite_database(source: Path, target: Path) -> None:
    """Write one database over another in one transaction of the target."""
    with closing(_open_existing(source)) as original, closing(sqlite3.connect(target)) as copy:
        pages = copy.execute("PRAGMA page_size").fetchone()[0]
        if _is_empty(target) or original.execute("PRAGMA page_size").fetchone()[0] == pages:
            original.backup(copy)
        else:
            _overwrite_with_pages(original, copy, pages, target)


def _overwrite_with_pages(
    original: sqlite3.Connection, copy: sqlite3.Connection, pages: int, target: Path
) -> None:
    """Write a database over one with pages of another size, which others may be reading."""
    alike = target.with_name(f"{target.name}.unfinished")
    alike.unlink(missing_ok=True)
    try:
        original.execute(f"PRAGMA page_size = {pages}")
        original.execute("VACUUM INTO ?", (str(alike),))
        with closing(_open_existing(alike)) as resized:
            resized.backup(copy)
    finally:
        alike.unlink(missing_ok=True)


def _is_empty(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _open_existing(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT_S)


def remove_database(path: Path) -> None:
    """Remove a store file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def refuse_changes(table: str) -> tuple[str, ...]:
    """Return the statements that make a table append-only."""
    return tuple(
        f"CREATE TRIGGER {table}_no_{word.lower()} BEFORE {word} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is kept for good'); END"
        for word in ("UPDATE", "DELETE")
    )


@contextmanager
def deletable(connection: Connection, table: str) -> Iterator[None]:
    """Let rows of an append-only table be deleted for as long as the block runs."""
    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_delete")
    try:
        yield
    finally:
        connection.exec_driver_sql(refuse_changes(table)[1])


def overwrite_what_is_deleted(connection: Connection) -> None:
    """Have what this connection deletes from now on overwritten in the file."""
    connection.exec_driver_sql("PRAGMA secure_delete=ON")


def empty_journal(engine: Engine) -> None:
    """Write the journal into the file and empty it, where nobody reads at the moment."""
    with suppress(DatabaseError), engine.connect() as connection:
        plain = connection.connection.driver_connection
        if isinstance(plain, sqlite3.Connection):
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


@contextmanager
def without_waiting(connection: Connection) -> Iterator[None]:
    """Give up at once where another process writes; to be entered before the transaction."""
    plain = connection.connection.driver_connection
    if not isinstance(plain, sqlite3.Connection):
        yield
        return
    before = plain.execute("PRAGMA busy_timeout").fetchone()[0]
    plain.execute("PRAGMA busy_timeout=0").close()
    try:
        yield
    finally:
        plain.execute(f"PRAGMA busy_timeout={before}").close()


def health(connection: Connection, path: Path) -> list[tuple[str, bool, str]]:
    """Return SQLite's own checks: the file whole, readers beside a writer, rights to write."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    rights = "file and folder may be written to" if writable else "no right to write file or folder"
    return [
        ("store file", found == "ok", f"{path}: {found}"),
        ("store journal", mode == "wal", f"journal mode {mode}"),
        ("store rights", writable, rights),
    ]


def refresh_statistics(connection: Connection) -> None:
    """Let the planner know the sizes of tables after a large change."""
    connection.exec_driver_sql("PRAGMA analysis_limit=1000")
    connection.exec_driver_sql("ANALYZE")
