"""What each source sent for each month, measured."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import aim
from aim.analysis.quality import monthly_quality, say_quality
from aim.errors import CrsError, ParameterError
from aim.model.incidents import conform_incidents, empty_incidents
from aim.model.records import Coverage

WARDS = gpd.GeoDataFrame(
    {"ward_code": ["W1"]}, geometry=[shapely.box(0, 0, 1000, 1000)], crs="EPSG:27700"
)

ALIKE = (
    "{} rows were the same as an earlier row in all but identity; they are counted, since separate"
    " incidents can read alike."
)


def incidents(rows=1, **columns):
    usual = {
        "source": "wardens",
        "incident_type": "graffiti",
        "occurred_from": "2026-04-03T10:00Z",
        "occurred_to": "2026-04-03T10:01Z",
        "time_precision": "minute",
        "place_precision": "point",
        "easting": 500.0,
        "northing": 500.0,
        "source_ref": [str(row) for row in range(rows)],
    }
    frame = pd.DataFrame({**usual, **columns}, index=range(rows))
    for name in ("occurred_from", "occurred_to", "reported_at"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    return conform_incidents(frame)


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_month_is_londons():
    told = incidents(2, occurred_from=["2026-03-31T22:59Z", "2026-03-31T23:00Z"])
    assert monthly_quality(told)["month"].tolist() == ["2026-03", "2026-04"]


def test_sources_and_months_stand_apart_and_sorted():
    told = incidents(
        3,
        source=["wardens", "police", "wardens"],
        occurred_from=["2026-05-01T12:00Z", "2026-05-01T12:00Z", "2026-04-01T12:00Z"],
    )
    found = monthly_quality(told)[["source", "month", "rows"]]
    assert found.to_numpy().tolist() == [
        ["police", "2026-05", 1],
        ["wardens", "2026-04", 1],
        ["wardens", "2026-05", 1],
    ]


@pytest.mark.parametrize(("located", "below"), [(17, False), (16, True), (20, False)])
def test_under_85_percent_located_is_marked(located, below):
    easting = [500.0] * located + [np.nan] * (20 - located)
    found = only(monthly_quality(incidents(20, easting=easting)))
    assert (found["located"], found["located_share"]) == (located, located / 20)
    assert found["below_85"] == below


def test_a_ward_alone_is_no_position():
    found = only(monthly_quality(incidents(2, place_precision=["ward", "postcode"])))
    assert found["located"] == 1
    assert found["place_mix"] == "postcode 1; ward 1"


def test_the_commonest_precision_comes_first():
    found = only(monthly_quality(incidents(3, time_precision=["day", "minute", "minute"])))
    assert found["time_mix"] == "minute 2; day 1"


def test_delays_run_from_the_end_of_the_event_and_are_never_below_nought():
    told = incidents(
        3,
        occurred_to=["2026-04-04T00:00Z"] * 3,
        reported_at=["2026-04-05T00:00Z", "2026-04-07T00:00Z", "2026-04-03T12:00Z"],
    )
    found = only(monthly_quality(told))
    assert found["delays"] == 3
    assert found["delay_median_days"] == 1.0
    assert found["delay_p90_days"] == pytest.approx(2.6)


def test_only_rows_with_both_times_and_a_day_have_a_delay():
    told = incidents(
        3,
        reported_at=["2026-04-05T00:00Z", None, "2026-05-05T00:00Z"],
        time_precision=["day", "day", "month"],
    )
    assert only(monthly_quality(told))["delays"] == 1


def test_unknown_types_and_snapped_points_are_counted_and_shared():
    told = incidents(
        4,
        incident_type=["unclassified", "graffiti", "graffiti", "graffiti"],
        place_precision=["snapped", "snapped", "point", "none"],
        easting=[1.0, 1.0, 1.0, np.nan],
    )
    found = only(monthly_quality(told))
    assert (found["unclassified"], found["unclassified_share"]) == (1, 0.25)
    assert (found["snapped"], found["snapped_share"]) == (2, pytest.approx(2 / 3))


def test_rows_alike_but_for_identity_are_repeats_and_another_reference_is_not():
    told = incidents(4, source_ref=[None, None, "7", "8"])
    told["incident_id"] = list("abcd")
    assert only(monthly_quality(told))["repeated"] == 1


@pytest.mark.parametrize(("easting", "far"), [(6000.0, 0), (6000.1, 1), (500.0, 0), (np.nan, 0)])
def test_points_more_than_5_km_beyond_the_wards_are_far_outside(easting, far):
    found = only(monthly_quality(incidents(easting=easting), wards=WARDS))
    assert found["far_outside"] == far


def test_without_wards_nobody_knows_what_is_far_outside():
    assert pd.isna(only(monthly_quality(incidents()))["far_outside"])


def test_wards_in_degrees_are_refused():
    with pytest.raises(CrsError, match="EPSG:27700"):
        monthly_quality(incidents(), wards=WARDS.set_crs("EPSG:4326", allow_override=True))


def test_refused_rows_are_told_by_reason_and_none_is_lost():
    refused = pd.DataFrame(
        {
            "source": ["wardens", "wardens", "wardens", "police"],
            "month": ["2026-04", "2026-04", None, "2026-04"],
            "reason": ["no date", "no type", "no date", "no date"],
        }
    )
    found = monthly_quality(incidents(), refused)
    assert found["refused"].tolist() == [1, 2, 1]
    assert found["rows"].tolist() == [0, 1, 0]
    assert found["refused_mix"].tolist() == ["no date 1", "no date 1; no type 1", "no date 1"]
    assert pd.isna(found["month"].iloc[2])
    assert pd.isna(found["located_share"].iloc[0])
    assert not found["below_85"].iloc[0]


def test_refused_rows_without_a_source_are_an_error_that_says_so():
    with pytest.raises(ParameterError, match="lacks source"):
        monthly_quality(incidents(), pd.DataFrame({"reason": ["no date"]}))


def test_the_day_a_source_is_complete_to_stands_with_its_months():
    known = Coverage("wardens", "wardens", "council", 1, date(2026, 4, 3), date(2026, 4, 8), ())
    row = monthly_quality(incidents(), coverage=[known]).to_dict("records")[0]
    assert row["complete_to"] == date(2026, 4, 8)
    assert say_quality(row) == ["The month is complete only to 8 April 2026."]


@pytest.mark.parametrize("day", [date(2026, 4, 30), date(2026, 5, 1)])
def test_a_whole_month_is_not_called_incomplete(day):
    known = Coverage("wardens", "wardens", "council", 1, date(2026, 4, 3), day, ())
    row = monthly_quality(incidents(), coverage=[known]).to_dict("records")[0]
    assert say_quality(row) == []


def test_every_fault_is_said_in_words():
    told = incidents(
        10,
        easting=[9000.0] + [500.0] * 7 + [np.nan] * 2,
        incident_type=["unclassified"] * 2 + ["graffiti"] * 8,
        source_ref=[None] * 10,
    )
    refused = pd.DataFrame({"source": ["wardens"], "month": ["2026-04"], "reason": ["no date"]})
    said = say_quality(monthly_quality(told, refused, wards=WARDS).to_dict("records")[0])
    assert said == [
        "8 of 10 rows (80 %) have a position, fewer than 85 %: a map of them may mislead.",
        "1 row was refused: no date 1.",
        "1 row was placed more than 5 km outside every ward.",
        "2 rows were of a type the hub does not know.",
        ALIKE.format(6),
    ]


def test_a_share_just_under_the_line_is_not_rounded_up_to_it():
    easting = [500.0] * 849 + [np.nan] * 151
    row = monthly_quality(incidents(1000, easting=easting)).to_dict("records")[0]
    assert "(84 %)" in say_quality(row)[0]


def test_empty_in_empty_out():
    found = monthly_quality(empty_incidents(), wards=WARDS)
    assert found.empty
    assert "located_share" in found


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["police", "wardens"]),
            st.sampled_from(["2026-03-31T23:30Z", "2026-04-15T12:00Z", "2025-12-01T00:00Z"]),
            st.sampled_from([500.0, 9000.0, np.nan]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_every_row_is_in_one_month_and_row_order_changes_nothing(rows, random):
    table = pd.DataFrame(rows, columns=["source", "occurred_from", "easting"])
    told = incidents(len(rows), **table.to_dict("list"))
    found = monthly_quality(told, wards=WARDS)
    assert found["rows"].sum() == len(rows)
    assert (found["located"] <= found["rows"]).all()
    order = list(range(len(rows)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(found, monthly_quality(told.iloc[order], wards=WARDS))


@pytest.mark.real_data
def test_a_real_month_holds_the_repeats_counted_by_hand(real_data):
    path = real_data / "police" / "cleveland" / "2018-10-cleveland-street.csv.gz"
    found = only(monthly_quality(aim.read_feed("police-uk", path).incidents))
    assert (found["rows"], found["repeated"], found["located_share"]) == (9352, 1351, 1.0)


@pytest.mark.real_data
def test_rows_without_a_place_show_in_the_located_share(real_data):
    path = real_data / "police" / "staffordshire" / "2018-10-staffordshire-street.csv.gz"
    found = only(monthly_quality(aim.read_feed("police-uk", path).incidents))
    assert found["located_share"] == pytest.approx(0.894, abs=0.001)
