import csv
import errno
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from aim.errors import ExportError
from aim.exports import (
    Listing,
    listing_of_hotspots,
    write_file,
    write_listing,
    write_rejected,
    write_whole,
)
from aim.exports.sheets import MOST_LETTERS
from aim.testing.exporters import example_run, example_stamp


@pytest.fixture
def listing():
    return listing_of_hotspots(example_run(), example_stamp())


@pytest.fixture
def months():
    rows = pd.DataFrame({"month": ["2026-04"], "incidents": [12]})
    return Listing("Trend", rows, example_stamp(), name="trends")


def test_the_format_follows_from_the_file_name(listing, tmp_path):
    path = write_file(listing, tmp_path / "list.GeoJSON")
    assert json.loads(path.read_bytes())["type"] == "FeatureCollection"


def test_an_unknown_format_names_those_there_are(listing):
    with pytest.raises(ExportError, match=r"'docx'.*csv, json, geojson, xlsx, gpkg, kml"):
        write_listing(listing, "docx")


@pytest.mark.parametrize("file_format", ["geojson", "gpkg", "kml"])
def test_rows_without_places_are_refused_by_map_formats(months, file_format):
    with pytest.raises(ExportError, match="csv, json or xlsx"):
        write_listing(months, file_format)


@pytest.mark.parametrize("file_format", ["csv", "json", "xlsx"])
def test_rows_without_places_can_still_be_written(months, file_format):
    assert write_listing(months, file_format)


def test_a_missing_folder_is_one_clear_line(tmp_path):
    with pytest.raises(ExportError, match=r"could not be written.*Nothing was changed"):
        write_whole(tmp_path / "absent" / "list.csv", b"rows")


def test_a_full_disk_leaves_the_old_file_and_no_half_of_a_new_one(tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    path.write_bytes(b"old")

    def full(self, content):
        with self.open("wb") as file:
            file.write(content[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportError, match="No space left"):
        write_whole(path, b"new rows")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("list.csv", b"old")]


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"old and longer")
    assert write_whole(path, b"new") == path
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"new"]


def test_rejected_rows_reach_the_clerk_with_harmless_cells(tmp_path):
    rejected = pd.DataFrame(
        {
            "file": "a.csv",
            "row": [2, 3],
            "reason": "not a date",
            "cell": ["=1", None],
            "source_ref": "W1",
        }
    )
    path = write_rejected(rejected, tmp_path / "a.csv.rejected.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        heads, *rows = csv.reader(file)
    assert heads == ["file", "row", "reason", "failing cell", "sender's reference"]
    assert rows == [
        ["a.csv", "2", "not a date", "'=1", "W1"],
        ["a.csv", "3", "not a date", "", "W1"],
    ]


def test_a_csv_begins_with_the_mark_excel_looks_for(listing):
    assert write_listing(listing, "csv").startswith(b"\xef\xbb\xbfrank,hotspot_id,name,")


def test_csv_columns_end_with_outline_and_stamp(listing):
    text = write_listing(listing, "csv").decode("utf-8-sig")
    heads, first, *_ = csv.reader(text.splitlines())
    assert heads[-6:] == [
        "geometry",
        "handling",
        "complete_to",
        "attribution",
        "parameters",
        "notes",
    ]
    assert first[-6].startswith("POLYGON ((")
    assert first[-4] == "Complete to: police to 30 April 2026, wardens to 8 June 2026"


def test_workbook_times_are_londons_and_true_dates(listing, tmp_path):
    path = write_file(listing, tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    by_head = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert by_head["first_seen (London time)"].value == pd.Timestamp("2026-04-01 13:00")
    assert by_head["incidents"].value == 39
    assert "geometry" not in by_head


def test_text_longer_than_a_cell_is_cut_and_the_cut_is_counted(tmp_path):
    rows = pd.DataFrame({"place": ["x" * (MOST_LETTERS + 1), "x" * MOST_LETTERS]})
    path = write_file(Listing("Long", rows, example_stamp()), tmp_path / "long.xlsx")
    book = openpyxl.load_workbook(path)
    assert [len(book.worksheets[0].cell(row, 1).value) for row in (2, 3)] == [MOST_LETTERS] * 2
    assert book["Notes"].cell(book["Notes"].max_row, 2).value.startswith("1 cells were longer")


def test_more_rows_than_a_sheet_holds_are_refused(listing, monkeypatch):
    monkeypatch.setattr("aim.exports.sheets.MOST_ROWS", 4)
    with pytest.raises(ExportError, match="5 rows, a sheet holds 4"):
        write_listing(listing, "xlsx")
    monkeypatch.setattr("aim.exports.sheets.MOST_ROWS", 5)
    assert write_listing(listing, "xlsx")


def test_json_puts_parameters_facts_and_stamp_before_the_rows(listing):
    found = json.loads(write_listing(listing, "json"))
    assert list(found) == ["title", "parameters", "facts", "stamp", "notes", "hotspots"]
    assert found["stamp"]["complete_to"] == {"police": "2026-04-30", "wardens": "2026-06-08"}


def test_geojson_is_in_degrees_with_six_decimals(listing):
    feature = json.loads(write_listing(listing, "geojson"))["features"][0]
    lon, lat = feature["geometry"]["coordinates"][0][0]
    assert (round(lon), round(lat)) == (-1, 55)
    assert lon == round(lon, 6)
