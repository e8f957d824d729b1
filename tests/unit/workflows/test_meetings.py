"""Meetings: the list as issued, one decision a place, and places in hand that stay quiet."""

from datetime import date

import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.errors import ConflictError, NotFoundError, ParameterError
from aim.model.actions import ActionPlan, ActionRecord, Stage
from aim.model.filters import read_filter
from aim.model.people import EVERYTHING, Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.workflows.meetings import _still

TODAY = date(2026, 5, 4)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
OFFICER = Actor("o1", "fire", frozenset({Role.OFFICER}))
MONTHS = {
    "march": {"since": "2026-03-01", "until": "2026-04-01"},
    "april": {"since": "2026-04-01", "until": "2026-05-01"},
}


@pytest.fixture(scope="module")
def runs(filled_hub):
    """Give a store with a saved run of March, six reports a place, and of April, twelve."""
    for month in ("march", "april"):
        workflows.find_hotspots(
            filled_hub.store, LOCAL_ANALYST, read_filter(MONTHS[month]), save=True
        )
    return filled_hub.store


@pytest.fixture
def meet(runs):
    def hold(day, run_id="r0002", **words):
        words = {"day": day, "run_id": run_id, **words}
        return workflows.add_meeting(runs, LEAD, words)

    return hold


def hotspots_of(store, run_id="r0002"):
    return store.run(run_id, EVERYTHING).hotspots["hotspot_id"].tolist()


def decide(store, kept, hotspot, choice, version=None, **words):
    words = {"hotspot_id": hotspot, "choice": choice, **words}
    return workflows.decide(store, LEAD, kept.key, words, version=version or kept.version)


def view_of(store, kept, who=LEAD, **given):
    return workflows.meeting_view(store, who, kept.key, today=TODAY, **given)


def test_the_newest_run_lies_on_the_table_unless_another_is_named(runs, meet):
    newest = workflows.add_meeting(runs, LEAD, {"day": "2024-01-08", "agencies": "fire, police"})
    assert newest.what.run_id == "r0002"
    assert newest.what.agencies == ("fire", "police")
    assert meet("2024-01-08", "r0001").what.run_id == "r0001"
    with pytest.raises(NotFoundError, match="r9999"):
        meet("2024-01-08", "r9999")


def test_a_place_has_one_decision_and_the_second_takes_the_firsts_stead(runs, meet):
    kept = meet("2024-02-05")
    first = hotspots_of(runs)[0]
    kept = decide(runs, kept, first, "watch")
    kept = decide(runs, kept, first, "no action", reason="Ring 01632 960123")
    (decision,) = kept.what.decisions
    assert (decision.choice, decision.reason) == ("no action", "Ring [phone]")
    assert decision.incidents == 12
    with pytest.raises(ConflictError, match="version 3"):
        decide(runs, kept, first, "watch", version=1)


@pytest.mark.parametrize(
    ("choice", "said"), [("take up", "no group"), ("no action", "no reason"), ("sleep", "one of")]
)
def test_a_decision_that_says_too_little_is_refused(runs, meet, choice, said):
    with pytest.raises(ParameterError, match=said):
        decide(runs, meet("2024-03-04"), hotspots_of(runs)[0], choice)


def test_only_places_of_its_list_are_decided(runs, meet):
    with pytest.raises(NotFoundError, match="no place 'elsewhere'"):
        decide(runs, meet("2024-03-04"), "elsewhere", "watch")


def test_a_place_in_hand_leaves_the_next_list_and_is_counted(runs, meet):
    group = workflows.add_group(runs, LEAD, {"name": "Quay", "purpose": "Quiet"}).key
    last = meet("2024-04-01", group=group)
    decide(runs, last, hotspots_of(runs)[0], "in hand", noted="Lights are ordered")
    following = view_of(runs, meet("2024-05-06", group=group))
    assert following.hidden == 1
    assert [one.rank for one in following.places] == [2]
    assert [one.said for one in following.before] == ["In hand"]
    assert following.before_day == "1 April 2024"
    whole = view_of(runs, meet("2024-05-07", group=group), every=True)
    assert (whole.hidden, [one.in_hand for one in whole.places]) == (0, [True, False])
    # Another group's list, and one before the decision, are as they were.
    assert view_of(runs, meet("2024-05-06")).hidden == 0
    assert view_of(runs, meet("2024-03-31", group=group)).hidden == 0


def test_a_place_in_hand_comes_back_when_it_changes_beyond_chance(runs, meet):
    kept = decide(runs, meet("2023-04-03"), hotspots_of(runs)[0], "in hand")
    (one,) = kept.what.decisions
    shape = runs.run("r0002", EVERYTHING).hotspots["geometry"].iloc[0]
    # From 12 in 30 days, chance leaves 4 to 24.
    quiet = [now for now in range(40) if _still(one, shape, now, 30)]
    assert (quiet[0], quiet[-1]) == (4, 24)
    assert _still(one, shape, 40, 60)
    assert not _still(one, shapely.box(0, 0, 9, 9), 12, 30)  # another place


def test_who_may_not_see_the_list_sees_the_decisions(runs, meet):
    kept = decide(runs, meet("2023-05-01"), hotspots_of(runs)[0], "watch")
    view = view_of(runs, kept, OFFICER)
    assert (view.places, view.run_said, view.may_keep) == ((), "", False)
    assert [one.said for one in view.decisions] == ["Watch"]


def test_a_groups_meeting_is_for_its_people(runs, meet):
    group = workflows.add_group(runs, LEAD, {"name": "Ours", "purpose": "P"}).key
    kept = meet("2023-06-05", group=group)
    with pytest.raises(NotFoundError, match="no meeting"):
        view_of(runs, kept, OFFICER)
    assert kept.key not in workflows.meetings_text(runs, OFFICER)
    assert kept.key in workflows.meetings_text(runs, LEAD)


def test_late_actions_stand_before_the_list(runs, meet):
    plan = ActionPlan("Late one", due=date(2026, 5, 3))
    with runs.transaction() as change:
        for key, stage in (("late1", Stage.UNDER_WAY), ("late2", Stage.DRAFT)):
            record = ActionRecord(plan, stage)
            change.add_task(key, record, TaskEvent(EventKind.ADDED), actor="lead")
    kept = meet("2023-07-03")
    assert [one.key for one in view_of(runs, kept).late] == ["late1"]
    text = workflows.meeting_text(runs, LEAD, kept.key, today=TODAY)
    assert "Late: Late one (overdue since 3 May 2026)" in text
