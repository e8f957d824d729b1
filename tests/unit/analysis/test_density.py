"""Kernel density."""

import numpy as np
import pytest
import shapely

from aim.analysis import (
    cell_centres,
    dual_kernel_density,
    kernel_density,
    make_grid,
    suggest_bandwidth,
)
from aim.errors import ParameterError


def test_one_incident_has_the_shape_of_the_kernel():
    at = [(0, 0), (30, 40), (100, 0), (99.9, 0), (101, 0)]
    found = kernel_density([(0, 0)], at, bandwidth_m=100)
    top = 3e6 / (np.pi * 100**2)
    np.testing.assert_allclose(found.density[:3], [top, top * 0.75**2, 0], atol=1e-9)
    assert found.density[3] > found.density[4] == 0
    assert (found.bandwidth_m, found.kernel) == (100, "quartic")


def test_every_incident_weighs_one_in_all():
    grid = make_grid(shapely.box(-600, -600, 600, 600), 10)
    points = [(0, 0), (0, 0), (120, -40)]
    found = kernel_density(points, cell_centres(grid), bandwidth_m=300)
    assert found.density.sum() * grid.cell_area_m2 / 1e6 == pytest.approx(3, rel=1e-3)


def test_weights_count_and_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    points, at = rng.uniform(0, 500, (40, 2)), rng.uniform(0, 500, (30, 2))
    points[1] = points[0]
    weights = rng.integers(0, 3, 40)
    whole = kernel_density(points, at, bandwidth_m=150, weights=weights)
    repeated = kernel_density(np.repeat(points, weights, axis=0), at, bandwidth_m=150)
    np.testing.assert_allclose(whole.density, repeated.density)
    monkeypatch.setattr("aim.analysis.local_statistics.density._BLOCK", 7)
    blocks = kernel_density(points, at, bandwidth_m=150, weights=weights)
    np.testing.assert_array_equal(whole.density, blocks.density)


def test_two_densities_are_set_beside_each_other():
    found = dual_kernel_density(
        [(0, 0), (0, 0)], [(0, 0)], [(0, 0), (60, 0), (900, 0)], bandwidth_m=100
    )
    np.testing.assert_allclose(found.ratio, [2, 2, np.nan])
    assert (found.first.bandwidth_m, found.second.bandwidth_m) == (100, 100)
    wide = dual_kernel_density([(0, 0)], [(0, 0)], [(0, 0)], bandwidth_m=100, other_bandwidth_m=200)
    assert wide.ratio[0] == pytest.approx(4)
    assert wide.second.bandwidth_m == 200


def test_a_bandwidth_is_suggested_by_spread_and_number():
    corners = [(0, 0), (0, 100), (100, 0), (100, 100)]
    assert suggest_bandwidth(corners) == pytest.approx(np.sqrt(8) * 50 * 4 ** (-1 / 6))
    assert kernel_density(corners, corners).bandwidth_m == suggest_bandwidth(corners)
    assert suggest_bandwidth([(0, 0), (60, 80)]) == pytest.approx(
        np.sqrt(8) * np.sqrt((900 + 1600) / 2) * 2 ** (-1 / 6)
    )


def test_no_incidents_and_no_places_are_empty():
    assert kernel_density([], [(0, 0)], bandwidth_m=9).density.tolist() == [0]
    assert kernel_density([(0, 0)], [], bandwidth_m=9).density.tolist() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bandwidth_m": 0}, "`bandwidth_m` must be metres above 0"),
        ({"bandwidth_m": np.inf}, "`bandwidth_m` must be metres above 0"),
        ({"weights": [1, 2]}, "`weights` must hold one number"),
        ({"weights": [-1]}, "`weights` must hold one number"),
        ({"weights": [np.inf]}, "`weights` must hold one number"),
        ({"bandwidth_m": None}, "give `bandwidth_m`"),
    ],
)
def test_what_cannot_be_smoothed_is_refused(changes, message):
    with pytest.raises(ParameterError, match=message):
        kernel_density([(0, 0)], [(0, 0)], **{"bandwidth_m": 100, **changes})
    with pytest.raises(ParameterError, match="0 points"):
        suggest_bandwidth([])
