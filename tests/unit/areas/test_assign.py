import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.areas import WardIndex, assign_wards
from aim.areas.assign import FEW_POSITIONS
from aim.errors import CrsError, ParameterError
from aim.model.crs import to_degrees
from aim.model.incidents import empty_incidents

WARDS = gpd.GeoDataFrame(
    {"ward_code": ["E05099001", "E05099002"]},
    geometry=[
        shapely.box(449000, 520000, 449100, 520100),
        shapely.box(449100, 520000, 449200, 520100),
    ],
    crs="EPSG:27700",
)
EASTING, NORTHING = [449050.0, 449150.0, 449300.0, np.nan], [520050.0, 520050.0, 520050.0, np.nan]
EXPECTED = ["E05099001", "E05099002", None, None]


def codes_of(assigned):
    return [None if pd.isna(code) else code for code in assigned.ward_code]


def on_grid(**index):
    return pd.DataFrame({"easting": EASTING, "northing": NORTHING}, **index)


def in_degrees():
    lon, lat = to_degrees(EASTING, NORTHING)
    return pd.DataFrame({"lon": lon, "lat": lat})


def as_points(crs):
    x, y = (EASTING, NORTHING) if crs == "EPSG:27700" else to_degrees(EASTING, NORTHING)
    return gpd.GeoDataFrame(geometry=[*shapely.points(x[:3], y[:3]), None], crs=crs)


def test_rows_index_and_order_are_kept():
    incidents = on_grid(index=[9, 4, 4, 1])
    assigned = assign_wards(incidents, WARDS)
    pd.testing.assert_frame_equal(assigned.drop(columns="ward_code"), incidents)
    assert codes_of(assigned) == EXPECTED
    assert "ward_code" not in incidents


def test_ward_code_is_text_with_missing_values():
    assigned = assign_wards(on_grid(), WARDS)
    assert assigned.ward_code.dtype == pd.Series(dtype="str").dtype
    assert assigned.ward_code.isna().tolist() == [False, False, True, True]


def test_degrees_serve_where_the_grid_is_not_given():
    assert codes_of(assign_wards(in_degrees(), WARDS)) == EXPECTED


def test_degrees_fill_single_rows_without_a_grid_position():
    incidents = on_grid().join(in_degrees())
    incidents.loc[0, "easting"] = np.nan
    incidents.loc[1, "northing"] = np.nan
    assert codes_of(assign_wards(incidents, WARDS)) == EXPECTED


def test_grid_position_goes_before_degrees():
    incidents = on_grid().join(in_degrees()[::-1].reset_index(drop=True))
    assert codes_of(assign_wards(incidents, WARDS))[:3] == EXPECTED[:3]


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4326", "OGC:CRS84"])
def test_points_of_a_geodataframe_serve_where_no_column_does(crs):
    assigned = assign_wards(as_points(crs), WARDS)
    assert codes_of(assigned) == EXPECTED
    assert isinstance(assigned, gpd.GeoDataFrame)


@pytest.mark.parametrize("crs", ["EPSG:3857", None])
def test_points_in_another_reference_system_are_refused(crs):
    with pytest.raises(CrsError, match=r"`incidents`.*found (EPSG:3857|no reference).*to_crs"):
        assign_wards(as_points("EPSG:4326").set_crs(crs, allow_override=True), WARDS)


def test_areas_in_place_of_points_are_refused():
    with pytest.raises(ParameterError, match="needs points"):
        assign_wards(WARDS.drop(columns="ward_code"), WARDS)


def test_table_without_a_position_column_is_refused():
    with pytest.raises(ParameterError, match=r"`easting` and `northing`.*found street.*read_feed"):
        assign_wards(pd.DataFrame({"street": ["Quay Road"]}), WARDS)


def test_no_incident_gives_no_row_but_the_column():
    assigned = assign_wards(empty_incidents(), WARDS)
    assert list(assigned.columns) == [*empty_incidents().columns, "ward_code"]
    assert assigned.empty


def test_no_ward_gives_missing_codes():
    assert codes_of(assign_wards(on_grid(), WARDS[:0])) == [None] * 4


@pytest.mark.parametrize("count", [FEW_POSITIONS - 1, FEW_POSITIONS])
def test_few_and_many_incidents_get_the_same_answer(count):
    rng = np.random.default_rng(5)
    positions = np.round(rng.uniform((448990, 519990), (449210, 520110), (count, 2)))
    incidents = pd.DataFrame(positions, columns=["easting", "northing"])
    kept = WardIndex(WARDS)
    assert codes_of(assign_wards(incidents, WARDS)) == list(kept.codes(*positions.T))
    assert codes_of(assign_wards(incidents, kept)) == list(kept.codes(*positions.T))


def test_earlier_ward_code_is_replaced():
    incidents = on_grid().assign(ward_code="E00000000")
    assert codes_of(assign_wards(incidents, WARDS)) == EXPECTED
