"""Sizes are chosen before they are judged: on the training months alone."""

import pandas as pd
import pytest
import shapely

from aim.analysis.evaluation import matching_cell
from aim.analysis.scales import choose_scales
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters

AREA = shapely.box(450_000, 520_000, 453_000, 523_000)
MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]
PLAIN = HotspotParameters(min_samples=5, split=False)


def burst(month, number, easting=451_000.0, spread=0.0):
    return pd.DataFrame(
        {
            "occurred_from": pd.Timestamp(f"{month}-15T12:00Z"),
            "easting": [easting + spread * (one % 5) for one in range(number)],
            "northing": 521_000.0,
        }
    )


def choose(*bursts, months=MONTHS[:2], **asked):
    arguments = {"eps_choices_m": (50.0, 150.0), "parameters": PLAIN} | asked
    return choose_scales(pd.concat(bursts), AREA, months, **arguments)


def test_the_reach_that_held_most_of_the_next_month_is_chosen():
    # What follows lies 100 m off: within 150 m of the past, beyond 50 m.
    found = choose(burst("2026-01", 10), burst("2026-02", 8, easting=451_100.0))
    assert found.eps_m == 150
    tried = found.tried[found.tried["method"] == "dbscan"]
    assert tried[["eps_m", "hit_rate"]].to_numpy().tolist() == [[50, 0], [150, 1]]


def test_the_grid_chooses_from_cells_of_the_same_size():
    found = choose(burst("2026-01", 10), burst("2026-02", 8, easting=451_100.0))
    cells = found.tried.loc[found.tried["method"] == "grid", "cell_m"]
    assert cells.tolist() == [matching_cell(50), matching_cell(150)]
    assert found.cell_m in cells.tolist()


def test_of_equals_the_first_is_chosen():
    assert choose(burst("2026-01", 10), burst("2026-02", 8)).eps_m == 50
    turned = choose(burst("2026-01", 10), burst("2026-02", 8), eps_choices_m=(150.0, 50.0))
    assert turned.eps_m == 150


def test_no_month_after_the_training_ones_is_looked_at():
    early = [burst("2026-01", 10), burst("2026-02", 8, easting=451_100.0)]
    later = burst("2026-03", 90)
    pd.testing.assert_frame_equal(choose(*early).tried, choose(*early, later).tried)


def test_the_first_half_makes_the_map_and_each_later_month_judges():
    bursts = [burst(month, 10) for month in MONTHS[:3]]
    missed = burst(MONTHS[3], 10, easting=452_500.0)
    found = choose(*bursts, missed, months=MONTHS)
    assert found.parameters["train"] == 2
    # March is held, April not.
    assert found.tried.loc[0, "hit_rate"] == 0.5


def test_months_without_incidents_and_maps_without_hotspots_count_nothing():
    quiet = choose(burst("2026-01", 10))
    assert quiet.tried["hit_rate"].tolist() == [0, 0, 0, 0]
    thin = choose(burst("2026-01", 1), burst("2026-02", 5))
    assert thin.tried.loc[thin.tried["method"] == "dbscan", "hit_rate"].tolist() == [0, 0]


def test_snapped_incidents_are_spread_here_too():
    rows = [burst("2026-01", 10), burst("2026-02", 8)]
    found = choose(*(one.assign(place_precision="snapped") for one in rows))
    # The only map point stands for all the ground, so the larger disc holds more.
    assert found.eps_m == 150
    assert found.tried["hit_rate"].max() < 0.04


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"months": MONTHS[:1]}, "Two training months"),
        ({"eps_choices_m": ()}, "one candidate"),
        ({"area_share": 0}, "`area_share`"),
        ({"months": MONTHS[1::-1]}, "`months`"),
    ],
)
def test_what_leaves_nothing_to_choose_is_refused(change, words):
    with pytest.raises(ParameterError, match=words):
        choose(burst("2026-01", 10), burst("2026-02", 8), **change)
