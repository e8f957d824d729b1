"""Parents and parts: nested as they were split, and held beside HDBSCAN."""

import numpy as np
import pandas as pd
import pytest

from aim.analysis import cluster_hotspots, hotspot_tree
from aim.analysis.hierarchy import _hdbscan
from aim.model.hotspots import HotspotParameters

ASKED = HotspotParameters(eps_m=60, min_samples=3)


def table(east, north=0.0):
    identities = [f"{number:032x}" for number in range(len(east))]
    return pd.DataFrame(
        {
            "incident_id": identities,
            "easting": 449_000.0 + np.asarray(east, dtype=float),
            "northing": 520_000.0 + north,
        }
    )


def wide(at=0):
    """Give two crowds 600 m apart, joined by a thin line."""
    return [at + x for x in (*range(9), *range(48, 610, 40), *range(648, 656))]


@pytest.fixture(scope="module")
def nested():
    incidents = table([*wide(), *range(5_000, 5_012)])
    run = cluster_hotspots(incidents, ASKED)
    return run, hotspot_tree(incidents, run, data_version=5)


def test_parts_stand_below_their_parent_in_the_order_of_ranks(nested):
    run, found = nested
    told = found.tree[["label", "parent", "depth", "incidents"]].astype(object)
    assert told.where(told.notna(), None).to_numpy().tolist() == [
        [None, None, 0, 12],
        ["1", None, 0, 32],
        [None, "1", 1, 9],
        [None, "1", 1, 8],
    ]
    assert found.tree["rank"].dropna().tolist() == run.hotspots["rank"].tolist()


def test_a_parent_says_what_is_lost_and_what_hdbscan_makes_of_it(nested):
    parent = nested[1].tree[nested[1].tree["label"] == "1"].iloc[0]
    assert parent["between_parts"] == 32 - 9 - 8
    assert parent["hdbscan_parts"] >= 2
    assert parent["agreement"] == 1


def test_everything_is_kept_that_repeats_the_answer(nested):
    assert nested[1].parameters == {"min_cluster_size": 3, "min_samples": 3}
    assert nested[1].data_version == 5


def test_parts_of_parts_lie_deeper():
    clumps = [x + gap + step for x in (0, 700) for gap in (0, 40) for step in (0, 1, 2)]
    incidents = table([*clumps, *range(89, 660, 47)])
    asked = HotspotParameters(eps_m=60, min_samples=3, largest_radius_m=20)
    found = hotspot_tree(incidents, cluster_hotspots(incidents, asked)).tree
    assert found["depth"].tolist() == [0, 1, 2, 2, 1, 2, 2]
    assert found["label"].dropna().tolist() == ["1", "1.1", "1.2"]
    # What lies between is counted for each level: 13 along the line, none within the parts.
    assert found["between_parts"].dropna().tolist() == [13, 0, 0]


def test_without_splits_there_are_hotspots_alone_and_without_hotspots_nothing():
    incidents = table(range(12))
    found = hotspot_tree(incidents, cluster_hotspots(incidents, ASKED)).tree
    assert found["depth"].tolist() == [0]
    assert found["label"].isna().all()
    nothing = table([0, 900])
    assert hotspot_tree(nothing, cluster_hotspots(nothing, ASKED)).tree.empty


def test_hdbscan_tells_two_crowds_of_different_density_apart():
    # As in the methods' example: thirty within 20 m, thirty within 100 m, twenty anywhere.
    rng = np.random.default_rng(42)
    tight, loose = rng.normal(0, 20, (30, 2)), rng.normal((1000, 0), 100, (30, 2))
    labels = _hdbscan(np.concatenate([tight, loose, rng.uniform(-1000, 2000, (20, 2))]), 10)
    assert np.bincount(labels + 1).tolist() == [18, 31, 31]
    assert len(np.unique(labels[:30])) == 1


def test_too_few_incidents_are_no_cluster():
    assert _hdbscan(np.zeros((3, 2)), 3).tolist() == [-1, -1, -1]
