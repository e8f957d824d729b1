"""Emerging hot spots: a cube of cells and time steps, Gi* in each step, a class for each cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis.classes import HistoryClass, classify_history
from aim.analysis.local_statistics._neighbours import Floats
from aim.analysis.local_statistics.correction import fdr_cutoff
from aim.analysis.local_statistics.getis_ord import gi_star, normal_p, scattered_p
from aim.analysis.local_statistics.grids import Grid, count_cells
from aim.analysis.local_statistics.trend import mann_kendall_columns
from aim.errors import ParameterError

Bools = npt.NDArray[np.bool_]

# Fewer steps than this cannot tell a history; Esri's tool asks for as many.
FEWEST_STEPS = 10
_TABLE = 2


@dataclass(frozen=True, slots=True)
class EmergingHotspots:
    """What became of each cell over the steps.

    Attributes
    ----------
    cells
        One row a cell, in the order of the columns of ``counts``: ``incidents`` over all steps,
        ``hot_steps``, ``cold_steps``, ``last_z``, ``trend_z``, ``trend_p`` and ``history``, a word
        of ``HistoryClass``.
    z
        Gi* of each step (rows) and cell (columns).
    hot, cold
        Whether the step was significant for the cell, in the shape of ``z``.
    alpha
        The level asked for, for steps and for trends.
    cutoff
        The largest p value called significant: ``alpha``, or less where corrected.
    corrected
        Whether false discoveries over all cells and steps were held down.
    warnings
        What to know before reading the classes.
    """

    cells: pd.DataFrame
    z: Floats
    hot: Bools
    cold: Bools
    alpha: float
    cutoff: float
    corrected: bool
    warnings: tuple[str, ...] = ()


def space_time_cube(
    grid: Grid, xy_m: npt.ArrayLike, moments: npt.ArrayLike, edges: Sequence[Any]
) -> Floats:
    """Count incidents in each time step and cell.

    Parameters
    ----------
    grid
        From ``make_grid``.
    xy_m
        Shape (n, 2), metres, finite.
    moments
        Length n: days as numbers, or moments with a zone.
    edges
        Where the steps begin, in order, and where the last one ends; of the kind of ``moments``.

    Returns
    -------
    numpy.ndarray
        Shape (steps, cells), float64. A step holds its beginning and not its end; incidents
        outside the grid or before and after the steps count nowhere.

    Raises
    ------
    ParameterError
        There is no step, the edges are not in order, or points and moments differ in number.

    Examples
    --------
    >>> import shapely
    >>> from aim.analysis.local_statistics import make_grid
    >>> grid = make_grid(shapely.box(0, 0, 500, 250), 250)
    >>> space_time_cube(grid, [[10, 10], [10, 20], [300, 10]], [0, 7, 7], [0, 7, 14]).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    limits, times = pd.Index(edges), pd.Index(np.atleast_1d(np.asarray(moments)))
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, _TABLE)
    if len(limits) < _TABLE or not (limits.is_monotonic_increasing and limits.is_unique):
        raise ParameterError(
            "`edges` must be two or more, each later than the one before; found"
            f" {', '.join(map(str, limits))}."
        )
    if len(points) != len(times):
        raise ParameterError(
            f"`moments` must hold one for each point, found {len(times)} for {len(points)} points."
        )
    step = limits.searchsorted(times, side="right") - 1
    return np.stack([count_cells(grid, points[step == one]) for one in range(len(limits) - 1)])


def emerging_hotspots(
    counts: npt.ArrayLike, neighbours: Any, *, alpha: float = 0.05, corrected: bool = True
) -> EmergingHotspots:
    """Find hot and cold spots in every time step and name each cell's history.

    Parameters
    ----------
    counts
        Shape (steps, cells), oldest step first, such as ``space_time_cube`` returns; ten steps or
        more. Leave out steps in which a source was silent: a gap looks like cold.
    neighbours
        Shape (cells, cells), as in ``gi_star``.
    alpha
        Level of significance of a step and of a trend.
    corrected
        Whether false discoveries over all cells and steps together are held at ``alpha``.

    Returns
    -------
    EmergingHotspots
        Gi* compares a cell with the other cells of its own step, so a rise everywhere shows
        nowhere: it is a trend of the whole area.

    Raises
    ------
    ParameterError
        ``counts`` is no table, or as ``gi_star``.

    Notes
    -----
    Classes by ``HISTORY_RULES``. A step is significant by the normal p value of Gi*, two-sided,
    and for whole numbers by ``scattered_p`` too, the larger of both: months hold few incidents;
    correction by Benjamini and Hochberg; trends by Mann-Kendall on the cell's Gi*, uncorrected.

    Examples
    --------
    >>> row = np.eye(99) + np.eye(99, k=1) + np.eye(99, k=-1)
    >>> counts = np.ones((10, 99))
    >>> counts[9, 0] = 50
    >>> emerging_hotspots(counts, row).cells["history"].tolist()[:3]
    ['new', 'new', 'none']
    """
    cube = np.asarray(counts, dtype=np.float64)
    if cube.ndim != _TABLE:
        raise ParameterError(
            f"`counts` must have the shape (steps, cells), found {cube.shape};"
            " aim.analysis.space_time_cube makes one."
        )
    z = np.stack([gi_star(step, neighbours) for step in cube]) if len(cube) else cube
    p = np.maximum(normal_p(z), _scattered(cube, neighbours))
    cutoff = fdr_cutoff(p, alpha) if corrected else alpha
    hot, cold = (z > 0) & (p <= cutoff), (z < 0) & (p <= cutoff)
    cells = _describe(cube, z, hot, cold, alpha)
    return EmergingHotspots(cells, z, hot, cold, alpha, cutoff, corrected, _warn(len(cube)))


def _scattered(cube: Floats, neighbours: Any) -> Floats:
    whole = (cube >= 0).all() and (cube == np.round(cube)).all()
    if not whole or not len(cube):
        return np.zeros(cube.shape)
    return np.stack([scattered_p(step, neighbours) for step in cube])


def _describe(cube: Floats, z: Floats, hot: Bools, cold: Bools, alpha: float) -> pd.DataFrame:
    _, _, trend_z, trend_p = mann_kendall_columns(z)
    up, down = (trend_z > 0) & (trend_p < alpha), (trend_z < 0) & (trend_p < alpha)
    history = [
        _name(*facts) for facts in zip(hot.T, cold.T, up.tolist(), down.tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "incidents": cube.sum(axis=0),
            "hot_steps": hot.sum(axis=0),
            "cold_steps": cold.sum(axis=0),
            "last_z": z[-1] if len(z) else np.full(cube.shape[1], np.nan),
            "trend_z": trend_z,
            "trend_p": trend_p,
            "history": pd.Series(history, dtype="str"),
        }
    )


def _name(hot: Bools, cold: Bools, up: bool, down: bool) -> str:  # noqa: FBT001 - a row of facts
    # Most cells were never hot: no need to look further.
    if not hot.any():
        return HistoryClass.NONE.value
    return classify_history(hot, cold, trend_up=up, trend_down=down).value


def _warn(steps: int) -> tuple[str, ...]:
    few = f"{steps} steps tell little of a history; take {FEWEST_STEPS} or more, or shorter ones."
    return (few,) if steps < FEWEST_STEPS else ()
