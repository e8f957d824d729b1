"""The documents say what the program does: all of it, and nothing else."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.routing import iter_route_contexts

import aim
from aim.cli import app
from aim.config import Settings
from aim.feeds import FEEDS
from aim.model.filters import FILTER_WORDS
from aim.model.hotspots import HOTSPOT_COLUMNS
from aim.service import create_app
from aim.service.problems import STATUS

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")])
WALKED = ("README.md", "docs/how-to/first-hour.md")


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def section(heading: str) -> str:
    return REFERENCE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each command a person can give; a hidden one answers to its group's name."""
    if not hasattr(command, "commands"):
        yield name, command
    for word, one in getattr(command, "commands", {}).items():
        yield from walk(one, name if one.hidden else f"{name} {word}")


COMMANDS = dict(walk(typer.main.get_command(app), "aim"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    assert re.search(rf"^\| `{name}[ `]", section("Commands"), re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name):
    given = [word for one in COMMANDS[name].params for word in (*one.opts, *one.secondary_opts)]
    words = [word for word in given if word.startswith("--") and word not in {"--help", "--serve"}]
    written = section("Commands") + section("Filters")
    unknown = [
        word
        for word in words
        if f"`{word}`" not in written and word.removeprefix("--") not in FILTER_WORDS
    ]
    assert not unknown


def test_no_command_is_documented_that_does_not_exist():
    written = re.findall(
        r"^\| `(aim [a-z]+(?: [a-z][a-z0-9-]*)?)", section("Commands"), re.MULTILINE
    )
    assert sorted(written) == sorted(COMMANDS)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name):
    assert f"| `AIM_{name.upper()}` |" in section("Settings")


def test_no_setting_is_documented_that_does_not_exist():
    written = re.findall(r"^\| `AIM_([A-Z_]+)` \|", section("Settings"), re.MULTILINE)
    assert sorted(written) == sorted(name.upper() for name in Settings.model_fields)


@pytest.fixture
def paths(workdir: Path) -> set[str]:
    """Give the addresses of the service, downloads under the address they belong to."""
    service = create_app(Settings(store_url=f"sqlite:///{(workdir / 'aim.db').as_posix()}"))
    found = (route.path for route in iter_route_contexts(service.routes) if route.methods)
    return {re.sub(r"\.\{\w+\}$", "", path) for path in found}


def test_every_address_is_documented(paths):
    written = set(re.findall(r"^\| `(/[^`]*)` \|", section("Addresses"), re.MULTILINE))
    assert paths <= written


def test_no_address_is_documented_that_does_not_exist(paths):
    assert set(re.findall(r"^\| `(/[^`]*)` \|", section("Addresses"), re.MULTILINE)) <= paths


def test_every_error_is_documented_with_its_status():
    written = re.findall(r"^\| `(\w+Error)` \| (\d+) \|", section("Errors"), re.MULTILINE)
    assert {name: int(status) for name, status in written} == {
        error.__name__: status for error, status in STATUS.items()
    }


def test_every_filter_is_documented():
    written = re.findall(r"^\| `([a-z-]+)` \|", section("Filters"), re.MULTILINE)
    assert written == list(FILTER_WORDS)


def test_every_feed_is_documented():
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", section("Feeds"), re.MULTILINE)) == set(FEEDS)


def test_every_column_of_a_hotspot_is_documented_in_order():
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section("A hotspot's columns"), re.MULTILINE)
    written = [name.strip("`") for row in rows for name in row.split(", ")]
    assert written == list(HOTSPOT_COLUMNS)


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert not [link for link in inside if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_every_make_target_named_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(
        re.findall(r"(?:^|`)make ([a-z0-9]+)\b", page.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert not [target for target in named if f"\n{target}:" not in makefile]


def test_the_version_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == aim.__version__
    assert f"\n## {aim.__version__}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def commands_in(page: str) -> list[list[str]]:
    """Return the `aim` lines of a page's shell blocks, in order; serving would never end."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    return [line[1:] for line in lines if line[:1] == ["aim"] and line[1] not in {"serve", "demo"}]


@pytest.mark.slow
@pytest.mark.parametrize("page", WALKED)
def test_the_commands_of_a_page_work_as_written(page, workdir):
    for folder in ("sample_data", "layers"):
        shutil.copytree(ROOT / folder, workdir / folder)
    for line in commands_in(page):
        done = subprocess.run(
            [sys.executable, "-m", "aim", *line],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"aim {shlex.join(line)}: {done.stderr}"
