"""Ground that maps choose: an area cut into cells, choices of equal size, and snapped positions.

A snapped position is no place: the sender moved the incident to the nearest of its map points. So
it happened somewhere in the ground that is nearer to that point than to any other, and a map that
covers a metre around the point has not covered the incident.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.analysis._numbers import Floats
from aim.analysis.hotspots import cluster_hotspots
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import PlacePrecision
from aim.model.times import local_months

Ints = npt.NDArray[np.int64]
Polygons = npt.NDArray[np.object_]
METRES = ["easting", "northing"]


@dataclass(frozen=True, slots=True)
class Ground:
    """The area judged, cut into square cells, clipped to it."""

    area: shapely.Geometry
    centres: Floats
    sizes: Floats
    cells: Polygons
    corner: tuple[float, float]
    shape: tuple[int, int]  # rows, columns of the whole raster
    cell_m: float
    place: Ints  # which cell each square of the raster is; -1 outside

    def count(self, xy_m: Floats) -> Floats:
        """Return how many places lie in each cell."""
        steps = np.floor((xy_m - self.corner) / self.cell_m).astype(np.int64)
        rows, columns = self.shape
        # The far edges belong to the last cells.
        column, row = np.clip(steps[:, 0], 0, columns - 1), np.clip(steps[:, 1], 0, rows - 1)
        cells = self.place[row * columns + column]
        return np.bincount(cells[cells >= 0], minlength=len(self.sizes)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Choice:
    """The ground a map chose: how much, which, and how many places lie on it.

    Attributes
    ----------
    shapes, parts
        Polygons, and the share of each that was taken: of a last cell only what fitted.
    """

    area_m2: float
    count: Callable[[Floats], float]
    shapes: Polygons
    parts: Floats


def cut_ground(area: shapely.Geometry, cell_m: float) -> Ground:
    """Cut the area into square cells, from the south-west corner of its box on.

    Raises
    ------
    ParameterError
        The area holds no ground.
    """
    west, south, east, north = shapely.bounds(area)
    if not east > west or not north > south:
        raise ParameterError("`area` must be a polygon with some ground, found none.")
    columns, rows = (math.ceil(round(side / cell_m, 9)) for side in (east - west, north - south))
    row, column = np.divmod(np.arange(rows * columns), columns)
    x, y = west + column * cell_m, south + row * cell_m
    cells = shapely.intersection(shapely.box(x, y, x + cell_m, y + cell_m), area)
    sizes = shapely.area(cells)
    inside = np.flatnonzero(sizes > 0)
    place = np.full(rows * columns, -1, dtype=np.int64)
    place[inside] = np.arange(len(inside))
    cells, sizes = cells[inside], sizes[inside]
    centres = shapely.get_coordinates(shapely.centroid(cells))
    return Ground(area, centres, sizes, cells, (west, south), (rows, columns), cell_m, place)


def choose_cells(ground: Ground, heights: Floats, area_m2: float) -> Choice:
    """Take the highest cells, the last one in part, until the area is reached."""
    order = np.argsort(-heights, kind="stable")
    before = np.cumsum(ground.sizes[order]) - ground.sizes[order]
    part = np.zeros(len(order))
    part[order] = np.clip((area_m2 - before) / ground.sizes[order], 0, 1)
    taken = part > 0
    return Choice(
        area_m2, lambda xy_m: float(part @ ground.count(xy_m)), ground.cells[taken], part[taken]
    )


def choose_shapes(
    shapes: Polygons, incidents: Floats, ground: Ground, most_m2: float
) -> Choice | None:
    """Take the densest shapes while they fit; None where none does."""
    clipped = shapely.intersection(shapes, ground.area)
    sizes = shapely.area(clipped)
    with np.errstate(divide="ignore"):
        densest = np.argsort(-incidents / sizes, kind="stable")
    taken, left = [], most_m2
    for one in densest:
        if 0 < sizes[one] <= left:
            taken.append(one)
            left -= sizes[one]
    if not taken:
        return None
    shape = shapely.union_all(clipped[taken])
    shapely.prepare(shape)
    return Choice(
        float(shapely.area(shape)),
        lambda xy_m: float(shapely.intersects_xy(shape, xy_m[:, 0], xy_m[:, 1]).sum()),
        shapely.get_parts(shape),
        np.ones(shapely.get_num_geometries(shape)),
    )


@dataclass(frozen=True, slots=True)
class Catchments:
    """The ground for which each snapped position stands, clipped to the area.

    Attributes
    ----------
    points
        Snapped positions as a two-level index; the number of each is its place in the others.
    polygons, sizes
        The ground nearer to each than to any other, and its square metres.
    """

    points: pd.MultiIndex
    polygons: Polygons
    sizes: Floats

    def hits(self, choice: Choice, incidents: pd.DataFrame) -> float:
        """Return how many incidents lie on the ground chosen, snapped ones spread evenly."""
        snapped = is_snapped(incidents)
        exact = metres_of(incidents[~snapped])
        found = self.points.get_indexer(pd.MultiIndex.from_frame(incidents.loc[snapped, METRES]))
        number = np.bincount(found, minlength=len(self.polygons)).astype(np.float64)
        held = np.flatnonzero(number)
        shape, piece = shapely.STRtree(self.polygons[held]).query(choice.shapes)
        at = held[piece]
        shared = shapely.area(shapely.intersection(self.polygons[at], choice.shapes[shape]))
        return choice.count(exact) + float(
            (number[at] * choice.parts[shape] * shared / self.sizes[at]).sum()
        )


def is_snapped(incidents: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which incidents a sender moved to a map point."""
    if "place_precision" not in incidents:
        return np.zeros(len(incidents), dtype=np.bool_)
    snapped = incidents["place_precision"] == PlacePrecision.SNAPPED
    return snapped.fillna(value=False).to_numpy(np.bool_)


def find_catchments(incidents: pd.DataFrame, area: shapely.Geometry) -> Catchments | None:
    """Give each snapped position inside the area its ground; None where nothing is snapped."""
    places = incidents.loc[is_snapped(incidents), METRES].drop_duplicates()
    if places.empty:
        return None
    places = places.sort_values(METRES)
    points = shapely.points(places.to_numpy(np.float64))
    tiles = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=shapely.envelope(area))
    )
    # A single point has no neighbour and so no tile: all the ground is its own.
    tiles = tiles if len(tiles) else np.array([area])
    point, tile = shapely.STRtree(tiles).query(points, predicate="intersects")
    own = np.empty(len(points), dtype=np.object_)
    own[point] = tiles[tile]
    polygons = shapely.intersection(own, area)
    return Catchments(pd.MultiIndex.from_frame(places), polygons, shapely.area(polygons))


def by_month(
    incidents: pd.DataFrame, area: shapely.Geometry, months: Sequence[str]
) -> list[pd.DataFrame]:
    """Return the incidents of each month that have a place inside the area."""
    placed = incidents.dropna(subset=["occurred_from", *METRES])
    shapely.prepare(area)
    inside = shapely.intersects_xy(area, placed["easting"], placed["northing"])
    placed = placed[inside]
    month = local_months(placed["occurred_from"])
    return [placed[month == one] for one in months]


def choose_hotspots(
    past: pd.DataFrame, ground: Ground, parameters: HotspotParameters, most_m2: float
) -> Choice | None:
    """Take the densest hotspots of past months while they fit; None where none does."""
    found = cluster_hotspots(past, parameters, area_m2=float(shapely.area(ground.area))).hotspots
    counts = found["incidents"].to_numpy(np.float64)
    return choose_shapes(np.asarray(found.geometry.values), counts, ground, most_m2)


def metres_of(incidents: pd.DataFrame) -> Floats:
    """Return the places of incidents, metres, shape (n, 2)."""
    places: Floats = incidents[METRES].to_numpy(np.float64)
    return places
