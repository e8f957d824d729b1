from xml.etree import ElementTree as ET

import pytest

from aim.errors import ParameterError
from aim.maps import trend_svg
from aim.model.breaks import ChartMark

SVG = "{http://www.w3.org/2000/svg}"


def drawn(series, **words):
    return ET.fromstring(trend_svg(series, title="Burglary by month", **words))  # noqa: S314 - our own text


def texts(chart):
    return [one.text for one in chart.iter(f"{SVG}text")]


def test_a_chart_is_an_image_with_title_and_every_number_in_words():
    chart = drawn({"This year": {"2026-04": 1200, "2026-05": None}})
    title, told = chart.find(f"{SVG}title"), chart.find(f"{SVG}desc")
    assert chart.get("role") == "img"
    assert chart.get("aria-labelledby").split() == [title.get("id"), told.get("id")]
    assert told.text == "This year, incidents: April 2026: 1,200; May 2026: no data."


def test_bars_are_as_high_as_their_counts():
    chart = drawn({"This year": {"2026-04": 40, "2026-05": 10, "2026-06": 0}})
    bars = [one for one in chart.iter(f"{SVG}rect") if "%" in one.get("x", "")]
    heights = [float(bar.get("height")) for bar in bars]
    assert heights[0] == pytest.approx(4 * heights[1], abs=0.3)
    assert heights[2] == 0


def test_an_incomplete_month_is_hatched_starred_and_explained():
    chart = drawn({"This year": {"2026-04": 4, "2026-05": 1}}, incomplete={"2026-05"})
    bars = [one for one in chart.iter(f"{SVG}rect") if "%" in one.get("x", "")]
    assert [bar.get("fill").startswith("url(#") for bar in bars] == [False, True]
    assert "May 26*" in texts(chart)
    assert "* not complete" in texts(chart)
    assert "May 2026: 1 so far" in chart.find(f"{SVG}desc").text


def test_a_month_without_data_is_marked_and_explained():
    chart = drawn({"This year": {"2026-04": 4, "2026-05": None}})
    assert texts(chart).count("\N{EN DASH}") == 1
    assert "\N{EN DASH} no data" in texts(chart)
    assert "\N{EN DASH} no data" not in texts(drawn({"This year": {"2026-04": 4}}))


def test_a_year_ago_is_a_line_broken_where_a_month_has_no_data():
    now = dict.fromkeys(["2026-01", "2026-02", "2026-03", "2026-04"], 5)
    chart = drawn({"Now": now, "A year ago": now | {"2026-02": None}})
    dashed = [one for one in chart.iter(f"{SVG}line") if one.get("stroke-dasharray")]
    assert len(dashed) == 1
    assert "A year ago" in texts(chart)


def test_a_line_runs_on_over_the_new_year():
    chart = drawn({"Now": {"2025-12": 1, "2026-01": 1}, "Ago": {"2025-12": 2, "2026-01": 2}})
    assert len([one for one in chart.iter(f"{SVG}line") if one.get("stroke-dasharray")]) == 1


@pytest.mark.parametrize(("months", "labels"), [(6, 6), (7, 4), (24, 6)])
def test_month_labels_never_crowd_and_the_last_month_is_named(months, labels):
    counts = {f"{2024 + (month // 12)}-{month % 12 + 1:02d}": 1 for month in range(months)}
    named = [one for one in texts(drawn({"Now": counts})) if one[-3:] in {" 24", " 25"}]
    assert len(named) == labels
    assert named[-1] == {6: "Jun 24", 7: "Jul 24", 24: "Dec 25"}[months]


@pytest.mark.parametrize(
    ("top", "highest"), [(0, "1"), (3, "3"), (17, "20"), (101, "150"), (4000, "4,000")]
)
def test_the_scale_ends_at_a_round_number(top, highest):
    chart = drawn({"Now": {"2026-04": top}})
    ticks = [one.text for one in chart.iter(f"{SVG}text") if one.get("text-anchor") == "end"]
    assert ticks[-1] == highest


def test_hostile_names_are_text():
    assert "<b>" not in trend_svg({"<b>": {"2026-04": 1}}, title="<b>")


def test_nothing_to_draw_is_said():
    assert "nothing to draw" in trend_svg({}, title="Burglary")
    assert "nothing to draw" in trend_svg({"Now": {"2026-04": None}}, title="Burglary")


def test_two_charts_on_a_page_share_no_id():
    one, other = (trend_svg({"Now": {"2026-04": count}}, title="T") for count in (1, 2))
    assert one.split('id="')[1].split('"')[0] != other.split('id="')[1].split('"')[0]


def test_months_of_another_year_must_be_handed_over_under_this_years():
    with pytest.raises(ParameterError, match=r"'Ago' has 2025-04"):
        trend_svg({"Now": {"2026-04": 1}, "Ago": {"2025-04": 1}}, title="T")
    with pytest.raises(ParameterError, match="month"):
        trend_svg({"Now": {"April": 1}}, title="T")


def test_a_mark_is_a_dashed_line_with_its_letter_and_its_words():
    marks = [ChartMark("2026-05", "A", "wardens: system migration on 16 May 2026.", share=0.5)]
    chart = drawn({"Now": {"2026-04": 4, "2026-05": 3}}, marks=marks)
    (line,) = (one for one in chart.iter(f"{SVG}line") if one.get("class") == "trend-mark")
    middle_of_may = 11 + (94.5 - 11) * 0.75
    assert float(line.get("x1").rstrip("%")) == pytest.approx(middle_of_may, abs=0.01)
    assert "A" in texts(chart)
    assert "A: wardens: system migration on 16 May 2026." in chart.find(f"{SVG}desc").text


def test_marks_of_one_place_share_a_line_and_a_star_has_none():
    marks = [ChartMark("2026-05", label, f"{label} happened.") for label in ("A", "B", "*")]
    chart = drawn({"Now": {"2026-04": 4, "2026-05": 3}}, marks=marks)
    lines = [one for one in chart.iter(f"{SVG}line") if one.get("class") == "trend-mark"]
    assert len(lines) == 1
    assert "A,B" in texts(chart)


def test_a_mark_of_a_month_not_drawn_has_no_line():
    chart = drawn({"Now": {"2026-04": 4}}, marks=[ChartMark("2025-04", "A", "Long ago.")])
    assert not [one for one in chart.iter(f"{SVG}line") if one.get("class") == "trend-mark"]
