"""Settings side by side: what chance would let in, what does not last, and what foretells badly."""

import numpy as np
import pandas as pd
import pytest

from aim.analysis import auto_min_samples, cluster_hotspots, tune_hotspots, tuning
from aim.analysis._clusters import Cluster
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters

AREA_M2 = 16e6
BOTH = HotspotParameters(eps_m=100)


def table(places, days=None, precision="minute"):
    columns = {
        "incident_id": [f"{number:032x}" for number in range(len(places))],
        "easting": 480_000 + places[:, 0],
        "northing": 530_000 + places[:, 1],
        "time_precision": precision,
    }
    frame = pd.DataFrame(columns)
    if days is None:
        return frame.drop(columns="time_precision")
    return frame.assign(
        occurred_from=pd.Timestamp("2026-01-01T12:00Z") + pd.to_timedelta(days, "D")
    )


def crowd_and_scatter(rng, crowds=((800, 900), (3000, 2500)), each=45, scatter=150, width=50):
    around = [rng.normal(middle, width, (each, 2)) for middle in crowds]
    places = np.concatenate([*around, rng.uniform(0, 4000, (scatter, 2))])
    return places, rng.integers(0, 90, len(places))


@pytest.fixture(scope="module")
def crowds():
    """Give two crowds of 45 within a scatter of 150 over four kilometres and ninety days."""
    return table(*crowd_and_scatter(np.random.default_rng(3)))


@pytest.fixture(scope="module")
def tuned(crowds):
    return tune_hotspots(crowds, eps_m=(50, 100, 800), parameters=BOTH, area_m2=AREA_M2)


def row_of(tuned, eps_m, number):
    grid = tuned.grid
    return grid[(grid["eps_m"] == eps_m) & (grid["min_samples"] == number)].iloc[0]


def test_every_distance_meets_every_number_in_order(tuned):
    grid = tuned.grid
    assert grid["eps_m"].unique().tolist() == [50, 100, 800]
    assert len(grid) == 15
    for eps_m, rows in grid.groupby("eps_m"):
        assert rows["min_samples"].is_monotonic_increasing
        assert rows["min_samples"].is_unique
        by_chance = auto_min_samples(240, eps_m, AREA_M2)
        assert set(rows["by_chance"]) == {by_chance}
        assert by_chance in set(rows["min_samples"])


def test_counts_are_those_of_the_search_itself(tuned, crowds):
    for eps_m, number in ((50, auto_min_samples(240, 50, AREA_M2)), (100, 8)):
        row = tune_hotspots(
            crowds, eps_m=[eps_m], min_samples=[number], parameters=BOTH, area_m2=AREA_M2
        ).grid.set_index(["eps_m", "min_samples"])
        asked = HotspotParameters(eps_m=eps_m, min_samples=number)
        run = cluster_hotspots(crowds, asked, area_m2=AREA_M2)
        found = row.loc[eps_m, number]
        assert found["hotspots"] == len(run.hotspots)
        assert found["incident_share"] == pytest.approx(run.facts["in_hotspots"] / 240)
        assert found["largest_share"] == pytest.approx(run.facts["largest_share"])
        assert found["widest_m"] == pytest.approx(run.hotspots["radius_m"].max())


def test_what_chance_or_one_dominant_cluster_makes_is_not_fit(tuned):
    grid = tuned.grid
    assert not grid.loc[grid["min_samples"] < grid["by_chance"], "fit"].any()
    assert not grid.loc[grid["largest_share"] > 0.3, "fit"].any()
    assert grid.loc[grid["largest_share"] > 0.3, "hotspots"].any()
    assert not grid.loc[grid["hotspots"] == 0, "fit"].any()


def test_one_fit_setting_is_recommended_and_foretells_as_well_as_the_best(tuned):
    chosen = tuned.grid[tuned.grid["recommended"]].iloc[0]
    best = tuned.grid[tuned.grid["fit"]].sort_values("gain").iloc[-1]
    assert tuned.grid["recommended"].sum() == 1
    assert chosen["fit"]
    assert chosen["gain"] >= best["gain"] - best["gain_error"]
    assert f"eps {chosen['eps_m']:g} m and min-samples {chosen['min_samples']}" in tuned.sentence


def test_the_usual_setting_stays_where_no_other_is_surely_better(tuned):
    usual = row_of(tuned, 100, auto_min_samples(240, 100, AREA_M2))
    assert usual["recommended"] == ("these are the usual settings" in tuned.sentence)
    assert usual["recommended"]


def test_hotspots_that_last_foretell_and_those_that_moved_do_not():
    rng = np.random.default_rng(8)
    here, there = rng.normal(1000, 40, (60, 2)), rng.normal(3000, 40, (30, 2))
    scatter = rng.uniform(0, 4000, (90, 2))
    stays = table(np.concatenate([here, here[:30] + 5, scatter]), [*range(90)] * 2)
    moves = table(np.concatenate([here, there, scatter]), [*range(90)] * 2)
    gains = [
        tune_hotspots(one, eps_m=[100], min_samples=[10], parameters=BOTH, area_m2=AREA_M2)
        .grid.query("min_samples == 10")["gain"]
        .iloc[0]
        for one in (stays, moves)
    ]
    assert gains[0] > 0.3
    assert gains[1] < 0


def test_the_gain_is_the_log_of_how_much_likelier_incidents_became():
    # One hotspot on 9 cells, 8 of 10 early incidents in it; area of 25 blocks of 16 cells.
    places = np.array([[75.0, 75.0]] * 8 + [[900.0, 900.0]] * 2)
    later = np.array([[75.0, 75.0], [999.0, 0.0]])
    everything = np.concatenate([places, later])
    held_out = np.arange(12) >= 10
    evidence = tuning._Evidence(everything, held_out, 1e6, np.inf, 1)
    found = [Cluster(np.arange(8), np.ones(8, bool), 75.0)]
    cells = tuning._cells_of(found, places, 75.0)
    on_ground = cells[cells["hotspot"] == 0]
    assert set(zip(on_ground["column"], on_ground["row"], strict=True)) == {
        (column, row) for column in range(3) for row in range(3)
    }
    gains = tuning._gains(found, cells, np.array([9]), later, evidence)
    total, elsewhere = 11.0, 2.5 / 11 / (400 - 9)
    assert gains[1] == pytest.approx(np.log(16 * elsewhere * 25))
    assert gains[0] == pytest.approx(np.log((8.5 / total + 7 * elsewhere) * 25))


@pytest.mark.parametrize(
    ("precision", "days", "held"),
    [
        ("minute", range(9), "the last 3 days with incidents"),
        ("month", [0, 0, 0, 31, 31, 31, 62, 62, 62], "the last 1 months"),
        ("month", [0] * 9, "a third of the incidents, drawn at random"),
        ("minute", [0, 1] * 4 + [0], "a third of the incidents, drawn at random"),
    ],
)
def test_the_last_third_is_held_out_or_a_third_at_random(precision, days, held):
    rows = tuning.located(table(np.arange(18.0).reshape(9, 2), list(days), precision))
    chosen, how = tuning._hold_out(rows, np.random.default_rng(0))
    assert how == held
    assert chosen.sum() == 3
    if how.startswith("the last"):
        assert rows["occurred_from"][chosen].min() > rows["occurred_from"][~chosen].max()


def test_the_same_seed_holds_out_the_same_and_is_told_where_it_matters(crowds):
    undated = crowds.drop(columns=["occurred_from", "time_precision"])
    first, again, other = (
        tune_hotspots(undated, eps_m=[100], min_samples=[9], area_m2=AREA_M2, rng=seed)
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first.grid, again.grid)
    assert not first.grid.equals(other.grid)
    assert (first.seed, other.seed) == (1, 2)
    assert "at random" in first.warnings[0]


def test_the_answer_can_be_repeated(tuned, crowds):
    assert tuned.parameters["held_out"].endswith("days with incidents")
    assert tuned.seed is None
    turned = tune_hotspots(
        crowds.iloc[::-1], eps_m=(50, 100, 800), parameters=BOTH, area_m2=AREA_M2, data_version=3
    )
    pd.testing.assert_frame_equal(turned.grid, tuned.grid)
    assert turned.data_version == 3


def test_the_curve_of_distances_is_sorted_and_bends_between_crowd_and_scatter(tuned):
    curve = tuned.k_distance
    assert tuned.k == auto_min_samples(240, 100, AREA_M2) - 1
    assert len(curve) == 101
    assert curve["distance_m"].is_monotonic_increasing
    assert curve["distance_m"].iloc[0] < tuned.knee_m < curve["distance_m"].iloc[-1]


def test_the_knee_is_where_the_curve_lies_furthest_below_its_chord():
    share = np.linspace(0, 1, 5)
    bent = pd.DataFrame({"share": share, "distance_m": [0, 10, 20, 30, 100]})
    assert tuning._knee(bent) == 30
    for straight in ([5.0] * 5, share):
        assert np.isnan(tuning._knee(pd.DataFrame({"share": share, "distance_m": straight})))


def test_one_incident_held_out_has_a_gain_of_unknown_error():
    places = np.concatenate([np.full((8, 2), 75.0), np.full((3, 2), 900.0)])
    evidence = tuning._Evidence(places, np.arange(11) == 10, 1e6, np.inf, 1)
    found = tuning._foretell(evidence, 75.0, 4)
    assert np.isfinite(found["gain"])
    assert np.isnan(found["gain_error"])


def test_scatter_alone_gives_no_recommendation_and_says_why():
    places = np.random.default_rng(5).uniform(0, 4000, (200, 2))
    found = tune_hotspots(table(places), eps_m=[100], parameters=BOTH, area_m2=AREA_M2)
    assert not found.grid["recommended"].any()
    assert "than chance might bring" in found.sentence


def test_one_crowd_for_everything_is_told():
    crowd = table(np.random.default_rng(5).normal(2000, 40, (60, 2)))
    found = tune_hotspots(crowd, eps_m=[100], parameters=BOTH, area_m2=AREA_M2)
    assert "one cluster holds most incidents" in found.sentence


def test_nothing_in_is_no_recommendation_and_no_error():
    found = tune_hotspots(table(np.empty((0, 2))), eps_m=[100], area_m2=AREA_M2)
    assert not found.grid["fit"].any()
    assert found.k_distance.empty


@pytest.mark.parametrize("given", [{"eps_m": [0]}, {"min_samples": [0]}])
def test_a_value_that_cannot_be_used_is_refused(given, crowds):
    with pytest.raises(ParameterError):
        tune_hotspots(crowds, **given)


def test_progress_tells_every_setting(crowds):
    told = []
    tune_hotspots(
        crowds, eps_m=[100], min_samples=[9, 12], area_m2=AREA_M2, parameters=BOTH,
        progress=lambda done, all_: told.append((done, all_)),
    )  # fmt: skip
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
