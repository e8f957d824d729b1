"""Exact DBSCAN: the same labels, row by row, as scikit-learn's two trees."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aim.errors import AimError
from benchmarks.harness import Measured
from benchmarks.points import Floats, cached_points
from benchmarks.report import digest

TITLE = "DBSCAN: labels of every point"
ABOUT = (
    "`aim.dbscan` with its default engine, with each engine by name, and scikit-learn's `DBSCAN`."
    " The default engine is timed as it comes, at the first call in a new process, any"
    " compilation included; the others after a small call. Memory is the growth of the process's"
    " peak over what it held before."
)
BASE = "aim"
KD_TREE, BALL_TREE = "scikit-learn, kd_tree", "scikit-learn, ball_tree"
_WARM_UP_POINTS = 2_000
_PARAMETERS = ((50, 5), (50, 10), (100, 10), (150, 25))

Labels = npt.NDArray[np.int64]


def peers() -> list[str]:
    """Return the peers by name; the compiled kernel only where it is there."""
    from aim.analysis import dbscan  # noqa: PLC0415 - the peers' own processes do not need it

    kernel = ["aim, numba"]
    try:
        dbscan(np.zeros((2, 2)), 1.0, 1, engine="numba")
    except AimError:
        kernel = []
    return [BASE, "aim, numpy", *kernel, KD_TREE, BALL_TREE]


def settings(*, quick: bool) -> list[dict[str, Any]]:
    """Return the data and parameters to measure, with the factor asked for in each."""
    if quick:
        return [_setting("continuous", 2_000, 50, 5, None)]
    small = [_setting("continuous", 10_000, *pair, 1.0) for pair in _PARAMETERS]
    middle = [_setting("continuous", 100_000, *pair, 2.0) for pair in _PARAMETERS]
    snapped = [_setting("snapped", 100_000, *pair, 25.0) for pair in ((50, 10), (100, 10))]
    large = [
        _setting("continuous", 1_000_000, 50, 10, 2.0),
        _setting("continuous", 1_000_000, 150, 25, 2.0),
        _setting("snapped", 1_000_000, 100, 10, 25.0),
    ]
    return [*small, *middle, *snapped, *large]


def _setting(
    kind: str, points: int, eps_m: int, min_samples: int, target: float | None
) -> dict[str, Any]:
    asked = {"target": target, "most_mib": 500 if points == 1_000_000 else None}
    return {"kind": kind, "points": points, "eps_m": eps_m, "min_samples": min_samples, **asked}


def name(setting: dict[str, Any]) -> str:
    """Name one setting for the table."""
    return "{kind}, {points:,} points, eps {eps_m} m, min_samples {min_samples}".format(**setting)


def make_input(setting: dict[str, Any], folder: Path) -> None:
    """Make the points once for all processes."""
    cached_points(folder, setting["kind"], setting["points"])


def prepare(peer: str, setting: dict[str, Any], folder: Path) -> Callable[[], Labels]:
    """Return the job one peer is timed at."""
    points = cached_points(folder, setting["kind"], setting["points"])
    cluster = _peer(peer, setting["eps_m"], setting["min_samples"])
    cluster(points[:_WARM_UP_POINTS].copy())
    return lambda: cluster(points)


def targets(setting: dict[str, Any], measured: dict[str, Measured]) -> list[tuple[str, float]]:
    """Return which peer must be how many times slower: the faster of the two trees."""
    answered = [peer for peer in (KD_TREE, BALL_TREE) if not measured[peer].failure]
    faster = min(answered, key=lambda peer: measured[peer].seconds, default=KD_TREE)
    return [(faster, setting["target"])] if setting["target"] else []


def describe(answer: Labels) -> dict[str, Any]:
    """Return what the answer was, in short."""
    return {"answer": digest(answer)}


def _peer(peer: str, eps_m: float, min_samples: int) -> Callable[[Floats], Labels]:
    if peer.startswith("aim"):
        from aim.analysis import dbscan  # noqa: PLC0415 - each process loads its own peer alone

        engine = peer.removeprefix("aim, ") if peer != BASE else "auto"
        return lambda points: dbscan(points, eps_m, min_samples, engine=engine)[0]
    from sklearn.cluster import DBSCAN  # noqa: PLC0415 - each process loads its own peer alone

    tree = peer.removeprefix("scikit-learn, ")
    other = DBSCAN(eps=eps_m, min_samples=min_samples, algorithm=tree)
    return lambda points: other.fit(points).labels_.astype(np.int64)
