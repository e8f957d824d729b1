"""A true server in its own process and a true browser that can reach nothing but it."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

SERVICE = Path(__file__).parents[1] / "service"


@contextmanager
def serving(folder: Path, **named: str) -> Iterator[str]:
    """Serve a folder's store in a process of its own; give its address."""
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    served = subprocess.Popen(
        [sys.executable, "-m", "aim", "serve", "--port", "0"],
        cwd=folder,
        env={**os.environ, "AIM_STORE_URL": url, "PYTHONUNBUFFERED": "1", **named},
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield told_address(served)
    finally:
        served.terminate()
        served.wait(10)
        served.stderr.close()


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Give a way to serve a folder, under settings of its own."""
    return serving


@pytest.fixture(scope="session")
def make_folder(tmp_path_factory) -> Callable[..., Path]:
    """Give a way to make a folder with a hub's store, and people added by ``add``."""

    def make(name: str, add: Callable[[Any], None] | None = None) -> Path:
        folder = tmp_path_factory.mktemp(name)
        runpy.run_path(str(SERVICE / "hub_store.py"))["make_hub_store"](folder).close()
        if add:
            house = runpy.run_path(str(SERVICE / "house.py"))["House"](folder, None)
            with closing(house.store):
                add(house)
        return folder

    return make


@pytest.fixture(scope="session")
def address(make_folder) -> Iterator[str]:
    with serving(make_folder("served")) as found:
        yield found


def told_address(served: subprocess.Popen) -> str:
    """Return the address the server tells, or fail with what it said instead."""
    said = []
    for line in served.stderr:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    pytest.fail(f"the server stopped: {''.join(said)}")


class Watch:
    """A page that remembers whatever went wrong or elsewhere."""

    def __init__(self, browser, address, width, height, *, scripts=True):
        self.address, self.faults = address, []
        self.page = browser.new_page(
            viewport={"width": width, "height": height}, java_script_enabled=scripts
        )
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)
        self.page.on("request", self._asked)
        self.page.on("console", self._said)

    def _failed(self, request):
        # A question overtaken by the next one is withdrawn, not failed.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response):
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"foreign: {request.url}")

    def _said(self, message):
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text}")

    def open(self, path):
        self.page.goto(self.address + path)
        return self.page

    def open_with_map(self, path):
        self.page.goto(self.address + path)
        self.page.wait_for_selector("body[data-map]")
        return self.page

    @property
    def map(self):
        return next(frame for frame in self.page.frames if "/map" in frame.url)


@pytest.fixture
def watch(browser, address):
    """Give a way to open a watched page; at the end none of them may have a fault."""
    opened = []

    def make(width=1366, height=900, **options):
        opened.append(Watch(browser, address, width, height, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.page.close()
    assert [fault for one in opened for fault in one.faults] == []
