import json

import openpyxl
import pandas as pd
import pytest

from aim.errors import FeedError, FeedFormatError
from aim.feeds import MAPPED_NAMES, guess_table, read_feed, read_mapping
from aim.feeds._dates import settle_days
from aim.feeds._gridrefs import read_grid_reference

HEADER = "Log,Happened,Incident kind,Site,NGR,Caller name,Remarks"
TEXT = "music from the warehouse until late at night"
ROWS = (
    f"1,25/04/2026 10:30,Flytip,Dock 3,NZ 493 204,Jo Bloggs,{TEXT}",
    f"2,02/04/2026,Noise,Dock 4,NZ 49357 20445,Jo Bloggs,{TEXT}",
    f"3,27/04/2026,Noise,Dock 4,NZ 4 2,Jo Bloggs,{TEXT}",
)


def write(tmp_path, *rows, header=HEADER, name="port.csv"):
    path = tmp_path / name
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return path


def names(path):
    return {one.header: one.name for one in guess_table(path) if one.name}


def test_columns_are_guessed_by_header_and_by_values(tmp_path):
    path = write(tmp_path, *ROWS)
    assert names(path) == {
        "Happened": "date",
        "Incident kind": "category",
        "Site": "location",
        "NGR": "grid_reference",
        "Remarks": "details",
    }
    reasons = {one.header: one.reason for one in guess_table(path)}
    assert reasons["Site"] == "header"
    assert reasons["Happened"] == "values"
    assert reasons["Caller name"] == "personal"
    assert reasons["Log"] == "unused"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (("TS1 3BA", "ts13bb"), "postcode"),
        (("54.5701", "54.5810"), "latitude"),
        (("-1.2401", "-1.2510"), "longitude"),
        (("449000", "449100"), ""),
        (("x", "y"), ""),
        (("", ""), ""),
    ],
)
def test_values_say_what_a_header_does_not(tmp_path, values, name):
    path = write(tmp_path, *(f"01/04/2026,{one}" for one in values), header="Date,Zzz")
    assert names(path).get("Zzz", "") == name


def test_title_lines_and_covers_are_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Port authority"])
    sheet = book.create_sheet("Log")
    for line in ("Incidents of April", HEADER, *ROWS):
        sheet.append(line.split(","))
    book.save(tmp_path / "port.xlsx")
    assert names(tmp_path / "port.xlsx")["NGR"] == "grid_reference"
    assert len(read_feed("table", tmp_path / "port.xlsx").incidents) == 3


def test_a_grid_reference_is_as_exact_as_its_square(tmp_path):
    result = read_feed("table", write(tmp_path, *ROWS))
    assert result.incidents["easting"].fillna(0).tolist() == [449350, 449357.5, 0]
    assert result.incidents["place_precision"].tolist() == ["street", "point", "none"]
    assert any("wider than 1 km; left out: 1 row" in note for note in result.notes)
    assert result.notes[0].startswith("Columns were guessed: date from 'Happened'")
    assert "Jo Bloggs" not in str(result.incidents.to_dict())


def test_metres_win_over_a_grid_reference(tmp_path):
    path = write(
        tmp_path, "01/04/2026,NZ 493 204,450000,521000", header="Date,NGR,Easting,Northing"
    )
    one = read_feed("table", path).incidents.iloc[0]
    assert [one["easting"], one["place_precision"]] == [450000, "point"]


def test_a_mapping_alone_says_what_is_read(tmp_path):
    mapping = {"reference": "Log", "date": "Happened", "category": "Incident kind"}
    result = read_feed("table", write(tmp_path, *ROWS), mapping=mapping, source="port")
    assert result.incidents["source_ref"].tolist() == ["1", "2", "3"]
    assert result.incidents["location_text"].isna().all()
    assert (result.incidents["source"] == "port").all()
    assert "guessed" not in str(result.notes)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"date": "Happened"}, "what happened or where"),
        ({"category": "Incident kind"}, "the date"),
        ({"date": "Happened", "location": "Caller name"}, "never read"),
        ({"date": "Gone", "location": "Site"}, "needs Gone"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(tmp_path, mapping, said):
    with pytest.raises(FeedFormatError, match=said):
        read_feed("table", write(tmp_path, *ROWS), mapping=mapping)


def test_counts_are_refused_also_where_nothing_is_known_of_the_sender(tmp_path):
    path = write(tmp_path, "2026-04,Abbey,7", header="Month,Ward,Reports")
    with pytest.raises(FeedFormatError, match="counts, not incidents"):
        read_feed("table", path)


def test_records_are_a_table_too(tmp_path):
    path = tmp_path / "port.json"
    path.write_text(json.dumps([{"when": "01/04/2026", "kind": "Noise"}]), encoding="utf-8")
    assert read_feed("table", path).incidents["incident_type"].tolist() == ["noise-nuisance"]


@pytest.mark.parametrize(
    ("cells", "read", "notes"),
    [
        (["04/25/2026 10:30", "04/02/26", "soon"], ["25/04/2026 10:30", "02/04/26", "soon"], 1),
        (["04/12/2026", "04/13/2026"], ["12/04/2026", "13/04/2026"], 1),
        (["25/04/2026", "04/25/2026"], ["25/04/2026", "04/25/2026"], 0),
        (["25/04/2026", "04/02/2026"], ["25/04/2026", "04/02/2026"], 0),
        (["12/12/2026", "04/02/2026"], ["12/12/2026", "04/02/2026"], 1),
        (["2026-04-25", ""], ["2026-04-25", ""], 0),
    ],
)
def test_days_and_months_are_settled_from_the_whole_column(cells, read, notes):
    settled, said = settle_days(pd.Series(cells, dtype=object), "Date")
    assert settled.tolist() == read
    assert len(said) == notes


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("NZ 49 20", (449500, 520500, 1000)),
        ("NZ 493 204", (449350, 520450, 100)),
        ("nz49352044", (449355, 520445, 10)),
        ("NZ 49357 20445", (449357.5, 520445.5, 1)),
        ("TG 51 13", (651500, 313500, 1000)),
        ("TG 51409 13177", (651409.5, 313177.5, 1)),
        ("TQ 30 80", (530500, 180500, 1000)),
        ("SV 0 0", (5000, 5000, 10_000)),
        ("HP", (450000, 1250000, 100_000)),
    ],
)
def test_a_grid_reference_names_the_middle_of_its_square(text, place):
    assert read_grid_reference(text) == place


@pytest.mark.parametrize("text", ["", "NZ 4 93", "NZ 493", "NZ 123456 123456", "IZ 1 1", "AA 1 1"])
def test_what_is_no_grid_reference_is_none(text):
    assert read_grid_reference(text) is None


def test_a_mapping_file_is_read_in_our_order(tmp_path):
    path = tmp_path / "port.toml"
    path.write_text('[columns]\ndate = "A \\"b\\""\nreference = "Log"', encoding="utf-8")
    mapping = read_mapping(path, MAPPED_NAMES)
    assert list(mapping.as_dict().items()) == [("reference", "Log"), ("date", 'A "b"')]
    path.write_text(mapping.as_toml(), encoding="utf-8")
    assert read_mapping(path, MAPPED_NAMES) == mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[columns", "cannot be read"),
        ("", "cannot be read"),
        ("columns = 1", "cannot be read"),
        ('[columns]\ncolour = "x"', "names colour"),
    ],
)
def test_a_mapping_file_that_cannot_work_is_one_clear_line(tmp_path, text, said):
    path = tmp_path / "port.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FeedError, match=said):
        read_mapping(path, MAPPED_NAMES)
    with pytest.raises(FeedError, match="cannot be read"):
        read_mapping(tmp_path / "gone.toml", MAPPED_NAMES)
