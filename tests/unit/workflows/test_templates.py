"""Templates: an empty workbook for each feed, which the same feed reads once it is filled in."""

import io
from datetime import datetime

import openpyxl
import pytest

from aim.errors import UnknownFeedError
from aim.feeds import FEEDS, GUIDE_SHEETS, feed_guide, read_feed
from aim.model.types import UNCLASSIFIED
from aim.workflows import feed_template

COLUMN_SHEETS = [(feed, sheet) for feed in FEEDS for sheet in feed_guide(feed)["sheet"].unique()]


def opened(feed):
    return openpyxl.load_workbook(io.BytesIO(feed_template(feed)))


def filled_in(feed, tmp_path, change=lambda cell: cell, sheets=None):
    """Fill the template in with the guide's own examples, and save it."""
    book, guide = opened(feed), feed_guide(feed)
    for name in sheets or guide["sheet"].unique():
        rows = guide[guide["sheet"] == name]
        for at, example in enumerate(rows["example"], start=1):
            book[name].cell(2, at).value = change(example) or None
    book.save(tmp_path / "filled.xlsx")
    return tmp_path / "filled.xlsx"


@pytest.mark.parametrize(("feed", "sheet"), COLUMN_SHEETS)
def test_a_template_filled_in_with_its_examples_loads_whole(tmp_path, feed, sheet):
    sheets = ["Crimes", "Outcomes"] if sheet == "Outcomes" else [sheet]
    result = read_feed(feed, filled_in(feed, tmp_path, sheets=sheets))
    assert (len(result.incidents), len(result.rejected)) == (1, 0)
    assert result.incidents["incident_type"].iloc[0] != UNCLASSIFIED
    assert not [note for note in result.notes if "not" in note and "guessed" not in note]
    assert (result.incidents["place_precision"].iloc[0] == "none") == (feed == "health")


@pytest.mark.parametrize("feed", FEEDS)
def test_an_empty_template_is_a_delivery_without_rows(tmp_path, feed):
    (tmp_path / "empty.xlsx").write_bytes(feed_template(feed))
    result = read_feed(feed, tmp_path / "empty.xlsx")
    assert (len(result.incidents), len(result.rejected)) == (0, 0)


def test_days_and_times_that_excel_keeps_as_such_load_the_same(tmp_path):
    kinds = {"03/04/2026": datetime(2026, 4, 3), "22:30": datetime(2026, 4, 3, 22, 30).time()}  # noqa: DTZ001 - a sheet has no zones
    texts = read_feed("wardens", filled_in("wardens", tmp_path)).incidents
    cells = read_feed("wardens", filled_in("wardens", tmp_path, lambda cell: kinds.get(cell, cell)))
    assert cells.incidents.equals(texts)


@pytest.mark.parametrize(("feed", "sheet"), COLUMN_SHEETS)
def test_each_column_has_its_header_and_says_what_it_means(feed, sheet):
    page = opened(feed)[sheet]
    guide = feed_guide(feed).query("sheet == @sheet")
    assert [cell.value for cell in page[1]] == guide["header"].tolist()
    assert page.max_row == 1
    said = [one.prompt for one in page.data_validations.dataValidation]
    assert all(means in text for means, text in zip(guide["means"], said, strict=True))
    assert (guide["means"].str.len() > 0).all()


def test_choices_are_offered_from_the_taxonomy_and_not_forced():
    book = opened("wardens")
    rules = {str(one.sqref): one for one in book["Reports"].data_validations.dataValidation}
    category = feed_guide("wardens")["header"].tolist().index("Category")
    letter = openpyxl.utils.get_column_letter(category + 1)
    rule = rules[f"{letter}2:{letter}1048576"]
    assert (rule.type, rule.errorStyle) == ("list", "information")
    listed = [row[0].value for row in book["Lists"].iter_rows()]
    assert {"Fly-tipping", "Noise nuisance"} <= set(listed)
    assert rule.formula1 == f"Lists!$A$1:$A${len(listed)}"
    assert book["Lists"].sheet_state == "hidden"


def test_the_guide_names_each_column_what_is_needed_and_what_is_never_read():
    book = opened("councillors")
    lines = [[cell.value for cell in row] for row in book["Guide"].iter_rows()]
    table = {line[1]: line for line in lines if line[1]}
    assert table["Subject"][2] == "one of Subject, Details"
    assert table["Postcode"][5] == "TS1 3BA"
    assert table["Time"][4] == "a clock time, hh:mm"
    said = next(line[3] for line in lines if line[0] == "Never read")
    assert "Constituent name" in said
    assert book.sheetnames == ["Reports", *GUIDE_SHEETS]


def test_cells_are_laid_out_for_what_they_hold():
    page = opened("wardens")["Reports"]
    forms = feed_guide("wardens").set_index("header")
    shown = {
        header: page.column_dimensions[openpyxl.utils.get_column_letter(at)].number_format
        for at, header in enumerate(forms.index, start=1)
    }
    asked = ("UPRN", "Date", "Time", "Easting", "Longitude")
    assert [shown[one] for one in asked] == ["@", "dd/mm/yyyy", "hh:mm", "0", "0.000000"]


def test_a_template_is_the_same_bytes_each_time():
    assert feed_template("fire") == feed_template("fire")


def test_an_unknown_feed_has_no_template():
    with pytest.raises(UnknownFeedError, match="zebra"):
        feed_template("zebra")
