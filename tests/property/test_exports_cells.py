"""Promises of the lists for whatever people type."""

import csv
import io
import json

import openpyxl
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from aim.exports import Listing, escape_cell, text_table, write_listing
from aim.exports.cells import unescape_cell
from aim.testing.exporters import example_stamp

# Surrogates cannot be in a decoded file, and Excel's XML holds no control letters but tab and feed.
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n=+-@'\"<&,;")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=30),
    st.builds(
        "{}{}".format, st.sampled_from(["=", "+", "-", "@", "\t", "'", "'="]), st.text(LETTERS)
    ),
)


def listing_of(texts):
    rows = pd.DataFrame({"rank": range(len(texts)), "place": pd.Series(texts, dtype="object")})
    return Listing("Anything", rows, example_stamp(), name="rows")


@given(st.text())
def test_escaping_a_cell_is_undone_exactly(text):
    assert unescape_cell(escape_cell(text)) == text


@given(TEXTS)
def test_an_escaped_cell_never_begins_a_formula(text):
    assert not str(escape_cell(text)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.one_of(st.integers(), st.floats(), st.none(), st.booleans()))
def test_numbers_stay_numbers(value):
    assert escape_cell(value) is value


@given(st.lists(TEXTS, max_size=6))
def test_reading_a_csv_back_gives_the_same_rows(texts):
    content = write_listing(listing_of(texts), "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [unescape_cell(row["place"]) for row in rows] == texts
    assert [int(row["rank"]) for row in rows] == list(range(len(texts)))


@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=6))
def test_reading_a_workbook_back_gives_the_same_rows(texts):
    book = openpyxl.load_workbook(io.BytesIO(write_listing(listing_of(texts), "xlsx")))
    cells = [row[1] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [unescape_cell(cell.value) for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}


@given(st.lists(TEXTS, max_size=6))
def test_reading_json_back_gives_the_same_rows(texts):
    content = write_listing(listing_of(texts), "json")
    assert [row["place"] for row in json.loads(content)["rows"]] == texts


@given(st.lists(st.text(), min_size=1, max_size=6))
def test_a_table_for_the_terminal_is_one_printable_line_a_row(texts):
    lines = text_table(pd.DataFrame({"place": texts})).split("\n")
    assert len(lines) == len(texts) + 2
    assert all(line.isprintable() for line in lines)
