"""Is a hotspot more than chance? The whole search run again on maps that chance drew.

Some place is always the busiest, also where incidents fall at random. A place that was found
because it was busy must therefore be set beside the busiest place of each map that chance draws,
searched in the same way, and not beside what chance would put on its own ground: that is the
fixed-zone fallacy, and ``aim.analysis.fixed_zone`` is for zones drawn beforehand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.analysis._clusters import Cluster, Search, split_wide
from aim.analysis._largest import (
    Bools,
    choose_label,
    label_maps,
    lay_ground,
    maps_together,
)
from aim.analysis._located import check_wards, locate
from aim.analysis._null import Bounds, Draw, bounds_of, draw_among, draw_on, surface_of
from aim.analysis._random import Randomness, read_rng
from aim.analysis.hotspots import SNAPPED
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters, HotspotRun

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Progress = Callable[[float], None]

SIGNIFICANCE_COLUMNS = ("rank", "incidents", "expected", "p", "chance")
_VERY_UNLIKELY, _UNLIKELY = 0.01, 0.05
_METRES = ["easting", "northing"]
# A hair narrow: where rounding could decide, the search itself does.
_NARROW = 1 - 1e-9
# With more of all incidents of the type tested, a draw of labels is nearly the same map again.
_MOST_OF_ALL = 0.5
GROUND_WAS_CHOSEN = (
    "The expected number is for this ground alone. The ground was chosen because it was busy, and"
    " some place always is: p compares it with the busiest place of each map that chance drew."
)
BUSY_BY_CHANCE = (
    "Numbers alone are compared, wherever they are: where chance makes one place very busy, a"
    " smaller hotspot elsewhere is not told from it, even far above what is expected there."
)


class Null(StrEnum):
    """What chance is supposed to be."""

    UNIFORM = "uniform"
    AT_RISK = "at-risk"
    LABELS = "labels"


class Chance(StrEnum):
    """How likely chance alone would make so busy a place, in the words people read."""

    VERY_UNLIKELY = "very unlikely by chance"
    UNLIKELY = "unlikely by chance"
    COULD_BE = "could be chance"
    SNAPPED = "cannot be told from snapped positions"


@dataclass(frozen=True, slots=True)
class Significance:
    """Hotspots beside what chance alone brings.

    Attributes
    ----------
    hotspots
        ``SIGNIFICANCE_COLUMNS``, one row a hotspot by rank: its incidents, how many chance would
        put on its ground, the chance that any place of a map reaches its number (familywise: for
        all hotspots together), and the word for it.
    largest
        The incidents of the largest hotspot of each run, in the order run.
    null
        What chance was supposed to be.
    parameters, min_samples
        How was searched, each time.
    incidents
        Points of every run.
    runs
        Runs asked for; ``len(largest)`` were done.
    early_stop
        After how often reaching the largest hotspot the runs stop; None for never.
    seed
        What the maps were drawn with; None where a generator was handed in.
    data_version
        Of the data tested, as handed in.
    warnings
        What to know before reading them.
    """

    hotspots: pd.DataFrame
    largest: Ints
    null: Null
    parameters: HotspotParameters
    min_samples: int
    incidents: int
    runs: int
    early_stop: int | None
    seed: int | None
    data_version: int | None
    warnings: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Return how many runs had a largest hotspot of each size: ``incidents``, ``runs``."""
        sizes, counts = np.unique(self.largest, return_counts=True)
        return pd.DataFrame({"incidents": sizes, "runs": counts})


def assess_significance(
    found: HotspotRun | gpd.GeoDataFrame,
    area: gpd.GeoDataFrame,
    *,
    null: str = Null.UNIFORM,
    people: str = "population",
    everything: pd.DataFrame | None = None,
    runs: int = 999,
    rng: Randomness = None,
    early_stop: int | None = None,
    progress: Progress | None = None,
    engine: str = "auto",
    data_version: int | None = None,
) -> Significance:
    """Say of each hotspot how likely chance alone would make a place so busy.

    Chance draws as many incidents as took part; they are searched with the same distance, number,
    splitting and rule of distinct places; the largest hotspot is kept; and so on, run after run.

    Parameters
    ----------
    found
        A run of ``cluster_hotspots``, or what ``find_hotspots`` gave.
    area
        Polygons in EPSG:27700 with ``ward_code``: together the ground incidents could lie on.
    null
        ``uniform``: anywhere in the area alike. ``at-risk``: as people are spread over the areas.
        ``labels``: among the incidents of all types, as if the type were dealt out at random.
    people
        The column of ``area`` with population or households, for ``at-risk``.
    everything
        Incidents of all types, those tested too, for ``labels``; positions as ``locate`` takes
        them.
    runs
        How many maps chance draws.
    rng
        A generator or a seed; by default a fixed seed, so that a rerun agrees.
    early_stop
        Stop once the largest hotspot was reached so often (10 or 20 is usual); p is then this
        number over the runs it took.
    progress
        Called with the share of the runs that is done.
    engine
        ``auto``, ``numpy`` or ``numba`` (a compiled kernel, needs the ``fast`` extra); the answer
        is the same.
    data_version
        Kept with the result.

    Returns
    -------
    Significance
        No hotspot, no row; the runs are then not made.

    Raises
    ------
    ParameterError
        A value cannot be used, or what the null needs is missing.
    CrsError
        The areas are in another reference system.

    Notes
    -----
    p = (1 + runs with a largest hotspot of at least so many) / (runs + 1), after Barnard (1963),
    Journal of the Royal Statistical Society B 25: 294; early stopping after Besag and Clifford
    (1991), "Sequential Monte Carlo p-values", Biometrika 78: 301-304. Random labels after Kelsall
    and Diggle (1995), Statistics in Medicine 14: 2335-2342. A uniform null is refuted by any town:
    people live in streets. Under it every snapped point is a hotspot, so nothing is said of snapped
    positions but under ``labels``. Without splitting a run costs about a tenth of scikit-learn's.

    Examples
    --------
    >>> from aim.analysis.hotspots import cluster_hotspots
    >>> place = np.arange(20)
    >>> busy = pd.DataFrame({"easting": place % 5 * 9.0, "northing": place // 5 * 9.0})
    >>> town = gpd.GeoDataFrame(
    ...     {"ward_code": ["E05099001"]}, geometry=[shapely.box(0, 0, 5000, 5000)], crs="EPSG:27700"
    ... )
    >>> run = cluster_hotspots(busy, HotspotParameters(eps_m=50, min_samples=5))
    >>> assessed = assess_significance(run, town, runs=99)
    >>> assessed.hotspots[["incidents", "p", "chance"]].values.tolist()
    [[20, 0.01, 'very unlikely by chance']]
    """
    search = _read_search(found)
    _check_runs(runs, early_stop)
    chosen = _read_null(null)
    generator, seed = read_rng(rng)
    where = _Where(check_wards(area), people, everything)
    draw, bounds, shares = _TABLES[chosen](where, search)
    largest = np.empty(0, np.int64)
    if len(search.counts):
        simulated = _Simulation(search, draw, bounds, engine)
        largest = _run(simulated, generator, runs, early_stop, progress)
    snapped = search.snapped_share > SNAPPED and chosen is not Null.LABELS
    p = familywise_p(search.counts, largest, early_stop)
    hotspots = pd.DataFrame(
        {
            "rank": search.ranks,
            "incidents": search.counts,
            "expected": shares * search.points,
            "p": p,
            "chance": pd.Series([say_chance(one, snapped=snapped).value for one in p], dtype="str"),
        }
    )
    return Significance(
        hotspots=hotspots,
        largest=largest,
        null=chosen,
        parameters=search.parameters,
        min_samples=search.min_samples,
        incidents=search.points,
        runs=runs,
        early_stop=early_stop,
        seed=seed,
        data_version=data_version,
        warnings=_warn(search, where, chosen, largest, snapped=snapped),
    )


@dataclass(frozen=True, slots=True)
class _Searched:
    """What is asked of a finished search."""

    parameters: HotspotParameters
    min_samples: int
    least_places: int
    points: int
    snapped_share: float
    ranks: Ints
    counts: Ints
    shapes: gpd.GeoSeries


def _read_search(found: HotspotRun | gpd.GeoDataFrame) -> _Searched:
    if isinstance(found, HotspotRun):
        hotspots, facts = found.hotspots, found.facts
        parameters, number = found.parameters, found.min_samples
    elif {"parameters", "min_samples", "facts"} <= set(found.attrs):
        hotspots, facts = found, found.attrs["facts"]
        parameters = HotspotParameters(**found.attrs["parameters"])
        number = found.attrs["min_samples"]
    else:
        raise ParameterError(
            "`found` must say how it was found, found a frame without `attrs`; give what"
            " aim.find_hotspots returned, unchanged."
        )
    return _Searched(
        parameters,
        number,
        int(facts["least_places"]),
        int(facts["taking_part"]),
        float(facts["snapped_share"]),
        hotspots["rank"].to_numpy(np.int64),
        hotspots["incidents"].to_numpy(np.int64),
        hotspots.geometry,
    )


def _check_runs(runs: int, early_stop: int | None) -> None:
    if runs != int(runs) or runs < 1:
        raise ParameterError(f"`runs` must be a whole number from 1, found {runs!r}; 999 is usual.")
    if early_stop is not None and (early_stop != int(early_stop) or early_stop < 1):
        raise ParameterError(
            f"`early_stop` must be a whole number from 1, or None; found {early_stop!r}."
        )


def _read_null(null: str) -> Null:
    try:
        return Null(null)
    except ValueError as error:
        raise ParameterError(f"`null` must be one of {', '.join(Null)}; found {null!r}.") from error


@dataclass(frozen=True, slots=True)
class _Where:
    """Where chance may put incidents."""

    areas: gpd.GeoDataFrame
    people: str
    everything: pd.DataFrame | None

    @property
    def ground(self) -> shapely.Geometry:
        if not len(self.areas):
            raise ParameterError("`area` holds no polygon; give the wards incidents could lie in.")
        return shapely.union_all(self.areas.geometry.to_numpy())


_Drawn = tuple[Draw, Bounds, Floats]


def _uniform(where: _Where, search: _Searched) -> _Drawn:
    ground = where.ground
    surface = surface_of([ground], np.ones(1))
    inside = shapely.area(shapely.intersection(search.shapes.to_numpy(), ground))
    return draw_on(surface, search.points), surface.bounds, inside / ground.area


def _at_risk(where: _Where, search: _Searched) -> _Drawn:
    areas = where.areas
    if where.people not in areas:
        raise ParameterError(
            f"`at-risk` needs a column {where.people!r} with the people or households of each area;"
            f" found {', '.join(map(str, areas.columns))}."
        )
    people = areas[where.people].to_numpy(np.float64)
    if not (np.isfinite(people) & (people >= 0)).all() or not people.sum():
        raise ParameterError(
            f"The column {where.people!r} must hold numbers from 0, not all 0;"
            f" found {people[:5].tolist()} and so on."
        )
    shapes = areas.geometry.to_numpy()
    surface = surface_of(list(shapes), people)
    density = people / people.sum() / shapely.area(shapes)
    grounds = search.shapes.to_numpy()[:, None]
    overlap = shapely.area(shapely.intersection(grounds, shapes[None, :]))
    return draw_on(surface, search.points), surface.bounds, overlap @ density


def _labels(where: _Where, search: _Searched) -> _Drawn:
    if where.everything is None:
        raise ParameterError("`labels` needs `everything`, the incidents of all types.")
    pool = locate(where.everything).dropna(subset=_METRES)[_METRES].to_numpy(np.float64)
    draw = draw_among(pool, search.points)
    within = [shapely.intersects_xy(shape, pool).mean() for shape in search.shapes]
    return draw, bounds_of(pool), np.array(within, np.float64)


_TABLES: Mapping[Null, Callable[[_Where, _Searched], _Drawn]] = {
    Null.UNIFORM: _uniform,
    Null.AT_RISK: _at_risk,
    Null.LABELS: _labels,
}


@dataclass(frozen=True, slots=True)
class _Simulation:
    """How a run is drawn and searched."""

    search: _Searched
    draw: Draw
    bounds: Bounds
    engine: str


def _run(
    simulation: _Simulation,
    rng: np.random.Generator,
    runs: int,
    early_stop: int | None,
    progress: Progress | None,
) -> Ints:
    """Return the largest hotspot of each run, until there are enough."""
    search = simulation.search
    eps_m, most = search.parameters.eps_m, search.counts.max()
    ground = lay_ground(simulation.bounds, eps_m, search.points)
    label = choose_label(simulation.engine, runs * search.points)
    together = maps_together(ground, search.points)
    largest = np.empty(runs, np.int64)
    for begin in range(0, runs, together):
        end = min(begin + together, runs)
        maps = simulation.draw(end - begin, rng)
        labels, core = label_maps(maps, ground, eps_m, search.min_samples, label)
        largest[begin:end] = largest_of(maps, labels, core, search)
        if progress is not None:
            progress(end / runs)
        if early_stop is not None:
            reached = np.flatnonzero(largest[:end] >= most)
            if len(reached) >= early_stop:
                return largest[: reached[early_stop - 1] + 1]
    return largest


def largest_of(maps: Floats, labels: Ints, core: Bools, search: _Searched) -> Ints:
    """Return the incidents of the largest hotspot of each map, 0 where there is none.

    Parameters
    ----------
    maps
        Shape (maps, points, 2), metres.
    labels, core
        From ``label_maps``.
    search
        How wide hotspots are split, and how many distinct places they need.
    """
    largest = np.zeros(len(maps), np.int64)
    members = np.flatnonzero(labels >= 0)
    sizes = np.bincount(labels[members])
    of_map = np.empty(len(sizes), np.int64)
    of_map[labels[members]] = members // maps.shape[1]
    if not search.parameters.split:
        np.maximum.at(largest, of_map, sizes)
        return largest
    members = members[np.argsort(labels[members], kind="stable")]
    begins = np.cumsum(sizes) - sizes
    places = maps.reshape(-1, 2)
    whole = _stays_whole(places[members], begins, sizes, search)
    np.maximum.at(largest, of_map[whole], sizes[whole])
    # From the largest down: a cluster no larger than what is kept already cannot change it.
    for cluster in np.argsort(-sizes, kind="stable"):
        here = of_map[cluster]
        if not whole[cluster] and sizes[cluster] > largest[here]:
            rows = members[begins[cluster] : begins[cluster] + sizes[cluster]]
            largest[here] = max(largest[here], _largest_part(places[rows], core[rows], search))
    return largest


def _stays_whole(places: Floats, begins: Ints, sizes: Ints, search: _Searched) -> Bools:
    """Say of which clusters it is plain that they are neither split nor left out.

    Parameters
    ----------
    places
        Metres, cluster after cluster.
    begins, sizes
        Where each cluster begins, and how many it has.
    """
    if search.least_places > 1 or not len(sizes):
        return np.zeros(len(sizes), np.bool_)
    centres = np.add.reduceat(places, begins) / sizes[:, None]
    gap = places - np.repeat(centres, sizes, axis=0)
    radius = np.sqrt(np.maximum.reduceat((gap * gap).sum(axis=1), begins))
    plain: Bools = radius <= search.parameters.largest_radius_m * _NARROW
    return plain


def _largest_part(places: Floats, core: Bools, search: _Searched) -> int:
    """Split one cluster as the search does, and return what is left at its largest."""
    order = np.lexsort((places[:, 1], places[:, 0]))
    parameters = search.parameters
    whole = Cluster(np.arange(len(order)), core[order], parameters.eps_m)
    asked = Search(
        places[order], search.min_samples, parameters.largest_radius_m, search.least_places
    )
    kept, _, _ = split_wide(asked, [whole])
    return max((len(one.rows) for one in kept), default=0)


def familywise_p(
    counts: Ints,
    largest: Ints,
    early_stop: int | None = None,
    ties: np.random.Generator | None = None,
) -> Floats:
    """Return the chance that the largest hotspot of a map reaches each count.

    Parameters
    ----------
    counts
        Incidents of each hotspot.
    largest
        Incidents of the largest hotspot of each run, in order.
    early_stop
        Take a count's p at the run that reached it so often, if there is one.
    ties
        Breaks ties at random, to see that the test rejects as often as it says; by default ties
        speak for chance, so that it never rejects more often.

    Examples
    --------
    >>> familywise_p(np.array([9, 5]), np.array([3, 5, 4, 5])).tolist()
    [0.2, 0.6]
    """
    reached = largest[None, :] >= counts[:, None]
    times = reached.sum(axis=1)
    if ties is not None:
        above = (largest[None, :] > counts[:, None]).sum(axis=1)
        times = above + ties.integers(0, times - above + 1)
    p: Floats = (1 + times) / (len(largest) + 1)
    if early_stop is not None and len(largest):
        stop = np.argmax(reached.cumsum(axis=1) == early_stop, axis=1) + 1
        p = np.where(times >= early_stop, early_stop / stop, p)
    return p


def say_chance(p: float, *, snapped: bool = False) -> Chance:
    """Return the word for a p value.

    Parameters
    ----------
    p
        Familywise.
    snapped
        Whether positions are snapped in a way the null does not know of.

    Examples
    --------
    >>> say_chance(0.004).value, say_chance(0.2).value
    ('very unlikely by chance', 'could be chance')
    """
    if snapped:
        return Chance.SNAPPED
    if p <= _VERY_UNLIKELY:
        return Chance.VERY_UNLIKELY
    return Chance.UNLIKELY if p <= _UNLIKELY else Chance.COULD_BE


def _warn(
    search: _Searched, where: _Where, null: Null, largest: Ints, *, snapped: bool
) -> tuple[str, ...]:
    pool = 0 if where.everything is None else len(where.everything)
    sentences = {
        GROUND_WAS_CHOSEN: len(search.counts) > 0,
        f"{search.snapped_share:.0%} of the positions are snapped: chance puts every incident at a"
        " place of its own, so any snapped point looks like a hotspot. Test with `labels`, which"
        " deals the type out among the same points.": snapped,
        "Nobody's town is even: places where many people are stand out from a uniform null"
        " without any trouble of their own.": null is Null.UNIFORM,
        f"More than half of all incidents ({search.points:,} of {pool:,}) are of the type tested:"
        " dealt out at random it lies much where it lies now, so little can be shown.": (
            null is Null.LABELS and search.points > _MOST_OF_ALL * pool
        ),
        BUSY_BY_CHANCE: null is not Null.UNIFORM and len(search.counts) > 1,
        f"With {len(largest)} runs no p can be below {1 / (len(largest) + 1):.2g}.": (
            len(search.counts) > 0 and (len(largest) + 1) * _VERY_UNLIKELY < 1
        ),
    }
    return tuple(sentence for sentence, holds in sentences.items() if holds)
