import csv
import io
import json
import sqlite3

import pytest

from aim import __version__
from aim.errors import ParameterError

APRIL = ("--since", "2026-04-01", "--until", "2026-05-01")


def test_the_first_hour_from_an_empty_folder(aim, ward_file, warden_file):
    assert "aim.db" in aim("init").err
    assert (
        "wards-2026: 1 areas loaded, the current set" in aim("wards", "load", "wards.geojson").out
    )
    told = aim("ingest", "wardens", "wardens.csv")
    assert "13 rows read, 12 added" in told.out
    assert "wardens.csv.rejected.csv" in told.err
    assert "Quay Street" in aim("hotspots", "--min-samples", "5").out


@pytest.mark.usefixtures("loaded")
def test_ingest_tells_a_program_one_object_a_file(aim):
    told = json.loads(aim("ingest", "wardens", "wardens.csv", "--json").out)
    assert list(told) == [
        "feed", "source", "file", "batch", "read", "added", "unchanged", "updated",
        "withdrawn", "rejected", "linked", "outside_wards", "seconds",
    ]  # fmt: skip
    assert (told["read"], told["added"], told["unchanged"], told["rejected"]) == (13, 0, 12, 1)


def test_rejected_rows_name_row_reason_cell_and_reference(aim, loaded):
    text = (loaded / "wardens.csv.rejected.csv").read_text(encoding="utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert row["row"] == "14"
    assert "31/02/2026" in row["failing cell"]
    assert row["sender's reference"] == "W099"


@pytest.mark.usefixtures("loaded")
def test_a_delivery_is_listed_undone_and_redone(aim):
    assert "b0001" in aim("ingest", "list").out
    assert "taken back" in aim("ingest", "undo", "b0001").out
    assert "No hotspots found" in aim("hotspots").out
    assert "brought back" in aim("ingest", "undo", "b0001").out
    assert "Quay Street" in aim("hotspots", "--min-samples", "5").out


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("file_format", ["csv", "json", "geojson", "xlsx", "gpkg", "kml"])
def test_every_format_is_written_whole(aim, workdir, file_format):
    out = workdir / f"list.{file_format}"
    said = aim("hotspots", "--min-samples", "5", *APRIL, "--format", file_format, "--out", str(out))
    assert said == (0, "", said.err)
    assert out.stat().st_size > 0
    assert not list(workdir.glob("*.part"))


@pytest.mark.usefixtures("loaded")
def test_data_go_to_standard_output_and_nothing_else_does(aim):
    found = json.loads(aim("hotspots", "--min-samples", "5", "--format", "json").out)
    assert [one["incidents"] for one in found["hotspots"]] == [12]


@pytest.mark.usefixtures("loaded")
def test_hotspots_are_tested_against_chance_where_asked(aim):
    asked = ("hotspots", "--min-samples", "5", "--test", "uniform", "--runs", "9", "--seed", "2")
    found = json.loads(aim(*asked, "--format", "json").out)
    assert found["hotspots"][0]["chance_p"] == 0.1
    kept = found["facts"]["significance"]
    assert (kept["null"], kept["done"], kept["seed"]) == ("uniform", 9, 2)
    said = aim(*asked)
    assert "9 runs of 12 incidents, seed 2" in said.out
    assert said.out.splitlines()[-2].endswith("chance")
    assert aim("hotspots", "--test", "luck").code == 1


@pytest.mark.usefixtures("loaded")
def test_a_map_stands_alone_or_with_its_folder(aim, workdir):
    assert aim("map", "--out", "alone.html", "--self-contained").code == 0
    assert aim("map", "--out", "pair.html").code == 0
    assert not (workdir / "alone_files").exists()
    page = (workdir / "pair.html").read_text(encoding="utf-8")
    assert "pair_files/leaflet" in page
    assert list((workdir / "pair_files").rglob("leaflet.js"))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("by", ["month", "ward", "type", "source"])
def test_trends_count_every_incident(aim, by):
    rows = list(csv.DictReader(io.StringIO(aim("trends", "--by", by, "--format", "csv").out[1:])))
    assert sum(int(row["incidents"]) for row in rows) == 12


@pytest.mark.usefixtures("loaded")
def test_a_backup_comes_back_whole(aim):
    assert aim("backup", "copy.backup").code == 0
    aim("ingest", "undo", "b0001")
    assert aim("restore", "copy.backup").code == 0
    assert "Quay Street" in aim("hotspots", "--min-samples", "5").out


@pytest.mark.usefixtures("loaded")
def test_the_doctor_finds_a_healthy_store_healthy(aim):
    said = aim("doctor")
    assert said.code == 0, said.out
    assert "LOOK" not in said.out


def test_the_doctor_says_what_a_missing_store_needs(aim):
    said = aim("doctor")
    assert said.code == 1
    assert "aim init" in said.out


def test_a_second_ward_set_stands_beside_the_first_until_it_is_used(aim, loaded):
    aim("wards", "load", "wards.geojson", "--set", "again")
    assert aim("wards", "list").out.splitlines()[1].endswith("current")
    assert "again is the current set" in aim("wards", "use", "again").out
    assert aim("wards", "list").out.splitlines()[0].endswith("current")


def test_feeds_lists_every_reader(aim):
    out = aim("feeds").out
    assert all(name in out for name in ("police-uk", "police-extract", "wardens", "councillors"))


def test_version_is_the_packages(aim):
    assert aim("version").out.strip() == __version__


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("hotspots",), 1, "aim init"),
        (("nonsense",), 2, "nonsense"),
        (("hotspots", "--colour", "red"), 2, "--colour"),
        (("trends", "--format", "png"), 2, "png"),
    ],
)
def test_a_wrong_command_is_2_and_a_wrong_request_1(aim, words, code, told):
    said = aim(*words)
    assert said.code == code
    assert told in said.err


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("ingest", "horoscopes", "wardens.csv"), 2, "horoscopes"),
        (("ingest", "wardens", "nowhere.csv"), 1, "nowhere.csv"),
        (("ingest", "police-uk", "wardens.csv"), 1, "Month"),
        (("ingest", "undo", "b0042"), 1, "b0042"),
        (("wards", "load", "wardens.csv"), 1, "wardens.csv"),
        (("wards", "use", "nowhere"), 1, "nowhere"),
        (("hotspots", "--ward", "Nowhere"), 1, "Abbey"),
        (("hotspots", "--type", "zorbing"), 1, "zorbing"),
        (("hotspots", "--since", "yesterday"), 1, "since"),
        (("hotspots", "--eps-m", "-3"), 1, "eps_m"),
        (("hotspots", "--min-samples", "many"), 1, "min-samples"),
        (("hotspots", "--format", "doc"), 1, "doc"),
        (("hotspots", "--format", "csv", "--out", "no/such/folder.csv"), 1, "folder.csv"),
        (("restore", "wardens.csv"), 1, "wardens.csv"),
        (("trends", "--by", "colour"), 1, "colour"),
    ],
)
def test_bad_input_is_one_clear_line_without_a_traceback(aim, words, code, told):
    said = aim(*words)
    assert said.code == code
    assert told in said.err
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1


@pytest.mark.usefixtures("loaded")
def test_debug_shows_the_traceback(aim, monkeypatch):
    monkeypatch.setenv("AIM_DEBUG", "1")
    with pytest.raises(ParameterError):
        aim("hotspots", "--type", "zorbing")


def test_a_store_of_a_newer_version_is_left_alone(aim, loaded):
    with sqlite3.connect(loaded / "aim.db") as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    said = aim("hotspots")
    assert said.code == 1
    assert "newer" in said.err


def test_a_wrong_setting_is_named(aim, monkeypatch):
    monkeypatch.setenv("AIM_EPS_M", "wide")
    said = aim("init")
    assert said.code == 1
    assert "eps_m" in said.err


@pytest.mark.usefixtures("loaded")
def test_a_watching_person_sees_a_bar_and_the_data_stay_clean(aim, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    said = aim("ingest", "wardens", "wardens.csv", "--json")
    assert json.loads(said.out)["unchanged"] == 12
