"""The wheel carries everything: installed outside the checkout, it runs the demonstration."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CARRIED = (
    "aim/py.typed",
    "aim/model/types.toml",
    "aim/store/migrations/env.py",
    "aim/_sample/sample_data/",
    "aim/_sample/layers/",
    "aim/maps/static/",
    "aim/maps/templates/",
    "aim/service/pages/",
)
LEFT_BEHIND = ("tests/", "benchmarks/", "docs/", ".ci/", ".venv/")

pytestmark = pytest.mark.slow


def run(*command: str | Path, **given: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **given,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder),
        cwd=ROOT,
    )
    return next(folder.glob("active_intelligence_mapping-*.whl"))


@pytest.mark.parametrize("part", CARRIED)
def test_the_wheel_carries(wheel, part):
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith(part) and not name.endswith("/") for name in names)


@pytest.mark.parametrize("part", LEFT_BEHIND)
def test_the_wheel_leaves_behind(wheel, part):
    assert not any(name.startswith(part) for name in zipfile.ZipFile(wheel).namelist())


def test_the_wheel_runs_the_demonstration_outside_the_checkout(wheel, tmp_path):
    installed, demo = tmp_path / "installed", tmp_path / "demo"
    zipfile.ZipFile(wheel).extractall(installed)
    # In front of the path, so that this copy is found and not the checkout's.
    surroundings = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    where = run(
        *(sys.executable, "-c", "import aim; print(aim.__file__)"), cwd=tmp_path, env=surroundings
    )
    assert Path(where.stdout.strip()).is_relative_to(installed)
    run(
        *(sys.executable, "-m", "aim", "demo", "--no-serve", "--dir", demo),
        cwd=tmp_path,
        env=surroundings,
    )
    assert list(demo.glob("*.db"))
