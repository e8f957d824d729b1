"""Promises of the local statistics and of time for all inputs."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.analysis import (
    HistoryClass,
    aoristic,
    classify_history,
    count_cells,
    emerging_hotspots,
    fdr_cutoff,
    gi_star,
    grid_neighbours,
    locate_cells,
    make_grid,
    mann_kendall,
    near_repeat,
)
from aim.analysis.classes import HISTORY_RULES, fits_rule

seeds = st.integers(0, 2**32)
shapes = st.sampled_from(["square", "hexagon"])


@settings(max_examples=40)
@given(steps=st.lists(st.sampled_from("10-"), max_size=40), trend=st.sampled_from("u-d"))
def test_every_history_has_one_class_and_keeps_the_bounds_of_its_name(steps, trend):
    hot = [one == "1" for one in steps]
    found = classify_history(
        hot, [one == "-" for one in steps], trend_up=trend == "u", trend_down=trend == "d"
    )
    ends_hot = hot[-1:] == [True]
    quiet = {HistoryClass.HISTORICAL, HistoryClass.NONE}
    assert (found in quiet) == (not ends_hot)
    if found in {HistoryClass.INTENSIFYING, HistoryClass.PERSISTENT, HistoryClass.DIMINISHING}:
        assert sum(hot) >= 0.9 * len(hot)
    if found in {HistoryClass.SPORADIC, HistoryClass.OSCILLATING, HistoryClass.CONSECUTIVE}:
        assert sum(hot) < 0.9 * len(hot)


def test_the_table_of_classes_has_no_two_rows_for_one_history():
    facts = [
        {"last": last, "mostly": mostly, "past": past, "cold": cold, "trend": trend}
        for last in (True, False)
        for mostly in (True, False)
        for past in ("once", "run", "broken")
        for cold in (True, False)
        for trend in ("up", "down", "none")
        # A place hot but once is not hot mostly.
        if not (mostly and past == "once")
    ]
    assert {sum(fits_rule(one, rule) for rule in HISTORY_RULES.values()) for one in facts} == {1}


@settings(max_examples=30)
@given(seed=seeds, shape=shapes)
def test_gi_star_follows_the_places_whatever_their_order_and_scale(seed, shape):
    rng = np.random.default_rng(seed)
    grid = make_grid(shapely.box(0, 0, rng.integers(2, 9), rng.integers(2, 9)), 1, shape)
    values = rng.poisson(2, len(grid)).astype(float)
    neighbours = grid_neighbours(grid).toarray()
    order = rng.permutation(len(grid))
    z = gi_star(values, neighbours)
    np.testing.assert_allclose(
        gi_star(values[order], neighbours[np.ix_(order, order)]), z[order], atol=1e-9
    )
    np.testing.assert_allclose(gi_star(values * 7 + 3, neighbours), z, atol=1e-9)
    np.testing.assert_allclose(gi_star(-values, neighbours), -z, atol=1e-9)


@settings(max_examples=30)
@given(seed=seeds, shape=shapes)
def test_every_point_of_an_area_lies_in_one_cell(seed, shape):
    rng = np.random.default_rng(seed)
    corners = rng.uniform(-500, 500, (5, 2)) + rng.choice([0, 450_000])
    area = shapely.MultiPoint(corners).convex_hull
    points = rng.dirichlet(np.ones(5), 100) @ corners
    grid = make_grid(area, rng.uniform(30, 400), shape)
    found = locate_cells(grid, np.vstack([points, corners]))
    assert (found[:100] >= 0).all()
    assert count_cells(grid, points).sum() == 100


@settings(max_examples=40)
@given(seed=seeds, bands=st.integers(1, 4), endless=st.booleans())
def test_near_repeats_are_those_of_any_order_and_place_and_none_is_lost(seed, bands, endless):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 40))
    places, days = rng.integers(0, 40, (count, 2)) * 10.0, rng.integers(0, 40, count)
    space = [0.0, *np.cumsum(rng.integers(1, 9, bands)) * 10.0, *([np.inf] if endless else [])]
    time = [0.0, *np.cumsum(rng.integers(1, 9, bands)) * 1.0, np.inf]
    found = near_repeat(places, days, space, time, permutations=0)
    order = rng.permutation(count)
    moved = near_repeat(places[order] + 1000, days[order] - 7, space, time, permutations=0)
    assert (found.observed == moved.observed).all()
    np.testing.assert_allclose(found.expected.sum(axis=1), found.observed.sum(axis=1))
    if endless:
        assert found.observed.sum() == count * (count - 1) // 2


@settings(max_examples=30)
@given(seed=seeds)
def test_every_incident_weighs_one_over_the_week(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 30))
    start = np.datetime64("2026-03-20T00:00", "us") + rng.integers(0, 10**13, count)
    length = rng.choice([0, 1, 3600, 86400, 7 * 86400, 10**6], count) * rng.integers(
        0, 10**6, count
    )
    weights = aoristic(start, start + length.astype("m8[us]") * rng.choice([-1, 1], count))
    assert weights.sum() == pytest.approx(count)
    assert (weights >= 0).all()


@settings(max_examples=40)
@given(p=st.lists(st.floats(0, 1), max_size=30), alpha=st.floats(0.001, 0.5))
def test_the_correction_lies_between_bonferroni_and_none(p, alpha):
    cutoff = fdr_cutoff(p, alpha)
    assert cutoff <= alpha
    assert all(one <= cutoff for one in p if one <= alpha / len(p))
    assert not cutoff or cutoff in p


@settings(max_examples=40)
@given(series=st.lists(st.integers(-5, 5), max_size=25))
def test_a_series_read_backwards_has_the_opposite_trend(series):
    there, back = mann_kendall(series), mann_kendall(series[::-1])
    assert (back.s, back.z, back.p) == (-there.s, -there.z, there.p)
    assert there.var == back.var >= 0
    assert 0 < there.p <= 1


@settings(max_examples=20)
@given(seed=seeds)
def test_a_cell_never_hot_is_nothing_and_a_new_one_is_hot_now(seed):
    rng = np.random.default_rng(seed)
    grid = make_grid(shapely.box(0, 0, 6, 6), 1)
    counts = rng.poisson(rng.uniform(0.2, 3, 36) ** 2, (10, 36))
    found = emerging_hotspots(counts, grid_neighbours(grid), alpha=0.2, corrected=False)
    history = found.cells["history"].to_numpy()
    assert (history[~found.hot.any(axis=0)] == "none").all()
    assert found.hot[-1, history == "new"].all()
    assert not found.hot[:-1, history == "new"].any()
