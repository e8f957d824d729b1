"""A hub over a small store, asked through HTTP without a network."""

import runpy
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI

from aim.config import Settings
from aim.service import create_app
from aim.store import Store

with warnings.catch_warnings():
    # Newer releases would rather have httpx2, older ones know only httpx; both work.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

HUB_STORE = Path(__file__).with_name("hub_store.py")
APRIL = "since=2026-04-01&until=2026-05-01"


@pytest.fixture(scope="session")
def make_hub_store() -> Callable[[Path], Store]:
    """Give a way to make a small hub's store in a folder."""
    make: Callable[[Path], Store] = runpy.run_path(str(HUB_STORE))["make_hub_store"]
    return make


@pytest.fixture(scope="session")
def store(tmp_path_factory, make_hub_store) -> Iterator[Store]:
    opened = make_hub_store(tmp_path_factory.mktemp("hub"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def client_of() -> Callable[[FastAPI], TestClient]:
    """Give a way to ask an application."""

    def client(app: FastAPI) -> TestClient:
        return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    return client


@pytest.fixture(scope="session")
def hub(store, client_of) -> Iterator[TestClient]:
    app = create_app(
        Settings(partnership="Norbeck Partnership"), store, today=lambda: date(2026, 5, 4)
    )
    with client_of(app) as client:
        yield client


@pytest.fixture
def april() -> str:
    return APRIL
