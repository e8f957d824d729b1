"""Worked numbers and tables that stand beside no other test of their module."""

import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis import cluster_hotspots, dbscan, match_hotspots, near_repeat, poisson_z
from aim.model.hotspots import HotspotParameters

INF = float("inf")


def test_the_ground_of_five_drawn_points_is_the_worked_one():
    xy = np.add([(0, 0), (50, 0), (0, 50), (50, 50), (100, 50)], (449_000, 520_000))
    incidents = pd.DataFrame(xy, columns=["easting", "northing"], dtype=np.float64)
    plain = HotspotParameters(eps_m=75, min_samples=4, split=False)
    found = cluster_hotspots(incidents, plain).hotspots.iloc[0]
    assert (found["easting"], found["northing"]) == (449_040, 520_030)
    _, core = dbscan(xy, 75, 4)
    around = shapely.union_all(shapely.buffer(shapely.points(xy[core]), 75, quad_segs=64))
    assert (core.sum(), round(around.area)) == (4, 34_886)
    # Outlines of hotspots are simplified to a twentieth of eps.
    assert found["area_m2"] == pytest.approx(34_886, rel=0.03)
    assert shapely.convex_hull(shapely.MultiPoint(xy)).area == 3_750


def test_four_and_three_incidents_that_share_two_are_one_hotspot():
    now = pd.DataFrame({"incident_id": list("345"), "rank": 1})
    before = pd.DataFrame({"incident_id": list("1234"), "hotspot_id": "h1"})
    # Two of five: 0.4, and 0.3 is enough.
    assert match_hotspots(now, before).to_dict() == {1: "h1"}
    fewer = pd.DataFrame({"incident_id": list("456"), "rank": 1})
    assert match_hotspots(fewer, before).dropna().empty


def test_a_published_fall_of_burglary_is_no_chance():
    assert round(poisson_z(1077, 1490), 2) == -11.57
    assert round(poisson_z(25, 16), 2) == round(poisson_z(9, 4), 2) == 2


def two_crowds():
    """Thirty places within 20 m, thirty within 100 m a kilometre on, twenty anywhere."""
    rng = np.random.default_rng(42)
    tight, loose = rng.normal(0, 20, (30, 2)), rng.normal((1000, 0), 100, (30, 2))
    return np.concatenate([tight, loose, rng.uniform(-1000, 2000, (20, 2))])


def sizes(labels):
    return sorted(np.bincount(labels[labels >= 0]).tolist()), int((labels < 0).sum())


def test_one_distance_does_not_suit_two_densities():
    """A short reach breaks the loose crowd into two and leaves the rest of it out."""
    crowds = two_crowds()
    assert sizes(dbscan(crowds, 50, 5)[0]) == ([8, 9, 30], 33)
    assert sizes(dbscan(crowds, 120, 5)[0]) == ([30, 31], 19)


@pytest.mark.real_data
def test_the_published_ratios_of_the_calculator_are_met(real_data):
    """Its expected counts are means of 99 shuffles; ours are of all that there could be."""
    folder = real_data / "thirdparty" / "nearrepeat"
    table = pd.read_csv(folder / "nrc_arson_published_tables.csv")
    printed = table.loc[table["table"] == "knox_ratio", "value"].to_numpy().reshape(5, 4)
    events = pd.read_csv(folder / "chicago_arson.csv", parse_dates=["date"])
    days = (events["date"] - events["date"].min()).dt.days
    space, time = [0, 0.01, 200, 400, 600, INF], [0, 1, 2, 3, INF]
    found = near_repeat(events[["x", "y"]], days, space, time, metric="manhattan", permutations=99)
    assert ((found.ratio == 0) == (printed == 0)).all()
    # Cells of a hundred expected pairs and more leave little to shuffling, those below one much.
    many = found.expected > 100
    np.testing.assert_allclose(found.ratio[many], printed[many], atol=0.005)
    np.testing.assert_allclose(found.ratio, printed, rtol=0.35)
    published = table.loc[table["table"] == "p_value", "value"].to_numpy().reshape(5, 4)
    assert ((found.p <= 0.05) == (published <= 0.05)).all()


@pytest.mark.real_data
def test_the_clusters_of_a_real_month_are_those_of_the_table(real_data):
    name = "middlesbrough_2018-10_asb_eps150_min10.csv"
    rows = pd.read_csv(real_data / "oracles" / f"dbscan_labels_{name}.gz")
    table = pd.read_csv(real_data / "oracles" / f"dbscan_clusters_{name}")
    rows = rows.sort_values("row_in_file", ignore_index=True)
    found, core = dbscan(rows[["easting", "northing"]], 150, 10)
    told = rows.assign(cluster=found, core=core)[found >= 0].groupby("cluster")
    ours = told.agg(
        records=("core", "size"),
        core_records=("core", "sum"),
        mean_easting=("easting", "mean"),
        mean_northing=("northing", "mean"),
    ).round(1)
    keys = list(ours.columns)
    met = ours.merge(table[keys], on=keys)
    # Three incidents on a border may go to either of two clusters each, and move its mean.
    unmet = table[~table["cluster_rank"].isin(ours.merge(table, on=keys)["cluster_rank"])]
    assert len(met) + len(unmet) == len(table) == len(ours) == 28
    assert len(unmet) <= 6
    assert sorted(ours["core_records"]) == sorted(table["core_records"])
