"""Making, opening and bringing back a store."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from alembic import command
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from aim.errors import ConfigError, StoreError
from aim.store import chain, facts, keys, schema, sqlite, witness
from aim.store.database import Clock, DatabaseStore, now
from aim.store.protocol import Store

PLUG_INS = "aim.stores"
_MEMORY = (None, "", ":memory:")


def open_store(
    url: str,
    *,
    key_file: Path | None = None,
    create: bool = False,
    wait_s: float = sqlite.WAIT_S,
    clock: Clock = now,
) -> Store:
    """Open a store that exists and is of this program's version.

    Parameters
    ----------
    url
        ``sqlite:///aim.db`` (relative to the working folder), or the address of a plug-in's store.
    key_file
        The key; ``aim.db.key`` beside the store if None.
    create
        Make the store where there is none.
    wait_s
        Seconds to wait while another process writes.
    clock
        What tells the time of deliveries and audit entries; UTC.

    Raises
    ------
    ConfigError
        The address is of no known kind, or the key is missing or another store's.
    StoreError
        There is no store at that address, or it cannot be opened.
    SchemaVersionError
        The store is of an older or newer version.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = open_store(f"sqlite:///{folder}/aim.db", create=True)
    ...     version = store.data_version()
    ...     store.close()
    >>> version
    0
    """
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite":
        return _plug_in(parsed)(url, key_file=key_file, create=create)
    path = _path_of(parsed)
    if not path.exists():
        if not create:
            raise StoreError(f"No store at {path}; run aim init, or check AIM_STORE_URL.")
        init_store(url, key_file=key_file)
    engine = sqlite.make_engine(path, wait_s=wait_s)
    try:
        key, name = _checked_key(engine, path, key_file)
    except BaseException:
        engine.dispose()
        raise
    beside_key = witness.witness_path(keys.key_path(path, key_file), name)
    return DatabaseStore(url, path, engine, key, clock, beside_key=beside_key)


def init_store(
    url: str,
    key_file: Path | None = None,
    *,
    versions: Sequence[Path] = (),
    clock: Clock = now,
) -> list[str]:
    """Make a store, or bring an older one up to this program's version after a backup.

    Parameters
    ----------
    url
        ``sqlite:///aim.db`` and the like.
    key_file
        Where the key is or shall be; beside the store if None.
    versions
        Folders of migrations in place of this program's own.
    clock
        What tells the time in a backup's name; UTC.

    Returns
    -------
    list of str
        What was done, a sentence each.

    Raises
    ------
    SchemaVersionError
        The store was written by a newer program.
    ConfigError, StoreError
        The address is of no known kind; the file cannot be written or is no store.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     said = init_store(f"sqlite:///{folder}/aim.db")
    ...     again = init_store(f"sqlite:///{folder}/aim.db")
    >>> len(said), again[0][:8]
    (2, 'Nothing ')
    """
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite":
        _plug_in(parsed)(url, key_file=key_file, create=True).close()
        return [f"The store at {parsed.render_as_string(hide_password=True)} is ready."]
    path = _path_of(parsed)
    if not path.parent.is_dir():
        raise StoreError(f"No store can be made at {path}: there is no folder {path.parent}.")
    if path.exists():
        return _upgrade(path, key_file, versions, clock)
    return _make(path, key_file, versions, clock)


def restore_store(
    url: str, backup: Path, *, key_file: Path | None = None, clock: Clock = now
) -> list[str]:
    """Put a backup in the store's place; the store as it was is kept beside it.

    Parameters
    ----------
    url
        The store's address.
    backup
        A file written by ``Store.backup``.
    key_file
        The key the backup's store was made with; beside the store if None.
    clock
        What tells the time in the name of the store that is replaced; UTC.

    Returns
    -------
    list of str
        What was done, a sentence each.

    Raises
    ------
    StoreError
        The file is no backup, or the store is being written.
    SchemaVersionError
        The backup was written by a newer program.
    ConfigError
        The key is missing or does not belong to the backup.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     address = f"sqlite:///{folder}/aim.db"
    ...     store = open_store(address, create=True)
    ...     store.backup(Path(folder) / "copy.db")
    ...     store.close()
    ...     said = restore_store(address, Path(folder) / "copy.db")
    >>> said[-1].startswith("The store now is")
    True
    """
    path = _path_of(_parse(url))
    backup = Path(backup)
    _refuse_unfit(backup, keys.key_path(path, key_file))
    done = []
    version = 0
    if path.exists():
        version = _data_version(path)
        kept = _beside(path, "before-restore", clock())
        sqlite.copy_database(path, kept)
        done.append(f"The store as it was is kept as {kept.name}.")
        with sqlite.in_plain_words(path):
            sqlite.overwrite_database(backup, path)
    else:
        sqlite.copy_database(backup, path)
    with _opened(path) as connection:
        # Caches go by this number; it must never come round a second time with other data.
        newest = max(version, facts.read_data_version(connection)) + 1
        facts.write_fact(connection, facts.DATA_VERSION, str(newest))
    done += [said for said in init_store(url, key_file) if not said.startswith("Nothing")]
    key_path = keys.key_path(path, key_file)
    with _opened(path) as connection:
        _begin_witness(connection, keys.read_key(key_path), key_path, clock())
    return [*done, f"The store now is what {backup.name} held."]


# --- addresses ---------------------------------------------------------------------------------


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            f"{url!r} is no store's address; write one like sqlite:///aim.db in AIM_STORE_URL."
        ) from error


def _path_of(url: URL) -> Path:
    if url.get_backend_name() != "sqlite" or url.database in _MEMORY:
        raise ConfigError(
            f"{url.render_as_string(hide_password=True)} names no file; write one like"
            " sqlite:///aim.db in AIM_STORE_URL."
        )
    return Path(str(url.database))


def _plug_in(url: URL) -> Callable[..., Store]:
    """Return what opens stores of another kind; plug-ins name themselves by backend."""
    kind = url.get_backend_name()
    found = {one.name: one for one in entry_points(group=PLUG_INS)}
    if kind in found:
        return cast("Callable[..., Store]", found[kind].load())
    known = ", ".join(sorted({"sqlite", *found}))
    later = " A hub on PostgreSQL is not built yet." if kind == "postgresql" else ""
    raise ConfigError(
        f"Stores of the kind {kind!r} are not known; known are {known}.{later} Check AIM_STORE_URL."
    )


def _beside(path: Path, why: str, at: datetime) -> Path:
    plain = path.with_name(f"{path.stem}.{why}-{at:%Y%m%dT%H%M%S}{path.suffix}")
    number = 1
    found = plain
    while found.exists():
        number += 1
        found = plain.with_name(f"{plain.stem}-{number}{plain.suffix}")
    return found


# --- opening, making, upgrading ------------------------------------------------------------------


@contextmanager
def _opened(path: Path, *, wal: bool = True) -> Iterator[Connection]:
    """Give a connection in one writing transaction, and let the file go afterwards."""
    engine = sqlite.make_engine(path, wal=wal)
    try:
        with sqlite.in_plain_words(path), engine.connect() as plain:
            connection = sqlite.for_writing(plain)
            with connection.begin():
                yield connection
    finally:
        engine.dispose()


def _checked_key(engine: Engine, path: Path, key_file: Path | None) -> tuple[bytes, str]:
    """Return the key, and the store's own name."""
    with sqlite.in_plain_words(path), engine.connect() as connection:
        schema.refuse_other(schema.stored_revision(connection))
        mark = facts.read_fact(connection, facts.KEY_FINGERPRINT)
        name = facts.read_fact(connection, facts.STORE_NAME)
    return _right_key(keys.key_path(path, key_file), mark, path), name


def _begin_witness(connection: Connection, key: bytes, key_path: Path, at: datetime) -> None:
    """Lay the chain's state beside the key: a new store's, or one brought forward or back."""
    name = facts.read_fact(connection, facts.STORE_NAME)
    made = chain.make_checkpoint(connection, key, at)
    witness.write(witness.witness_path(key_path, name), made)


def _right_key(key_path: Path, mark: str, path: Path) -> bytes:
    key = keys.read_key(key_path)
    if keys.fingerprint(key) != mark:
        raise ConfigError(
            f"The key in {key_path} is not the one {path} was made with. Put the store's own key"
            " file back, or name it with AIM_KEY_FILE."
        )
    return key


def _make(path: Path, key_file: Path | None, versions: Sequence[Path], clock: Clock) -> list[str]:
    """Build the store under another name, so that no half of one is ever found."""
    key_path = keys.key_path(path, key_file)
    done = []
    if key_path.exists():
        key = keys.read_key(key_path)
    else:
        key = keys.make_key(key_path)
        done.append(f"Key written to {key_path}: keep a copy apart from the store and its backups.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    sqlite.remove_database(unfinished)
    try:
        with _opened(unfinished, wal=False) as connection:
            command.upgrade(schema.config_for(connection, versions), "head")
            facts.write_fact(connection, facts.DATA_VERSION, "0")
            facts.write_fact(connection, facts.KEY_FINGERPRINT, keys.fingerprint(key))
            _begin_witness(connection, key, key_path, clock())
        unfinished.replace(path)
    except OSError as error:
        raise StoreError(f"No store can be made at {path}: {error}.") from error
    finally:
        sqlite.remove_database(unfinished)
    return [f"Store made at {path}.", *done]


def _upgrade(
    path: Path, key_file: Path | None, versions: Sequence[Path], clock: Clock
) -> list[str]:
    with _opened(path) as connection:
        revision = schema.stored_revision(connection)
        if revision == schema.NO_TABLES:
            raise StoreError(
                f"{path} is an empty file, not a store. Remove it and run aim init again."
            )
        mark = facts.read_fact(connection, facts.KEY_FINGERPRINT)
        known = schema.known_revisions(schema.config_for(connection, versions))
    schema.refuse_newer(revision, known)
    key_path = keys.key_path(path, key_file)
    key = _right_key(key_path, mark, path)
    if revision == known[-1]:
        return [f"Nothing to do: the store at {path} has version {revision}."]
    kept = _beside(path, f"version-{revision}", clock())
    sqlite.copy_database(path, kept)
    with _opened(path) as connection:
        named = facts.read_fact(connection, facts.STORE_NAME)
        command.upgrade(schema.config_for(connection, versions), "head")
        if not named:  # it comes from a version that kept nothing beside the key
            _begin_witness(connection, key, key_path, clock())
    return [
        f"The store as it was is kept as {kept.name}.",
        f"The store at {path} was brought from version {revision} to {known[-1]}.",
    ]


def _refuse_unfit(backup: Path, key_path: Path) -> None:
    """Refuse a file that is no backup of a store with this key, before anything is touched."""
    if not backup.is_file():
        raise StoreError(f"There is no backup at {backup}; name a file that aim backup wrote.")
    engine = sqlite.make_engine(backup, wal=False)
    try:
        with sqlite.in_plain_words(backup), engine.connect() as connection:
            revision = schema.stored_revision(connection)
            if revision == schema.NO_TABLES:
                raise StoreError(f"{backup} holds no store; name a file that aim backup wrote.")
            schema.refuse_newer(revision)
            mark = facts.read_fact(connection, facts.KEY_FINGERPRINT)
    finally:
        engine.dispose()
    _right_key(key_path, mark, backup)


def _data_version(path: Path) -> int:
    """Return the data version of a store that may be beyond reading."""
    try:
        with _opened(path) as connection:
            return facts.read_data_version(connection)
    except StoreError:
        return 0
