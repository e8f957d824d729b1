"""Repeat victimisation and repeat locations."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from aim.analysis import address_keys, repeat_locations, repeat_rate, repeat_share
from aim.analysis.repeats import LOCATION_COLUMNS, UNMATCHED
from aim.errors import ParameterError


def incidents(uprns, days=None, **columns):
    days = days or [f"2026-01-{place + 1:02}" for place in range(len(uprns))]
    usual = {
        "incident_id": [f"i{place}" for place in range(len(uprns))],
        "uprn": uprns,
        "location_text": "",
        "place_precision": "address",
        "occurred_from": pd.to_datetime([f"{day}T12:00Z" for day in days], utc=True),
        "easting": 449000.0 + np.arange(len(uprns)),
        "northing": 520000.0,
    }
    return pd.DataFrame({**usual, **columns})


def test_the_worked_rate_of_the_toolkit():
    """459 burglaries against 250 victims: 209 repeats, 46 %."""
    uprns = [str(place % 250) for place in range(459)]
    found = repeat_rate(incidents(uprns, ["2026-01-05"] * 459))
    assert (found.repeats, found.incidents, found.months) == (209, 459, 12)
    assert round(100 * found.share, 2) == 45.53
    assert found.low < 0.4553 < found.high


def test_the_published_comparison():
    found = repeat_share(12, 715, against=0.068)
    assert round(100 * found.share, 3) == 1.678
    assert round(found.expected, 2) == 48.62
    assert found.p == pytest.approx(2.4e-10, rel=0.02)
    assert found.warnings == (UNMATCHED,)


@pytest.mark.parametrize(
    ("repeats", "incidents_", "low", "high"),
    [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (5, 10, 0.1871, 0.8129), (1, 20, 0.0013, 0.2487)],
)
def test_the_interval_is_exact(repeats, incidents_, low, high):
    found = repeat_share(repeats, incidents_)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert np.isnan(found.p)
    assert found.warnings == ()
    wide = repeat_share(repeats, incidents_, alpha=0.01)
    assert wide.low <= found.low
    assert wide.high >= found.high


def test_a_rate_as_expected_is_no_surprise():
    assert repeat_share(5, 10, against=0.5).p == pytest.approx(1)
    assert repeat_share(9, 10, against=0.5).p == pytest.approx(22 / 1024)
    assert repeat_share(1, 10, against=0.5).p == pytest.approx(22 / 1024)


def test_no_incidents_have_no_rate():
    found = repeat_share(0, 0, against=0.1)
    assert np.isnan([found.share, found.low, found.high, found.p]).all()
    assert repeat_rate(incidents([])).incidents == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"repeats": 5, "incidents": 4}, "no more than the second"),
        ({"repeats": -1, "incidents": 4}, "no more than the second"),
        ({"repeats": 0.5, "incidents": 4}, "whole numbers"),
        ({"repeats": 1, "incidents": 4, "alpha": 1}, "`alpha`"),
        ({"repeats": 1, "incidents": 4, "against": 6.8}, "give 0.068 for 6.8 %"),
        ({"repeats": 1, "incidents": 4, "against": 0}, "`against`"),
    ],
)
def test_counts_and_shares_of_no_use_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        repeat_share(**arguments)


def test_twelve_months_roll_from_each_first_incident():
    """The third is a year after the first, so a first again; the fourth its repeat."""
    days = ["2024-02-10", "2025-02-09", "2025-02-10", "2026-02-09"]
    assert repeat_rate(incidents(["9"] * 4, days)).repeats == 2
    assert repeat_rate(incidents(["9"] * 4, days), months=23).repeats == 2
    assert repeat_rate(incidents(["9"] * 4, days), months=24).repeats == 3
    assert repeat_rate(incidents(["9"] * 4, days[::-1])).repeats == 2


def test_a_window_begins_and_ends_at_london_midnight():
    rows = incidents(["9", "9"])
    rows["occurred_from"] = pd.to_datetime(["2025-06-30T23:30Z", "2026-06-30T22:30Z"])
    assert repeat_rate(rows).repeats == 1
    rows["occurred_from"] = pd.to_datetime(["2025-06-30T23:30Z", "2026-06-30T23:30Z"])
    assert repeat_rate(rows).repeats == 0


def test_snapped_points_and_streets_are_no_address():
    rows = incidents([None] * 4, location_text="Bow Lane", place_precision="snapped")
    found = repeat_rate(rows)
    assert (found.repeats, found.incidents, found.no_address) == (0, 0, 4)
    assert found.warnings == ("Left out, no address or no time known: 4.",)
    assert repeat_locations(rows).empty


def test_reports_of_one_event_are_no_repeats():
    rows = incidents(["9", "9", "9"])
    groups = pd.Series({"i0": "i0", "i1": "i0"})
    assert repeat_rate(rows).repeats == 2
    found = repeat_rate(rows, groups=groups)
    assert (found.repeats, found.incidents) == (1, 2)
    assert repeat_locations(rows, groups=groups)["incidents"].tolist() == [2]


def test_an_event_whose_address_one_sender_knows_is_not_left_out():
    rows = incidents(["9", None, None], place_precision=["address", "point", "point"])
    found = repeat_rate(rows, groups=pd.Series({"i0": "i0", "i1": "i0"}))
    assert (found.incidents, found.no_address) == (1, 1)


def test_an_address_is_its_uprn_or_its_words():
    rows = incidents(
        ["9", None, None, None, "8"],
        location_text=["12 Bow Lane", "12, BOW LANE.", "14 Bow Lane", "", "1 Mill Road"],
        place_precision=["point", "address", "address", "address", "address"],
    )
    keys = address_keys(rows)
    assert keys.tolist()[:3] == ["uprn 9", "address 12 bow lane", "address 14 bow lane"]
    assert keys.isna().tolist() == [False, False, False, True, False]
    known = address_keys(rows.assign(place_precision="address"))
    assert known.tolist()[1] == "uprn 9"


def test_words_two_uprns_share_name_neither():
    rows = incidents(["9", "8", None], location_text="The Flats")
    assert address_keys(rows).tolist() == ["uprn 9", "uprn 8", "address the flats"]


def test_keys_keep_the_index_and_take_an_empty_frame():
    rows = incidents(["9", "8"]).set_axis([7, 5])
    assert address_keys(rows).index.tolist() == [7, 5]
    assert len(address_keys(rows.iloc[:0])) == 0


def test_repeat_locations_are_listed_most_first_then_the_latest():
    found = repeat_locations(
        incidents(
            ["a", "b", "b", "c", "c", "c", "d", "d"],
            location_text=["A", "B1", "B2", "C1", "C2", "C3", "D1", "D2"],
        )
    )
    assert list(found.columns) == list(LOCATION_COLUMNS)
    assert found["place"].tolist() == ["uprn c", "uprn d", "uprn b"]
    assert found["incidents"].tolist() == [3, 2, 2]
    assert found["repeats"].tolist() == [2, 1, 1]
    assert found.loc[2, ["location_text", "easting"]].tolist() == ["B1", 449001.0]
    assert found.loc[2, ["first_day", "last_day"]].tolist() == [
        date(2026, 1, 2),
        date(2026, 1, 3),
    ]


def test_a_place_may_have_incidents_and_no_repeats():
    rows = incidents(["a", "a"], ["2024-01-01", "2026-01-01"])
    assert repeat_locations(rows).loc[0, ["incidents", "repeats"]].tolist() == [2, 0]
    assert repeat_locations(rows, least=3).empty
    assert len(repeat_locations(incidents(["a"]), least=1)) == 1


@pytest.mark.parametrize("months", [0, 1.5])
def test_months_are_whole(months):
    with pytest.raises(ParameterError, match="`months`"):
        repeat_rate(incidents(["9"]), months=months)
