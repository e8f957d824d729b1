"""The size of things, chosen before it is judged: eps and cell size from the training months alone.

Whoever looks at the scores first and then picks eps will find an eps that wins. Here both maps
pick, from the same sizes of ground and by the same rule, before the first judged month.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from aim.analysis._ground import (
    Catchments,
    Choice,
    by_month,
    choose_cells,
    choose_hotspots,
    cut_ground,
    find_catchments,
    metres_of,
)
from aim.analysis._numbers import check_share
from aim.analysis.evaluation import AREA_SHARE, check_months, matching_cell
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters

EPS_CHOICES_M = (75.0, 100.0, 150.0, 200.0)
_LEAST_MONTHS = 2


@dataclass(frozen=True, slots=True)
class Scales:
    """The eps and the cell size that foresaw best within the training months.

    Attributes
    ----------
    eps_m, cell_m
        Metres.
    tried
        One row a candidate: ``method``, ``eps_m`` or ``cell_m``, and the mean ``hit_rate`` of the
        months judged, over all ground allowed, snapped incidents spread.
    parameters
        What was asked for.
    """

    eps_m: float
    cell_m: float
    tried: pd.DataFrame
    parameters: Mapping[str, Any] = field(default_factory=dict)


def choose_scales(
    incidents: pd.DataFrame,
    area: shapely.Geometry,
    months: Sequence[str],
    *,
    eps_choices_m: Sequence[float] = EPS_CHOICES_M,
    parameters: HotspotParameters | None = None,
    area_share: float = AREA_SHARE,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Scales:
    """Choose eps for hotspots and the cell size of a grid on training months alone.

    Parameters
    ----------
    incidents
        As ``evaluate_hotspots`` takes them.
    area
        The ground to choose from, a polygon in British National Grid metres.
    months
        The training months in order, two or more: the first half make a map that is judged by the
        next month, and so on.
    eps_choices_m
        Metres; the grid may choose from cells as large as the discs of these radii.
    parameters
        What DBSCAN searches for, eps apart.
    area_share
        Share of the area either map may cover.
    progress
        Called with the candidates done and to do.

    Returns
    -------
    Scales
        Of equals the first candidate. Incidents held over all ground allowed decide, so a map that
        leaves ground unused earns nothing by it.

    Raises
    ------
    ParameterError
        There are fewer than two months, no candidate, or a value is out of range.

    Examples
    --------
    >>> months = ["2026-01", "2026-02"]
    >>> at = pd.to_datetime([f"{month}-10T12:00Z" for month in months] * 20)
    >>> here = pd.DataFrame({"occurred_from": at, "easting": 449050.0, "northing": 520050.0})
    >>> found = choose_scales(here, shapely.box(448000, 519000, 451000, 522000), months,
    ...     eps_choices_m=[50, 500], parameters=HotspotParameters(min_samples=5, split=False))
    >>> found.eps_m, round(found.cell_m)
    (50.0, 89)
    """
    if len(months) < _LEAST_MONTHS or not len(eps_choices_m):
        raise ParameterError(
            "Two training months and one candidate at least are needed to choose a scale; found"
            f" {len(months)} and {len(eps_choices_m)}."
        )
    train = len(months) // 2
    check_months(incidents, months, train)
    check_share("area_share", area_share)
    monthly = by_month(incidents, area, months)
    trial = _Trial(monthly, train, area, area_share, find_catchments(pd.concat(monthly), area))
    asked = parameters or HotspotParameters()
    rows: list[dict[str, Any]] = []
    for eps_m in eps_choices_m:
        cell_m = matching_cell(eps_m)
        rows += [
            {"method": "dbscan", "eps_m": eps_m, "hit_rate": trial.hotspots(asked, eps_m)},
            {"method": "grid", "cell_m": cell_m, "hit_rate": trial.cells(cell_m)},
        ]
        progress(len(rows) // 2, len(eps_choices_m))
    tried = pd.DataFrame(rows, columns=["method", "eps_m", "cell_m", "hit_rate"])
    return Scales(
        _best(tried, "dbscan", "eps_m"),
        _best(tried, "grid", "cell_m"),
        tried.sort_values("method", kind="stable", ignore_index=True),
        {"train": train, "months": tuple(months), "area_share": area_share},
    )


def _best(tried: pd.DataFrame, method: str, size: str) -> float:
    """Return the size that held most, of equals the first."""
    of_it = tried[tried["method"] == method]
    sizes = of_it[size].to_numpy(np.float64)
    return float(sizes[of_it["hit_rate"].to_numpy(np.float64).argmax()])


@dataclass(frozen=True, slots=True)
class _Trial:
    """The training months, and what either map would have held of the month after."""

    monthly: list[pd.DataFrame]
    train: int
    area: shapely.Geometry
    area_share: float
    catchments: Catchments | None

    def hotspots(self, asked: HotspotParameters, eps_m: float) -> float:
        ground = cut_ground(self.area, matching_cell(eps_m))
        at_scale = replace(asked, eps_m=eps_m)
        return self._mean(lambda past: choose_hotspots(past, ground, at_scale, self._most_m2()))

    def cells(self, cell_m: float) -> float:
        ground = cut_ground(self.area, cell_m)
        return self._mean(
            lambda past: choose_cells(
                ground, ground.count(metres_of(past)) / ground.sizes, self._most_m2()
            )
        )

    def _most_m2(self) -> float:
        return self.area_share * float(shapely.area(self.area))

    def _mean(self, choose: Callable[[pd.DataFrame], Choice | None]) -> float:
        rates = []
        for at in range(self.train, len(self.monthly)):
            choice, now = choose(pd.concat(self.monthly[at - self.train : at])), self.monthly[at]
            if len(now):
                rates.append(self._hits(choice, now) / len(now))
        return sum(rates) / len(rates) if rates else 0.0

    def _hits(self, choice: Choice | None, now: pd.DataFrame) -> float:
        if choice is None:
            return 0.0
        if self.catchments is None:
            return choice.count(metres_of(now))
        return self.catchments.hits(choice, now)
