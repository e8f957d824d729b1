"""What every test may ask for, and how the tests run: deterministic, and nothing from outside."""

import gc
import importlib.util
import os
import runpy
import secrets
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

# Coverage is asked of the rooms of plain functions, by their own tests: tracing costs twice.
MEASURED = ("access", "analysis", "areas", "exports", "feeds", "model", "tasking")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
NO_REAL_DATA = "real data: set AIM_TEST_DATA to the folder that holds the public files"
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge"),
    "libreoffice": ("soffice", "libreoffice"),
    "make": ("make",),
    "pdftotext": ("pdftotext",),
    "postgresql": ("psql",),
}

# A browser that calls nobody and can reach nothing but this machine.
QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

# One profile by default: the same examples on every machine. `--hypothesis-profile=search` looks
# for new ones.
_PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=_PATIENT
)
settings.register_profile("search", deadline=None, suppress_health_check=_PATIENT)
# For the mutation check: a failing example need not be a small one.
settings.register_profile(
    "faults",
    settings.get_profile("ci"),
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("ci")


def pytest_configure() -> None:
    """Let no setting of this machine into a test."""
    for name in [name for name in os.environ if name.startswith("AIM_")]:
        if name != "AIM_TEST_DATA":
            del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Trace the tests of the measured rooms and no others."""
    for item in items:
        if not item.nodeid.startswith(tuple(f"tests/unit/{room}/" for room in MEASURED)):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Keep the collector of garbage off what lasts to the end: thousands of tests and libraries."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many promises about real data were not looked at."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if NO_REAL_DATA in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(f"Skipped for want of {NO_REAL_DATA}: {len(skipped)}.")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of public files, or skip, also in CI: they are not part of the project."""
    folder = os.environ.get("AIM_TEST_DATA")
    if not folder:
        pytest.skip(NO_REAL_DATA)
    if not Path(folder).is_dir():
        pytest.fail(f"AIM_TEST_DATA names {folder}, which is no folder.")
    return Path(folder)


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """Give a function that finds a program or a module, or skips; in CI absence is a failure."""

    def find(thing: str) -> str:
        found = find_program(thing) if thing in PROGRAMS else find_module(thing)
        if found is None:
            (pytest.fail if IN_CI else pytest.skip)(f"{thing} is not installed here")
        return found

    return find


def find_program(name: str) -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS[name])), None)


def find_module(name: str) -> str | None:
    spec = importlib.util.find_spec(name)
    return None if spec is None else spec.name


@pytest.fixture(scope="session")
def chromium(needs: Callable[[str], str]) -> str:
    """Give the path of a Chromium."""
    return needs("chromium")


@pytest.fixture(scope="session")
def browser(chromium: str, needs: Callable[[str], str]) -> Iterator[Any]:
    """Give the one browser of this process: Playwright runs once at a time in it."""
    needs("playwright")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=QUIET_BROWSER)
        yield opened
        opened.close()


@pytest.fixture(autouse=True, scope="session")
def quick_stores() -> Iterator[None]:
    """Build new stores by what the migrations wrote the first time: a tenth of their cost."""
    from alembic import command  # noqa: PLC0415 - where stores are made anyway
    from sqlalchemy import inspect  # noqa: PLC0415 - see above

    from aim.store import facts, opening  # noqa: PLC0415 - see above

    written: list[str] = []

    def upgrade(config: Any, revision: str) -> None:
        connection = config.attributes["connection"]
        other = config.get_main_option("version_locations")
        fresh = not other and not inspect(connection).get_table_names()
        if fresh and written:
            for statement in written:
                connection.exec_driver_sql(statement)
            facts.write_fact(connection, facts.STORE_NAME, secrets.token_hex(8))  # its own
            return
        command.upgrade(config, revision)
        if fresh:
            plain = connection.connection.driver_connection
            written.extend(list(plain.iterdump())[1:-1])  # less its own begin and commit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "command", SimpleNamespace(upgrade=upgrade))
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_commands() -> Iterator[None]:
    """Build the tree of commands once: it is made anew for every command that is given."""
    import typer.main  # noqa: PLC0415 - see above

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture
def postbox() -> Iterator[Any]:
    """Give a mail server on this machine; its ``letters`` are those it was handed."""
    postbox = runpy.run_path(str(Path(__file__).with_name("postbox.py")))["Postbox"]
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), postbox) as server:
        server.letters = []  # type: ignore[attr-defined]  # the handler finds them there
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def workdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, where `sqlite:///aim.db` is nobody's store."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Give the root of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def make_sample(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Give a way to make the sample of a seed, once, in a folder that stays as it is."""

    @cache
    def make(seed: int) -> Path:
        folder = tmp_path_factory.mktemp(f"seed-{seed}")
        script = checkout / "sample_data" / "make_sample.py"
        command = [sys.executable, str(script), "--seed", str(seed), "--out", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        return folder

    return make
