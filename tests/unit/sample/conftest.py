import json
from datetime import date

import pytest

import aim
from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.store import init_store, open_store


@pytest.fixture(scope="session")
def truth(checkout):
    """What was planted in the committed sample."""
    return json.loads((checkout / "sample_data" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def deliveries(checkout, truth):
    """Every file of the committed sample, read by its feed."""
    folder = checkout / "sample_data"
    return {
        file: aim.read_feed(facts["feed"], folder / file) for file, facts in truth["files"].items()
    }


@pytest.fixture(scope="session")
def told(deliveries):
    """A function that gives the incident of a row of a file."""

    def find(file, row):
        return deliveries[file].incidents.loc[row]

    return find


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The store of `aim demo`, shared by slow tests: what they add, they add under new keys."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('demo') / 'aim.db').as_posix()}"
    init_store(url)
    store = open_store(url)
    workflows.set_up_demo(store, LOCAL_ANALYST, lambda _: None, today=date(2026, 6, 8))
    yield store
    store.close()
