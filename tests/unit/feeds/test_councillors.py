import pandas as pd
import pytest

from aim.feeds import read_feed
from aim.feeds.councillors import IDENTITY

HEADER = (
    "Ref,Date received,Councillor,Constituent name,Constituent phone,Constituent e-mail,"
    "Constituent address,Ward,Street,Postcode,Subject,Details"
)


def line(
    ref="C1", *, date="03/07/2026", ward="Abbey", street="High St", subject="Noise", details="x"
):
    personal = "Cllr Imaginary,Jo Bloggs,01632 960123,jo@example.org,1 Low St"
    return f"{ref},{date},{personal},{ward},{street},ts13ba,{subject},{details}"


def read(tmp_path, *lines, header=HEADER):
    path = tmp_path / "enquiries.csv"
    path.write_text("\n".join((header, *lines)), encoding="utf-8")
    return read_feed("councillors", path)


def test_an_enquiry_becomes_an_incident_without_a_position(tmp_path):
    one = read(tmp_path, line()).incidents.iloc[0]
    assert one["occurred_from"] == one["reported_at"] == pd.Timestamp("2026-07-02T23:00Z")
    assert [one["time_precision"], one["place_precision"]] == ["day", "none"]
    assert one["location_text"] == "High St, Abbey, TS1 3BA"
    assert one["incident_type"] == "noise-nuisance"
    assert one[["lon", "lat", "easting", "northing"]].isna().all()


def test_people_are_dropped_and_the_headers_said(tmp_path):
    result = read(tmp_path, line(), line("C2", date="Jo Bloggs"))
    written = result.incidents.to_csv() + result.rejected.to_csv() + " ".join(result.notes)
    for personal in ("Imaginary", "Bloggs", "960123", "jo@", "Low St"):
        assert personal not in written
    assert "Constituent phone" in result.notes[0]


def test_coordinates_are_used_where_they_are_given(tmp_path):
    header = "Ref,Date,Ward,Subject,Longitude,Latitude"
    result = read(tmp_path, "C1,03/07/2026,Abbey,Noise,-1.24,54.57", header=header)
    assert result.incidents["place_precision"].tolist() == ["point"]
    assert result.incidents["lat"].tolist() == [54.57]


def test_the_day_it_happened_wins_over_the_day_it_was_told(tmp_path):
    header = "Ref,Date,Date received,Ward,Subject"
    one = read(tmp_path, "C1,01/01/2026,03/01/2026,Abbey,Noise", header=header).incidents.iloc[0]
    assert one["occurred_from"] == pd.Timestamp("2026-01-01T00:00Z")
    assert one["reported_at"] == pd.Timestamp("2026-01-03T00:00Z")


def test_a_row_that_says_nothing_is_refused(tmp_path):
    result = read(tmp_path, "C1,01/01/2026,,,,,,,,,,", line("C2", subject="", details=""))
    assert result.rejected["row"].tolist() == [2]
    assert result.incidents["incident_type"].tolist() == ["unclassified"]


def test_who_told_it_is_no_part_of_identity(tmp_path):
    changed = line("").replace("Jo Bloggs", "Al Smith")
    one, other = (
        read(tmp_path, row).incidents["incident_id"].iloc[0] for row in (line(""), changed)
    )
    assert one == other
    assert IDENTITY.columns == (
        "date", "time", "received", "ward", "street", "location", "postcode", "subject",
        "sub_category", "details",
    )  # fmt: skip


@pytest.mark.parametrize(
    "header", ["Ref,Date received,Ward,Postcode", "Ref,Ward,Street,Subject", "Date,Subject,Details"]
)
def test_date_subject_and_place_are_needed(tmp_path, header):
    with pytest.raises(Exception, match="which needs"):
        read(tmp_path, header=header)
