"""The ward index answers as plain geometry does, for any wards and any position."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from aim.areas import WardIndex, assign_wards
from aim.areas.index import find_directly

COORDINATES = st.integers(0, 12).map(float)
SCALES = st.sampled_from([1e-3, 0.37, 1.0, 250.0, 40_000.0])
OFFSETS = st.sampled_from([0.0, 1.0, 449_000.0, 1_200_000.3])


@st.composite
def rectangles(draw):
    west, south = draw(COORDINATES), draw(COORDINATES)
    width, height = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    return shapely.box(west, south, west + width, south + height)


@st.composite
def stars(draw):
    radii = draw(st.lists(st.floats(0.05, 6.0), min_size=3, max_size=12))
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    centre = np.array([draw(COORDINATES), draw(COORDINATES)])
    spokes = np.array(radii)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    return shapely.Polygon(centre + spokes)


@st.composite
def slivers(draw):
    west, south = draw(COORDINATES), draw(COORDINATES)
    thickness = draw(st.sampled_from([1e-7, 1e-3, 0.01]))
    return shapely.Polygon(
        [(west, south), (west + 9, south + 5), (west + 9, south + 5 + thickness)]
    )


SHAPES = st.one_of(rectangles(), stars(), slivers())


@st.composite
def wards_with_holes_and_parts(draw):
    shape = shapely.union_all(draw(st.lists(SHAPES, min_size=1, max_size=3)))
    holed = shapely.difference(shape, draw(SHAPES)) if draw(st.booleans()) else shape
    return holed if holed.geom_type in {"Polygon", "MultiPolygon"} and holed.area else shape


@st.composite
def neighbouring_wards(draw):
    """Cut one square by shared edges; neighbours meet at T-junctions with different vertices."""
    cuts = draw(st.lists(st.tuples(COORDINATES, COORDINATES, COORDINATES, COORDINATES), max_size=6))
    lines = [shapely.LineString([(a, b), (c, d)]) for a, b, c, d in cuts if (a, b) != (c, d)]
    square = shapely.box(0, 0, 12, 12)
    cells = list(shapely.polygonize([shapely.union_all([square.exterior, *lines])]).geoms)
    dropped = draw(st.integers(0, len(cells) - 1)) if len(cells) > 1 else None
    return [cell for position, cell in enumerate(cells) if position != dropped]


@st.composite
def ward_sets(draw):
    free = st.lists(wards_with_holes_and_parts(), max_size=5)
    shapes = draw(st.one_of(free, neighbouring_wards()))
    across, up = draw(SCALES), draw(SCALES)
    placed = [
        affinity.affine_transform(shape, [across, 0, 0, up, draw(OFFSETS), draw(OFFSETS)])
        for shape in shapes
    ]
    valid = [shape for shape in placed if shape.is_valid and shape.area > 0]
    codes = [f"E0509900{number}" for number in range(len(valid))]
    return gpd.GeoDataFrame({"ward_code": codes}, geometry=valid, crs="EPSG:27700")


def telling_positions(wards, index, rng):
    """Vertices, points on edges, corners and edges of index cells, and anything around."""
    vertices = shapely.get_coordinates(wards.geometry.to_numpy())
    middles = (vertices[1:] + vertices[:-1]) / 2
    west, south, east, north = wards.total_bounds
    low, size = np.array([west, south]), np.array([east - west, north - south])
    around = low + size * rng.uniform(-0.2, 1.2, (200, 2))
    cell = np.array([index._grid.cell_width, index._grid.cell_height])
    corners = low + cell * rng.integers(-3, [index._grid.columns, index._grid.rows], (100, 2))
    borders = np.where(rng.random((100, 2)) < 0.5, corners, around[:100])
    return np.concatenate([vertices, middles, around, corners, borders])


def plain_answer(wards, positions):
    """Ask each ward on its own, unprepared, the lowest first."""
    polygons = shapely.from_wkb(shapely.to_wkb(wards.geometry.to_numpy()))
    points = shapely.points(positions)
    answer = np.full(len(positions), -1)
    for place in reversed(range(len(polygons))):
        answer[shapely.covers(polygons[place], points)] = place
    return answer


@settings(max_examples=150, deadline=None)
@given(ward_sets(), st.sampled_from([1, 9, 150, 4_000, None]), st.integers(0, 2**32 - 1))
def test_index_answers_as_plain_geometry_does(wards, cells, seed):
    index = WardIndex(wards, cells=cells)
    if wards.empty:
        assert index.positions([1.0], [1.0]).tolist() == [-1]
        return
    positions = telling_positions(wards, index, np.random.default_rng(seed))
    expected = plain_answer(wards, positions)
    np.testing.assert_array_equal(index.positions(*positions.T), expected)
    polygons = wards.geometry.to_numpy()
    np.testing.assert_array_equal(find_directly(polygons, *positions.T), expected)


@settings(max_examples=40, deadline=None)
@given(ward_sets(), st.integers(0, 2**32 - 1))
def test_ward_of_an_incident_does_not_depend_on_the_order_of_wards_or_rows(wards, seed):
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 13, (60, 2)).astype(float)
    incidents = pd.DataFrame(places, columns=["easting", "northing"])
    shuffled_rows = incidents.sample(frac=1, random_state=rng)
    shuffled_wards = wards.sample(frac=1, random_state=rng)
    expected = assign_wards(incidents, wards)
    found = assign_wards(shuffled_rows, WardIndex(shuffled_wards))
    pd.testing.assert_frame_equal(found.sort_index(), expected)


@pytest.mark.parametrize("cells", [1, 50, 5_000])
def test_ward_whose_neighbours_edge_alone_crosses_a_cell_keeps_its_positions(cells):
    # The long ward has no vertex where its neighbours meet, so its own edge is cut elsewhere.
    long_ward = shapely.box(0, 0, 100, 50)
    beside = [shapely.box(left, 50, left + 7, 60) for left in range(0, 98, 7)]
    island = shapely.box(20, 20, 20.5, 20.5)
    wards = gpd.GeoDataFrame(
        {"ward_code": [f"E{number:08}" for number in range(16)]},
        geometry=[*beside, island, long_ward],
        crs="EPSG:27700",
    )
    positions = np.random.default_rng(1).uniform(-2, 102, (4_000, 2))
    found = WardIndex(wards, cells=cells).positions(*positions.T)
    np.testing.assert_array_equal(found, plain_answer(wards, positions))


@pytest.mark.parametrize("cells", [100, 2_500])
def test_ward_under_a_thicket_of_foreign_boundaries_keeps_its_positions(cells):
    # Cells in the thicket have no neighbour free of boundaries, and none of the large ward's own.
    thicket = [shapely.box(x, y, x + 0.5, y + 0.5) for x in range(40, 60) for y in range(40, 60)]
    shapes = [shapely.MultiPolygon(thicket), shapely.box(0, 0, 100, 100)]
    wards = gpd.GeoDataFrame({"ward_code": ["E1", "E2"]}, geometry=shapes, crs="EPSG:27700")
    positions = np.random.default_rng(2).uniform(38, 62, (2_000, 2))
    found = WardIndex(wards, cells=cells).positions(*positions.T)
    np.testing.assert_array_equal(found, plain_answer(wards, positions))
    assert set(found) == {0, 1}
