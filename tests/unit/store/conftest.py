"""A store of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aim.store import Store, open_store
from aim.testing.stores import deliver, invented_incidents


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/aim.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url, create=True)
    yield opened
    opened.close()


@pytest.fixture
def filled(store: Store) -> Store:
    deliver(store, invented_incidents(np.random.default_rng(1), range(50)))
    return store
