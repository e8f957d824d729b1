"""The audit chain shows every way of tampering with it."""

import sqlite3

import pytest
from sqlalchemy import text

from aim.errors import ConflictError
from aim.model.audit import AuditEntry
from aim.model.people import EVERYTHING
from aim.store.tables import FOR_GOOD
from aim.testing.stores import invented_run


@pytest.fixture
def recorded(store):
    for number in range(5):
        with store.transaction() as change:
            change.record(AuditEntry("tester", "ingest", {"batch": f"b{number}", "rows": number}))
    return store


def tamper(tmp_path, *statements):
    """Change the file as somebody would who can write to it, triggers or not."""
    connection = sqlite3.connect(tmp_path / "aim.db")
    for word in ("update", "delete"):
        connection.execute(f"DROP TRIGGER audit_no_{word}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


WIND_BACK = (
    "UPDATE meta SET value = '3 ' || (SELECT seal FROM audit WHERE sequence = 3)"
    " || substr(value, -65) WHERE name = 'audit_head'"
)
REPEAT = (
    "INSERT INTO audit SELECT 6, at, actor, action, detail, previous, seal"
    " FROM audit WHERE sequence = 5"
)
TAMPERINGS = {
    "an actor changed": ["UPDATE audit SET actor = 'nobody' WHERE sequence = 3"],
    "an action changed": ["UPDATE audit SET action = 'view' WHERE sequence = 3"],
    "a detail changed": ['UPDATE audit SET detail = \'{"batch":"b9"}\' WHERE sequence = 2'],
    "a time changed": [
        "UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE sequence = 5"
    ],
    "a seal changed": ["UPDATE audit SET seal = 'f' || substr(seal, 2) || 'f' WHERE sequence = 1"],
    "the first deleted": ["DELETE FROM audit WHERE sequence = 1"],
    "one in the middle deleted": ["DELETE FROM audit WHERE sequence = 3"],
    "the middle cut out": ["DELETE FROM audit WHERE sequence IN (2, 3, 4)"],
    "the middle cut out and closed": [
        "DELETE FROM audit WHERE sequence = 3",
        "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3",
    ],
    "the end cut off": ["DELETE FROM audit WHERE sequence >= 4"],
    "the end cut off and the head wound back": [
        "DELETE FROM audit WHERE sequence >= 4",
        WIND_BACK,
    ],
    "all deleted": ["DELETE FROM audit"],
    "two swapped": [
        "UPDATE audit SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit SET sequence = 3 WHERE sequence = 99",
    ],
    "one repeated": [
        REPEAT,
    ],
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_found(recorded, tmp_path, kind):
    assert recorded.verify_audit() == []
    tamper(tmp_path, *TAMPERINGS[kind])
    assert recorded.verify_audit()


def test_doctor_tells_of_a_broken_chain(recorded, tmp_path):
    tamper(tmp_path, *TAMPERINGS["the end cut off"])
    failed = [(name, found) for name, passed, found in recorded.check() if not passed]
    assert [name for name, _ in failed] == ["audit chain"]
    assert "cut off" in failed[0][1]


def test_a_whole_chain_goes_on_growing(recorded):
    with recorded.transaction() as change:
        change.record(AuditEntry("tester", "undo", {"batch": "b1"}))
        change.record(AuditEntry("tester", "undo", {"batch": "b2"}))
    assert recorded.audit(EVERYTHING)["sequence"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert recorded.verify_audit() == []


@pytest.mark.parametrize("table", [table.name for table in FOR_GOOD])
@pytest.mark.parametrize("word", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_is_kept_for_good_cannot_be_changed(recorded, table, word):
    ids = [f"{number:032x}" for number in range(5)]
    column = "sequence" if table == "audit" else "number" if table == "run" else "position"
    with recorded.transaction() as change:
        change.save_run(invented_run(ids), actor="a", program_version="1")
    with pytest.raises(ConflictError, match="kept for good"), recorded.transaction() as change:
        change._connection.execute(text(word.format(table, column, column)))
