"""The audit chain: each entry sealed with the key over itself and the one before.

A changed, deleted, reordered or inserted entry breaks a seal or a number. Entries cut from the
end show in the sealed count kept in ``meta``. A whole store put back as it was earlier cannot be
told from within; keep backups' dates elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from aim.model.audit import AuditEntry
from aim.store.facts import read_fact, write_fact
from aim.store.tables import audit

HEAD = "audit_head"
NOTHING_BEFORE = "0" * 64


def canonical(value: Any) -> str:
    """Write a value as JSON in the one way that is sealed.

    Examples
    --------
    >>> canonical({"b": 1, "a": ("x",)})
    '{"a":["x"],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def append(connection: Connection, key: bytes, entry: AuditEntry, at: datetime) -> None:
    """Add an entry and move the sealed head on."""
    count, previous = _head(connection)
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


def _head(connection: Connection) -> tuple[int, str]:
    held = read_fact(connection, HEAD)
    if not held:
        return 0, NOTHING_BEFORE
    count, seal, _ = held.split(" ")
    return int(count), seal


def _sealed_head(key: bytes, count: int, seal: str) -> str:
    return f"{count} {seal} {_hmac(key, canonical(['head', count, seal]))}"


def _seal(key: bytes, row: Mapping[str, Any]) -> str:
    names = ("sequence", "at", "actor", "action", "detail", "previous")
    return _hmac(key, canonical([row[name] for name in names]))


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def faults(connection: Connection, key: bytes) -> list[str]:
    """Return what is wrong with the chain, entry by entry; empty when it is whole."""
    found: list[str] = []
    number, previous = 0, NOTHING_BEFORE
    for row in connection.execute(select(audit).order_by(audit.c.sequence)).mappings():
        found += _faults_of(dict(row), key, number, previous)
        number, previous = row["sequence"], row["seal"]
    held = read_fact(connection, HEAD)
    expected = _sealed_head(key, number, previous) if number else ""
    if held != expected:
        found.append(
            f"The chain ends with entry {number}, its sealed count says"
            f" {held.split(' ')[0] or 'none'}: entries were cut off or added, or it is forged."
        )
    return found


def _faults_of(row: Mapping[str, Any], key: bytes, number: int, previous: str) -> list[str]:
    found = []
    if row["sequence"] != number + 1:
        found.append(f"Entry {number + 1} is missing before entry {row['sequence']}.")
    if row["previous"] != previous:
        found.append(f"Entry {row['sequence']} does not follow the entry before it.")
    if not hmac.compare_digest(row["seal"], _seal(key, row)):
        found.append(f"Entry {row['sequence']} was changed after it was sealed.")
    return found
