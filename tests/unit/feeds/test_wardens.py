import pandas as pd
import pytest

from aim.feeds import read_feed
from aim.feeds.wardens import IDENTITY

HEADER = (
    "Job No,Date,Time,Officer,Category,Sub category,Location,UPRN,Easting,Northing,Details,Action"
)
ROW = {
    "ref": "W1",
    "date": "03/07/2026",
    "time": "14:30",
    "officer": "Jo Bloggs",
    "category": "Environmental",
    "sub": "Flytip",
    "location": "High St",
    "uprn": "000000199356",
    "easting": "449000",
    "northing": "520000.00",
    "details": "three bags",
    "action": "removed",
}


def read(tmp_path, *changes, header=HEADER):
    path = tmp_path / "jobs.csv"
    rows = [",".join({**ROW, **change}.values()) for change in changes]
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return read_feed("wardens", path)


def first(result):
    return result.incidents.iloc[0]


def test_a_job_becomes_an_incident(tmp_path):
    one = first(read(tmp_path, {}))
    assert one["occurred_from"] == pd.Timestamp("2026-07-03T13:30Z")
    assert one["occurred_to"] == pd.Timestamp("2026-07-03T13:31Z")
    assert [one["time_precision"], one["place_precision"]] == ["minute", "address"]
    assert [one["easting"], one["northing"], one["uprn"]] == [449000.0, 520000.0, "199356"]
    assert [one["incident_type"], one["source_type"]] == ["fly-tipping", "Flytip"]
    assert one["description"] == "three bags Action: removed"
    assert [one["source"], one["sensitivity"]] == ["wardens", "routine"]


def test_officers_are_dropped_and_said(tmp_path):
    result = read(tmp_path, {})
    assert result.notes == ("Personal columns dropped at the door: Officer.",)
    assert "Bloggs" not in result.incidents.to_csv()


def test_without_a_time_the_day_is_known(tmp_path):
    result = read(tmp_path, {"time": ""}, {"ref": "W2", "time": "evening"})
    assert result.incidents["time_precision"].tolist() == ["day", "day"]
    assert "The time is not a clock time; kept with the day alone: 1 row." in result.notes


def test_without_a_property_number_the_place_is_a_point(tmp_path):
    result = read(tmp_path, {"uprn": ""}, {"ref": "W2", "uprn": "1.0E+11"})
    assert result.incidents["place_precision"].tolist() == ["point", "point"]
    assert result.incidents["uprn"].isna().all()


@pytest.mark.parametrize(
    ("category", "sub", "kind", "source_type"),
    [
        ("Noise", "Zorbing", "noise-nuisance", "Noise"),
        ("Zorbing", "Noise", "noise-nuisance", "Noise"),
        ("Dog fouling", "Noise", "noise-nuisance", "Noise"),
        ("Zorbing", "", "unclassified", "Zorbing"),
        ("Zorbing", "Quad", "unclassified", "Quad"),
    ],
)
def test_the_most_exact_word_known_gives_the_type(tmp_path, category, sub, kind, source_type):
    one = first(read(tmp_path, {"category": category, "sub": sub}))
    assert [one["incident_type"], one["source_type"]] == [kind, source_type]


def test_qualifiers_come_from_all_the_words(tmp_path):
    one = first(read(tmp_path, {"details": "drunk youths", "action": "moved the dealer on"}))
    assert one["qualifiers"] == "alcohol drugs youth"


@pytest.mark.parametrize(
    "change",
    [
        {"details": "safeguarding concern"},
        {"action": "safeguarding referral"},
        {"category": "Begging"},
        {"category": "Domestic"},
        {"sub": "Zorbing", "category": "Quad"},
    ],
)
def test_the_gravest_word_makes_a_row_sensitive(tmp_path, change):
    assert first(read(tmp_path, change))["sensitivity"] == "sensitive"


def test_a_row_that_says_nothing_is_refused_and_a_place_is_something(tmp_path):
    nothing = dict.fromkeys(("category", "sub", "location", "uprn", "easting", "northing"), "")
    nothing |= {"details": "", "action": ""}
    result = read(tmp_path, nothing, {**nothing, "ref": "W2", "location": "High St"})
    assert result.rejected["row"].tolist() == [2]
    assert result.rejected["reason"].tolist() == [
        "No type and nothing else that says what happened"
    ]
    assert first(result)["incident_type"] == "unclassified"


@pytest.mark.parametrize("name", ["category", "sub", "location", "uprn", "easting", "details"])
def test_any_one_thing_said_keeps_a_row(tmp_path, name):
    blank = dict.fromkeys(("category", "sub", "location", "uprn", "easting", "northing"), "")
    blank |= {"details": "", "action": ""}
    assert len(read(tmp_path, {**blank, name: "1"}).incidents) == 1


def test_a_row_without_a_date_is_refused(tmp_path):
    result = read(tmp_path, {"date": ""}, {"date": "31/02/2026"})
    assert len(result.incidents) == 0
    assert result.rejected["reason"].tolist() == [
        "Date is blank",
        "Date: '31/02/2026' is not a date",
    ]
    assert result.rejected["cell"].tolist() == ["", "31/02/2026"]


def test_the_date_reported_stands_in_for_the_date(tmp_path):
    path = tmp_path / "jobs.csv"
    lines = "Date,Date reported,Category,Location", ",02/04/2026,Noise,A", "01/04/2026,,Noise,A"
    path.write_text("\n".join(lines), encoding="utf-8")
    incidents = read_feed("wardens", path).incidents
    assert incidents["occurred_from"].dt.day.tolist() == [1, 31]
    assert incidents["reported_at"].isna().tolist() == [False, True]


def test_a_better_description_or_action_never_makes_a_new_row_of_a_reference(tmp_path):
    ids = [first(read(tmp_path, {"details": text}))["incident_id"] for text in ("a", "b")]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    "change", [{"details": "x"}, {"date": "04/07/2026"}, {"time": "14:31"}, {"easting": "449001"}]
)
def test_without_a_reference_another_cell_is_another_row(tmp_path, change):
    ids = read(tmp_path, {"ref": ""}, {"ref": "", **change}).incidents["incident_id"]
    assert ids.is_unique
    same = read(tmp_path, {"ref": ""}, {"ref": "", "action": "later", "officer": "Al"})
    alone = first(read(tmp_path, {"ref": ""}))["incident_id"]
    assert alone in set(same.incidents["incident_id"])


def test_the_identity_columns_are_a_promise():
    assert IDENTITY.version == "1"
    assert IDENTITY.columns == (
        "date", "time", "reported", "category", "sub_category", "location", "uprn", "easting",
        "northing", "longitude", "latitude", "details",
    )  # fmt: skip


def test_contact_details_are_masked_in_every_text(tmp_path):
    change = {
        "sub": "call 01632 960123",
        "location": "a@example.org",
        "details": "QQ123456C",
        "action": "ring 07700 900123",
    }
    result = read(tmp_path, change)
    one = first(result)
    assert one["location_text"] == "[email]"
    assert one["description"] == "[ni-number] Action: ring [phone]"
    assert "Masked in free text: 1 e-mail address, 1 NI number, 1 telephone number." in result.notes
    assert "960123" not in result.incidents.to_csv() + " ".join(result.notes)
