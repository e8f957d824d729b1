"""Campaigns, the local calendar and the planner: to each as far as they may know."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.errors import ConflictError, NotAllowedError, NotFoundError, ParameterError
from aim.model.actions import ActionPlan, ActionRecord, Stage
from aim.model.campaigns import Campaign
from aim.model.groups import Group, Meeting
from aim.model.people import Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.workflows.calendar_marks import calendar_marks
from aim.workflows.campaigns import project_table
from aim.workflows.periods import Period

LEAD = Actor("lead", "council", frozenset({Role.COORDINATOR}))
OFFICER = Actor("o1", "fire", frozenset({Role.OFFICER}))
COUNCILLOR = Actor("c1", "council", frozenset({Role.COUNCILLOR}))
TODAY = date(2026, 5, 4)
WORDS = {
    "name": "Dark nights",
    "start": "2026-10-01",
    "finish": "2027-01-31",
    "purpose": "Ring 01632 960123",
    "lead": "council",
    "partners": "fire, police",
    "wards": "Abbey",
    "types": "burglary",
    "project": "Safer homes",
    "funder": "Home fund",
    "funding": "£9,000",
    "cost": "4000",
    "spent": "1500",
}
ICS = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
SUMMARY:Summer fair
DTSTART;VALUE=DATE:20260530
DTEND;VALUE=DATE:20260602
END:VEVENT
BEGIN:VEVENT
SUMMARY:Match
DTSTART;VALUE=DATE:20260801
RRULE:FREQ=DAILY;COUNT=12
END:VEVENT
BEGIN:VEVENT
SUMMARY:Private lunch
CLASS:PRIVATE
DTSTART;VALUE=DATE:20260801
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def store(filled_hub):
    return filled_hub.store


def test_a_campaign_is_kept_masked_and_said_by_names(store):
    kept = workflows.add_campaign(store, LEAD, WORDS)
    campaign = kept.what
    assert campaign.purpose == "Ring [phone]"
    assert (campaign.funding, campaign.cost, campaign.spent) == (9000, 4000, 1500)
    assert (campaign.wards, campaign.types) == (("E05099001",), ("burglary",))
    facts = dict(workflows.campaign_view(store, OFFICER, kept.key).facts)
    assert facts["Wards aimed at"] == "Abbey"
    assert facts["Reports aimed at"] == "Burglary"
    assert facts["Granted, £"] == "£9,000"
    assert workflows.campaign_view(store, OFFICER, kept.key).form == ()
    text = workflows.campaigns_text(store, LEAD)
    assert "1 October 2026 to 31 January 2027" in text
    assert "£7,500" in text


def test_two_who_change_one_version_do_not_lose_each_other(store):
    kept = workflows.add_campaign(store, LEAD, WORDS)
    changed = workflows.change_campaign(store, LEAD, kept.key, {"spent": "1600"}, version=1)
    assert changed.what == replace(kept.what, spent=1600)
    with pytest.raises(ConflictError, match="version 2"):
        workflows.change_campaign(store, LEAD, kept.key, {"spent": "9"}, version=1)
    with pytest.raises(NotFoundError):
        workflows.change_campaign(store, LEAD, "nothing", {}, version=1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"name": " "}, "no name"),
        ({"start": ""}, "first or last day"),
        ({"finish": "2026-09-30"}, "before it starts"),
        ({"cost": "-5"}, "whole number from 0"),
        ({"types": "no such type"}, "No incident type"),
        ({"wards": "Nowhere"}, "Nowhere"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(store, words, told):
    with pytest.raises((ParameterError, NotFoundError), match=told):
        workflows.add_campaign(store, LEAD, WORDS | words)


def test_only_who_keeps_groups_plans_campaigns_and_loads_calendars(store, tmp_path):
    for actor in (OFFICER, COUNCILLOR):
        with pytest.raises(NotAllowedError):
            workflows.add_campaign(store, actor, WORDS)
        with pytest.raises(NotAllowedError):
            workflows.load_calendar(store, actor, tmp_path / "none.ics", today=TODAY)
    for page in (workflows.campaigns_view, workflows.campaigns_text):
        with pytest.raises(NotAllowedError):
            page(store, COUNCILLOR)
    with pytest.raises(NotAllowedError):
        workflows.planner_view(store, COUNCILLOR, today=TODAY)


def test_projects_are_added_up_and_what_nobody_said_stays_open():
    one = Campaign("A", TODAY, TODAY, project="P", funder="X", funding=100, spent=30)
    two = Campaign("B", TODAY, TODAY, project="P", funder="Y", cost=7, spent=90)
    other = Campaign("C", TODAY, TODAY)
    rows = project_table([one, two, other]).set_index("project")
    assert rows.loc["P", ["funding", "cost", "spent", "left"]].tolist() == [100, 7, 120, -20]
    assert rows.loc["P", "funders"] == "X, Y"
    assert rows.loc["P", "campaigns"] == 2
    assert rows.loc["No project named", ["funding", "left"]].isna().all()
    assert project_table([]).empty


@pytest.fixture(scope="module")
def planned(store, tmp_path_factory):
    """Give the store with a meeting, a group, actions, a calendar and what is restricted."""
    path = tmp_path_factory.mktemp("town") / "town.ics"
    path.write_text(ICS, "utf-8")
    report = workflows.load_calendar(store, LEAD, path, name="Town", today=TODAY)
    assert (report.days, report.replaced) == (13, False)
    assert report.left_out == ("1 event left out: marked as private.",)
    assert workflows.load_calendar(store, LEAD, path, name="Town", today=TODAY).replaced
    due = {"due": date(2026, 6, 30), "review": date(2026, 9, 1), "agency": "fire"}
    with store.transaction() as change:
        for key, what in {
            "g1": Group("Nights", "Less noise", partners=("fire",), reviews=(date(2026, 7, 7),)),
            "m1": Meeting(date(2026, 5, 4), "r1"),
            "a1": ActionRecord(ActionPlan("Mend lights", **due), Stage.AGREED),
            "a2": ActionRecord(ActionPlan("A draft", **due)),
            "a3": ActionRecord(ActionPlan("Finished", **due), Stage.DONE),
        }.items():
            change.add_task(key, what, TaskEvent(EventKind.ADDED), actor="lead")
    return store


def lines_of(store, actor, year="2026/27"):
    view = workflows.planner_view(store, actor, today=TODAY, year=year)
    return {
        month.name: [(one.when, one.kind, one.title) for one in (*month.lines, *month.more)]
        for month in view.months
    }


def test_the_planner_holds_what_a_year_brings(planned):
    months = lines_of(planned, OFFICER)
    assert next(iter(months)) == "April 2026"
    assert list(months)[-1] == "March 2027"
    assert ("4 May", "Meeting", "The whole partnership") in months["May 2026"]
    assert ("from 30 May", "Calendar", "Summer fair") in months["May 2026"]
    assert ("to 1 June", "Calendar", "Summer fair") in months["June 2026"]
    assert ("30 June", "Action due", "Mend lights") in months["June 2026"]
    assert ("7 July", "Review", "Nights") in months["July 2026"]
    reviews = [title for _, kind, title in months["September 2026"] if kind == "Review"]
    assert reviews == ["Finished", "Mend lights"]
    assert ("all month", "Campaign", "Dark nights") in months["November 2026"]
    assert ("to 31 January", "Campaign", "Dark nights") in months["January 2027"]
    assert all("draft" not in title.lower() for own in months.values() for *_, title in own)


def test_a_full_month_keeps_the_calendar_short_and_loses_nothing(planned):
    view = workflows.planner_view(planned, OFFICER, today=TODAY)
    august = view.months[4]
    assert (len(august.lines), len(august.more)) == (8, 4)
    assert view.months[1].now
    assert (view.earlier, view.later) == ("2025/26", "2027/28")
    assert workflows.planner_text(planned, OFFICER, today=TODAY).count("Match") == 12
    with pytest.raises(ParameterError, match="write it like 2025/26"):
        workflows.planner_view(planned, OFFICER, today=TODAY, year="soon")


def test_a_chart_has_one_quiet_mark_a_month(planned):
    marks = calendar_marks(planned, Period(date(2026, 5, 1), date(2026, 9, 1)))
    assert [(one.month, one.label, one.calendar) for one in marks] == [
        ("2026-05", "a", True),
        ("2026-08", "b", True),
    ]
    assert marks[0].words == "Calendar: Summer fair (30 May to 1 June)."
    assert marks[1].words.endswith("and 9 more.")
    assert marks[0].share == pytest.approx(29 / 31)
    assert calendar_marks(planned, Period(date(2026, 9, 1), date(2026, 10, 1))) == ()


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    role=st.sampled_from([Role.ANALYST, Role.COORDINATOR, Role.OFFICER, Role.POLICE_PARTNER]),
    agency=st.sampled_from(["council", "fire"]),
    money=st.integers(0, 9000),
)
def test_no_output_differs_with_and_without_a_restricted_row(planned, role, agency, money):
    who = Actor("somebody", agency, frozenset({role}))
    before = outputs(planned, who)
    hidden = {"name": "Behind doors", "funding": str(money), "readers": "lead"}
    kept = workflows.add_campaign(planned, LEAD, WORDS | hidden)
    assert outputs(planned, who) == before
    assert outputs(planned, LEAD) != before
    with pytest.raises(NotFoundError):
        workflows.campaign_view(planned, who, kept.key)


def outputs(store, who):
    return (
        workflows.campaigns_view(store, who).lines,
        workflows.campaigns_view(store, who).projects,
        workflows.campaigns_text(store, who),
        lines_of(store, who),
        workflows.planner_text(store, who, today=TODAY),
    )


def test_the_keeper_of_a_restricted_campaign_knows_of_it(store):
    kept = workflows.add_campaign(store, LOCAL_ANALYST, WORDS | {"readers": "o1"})
    assert kept.what.readers == {"o1", LOCAL_ANALYST.id}
    assert workflows.campaign_view(store, OFFICER, kept.key).restricted
