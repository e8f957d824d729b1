"""Stability: what stands firm is called solid, what hangs by one incident is called fragile."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from aim.analysis import assess_stability, cluster_hotspots, stability_of
from aim.analysis._clusters import Cluster
from aim.analysis._reruns import best_overlap, label_ground
from aim.analysis.stability import sweep_settings
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters

ASKED = HotspotParameters(eps_m=100, min_samples=8, split=False)


def table(*groups):
    """Make incidents: each group a count, a place and a step between them, in metres."""
    east = np.concatenate([at + step * np.arange(count) for count, at, step in groups])
    identities = [f"{number:032x}" for number in range(len(east))]
    return pd.DataFrame(
        {"incident_id": identities, "easting": 449_000.0 + east, "northing": 520_000.0}
    )


def check(incidents, asked=ASKED, **given):
    return assess_stability(incidents, cluster_hotspots(incidents, asked), **given)


@pytest.fixture(scope="module")
def firm_and_weak():
    """Give a place of forty within a few steps, and one of twice four that 100 m just bridge."""
    return check(table((40, 0, 2), (4, 5_000, 1), (4, 5_095, 1)), resamples=40)


def test_a_dense_place_is_solid_and_one_at_the_threshold_is_fragile(firm_and_weak):
    found = firm_and_weak.hotspots
    assert found["stability"].tolist() == ["solid", "fragile"]
    assert found[["sweep_share", "resample_share", "share"]].iloc[0].tolist() == [1, 1, 1]


def test_the_weak_place_falls_wherever_more_is_asked(firm_and_weak):
    sweep = firm_and_weak.sweep.set_index(["eps_m", "min_samples"])["survived"]
    assert sweep.to_dict() == {
        (80, 7): 1, (80, 8): 1, (80, 9): 1,
        (100, 7): 2, (100, 9): 1,
        (120, 7): 2, (120, 8): 2, (120, 9): 1,
    }  # fmt: skip
    assert firm_and_weak.hotspots["sweep_share"].tolist() == [1, 3 / 8]


def test_the_lower_of_the_two_shares_decides(firm_and_weak):
    found = firm_and_weak.hotspots
    assert found["share"].tolist() == found[["sweep_share", "resample_share"]].min(axis=1).tolist()
    assert found["resample_share"].iloc[1] < 0.9


@pytest.mark.parametrize(
    ("share", "word"),
    [(1, "solid"), (0.8, "solid"), (0.799, "moderate"), (0.5, "moderate"), (0.499, "fragile")],
)
def test_words_begin_at_their_share(share, word):
    assert stability_of(share) == word


def test_the_same_seed_gives_the_same_answer_and_another_another():
    incidents = table((9, 0, 12), (12, 3_000, 15))
    first, again, other = (check(incidents, resamples=37, rng=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.hotspots, again.hotspots)
    assert (first.seed, other.seed) == (1, 2)
    shares = [one.hotspots["resample_share"].tolist() for one in (first, other)]
    assert shares[0] != shares[1]


def test_row_order_changes_nothing():
    incidents = table((9, 0, 12), (12, 3_000, 15))
    turned = check(incidents.iloc[::-1], resamples=20)
    pd.testing.assert_frame_equal(check(incidents, resamples=20).hotspots, turned.hotspots)


def test_hotspots_not_in_the_list_are_not_judged_and_do_not_stand_in():
    incidents = table((40, 0, 2), (20, 5_000, 3))
    run = cluster_hotspots(incidents, ASKED)
    fewer = replace(run, hotspots=run.hotspots.iloc[1:])
    found = assess_stability(incidents, fewer, resamples=5).hotspots
    assert found.iloc[:, [0, 1, 5]].to_numpy().tolist() == [[2, 20, "solid"]]


def test_other_incidents_than_those_of_the_run_are_refused():
    incidents = table((10, 0, 5))
    with pytest.raises(ParameterError, match="of which 10 took part; found 9"):
        assess_stability(incidents.iloc[1:], cluster_hotspots(incidents, ASKED))


def test_nothing_found_is_nothing_judged():
    found = check(table((3, 0, 5)), resamples=3)
    assert found.hotspots.empty
    assert found.sweep["survived"].tolist() == [0] * 8
    assert check(table((0, 0, 5)), resamples=2).hotspots.empty


def test_without_resamples_the_sweep_alone_decides():
    found = check(table((40, 0, 2)), resamples=0).hotspots.iloc[0]
    assert np.isnan(found["resample_share"])
    assert (found["share"], found["stability"]) == (1, "solid")


def test_settings_near_one_search_leave_it_out_and_ask_for_one_at_least():
    assert len(list(sweep_settings(100, 5))) == 8
    assert (100, 5) not in set(sweep_settings(100, 5))
    assert {number for _, number in sweep_settings(100, 1)} == {1, 2}


def test_everything_is_kept_that_repeats_the_answer():
    found = check(table((40, 0, 2)), resamples=3, rng=7, data_version=12)
    assert (found.seed, found.data_version, found.parameters["resamples"]) == (7, 12, 3)
    assert found.parameters["min_samples_used"] == 8
    assert found.sentences()[1].startswith("solid: found again in 8 of 8 searches")


def test_snapped_positions_come_with_a_warning():
    assert "are snapped" in check(table((20, 0, 0)), resamples=1).warnings[0]
    assert check(table((20, 0, 1)), resamples=1).warnings == ()


def test_progress_tells_every_search():
    told = []
    check(table((10, 0, 5)), resamples=3, progress=lambda done, all_: told.append((done, all_)))
    assert told == [(number, 11) for number in range(1, 12)]


def test_ground_goes_by_the_nearest_core_and_its_own_eps():
    places = np.array([[0.0, 0], [10, 0], [100, 0], [110, 0]])
    wide = Cluster(np.array([0, 1]), np.array([True, False]), 30.0)
    narrow = Cluster(np.array([2, 3]), np.array([True, True]), 15.0)
    asked = np.array([[30.0, 0], [30.1, 0], [84.9, 0], [85, 0], [125, 0], [126, 0]])
    assert label_ground([wide, narrow], places, asked).tolist() == [0, -1, -1, 1, 1, -1]


def test_overlap_counts_what_either_has():
    first = np.array([0, 0, 0, 1, 1, -1])
    assert best_overlap(first, np.array([5, 5, 6, 6, -1, 6]), 2).tolist() == [2 / 3, 1 / 4]
    assert best_overlap(first, np.full(6, -1), 2).tolist() == [0, 0]
