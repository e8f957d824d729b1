"""How well maps foresee: accuracy indices, and DBSCAN judged beside simpler maps of equal area.

A hotspot map is a forecast: the places of the past months will hold more than their share of the
next. It is judged by how much more (PAI), by how near it comes to the best choice of that much
ground (PEI), and against counts on a plain grid and a density surface that may choose the same
area, month after month, never seeing the month it is judged by.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.analysis._ground import (
    METRES,
    Catchments,
    Choice,
    Ground,
    by_month,
    choose_cells,
    choose_hotspots,
    cut_ground,
    find_catchments,
    metres_of,
)
from aim.analysis._numbers import Floats, check_share, ratio, read_counts, read_exposures
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import check_incidents

# A density surface: metres of the incidents, metres of the places to judge, one value for each.
Surface = Callable[[Floats, Floats], Floats]

TRAIN_MONTHS = 6
# Ground that patrols can hold at once is a few parts in a hundred.
AREA_SHARE = 0.03
_SUMMARY = (
    "method", "months", "pai", "pei", "rri", "hit_rate", "pooled_pai", "dbscan_at_least",
    "pai_spread", "dbscan_at_least_spread",
)  # fmt: skip
_SCORES = (
    "month", "method", "area_m2", "area_share", "hits", "incidents", "hit_rate", "pai", "pei",
    "rri", "pai_spread", "best",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Maps of past months judged by the month that followed.

    Attributes
    ----------
    scores
        One row a month and method: ``month``, ``method``, ``area_m2``, ``area_share``, ``hits``
        (incidents of the month on the chosen ground), ``incidents``, ``hit_rate``, ``pai``,
        ``pei``, ``rri``, and ``pai_spread``: the PAI where each snapped incident counts by the
        share of the ground its position stands for; not a number where none is snapped.
        ``best`` where no method of the month has a higher PAI.
    summary
        One row a method: ``months``, mean ``pai``, ``pei``, ``rri``, ``hit_rate`` and
        ``pai_spread``, all hits over all incidents on all ground (``pooled_pai``), and in how many
        months DBSCAN's PAI was at least this method's (``dbscan_at_least``, and
        ``dbscan_at_least_spread``).
    parameters
        What was asked for.
    warnings
        What was handed in, and months that could not be judged.
    """

    scores: pd.DataFrame
    summary: pd.DataFrame
    parameters: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def pai(observed: npt.ArrayLike, predicted: npt.ArrayLike, area: npt.ArrayLike) -> pd.DataFrame:
    """Return how accurate a forecast is, place by place from the first choice on.

    Parameters
    ----------
    observed, predicted
        Incidents that came, and that were foreseen, by place; from 0.
    area
        Size of each place in any unit, above 0, or one number for all; street length does too.

    Returns
    -------
    pandas.DataFrame
        One row a place, the densest foreseen first; of equals the one with fewer observed, so that
        luck earns nothing. The index is the place's position, or its label in a Series.
        ``observed``, ``predicted``, ``area``, and for all places chosen so far: ``area_share``,
        ``hit_rate``, ``pai`` (hit rate over area share), ``pei`` (PAI over that of the best choice
        of equal area, its last place taken in part) and ``rri`` (foreseen over observed). Not
        numbers where nothing was observed. Empty in, empty out.

    Raises
    ------
    ParameterError
        The three differ in length, or a value cannot be used.

    Notes
    -----
    Chainey, S., Tompson, L. and Uhlig, S. (2008), "The utility of hotspot mapping for predicting
    spatial patterns of crime", Security Journal 21: 4-28; Hunt, J. M. (2016) for the PEI; the ratio
    of foreseen to observed, cumulated, as A. P. Wheeler's ptools has the recapture rate.

    Examples
    --------
    >>> pai([6, 3, 0], [3, 2, 1], 1)[["pai", "pei", "rri"]].round(2).values.tolist()
    [[2.0, 1.0, 0.5], [1.5, 1.0, 0.56], [1.0, 1.0, 0.67]]
    """
    seen, foreseen = read_counts("observed", observed), read_counts("predicted", predicted)
    if len(seen) != len(foreseen):
        raise ParameterError(
            "`observed` and `predicted` must hold the same places, found"
            f" {len(seen)} and {len(foreseen)}."
        )
    size = read_exposures("area", area, len(seen))
    order = np.lexsort((np.arange(len(seen)), seen, -foreseen / size))
    ground, hits = np.cumsum(size[order]), np.cumsum(seen[order])
    best = _best_hits(seen, size, ground)
    labels = observed.index if isinstance(observed, pd.Series) else pd.RangeIndex(len(seen))
    with np.errstate(invalid="ignore", divide="ignore"):
        area_share, hit_rate = ground / size.sum(), hits / seen.sum()
        columns = {
            "observed": seen[order],
            "predicted": foreseen[order],
            "area": size[order],
            "area_share": area_share,
            "hit_rate": hit_rate,
            "pai": hit_rate / area_share,
            "pei": hits / best,
            "rri": np.cumsum(foreseen[order]) / hits,
        }
    return pd.DataFrame(columns, index=labels[order])


def _best_hits(seen: Floats, size: Floats, ground: Floats) -> Floats:
    """Return the most incidents that ground of each size could hold."""
    densest = np.argsort(-seen / size, kind="stable")
    reached = np.concatenate([[0.0], np.cumsum(size[densest])])
    held = np.concatenate([[0.0], np.cumsum(seen[densest])])
    hits: Floats = np.interp(ground, reached, held)
    return hits


def recapture_rate(
    hits_before: float, incidents_before: float, hits: float, incidents: float
) -> float:
    """Return how much of its share a hotspot map keeps in the period after.

    Parameters
    ----------
    hits_before, incidents_before
        Incidents on the chosen ground and in all, when it was chosen.
    hits, incidents
        The same in the period it is judged by.

    Returns
    -------
    float
        1 where the ground holds the same share as before; mostly less. Not a number where there
        was nothing to keep.

    Raises
    ------
    ParameterError
        A number is negative.

    Notes
    -----
    The recapture rate index of Levine, N. (2008), "The 'hottest' part of a hotspot", Security
    Journal 21: 295-302.

    Examples
    --------
    >>> round(recapture_rate(60, 200, 40, 180), 4)
    0.7407
    """
    read_counts("counts", [hits_before, incidents_before, hits, incidents])
    return ratio(ratio(hits, incidents), ratio(hits_before, incidents_before))


def evaluate_hotspots(
    incidents: pd.DataFrame,
    area: shapely.Geometry,
    months: Sequence[str],
    *,
    train: int = TRAIN_MONTHS,
    step: int = 1,
    parameters: HotspotParameters | None = None,
    area_share: float = AREA_SHARE,
    cell_m: float | None = None,
    surface: Surface | None = None,
    warnings: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Evaluation:
    """Judge hotspots of past months by the next, beside plain maps that may choose as much ground.

    Parameters
    ----------
    incidents
        ``occurred_from`` (UTC), ``easting`` and ``northing``; those outside the area or the months
        take no part. Dates known to the month will do. Where ``place_precision`` is ``snapped``
        the scores are also told with snapped incidents spread.
    area
        The ground to choose from, a polygon in British National Grid metres.
    months
        Such as ``2026-04``, in order; the first ``train`` of them are never judged.
    train
        Months before that make a map, from 1.
    step
        Months to go on after each one judged, from 1.
    parameters
        What DBSCAN searches for; the usual settings where None.
    area_share
        Share of the area that DBSCAN's hotspots may cover, between 0 and 1. They are taken from
        the densest on while they fit. The other maps take exactly as much ground as they did.
    cell_m
        Side of the grid's cells, metres; by default ``matching_cell``, as large as the least
        hotspot.
    surface
        A density surface to be judged as well, such as a kernel density estimate: called with the
        metres of past incidents and of the cells' centres, it returns one value for each cell.
    warnings
        What the months hold that they should not, such as an outage; kept first.
    progress
        Called with the months done and to do.

    Returns
    -------
    Evaluation
        ``dbscan``, ``grid`` and, with a surface, ``kde``. A month without a hotspot that fits has
        no row, and is told.

    Raises
    ------
    ParameterError
        A column or month is missing, or a value is out of range.

    Notes
    -----
    A grid's cells are taken by their count in the months before, ties from the south-west on; where
    only part of the last cell fits, that part of its incidents is counted. PEI compares with the
    best cells of the month itself, which no map can know; hotspots finer than the cells may pass 1.
    Where positions are snapped, finer ground always looks better, for a small cell around a map
    point takes all that was moved to it. ``pai_spread`` takes that away: an incident happened
    somewhere in the ground nearer to its point than to any other point in use, and is counted by
    the share of that ground which was chosen.

    Examples
    --------
    >>> months = ["2026-01", "2026-02", "2026-03"]
    >>> at = pd.to_datetime([f"{month}-10T12:00Z" for month in months] * 20)
    >>> here = pd.DataFrame({"occurred_from": at, "easting": 449050.0, "northing": 520050.0})
    >>> found = evaluate_hotspots(here, shapely.box(448000, 519000, 451000, 522000), months,
    ...     train=2, cell_m=100,
    ...     parameters=HotspotParameters(eps_m=50, min_samples=5, split=False))
    >>> found.scores[["month", "method", "hits"]].round(1).values.tolist()
    [['2026-03', 'dbscan', 20.0], ['2026-03', 'grid', 15.3]]
    """
    asked = parameters or HotspotParameters()
    cell_m = matching_cell(asked.eps_m) if cell_m is None else cell_m
    check_months(incidents, months, train)
    check_share("area_share", area_share)
    if not 0 < cell_m < math.inf or step < 1:
        raise ParameterError(
            f"`cell_m` must be metres above 0 and `step` 1 or more, found {cell_m!r}, {step!r}."
        )
    judge = _Judge(cut_ground(area, cell_m), asked, area_share, surface)
    monthly = by_month(incidents, area, months)
    catchments = find_catchments(pd.concat(monthly), area)
    rows: list[dict[str, Any]] = []
    told: list[str] = []
    judged = range(train, len(months), step)
    for done, at in enumerate(judged, 1):
        past, now = pd.concat(monthly[at - train : at]), monthly[at]
        maps = judge.maps(past)
        told += [] if maps else [f"{months[at]} is not judged: no hotspot fits the area."]
        rows += [
            {"month": months[at], "method": name, **judge.score(one, past, now, catchments)}
            for name, one in maps.items()
        ]
        progress(done, len(judged))
    scores = pd.DataFrame(rows, columns=list(_SCORES))
    scores["best"] = scores["pai"] == scores.groupby("month")["pai"].transform("max")
    settings = asked.as_dict() | {
        "train": train,
        "step": step,
        "area_share": area_share,
        "cell_m": cell_m,
        "months": tuple(months),
        "area_m2": float(shapely.area(area)),
    }
    return Evaluation(scores, _summarise(scores), settings, (*warnings, *told))


def matching_cell(eps_m: float) -> float:
    """Return the side of a cell as large as the least hotspot, a disc of the radius.

    Examples
    --------
    >>> round(matching_cell(150))
    266
    """
    return math.sqrt(math.pi) * eps_m


def check_months(incidents: pd.DataFrame, months: Sequence[str], train: int) -> None:
    """Refuse months that are out of order or too few.

    Raises
    ------
    ParameterError
        So, or a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"occurred_from": [], "easting": [], "northing": []})
    >>> check_months(rows, ["2026-01", "2026-02"], train=1)
    """
    check_incidents(incidents, ("occurred_from", *METRES))
    if not 1 <= train < len(months) or list(months) != sorted(set(months)):
        raise ParameterError(
            "`months` must be in order, each once, and be more than `train`, at least 1;"
            f" found {', '.join(months) or 'none'} and {train!r}."
        )


@dataclass(frozen=True, slots=True)
class _Judge:
    """What holds for every month of one evaluation."""

    ground: Ground
    parameters: HotspotParameters
    area_share: float
    surface: Surface | None

    def maps(self, past: pd.DataFrame) -> dict[str, Choice]:
        """Return what each method chooses; nothing where DBSCAN finds nothing that fits."""
        ground, most_m2 = self.ground, self.area_share * float(self.ground.sizes.sum())
        hotspots = choose_hotspots(past, ground, self.parameters, most_m2)
        if hotspots is None:
            return {}
        xy_m = metres_of(past)
        chosen = {
            "dbscan": hotspots,
            "grid": choose_cells(ground, ground.count(xy_m) / ground.sizes, hotspots.area_m2),
        }
        if self.surface is not None:
            heights = np.asarray(self.surface(xy_m, ground.centres), dtype=np.float64)
            chosen["kde"] = choose_cells(ground, heights, hotspots.area_m2)
        return chosen

    def score(
        self,
        choice: Choice,
        past: pd.DataFrame,
        now: pd.DataFrame,
        catchments: Catchments | None,
    ) -> dict[str, float]:
        """Judge a choice by the month after."""
        now_m, ground = metres_of(now), self.ground
        hits = choice.count(now_m)
        hit_rate, area_share = ratio(hits, len(now)), choice.area_m2 / float(ground.sizes.sum())
        best = _best_hits(ground.count(now_m), ground.sizes, np.array([choice.area_m2]))[0]
        spread = math.nan if catchments is None else catchments.hits(choice, now)
        return {
            "area_m2": choice.area_m2,
            "area_share": area_share,
            "hits": hits,
            "incidents": len(now),
            "hit_rate": hit_rate,
            "pai": hit_rate / area_share,
            "pei": ratio(hits, best),
            "rri": recapture_rate(choice.count(metres_of(past)), len(past), hits, len(now)),
            "pai_spread": ratio(spread, len(now)) / area_share,
        }


def _summarise(scores: pd.DataFrame) -> pd.DataFrame:
    rows = []
    own = scores[scores["method"] == "dbscan"].set_index("month")
    for name in scores["method"].unique():
        of_it = scores[scores["method"] == name].set_index("month")
        means = {one: of_it[one].mean() for one in ("pai", "pei", "rri", "hit_rate", "pai_spread")}
        pooled = ratio(of_it["hits"].sum(), of_it["incidents"].sum()) / of_it["area_share"].mean()
        at_least = {one: int((own[one] >= of_it[one]).sum()) for one in ("pai", "pai_spread")}
        rows.append(
            {"method": name, "months": len(of_it), **means, "pooled_pai": pooled,
             "dbscan_at_least": at_least["pai"],
             "dbscan_at_least_spread": at_least["pai_spread"]}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(_SUMMARY))
