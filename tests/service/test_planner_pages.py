"""Campaigns and the planner through the pages: plain forms, what is wrong said where it was."""

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.people import Role

OWN = {"origin": "http://127.0.0.1"}
HTML = {**OWN, "accept": "text/html"}
HOSTILE = "<script>hit()</script>"
FORM = {
    "name": f"Dark nights {HOSTILE}",
    "start": "2026-04-10",
    "finish": "2026-06-20",
    "lead": "council",
    "project": "Safer homes",
    "funding": "900",
    "spent": "250",
}
ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Harbour fair <b>now</b>
DTSTART;VALUE=DATE:20260418
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def people(build_house, busy, tmp_path_factory):
    house = build_house(busy)
    path = tmp_path_factory.mktemp("town") / "town.ics"
    path.write_text(ICS, "utf-8")
    workflows.load_calendar(house.store, LOCAL_ANALYST, path, today=house.clock().date())
    house.add("lead", Role.COORDINATOR)
    house.add("other", Role.COORDINATOR)
    house.add("warden", Role.POLICE_PARTNER)
    return {name: house.signed_in(name) for name in ("lead", "other", "warden")}


def send(people, who, path, **form):
    return people[who].post(path, headers=HTML, data={**FORM, **form}, follow_redirects=False)


def test_a_campaign_goes_from_form_to_planner(people):
    kept = send(people, "lead", "/campaigns")
    assert kept.status_code == 303
    path = kept.headers["location"]
    page = people["warden"].get(path).text
    assert "Dark nights &lt;script&gt;" in page
    assert HOSTILE not in page
    assert 'method="post"' not in page.replace('method="post" action="/sign-out"', "")
    listed = people["warden"].get("/campaigns").text
    assert "Funding and spend by project" in listed
    assert "£650" in listed
    planner = people["warden"].get("/planner?year=2026/27").text
    assert f'<a href="{path}">Dark nights' in planner
    assert "from 10 April" in planner
    assert "all month" in planner
    assert "to 20 June" in planner
    assert "Harbour fair &lt;b&gt;now" in planner
    assert planner.count("<h2 id=") == 12


def test_what_cannot_be_kept_comes_back_as_it_was_written(people):
    answer = send(people, "lead", "/campaigns", finish="2026-01-01", lead="the council")
    assert answer.status_code == 422
    assert "before it starts" in answer.text
    assert 'value="the council"' in answer.text
    assert send(people, "warden", "/campaigns").status_code == 403


def test_two_who_change_one_version_are_told(people):
    path = send(people, "lead", "/campaigns").headers["location"]
    assert send(people, "lead", path, spent="300", version="1").status_code == 303
    late = send(people, "other", path, spent="400", version="1")
    assert late.status_code == 409
    assert "version 2" in late.text
    assert 'value="400"' in late.text
    assert "As it is now" in late.text
    assert '<td role="cell" data-label="Now"><span>300</span>' in late.text
    assert send(people, "other", path, spent="400", version="2").status_code == 303
    assert "£400" in people["lead"].get(path).text


def test_a_campaign_tells_who_changed_what_newest_first(people):
    path = send(people, "lead", "/campaigns").headers["location"]
    send(people, "other", path, spent="300", version="1")
    page = people["lead"].get(path).text
    told = page[page.index("What happened") :]
    assert "Spent so far, £: 300" in told
    assert told.index("other") < told.index("lead</span> Added")


def test_a_restricted_campaign_is_there_for_those_it_names_alone(people):
    kept = send(people, "lead", "/campaigns", name="Behind doors", readers="warden")
    path = kept.headers["location"]
    for who in ("lead", "warden"):
        assert "Restricted" in people[who].get(path).text
        assert "Behind doors" in people[who].get("/planner?year=2026/27").text
    assert people["other"].get(path, headers=HTML).status_code == 404
    for page in ("/campaigns", "/planner?year=2026/27"):
        assert "Behind doors" not in people["other"].get(page).text


def test_the_local_calendar_is_marked_on_the_chart_and_in_its_table(people):
    page = people["lead"].get("/?since=2026-04-01&until=2026-05-01").text
    assert 'class="trend-town"' in page
    assert "<li><strong>a</strong> Calendar: Harbour fair" in page
    assert "<td>Calendar: Harbour fair" in page
    assert "<b>now" not in page


def test_a_year_that_is_none_is_refused(people):
    assert people["lead"].get("/planner?year=soon", headers=HTML).status_code == 422
