import pandas as pd
import pytest

from aim.feeds import read_feed

HEADER = (
    "Report ID,Title,Detail,User Name,Category,Subcategory,Created,Confirmed,Status,Latitude,"
    "Longitude,Query,Ward,Easting,Northing,Report URL,Device Type"
)
ROW = (
    "91,Sofa,Two sofas dumped,Jo Bloggs,Rubbish,Flytipping,2026-04-01T10:15:00,"
    "2026-04-01T10:20:00,fixed,54.57,-1.24,High Street,Abbey,449000,520000,u,mobile"
)


def read(tmp_path, header=HEADER, row=ROW):
    path = tmp_path / "reports.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    return read_feed("fixmystreet", path)


def test_a_report_is_known_to_the_minute_and_its_pin(tmp_path):
    result = read(tmp_path)
    one = result.incidents.iloc[0]
    assert [one["source_ref"], one["incident_type"]] == ["91", "fly-tipping"]
    assert one["occurred_from"] == one["reported_at"] == pd.Timestamp("2026-04-01T09:15Z")
    assert [one["easting"], one["place_precision"]] == [449000, "point"]
    assert one["location_text"] == "High Street, Abbey"
    assert one["description"] == "Sofa. Two sofas dumped"
    assert one["sensitivity"] == "routine"
    assert "Jo Bloggs" not in str(one.tolist())
    assert "User Name" in result.notes[0]


def test_a_councils_own_columns_are_taken_or_left(tmp_path):
    header = f"{HEADER},Current ward,Old ward,Nearest address,User Email,Staff User,PCC-x"
    one = read(tmp_path, header, f"{ROW},Mill,Abbey,1 High St,jo@example.org,Al,z").incidents.iloc[
        0
    ]
    assert one["location_text"] == "1 High St, Abbey"
    assert "jo@example.org" not in str(one.tolist())


def test_few_columns_are_enough(tmp_path):
    one = read(tmp_path, "Category,Created,Latitude,Longitude", "Litter,2026-04-01,54.57,-1.24")
    assert one.incidents["time_precision"].tolist() == ["day"]
    assert one.incidents["incident_type"].tolist() == ["littering"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-04-01T10:15:00", "soon", "Created: not a date"),
        ("Rubbish,Flytipping", ",", ""),
        ("2026-04-01T10:15:00,2026-04-01T10:20:00", ",", "Created is blank"),
    ],
)
def test_a_row_without_a_date_is_refused(tmp_path, old, new, reason):
    result = read(tmp_path, row=ROW.replace(old, new))
    assert result.rejected["reason"].tolist() == [reason] * bool(reason)
