"""What stands behind hotspots, from the keyboard: settings, stability, parts and bursts."""

import csv
import io
import json

import pytest

from aim.model.people import EVERYTHING
from aim.store import open_store

pytestmark = pytest.mark.usefixtures("loaded")
FIVE = ("--min-samples", "5")


def test_settings_are_tried_and_one_recommended_or_none_with_the_reason(aim):
    said = aim("hotspots", "tune", "--eps-m", "100", "--min-samples", "5", "--min-samples", "8")
    assert said.code == 0
    assert said.out.startswith(("Recommended: ", "No setting can be recommended: "))
    assert "Held out: the last 4 days with incidents." in said.out
    numbers = [line.split()[:2] for line in said.out.splitlines()[-5:]]
    assert ["100", "5"] in numbers
    assert ["100", "8"] in numbers


def test_settings_are_written_with_the_curve_and_all_that_repeats_them(aim, workdir):
    words = ("hotspots", "tune", "--eps-m", "100", *FIVE, "--format", "json")
    found = json.loads(aim(*words, "--plot", "settings.svg").out)
    assert {"eps_m", "min_samples", "stability", "gain", "recommended"} <= set(found["settings"][0])
    assert found["facts"]["k_distance"]["distance_m"]
    assert "recommendation" in found["facts"]
    drawn = (workdir / "settings.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "OFFICIAL" in drawn


def test_the_plot_and_the_table_taken_away_are_on_record(aim):
    aim("hotspots", "tune", "--eps-m", "100", *FIVE, "--format", "csv", "--plot", "settings.svg")
    told = aim("audit", "show").out
    assert told.count('"list":"settings-plot"') == told.count('"list":"settings"') == 1


def test_stability_is_said_in_a_word_and_kept_with_the_run(aim, workdir):
    said = aim("hotspots", *FIVE, "--stability", "--save", "--seed", "3")
    assert "How well hotspots stand: 8 searches" in said.out
    assert "seed 3" in said.out
    assert said.out.splitlines()[-1].rstrip().endswith("solid")
    store = open_store(f"sqlite:///{(workdir / 'aim.db').as_posix()}")
    try:
        head = store.runs(EVERYTHING)[-1]
    finally:
        store.close()
    assert head.facts["stability"]["by_rank"]["1"]["stability"] == "solid"
    assert (head.facts["stability"]["seed"], head.facts["stability"]["resamples"]) == (3, 99)


def test_stability_is_a_column_of_files(aim):
    rows = aim("hotspots", *FIVE, "--stability", "--format", "csv").out
    table = [line for line in rows.splitlines() if not line.startswith("#")]
    assert next(csv.DictReader(io.StringIO("\n".join(table))))["stability"] == "solid"


def test_the_group_searches_without_a_sub_command_and_refuses_options_before_one(aim):
    assert "Quay Street" in aim("hotspots", *FIVE).out
    said = aim("hotspots", *FIVE, "tune")
    assert (said.code, said.out) == (2, "")
    assert "give options after 'tune'" in said.err


def test_wide_clusters_are_listed_with_their_parts(aim):
    flat = aim("hotspots", "tree", "--min-samples", "5").out
    assert flat.splitlines()[-1].startswith("1  Quay Street: 12 incidents, radius")
    parts = json.loads(aim("hotspots", "tree", *FIVE, "--format", "json").out)
    assert parts["parts"][0]["depth"] == 0
    assert parts["parameters"]["min_samples_used"] == 5
    assert "No hotspots found." in aim("hotspots", "tree", "--min-samples", "13").out


def test_bursts_are_near_in_days_too(aim):
    # Twelve reports on twelve days: a week and a day hold eight of them on either side.
    said = aim("hotspots", "bursts", *FIVE, "--within-days", "7")
    assert "Within 150 m and 7 days of one another, 5 incidents or more." in said.out
    assert said.out.splitlines()[-1].split()[:3] == ["1", "Quay", "Street"]
    alone = aim("hotspots", "bursts", *FIVE, "--within-days", "1")
    assert "No bursts found." in alone.out
    file = json.loads(aim("hotspots", "bursts", *FIVE, "--format", "json").out)
    assert file["bursts"][0]["days"] == 12


def test_bursts_of_months_are_refused_with_the_reason(aim, workdir):
    head = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
        "Crime type,Last outcome category,Context"
    )
    row = ",2026-04,X Police,X Police,-0.75,54.66,On or near Quay,,,Burglary,,"
    path = workdir / "2026-04-x-street.csv"
    path.write_text(f"{head}\n{row}\n{row}\n", encoding="utf-8")
    assert aim("ingest", "police-uk", path.name).code == 0
    said = aim("hotspots", "bursts", "--source", "x-police", "--include-outside")
    assert said.code == 1
    assert "known only to their month" in said.err
