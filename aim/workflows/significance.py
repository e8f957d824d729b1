"""Whether hotspots are more than chance: tested when asked, and kept with the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from aim.analysis import Null, Significance, assess_significance
from aim.errors import NotFoundError, ParameterError
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotRun
from aim.model.people import Reach
from aim.model.records import SavedRun
from aim.store import Store
from aim.workflows.chance_words import FACT
from aim.workflows.grounds import find_ground
from aim.workflows.searching import taking_part
from aim.workflows.stability_words import FACT as STABILITY

PEOPLE = ("population", "households")
_METRES = ["easting", "northing"]


@dataclass(frozen=True, slots=True)
class SignificanceTest:
    """A test of every hotspot of a run against chance; a judge of ``find_hotspots``.

    Attributes
    ----------
    null
        ``uniform``, ``at-risk`` or ``labels``; see ``aim.analysis.assess_significance``.
    runs, seed, progress, early_stop
        As there.

    Examples
    --------
    >>> SignificanceTest("labels").runs
    999
    """

    null: str
    runs: int = 999
    seed: int = 0
    progress: Callable[[float], None] | None = None
    early_stop: int | None = None

    def __call__(
        self, store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun
    ) -> HotspotRun:
        """Return the run with what the test found.

        Raises
        ------
        ParameterError
            The null is unknown, or random labels were asked for and no type.
        NotFoundError
            No loaded boundary set has head counts, and they were asked for.
        """
        area, told = _area(store, reach, wanted, run, self.null)
        everything = None
        if self.null == Null.LABELS:
            everything = taking_part(store, reach, _all_types(wanted), run.parameters)[0]
        found = assess_significance(
            run,
            area,
            null=self.null,
            people=next((name for name in PEOPLE if name in area), PEOPLE[0]),
            everything=everything,
            runs=self.runs,
            rng=self.seed,
            early_stop=self.early_stop,
            progress=self.progress,
            data_version=store.data_version(),
        )
        return _with_test(run, found, told)


def _all_types(wanted: IncidentFilter) -> IncidentFilter:
    if not wanted.types:
        raise ParameterError(
            "The test `labels` sets some types beside all others; name at least one `type`,"
            " or test against `uniform` or `at-risk`."
        )
    return replace(wanted, types=())


def _area(
    store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun, null: str
) -> tuple[gpd.GeoDataFrame, str]:
    """Return the areas chance may use, cut to the ground searched, and what they are called."""
    wards = store.wards(reach, ward_set=wanted.ward_set)
    if wanted.wards:
        wards = wards[wards["ward_code"].isin(wanted.wards)]
    if wanted.include_outside or not len(wards):
        wards, told = _reach_of_incidents(store, reach, wanted, run), "the reach of the incidents"
    else:
        told = "the wards searched"
    if wanted.area is not None:
        shape = find_ground(store, reach, str(wanted.area)).shape
        wards, told = _cut(wards, shape), f"{told} within {wanted.area}"
    if null != Null.AT_RISK:
        return wards, told
    peopled, name = _peopled(store, reach)
    return _cut(peopled, shapely.union_all(wards.geometry.to_numpy())), f"{told}, people by {name}"


def _reach_of_incidents(
    store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun
) -> gpd.GeoDataFrame:
    incidents = taking_part(store, reach, wanted, run.parameters)[0]
    hull = shapely.MultiPoint(incidents[_METRES].to_numpy(np.float64)).convex_hull
    shape = shapely.buffer(hull, run.parameters.eps_m)
    return gpd.GeoDataFrame({"ward_code": ["all"]}, geometry=[shape], crs=run.hotspots.crs)


def _peopled(store: Store, reach: Reach) -> tuple[gpd.GeoDataFrame, str]:
    """Return the areas of the finest set that has head counts, with them."""
    for one in sorted(store.ward_sets(reach), key=lambda kept: (-kept.areas, kept.name)):
        counts = store.population(reach, ward_set=one.name)
        if len(counts) and set(PEOPLE) & set(counts.columns):
            areas = store.wards(reach, ward_set=one.name)
            merged = areas.merge(counts, on="ward_code", how="inner")
            return gpd.GeoDataFrame(merged, geometry="geometry", crs=areas.crs), one.name
    raise NotFoundError(
        "The test `at-risk` needs head counts by area, and no loaded set has any; load one:"
        " aim wards load, then aim wards population."
    )


def _cut(areas: gpd.GeoDataFrame, shape: shapely.Geometry) -> gpd.GeoDataFrame:
    """Cut areas to a shape; people are taken to live evenly within each."""
    whole = areas.geometry.to_numpy()
    # A shared edge alone is no area.
    inside = np.array([_polygons(one) for one in shapely.intersection(whole, shape)], dtype=object)
    share = shapely.area(inside) / shapely.area(whole)
    people = {name: areas[name] * share for name in PEOPLE if name in areas}
    cut: gpd.GeoDataFrame = areas.assign(**people).set_geometry(inside, crs=areas.crs)
    return cut[share > 0]


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004 - areas


def _with_test(run: HotspotRun, found: Significance, told: str) -> HotspotRun:
    by_rank = {
        str(one["rank"]): {name: one[name] for name in ("incidents", "expected", "p", "chance")}
        for one in found.hotspots.to_dict("records")
    }
    fact = {
        "null": found.null.value,
        "area": told,
        "runs": found.runs,
        "done": len(found.largest),
        "early_stop": found.early_stop,
        "seed": found.seed,
        "incidents": found.incidents,
        "data_version": found.data_version,
        "warnings": list(found.warnings),
        "largest": found.table().to_numpy().tolist(),
        "by_rank": by_rank,
    }
    columns = {
        "chance": found.hotspots["chance"].to_numpy(),
        "chance_p": found.hotspots["p"].to_numpy(),
        "chance_expected": found.hotspots["expected"].to_numpy(),
    }
    return replace(run, hotspots=run.hotspots.assign(**columns), facts=run.facts | {FACT: fact})


def with_kept_test(store: Store, reach: Reach, run: HotspotRun) -> HotspotRun:
    """Add what a saved run's test found, where that run asked the same and found the same.

    Nothing is simulated here: a page shows what was kept.
    """
    for fact in (FACT, STABILITY):
        heads = [] if fact in run.facts else store.runs(reach)[::-1]
        alike = (head.facts[fact] for head in heads if _asks_the_same(head, run, fact))
        kept = next((one for one in alike if _holds(one, run)), None)
        run = run if kept is None else replace(run, facts=run.facts | {fact: kept})
    return run


def _asks_the_same(head: SavedRun, run: HotspotRun, fact: str) -> bool:
    alike = (head.facts.get(name) == run.facts.get(name) for name in ("filter", "data_version"))
    return fact in head.facts and head.parameters == run.parameters.as_dict() and all(alike)


def _holds(kept: Mapping[str, Any], run: HotspotRun) -> bool:
    """Tell whether a test was of these hotspots; a ward's page lists some of them."""
    found = zip(run.hotspots["rank"], run.hotspots["incidents"], strict=True)
    tested = {rank: one["incidents"] for rank, one in kept["by_rank"].items()}
    return all(tested.get(str(rank)) == incidents for rank, incidents in found)
