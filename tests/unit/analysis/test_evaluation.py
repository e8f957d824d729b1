"""How well maps foresee: published vectors, and a harness that never sees the month it judges."""

import math

import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis.evaluation import evaluate_hotspots, matching_cell, pai, recapture_rate
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters


@pytest.mark.real_data
def test_the_published_example_holds(real_data):
    table = pd.read_csv(real_data / "oracles" / "pai_published.csv")
    found = pai(table["observed"], table["predicted"], table["area"])
    for name in ("pai", "pei", "rri"):
        assert found[name].tolist() == pytest.approx(table[name].tolist())


def test_ties_go_to_the_place_with_fewer_observed():
    found = pai([6, 7, 3, 2, 1, 0], [8, 4, 4, 2, 1, 0], 1)
    assert found["observed"].tolist() == [6, 3, 7, 2, 1, 0]
    assert found.index.tolist() == [0, 2, 1, 3, 4, 5]
    assert found["pai"].round(4).tolist() == [1.8947, 1.4211, 1.6842, 1.4211, 1.2, 1]
    assert found["pei"].round(4).tolist() == [0.8571, 0.6923, 1, 1, 1, 1]
    assert found["rri"].round(4).tolist() == [1.3333, 1.3333, 1, 1, 1, 1]


def test_a_quarter_of_incidents_in_a_tenth_of_the_ground_is_two_and_a_half():
    found = pai([25, 75], [9, 1], [10, 90]).iloc[0]
    assert (found["pai"], found["area_share"], found["hit_rate"]) == (2.5, 0.1, 0.25)


def test_unequal_places_are_taken_by_density_and_the_best_in_part():
    found = pai(pd.Series([8, 6, 1], index=list("abc")), [8, 6, 1], [4, 2, 1])
    assert found.index.tolist() == ["b", "a", "c"]
    assert found["pai"].tolist() == pytest.approx([6 / 15 * 7 / 2, 14 / 15 * 7 / 6, 1])
    missed = pai([0, 6], [9, 1], [1, 2])
    # Ground of 1 could have held half of the second place's six.
    assert missed["pei"].tolist() == [0, 1]
    assert pai([2, 6], [9, 1], [1, 2])["pei"].iloc[0] == pytest.approx(2 / 3)


def test_where_nothing_was_observed_nothing_is_scored():
    assert pai([0, 0], [1, 2], 1)["pai"].isna().all()
    assert pai([], [], 1).empty


@pytest.mark.parametrize(
    ("observed", "predicted", "area", "words"),
    [
        ([1, 2], [1], 1, "same places"),
        ([1, -2], [1, 1], 1, "`observed`"),
        ([1, 2], [1, 1], 0, "`area`"),
        ([1, 2], [1, 1], [1, 1, 1], "`area`"),
    ],
)
def test_what_makes_no_forecast_is_refused(observed, predicted, area, words):
    with pytest.raises(ParameterError, match=words):
        pai(observed, predicted, area)


def test_the_recapture_rate_holds():
    assert round(recapture_rate(60, 200, 40, 180), 4) == 0.7407
    assert recapture_rate(1, 2, 3, 6) == 1
    assert math.isnan(recapture_rate(0, 2, 3, 6))
    assert math.isnan(recapture_rate(1, 2, 0, 0))


AREA = shapely.box(450_000, 520_000, 452_000, 522_000)
MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]
PLAIN = HotspotParameters(eps_m=50, min_samples=5, split=False)


def incidents(**counts):
    """Return one burst a name, at its place, with so many incidents in each month."""
    places = {"centre": (450_550, 520_550), "edge": (451_990, 521_990), "far": (460_000, 530_000)}
    rows = [
        (f"{month}-15", *places[name])
        for name, numbers in counts.items()
        for month, number in zip(MONTHS, numbers, strict=True)
        for _ in range(number)
    ]
    frame = pd.DataFrame(rows, columns=["day", "easting", "northing"])
    return frame.assign(occurred_from=pd.to_datetime(frame["day"], utc=True))


def evaluate(rows, **arguments):
    return evaluate_hotspots(
        rows, AREA, MONTHS, **{"train": 2, "parameters": PLAIN, "cell_m": 100} | arguments
    )


def test_the_future_is_foreseen_from_the_months_before_only():
    found = evaluate(incidents(centre=[10, 10, 4, 0], edge=[0, 0, 12, 9])).scores
    dbscan = found[found["method"] == "dbscan"].set_index("month")
    # March is judged by January and February, when the edge was empty.
    assert dbscan.loc["2026-03", ["hits", "incidents", "hit_rate"]].tolist() == [4, 16, 0.25]
    assert dbscan.loc["2026-04", ["hits", "incidents"]].tolist() == [9, 9]


def test_every_method_gets_the_same_ground():
    found = evaluate(incidents(centre=[10, 10, 4, 4], edge=[6, 6, 6, 6]), area_share=0.002)
    by_month = found.scores.groupby("month")["area_m2"]
    assert (by_month.max() - by_month.min()).max() == 0
    # The corner's part of a disc is denser; the whole disc does not fit beside it.
    assert found.scores["area_share"].max() <= 0.002
    assert found.scores["hits"].tolist()[0] == 6


def test_scores_are_those_of_their_definitions():
    found = evaluate(incidents(centre=[10, 10, 6, 6], edge=[0, 0, 2, 2])).scores.iloc[0]
    assert found["pai"] == pytest.approx((6 / 8) / (found["area_m2"] / 4e6))
    assert found["rri"] == pytest.approx(6 / 8)
    # The best cell of 10,000 square metres holds six; the disc is smaller.
    assert found["pei"] == pytest.approx(6 / (6 * found["area_m2"] / 10_000))


def test_a_grid_counts_the_last_cell_in_part():
    found = evaluate(incidents(centre=[10, 10, 6, 6])).scores
    grid = found[found["method"] == "grid"].iloc[0]
    assert grid["hits"] == pytest.approx(6 * grid["area_m2"] / 10_000)


def test_incidents_on_the_far_edge_and_outside_are_told_apart():
    rows = incidents(centre=[10, 10, 1, 1], far=[9, 9, 9, 9])
    corner = rows.assign(easting=rows["easting"].replace(450_550, 452_000))
    assert evaluate(rows).scores["incidents"].unique().tolist() == [1]
    found = evaluate(corner).scores
    assert found["incidents"].unique().tolist() == [1]
    assert (found["hits"] > 0).all()


def test_cells_are_as_large_as_the_least_hotspot_unless_told():
    assert matching_cell(150) ** 2 == pytest.approx(math.pi * 150**2)
    found = evaluate(incidents(centre=[9, 9, 6, 6]), cell_m=None)
    assert found.parameters["cell_m"] == matching_cell(50)


def test_every_other_month_is_judged_where_asked():
    found = evaluate(incidents(centre=[9, 9, 6, 6]), step=2)
    assert found.scores["month"].unique().tolist() == ["2026-03"]
    assert found.parameters["step"] == 2


def test_the_best_of_a_month_is_told_and_equals_share_it():
    scores = evaluate(incidents(centre=[10, 10, 6, 0], edge=[0, 0, 0, 5])).scores
    assert scores.loc[scores["month"] == "2026-03", "best"].tolist() == [True, False]
    # In April both find nothing.
    assert scores.loc[scores["month"] == "2026-04", "best"].tolist() == [True, True]


def test_snapped_incidents_count_by_the_ground_their_point_stands_for():
    # Two map points: the border between them halves the area.
    rows = incidents(centre=[9, 9, 6, 6]).assign(place_precision="snapped")
    other = rows.assign(easting=451_450.0, occurred_from=rows["occurred_from"] + pd.Timedelta(1))
    found = evaluate(pd.concat([rows, other.head(1)])).scores.iloc[0]
    # A disc of 50 m covers so much of the half that the point stands for.
    assert found["hits"] == 6
    share = found["area_m2"] / 2e6
    assert found["pai_spread"] == pytest.approx(share / found["area_share"])


def test_exact_incidents_beside_snapped_ones_count_whole():
    rows = incidents(centre=[10, 10, 4, 4])
    half = rows.assign(place_precision=["snapped", "exact"] * (len(rows) // 2))
    found = evaluate(half).scores.iloc[0]
    # Of the four of March two are exact; the only map point stands for the whole area.
    spread = (2 + 2 * found["area_share"]) / 4
    assert found["pai_spread"] == pytest.approx(spread / found["area_share"])


def test_a_cell_taken_in_part_counts_in_part_where_incidents_are_spread():
    rows = incidents(centre=[9, 9, 6, 6]).assign(place_precision="snapped")
    scores = evaluate(rows).scores.set_index("method")
    # One map point stands for everything, so equal ground holds equal shares.
    assert scores["pai_spread"].tolist() == pytest.approx([1, 1, 1, 1])


def test_where_nothing_is_snapped_nothing_is_spread():
    found = evaluate(incidents(centre=[9, 9, 6, 6]))
    assert found.scores["pai_spread"].isna().all()
    assert found.summary["dbscan_at_least_spread"].tolist() == [0, 0]
    missing = incidents(centre=[9, 9, 6, 6]).assign(place_precision=pd.NA)
    assert evaluate(missing).scores["pai_spread"].isna().all()


def test_a_surface_is_judged_by_the_same_rules():
    def nearest(past_m, places_m):
        return -np.abs(places_m - past_m.mean(axis=0)).sum(axis=1)

    found = evaluate(incidents(centre=[10, 10, 6, 6]), surface=nearest)
    assert found.summary["method"].tolist() == ["dbscan", "grid", "kde"]
    kde, grid = (found.scores[found.scores["method"] == one].iloc[0] for one in ("kde", "grid"))
    assert kde["hits"] == grid["hits"]


def test_the_summary_counts_months_in_which_dbscan_is_no_worse():
    found = evaluate(incidents(centre=[10, 10, 6, 0], edge=[0, 0, 0, 5]))
    summary = found.summary.set_index("method")
    assert summary["months"].tolist() == [2, 2]
    # In April both find nothing: no worse.
    assert summary["dbscan_at_least"].tolist() == [2, 2]
    scores = found.scores[found.scores["method"] == "dbscan"]
    assert summary.loc["dbscan", "pai"] == pytest.approx(scores["pai"].mean())
    assert summary.loc["dbscan", "pooled_pai"] == pytest.approx(
        6 / 11 / scores["area_share"].mean()
    )


def test_a_month_without_a_hotspot_that_fits_is_told():
    found = evaluate(incidents(centre=[1, 1, 6, 6]), warnings=["an outage"])
    assert found.scores["month"].unique().tolist() == ["2026-04"]
    assert found.warnings == ("an outage", "2026-03 is not judged: no hotspot fits the area.")
    small = evaluate(incidents(centre=[9, 9, 6, 6]), area_share=1e-4)
    assert small.scores.empty
    assert small.summary.empty


def test_what_was_asked_travels_with_the_answer_and_progress_is_told():
    steps = []
    found = evaluate(incidents(centre=[9, 9, 6, 6]), progress=lambda *one: steps.append(one))
    assert steps == [(1, 2), (2, 2)]
    assert found.parameters["eps_m"] == 50
    assert found.parameters["area_m2"] == 4e6
    assert (found.parameters["train"], found.parameters["cell_m"]) == (2, 100)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"train": 4}, "`months`"),
        ({"train": 0}, "`months`"),
        ({"cell_m": 0}, "`cell_m`"),
        ({"step": 0}, "`step`"),
        ({"area_share": 1}, "`area_share`"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(change, words):
    with pytest.raises(ParameterError, match=words):
        evaluate(incidents(centre=[9, 9, 6, 6]), **change)


def test_an_area_without_ground_is_refused():
    with pytest.raises(ParameterError, match="`area`"):
        evaluate_hotspots(incidents(), shapely.Polygon(), MONTHS, train=1)
    with pytest.raises(ParameterError, match="`months`"):
        evaluate_hotspots(incidents(), AREA, MONTHS[::-1], train=1)
