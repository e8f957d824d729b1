"""Significance: every run is the whole search, chance is what it says, p never says too little."""

import dataclasses
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis import _largest, cluster_hotspots, dbscan, find_hotspots
from aim.analysis._clusters import Search, find_clusters, split_wide
from aim.analysis._null import draw_among, draw_on, surface_of
from aim.analysis.significance import (
    BUSY_BY_CHANCE,
    GROUND_WAS_CHOSEN,
    Chance,
    Null,
    assess_significance,
    familywise_p,
    say_chance,
)
from aim.errors import CrsError, ParameterError
from aim.model.hotspots import HotspotParameters

ENGINES = ["numpy", "numba"]
CORNER = np.array([450_000.0, 520_000.0])
PLAIN = HotspotParameters(eps_m=100, min_samples=5, split=False)
LOOSE = HotspotParameters(eps_m=100, min_samples=3, split=False)
SPLIT = HotspotParameters(eps_m=150, min_samples=5, split=True, largest_radius_m=120)


def town(*people, side_m=4000.0):
    """Give a square town, cut from west to east into as many strips as there are numbers."""
    edges = np.linspace(0, side_m, len(people) + 1)
    x, y = CORNER
    strips = [shapely.box(x + a, y, x + b, y + side_m) for a, b in pairwise(edges)]
    codes = [f"E0509900{number}" for number in range(len(people))]
    columns = {"ward_code": codes, "ward_name": codes, "population": list(people)}
    return gpd.GeoDataFrame(columns, geometry=strips, crs="EPSG:27700")


def at(places):
    return pd.DataFrame({"easting": places[:, 0], "northing": places[:, 1]})


def planted(busy=40, scattered=260, seed=1):
    rng = np.random.default_rng(seed)
    around = CORNER + rng.normal((1000, 3000), 40, (busy, 2))
    return np.concatenate([around, CORNER + rng.uniform(0, 4000, (scattered, 2))])


def map_of(kind, rng):
    size = rng.choice([400, 1500, 4000])
    points = CORNER + rng.uniform(0, size, (rng.integers(1, 4), rng.integers(1, 300), 2))
    return np.round(points / 25) * 25 if kind == "on a raster" else points


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["continuous", "on a raster"])
def test_maps_are_labelled_as_dbscan_labels_them(engine, kind, needs):
    if engine == "numba":
        needs("numba")
    label, rng, quick = _largest.choose_label(engine, 0), np.random.default_rng(2), 0
    for _ in range(40):
        maps, eps_m, number = map_of(kind, rng), rng.choice([25, 60, 200]), int(rng.integers(1, 8))
        bounds = (*maps.min(axis=(0, 1)), *maps.max(axis=(0, 1)))
        ground = _largest.lay_ground(bounds, eps_m, maps.shape[1])
        quick += label(maps, ground, eps_m, number) is not None
        labels, core = _largest.label_maps(maps, ground, eps_m, number, label)
        ends, begin = labels.reshape(maps.shape[:2]), 0
        for points, mine, dense in zip(maps, ends, core.reshape(ends.shape), strict=True):
            order = np.lexsort((points[:, 1], points[:, 0]))
            theirs, their_core = dbscan(points[order], eps_m, number)
            assert (dense[order] == their_core).all()
            assert (mine[order] == np.where(theirs < 0, -1, theirs + begin)).all()
            begin += theirs.max(initial=-1) + 1
    assert quick > 20


def test_squares_never_part_neighbours_however_fine():
    maps = CORNER + np.array([[[0, 0], [99.99999999, 0], [0, 100], [250.0, 0], [350.0, 0]]])
    for fineness in (1, 2, 4):
        ground = _largest._squares((*CORNER, *(CORNER + 350)), 100.0, fineness)
        labels, _ = _largest.label_by_counting(maps, ground, 100.0, 2)
        assert labels.tolist() == [0, 0, 0, 1, 1]


def test_ground_too_wide_for_squares_is_left_to_the_general_method():
    assert _largest.lay_ground((0, 0, 1e7, 1e7), 1.0, 500) is None
    maps = np.array([[[0.0, 0.0], [1.0, 0.0], [1e7, 1e7]]])
    labels, core = _largest.label_maps(maps, None, 1.0, 2, _largest.label_by_counting)
    assert labels.tolist() == [0, 0, -1]
    assert core.tolist() == [True, True, False]


def test_points_fall_into_a_polygon_and_never_into_its_hole():
    hole = shapely.box(40, 40, 60, 60)
    shape = shapely.difference(shapely.box(0, 0, 100, 100), hole)
    points = draw_on(surface_of([shape], np.ones(1)), 20_000)(1, np.random.default_rng(3))[0]
    assert not shapely.contains_xy(hole, points).any()
    west = (points[:, 0] < 40).mean()
    assert west == pytest.approx(4000 / 9600, abs=0.015)


def test_points_fall_as_people_are_spread():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 100, 10), shapely.box(100, 0, 110, 10)]
    surface = surface_of(shapes, np.array([30.0, 10.0, 0.0]))
    east = draw_on(surface, 20_000)(1, np.random.default_rng(3))[0, :, 0]
    assert (east < 10).mean() == pytest.approx(0.75, abs=0.015)
    assert east.max() <= 100
    assert surface.bounds == (0, 0, 100, 10)


@pytest.mark.parametrize(
    "draw",
    [
        draw_on(surface_of([shapely.box(0, 0, 10, 10)], np.ones(1)), 7),
        draw_among(np.arange(40.0).reshape(-1, 2), 7),
    ],
)
def test_maps_hang_on_the_seed_and_not_on_how_many_are_drawn_at_once(draw):
    together = draw(4, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    assert (together == np.concatenate([draw(1, rng) for _ in range(4)])).all()


def test_labels_are_dealt_out_without_a_point_twice():
    pool = np.arange(40.0).reshape(-1, 2)
    drawn = draw_among(pool, 19)(30, np.random.default_rng(1))
    assert all(len(np.unique(one, axis=0)) == 19 for one in drawn)
    assert len(np.unique(drawn.reshape(-1, 2), axis=0)) == 20


def searched(points, parameters, least_places=1):
    """Search as ``cluster_hotspots`` does, and give the incidents of the largest hotspot."""
    places = points[np.lexsort((points[:, 1], points[:, 0]))]
    widest = parameters.largest_radius_m if parameters.split else np.inf
    search = Search(places, parameters.min_samples, widest, least_places)
    kept, _, _ = split_wide(search, find_clusters(search, parameters.eps_m))
    return max((len(one.rows) for one in kept), default=0)


@pytest.mark.parametrize("parameters", [PLAIN, SPLIT], ids=["plain", "split"])
def test_every_run_is_the_whole_search(parameters):
    places, wards = planted(60, 300), town(1)
    run = cluster_hotspots(at(places), parameters, wards=wards)
    assert run.hotspots["incidents"].max() == searched(places, parameters)
    assessed = assess_significance(run, wards, runs=30, rng=4)
    draw = draw_on(surface_of([shapely.union_all(wards.geometry)], np.ones(1)), 360)
    maps = draw(30, np.random.default_rng(4))
    assert assessed.largest.tolist() == [searched(one, parameters) for one in maps]
    assert len(set(assessed.largest)) > 2


def test_every_run_of_snapped_labels_asks_for_two_places_too():
    streets = np.round(planted(20, 60))
    places, wards = np.repeat(streets, 8, axis=0), town(1)
    run = cluster_hotspots(at(places[::2]), SPLIT, wards=wards)
    assessed = assess_significance(run, wards, runs=20, null="labels", everything=at(places))
    draw = draw_among(places[np.lexsort((places[:, 1], places[:, 0]))], 320)
    maps = draw(20, np.random.default_rng(0))
    assert assessed.largest.tolist() == [searched(one, SPLIT, least_places=2) for one in maps]
    assert len(set(assessed.largest)) > 2


def test_a_wide_cluster_of_chance_is_split_before_it_is_counted():
    wards = town(1, side_m=1500)
    places = CORNER + np.random.default_rng(8).uniform(0, 1500, (300, 2))
    narrow = HotspotParameters(eps_m=150, min_samples=6, largest_radius_m=120)
    run = cluster_hotspots(at(places), narrow, wards=wards)
    found = assess_significance(run, wards, runs=10).largest
    plain = dataclasses.replace(narrow, split=False)
    whole = assess_significance(dataclasses.replace(run, parameters=plain), wards, runs=10).largest
    assert (found < whole).all()


def test_the_planted_hotspot_is_more_than_chance_and_a_map_of_chance_is_not():
    wards = town(1)
    busy = cluster_hotspots(at(planted()), PLAIN, wards=wards)
    assessed = assess_significance(busy, wards, runs=99)
    first = assessed.hotspots.iloc[0]
    assert (first["p"], first["chance"]) == (0.01, "very unlikely by chance")
    even = cluster_hotspots(at(planted(busy=0)), LOOSE, wards=wards)
    assert assess_significance(even, wards, runs=99).hotspots["p"].min() > 0.05


def test_a_rerun_agrees_and_another_seed_draws_other_maps():
    run, wards = cluster_hotspots(at(planted()), PLAIN, wards=town(1)), town(1)
    one, again, other = (assess_significance(run, wards, runs=50, rng=seed) for seed in (7, 7, 8))
    assert one.largest.tolist() == again.largest.tolist() != other.largest.tolist()
    assert (one.seed, one.runs, one.null, one.incidents) == (7, 50, Null.UNIFORM, 300)
    assert assess_significance(run, wards, runs=5, rng=np.random.default_rng(7)).seed is None
    assert assess_significance(run, wards, runs=5, data_version=12).data_version == 12


def test_both_engines_give_the_same_answer(needs):
    needs("numba")
    run, wards = cluster_hotspots(at(planted()), SPLIT, wards=town(1)), town(1)
    one, other = (assess_significance(run, wards, runs=30, engine=name) for name in ENGINES)
    assert one.largest.tolist() == other.largest.tolist()


def test_chance_expects_as_many_as_the_share_of_the_ground():
    wards = town(3, 1)
    run = cluster_hotspots(at(planted()), PLAIN, wards=wards)
    share = run.hotspots.geometry.iloc[0].area / 16e6
    uniform = assess_significance(run, wards, runs=5).hotspots
    at_risk = assess_significance(run, wards, runs=5, null="at-risk").hotspots
    assert uniform["expected"].iloc[0] == pytest.approx(300 * share)
    assert at_risk["expected"].iloc[0] == pytest.approx(300 * share * 2 * 3 / 4)


def test_people_explain_a_busy_place_where_they_live():
    crowded = town(1, 40, 1)
    rng = np.random.default_rng(6)
    strip = CORNER + rng.uniform((4000 / 3, 0), (8000 / 3, 4000), (400, 2))
    run = cluster_hotspots(at(strip), PLAIN, wards=crowded)
    uniform = assess_significance(run, crowded, runs=199).hotspots["p"].min()
    at_risk = assess_significance(run, crowded, runs=199, null="at-risk").hotspots["p"].min()
    assert uniform < 0.05 < at_risk


def test_busy_streets_explain_a_busy_place_of_one_type():
    places = planted(200, 1000, seed=3)
    chosen = np.random.default_rng(1).choice(1200, 300, replace=False)
    run, wards = cluster_hotspots(at(places[chosen]), PLAIN, wards=town(1)), town(1)
    assert assess_significance(run, wards, runs=99).hotspots["p"].iloc[0] == 0.01
    dealt = assess_significance(run, wards, runs=99, null="labels", everything=at(places))
    assert dealt.hotspots["p"].iloc[0] > 0.1
    assert dealt.hotspots["expected"].iloc[0] == pytest.approx(50, abs=6)


def test_a_type_that_gathers_where_others_do_not_is_more_than_its_label():
    places = planted(60, 1140, seed=3)
    chosen = np.r_[0:60, 60:300]
    run, wards = cluster_hotspots(at(places[chosen]), PLAIN, wards=town(1)), town(1)
    dealt = assess_significance(run, wards, runs=99, null="labels", everything=at(places))
    assert dealt.hotspots["p"].iloc[0] == 0.01


def test_snapped_positions_are_sent_to_random_labels():
    streets = CORNER + np.random.default_rng(2).uniform(0, 4000, (60, 2))
    places = np.repeat(streets, 10, axis=0)
    run, wards = cluster_hotspots(at(places[::2]), PLAIN, wards=town(1)), town(1)
    uniform = assess_significance(run, wards, runs=19)
    assert set(uniform.hotspots["chance"]) == {Chance.SNAPPED}
    assert any("Test with `labels`" in one for one in uniform.warnings)
    dealt = assess_significance(run, wards, runs=19, null="labels", everything=at(places))
    assert Chance.SNAPPED not in set(dealt.hotspots["chance"])
    assert not any("snapped" in one for one in dealt.warnings)


def test_a_hotspot_counts_the_runs_that_reach_it():
    largest = np.array([3, 5, 4, 5, 2, 1, 9, 5, 5])
    assert familywise_p(np.array([9, 10, 5, 1]), largest).tolist() == [0.2, 0.1, 0.6, 1.0]
    assert familywise_p(np.array([5]), np.empty(0, np.int64)).tolist() == [1.0]


def test_ties_broken_at_random_lie_between_none_and_all():
    counts, largest = np.array([5] * 400), np.array([5, 5, 5, 1, 9])
    p = familywise_p(counts, largest, ties=np.random.default_rng(1))
    assert sorted(set(p.round(6))) == [0.333333, 0.5, 0.666667, 0.833333]


def test_stopping_early_takes_p_at_the_run_that_settled_it():
    largest = np.array([1, 5, 5, 7, 1, 7])
    assert familywise_p(np.array([7, 5, 8]), largest, early_stop=2).tolist() == [
        2 / 6, 2 / 3, 1 / 7,
    ]  # fmt: skip


def test_stopping_early_saves_the_runs_that_decide_nothing():
    wards = town(1)
    run = cluster_hotspots(at(planted(busy=0)), LOOSE, wards=wards)
    whole = assess_significance(run, wards, runs=400, rng=3)
    short = assess_significance(run, wards, runs=400, rng=3, early_stop=10)
    assert len(short.largest) < 400
    assert (short.largest == whole.largest[: len(short.largest)]).all()
    most = run.hotspots["incidents"].max()
    assert short.largest[-1] >= most
    assert (short.largest >= most).sum() == 10
    assert short.hotspots["p"].iloc[0] == 10 / len(short.largest)


def test_progress_is_told_up_to_the_end():
    told = []
    run = cluster_hotspots(at(planted()), PLAIN, wards=town(1))
    assess_significance(run, town(1), runs=120, progress=told.append)
    assert told == sorted(told)
    assert (len(told) > 1, told[-1]) == (True, 1.0)


def test_without_a_hotspot_nothing_is_drawn():
    run = cluster_hotspots(at(planted()), HotspotParameters(min_samples=200), wards=town(1))
    assessed = assess_significance(run, town(1))
    assert (len(assessed.hotspots), len(assessed.largest), len(assessed.table())) == (0, 0, 0)
    assert GROUND_WAS_CHOSEN not in assessed.warnings


def test_what_find_hotspots_gave_is_taken_as_it_stands():
    wards = town(1)
    asked = {"eps_m": 100, "min_samples": 5, "split": False, "wards": wards}
    hotspots = find_hotspots(at(planted()), **asked)
    run = cluster_hotspots(at(planted()), PLAIN, wards=wards)
    one, other = (assess_significance(found, wards, runs=9) for found in (hotspots, run))
    pd.testing.assert_frame_equal(one.hotspots, other.hotspots)
    assert one.parameters == PLAIN


def test_the_table_counts_every_run():
    run = cluster_hotspots(at(planted()), PLAIN, wards=town(1))
    assessed = assess_significance(run, town(1), runs=60)
    table = assessed.table()
    assert table["runs"].sum() == 60
    assert (table["incidents"] * table["runs"]).sum() == assessed.largest.sum()


@pytest.mark.parametrize(
    ("p", "word"),
    [(0.01, "very unlikely"), (0.011, "unlikely"), (0.05, "unlikely"), (0.051, "could be chance")],
)
def test_words_have_their_bounds(p, word):
    assert say_chance(p).value.startswith(word)


def test_warnings_say_what_a_result_cannot():
    run, wards = cluster_hotspots(at(planted()), PLAIN, wards=town(1)), town(1)
    uniform = " ".join(assess_significance(run, wards, runs=50).warnings)
    assert GROUND_WAS_CHOSEN in uniform
    assert "Nobody's town is even" in uniform
    assert "With 50 runs no p can be below 0.02" in uniform
    everything = at(np.concatenate([planted(), CORNER + np.ones((20, 2))]))
    dealt = assess_significance(run, wards, runs=99, null="labels", everything=everything)
    assert "(300 of 320)" in " ".join(dealt.warnings)
    several = cluster_hotspots(at(planted()), LOOSE, wards=wards)
    for null, said in (("uniform", False), ("at-risk", True)):
        assessed = assess_significance(several, wards, null=null, runs=5)
        assert (BUSY_BY_CHANCE in assessed.warnings) == said
    assert "no p can be" not in " ".join(dealt.warnings)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"null": "even"}, "`null`"),
        ({"runs": 0}, "`runs`"),
        ({"runs": 2.5}, "`runs`"),
        ({"early_stop": 0}, "`early_stop`"),
        ({"engine": "fast"}, "`engine`"),
        ({"null": "labels"}, "`everything`"),
        ({"null": "labels", "everything": at(planted())}, "Random labels"),
        ({"null": "at-risk", "people": "households"}, "households"),
        ({"null": "at-risk", "area": town(0, 0)}, "not all 0"),
        ({"null": "at-risk", "area": town(-1, 2)}, "numbers from 0"),
        ({"area": town(1).iloc[:0]}, "no polygon"),
    ],
)
def test_what_cannot_be_tested_is_refused(given, words):
    run = cluster_hotspots(at(planted()), PLAIN, wards=town(1))
    with pytest.raises(ParameterError, match=words):
        assess_significance(run, **{"area": town(1), "runs": 5} | given)


def test_frames_that_do_not_say_how_they_were_found_and_degrees_are_refused():
    run = cluster_hotspots(at(planted()), PLAIN, wards=town(1))
    with pytest.raises(ParameterError, match="unchanged"):
        assess_significance(run.hotspots, town(1))
    with pytest.raises(CrsError, match="EPSG:27700"):
        assess_significance(run, town(1).to_crs("EPSG:4326"))
