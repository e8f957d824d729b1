"""The public files, file by file and row by row, as `tests/data/expected.toml` says."""

import gzip
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from aim.errors import FeedFormatError
from aim.feeds import read_feed

pytestmark = pytest.mark.real_data
EXPECTED = tomllib.loads(
    (Path(__file__).parents[1] / "data" / "expected.toml").read_text(encoding="utf-8")
)["file"]
LOADED = [one for one in EXPECTED if "rows" in one]
REFUSED = [one for one in EXPECTED if "refused" in one]


def path_of(one):
    return one["path"]


def test_every_file_has_its_line(real_data):
    folders = ("police", "open311", "council")
    found = {
        path.relative_to(real_data).as_posix()
        for folder in folders
        for path in (real_data / folder).rglob("*")
        if path.is_file()
    }
    assert found == {one["path"] for one in EXPECTED}
    assert len(LOADED) + len(REFUSED) == len(EXPECTED)


@pytest.mark.parametrize("expected", LOADED, ids=path_of)
def test_a_file_loads_as_expected(real_data, expected):
    result = read_feed(expected["feed"], real_data / expected["path"])
    found = len(result.incidents), len(result.rejected)
    assert found == (expected["incidents"], expected["rejected"])
    assert sum(found) == expected["rows"]
    assert (result.rejected["reason"] != "").all()
    assert result.incidents["incident_id"].is_unique


@pytest.mark.parametrize("expected", REFUSED, ids=path_of)
def test_a_file_is_refused_for_the_right_reason(real_data, expected):
    with pytest.raises(FeedFormatError) as refusal:
        read_feed(expected["feed"], real_data / expected["path"])
    assert expected["refused"] in str(refusal.value)


def test_no_row_of_a_csv_is_lost_by_an_independent_count(real_data):
    lines = [one for one in LOADED if one["path"].endswith(".csv.gz")]
    for one in lines:
        data = gzip.decompress((real_data / one["path"]).read_bytes())
        assert len(data.splitlines()) - 1 == one["rows"]


def test_outcomes_are_kept_with_their_crimes(real_data, tmp_path):
    for kind in ("street", "outcomes"):
        name = f"2020-05-northumbria-{kind}.csv.gz"
        (tmp_path / name).write_bytes((real_data / "police/northumbria" / name).read_bytes())
    result = read_feed("police-uk", tmp_path)
    assert (len(result.incidents), len(result.rejected)) == (19_344, 0)
    said = result.incidents["description"].fillna("").str.startswith("Outcomes: 2020-05 ")
    assert int(said.sum()) == 4_448
    assert "Outcomes: 4,728 rows kept in the descriptions of 4,448 crimes." in result.notes


@pytest.fixture(scope="module")
def odd(real_data):
    """Give the odd rows as delivered, beside what became of each."""
    path = real_data / "police/odd/odd_rows_2018.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.index = pd.RangeIndex(2, 2 + len(rows))
    result = read_feed("police-uk", path)
    assert sorted([*result.incidents.index, *result.rejected["row"]]) == rows.index.tolist()
    return rows.join(result.incidents, how="left")


@pytest.mark.parametrize(
    ("why", "deserved"),
    [
        ("asb_identical_rows", lambda rows: rows["incident_id"].is_unique),
        ("comma_in_location", lambda rows: rows["location_text"].str.contains(",").all()),
        ("coordinates_but_no_lsoa", lambda rows: (rows["place_precision"] == "snapped").all()),
        ("crime_without_id", lambda rows: rows["source_ref"].isna().all()),
        ("double_space", lambda rows: not rows["location_text"].str.contains("  ").any()),
        ("location_is_on_or_near_blank", lambda rows: (rows.location_text == "On or near").all()),
        ("no_coordinates", lambda rows: (rows["place_precision"] == "none").all()),
    ],
)
def test_an_odd_row_ends_as_it_deserves(odd, why, deserved):
    rows = odd[odd["why_odd"] == why]
    assert rows["incident_id"].notna().all()
    assert deserved(rows)


def test_of_an_id_repeated_in_a_file_one_row_is_kept_with_its_place(odd):
    rows = odd[odd["why_odd"] == "id_repeated_in_file"]
    kept = rows[rows["incident_id"].notna()]
    assert (len(rows), len(kept)) == (30, 15)
    assert set(kept["Crime ID"]) == set(rows["Crime ID"])
    placed = set(rows.loc[rows["Longitude"] != "", "Crime ID"])
    assert set(kept.loc[kept["easting"].notna(), "Crime ID"]) == placed
