"""Gi* with permutations: the same statistic as esda, and p values from as many random maps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.harness import Measured
from benchmarks.report import digest

TITLE = "Gi*: hot and cold cells, with 999 permutations"
ABOUT = (
    "Squares of a town with counts that hang together, neighbours at sides and corners, conditional"
    " permutations: each cell keeps its value, the others are dealt out anew. Both draw their own"
    " random numbers, so the answer compared is the statistic. esda compiles its loop with numba"
    " (one process); `aim.analysis.assess_gi_star` needs numpy and scipy alone. All are timed after"
    " a small call."
)
BASE = "aim"
ESDA = "esda, n_jobs=1"
_SIDES = {2_000: (50, 40), 10_000: (100, 100), 20_000: (160, 125)}

Floats = npt.NDArray[np.float64]


def peers() -> list[str]:
    """Return the peers by name."""
    return [BASE, ESDA]


def settings(*, quick: bool) -> list[dict[str, Any]]:
    """Return the sizes to measure, with the factor asked for."""
    if quick:
        return [{"cells": 2_000, "permutations": 19, "target": None}]
    return [
        {"cells": cells, "permutations": 999, "target": 3.0 if cells == 20_000 else None}
        for cells in _SIDES
    ]


def name(setting: dict[str, Any]) -> str:
    """Name one setting for the table."""
    return "{cells:,} cells, {permutations} permutations".format(**setting)


def make_input(setting: dict[str, Any], folder: Path) -> None:
    """Make the counts once for all processes."""
    np.save(_file(setting["cells"], folder), make_counts(*_SIDES[setting["cells"]]))


def make_counts(columns: int, rows: int) -> Floats:
    """Return counts whose logarithm is a smooth random field, shape (columns * rows,)."""
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - only the maker needs it

    rng = np.random.default_rng(1)
    field = gaussian_filter(rng.normal(0, 4, (rows, columns)), 3)
    return rng.poisson(3 * np.exp(field)).ravel().astype(np.float64)


def _file(cells: int, folder: Path) -> Path:
    return folder / f"counts-{cells}.npy"


def prepare(peer: str, setting: dict[str, Any], folder: Path) -> Callable[[], Floats]:
    """Return the job one peer is timed at."""
    counts = np.load(_file(setting["cells"], folder))
    columns, rows = _SIDES[setting["cells"]]
    make = _aim if peer == BASE else _esda
    make(make_counts(10, 10), 10, 10, 9)()
    return make(counts, columns, rows, setting["permutations"])


def targets(
    setting: dict[str, Any],
    measured: dict[str, Measured],  # noqa: ARG001 - the peer is the same whatever was measured
) -> list[tuple[str, float]]:
    """Return which peer must be how many times slower."""
    return [(ESDA, setting["target"])] if setting["target"] else []


def describe(answer: Floats) -> dict[str, Any]:
    """Return what the answer was, in short; the last digits are those of the sum."""
    return {"answer": digest(answer.round(6) + 0.0)}


def _aim(counts: Floats, columns: int, rows: int, permutations: int) -> Callable[[], Floats]:
    import shapely  # noqa: PLC0415 - each process loads its own peer alone

    from aim.analysis import assess_gi_star, grid_neighbours, make_grid  # noqa: PLC0415 - the same

    neighbours = grid_neighbours(make_grid(shapely.box(0, 0, columns, rows), 1))
    return lambda: assess_gi_star(counts, neighbours, permutations=permutations).z


def _esda(counts: Floats, columns: int, rows: int, permutations: int) -> Callable[[], Floats]:
    import esda  # noqa: PLC0415 - each process loads its own peer alone
    import libpysal  # noqa: PLC0415 - the same

    queen = libpysal.weights.lat2W(rows, columns, rook=False)
    asked = {"transform": "B", "star": True, "n_jobs": 1, "seed": 1}
    return lambda: esda.G_Local(counts, queen, permutations=permutations, **asked).Zs
