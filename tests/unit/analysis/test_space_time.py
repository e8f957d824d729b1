"""Bursts: near in place and in days at once, exactly, as a slow and simple search finds them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis import dbscan, find_bursts, space_time, st_dbscan
from aim.errors import ParameterError


def naive(xy_m, days, eps_m, eps_days, min_samples):
    """Find the same by looking at every pair and walking from core to core."""
    gap = xy_m[:, None] - xy_m[None]
    near = (gap**2).sum(axis=2) <= eps_m**2
    near &= np.abs(days[:, None] - days[None]) <= eps_days
    core = near.sum(axis=1) >= min_samples
    labels = np.full(len(xy_m), -1)
    for row in np.flatnonzero(core):
        if labels[row] >= 0:
            continue
        number, waiting = labels.max() + 1, [row]
        while waiting:
            here = waiting.pop()
            if core[here] and labels[here] < 0:
                labels[here] = number
                waiting += np.flatnonzero(near[here] & core).tolist()
    for row in np.flatnonzero(~core & (near & core).any(axis=1)):
        labels[row] = labels[near[row] & core].min()
    return labels, core


@pytest.mark.parametrize("seed", range(12))
def test_it_finds_what_looking_at_every_pair_finds(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 160))
    # Half of the cases stand on a grid of eps, so that distances equal to eps are many.
    step = 50.0 if seed % 2 else 1.0
    xy_m = rng.integers(0, int(600 / step), (count, 2)) * step
    days = rng.integers(0, 60, count) * (0.5 if seed % 3 else 1.0)
    for eps_m, eps_days, number in ((50, 7, 3), (100, 1.5, 2), (120, 0, 2), (50, 100, 5)):
        labels, core = st_dbscan(xy_m, days, eps_m, eps_days, number)
        expected, dense = naive(xy_m, days, eps_m, eps_days, number)
        np.testing.assert_array_equal(core, dense)
        np.testing.assert_array_equal(labels, expected)


def test_without_a_limit_of_days_it_is_plain_dbscan():
    rng = np.random.default_rng(4)
    xy_m = rng.normal(0, 120, (300, 2))
    found = st_dbscan(xy_m, rng.uniform(0, 9, 300), 30, 10, 5)
    for one, other in zip(found, dbscan(xy_m, 30, 5), strict=True):
        np.testing.assert_array_equal(one, other)


def test_distances_equal_to_eps_count_in_both():
    two = [[0, 0], [30, 40]]
    assert st_dbscan(two, [0, 7], 50, 7, 2)[0].tolist() == [0, 0]
    assert st_dbscan(two, [0, 7], 49.999, 7, 2)[0].tolist() == [-1, -1]
    assert st_dbscan(two, [0, 7], 50, 6.999, 2)[0].tolist() == [-1, -1]


def test_a_border_point_goes_to_the_lowest_cluster_it_touches():
    x = [100, 130, 130, 130, 50, 0, -30, -30, -30]
    labels, core = st_dbscan([[east, 0] for east in x], np.zeros(9), 50, 1, 4)
    assert core.tolist() == [True] * 4 + [False] + [True] * 4
    assert labels.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]


def test_nothing_in_nothing_out():
    labels, core = st_dbscan(np.empty((0, 2)), [], 50, 7, 3)
    assert len(labels) == len(core) == 0


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("one finite number", ([[0, 0]], [1, 2], 50, 7, 3)),
        ("1 missing", ([[0, 0]], [np.nan], 50, 7, 3)),
        ("metres above 0", ([[0, 0]], [1], 0, 7, 3)),
        ("days from 0", ([[0, 0]], [1], 50, -1, 3)),
        ("whole number from 1", ([[0, 0]], [1], 50, 7, 0)),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(words, given):
    with pytest.raises(ParameterError, match=words):
        st_dbscan(*given)


def test_more_pairs_than_memory_holds_are_refused(monkeypatch):
    monkeypatch.setattr(space_time, "MOST_PAIRS", 5)
    with pytest.raises(ParameterError, match="take shorter distances"):
        st_dbscan(np.zeros((5, 2)), np.zeros(5), 50, 7, 3)


def table(*groups, precision="minute"):
    """Make incidents: each group a place east and the days of April 2026 on which they happened."""
    rows = [(east, day) for east, days in groups for day in days]
    return pd.DataFrame(
        {
            "incident_id": [f"{number:032x}" for number in range(len(rows))],
            "source": "wardens",
            "incident_type": "drugs",
            "easting": [480_000.0 + east for east, _ in rows],
            "northing": 530_000.0,
            "occurred_from": pd.to_datetime([f"2026-04-{day:02d}T21:30Z" for _, day in rows]),
            "time_precision": precision,
            "place_precision": "point",
        }
    )


def test_one_place_bursts_twice_and_a_slow_trickle_does_not():
    incidents = table((0, [1, 2, 2, 3, 25, 26, 27]), (2_000, [1, 8, 15, 22, 29]))
    found = find_bursts(incidents, eps_m=100, eps_days=2, min_samples=3)
    told = found.bursts[["rank", "incidents", "days", "distinct_places"]].to_numpy().tolist()
    assert told == [[1, 4, 3, 1], [2, 3, 3, 1]]
    assert found.bursts["last_seen"].dt.day.tolist() == [3, 27]
    assert found.members["rank"].tolist() == [1] * 4 + [2] * 3
    assert found.facts["in_bursts"] == 7


def test_auto_asks_more_where_days_crowd_together():
    everything = [(500 * number, [number % 28 + 1]) for number in range(40)]
    numbers = [find_bursts(table(*everything), eps_days=days).min_samples for days in (1, 7, 20)]
    assert numbers == sorted(numbers)
    assert numbers[0] < numbers[-1]


def test_names_and_wards_come_from_the_wards():
    square = shapely.box(479_000, 529_000, 481_000, 531_000)
    wards = gpd.GeoDataFrame(
        {"ward_code": ["E05099001"], "ward_name": ["Abbey"]}, geometry=[square], crs=27700
    )
    bursts = find_bursts(table((0, [1, 2, 3])), min_samples=3, wards=wards).bursts
    assert bursts[["wards", "ward_names"]].to_numpy().tolist() == [["E05099001", "Abbey"]]
    assert "Abbey" in bursts["name"].iloc[0]


def test_months_alone_are_refused_with_the_reason():
    with pytest.raises(ParameterError, match=r"Bursts need to know the day.*dated extract"):
        find_bursts(table((0, [1, 1, 1]), precision="month"))


def test_what_has_no_day_or_place_of_its_own_is_left_out_and_said():
    incidents = table((0, [1, 2, 3, 4]))
    incidents.loc[0, "time_precision"] = "month"
    incidents.loc[1, "place_precision"] = "ward"
    found = find_bursts(incidents, min_samples=2)
    assert found.facts["taking_part"] == 2
    assert len(found.warnings) == 2
    assert found.members["incident_id"].tolist() == incidents["incident_id"][2:].tolist()


def test_row_order_changes_nothing_and_nothing_found_is_an_empty_list():
    incidents = table((0, [1, 2, 3]), (90, [5, 6, 6]))
    first = find_bursts(incidents, min_samples=3)
    again = find_bursts(incidents.iloc[::-1], min_samples=3)
    pd.testing.assert_frame_equal(pd.DataFrame(first.bursts), pd.DataFrame(again.bursts))
    nothing = find_bursts(incidents, min_samples=9, data_version=4)
    assert nothing.bursts.empty
    assert nothing.members.columns.tolist() == ["incident_id", "rank", "core"]
    assert (nothing.data_version, nothing.parameters["eps_days"]) == (4, 14)
