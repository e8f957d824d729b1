"""A hub over a small store, asked through HTTP without a network."""

import runpy
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from aim.config import Settings
from aim.service import create_app
from aim.store import Store, open_store

with warnings.catch_warnings():
    # Newer releases would rather have httpx2, older ones know only httpx; both work.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

HUB_STORE = Path(__file__).with_name("hub_store.py")
HOUSE = Path(__file__).with_name("house.py")
PROVIDER = Path(__file__).with_name("provider.py")
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


@pytest.fixture(scope="session")
def empty(tmp_path_factory) -> Path:
    """Give a folder with an empty store, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    open_store(f"sqlite:///{(folder / 'aim.db').as_posix()}", create=True).close()
    return folder


@pytest.fixture(scope="session")
def busy(tmp_path_factory, make_hub_store) -> Path:
    """Give a folder with a small hub's store, to be copied."""
    folder = tmp_path_factory.mktemp("busy")
    make_hub_store(folder).close()
    return folder


@pytest.fixture(scope="session")
def housed() -> Callable[..., Any]:
    """Give a way to build a hub with people in a folder."""
    make: Callable[..., Any] = runpy.run_path(str(HOUSE))["make_house"]
    return make


@pytest.fixture(scope="session")
def build_house(empty, housed, tmp_path_factory, client_of) -> Iterator[Callable[..., Any]]:
    """Give a way to build a hub with people over a copy of a store, an empty one by default."""
    built = []

    def build(template: Path = empty, **settings: Any) -> Any:
        folder = tmp_path_factory.mktemp("house") / "store"
        built.append(housed(template, folder, client_of, **settings))
        return built[-1]

    yield build
    for one in built:
        one.store.close()


@pytest.fixture(scope="session")
def one_house(build_house) -> Any:
    return build_house()


@pytest.fixture
def house(one_house) -> Any:
    """Give a hub without data, for people to come into."""
    return one_house.as_new()


@pytest.fixture(scope="session")
def one_busy_house(build_house, busy) -> Any:
    return build_house(busy)


@pytest.fixture
def busy_house(one_busy_house) -> Any:
    """Give a hub with data, for people to come into."""
    return one_busy_house.as_new()


@pytest.fixture(scope="session")
def providing() -> Any:
    """Give the class of an identity provider on this computer alone."""
    return runpy.run_path(str(PROVIDER))["Provider"]
