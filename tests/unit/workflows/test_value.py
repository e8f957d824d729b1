"""The value of the process: every figure by hand, overlaps once, nothing hidden in it."""

import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.errors import NotAllowedError
from aim.model.actions import ActionPlan, ActionRecord, Baseline, Site, Stage
from aim.model.filters import read_filter
from aim.model.people import Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.store import open_store
from aim.workflows.reviews import effect_of
from aim.workflows.value import say_effect

TODAY = date(2026, 6, 30)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
BASELINE = Baseline(36, date(2025, 5, 1), date(2025, 8, 1), 18, 55)
AT_ALDER = Site(
    "Alder",
    "designated",
    outline=shapely.to_wkt(shapely.box(480_000, 530_000, 480_400, 530_400)),
    owner="council",
    purpose="x",
)
PLAN = ActionPlan(
    "Mend the lights",
    site=AT_ALDER,
    types=("burglary",),
    months=3,
    target=18,
    owner="lead",
    agency="council",
    partners=("police",),
    resource="Two",
    cost=0,
    priority="Nights",
    start=date(2025, 8, 1),
    due=date(2025, 9, 1),
    review=date(2025, 11, 2),
)


def keep(store, key, plan=PLAN, stages=("agreed", "under way", "done")):
    """Keep an action that went through some stages now, by the store's clock."""
    stage = Stage(stages[-1]) if stages else Stage.DRAFT
    record = ActionRecord(plan, stage, baseline=BASELINE if stages else None)
    with store.transaction() as change:
        change.add_task(key, record, TaskEvent(EventKind.ADDED), actor="lead")
        for name in stages:
            event = TaskEvent(EventKind.MOVED, changes=(("stage", "", name),))
            change.note_task(ActionRecord, key, event, actor="lead")


def said(store, name, who=LEAD, today=TODAY):
    lines = workflows.value_view(store, who, today=today).lines
    return next(one.said for one in lines if one.name == name)


@pytest.fixture
def ten_months(sites, tmp_path):
    """Give a copy of the store of ten months, to be changed."""
    workflows.back_up(sites.store, LOCAL_ANALYST, tmp_path / "copy.db")
    (tmp_path / "copy.db.key").write_bytes((sites.folder / "aim.db.key").read_bytes())
    clock = lambda: datetime(2025, 8, 20, 9, tzinfo=UTC)  # noqa: E731 - one moment
    opened = open_store(f"sqlite:///{(tmp_path / 'copy.db').as_posix()}", clock=clock)
    yield opened
    opened.close()


def test_an_empty_hub_says_that_there_is_nothing_yet(empty_hub):
    assert said(empty_hub.store, "Places found") == "0"
    for name in ("Places taken up", "Acted on in time", "SMART actions", "Joint actions"):
        assert said(empty_hub.store, name) == "Nothing to count yet"
    assert said(empty_hub.store, "Summed effect") == "Nothing measured yet"
    assert "Places found: 0" in workflows.value_text(empty_hub.store, LEAD, today=TODAY)


def test_actions_are_counted_in_time_smart_and_joint(ten_months):
    keep(ten_months, "in-time", replace(PLAN, site=replace(AT_ALDER, outline="")))
    late = replace(PLAN, site=replace(AT_ALDER, outline=""), due=date(2025, 8, 19), partners=())
    keep(ten_months, "late", late)
    keep(ten_months, "open", replace(late, due=date(2025, 8, 20)), ("agreed",))
    keep(ten_months, "to-come", replace(late, due=TODAY), ("agreed",))
    keep(ten_months, "draft", late, ())
    keep(ten_months, "dropped", late, ("dropped",))
    assert said(ten_months, "Acted on in time") == "1 of 3 (33%)"
    assert said(ten_months, "Joint actions") == "1 of 4 (25%)"
    assert said(ten_months, "SMART actions") == "0 of 5 (0%)"


def test_an_action_with_every_part_is_smart_also_after_its_day(ten_months):
    whole = replace(PLAN, due=date(2025, 9, 30))
    keep(ten_months, "k1", whole, ("agreed",))
    keep(ten_months, "k2", replace(whole, cost=None), ("agreed",))
    assert said(ten_months, "SMART actions") == "1 of 2 (50%)"


@pytest.mark.slow
def test_an_effect_that_overlaps_an_earlier_one_is_not_in_the_sum(ten_months):
    keep(ten_months, "k1")
    (one,) = workflows.value_view(ten_months, LEAD, today=TODAY).effects
    assert (one.place, one.against, one.left_out) == ("Alder", "Birch Road", "")
    assert one.said == "no clear effect: about 21 incidents fewer (between 43 fewer and 1 more)"
    keep(ten_months, "k2", replace(PLAN, title="Walks", start=date(2025, 7, 15)))
    keep(ten_months, "k3", replace(PLAN, title="Open"), ("agreed",))
    view = workflows.value_view(ten_months, LEAD, today=TODAY)
    assert [line.left_out for line in view.effects] == [
        "",
        "not in the sum: overlaps with Walks",
    ]
    assert view.warnings[0] == (
        "Not in the sum, for it would count twice with one before it: 1 action."
    )
    assert said(ten_months, "Summed effect") == one.said


def test_effects_of_places_apart_are_summed_with_their_errors(ten_months):
    keep(ten_months, "k1")
    square = shapely.to_wkt(shapely.box(483_000, 530_000, 483_400, 530_400))
    birch = replace(PLAN, title="Walks", site=replace(AT_ALDER, name="Birch", outline=square))
    keep(ten_months, "k2", birch)
    found = [effect_of(ten_months, LEAD, done(plan)).assessment for plan in (PLAN, birch)]
    total = sum(one.difference.estimate for one in found)
    error = math.sqrt(sum(one.difference.standard_error**2 for one in found))
    assert total == pytest.approx(0, abs=6)
    assert said(ten_months, "Summed effect") == say_effect(total, error)
    assert error > found[0].difference.standard_error * 1.2


def done(plan):
    return ActionRecord(plan, Stage.DONE, baseline=BASELINE)


def test_a_place_found_is_taken_up_by_an_agreed_action(ten_months):
    spring = read_filter({"since": "2025-05-01", "until": "2025-08-01"})
    run = workflows.find_hotspots(ten_months, LOCAL_ANALYST, spring, save=True)
    places = len(run.hotspots)
    assert said(ten_months, "Places found") == str(places)
    assert said(ten_months, "Places taken up").startswith(f"0 of {places}")
    keep(ten_months, "k1", stages=("agreed",))
    assert said(ten_months, "Places taken up").startswith(f"1 of {places}")
    assert said(ten_months, "From found to agreed") == "0 days"
    meeting = workflows.add_meeting(ten_months, LOCAL_ANALYST, {"day": "2025-08-20"})
    for choice in ("watch", "take up"):
        words = {"hotspot_id": str(run.hotspots["hotspot_id"].iloc[-1]), "choice": choice}
        if choice == "take up":
            words["group"] = workflows.add_group(
                ten_months, LEAD, {"name": "G", "purpose": "P"}
            ).key
        workflows.decide(ten_months, LOCAL_ANALYST, meeting.key, words)
        up = 2 if choice == "take up" else 1
        assert said(ten_months, "Places taken up").startswith(f"{up} of {places}")


@pytest.mark.parametrize(
    ("estimate", "error", "told"),
    [
        (-20.0, 5.0, "about 20 incidents fewer than places like them (10 to 30 fewer)"),
        (20.0, 5.0, "about 20 incidents more than places like them (10 to 30 more)"),
        (-5.0, 5.0, "no clear effect: about 5 incidents fewer (between 15 fewer and 5 more)"),
        (5.0, 5.0, "no clear effect: about 5 incidents more (between 5 fewer and 15 more)"),
    ],
)
def test_a_sum_is_said_with_its_interval(estimate, error, told):
    assert say_effect(estimate, error) == told


def test_for_random_roles_nothing_differs_with_and_without_a_restricted_action(ten_months):
    rng = random.Random(6)
    people = [
        Actor(f"p{n}", rng.choice(["council", "police"]), frozenset(rng.sample(list(Role), 2)))
        for n in range(5)
    ]

    def shown(who):
        try:
            return workflows.value_view(ten_months, who, today=TODAY)
        except NotAllowedError as error:
            return str(error)

    keep(ten_months, "k1", stages=("agreed",))
    before = list(map(shown, people))
    keep(ten_months, "h1", replace(PLAN, readers=frozenset({"lead"})))
    assert list(map(shown, people)) == before
    assert said(ten_months, "Joint actions") == "2 of 2 (100%)"
