from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aim.model.records import Coverage
from aim.workflows.periods import Period, comparable, latest_complete_month, months_to


def coverage(source, first, last):
    return Coverage(source, source, source, 10, first, last, ())


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 800))
def test_the_period_before_ends_where_this_one_starts(since, days):
    now = Period(since, date.fromordinal(since.toordinal() + days))
    assert now.before().until == now.since
    assert now.before().since < now.since


@given(st.integers(2000, 2030), st.integers(1, 12), st.integers(1, 30))
def test_whole_months_go_back_by_as_many_months(year, month, months):
    now = months_to(date(year, month, 1), months)
    before = now.before()
    assert before == months_to(now.since, months)


def test_other_periods_go_back_by_as_many_days():
    assert Period(date(2026, 4, 10), date(2026, 4, 20)).before() == Period(
        date(2026, 3, 31), date(2026, 4, 10)
    )


def test_a_year_before_a_leap_day_is_the_day_before_march():
    assert Period(date(2024, 2, 29), date(2024, 3, 1)).year_ago().since == date(2023, 2, 28)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (Period(date(2026, 4, 1), date(2026, 5, 1)), "April 2026"),
        (Period(date(2026, 3, 1), date(2026, 5, 1)), "March 2026 to April 2026"),
        (Period(date(2026, 3, 5), date(2026, 3, 6)), "5 March 2026"),
        (Period(date(2026, 3, 5), date(2026, 4, 2)), "5 March 2026 to 1 April 2026"),
    ],
)
def test_periods_are_said_as_people_say_them(period, said):
    assert period.say() == said


def test_a_source_that_starts_too_late_stops_a_comparison():
    now = months_to(date(2026, 5, 1), 1)
    late = coverage("wardens", date(2026, 4, 1), date(2026, 5, 31))
    assert "wardens starts on 1 April 2026" in comparable([late], now, now.before())


def test_a_source_that_ends_too_early_stops_a_comparison():
    now = months_to(date(2026, 5, 1), 1)
    short = coverage("police", date(2020, 1, 1), date(2026, 4, 29))
    assert "police is complete only to 29 April 2026" in comparable([short], now, now.before())


def test_full_sources_can_be_compared():
    now = months_to(date(2026, 5, 1), 1)
    full = coverage("police", date(2026, 3, 9), date(2026, 4, 30))
    assert comparable([full], now, now.before()) == ""


def test_the_latest_complete_month_waits_for_the_slowest_source():
    sources = [
        coverage("police", date(2024, 1, 1), date(2026, 4, 30)),
        coverage("wardens", date(2024, 1, 1), date(2026, 6, 8)),
    ]
    assert latest_complete_month(sources) == months_to(date(2026, 5, 1), 1)
    short = coverage("police", date(2024, 1, 1), date(2026, 4, 29))
    assert latest_complete_month([short]) == months_to(date(2026, 4, 1), 1)
