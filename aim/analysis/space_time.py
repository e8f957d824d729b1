"""Clusters in space and time: places where incidents also came close upon one another."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from aim.analysis._clusters import Cluster, count_places
from aim.analysis._dated import keep_placed, london_days
from aim.analysis._describe import Scene, describe_hotspots
from aim.analysis._knox import MOST_PAIRS
from aim.analysis._located import area_of, check_wards, fill_wards
from aim.analysis._points import check_points
from aim.analysis._reruns import located, places_of
from aim.analysis.counts import auto_min_samples
from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

EPS_M, EPS_DAYS = 150.0, 14
# The tree finds pairs by its own arithmetic: asked a hair further, none is missed.
_A_HAIR = 1 + 1e-9
_NOBODY = np.iinfo(np.int64).max
_COLUMNS = (
    "rank", "name", "wards", "ward_names", "incidents", "distinct_places", "by_source", "by_type",
    "first_seen", "last_seen", "days", "easting", "northing", "lon", "lat", "radius_m", "area_m2",
    "geometry",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bursts:
    """Places and times at which incidents came close together.

    Attributes
    ----------
    bursts
        One row a burst, ranked from 1 by incidents: ``rank``, ``name``, ``wards``,
        ``ward_names``, ``incidents``, ``distinct_places``, ``by_source``, ``by_type``,
        ``first_seen``, ``last_seen`` (UTC), ``days`` (from the first to the last, both counted),
        ``easting``, ``northing``, ``lon``, ``lat``, ``radius_m``, ``area_m2`` and ``geometry``,
        EPSG:27700. One place may burst several times.
    members
        ``incident_id``, ``rank`` and ``core``, one row for each incident in a burst.
    parameters
        What was asked for.
    min_samples
        The number used, also where ``auto`` was asked.
    warnings
        What was left out.
    facts
        Incidents that took part, and in bursts; the days from first to last.
    data_version
        Of the data searched, where there is one.
    """

    bursts: gpd.GeoDataFrame
    members: pd.DataFrame
    parameters: Mapping[str, Any]
    min_samples: int
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    data_version: int | str | None = None


def st_dbscan(
    xy_m: npt.ArrayLike, days: npt.ArrayLike, eps_m: float, eps_days: float, min_samples: int
) -> tuple[Ints, Bools]:
    """Find the dense clusters of points in a plane and in time.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres in one projected system.
    days
        Shape (n,), a finite number of days from any beginning.
    eps_m, eps_days
        Points are neighbours if they lie within ``eps_m`` metres and within ``eps_days`` days;
        either distance itself counts. Above 0; from 0.
    min_samples
        Neighbours, the point itself counted, that make it core; from 1.

    Returns
    -------
    labels, core
        int64 and bool of length n. -1 is noise; clusters are numbered by their lowest core row,
        a border point belongs to the lowest-numbered cluster it touches, as in ``dbscan``. Empty
        in, empty out.

    Raises
    ------
    ParameterError
        A value cannot be used, or more pairs are near than memory holds.

    Notes
    -----
    Birant, D. and Kut, A. (2007), "ST-DBSCAN: an algorithm for clustering spatial-temporal data",
    Data and Knowledge Engineering 60: 208-221, with its two distances and without its third
    parameter, which limits how much other values may differ. Exact; takes memory for every near
    pair.

    Examples
    --------
    >>> x = [[0, 0], [10, 0], [20, 0], [0, 0], [10, 0], [20, 0]]
    >>> st_dbscan(x, [1, 2, 3, 40, 41, 90], eps_m=50, eps_days=7, min_samples=2)[0].tolist()
    [0, 0, 0, 1, 1, -1]
    """
    points = check_points(xy_m)
    moments = _read_days(days, len(points))
    _check_settings(eps_m, eps_days, min_samples)
    one, other = _near_pairs(points, moments, eps_m, eps_days)
    count = len(points)
    neighbours = np.bincount(one, minlength=count) + np.bincount(other, minlength=count)
    core: Bools = neighbours + 1 >= min_samples
    return _label(core, one, other), core


def _read_days(days: npt.ArrayLike, count: int) -> Floats:
    moments = np.asarray(days, dtype=np.float64)
    if moments.shape != (count,) or not np.isfinite(moments).all():
        raise ParameterError(
            f"`days` must be one finite number for each of the {count} points, found the shape"
            f" {moments.shape} with {np.count_nonzero(~np.isfinite(moments))} missing."
        )
    return moments


def _check_settings(eps_m: float, eps_days: float, min_samples: int) -> None:
    if not 0 < eps_m < math.inf or not 0 <= eps_days < math.inf:
        raise ParameterError(
            f"`eps_m` must be metres above 0 and `eps_days` days from 0; found {eps_m!r} and"
            f" {eps_days!r}. {EPS_M:g} m and {EPS_DAYS} days are usual."
        )
    if not 1 <= min_samples < math.inf or min_samples != int(min_samples):
        raise ParameterError(f"`min_samples` must be a whole number from 1, found {min_samples!r}.")


def _near_pairs(
    points: Floats, moments: Floats, eps_m: float, eps_days: float
) -> tuple[Ints, Ints]:
    """Return the rows of each pair of neighbours, every pair once."""
    ones, others = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    found = 0
    for here, there in _windows(moments, eps_days):
        one, other = _near_in_space(points, here, there, eps_m * _A_HAIR)
        gap = points[one] - points[other]
        near = gap[:, 0] * gap[:, 0] + gap[:, 1] * gap[:, 1] <= eps_m * eps_m
        near &= np.abs(moments[one] - moments[other]) <= eps_days
        ones.append(one[near])
        others.append(other[near])
        found += int(near.sum())
        _check_number(found, eps_m, eps_days)
    return np.concatenate(ones), np.concatenate(others)


def _windows(moments: Floats, eps_days: float) -> Iterator[tuple[Ints, Ints | None]]:
    """Yield the rows of each window as long as eps, alone (None) and with those of the next."""
    width = eps_days if eps_days > 0 else 1.0
    number = np.floor((moments - moments.min(initial=np.inf)) / width) if len(moments) else moments
    order = np.argsort(number, kind="stable")
    begins = np.flatnonzero(np.diff(number[order], prepend=-1))
    rows = np.split(order, begins)[1:]
    for at, some in enumerate(rows):
        yield some, None
        # Rounding may put a pair that is just near two windows apart.
        for after in rows[at + 1 : at + 3]:
            if number[after[0]] - number[some[0]] <= 2:  # noqa: PLR2004 - this window, the next two
                yield some, after


def _near_in_space(
    points: Floats, here: Ints, there: Ints | None, reach_m: float
) -> tuple[Ints, Ints]:
    tree = cKDTree(points[here])
    other = tree if there is None else cKDTree(points[there])
    _check_number(int(tree.count_neighbors(other, reach_m)) // 2, reach_m, 0)
    if there is None:
        pairs = tree.query_pairs(reach_m, output_type="ndarray")
        return here[pairs[:, 0]], here[pairs[:, 1]]
    near = tree.sparse_distance_matrix(other, reach_m, output_type="ndarray")
    return here[near["i"]], there[near["j"]]


def _check_number(pairs: int, eps_m: float, eps_days: float) -> None:
    if pairs > MOST_PAIRS:
        raise ParameterError(
            f"{pairs:,} pairs of incidents lie within {eps_m:.0f} m and {eps_days:g} days, more"
            f" than {MOST_PAIRS:,}; take shorter distances, a shorter period or one type."
        )


def _label(core: Bools, one: Ints, other: Ints) -> Ints:
    """Return the cluster of each point, numbered by the lowest core row."""
    joined = core[one] & core[other]
    graph = coo_array(
        (np.ones(int(joined.sum()), dtype=np.int8), (one[joined], other[joined])),
        shape=(len(core), len(core)),
    )
    component = connected_components(graph, directed=False)[1]
    labels = np.full(len(core), _NOBODY)
    # The first core row of a component comes first, so numbers rise with it.
    _, first, back = np.unique(component[core], return_index=True, return_inverse=True)
    labels[core] = np.argsort(np.argsort(first))[back]
    for row, neighbour in ((one, other), (other, one)):
        border = ~core[row] & core[neighbour]
        np.minimum.at(labels, row[border], labels[neighbour[border]])
    labels[labels == _NOBODY] = -1
    return labels


def find_bursts(
    incidents: pd.DataFrame,
    *,
    eps_m: float = EPS_M,
    eps_days: int = EPS_DAYS,
    min_samples: int | Literal["auto"] = "auto",
    wards: gpd.GeoDataFrame | None = None,
    area_m2: float | None = None,
    data_version: int | str | None = None,
) -> Bursts:
    """Find places where incidents came close together in time too.

    Parameters
    ----------
    incidents
        ``easting``, ``northing``, ``occurred_from``, ``time_precision`` and ``place_precision``.
        An incident's day is the London day its interval begins on.
    eps_m, eps_days
        How near two incidents must lie, metres, and how many days apart they may be.
    min_samples
        Incidents within both, itself counted, that make a burst; ``auto`` asks for the smallest
        number that chance would rarely reach, were the incidents spread evenly over ground and
        days.
    wards
        ``ward_code``, ``ward_name`` and polygons in EPSG:27700, for names and for the area.
    area_m2
        The area behind ``auto``; by default as in ``cluster_hotspots``.
    data_version
        Of the data, to be kept with the answer.

    Returns
    -------
    Bursts
        Empty where nothing came close together.

    Raises
    ------
    ParameterError
        All incidents are known only to their month, or a value cannot be used.

    Examples
    --------
    >>> days = pd.to_datetime([f"2026-04-{day:02d}T20:00Z" for day in (1, 2, 3, 28)])
    >>> incidents = pd.DataFrame({"easting": 449000.0, "northing": 520000.0, "source": "wardens",
    ...     "occurred_from": days, "time_precision": "minute", "place_precision": "point"})
    >>> found = find_bursts(incidents, eps_days=7, min_samples=3)
    >>> found.bursts[["incidents", "days"]].values.tolist()
    [[3, 3]]
    """
    wards = None if wards is None else check_wards(wards)
    _check_settings(eps_m, eps_days, 1)
    kept, warnings = keep_placed(located(incidents), "Bursts")
    rows = kept.reset_index(drop=True)
    rows = rows if wards is None else fill_wards(rows, wards)
    places, days = places_of(rows), london_days(rows["occurred_from"]).to_numpy(np.int64)
    span = int(days.max() - days.min()) + 1 if len(days) else 0
    area_m2 = area_of(places, eps_m, wards) if area_m2 is None else area_m2
    number = _number(min_samples, len(rows), eps_m, area_m2, span / (2 * eps_days + 1))
    labels, core = st_dbscan(places, days, eps_m, eps_days, number)
    clusters = _clusters(labels, core, places, eps_m)
    return Bursts(
        bursts=_describe(rows, places, days, clusters, wards),
        members=_members(rows, clusters),
        parameters={"eps_m": eps_m, "eps_days": eps_days, "min_samples": min_samples},
        min_samples=number,
        warnings=warnings,
        facts={
            "incidents": len(incidents),
            "taking_part": len(rows),
            "in_bursts": sum(len(one.rows) for one in clusters),
            "days": span,
            "area_m2": area_m2,
        },
        data_version=data_version,
    )


def _number(
    asked: int | Literal["auto"], count: int, eps_m: float, area_m2: float, times: float
) -> int:
    """Return how many make a burst; the days stretch the room there is as ground does."""
    if asked != "auto":
        return asked
    return auto_min_samples(count, eps_m, area_m2 * max(times, 1.0))


def _clusters(labels: Ints, core: Bools, places: Floats, eps_m: float) -> list[Cluster]:
    rows = [np.flatnonzero(labels == number) for number in range(labels.max(initial=-1) + 1)]
    found = [Cluster(some, core[some], eps_m) for some in rows]
    # As hotspots are ranked: by incidents, distinct places, then from west to east.
    return sorted(
        found,
        key=lambda one: (-len(one.rows), -count_places(places[one.rows]), int(one.rows[0])),
    )


def _describe(
    rows: pd.DataFrame,
    places: Floats,
    days: Ints,
    clusters: list[Cluster],
    wards: gpd.GeoDataFrame | None,
) -> gpd.GeoDataFrame:
    scene = Scene(rows, places, None, wards, math.nan)
    frame = describe_hotspots(scene, clusters)
    frame["days"] = np.array([np.ptp(days[one.rows]) + 1 for one in clusters], dtype=np.int64)
    return frame[list(_COLUMNS)]


def _members(rows: pd.DataFrame, clusters: list[Cluster]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "incident_id": rows["incident_id"].to_numpy()[one.rows],
                "rank": rank,
                "core": one.core,
            }
        )
        for rank, one in enumerate(clusters, 1)
    ]
    empty = pd.DataFrame({"incident_id": [], "rank": [], "core": []})
    return pd.concat(parts or [empty], ignore_index=True).astype(
        {"incident_id": "str", "rank": "int64", "core": "bool"}
    )
