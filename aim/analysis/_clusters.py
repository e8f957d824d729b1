"""Clusters before they are described: found by DBSCAN, split where they are too wide to work."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aim.analysis.dbscan import dbscan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_MOST_SPLITS = 4
_SAME_PLACE_M = 1.0
# A point shared by so many incidents is one that positions are snapped to.
_SHARED = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    """Incidents that hang together.

    Attributes
    ----------
    rows
        Their rows in the table that was clustered, ascending.
    core
        Which of them are core.
    eps_m
        The radius at which they were clustered, metres.
    parent
        Label of the cluster they were split from; None if none.
    """

    rows: Ints
    core: Bools
    eps_m: float
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What holds for every cluster of one run.

    Attributes
    ----------
    places
        Eastings and northings of the incidents, metres, shape (n, 2).
    min_samples
        Incidents within eps that make a place dense; the same number after splitting.
    largest_radius_m
        A wider cluster is split; infinite for plain DBSCAN.
    least_places
        Distinct places a cluster must have.
    """

    places: Floats
    min_samples: int
    largest_radius_m: float
    least_places: int = 1


def find_clusters(search: Search, eps_m: float) -> list[Cluster]:
    """Return the clusters of plain DBSCAN, in the order of its labels."""
    return _cluster(search, np.arange(len(search.places)), eps_m, None)


def _cluster(search: Search, rows: Ints, eps_m: float, parent: str | None) -> list[Cluster]:
    labels, core = dbscan(search.places[rows], eps_m, search.min_samples)
    order = np.argsort(labels, kind="stable")
    order = order[np.searchsorted(labels[order], 0) :]
    begins = np.flatnonzero(np.diff(labels[order], prepend=-1))
    return [Cluster(rows[some], core[some], eps_m, parent) for some in np.split(order, begins)[1:]]


def split_wide(
    search: Search, found: list[Cluster]
) -> tuple[list[Cluster], dict[str, Cluster], list[Cluster]]:
    """Split clusters that are too wide, and leave out those with too few distinct places.

    A wide cluster is clustered again at half its radius, its parts likewise, four times at most.
    Incidents between the parts then belong to no hotspot. Where no part is dense enough to stand
    alone, the wide cluster stays as it is.

    Returns
    -------
    kept, parents, left_out
        Clusters to show; those that were split, by label (``2`` is the second to be split,
        ``2.1`` a part of it that was split again); dense places with too few distinct places.
    """
    kept: list[Cluster] = []
    parents: dict[str, Cluster] = {}
    left_out = [cluster for cluster in found if not _has_places(search, cluster)]
    for cluster in found:
        if _has_places(search, cluster):
            kept += _split(search, cluster, parents, _MOST_SPLITS)
    return kept, parents, left_out


def _split(
    search: Search, cluster: Cluster, parents: dict[str, Cluster], times: int
) -> list[Cluster]:
    if not times or radius_of(search.places[cluster.rows]) <= search.largest_radius_m:
        return [cluster]
    label = _next_label(cluster.parent, parents)
    parts = _cluster(search, cluster.rows, cluster.eps_m / 2, label)
    parts = [part for part in parts if _has_places(search, part)]
    if not parts:
        return [cluster]
    parents[label] = cluster
    return [small for part in parts for small in _split(search, part, parents, times - 1)]


def _next_label(parent: str | None, parents: dict[str, Cluster]) -> str:
    brothers = sum(other.parent == parent for other in parents.values())
    return f"{parent}.{brothers + 1}" if parent else str(brothers + 1)


def _has_places(search: Search, cluster: Cluster) -> bool:
    places = search.places[cluster.rows]
    return _surely(places, search.least_places) or count_places(places) >= search.least_places


def _surely(places: Floats, least: int) -> bool:
    """Say whether gaps along one axis alone show so many places; mostly they do, at no cost."""
    gaps = np.diff(np.sort(places, axis=0), axis=0) > _SAME_PLACE_M
    return 1 + int(gaps.sum(axis=0).max(initial=0)) >= least


def radius_of(places: Floats) -> float:
    """Return the largest distance of a place from the mean of all, metres."""
    gap = places - places.mean(axis=0)
    return float(np.sqrt((gap * gap).sum(axis=1).max()))


def count_places(places: Floats) -> int:
    """Count places that lie more than a metre apart.

    One point comes a few centimetres off when one feed gives metres and another degrees.

    Examples
    --------
    >>> count_places(np.array([[100.0, 0.0], [100.1, 0.0], [140.0, 0.0]]))
    2
    """
    if len(places) and np.hypot(*np.ptp(places, axis=0)) <= _SAME_PLACE_M:
        return 1
    distinct = np.unique(places, axis=0)
    labels, _ = dbscan(distinct, _SAME_PLACE_M, 1)
    return int(labels.max(initial=-1)) + 1


def share_snapped(places: Floats) -> float:
    """Return the share of incidents on coordinates that three or more incidents share.

    Examples
    --------
    >>> share_snapped(np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [5.0, 5.0]]))
    0.75
    """
    if not len(places):
        return 0.0
    counts = np.unique(np.round(places, 2), axis=0, return_counts=True)[1]
    return float(counts[counts >= _SHARED].sum() / len(places))
