"""The register of hotspots: lasting identities and names, splits and merges, history and class.

Two hotspots of different runs are one place where they share enough incidents, or, since runs of
different months share none, enough ground.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.special import gammainc, pdtr

from aim.analysis._numbers import check_share
from aim.analysis.classes import classify_history
from aim.analysis.local_statistics.trend import mann_kendall
from aim.errors import ParameterError
from aim.model.hotspots import HotspotRun
from aim.model.incidents import check_incidents

# Methods in the field call two hotspots one from this overlap on.
SAME_HOTSPOT = 0.3
# A part belongs to the whole that holds most of it.
_MOST_OF_IT = 0.5
# An identity is kept for so many periods after it was last seen: a place that comes back every
# summer is the same place.
REMEMBER = 12
SIGNIFICANT = 0.05
_SIGHTINGS = {
    "period": "str",
    "rank": "int64",
    "hotspot_id": "str",
    "incidents": "int64",
    "known_by": "str",
}
_REGISTER = (
    "hotspot_id", "name", "first_seen", "last_seen", "months_present", "months_observed",
    "persistence", "class",
)  # fmt: skip
_EVENTS = ("period", "kind", "hotspot_id", "others")


@dataclass(frozen=True, slots=True)
class HotspotTrace:
    """Hotspots followed through a series of runs.

    Attributes
    ----------
    periods
        The runs' labels, oldest first.
    sightings
        One row for each hotspot of each run: ``period``, ``rank``, ``hotspot_id``, ``incidents``
        and ``known_by``: ``members``, ``area`` or, at its first sighting, ``new``; ``given`` where
        the run brought its identities.
    events
        ``period``, ``kind``, ``hotspot_id`` and ``others`` (identities, "; " between): ``split``,
        where most of the others lies in what was ``hotspot_id``; ``merge``, where ``hotspot_id``
        holds most of what were the others.
    places
        The newest ground and the lasting name of each identity: index ``hotspot_id``, columns
        ``name`` and ``geometry``, EPSG:27700.
    """

    periods: tuple[str, ...]
    sightings: pd.DataFrame
    events: pd.DataFrame
    places: gpd.GeoDataFrame


class _Pair(NamedTuple):
    """A hotspot and an earlier one that share something: Jaccard, and the share of either."""

    rank: int
    hotspot_id: str
    overlap: float
    of_now: float
    of_then: float


@dataclass(slots=True)
class _Known:
    """What is remembered of one identity while a trace is made."""

    members: frozenset[str]
    shape: shapely.Geometry
    name: str
    seen: int


@dataclass(frozen=True, slots=True)
class PlaceHistories:
    """What happened on the ground of places, one row a place, one column a period.

    Attributes
    ----------
    counts, expected
        Incidents, and what an even spread would have brought.
    hot, cold
        Where there were significantly many, and few.
    intensity
        How far each period alone lay above or below the even spread, for the trend: windows that
        overlap would make trends of their own.
    window
        How many periods each column of the others takes together.
    alpha
        The chance below which a count is high or low.
    """

    counts: pd.DataFrame
    expected: pd.DataFrame
    hot: pd.DataFrame
    cold: pd.DataFrame
    intensity: pd.DataFrame
    window: int = 1
    alpha: float = SIGNIFICANT


@dataclass(frozen=True, slots=True)
class HotspotRegister:
    """Every hotspot there ever was, with its history in one word.

    Attributes
    ----------
    hotspots
        One row an identity: ``hotspot_id``, ``name``, ``first_seen``, ``last_seen``,
        ``months_present``, ``months_observed``, ``persistence`` (the one over the other) and
        ``class``.
    alpha
        Chance at which a trend counts.
    unobserved
        Periods that were no evidence.
    warnings
        What to know before reading the classes.
    """

    hotspots: pd.DataFrame
    alpha: float = SIGNIFICANT
    unobserved: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())


def match_hotspots(
    members: pd.DataFrame,
    earlier: pd.DataFrame,
    *,
    shapes: gpd.GeoSeries | None = None,
    earlier_shapes: gpd.GeoSeries | None = None,
) -> pd.Series:
    """Match hotspots to those of an earlier run by the incidents they share, then by ground.

    Parameters
    ----------
    members
        ``incident_id`` and ``rank``, one row for each incident in a hotspot.
    earlier
        ``incident_id`` and ``hotspot_id``, the same of the earlier run.
    shapes, earlier_shapes
        The ground of each, by rank and by identity, in metres; None to go by incidents alone.

    Returns
    -------
    pandas.Series
        ``hotspot_id`` by ``rank``, in the order of ranks; missing for a new hotspot. Two are the
        same where the incidents they share are at least 0.3 of those in either (Jaccard), or,
        among those still without a match, the ground is; the best match is settled first, and each
        is used once. Empty in, empty out.

    Examples
    --------
    >>> now = pd.DataFrame({"incident_id": list("abcxy"), "rank": [1, 1, 1, 2, 2]})
    >>> before = pd.DataFrame({"incident_id": list("bcd"), "hotspot_id": "h7"})
    >>> match_hotspots(now, before).dropna().to_dict()
    {1: 'h7'}
    >>> ground = gpd.GeoSeries([shapely.box(0, 0, 9, 9), shapely.box(50, 0, 59, 9)], index=[1, 2])
    >>> then = gpd.GeoSeries([shapely.box(52, 0, 61, 9)], index=["h8"])
    >>> match_hotspots(now, before, shapes=ground, earlier_shapes=then).to_dict()
    {1: 'h7', 2: 'h8'}
    """
    now, then = _sets(members, "rank"), _sets(earlier, "hotspot_id")
    found: dict[int, str] = {}
    _settle(found, _shared_members(now, then))
    ranks = set(now)
    if shapes is not None and earlier_shapes is not None:
        ranks |= set(shapes.index)
        _settle(found, _shared_ground(dict(shapes.items()), dict(earlier_shapes.items())))
    index = pd.Index(sorted(ranks), dtype="int64", name="rank")
    return pd.Series(found, dtype="str", name="hotspot_id").reindex(index)


def _sets(members: pd.DataFrame, key: str) -> dict[Any, frozenset[str]]:
    """Return the incidents of each hotspot."""
    return {name: frozenset(ones) for name, ones in members.groupby(key)["incident_id"]}


def _settle(found: dict[int, str], pairs: Iterable[_Pair]) -> None:
    """Give ranks their identities, best overlap first; ties by rank, then by identity."""
    alike = [pair for pair in pairs if pair.overlap >= SAME_HOTSPOT]
    taken = set(found.values())
    for pair in sorted(alike, key=lambda one: (-one.overlap, one.rank, one.hotspot_id)):
        if pair.rank not in found and pair.hotspot_id not in taken:
            found[pair.rank] = pair.hotspot_id
            taken.add(pair.hotspot_id)


def _shared_members(
    now: Mapping[int, frozenset[str]], then: Mapping[str, frozenset[str]]
) -> list[_Pair]:
    """Return the pairs that share incidents, and how much of each is shared."""
    homes: dict[str, list[str]] = {}
    for name, ones in then.items():
        for one in ones:
            homes.setdefault(one, []).append(name)
    shared = Counter(
        (rank, name) for rank, ones in now.items() for one in ones for name in homes.get(one, ())
    )
    return [
        _pair(rank, name, (number, len(now[rank]), len(then[name])))
        for (rank, name), number in shared.items()
    ]


def _shared_ground(
    now: Mapping[int, shapely.Geometry], then: Mapping[str, shapely.Geometry]
) -> list[_Pair]:
    """Return the pairs that share ground, and how much of each is shared."""
    shapes, earlier = (np.array([*ones.values()], dtype=object) for ones in (now, then))
    at, other = shapely.STRtree(earlier).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[at], earlier[other]))
    sizes = shapely.area(shapes)[at], shapely.area(earlier)[other]
    ranks, names = list(now), list(then)
    return [
        _pair(ranks[one], names[two], areas)
        for one, two, *areas in zip(at, other, shared, *sizes, strict=True)
    ]


def _pair(rank: int, hotspot_id: str, sizes: Sequence[float]) -> _Pair:
    shared, now, then = map(float, sizes)
    return _Pair(rank, hotspot_id, shared / (now + then - shared), shared / now, shared / then)


def trace_hotspots(
    runs: Mapping[str, HotspotRun],
    *,
    remember: int = REMEMBER,
    unobserved: Collection[str] = (),
    new_id: Callable[[], str] | None = None,
) -> HotspotTrace:
    """Follow hotspots through runs: which is which, what split, what merged.

    Parameters
    ----------
    runs
        By period, oldest first, of the same filter and settings. A period may be a month, or
        longer and overlap the one before. A run whose ``hotspot_id`` are filled in keeps them:
        hand saved runs over before the one to be named.
    remember
        For how many periods after its last sighting an identity can come back, at least 1. A
        hotspot is matched with those of the run before first, then with those remembered.
    unobserved
        Periods that are no evidence, such as an outage: a known place found in one keeps the
        ground and incidents by which it was known.
    new_id
        Gives an identity; by default numbers from 1.

    Returns
    -------
    HotspotTrace
        Sightings, events and places. A name stays with its identity; where a new hotspot would
        take a name already given, a number is added. Empty in, empty out.

    Raises
    ------
    ParameterError
        ``remember`` is below 1.

    Examples
    --------
    >>> from aim.analysis import cluster_hotspots
    >>> from aim.model.hotspots import HotspotParameters
    >>> plain = HotspotParameters(eps_m=50, min_samples=3, split=False)
    >>> def month(name, *x):
    ...     return cluster_hotspots(pd.DataFrame({"easting": [449000.0 + at for at in x],
    ...         "northing": 520000.0, "incident_id": [f"{name}{at}" for at in x]}), plain)
    >>> trace = trace_hotspots({"jan": month("jan", 0, 10, 20),
    ...     "feb": month("feb", 5, 20, 25, 900, 905, 910)})
    >>> trace.sightings[["period", "hotspot_id", "known_by"]].values.tolist()
    [['jan', '1', 'new'], ['feb', '1', 'area'], ['feb', '2', 'new']]
    """
    if remember < 1:
        raise ParameterError(f"`remember` must be at least 1, found {remember!r}.")
    numbers = count(1)
    give = new_id or (lambda: str(next(numbers)))
    known: dict[str, _Known] = {}
    sightings: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for at, (period, run) in enumerate(runs.items()):
        newest = {name: one for name, one in known.items() if one.seen == at - 1}
        older = {name: one for name, one in known.items() if at - remember <= one.seen < at - 1}
        pairs = _overlaps(run, newest)
        found, how = _recognise([pairs, _overlaps(run, older)])
        given = _given(run)
        named = given or {rank: found.get(rank) or give() for rank in run.hotspots["rank"]}
        sightings += _sightings(period, run, named, dict.fromkeys(given, "given") or how)
        events += [{"period": period, **one} for one in _events(pairs, named)]
        _remember(known, run, named, at, evidence=period not in set(unobserved))
    return HotspotTrace(
        tuple(runs),
        pd.DataFrame(sightings, columns=list(_SIGHTINGS)).astype(_SIGHTINGS),
        pd.DataFrame(events, columns=list(_EVENTS)).astype("str"),
        _places(known),
    )


def _given(run: HotspotRun) -> dict[int, str]:
    """Return the identities a saved run brings, by rank; none where it was not saved."""
    told = run.hotspots.get("hotspot_id")
    if told is None or told.isna().any():
        return {}
    return dict(zip(run.hotspots["rank"], told.astype("str"), strict=True))


def _recognise(
    tables: Sequence[Mapping[str, list[_Pair]]],
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the identities of known hotspots by rank, and by what each was known."""
    found: dict[int, str] = {}
    how: dict[int, str] = {}
    for pairs in tables:
        for means, alike in pairs.items():
            _settle(found, alike)
            how |= dict.fromkeys(found.keys() - how.keys(), means)
    return found, how


def _sightings(
    period: str, run: HotspotRun, named: Mapping[int, str], how: Mapping[int, str]
) -> list[dict[str, Any]]:
    return [
        {
            "period": period,
            "rank": row.rank,
            "hotspot_id": named[row.rank],
            "incidents": row.incidents,
            "known_by": how.get(row.rank, "new"),
        }
        for row in run.hotspots.itertuples()
    ]


def _overlaps(run: HotspotRun, known: Mapping[str, _Known]) -> dict[str, list[_Pair]]:
    now = dict(zip(run.hotspots["rank"], run.hotspots.geometry, strict=True))
    then = {name: one.shape for name, one in known.items()}
    members = {name: one.members for name, one in known.items()}
    return {
        "members": _shared_members(_sets(run.members, "rank"), members),
        "area": _shared_ground(now, then),
    }


def _events(pairs: Mapping[str, list[_Pair]], named: Mapping[int, str]) -> list[dict[str, str]]:
    """Return splits and merges against the run before.

    Incidents and ground must not contradict one another: where incidents tell, they decide.
    """
    alike = pairs["members"] or pairs["area"]
    parts: dict[tuple[str, str], set[str]] = {}
    for pair in alike:
        now = named[pair.rank]
        if pair.of_now > _MOST_OF_IT:
            parts.setdefault(("split", pair.hotspot_id), set()).add(now)
        if pair.of_then > _MOST_OF_IT:
            parts.setdefault(("merge", now), set()).add(pair.hotspot_id)
    return [
        {"kind": kind, "hotspot_id": whole, "others": "; ".join(sorted(names))}
        for (kind, whole), names in sorted(parts.items())
        if len(names) > 1
    ]


def _remember(
    known: dict[str, _Known],
    run: HotspotRun,
    named: Mapping[int, str],
    at: int,
    *,
    evidence: bool,
) -> None:
    members = _sets(run.members, "rank")
    for row in run.hotspots.itertuples():
        identity = named[row.rank]
        if identity not in known:
            name = _free_name(known, str(row.name))
            known[identity] = _Known(members.get(row.rank, frozenset()), row.geometry, name, at)
        elif evidence:
            known[identity].members = members.get(row.rank, frozenset())
            known[identity].shape = row.geometry
        known[identity].seen = at


def _free_name(known: Mapping[str, _Known], name: str) -> str:
    taken = {one.name for one in known.values()}
    if name not in taken:
        return name
    return next(new for new in (f"{name} ({one})" for one in count(2)) if new not in taken)


def _places(known: Mapping[str, _Known]) -> gpd.GeoDataFrame:
    names = pd.Series([one.name for one in known.values()], index=list(known), dtype="str")
    frame = gpd.GeoDataFrame(
        {"name": names},
        geometry=[one.shape for one in known.values()],
        index=pd.Index(list(known), dtype="str"),
        crs="EPSG:27700",
    )
    return frame.rename_axis("hotspot_id")


def describe_register(
    trace: HotspotTrace,
    *,
    histories: PlaceHistories | None = None,
    unobserved: Collection[str] = (),
    alpha: float = SIGNIFICANT,
) -> HotspotRegister:
    """Put each hotspot's history into one row and its class into one word.

    Parameters
    ----------
    trace
        From ``trace_hotspots``.
    histories
        What happened on each hotspot's ground (``measure_histories``), for the class. By default
        hot is found in the run of that period, never cold, and as intense as its incidents; with
        short periods that is strict, because a place may miss the search by one incident.
    unobserved
        Periods that are no evidence, such as an outage: they count neither for nor against, so
        that a silent source changes no class.
    alpha
        Chance at which a trend counts.

    Returns
    -------
    HotspotRegister
        One row an identity in the order of the first sightings.

    Raises
    ------
    ParameterError
        The histories lack an identity.

    Notes
    -----
    Classes by ``aim.analysis.classes.HISTORY_RULES``; trends by the test of Mann and Kendall.

    Examples
    --------
    >>> from aim.analysis import cluster_hotspots
    >>> from aim.model.hotspots import HotspotParameters
    >>> here = pd.DataFrame({"easting": [449000.0, 449010.0, 449020.0], "northing": 520000.0})
    >>> run = cluster_hotspots(here, HotspotParameters(eps_m=50, min_samples=3, split=False))
    >>> trace = trace_hotspots({month: run for month in ("jan", "feb", "mar")})
    >>> describe_register(trace).hotspots[["months_present", "class"]].values.tolist()
    [[3, 'persistent']]
    """
    check_share("alpha", alpha)
    told = histories or _as_found(trace)
    lost = [name for name in trace.places.index if name not in told.counts.index]
    if lost:
        raise ParameterError(
            f"`histories` lack {', '.join(lost)}; measure them on the places of the trace."
        )
    observed = [period for period in trace.periods if period not in set(unobserved)]
    words = classify_places(told, unobserved=unobserved, alpha=alpha)
    frame = pd.DataFrame(
        [_describe(name, trace, observed) | {"class": words[name]} for name in trace.places.index],
        columns=list(_REGISTER),
    )
    left_out = tuple(period for period in trace.periods if period in set(unobserved))
    said = (f"Left out as no evidence: {', '.join(left_out)}.",) if left_out else ()
    return HotspotRegister(frame, alpha, left_out, said)


def _as_found(trace: HotspotTrace) -> PlaceHistories:
    """Return histories by the runs themselves."""
    seen = trace.sightings.pivot_table(
        index="hotspot_id", columns="period", values="incidents", aggfunc="sum", fill_value=0
    ).reindex(index=trace.places.index, columns=list(trace.periods), fill_value=0)
    never = pd.DataFrame(data=False, index=seen.index, columns=seen.columns)
    return PlaceHistories(seen, seen.astype("float64"), seen > 0, never, intensity=seen)


def _describe(name: str, trace: HotspotTrace, observed: Collection[str]) -> dict[str, Any]:
    # First and last seen are facts, also in a period that is no evidence.
    seen = trace.sightings.loc[trace.sightings["hotspot_id"] == name, "period"]
    present = int(seen.isin(list(observed)).sum())
    return {
        "hotspot_id": name,
        "name": trace.places["name"][name],
        "first_seen": seen.iloc[0],
        "last_seen": seen.iloc[-1],
        "months_present": present,
        "months_observed": len(observed),
        "persistence": present / len(observed) if observed else np.nan,
    }


def classify_places(
    told: PlaceHistories, *, unobserved: Collection[str] = (), alpha: float = SIGNIFICANT
) -> pd.Series:
    """Put what happened on the ground of each place into one word.

    Parameters
    ----------
    told
        From ``measure_histories``; its columns are the steps.
    unobserved
        Periods that are no evidence.
    alpha
        Chance at which a trend counts.

    Returns
    -------
    pandas.Series
        A word of ``HistoryClass`` by place; ``none`` for all where there is no step.

    Examples
    --------
    >>> places = gpd.GeoSeries({"Quay": shapely.box(0, 0, 10, 10)})
    >>> at = pd.DataFrame({"easting": [5.0] * 4 + [50.0, 60.0], "northing": 5.0})
    >>> told = measure_histories(places, at, pd.Series(["feb"] * 4 + ["jan"] * 2), area_m2=2000)
    >>> classify_places(told).to_dict()
    {'Quay': 'none'}
    """
    steps = [period for period in told.counts.columns if period not in set(unobserved)]
    words = [_class(told, name, steps, alpha) for name in told.counts.index]
    return pd.Series(words, index=told.counts.index, dtype="str", name="class")


def _class(told: PlaceHistories, name: Any, steps: list[str], alpha: float) -> str:
    trend = mann_kendall(told.intensity.loc[name, steps].to_numpy(np.float64))
    significant = trend.p < alpha
    return classify_history(
        told.hot.loc[name, steps].to_numpy(np.bool_),
        told.cold.loc[name, steps].to_numpy(np.bool_),
        trend_up=significant and trend.s > 0,
        trend_down=significant and trend.s < 0,
    ).value


def measure_histories(
    places: gpd.GeoSeries,
    incidents: pd.DataFrame,
    periods: pd.Series,
    *,
    area_m2: float,
    window: int = 1,
    unobserved: Collection[str] = (),
    alpha: float = SIGNIFICANT,
) -> PlaceHistories:
    """Say when each place held more, or fewer, incidents than an even spread would bring.

    Parameters
    ----------
    places
        Polygons by name, EPSG:27700.
    incidents
        ``easting`` and ``northing``, all of the searched area.
    periods
        The period of each incident, aligned; labels that sort by time.
    area_m2
        The searched area, square metres.
    window
        How many periods are taken together, from 1: the period and those before it, fewer at the
        start. A place with three incidents a month needs a quarter to show.
    unobserved
        Periods that are no evidence; left out before windows are made.
    alpha
        The chance below which a count is high or low, in each place and period by itself.

    Returns
    -------
    PlaceHistories
        Counts, expected counts, hot and cold, intensity; one row a place, one column an observed
        period.

    Raises
    ------
    ParameterError
        A column is absent, the periods have another index, or a value is out of range.

    Notes
    -----
    The places are known to be hot at some time, so being hot by this test is no evidence that
    there is a hotspot; it tells when. With fewer than three expected nothing can be cold.

    Examples
    --------
    >>> places = gpd.GeoSeries({"Quay": shapely.box(0, 0, 10, 10)})
    >>> at = pd.DataFrame({"easting": [5.0] * 4 + [50.0, 60.0], "northing": 5.0})
    >>> told = measure_histories(places, at, pd.Series(["jan"] * 4 + ["feb"] * 2), area_m2=2000)
    >>> told.hot.loc["Quay"].to_dict()
    {'feb': False, 'jan': True}
    """
    if window < 1 or not area_m2 > 0:
        raise ParameterError(
            f"`window` must be at least 1 and `area_m2` above 0, found {window!r}, {area_m2!r}."
        )
    check_share("alpha", alpha)
    told = periods.where(~periods.isin(list(unobserved)))
    single = count_in_places(places, incidents, told)
    placed = told[incidents["easting"].notna().to_numpy()]
    totals = placed.value_counts().reindex(single.columns).to_numpy(np.float64)
    share = shapely.area(places.array)[:, None] / area_m2
    even = pd.DataFrame(share * totals, index=single.index, columns=single.columns)
    counts, expected = _rolled(single, window), _rolled(even, window)
    # So many or more by chance, and so few or fewer.
    high, low = gammainc(counts.clip(lower=1), expected), pdtr(counts, expected)
    hot, cold = (high < alpha) & (counts > 0), low < alpha
    intensity = 2 * (single.pow(0.5) - even.pow(0.5))
    return PlaceHistories(counts, expected, hot, cold, intensity, window, alpha)


def _rolled(table: pd.DataFrame, window: int) -> pd.DataFrame:
    """Return each period together with those before it, as far as there are any."""
    return table.T.rolling(window, min_periods=1).sum().T


def count_in_places(
    places: gpd.GeoSeries, incidents: pd.DataFrame, periods: pd.Series
) -> pd.DataFrame:
    """Count incidents on the ground of each place in each period.

    Parameters
    ----------
    places
        Polygons by name, EPSG:27700; they may overlap, and then an incident counts in both.
    incidents
        ``easting`` and ``northing``; those without a position count nowhere.
    periods
        The period of each incident, aligned; missing where it has none. Every period that occurs
        becomes a column.

    Returns
    -------
    pandas.DataFrame
        One row a place in the order given, one column a period, sorted. For controls, turn it:
        ``.T``.

    Raises
    ------
    ParameterError
        A column is absent, or the periods have another index.

    Examples
    --------
    >>> places = gpd.GeoSeries({"Quay": shapely.box(0, 0, 10, 10)})
    >>> at = pd.DataFrame({"easting": [5.0, 6.0, 50.0], "northing": 5.0})
    >>> count_in_places(places, at, pd.Series(["jan", "feb", "feb"])).to_dict("records")
    [{'feb': 1, 'jan': 1}]
    """
    check_incidents(incidents, ("easting", "northing"))
    if not periods.index.equals(incidents.index):
        raise ParameterError("`periods` must have the index of `incidents`, one for each.")
    usable = (incidents["easting"].notna() & periods.notna()).to_numpy()
    rows = incidents[usable]
    points = shapely.points(rows["easting"].to_numpy(), rows["northing"].to_numpy())
    columns = sorted(periods.dropna().unique())
    code = pd.Categorical(periods[usable], categories=columns).codes
    place, point = shapely.STRtree(points).query(places.values, predicate="intersects")
    table = np.zeros((len(places), len(columns)), dtype=np.int64)
    np.add.at(table, (place, code[point]), 1)
    return pd.DataFrame(table, index=places.index, columns=columns)
