"""The main job on public files: five months of Cleveland, two vintages of Middlesbrough wards."""

import gzip

import numpy as np
import pandas as pd
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.analysis import dbscan
from aim.areas import assign_wards
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING
from aim.model.types import read_taxonomy
from aim.store import open_store
from aim.workflows.doubts import default_points
from aim.workflows.past_words import say_snapped

pytestmark = pytest.mark.real_data
OCTOBER = {"since": "2018-10-01", "until": "2018-11-01"}
ASB = OCTOBER | {"type": "anti-social-behaviour"}


@pytest.fixture(scope="module")
def street_files(real_data):
    return sorted((real_data / "police" / "cleveland").glob("*.gz"))


@pytest.fixture(scope="module")
def store(real_data, street_files, tmp_path_factory):
    url = f"sqlite:///{(tmp_path_factory.mktemp('real') / 'aim.db').as_posix()}"
    workflows.make_store(LOCAL_ANALYST, url)
    store = open_store(url)
    wards = real_data / "geo" / "middlesbrough_wards_2025.geojson"
    workflows.add_ward_set(store, LOCAL_ANALYST, wards)
    for path in street_files:
        workflows.ingest_feed(store, LOCAL_ANALYST, feed="police-uk", path=path)
    yield store
    store.close()


def wanted(store, words):
    return workflows.read_words(store, LOCAL_ANALYST, words)


@pytest.mark.parametrize("reach", [{}, {"include-outside": "yes"}])
@pytest.mark.parametrize("period", [{}, OCTOBER])
def test_no_default_hotspot_is_too_wide_or_a_headquarters_and_all_say_they_are_snapped(
    store, period, reach
):
    run = workflows.find_hotspots(store, LOCAL_ANALYST, wanted(store, period | reach))
    assert len(run.hotspots) > 20
    assert run.hotspots["radius_m"].max() <= run.parameters.largest_radius_m
    points = default_points(store, EVERYTHING)
    assert points["place"].str.contains("Police Hq").sum() == 2
    named = run.hotspots["name"].str.casefold()
    assert not named.str.contains(r"\bhq\b|headquarters").any()
    assert not any(run.hotspots["name"].isin(points["place"]))
    assert all(say_snapped(run, rank) for rank in run.hotspots["rank"])
    assert any("are snapped" in told for told in run.warnings)


def everything(store):
    every = wanted(store, {"include-outside": "yes"})
    return int(store.count_incidents(every, EVERYTHING)["incidents"].sum())


def test_every_row_of_five_months_is_kept(store):
    batches = store.batches(EVERYTHING)[:5]
    assert sum(batch.read for batch in batches) == 40_898
    assert sum(batch.added for batch in batches) == 40_898
    assert everything(store) == 40_898


def test_a_second_delivery_adds_nothing_and_undo_and_redo_end_where_they_began(store, street_files):
    before = store.incidents(wanted(store, {}), EVERYTHING).drop(columns="batch_id")
    again = workflows.ingest_feed(store, LOCAL_ANALYST, feed="police-uk", path=street_files[0])
    assert (again.added, again.unchanged) == (0, 9_352)
    workflows.undo_delivery(store, LOCAL_ANALYST, again.batch)
    second = store.batches(EVERYTHING)[1].batch_id
    workflows.undo_delivery(store, LOCAL_ANALYST, second)
    assert everything(store) == 40_898 - 8_529
    workflows.undo_delivery(store, LOCAL_ANALYST, second)
    after = store.incidents(wanted(store, {}), EVERYTHING).drop(columns="batch_id")
    pd.testing.assert_frame_equal(before, after)


def test_ward_counts_equal_the_published_ones(store, real_data):
    counts = store.count_incidents(
        wanted(store, OCTOBER), EVERYTHING, by=("ward_code", "incident_type")
    )
    oracle = pd.read_csv(real_data / "oracles" / "ward_counts_middlesbrough_2018-10_wards2025.csv")
    oracle["incident_type"] = [read_taxonomy().resolve(name) for name in oracle["crime_type"]]
    expected = oracle.set_index(["ward_code", "incident_type"])["count"].sort_index()
    found = counts.set_index(["ward_code", "incident_type"])["incidents"].sort_index()
    assert found.to_dict() == expected.to_dict()


def test_postcodes_fall_into_the_ward_the_ordnance_survey_gave_them(store, real_data):
    workflows.add_ward_set(
        store, LOCAL_ANALYST, real_data / "geo" / "middlesbrough_wards_2013.geojson"
    )
    postcodes = pd.read_csv(real_data / "geo" / "middlesbrough_postcodes_2014.csv")
    placed = assign_wards(postcodes, store.wards(EVERYTHING, ward_set="wards-2013"))
    assert len(placed) == 3_752
    assert (placed["ward_code"] == placed["ward"]).sum() >= 3_749
    assert [one.name for one in store.ward_sets(EVERYTHING) if one.current] == ["wards-2025"]


def test_the_published_clusters_are_found_core_and_noise_exactly(store, real_data):
    name = "dbscan_labels_middlesbrough_2018-10_asb_eps150_min10.csv.gz"
    with gzip.open(real_data / "oracles" / name) as handle:
        oracle = pd.read_csv(handle)
    run = workflows.find_hotspots(
        store,
        LOCAL_ANALYST,
        wanted(store, ASB),
        HotspotParameters(eps_m=150, min_samples=10, split=False),
    )
    sizes = oracle.loc[oracle["cluster_rank_0_is_noise"] > 0, "cluster_rank_0_is_noise"]
    assert len(run.hotspots) == 28
    assert run.facts["incidents"] == len(oracle) == 1_071
    assert run.members["core"].sum() == oracle["is_core"].sum()
    assert len(run.members) == len(sizes)
    expected = oracle.loc[oracle["is_core"] == 1, ["easting", "northing"]]
    assert np.allclose(core_positions(store, run), in_order(expected), atol=0.01)


def core_positions(store, run):
    incidents = store.incidents(wanted(store, ASB), EVERYTHING).set_index("incident_id")
    core = run.members.loc[run.members["core"], "incident_id"]
    return in_order(incidents.loc[core, ["easting", "northing"]])


def in_order(positions):
    # Rounded for the order alone: the published metres have three decimals.
    return (
        positions.assign(at=positions["easting"].round(1))
        .sort_values(["at", "northing"], kind="stable")[["easting", "northing"]]
        .to_numpy()
    )


def test_every_published_setting_gives_the_published_counts(store, real_data):
    oracle = pd.read_csv(real_data / "oracles" / "dbscan_summary_dev.csv")
    subsets = {"asb": "anti-social-behaviour", "all": None}
    for row in oracle.itertuples():
        words = OCTOBER | ({"type": subsets[row.subset]} if subsets[row.subset] else {})
        incidents = store.incidents(wanted(store, words), EVERYTHING)
        xy_m = incidents[["easting", "northing"]].to_numpy()
        labels, core = dbscan(xy_m, row.eps_m, row.min_samples)
        assert len(labels) == row.records
        assert (labels.max() + 1, core.sum(), (labels == -1).sum()) == (
            row.clusters,
            row.core_records,
            row.noise_records,
        )
