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


def mixed(**rows):
    return pd.DataFrame.from_dict(rows, orient="index", columns=["police", "wardens"])


def test_a_place_made_of_other_sources_is_no_control():
    series = pd.DataFrame({name: [20, 21, 19, 20] for name in ("T", "A", "B")})
    mix = mixed(T=[60, 20], A=[2, 78], B=[57, 23])
    found = suggest_controls(series, "T", mixes=[mix]).set_index("place")
    assert found["suitable"].to_dict() == {"A": False, "B": True}
    assert found.loc["A", "reasons"] == "is made of other sources, hours or kinds"
    assert found.loc["A", "mix_z"] > 5
    assert -2 < found.loc["B", "mix_z"] < 0.2
    assert found.loc["B", "score"] == pytest.approx(max(found.loc["B", "mix_z"], 0) ** 2)


def test_every_way_to_part_the_incidents_counts():
    series = pd.DataFrame({name: [20, 21, 19, 20] for name in ("T", "A")})
    alike, other = mixed(T=[40, 40], A=[40, 40]), mixed(T=[60, 20], A=[40, 40])
    one = suggest_controls(series, "T", mixes=[other])["mix_z"].iloc[0]
    both = suggest_controls(series, "T", mixes=[alike, other])["mix_z"].iloc[0]
    assert both == one > 2
    assert suggest_controls(series, "T")["mix_z"].isna().all()


def test_a_mix_that_cannot_tell_says_nothing():
    series = pd.DataFrame({name: [20, 21, 19, 20] for name in ("T", "A")})
    for mix in (mixed(T=[80, 0], A=[80, 0]), mixed(T=[0, 0], A=[40, 40])):
        assert suggest_controls(series, "T", mixes=[mix])["mix_z"].tolist() == [0.0]


def test_a_mix_must_hold_every_place():
    series = pd.DataFrame({name: [20, 21, 19, 20] for name in ("T", "A", "B")})
    with pytest.raises(ParameterError, match="A table of `mixes` lacks B"):
        suggest_controls(series, "T", mixes=[mixed(T=[1, 1], A=[1, 1])])
