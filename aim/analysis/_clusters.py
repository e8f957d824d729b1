"""Clusters before they are described: found by DBSCAN, split where they are too wide to work."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from aim.analysis.dbscan import dbscan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Steps so small that a cluster is parted at about the widest distance at which it falls apart:
# half the radius at once asks for four times the density, and loses much of what was found.
_STEP = 1.25
_MOST_STEPS = 12
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

    A wide cluster is clustered again at four fifths of its radius, and again, until it falls apart
    or is small enough; its parts likewise, twelve times in all at most. Incidents between the parts
    then belong to no hotspot. Where no part is dense enough to stand alone, or the steps are used
    up, the cluster is cut into pieces of the largest radius about its densest incidents; where no
    piece holds enough, which takes an eps beyond that radius, it stays whole.

    Returns
    -------
    kept, parents, left_out
        Clusters to show; those that were split, by label (``2`` is the second to be
        split, ``2.1`` a part of it that was split again); dense places with too few distinct
        places.
    """
    kept: list[Cluster] = []
    parents: dict[str, Cluster] = {}
    left_out = [cluster for cluster in found if not _has_places(search, cluster)]
    for cluster in found:
        if _has_places(search, cluster):
            kept += _split(search, cluster, parents, _MOST_STEPS)
    return kept, parents, left_out


def _split(
    search: Search, cluster: Cluster, parents: dict[str, Cluster], steps: int
) -> list[Cluster]:
    if radius_of(search.places[cluster.rows]) <= search.largest_radius_m:
        return [cluster]
    parts, left = _part(search, cluster, steps)
    if not parts:
        return [cluster]
    label = _next_label(cluster.parent, parents)
    parents[label] = cluster
    named = [replace(part, parent=label) for part in parts]
    return [small for part in named for small in _split(search, part, parents, left)]


def _part(search: Search, cluster: Cluster, steps: int) -> tuple[list[Cluster], int]:
    """Return the parts a wide cluster falls into, and the steps left for them."""
    for left in range(steps - 1, -1, -1):
        closer = _cluster(search, cluster.rows, cluster.eps_m / _STEP, None)
        parts = [part for part in closer if _has_places(search, part)]
        if not parts:
            break
        if len(parts) > 1 or radius_of(search.places[parts[0].rows]) <= search.largest_radius_m:
            return parts, left
        cluster = parts[0]
    return _cut(search, cluster), 0


def _cut(search: Search, cluster: Cluster) -> list[Cluster]:
    """Cut a cluster that density does not part into pieces that are small enough.

    The first piece lies about the core incident with the most incidents within eps, the next about
    that with the most of those left, and so on. A piece must hold as many as a dense place must.
    """
    pieces: list[Cluster] = []
    rows, core = cluster.rows, cluster.core
    while core.any():
        taken = _piece_about_densest(search, rows, core, cluster.eps_m)
        piece = Cluster(rows[taken], core[taken], cluster.eps_m)
        if len(piece.rows) >= search.min_samples and _has_places(search, piece):
            pieces.append(piece)
        rows, core = rows[~taken], core[~taken]
    return pieces


def _piece_about_densest(search: Search, rows: Ints, core: Bools, eps_m: float) -> Bools:
    """Choose the incidents nearest to the densest core, as many as are not too wide together."""
    places = search.places[rows]
    dense = places[core]
    near = cKDTree(places).query_ball_point(dense, eps_m, return_length=True)
    middle = dense[int(np.argmax(near))]
    apart = np.hypot(*(places - middle).T)
    taken: Bools = apart <= apart.max()
    while radius_of(places[taken]) > search.largest_radius_m:
        taken = apart < apart[taken].max()
    return taken


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
