"""Which version of the tables a store has, and the way from one to the next."""

from collections.abc import Sequence
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from aim.errors import SchemaVersionError, StoreError

# The migrations this program knows, oldest first; a test holds them against the files.
REVISIONS = ("0001", "0002", "0003", "0004", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
MIGRATIONS = Path(__file__).with_name("migrations")
NO_TABLES = ""


def config_for(connection: Connection, versions: Sequence[Path] = ()) -> Config:
    """Return Alembic's settings for a connection; ``versions`` are folders in place of our own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if versions:
        config.set_main_option("path_separator", "newline")
        config.set_main_option(
            "version_locations", "\n".join(str(one).replace("%", "%%") for one in versions)
        )
    config.attributes["connection"] = connection
    return config


def stored_revision(connection: Connection) -> str:
    """Return the version of a store's tables, empty where there are no tables at all.

    Raises
    ------
    StoreError
        The tables are not a store's.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return NO_TABLES
    if not {"alembic_version", "meta", "incident"} <= tables:
        raise StoreError(
            f"The database holds tables called {', '.join(sorted(tables)[:5])} and is not an AIM"
            " store. Check AIM_STORE_URL."
        )
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return str(found[0]) if found else NO_TABLES


def refuse_newer(revision: str, revisions: Sequence[str] = REVISIONS) -> None:
    """Refuse a store that this program is too old for.

    Raises
    ------
    SchemaVersionError
        The store's version is not among those known.
    """
    if revision and revision not in revisions:
        raise SchemaVersionError(
            f"The store has version {revision} and was written by a newer AIM; this program knows"
            f" versions up to {revisions[-1]}. Upgrade AIM, or bring back an older backup."
        )


def refuse_other(revision: str, revisions: Sequence[str] = REVISIONS) -> None:
    """Refuse a store that is not exactly of this program's version.

    Raises
    ------
    SchemaVersionError
        It is newer, or older.
    """
    refuse_newer(revision, revisions)
    if revision != revisions[-1]:
        raise SchemaVersionError(
            f"The store has version {revision or 'none'} and this program needs {revisions[-1]}."
            " Run aim init; it makes a backup first."
        )


def known_revisions(config: Config) -> list[str]:
    """Return the versions the migration files lead through, oldest first."""
    script = ScriptDirectory.from_config(config)
    return [one.revision for one in reversed(list(script.walk_revisions()))]
