"""Housing, fire, health and ambulance: what each keeps, and what it never does."""

import pandas as pd
import pytest

from aim.feeds import read_feed
from aim.feeds.health import outward, word_of_code


def read(tmp_path, feed, *lines):
    path = tmp_path / f"{feed}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_feed(feed, path)


@pytest.mark.parametrize(
    ("kind", "slug", "sensitivity"),
    [
        ("Deliberate primary fire (vehicle)", "deliberate-primary-fire", "routine"),
        ("Deliberate secondary fire (not vehicle)", "deliberate-secondary-fire", "routine"),
        ("Violence to staff", "violence-to-staff", "routine"),
        ("Dwelling fire with no alarm fitted", "dwelling-fire-without-alarm", "sensitive"),
    ],
)
def test_a_fire_is_known_to_its_minute_and_metre(tmp_path, kind, slug, sensitivity):
    header = "Incident number,Date of call,Time of call,Incident type,Easting,Northing,Occupier"
    row = f"F1,01/04/2026,22:15,{kind},449000,520000,Jo Bloggs"
    one = read(tmp_path, "fire", header, row).incidents.iloc[0]
    assert [one["incident_type"], one["sensitivity"]] == [slug, sensitivity]
    assert one["occurred_from"] == pd.Timestamp("2026-04-01T21:15Z")
    assert [one["easting"], one["place_precision"], one["source_ref"]] == [449000, "point", "F1"]
    assert "Jo Bloggs" not in str(one.tolist())


def test_a_case_without_the_day_it_happened_has_the_day_it_was_reported(tmp_path):
    header = "Case ref,Incident date,Date reported,ASB category,Street,UPRN,Complainant"
    rows = ("H1,,03/04/2026,Noise,High St,123,Jo", "H2,01/04/2026,03/04/2026,Noise,High St,,Jo")
    incidents = read(tmp_path, "housing", header, *rows).incidents
    days = incidents["occurred_from"].dt.tz_convert("Europe/London").dt.day
    assert days.tolist() == [3, 1]
    assert incidents["reported_at"].notna().all()
    assert (incidents["sensitivity"] == "sensitive").all()
    assert incidents["uprn"].fillna("").tolist() == ["123", ""]


def test_a_call_for_an_ambulance_is_sensitive_and_without_its_patient(tmp_path):
    header = "CAD number,Date,Time,Category,Location,Patient name,Age"
    result = read(tmp_path, "ambulance", header, "A1,01/04/2026,22:15,Assault,High St,Jo Bloggs,44")
    one = result.incidents.iloc[0]
    assert [one["incident_type"], one["sensitivity"]] == ["violence-without-injury", "sensitive"]
    assert one["time_precision"] == "minute"
    assert "Jo Bloggs" not in str(one.tolist())
    assert "Patient name, Age" in str(result.notes)


def test_an_admission_keeps_its_day_and_outward_postcode_alone(tmp_path):
    header = "Date of admission,ICD-10,Outward postcode,Easting,Northing,NHS number"
    rows = (
        "01/04/2026 22:15,X99,TS1 3BA,449000,520000,943",
        "2026-04-02T10:00:00Z,F10.2,TS1,,,943",
    )
    result = read(tmp_path, "health", header, *rows)
    assert result.incidents["location_text"].tolist() == ["TS1", "TS1"]
    assert result.incidents["time_precision"].tolist() == ["day", "day"]
    assert result.incidents["easting"].isna().all()
    assert (result.incidents["place_precision"] == "none").all()
    assert (result.incidents["sensitivity"] == "sensitive").all()
    assert result.incidents["incident_type"].tolist() == [
        "assault-admission",
        "alcohol-or-drug-admission",
    ]
    assert "1 row with a whole postcode; only its outward half was kept." in result.notes


@pytest.mark.parametrize(
    ("code", "said"),
    [
        *[(code, "Assault admission") for code in ("X85", "X99", "Y00", "Y09", "Y09.1")],
        *[(code, "Substance misuse admission") for code in ("F10", "F19", "f101")],
        *[(code, "Alcohol admission") for code in ("T51", "Y90", "Y91.2")],
        *[
            (code, "")
            for code in ("X84", "Y10", "F09", "F20", "T50", "T52", "Y89", "Y92", "", "X8")
        ],
    ],
)
def test_codes_are_those_the_law_names(code, said):
    assert word_of_code(code) == said


@pytest.mark.parametrize(
    ("postcode", "half"), [("TS1 3BA", "TS1"), ("ts1", "TS1"), ("EC1A1BB", "EC1A"), ("home", "")]
)
def test_only_the_outward_half_passes_the_door(postcode, half):
    assert outward(postcode) == half
