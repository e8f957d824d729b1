"""Backups, bringing them back, and several processes at once."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest

from aim.errors import ConfigError, SchemaVersionError, StoreError
from aim.model.incidents import FeedResult, empty_rejected
from aim.store import init_store, open_store, restore_store
from aim.testing.stores import (
    deliver,
    everything_in,
    invented_delivery,
    invented_incidents,
    same_frames,
    undo,
)

READER = """
import sys
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING
from aim.store import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
seen = set()
for line in sys.stdin:
    if line.strip() == "stop":
        break
    found = store.incidents(IncidentFilter(include_outside=True), EVERYTHING)
    counted = int(store.count_incidents(IncidentFilter(), EVERYTHING)["incidents"].sum())
    print(len(found), counted, flush=True)
store.close()
"""


def test_a_backup_holds_what_the_store_held(filled, tmp_path):
    filled.backup(tmp_path / "copy.db")
    before = everything_in(filled)
    deliver(filled, invented_incidents(np.random.default_rng(2), range(50, 60)))
    copy = open_store(f"sqlite:///{tmp_path}/copy.db", key_file=tmp_path / "aim.db.key")
    same_frames(everything_in(copy), before)
    copy.close()


def test_a_backup_is_taken_while_a_transaction_is_open(filled, tmp_path):
    with filled.transaction() as change:
        change.undo_batch("b0001")
        filled.backup(tmp_path / "copy.db")
    copy = open_store(f"sqlite:///{tmp_path}/copy.db", key_file=tmp_path / "aim.db.key")
    assert len(everything_in(copy)) == 50
    assert everything_in(filled).empty
    copy.close()


def test_a_backup_overwrites_nothing(filled, tmp_path):
    target = tmp_path / "copy.db"
    target.write_text("precious", encoding="utf-8")
    with pytest.raises(StoreError, match="not overwritten"):
        filled.backup(target)
    assert target.read_text(encoding="utf-8") == "precious"


def test_a_backup_into_no_folder_is_refused(filled, tmp_path):
    with pytest.raises(StoreError, match="no folder"):
        filled.backup(tmp_path / "none" / "copy.db")


def test_a_backup_of_other_page_size_is_brought_back_while_others_read(filled, url, tmp_path):
    filled.backup(tmp_path / "whole.db")
    before = everything_in(filled)
    with closing(sqlite3.connect(tmp_path / "whole.db")) as whole:
        whole.execute("PRAGMA page_size = 4096")
        whole.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    undo(filled, "b0001")
    restore_store(url, tmp_path / "copy.db")
    same_frames(everything_in(filled), before)
    assert filled.verify_audit() == []
    assert not [one.name for one in tmp_path.iterdir() if "unfinished" in one.name]


def test_restoring_brings_the_backup_back_and_keeps_what_was(filled, url, tmp_path):
    filled.backup(tmp_path / "copy.db")
    before = everything_in(filled)
    undo(filled, "b0001")
    said = restore_store(url, tmp_path / "copy.db")
    same_frames(everything_in(filled), before)
    kept = next(tmp_path.glob("aim.before-restore-*.db"))
    assert kept.name in said[0]
    old = open_store(f"sqlite:///{kept}", key_file=tmp_path / "aim.db.key")
    assert everything_in(old).empty
    old.close()


def test_a_data_version_never_comes_round_again(filled, url, tmp_path):
    filled.backup(tmp_path / "copy.db")
    undo(filled, "b0001")
    highest = filled.data_version()
    restore_store(url, tmp_path / "copy.db")
    assert filled.data_version() > highest


def test_a_lost_store_is_brought_back(filled, url, tmp_path):
    filled.backup(tmp_path / "copy.db")
    filled.close()
    for one in tmp_path.glob("aim.db*"):
        if one.suffix != ".key":
            one.unlink()
    restore_store(url, tmp_path / "copy.db")
    again = open_store(url)
    assert len(everything_in(again)) == 50
    again.close()


def test_what_is_no_backup_is_refused_before_anything_is_touched(filled, url, tmp_path):
    text = tmp_path / "notes.db"
    text.write_text("notes " * 400, encoding="utf-8")
    with pytest.raises(StoreError):
        restore_store(url, text)
    with pytest.raises(StoreError, match="no backup"):
        restore_store(url, tmp_path / "none.db")
    assert not list(tmp_path.glob("aim.before-restore-*"))
    assert len(everything_in(filled)) == 50


def test_a_backup_of_another_store_needs_its_key(filled, url, tmp_path):
    other = open_store(f"sqlite:///{tmp_path}/other.db", create=True)
    other.backup(tmp_path / "copy.db")
    other.close()
    with pytest.raises(ConfigError, match="not the one"):
        restore_store(url, tmp_path / "copy.db")
    assert len(everything_in(filled)) == 50


def test_a_backup_of_a_newer_program_is_refused(filled, url, tmp_path):
    filled.backup(tmp_path / "copy.db")
    copy = tmp_path / "copy.db"
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(SchemaVersionError, match="9999"):
        restore_store(url, copy)


def test_processes_read_while_one_writes(url):
    init_store(url)
    store = open_store(url)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    try:
        assert all(reader.stdout.readline() == "ready\n" for reader in readers)
        rows = invented_incidents(np.random.default_rng(3), range(40))
        for end in (10, 25, 40):
            with store.transaction() as change:
                change.save_delivery(
                    invented_delivery(), FeedResult(rows.iloc[:end], empty_rejected()), actor="w"
                )
                during = ask(readers)  # the writer has not ended: nobody waits, nobody sees half
            assert during == [f"{seen} {seen}" for seen in [{10: 0, 25: 10, 40: 25}[end]] * 2]
            assert ask(readers) == [f"{end} {end}"] * 2
    finally:
        for reader in readers:
            reader.communicate("stop\n", timeout=60)
        store.close()


def ask(readers):
    for reader in readers:
        reader.stdin.write("count\n")
        reader.stdin.flush()
    started = time.monotonic()
    answers = [reader.stdout.readline().strip() for reader in readers]
    assert time.monotonic() - started < 20
    return answers
