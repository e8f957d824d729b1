"""The SMART check names every gap at once, and targets that chance alone could meet."""

from dataclasses import replace
from datetime import date

import pytest

from aim.errors import NotSmartError, ParameterError
from aim.model.actions import ActionPlan, Baseline, Site
from aim.tasking import check_smart, find_gaps

TODAY = date(2026, 5, 4)
SITE = Site("Quay Street", "found", "h1", "r0001", wards=("N1",))
PLAN = ActionPlan(
    "Mend the lights",
    site=SITE,
    partners=("council",),
    types=("asb",),
    months=3,
    target=8,
    owner="warden-7",
    agency="wardens",
    resource="Two nights",
    cost=0,
    priority="Nights",
    start=date(2026, 5, 10),
    due=date(2026, 6, 10),
    review=date(2026, 9, 1),
)
# From 20, a change shows below 9 or above 35: three standard deviations of a Poisson count.
TWENTY = Baseline(20, date(2026, 2, 1), date(2026, 5, 1), falls_to=8, rises_to=36)


def letters(plan, baseline=TWENTY, today=TODAY):
    return "".join(gap.letter for gap in find_gaps(plan, baseline, today=today))


def test_a_whole_plan_has_no_gap():
    assert letters(PLAN) == ""
    check_smart(PLAN, TWENTY, today=TODAY)


@pytest.mark.parametrize(
    ("missing", "letter"),
    [
        ({"site": None}, "S"),
        ({"partners": ()}, "S"),
        ({"types": ()}, "M"),
        ({"target": None}, "M"),
        ({"owner": ""}, "A"),
        ({"agency": ""}, "A"),
        ({"resource": ""}, "A"),
        ({"cost": None}, "A"),
        ({"priority": ""}, "R"),
        ({"start": None}, "T"),
        ({"due": None}, "T"),
        ({"review": None}, "T"),
    ],
)
def test_each_thing_that_is_missing_is_one_gap(missing, letter):
    assert letters(replace(PLAN, **missing)) == letter


def test_every_gap_is_in_one_refusal():
    bare = replace(PLAN, partners=(), target=None, cost=None, priority="", due=None)
    with pytest.raises(NotSmartError) as refused:
        check_smart(bare, TWENTY, today=TODAY)
    for part in ("Specific", "Measurable", "Achievable", "Relevant", "Time-bound"):
        assert f"{part}: " in str(refused.value)


@pytest.mark.parametrize(("target", "gap"), [(8, ""), (9, "M"), (20, "M"), (35, "M"), (36, "")])
def test_a_target_that_chance_could_meet_is_a_gap(target, gap):
    assert letters(replace(PLAN, target=target)) == gap


def test_the_gap_says_from_where_on_a_fall_shows():
    (gap,) = find_gaps(replace(PLAN, target=18), TWENTY, today=TODAY)
    assert "20 were counted in 3 months" in gap.words
    assert "chance alone could bring 18" in gap.words
    assert "8 or fewer" in gap.words


def test_too_few_reports_for_any_fall_are_said_so():
    few = Baseline(2, TWENTY.since, TWENTY.until, falls_to=-1, rises_to=9)
    (gap,) = find_gaps(replace(PLAN, target=0), few, today=TODAY)
    assert "too few for any fall to show" in gap.words


def test_a_place_without_outline_and_ward_cannot_be_counted():
    nowhere = replace(PLAN, site=Site("By the old tree", "raised by people"))
    (gap,) = find_gaps(nowhere, None, today=TODAY)
    assert "nothing can be counted there" in gap.words


def test_what_could_not_be_counted_is_a_gap():
    assert letters(PLAN, baseline=None) == "M"


@pytest.mark.parametrize(
    ("dates", "gaps"),
    [
        ({"due": date(2026, 5, 9)}, "T"),
        ({"due": date(2026, 5, 10)}, ""),
        ({"start": date(2026, 4, 1), "due": date(2026, 5, 3)}, "T"),
        ({"start": date(2026, 4, 1), "due": date(2026, 5, 4)}, ""),
        ({"review": date(2026, 8, 31)}, "T"),
        ({"start": date(2026, 6, 1), "review": date(2026, 9, 1)}, ""),
        ({"start": date(2026, 6, 2), "review": date(2026, 9, 1)}, "T"),
    ],
)
def test_dates_must_follow_each_other_and_leave_time_to_count(dates, gaps):
    assert letters(replace(PLAN, **dates)) == gaps


def test_what_no_plan_can_hold_is_refused_all_at_once():
    with pytest.raises(ParameterError, match=r"months.*target.*cost.*title"):
        ActionPlan(" ", months=25, target=-1, cost=-1)
    assert ActionPlan("A", months=24, target=0, cost=0).months == 24


@pytest.mark.parametrize("reference", ["J Smith, Quay Street", "ask Jo", "Smith"])
def test_a_case_reference_is_never_a_person(reference):
    with pytest.raises(ParameterError, match="names nobody"):
        ActionPlan("Talk", case_reference=reference)
    assert ActionPlan("Talk", case_reference="ASB-2026/114").case_reference
