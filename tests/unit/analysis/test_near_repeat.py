"""Near repeats: pairs near in space and time."""

import sys
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from aim.analysis import measure_near_repeat, near_repeat
from aim.errors import ParameterError

PLACES = [(0, 0), (100, 0), (0, 100), (1000, 1000), (1050, 1000), (5000, 0)]
DAYS = [0, 3, 20, 5, 6, 5]
INF = np.inf


def count_by_hand(xy_m, days, space, time, power):
    """Count every pair one by one."""
    table = np.zeros((len(space) - 1, len(time) - 1), dtype=int)
    for one, other in combinations(range(len(days)), 2):
        apart = np.linalg.norm(np.subtract(xy_m[one], xy_m[other]), power)
        between = abs(days[one] - days[other])
        for row, column in np.ndindex(table.shape):
            near = space[row] <= apart < space[row + 1]
            soon = time[column] <= between < time[column + 1]
            table[row, column] += near and soon
    return table


def test_the_worked_pairs():
    found = near_repeat(PLACES, DAYS, [0, 150.001], [0, 8], permutations=99)
    assert found.observed.tolist() == [[2]]
    assert found.expected[0, 0] == pytest.approx(4 * 10 / 15)
    assert found.ratio[0, 0] == pytest.approx(2 / (4 * 10 / 15))


def test_a_band_holds_its_lower_edge_and_not_its_upper_one():
    places, days = [(0, 0), (100, 0)], [0, 7]
    found = near_repeat(places, days, [0, 100, 200], [0, 7, 14], permutations=0)
    assert found.observed.tolist() == [[0, 0], [0, 1]]
    assert found.space_bands == ("[0, 100) m", "[100, 200) m")
    assert found.time_bands == ("[0, 7) d", "[7, 14) d")
    outside = near_repeat(places, days, [0, 100], [0, 7], permutations=0)
    assert outside.observed.tolist() == [[0]]


def test_the_same_place_is_a_band_of_its_own():
    found = near_repeat([(5, 5), (5, 5), (5.5, 5)], [1, 1, 1], [0, 0.01, 10], [0, 1])
    assert found.observed.tolist() == [[1], [2]]


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
@pytest.mark.parametrize(
    ("space", "time"),
    [
        ([0, 50, 120], [0, 3, 9]),
        ([30, 50, 120], [2, 3, 9]),
        ([0, 50, INF], [0, 3, INF]),
        ([20, INF], [1, 4, INF]),
        ([0, INF], [0, INF]),
    ],
)
def test_every_pair_falls_where_counting_by_hand_puts_it(metric, space, time):
    rng = np.random.default_rng(5)
    places, days = rng.integers(0, 30, (40, 2)) * 10.0, rng.integers(0, 12, 40)
    found = near_repeat(places, days, space, time, metric=metric, permutations=0)
    power = {"euclidean": 2, "manhattan": 1}[metric]
    assert found.observed.tolist() == count_by_hand(places, days, space, time, power).tolist()


def test_city_blocks_are_manhattan_by_another_name():
    found = near_repeat([(0, 0), (60, 60)], [0, 0], [0, 100], [0, 1], metric="cityblock")
    assert (found.metric, found.observed[0, 0]) == ("manhattan", 0)
    assert near_repeat([(0, 0), (60, 60)], [0, 0], [0, 100], [0, 1]).observed[0, 0] == 1


def test_what_is_expected_is_the_mean_of_all_permutations():
    rng = np.random.default_rng(2)
    places, days = rng.uniform(0, 300, (25, 2)), rng.integers(0, 30, 25)
    space, time = [0, 60, INF], [0, 5, INF]
    found = near_repeat(places, days, space, time, permutations=0)
    tables = [
        near_repeat(places, rng.permutation(days), space, time, permutations=0).observed
        for _ in range(150)
    ]
    np.testing.assert_allclose(found.expected, np.mean(tables, axis=0), rtol=0.15)
    assert found.expected.sum() == pytest.approx(25 * 24 / 2)


def test_p_counts_the_permutations_that_reach_what_was_found():
    """With three incidents there are three tables, each for two of the six orders."""
    found = near_repeat([(0, 0), (1, 0), (900, 0)], [0, 1, 50], [0, 10], [0, 5], permutations=300)
    assert 0.25 < found.p[0, 0] < 0.42
    assert found.p[0, 0] * 301 == pytest.approx(round(found.p[0, 0] * 301))
    certain = near_repeat([(0, 0), (1, 0)], [0, 1], [0, 10], [0, 5], permutations=40)
    assert certain.p.tolist() == [[1.0]]


def test_a_rerun_agrees_and_a_seed_changes_the_draws():
    rng = np.random.default_rng(8)
    places, days = rng.uniform(0, 500, (80, 2)), rng.integers(0, 60, 80)
    bands = ([0, 50, 100], [0, 7, 14])
    first = near_repeat(places, days, *bands, permutations=99)
    assert (first.p == near_repeat(places, days, *bands, permutations=99).p).all()
    other = near_repeat(places, days, *bands, permutations=99, rng=9)
    assert (first.seed, other.seed) == (0, 9)
    assert (first.p != other.p).any()
    handed = near_repeat(places, days, *bands, permutations=99, rng=np.random.default_rng(9))
    assert handed.seed is None
    assert (handed.p == other.p).all()


def test_days_of_any_kind_give_the_same_pairs():
    rng = np.random.default_rng(4)
    places, days = rng.uniform(0, 300, (60, 2)), rng.integers(0, 90, 60)
    space, time = [0, 100], [0, 7, 14]
    wanted = near_repeat(places, days, space, time, permutations=70)
    # Far apart: 32-bit days. Quarters: microseconds. The last pair is near nobody.
    for scale, extra in ((1, 2e6), (0.25, 1e6), (1000, 9e9)):
        moved = [*(days * scale), extra]
        found = near_repeat(
            [*places, (9e6, 9e6)], moved, space, np.array(time) * scale, permutations=0
        )
        assert found.observed.tolist() == wanted.observed.tolist()


def test_parts_of_days_are_compared_without_rounding():
    found = near_repeat([(0, 0), (0, 0)], [0.1, 0.3], [0, 1], [0, 0.2, 0.4], permutations=0)
    assert found.observed.tolist() == [[0, 1]]


def test_long_lists_are_counted_in_pieces(monkeypatch):
    rng = np.random.default_rng(4)
    places, days = rng.uniform(0, 300, (60, 2)), rng.integers(0, 90, 60)
    arguments = (places, days, [0, 60, 100], [0, 7, INF])
    whole = near_repeat(*arguments, permutations=70)
    monkeypatch.setattr("aim.analysis._knox._PAIRS", 5)
    pieces = near_repeat(*arguments, permutations=70)
    assert (whole.p == pieces.p).all()
    assert (whole.observed == pieces.observed).all()


def test_fewer_than_two_incidents_make_no_pair():
    for places, days in (([], []), ([(1, 1)], [4])):
        found = near_repeat(places, days, [0, 10, INF], [0, 5], permutations=9)
        assert found.observed.tolist() == [[0], [0]]
        assert found.p.tolist() == [[1.0], [1.0]]
        assert np.isnan(found.ratio).all()


def test_the_table_names_the_bands():
    table = near_repeat(PLACES, DAYS, [0, 151, INF], [0, 8], permutations=0).table()
    assert table["space"].tolist() == ["[0, 151) m", "[151, inf) m"]
    assert table["observed"].tolist() == [2, 8]
    assert table["p"].isna().all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": [1, 2]}, "found 2 for 6 points"),
        ({"days": [np.nan] * 6}, "6 missing"),
        ({"space_bands": [0]}, "two edges or more"),
        ({"space_bands": [5, 5]}, "`space_bands` must rise"),
        ({"time_bands": [-1, 5]}, "`time_bands` must rise"),
        ({"time_bands": [0, INF, INF]}, "only the last may be infinite"),
        ({"metric": "haversine"}, "euclidean, manhattan; found 'haversine'"),
        ({"permutations": -1}, "`permutations`"),
        ({"permutations": 9.5}, "`permutations`"),
        ({"rng": -1}, "`rng`"),
        ({"rng": "dice"}, "`rng`"),
        ({"engine": "abacus"}, "`engine`"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(changes, message):
    usual = {"xy_m": PLACES, "days": DAYS, "space_bands": [0, 9], "time_bands": [0, 9]}
    with pytest.raises(ParameterError, match=message):
        near_repeat(**{**usual, **changes})


def test_too_many_near_pairs_are_refused_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr("aim.analysis._knox.MOST_PAIRS", 10)
    near_repeat([(0, 0)] * 5, [0] * 5, [0, 10], [0, 5], permutations=0)
    with pytest.raises(ParameterError, match="15 pairs of incidents lie within 10 m"):
        near_repeat([(0, 0)] * 6, [0] * 6, [0, 10], [0, 5], permutations=0)


def test_the_kernel_is_asked_for_in_words_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "aim.analysis._knox_kernel", None)
    with pytest.raises(ParameterError, match="needs the numba package"):
        near_repeat(PLACES, DAYS, [0, 9], [0, 9], engine="numba")


def test_the_kernel_is_taken_only_where_it_pays(monkeypatch):
    monkeypatch.setitem(sys.modules, "aim.analysis._knox_kernel", None)
    near_repeat(PLACES, DAYS, [0, 200], [0, 9])
    monkeypatch.setattr("aim.analysis._compiled.find_spec", {}.get)
    monkeypatch.setattr("aim.analysis._knox._KERNEL_PAYS", 1)
    near_repeat(PLACES, DAYS, [0, 200], [0, 9])
    monkeypatch.setattr("aim.analysis._compiled.find_spec", {"numba": "here"}.get)
    with pytest.raises(ParameterError, match="numba"):
        near_repeat(PLACES, DAYS, [0, 200], [0, 9])


@pytest.mark.slow
def test_the_kernel_gives_the_same_answer(needs):
    needs("numba")
    rng = np.random.default_rng(1)
    places, days = rng.uniform(0, 2000, (1000, 2)), rng.integers(0, 365, 1000)
    for scale in (1, 0.3, 1e6):
        arguments = (places, days * scale, [0, 40, 200, INF], np.array([0, 7, 14]) * scale)
        plain = near_repeat(*arguments, permutations=70, engine="numpy")
        compiled = near_repeat(*arguments, permutations=70, engine="numba")
        assert (plain.observed == compiled.observed).all()
        assert (plain.p == compiled.p).all()


def incidents(**columns):
    usual = {
        "easting": [449000.0, 449050.0, 449000.0],
        "northing": 520000.0,
        "occurred_from": pd.to_datetime(
            ["2026-06-01T22:30Z", "2026-06-01T23:30Z", "2026-06-08T10:00Z"]
        ),
        "time_precision": "minute",
        "place_precision": "point",
        "location_text": "Bow Lane",
    }
    return pd.DataFrame({**usual, **columns})


def test_incidents_are_counted_by_london_days():
    """Half past eleven in UTC is the next day in a London summer."""
    found = measure_near_repeat(incidents(), [0, 100], [0, 1, 2, 9], permutations=0)
    assert found.observed.tolist() == [[0, 1, 2]]
    assert found.warnings == ()


def test_usual_bands_keep_the_same_place_apart():
    found = measure_near_repeat(incidents(), permutations=0)
    assert found.space_bands[:2] == ("[0, 0.01) m", "[0.01, 100) m")
    assert found.observed.tolist()[:2] == [[0, 1, 0, 0], [2, 0, 0, 0]]


def test_incidents_without_a_day_or_place_are_left_out_and_counted():
    found = measure_near_repeat(
        incidents(
            time_precision=["minute", "day", "month"],
            easting=[449000.0, None, 449000.0],
            place_precision=["snapped", "none", "point"],
        ),
        permutations=0,
    )
    assert found.observed.sum() == 0
    assert found.warnings == (
        "Left out, known only to their month: 1.",
        "Left out, without a position of their own: 1.",
        "On points that stand for a street: the same point may be two addresses: 1.",
    )


def test_a_ward_is_no_position():
    found = measure_near_repeat(incidents(place_precision="ward"), permutations=0)
    assert found.observed.sum() == 0
    assert found.warnings == ("Left out, without a position of their own: 3.",)


def test_month_only_incidents_are_refused_with_the_reason():
    with pytest.raises(ParameterError, match=r"Near repeats need to know the day, and all 3.*"):
        measure_near_repeat(incidents(time_precision="month"))
