"""A local calendar: days laid out, people left out, hostile files refused in good time."""

from datetime import date, datetime, time, timedelta
from time import process_time

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.errors import FeedError, FeedFormatError
from aim.feeds import calendars
from aim.feeds._recurrence import read_recurrence, recurring_days
from aim.feeds.calendars import read_calendar

SINCE, UNTIL = date(2026, 4, 1), date(2027, 4, 1)


@pytest.fixture
def read(tmp_path):
    """Give a way to read events written as lines."""

    def reading(*events, wrap="BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n"):
        body = "".join(
            "BEGIN:VEVENT\r\n" + "".join(f"{line}\r\n" for line in one) + "END:VEVENT\r\n"
            for one in events
        )
        path = tmp_path / "town.ics"
        path.write_bytes(wrap.format(body).encode("utf-8"))
        return read_calendar(path, since=SINCE, until=UNTIL)

    return reading


def days(found):
    return [(one.title, one.since.isoformat(), one.last.isoformat()) for one in found.days]


def test_an_event_of_whole_days_ends_before_its_end(read):
    found = read(["SUMMARY:Half term", "DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261031"])
    assert days(found) == [("Half term", "2026-10-26", "2026-10-30")]
    assert found.left_out == {}


def test_clock_times_become_the_london_days_they_touch(read):
    found = read(
        ["SUMMARY:Late", "DTSTART:20260630T233000Z", "DTEND:20260701T010000Z"],
        ["SUMMARY:Night", "DTSTART;TZID=Europe/London:20260704T200000", "DURATION:PT6H"],
        ["SUMMARY:To midnight", "DTSTART:20261201T180000Z", "DTEND:20261202T000000Z"],
        ["SUMMARY:Moment", "DTSTART:20261203T180000"],
    )
    assert days(found) == [
        ("Late", "2026-07-01", "2026-07-01"),
        ("Night", "2026-07-04", "2026-07-05"),
        ("To midnight", "2026-12-01", "2026-12-01"),
        ("Moment", "2026-12-03", "2026-12-03"),
    ]


def test_recurrences_are_laid_out_within_the_years_asked_for(read):
    match = ["SUMMARY:Match", "UID:m", "DTSTART;VALUE=DATE:20260307", "RRULE:FREQ=WEEKLY;COUNT=8"]
    found = read([*match, "EXDATE;VALUE=DATE:20260411", "RDATE;VALUE=DATE:20260501"])
    firsts = [one.since.isoformat() for one in found.days]
    assert firsts == ["2026-04-04", "2026-04-18", "2026-04-25", "2026-05-01"]
    fair = read(["SUMMARY:Fair", "DTSTART;VALUE=DATE:20000601", "RRULE:FREQ=YEARLY"])
    assert days(fair) == [("Fair", "2026-06-01", "2026-06-01")]
    until = read(
        ["SUMMARY:U", "DTSTART:20260401T190000Z", "RRULE:FREQ=DAILY;UNTIL=20260403T190000Z"]
    )
    assert [one.since.day for one in until.days] == [1, 2, 3]


def moved(was, now):
    return [f"RECURRENCE-ID;VALUE=DATE:{was}", f"DTSTART;VALUE=DATE:{now}"]


def test_a_moved_or_cancelled_recurrence_takes_the_place_of_the_first(read):
    series = ["SUMMARY:Market", "UID:k", "DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=WEEKLY;COUNT=3"]
    found = read(
        series,
        ["SUMMARY:Market, moved", "UID:k", *moved("20260508", "20260509")],
        ["SUMMARY:Market", "UID:k", "STATUS:CANCELLED", *moved("20260515", "20260515")],
    )
    assert days(found) == [
        ("Market", "2026-05-01", "2026-05-01"),
        ("Market, moved", "2026-05-09", "2026-05-09"),
    ]
    assert found.left_out == {"cancelled": 1}


def test_of_an_event_nothing_is_read_but_title_and_days(read):
    talk = """SUMMARY:Talk by jo@example.org\\, ring 01632 960123
DTSTART;VALUE=DATE:20260601
ATTENDEE;CN=Jo Example:mailto:jo@example.org
DESCRIPTION:at 4 Hidden Close
LOCATION:4 Hidden Close
ORGANIZER:mailto:chair@example.org
BEGIN:VALARM
SUMMARY:Hidden alarm
END:VALARM"""
    found = read(talk.splitlines())
    assert [one.title for one in found.days] == ["Talk by [email], ring [phone]"]
    assert found.masked == 2
    assert "Hidden" not in repr(found)


def test_what_is_left_out_is_counted_by_its_reason(read):
    start = "DTSTART;VALUE=DATE:20260601"
    found = read(
        ["SUMMARY:A", start, "CLASS:PRIVATE"],
        ["SUMMARY:B", start, "STATUS:CANCELLED"],
        ["SUMMARY:C", "DTSTART:soon"],
        ["SUMMARY:D"],
        ["SUMMARY:E", start, "RRULE:FREQ=HOURLY"],
        ["SUMMARY:F", start, "RRULE:FREQ=DAILY;BYMINUTE=0,1,2,3"],
        ["SUMMARY:G", start, "DTEND;VALUE=DATE:20290601"],
        ["SUMMARY:H", "DTSTART;VALUE=DATE:20200601"],
        ["SUMMARY:I", start, "RRULE:FREQ=DAILY;INTERVAL=0"],
    )
    assert found.days == ()
    assert sum(found.left_out.values()) == 9
    assert found.left_out[calendars.PRIVATE] == 1
    assert found.left_out[calendars.TOO_OFTEN] == 3
    assert found.left_out[calendars.TOO_LONG] == 1
    assert found.left_out[calendars.OUTSIDE] == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "does not begin like one"),
        (b"a,b\r\n1,2\r\n", "does not begin like one"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "cut short"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * calendars.MOST_BYTES, "larger than"),
        (
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5001 + b"END:VCALENDAR",
            "5,",
        ),
    ],
)
def test_what_is_no_calendar_of_a_town_is_refused(tmp_path, content, told):
    path = tmp_path / "town.ics"
    path.write_bytes(content)
    with pytest.raises(FeedFormatError, match=told):
        read_calendar(path, since=SINCE, until=UNTIL)
    with pytest.raises(FeedError, match="cannot be opened"):
        read_calendar(tmp_path / "none.ics", since=SINCE, until=UNTIL)


def test_recurrences_without_end_are_refused_in_good_time(read):
    begun = process_time()
    with pytest.raises(FeedFormatError, match="recur"):
        read(*[["SUMMARY:X", "DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=DAILY"]] * 10)
    with pytest.raises(FeedFormatError, match="more than 3,000 entries"):
        read(
            *[[f"SUMMARY:{n}", "DTSTART;VALUE=DATE:20260401", "RRULE:FREQ=DAILY"] for n in range(9)]
        )
    never = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9"
    assert read(["SUMMARY:Never", "DTSTART;VALUE=DATE:20250101", never]).days == ()
    zone = "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    zone += "RRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    wrap = "BEGIN:VCALENDAR\r\n" + zone + "{}END:VCALENDAR\r\n"
    own = read(["SUMMARY:Z", "DTSTART;TZID=Own:20260601T120000"], wrap=wrap)
    assert len(own.days) == 1
    assert process_time() - begun < 5


def test_a_long_title_is_cut_and_an_absent_one_said(read):
    start = "DTSTART;VALUE=DATE:20260601"
    found = read(["SUMMARY:" + "a" * 300, start], [start])
    assert [len(one.title) for one in found.days] == [len("Untitled"), 120]


ORDINALS = st.sampled_from(["MO", "WE,FR", "1MO", "-1FR", "2TU,-1SU", "MO,TU,WE,TH,FR"])


@st.composite
def rules(draw):
    often = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={often}", f"INTERVAL={draw(st.integers(1, 3))}"]
    by_day = draw(st.none() | ORDINALS)
    if by_day and often in {"DAILY", "WEEKLY"}:
        by_day = "MO,SA"
    parts += [f"BYDAY={by_day}"] if by_day else []
    month = draw(st.none() | st.sampled_from(["2", "6,7", "12"]))
    parts += [f"BYMONTH={month}"] if month else []
    if not by_day and often != "WEEKLY":
        day = draw(st.none() | st.sampled_from(["1", "15,-1", "31"]))
        parts += [f"BYMONTHDAY={day}"] if day else []
    if by_day and often == "MONTHLY":
        place = draw(st.none() | st.sampled_from(["1", "-1", "1,-1"]))
        parts += [f"BYSETPOS={place}"] if place else []
    return ";".join(parts)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(rules(), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_days_recur_as_another_program_lays_them_out(rule, start):
    until = date(2027, 6, 1)
    begun = datetime.combine(start, time())
    oracle = rrulestr(
        f"RRULE:{rule};UNTIL={until - timedelta(days=1):%Y%m%d}T000000", dtstart=begun
    )
    found = list(recurring_days(read_recurrence(rule), start, until))
    assert found == [moment.date() for moment in oracle]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=1,2",
        "BYDAY=MO",
        "FREQ=YEARLY;BYWEEKNO=3",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;INTERVAL=1001",
    ],
)
def test_a_rule_that_is_not_read_is_no_rule(rule):
    with pytest.raises(ValueError, match="="):
        read_recurrence(rule)
