"""What a comparison of two periods crosses."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aim.analysis.quality import crosses, find_outages
from aim.errors import ParameterError
from aim.model.breaks import Break, BreakKind

MARCH = (date(2026, 3, 1), date(2026, 4, 1))
APRIL = (date(2026, 4, 1), date(2026, 5, 1))
JUNE = (date(2026, 6, 1), date(2026, 7, 1))


def moved(day, **more):
    return Break(day, BreakKind.MIGRATION, **more)


def outages(*months, incident_type="graffiti", by="month", finding="outage"):
    return pd.DataFrame(
        {
            "source": "police",
            "finding": finding,
            "incident_type": incident_type,
            by: list(months),
            "words": [f"{month} is thin." for month in months],
        }
    )


@pytest.mark.parametrize(
    ("day", "between"),
    [
        (date(2026, 3, 1), False),
        (date(2026, 3, 2), True),
        (date(2026, 4, 1), True),
        (date(2026, 4, 30), True),
        (date(2026, 5, 1), False),
        (date(2026, 2, 1), False),
    ],
)
def test_a_break_divides_from_after_the_first_day_to_the_last(day, between):
    assert bool(crosses([moved(day)], None, MARCH, APRIL)) is between


def test_a_break_between_two_periods_apart_is_told():
    assert crosses([moved(date(2026, 5, 15))], None, MARCH, JUNE)


def test_breaks_are_told_oldest_first_with_source_types_and_note():
    register = [
        moved(date(2026, 4, 9), source="wardens", types=("graffiti",), note="new system"),
        Break(date(2026, 4, 2), BreakKind.BOUNDARY),
    ]
    assert [said.split(". ")[0] for said in crosses(register, None, MARCH, APRIL)] == [
        "every source: boundary change on 2 April 2026",
        "wardens for Graffiti: system migration on 9 April 2026 (new system)",
    ]


def test_a_break_of_another_source_or_type_is_left_out():
    register = [moved(APRIL[0], source="wardens", types=("graffiti",))]
    assert not crosses(register, None, MARCH, APRIL, sources=("police",))
    assert not crosses(register, None, MARCH, APRIL, types=("littering",))
    assert crosses(register, None, MARCH, APRIL, sources=("wardens",), types=("graffiti",))


def test_an_outage_counts_inside_a_period_and_not_between():
    thin = outages("2026-02", "2026-03", "2026-05", "2026-06", "2026-07")
    assert crosses([], thin, MARCH, JUNE) == ["2026-03 is thin.", "2026-06 is thin."]


def test_a_type_that_ended_between_divides_like_a_break():
    ended = outages("2026-03", "2026-04", "2026-05", "2026-07", "2026-08", finding="ended")
    said = crosses([], ended, MARCH, JUNE)
    assert said == ["2026-04 is thin.", "2026-05 is thin."]


def test_a_week_on_the_edge_lies_in_the_period():
    thin = outages("2026-02-16", "2026-02-23", "2026-03-30", "2026-04-27", "2026-05-04", by="week")
    said = crosses([], thin, MARCH, APRIL)
    assert said == [f"{week} is thin." for week in ("2026-02-23", "2026-03-30", "2026-04-27")]


def test_an_outage_of_another_source_or_type_is_left_out_and_one_of_all_types_is_not():
    assert not crosses([], outages("2026-03"), MARCH, APRIL, sources=("wardens",))
    assert not crosses([], outages("2026-03"), MARCH, APRIL, types=("littering",))
    whole = outages("2026-03", incident_type="all")
    assert crosses([], whole, MARCH, APRIL, sources=("police",), types=("littering",))


def test_what_find_outages_returns_is_understood():
    months = [f"2026-0{month}" for month in range(1, 7)]
    table = pd.DataFrame({"source": "police", "incident_type": "graffiti", "month": months})
    thin = find_outages(table.assign(incidents=[60, 61, 2, 60, 59, 60]))
    assert "March 2026" in crosses([], thin, MARCH, APRIL)[0]
    short = find_outages(table.head(2).assign(incidents=[60, 61]))
    assert crosses([], short, MARCH, APRIL) == []


def test_an_empty_period_and_a_strange_table_are_refused():
    with pytest.raises(ParameterError, match="must end after it starts"):
        crosses([], None, MARCH, (APRIL[0], APRIL[0]))
    with pytest.raises(ParameterError, match="find_outages"):
        crosses([], pd.DataFrame({"words": ["?"]}), MARCH, APRIL)


@given(
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=4),
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), min_size=4, max_size=4, unique=True),
)
def test_the_order_of_the_periods_changes_nothing(days, edges):
    register = [moved(day) for day in days]
    one, other = tuple(sorted(edges[:2])), tuple(sorted(edges[2:]))
    assert crosses(register, None, one, other) == crosses(register, None, other, one)
