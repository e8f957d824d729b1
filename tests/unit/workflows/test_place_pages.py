"""A place's page: counts by hand, the same ground from both sides, nothing hidden shows through."""

import random
from datetime import UTC, date, datetime

import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.errors import AimError, ParameterError
from aim.model.actions import ActionPlan, ActionRecord, Site, Stage
from aim.model.equipment import Deployment
from aim.model.filters import read_filter
from aim.model.people import Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.model.visits import Visit
from aim.workflows.outlines import check_outline, read_corners
from aim.workflows.place_work import place_work

TODAY = date(2026, 6, 1)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
ORDER = {"owner": "council", "purpose": "No drinking", "since": "2026-01-01"}
# Around Quay Street's three snap points at 300, 340 and 380 metres; the last lies outside.
WEST_TWO = "480290 530390; 480350 530390; 480350 530410; 480290 530410"


@pytest.fixture(scope="module")
def borough(filled_hub):
    """Give a store with a saved run and a designated place over two of three points of one."""
    store = filled_hub.store
    period = {"since": "2026-04-01", "until": "2026-05-01"}
    run = workflows.find_hotspots(store, LOCAL_ANALYST, read_filter(period), save=True)
    site = workflows.add_site(store, LEAD, {"name": "Order", **ORDER, "corners": WEST_TWO})
    quay = dict(zip(run.hotspots["name"], run.hotspots["hotspot_id"], strict=True))["Quay Street"]
    return store, site, quay


def page(store, who, key):
    return workflows.place_view(store, who, Settings(), key, today=TODAY)


def keep(store, key, record):
    with store.transaction() as change:
        change.add_task(key, record, TaskEvent(EventKind.ADDED), actor="lead")


def test_a_place_and_a_hotspot_are_laid_beside_each_other_from_both_sides(borough):
    store, site, quay = borough
    (here,) = page(store, LEAD, site.key).beside
    # Twelve reports in April at three points: four each.
    assert (here.both, here.only_this, here.only_other) == (8, 0, 4)
    assert here.address == f"/hotspots/{quay}"
    (there,) = workflows.beside_places(store, LEAD, quay)
    assert (there.both, there.only_this, there.only_other) == (8, 4, 0)
    assert (there.share_of_this, there.share_of_other) == (here.share_of_other, here.share_of_this)
    assert there.address == f"/places/{site.key}"


def test_a_place_says_what_was_reported_inside_it_alone(borough):
    store, site, _ = borough
    view = page(store, LEAD, site.key)
    # Six in March and twelve in April at three points: two of three lie inside.
    assert view.sources == (("norbeck-police", "12"),)
    assert view.types == (("Anti-social behaviour", "12"),)
    assert view.line.wards == "Abbey"
    assert "only to their month" in view.times.sentence
    assert [row[1] for row in view.chart.rows if row[1] != "0"] == ["4", "8"]


def test_a_place_of_wards_counts_its_wards(borough):
    store, *_ = borough
    site = workflows.add_site(store, LEAD, {"name": "All of Abbey", "wards": "Abbey"})
    view = page(store, LEAD, site.key)
    assert view.sources == (("norbeck-police", "18"),)
    assert (view.beside, view.runs) == ((), ())
    assert "no outline" in view.runs_said


def test_visits_and_equipment_stand_with_the_place_and_with_none_far_off(borough):
    store, site, _ = borough
    here, away = site.what, Site("Away", "raised by people", outline="POINT (481500 530500)")
    at = datetime(2026, 5, 1, 21, tzinfo=UTC)
    keep(store, "v1", Visit("hub", here, at, 15, "Spoke to people"))
    keep(store, "v2", Visit("hub", here, at, 20, taken_back="Twice"))
    keep(store, "v3", Visit("hub", away, at, 45))
    keep(store, "d1", Deployment("u1", "camera", "C-4", here, since=date(2026, 5, 2)))
    work = place_work(store, LEAD, here, today=TODAY)
    assert work.visits_said == "1 visit since 1 May 2026, 15 minutes in all."
    assert work.visits == (("1 May 2026, 22:00", "hub", "15 min", "Spoke to people"),)
    ((what, when, stands, _),) = work.equipment
    assert (what.rpartition(" ")[2], when, stands) == ("C-4", "since 2 May 2026", "There now")


def test_a_result_is_told_where_the_review_kept_it(borough):
    store, site, _ = borough
    plan = ActionPlan("Mend the lights", site=site.what)
    reviewed = ActionRecord(plan, Stage.REVIEWED, result="Quieter.", measured=("8, was 20.",))
    keep(store, "a1", reviewed)
    keep(store, "a2", ActionRecord(ActionPlan("Walk", site=site.what), Stage.DONE))
    work = place_work(store, LEAD, site.what, today=TODAY)
    assert [(one.told, one.measured) for one in work.results] == [("Quieter.", ("8, was 20.",))]
    assert {card.title for card in work.actions} == {"Mend the lights", "Walk"}


@pytest.mark.slow
def test_for_random_roles_nothing_differs_with_and_without_restricted_rows(borough):
    store, site, quay = borough
    rng = random.Random(4)
    people = [
        Actor(f"p{n}", rng.choice(["hub", "fire"]), frozenset(rng.sample(list(Role), 2)))
        for n in range(5)
    ]
    looks = (
        lambda who: page(store, who, site.key),
        lambda who: workflows.places_view(store, who),
        lambda who: workflows.beside_places(store, who, quay),
        lambda who: workflows.hotspot_work(store, who, quay, today=TODAY),
    )
    before = [[told(look, who) for look in looks] for who in people]
    hide_rows(store, site)
    assert [[told(look, who) for look in looks] for who in people] == before
    assert len(workflows.beside_places(store, LEAD, quay)) > 1


def hide_rows(store, site):
    only = frozenset({"lead"})
    words = {"name": "Number nine", **ORDER, "corners": WEST_TWO, "readers": "lead"}
    workflows.add_site(store, LEAD, words)
    keep(store, "h1", ActionRecord(ActionPlan("Hidden", site=site.what, readers=only)))
    at = datetime(2026, 5, 3, tzinfo=UTC)
    keep(store, "h2", Visit("hub", site.what, at, 9, readers=only))
    keep(store, "h3", Deployment("u2", "camera", "C-5", site.what, readers=only))


def told(look, who):
    try:
        return look(who)
    except AimError as error:
        return str(error)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("0,51.5,0.001,51.501", None),
        ("480000 530000\n480100 530000\n480100 530100", (480000, 530000, 480100, 530100)),
        ("480000,530000; 480100,530000; 480100,530100", (480000, 530000, 480100, 530100)),
        ("0.0 51.5; 0.001 51.5; 0.001 51.501", None),
    ],
)
def test_corners_are_read_in_metres_and_in_degrees(text, bounds):
    shape = read_corners(text)
    assert shape.is_valid
    if bounds:
        assert shape.bounds == bounds
    else:
        assert 530_000 < shape.centroid.x < 540_000


def test_an_outline_that_is_no_place_is_refused(borough):
    store = borough[0]
    assert check_outline(store, shapely.box(480_900, 530_000, 481_200, 530_100)) == (
        "E05099002",
        "E05099001",
    )
    for shape, said in (
        (shapely.box(480_000, 530_000, 480_009, 530_010), "holds 90 square metres"),
        (shapely.box(400_000, 400_000, 400_100, 400_100), "outside every ward"),
    ):
        with pytest.raises(ParameterError, match=said):
            check_outline(store, shape)
