"""Two counts compared: published values, the words people read, and what cannot be compared."""

import math

import numpy as np
import pandas as pd
import pytest

from aim.analysis import auto_min_samples, compare_counts, e_test
from aim.analysis import counts as module
from aim.errors import ParameterError


@pytest.mark.parametrize(
    ("k1", "k2", "p"),
    [
        (0, 3, 0.0884),
        (6, 2, 0.1749),
        (20, 10, 0.0688),
        (25, 16, 0.1648),
        (9, 4, 0.1830),
        (30, 10, 0.00136),
        (10, 5, 0.2062),
    ],
)
def test_published_p_values_hold_in_both_directions(k1, k2, p):
    digits = 5 if p < 0.01 else 4
    assert round(e_test(k1, k2), digits) == p
    assert e_test(k1, k2) == pytest.approx(e_test(k2, k1), rel=1e-12)


@pytest.mark.real_data
def test_the_published_table_holds(real_data):
    for row in pd.read_csv(real_data / "oracles" / "etest_published.csv").itertuples():
        assert e_test(row.k1, row.k2, row.n1, row.n2, row.d) == pytest.approx(row.p, abs=5e-5)


def test_equal_counts_are_never_surprising():
    assert e_test(7, 7) == pytest.approx(1)


def test_nothing_in_both_periods_tells_nothing():
    assert math.isnan(e_test(0, 0))


def test_twice_the_exposure_explains_twice_the_count():
    assert e_test(20, 10, 2, 1) > 0.9
    assert e_test(20, 20, 2, 1) < 0.05


def test_a_difference_that_was_expected_is_no_surprise():
    assert e_test(15, 5, d=10) > 0.9
    assert e_test(15, 5, d=0) < 0.05


def test_large_counts_agree_with_the_normal_approximation():
    z = (10_400 - 10_000) / math.sqrt(20_400)
    assert e_test(10_400, 10_000) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=0.01)


def test_counts_worked_through_in_lots_give_the_same_p(monkeypatch):
    whole = e_test(40, 25)
    lots = np.array_split
    monkeypatch.setattr(module.np, "array_split", lambda values, _: lots(values, 7))
    assert e_test(40, 25) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize(
    "values", [(-1, 2), (1, -2), (1.5, 2), (math.inf, 1), (1, 2, 0, 1), (1, 2, 1, -1)]
)
def test_what_is_no_count_or_exposure_is_refused(values):
    with pytest.raises(ParameterError, match="must be"):
        e_test(*values)


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [
        (30, 10, "up"),
        (10, 30, "down"),
        (5, 0, "new"),
        (0, 5, "down"),
        (6, 4, "steady"),
        (5, 4, "too few to say"),
        (3, 0, "too few to say"),
        (0, 0, "too few to say"),
        (20, 10, "steady"),
    ],
)
def test_change_is_told_in_a_word(now, before, word):
    p, change = compare_counts(now, before)
    assert change == word
    assert p == pytest.approx(e_test(now, before), nan_ok=True)


# Worked for 54 square km: at one place, and in brackets at every incident.
WORKED_NUMBERS = {
    500: [(3, 4), (4, 6), (5, 8), (7, 10)],
    1_000: [(3, 5), (5, 8), (7, 11), (9, 14)],
    3_000: [(5, 8), (8, 13), (12, 18), (17, 25)],
    10_000: [(7, 12), (16, 23), (27, 37), (41, 53)],
}


@pytest.mark.parametrize(("n", "worked"), WORKED_NUMBERS.items())
def test_the_automatic_number_is_the_worked_one_and_the_incident_itself(n, worked):
    found = [
        (auto_min_samples(n, eps_m, 54e6, places=1), auto_min_samples(n, eps_m, 54e6))
        for eps_m in (50, 100, 150, 200)
    ]
    assert found == [(one + 1, every + 1) for one, every in worked]


def test_the_automatic_number_has_an_answer_at_the_ends():
    assert auto_min_samples(0, 150, 54e6) == 2
    assert auto_min_samples(10**6, 1000, 1e6) > 10**6


@pytest.mark.parametrize("values", [(-1, 1, 1), (1, 0, 1), (1, 1, 0), (1, math.nan, 1)])
def test_no_number_comes_from_no_ground(values):
    with pytest.raises(ParameterError, match="area_m2"):
        auto_min_samples(*values)
    with pytest.raises(ParameterError, match="`places` at least 1"):
        auto_min_samples(1, 1, 1, places=0)
