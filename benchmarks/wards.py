"""Invented wards: cells of a Voronoi diagram with crooked boundaries that neighbours share."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import Voronoi

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]


def make_wards(count: int, box: Box, vertices: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Cut a box into wards of about as many vertices each, in EPSG:27700.

    Parameters
    ----------
    count
        How many wards.
    box
        West, south, east, north in metres.
    vertices
        About how many vertices a ward's boundary has.
    """
    diagram = _even_cells(count, box, rng)
    typical = np.sqrt((box[2] - box[0]) * (box[3] - box[1]) / count) * 0.62
    lines = []
    for (first, last), (one, other) in zip(
        diagram.ridge_vertices, diagram.ridge_points, strict=True
    ):
        if first < 0 or min(one, other) >= count:
            continue
        start, end = diagram.vertices[first], diagram.vertices[last]
        steps = max(2, int(vertices / 6 * np.hypot(*(end - start)) / typical))
        crooked = max(one, other) < count
        lines.append(shapely.LineString(_boundary(start, end, steps, rng if crooked else None)))
    polygons = shapely.get_parts(shapely.polygonize(lines))
    polygons = polygons[shapely.is_valid(polygons) & (shapely.area(polygons) > 1)]
    codes = [f"E05099{number:03}" for number in range(len(polygons))]
    return gpd.GeoDataFrame({"ward_code": codes}, geometry=polygons, crs="EPSG:27700")


def _even_cells(count: int, box: Box, rng: np.random.Generator) -> Voronoi:
    centres = rng.uniform(box[:2], box[2:], (count, 2))
    for _ in range(2):
        diagram = Voronoi(_with_mirrors(centres, box))
        regions = [diagram.regions[region] for region in diagram.point_region[:count]]
        centres = np.array([diagram.vertices[region].mean(axis=0) for region in regions])
    return Voronoi(_with_mirrors(centres, box))


def _with_mirrors(centres: Floats, box: Box) -> Floats:
    """Mirror the centres at each side, so that cells end at the box."""
    west, south, east, north = box
    x, y = centres.T
    mirrored = [(2 * west - x, y), (2 * east - x, y), (x, 2 * south - y), (x, 2 * north - y)]
    return np.concatenate([centres, *(np.column_stack(pair) for pair in mirrored)])


def _boundary(start: Floats, end: Floats, steps: int, rng: np.random.Generator | None) -> Floats:
    """Draw a line of so many steps, crooked at every scale where there is an ``rng``."""
    along = np.linspace(0, 1, steps + 1)
    away = np.zeros(steps + 1)
    waves = 1
    while rng and waves < steps:
        knots = np.r_[0, rng.normal(0, 0.05 / waves**0.8, waves), 0]
        away += np.interp(along, np.linspace(0, 1, waves + 2), knots)
        waves *= 2
    away *= np.minimum(1, 4 * np.minimum(along, 1 - along))
    direction = end - start
    sideways = np.array([-direction[1], direction[0]])
    line = start + along[:, None] * direction + away[:, None] * sideways
    line[0], line[-1] = start, end
    return line
