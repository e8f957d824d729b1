"""What is restricted is nowhere for anybody else: no page, count or file differs without it."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

import marked
import pytest
import walking

from aim.access import LOCAL_ANALYST
from aim.model.actions import Baseline
from aim.model.campaigns import Campaign
from aim.model.equipment import Deployment, Unit
from aim.model.plans import Osara
from aim.model.tasks import EventKind, TaskEvent
from aim.model.visits import Visit
from aim.testing.stores import invented_action, invented_group, invented_meeting, invented_site
from aim.workflows.sites import site_of_hotspot

pytestmark = pytest.mark.slow

READER, READERS = "coordinator", frozenset({"coordinator"})
BEGAN, AT = date(2026, 4, 1), datetime(2026, 4, 10, 20, tzinfo=UTC)
# Where the office's records could show.
OFFICE = re.compile(
    "/($|wards|hotspots|actions|groups|meetings|places|plans|responses|equipment|visits|tonight"
    "|planner|campaigns|value|calendar|results|api/hotspots|analysis/effect)"
)
# Numbers a page draws anew each time it is shown.
ONCE = re.compile(rb'nonce="[^"]+"|name="visit" value="[^"]+"')
PEOPLE = ("analyst", READER, "officer", "police-partner", "councillor")


@pytest.fixture(scope="module")
def office(tmp_path_factory, client_of):
    store, marks = marked.make_marked_store(tmp_path_factory.mktemp("office"))
    with closing(store):
        yield walking.Town(store, marks, client_of)


def keep(store, records):
    with store.transaction() as change:
        for key, one in records.items():
            change.add_task(key, one, TaskEvent(EventKind.ADDED, "Quietly."), actor=READER)


def records_of(place, mark, readers, of):
    """Return one record of each kind at a place, open to all or restricted to some."""
    mine = {"group": "g1", "owner": "officer", "agency": marked.OWN, "types": ("asb",)}
    action = invented_action(
        title=f"{mark} action",
        site=place,
        readers=readers,
        start=BEGAN,
        review=date(2026, 6, 2),
        stage="under way",
        **mine,
    )
    reviewed = replace(
        action,
        plan=replace(action.plan, title=f"{mark} result", response="lighting", cost=900),
        stage="reviewed",
        baseline=Baseline(9, date(2026, 3, 1), BEGAN, 2, 16),
        result=f"{mark} words.",
        measured=(f"{mark} count.",),
    )
    beside = invented_site(name=f"{mark} yard", origin="designated", readers=readers)
    kind = ("sign", f"{mark} 7")
    stood = Deployment(f"{of}-unit", *kind, place, since=BEGAN, readers=readers)
    unit = Unit(*kind, "deployed", agency=marked.OWN, deployment=f"{of}-stood", readers=readers)
    return {
        "place": beside,
        "open": action,
        "late": replace(action, plan=replace(action.plan, due=BEGAN, title=f"{mark} late")),
        "result": reviewed,
        "beside": invented_action(title=f"{mark} beside", site=beside, **mine),
        "visit": Visit(marked.OWN, place, AT, 45, f"{mark} walk", readers=readers),
        "unit": unit,
        "stood": stood,
        "problem": Osara(beside, "g1", objective=f"{mark} aim"),
        "campaign": Campaign(f"{mark} nights", BEGAN, AT.date(), funding=900, readers=readers),
    }


def asked(town):
    """Yield every address, those of single records with the numbers of open ones."""
    numbers = {"actions": "open-open", "groups": "g1", "meetings": "m1", "places": "open-place"}
    numbers |= {"equipment": "open-unit", "plans": "g1"}
    hotspots = marked.saved_hotspots(town.store)
    for name, endpoint in walking.routes_of(town.app).items():
        if name.startswith("GET") and OFFICE.match(name.partition(" ")[2]):
            for path in walking.paths_of(name, endpoint, hotspots):
                kind = path.split("/")[1]
                yield path.replace("no-such-key", numbers.get(kind, "no-such-key"))


def told(town, role):
    """Return what a role is answered by address, without what differs between two askings."""
    answers = {}
    for path in asked(town):
        answer = town.clients[role].get(path, headers=walking.HTML, follow_redirects=False)
        content = marked.opened(answer.content)
        answers[path] = answer.status_code, ONCE.sub(b"", content)
    return answers


def test_nobody_else_is_answered_otherwise_for_what_is_restricted(office):
    hotspot = marked.saved_hotspots(office.store)[0]
    place = site_of_hotspot(office.store, LOCAL_ANALYST, hotspot)
    group = invented_group(chair="officer", members=frozenset({"analyst"}), partners=(marked.OWN,))
    keep(office.store, {"g1": group, "m1": invented_meeting(group="g1")})
    openly = records_of(place, "Plain", frozenset(), "open")
    keep(office.store, {f"open-{key}": one for key, one in openly.items()})
    before = {role: told(office, role) for role in PEOPLE}
    shown = ("actions/open-open", "equipment/open-unit", "groups/g1", "meetings/m1", "plans/g1")
    assert [before["analyst"][f"/{page}"][0] for page in shown] == [200] * len(shown)

    hidden = records_of(place, "Zebra", READERS, "hidden")
    keep(office.store, {f"hidden-{key}": one for key, one in hidden.items()})
    after = {role: told(office, role) for role in PEOPLE}
    changed = {
        role: [path for path, answer in after[role].items() if answer != before[role][path]]
        for role in PEOPLE
    }
    seen_by_reader = changed.pop(READER)
    assert {role: paths for role, paths in changed.items() if paths} == {}
    assert {"/actions", "/groups/g1", "/equipment", "/visits", "/planner"} <= set(seen_by_reader)
