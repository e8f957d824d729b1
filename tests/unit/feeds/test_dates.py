import pandas as pd
import pytest

from aim.feeds._dates import (
    interval_end,
    next_midnight,
    read_moments,
    read_months,
    showable,
    single_moments,
    unread_times,
)


def series(*texts):
    return pd.Series(list(texts), dtype=object)


def utc(text, time=""):
    start = read_moments(series(text), "Date", series(time)).start[0]
    return None if pd.isna(start) else f"{start:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/04/2026", "2026-04-02 23:00"),
        ("3/4/2026", "2026-04-02 23:00"),
        ("03-04-2026", "2026-04-02 23:00"),
        ("03.04.26", "2026-04-02 23:00"),
        ("03/01/69", "2069-01-03 00:00"),
        ("03/01/70", "1970-01-02 23:00"),  # British Standard Time, all year
        ("03/01/72", "1972-01-03 00:00"),
        ("03/01/2026 14:30", "2026-01-03 14:30"),
        ("03/01/2026 14:30:59", "2026-01-03 14:30"),
        ("03/01/2026 2:30 pm", "2026-01-03 14:30"),
        ("03/01/2026 12:05 am", "2026-01-03 00:05"),
        ("03/01/2026 12:05pm", "2026-01-03 12:05"),
        ("03/01/2026 24:00", "2026-01-04 00:00"),
        ("03/01/2026 23:59", "2026-01-03 23:59"),
        ("2026-04-03", "2026-04-02 23:00"),
        ("2026-07-03T14:30:00Z", "2026-07-03 14:30"),
        ("2026-07-03T14:30:00.123+01:00", "2026-07-03 13:30"),
        ("2026-07-03T14:30:00-0130", "2026-07-03 16:00"),
        ("2026-07-03T14:30:00+10:00", "2026-07-03 04:30"),
        ("2026-10-25T01:30:00Z", "2026-10-25 01:30"),
        ("2026-07-03 14:30", "2026-07-03 13:30"),
        ("Friday 3rd April 2026", "2026-04-02 23:00"),
        ("3-Apr-26", "2026-04-02 23:00"),
        ("Fri 03/04/2026", "2026-04-02 23:00"),
        ("46115", "2026-04-02 23:00"),
        ("46025.75", "2026-01-03 18:00"),
        ("18264", "1950-01-01 00:00"),
        ("73415", "2100-12-31 00:00"),
        ("01/01/1950", "1950-01-01 00:00"),
        ("31/12/2100", "2100-12-31 00:00"),
        ("29/02/2028", "2028-02-29 00:00"),
    ],
)
def test_a_date_is_read_as_london_time(text, expected):
    assert utc(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2026", "29/02/2026", "00/01/2026", "04/25/2026", "31/12/1949", "01/01/2101", "18263",
        "73416", "2026-13-01", "03/01/2026 24:01", "03/01/2026 12:60", "03/01/2026 25:00",
        "03/01/2026 13:00 pm", "tbc", "3 Foo 2026", "9999999",
    ],
)  # fmt: skip
def test_what_is_no_date_says_so_and_shows_itself(text):
    moments = read_moments(series(text), "Date")
    assert pd.isna(moments.start[0])
    assert moments.fault[0].startswith("Date:")


def test_a_fault_shows_the_cell_unless_it_could_be_a_name():
    faults = read_moments(series("31/02/2026", "Jo Bloggs", "", "01632 960123"), "Date").fault
    assert faults.tolist() == [
        "Date: '31/02/2026' is not a date",
        "Date: not a date",
        "",
        "Date: not a date",
    ]


def test_years_out_of_reach_are_said_to_be():
    fault = read_moments(series("01/01/1949"), "Date").fault[0]
    assert fault == "Date: '01/01/1949' is outside the years 1950 to 2100"


def test_the_autumn_hour_is_the_first_and_the_spring_hour_moves_forward():
    assert utc("25/10/2026 01:30") == "2026-10-25 00:30"
    assert utc("29/03/2026 01:30") == "2026-03-29 01:00"


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("14:30", "2026-01-03 14:30"),
        ("14.30", "2026-01-03 14:30"),
        ("1430", "2026-01-03 14:30"),
        ("930", "2026-01-03 09:30"),
        ("2pm", "2026-01-03 14:00"),
        ("12 am", "2026-01-03 00:00"),
        ("0.75", "2026-01-03 18:00"),
        ("30/12/1899 14:30", "2026-01-03 14:30"),
        ("24:00", "2026-01-04 00:00"),
    ],
)
def test_a_time_of_its_own_column_joins_the_date(time, expected):
    assert utc("03/01/2026", time) == expected
    assert utc("03/01/2026 08:00", time) == expected


@pytest.mark.parametrize("time", ["", "evening", "24:01", "12:60", "13pm", "0pm", "99"])
def test_a_time_that_cannot_be_read_leaves_the_day(time):
    moments = read_moments(series("03/01/2026"), "Date", series(time))
    assert not moments.timed[0]
    assert moments.start[0] == pd.Timestamp("2026-01-03T00:00Z")
    assert unread_times(series(time)) == int(time != "")


def test_zoned_dates_keep_their_own_clock():
    assert utc("2026-07-03T14:30:00Z", "09:00") == "2026-07-03 14:30"


def test_precision_and_interval_follow_the_cell():
    found = single_moments(read_moments(series("03/01/2026", "03/01/2026 14:30", ""), "Date"))
    assert found["time_precision"].tolist()[:2] == ["day", "minute"]
    lengths = found["occurred_to"] - found["occurred_from"]
    assert lengths.tolist()[:2] == [pd.Timedelta(days=1), pd.Timedelta(minutes=1)]
    assert found["occurred_to"].isna().tolist() == [False, False, True]


def test_days_have_their_own_length_when_the_clocks_change():
    days = read_moments(series("29/03/2026", "25/10/2026", "01/06/2026"), "Date")
    hours = (interval_end(days) - days.start) / pd.Timedelta(hours=1)
    assert hours.tolist() == [23, 25, 24]
    assert next_midnight(days.start).equals(interval_end(days))


@pytest.mark.parametrize("text", ["2026-04", "Apr-26", "April 2026", "2026-4"])
def test_months_run_from_london_midnight_to_london_midnight(text):
    interval, fault = read_months(series(text), "Month")
    assert fault[0] == ""
    assert interval.iloc[0].tolist() == [
        pd.Timestamp("2026-03-31T23:00Z"),
        pd.Timestamp("2026-04-30T23:00Z"),
    ]


@pytest.mark.parametrize("text", ["2026-01", "2026-12", "1950-06", "2100-06"])
def test_the_first_and_last_months_and_years_are_months(text):
    interval, fault = read_months(series(text), "Month")
    assert fault[0] == ""
    assert interval["occurred_from"].dt.tz_convert("Europe/London").dt.strftime("%Y-%m")[0] == text


@pytest.mark.parametrize(
    "text", ["2026-00", "2026-13", "1949-12", "2101-01", "Foo-26", "", "April"]
)
def test_what_is_no_month_says_so(text):
    interval, fault = read_months(series(text), "Month")
    assert interval.isna().all(axis=None)
    assert fault[0].startswith("Month")


@pytest.mark.parametrize(
    ("text", "shown"), [("2026-12", True), ("1950-01", True), ("Jo Lee", False)]
)
def test_only_date_like_cells_are_shown(text, shown):
    assert showable(text) is shown


def test_long_cells_are_not_shown():
    assert showable("1" * 3 + " " * 37)
    assert not showable("1" * 3 + " " * 38)


def test_nothing_in_gives_nothing_out():
    moments = read_moments(series(), "Date", series())
    assert len(moments.start) == len(read_months(series(), "Month")[0]) == 0
