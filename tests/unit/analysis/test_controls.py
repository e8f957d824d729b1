"""Which place to compare a treated one with."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis.controls import suggest_controls
from aim.errors import ParameterError

PERIODS = [f"2025-{month:02d}" for month in range(1, 9)]
LEVEL = np.array([20, 22, 18, 21, 19, 20, 22, 18])


def table(**places):
    return pd.DataFrame({"treated": LEVEL, **places}, index=PERIODS)


def ground(**distances):
    """Return circles of 100 m, the treated one at 0 and the others so far from its edge."""
    points = {"treated": 0, **{name: 200 + gap for name, gap in distances.items()}}
    circles = [shapely.Point(449000 + x, 520000).buffer(100, 64) for x in points.values()]
    return gpd.GeoSeries(circles, index=list(points), crs="EPSG:27700")


def test_the_place_most_alike_in_level_and_trend_comes_first():
    rising = LEVEL + np.array([-12, -9, -6, -2, 2, 6, 9, 12])
    found = suggest_controls(
        table(near=LEVEL + 2, alike=LEVEL[::-1], twice=2 * LEVEL, rising=rising), "treated"
    )
    assert found["place"].tolist()[:2] == ["alike", "near"]
    assert found["rank"].tolist()[:2] == [1, 2]
    assert found["rank"].isna().tolist()[2:] == [True, True]
    reasons = found.set_index("place")["reasons"]
    assert reasons["twice"] == "40.0 a period, not as many"
    assert "was moving by +17 % a period" in reasons["rising"]
    assert reasons["near"].startswith("22.0 a period against 20.0; moved by")


def test_trend_is_the_slope_in_per_cent():
    found = suggest_controls(table(growing=np.arange(10, 26, 2)), "treated").iloc[0]
    assert found["trend"] == pytest.approx(100 * 2 / 17)
    # Sum of squared steps 42, mean 17; the errors of both enter.
    steps = np.arange(8) - 3.5
    errors = [np.sqrt(steps**2 @ one) / (42 * one.mean()) for one in (LEVEL, np.arange(10, 26, 2))]
    gap = 2 / 17 - steps @ LEVEL / (42 * 20)
    assert found["trend_z"] == pytest.approx(gap / np.hypot(*errors))


def test_a_place_that_overlaps_or_lies_in_the_ring_is_no_control():
    shapes = ground(over=-50, ring=240, both=500, far=501)
    places = dict.fromkeys(["over", "ring", "both", "far"], LEVEL)
    found = suggest_controls(table(**places), "treated", shapes=shapes).set_index("place")
    assert found["suitable"].to_dict() == {"far": True, "both": False, "over": False, "ring": False}
    assert found.loc["over", "reasons"] == "overlaps the treated place"
    assert "240 m away" in found.loc["ring", "reasons"]
    assert found.loc["far", "reasons"].endswith("501 m away")
    near = suggest_controls(table(**places), "treated", shapes=shapes, ring_m=100)
    assert near["suitable"].sum() == 3


def test_a_place_where_something_was_done_is_no_control():
    found = suggest_controls(table(busy=LEVEL, free=LEVEL + 1), "treated", exclude=["busy"])
    assert found["place"].tolist() == ["free", "busy"]
    assert "something else was done" in found["reasons"][1]


def test_an_outage_is_no_evidence():
    gap = np.where(np.arange(8) < 2, 0, LEVEL)
    assert not suggest_controls(table(gap=gap), "treated")["suitable"][0]
    assert suggest_controls(table(gap=gap), "treated", unobserved=PERIODS[:2])["suitable"][0]


def test_an_empty_place_is_no_control_and_no_place_is_no_row():
    found = suggest_controls(table(empty=0 * LEVEL), "treated")
    assert "had no incident" in found["reasons"][0]
    assert suggest_controls(table(), "treated").empty


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: suggest_controls(table(), "elsewhere"), "elsewhere"),
        (lambda: suggest_controls(table()[:3], "treated"), "at least 4"),
        (lambda: suggest_controls(table(), "treated", unobserved=PERIODS[:5]), "found 3"),
        (lambda: suggest_controls(table(odd=-LEVEL), "treated"), "odd"),
        (lambda: suggest_controls(table(new=LEVEL), "treated", shapes=ground()), "lacks new"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
