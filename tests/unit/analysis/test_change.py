"""Change: published tables, intervals, and the warnings that must not be lost."""

import math

import numpy as np
import pandas as pd
import pytest

from aim.analysis import compare_counts
from aim.analysis.change import (
    against_recent,
    against_year_ago,
    compare_periods,
    compare_table,
    flag_unusual,
    poisson_interval,
    poisson_intervals,
    poisson_z,
    warn_of_peak,
)
from aim.errors import ParameterError


@pytest.mark.parametrize(
    ("now", "before", "z"),
    [(9, 4, 2), (25, 16, 2), (30, 10, 4.63), (0, 4, -4), (3416, 4397, -15.73), (395, 544, -6.90)],
)
def test_worked_z_values_hold(now, before, z):
    assert round(poisson_z(now, before), 2) == z


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0, 3.689), (5, 1.623, 11.668), (12, 6.201, 20.962), (100, 81.364, 121.627)],
)
def test_exact_intervals_hold(count, low, high):
    assert [round(limit, 3) for limit in poisson_interval(count)] == [low, high]


def test_a_surer_interval_is_wider():
    (low, sure_low), (high, sure_high) = (
        [poisson_intervals([7], alpha)[side][0] for alpha in (0.05, 0.01)] for side in (0, 1)
    )
    assert sure_low < low < 7 < high < sure_high


@pytest.mark.parametrize(
    ("now", "before", "difference", "percent"),
    [
        (3416, 4397, -981, -22.3), (1077, 1490, -413, -27.7), (1944, 2363, -419, -17.7),
        (395, 544, -149, -27.4), (1295, 1575, -280, -17.8), (2953, 3576, -623, -17.4),
        (8244, 10138, -1894, -18.7), (4968, 5175, -207, -4.0), (4769, 5175, -406, -7.8),
        (4578, 5175, -597, -11.5),
    ],
)  # fmt: skip
def test_published_indicators_are_recomputed(now, before, difference, percent):
    row = compare_table(pd.DataFrame({"now": [now], "before": [before]})).iloc[0]
    assert (row["difference"], round(row["percent"], 1)) == (difference, percent)
    assert row["change"] == "down"
    assert row["low"] < row["ratio"] < row["high"] < 1


def test_the_yearly_targets_of_a_plan_fall_by_so_much_per_cent():
    plan = pd.DataFrame({"now": [4968, 4769, 4578], "before": 5175})
    assert compare_table(plan)["percent"].round(2).tolist() == [-4.0, -7.85, -11.54]


@pytest.mark.real_data
def test_the_published_table_and_its_arrows_hold(real_data):
    table = pd.read_csv(real_data / "published" / "dudley_indicators_2011_12.csv")
    counts = table.set_index("indicator")[["year_end_2011_12", "year_end_2010_11"]]
    found = compare_table(counts.set_axis(["now", "before"], axis=1))
    assert (-found["difference"]).tolist() == table["published_variation_actual"].tolist()
    assert (-found["percent"]).round(1).tolist() == table["published_variation_pct"].tolist()
    assert found["change"].tolist() == table["published_direction"].tolist()


def test_a_longer_period_is_scaled_before_it_is_compared():
    found = compare_periods(31, 28, n_now=31, n_before=28)
    assert (found.difference, found.percent, found.ratio) == pytest.approx((0, 0, 1))
    assert (found.z, found.change) == (pytest.approx(0), "steady")
    assert compare_periods(62, 28, n_now=31, n_before=28).percent == pytest.approx(100)
    doubled = compare_periods(40, 40, n_now=1, n_before=2)
    assert (doubled.change, doubled.percent, doubled.ratio) == ("up", 100, 2)
    assert doubled.low > 1
    assert compare_counts(40, 40)[1] == "steady"


def test_z_of_unequal_periods_is_brought_to_the_spread_of_equal_ones():
    assert compare_periods(121, 300, n_now=1, n_before=3).z == pytest.approx(2 / (2 / 3) ** 0.5)
    assert compare_periods(121, 100).z == 2


def test_from_nothing_there_is_no_percentage():
    new = compare_periods(5, 0)
    assert (new.change, new.difference, new.high) == ("new", 5, math.inf)
    assert math.isnan(new.percent)
    assert math.isnan(new.ratio)
    gone = compare_periods(0, 5)
    assert (gone.percent, gone.ratio, gone.low) == (-100, 0, 0)
    assert gone.high == pytest.approx(1.0913, abs=1e-4)
    nothing = compare_periods(0, 0)
    assert (nothing.low, nothing.high, nothing.change) == (0, math.inf, "too few to say")


def test_the_interval_of_the_ratio_is_the_exact_one():
    found = compare_periods(20, 10)
    # Clopper and Pearson for 20 of 30: 0.4719 to 0.8271.
    assert (found.low, found.high) == pytest.approx((0.4719 / 0.5281, 0.8271 / 0.1729), rel=2e-3)


def test_what_was_handed_in_is_never_dropped():
    assert compare_periods(3, 4, warnings=["an outage", "a break"]).warnings == (
        "an outage",
        "a break",
    )


def test_the_same_month_of_last_year_is_found_and_its_absence_shown():
    months = pd.Series({"2025-03": 9, "2025-04": 16, "2026-03": 4, "2026-04": 25, "2027-01": 3})
    found = against_year_ago(months)
    assert found["before"].fillna(-1).tolist() == [-1, -1, 9, 16, -1]
    assert found["z"].fillna(9).tolist() == [9, 9, -2, 2, 9]


def test_a_week_is_compared_with_the_eight_before_it():
    found = against_recent(pd.Series([4, 6, 4, 6, 4, 6, 4, 6, 20, 5]))
    assert found["usual"].isna().tolist() == [True] * 8 + [False] * 2
    assert found["usual"].tolist()[8:] == [5, 7]
    assert found["z"][8] == pytest.approx(2 * (20**0.5 - 5**0.5) / (9 / 16) ** 0.5)


def test_a_week_unknown_makes_no_usual():
    found = against_recent(pd.Series([4, np.nan, 4, 6, 9]), periods=2)
    assert found["usual"].fillna(-1).tolist() == [-1, -1, -1, -1, 5]


def test_the_worked_outlier_is_flagged():
    found = flag_unusual(pd.Series([4, 5, 5, 6, 7, 7, 8, 9, 30]))
    assert found["unusual"].tolist() == [False] * 8 + [True]
    assert (found["low"][0], found["high"][0]) == (0.5, 12.5)
    assert flag_unusual(pd.Series([50, 51, 52, 53, 1]))["unusual"].tolist()[-1]
    assert not flag_unusual(pd.Series([0.5, 5, 5, 6, 7, 7, 8, 9, 12.5]))["unusual"].any()


MONTHS = pd.Series([4, 6, 5, 5, 14], index=["jan", "feb", "mar", "apr", "may"])


def test_a_place_picked_at_its_peak_is_told():
    assert "14 where 5 were usual" in warn_of_peak(MONTHS, ["may"], name="Mill Lane")
    assert "Mill Lane" in warn_of_peak(MONTHS, ["may"], name="Mill Lane")
    assert warn_of_peak(MONTHS, ["apr"]) is None
    assert warn_of_peak(MONTHS.replace(14, 6), ["may"]) is None
    assert warn_of_peak(MONTHS.replace(14, 7), ["may"]) is not None


def test_a_high_baseline_is_told_even_below_an_older_peak():
    months = pd.Series([5, 6, 5, 40, 5, 6, 30, 34, 38], index=range(9))
    assert warn_of_peak(months, [6, 7, 8]) is not None
    assert warn_of_peak(months * 0 + 5, [6, 7, 8]) is None


def test_two_standard_deviations_above_the_others_is_a_peak():
    months = pd.Series([4, 4, 4, 4, 14, 13])
    # 2 (root 13 - root 6) over the root of 1 + 1/5 is 2.11; with 12 it is 1.85.
    assert warn_of_peak(months, [5]) is not None
    assert warn_of_peak(months.replace(13, 12), [5]) is None


def test_with_too_few_other_periods_no_peak_is_claimed():
    assert warn_of_peak(MONTHS[["jan", "feb", "may"]], ["may"]) is None
    assert warn_of_peak(MONTHS[["jan", "feb", "mar", "may"]], ["may"]) is not None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: poisson_z(-1, 2), "now, before"),
        (lambda: poisson_interval(1, 0), "alpha"),
        (lambda: compare_table(pd.DataFrame({"now": [1]})), "lacks before"),
        (lambda: against_recent(pd.Series([1]), periods=0), "`periods`"),
        (lambda: warn_of_peak(MONTHS, ["june"]), "june"),
        (lambda: warn_of_peak(MONTHS, ["may", "june"]), "june"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
