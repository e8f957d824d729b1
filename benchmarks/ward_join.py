"""Find the ward of each of a million positions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.harness import Measured
from benchmarks.points import Floats, cached_points
from benchmarks.report import digest
from benchmarks.wards import make_wards

TITLE = "Wards: which ward each position lies in"
ABOUT = (
    "Invented wards with boundaries their neighbours share, positions from one town. All peers"
    " give every position its ward's number; `geopandas.sjoin` asks for `within`."
)
BASE = "aim, index kept"
_PEERS = [
    BASE,
    "aim, with building the index",
    "geopandas.sjoin, points ready",
    "geopandas.sjoin, points made",
]

Indices = npt.NDArray[np.int64]


def peers() -> list[str]:
    """Return the peers by name."""
    return _PEERS


def settings(*, quick: bool) -> list[dict[str, Any]]:
    """Return the sizes to measure."""
    if quick:
        return [{"wards": 5, "vertices": 100, "points": 20_000}]
    return [{"wards": 20, "vertices": 1_500, "points": 1_000_000}]


def name(setting: dict[str, Any]) -> str:
    """Name one setting for the table."""
    return "{wards} wards of about {vertices:,} vertices, {points:,} points".format(**setting)


def make_input(setting: dict[str, Any], folder: Path) -> None:
    """Make the points once for all processes."""
    cached_points(folder, "town", setting["points"])


def prepare(peer: str, setting: dict[str, Any], folder: Path) -> Callable[[], Indices]:
    """Return the job one peer is timed at."""
    points = cached_points(folder, "town", setting["points"])
    west, south = (points.min(axis=0) - 10).tolist()
    east, north = (points.max(axis=0) + 10).tolist()
    rng = np.random.default_rng(3)
    wards = make_wards(setting["wards"], (west, south, east, north), setting["vertices"], rng)
    return _JOBS[peer](points, wards)


def targets(_: dict[str, Any], __: dict[str, Measured]) -> list[tuple[str, float]]:
    """Return which peer must be how many times slower."""
    return [("geopandas.sjoin, points ready", 15.0)]


def describe(answer: Indices) -> dict[str, Any]:
    """Return what the answer was, in short."""
    return {"answer": digest(answer)}


def _index_kept(points: Floats, wards: gpd.GeoDataFrame) -> Callable[[], Indices]:
    from aim.areas import WardIndex  # noqa: PLC0415 - each process loads its own peer alone

    index = WardIndex(wards)
    x, y = np.ascontiguousarray(points.T)
    return lambda: index.positions(x, y)


def _with_building(points: Floats, wards: gpd.GeoDataFrame) -> Callable[[], Indices]:
    from aim.areas import WardIndex  # noqa: PLC0415 - each process loads its own peer alone

    x, y = np.ascontiguousarray(points.T)
    return lambda: WardIndex(_fresh(wards)).positions(x, y)


def _sjoin_ready(points: Floats, wards: gpd.GeoDataFrame) -> Callable[[], Indices]:
    ready = gpd.GeoDataFrame(geometry=shapely.points(points), crs=wards.crs)
    return lambda: _sjoin(ready, _fresh(wards))


def _sjoin_made(points: Floats, wards: gpd.GeoDataFrame) -> Callable[[], Indices]:
    def job() -> Indices:
        made = gpd.points_from_xy(points[:, 0], points[:, 1], crs=wards.crs)
        return _sjoin(gpd.GeoDataFrame(geometry=made), _fresh(wards))

    return job


def _sjoin(points: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> Indices:
    joined = gpd.sjoin(points, wards, predicate="within")
    found = np.full(len(points), -1, np.int64)
    found[joined.index.to_numpy()] = joined["index_right"].to_numpy()
    return found


def _fresh(wards: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Copy the wards without what an earlier run prepared on them."""
    return wards.set_geometry(shapely.from_wkb(shapely.to_wkb(wards.geometry)), crs=wards.crs)


_JOBS = dict(zip(_PEERS, (_index_kept, _with_building, _sjoin_ready, _sjoin_made), strict=True))
