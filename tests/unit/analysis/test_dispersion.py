"""Do incidents bunch at all: worked values, an even scatter, and what cannot be asked."""

import math

import numpy as np
import pytest

from aim.analysis.dispersion import (
    nearest_distance_by_chance,
    nearest_neighbour,
    ripley_k,
    weighted_centre,
)
from aim.errors import ParameterError

PAIRS = [[0, 0], [0, 30], [300, 0], [300, 30]]


def test_the_worked_distances_hold():
    assert round(nearest_distance_by_chance(500, 100e6), 3) == 223.607
    assert round(ripley_k([[0, 0]], [100], 1e6)["expected"][0], 2) == 31_415.93


def test_pairs_bunch_and_a_lattice_keeps_apart():
    pairs = nearest_neighbour(PAIRS, 160_000)
    assert (pairs.observed_m, pairs.expected_m, pairs.index) == (30, 100, 0.3)
    assert pairs.z == pytest.approx(-70 / (0.26136 * 400 / 4))
    assert pairs.p == pytest.approx(math.erfc(-pairs.z / math.sqrt(2)))
    lattice = nearest_neighbour([[x, y] for x in range(10) for y in range(10)], 100)
    assert lattice.index == 2
    assert lattice.z > 5


def test_an_even_scatter_is_taken_for_one():
    points = np.random.default_rng(3).uniform(0, 10_000, (2000, 2))
    found = nearest_neighbour(points, 1e8)
    assert found.index == pytest.approx(1, abs=0.03)
    assert abs(found.z) < 3
    assert ripley_k(points, [200, 400], 1e8)["ratio"].tolist() == pytest.approx([1, 1], abs=0.07)


def test_pairs_within_a_distance_count_and_at_it_too():
    found = ripley_k(PAIRS, [29.9, 30, 300], 160_000)
    assert found["k"].tolist() == pytest.approx([0, 160_000 * 4 / 12, 160_000 * 8 / 12])
    assert found["ratio"].tolist()[2] == pytest.approx(160_000 * 8 / 12 / (math.pi * 9e4))


def test_nobody_has_a_neighbour_alone():
    assert ripley_k([[0, 0]], [10], 100)["k"].isna().all()
    assert ripley_k([], [10], 100)["k"].isna().all()
    with pytest.raises(ParameterError, match="two incidents at least, found 1"):
        nearest_neighbour([[0, 0]], 100)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nearest_distance_by_chance(0, 100), "`incidents`"),
        (lambda: nearest_neighbour(PAIRS, 0), "`area_m2`"),
        (lambda: ripley_k(PAIRS, [-1], 100), "`radii_m`"),
        (lambda: ripley_k(PAIRS, [1], 0), "`area_m2`"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, words):
    with pytest.raises(ParameterError, match=words):
        call()


def test_a_heavy_incident_draws_the_centre_to_it():
    square = [(0, 0), (50, 0), (0, 50), (50, 50), (100, 50)]
    assert weighted_centre(square) == (40, 30)
    assert weighted_centre(square, [1, 1, 1, 1, 6]) == (70, 40)
    assert weighted_centre(square, [0, 3, 0, 0, 0]) == (50, 0)


def test_nothing_has_no_centre():
    for points, weights in (([], None), ([(1, 2)], [0])):
        assert np.isnan(weighted_centre(points, weights)).all()


@pytest.mark.parametrize("weights", [[1], [1, -1], [1, np.nan]])
def test_a_weight_for_each_from_nought_is_wanted(weights):
    with pytest.raises(ParameterError, match="`weights`"):
        weighted_centre([(0, 0), (1, 1)], weights)
