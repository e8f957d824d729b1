"""Significance: the largest hotspot of many maps that chance drew."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.analysis import assess_significance, cluster_hotspots
from aim.analysis._clusters import Cluster, Search, split_wide
from aim.analysis._largest import choose_label
from aim.analysis._null import draw_on, surface_of
from aim.errors import AimError
from aim.model.hotspots import HotspotParameters, HotspotRun
from benchmarks.harness import Measured
from benchmarks.points import CORNER, TOWN_M, Floats, cached_points
from benchmarks.report import digest

TITLE = "Significance: 999 maps that chance drew"
ABOUT = (
    "Incidents of one town are searched; then as many are drawn evenly over its 10 by 10 km, 999"
    " times, and searched in the same way, and the largest hotspot of each map is kept. Beside it a"
    " loop over scikit-learn's `DBSCAN` on the same maps, whose clusters are then split as ours"
    " are where splitting is on. Drawing is part of every time. All are timed after a small call."
)
BASE = "aim, numpy"
KERNEL, LOOP = "aim, numba", "loop over scikit-learn"
EPS_M, MIN_SAMPLES, SEED = 100.0, 10, 1

Ints = npt.NDArray[np.int64]


def peers() -> list[str]:
    """Return the peers by name; the compiled kernel only where it is there."""
    kernel = [KERNEL]
    try:
        choose_label("numba", 0)
    except AimError:
        kernel = []
    return [BASE, *kernel, LOOP]


def settings(*, quick: bool) -> list[dict[str, Any]]:
    """Return the sizes to measure, with and without splitting."""
    if quick:
        return [_setting(1_000, 9, split=False), _setting(1_000, 9, split=True)]
    return [
        _setting(2_000, 999, split=False),
        _setting(10_000, 999, split=False),
        _setting(10_000, 999, split=True),
    ]


def _setting(points: int, runs: int, *, split: bool) -> dict[str, Any]:
    return {"points": points, "runs": runs, "split": split}


def name(setting: dict[str, Any]) -> str:
    """Name one setting for the table."""
    splitting = "splitting on" if setting["split"] else "splitting off"
    return "{points:,} incidents, {runs} runs, {splitting}".format(splitting=splitting, **setting)


def make_input(setting: dict[str, Any], folder: Path) -> None:
    """Make the points once for all processes."""
    cached_points(folder, "continuous", setting["points"])


def prepare(peer: str, setting: dict[str, Any], folder: Path) -> Callable[[], Ints]:
    """Return the job one peer is timed at."""
    points = cached_points(folder, "continuous", setting["points"])
    incidents = pd.DataFrame({"easting": points[:, 0], "northing": points[:, 1]})
    asked = HotspotParameters(eps_m=EPS_M, min_samples=MIN_SAMPLES, split=setting["split"])
    run = cluster_hotspots(incidents, asked)
    simulate = _loop if peer == LOOP else _aim("numba" if peer == KERNEL else "numpy")
    simulate(run, 3)
    return lambda: simulate(run, setting["runs"])


def targets(
    setting: dict[str, Any],
    measured: dict[str, Measured],
) -> list[tuple[str, float, str]]:
    """Return which peer must be how many times slower than which of ours."""
    if setting["points"] != 10_000 or setting["split"]:
        return []
    return [(LOOP, least, ours) for ours, least in ((BASE, 1.4), (KERNEL, 6.0)) if ours in measured]


def describe(answer: Ints) -> dict[str, Any]:
    """Return what the answer was, in short."""
    return {"answer": digest(answer)}


def _aim(engine: str) -> Callable[[HotspotRun, int], Ints]:
    def simulate(run: HotspotRun, runs: int) -> Ints:
        return assess_significance(run, _town(), runs=runs, rng=SEED, engine=engine).largest

    return simulate


def _town() -> gpd.GeoDataFrame:
    ground = shapely.box(*CORNER, *(CORNER + TOWN_M))
    return gpd.GeoDataFrame({"ward_code": ["town"]}, geometry=[ground], crs="EPSG:27700")


def _loop(run: HotspotRun, runs: int) -> Ints:
    from sklearn.cluster import DBSCAN  # noqa: PLC0415 - only this peer's process loads it

    rng, model = np.random.default_rng(SEED), DBSCAN(eps=EPS_M, min_samples=MIN_SAMPLES)
    draw = draw_on(surface_of(list(_town().geometry), np.ones(1)), run.facts["taking_part"])
    largest = []
    for _ in range(runs):
        points = draw(1, rng)[0]
        points = points[np.lexsort((points[:, 1], points[:, 0]))]
        labels = model.fit(points).labels_
        sizes = np.bincount(labels[labels >= 0], minlength=1)
        split = run.parameters.split
        largest.append(_largest_part(points, labels, model) if split else sizes.max())
    return np.array(largest)


def _largest_part(points: Floats, labels: Ints, model: Any) -> int:
    core = np.zeros(len(points), dtype=np.bool_)
    core[model.core_sample_indices_] = True
    rows = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    found = [Cluster(some, core[some], EPS_M) for some in rows]
    search = Search(points, MIN_SAMPLES, HotspotParameters().largest_radius_m)
    return max((len(one.rows) for one in split_wide(search, found)[0]), default=0)
