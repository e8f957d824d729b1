"""Headers over two rows, and the totals below a table."""

import openpyxl
import pandas as pd
import pytest

from aim.errors import FeedFormatError
from aim.feeds import guess_table, read_feed
from aim.feeds._headers import merged_header
from aim.feeds._totals import A_TOTAL, find_totals

UPPER = ("Ref", "Incident", None, "What", None, "Grid reference", None)
LOWER = (None, "Date", "Time", "Category", "Location", "Easting", "Northing")
LOWER_WITH_REFERENCE = ("Ref", *LOWER[1:])
ROW = ("W1", "01/04/2026", "10:30", "Noise", "High St", 449000, 520000)


def workbook(tmp_path, *rows, merge=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    book.save(tmp_path / "jobs.xlsx")
    return tmp_path / "jobs.xlsx"


@pytest.mark.parametrize("above", [(), (("Jobs of April",),), (("Jobs of April",), ())])
def test_two_header_rows_are_read_together(tmp_path, above):
    merge = ("A1:A2", "B1:C1", "D1:E1", "F1:G1") if not above else ()
    result = read_feed("wardens", workbook(tmp_path, *above, UPPER, LOWER, ROW, merge=merge))
    one = result.incidents.iloc[0]
    assert (one["source_ref"], one["location_text"], one["easting"]) == ("W1", "High St", 449000)
    assert result.incidents.index.tolist() == [len(above) + 3]
    assert result.rejected.empty


def test_a_word_in_the_lower_row_twice_takes_the_word_above(tmp_path):
    upper = ("Ref", "Incident", "Reported", "What", "Where")
    lower = (None, "date", "date", "Category", "Location")
    row = ("W1", "01/04/2026", "03/04/2026", "Noise", "High St")
    one = read_feed("wardens", workbook(tmp_path, upper, lower, row)).incidents.iloc[0]
    assert (one["occurred_from"].day, one["reported_at"].day) == (31, 2)  # London midnight in UTC


def test_two_words_that_make_a_known_one_are_joined():
    assert merged_header(["Grid", ""], ["Ref", "Zone"], {"gridref"}) == ["Grid Ref", "Zone"]
    assert merged_header(["Grid", ""], ["Ref", "Zone"]) == ["Ref", "Zone"]


def test_all_columns_below_a_personal_word_are_personal(tmp_path):
    upper = ("Ref", "When", "What", "Complainant", None)
    lower = (None, "Date", "Category", "Address", "Tel")
    row = ("W1", "01/04/2026", "Noise", "1 High St", "01632 960001")
    with pytest.raises(FeedFormatError, match="below no heading for people"):
        read_feed("wardens", workbook(tmp_path, upper, lower, row))
    whole = read_feed("wardens", workbook(tmp_path, (*upper, "Where"), (*lower, "Street"), row))
    assert "Personal columns dropped at the door: Complainant." in whole.notes
    assert "High" not in whole.incidents.to_csv()


def test_a_short_row_of_data_is_no_lower_header(tmp_path):
    header = ("Ref", "Date", "Category", "Location", "Details")
    path = workbook(tmp_path, header, ("W1", None, "Noise", None, "Location"), ("W2", *ROW[1:2]))
    result = read_feed("wardens", path)
    assert result.rejected["row"].tolist() == [2, 3]


def test_a_guess_reads_two_header_rows_and_the_mapping_finds_them_again(tmp_path):
    path = workbook(tmp_path, ("Jobs of April",), UPPER, LOWER, ROW)
    guesses = {one.header: one.name for one in guess_table(path) if one.name}
    assert guesses["Ref"] == "reference"
    assert guesses["Easting"] == "easting"
    assert read_feed("table", path).incidents["source_ref"].tolist() == ["W1"]


@pytest.mark.parametrize("word", ["Total", "reports", "Incidents"])
def test_a_word_in_a_row_does_not_make_a_table_of_reports_one_of_counts(tmp_path, word):
    row = (word, *ROW[1:])
    result = read_feed("table", workbook(tmp_path, LOWER_WITH_REFERENCE, ROW, row))
    assert result.incidents["source_ref"].tolist() == ["W1", word]


@pytest.mark.parametrize(
    "said",
    ["Total", "TOTALS", "Grand total:", "Sub-total", "Total 12", "Total number of jobs: 1,200"],
)
def test_a_row_that_says_total_is_refused_as_one(tmp_path, said):
    rows = (ROW, (said, None, None, None, None, None, 12))
    result = read_feed("wardens", workbook(tmp_path, UPPER, LOWER, *rows))
    assert result.rejected[["row", "reason"]].to_numpy().tolist() == [[4, A_TOTAL]]
    assert len(result.incidents) == 1


def test_a_job_with_a_date_may_say_total(tmp_path):
    rows = (ROW, ("W2", "02/04/2026", "", "Noise", "Total", None, None))
    result = read_feed("wardens", workbook(tmp_path, UPPER, LOWER, *rows))
    assert len(result.incidents) == 2


def test_a_story_that_begins_with_total_is_no_total(tmp_path):
    rows = (ROW, ("W2", None, "", "Noise", "Total mess at the dock", None, None))
    result = read_feed("wardens", workbook(tmp_path, UPPER, LOWER, *rows))
    assert result.rejected["reason"].tolist() == ["Date is blank"]


def totals(*rows, faulty=None):
    cells = pd.DataFrame(rows, columns=["date", "x", "y"], dtype=object)
    blank = cells["date"] == ""
    files = pd.Series("a", index=cells.index)
    return find_totals(cells, blank if faulty is None else pd.Series(faulty), files).tolist()


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (("", "12", ""), True),  # the sum
        (("", "12.00", "2"), True),  # the sum and the count
        (("", "2", ""), True),  # the count
        (("", "13", ""), False),
        (("", "12", "loud"), False),
        (("", "", ""), False),
    ],
)
def test_a_last_row_of_sums_is_a_total(last, found):
    assert totals(("1 May", "5", "a"), ("2 May", "7", "b"), last) == [False, False, found]


def test_sums_count_only_in_the_last_row_and_only_where_the_row_is_no_incident():
    first, second = ("1 May", "5", "a"), ("2 May", "7", "b")
    assert totals(first, second, ("", "12", ""), ("3 May", "1", "c")) == [False] * 4
    assert totals(first, second, ("", "12", ""), faulty=[False] * 3) == [False] * 3
    assert totals(first, ("", "5", "")) == [False, False]


def test_one_row_above_has_neither_sum_nor_count():
    assert totals(("1 May", "5", "a"), ("", "1", "")) == [False, False]
    assert totals(("1 May", "5", "a"), ("2 May", "7", "b"), ("", "2", "")) == [False, False, True]


def test_a_single_number_above_is_no_sum():
    assert totals(("1 May", "5", "a"), ("2 May", "some", "b"), ("", "5", "")) == [False] * 3
