"""An ingest that is killed leaves the store whole; run again, it ends as if undisturbed."""

import multiprocessing
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aim.model.people import EVERYTHING, Actor, Role
from aim.store import open_store
from aim.testing.stores import everything_in, load_wards
from aim.workflows.deliveries import ingest_feed

ANALYST = Actor("tester", "hub", frozenset({Role.ANALYST}))
INGEST = """
from pathlib import Path
from aim.model.people import Actor, Role
from aim.store import open_store
from aim.workflows.deliveries import ingest_feed
actor = Actor("tester", "hub", frozenset({Role.ANALYST}))
ingest_feed(open_store(url), actor, feed="police-uk", path=Path(file))
"""
# One process loads the program; those that are killed begin as its copies.
PROCESSES = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
if os.name != "nt":
    PROCESSES.set_forkserver_preload(["aim.areas.assign", "aim.store", "aim.workflows.deliveries"])
SHARES, KILLS = 2, 10  # twenty in all; each share may have a worker of its own


@pytest.fixture
def file(tmp_path) -> Path:
    rng = np.random.default_rng(5)
    rows = 6_000
    path = tmp_path / "2026-05-invented-street.csv"
    pd.DataFrame(
        {
            "Crime ID": [rng.bytes(32).hex() if number % 3 else "" for number in range(rows)],
            "Month": "2026-05",
            "Reported by": "Invented Police",
            "Longitude": np.round(rng.uniform(-1.25, -1.2, rows), 3),
            "Latitude": np.round(rng.uniform(54.57, 54.6, rows), 3),
            "Location": "On or near Ash Lane",
            "Crime type": rng.choice(["Burglary", "Anti-social behaviour"], rows),
        }
    ).to_csv(path, index=False, encoding="utf-8")
    return path


@pytest.fixture
def fresh(tmp_path):
    """Give stores that begin alike: key, audit checkpoint and wards included."""
    url = f"sqlite:///{(tmp_path / 'first.db').as_posix()}"
    first = open_store(url, create=True)
    load_wards(first)
    first.backup(tmp_path / "empty.db")
    first.close()

    def make(name: str) -> str:
        shutil.copy(tmp_path / "empty.db", tmp_path / f"{name}.db")
        for beside in [tmp_path / "first.db.key", *tmp_path.glob("first.db-*.audit")]:
            shutil.copy(beside, tmp_path / beside.name.replace("first", name))
        return f"sqlite:///{(tmp_path / f'{name}.db').as_posix()}"

    return make


def run_for(url: str, file: Path, seconds: float) -> float:
    """Run an ingest in a process of its own, kill it then if it still runs, say how long it ran."""
    began = time.perf_counter()
    process = PROCESSES.Process(target=exec, args=(INGEST, {"url": url, "file": str(file)}))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return time.perf_counter() - began


def ingest_again(url: str, file: Path) -> tuple[pd.DataFrame, int]:
    store = open_store(url)
    try:
        before = len(everything_in(store))
        assert [said for said in store.check() if not said[1]] == []
        assert len(store.batches(EVERYTHING)) == (before > 0)
        ingest_feed(store, ANALYST, feed="police-uk", path=file)
        assert store.verify_audit() == []
        return everything_in(store), before
    finally:
        store.close()


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_a_killed_ingest_run_again_equals_an_undisturbed_one(fresh, file, share):
    first = fresh("undisturbed")
    run_for(first, file, 300)
    assert ingest_again(first, file)[1] == 6_000
    whole = run_for(fresh("timed"), file, 300)
    undisturbed, rows = ingest_again(fresh("other"), file)
    assert (len(undisturbed), rows) == (6_000, 0)
    moments = np.random.default_rng(20).uniform(0, whole, (SHARES, KILLS))[share]
    found = []
    for number, moment in enumerate(moments.tolist()):
        url = fresh(f"killed-{number}")
        run_for(url, file, moment)
        again, before = ingest_again(url, file)
        pd.testing.assert_frame_equal(again, undisturbed)
        found.append(before)
    assert set(found) <= {0, 6_000}
    assert 0 in found
