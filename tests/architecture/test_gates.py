"""Each gate is shown to fail: a fault is planted in a copy, and the gate must see it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("aim", "tests/architecture", "docs", "Makefile", "pyproject.toml")
COPIED += ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "tests/conftest.py")

pytestmark = pytest.mark.slow
Gate = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy what the gates look at."""
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    return tmp_path


@pytest.fixture
def gate(tree: Path, needs: Callable[[str], str]) -> Gate:
    """Run one target of the Makefile in the copy, with this environment's programs."""
    make = needs("make")

    def run(target: str, args: str = "") -> subprocess.CompletedProcess[str]:
        # -o: the environment is this one, nothing is installed again.
        stamp = Path(sys.prefix) / ".installed-tools"
        return subprocess.run(
            [make, "-o", str(stamp), f"VENV={sys.prefix}", f"ARGS={args}", target],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return run


def plant(tree: Path, file: str | Path, text: str) -> None:
    with (tree / file).open("a", encoding="utf-8", newline="\n") as opened:
        opened.write(text)


def remember(tree: Path, name: str) -> None:
    """Copy what a gate that ran before knows of files that have not changed since."""
    if (ROOT / name).is_dir():
        shutil.copytree(ROOT / name, tree / name)


def test_lint_sees_an_unused_import(tree, gate):
    plant(tree, "aim/model/times.py", "\nimport os\n")
    done = gate("lint")
    assert done.returncode != 0
    assert "F401" in done.stdout


def test_lint_sees_untidy_layout(tree, gate):
    plant(tree, "aim/model/times.py", "\n\nTIDY   = {  'a':1 }\n")
    assert gate("lint").returncode != 0


def test_types_sees_a_wrong_type(tree, gate):
    remember(tree, ".mypy_cache")
    plant(tree, "aim/__main__.py", '\n\nHOURS: int = "twenty-four"\n')
    done = gate("types")
    assert done.returncode != 0
    assert "aim/__main__.py" in done.stdout.replace("\\", "/")


DOORS = {
    "aim.feeds": "aim.areas",
    "aim.model": "aim.workflows",
    "aim.cli": "pandas",
    "aim.exports": "folium",
}


def test_rooms_sees_each_door_opened_from_the_wrong_side(tree, gate):
    remember(tree, ".import_linter_cache")
    for opener, opened in DOORS.items():
        home = tree.joinpath(*opener.split("."))
        file = home / "__init__.py" if home.is_dir() else home.with_suffix(".py")
        plant(tree, file, f"\nimport {opened}\n")
    done = gate("rooms")
    assert done.returncode != 0
    for opener, opened in DOORS.items():
        assert f"{opener} is not allowed to import {opened}" in done.stdout


def test_docs_sees_a_setting_that_is_not_written_down(tree, gate):
    config = tree / "aim/config.py"
    text = config.read_text(encoding="utf-8")
    field = '    colour: str = Field("red", description="A colour.")\n    debug: bool'
    config.write_text(text.replace("    debug: bool", field), encoding="utf-8", newline="\n")
    done = gate("docs", "-n 0 -k test_every_setting_is_documented")
    assert done.returncode != 0
    assert "test_every_setting_is_documented[colour]" in done.stdout


def test_docs_sees_an_example_that_no_longer_holds(tree, gate):
    times = tree / "aim/model/crs.py"
    text = times.read_text(encoding="utf-8")
    times.write_text(text.replace("(449000.0, 520000.0)", "(1.0, 2.0)"), encoding="utf-8")
    done = gate("docs", "-n 0 -k aim.model.crs")
    assert done.returncode != 0
    assert "aim.model.crs.to_grid" in done.stdout


@pytest.mark.parametrize(
    "body",
    ["assert False", "import warnings; warnings.warn('old', DeprecationWarning)"],
    ids=["a failing test", "a warning"],
)
def test_test_sees(tree, gate, body):
    (tree / "tests/unit").mkdir()
    plant(tree, "tests/unit/test_planted.py", f"def test_planted():\n    {body}\n")
    done = gate("test", "-n 0 tests/unit/test_planted.py")
    assert done.returncode != 0
    assert "1 failed" in done.stdout


def test_coverage_sees_code_that_no_test_enters(tree, gate):
    (tree / "tests/unit").mkdir()
    plant(tree, "tests/unit/test_planted.py", "import aim\ndef test_planted():\n    assert aim\n")
    done = gate("test", "-n 0 --cov --cov-report= --cov-fail-under=90 tests/unit/test_planted.py")
    assert done.returncode != 0
    assert "Required test coverage of 90" in done.stdout
