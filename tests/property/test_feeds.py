"""What every feed promises, whatever a clerk writes."""

import csv
import io
import string
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given, reject, settings

from aim.errors import FeedFormatError
from aim.feeds import FEEDS, _feed, merge_incidents, read_feed
from aim.feeds._identity import normal_cell
from aim.feeds._personal import mask_text
from aim.feeds.ambulance import COLUMNS as AMBULANCE_COLUMNS
from aim.feeds.councillors import COLUMNS as COUNCILLOR_COLUMNS
from aim.feeds.fire import COLUMNS as FIRE_COLUMNS
from aim.feeds.fixmystreet import COLUMNS as FIXMYSTREET_COLUMNS
from aim.feeds.health import COLUMNS as HEALTH_COLUMNS
from aim.feeds.housing import COLUMNS as HOUSING_COLUMNS
from aim.feeds.open311 import COLUMNS as OPEN311_COLUMNS
from aim.feeds.police_extract import CALLS, CRIMES
from aim.feeds.police_uk import COLUMNS as POLICE_COLUMNS
from aim.feeds.police_uk import STOPS
from aim.feeds.table import COLUMNS as TABLE_COLUMNS
from aim.feeds.wardens import COLUMNS as WARDEN_COLUMNS
from aim.model.types import read_taxonomy, taxonomy_from_toml

SHAPES = {
    "police-uk": ("police-uk", POLICE_COLUMNS),
    "crimes": ("police-extract", CRIMES),
    "calls": ("police-extract", CALLS),
    "wardens": ("wardens", WARDEN_COLUMNS),
    "councillors": ("councillors", COUNCILLOR_COLUMNS),
    "stops": ("police-uk", STOPS),
    "fixmystreet": ("fixmystreet", FIXMYSTREET_COLUMNS),
    "open311": ("open311", OPEN311_COLUMNS),
    "table": ("table", TABLE_COLUMNS),
    "housing": ("housing", HOUSING_COLUMNS),
    "fire": ("fire", FIRE_COLUMNS),
    "health": ("health", HEALTH_COLUMNS),
    "ambulance": ("ambulance", AMBULANCE_COLUMNS),
}
LETTERS = string.ascii_letters + string.digits + " ,;\"'\t@.:/-+é£\n"
WORDS = st.sampled_from(
    [
        "", "0", "W1", "W2", "Noise", "Flytip", "Zorbing", "High St", "2018-10", "Oct-18", "54.57",
        "-1.24", "449000", "520000.0", "01/04/2026", "31/02/2026", "01/04/2026 22:00", "46115",
        "14:30", "=1+1", "N/A", "\u2028", "_", "١٢",
    ]
)  # fmt: skip
CELLS = WORDS | st.text(LETTERS, max_size=12)


def tables(columns):
    row = st.lists(CELLS, min_size=len(columns), max_size=len(columns))
    return st.lists(row, max_size=5)


def as_csv(header, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([header, *rows])
    return text.getvalue().encode("utf-8")


def read(feed, data, name="table.csv"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        return read_feed(feed, path)


def headers(columns):
    return [column.headers[0] for column in columns]


def last_filled(rows):
    filled = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row)]
    return filled[-1] + 1 if filled else 0


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=20)
@given(data=st.data())
def test_every_row_is_kept_or_explained(shape, data):
    feed, columns = SHAPES[shape]
    rows = data.draw(tables(columns))
    result = read(feed, as_csv(headers(columns), rows))
    found = sorted([*result.incidents.index, *result.rejected["row"]])
    assert found == list(range(2, 2 + last_filled(rows)))
    assert (result.rejected["reason"] != "").all()
    assert result.incidents["incident_id"].is_unique
    assert (result.incidents["occurred_from"] < result.incidents["occurred_to"]).all()


@settings(max_examples=20)
@given(st.binary(max_size=200))
@example(b'"')
@example(b'Date,Category,Location\n"')
def test_strange_bytes_below_never_harm_the_rows_above(data):
    rows = [b"Job No,Date,Category,Location", b"W1,01/04/2026,Noise,High St", data]
    try:
        result = read("wardens", b"\n".join(rows))
    except FeedFormatError:
        reject()
    assert result.incidents.index[0] == 2
    assert result.incidents["source_ref"].iloc[0] == "W1"


def as_book(header, rows):
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append(header)
    for row in rows:
        book.active.append(list(row))
    book.save(buffer)
    return buffer.getvalue()


DAYS = st.datetimes(min_value=pd.Timestamp("2000-01-01"), max_value=pd.Timestamp("2030-01-01"))
BOOK_ROWS = st.lists(
    st.tuples(
        DAYS.map(lambda day: day.replace(hour=0, minute=0, second=0, microsecond=0)),
        DAYS.map(lambda day: day.time().replace(second=0, microsecond=0)),
        st.sampled_from(["Noise", "Flytip", ""]),
        st.text(string.ascii_letters + "  ", max_size=8),
        st.floats(1, 699_999).map(lambda metres: round(metres, 2)),
        st.integers(1, 1_299_999),
        st.one_of(st.none(), st.integers(1, 9)),
    ),
    max_size=5,
)


@settings(max_examples=12)
@given(BOOK_ROWS)
def test_a_csv_and_the_workbook_it_came_from_give_the_same_ids(rows):
    header = ["Date", "Time", "Category", "Location", "Easting", "Northing", "Job No"]
    written = [
        (f"{day:%d/%m/%Y}", f"{time:%H:%M}", kind, place, f"{east:.2f}", north, ref)
        for day, time, kind, place, east, north, ref in rows
    ]
    sheet = read("wardens", as_book(header, rows), "jobs.xlsx")
    text = read("wardens", as_csv(header, written))
    pd.testing.assert_frame_equal(sheet.incidents, text.incidents)
    assert len(sheet.rejected) == len(text.rejected)


@settings(max_examples=12)
@given(rows=tables(WARDEN_COLUMNS))
def test_another_taxonomy_or_scrubber_changes_no_id(rows):
    data = as_csv(headers(WARDEN_COLUMNS), rows)
    before = read("wardens", data).incidents["incident_id"].tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_feed, "read_taxonomy", other_taxonomy)
        patch.setattr(_feed, "mask_personal", lambda texts: (texts.mask(texts != "", "[gone]"), {}))
        after = read("wardens", data).incidents["incident_id"].tolist()
    assert after == before


def other_taxonomy():
    return taxonomy_from_toml(
        'version = "0"\n[themes]\n[types.unclassified]\nname = "Not classified"\n'
        '[qualifiers]\n[sensitivity]\nwords = ["x"]\n[sensitivity.feeds]\n'
    )


PHONES = st.from_regex(r"0(1632 960|7700 900)\d{3}", fullmatch=True)
EMAILS = st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}@[a-z]{2,8}\.example", fullmatch=True)
NUMBERS = st.from_regex(r"QQ ?\d\d ?\d\d ?\d\d ?[ABCD]", fullmatch=True)
# Words stand apart from what is personal: a letter run on to a number makes another number.
BEFORE = st.sampled_from(["", " ", ". ", "call ", " (", "),", ": ", "! ", "\n"])
AFTER = st.sampled_from(["", " ", ". ", " call", " (", "),", ": ", "! ", "\n"])


@settings(max_examples=12)
@given(personal=PHONES | EMAILS | NUMBERS, before=BEFORE, after=AFTER, at=st.integers(0, 2))
def test_personal_text_never_comes_out(personal, before, after, at):
    texts = ["Noise", "High St", "loud"]
    texts[at] = f"{before}{personal}{after}"
    header = ["Date", "Category", "Location", "Details", "Officer", "Phone"]
    rows = [["01/04/2026", *texts, personal, personal], [personal, *texts, "", ""]]
    result = read("wardens", as_csv(header, rows))
    written = result.incidents.to_csv() + result.rejected.to_csv() + "\n".join(result.notes)
    assert personal not in written
    assert (len(result.incidents), len(result.rejected)) == (1, 1)


@settings(max_examples=60)
@given(st.text(LETTERS, max_size=40))
def test_masking_and_normalising_twice_change_nothing(text):
    assert normal_cell(normal_cell(text)) == normal_cell(text)
    once = mask_text(text)[0]
    assert mask_text(once) == (once, {})


@settings(max_examples=15)
@given(tables(WARDEN_COLUMNS), tables(COUNCILLOR_COLUMNS))
def test_merging_loses_and_doubles_nothing(jobs, enquiries):
    wardens = read("wardens", as_csv(headers(WARDEN_COLUMNS), jobs))
    councillors = read("councillors", as_csv(headers(COUNCILLOR_COLUMNS), enquiries))
    merged = merge_incidents(wardens, councillors, wardens)
    ids = [*wardens.incidents["incident_id"], *councillors.incidents["incident_id"]]
    assert merged["incident_id"].tolist() == ids
    assert (merged.geometry.isna() == merged["easting"].isna()).all()


def test_every_feed_and_the_shipped_taxonomy_are_there():
    assert {feed for feed, _ in SHAPES.values()} == set(FEEDS)
    assert read_taxonomy().version
