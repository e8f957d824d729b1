"""What the sample borough has planted and every page must take into account."""

import json
from datetime import date
from pathlib import Path

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING
from aim.store import init_store, open_store

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "sample_data"
POLICE = "norbeck-police"
HALF_YEAR = IncidentFilter(since=date(2025, 12, 1), until=date(2026, 6, 1))


@pytest.fixture(scope="module")
def borough(tmp_path_factory):
    url = f"sqlite:///{(tmp_path_factory.mktemp('borough') / 'aim.db').as_posix()}"
    init_store(url)
    store = open_store(url)
    wards = ROOT / "layers" / "wards-2026.geojson"
    workflows.add_ward_set(store, LOCAL_ANALYST, wards, name="wards-2026")
    crimes = SAMPLE / "police-extract" / "crimes_2025-06_2026-05.csv"
    names = {"source": POLICE, "agency": POLICE}
    workflows.ingest_feed(store, LOCAL_ANALYST, feed="police-extract", path=crimes, **names)
    yield store
    store.close()


def counts(store):
    return store.count_incidents(
        IncidentFilter(include_outside=True), EVERYTHING, by=("month", "incident_type")
    ).to_dict("records")


def test_the_headquarters_point_is_in_no_hotspot_and_is_accounted_for(borough):
    planted = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["headquarters"]
    run = workflows.find_hotspots(borough, LOCAL_ANALYST, HALF_YEAR)
    near = (run.hotspots["easting"] - planted["easting"]).abs() < 150
    near &= (run.hotspots["northing"] - planted["northing"]).abs() < 150
    assert not near.any()
    kept_out = run.facts["left_out"]["default_points"]
    assert 0 < kept_out <= sum(len(rows) for rows in planted["rows"].values())
    assert any("headquarters" in told.casefold() for told in run.warnings)
    assert f"{kept_out} incidents stand where" in workflows.run_text(run, HALF_YEAR)


def test_a_month_in_both_editions_of_a_force_counts_once(borough):
    before = counts(borough)
    report = workflows.ingest_feed(
        borough, LOCAL_ANALYST, feed="police-uk", path=SAMPLE / "police-uk-overlap"
    )
    crimes = [row for row in counts(borough) if row["incident_type"] != "anti-social-behaviour"]
    assert report.added > 0
    assert crimes == before
    assert any("are held" in note for note in report.notes)
