"""Near repeats: pairs near in space and time, with permutations of the days."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aim.errors import AimError
from benchmarks.harness import Measured
from benchmarks.points import Floats, cached_points
from benchmarks.report import digest

TITLE = "Near repeats: Knox's test, 999 permutations"
ABOUT = (
    "Incidents of one town and year, pairs within 200 m and 14 days; the days are dealt out anew"
    " 999 times. All but pointpats find the near pairs once, by a tree. Plain numpy gathers two"
    " days for each pair and permutation; pointpats is asked for its own test. Random numbers"
    " differ, so the answer compared is the observed count. All are timed after a small call."
)
BASE = "aim"
KERNEL, NUMPY, POINTPATS = "aim, numba", "numpy, one permutation at a time", "pointpats"
NEAR_M, SOON_DAYS, DAYS = 200, 14, 365

Ints = npt.NDArray[np.int64]


def peers() -> list[str]:
    """Return the peers by name; the compiled kernel only where it is there."""
    from aim.analysis import near_repeat  # noqa: PLC0415 - the peers' own processes do not need it

    kernel = [KERNEL]
    try:
        near_repeat([(0, 0), (1, 1)], [0, 1], [0, 9], [0, 9], permutations=1, engine="numba")
    except AimError:
        kernel = []
    return [BASE, *kernel, NUMPY, POINTPATS]


def settings(*, quick: bool) -> list[dict[str, Any]]:
    """Return the sizes to measure."""
    if quick:
        return [{"points": 500, "permutations": 9}]
    return [{"points": points, "permutations": 999} for points in (2_000, 20_000)]


def name(setting: dict[str, Any]) -> str:
    """Name one setting for the table."""
    return "{points:,} incidents, {permutations} permutations".format(**setting)


def make_input(setting: dict[str, Any], folder: Path) -> None:
    """Make the points once for all processes."""
    cached_points(folder, "continuous", setting["points"])


def prepare(peer: str, setting: dict[str, Any], folder: Path) -> Callable[[], int]:
    """Return the job one peer is timed at."""
    points = cached_points(folder, "continuous", setting["points"])
    days = np.random.default_rng(2).integers(0, DAYS, len(points))
    run = {NUMPY: _numpy, POINTPATS: _pointpats}.get(peer) or _aim(peer)
    run(points[:200], days[:200], 9)
    return lambda: run(points, days, setting["permutations"])


def targets(*_: dict[str, Any] | dict[str, Measured]) -> list[tuple[str, float]]:
    """Return no target: the peers stand beside each other."""
    return []


def describe(answer: int) -> dict[str, Any]:
    """Return what the answer was, in short."""
    return {"answer": digest(np.array([answer]))}


def _aim(peer: str) -> Callable[[Floats, Ints, int], int]:
    from aim.analysis import near_repeat  # noqa: PLC0415 - each process loads its own peer alone

    engine = "numba" if peer == KERNEL else "auto"
    # Both ends included, as the others count.
    space, time = [0, np.nextafter(NEAR_M, np.inf)], [0, SOON_DAYS + 1]

    def run(points: Floats, days: Ints, permutations: int) -> int:
        found = near_repeat(points, days, space, time, permutations=permutations, engine=engine)
        return int(found.observed[0, 0])

    return run


def _numpy(points: Floats, days: Ints, permutations: int) -> int:
    from scipy.spatial import cKDTree  # noqa: PLC0415 - each process loads its own peer alone

    rng = np.random.default_rng(0)
    one, other = cKDTree(points).query_pairs(NEAR_M, output_type="ndarray").T
    short = days.astype(np.int16)

    def count(times: npt.NDArray[np.int16]) -> int:
        return int(np.count_nonzero(np.abs(times[one] - times[other]) <= SOON_DAYS))

    observed = count(short)
    reached = sum(count(rng.permutation(short)) >= observed for _ in range(permutations))
    assert 0 <= reached <= permutations  # noqa: S101 - the work must not be left out
    return observed


def _pointpats(points: Floats, days: Ints, permutations: int) -> int:
    from pointpats import Knox  # noqa: PLC0415 - each process loads its own peer alone

    times = days.astype(np.float64)[:, None]
    return int(Knox(points, times, NEAR_M, SOON_DAYS, permutations=permutations).statistic_)
