"""Pieces of ground people name: a rectangle, an area of a set, a saved hotspot."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.errors import NotFoundError
from aim.model.actions import Site
from aim.model.crs import to_grid
from aim.model.filters import AreaCode, Box, IncidentFilter, read_filter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Reach
from aim.store import Store
from aim.workflows.filters import settle_ward
from aim.workflows.hotspots import searched
from aim.workflows.periods import Period, period_of

# A straight line in degrees bends on the grid; corners this close keep it within a metre.
_STEP_DEGREES = 0.01


@dataclass(frozen=True, slots=True)
class Ground:
    """One piece of ground.

    Attributes
    ----------
    name
        What people call it.
    word
        What it is asked for with.
    shape
        Polygon, EPSG:27700.
    found_in
        The period in which a hotspot was found there; None for ground nobody picked.
    """

    name: str
    word: str
    shape: shapely.Geometry
    found_in: Period | None = None


def find_ground(store: Store, reach: Reach, word: str) -> Ground:
    """Return the ground a person named.

    Parameters
    ----------
    word
        As the filter word ``area`` takes it, or a saved hotspot's id.

    Raises
    ------
    NotFoundError
        No saved run holds such a hotspot, or no such set is loaded.
    ParameterError
        The rectangle cannot be read, or the set has no such area.
    """
    if names_ground(word):
        area = read_filter({"area": word}).area
        if isinstance(area, AreaCode):
            return _area_of_set(store, reach, area)
        if area is not None:
            return Ground("The rectangle", str(area), on_grid(area))
    return _saved_hotspot(store, reach, word.strip())


def ground_of_site(store: Store, reach: Reach, site: Site) -> Ground | None:
    """Return the ground of a designated or raised place: its outline, or its wards together.

    Returns
    -------
    Ground or None
        None for a place without either. Nobody picked it by its reports, so ``found_in`` is None;
        a place of wards is compared with the other wards of its set.
    """
    if site.outline:
        return Ground(site.name, "", shapely.from_wkt(site.outline))
    current = next((one.name for one in store.ward_sets(reach) if one.current), "")
    wards = store.wards(reach)
    own = wards[wards["ward_code"].isin(site.wards)]
    if own.empty:
        return None
    codes = "+".join(sorted(own["ward_code"]))
    return Ground(site.name, f"{current}:{codes}", shapely.union_all(own.geometry))


def on_grid(box: Box) -> shapely.Geometry:
    """Return a rectangle in degrees as a polygon, EPSG:27700, its sides bent as they bend there."""
    degrees = shapely.segmentize(
        shapely.box(box.west, box.south, box.east, box.north), _STEP_DEGREES
    )
    return shapely.transform(degrees, lambda xy: np.column_stack(to_grid(xy[:, 0], xy[:, 1])))


def names_ground(word: str) -> bool:
    """Tell whether a word is one of the filter's ``area``, and no hotspot's id.

    Examples
    --------
    >>> names_ground("wards-2026:E05099001"), names_ground("3f0c")
    (True, False)
    """
    return ":" in word or "," in word


def grounds_of_set(store: Store, reach: Reach, ward_set: str) -> list[Ground]:
    """Return the areas of a boundary set."""
    wards = store.wards(reach, ward_set=ward_set)
    return [
        Ground(str(row.ward_name), f"{ward_set}:{row.ward_code}", row.geometry)
        for row in wards.itertuples()
    ]


def found_grounds(
    store: Store, reach: Reach, wanted: IncidentFilter, parameters: HotspotParameters
) -> list[Ground]:
    """Return the hotspots of a search, by rank; the word of each is its place in the list."""
    run = searched(store, reach, wanted, parameters)
    return _of_hotspots(run.hotspots, period_of(wanted))


def _of_hotspots(hotspots: gpd.GeoDataFrame, period: Period | None) -> list[Ground]:
    return [
        Ground(str(name), f"found-{rank}", shape, period)
        for rank, name, shape in zip(
            hotspots["rank"], hotspots["name"], hotspots.geometry, strict=True
        )
    ]


def with_own_names(grounds: Iterable[Ground], taken: str) -> list[Ground]:
    """Return grounds each under a name of its own, none of them ``taken``.

    Examples
    --------
    >>> quay = Ground("Quay", "a:1", shapely.box(0, 0, 1, 1))
    >>> [one.name for one in with_own_names([quay, quay], "Quay")]
    ['Quay (2)', 'Quay (3)']
    """
    seen = {taken: 1}
    named = []
    for one in grounds:
        seen[one.name] = seen.get(one.name, 0) + 1
        told = one.name if seen[one.name] == 1 else f"{one.name} ({seen[one.name]})"
        named.append(replace(one, name=told))
    return named


def are_in(shape: shapely.Geometry, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say of each located row whether it lies in a shape, its edge included."""
    easting, northing = rows["easting"].to_numpy(), rows["northing"].to_numpy()
    west, south, east, north = shapely.bounds(shape)
    # Most rows lie far off: the box around the shape keeps them from the slow question.
    inside: npt.NDArray[np.bool_] = (
        (easting >= west) & (easting <= east) & (northing >= south) & (northing <= north)
    )
    inside[inside] = shapely.intersects_xy(shape, easting[inside], northing[inside])
    return inside


def _area_of_set(store: Store, reach: Reach, area: AreaCode) -> Ground:
    wards = store.wards(reach, ward_set=area.ward_set)
    code = settle_ward(area.code, wards)
    row = wards[wards["ward_code"] == code].iloc[0]
    return Ground(str(row["ward_name"]), f"{area.ward_set}:{code}", row["geometry"])


def _saved_hotspot(store: Store, reach: Reach, hotspot_id: str) -> Ground:
    history = store.hotspot_history(hotspot_id, reach)
    if history.empty:
        raise NotFoundError(
            f"{hotspot_id!r} was asked for; it is no saved hotspot's id (aim hotspots --save), no"
            " area of a set such as wards-2026:E05099001, and no rectangle in degrees."
        )
    run = store.run(str(history["run_id"].iloc[-1]), reach)
    row = run.hotspots[run.hotspots["hotspot_id"] == hotspot_id].iloc[0]
    found_in = period_of(read_filter(run.facts["filter"]))
    return Ground(str(row["name"]), hotspot_id, row["geometry"], found_in)
