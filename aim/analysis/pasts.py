"""The past of places, month by month: followed through searches, told by what the ground held.

A place is searched for in windows of several months that end with each month, because a single
month of a borough holds too few incidents; what it is called (new, persistent, fading) is told by
the counts on its ground.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from aim.analysis._located import area_of
from aim.analysis.hotspots import cluster_hotspots
from aim.analysis.register import (
    HotspotRegister,
    HotspotTrace,
    PlaceHistories,
    classify_places,
    count_in_places,
    describe_register,
    measure_histories,
    trace_hotspots,
)
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters, HotspotRun

# A place a partnership works on has some three incidents a month: half a year shows it.
WINDOW = 6
# Each place is tested in every month: at 0.05 one month in twenty would be hot by chance, and a
# place that was hot once long ago is not called new.
HOT_AT = 0.01
# With fewer months "nine of ten" says nothing.
LEAST_STEPS = 6


@dataclass(frozen=True, slots=True)
class PlacePasts:
    """What places are called, and the counts behind it.

    Attributes
    ----------
    classes
        A word of ``HistoryClass`` by place; empty where there are too few months to say.
    counts
        Incidents on the ground of each place in each single month shown, outages too: one row a
        place, one column a month.
    hot
        Whether the months up to that one held significantly many; only months that were judged.
    window
        How many months are judged together.
    alpha
        The chance below which a window is hot.
    unobserved
        Months that were no evidence.
    """

    classes: pd.Series
    counts: pd.DataFrame
    hot: pd.DataFrame
    window: int
    alpha: float
    unobserved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowedPlaces:
    """Places followed through the searches of many months.

    Attributes
    ----------
    trace
        Which hotspot is which, what split and what merged.
    register
        One row a place.
    pasts
        Its class and what is behind it, places named by ``hotspot_id``.
    runs
        The search of each month's window.
    """

    trace: HotspotTrace
    register: HotspotRegister
    pasts: PlacePasts
    runs: dict[str, HotspotRun]


def judge_places(
    places: gpd.GeoSeries,
    incidents: pd.DataFrame,
    months: pd.Series,
    *,
    steps: Sequence[str],
    area_m2: float,
    window: int = WINDOW,
    unobserved: Collection[str] = (),
    alpha: float = HOT_AT,
) -> PlacePasts:
    """Say what the past of each place is called, by the counts on its ground.

    Parameters
    ----------
    places, incidents, area_m2
        As in ``measure_histories``.
    months
        The month of each incident such as ``2026-04``, aligned; months before the first step
        belong to its window.
    steps
        The months to judge, oldest first, without a gap.
    window
        How many observed months are judged together, from 1. Months whose window is not whole are
        not judged.
    unobserved
        Months that are no evidence, such as an outage; windows reach past them.
    alpha
        The chance below which a window is hot.

    Returns
    -------
    PlacePasts
        Places in the order given. Empty in, empty out.

    Raises
    ------
    ParameterError
        A value is out of range.

    Examples
    --------
    >>> import shapely
    >>> places = gpd.GeoSeries({"Quay": shapely.box(0, 0, 10, 10)})
    >>> steps = [f"2026-{month:02d}" for month in range(1, 9)]
    >>> at = pd.DataFrame({"easting": [5.0] * 24 + [900.0] * 8, "northing": 5.0})
    >>> months = pd.Series([month for month in steps for _ in range(3)] + steps)
    >>> judge_places(places, at, months, steps=steps, area_m2=9e5, window=2).classes["Quay"]
    'persistent'
    """
    told = months.where(~months.isin(list(unobserved)))
    histories = measure_histories(
        places, incidents, told, area_m2=area_m2, window=window, alpha=alpha
    )
    whole = histories.counts.columns[window - 1 :]
    judged = _only(histories, [month for month in whole if month in set(steps)])
    classes = classify_places(judged)
    if len(judged.counts.columns) < LEAST_STEPS:
        classes = pd.Series("", index=classes.index, dtype="str", name="class")
    counts = count_in_places(places, incidents, months)
    return PlacePasts(
        classes,
        counts.reindex(columns=list(steps), fill_value=0),
        judged.hot,
        window,
        alpha,
        tuple(month for month in steps if month in set(unobserved)),
    )


def _only(told: PlaceHistories, steps: list[str]) -> PlaceHistories:
    """Return the histories of some of their periods."""
    tables = ("counts", "expected", "hot", "cold", "intensity")
    return replace(told, **{name: getattr(told, name)[steps] for name in tables})


def follow_places(
    incidents: pd.DataFrame,
    months: pd.Series,
    parameters: HotspotParameters,
    *,
    steps: Sequence[str],
    wards: gpd.GeoDataFrame | None = None,
    area_m2: float | None = None,
    window: int = WINDOW,
    unobserved: Collection[str] = (),
) -> FollowedPlaces:
    """Search month by month, follow each place through the searches, and tell its past.

    Parameters
    ----------
    incidents
        As for ``cluster_hotspots``, with those of the months before the first step that belong to
        its window.
    months
        The month of each incident such as ``2026-04``, aligned.
    parameters
        What to search for.
    steps
        The months to search, oldest first, without a gap. Each is searched together with the
        months of its window before it.
    wards, area_m2
        As for ``cluster_hotspots``; the same area for every search.
    window
        How many months are searched, and judged, together.
    unobserved
        Months that are no evidence: a place keeps its ground in them, and they change no class.

    Returns
    -------
    FollowedPlaces
        Places in the order in which they were first found. Empty in, empty out.

    Raises
    ------
    ParameterError
        A value cannot be used.

    Notes
    -----
    Identity by ``trace_hotspots``, class by ``judge_places``.

    Examples
    --------
    >>> steps = [f"2026-{month:02d}" for month in range(1, 8)]
    >>> east = [449000.0 + 9 * (n % 4) for n in range(28)]
    >>> ids = [f"i{n}" for n in range(28)]
    >>> at = pd.DataFrame({"easting": east, "northing": 520000.0, "incident_id": ids})
    >>> months = pd.Series([month for month in steps for _ in range(4)])
    >>> plain = HotspotParameters(eps_m=50, min_samples=3, split=False)
    >>> followed = follow_places(at, months, plain, steps=steps, area_m2=9e6, window=2)
    >>> followed.register.hotspots[["months_present", "class"]].values.tolist()
    [[7, 'persistent']]
    """
    if window < 1:
        raise ParameterError(f"`window` must be at least 1, found {window!r}.")
    if area_m2 is None:
        places = incidents[["easting", "northing"]].dropna().to_numpy(np.float64)
        area_m2 = area_of(places, parameters.eps_m, wards)
    runs = {
        step: cluster_hotspots(
            incidents[_in_window(months, step, window)], parameters, wards=wards, area_m2=area_m2
        )
        for step in steps
    }
    trace = trace_hotspots(runs, unobserved=unobserved)
    pasts = judge_places(
        trace.places.geometry,
        incidents,
        months,
        steps=steps,
        area_m2=area_m2,
        window=window,
        unobserved=unobserved,
    )
    register = describe_register(trace, unobserved=unobserved)
    told = register.hotspots.assign(**{"class": pasts.classes.tolist()})
    return FollowedPlaces(trace, replace(register, hotspots=told), pasts, runs)


def _in_window(months: pd.Series, last: str, window: int) -> pd.Series:
    """Mark the incidents of the calendar months that end with one."""
    first = str(pd.Period(last, freq="M") - (window - 1))
    return months.between(first, last)
