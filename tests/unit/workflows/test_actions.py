"""Actions from draft to review: SMART or refused, by the table, nothing lost, hidden for others."""

import random
from datetime import date
from itertools import count

import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST, task_reach_of
from aim.errors import (
    ActionStateError,
    AimError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    NotSmartError,
    ParameterError,
)
from aim.model.actions import OPEN_STAGES, ActionRecord, Site, Stage
from aim.model.filters import read_filter
from aim.model.people import EVERYTHING, Actor, Role
from aim.model.tasks import EventKind
from aim.tasking import read_stages
from aim.workflows.sites import say_apart, say_found_at

TODAY = date(2026, 5, 4)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
WARDEN = Actor("warden-7", "wardens", frozenset({Role.OFFICER}))
STRANGER = Actor("fire-1", "fire", frozenset({Role.OFFICER}))
COUNCILLOR = Actor("c1", "council", frozenset({Role.COUNCILLOR}))
SMART = {
    "title": "Mend the lights",
    "partners": "council, wardens",
    "types": "asb",
    "months": "1",
    "target": "2",
    "owner": "warden-7",
    "agency": "wardens",
    "resource": "Two nights",
    "cost": "£1,200",
    "priority": "Nights",
    "start": "2026-05-10",
    "due": "2026-06-10",
    "review": "2026-07-10",
}


@pytest.fixture(scope="module")
def borough(filled_hub):
    """Give a store with a saved run, and a way to draft actions at its first hotspot."""
    run = workflows.find_hotspots(
        filled_hub.store,
        LOCAL_ANALYST,
        read_filter({"since": "2026-04-01", "until": "2026-05-01"}),
        save=True,
    )
    return filled_hub.store, f"hotspot:{run.hotspots['hotspot_id'].iloc[0]}"


@pytest.fixture
def draft(borough):
    store, place = borough

    def make(actor=LEAD, **words):
        return workflows.draft_action(store, actor, {**SMART, "site": place, **words})

    return make


@pytest.fixture
def move(borough):
    def go(kept, to, actor=LEAD, **given):
        return workflows.move_action(
            borough[0], actor, kept.key, Stage(to), version=kept.version, today=TODAY, **given
        )

    return go


def test_an_agreed_action_keeps_what_was_counted(draft, move):
    kept = move(draft(), "agreed")
    baseline = kept.what.baseline
    assert (baseline.since, baseline.until) == (date(2026, 4, 1), date(2026, 5, 1))
    assert baseline.count == 12
    assert (baseline.falls_to, baseline.rises_to) == (3, 25)
    assert kept.what.plan.site.run_id == "r0001"


def test_a_draft_with_gaps_is_refused_with_every_one(draft, move, borough):
    kept = draft(partners="", target="12", cost="", priority="", due="")
    with pytest.raises(NotSmartError) as refused:
        move(kept, "agreed")
    said = str(refused.value)
    for part in ("Specific", "chance alone could bring 12", "costs", "Relevant", "due"):
        assert part in said
    shown = workflows.action_view(borough[0], LEAD, kept.key, today=TODAY)
    assert [part for part, _ in shown.gaps] == [
        *("Specific", "Measurable", "Achievable", "Relevant", "Time-bound"),
    ]


def test_what_people_write_is_masked_and_a_case_reference_is_no_name(draft):
    kept = draft(title="Ring 01632 960123", details="mail jo@example.org", case_reference="ASB-7")
    assert kept.what.plan.title == "Ring [phone]"
    assert "example.org" not in kept.what.plan.details
    with pytest.raises(ParameterError, match="names nobody"):
        draft(case_reference="Jo Smith")


def test_the_owner_does_the_work_and_others_may_not(draft, move):
    agreed = move(draft(), "agreed")
    with pytest.raises(ActionStateError, match="that is for coordinator or owner"):
        move(agreed, "under way", Actor("warden-8", "wardens", frozenset({Role.OFFICER})))
    assert move(agreed, "under way", WARDEN).what.stage is Stage.UNDER_WAY
    with pytest.raises(NotAllowedError):
        move(agreed, "done", COUNCILLOR)


def test_updates_and_comments_stay_in_the_history(draft, move, borough):
    store, _ = borough
    kept = move(move(draft(), "agreed"), "under way", WARDEN)
    workflows.comment_action(store, WARDEN, kept.key, "Parts ordered.")
    done = workflows.update_action(
        store, WARDEN, kept.key, version=kept.version, progress="50%", told="Two of four."
    )
    assert done.what.progress == 50
    lines = workflows.action_view(store, WARDEN, kept.key, today=TODAY).history
    assert [one.what for one in reversed(lines)] == [
        *("added", "moved to agreed", "moved to under way", "commented", "updated"),
    ]
    assert lines[0].changes == (("Progress", "0 %", "50 %"),)
    with pytest.raises(ActionStateError, match="under way"):
        workflows.update_action(store, LEAD, draft().key, version=1, progress="5")
    with pytest.raises(ActionStateError, match="empty"):
        workflows.comment_action(store, WARDEN, kept.key, "  ")


def test_the_second_of_two_who_change_one_version_sees_both(draft, borough):
    store, _ = borough
    kept = draft()
    first = {"due": "2026-06-20", "cost": "5"}
    workflows.change_action(store, LEAD, kept.key, first, version=1, today=TODAY)
    with pytest.raises(ConflictError, match="lead has made it version 2") as refused:
        workflows.change_action(
            store, LOCAL_ANALYST, kept.key, {"cost": "9"}, version=1, today=TODAY
        )
    view = workflows.conflict_view(
        store,
        LOCAL_ANALYST,
        kept.key,
        {"cost": "9", "title": "Mend the lights"},
        str(refused.value),
    )
    assert view.rows == (("Cost", "£5", "9"),)
    place = borough[1]
    chosen = workflows.conflict_view(store, LOCAL_ANALYST, kept.key, {"site": place}, "")
    assert chosen.rows == (("Place", "Quay Street", "1. Quay Street"),)
    assert view.version == 2
    assert {one.name: one.value for one in view.form}["cost"] == "9"


def test_what_is_measured_stays_once_agreed_and_no_new_gap_is_opened(draft, move, borough):
    store, _ = borough
    kept = move(draft(), "agreed")
    change = {"version": kept.version, "today": TODAY}
    with pytest.raises(ActionStateError, match="were agreed and stay"):
        workflows.change_action(store, LEAD, kept.key, {"target": "1"}, **change)
    with pytest.raises(NotSmartError, match="what it takes"):
        workflows.change_action(store, LEAD, kept.key, {"resource": ""}, **change)
    changed = workflows.change_action(store, LEAD, kept.key, {"due": "2026-06-20"}, **change)
    assert changed.what.plan.due == date(2026, 6, 20)
    assert changed.what.baseline == kept.what.baseline
    dropped = move(changed, "dropped", words="The lamp post went.")
    with pytest.raises(ActionStateError, match="Draft a new action"):
        workflows.change_action(
            store, LEAD, kept.key, {"cost": "1"}, version=dropped.version, today=TODAY
        )


def test_a_change_that_changes_nothing_makes_no_version(draft, borough):
    kept = draft()
    same = workflows.change_action(borough[0], LEAD, kept.key, SMART, version=1, today=TODAY)
    assert same.version == 1


def test_each_step_is_in_the_record_by_number_alone(draft, move, borough):
    kept = move(draft(title="Nobody reads this there"), "agreed")
    last = borough[0].audit(EVERYTHING).tail(2)
    assert last["action"].tolist() == ["plan-tasks", "do-tasks"]
    assert last["detail"].str.contains(kept.key).all()
    assert not last["detail"].str.contains("Nobody").any()


SEEN = (
    lambda store, who: workflows.actions_text(store, who, today=TODAY),
    lambda store, who: workflows.board_view(store, who, today=TODAY, by="group"),
    lambda store, who: workflows.groups_view(store, who, today=TODAY),
    workflows.sites_text,
)


def shown_to(store, who):
    said = []
    for look in SEEN:
        try:
            said.append(look(store, who))
        except AimError as error:
            said.append(str(error))
    return said


def test_for_random_roles_nothing_differs_with_and_without_a_restricted_action(
    draft, move, borough
):
    store, _ = borough
    rng = random.Random(3)
    people = [
        Actor(f"p{n}", rng.choice(["wardens", "fire", "hub"]), frozenset(rng.sample(list(Role), 2)))
        for n in range(6)
    ]
    before = [shown_to(store, one) for one in people]
    hidden = move(draft(readers="warden-7", group=""), "agreed")
    workflows.add_site(store, LEAD, {"name": "Number nine", "readers": "warden-7"})
    assert [shown_to(store, one) for one in people] == before
    assert hidden.what.plan.readers == {"warden-7", "lead"}
    for who in (*people, LOCAL_ANALYST):
        with pytest.raises((NotFoundError, NotAllowedError)) as refused:
            workflows.action_view(store, who, hidden.key, today=TODAY)
        assert "Mend" not in str(refused.value)
    assert workflows.action_view(store, WARDEN, hidden.key, today=TODAY).card.restricted


def test_an_action_at_a_restricted_place_is_restricted(draft, borough):
    store, _ = borough
    site = workflows.add_site(store, LEAD, {"name": "Number nine", "readers": "warden-7"})
    kept = draft(site=f"place:{site.key}")
    assert kept.what.plan.readers == {"warden-7", "lead"}
    with pytest.raises(NotFoundError, match="no place"):
        draft(LOCAL_ANALYST, site=f"place:{site.key}")


def test_no_walk_of_random_people_leaves_the_table(draft, borough):
    store, _ = borough
    rng = random.Random(5)
    kept = draft(target="0")
    people = [LEAD, WARDEN, LOCAL_ANALYST, STRANGER, COUNCILLOR]
    for _ in range(60):
        before = store.task(ActionRecord, kept.key, task_reach_of(LEAD))
        to, who = rng.choice(list(Stage)), rng.choice(people)
        try:
            after = workflows.move_action(
                store, who, kept.key, to, version=before.version, today=TODAY, words="So."
            )
        except AimError:
            assert store.task(ActionRecord, kept.key, task_reach_of(LEAD)) == before
        else:
            allowed = read_stages()[before.what.stage][to]
            assert allowed & {*map(str, who.roles), *(["owner"] if who is WARDEN else [])}
            assert after.what.stage is to
    steps = [
        one.changes[0][1:]
        for one in store.task_history(ActionRecord, kept.key, task_reach_of(LEAD))
        if one.kind is EventKind.MOVED
    ]
    assert steps
    assert all(Stage(to) in read_stages()[Stage(start)] for start, to in steps)


def test_a_group_forms_changes_and_shows_its_actions(draft, move, borough):
    store, _ = borough
    words = {"name": "Nights", "purpose": "Quiet", "chair": "chair-1", "members": "fire-1"}
    group = workflows.add_group(store, LEAD, {**words, "wards": "Abbey"})
    kept = move(draft(group=group.key), "agreed")
    view = workflows.group_view(store, STRANGER, group.key, today=date(2026, 7, 1))
    assert (view.card.open_actions, view.card.overdue) == (1, 1)
    assert ("Wards", "Abbey") in view.facts
    assert kept.key in {card.key for section in view.sections for card in section.cards}
    changed = workflows.change_group(store, LEAD, group.key, {"finish": "2026-09-01"}, version=1)
    assert changed.what.finish == date(2026, 9, 1)
    with pytest.raises(ConflictError, match="version 2"):
        workflows.change_group(store, LEAD, group.key, {"finish": ""}, version=1)
    with pytest.raises(NotFoundError, match="no group"):
        workflows.find_group(store, Actor("x", "nobodys", frozenset({Role.OFFICER})), group.key)
    with pytest.raises(NotFoundError, match="no group"):
        draft(group="nothing")


def test_the_chair_may_drop_what_the_group_agreed(draft, move, borough):
    store, _ = borough
    chair = Actor("chair-2", "fire", frozenset({Role.OFFICER}))
    group = workflows.add_group(store, LEAD, {"name": "G", "purpose": "P", "chair": "chair-2"})
    kept = move(draft(group=group.key), "agreed")
    assert kept.what.stage in OPEN_STAGES
    assert move(kept, "dropped", chair, words="No need.").what.reason == "No need."


def test_a_designated_place_says_whose_it_is(borough, filled_hub):
    store, _ = borough
    outline = filled_hub.folder / "wards.geojson"
    with pytest.raises(ParameterError, match="no owner and no purpose and no since"):
        workflows.add_site(store, LEAD, {"name": "Order area"}, outline=outline)
    words = {"name": "Order area", "owner": "council", "purpose": "PSPO", "since": "2026-01-01"}
    kept = workflows.add_site(store, LEAD, words, outline=outline, key=map(str, count()).__next__)
    assert kept.what.outline.startswith("POLYGON")
    assert "designated" in workflows.sites_text(store, WARDEN)


def test_designated_and_found_places_are_laid_beside_each_other():
    area = Site("Order area", "designated", outline="POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))")
    found = [("Quay", shapely.box(8, 8, 20, 20)), ("Mill", shapely.box(50, 50, 60, 60))]
    assert say_found_at(area, found) == "Quay"
    assert say_found_at(area, found[1:]) == "none"
    assert say_apart([area], found) == (
        "1 of 2 hotspots of the newest run lie in no designated place."
    )
    assert say_apart([Site("A", "raised by people", outline=area.outline)], found) == ""


def test_the_page_of_groups_says_where_they_agree(borough, filled_hub):
    words = {"name": "Both wards", "owner": "council", "purpose": "PSPO", "since": "2026-01-01"}
    outline = filled_hub.folder / "wards.geojson"
    workflows.add_site(borough[0], LEAD, words, outline=outline)
    view = workflows.groups_view(borough[0], LEAD, today=TODAY)
    by_name = {site[1]: site[5] for site in view.sites}
    assert by_name["Both wards"] == "Quay Street, Mill Lane"
    assert view.apart.startswith("0 of 2 hotspots")
    officer = workflows.groups_view(borough[0], WARDEN, today=TODAY)
    assert {site[1]: site[5] for site in officer.sites}["Both wards"] == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"target": "few"}, "whole number"),
        ({"site": "nowhere"}, "hotspot:NUMBER"),
        ({"title": " "}, "no title"),
        ({"types": "noises off"}, "noises off"),
        ({"details": "x" * 5_000}, "Shorten it"),
    ],
)
def test_what_cannot_be_read_is_said(draft, words, said):
    with pytest.raises(ParameterError, match=said):
        draft(**words)


def test_an_actions_place_leads_to_its_hotspot_for_those_who_may_see_the_list(draft, borough):
    store, place = borough
    kept = draft(owner="warden")
    views = [workflows.action_view(store, one, kept.key, today=TODAY) for one in (LEAD, WARDEN)]
    assert views[0].place_address == f"/hotspots/{place.removeprefix('hotspot:')}"
    assert dict(views[0].facts)["Place chosen from"].startswith("The list of hotspots kept on ")
    assert views[1].place_address == ""
    assert "Place chosen from" not in dict(views[1].facts)


def test_a_form_offers_names_its_reader_may_know_and_no_others(draft, borough):
    store, _ = borough
    draft(owner="warden-7", agency="wardens", partners="secret-team", readers="lead")
    forms = {
        who.id: {one.name: one.offered for one in workflows.new_action_form(store, who, {})}
        for who in (LEAD, LOCAL_ANALYST)
    }
    assert "warden-7" in forms["lead"]["owner"]
    assert "secret-team" in forms["lead"]["agency"]
    assert "secret-team" not in forms[LOCAL_ANALYST.id]["agency"]
