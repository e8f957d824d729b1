"""Tables others computed before, and libraries that compute the same another way."""

import math

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from scipy.special import pdtrc
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_iris

from aim.analysis import (
    assess_gi_star,
    cell_polygons,
    count_cells,
    fdr_cutoff,
    gi_star,
    grid_neighbours,
    jacquez_test,
    local_moran,
    make_grid,
    mantel_test,
    modified_knox,
    near_repeat,
)
from aim.analysis.local_statistics.getis_ord import normal_p

MEMPHIS_GRID = "EPSG:32615"
INF = math.inf


@pytest.fixture(scope="module")
def arson(real_data):
    events = pd.read_csv(
        real_data / "thirdparty" / "nearrepeat" / "chicago_arson.csv", parse_dates=["date"]
    )
    return events[["x", "y"]], (events["date"] - events["date"].min()).dt.days


@pytest.mark.real_data
@pytest.mark.parametrize("metric", ["cityblock", "euclidean"])
@pytest.mark.parametrize("step", [0, 1], ids=["counts", "labels"])
def test_both_readings_of_the_calculators_bands_are_counted(arson, real_data, metric, step):
    """Its labels are one metre off what it counts; both tables are ours for their own edges."""
    table = pd.read_csv(real_data / "oracles" / "knox_observed_chicago_arson.csv")
    reading = ("as the NRC counts", "as the NRC labels")[step]
    wanted = table[(table["metric"] == metric) & (table["bounds"] == reading)]
    space = [0, 0.01, 200 + step, 400 + step, 600 + step, INF]
    found = near_repeat(*arson, space, [0, 1, 2, 3, INF], metric=metric, permutations=0)
    assert found.observed.ravel().tolist() == wanted["pairs"].tolist()


@pytest.mark.real_data
def test_the_calculators_arson_table_is_met_but_for_one_pair_on_an_edge(arson, real_data):
    """18 of 20 cells: a pair counted in the band above 400 m there lies just below it here."""
    table = pd.read_csv(real_data / "thirdparty" / "nearrepeat" / "nrc_arson_published_tables.csv")
    printed = table.loc[table["table"] == "observed", "value"].to_numpy().reshape(5, 4)
    found = near_repeat(
        *arson,
        [0, 0.01, 200, 400, 600, INF],
        [0, 1, 2, 3, INF],
        metric="manhattan",
        permutations=0,
    )
    assert np.argwhere(found.observed != printed).tolist() == [[2, 3], [3, 3]]
    assert (found.observed - printed)[2:4, 3].tolist() == [1, -1]


@pytest.fixture(scope="module")
def burkitt(real_data):
    events = pd.read_csv(real_data / "thirdparty" / "pointpats" / "burkitt.csv")
    wanted = pd.read_csv(real_data / "oracles" / "knox_burkitt_pointpats.csv")
    return events, wanted.set_index("item")["value"]


def knox(burkitt, **asked):
    """Count within 20 and 5, both included, as pointpats does."""
    events, wanted = burkitt
    near, soon = (math.nextafter(wanted[name], INF) for name in ("delta_m", "tau"))
    return near_repeat(events[["X", "Y"]], events["T"], [0, near, INF], [0, soon, INF], **asked)


@pytest.mark.real_data
def test_the_burkitt_table_is_that_of_pointpats(burkitt):
    found, wanted = knox(burkitt, permutations=499), burkitt[1]
    assert found.observed.tolist() == [
        [wanted["observed_close_both"], wanted["observed_close_time_only"]],
        [wanted["observed_close_space_only"], wanted["observed_far_both"]],
    ]
    assert found.expected[0, 0] == pytest.approx(wanted["expected_close_both"], abs=5e-8)
    np.testing.assert_allclose(
        found.expected, [[10.1438161, 3418.85618], [41.8561839, 14107.1438]], rtol=1e-6
    )
    tail = pdtrc(found.observed[0, 0], found.expected[0, 0])
    assert tail == pytest.approx(wanted["p_poisson"], rel=1e-12)


@pytest.mark.real_data
def test_the_draws_of_pointpats_give_its_simulated_p(burkitt):
    """Its generator is numpy's old one, which ours is not: the same 99 orders are handed in."""
    events, wanted = burkitt
    old = np.random.RandomState(12345)
    orders = [old.permutation(len(events)) for _ in range(99)]
    dealt = [events.assign(T=events["T"].to_numpy()[order]) for order in orders]
    found = [knox((rows, wanted), permutations=0).observed[0, 0] for rows in dealt]
    reached = np.count_nonzero(np.array(found) >= wanted["observed_close_both"])
    assert (reached + 1) / (99 + 1) == wanted["p_sim_seed12345_99perm"]


@pytest.mark.real_data
def test_the_older_tests_of_the_burkitt_cases_are_those_of_pointpats(burkitt):
    events = burkitt[0]
    places, days = events[["X", "Y"]], events["T"]
    plain = {"space_constant_m": 0, "space_power": 1, "time_constant_days": 0, "time_power": 1}
    found = mantel_test(places, days, permutations=0, **plain)
    assert round(found.statistic, 6) == 0.014154
    assert round(mantel_test(places, days, permutations=0).statistic, 6) == 0.048368
    assert jacquez_test(places, days, neighbours=3, permutations=0).statistic == 12
    near, soon = math.nextafter(20, INF), math.nextafter(5, INF)
    excess = modified_knox(places, days, near, soon, permutations=0).statistic
    assert round(excess, 8) == 2.81016043


@pytest.fixture(scope="module")
def robberies(real_data):
    rows = pd.read_csv(real_data / "thirdparty" / "sfhotspot" / "memphis_robberies_jan2019.csv")
    project = Transformer.from_crs("EPSG:4326", MEMPHIS_GRID, always_xy=True)
    return np.column_stack(project.transform(rows["longitude"], rows["latitude"]))


def memphis(robberies, cell_m):
    """Lay the grid of the published map: the hull of the points and half a cell around it."""
    hull = shapely.MultiPoint(robberies).convex_hull
    grid = make_grid(shapely.buffer(hull, cell_m / 2, quad_segs=30), cell_m)
    return grid, count_cells(grid, robberies)


@pytest.mark.real_data
def test_the_published_cells_of_sfhotspot_are_met_to_every_digit(robberies, real_data):
    wanted = pd.read_csv(
        real_data / "thirdparty" / "sfhotspot" / "published_gistar_500m_first10.csv"
    )
    grid, counts = memphis(robberies, 500)
    assert len(grid) == wanted["n_cells_in_grid"][0]
    assert counts.sum() == len(robberies)
    z = gi_star(counts, grid_neighbours(grid))[:10]
    corners = cell_polygons(grid).geometry.bounds.head(10)
    np.testing.assert_allclose(corners["minx"], wanted["cell_xmin_epsg32615"], atol=0.06)
    np.testing.assert_allclose(corners["miny"], wanted["cell_ymin_epsg32615"], atol=0.6)
    assert counts[:10].tolist() == wanted["n"].tolist()
    assert z.round(3).tolist() == wanted["gistar"].tolist()
    assert normal_p(z).round(3).tolist() == wanted["pvalue"].tolist()


@pytest.mark.real_data
def test_the_finer_published_grid_has_as_many_cells(robberies):
    grid, counts = memphis(robberies, 200)
    assert len(grid) == 16_133
    assert counts.sum() == len(robberies)


@pytest.mark.real_data
def test_the_yardstick_of_our_labels_finds_the_clusters_of_the_r_package(real_data):
    """Flowers have four measures and maps two: scikit-learn, whose labels ours equal, stands in."""
    wanted = pd.read_csv(real_data / "oracles" / "dbscan_r_package_iris.csv").iloc[0]
    search = DBSCAN(eps=wanted["eps"], min_samples=int(wanted["min_samples"]))
    labels = search.fit(load_iris().data).labels_
    assert np.bincount(labels + 1).tolist() == wanted.iloc[2:].astype(int).tolist()


def hot_town(columns, rows, seed=1):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(2, (rows, columns))
    counts[3:6, 4:8] += 6
    # No two alike: esda counts ties on one side only.
    return counts.ravel() + rng.random(300) / 10


@pytest.fixture(scope="module")
def pysal(needs):
    """Give esda and a queen grid of 20 columns and 15 rows; importing them takes seconds."""
    needs("esda")
    needs("libpysal")
    import esda  # noqa: PLC0415 - only where it is wanted
    import libpysal  # noqa: PLC0415 - the same

    return esda, libpysal.weights.lat2W(15, 20, rook=False)


def town_neighbours():
    return grid_neighbours(make_grid(shapely.box(0, 0, 20, 15), 1))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The alternative hypothesis:DeprecationWarning")
def test_gi_star_is_that_of_esda(pysal):
    esda, queen = pysal
    values = hot_town(20, 15)
    theirs = esda.G_Local(
        values,
        queen,
        transform="B",
        permutations=999,
        star=True,
        seed=1,
        n_jobs=1,
    )
    ours = assess_gi_star(values, town_neighbours(), permutations=999)
    np.testing.assert_allclose(ours.z, theirs.Zs, atol=1e-12)
    # Theirs is one-sided and draws others.
    assert np.quantile(np.abs(ours.p / 2 - theirs.p_sim), 0.75) < 0.03
    assert ((ours.p <= 0.02) == (theirs.p_sim <= 0.01)).mean() > 0.97


@pytest.mark.slow
def test_local_moran_is_that_of_esda(pysal):
    """Theirs divides by n - 1."""
    esda, queen = pysal
    values = hot_town(20, 15)
    theirs = esda.Moran_Local(values, queen, transformation="r", permutations=0)
    ours = local_moran(values, town_neighbours(), permutations=0)
    np.testing.assert_allclose(ours.i, theirs.Is * 300 / 299, rtol=1e-9)
    names = ["high among high", "low among high", "low among low", "high among low"]
    assert ours.kind.tolist() == [names[place - 1] for place in theirs.q]


@pytest.mark.slow
def test_the_correction_is_that_of_esda(pysal):
    esda, _ = pysal
    p = np.random.default_rng(3).uniform(0, 1, 500) ** 3
    assert fdr_cutoff(p) == p[p <= esda.fdr(p, 0.05)].max()


@pytest.mark.slow
def test_knox_is_that_of_pointpats(needs):
    needs("pointpats")
    from pointpats import Knox  # noqa: PLC0415 - only where it is wanted

    rng = np.random.default_rng(12)
    places, days = rng.uniform(0, 2000, (300, 2)), rng.integers(0, 60, 300).astype(float)
    theirs = Knox(np.column_stack([places, days])[:, :2], days[:, None], 150, 7, permutations=99)
    near, soon = math.nextafter(150, INF), math.nextafter(7, INF)
    ours = near_repeat(places, days, [0, near, INF], [0, soon, INF], permutations=499)
    np.testing.assert_array_equal(ours.observed, theirs.observed)
    np.testing.assert_allclose(ours.expected, theirs.expected)
    assert ours.p[0, 0] == pytest.approx(theirs.p_sim, abs=0.12)
