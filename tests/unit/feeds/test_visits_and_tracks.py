"""Visits from tables and GPS tracks: rows kept or explained, people's details never read."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from aim.errors import FeedFormatError, ParameterError
from aim.feeds import Track, find_stays, read_track, read_visits, share_stays, write_visit_template
from aim.model.crs import to_degrees

VISITS = """Warden,Place,Date,Start,Minutes,Agency,What was done,Powers used
Jo Smith,Quay Street,01/05/2026,21:00,15,wardens,Ring 01632 960123,cpw
Jo Smith,Quay Street,01/05/2026,22:00,1:15,wardens,,
Jo Smith,,01/05/2026,22:00,15,wardens,,
Jo Smith,Mill Lane,soon,22:00,15,wardens,,
Jo Smith,Mill Lane,,22:00,15,wardens,,
Jo Smith,Mill Lane,02/05/2026,,many,wardens,,
Jo Smith,Mill Lane,02/05/2026,,0,wardens,,
Jo Smith,Mill Lane,02/05/2026,,1441,wardens,,
Jo Smith,Mill Lane,02/05/2026,,1440,wardens,,
"""
SQUARE = shapely.box(480_000, 530_000, 480_100, 530_100)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text(VISITS, encoding="utf-8")
    return read_visits(path)


def test_every_row_is_kept_or_explained_and_names_are_never_read(table):
    assert [(one.place, one.minutes) for one in table.rows] == [
        *(("Quay Street", 15), ("Quay Street", 75), ("Mill Lane", 1440)),
    ]
    assert [row for _, row, _ in table.rejected] == [4, 5, 6, 7, 8, 9]
    reasons = " ".join(why for _, _, why in table.rejected)
    for words in ("Place is blank", "not a date", "Date is blank", "'many' is no number"):
        assert words in reasons
    assert "Smith" not in repr(table)
    assert table.rows[0].done == "Ring [phone]"
    assert any("Warden was not read" in note for note in table.notes)


def test_times_are_londons_and_a_day_alone_is_midday(table):
    assert table.rows[0].at == datetime(2026, 5, 1, 20, tzinfo=UTC)
    assert table.rows[2].at == datetime(2026, 5, 2, 11, tzinfo=UTC)


def test_the_template_is_read_back(tmp_path):
    path = tmp_path / "visits.csv"
    row = b"Quay,01/05/2026,21:00,15,wardens,Walk,cpn\r\n"
    path.write_bytes(write_visit_template() + row)
    (found,) = read_visits(path).rows
    assert (found.agency, found.powers) == ("wardens", "cpn")
    path.write_text("Colour,Shape\nred,round\n", encoding="utf-8")
    with pytest.raises(FeedFormatError, match="Place"):
        read_visits(path)


def track(*steps, every=3):
    """Give a track with a point every few minutes at some distances east of the square's edge."""
    start = datetime(2026, 5, 1, 21, tzinfo=UTC)
    at = tuple(start + timedelta(minutes=every * number) for number in range(len(steps)))
    return Track(at, np.array([[480_050.0 + step, 530_050.0] for step in steps]))


@pytest.mark.parametrize(
    ("walk", "margin", "minutes"),
    [
        (track(0, 5, 10), 25, [6]),
        (track(0, 500, 0, 5), 25, [3]),  # stepped out: what is between two points does not count
        (track(500, 510), 25, []),
        (track(60, 60, 60), 25, [6]),  # ten metres off the edge
        (track(60, 60, 60), 5, []),
        (track(0, 0, every=5), 25, [5]),
        (track(0, 0, every=6), 25, []),  # a gap in which nothing is known
        (track(0, 0, 500, 0, 0, every=1), 25, [2]),  # a step out of two minutes is no second stay
        (track(0, 0, 500, 500, 0, 0, every=1), 25, [1, 1]),
    ],
)
def test_minutes_inside_a_fence(walk, margin, minutes):
    assert [one.minutes for one in find_stays(walk, SQUARE, margin_m=margin)] == minutes


def test_where_places_overlap_the_smaller_has_the_minutes():
    wide = shapely.box(479_000, 529_000, 481_000, 531_000)
    found = share_stays(track(0, 5, 400, 405, every=4), [wide, SQUARE])
    assert [(at, one.minutes) for at, one in found] == [(1, 4), (0, 4)]
    with pytest.raises(ParameterError, match="0 to 500 metres"):
        share_stays(track(0, 0), [SQUARE], margin_m=501)


def gpx(points, head=""):
    inner = "".join(
        f'<trkpt lat="{lat}" lon="{lon}"><name>Jo</name>{time}</trkpt>' for lat, lon, time in points
    )
    return f'<?xml version="1.0"?>{head}<gpx><trk><trkseg>{inner}</trkseg></trk></gpx>'


def test_a_track_is_read_in_order_of_time(tmp_path):
    lon, lat = (one[0] for one in to_degrees([480_050.0], [530_050.0]))
    path = tmp_path / "walk.gpx"
    times = [f"<time>2026-05-01T21:0{minute}:00+01:00</time>" for minute in (4, 0)]
    path.write_text(gpx([(lat, lon, time) for time in (*times, "")]), encoding="utf-8")
    found = read_track(path)
    assert found.at == (
        datetime(2026, 5, 1, 20, tzinfo=UTC),
        datetime(2026, 5, 1, 20, 4, tzinfo=UTC),
    )
    assert np.allclose(found.xy_m, [480_050, 530_050], atol=0.1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (gpx([]), "0 points with a time"),
        (gpx([], '<!DOCTYPE g [<!ENTITY a "aa">]>'), "entities of its own"),
        ("<html></html>", "points with a time|no GPX"),
        ("nothing", "no GPX"),
        (None, "asked for as a GPS track"),
    ],
)
def test_what_is_no_track_is_refused(tmp_path, text, why):
    path = tmp_path / "walk.gpx"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(FeedFormatError, match=why):
        read_track(path)
