"""A week in hours, drawn: each cell in its place, darker for more, and told in words."""

import re

import pytest

from aim.errors import ParameterError
from aim.maps import week_svg
from aim.maps.week import SHADES


def week(**cells):
    rows = [[0.0] * 24 for _ in range(7)]
    for name, value in cells.items():
        day, hour = name[1:].split("_")
        rows[int(day)][int(hour)] = value
    return rows


def fills(picture):
    return re.findall(r'height="24" fill="(#\w+)"', picture)


def test_each_hour_has_its_cell_and_its_shade():
    cells = fills(week_svg(week(c0_0=8, c4_23=4, c6_5=0.1), title="t"))
    assert len(cells) == 168
    assert (cells[0], cells[4 * 24 + 23], cells[6 * 24 + 5]) == (SHADES[4], SHADES[2], SHADES[1])
    assert cells.count(SHADES[0]) == 165


def test_the_shades_are_named_up_to_the_most():
    picture = week_svg(week(c0_0=8), title="t")
    assert [f">to {step}<" in picture for step in (2, 4, 6, 8)] == [True] * 4


def test_every_day_is_told_in_words():
    picture = week_svg(week(c5_22=3, c5_23=1), title="t", unit="reports")
    assert "Saturday: most at 22:00 (3), 4 reports in all." in picture
    assert "Sunday: none, 0 reports in all." in picture


def test_a_hostile_title_stays_text():
    assert "<img" not in week_svg(week(c0_0=1), title="<img src=x>")


def test_an_empty_week_says_so_and_a_crooked_one_is_refused():
    assert "nothing to draw" in week_svg(week(), title="t")
    with pytest.raises(ParameterError, match="7 days of 24 hours"):
        week_svg([[0.0] * 24] * 6, title="t")
