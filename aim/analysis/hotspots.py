"""Hotspots: the places where incidents concentrate, ranked, described, and hedged with warnings."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis._clusters import (
    Cluster,
    Search,
    count_places,
    find_clusters,
    share_snapped,
    split_wide,
)
from aim.analysis._describe import Scene, describe_hotspots, describe_parents
from aim.analysis._located import area_of, check_wards, fill_wards, locate
from aim.analysis.counts import auto_min_samples
from aim.model.crs import PROJECTION
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.times import LONDON

# With more positions snapped than this, one point is no evidence of a place.
SNAPPED = 0.3
# With more of all incidents in one cluster than this, the distance is too wide for the data.
DOMINANT = 0.3

Moment = date | datetime
Floats = npt.NDArray[np.float64]

_METRES = ["easting", "northing"]


def find_hotspots(
    incidents: pd.DataFrame,
    *,
    eps_m: float = 150.0,
    min_samples: int | Literal["auto"] = "auto",
    split: bool = True,
    wards: gpd.GeoDataFrame | None = None,
    before: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Find the places where incidents concentrate, one row a hotspot.

    Parameters
    ----------
    incidents
        From ``read_feed``, ``merge_incidents`` or a store: ``easting`` and ``northing``, or
        ``lon`` and ``lat``, or points in EPSG:27700 or EPSG:4326.
    eps_m
        How near incidents must be to count as one place, metres; a street block.
    min_samples
        Incidents within ``eps_m`` (itself counted) that make a place dense; ``auto`` asks for
        the smallest number chance would rarely reach.
    split
        Whether hotspots wider than 250 m are clustered again at shorter distances, until they fall
        apart, and whether snapped data need two distinct places. False is plain DBSCAN.
    wards
        ``ward_code``, ``ward_name`` and polygons in EPSG:27700, for names and for the area
        behind ``auto``.
    before
        Incidents of the equal period before, for the change.

    Returns
    -------
    geopandas.GeoDataFrame
        ``aim.model.hotspots.HOTSPOT_COLUMNS``, ranked from 1, EPSG:27700; empty where nothing
        stands out. ``attrs`` carries ``parameters``, ``min_samples``, ``warnings`` and ``facts``.

    Raises
    ------
    CrsError
        Positions are in another reference system.
    ParameterError
        A value cannot be used, or there is no position.

    Examples
    --------
    >>> incidents = pd.DataFrame({"easting": [449000, 449040, 449000, 455000.0],
    ...     "northing": [520000, 520000, 520030, 520000.0]})
    >>> hotspots = find_hotspots(incidents, eps_m=75, min_samples=3)
    >>> hotspots[["rank", "incidents", "distinct_places"]].values.tolist()
    [[1, 3, 3]]
    """
    parameters = HotspotParameters(eps_m=eps_m, min_samples=min_samples, split=split)
    run = cluster_hotspots(incidents, parameters, wards=wards, before=before)
    hotspots = run.hotspots.copy()
    hotspots.attrs = {
        "parameters": run.parameters.as_dict(),
        "min_samples": run.min_samples,
        "warnings": list(run.warnings),
        "facts": dict(run.facts),
    }
    return hotspots


def cluster_hotspots(
    incidents: pd.DataFrame,
    parameters: HotspotParameters,
    *,
    wards: gpd.GeoDataFrame | None = None,
    before: pd.DataFrame | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    area_m2: float | None = None,
) -> HotspotRun:
    """Find hotspots and keep all that is needed to defend or repeat the search.

    Parameters
    ----------
    incidents
        Those that take part; see ``find_hotspots``. Rows without a position are counted and left
        out. ``ward_code``, where there is one, is taken over; else it is looked up in ``wards``.
    parameters
        What to search for.
    wards
        ``ward_code``, ``ward_name`` and polygons in EPSG:27700.
    before
        Incidents of the equal period before. The count before is of those within eps of a core
        incident of the hotspot; without this frame there is no change to tell.
    since, until
        The period, ``until`` not included; a date is London midnight. By default the London days
        of the first and last incident.
    area_m2
        The area behind ``auto``; by default that of the wards, else the ground within eps of the
        hull of the incidents.

    Returns
    -------
    HotspotRun
        Hotspots ranked by incidents, then by distinct places, then from west to east. The
        radius is the largest distance of a member from the mean position of all.

    Raises
    ------
    CrsError
        Positions or wards are in another reference system.
    ParameterError
        A value cannot be used, or there is no position.

    Notes
    -----
    A hotspot chosen because it is at its peak falls of itself: "down" is no proof that an action
    worked.

    Examples
    --------
    >>> incidents = pd.DataFrame({"easting": [449000.0] * 5, "northing": [520000.0] * 5})
    >>> plain = HotspotParameters(eps_m=50, min_samples=5, split=False)
    >>> cluster_hotspots(incidents, plain).hotspots["incidents"].tolist()
    [5]
    """
    wards = None if wards is None else check_wards(wards)
    everything = locate(incidents)
    located = _with_position(everything, wards)
    places = _places(located)
    area_m2 = area_of(places, parameters.eps_m, wards) if area_m2 is None else area_m2
    search = _plan(places, parameters, area_m2)
    found = find_clusters(search, parameters.eps_m)
    kept, parents, left_out = split_wide(search, found)
    kept = sorted(kept, key=lambda one: _place_in_list(places, one))
    before_m = None if before is None else _places(locate(before).dropna(subset=_METRES))
    scene = Scene(located, places, before_m, wards, _weeks(located, since, until))
    facts = {
        "incidents": len(everything),
        "no_position": len(everything) - len(located),
        **_count(found, kept, parents, left_out),
        "taking_part": len(located),
        "largest_share": max((len(one.rows) for one in found), default=0) / max(len(located), 1),
        "snapped_share": share_snapped(places),
        "least_places": search.least_places,
        "area_m2": area_m2,
        "weeks": scene.weeks,
        "projection": PROJECTION,
    }
    return HotspotRun(
        hotspots=describe_hotspots(scene, kept),
        members=_members(located, kept),
        parents=describe_parents(scene, parents),
        parameters=parameters,
        min_samples=search.min_samples,
        warnings=_warn(facts, parameters, search.min_samples),
        facts=facts,
    )


def _with_position(everything: pd.DataFrame, wards: gpd.GeoDataFrame | None) -> pd.DataFrame:
    located = everything.dropna(subset=_METRES).reset_index(drop=True)
    return located if wards is None else fill_wards(located, wards)


def _places(located: pd.DataFrame) -> Floats:
    places: Floats = located[_METRES].to_numpy(np.float64)
    return places


def _plan(places: Floats, parameters: HotspotParameters, area_m2: float) -> Search:
    """Settle the numbers of the search: fixed ones stay fixed, also after splitting."""
    asked = parameters.min_samples
    number = auto_min_samples(len(places), parameters.eps_m, area_m2) if asked == "auto" else asked
    if not parameters.split:
        return Search(places, number, largest_radius_m=np.inf)
    least = 2 if share_snapped(places) > SNAPPED else 1
    return Search(places, number, parameters.largest_radius_m, least)


def _count(
    found: Sequence[Cluster],
    kept: Sequence[Cluster],
    parents: Mapping[str, Cluster],
    left_out: Sequence[Cluster],
) -> dict[str, int]:
    """Account for every clustered incident: in a hotspot, between parts, or on a single point."""
    clustered, listed, single = (
        sum(len(one.rows) for one in ones) for ones in (found, kept, left_out)
    )
    return {
        "in_hotspots": listed,
        "between_parts": clustered - listed - single,
        "on_single_places": single,
        "split": sum(one.parent is None for one in parents.values()),
        "single_places_left_out": len(left_out),
    }


def _place_in_list(places: Floats, cluster: Cluster) -> tuple[int, int, int]:
    """Order by incidents, then by distinct places, then from west to east (rows are sorted)."""
    rows = cluster.rows
    return -len(rows), -count_places(places[rows]), int(rows[0])


def _members(located: pd.DataFrame, kept: Sequence[Cluster]) -> pd.DataFrame:
    rows = np.concatenate([np.empty(0, np.int64), *(one.rows for one in kept)])
    ranks = np.repeat(np.arange(1, len(kept) + 1), [len(one.rows) for one in kept])
    core = np.concatenate([np.empty(0, np.bool_), *(one.core for one in kept)])
    identities = located["incident_id"].to_numpy()[rows]
    return pd.DataFrame({"incident_id": identities, "rank": ranks, "core": core}).astype(
        {"incident_id": "str", "rank": "int64"}
    )


def _weeks(located: pd.DataFrame, since: Moment | None, until: Moment | None) -> float:
    """Return the length of the period in weeks; not a number where no incident has a time."""
    ends = located["occurred_to"].fillna(located["occurred_from"])
    first, last = located["occurred_from"].min(), ends.max()
    if (since is None and pd.isna(first)) or (until is None and pd.isna(last)):
        return math.nan
    begin = _london_day(since or first)
    # An interval ends before its end: one that ends at midnight holds no hour of the next day.
    end = _london_day(until or last - pd.Timedelta(1, "us")) + timedelta(days=until is None)
    return max((end - begin).days, 1) / 7


def _london_day(moment: Moment) -> date:
    return moment.astimezone(LONDON).date() if isinstance(moment, datetime) else moment


def _warn(
    facts: Mapping[str, Any], parameters: HotspotParameters, min_samples: int
) -> tuple[str, ...]:
    """Say in plain words what a reader must know before trusting the list."""
    sentences = {
        "no_position": f"{facts['no_position']} of {facts['incidents']} incidents have no"
        " position and take no part.",
        "nobody": "No incident with a position took part, so nothing can be found.",
        "too_few": f"Only {facts['taking_part']} incidents took part, fewer than the"
        f" {min_samples} that make a place dense.",
        "nothing": f"Nothing stands out: nowhere do {min_samples} incidents lie within"
        f" {parameters.eps_m:g} m of one of them.",
        "dominant": f"One cluster holds {facts['largest_share']:.0%} of the incidents: at"
        f" {parameters.eps_m:g} m places run into one another. A smaller distance would part them.",
        "split": f"{_say_split(facts['split'])} wider than {parameters.largest_radius_m:g} m and"
        f" split; {facts['between_parts']} of the incidents lie between the parts.",
        "snapped": f"{facts['snapped_share']:.0%} of the positions are snapped (shared by three"
        " or more incidents): they stand for a street or a place, not an address.",
        "single": f"{_say_single(facts['single_places_left_out'])} not listed: with snapped"
        " positions one point is no evidence of a place.",
    }
    holds = _which_hold(facts, min_samples)
    return tuple(sentence for name, sentence in sentences.items() if holds[name])


def _say_single(count: int) -> str:
    return "1 dense single point is" if count == 1 else f"{count} dense single points are"


def _say_split(count: int) -> str:
    return "1 cluster was" if count == 1 else f"{count} clusters were"


def _which_hold(facts: Mapping[str, Any], min_samples: int) -> dict[str, bool]:
    taking_part, clustered = facts["taking_part"], facts["largest_share"] > 0
    return {
        "no_position": facts["no_position"] > 0,
        "nobody": taking_part == 0,
        "too_few": 0 < taking_part < min_samples,
        "nothing": taking_part >= min_samples and not clustered,
        "dominant": DOMINANT < facts["largest_share"] < 1,
        "split": facts["split"] > 0,
        "snapped": facts["snapped_share"] > SNAPPED,
        "single": facts["single_places_left_out"] > 0,
    }
