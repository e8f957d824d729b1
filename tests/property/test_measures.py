"""Promises of change, evaluation and concentration for all counts."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import pdtr, pdtrc

from aim.analysis import (
    compare_periods,
    control_limits,
    generalised_gini,
    gini,
    pai,
    poisson_interval,
    quarter_of,
    scan_window,
    share_of_places,
    smooth_rates,
    weighted_displacement_difference,
    year_interval,
    year_of,
)

counts = st.integers(0, 500)
pairs = st.tuples(st.integers(1, 500), st.integers(1, 500))
many = st.lists(st.integers(0, 40), min_size=2, max_size=30).filter(any)
quick = settings(max_examples=50)


@quick
@given(counts, st.floats(0.001, 0.5))
def test_each_limit_leaves_half_the_chance_on_its_side(count, alpha):
    low, high = poisson_interval(count, alpha)
    assert low <= count <= high
    assert pdtr(count, high) == pytest.approx(alpha / 2, rel=1e-6)
    if count:
        assert pdtrc(count - 1, low) == pytest.approx(alpha / 2, rel=1e-6)


@quick
@given(counts, counts)
def test_turning_a_comparison_round_turns_its_signs_and_limits(now, before):
    there, back = compare_periods(now, before), compare_periods(before, now)
    assert (there.difference, there.z) == pytest.approx((-back.difference, -back.z))
    assert there.p == pytest.approx(back.p, nan_ok=True)
    if now and before:
        assert there.low == pytest.approx(1 / back.high)
        assert there.low <= there.ratio <= there.high


@quick
@given(pairs, pairs, pairs, pairs, st.floats(0.1, 10))
def test_treated_and_control_change_sides_and_units_change_nothing(one, other, ring, far, unit):
    found = weighted_displacement_difference(one, other, ring, far)
    turned = weighted_displacement_difference(other, one, far, ring)
    assert found.estimate == -turned.estimate
    assert found.standard_error == pytest.approx(turned.standard_error)
    assert found.low <= found.estimate <= found.high
    scaled = weighted_displacement_difference(one, other, ring, far, time_weights=(unit, unit))
    assert scaled.z == pytest.approx(found.z, abs=1e-9)


@quick
@given(many, st.randoms(use_true_random=False))
def test_concentration_hangs_on_no_order_and_stays_within_bounds(values, random):
    shuffled = random.sample(values, len(values))
    for index in (gini, generalised_gini, share_of_places):
        assert index(shuffled) == pytest.approx(index(values), abs=1e-12)
    assert -1e-9 <= generalised_gini(values) <= gini(values) + 1e-9 < 1
    assert share_of_places(values, 0.25) <= share_of_places(values, 0.5) <= 1


@quick
@given(st.lists(st.tuples(counts, counts, st.integers(1, 20)), min_size=1, max_size=20))
def test_all_the_ground_holds_all_and_no_choice_beats_the_best(places):
    observed, predicted, area = map(list, zip(*places, strict=True))
    found = pai(observed, predicted, area)
    assert sorted(found.index) == list(range(len(places)))
    if sum(observed):
        assert found["hit_rate"].is_monotonic_increasing
        assert (found["pei"] <= 1 + 1e-9).all()
        assert found[["pai", "pei", "hit_rate"]].iloc[-1].tolist() == pytest.approx([1, 1, 1])
        assert pai(observed, observed, area)["pei"].to_numpy() == pytest.approx(1)


@quick
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(50, 5000)), min_size=2, max_size=15))
def test_a_smoothed_rate_lies_between_its_own_and_the_common_one(areas):
    values, people = (pd.Series(list(one), dtype="int64") for one in zip(*areas, strict=True))
    if not values.sum():
        return
    found = smooth_rates(values, people)
    ends = np.sort(np.stack([found.rates["rate"], np.full(len(values), found.mean)]), axis=0)
    smoothed = found.rates["smoothed"].to_numpy()
    assert (ends[0] - 1e-9 <= smoothed).all()
    assert (smoothed <= ends[1] + 1e-9).all()


@quick
@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(1, 12))
def test_every_day_lies_in_its_year_and_quarter(day, starts):
    since, until = year_interval(year_of(day, starts), starts)
    assert since <= day < until
    assert quarter_of(day, starts) == f"{year_of(day, starts)} Q{months(since, day) // 3 + 1}"


def months(since, day):
    return (day.year - since.year) * 12 + day.month - since.month


@quick
@given(st.integers(1, 15), st.floats(0.01, 8), st.floats(2, 400))
def test_a_longer_series_and_a_smaller_bunch_are_likelier(count, mean, windows):
    p = scan_window(count, mean, windows)
    assert 0 <= p <= 1
    assert scan_window(count, mean, windows * 2) >= p - 1e-9
    assert scan_window(count + 1, mean, windows) <= p + 1e-9
    assert p >= pdtrc(count - 1, mean) - 1e-9


@quick
@given(st.floats(0, 1e4), st.floats(0.1, 6))
def test_control_limits_hold_the_mean_and_widen_with_z(mean, z):
    low, high = control_limits(mean, z)
    assert 0 <= low <= mean <= high
    assert control_limits(mean, z * 2)[0] <= low
    assert control_limits(mean, z * 2)[1] > high
