"""Equipment from the cupboard to a place and back: by the table, hidden for others."""

import random
from datetime import date

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST, task_reach_of
from aim.errors import (
    ActionStateError,
    AimError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    ParameterError,
)
from aim.model.equipment import Deployment, Unit, UnitState
from aim.model.filters import read_filter
from aim.model.people import EVERYTHING, Actor, Role
from aim.tasking import read_office_table
from aim.workflows.equipment import find_unit, open_deployment

TODAY = date(2026, 5, 4)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
WARDEN = Actor("warden-7", "wardens", frozenset({Role.OFFICER}))
COUNCILLOR = Actor("c1", "council", frozenset({Role.COUNCILLOR}))
STAND = {
    "protocol": "Order of the council, entrance",
    "authorisation": "A-7",
    "review": "2026-06-01",
}


@pytest.fixture(scope="module")
def borough(filled_hub):
    """Give a store with a saved run, and the word for its first hotspot."""
    period = {"since": "2026-04-01", "until": "2026-05-01"}
    run = workflows.find_hotspots(filled_hub.store, LOCAL_ANALYST, read_filter(period), save=True)
    return filled_hub.store, f"hotspot:{run.hotspots['hotspot_id'].iloc[0]}"


@pytest.fixture
def enter(borough):
    numbers = iter(range(1000))

    def make(kind="camera", **words):
        said = {"kind_of": kind, "identity": f"{kind}-{random.random()}-{next(numbers)}", **words}
        return workflows.add_unit(borough[0], LEAD, said, today=TODAY)

    return make


@pytest.fixture
def deploy(borough):
    store, place = borough

    def go(unit, actor=LEAD, **words):
        said = {**STAND, "site": place, **words}
        return workflows.deploy_unit(store, actor, unit.key, said, today=TODAY)

    return go


def test_a_unit_goes_out_and_comes_back_with_its_result(borough, enter, deploy):
    store, _ = borough
    unit = enter()
    stands = deploy(unit)
    assert stands.what.site.name == "Quay Street"
    assert stands.what.since == TODAY
    out = find_unit(store, WARDEN, unit.key).what
    assert (out.state, out.deployment) == (UnitState.DEPLOYED, stands.key)
    with pytest.raises(ActionStateError, match="after deployed comes"):
        deploy(unit)
    later = date(2026, 5, 20)
    back = workflows.move_unit(
        store, LEAD, unit.key, "available", today=later, words="Ring 01632 960123"
    )
    assert (back.what.state, back.what.deployment, back.what.since) == ("available", "", later)
    ended = store.task(Deployment, stands.key, task_reach_of(LEAD)).what
    assert (ended.ended, ended.result) == (later, "Ring [phone]")
    view = workflows.unit_view(store, WARDEN, unit.key, today=later)
    assert view.past == (("Quay Street", "4 May 2026 to 20 May 2026", "Ring [phone]"),)
    assert [one.what for one in reversed(view.history)] == [
        *("added", "moved to deployed", "moved to available"),
    ]


def test_a_camera_without_leave_or_review_goes_nowhere(borough, enter, deploy):
    unit = enter()
    with pytest.raises(ParameterError, match="reference of its authorisation, and the day"):
        deploy(unit, authorisation="", review="")
    with pytest.raises(ParameterError, match="choose a place"):
        deploy(unit, site="")
    assert find_unit(borough[0], LEAD, unit.key).version == 1
    assert deploy(enter("sign"), authorisation="", review="").what.kind_of == "sign"


def test_a_dwelling_is_on_no_map_and_for_named_people_with_its_unit(borough, enter, deploy):
    store, _ = borough
    unit = enter("alarm")
    home = {"at_dwelling": "yes", "where": "Case 114", "wards": "Abbey"}
    stands = deploy(unit, **home).what
    assert stands.readers == {"lead"}
    assert (stands.site.outline, stands.site.hotspot_id) == ("", "")
    assert stands.site.wards == ("E05099001",)
    for who in (WARDEN, LOCAL_ANALYST):
        with pytest.raises(NotFoundError, match="no unit"):
            find_unit(store, who, unit.key)
    with pytest.raises(ActionStateError, match="take it down first"):
        workflows.change_unit(store, LEAD, unit.key, {"readers": "lead, warden-7"})
    workflows.move_unit(store, LEAD, unit.key, "available", today=TODAY)
    with pytest.raises(ParameterError, match="stays so"):
        workflows.change_unit(store, LEAD, unit.key, {"readers": ""})
    wider = workflows.change_unit(store, LEAD, unit.key, {"readers": "warden-7"})
    assert wider.what.readers == {"lead", "warden-7"}


def test_a_restricted_place_is_told_to_nobody_by_a_unit(borough, enter, deploy):
    store, _ = borough
    words = {"name": "Number nine", "readers": "warden-7", "wards": "Abbey"}
    site = f"place:{workflows.add_site(store, LEAD, words).key}"
    with pytest.raises(ParameterError, match="which fire-1 may not know of"):
        deploy(enter(), site=site, readers="fire-1")
    stands = deploy(enter(), site=site)
    assert stands.what.readers == {"lead", "warden-7"}


def test_who_sees_an_old_version_changes_nothing(borough, enter):
    store, _ = borough
    unit = enter()
    workflows.change_unit(store, LEAD, unit.key, {"note": "Scratched"}, version=1)
    with pytest.raises(ConflictError, match="lead has made it version 2"):
        workflows.change_unit(store, LOCAL_ANALYST, unit.key, {"note": "New"}, version=1)
    with pytest.raises(ConflictError):
        workflows.move_unit(store, LEAD, unit.key, "lost", today=TODAY, words="Gone", version=1)
    same = workflows.change_unit(store, LEAD, unit.key, {"note": "Scratched"}, version=2)
    assert same.version == 2


def test_how_long_it_stands_is_changed_in_place_and_keeps_what_it_needs(borough, enter, deploy):
    store, _ = borough
    unit = enter()
    with pytest.raises(ActionStateError, match="it is available"):
        workflows.keep_up_deployment(store, LEAD, unit.key, {"until": "2026-07-01"})
    deploy(unit)
    kept = workflows.keep_up_deployment(store, LEAD, unit.key, {"until": "2026-07-01"})
    assert (kept.what.until, kept.what.review) == (date(2026, 7, 1), date(2026, 6, 1))
    with pytest.raises(ParameterError, match="the day it is reviewed"):
        workflows.keep_up_deployment(store, LEAD, unit.key, {"review": ""})
    with pytest.raises(ParameterError, match="before it was set up"):
        workflows.keep_up_deployment(store, LEAD, unit.key, {"until": "2026-01-01"})


def test_an_identity_is_given_once_and_a_kind_must_be_known(borough, enter):
    unit = enter()
    with pytest.raises(ParameterError, match="in the register already"):
        enter(identity=unit.what.identity)
    with pytest.raises(ParameterError, match="no equipment of the kind 'teapot'"):
        enter("teapot")
    assert find_unit(borough[0], LEAD, unit.what.identity).key == unit.key


def test_officers_report_damage_and_deploy_nothing(borough, enter, deploy):
    store, _ = borough
    unit = enter()
    with pytest.raises(NotAllowedError):
        deploy(unit, WARDEN)
    with pytest.raises(NotAllowedError):
        workflows.equipment_view(store, COUNCILLOR, today=TODAY)
    moved = workflows.move_unit(
        store, WARDEN, unit.key, "in repair", today=TODAY, words="The lens is cracked"
    )
    assert moved.what.state is UnitState.IN_REPAIR


def test_the_page_lists_what_is_late_and_idle_and_where_to_go_next(borough, enter, deploy):
    store, place = borough
    late = enter(maintenance_due="2026-04-30")
    used = enter()
    deploy(used)
    june = date(2026, 6, 9)
    view = workflows.equipment_view(store, LEAD, today=june)
    overdue = {one.key: one.overdue for one in view.overdue}
    assert overdue[late.key] == ("to be looked after since 30 April 2026",)
    assert overdue[used.key] == ("to be reviewed since 1 June 2026",)
    assert late.key in {one.key for one in view.idle}
    assert used.key not in {one.key for one in view.idle}
    cameras = [one for one in view.suggestions if one.kind == "Camera"]
    assert [one.place for one in cameras] == ["Mill Lane"]  # a camera stands in the other already
    assert cameras[0].reasons[:2] == ("12 reports in the newest saved list", "no camera there")
    assert place not in {one.word for one in cameras}
    assert workflows.equipment_view(store, WARDEN, today=june).suggestions == ()


def shown_to(store, who):
    said = []
    for look in (workflows.equipment_text, workflows.equipment_view):
        try:
            said.append(look(store, who, today=TODAY))
        except AimError as error:
            said.append(str(error))
    return said


@pytest.mark.slow
def test_for_random_roles_nothing_differs_with_and_without_a_restricted_unit_at_work(
    borough, enter, deploy
):
    store, _ = borough
    rng = random.Random(7)
    people = [
        Actor(f"p{n}", rng.choice(["wardens", "fire", "hub"]), frozenset(rng.sample(list(Role), 2)))
        for n in range(3)
    ]
    before = [shown_to(store, one) for one in people]
    hidden = enter(readers="warden-7", maintenance_due="2026-01-01")
    deploy(hidden)
    assert [shown_to(store, one) for one in people] == before
    assert workflows.unit_view(store, WARDEN, hidden.key, today=TODAY).card.restricted
    for who in (*people, LOCAL_ANALYST):
        with pytest.raises((NotFoundError, NotAllowedError)):
            workflows.unit_view(store, who, hidden.key, today=TODAY)


@pytest.mark.slow
def test_no_walk_of_random_people_leaves_the_table(borough, enter):
    store, place = borough
    rng, table, unit = random.Random(5), read_office_table(), enter()
    people = [LEAD, WARDEN, LOCAL_ANALYST, COUNCILLOR]
    for _ in range(60):
        before = store.task(Unit, unit.key, task_reach_of(LEAD))
        to, who = rng.choice(list(UnitState)), rng.choice(people)
        try:
            if to is UnitState.DEPLOYED:
                words = {**STAND, "site": place}
                workflows.deploy_unit(store, who, unit.key, words, today=TODAY)
            else:
                workflows.move_unit(store, who, unit.key, to, today=TODAY, words="So.")
        except AimError:
            assert store.task(Unit, unit.key, task_reach_of(LEAD)) == before
        else:
            after = store.task(Unit, unit.key, task_reach_of(LEAD)).what
            assert table.moves[before.what.state][to] & set(map(str, who.roles))
            assert after.state is to
            stands = open_deployment(store, LEAD, after)
            assert (stands is not None and stands.what.is_open) == (to is UnitState.DEPLOYED)


def test_each_step_is_in_the_record_by_number_alone(borough, enter, deploy):
    deploy(enter(note="Nobody reads this there"))
    last = borough[0].audit(EVERYTHING).tail(2)
    assert last["action"].tolist() == ["plan-tasks", "plan-tasks"]
    assert last["detail"].str.contains("unit").all()
    assert not last["detail"].str.contains("Nobody|Quay").any()
