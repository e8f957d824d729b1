"""Emerging hot spots."""

import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis import (
    HistoryClass,
    emerging_hotspots,
    fdr_cutoff,
    gi_star,
    grid_neighbours,
    make_grid,
    mann_kendall,
    space_time_cube,
)
from aim.analysis.local_statistics.getis_ord import normal_p
from aim.errors import ParameterError

GRID = make_grid(shapely.box(0, 0, 10, 10), 1)
# The middles of five squares far apart, and what is planted around each.
PLANTED = {
    11: [0] * 9 + [9],
    17: [0] * 7 + [9] * 3,
    44: [9] * 10,
    71: [9] * 9 + [0],
    77: [0, 9, 0, 9, 0, 0, 9, 0, 0, 9],
}
WANTED = {11: "new", 17: "consecutive", 44: "persistent", 71: "historical", 77: "sporadic"}


@pytest.fixture(scope="module")
def found():
    neighbours = grid_neighbours(GRID)
    counts = np.ones((10, 100))
    for middle, extra in PLANTED.items():
        around = neighbours[[middle]].toarray()[0] > 0
        counts[:, around] += np.array(extra)[:, None]
    return emerging_hotspots(counts, neighbours)


def test_planted_histories_have_their_classes(found):
    assert found.cells["history"][list(WANTED)].tolist() == list(WANTED.values())


def test_steps_are_hot_where_gi_star_is_high_and_significant(found):
    assert found.hot[:, 44].all()
    assert not (found.hot & found.cold).any()
    assert (found.z[found.hot] > 0).all()
    assert (found.z[found.cold] < 0).all()
    assert (normal_p(found.z)[found.hot] <= found.cutoff).all()
    assert found.cells["hot_steps"].tolist() == found.hot.sum(axis=0).tolist()
    assert found.cells["cold_steps"].tolist() == found.cold.sum(axis=0).tolist()


def test_gi_star_is_that_of_each_step_and_the_trend_that_of_its_z(found):
    assert found.cells["last_z"].tolist() == found.z[-1].tolist()
    alone = mann_kendall(found.z[:, 17])
    assert found.cells.loc[17, ["trend_z", "trend_p"]].tolist() == [alone.z, alone.p]


def test_correction_is_over_all_cells_and_steps():
    rng = np.random.default_rng(1)
    counts, neighbours = rng.poisson(2, (10, 100)), grid_neighbours(GRID)
    counts[:, 44:46] += 12
    z = np.stack([gi_star(step, neighbours) for step in counts])
    held = emerging_hotspots(counts, neighbours, alpha=0.1)
    assert held.cutoff == fdr_cutoff(normal_p(z), 0.1)
    free = emerging_hotspots(counts, neighbours, alpha=0.1, corrected=False)
    assert (free.cutoff, free.corrected) == (0.1, False)
    assert free.hot.sum() > held.hot.sum() > 0
    assert free.cold.sum() > 0


@pytest.mark.parametrize(("steps", "wanted"), [(1, "intensifying"), (-1, "diminishing")])
def test_a_rising_and_a_falling_place_are_told_apart(steps, wanted):
    """A second hot spot that stays keeps the first one's z from being the same at every height."""
    counts = np.full((10, 100), 20.0)
    counts[:, 88] = 150
    counts[:, 44] = np.arange(200, 400, 20)[::steps]
    found = emerging_hotspots(counts, grid_neighbours(GRID), corrected=False)
    assert found.cells["history"][44] == wanted
    assert found.cells["incidents"][44] == counts[:, 44].sum()


def test_every_cell_has_a_class():
    counts = np.random.default_rng(2).poisson(0.7, (12, 100))
    found = emerging_hotspots(counts, grid_neighbours(GRID), corrected=False)
    assert set(found.cells["history"]) <= {one.value for one in HistoryClass}
    assert len(found.cells) == 100


def test_few_steps_are_warned_of_and_no_steps_are_none():
    neighbours = grid_neighbours(GRID)
    assert emerging_hotspots(np.ones((10, 100)), neighbours).warnings == ()
    assert "9 steps" in emerging_hotspots(np.ones((9, 100)), neighbours).warnings[0]
    empty = emerging_hotspots(np.empty((0, 100)), neighbours)
    assert empty.cells["history"].tolist() == ["none"] * 100
    with pytest.raises(ParameterError, match=r"\(steps, cells\)"):
        emerging_hotspots(np.ones(100), neighbours)


def test_a_step_holds_its_beginning_and_not_its_end():
    points = [(0.5, 0.5)] * 6
    cube = space_time_cube(GRID, points, [-1, 0, 6, 7, 13, 14], [0, 7, 14])
    assert cube.shape == (2, 100)
    assert cube[:, 0].tolist() == [2, 2]
    assert cube.sum() == 4


def test_steps_may_be_moments():
    moments = pd.to_datetime(["2026-01-31T23:59Z", "2026-02-01T00:00Z"])
    edges = pd.to_datetime(["2026-01-01T00:00Z", "2026-02-01T00:00Z", "2026-03-01T00:00Z"])
    cube = space_time_cube(GRID, [(0.5, 0.5), (1.5, 0.5)], moments, edges)
    assert cube[:, :2].tolist() == [[1, 0], [0, 1]]


def test_points_outside_and_none_at_all_count_nowhere():
    assert space_time_cube(GRID, [(50, 50)], [1], [0, 7]).sum() == 0
    assert space_time_cube(GRID, [], [], [0, 7]).tolist() == [[0.0] * 100]


@pytest.mark.parametrize(
    ("moments", "edges", "message"),
    [
        ([1], [0], "two or more"),
        ([1], [0, 0], "two or more"),
        ([1], [7, 0], "two or more"),
        ([1, 2], [0, 7], "found 2 for 1 points"),
    ],
)
def test_steps_of_no_use_are_refused(moments, edges, message):
    with pytest.raises(ParameterError, match=message):
        space_time_cube(GRID, [(0.5, 0.5)], moments, edges)
