"""The audit chain: each entry sealed with the key over itself and the one before.

A changed, deleted, reordered or inserted entry breaks a seal or a number. Entries cut from the end
show in the sealed count kept in ``meta``; if that is wound back too, in the one kept beside the key
(`witness`), in the checkpoints, and against a checkpoint that was taken elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from aim.model.audit import AuditEntry, AuditFilter, Checkpoint
from aim.store.facts import STORE_NAME, read_fact, write_fact
from aim.store.tables import audit, audit_checkpoint

HEAD = "audit_head"
NOTHING_BEFORE = "0" * 64
# A checkpoint of its own after so many entries.
CHECKPOINT_EVERY = 500


def canonical(value: Any) -> str:
    """Write a value as JSON in the one way that is sealed.

    Examples
    --------
    >>> canonical({"b": 1, "a": ("x",)})
    '{"a":["x"],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def append(connection: Connection, key: bytes, entry: AuditEntry, at: datetime) -> None:
    """Add an entry, move the sealed head on, and seal a checkpoint after every so many."""
    count, previous = head(connection)
    row: dict[str, Any] = {
        "sequence": count + 1,
        "at": at.isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "detail": canonical(dict(entry.detail)),
        "previous": previous,
    }
    seal = _seal(key, row)
    connection.execute(insert(audit).values(**row, seal=seal))
    write_fact(connection, HEAD, _sealed_head(key, count + 1, seal))
    if (count + 1) % CHECKPOINT_EVERY == 0:
        add_checkpoint(connection, key, at)


def head(connection: Connection) -> tuple[int, str]:
    """Return how many entries the chain says it has, and the seal of the last."""
    held = read_fact(connection, HEAD)
    if not held:
        return 0, NOTHING_BEFORE
    count, seal, _ = held.split(" ")
    return int(count), seal


def add_checkpoint(connection: Connection, key: bytes, at: datetime) -> Checkpoint:
    """Seal the state of the chain and keep that in the store; return it to be kept elsewhere."""
    made = make_checkpoint(connection, key, at)
    held = connection.scalar(
        select(audit_checkpoint.c.sequence).where(audit_checkpoint.c.sequence == made.sequence)
    )
    if held is None:
        connection.execute(insert(audit_checkpoint).values(**made.as_plain()))
    return made


def make_checkpoint(connection: Connection, key: bytes, at: datetime) -> Checkpoint:
    """Seal the state of the chain as it is now."""
    count, entry_seal = head(connection)
    store = read_fact(connection, STORE_NAME)
    moment = at.isoformat(timespec="microseconds")
    return Checkpoint(
        store, count, entry_seal, moment, _checkpoint_seal(key, store, count, entry_seal, moment)
    )


def holds(connection: Connection, checkpoint: Checkpoint) -> bool:
    """Tell whether the chain still has the entry a checkpoint saw last."""
    if not checkpoint.sequence:
        return checkpoint.entry_seal == NOTHING_BEFORE
    seal = connection.scalar(select(audit.c.seal).where(audit.c.sequence == checkpoint.sequence))
    return seal == checkpoint.entry_seal


def _checkpoint_seal(key: bytes, *parts: str | int) -> str:
    return _hmac(key, canonical(["checkpoint", *parts]))


def _sealed_head(key: bytes, count: int, seal: str) -> str:
    return f"{count} {seal} {_hmac(key, canonical(['head', count, seal]))}"


def _seal(key: bytes, row: Mapping[str, Any]) -> str:
    names = ("sequence", "at", "actor", "action", "detail", "previous")
    return _hmac(key, canonical([row[name] for name in names]))


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def read(connection: Connection, wanted: AuditFilter) -> list[Any]:
    """Return the entries asked for, oldest first."""
    statement = select(audit).where(*_matching(wanted)).order_by(audit.c.sequence.desc())
    if wanted.newest is not None:
        statement = statement.limit(wanted.newest)
    return list(connection.execute(statement).all())[::-1]


def _matching(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    # Moments are kept as text of one form, UTC: they sort as they follow each other.
    if wanted.since is not None:
        yield audit.c.at >= wanted.since.isoformat(timespec="microseconds")
    if wanted.until is not None:
        yield audit.c.at < wanted.until.isoformat(timespec="microseconds")
    if wanted.actor:
        yield audit.c.actor == wanted.actor
    if wanted.action:
        yield audit.c.action == wanted.action


# --- verifying ---------------------------------------------------------------------------------


def faults(connection: Connection, key: bytes, *against: Checkpoint) -> list[str]:
    """Return what is wrong with the chain, entry by entry; empty when it is whole.

    ``against`` are checkpoints kept outside the store.
    """
    found: list[str] = []
    number, previous = 0, NOTHING_BEFORE
    checkpoints = [*_stored_checkpoints(connection), *against]
    wanted = {one.sequence for one in checkpoints}
    seals = {0: NOTHING_BEFORE}
    for row in connection.execute(select(audit).order_by(audit.c.sequence)).mappings():
        found += _faults_of(dict(row), key, number, previous)
        number, previous = row["sequence"], row["seal"]
        if number in wanted:
            seals[number] = previous
    held = read_fact(connection, HEAD)
    expected = _sealed_head(key, number, previous) if number else ""
    if held != expected:
        found.append(
            f"The chain ends with entry {number}, its sealed count says"
            f" {held.split(' ')[0] or 'none'}: entries were cut off or added, or it is forged."
        )
    store = read_fact(connection, STORE_NAME)
    for one in checkpoints:
        found += _disagreement(key, store, one, number, seals.get(one.sequence))
    return found


def _stored_checkpoints(connection: Connection) -> list[Checkpoint]:
    rows = connection.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.sequence))
    return [Checkpoint.from_plain(dict(row)) for row in rows.mappings()]


def _disagreement(
    key: bytes, store: str, one: Checkpoint, count: int, seal: str | None
) -> list[str]:
    parts = (one.store, one.sequence, one.entry_seal, one.at)
    if not hmac.compare_digest(one.seal, _checkpoint_seal(key, *parts)):
        found = "is not sealed with this store's key, or was changed"
    elif one.store != store:
        found = "is of another store"
    elif one.sequence > count:
        found = (
            f"saw {one.sequence} entries, the chain now has {count}: entries were cut off, or an"
            " earlier store was put in its place"
        )
    elif seal is None or not hmac.compare_digest(seal, one.entry_seal):
        found = (
            f"saw another entry {one.sequence}: the chain was written anew, or goes on from an"
            " earlier copy of the store"
        )
    else:
        return []
    return [f"The checkpoint of {one.at} {found}."]


def _faults_of(row: Mapping[str, Any], key: bytes, number: int, previous: str) -> list[str]:
    found = []
    if row["sequence"] != number + 1:
        found.append(f"Entry {number + 1} is missing before entry {row['sequence']}.")
    if row["previous"] != previous:
        found.append(f"Entry {row['sequence']} does not follow the entry before it.")
    if not hmac.compare_digest(row["seal"], _seal(key, row)):
        found.append(f"Entry {row['sequence']} was changed after it was sealed.")
    return found
