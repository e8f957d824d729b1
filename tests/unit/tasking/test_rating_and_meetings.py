"""Colours follow dates and progress; a meeting decides once of a place."""

from datetime import date

import pytest

from aim.errors import ParameterError
from aim.model.actions import ActionPlan, ActionRecord, Stage
from aim.model.groups import Choice, Decision, Group, Meeting
from aim.tasking import check_decisions, latest_choices, rate_action

# A hundred days: a day is a point of progress.
PLAN = ActionPlan("Mend the lights", start=date(2026, 1, 1), due=date(2026, 4, 11))


def colour(stage, day, progress=0):
    return rate_action(ActionRecord(PLAN, stage, progress), today=day).colour


@pytest.mark.parametrize(
    ("stage", "day", "progress", "expected"),
    [
        (Stage.UNDER_WAY, date(2026, 4, 12), 99, "red"),
        (Stage.UNDER_WAY, date(2026, 4, 11), 100, "green"),
        (Stage.AGREED, date(2026, 1, 1), 0, "green"),
        (Stage.AGREED, date(2026, 1, 2), 0, "amber"),
        (Stage.UNDER_WAY, date(2026, 1, 26), 0, "green"),
        (Stage.UNDER_WAY, date(2026, 1, 27), 0, "amber"),
        (Stage.UNDER_WAY, date(2026, 2, 20), 0, "amber"),
        (Stage.UNDER_WAY, date(2026, 2, 21), 0, "red"),
        (Stage.UNDER_WAY, date(2026, 2, 21), 30, "green"),
        (Stage.DONE, date(2026, 5, 1), 40, "green"),
        (Stage.DRAFT, date(2026, 5, 1), 0, None),
        (Stage.DROPPED, date(2026, 5, 1), 0, None),
    ],
)
def test_the_colour_follows_dates_and_progress(stage, day, progress, expected):
    assert colour(stage, day, progress) == expected


def test_the_words_say_why():
    told = rate_action(ActionRecord(PLAN, Stage.UNDER_WAY, 10), today=date(2026, 2, 20))
    assert told.words == "10 % done, 40 points behind an even pace"


def test_a_place_has_one_decision_and_each_says_enough():
    given = [
        Decision("h1", "Quay Street", "watch"),
        Decision("h1", "Quay Street", "in hand"),
        Decision("h2", "Mill Lane", "take up"),
        Decision("h3", "Tar Yard", "no action"),
    ]
    with pytest.raises(ParameterError, match=r"Quay Street has 2.*Mill Lane.*Tar Yard"):
        check_decisions(given)
    check_decisions([given[0], Decision("h2", "Mill Lane", "take up", group="g1")])


def test_the_newest_decision_of_a_place_holds():
    old = Meeting(date(2026, 3, 2), "r1", decisions=(Decision("h1", "Quay", "take up", "g"),))
    new = Meeting(date(2026, 4, 6), "r2", decisions=(Decision("h1", "Quay", "in hand"),))
    found = latest_choices([new, old])
    assert found["h1"][1].choice is Choice.IN_HAND
    assert found["h1"][0] is new


def test_a_group_says_what_it_is_for_and_ends_after_it_starts():
    with pytest.raises(ParameterError, match=r"purpose.*before it starts"):
        Group("Nights", "", start=date(2026, 5, 2), finish=date(2026, 5, 1))
    assert Group("Nights", "Quiet", finish=date(2026, 5, 1)).finish
