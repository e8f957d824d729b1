"""What a councillor may be told of the work in a ward, and what never."""

import random
from dataclasses import replace
from datetime import date

import pytest
import shapely

from aim.errors import NotAllowedError
from aim.model.actions import ActionPlan, ActionRecord, Site, Stage
from aim.model.people import Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.workflows.ward_figures import figure_wards
from aim.workflows.ward_tasks import may_be_told, safe_title, say_doings, ward_doings

ABBEY, BROOK = "E05099001", "E05099002"
COUNCILLOR = Actor("c1", "council", frozenset({Role.COUNCILLOR}), frozenset({ABBEY}))
SCRUTINY = Actor("s1", "council", frozenset({Role.SCRUTINY}))
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
QUAY = Site("Quay Street", "found", wards=(ABBEY,), outline=shapely.to_wkt(shapely.box(0, 0, 9, 9)))
PLAN = ActionPlan(
    "Joint walks",
    site=QUAY,
    types=("asb",),
    agency="council",
    response="patrol",
    start=date(2026, 5, 4),
    review=date(2026, 9, 1),
)
FELL = ("7 reports in May 2026, 20 when it was agreed: a fall beyond chance. The target was met.",)


def keep(store, key, plan, stage, **given):
    record = ActionRecord(plan, stage, **given)
    with store.transaction() as change:
        change.add_task(key, record, TaskEvent(EventKind.ADDED), actor="lead")


@pytest.fixture(scope="module")
def borough(filled_hub):
    store = filled_hub.store
    for number, stage in enumerate(Stage):
        keep(store, f"k{number}", replace(PLAN, title=f"Walks {'abcdefgh'[number]}"), stage)
    keep(store, "r", replace(PLAN, title="Lights"), Stage.REVIEWED, measured=FELL)
    keep(store, "b", replace(PLAN, site=replace(QUAY, wards=(BROOK,))), Stage.UNDER_WAY)
    return store


def test_what_is_agreed_under_way_and_done_is_told_and_no_draft(borough):
    told = ward_doings(borough, COUNCILLOR, ABBEY)
    assert [(one.what[-1], one.stage.split()[0].strip(",;")) for one in told.doing] == [
        *(("c", "Under"), ("b", "Agreed"), ("d", "Done")),
    ]
    assert told.doing[0].since == "4 May 2026"
    assert [one.what for one in told.did] == ["Walks e", "Lights"]
    assert told.did[1].came.startswith("Fewer reports than before")
    assert told.did[0].came == "What came of it is not known yet."


def test_a_ward_tells_its_own_alone(borough):
    assert [one.what for one in ward_doings(borough, SCRUTINY, BROOK).doing] == ["Joint walks"]
    with pytest.raises(NotAllowedError, match=BROOK):
        ward_doings(borough, COUNCILLOR, BROOK)
    with pytest.raises(NotAllowedError):
        ward_doings(borough, Actor("o", "x", frozenset({Role.OFFICER})), ABBEY)


def test_a_file_holds_no_free_text_and_no_count(borough):
    told = " ".join(say_doings(ward_doings(borough, COUNCILLOR, ABBEY, to_keep=True)))
    assert "Being done: Patrol, council: Under way, since 4 May 2026." in told
    for word in ("Walks", "Lights", "Quay", "20", "7 reports"):
        assert word not in told.replace("2026", "")
    assert not ward_doings(borough, COUNCILLOR, ABBEY, to_keep=True, public_only=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"readers": frozenset({"lead"})},
        {"readers": frozenset({"(everybody)"})},
        {"site": replace(QUAY, readers=frozenset({"lead"}))},
        {"types": ("asb", "sexual-offences")},
        {"details": "After domestic abuse was reported."},
        {"title": "Visits after a sexual assault"},
    ],
)
def test_what_is_restricted_or_sensitive_is_not_told(changes):
    assert may_be_told(PLAN)
    assert not may_be_told(replace(PLAN, **changes))


@pytest.mark.parametrize("title", ["Lights at 9 Mill Lane", "Walks on the QUAY", "In Quay Street"])
def test_a_title_that_names_a_place_gives_way_to_the_kind(title):
    assert safe_title(replace(PLAN, title=title), to_keep=False) == "Patrol"
    assert safe_title(replace(PLAN, title=title, response=""), to_keep=False) == "An action"
    assert safe_title(PLAN, to_keep=False) == "Joint walks"


def test_for_random_wards_nothing_differs_with_and_without_a_restricted_action(borough):
    rng = random.Random(9)
    people = [
        Actor(f"p{n}", "x", frozenset({role}), frozenset(rng.sample([ABBEY, BROOK], 1)))
        for n, role in enumerate([Role.COUNCILLOR, Role.SCRUTINY, Role.COUNCILLOR, Role.ANALYST])
    ]

    def shown():
        return [
            ward_doings(borough, who, code, to_keep=keeps)
            for who in people
            for code in (who.wards if who.roles == {Role.COUNCILLOR} else (ABBEY, BROOK))
            for keeps in (False, True)
        ]

    before = shown()
    for number, stage in enumerate(Stage):
        only = frozenset({f"p{number}", "lead"})
        keep(borough, f"h{number}", replace(PLAN, readers=only), stage, measured=FELL)
    assert shown() == before


def test_the_own_wards_come_first(borough):
    both = Actor("c2", "x", frozenset({Role.SCRUTINY}), frozenset({BROOK}))
    assert [one.value for one in figure_wards(borough, both)] == [BROOK, ABBEY]
