"""Clusterings of public data that others computed before."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis import cluster_hotspots, dbscan
from aim.model.crs import to_grid
from aim.model.hotspots import HotspotParameters

pytestmark = pytest.mark.real_data
MONTH = "2018-10"
RECORDS = 1071


@pytest.fixture(scope="module")
def middlesbrough(real_data):
    """Anti-social behaviour of one month inside the wards of 2025, in the order of the file."""
    street = pd.read_csv(real_data / "police" / "cleveland" / f"{MONTH}-cleveland-street.csv.gz")
    wards = gpd.read_file(real_data / "geo" / "middlesbrough_wards_2025.geojson")
    inside = shapely.intersects_xy(wards.union_all(), street["Longitude"], street["Latitude"])
    rows = street[inside & (street["Crime type"] == "Anti-social behaviour")]
    easting, northing = to_grid(rows["Longitude"], rows["Latitude"])
    assert len(rows) == RECORDS
    return pd.DataFrame(
        {
            "incident_id": [f"{row:06}" for row in rows.index + 1],
            "easting": easting,
            "northing": northing,
            "location_text": rows["Location"].to_numpy(),
        }
    )


@pytest.fixture(scope="module")
def oracle(real_data):
    name = f"dbscan_labels_middlesbrough_{MONTH}_asb_eps150_min10.csv.gz"
    table = pd.read_csv(real_data / "oracles" / name).sort_values("row_in_file")
    return table.reset_index(drop=True)


def test_core_points_and_noise_of_a_real_month_are_exact(middlesbrough, oracle):
    labels, core = dbscan(middlesbrough[["easting", "northing"]], 150, 10)
    wanted = oracle["cluster_rank_0_is_noise"].to_numpy()
    np.testing.assert_array_equal(core, oracle["is_core"] == 1)
    np.testing.assert_array_equal(labels < 0, wanted == 0)
    firm = oracle["ambiguous_border"] == 0
    pairs = set(zip(labels[firm], wanted[firm], strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({one for _, one in pairs}) == 29


def test_plain_hotspots_of_a_real_month_are_the_28_clusters(middlesbrough, oracle):
    plain = HotspotParameters(eps_m=150, min_samples=10, split=False)
    run = cluster_hotspots(middlesbrough, plain)
    dense = oracle.loc[oracle["is_core"] == 1, "row_in_file"]
    assert len(run.hotspots) == 28
    # Three incidents border two clusters each; the others are settled.
    assert run.hotspots["incidents"].head(2).tolist() == [54, 51]
    assert run.hotspots["incidents"].sum() == (oracle["cluster_rank_0_is_noise"] > 0).sum()
    assert sorted(run.members.loc[run.members["core"], "incident_id"].astype(int)) == dense.tolist()


def test_every_setting_of_the_summary_holds(middlesbrough, real_data):
    for wanted in pd.read_csv(real_data / "oracles" / "dbscan_summary_dev.csv").itertuples():
        labels, core = dbscan(
            middlesbrough[["easting", "northing"]], wanted.eps_m, wanted.min_samples
        )
        assert labels.max() + 1 == wanted.clusters
        assert core.sum() == wanted.core_records
        assert (labels < 0).sum() == wanted.noise_records
        assert ((labels >= 0) & ~core).sum() == wanted.border_records
        assert np.bincount(labels[labels >= 0]).max() == wanted.largest_cluster


def test_the_shape_benchmark_has_its_clusters(real_data):
    xy_m = pd.read_csv(real_data / "thirdparty" / "dbscan" / "DS3.csv.gz").iloc[:, :2]
    for wanted in pd.read_csv(real_data / "oracles" / "dbscan_ds3.csv").itertuples():
        labels, core = dbscan(xy_m, wanted.eps, wanted.min_samples)
        assert labels.max() + 1 == wanted.clusters
        assert core.sum() == wanted.core
        assert (labels < 0).sum() == wanted.noise
