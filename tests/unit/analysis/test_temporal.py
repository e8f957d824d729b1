"""Hours of the week."""

import numpy as np
import pandas as pd
import pytest

from aim.analysis import aoristic, aoristic_profile
from aim.errors import ParameterError

# Tuesday 6 January 2026 and the worked shares of its hours.
WORKED = [
    ("01:00", "02:30", {1: 0.6667, 2: 0.3333}),
    ("01:50", "02:10", {1: 0.5, 2: 0.5}),
    ("12:15", "14:30", {12: 0.3333, 13: 0.4444, 14: 0.2222}),
    ("08:00", "16:00", dict.fromkeys(range(8, 16), 0.125)),
    ("09:00", "10:00", {9: 1.0}),
    ("09:59", "09:59", {9: 1.0}),
    ("10:00", "10:00", {10: 1.0}),
]


def shares(weights, day):
    return {hour: round(float(one), 4) for hour, one in enumerate(weights[day]) if one}


@pytest.mark.parametrize(("start", "end", "wanted"), WORKED)
def test_an_interval_is_shared_among_its_hours(start, end, wanted):
    weights = aoristic([f"2026-01-06T{start}Z"], [f"2026-01-06T{end}Z"])
    assert shares(weights, 1) == wanted
    assert weights.sum() == pytest.approx(1)


def test_an_interval_passes_midnight_and_sunday():
    weights = aoristic("2026-01-11T23:30Z", "2026-01-12T01:15Z")
    assert shares(weights, 6) == {23: 0.2857}
    assert shares(weights, 0) == {0: 0.5714, 1: 0.1429}


def test_hours_are_those_of_the_london_clock():
    assert shares(aoristic("2026-07-06T23:00Z", None), 1) == {0: 1.0}
    assert shares(aoristic("2026-01-06T23:00Z", None), 1) == {23: 1.0}


def test_the_night_the_clocks_go_forward_has_no_second_hour():
    weights = aoristic("2026-03-29T00:00Z", "2026-03-29T02:00Z")
    assert shares(weights, 6) == {0: 0.5, 2: 0.5}


def test_the_night_the_clocks_go_back_has_its_second_hour_twice():
    weights = aoristic("2026-10-24T23:00Z", "2026-10-25T03:00Z")
    assert shares(weights, 6) == {0: 0.25, 1: 0.5, 2: 0.25}


def test_a_missing_end_is_the_start_and_a_missing_start_is_left_out():
    weights = aoristic(["2026-01-06T05:10Z", None], [None, "2026-01-06T07:00Z"])
    assert shares(weights, 1) == {5: 1.0}
    assert weights.sum() == 1


def test_swapped_times_are_swapped_back():
    there, back = ["2026-01-06T01:00Z"], ["2026-01-06T02:30Z"]
    np.testing.assert_array_equal(aoristic(back, there), aoristic(there, back))


def test_seven_days_fill_the_week_and_more_lie_flat():
    week = aoristic("2026-01-06T05:30Z", "2026-01-13T05:30Z")
    more = aoristic("2026-01-06T05:30Z", "2026-01-13T05:30:01Z")
    np.testing.assert_allclose(week, 1 / 168, rtol=1e-12)
    np.testing.assert_array_equal(more, np.full((7, 24), 1 / 168))
    under = aoristic("2026-01-06T05:30Z", "2026-01-13T05:00Z")
    assert under[1, 5] == pytest.approx(0.5 * under[1, 6])


def test_many_incidents_add_up_whatever_their_order_and_number(monkeypatch):
    rng = np.random.default_rng(3)
    start = np.datetime64("2026-01-01T00:00", "s") + rng.integers(0, 3e7, 500).astype("m8[s]")
    end = start + rng.integers(0, 9 * 86400, 500).astype("m8[s]")
    whole = aoristic(start, end)
    monkeypatch.setattr("aim.analysis.temporal._BLOCK", 7)
    order = rng.permutation(500)
    np.testing.assert_allclose(aoristic(start[order], end[order]), whole, rtol=1e-9)
    assert whole.sum() == pytest.approx(500)


def test_nothing_gives_zeros():
    np.testing.assert_array_equal(aoristic([], []), np.zeros((7, 24)))


def test_lists_of_different_length_and_words_are_refused():
    with pytest.raises(ParameterError, match="found 2 and 1"):
        aoristic(["2026-01-06T01:00Z"] * 2, ["2026-01-06T01:00Z"])
    with pytest.raises(ParameterError, match=r"`occurred_to` must be moments.*'teatime'"):
        aoristic(["2026-01-06T01:00Z"], ["teatime"])


def rows(precision, hours=2):
    start = pd.to_datetime(["2026-01-06T08:00Z"] * len(precision))
    return pd.DataFrame(
        {
            "occurred_from": start,
            "occurred_to": start + pd.Timedelta(hours=hours),
            "time_precision": precision,
        }
    )


def test_a_profile_has_named_days_and_counts_what_took_part():
    profile = aoristic_profile(rows(["minute", "minute"]))
    assert profile.weights.loc["Tuesday", [7, 8, 9, 10]].tolist() == [0, 1, 1, 0]
    assert list(profile.weights.index)[::6] == ["Monday", "Sunday"]
    assert (profile.incidents, profile.day_only, profile.warnings) == (2, 0, ())


def test_month_only_rows_are_left_out_and_counted():
    profile = aoristic_profile(rows(["minute", "month", "month"]))
    assert profile.incidents == profile.weights.to_numpy().sum() == 1
    assert profile.warnings == ("Left out, known only to their month: 2.",)


def test_month_only_data_are_refused_with_the_reason():
    with pytest.raises(ParameterError, match="Hours of the week need to know the day, and all 2"):
        aoristic_profile(rows(["month", "month"]))


def test_no_rows_and_rows_without_a_time_are_no_month_only_data():
    assert aoristic_profile(rows([])).incidents == 0
    untimed = rows(["month"]).assign(occurred_from=pd.NaT)
    untimed["occurred_from"] = pd.to_datetime(untimed["occurred_from"], utc=True)
    profile = aoristic_profile(untimed)
    assert (profile.incidents, profile.warnings) == (0, ("Left out, without a time: 1.",))


def test_days_without_hours_are_warned_of_above_three_in_ten():
    assert aoristic_profile(rows(["day"] * 3 + ["minute"] * 7)).warnings == ()
    profile = aoristic_profile(rows(["day"] * 4 + ["minute"] * 6))
    assert profile.day_only == 4
    assert "4 of 10 incidents are known only to the day" in profile.warnings[0]


def test_intervals_over_a_week_are_counted():
    profile = aoristic_profile(rows(["minute"], hours=7 * 24 + 1))
    assert profile.over_a_week == 1
    assert profile.warnings == ("Longer than a week, and so flat over the week: 1.",)
    assert aoristic_profile(rows(["minute"], hours=7 * 24)).over_a_week == 0
