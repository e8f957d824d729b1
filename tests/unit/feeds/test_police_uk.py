import gzip
import zipfile

import pandas as pd
import pytest

from aim.errors import FeedFormatError
from aim.feeds import read_feed
from aim.feeds.police_uk import IDENTITY

FULL = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)


def row(
    ref="", *, month="2018-10", kind="Anti-social behaviour", outcome="", lon="-1.24", lat="54.57"
):
    place = "On or near High Street" if lon else "No Location"
    force = "Norbeck Police"
    return f"{ref},{month},{force},{force},{lon},{lat},{place},E01,Norbeck 001A,{kind},{outcome},"


def write(folder, *rows, name="2018-10-norbeck-street.csv", header=FULL):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return path


def test_a_row_is_known_to_its_month_and_map_point(tmp_path):
    one = read_feed("police-uk", write(tmp_path, row("a1", kind="Burglary"))).incidents.iloc[0]
    assert one["source"] == one["agency"] == "norbeck-police"
    assert one["source_ref"] == "a1"
    assert one["incident_type"] == "burglary"
    assert one["occurred_from"] == pd.Timestamp("2018-09-30T23:00Z")
    assert one["occurred_to"] == pd.Timestamp("2018-11-01T00:00Z")
    assert [one["time_precision"], one["place_precision"]] == ["month", "snapped"]
    assert [one["lon"], one["lat"], one["qualifiers"]] == [-1.24, 54.57, ""]
    assert one["sensitivity"] == "public"
    assert one["location_text"] == "On or near High Street"
    assert pd.isna(one["reported_at"])


def test_a_row_without_a_location_is_kept(tmp_path):
    incidents = read_feed("police-uk", write(tmp_path, row(lon="", lat=""))).incidents
    assert incidents["place_precision"].tolist() == ["none"]
    assert incidents["location_text"].tolist() == ["No Location"]


def test_four_columns_are_enough(tmp_path):
    path = write(
        tmp_path, "2018-10,-1.24,54.57,Drugs", header="Month,Longitude,Latitude,Crime type"
    )
    assert read_feed("police-uk", path).incidents["source"].tolist() == ["police-uk"]


def test_identical_rows_are_separate_incidents(tmp_path):
    incidents = read_feed("police-uk", write(tmp_path, *[row()] * 3)).incidents
    assert incidents["incident_id"].nunique() == 3


def test_an_outcome_that_changes_is_the_same_incident(tmp_path):
    ids = [
        read_feed("police-uk", write(tmp_path, row(ref, outcome=outcome))).incidents["incident_id"]
        for ref in ("a1", "")
        for outcome in ("Under investigation", "No suspect")
    ]
    assert ids[0].tolist() == ids[1].tolist()
    assert ids[2].tolist() == ids[3].tolist()
    assert ids[0].tolist() != ids[2].tolist()


@pytest.mark.parametrize("change", [{"month": "2018-11"}, {"kind": "Drugs"}, {"lon": "-1.25"}])
def test_another_month_type_or_point_is_another_incident(tmp_path, change):
    ids = read_feed("police-uk", write(tmp_path, row(), row(**change))).incidents["incident_id"]
    assert ids.iloc[0] != ids.iloc[1]


def test_the_identity_columns_are_a_promise():
    assert IDENTITY.version == "1"
    assert IDENTITY.columns == ("month", "longitude", "latitude", "location", "crime_type")


def test_months_alone_together_and_in_one_file_have_the_same_ids(tmp_path):
    october, november = [row()] * 3, [row(month="2018-11")] * 2
    one = write(tmp_path / "a" / "2018-10", *october)
    two = write(tmp_path / "a" / "2018-11", *november, name="2018-11-norbeck-street.csv")
    every = write(tmp_path / "b", *november, *october)
    alone = {*ids_of(one), *ids_of(two)}
    assert alone == set(ids_of(tmp_path / "a")) == set(ids_of(every))
    assert len(alone) == 5


def ids_of(path):
    return read_feed("police-uk", path).incidents["incident_id"].tolist()


def test_a_month_delivered_twice_in_a_folder_is_explained(tmp_path):
    for part in ("x", "y"):
        write(tmp_path / part, row(), row(), row("a1"))
    result = read_feed("police-uk", tmp_path)
    assert (len(result.incidents), len(result.rejected)) == (3, 3)
    assert sum("another file" in reason for reason in result.rejected["reason"]) == 2


def test_a_folder_gives_street_files_only_in_any_wrapping(tmp_path):
    plain = write(tmp_path / "2018-10", row("a1"))
    write(tmp_path, row("a2"), name="2018-10-norbeck-neighbourhood.csv")
    (tmp_path / "2018-11-norbeck-street.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    with zipfile.ZipFile(tmp_path / "2018-12-norbeck-street.csv.zip", "w") as archive:
        archive.writestr("2018-12/2018-12-norbeck-street.csv", f"{FULL}\n{row('a3')}")
        archive.writestr("2018-12/2018-12-norbeck-neighbourhood.csv", f"{FULL}\n{row('a4')}")
    result = read_feed("police-uk", tmp_path)
    assert sorted(result.incidents["source_ref"]) == ["a1", "a3"]
    assert result.rejected["file"].tolist() == ["2018-10/2018-10-norbeck-street.csv"]


def test_of_a_repeated_reference_the_last_with_a_position_is_kept(tmp_path):
    rows = [row("a1"), row("a1", lon="-1.30"), row("a1", lon="", lat=""), row("a2"), row("a2")]
    result = read_feed("police-uk", write(tmp_path, *rows))
    assert result.incidents.index.tolist() == [3, 6]
    assert result.rejected["row"].tolist() == [2, 4, 5]
    assert result.rejected["reason"].iloc[0] == "Reference 'a1' is repeated; row 3 is kept"
    assert result.rejected["source_ref"].tolist() == ["a1", "a1", "a2"]


def test_of_repeats_without_position_the_last_is_kept(tmp_path):
    result = read_feed("police-uk", write(tmp_path, *[row("a1", lon="", lat="")] * 3))
    assert result.incidents.index.tolist() == [4]


def test_a_refused_row_is_never_the_one_kept(tmp_path):
    result = read_feed("police-uk", write(tmp_path, row("a1"), row("a1", month="2018-13")))
    assert result.incidents.index.tolist() == [2]
    assert result.rejected["reason"].tolist() == ["Month: '2018-13' is not a month"]
    assert result.rejected["cell"].tolist() == ["2018-13"]


def test_a_type_nobody_knows_is_kept_and_said(tmp_path):
    result = read_feed("police-uk", write(tmp_path, row(kind="Zorbing"), row(kind="")))
    assert result.incidents["incident_type"].tolist() == ["unclassified"] * 2
    assert result.incidents["source_type"].iloc[0] == "Zorbing"
    assert result.notes == (
        "1 row says 'Zorbing', which types.toml does not know; kept as unclassified.",
        "1 row without a word for the type; kept as unclassified.",
    )


def test_a_source_given_stands_for_all_forces(tmp_path):
    path = write(tmp_path, row())
    given = read_feed("police-uk", path, source="north", agency="force")
    assert given.incidents[["source", "agency"]].iloc[0].tolist() == ["north", "force"]


@pytest.mark.real_data
def test_five_months_of_cleveland_are_kept_whole(real_data):
    folder = real_data / "police" / "cleveland"
    result = read_feed("police-uk", folder)
    assert (len(result.incidents), len(result.rejected)) == (40_898, 0)
    assert result.incidents["incident_id"].nunique() == 40_898
    assert (result.incidents["place_precision"] == "snapped").all()
    assert result.notes == ()
    months = [ids_of(path) for path in sorted(folder.iterdir(), reverse=True)]
    assert {one for month in months for one in month} == set(result.incidents["incident_id"])


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("part", "read", "rejected"),
    [("staffordshire", 20_897, 0), ("odd/odd_rows_2018.csv", 169, 15)],
)
def test_other_forces_are_kept_or_explained(real_data, part, read, rejected):
    result = read_feed("police-uk", real_data / "police" / part)
    assert len(result.incidents) + len(result.rejected) == read
    assert len(result.rejected) == rejected
    assert result.incidents["incident_id"].is_unique


OUTCOME_HEADER = "Crime ID,Month,Longitude,Latitude,Location,Outcome type"


def outcome(ref, kind="Suspect charged", month="2018-10"):
    return f"{ref},{month},-1.24,54.57,On or near High Street,{kind}"


def read_with_outcomes(tmp_path, *outcomes):
    write(tmp_path, row("a1", kind="Burglary"), row("a2", kind="Drugs"), row())
    write(tmp_path, *outcomes, name="2018-10-norbeck-outcomes.csv", header=OUTCOME_HEADER)
    return read_feed("police-uk", tmp_path)


def test_every_outcome_is_kept_with_its_crime(tmp_path):
    late = outcome("a1", "Local resolution", "2018-12")
    result = read_with_outcomes(tmp_path, late, outcome("a1"), outcome("a1"))
    said = result.incidents.set_index("source_ref")["description"]
    assert said["a1"] == "Outcomes: 2018-10 Suspect charged; 2018-12 Local resolution"
    assert pd.isna(said["a2"])
    assert len(result.rejected) == 0
    assert result.notes == ("Outcomes: 3 rows kept in the descriptions of 1 crime.",)


def test_an_outcome_without_its_crime_is_refused(tmp_path):
    result = read_with_outcomes(tmp_path, outcome("a9"), outcome(""), outcome("a2"))
    assert len(result.incidents) == 3
    assert result.rejected["row"].tolist() == [2, 3]
    assert result.rejected["source_ref"].fillna("").tolist() == ["a9", ""]
    assert "load it with its street file" in result.rejected["reason"].iloc[0]
    assert result.rejected["reason"].iloc[1] == "Crime ID is blank"


def test_outcomes_alone_are_no_incidents(tmp_path):
    path = write(tmp_path, outcome("a1"), name="x-outcomes.csv", header=OUTCOME_HEADER)
    with pytest.raises(FeedFormatError, match="outcomes of crimes, not incidents"):
        read_feed("police-uk", path)


def test_outcomes_change_no_id(tmp_path):
    alone = set(ids_of(write(tmp_path / "x", row("a1", kind="Burglary"), row("a2", kind="Drugs"))))
    assert alone < set(read_with_outcomes(tmp_path / "y", outcome("a1")).incidents["incident_id"])


STOP_HEADER = (
    "Type,Date,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,Legislation,"
    "Object of search,Outcome"
)
STOP = (
    "Person search,2018-10-01T12:30:00+01:00,54.57,-1.24,Male,18-24,Welsh,"
    "Misuse of Drugs Act 1971,Controlled drugs,Arrest"
)


def test_a_stop_and_search_has_its_minute_and_its_own_type(tmp_path):
    path = write(tmp_path, STOP, STOP, name="x-stop-and-search.csv", header=STOP_HEADER)
    result = read_feed("police-uk", path)
    one = result.incidents.iloc[0]
    assert [one["lat"], one["lon"], one["place_precision"]] == [54.57, -1.24, "snapped"]
    assert one["occurred_from"] == pd.Timestamp("2018-10-01T11:30Z")
    assert [one["time_precision"], one["incident_type"]] == ["minute", "stop-and-search"]
    assert [one["suspect_age_band"], one["sensitivity"]] == ["18-24", "public"]
    assert one["description"] == (
        "Object: Controlled drugs; Legislation: Misuse of Drugs Act 1971; Outcome: Arrest"
    )
    assert result.incidents["incident_id"].nunique() == 2
    assert "Welsh" not in str(result.incidents.to_dict())
    assert "Gender, Self-defined ethnicity" in result.notes[1]


def test_stops_are_not_read_with_a_folder(tmp_path):
    write(tmp_path, row("a1"))
    write(tmp_path, STOP, name="2018-10-norbeck-stop-and-search.csv", header=STOP_HEADER)
    result = read_feed("police-uk", tmp_path)
    assert result.incidents["source_ref"].tolist() == ["a1"]
    assert result.notes == (
        "1 stop and search file was not read with the folder; name one to load it.",
    )
