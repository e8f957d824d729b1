"""The year on one page: every entry stands in each month it touches, and in no other."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aim.tasking.planner import PlanEntry, PlanKind, months_of, plan_year, say_days_in

APRIL = date(2026, 4, 1)


def entry(since, until, title="X", kind=PlanKind.CALENDAR):
    return PlanEntry(kind, title, since, until)


@given(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.integers(1, 500))
def test_an_entry_is_in_every_month_it_touches_and_no_other(since, days):
    until = since + timedelta(days=days)
    found = plan_year([entry(since, until)], APRIL)
    touched = {(day.year, day.month) for day in (since + timedelta(days=n) for n in range(days))}
    shown = {(one.first.year, one.first.month) for one in found if one.entries}
    assert shown == touched & {(one.year, one.month) for one in months_of(APRIL)}


def test_a_month_lists_by_day_then_kind_then_title():
    may = date(2026, 5, 4)
    listed = [
        entry(may, may + timedelta(days=1), "B", PlanKind.MEETING),
        entry(may, may + timedelta(days=1), "A", PlanKind.CALENDAR),
        entry(may, may + timedelta(days=1), "A", PlanKind.MEETING),
        entry(date(2026, 5, 1), may, "Z"),
    ]
    found = plan_year(reversed(listed), APRIL)[1].entries
    assert [(one.kind.value, one.title) for one in found] == [
        ("Calendar", "Z"),
        ("Meeting", "A"),
        ("Meeting", "B"),
        ("Calendar", "A"),
    ]


def test_days_are_said_as_far_as_they_lie_in_the_month():
    first = date(2026, 5, 1)
    spans = {
        (date(2026, 5, 4), date(2026, 5, 5)): "4 May",
        (date(2026, 5, 4), date(2026, 5, 7)): "4 to 6 May",
        (date(2026, 5, 1), date(2026, 6, 1)): "1 to 31 May",
        (date(2026, 5, 30), date(2026, 6, 2)): "from 30 May",
        (date(2026, 4, 30), date(2026, 5, 2)): "to 1 May",
        (date(2026, 4, 30), date(2026, 6, 2)): "all month",
    }
    for (since, until), said in spans.items():
        assert say_days_in(entry(since, until), first) == said
