"""The live list of places at risk."""

from datetime import date

import pandas as pd
import pytest

from aim.analysis import places_at_risk
from aim.analysis.at_risk import AT_RISK_COLUMNS
from aim.errors import ParameterError


def incidents(days, east=0.0, **columns):
    usual = {
        "easting": 449000.0 + pd.Series(east, index=range(len(days)), dtype="float64"),
        "northing": 520000.0,
        "occurred_from": pd.to_datetime([f"2026-01-{day:02}T20:00Z" for day in days]),
        "time_precision": "minute",
        "place_precision": "point",
        "location_text": [f"Bow Lane {day}" for day in days],
    }
    return pd.DataFrame({**usual, **columns})


def test_an_incident_counts_on_its_day_and_until_its_time_is_over():
    on = [date(2026, 1, 4), date(2026, 1, 5), date(2026, 1, 18), date(2026, 1, 19)]
    listed = [places_at_risk(incidents([5]), day) for day in on]
    assert [len(one) for one in listed] == [0, 1, 1, 0]
    assert listed[1].loc[0, ["days_left", "risk_until"]].tolist() == [14, date(2026, 1, 19)]
    assert listed[2].loc[0, ["days_left", "last_day"]].tolist() == [1, date(2026, 1, 5)]


def test_a_place_is_listed_once_with_its_newest_incident():
    found = places_at_risk(incidents([5, 9, 7]), date(2026, 1, 10), days=10)
    assert list(found.columns) == list(AT_RISK_COLUMNS)
    row = found.iloc[0]
    assert (len(found), row["incidents"], row["near"]) == (1, 3, 0)
    assert (row["location_text"], row["days_left"]) == ("Bow Lane 9", 9)


def test_incidents_near_a_place_count_up_to_the_distance():
    found = places_at_risk(incidents([5, 5, 6], [0, 200, 400.5]), date(2026, 1, 6))
    by_place = found.set_index("easting")["near"]
    assert by_place.to_dict() == {449000.0: 1, 449200.0: 1, 449400.5: 0}
    wider = places_at_risk(incidents([5, 5, 6], [0, 200, 400.5]), date(2026, 1, 6), distance_m=201)
    assert wider.set_index("easting")["near"].to_dict() == {
        449000.0: 1,
        449200.0: 2,
        449400.5: 1,
    }
    assert wider["radius_m"].tolist() == [201.0] * 3


def test_most_incidents_in_reach_come_first_then_the_latest_then_the_west():
    east = [0, 0, 5000, 9000, 7000]
    found = places_at_risk(incidents([5, 6, 4, 8, 4], east), date(2026, 1, 9))
    assert (found["easting"] - 449000).tolist() == [0, 9000, 5000, 7000]


def test_the_day_is_that_of_london():
    late = incidents([5], occurred_from=pd.to_datetime(["2026-07-05T23:30Z"]))
    assert len(places_at_risk(late, date(2026, 7, 5))) == 0
    assert places_at_risk(late, date(2026, 7, 6)).loc[0, "days_left"] == 14


def test_what_has_no_day_or_place_is_left_out_and_said():
    mixed = incidents([5, 5, 5], time_precision=["minute", "month", "day"])
    mixed.loc[2, ["easting", "place_precision"]] = [None, "ward"]
    found = places_at_risk(mixed, date(2026, 1, 6))
    assert found["incidents"].tolist() == [1]
    assert found.attrs["warnings"] == (
        "Left out, known only to their month: 1.",
        "Left out, without a position of their own: 1.",
    )


def test_nothing_recent_gives_an_empty_list():
    for rows in (incidents([5]), incidents([5]).iloc[:0]):
        found = places_at_risk(rows, date(2026, 6, 1))
        assert list(found.columns) == list(AT_RISK_COLUMNS)
        assert found.empty


def test_month_only_data_and_numbers_of_no_use_are_refused():
    with pytest.raises(ParameterError, match="Places at risk need to know the day"):
        places_at_risk(incidents([5], time_precision="month"), date(2026, 1, 6))
    for wrong in ({"distance_m": 0}, {"days": 0}, {"distance_m": float("inf")}):
        with pytest.raises(ParameterError, match="`distance_m` must be above 0"):
            places_at_risk(incidents([5]), date(2026, 1, 6), **wrong)
    assert len(places_at_risk(incidents([5]), date(2026, 1, 5), days=1, distance_m=0.1)) == 1
