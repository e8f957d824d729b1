"""Wide clusters and their parts: as the search split them, and as HDBSCAN sees the same ground."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.analysis._reruns import located, places_of
from aim.model.hotspots import HotspotRun

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NOISE = -1
_TREE = {
    "label": "str",
    "parent": "str",
    "depth": "int64",
    "rank": "Int64",
    "name": "str",
    "incidents": "int64",
    "radius_m": "float64",
    "between_parts": "Int64",
    "hdbscan_parts": "Int64",
    "agreement": "float64",
}
# A cluster is in a piece of ground that holds most of it.
_MOST_OF_IT = 0.5


@dataclass(frozen=True, slots=True)
class HotspotTree:
    """Hotspots below the wide clusters they were split from.

    Attributes
    ----------
    tree
        One row a wide cluster and a hotspot, parents before their parts: ``label`` (of a wide
        cluster; missing for a hotspot), ``parent`` (the label it lies below; missing at the top),
        ``depth`` (0 at the top), ``rank`` and ``name`` (of a hotspot; missing for a wide cluster),
        ``incidents``, ``radius_m``, and of a wide cluster ``between_parts`` (its incidents that
        are in none of its hotspots), ``hdbscan_parts`` (clusters of HDBSCAN that lie mostly in it)
        and ``agreement`` (the adjusted Rand index of hotspots and HDBSCAN over the incidents that
        both put somewhere: 1 is the same, 0 is chance; missing where they share too little).
    parameters
        HDBSCAN's ``min_cluster_size`` and ``min_samples``: the number of the search.
    data_version
        Of the data, where there is one.
    warnings
        What to know first.
    """

    tree: pd.DataFrame
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data_version: int | str | None = None
    warnings: tuple[str, ...] = ()


def hotspot_tree(
    incidents: pd.DataFrame, run: HotspotRun, *, data_version: int | str | None = None
) -> HotspotTree:
    """Nest a run's hotspots below the clusters they were split from, and judge each split.

    Parameters
    ----------
    incidents
        Those of the run, see ``cluster_hotspots``.
    run
        The search.
    data_version
        Of the data, to be kept with the answer.

    Returns
    -------
    HotspotTree
        In the order of the best rank below each. Empty in, empty out.

    Notes
    -----
    HDBSCAN (Campello, Moulavi and Sander 2013, "Density-based clustering based on hierarchical
    density estimates", PAKDD: 160-172, in scikit-learn) needs no distance: it follows clusters
    through all distances and keeps those that last longest. Its view of one place or several is
    therefore independent of eps and of the workable size.

    Examples
    --------
    >>> from aim.analysis import cluster_hotspots
    >>> from aim.model.hotspots import HotspotParameters
    >>> x = [*range(9), *range(36, 600, 40), *range(620, 629)]
    >>> incidents = pd.DataFrame({"easting": 449000.0 + np.array(x), "northing": 520000.0})
    >>> run = cluster_hotspots(incidents, HotspotParameters(eps_m=60, min_samples=3))
    >>> hotspot_tree(incidents, run).tree[["depth", "incidents"]].values.tolist()
    [[0, 33], [1, 10], [1, 10]]
    """
    rows = located(incidents)
    places = places_of(rows)
    labels = _hdbscan(places, run.min_samples) if len(run.parents) else np.empty(0, np.int64)
    ranks = rows["incident_id"].map(run.members.set_index("incident_id")["rank"])
    judged = {
        str(one["parent"]): _judge(one, run, places, ranks, labels)
        for one in run.parents.to_dict("records")
    }
    return HotspotTree(
        tree=pd.DataFrame(_nest(run, judged), columns=list(_TREE)).astype(_TREE),
        parameters={"min_cluster_size": run.min_samples, "min_samples": run.min_samples},
        data_version=data_version,
    )


def _hdbscan(places: Floats, number: int) -> Ints:
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415 - importing it takes seconds

    if len(places) <= max(number, 2):
        return np.full(len(places), _NOISE, dtype=np.int64)
    # Far from 0,0 squares of coordinates lose metres.
    centred = places - places.mean(axis=0)
    size = max(number, 2)
    fitted = HDBSCAN(min_cluster_size=size, min_samples=number, algorithm="kd_tree", copy=True)
    labels: Ints = fitted.fit_predict(centred).astype(np.int64)
    return labels


def _judge(
    parent: Mapping[str, Any], run: HotspotRun, places: Floats, ranks: pd.Series, labels: Ints
) -> dict[str, Any]:
    """Compare the parts of a wide cluster with the clusters of HDBSCAN on its ground."""
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - importing it takes seconds

    below = run.hotspots["rank"][_is_below(run.hotspots["parent"], str(parent["parent"]))]
    within = shapely.intersects_xy(parent["geometry"], places[:, 0], places[:, 1])
    inside = np.bincount(labels[within & (labels >= 0)], minlength=labels.max(initial=-1) + 1)
    everywhere = np.bincount(labels[labels >= 0], minlength=len(inside))
    both = (ranks.isin(below) & (labels >= 0)).to_numpy(np.bool_)
    many = np.unique(ranks[both]).size > 1 or np.unique(labels[both]).size > 1
    members = int(run.hotspots["incidents"][run.hotspots["rank"].isin(below)].sum())
    return {
        "between_parts": parent["incidents"] - members,
        "hdbscan_parts": int(((inside > 0) & (inside >= _MOST_OF_IT * everywhere)).sum()),
        "agreement": adjusted_rand_score(ranks[both], labels[both]) if many else np.nan,
    }


def _is_below(parents: pd.Series, label: str) -> pd.Series:
    """Tell which hotspots were split from a cluster, or from a part of it."""
    below: pd.Series = (parents == label) | parents.str.startswith(f"{label}.", na=False)
    return below.fillna(value=False).astype(bool)


def _nest(run: HotspotRun, judged: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield parents before their parts, best rank first."""
    hotspots = run.hotspots.to_dict("records")
    wide = {str(one["parent"]): one for one in run.parents.to_dict("records")}
    told: set[str] = set()
    for one in hotspots:
        home = None if pd.isna(one["parent"]) else str(one["parent"])
        if home is None:
            yield _leaf(one, None)
            continue
        top = home.split(".")[0]
        if top not in told:
            told.add(top)
            yield from _family(top, wide, hotspots, judged)


def _family(
    label: str,
    wide: Mapping[str, Mapping[str, Any]],
    hotspots: list[dict[Any, Any]],
    judged: Mapping[str, Mapping[str, Any]],
) -> Iterator[dict[str, Any]]:
    parent = label.rpartition(".")[0] or None
    yield {
        "label": label,
        "parent": parent,
        "depth": label.count("."),
        "rank": pd.NA,
        "name": None,
        "incidents": wide[label]["incidents"],
        "radius_m": wide[label]["radius_m"],
        **judged[label],
    }
    for one in hotspots:
        if one["parent"] == label:
            yield _leaf(one, label)
    for other in wide:
        if other.rpartition(".")[0] == label:
            yield from _family(other, wide, hotspots, judged)


def _leaf(hotspot: Mapping[Any, Any], parent: str | None) -> dict[str, Any]:
    return {
        "label": None,
        "parent": parent,
        "depth": 0 if parent is None else parent.count(".") + 1,
        "rank": hotspot["rank"],
        "name": hotspot["name"],
        "incidents": hotspot["incidents"],
        "radius_m": hotspot["radius_m"],
        "between_parts": pd.NA,
        "hdbscan_parts": pd.NA,
        "agreement": np.nan,
    }
