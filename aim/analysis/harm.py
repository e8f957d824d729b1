"""Harm beside counts: weights the partnership owns, and hotspots that pass both tests.

A single grave incident outweighs fifty nuisances, so harm alone would call one address a hotspot
for one bad night. A hotspot of harm must hold enough harm *and* enough incidents.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis.dbscan import dbscan
from aim.errors import ParameterError
from aim.model.incidents import check_incidents
from aim.model.types import read_taxonomy

Ints = npt.NDArray[np.int64]

SHIPPED = "equal"
_TEXTS = ("name", "version", "unit", "source")
# With more of its harm from coarse types than this, a rank by harm is a guess.
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class HarmWeights:
    """A table of harms, with where it comes from.

    Attributes
    ----------
    name, version
        Printed with every result.
    unit
        What one unit of harm is, such as days in prison.
    source
        Where the numbers are from.
    weights
        Harm of one incident by slug of its type.
    default
        The harm of a type not in the table.
    coarse_feeds
        Feeds whose types are too coarse to weigh.
    signed_off_by
        Who agreed it; empty while nobody has.
    """

    name: str
    version: str
    unit: str
    source: str
    weights: Mapping[str, float]
    default: float = 0.0
    coarse_feeds: tuple[str, ...] = ()
    signed_off_by: str = ""

    @property
    def label(self) -> str:
        """Return the words printed with every result that used the table.

        Examples
        --------
        >>> HarmWeights("ours", "2026.1", "days", "agreed in May", {}).label
        'ours 2026.1 (days; agreed in May; not signed off)'
        """
        agreed = f"signed off by {self.signed_off_by}" if self.signed_off_by else "not signed off"
        return f"{self.name} {self.version} ({self.unit}; {self.source}; {agreed})"


@dataclass(frozen=True, slots=True)
class HarmRanking:
    """Hotspots ranked by count and by harm.

    Attributes
    ----------
    hotspots
        One row a hotspot in the order of its count rank: ``rank``, ``incidents``, ``harm``,
        ``harm_rank``, ``passes`` (enough of both), ``coarse_share`` (of its harm) and
        ``confidence`` (``low`` where most of its harm is of coarse types, else ``as the table``).
    weights
        The label of the table.
    least_harm, least_incidents
        What a hotspot had to hold.
    warnings
        What casts doubt on the ranking.
    """

    hotspots: pd.DataFrame
    weights: str
    least_harm: float
    least_incidents: int
    warnings: tuple[str, ...] = ()


def read_harm_weights(path: str | Path | None = None) -> HarmWeights:
    """Read a harm weight table, the shipped one where none is named.

    Parameters
    ----------
    path
        A ``.toml`` file such as ``aim/analysis/harm_weights/equal.toml``.

    Returns
    -------
    HarmWeights
        The table.

    Raises
    ------
    ParameterError
        The file is not there or cannot be used; every fault is named.

    Examples
    --------
    >>> read_harm_weights().label
    'equal 1 (incidents; none: every incident counts 1; not signed off)'
    """
    if path is None:
        shipped = resources.files("aim.analysis").joinpath("harm_weights", f"{SHIPPED}.toml")
        return harm_weights_from_toml(shipped.read_text(encoding="utf-8"))
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"The harm weights {path} could not be read: {error}.") from error
    return harm_weights_from_toml(text, str(path))


def harm_weights_from_toml(text: str, origin: str = "The harm weights") -> HarmWeights:
    """Build a table from the text of its file.

    Parameters
    ----------
    text
        What the file holds.
    origin
        What to call it in an error.

    Returns
    -------
    HarmWeights
        The table.

    Raises
    ------
    ParameterError
        It is no such table, a type is unknown or a weight is below 0; every fault is named.

    Examples
    --------
    >>> lines = ['name="ours"', 'version="1"', 'unit="days"', 'source="us"', "[weights]",
    ...     "robbery=365"]
    >>> harm_weights_from_toml(chr(10).join(lines)).weights["robbery"]
    365.0
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{origin} cannot be read as TOML: {error}.") from error
    weights = table.get("weights", {})
    faults = _faults(table, weights)
    if faults:
        raise ParameterError(f"{origin} cannot be used: {'; '.join(faults)}. Mend those lines.")
    return HarmWeights(
        **{name: str(table[name]) for name in _TEXTS},
        weights={str(slug): float(weight) for slug, weight in weights.items()},
        default=float(table.get("default", 0)),
        coarse_feeds=tuple(table.get("coarse_feeds", ())),
        signed_off_by=str(table.get("signed_off_by", "")),
    )


def _faults(table: Mapping[str, object], weights: object) -> list[str]:
    faults = [f"`{name}` is missing" for name in _TEXTS if name not in table]
    if not isinstance(weights, Mapping):
        return [*faults, "`[weights]` is no table"]
    types = read_taxonomy().types
    faults += [f"{slug} is no incident type" for slug in weights if slug not in types]
    numbers = {**weights, "default": table.get("default", 0)}
    faults += [
        f"the weight of {slug} must be a number from 0, found {weight!r}"
        for slug, weight in numbers.items()
        if isinstance(weight, bool)
        or not isinstance(weight, int | float)
        or not 0 <= weight < math.inf
    ]
    return faults


def harm_of(incidents: pd.DataFrame, weights: HarmWeights) -> pd.DataFrame:
    """Weigh each incident.

    Parameters
    ----------
    incidents
        ``incident_type`` and ``feed``.
    weights
        The table.

    Returns
    -------
    pandas.DataFrame
        ``harm`` and ``coarse`` (its type is too coarse to weigh), on the index of the incidents.
        Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent.

    Examples
    --------
    >>> table = HarmWeights("ours", "1", "days", "us", {"robbery": 365.0}, 1.0, ("police-uk",))
    >>> incidents = pd.DataFrame({"incident_type": ["robbery", "drugs"], "feed": "police-uk"})
    >>> harm_of(incidents, table).values.tolist()
    [[365.0, True], [1.0, True]]
    """
    check_incidents(incidents, ("incident_type", "feed"))
    harm = incidents["incident_type"].map(dict(weights.weights)).astype("float64")
    return pd.DataFrame(
        {
            "harm": harm.fillna(weights.default),
            "coarse": incidents["feed"].isin(list(weights.coarse_feeds)),
        },
        index=incidents.index,
    )


def find_harm_clusters(
    xy_m: npt.ArrayLike,
    harm: npt.ArrayLike,
    *,
    eps_m: float,
    least_harm: int,
    least_incidents: int,
) -> Ints:
    """Label incidents with the dense cluster of harm they belong to.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres, sorted as for ``dbscan``.
    harm
        One number an incident, from 0.
    eps_m
        Neighbourhood radius, metres.
    least_harm
        Harm within ``eps_m`` that makes a place dense, a whole number from 1.
    least_incidents
        Incidents a cluster must hold besides.

    Returns
    -------
    numpy.ndarray
        int64, length n; -1 where none. Without the second test one grave incident alone would be a
        hotspot. Empty in, empty out.

    Raises
    ------
    ParameterError
        A value cannot be used.

    Examples
    --------
    >>> far = [[0, 0], [10, 0], [20, 0], [900, 0]]
    >>> find_harm_clusters(far, [5, 5, 5, 90], eps_m=50, least_harm=12, least_incidents=2).tolist()
    [0, 0, 0, -1]
    """
    labels, _ = dbscan(xy_m, eps_m, least_harm, weights=harm)
    sizes = np.bincount(labels[labels >= 0], minlength=labels.max(initial=-1) + 1)
    kept = sizes >= least_incidents
    renumbered = np.where(kept, np.cumsum(kept) - 1, -1)
    found: Ints = np.full(len(labels), -1, dtype=np.int64)
    found[labels >= 0] = renumbered[labels[labels >= 0]]
    return found


def rank_by_harm(
    members: pd.DataFrame,
    incidents: pd.DataFrame,
    weights: HarmWeights,
    *,
    least_harm: float = 0.0,
    least_incidents: int = 1,
) -> HarmRanking:
    """Put the rank by harm beside the rank by count.

    Parameters
    ----------
    members
        ``incident_id`` and ``rank`` of a hotspot run, one row for each incident in a hotspot.
    incidents
        ``incident_id``, ``incident_type`` and ``feed`` of at least those.
    weights
        The table.
    least_harm, least_incidents
        What a hotspot must hold to pass; both.

    Returns
    -------
    HarmRanking
        Every hotspot in the order of its count rank. ``harm_rank`` is missing where a hotspot does
        not pass; ties go by count rank.

    Raises
    ------
    ParameterError
        A column is absent, or a member is not among the incidents.

    Examples
    --------
    >>> table = HarmWeights("ours", "1", "days", "us", {"robbery": 365.0}, 1.0)
    >>> incidents = pd.DataFrame({"incident_id": list("abc"), "feed": "police-extract",
    ...     "incident_type": ["drugs", "drugs", "robbery"]})
    >>> members = pd.DataFrame({"incident_id": list("abc"), "rank": [1, 1, 2]})
    >>> ranked = rank_by_harm(members, incidents, table).hotspots
    >>> ranked[["rank", "harm", "harm_rank"]].values.tolist()
    [[1, 2.0, 2], [2, 365.0, 1]]
    """
    check_incidents(incidents, ("incident_id", "incident_type", "feed"))
    weighed = harm_of(incidents, weights).set_axis(incidents["incident_id"], axis=0)
    lost = ~members["incident_id"].isin(weighed.index)
    if lost.any():
        raise ParameterError(
            f"{int(lost.sum())} members are not among the incidents, such as"
            f" {members['incident_id'][lost].iloc[0]}; give the incidents of the run."
        )
    hotspots = _add_up(members.join(weighed, on="incident_id"))
    passes = (hotspots["harm"] >= least_harm) & (hotspots["incidents"] >= least_incidents)
    ranks = hotspots["harm"].where(passes).rank(method="first", ascending=False).astype("Int64")
    confidence = np.where(hotspots["coarse_share"] > _MOSTLY, "low", "as the table")
    hotspots = hotspots.assign(harm_rank=ranks, passes=passes, confidence=confidence)
    return HarmRanking(
        hotspots, weights.label, least_harm, least_incidents, _doubts(hotspots, weights)
    )


def _add_up(weighed: pd.DataFrame) -> pd.DataFrame:
    coarse = weighed.assign(coarse_harm=weighed["harm"].where(weighed["coarse"], 0.0))
    by_rank = coarse.groupby("rank", sort=True)
    hotspots = pd.DataFrame({"incidents": by_rank.size(), "harm": by_rank["harm"].sum()})
    share = by_rank["coarse_harm"].sum() / hotspots["harm"].where(hotspots["harm"] > 0)
    return hotspots.assign(coarse_share=share.fillna(0.0)).reset_index()


def _doubts(hotspots: pd.DataFrame, weights: HarmWeights) -> tuple[str, ...]:
    low = int((hotspots["confidence"] == "low").sum())
    owe = f"{low} of {len(hotspots)} hotspots owe most of their harm to coarse types"
    told = (
        (not weights.signed_off_by, "Nobody has signed off these harm weights."),
        (
            len(set(weights.weights.values()) | {weights.default}) == 1,
            "Every type weighs the same, so harm is the count.",
        ),
        (low > 0, f"{owe}: low confidence."),
    )
    return tuple(words for holds, words in told if holds)
