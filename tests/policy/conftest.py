"""A hub full of marks, the people of every role in it, and the table of what each may get."""

import importlib.util
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

with warnings.catch_warnings():
    # Newer releases would rather have httpx2, older ones know only httpx; both work.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

HERE = Path(__file__).parent
ROWS = tomllib.loads((HERE / "rows.toml").read_text(encoding="utf-8"))


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


# Tests are imported one by one, so the two files they share are loaded here, under their own names.
marked = _load("marked")
walking = _load("walking")


@pytest.fixture(scope="session")
def rows() -> dict[str, Any]:
    """Give the table."""
    return ROWS


@pytest.fixture(scope="session")
def marked_store(tmp_path_factory) -> Iterator[tuple[Any, list[Any]]]:
    folder = tmp_path_factory.mktemp("marked")
    store, marks = marked.make_marked_store(folder)
    yield store, marks, folder
    store.close()


@pytest.fixture(scope="session")
def client_of() -> Any:
    """Give a way to ask an application."""

    def client(app: Any) -> Any:
        return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    return client


@pytest.fixture(scope="session")
def town(marked_store, client_of) -> Any:
    """Give the hub over the marked store, and everybody's way in."""
    return walking.Town(*marked_store[:2], client_of)


@pytest.fixture(scope="session")
def twin(tmp_path_factory, client_of) -> Iterator[Any]:
    """Give a hub that differs in words, references, ids and exact places alone."""
    store, marks = marked.make_marked_store(tmp_path_factory.mktemp("twin"), "b")
    yield walking.Town(store, marks, client_of)
    store.close()
