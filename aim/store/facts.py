"""Small facts of the store, kept by name."""

from sqlalchemy import Connection, insert, select, update

from aim.store.tables import meta

DATA_VERSION = "data_version"
KEY_FINGERPRINT = "key_fingerprint"
STORE_NAME = "store_name"


def read_fact(connection: Connection, name: str) -> str:
    """Return a fact, or an empty text."""
    value = connection.scalar(select(meta.c.value).where(meta.c.name == name))
    return "" if value is None else str(value)


def write_fact(connection: Connection, name: str, value: str) -> None:
    """Keep a fact in place of an earlier one."""
    changed = connection.execute(update(meta).where(meta.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(meta).values(name=name, value=value))


def read_data_version(connection: Connection) -> int:
    """Return the number that grows with every change of incidents or wards."""
    return int(read_fact(connection, DATA_VERSION) or 0)
