"""Pages of what became of places and counts: words, pictures with tables, no script needed."""

import re

import pytest

HOSTILE = "<img src=x"


@pytest.fixture(scope="module")
def history(hub):
    return hub.get("/analysis/history?min-samples=5").text


def test_each_place_is_a_row_with_its_months_as_a_picture_and_a_table(history):
    assert "Lantern Street" in history
    assert history.count('<svg class="months"') == history.count("month by month</caption>") > 1
    assert "March 2026 or before" in history
    assert "most 24 in April 2026" in history
    assert "Too early to say" in history


def test_names_of_places_show_as_text(history):
    assert HOSTILE not in history
    assert "Tar Yard &lt;img" in history


def test_every_cell_of_a_phone_s_card_has_its_label(history):
    cells = re.findall(r'<(?:td|th) role="(?:cell|rowheader)"[^>]*>', history)
    assert len(cells) > 6
    assert all("data-label=" in cell for cell in cells)


def test_the_page_needs_no_script_and_says_how_it_was_made(history):
    assert "<script" not in history
    assert "eps 150 m" in history
    assert "no random number enters" in history


def test_months_and_page_are_numbers_within_their_range(hub):
    assert hub.get("/analysis/history?months=1&min-samples=5").status_code == 200
    for words in ("months=0", "months=1.5", "months=999", "page=x", "page=0"):
        assert hub.get(f"/analysis/history?{words}").status_code == 422, words


def test_a_page_beyond_the_last_is_the_last_and_wards_choose_places(hub):
    page = hub.get("/analysis/history?page=99&min-samples=5&ward=Moor").text
    assert "Tar Yard" in page
    assert "Lantern Street" not in page


def test_the_chart_has_its_table_and_words(hub):
    page = hub.get("/analysis/charts?type=asb").text
    assert '<svg class="trend"' in page
    assert "At most by chance" in page
    assert "Too early to say" in page
    assert "No ward and type left its range." in page
    assert "<script" not in page


def test_both_are_listed_among_the_analyses(hub):
    index = hub.get("/analysis").text
    assert 'href="/analysis/history"' in index
    assert 'href="/analysis/charts"' in index
