"""Lists say what is being done at a place, to those who may know of it."""

import io
import json
from dataclasses import replace
from datetime import date

import geopandas as gpd
import openpyxl
import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.model.actions import ActionPlan, ActionRecord, Site, Stage
from aim.model.filters import read_filter
from aim.model.groups import Choice, Decision, Meeting
from aim.model.hotspots import HotspotParameters
from aim.model.people import Action, Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.workflows.being_done import Doings, doings_of, say_doing

LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
OFFICER = Actor("o1", "Norbeck Police", frozenset({Role.OFFICER}))
APRIL = read_filter({"since": "2026-04-01", "until": "2026-05-01"})
HERE = shapely.box(0, 0, 100, 100)
AWAY = shapely.box(500, 500, 600, 600)


def action(title, stage, place=HERE):
    site = Site("Quay", "found", outline=shapely.to_wkt(place))
    return place, ActionRecord(ActionPlan(title, site=site), stage)


def decision(choice, day, place=HERE):
    given = Decision("h1", "Quay", choice, outline=shapely.to_wkt(place))
    return place, Meeting(day, "r1", decisions=(given,)), given


def test_what_is_under_way_is_told_first_and_the_rest_counted():
    doings = Doings(
        (
            action("Done one", Stage.DONE),
            action("B", Stage.AGREED),
            action("Z", Stage.UNDER_WAY),
            action("Elsewhere", Stage.UNDER_WAY, AWAY),
        )
    )
    assert say_doing(doings, HERE) == "Under way: Z, and 2 more"
    assert say_doing(doings, AWAY) == "Under way: Elsewhere"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice.TAKE_UP, "Taken up on 4 May 2026"),
        (Choice.IN_HAND, "In hand since 4 May 2026"),
        (Choice.WATCH, "Watched since 4 May 2026"),
        (Choice.NO_ACTION, "No action, decided on 4 May 2026"),
    ],
)
def test_a_decision_is_told_where_no_action_is(choice, said):
    older = decision(Choice.WATCH, date(2026, 4, 6))
    newer = decision(choice, date(2026, 5, 4))
    assert say_doing(Doings(decisions=(newer, older)), HERE) == said
    assert say_doing(Doings(decisions=(newer, older)), AWAY) == ""
    assert say_doing(Doings((action("A", Stage.DONE),), (newer,)), HERE) == "Done: A"


@pytest.fixture(scope="module")
def told(filled_hub):
    """Give a store with an open and a restricted action at the two places of its run."""
    store = filled_hub.store
    run = workflows.find_hotspots(store, LOCAL_ANALYST, APRIL, save=True)
    first, second = (
        Site("A", "found", outline=shapely.to_wkt(one)) for one in run.hotspots["geometry"][:2]
    )
    plans = (
        ActionPlan("Mend the lights", site=first),
        ActionPlan("Behind doors", site=second, readers=frozenset({"lead"})),
    )
    with store.transaction() as change:
        for key, plan in zip(("k1", "k2"), plans, strict=True):
            record = ActionRecord(plan, Stage.AGREED)
            change.add_task(key, record, TaskEvent(EventKind.ADDED), actor="lead")
    return store, run


def rows_for(store, who):
    return [
        row.being_done
        for row in workflows.hub_view(store, who, APRIL, HotspotParameters(), Settings()).hotspots
    ]


def test_the_hub_page_says_it_to_each_as_far_as_they_may_know(told):
    store, run = told
    assert rows_for(store, LEAD) == ["Agreed: Mend the lights", "Agreed: Behind doors"]
    assert rows_for(store, LOCAL_ANALYST) == ["Agreed: Mend the lights", "Nothing recorded"]
    assert doings_of(store, OFFICER) == Doings()
    hotspot = str(run.hotspots["hotspot_id"].iloc[0])
    page = workflows.hotspot_view(store, LEAD, hotspot, Settings())
    assert page.row.being_done == "Agreed: Mend the lights"


def exported(store, who, file_format):
    made = workflows.export_hotspots(
        *(store, who, APRIL, HotspotParameters(), Settings()),
        file_format=file_format,
        made=date(2026, 5, 4),
    )
    return made.content


def test_lists_that_leave_say_it_too_and_only_to_who_may_know(told):
    store, _ = told
    rows = json.loads(exported(store, LEAD, "json"))["hotspots"]
    assert [row["being_done"] for row in rows] == [
        "Agreed: Mend the lights",
        "Agreed: Behind doors",
    ]
    rows = json.loads(exported(store, LOCAL_ANALYST, "json"))["hotspots"]
    assert [row["being_done"] for row in rows] == ["Agreed: Mend the lights", ""]
    machine = replace(LOCAL_ANALYST, limits=frozenset({Action.VIEW, Action.EXPORT}))
    assert "being_done" not in json.loads(exported(store, machine, "json"))["hotspots"][0]


@pytest.mark.parametrize("file_format", ["csv", "geojson", "kml"])
def test_every_format_of_a_list_says_it(told, file_format):
    assert b"Agreed: Mend the lights" in exported(told[0], LEAD, file_format)


def test_a_list_in_excel_is_a_real_table_with_days_and_notes(told):
    book = openpyxl.load_workbook(io.BytesIO(exported(told[0], LEAD, "xlsx")))
    heads = [one.value for one in book["Hotspots"][1]]
    first = dict(zip(heads, [one.value for one in book["Hotspots"][2]], strict=True))
    assert first["being_done"] == "Agreed: Mend the lights"
    assert first["first_seen (London time)"].year == 2026
    assert book["Hotspots"].tables["Hotspots"].ref.startswith("A1:")
    assert book["Notes"]["A1"].value == "Title"


def test_a_geopackage_says_it_and_keeps_its_dates(told, tmp_path):
    path = tmp_path / "list.gpkg"
    path.write_bytes(exported(told[0], LEAD, "gpkg"))
    layer = gpd.read_file(path, layer="hotspots")
    assert layer["being_done"].tolist() == ["Agreed: Mend the lights", "Agreed: Behind doors"]
    assert layer["first_seen"].dt.year.tolist() == [2026, 2026]


def test_who_sees_no_actions_is_told_of_none(told):
    stranger = Actor("s1", "hub", frozenset({Role.SCRUTINY}))
    assert doings_of(told[0], stranger) == Doings()
