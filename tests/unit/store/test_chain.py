"""The audit chain shows every way of tampering with it."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text

from aim.errors import ConflictError
from aim.model.audit import AuditEntry, AuditFilter
from aim.model.groups import Group
from aim.model.people import EVERYTHING
from aim.model.tasks import EventKind, TaskEvent
from aim.store import chain, open_store, restore_store
from aim.store.tables import FOR_GOOD
from aim.testing.stores import invented_agreement, invented_run


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


@pytest.fixture
def elsewhere(recorded, tmp_path):
    """Give what a person keeps who may read the store but not the key: an earlier copy of it."""
    recorded.backup(tmp_path / "earlier.db")
    return tmp_path / "earlier.db"


def put_back(tmp_path, earlier):
    """Put an earlier copy in the store's place, as somebody would who has no key."""
    source, target = sqlite3.connect(earlier), sqlite3.connect(tmp_path / "aim.db")
    source.backup(target)
    source.close()
    target.close()


def grow(store, number=3):
    for at in range(number):
        with store.transaction() as change:
            change.record(AuditEntry("tester", "export", {"rows": at}))


def test_a_tail_cut_off_with_the_head_that_was_true_then_is_found(recorded, elsewhere, tmp_path):
    grow(recorded)
    put_back(tmp_path, elsewhere)
    assert "saw 8 entries, the chain now has 5" in " ".join(recorded.verify_audit())


def test_a_cut_chain_that_grows_again_is_still_found(recorded, elsewhere, tmp_path):
    grow(recorded)
    put_back(tmp_path, elsewhere)
    grow(recorded, 6)
    assert "saw another entry 8" in " ".join(recorded.verify_audit())


def test_a_tail_written_anew_without_the_key_is_found(recorded, tmp_path):
    wrong = b"x" * 32
    connection = create_engine(f"sqlite:///{tmp_path}/aim.db")
    with connection.begin() as change:
        change.exec_driver_sql("DROP TRIGGER audit_no_delete")
        change.exec_driver_sql("DELETE FROM audit WHERE sequence > 2")
        row = change.exec_driver_sql("SELECT seal FROM audit WHERE sequence = 2").scalar_one()
        chain.write_fact(change, chain.HEAD, chain._sealed_head(wrong, 2, row))
        for _ in range(3):
            chain.append(change, wrong, AuditEntry("tester", "ingest"), datetime.now(UTC))
    connection.dispose()
    assert "Entry 3 was changed" in " ".join(recorded.verify_audit())


def test_a_store_put_back_with_its_checkpoint_is_found_by_one_kept_elsewhere(
    recorded, elsewhere, tmp_path
):
    beside = next(tmp_path.glob("aim.db-*.audit"))
    at_copy = beside.read_bytes()
    grow(recorded)
    with recorded.transaction() as change:
        kept = change.seal()
    assert recorded.verify_audit(kept) == []
    put_back(tmp_path, elsewhere)
    beside.write_bytes(at_copy)
    assert recorded.verify_audit() == []
    assert "entries were cut off" in " ".join(recorded.verify_audit(kept))


@pytest.mark.parametrize("change", [{"sequence": 4}, {"store": "other"}, {"entry_seal": "0" * 64}])
def test_a_forged_checkpoint_is_found(recorded, change):
    with recorded.transaction() as opened:
        kept = opened.seal()
    assert "not sealed with this store's key" in " ".join(
        recorded.verify_audit(replace(kept, **change))
    )


def test_a_checkpoint_of_another_store_is_told_apart(recorded, tmp_path):
    other = open_store(
        f"sqlite:///{tmp_path}/other.db", key_file=tmp_path / "aim.db.key", create=True
    )
    with other.transaction() as change:
        kept = change.seal()
    other.close()
    assert "of another store" in " ".join(recorded.verify_audit(kept))


def test_a_lost_checkpoint_beside_the_key_is_told_until_accepted(recorded, tmp_path):
    next(tmp_path.glob("aim.db-*.audit")).unlink()
    grow(recorded, 1)
    assert "aim audit accept" in " ".join(recorded.verify_audit())
    recorded.accept_audit()
    assert recorded.verify_audit() == []


def test_a_store_brought_back_by_its_own_backup_is_whole(recorded, elsewhere, url):
    grow(recorded)
    restore_store(url, elsewhere)
    assert recorded.verify_audit() == []
    grow(recorded)
    assert recorded.verify_audit() == []


def test_checkpoints_come_by_themselves(store, monkeypatch):
    monkeypatch.setattr(chain, "CHECKPOINT_EVERY", 4)
    grow(store, 9)
    with store._reading() as connection:
        kept = [one.sequence for one in chain._stored_checkpoints(connection)]
    assert kept == [4, 8]
    assert store.verify_audit() == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditFilter(), [1, 2, 3, 4, 5, 6]),
        (AuditFilter(action="export"), [6]),
        (AuditFilter(actor="nobody"), []),
        (AuditFilter(actor="tester", newest=2), [5, 6]),
        (AuditFilter(since=datetime(2026, 1, 4, tzinfo=UTC)), [4, 5, 6]),
        (AuditFilter(until=datetime(2026, 1, 4, tzinfo=UTC)), [1, 2, 3]),
    ],
)
def test_entries_are_found_by_what_is_asked(url, wanted, found):
    days = iter(datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 30))
    store = open_store(url, create=True, clock=lambda: next(days))
    for action in ("ingest", "ingest", "ingest", "undo", "undo", "export"):
        with store.transaction() as change:
            chain.append(
                change._connection, store.key, AuditEntry("tester", action), change._clock()
            )
    assert store.audit(EVERYTHING, wanted)["sequence"].tolist() == found
    store.close()


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


KEYS = {
    "audit": "sequence",
    "audit_checkpoint": "sequence",
    "run": "number",
    "agreement": "number",
    "task_event": "number",
}


@pytest.mark.parametrize("table", [table.name for table in FOR_GOOD])
@pytest.mark.parametrize("word", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_is_kept_for_good_cannot_be_changed(recorded, table, word):
    ids = [f"{number:032x}" for number in range(5)]
    column = KEYS.get(table, "position")
    with recorded.transaction() as change:
        change.save_run(invented_run(ids), actor="a", program_version="1")
        change.set_agreement(invented_agreement(), actor="a")
        change.add_task("k1", Group("Nights", "Fewer"), TaskEvent(EventKind.ADDED), actor="a")
        change.seal()
    with pytest.raises(ConflictError, match="kept for good"), recorded.transaction() as change:
        change._connection.execute(text(word.format(table, column, column)))
