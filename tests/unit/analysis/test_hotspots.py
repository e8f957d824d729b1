"""Hotspots of places small enough to draw: found, split, ranked, named, compared, hedged."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis import cluster_hotspots, find_hotspots
from aim.errors import CrsError, ParameterError
from aim.model.crs import to_degrees
from aim.model.hotspots import HOTSPOT_COLUMNS, HotspotParameters
from aim.model.incidents import TIMES

EAST, NORTH = 449_000.0, 520_000.0
PLAIN = HotspotParameters(eps_m=50, min_samples=3, split=False)


def table(places, **columns):
    """Make incidents at offsets from a corner, in metres."""
    offsets = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    return pd.DataFrame(
        {
            "incident_id": [f"{number:032x}" for number in range(len(offsets))],
            "source": "police",
            "incident_type": "drugs",
            "occurred_from": pd.Timestamp("2026-03-02T12:00Z"),
            "occurred_to": pd.Timestamp("2026-03-02T12:01Z"),
            "easting": EAST + offsets[:, 0],
            "northing": NORTH + offsets[:, 1],
            **columns,
        }
    )


def row_of(count, east=0.0, north=0.0, step=10.0):
    return [(east + step * number, north) for number in range(count)]


def squares(*corners, side=1000.0):
    shapes = [
        shapely.box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side) for x, y in corners
    ]
    codes = [f"E0509900{number}" for number in range(1, len(corners) + 1)]
    names = ["Abbey", "Marsh", "Quay"][: len(corners)]
    return gpd.GeoDataFrame({"ward_code": codes, "ward_name": names}, geometry=shapes, crs=27700)


def test_the_declared_columns_come_in_order_also_when_nothing_is_found():
    for places in ([], row_of(2), row_of(5)):
        hotspots = cluster_hotspots(table(places), PLAIN).hotspots
        assert tuple(hotspots.columns) == HOTSPOT_COLUMNS
        assert hotspots.crs == "EPSG:27700"
        assert hotspots["first_seen"].dtype == TIMES
        assert hotspots["incidents_before"].dtype == "Int64"
        assert hotspots["rank"].dtype == np.int64


def test_a_hotspot_says_where_it_is_and_how_large():
    hotspot = cluster_hotspots(table([(0, 0), (40, 0), (0, 30), (0, 30)]), PLAIN).hotspots.iloc[0]
    assert (hotspot["incidents"], hotspot["distinct_places"]) == (4, 3)
    assert (hotspot["easting"], hotspot["northing"]) == (EAST + 10, NORTH + 15)
    assert hotspot["radius_m"] == pytest.approx(np.hypot(30, 15))
    lon, lat = to_degrees([EAST + 10], [NORTH + 15])
    assert (hotspot["lon"], hotspot["lat"]) == (lon[0], lat[0])
    assert hotspot["area_m2"] == pytest.approx(hotspot["geometry"].area)


def test_the_outline_is_the_ground_within_eps_of_core_incidents():
    places = [*row_of(4), (75.0, 0)]
    run = cluster_hotspots(table(places), PLAIN)
    shape = run.hotspots.geometry.iloc[0]
    assert run.members["core"].tolist() == [True, True, True, True, False]
    assert shape.is_valid
    assert shape.covers(shapely.MultiPoint([(EAST + x, NORTH) for x, _ in places]))
    true_area = np.pi * 50**2 + 30 * 100
    assert shape.area == pytest.approx(true_area, rel=0.05)
    assert shape.bounds[2] == pytest.approx(EAST + 80, abs=3)


def test_ranks_go_by_incidents_then_places_then_lowest_identity():
    places = [
        *row_of(3, 0, step=0),
        *row_of(3, 500),
        *row_of(3, 1000),
        *row_of(4, 1500),
    ]
    run = cluster_hotspots(table(places), PLAIN)
    assert run.hotspots["easting"].sub(EAST).tolist() == [1515, 510, 1010, 0]
    assert run.hotspots["rank"].tolist() == [1, 2, 3, 4]
    assert run.members["rank"].tolist() == [1] * 4 + [2] * 3 + [3] * 3 + [4] * 3
    assert run.members["incident_id"].iloc[0] == f"{9:032x}"


def test_rows_without_a_position_are_counted_and_said():
    incidents = table([*row_of(4), (np.nan, np.nan), (0, np.nan)])
    run = cluster_hotspots(incidents, PLAIN)
    assert run.facts["incidents"] == 6
    assert run.facts["no_position"] == 2
    assert run.facts["taking_part"] == run.facts["in_hotspots"] == 4
    assert any("2 of 6 incidents have no position" in warning for warning in run.warnings)


def test_sources_and_types_are_told_with_their_counts_most_first():
    incidents = table(
        row_of(4),
        source=["wardens", "police", "wardens", "council"],
        incident_type=["drugs", "fly-tipping", "fly-tipping", None],
    )
    hotspot = cluster_hotspots(incidents, PLAIN).hotspots.iloc[0]
    assert hotspot["by_source"] == "wardens 2; council 1; police 1"
    assert hotspot["by_type"] == "Fly-tipping 2; Drugs 1"


def test_first_and_last_seen_are_starts_of_incidents():
    days = pd.to_datetime(["2026-03-05T01:00Z", "2026-03-02T05:00Z", "2026-03-09T23:00Z"])
    incidents = table(row_of(3), occurred_from=days, occurred_to=days + pd.Timedelta("1h"))
    hotspot = cluster_hotspots(incidents, PLAIN).hotspots.iloc[0]
    assert (hotspot["first_seen"], hotspot["last_seen"]) == (days[1], days[2])


@pytest.mark.parametrize(
    ("since", "until", "weeks"),
    [
        (date(2026, 3, 1), date(2026, 3, 15), 2.0),
        (None, None, 8 / 7),
        (date(2026, 2, 23), None, 15 / 7),
        (None, date(2026, 3, 16), 2.0),
    ],
)
def test_a_week_is_seven_london_days_of_the_period(since, until, weeks):
    days = pd.to_datetime(["2026-03-02T00:00Z", "2026-03-05T00:00Z", "2026-03-09T00:00Z"])
    incidents = table(row_of(3), occurred_from=days, occurred_to=days + pd.Timedelta("1D"))
    run = cluster_hotspots(incidents, PLAIN, since=since, until=until)
    assert run.facts["weeks"] == pytest.approx(weeks)
    assert run.hotspots["per_week"].iloc[0] == pytest.approx(3 / weeks)


def test_without_times_there_is_no_rate():
    untimed = table(row_of(3)).drop(columns=["occurred_from", "occurred_to"])
    hotspot = cluster_hotspots(untimed, PLAIN).hotspots.iloc[0]
    assert np.isnan(hotspot["per_week"])
    assert pd.isna(hotspot["first_seen"])


def test_the_period_before_is_counted_within_eps_of_core_incidents():
    now = table([*row_of(4), (75.0, 0)])
    before = table([(30, 50), (80, 0), (81, 0), (-50, 0), (-50.001, 0), (np.nan, 0)])
    hotspot = cluster_hotspots(now, PLAIN, before=before).hotspots.iloc[0]
    assert hotspot["incidents_before"] == 3
    assert hotspot["change"] == "too few to say"
    assert hotspot["change_p"] > 0.05


@pytest.mark.parametrize(
    ("now", "before", "word"), [(30, 10, "up"), (10, 30, "down"), (9, 0, "new"), (9, 8, "steady")]
)
def test_change_is_a_word(now, before, word):
    frame = table(row_of(before, step=1)) if before else table([])
    hotspots = cluster_hotspots(table(row_of(now, step=1)), PLAIN, before=frame).hotspots
    assert hotspots["change"].tolist() == [word]
    assert hotspots["incidents_before"].tolist() == [before]


def test_without_a_period_before_no_change_is_claimed():
    hotspot = cluster_hotspots(table(row_of(9)), PLAIN).hotspots.iloc[0]
    assert pd.isna(hotspot["incidents_before"])
    assert pd.isna(hotspot["change"])
    assert np.isnan(hotspot["change_p"])


# --- wards and names ---------------------------------------------------------------------------


def test_a_hotspot_belongs_to_every_ward_it_has_incidents_in_most_first():
    incidents = table(row_of(5, 975))
    hotspot = cluster_hotspots(incidents, PLAIN, wards=squares((0, 0), (1000, 0))).hotspots.iloc[0]
    assert hotspot["wards"] == "E05099001 E05099002"
    assert hotspot["ward_names"] == "Abbey; Marsh"


def test_an_incident_on_a_shared_edge_falls_to_the_lower_code():
    incidents = table([(1000, 500)] * 3)
    wards = squares((0, 0), (1000, 0)).iloc[::-1]
    assert cluster_hotspots(incidents, PLAIN, wards=wards).hotspots["wards"].tolist() == [
        "E05099001"
    ]


def test_ward_codes_that_came_with_the_incidents_stand():
    incidents = table(row_of(3, 100), ward_code=["E05099002", "E05099002", None])
    hotspot = cluster_hotspots(incidents, PLAIN, wards=squares((0, 0), (1000, 0))).hotspots.iloc[0]
    assert hotspot["ward_names"] == "Marsh; Abbey"
    bare = cluster_hotspots(incidents, PLAIN).hotspots.iloc[0]
    assert bare["ward_names"] == bare["wards"] == bare["name"] == "E05099002"


def test_a_hotspot_is_named_by_street_else_by_ward_and_compass_else_by_grid():
    wards = squares((0, 0))
    streets = table(row_of(3), location_text=["Bow Lane", "1 bow ln", "No Location"])
    assert cluster_hotspots(streets, PLAIN).hotspots["name"].tolist() == ["Bow Lane"]
    nameless = table(row_of(3, 900, 900))
    in_ward = cluster_hotspots(nameless, PLAIN, wards=wards).hotspots
    assert in_ward["name"].tolist() == ["Abbey ward, north-east"]
    assert cluster_hotspots(nameless, PLAIN).hotspots["name"].tolist() == ["Grid 449910 520900"]


def test_names_are_unique_within_a_run():
    places = [*row_of(5, 100), *row_of(4, 1100), *row_of(3, 1500)]
    incidents = table(places, location_text="High Street")
    hotspots = cluster_hotspots(incidents, PLAIN, wards=squares((0, 0), (1000, 0))).hotspots
    assert hotspots["name"].tolist() == [
        "High Street, Abbey",
        "High Street, Marsh",
        "High Street, Marsh (2)",
    ]


# --- splitting and snapping --------------------------------------------------------------------


def wide(gap=40.0):
    """Give two crowds 600 m apart, joined by a thin line of incidents."""
    left, right = row_of(9, step=4), row_of(8, 636, step=4)
    return table([*left, *row_of(14, 36 + gap, step=gap), *right])


def test_a_wide_hotspot_is_split_and_its_parent_kept():
    run = cluster_hotspots(wide(), HotspotParameters(eps_m=60, min_samples=3))
    assert run.hotspots["incidents"].tolist() == [9, 8]
    assert run.hotspots["parent"].tolist() == ["1", "1"]
    assert run.parents["parent"].tolist() == ["1"]
    assert run.parents["incidents"].tolist() == [31]
    assert run.parents["radius_m"].iloc[0] > 250
    assert run.parents.geometry.iloc[0].covers(run.hotspots.geometry.centroid.union_all())
    assert run.facts["between_parts"] == 14
    assert any("1 cluster was wider than 250 m" in warning for warning in run.warnings)


def test_plain_dbscan_splits_nothing():
    run = cluster_hotspots(wide(), HotspotParameters(eps_m=60, min_samples=3, split=False))
    assert run.hotspots["incidents"].tolist() == [31]
    assert run.hotspots["parent"].isna().all()
    assert run.parents.empty


def test_a_wide_hotspot_that_density_does_not_part_is_cut_about_its_densest_incidents():
    crowded = table([*row_of(16, step=40), *row_of(2, 560, 5, step=1)])
    run = cluster_hotspots(crowded, HotspotParameters(eps_m=60, min_samples=3, largest_radius_m=99))
    assert run.hotspots["easting"].iloc[0] > EAST + 450
    assert (run.hotspots["radius_m"] <= 99).all()
    line = cluster_hotspots(table(row_of(16, step=40)), HotspotParameters(eps_m=60, min_samples=3))
    assert line.hotspots["incidents"].tolist() == [13, 3]
    assert line.hotspots["parent"].tolist() == ["1", "1"]
    assert line.facts["between_parts"] == 0


def test_a_piece_holds_as_many_as_a_dense_place_must():
    line = table(row_of(15, step=40))
    run = cluster_hotspots(line, HotspotParameters(eps_m=60, min_samples=3))
    assert run.hotspots["incidents"].tolist() == [13]
    assert run.facts["between_parts"] == 2


def test_a_hotspot_is_parted_at_the_widest_distance_that_parts_it():
    # At four fifths of 100 m the two rows fall apart and keep all; at half of it they would lose.
    rows = [*row_of(8, step=60), *row_of(8, 510, step=60)]
    run = cluster_hotspots(table(rows), HotspotParameters(eps_m=100, min_samples=3))
    assert run.hotspots["incidents"].tolist() == [8, 8]
    assert run.facts["between_parts"] == 0


def test_a_hotspot_of_exactly_the_largest_radius_is_not_split():
    line = table([(x, 0) for x in (0, 1, 2, 248, 250, 252, 498, 499, 500)])
    run = cluster_hotspots(line, HotspotParameters(eps_m=250, min_samples=3))
    assert run.hotspots["radius_m"].tolist() == [250]
    tighter = HotspotParameters(eps_m=250, min_samples=3, largest_radius_m=249)
    assert cluster_hotspots(line, tighter).hotspots["incidents"].tolist() == [3, 3, 3]


def test_parts_that_are_too_wide_are_split_again():
    clumps = [(x + gap + step, 0) for x in (0, 700) for gap in (0, 40) for step in (0, 1, 2)]
    joined = [*clumps, *row_of(13, 89, step=47)]
    asked = HotspotParameters(eps_m=60, min_samples=3, largest_radius_m=20)
    run = cluster_hotspots(table(joined), asked)
    assert run.parents["parent"].tolist() == ["1", "1.1", "1.2"]
    assert run.hotspots["parent"].tolist() == ["1.1", "1.1", "1.2", "1.2"]
    assert run.facts["split"] == 1


def test_twelve_steps_are_the_most_and_pieces_of_nothing_are_no_hotspots():
    # A twentieth of 300 m would part them: the last step is at a fifteenth.
    line = table(row_of(200, step=16))
    asked = HotspotParameters(eps_m=300, min_samples=2, largest_radius_m=1)
    run = cluster_hotspots(line, asked)
    assert run.hotspots["incidents"].tolist() == [200]
    assert run.parents.empty


SNAPPED = [*row_of(6, step=0), *row_of(5, 500, step=0), (510.0, 0)]


def test_snapped_data_need_two_places_and_say_so():
    run = cluster_hotspots(table(SNAPPED), HotspotParameters(eps_m=50, min_samples=3))
    assert run.hotspots["incidents"].tolist() == [6]
    assert run.hotspots["distinct_places"].tolist() == [2]
    assert run.facts["snapped_share"] == pytest.approx(11 / 12)
    assert run.facts["on_single_places"] == 6
    assert any("92% of the positions are snapped" in warning for warning in run.warnings)
    assert any("1 dense single point is not listed" in warning for warning in run.warnings)


def test_plain_dbscan_asks_for_no_second_place():
    run = cluster_hotspots(table(SNAPPED), PLAIN)
    assert sorted(run.hotspots["distinct_places"]) == [1, 2]


@pytest.mark.parametrize(("others", "listed"), [(6, 0), (7, 1)])
def test_up_to_three_tenths_snapped_a_single_place_may_stand(others, listed):
    places = [*row_of(3, step=0), *row_of(others, 1000, step=100)]
    run = cluster_hotspots(table(places), HotspotParameters(eps_m=50, min_samples=3))
    assert len(run.hotspots) == listed
    assert any("are snapped" in warning for warning in run.warnings) == (not listed)


# --- the number, and warnings ------------------------------------------------------------------


def test_the_automatic_number_uses_the_area_of_the_wards():
    incidents = table(row_of(60, 100, 500, step=13))
    wide_area = cluster_hotspots(
        incidents, HotspotParameters(eps_m=50), wards=squares((0, 0), (1000, 0))
    )
    assert wide_area.facts["area_m2"] == pytest.approx(2e6)
    given = cluster_hotspots(incidents, HotspotParameters(eps_m=50), area_m2=2e6)
    assert given.min_samples == wide_area.min_samples == 6
    assert cluster_hotspots(incidents, HotspotParameters(eps_m=50), area_m2=1e9).min_samples == 3


def test_without_wards_the_area_is_the_hull_and_eps_around_it():
    run = cluster_hotspots(table([(0, 0), (100, 0)]), PLAIN)
    assert run.facts["area_m2"] == pytest.approx(np.pi * 50**2 + 100 * 100, rel=0.01)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([], "nothing can be found"),
        (row_of(2), "Only 2 incidents took part, fewer than the 3"),
        (row_of(3, step=100), "Nothing stands out: nowhere do 3 incidents lie within 50 m"),
        ([*row_of(4), *row_of(9, 500, step=100)], "One cluster holds 31% of the incidents"),
    ],
)
def test_what_a_reader_must_know_is_said(places, words):
    warnings = cluster_hotspots(table(places), PLAIN).warnings
    assert [words in warning for warning in warnings] == [True]


def test_a_good_result_carries_no_warning():
    places = [*row_of(3), *row_of(7, 500, step=100)]
    assert cluster_hotspots(table(places), PLAIN).warnings == ()


# --- the front door ----------------------------------------------------------------------------


def test_the_front_door_carries_parameters_number_and_warnings():
    hotspots = find_hotspots(table(row_of(5)), eps_m=50, min_samples=3, split=False)
    assert hotspots.attrs["parameters"]["eps_m"] == 50
    assert hotspots.attrs["min_samples"] == 3
    assert hotspots.attrs["facts"]["taking_part"] == 5
    assert hotspots.attrs["warnings"] == []


def test_positions_come_from_metres_or_degrees_or_points():
    incidents = table(row_of(5))
    lon, lat = to_degrees(incidents["easting"], incidents["northing"])
    bare = incidents.drop(columns=["easting", "northing"])
    degrees = bare.assign(lon=lon, lat=lat)
    grid_points = gpd.points_from_xy(incidents["easting"], incidents["northing"], crs=27700)
    world_points = gpd.points_from_xy(lon, lat, crs=4326)
    for frame in (
        degrees,
        gpd.GeoDataFrame(bare, geometry=grid_points),
        gpd.GeoDataFrame(bare, geometry=world_points),
    ):
        hotspots = find_hotspots(frame, eps_m=50, min_samples=3)
        assert hotspots["easting"].iloc[0] == pytest.approx(EAST + 20, abs=0.001)


@pytest.mark.parametrize(("crs", "words"), [(3857, "EPSG:3857"), (None, "no reference system")])
def test_points_in_another_system_are_refused(crs, words):
    points = gpd.GeoDataFrame(
        {"incident_id": ["a"]}, geometry=gpd.points_from_xy([1], [2], crs=crs)
    )
    with pytest.raises(CrsError, match=words):
        find_hotspots(points)


def test_wards_in_degrees_are_refused():
    with pytest.raises(CrsError, match="wards"):
        find_hotspots(table(row_of(3)), wards=squares((0, 0)).to_crs(4326))


def test_a_table_without_positions_is_refused():
    with pytest.raises(ParameterError, match="easting"):
        find_hotspots(pd.DataFrame({"incident_id": ["a"]}))


def test_merged_feeds_may_repeat_their_row_numbers():
    incidents = table(row_of(6), ward_code="E05099001")
    incidents.index = [2, 3, 4, 2, 3, 4]
    assert find_hotspots(incidents, eps_m=50, min_samples=3)["wards"].tolist() == ["E05099001"]
