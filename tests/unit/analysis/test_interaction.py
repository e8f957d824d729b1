"""Older tests of space and time together: counted by hand, permuted, refused in words."""

import math
from itertools import combinations

import numpy as np
import pytest

from aim.analysis import jacquez_test, mantel_test, modified_knox
from aim.errors import ParameterError

TESTS = {
    "mantel": mantel_test,
    "jacquez": lambda xy, days, **asked: jacquez_test(xy, days, neighbours=2, **asked),
    "knox": lambda xy, days, **asked: modified_knox(xy, days, 60, 5, **asked),
}
every_test = pytest.mark.parametrize("run", TESTS.values(), ids=TESTS)


def scattered(count=30, seed=3):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 30, (count, 2)) * 10.0, rng.integers(0, 40, count)


def bursts():
    """Six places, each with five incidents within days."""
    rng = np.random.default_rng(1)
    places = np.repeat(rng.uniform(0, 5000, (6, 2)), 5, axis=0) + rng.normal(0, 20, (30, 2))
    return places, np.repeat(np.arange(6) * 30, 5) + rng.integers(0, 4, 30)


@pytest.mark.parametrize(("power", "constant"), [(1.0, 0.0), (-1.0, 1.0), (-2.0, 5.0), (0.5, 3.0)])
def test_mantels_number_is_the_correlation_of_all_pairs(power, constant):
    places, days = scattered()
    pairs = list(combinations(range(len(days)), 2))
    apart = [(math.dist(places[a], places[b]) + constant) ** power for a, b in pairs]
    gaps = [(abs(float(days[a] - days[b])) + constant) ** power for a, b in pairs]
    found = mantel_test(
        places,
        days,
        space_constant_m=constant,
        space_power=power,
        time_constant_days=constant,
        time_power=power,
        permutations=0,
    )
    assert found.statistic == pytest.approx(np.corrcoef(apart, gaps)[0, 1], abs=1e-12)


def test_space_and_time_have_their_own_constants_and_powers():
    places, days = scattered()
    asked = {"space_constant_m": 2, "space_power": -0.5, "time_constant_days": 7, "time_power": 2}
    pairs = list(combinations(range(len(days)), 2))
    apart = [(math.dist(places[a], places[b]) + 2) ** -0.5 for a, b in pairs]
    gaps = [(abs(float(days[a] - days[b])) + 7) ** 2 for a, b in pairs]
    found = mantel_test(places, days, permutations=0, **asked)
    assert found.statistic == pytest.approx(np.corrcoef(apart, gaps)[0, 1], abs=1e-12)


@pytest.mark.parametrize("neighbours", [1, 2, 4])
def test_nearest_neighbours_are_those_found_by_looking_at_all(neighbours):
    rng = np.random.default_rng(6)
    places, days = rng.uniform(0, 900, (25, 2)), rng.uniform(0, 90, 25)

    def nearest(values, one):
        others = [row for row in range(25) if row != one]
        return set(sorted(others, key=lambda row: math.dist(values[row], values[one]))[:neighbours])

    wanted = sum(len(nearest(places, one) & nearest(days[:, None], one)) for one in range(25))
    found = jacquez_test(places, days, neighbours=neighbours, permutations=0)
    assert found.statistic == wanted


def test_of_equally_near_the_more_westerly_then_southerly_is_the_nearer():
    """The middle one has four at 10 m; the one in the west is its nearest, in time too."""
    places = [(0, 0), (10, 0), (-10, 0), (0, 10), (0, -10)]
    assert jacquez_test(places, [0, 5, 1, 30, 60], neighbours=1, permutations=0).statistic == 2
    assert jacquez_test(places, [0, 1, 5, 30, 60], neighbours=1, permutations=0).statistic == 1


def test_baker_takes_from_knox_what_each_incidents_neighbours_explain():
    places, days = scattered()
    rows = range(len(days))
    near = np.array([[a != b and math.dist(places[a], places[b]) < 60 for b in rows] for a in rows])
    soon = np.array([[a != b and abs(days[a] - days[b]) < 5 for b in rows] for a in rows])
    expected = (near.sum(axis=1) * soon.sum(axis=1)).sum() / (len(days) - 1)
    found = modified_knox(places, days, 60, 5, permutations=0)
    assert found.statistic == pytest.approx(((near & soon).sum() - expected) / 2, abs=1e-12)


def test_edges_do_not_belong():
    pair = [(0, 0), (100, 0), (9000, 0)]
    assert modified_knox(pair, [0, 7, 300], 100, 8, permutations=0).statistic == 0
    assert modified_knox(pair, [0, 7, 300], 101, 7, permutations=0).statistic == 0
    # One pair, where two incidents with one neighbour each of two expect a half.
    assert modified_knox(pair, [0, 7, 300], 101, 8, permutations=0).statistic == 0.5


@every_test
def test_bursts_are_found_and_scattered_incidents_are_not(run):
    assert run(*bursts(), permutations=99).p == 0.01
    assert run(*scattered(), permutations=99).p > 0.1


@every_test
def test_p_is_the_share_of_orders_that_reach_what_was_found(run):
    places, days = scattered(12)
    found = run(places, days, permutations=50, rng=8)
    rng = np.random.default_rng(8)
    settled = run is TESTS["jacquez"]
    order = np.lexsort((days, places[:, 1], places[:, 0])) if settled else np.arange(12)
    places, days = places[order], days[order]
    dealt = [run(places, days[rng.permutation(12)], permutations=0) for _ in range(50)]
    reached = sum(one.statistic >= found.statistic - 1e-9 for one in dealt)
    # Jacquez breaks ties of days by place, which a permutation moves.
    slack = 3 if settled else 0
    assert found.p * 51 == pytest.approx(reached + 1, abs=slack + 1e-9)


@every_test
def test_row_order_and_moving_everything_change_nothing(run):
    places, days = scattered()
    usual = run(places, days, permutations=0).statistic
    order = np.random.default_rng(0).permutation(len(days))
    assert run(places[order], days[order], permutations=0).statistic == pytest.approx(usual)
    moved = run(np.add(places, (449_000, 520_000)), days + 20_000, permutations=0)
    assert moved.statistic == pytest.approx(usual)


@every_test
def test_a_rerun_agrees_and_says_its_seed(run):
    first, again = run(*scattered(), permutations=40), run(*scattered(), permutations=40)
    assert (first.p, first.seed, first.permutations) == (again.p, 0, 40)
    handed = run(*scattered(), permutations=40, rng=np.random.default_rng(0))
    assert (handed.p, handed.seed) == (first.p, None)
    assert math.isnan(run(*scattered(), permutations=0).p)


def test_too_few_incidents_tell_nothing():
    for count in (0, 1, 2):
        places, days = scattered(count)
        assert math.isnan(mantel_test(places, days).statistic)
        assert math.isnan(mantel_test(places, days).p)
        assert modified_knox(places, days, 5, 5).statistic == 0
    corners = [(0, 0), (1, 0), (0.5, math.sqrt(0.75))]
    assert math.isnan(mantel_test(corners, [1, 5, 9]).statistic)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mantel_test([(0, 0)], [1, 2]), "found 2 for 1 points"),
        (lambda: mantel_test([(0, 0)], [math.nan]), "1 missing"),
        (lambda: mantel_test(np.zeros((3001, 2)), np.zeros(3001)), "3,001 incidents are more"),
        (lambda: mantel_test([(0, 0)] * 3, [1, 2, 3], space_constant_m=0), "`space` distances"),
        (lambda: mantel_test([(0, 0)] * 3, [1, 2, 3], time_constant_days=-5), "`time` distances"),
        (lambda: mantel_test(*scattered(), permutations=-1), "`permutations`"),
        (lambda: jacquez_test(*scattered(4), neighbours=4), "`neighbours`"),
        (lambda: jacquez_test(*scattered(4), neighbours=0), "`neighbours`"),
        (lambda: jacquez_test(*scattered(4), neighbours=1.5), "`neighbours`"),
        (lambda: modified_knox(*scattered(), 0, 5), "`near_m`"),
        (lambda: modified_knox(*scattered(), 5, math.inf), "`soon_days`"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
