"""A result says what was counted, whether chance could bring it, and whether the target was met."""

from datetime import date

import pytest

from aim.model.actions import Baseline
from aim.tasking import months_after, say_outcome

TWENTY = Baseline(20, date(2026, 2, 1), date(2026, 5, 1), falls_to=8, rises_to=36)


@pytest.mark.parametrize(
    ("count", "change", "met"),
    [
        (8, "a fall beyond chance", "met"),
        (9, "no more of a change than chance brings", "not met"),
        (35, "no more of a change than chance brings", "not met"),
        (36, "a rise beyond chance", "not met"),
    ],
)
def test_the_outcome_carries_its_doubt(count, change, met):
    told = say_outcome(TWENTY, 8, count, "June 2026")
    assert told == (
        f"{count} reports in June 2026, 20 when it was agreed: {change}. The target of 8 was {met}."
    )


def test_one_report_is_one_and_no_target_is_none():
    assert say_outcome(TWENTY, None, 1, "June 2026").startswith("1 report in June 2026")
    assert "target" not in say_outcome(TWENTY, None, 1, "June 2026")


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 5, 1), 1, (date(2026, 5, 1), date(2026, 6, 1))),
        (date(2026, 5, 2), 1, (date(2026, 6, 1), date(2026, 7, 1))),
        (date(2026, 12, 31), 12, (date(2027, 1, 1), date(2028, 1, 1))),
    ],
)
def test_only_whole_months_after_the_start_are_counted(start, months, expected):
    assert months_after(start, months) == expected
