"""Who sees which record, and a history that nobody rewrites."""

import pytest

from aim.errors import ConflictError, NotFoundError, StoreError
from aim.model.actions import ActionRecord
from aim.model.groups import Group, Meeting
from aim.model.tasks import EventKind, TaskEvent, TaskReach
from aim.store.plain import as_plain, from_plain
from aim.testing.stores import (
    invented_action,
    invented_group,
    invented_meeting,
    invented_site,
)

ADDED = TaskEvent(EventKind.ADDED)
OTHERS = TaskReach("z", "fire")


@pytest.fixture
def kept(store):
    """Give a store with a group of `lead` and `b`, and an action of each way to see one."""
    actions = {
        "mine": invented_action(owner="z"),
        "agency": invented_action(agency="fire"),
        "group": invented_action(group="g1"),
        "nobodys": invented_action(),
    }
    with store.transaction() as change:
        group = invented_group(lead_agency="wardens", partners=("police",))
        change.add_task("g1", group, ADDED, actor="lead")
        change.add_task("m1", invented_meeting(group="g1"), ADDED, actor="lead")
        change.add_task("m2", invented_meeting(), ADDED, actor="lead")
        for key, action in actions.items():
            change.add_task(key, action, ADDED, actor="lead")
    return store


@pytest.mark.parametrize(
    ("reach", "seen"),
    [
        (TaskReach("lead", every=True), {"mine", "agency", "group", "nobodys"}),
        (TaskReach("z", ""), {"mine"}),
        (TaskReach("y", "fire"), {"agency"}),
        (TaskReach("b", "wardens"), {"group"}),
        (TaskReach("lead"), {"group"}),
        (TaskReach("y", "", frozenset({"Nights"})), {"group"}),
        (TaskReach("y", "police"), set()),
        (TaskReach("", "fire", every=True), set()),
    ],
)
def test_actions_are_seen_by_owner_agency_and_group(kept, reach, seen):
    assert {one.key for one in kept.tasks(ActionRecord, reach)} == seen


@pytest.mark.parametrize(
    ("reach", "groups", "meetings"),
    [
        (TaskReach("y", every=True), ["g1"], {"m1", "m2"}),
        (TaskReach("b"), ["g1"], {"m1", "m2"}),
        (TaskReach("y", "wardens"), ["g1"], {"m1", "m2"}),
        (TaskReach("y", "police"), ["g1"], {"m1", "m2"}),
        (TaskReach("y", "fire"), [], {"m2"}),
        (TaskReach(), [], set()),
    ],
)
def test_groups_and_their_meetings_are_seen_by_those_who_work_in_them(
    kept, reach, groups, meetings
):
    assert [one.key for one in kept.tasks(Group, reach)] == groups
    assert {one.key for one in kept.tasks(Meeting, reach)} == meetings


def test_a_hidden_action_has_no_history_either(kept):
    with pytest.raises(NotFoundError, match="no action 'nobodys'"):
        kept.task_history(ActionRecord, "nobodys", OTHERS)
    assert [one.number for one in kept.task_history(ActionRecord, "agency", OTHERS)] == [1]


def test_a_key_is_given_once_and_a_record_that_is_not_there_is_not_changed(kept):
    with pytest.raises(ConflictError, match="exists already"), kept.transaction() as change:
        change.add_task("mine", invented_action(), ADDED, actor="lead")
    with pytest.raises(NotFoundError, match="no action 'x'"), kept.transaction() as change:
        change.change_task("x", invented_action(), ADDED, version=1, actor="lead")
    with pytest.raises(NotFoundError, match="no action 'x'"), kept.transaction() as change:
        change.note_task(ActionRecord, "x", ADDED, actor="lead")


@pytest.mark.parametrize("words", ["UPDATE task_event SET actor = 'x'", "DELETE FROM task_event"])
def test_history_cannot_be_rewritten(kept, words):
    with pytest.raises(StoreError, match="kept for good"), kept.transaction() as change:
        change._connection.exec_driver_sql(words)


@pytest.mark.parametrize(
    "record", [invented_action(readers=frozenset({"b", "a"})), invented_meeting(), invented_site()]
)
def test_a_record_as_plain_values_comes_back_the_same(record):
    assert from_plain(type(record), as_plain(record)) == record


def test_a_field_a_later_program_wrote_does_not_stop_this_one():
    assert from_plain(type(invented_site()), {**as_plain(invented_site()), "later": 1})
