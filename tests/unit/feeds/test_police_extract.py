import pandas as pd
import pytest

from aim.feeds import read_feed
from aim.feeds.police_extract import CALL_IDENTITY, CRIME_IDENTITY

CRIMES = (
    "CrimeNo,HOCode,HOSubCode,Offence,CommittedFrom,CommittedTo,Recorded,Easting,Northing,Beat,"
    "Location,Outcome,Flags"
)
CALLS = (
    "IncidentRef,DateTimeReported,OpeningCode,ClosingCode1,ClosingCode2,Qualifier1,Qualifier2,"
    "Grade,Beat,Location,Easting,Northing,Postcode,Log summary"
)


def crime(ref="X1", begun="01/01/2026 22:00", ended="02/01/2026 07:00", **change):
    cells = {
        "offence": "Burglary residential",
        "recorded": "02/01/2026 08:00",
        "flags": "",
    } | change
    return (
        f"{ref},28,1,{cells['offence']},{begun},{ended},{cells['recorded']},449000,520000,B1,"
        f"High St,,{cells['flags']}"
    )


def read(tmp_path, header, *lines, name="extract.csv"):
    path = tmp_path / name
    path.write_text("\n".join((header, *lines)), encoding="utf-8")
    return read_feed("police-extract", path)


def times(tmp_path, begun, ended, recorded="02/01/2026 08:00"):
    result = read(tmp_path, CRIMES, crime(begun=begun, ended=ended, recorded=recorded))
    one = result.incidents.iloc[0]
    return (
        f"{one['occurred_from']:%d %H:%M}",
        f"{one['occurred_to']:%d %H:%M}",
        one["time_precision"],
    )


@pytest.mark.parametrize(
    ("begun", "ended", "expected"),
    [
        ("01/01/2026 22:00", "02/01/2026 07:00", ("01 22:00", "02 07:00", "minute")),
        ("01/01/2026 22:00", "01/01/2026 22:00", ("01 22:00", "01 22:01", "minute")),
        ("01/01/2026 22:00", "01/01/2026 22:01", ("01 22:00", "01 22:01", "minute")),
        ("01/01/2026 22:00", "", ("01 22:00", "01 22:01", "minute")),
        ("01/01/2026 22:00", "tbc", ("01 22:00", "01 22:01", "minute")),
        ("01/01/2026", "03/01/2026", ("01 00:00", "04 00:00", "day")),
        ("01/01/2026", "", ("01 00:00", "02 00:00", "day")),
        ("01/01/2026 22:00", "01/01/2026", ("01 22:00", "02 00:00", "day")),
        ("01/01/2026", "01/01/2026 07:00", ("01 00:00", "01 07:00", "day")),
        ("", "02/01/2026 07:00", ("02 07:00", "02 07:01", "minute")),
        ("", "", ("02 08:00", "02 08:01", "minute")),
    ],
)
def test_committed_from_and_to_are_the_interval(tmp_path, begun, ended, expected):
    assert times(tmp_path, begun, ended) == expected


@pytest.mark.parametrize(
    ("begun", "ended"),
    [
        ("02/01/2026 07:00", "02/01/2026 06:59"),
        ("02/01/2026 07:00", "01/01/2026"),
        ("02/01/2026", "01/01/2026 23:59"),
    ],
)
def test_an_interval_that_ends_before_it_begins_is_refused(tmp_path, begun, ended):
    result = read(tmp_path, CRIMES, crime(begun=begun, ended=ended))
    assert result.rejected["reason"].tolist() == ["CommittedTo is before CommittedFrom"]
    assert result.rejected["cell"].tolist() == [ended]
    assert result.rejected["source_ref"].tolist() == ["X1"]


def test_a_start_that_cannot_be_is_refused_though_the_end_can(tmp_path):
    result = read(
        tmp_path, CRIMES, crime(begun="31/02/2026 10:00"), crime(begun="", ended="", recorded="")
    )
    assert result.rejected["reason"].tolist() == [
        "CommittedFrom: '31/02/2026 10:00' is not a date",
        "CommittedFrom is blank",
    ]


def test_a_crime_has_its_facts(tmp_path):
    one = read(tmp_path, CRIMES, crime(flags="DV; alcohol")).incidents.iloc[0]
    assert [one["incident_type"], one["source_type"]] == ["burglary", "Burglary residential"]
    assert [one["qualifiers"], one["sensitivity"]] == ["alcohol domestic", "sensitive"]
    assert one["reported_at"] == pd.Timestamp("2026-01-02T08:00Z")
    assert [one["easting"], one["place_precision"]] == [449000.0, "point"]
    assert [one["location_text"], one["source"]] == ["High St", "police-extract"]


def test_ages_are_banded_and_birthdays_dropped(tmp_path):
    header = "Offence,CommittedFrom,Location,Victim age,Suspect age band,Victim DOB,Victim sex"
    result = read(tmp_path, header, "Theft,01/01/2026,High St,19,over 65,17/04/1990,F")
    one = result.incidents.iloc[0]
    bands = one[["victim_age_band", "suspect_age_band", "victim_sex"]]
    assert bands.tolist() == ["18-24", "over 65", "F"]
    assert "1990" not in result.incidents.to_csv()


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("0", "0-9"), ("9", "0-9"), ("10", "10-17"), ("17", "10-17"), ("64", "55-64"),
        ("65", "65+"),
        ("18 - 24", "18-24"), ("65 +", "65+"), ("adult", ""), ("1990-04-17", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_age_is_put_in_its_band(age, band):
    from aim.feeds._text import read_band  # noqa: PLC0415 - beside its only table

    assert read_band(age) == band


def call(
    ref="L1", *, when="01/07/2026 22:05", opening="ASB", closing=("", ""), qualifier="", text=""
):
    codes = f"{opening},{closing[0]},{closing[1]},{qualifier},,2,B1"
    return f"{ref},{when},{codes},High St,449000,520000,ts13ba,{text}"


def test_a_call_is_known_to_its_minute(tmp_path):
    one = read(tmp_path, CALLS, call()).incidents.iloc[0]
    assert one["occurred_from"] == one["reported_at"] == pd.Timestamp("2026-07-01T21:05Z")
    assert one["occurred_to"] == pd.Timestamp("2026-07-01T21:06Z")
    assert one["time_precision"] == "minute"
    assert one["location_text"] == "High St, TS1 3BA"


@pytest.mark.parametrize(
    ("closing", "kind"),
    [
        (("Street drinking", "Noise"), "street-drinking"),
        (("Zorbing", "Noise"), "noise-nuisance"),
        (("", ""), "anti-social-behaviour"),
        (("Zorbing", ""), "anti-social-behaviour"),
    ],
)
def test_the_closing_code_says_what_it_was(tmp_path, closing, kind):
    one = read(tmp_path, CALLS, call(closing=closing)).incidents.iloc[0]
    assert one["incident_type"] == kind


@pytest.mark.parametrize(
    "change",
    [
        {"closing": ("Noise", "Domestic")},
        {"opening": "Concern for safety", "closing": ("Noise", "")},
        {"qualifier": "Hate"},
        {"text": "she went to a refuge"},
    ],
)
def test_the_gravest_code_qualifier_or_word_makes_a_call_sensitive(tmp_path, change):
    assert read(tmp_path, CALLS, call(**change)).incidents["sensitivity"].tolist() == ["sensitive"]
    assert read(tmp_path, CALLS, call()).incidents["sensitivity"].tolist() == ["routine"]


def test_log_summaries_are_masked(tmp_path):
    one = read(tmp_path, CALLS, call(text="ring 01632 960123")).incidents.iloc[0]
    assert one["description"] == "ring [phone]"


def test_a_folder_may_hold_both_layouts_and_keeps_their_order(tmp_path):
    (tmp_path / "a.csv").write_text(f"{CALLS}\n{call('L1')}\n{call('L2')}", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{CRIMES}\n{crime('X1')}", encoding="utf-8")
    (tmp_path / "c.csv").write_text(f"{CALLS}\n{call('L3')}", encoding="utf-8")
    incidents = read_feed("police-extract", tmp_path).incidents
    assert incidents["source_ref"].tolist() == ["L1", "L2", "X1", "L3"]
    assert incidents.index.tolist() == [2, 3, 2, 2]


def test_notes_of_two_layouts_say_which_file(tmp_path):
    nowhere = (text.replace("449000,520000", "0,0") for text in (call(), crime()))
    for name, header, row in zip("ab", (CALLS, CRIMES), nowhere, strict=True):
        (tmp_path / f"{name}.csv").write_text(f"{header}\n{row}", encoding="utf-8")
    notes = read_feed("police-extract", tmp_path).notes
    zero = "Easting and northing are 0,0; kept without a position: 1 row."
    assert notes == (f"a.csv: {zero}", f"b.csv: {zero}")


def test_rows_that_say_nothing_are_refused(tmp_path):
    empty_crime = "X1,,,,01/01/2026,,,,,B1,,,"
    empty_call = "L1,01/01/2026 10:00,,,,,,2,B1,,,,,"
    for header, row in ((CRIMES, empty_crime), (CALLS, empty_call)):
        assert read(tmp_path, header, row).rejected["row"].tolist() == [2]


def test_the_identity_columns_are_a_promise():
    assert CRIME_IDENTITY.columns == (
        "offence", "code", "sub_code", "committed_from", "committed_to", "recorded", "location",
        "easting", "northing",
    )  # fmt: skip
    assert CALL_IDENTITY.columns == ("reported", "opening_code", "location", "easting", "northing")
    assert (CRIME_IDENTITY.version, CALL_IDENTITY.version) == ("1", "1")
