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

from aim.analysis._numbers import Floats, check_share, ratio, read_counts, read_exposures
from aim.analysis.hotspots import cluster_hotspots
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import check_incidents
from aim.model.times import local_months

# A density surface: metres of the incidents, metres of the places to judge, one value for each.
Surface = Callable[[Floats, Floats], Floats]

TRAIN_MONTHS = 6
CELL_M = 100.0
# Ground that patrols can hold at once is a few parts in a hundred.
AREA_SHARE = 0.03
_METRES = ["easting", "northing"]
_SUMMARY = ("method", "months", "pai", "pei", "rri", "hit_rate", "pooled_pai", "dbscan_at_least")
_SCORES = (
    "month", "method", "area_m2", "area_share", "hits", "incidents", "hit_rate", "pai", "pei",
    "rri",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Maps of past months judged by the month that followed.

    Attributes
    ----------
    scores
        One row a month and method: ``month``, ``method``, ``area_m2``, ``area_share``, ``hits``
        (incidents of the month on the chosen ground), ``incidents``, ``hit_rate``, ``pai``,
        ``pei`` and ``rri``.
    summary
        One row a method: ``months``, mean ``pai``, ``pei``, ``rri`` and ``hit_rate``, all hits over
        all incidents on all ground (``pooled_pai``), and in how many months DBSCAN's PAI was at
        least this method's (``dbscan_at_least``).
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


@dataclass(frozen=True, slots=True)
class _Ground:
    """The area judged, cut into square cells, clipped to it."""

    centres: Floats
    sizes: Floats
    corner: tuple[float, float]
    shape: tuple[int, int]  # rows, columns of the whole raster
    cell_m: float
    place: npt.NDArray[np.int64]  # which cell each square of the raster is; -1 outside

    def count(self, xy_m: Floats) -> Floats:
        """Return how many places lie in each cell."""
        steps = np.floor((xy_m - self.corner) / self.cell_m).astype(np.int64)
        rows, columns = self.shape
        # The far edges belong to the last cells.
        column, row = np.clip(steps[:, 0], 0, columns - 1), np.clip(steps[:, 1], 0, rows - 1)
        cells = self.place[row * columns + column]
        return np.bincount(cells[cells >= 0], minlength=len(self.sizes)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Choice:
    """The ground a map chose: how much, and how many places lie on it."""

    area_m2: float
    count: Callable[[Floats], float]


def evaluate_hotspots(
    incidents: pd.DataFrame,
    area: shapely.Geometry,
    months: Sequence[str],
    *,
    train: int = TRAIN_MONTHS,
    parameters: HotspotParameters | None = None,
    area_share: float = AREA_SHARE,
    cell_m: float = CELL_M,
    surface: Surface | None = None,
    warnings: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Evaluation:
    """Judge hotspots of past months by the next, beside plain maps that may choose as much ground.

    Parameters
    ----------
    incidents
        ``occurred_from`` (UTC), ``easting`` and ``northing``; those outside the area or the months
        take no part. Dates known to the month will do.
    area
        The ground to choose from, a polygon in British National Grid metres.
    months
        Such as ``2026-04``, in order; the first ``train`` of them are never judged.
    train
        Months before that make a map, from 1.
    parameters
        What DBSCAN searches for; the usual settings where None.
    area_share
        Share of the area that DBSCAN's hotspots may cover, between 0 and 1. They are taken from
        the densest on while they fit. The other maps take exactly as much ground as they did.
    cell_m
        Side of the grid's cells, metres.
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
    Where positions are snapped, finer ground always looks better: compare at an eps that fits the
    cells.

    Examples
    --------
    >>> months = ["2026-01", "2026-02", "2026-03"]
    >>> at = pd.to_datetime([f"{month}-10T12:00Z" for month in months] * 20)
    >>> here = pd.DataFrame({"occurred_from": at, "easting": 449050.0, "northing": 520050.0})
    >>> found = evaluate_hotspots(here, shapely.box(448000, 519000, 451000, 522000), months,
    ...     train=2, parameters=HotspotParameters(eps_m=50, min_samples=5, split=False))
    >>> found.scores[["month", "method", "hits"]].round(1).values.tolist()
    [['2026-03', 'dbscan', 20.0], ['2026-03', 'grid', 15.3]]
    """
    asked = parameters or HotspotParameters()
    _check(incidents, months, train, cell_m)
    check_share("area_share", area_share)
    ground = _cut(area, cell_m)
    by_month = _by_month(incidents, area, months)
    rows: list[dict[str, Any]] = []
    told: list[str] = []
    judged = range(train, len(months))
    for done, at in enumerate(judged, 1):
        past, now = pd.concat(by_month[at - train : at]), by_month[at]
        maps = _maps(past, ground, asked, (area, area_share * ground.sizes.sum()), surface)
        told += [] if maps else [f"{months[at]} is not judged: no hotspot fits the area."]
        rows += [
            {"month": months[at], "method": name, **_score(one, past, now, ground)}
            for name, one in maps.items()
        ]
        progress(done, len(judged))
    scores = pd.DataFrame(rows, columns=list(_SCORES))
    settings = asked.as_dict() | {
        "train": train,
        "area_share": area_share,
        "cell_m": cell_m,
        "months": tuple(months),
        "area_m2": float(shapely.area(area)),
    }
    return Evaluation(scores, _summarise(scores), settings, (*warnings, *told))


def _check(incidents: pd.DataFrame, months: Sequence[str], train: int, cell_m: float) -> None:
    check_incidents(incidents, ("occurred_from", *_METRES))
    if not 1 <= train < len(months) or list(months) != sorted(set(months)):
        raise ParameterError(
            "`months` must be in order, each once, and be more than `train`, at least 1;"
            f" found {', '.join(months)} and {train!r}."
        )
    if not 0 < cell_m < math.inf:
        raise ParameterError(f"`cell_m` must be metres above 0, found {cell_m!r}.")


def _cut(area: shapely.Geometry, cell_m: float) -> _Ground:
    """Cut the area into square cells, from the south-west corner of its box on."""
    west, south, east, north = shapely.bounds(area)
    if not east > west or not north > south:
        raise ParameterError("`area` must be a polygon with some ground, found none.")
    columns, rows = (math.ceil(round(side / cell_m, 9)) for side in (east - west, north - south))
    row, column = np.divmod(np.arange(rows * columns), columns)
    x, y = west + column * cell_m, south + row * cell_m
    cells = shapely.intersection(shapely.box(x, y, x + cell_m, y + cell_m), area)
    sizes = shapely.area(cells)
    inside = np.flatnonzero(sizes > 0)
    place = np.full(rows * columns, -1, dtype=np.int64)
    place[inside] = np.arange(len(inside))
    centres = shapely.get_coordinates(shapely.centroid(cells[inside]))
    return _Ground(centres, sizes[inside], (west, south), (rows, columns), cell_m, place)


def _by_month(
    incidents: pd.DataFrame, area: shapely.Geometry, months: Sequence[str]
) -> list[pd.DataFrame]:
    placed = incidents.dropna(subset=["occurred_from", *_METRES])
    shapely.prepare(area)
    inside = shapely.intersects_xy(area, placed["easting"], placed["northing"])
    placed = placed[inside]
    month = local_months(placed["occurred_from"])
    return [placed[month == one] for one in months]


def _maps(
    past: pd.DataFrame,
    ground: _Ground,
    asked: HotspotParameters,
    budget: tuple[shapely.Geometry, float],
    surface: Surface | None,
) -> dict[str, _Choice]:
    """Return what each method chooses; nothing where DBSCAN finds nothing that fits."""
    hotspots = _choose_hotspots(past, asked, *budget)
    if hotspots is None:
        return {}
    xy_m = past[_METRES].to_numpy(np.float64)
    chosen = {
        "dbscan": hotspots,
        "grid": _choose_cells(ground, ground.count(xy_m) / ground.sizes, hotspots.area_m2),
    }
    if surface is not None:
        heights = np.asarray(surface(xy_m, ground.centres), dtype=np.float64)
        chosen["kde"] = _choose_cells(ground, heights, hotspots.area_m2)
    return chosen


def _choose_hotspots(
    past: pd.DataFrame, asked: HotspotParameters, area: shapely.Geometry, most_m2: float
) -> _Choice | None:
    run = cluster_hotspots(past, asked, area_m2=float(shapely.area(area)))
    shapes = shapely.intersection(run.hotspots.geometry.values, area)
    sizes = shapely.area(shapes)
    with np.errstate(divide="ignore"):
        densest = np.argsort(-run.hotspots["incidents"].to_numpy() / sizes, kind="stable")
    taken, left = [], most_m2
    for one in densest:
        if 0 < sizes[one] <= left:
            taken.append(one)
            left -= sizes[one]
    if not taken:
        return None
    shape = shapely.union_all(shapes[taken])
    shapely.prepare(shape)
    return _Choice(
        float(shapely.area(shape)),
        lambda xy_m: float(shapely.intersects_xy(shape, xy_m[:, 0], xy_m[:, 1]).sum()),
    )


def _choose_cells(ground: _Ground, heights: Floats, area_m2: float) -> _Choice:
    """Take the highest cells, the last one in part, until the area is reached."""
    order = np.argsort(-heights, kind="stable")
    before = np.cumsum(ground.sizes[order]) - ground.sizes[order]
    part = np.zeros(len(order))
    part[order] = np.clip((area_m2 - before) / ground.sizes[order], 0, 1)
    return _Choice(area_m2, lambda xy_m: float(part @ ground.count(xy_m)))


def _score(
    choice: _Choice, past: pd.DataFrame, now: pd.DataFrame, ground: _Ground
) -> dict[str, float]:
    then_m, now_m = (rows[_METRES].to_numpy(np.float64) for rows in (past, now))
    hits = choice.count(now_m)
    hit_rate, area_share = ratio(hits, len(now)), choice.area_m2 / float(ground.sizes.sum())
    best = _best_hits(ground.count(now_m), ground.sizes, np.array([choice.area_m2]))[0]
    return {
        "area_m2": choice.area_m2,
        "area_share": area_share,
        "hits": hits,
        "incidents": len(now),
        "hit_rate": hit_rate,
        "pai": hit_rate / area_share,
        "pei": ratio(hits, best),
        "rri": recapture_rate(choice.count(then_m), len(past), hits, len(now)),
    }


def _summarise(scores: pd.DataFrame) -> pd.DataFrame:
    rows = []
    own = scores[scores["method"] == "dbscan"].set_index("month")["pai"]
    for name in scores["method"].unique():
        of_it = scores[scores["method"] == name]
        means = {one: of_it[one].mean() for one in ("pai", "pei", "rri", "hit_rate")}
        pooled = ratio(of_it["hits"].sum(), of_it["incidents"].sum()) / of_it["area_share"].mean()
        at_least = (own.reindex(of_it["month"]).to_numpy() >= of_it["pai"].to_numpy()).sum()
        rows.append(
            {"method": name, "months": len(of_it), **means, "pooled_pai": pooled,
             "dbscan_at_least": int(at_least)}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(_SUMMARY))
