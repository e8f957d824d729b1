"""Grids of squares and hexagons."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from aim.analysis import (
    cell_centres,
    cell_polygons,
    count_cells,
    grid_neighbours,
    locate_cells,
    make_grid,
)
from aim.errors import CrsError, ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID

TOWN = shapely.Polygon([(0, 0), (1010, 0), (1010, 400), (400, 990), (0, 990)])


@pytest.mark.parametrize("shape", ["square", "hexagon"])
def test_cells_cover_the_area_once_and_all_share_ground_with_it(shape):
    grid = make_grid(TOWN, 100, shape)
    cells = cell_polygons(grid).geometry
    assert shapely.area(TOWN.difference(cells.union_all())) == pytest.approx(0, abs=1e-6)
    assert cells.area.sum() == pytest.approx(cells.union_all().area)
    np.testing.assert_allclose(cells.area, grid.cell_area_m2)
    assert (cells.intersection(TOWN).area > 0).all()
    order = list(zip(grid.rows, grid.columns, strict=True))
    assert order == sorted(order)


def test_squares_begin_at_the_bounds():
    grid = make_grid(shapely.box(20, 30, 520, 280), 250)
    assert cell_polygons(grid).geometry.bounds.to_numpy().tolist() == [
        [20, 30, 270, 280],
        [270, 30, 520, 280],
    ]
    assert grid.cell_area_m2 == 62_500
    assert cell_polygons(grid).crs == BRITISH_NATIONAL_GRID


def test_hexagons_are_as_wide_as_asked_with_a_corner_to_the_north():
    grid = make_grid(shapely.box(0, 0, 500, 500), 200, "hexagon")
    cell = cell_polygons(grid).geometry.iloc[3]
    west, south, east, north = cell.bounds
    assert (east - west, north - south) == pytest.approx((200, 400 / np.sqrt(3)))
    assert cell.area == pytest.approx(np.sqrt(3) / 2 * 200**2)
    sides = np.linalg.norm(np.diff(shapely.get_coordinates(cell), axis=0), axis=1)
    np.testing.assert_allclose(sides, 200 / np.sqrt(3))


@pytest.mark.parametrize("shape", ["square", "hexagon"])
def test_a_point_lies_in_the_cell_that_holds_it(shape):
    grid = make_grid(TOWN, 90, shape)
    points = np.random.default_rng(6).uniform(-50, 1100, (400, 2))
    found = locate_cells(grid, points)
    cells = cell_polygons(grid).geometry.values
    inside = found >= 0
    assert shapely.covers(cells[found[inside]], shapely.points(points[inside])).all()
    outside = shapely.points(points[~inside])
    assert not shapely.intersects(shapely.union_all(cells), outside).any()
    assert inside.sum() > 200
    assert (~inside).sum() > 50


def test_a_shared_edge_belongs_to_the_north_east_and_the_outer_edge_to_the_last_cell():
    grid = make_grid(shapely.box(0, 0, 500, 500), 250)
    points = [(250, 10), (10, 250), (250, 250), (500, 10), (10, 500), (500, 500), (500, 250)]
    assert locate_cells(grid, points).tolist() == [1, 2, 3, 1, 2, 3, 3]
    assert locate_cells(grid, [(500.1, 10), (10, 500.1), (-0.1, 10), (10, -0.1)]).max() == -1


def test_between_two_hexagons_the_west_and_the_south_win():
    grid = make_grid(shapely.box(0, 0, 400, 400), 200, "hexagon")
    centres = cell_centres(grid)
    places = {
        (column, row): place
        for place, (column, row) in enumerate(zip(grid.columns, grid.rows, strict=True))
    }
    midway = (centres[places[0, 0]] + centres[places[1, 0]]) / 2
    assert locate_cells(grid, [midway]).tolist() == [places[0, 0]]
    above = (centres[places[0, 0]] + centres[places[0, 1]]) / 2
    assert locate_cells(grid, [above]).tolist() in ([places[0, 0]], [places[0, 1]])
    assert locate_cells(grid, centres).tolist() == list(range(len(grid)))


def test_points_are_counted_in_their_cells_or_nowhere():
    grid = make_grid(shapely.box(0, 0, 500, 250), 250)
    points = [(10, 10), (20, 20), (400, 10), (900, 10)]
    assert count_cells(grid, points).tolist() == [2, 1]
    assert count_cells(grid, points, weights=[1, 0.5, 4, 100]).tolist() == [1.5, 4]
    assert count_cells(grid, []).tolist() == [0, 0]


@pytest.mark.parametrize(("shape", "most"), [("square", 8), ("hexagon", 6)])
def test_neighbours_are_the_cells_that_touch(shape, most):
    grid = make_grid(TOWN, 120, shape)
    cells = cell_polygons(grid).geometry.values
    touch = np.array([shapely.distance(cell, cells) < 1e-6 for cell in cells])
    found = grid_neighbours(grid).toarray()
    np.testing.assert_array_equal(found, touch)
    others = grid_neighbours(grid, itself=False).toarray()
    np.testing.assert_array_equal(others, touch & ~np.eye(len(grid), dtype=bool))
    assert others.sum(axis=1).max() == most


def test_an_area_may_be_a_frame_in_the_national_grid():
    frame = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 250, 250), shapely.box(250, 0, 500, 250)],
        crs=BRITISH_NATIONAL_GRID,
    )
    assert len(make_grid(frame, 250)) == len(make_grid(frame.geometry, 250)) == 2
    for wrong, found in (("EPSG:4326", "EPSG:4326"), (None, "no reference system")):
        with pytest.raises(CrsError, match=found):
            make_grid(frame.set_crs(wrong, allow_override=True), 250)


@pytest.mark.parametrize(
    ("area", "cell_m", "shape", "message"),
    [
        (TOWN, 0, "square", "`cell_m` must be metres above 0"),
        (TOWN, np.inf, "square", "`cell_m` must be metres above 0"),
        (TOWN, 0.5, "square", "take larger cells"),
        (TOWN, 100, "triangle", "`shape` must be square or hexagon"),
        (shapely.Point(1, 1), 100, "square", "must have an extent"),
        (shapely.Polygon(), 100, "square", "must have an extent"),
    ],
)
def test_what_makes_no_grid_is_refused(area, cell_m, shape, message):
    with pytest.raises(ParameterError, match=message):
        make_grid(area, cell_m, shape)
