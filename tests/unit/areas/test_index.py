import geopandas as gpd
import numpy as np
import pytest
import shapely

from aim.areas import WardIndex
from aim.errors import CrsError


def make_wards(*shapes, codes=None, crs="EPSG:27700"):
    codes = codes or [f"E0509900{number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"ward_code": codes}, geometry=list(shapes), crs=crs)


LEFT, RIGHT = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)


def test_position_gets_the_code_of_its_ward():
    index = WardIndex(make_wards(LEFT, RIGHT))
    assert index.codes([3, 13], [5, 5]).tolist() == ["E05099001", "E05099002"]


def test_position_outside_every_ward_gets_none():
    index = WardIndex(make_wards(LEFT, RIGHT))
    assert index.codes([-0.1, 20.1, 5, 5, 1e300, -1e300], [5, 5, -0.1, 10.1, 5, 5]).tolist() == (
        [None] * 6
    )


@pytest.mark.parametrize("missing", [np.nan, np.inf, -np.inf])
def test_missing_position_gets_none(missing):
    index = WardIndex(make_wards(LEFT, RIGHT))
    assert index.codes([missing, 5], [5, missing]).tolist() == [None, None]


def test_shared_edge_belongs_to_the_lower_code_whatever_the_order():
    edge = ([10, 10, 10], [0, 5, 10])
    assert set(WardIndex(make_wards(LEFT, RIGHT)).codes(*edge)) == {"E05099001"}
    swapped = make_wards(LEFT, RIGHT, codes=["E05099002", "E05099001"])
    assert set(WardIndex(swapped).codes(*edge)) == {"E05099001"}
    assert WardIndex(swapped).codes([5.0], [5.0]).tolist() == ["E05099002"]


def test_corners_and_outer_edges_belong_to_the_ward():
    index = WardIndex(make_wards(LEFT))
    assert set(index.codes([0, 10, 0, 10, 5], [0, 0, 10, 10, 10])) == {"E05099001"}


def test_hole_is_outside_and_its_edge_inside():
    holed = shapely.Polygon(LEFT.exterior, [shapely.box(4, 4, 6, 6).exterior])
    index = WardIndex(make_wards(holed))
    assert index.codes([5, 4, 3], [5, 5, 5]).tolist() == [None, "E05099001", "E05099001"]


def test_ward_inside_the_hole_of_another_is_found():
    hole = shapely.box(4, 4, 6, 6)
    index = WardIndex(make_wards(LEFT.difference(hole), hole))
    assert index.codes([5, 3], [5, 5]).tolist() == ["E05099002", "E05099001"]


def test_parts_of_one_ward_carry_one_code():
    parts = shapely.MultiPolygon([LEFT, shapely.box(100, 100, 101, 101)])
    index = WardIndex(make_wards(parts))
    assert index.codes([5, 100.5, 50], [5, 100.5, 50]).tolist() == ["E05099001", "E05099001", None]


def test_gap_between_wards_is_outside():
    index = WardIndex(make_wards(LEFT, shapely.box(10.001, 0, 20, 10)))
    assert index.codes([10.0005], [5.0]).tolist() == [None]


def test_overlapping_wards_go_to_the_lower_code():
    index = WardIndex(make_wards(shapely.box(2, 2, 4, 4), LEFT))
    assert index.codes([3, 2, 1], [3, 2, 1]).tolist() == ["E05099001", "E05099001", "E05099002"]


def test_empty_set_and_empty_positions_are_answered():
    empty = WardIndex(make_wards())
    assert empty.codes([1.0], [2.0]).tolist() == [None]
    assert WardIndex(make_wards(LEFT)).codes([], []).tolist() == []


def test_ward_without_a_polygon_holds_nothing():
    index = WardIndex(make_wards(None, shapely.Polygon(), LEFT))
    assert index.codes([5.0], [5.0]).tolist() == ["E05099003"]
    assert index.ward_codes.tolist() == ["E05099003"]


@pytest.mark.parametrize("crs", ["EPSG:4326", None])
def test_wards_in_another_reference_system_are_refused(crs):
    with pytest.raises(CrsError, match=r"EPSG:27700.*found (EPSG:4326|no reference).*read_wards"):
        WardIndex(make_wards(LEFT, crs=crs))


@pytest.mark.parametrize("count", [65_535, 65_536, 65_537, 131_073])
def test_many_positions_are_answered_block_by_block(count):
    index = WardIndex(make_wards(LEFT, RIGHT))
    easting = np.arange(count) % 20 + 0.5
    found = index.positions(easting, np.full(count, 5.0))
    np.testing.assert_array_equal(found, easting > 10)


def test_grid_stays_bounded_for_a_long_thin_set():
    index = WardIndex(make_wards(shapely.box(0, 0, 1e6, 1e-3)), cells=1_000)
    assert index._table.size < 10_000
    assert index.codes([5e5, 5e5], [5e-4, 2e-3]).tolist() == ["E05099001", None]


def test_tangled_boundaries_get_larger_cells(monkeypatch):
    monkeypatch.setattr("aim.areas.index._MOST_PIECES", 100)
    index = WardIndex(make_wards(LEFT, RIGHT), cells=1_000_000)
    assert index._table.size < 5_000
    assert index.codes([3, 10, 13], [5, 5, 5]).tolist() == ["E05099001"] * 2 + ["E05099002"]


def test_index_names_its_size():
    assert repr(WardIndex(make_wards(LEFT), cells=4)) == "WardIndex(wards=1, cells=36)"
