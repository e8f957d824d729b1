"""The command line as a person calls it: words in, exit code and two streams out."""

import json
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from aim import cli, workflows
from aim.access import LOCAL_ANALYST
from aim.model.crs import to_degrees
from aim.store import open_store


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def aim(monkeypatch, capsys, workdir):
    """Give a function that runs `aim WORD...` in an empty folder."""

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["aim", *words])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def ward_file(workdir):
    """Write one square ward of two kilometres."""
    return write_ward(workdir)


@pytest.fixture
def warden_file(workdir):
    """Write a warden list: twelve reports around one corner, one that cannot be an incident."""
    return write_reports(workdir)


@pytest.fixture(scope="session")
def loaded_once(tmp_path_factory):
    """Build, once, a folder whose store holds the ward and the reports."""
    folder = tmp_path_factory.mktemp("loaded")
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    workflows.make_store(LOCAL_ANALYST, url)
    store = open_store(url)
    workflows.add_ward_set(store, LOCAL_ANALYST, write_ward(folder))
    workflows.ingest_feed(
        store,
        LOCAL_ANALYST,
        feed="wardens",
        path=write_reports(folder),
        rejected_folder=folder,
    )
    store.close()
    return folder


@pytest.fixture
def loaded(workdir, loaded_once) -> Path:
    """Give the working folder, filled with a copy of the loaded store and its files."""
    shutil.copytree(loaded_once, workdir, dirs_exist_ok=True)
    return workdir


def write_ward(folder: Path) -> Path:
    lon, lat = to_degrees(
        [480_000, 482_000, 482_000, 480_000, 480_000],
        [530_000, 530_000, 532_000, 532_000, 530_000],
    )
    ring = [list(pair) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
    feature = {
        "type": "Feature",
        "properties": {"WD26CD": "E05099001", "WD26NM": "Abbey"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = folder / "wards.geojson"
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    path.write_text(text, encoding="utf-8")
    return path


def write_reports(folder: Path) -> Path:
    rows = ["Job No,Date,Time,Category,Location,Easting,Northing,Details"]
    rows += [
        f"W{number:03d},{number:02d}/04/2026,21:30,Fly tipping,Quay Street,"
        f"{480_500 + 15 * number},{530_600 + 5 * number},ring 01632 960123"
        for number in range(1, 13)
    ]
    rows.append("W099,31/02/2026,21:30,Fly tipping,Quay Street,480500,530600,")
    path = folder / "wardens.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
