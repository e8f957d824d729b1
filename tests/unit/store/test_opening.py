"""Making and opening stores, and every way in which that can fail."""

import os
import sqlite3
import stat
import sys
from datetime import UTC, datetime

import numpy as np
import pytest

from aim.errors import AimError, ConfigError, ConflictError, SchemaVersionError, StoreError
from aim.model.incidents import FeedResult, empty_incidents, empty_rejected
from aim.model.people import EVERYTHING
from aim.store import init_store, open_store
from aim.testing.stores import (
    deliver,
    everything_in,
    invented_delivery,
    invented_incidents,
    invented_set,
    invented_wards,
    same_frames,
)


def raw(path, *statements):
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_missing_store_is_not_made_in_passing(url, tmp_path):
    with pytest.raises(StoreError, match="aim init"):
        open_store(url)
    assert not list(tmp_path.iterdir())


def test_init_makes_store_and_key_and_nothing_else(url, tmp_path):
    assert len(init_store(url)) == 2
    beside = next(tmp_path.glob("aim.db-*.audit")).name
    assert sorted(one.name for one in tmp_path.iterdir()) == ["aim.db", beside, "aim.db.key"]


def test_a_second_init_changes_nothing(url, tmp_path):
    init_store(url)
    before = (tmp_path / "aim.db.key").read_bytes()
    assert init_store(url)[0].startswith("Nothing to do")
    assert (tmp_path / "aim.db.key").read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such mode")
def test_only_its_owner_may_read_the_key(url, tmp_path):
    init_store(url)
    assert stat.S_IMODE((tmp_path / "aim.db.key").stat().st_mode) == 0o600


def test_keys_differ_and_a_named_key_file_is_used(tmp_path):
    url = f"sqlite:///{tmp_path}/a.db"
    with_name = open_store(url, key_file=tmp_path / "hub.key", create=True)
    other = open_store(f"sqlite:///{tmp_path}/b.db", create=True)
    assert with_name.key != other.key
    assert len(with_name.key) == 32
    assert not (tmp_path / "a.db.key").exists()
    with_name.close()
    other.close()


def test_a_lost_key_is_asked_for(url, tmp_path):
    init_store(url)
    (tmp_path / "aim.db.key").unlink()
    with pytest.raises(ConfigError, match="Put the key file back"):
        open_store(url)


def test_another_store_s_key_is_noticed(url, tmp_path):
    init_store(url)
    (tmp_path / "aim.db.key").write_text("0" * 64, encoding="ascii")
    with pytest.raises(ConfigError, match="not the one"):
        open_store(url)


@pytest.mark.parametrize("text", ["", "not a key", "00", "ü"])
def test_a_file_that_holds_no_key_is_refused(url, tmp_path, text):
    init_store(url)
    (tmp_path / "aim.db.key").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"aim\.db\.key"):
        open_store(url)


@pytest.mark.parametrize(
    "address", ["aim.db", "mysql://hub/aim", "sqlite://", "sqlite:///:memory:", "", "x:y:z"]
)
def test_an_unknown_address_is_a_setting_to_mend(address):
    with pytest.raises(ConfigError, match="AIM_STORE_URL"):
        open_store(address)


def test_postgresql_is_said_to_be_still_to_come():
    with pytest.raises(ConfigError, match="not built yet"):
        open_store("postgresql+psycopg://hub/aim")


def test_a_text_file_is_not_a_store(url, tmp_path):
    (tmp_path / "aim.db").write_text("ward,count\n" * 500, encoding="utf-8")
    for attempt in (open_store, init_store):
        with pytest.raises(StoreError, match="not an AIM store"):
            attempt(url)


def test_another_program_s_database_is_not_a_store(url, tmp_path):
    raw(tmp_path / "aim.db", "CREATE TABLE holidays (day TEXT)")
    for attempt in (open_store, init_store):
        with pytest.raises(StoreError, match="holidays"):
            attempt(url)


def test_an_empty_file_is_not_a_store(url, tmp_path):
    (tmp_path / "aim.db").touch()
    with pytest.raises(SchemaVersionError, match="aim init"):
        open_store(url)
    with pytest.raises(StoreError, match="empty file"):
        init_store(url)


def test_a_store_of_a_newer_program_is_refused(url, tmp_path):
    init_store(url)
    raw(tmp_path / "aim.db", "UPDATE alembic_version SET version_num = '9999'")
    for attempt in (open_store, init_store):
        with pytest.raises(SchemaVersionError, match="newer AIM"):
            attempt(url)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="no folder"):
        init_store(f"sqlite:///{tmp_path}/none/aim.db")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such mode")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_without_rights_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(AimError):
        init_store(f"sqlite:///{tmp_path}/aim.db")


def test_a_failed_init_leaves_no_half_store(url, tmp_path):
    broken = tmp_path / "steps"
    broken.mkdir()
    (broken / "0001_bad.py").write_text(
        "revision = '0001'\ndown_revision = None\n"
        "from alembic import op\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (x INTEGER)')\n"
        "    op.execute('CREATE NONSENSE')\n",
        encoding="utf-8",
    )
    with pytest.raises(StoreError, match="NONSENSE"):
        init_store(url, versions=[broken])
    assert not [
        one for one in tmp_path.iterdir() if one.name.startswith("aim.db") and one.suffix != ".key"
    ]


def test_a_full_disk_changes_nothing_and_says_so(filled):
    with filled._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # SQLite raises it to what is used
    before = everything_in(filled)
    with pytest.raises(StoreError, match="disk is full"):
        deliver(filled, invented_incidents(np.random.default_rng(2), range(3000)))
    same_frames(everything_in(filled), before)
    assert len(filled.batches(EVERYTHING)) == 1


def test_a_store_that_may_not_be_written_says_so(filled):
    with filled._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=1")
    with pytest.raises(StoreError, match="may not be written"), filled.transaction() as change:
        change.save_ward_set(invented_set(), invented_wards())


def test_a_locked_store_is_a_conflict(filled, url):
    impatient = open_store(url, wait_s=0.05)
    with (
        filled.transaction(),
        pytest.raises(ConflictError, match="another program"),
        impatient.transaction(),
    ):
        pass
    impatient.close()


def test_a_thread_has_one_transaction_at_a_time(store):
    with store.transaction(), pytest.raises(StoreError, match="open in this thread"):
        store.transaction().__enter__()


def test_the_clock_given_tells_the_time(url):
    then = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    store = open_store(url, create=True, clock=lambda: then)
    with store.transaction() as change:
        batch = change.save_delivery(
            invented_delivery(), FeedResult(empty_incidents(), empty_rejected()), actor="a"
        )
    assert batch.received_at == then
    assert store.batches(EVERYTHING) == [batch]
    store.close()
