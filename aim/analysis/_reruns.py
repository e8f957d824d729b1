"""A search run again, with other numbers or on other incidents, and what of the first is left."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from aim.analysis._clusters import Cluster, Search, find_clusters, split_wide
from aim.analysis._located import locate
from aim.errors import ParameterError
from aim.model.hotspots import HotspotRun

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NOWHERE = -1
_METRES = ["easting", "northing"]


def located(incidents: pd.DataFrame) -> pd.DataFrame:
    """Return the incidents that take part in a search, in its order."""
    return locate(incidents).dropna(subset=_METRES).reset_index(drop=True)


def places_of(incidents: pd.DataFrame) -> Floats:
    """Return eastings and northings, metres, shape (n, 2)."""
    places: Floats = incidents[_METRES].to_numpy(np.float64)
    return places


def search_of(run: HotspotRun, places: Floats) -> Search:
    """Return what held for the clusters of a run.

    Raises
    ------
    ParameterError
        The incidents are not those of the run.
    """
    if len(places) != run.facts["taking_part"]:
        raise ParameterError(
            f"`incidents` must be those of the run, of which {run.facts['taking_part']} took part;"
            f" found {len(places)} with a position."
        )
    asked = run.parameters
    widest = asked.largest_radius_m if asked.split else np.inf
    return Search(places, run.min_samples, widest, run.facts["least_places"])


def labels_of(run: HotspotRun, identities: pd.Series) -> Ints:
    """Return the place in the run's list, from 0, of the hotspot each incident is in; -1 in none.

    Hotspots that are not in the list count as none.
    """
    ranks = run.hotspots["rank"]
    position = pd.Series(np.arange(len(ranks)), index=ranks.to_numpy())
    listed = run.members.set_index("incident_id")["rank"].map(position)
    labels: Ints = identities.map(listed).fillna(NOWHERE).to_numpy(np.int64)
    return labels


def find_again(search: Search, eps_m: float) -> list[Cluster]:
    """Return the hotspots of a search, split as it asks, in no order that means anything."""
    return split_wide(search, find_clusters(search, eps_m))[0]


def label(clusters: Sequence[Cluster], count: int) -> Ints:
    """Return which of the clusters each of so many rows is in; -1 in none."""
    labels = np.full(count, NOWHERE, dtype=np.int64)
    for number, cluster in enumerate(clusters):
        labels[cluster.rows] = number
    return labels


def label_ground(clusters: Sequence[Cluster], places: Floats, asked: Floats) -> Ints:
    """Return on which cluster's ground each place asked for lies; -1 on none.

    A place stands on the ground of the cluster of its nearest core incident, if that lies within
    the cluster's eps.

    Parameters
    ----------
    clusters, places
        The clusters, and the places their rows point to, metres.
    asked
        Metres, shape (n, 2).
    """
    if not clusters:
        return np.full(len(asked), NOWHERE, dtype=np.int64)
    cores = [np.unique(places[one.rows[one.core]], axis=0) for one in clusters]
    owner = np.repeat(np.arange(len(cores)), [len(one) for one in cores])
    eps_m = np.array([one.eps_m for one in clusters])
    apart, nearest = cKDTree(np.concatenate(cores)).query(asked)
    labels: Ints = np.where(apart <= eps_m[owner[nearest]], owner[nearest], NOWHERE)
    return labels


def best_overlap(first: Ints, again: Ints, hotspots: int) -> Floats:
    """Return how much each hotspot has in common with the one most like it (Jaccard), 0 to 1.

    Parameters
    ----------
    first, again
        The hotspot of each incident in the one search and in the other; -1 in none.
    hotspots
        How many there were at first.

    Examples
    --------
    >>> best_overlap(np.array([0, 0, 0, 0, -1, 1]), np.array([-1, -1, 4, 4, 4, -1]), 2).tolist()
    [0.4, 0.0]
    """
    best = np.zeros(hotspots)
    both = (first >= 0) & (again >= 0)
    if not both.any():
        return best
    pairs, shared = np.unique(np.stack([first[both], again[both]]), axis=1, return_counts=True)
    size, size_again = np.bincount(first[first >= 0]), np.bincount(again[again >= 0])
    overlap = shared / (size[pairs[0]] + size_again[pairs[1]] - shared)
    np.maximum.at(best, pairs[0], overlap)
    return best
