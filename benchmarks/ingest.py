"""Take a month file of police.uk's kind in: from csv to counts by ward."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from benchmarks.harness import Measured
from benchmarks.report import digest

TITLE = "Ingest: from a csv file to counts by ward"
ABOUT = (
    "An invented file of police.uk's twelve columns: 5,000 map points, ten years of months, one row"
    " in three without a reference. AIM reads, checks and masks it, gives rows their identity,"
    " keeps them in an empty store with wards, manifest and audit entry, and counts them; the same"
    " file again is found to change nothing. The peer is the script one writes first: `read_csv`,"
    " `points_from_xy`, `to_crs`, `sjoin`, `to_file` as GeoPackage, `groupby`. Each begins with its"
    " libraries loaded, AIM with a store that holds wards and nothing else."
)
BASE = "aim"
AGAIN, SCRIPT = "aim, the same file again", "pandas, sjoin and GeoPackage"
_STREETS = 5_000
_WEST, _SOUTH, _WARD_M = 440_000, 510_000, 4_000
_TYPES = ("Anti-social behaviour", "Burglary", "Drugs", "Shoplifting", "Vehicle crime")

Counts = npt.NDArray[np.int64]


def peers() -> list[str]:
    """Return the peers by name."""
    return [BASE, AGAIN, SCRIPT]


def settings(*, quick: bool) -> list[dict[str, Any]]:
    """Return the sizes to measure."""
    if quick:
        return [{"rows": 5_000}]
    return [{"rows": 1_000_000, "most_mib": 1_536}]


def name(setting: dict[str, Any]) -> str:
    """Name one setting for the table."""
    return "{rows:,} rows, 20 wards".format(**setting)


def make_input(setting: dict[str, Any], folder: Path) -> None:
    """Write the file and the wards once for all processes."""
    from aim.model.crs import to_degrees  # noqa: PLC0415 - each process loads its own peer alone

    rng, rows = np.random.default_rng(7), setting["rows"]
    # Well inside the wards: two projections may differ by metres.
    inner = rng.uniform(200, _WARD_M - 200, (_STREETS, 2)) + _WARD_M * np.column_stack(
        [rng.integers(0, 5, _STREETS), rng.integers(0, 4, _STREETS)]
    )
    lon, lat = to_degrees(inner[:, 0] + _WEST, inner[:, 1] + _SOUTH)
    at = rng.integers(0, _STREETS, rows)
    months = pd.period_range("2015-01", "2024-12", freq="M").astype(str).to_numpy()
    types = np.array(_TYPES)[rng.integers(0, len(_TYPES), rows)]
    digits = rng.bytes(32 * rows).hex()
    pd.DataFrame(
        {
            "Crime ID": [
                digits[64 * one : 64 * one + 64] if one % 3 else "" for one in range(rows)
            ],
            "Month": months[rng.integers(0, len(months), rows)],
            "Reported by": "Invented Police",
            "Falls within": "Invented Police",
            "Longitude": lon[at].round(6),
            "Latitude": lat[at].round(6),
            "Location": [f"On or near Street {one}" for one in at],
            "LSOA code": [f"E0101{one // 10:04}" for one in at],
            "LSOA name": [f"Invented {one // 10:03}A" for one in at],
            "Crime type": types,
            "Last outcome category": "Under investigation",
            "Context": "",
        }
    ).to_csv(_file(setting, folder), index=False, encoding="utf-8")
    _wards().to_file(folder / "wards.gpkg")


def prepare(peer: str, setting: dict[str, Any], folder: Path) -> Callable[[], Counts]:
    """Return the job one peer is timed at."""
    return _JOBS[peer](_file(setting, folder), folder / "wards.gpkg", folder)


def targets(_: dict[str, Any], __: dict[str, Measured]) -> list[tuple[str, float]]:
    """Return which peer must be how many times slower."""
    return [(SCRIPT, 3.0)]


def describe(answer: Counts) -> dict[str, Any]:
    """Return what the answer was, in short."""
    return {"answer": digest(answer)}


def _file(setting: dict[str, Any], folder: Path) -> Path:
    return folder / f"{setting['rows']}-street.csv"


def _wards() -> gpd.GeoDataFrame:
    cells = [(x, y) for x in range(5) for y in range(4)]
    shapes = [
        shapely.box(
            _WEST + x * _WARD_M,
            _SOUTH + y * _WARD_M,
            _WEST + (x + 1) * _WARD_M,
            _SOUTH + (y + 1) * _WARD_M,
        )
        for x, y in cells
    ]
    # As many vertices as a true ward has.
    shapes = shapely.segmentize(shapes, 4 * _WARD_M / 1_500)
    codes = [f"E0509{x}{y:03}" for x, y in cells]
    return gpd.GeoDataFrame(
        {"ward_code": codes, "ward_name": codes}, geometry=shapes, crs="EPSG:27700"
    )


def _first_load(file: Path, wards: Path, folder: Path) -> Callable[[], Counts]:
    stores = _Stores(wards, folder)
    ready = [stores.fresh()]
    return lambda: stores.load(ready.pop() if ready else stores.fresh(), file)


def _second_load(file: Path, wards: Path, folder: Path) -> Callable[[], Counts]:
    stores = _Stores(wards, folder)
    store = stores.fresh()
    stores.load(store, file)
    return lambda: stores.load(store, file)


class _Stores:
    """Stores with wards, removed when the process ends."""

    def __init__(self, wards: Path, folder: Path) -> None:
        from aim.model.people import Actor, Role  # noqa: PLC0415 - see above
        from aim.workflows import deliveries  # noqa: PLC0415 - see above

        self._ingest = deliveries.ingest_feed
        self._wards = wards
        self._folder = tempfile.TemporaryDirectory(dir=folder)
        self._actor = Actor("benchmark", "hub", frozenset({Role.ANALYST}))
        self._made = 0

    def fresh(self) -> Any:
        """Make an empty store with wards."""
        from aim.store import open_store  # noqa: PLC0415 - see above
        from aim.workflows.wards import add_ward_set  # noqa: PLC0415 - see above

        self._made += 1
        path = Path(self._folder.name, f"{self._made}.db")
        store = open_store(f"sqlite:///{path.as_posix()}", create=True)
        add_ward_set(store, self._actor, self._wards, name="wards")
        return store

    def load(self, store: Any, file: Path) -> Counts:
        """Ingest the file and count by ward."""
        from aim.model.filters import IncidentFilter  # noqa: PLC0415 - see above
        from aim.model.people import EVERYTHING  # noqa: PLC0415 - see above

        self._ingest(store, self._actor, feed="police-uk", path=file)
        counts = store.count_incidents(IncidentFilter(), EVERYTHING, by=("ward_code",))
        found: Counts = counts["incidents"].to_numpy(np.int64)
        return found


def _script(file: Path, wards: Path, folder: Path) -> Callable[[], Counts]:
    written = folder / "script.gpkg"

    def job() -> Counts:
        written.unlink(missing_ok=True)
        rows = pd.read_csv(file)
        points = gpd.points_from_xy(rows["Longitude"], rows["Latitude"], crs="EPSG:4326")
        incidents = gpd.GeoDataFrame(rows, geometry=points).to_crs("EPSG:27700")
        joined = gpd.sjoin(incidents, gpd.read_file(wards), predicate="within")
        joined.drop(columns="index_right").to_file(written, layer="incidents")
        found: Counts = joined.groupby("ward_code").size().to_numpy(np.int64)
        return found

    return job


_JOBS = {BASE: _first_load, AGAIN: _second_load, SCRIPT: _script}
