import geopandas as gpd
import pandas as pd
import pytest

from aim.errors import CrsError, ParameterError
from aim.exports import Listing, listing_of_hotspots, listing_of_incidents
from aim.exports.listing import iso
from aim.model.hotspots import HOTSPOT_COLUMNS
from aim.model.incidents import LISTED_COLUMNS
from aim.testing.exporters import example_incidents, example_run, example_stamp


def test_a_hotspot_list_has_the_declared_columns_with_the_geometry_left_to_the_format():
    listing = listing_of_hotspots(example_run(), example_stamp())
    assert listing.columns() == [name for name in HOTSPOT_COLUMNS if name != "geometry"]
    assert listing.name == "hotspots"


def test_a_hotspot_list_says_which_number_was_used_for_auto():
    listing = listing_of_hotspots(example_run(), example_stamp())
    assert listing.parameters["min_samples"] == "auto"
    assert listing.parameters["min_samples_used"] == 6
    assert listing.parameters_line().endswith("min_samples_used: 6; type: asb")


def test_an_incident_list_drops_what_may_not_leave_and_keeps_the_ward():
    listing = listing_of_incidents(
        example_incidents().assign(ward_code="E05099001"), example_stamp()
    )
    assert listing.columns() == [*LISTED_COLUMNS, "ward_code"]


def test_an_incident_list_needs_ids():
    with pytest.raises(ParameterError, match="incident_id"):
        listing_of_incidents(pd.DataFrame({"source": []}), example_stamp())


def test_the_stamp_ends_with_the_day_and_the_reader():
    listing = listing_of_hotspots(example_run(), example_stamp())
    assert listing.stamp_lines()[0] == "OFFICIAL-SENSITIVE. Norbeck (invented) & District"
    assert listing.stamp_lines()[-1] == "Made on 2026-06-09 for example reader"


def test_records_hold_plain_values_only():
    first, second = listing_of_hotspots(example_run(2), example_stamp()).records(iso)
    assert (first["incidents_before"], first["change_p"], first["hotspot_id"]) == (None, None, None)
    assert second["incidents_before"] == 20
    assert isinstance(second["incidents_before"], int)
    assert second["first_seen"] == "2026-04-01T12:00:00Z"
    assert second["easting"] == 471_000.0


def test_places_are_in_degrees_or_metres_and_missing_stays_missing():
    listing = listing_of_incidents(example_incidents(), example_stamp())
    degrees, metres = listing.shapes(degrees=True), listing.shapes(degrees=False)
    assert [shape is None for shape in degrees] == [False, False, False, True]
    assert (metres[0].x, metres[0].y) == (470_100.0, 540_100.0)
    assert degrees[0].x == pytest.approx(example_incidents()["lon"][0], abs=1e-6)


def test_outlines_in_degrees_run_counter_clockwise():
    shapes = listing_of_hotspots(example_run(), example_stamp()).shapes(degrees=True)
    assert all(shape.exterior.is_ccw for shape in shapes)


def test_outlines_outside_the_grid_are_refused():
    rows = gpd.GeoDataFrame({"rank": [1]}, geometry=gpd.points_from_xy([-1], [54]), crs="EPSG:4326")
    with pytest.raises(CrsError, match="27700"):
        Listing("List", rows, example_stamp()).shapes(degrees=True)


def test_rows_without_places_have_no_shapes():
    assert (
        Listing("List", pd.DataFrame({"month": ["2026-04"]}), example_stamp()).shapes(degrees=True)
        is None
    )
