"""The plot of settings: well-formed, every number said, the recommended one marked."""

import re
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from aim.maps import tuning_svg

GRID = pd.DataFrame(
    {
        "eps_m": [75.0, 75.0, 150.0, 150.0],
        "min_samples": [6, 12, 11, 22],
        "gain": [0.4, 0.6, float("nan"), -0.2],
        "stability": [0.8, 0.9, float("nan"), 0.5],
        "fit": [False, True, False, False],
        "recommended": [False, True, False, False],
    }
)
CURVE = pd.DataFrame({"share": [0.0, 0.5, 1.0], "distance_m": [0.0, 90.0, 410.0]})


def draw(grid=GRID, curve=CURVE, **given):
    words = {"k": 11, "knee_m": 120.0, "title": "Settings <tried>", "sentence": "Take 75 & 12."}
    return ET.fromstring(tuning_svg(grid, curve, **words | given))  # noqa: S314 - our own drawing


def texts(svg, kind):
    return [one.text for one in svg.iter(f"{{http://www.w3.org/2000/svg}}{kind}")]


def test_every_number_is_said_to_those_who_do_not_see_it():
    told = texts(draw(), "desc")[0]
    assert "eps 75 m, min-samples 12: gain 0.60, stable 90%, recommended." in told
    assert "eps 150 m, min-samples 11: gain none, stable none, not fit." in told
    assert "0 m for 0%, 90 m for 50%, 410 m for 100%. The curve bends at 120 m." in told
    assert texts(draw(), "title") == ["Settings <tried>"]


def test_fit_settings_are_shaded_and_others_hatched():
    cells = [one for one in draw().iter() if one.get("height") == "40"]
    assert [one.get("fill").startswith("#") for one in cells] == [False, True, False, False]
    assert [one.get("stroke-width") for one in cells] == ["1", "3", "1", "1"]
    assert len({one.get("x") for one in cells}) == 2


def test_the_curve_rises_from_the_left_foot_and_stays_inside():
    line = next(one for one in draw().iter() if one.tag.endswith("polyline"))
    points = [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]
    assert [x for x, _ in points] == [46, 173, 300]
    assert points[0][1] > points[1][1] > points[2][1] > 78


@pytest.mark.parametrize("top", [0.7, 9, 10, 11, 99, 3000])
def test_the_scale_holds_the_highest_value(top):
    curve = pd.DataFrame({"share": [0.0, 1.0], "distance_m": [0.0, top]})
    labels = [text for text in texts(draw(curve=curve), "text") if re.fullmatch(r"[\d.]+", text)]
    assert float(labels[4]) >= top


def test_without_incidents_or_a_bend_there_is_still_a_picture():
    svg = draw(curve=CURVE.iloc[:0], knee_m=float("nan"))
    assert not [one for one in svg.iter() if one.tag.endswith("polyline")]
    assert not [text for text in texts(svg, "text") if "bends" in text]
    assert draw(grid=GRID.iloc[:0]) is not None


def test_the_foot_is_printed_and_long_sentences_are_wrapped():
    svg = draw(sentence="word " * 60, foot=("OFFICIAL", "Police data"))
    told = texts(svg, "text")
    assert told[-2:] == ["OFFICIAL", "Police data"]
    assert max(map(len, told)) <= 118
