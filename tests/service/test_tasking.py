"""Groups and actions through the pages: plain forms, what is wrong said where it was written."""

import re
from datetime import date

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.filters import read_filter
from aim.model.people import Role

OWN = {"origin": "http://127.0.0.1"}
HTML = {**OWN, "accept": "text/html"}
HOSTILE = "<script>hit()</script>"
FORM = {
    "title": "Mend the lights",
    "partners": "council",
    "types": "asb",
    "months": "1",
    "target": "3",
    "owner": "warden",
    "agency": "wardens",
    "resource": "Two nights",
    "cost": "0",
    "priority": "Nights",
    "start": "2026-05-10",
    "due": "2026-06-10",
    "review": "2026-07-10",
}


class People:
    def __init__(self, house):
        self.house = house
        house.add("lead", Role.COORDINATOR)
        house.add("ana", Role.ANALYST)
        house.add("warden", Role.OFFICER)
        house.add("other", Role.OFFICER)
        house.add("auditor", Role.AUDITOR)
        period = {"since": "2026-04-01", "until": "2026-05-01"}
        run = workflows.find_hotspots(house.store, LOCAL_ANALYST, read_filter(period), save=True)
        self.place = f"hotspot:{run.hotspots['hotspot_id'].iloc[0]}"
        self.clients = {}

    def send(self, who, path, **form):
        return self[who].post(path, headers=HTML, data=form, follow_redirects=False)

    def draft(self, **form):
        answer = self.send("lead", "/actions", **{**FORM, "site": self.place, **form})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("?")[0]

    def page(self, who, path):
        return self[who].get(path, headers=HTML)

    def __getitem__(self, who):
        if who not in self.clients:
            self.clients[who] = self.house.signed_in(who)
        return self.clients[who]


@pytest.fixture(scope="module")
def people(build_house, busy):
    return People(build_house(busy))


def test_the_story_from_draft_to_done(people):
    path = people.draft(partners="", target="")
    refused = people.send("lead", f"{path}/move", to="agreed", version="1")
    assert refused.status_code == 422
    assert "It cannot be agreed yet" in refused.text
    assert "<strong>Specific:</strong> Say with whom" in refused.text
    assert "<strong>Measurable:</strong> Say how many" in refused.text
    people.send("lead", path, **{**FORM, "version": "1"})
    assert "Ready to be agreed" in people.page("lead", path).text
    assert people.send("lead", f"{path}/move", to="agreed", version="2").status_code == 303
    page = people.page("warden", path).text
    assert "Agreed on " in page
    assert "It is under way" in page
    assert people.send("warden", f"{path}/move", to="under way", version="3").status_code == 303
    told = people.send("warden", f"{path}/update", progress="50", told="Half.", version="4")
    assert told.status_code == 303
    assert "The update is kept." in people.page("warden", told.headers["location"]).text
    assert "50 % done" in people.page("warden", path).text


def test_two_who_change_one_version_are_shown_both(people):
    path = people.draft()
    people.send("lead", path, **{**FORM, "cost": "5", "version": "1"})
    late = people.send(
        "ana", path, **{**FORM, "cost": "9", "details": "Typed long.", "version": "1"}
    )
    assert late.status_code == 409
    assert "Nothing is lost" in late.text
    assert "£5" in late.text
    assert "Typed long." in late.text
    (version,) = re.findall(r'name="version" value="(\d+)"', late.text)
    kept = people.send("ana", path, **{**FORM, "cost": "9", "version": version})
    assert kept.status_code == 303


def test_a_move_that_came_late_says_so_and_moves_nothing(people):
    path = people.draft()
    people.send("lead", path, **{**FORM, "cost": "5", "version": "1"})
    late = people.send("lead", f"{path}/move", to="dropped", words="No need.", version="1")
    assert late.status_code == 409
    assert "No need." in late.text
    assert "Draft at" in people.page("lead", path).text


def test_what_cannot_be_kept_comes_back_as_it_was_written(people):
    answer = people.send("lead", "/actions", **{**FORM, "target": "few"})
    assert answer.status_code == 422
    assert "whole number" in answer.text
    assert 'value="few"' in answer.text
    path = people.draft()
    changed = people.send("lead", path, **{**FORM, "due": "soon", "version": "1"})
    assert changed.status_code == 422
    assert 'value="soon"' in changed.text


def test_markup_in_what_people_write_is_text(people):
    path = people.draft(title=f"Mend {HOSTILE}")
    for page in (path, "/actions", "/actions?by=group"):
        text = people.page("lead", page).text
        assert HOSTILE not in text
        assert "&lt;script&gt;" in text


def test_the_board_shows_each_his_own(people):
    people.draft(title="For the warden", owner="warden", agency="nobodys")
    assert "For the warden" in people.page("warden", "/actions?mine=1").text
    assert "For the warden" not in people.page("other", "/actions").text
    assert "For the warden" not in people.page("lead", "/actions?mine=1").text


def test_a_restricted_action_is_absent_for_others(people):
    path = people.draft(title="Behind closed doors", readers="warden")
    for who in ("ana", "other"):
        assert people.page(who, path).status_code == 404
        assert "Behind closed doors" not in people.page(who, "/actions").text
    assert "Restricted" in people.page("warden", path).text
    assert people.send("ana", f"{path}/comment", words="So.").status_code == 404


def test_who_has_no_part_in_it_is_told_why(people):
    for path in ("/actions", "/groups", "/actions/new"):
        answer = people.page("auditor", path)
        assert answer.status_code == 403
        assert "does not allow it" in answer.text


def test_a_group_is_formed_and_changed(people):
    assert "no purpose" in people.send("lead", "/groups", name="Nights", purpose="").text
    formed = people.send("lead", "/groups", name="Nights", purpose="Quiet", chair="warden")
    path = formed.headers["location"].partition("?")[0]
    people.draft(title="Of the group", group=path.rpartition("/")[2])
    assert "Of the group" in people.page("warden", path).text
    assert people.send("lead", path, purpose="Quiet nights", version="1").status_code == 303
    late = people.send("lead", path, purpose="Something else", version="1")
    assert late.status_code == 409
    assert "<span>Quiet nights</span>" in late.text
    assert "Something else" in late.text
    assert 'name="version" value="2"' in late.text
    kept = people.send("lead", path, purpose="Something else", version="2")
    assert kept.status_code == 303
    assert people.page("other", path).status_code == 404


def test_another_site_changes_nothing(people):
    path = people.draft()
    answer = people["lead"].post(
        f"{path}/comment", data={"words": "x"}, headers={"origin": "https://evil.example.org"}
    )
    assert answer.status_code == 403


def test_the_board_says_what_is_overdue(people):
    path = people.draft(title="Late one")
    people.send("lead", f"{path}/move", to="agreed", version="1")
    view = workflows.board_view(people.house.store, LOCAL_ANALYST, today=date(2026, 6, 11))
    assert view.overdue >= 1
    late = [card for section in view.sections for card in section.cards if card.title == "Late one"]
    assert late[0].standing == "overdue since 10 June 2026"


def test_a_meeting_decides_and_says_what_is_wrong(people):
    assert people.page("lead", "/meetings").status_code == 200
    held = people.send("lead", "/meetings", day="2026-05-04", agencies="council")
    path = held.headers["location"]
    page = people.page("lead", path).text
    assert "present: council" in page
    hotspot = people.place.partition(":")[2]
    wrong = people.send("lead", path, hotspot_id=hotspot, choice="no action", version="1")
    assert wrong.status_code == 422
    assert "no reason" in wrong.text
    right = {"hotspot_id": hotspot, "choice": "watch", "noted": HOSTILE, "version": "1"}
    assert people.send("lead", path, **right).status_code == 303
    page = people.page("lead", path).text
    assert "<strong>Watch</strong>" in page
    assert HOSTILE not in page
    assert people.send("lead", path, **right).status_code == 409
    assert people.page("warden", path).status_code == 200
    assert people.send("warden", path, **right).status_code == 403


def test_a_list_kept_on_the_page_lies_on_a_meetings_table(people):
    period = "since=2026-04-01&until=2026-05-01"
    assert "Keep this list" in people.page("ana", f"/?{period}").text
    assert "Keep this list" not in people.page("warden", f"/?{period}").text
    kept = people.send("ana", f"/runs?{period}")
    assert kept.status_code == 303
    (run,) = re.findall(r"run=(r\d+)", kept.headers["location"])
    assert f'value="{run}"' in people.page("ana", kept.headers["location"]).text
    held = people.send("ana", "/meetings", day="2026-05-04", run_id=run)
    shown, listed = people.page("ana", held.headers["location"]), people.page("ana", f"/?{period}")
    assert "Kept on " in shown.text
    places = re.findall(r'<h3 id="place-\d+">\d+\. (.+?) <', shown.text)
    assert places
    assert all(one in listed.text for one in places)


def test_a_list_is_kept_from_our_own_pages_by_who_may(people):
    period = "since=2026-04-01&until=2026-05-01"
    assert people.send("warden", f"/runs?{period}").status_code == 403
    foreign = people["ana"].post(f"/runs?{period}", headers={**HTML, "origin": "http://evil.test"})
    assert foreign.status_code == 403


def test_a_meeting_that_cannot_be_held_says_why_and_keeps_what_was_written(people):
    refused = people.send("ana", "/meetings", day="soon", agencies="fire, police")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert 'value="fire, police"' in refused.text
