"""Equipment, visits and tonight's card through the pages: plain forms, one tap, no script."""

import re

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.filters import read_filter
from aim.model.people import Role

OWN = {"origin": "http://127.0.0.1"}
HTML = {**OWN, "accept": "text/html"}
HOSTILE = "<script>hit()</script>"
SIGN = {"kind_of": "sign", "identity": "S-1"}


class People:
    def __init__(self, house):
        self.house, self.clients = house, {}
        for who, role in (
            *(("lead", Role.COORDINATOR), ("ana", Role.ANALYST), ("warden", Role.OFFICER)),
            *(("police", Role.POLICE_PARTNER), ("auditor", Role.AUDITOR)),
        ):
            house.add(who, role)
        period = {"since": "2026-04-01", "until": "2026-05-01"}
        run = workflows.find_hotspots(house.store, LOCAL_ANALYST, read_filter(period), save=True)
        self.place = f"hotspot:{run.hotspots['hotspot_id'].iloc[0]}"

    def send(self, who, path, **form):
        return self[who].post(path, headers=HTML, data=form, follow_redirects=False)

    def page(self, who, path):
        return self[who].get(path, headers=HTML)

    def enter(self, **form):
        answer = self.send("lead", "/equipment", **{**SIGN, **form})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("?")[0]

    def __getitem__(self, who):
        if who not in self.clients:
            self.clients[who] = self.house.signed_in(who)
        return self.clients[who]


@pytest.fixture(scope="module")
def people(build_house, busy):
    return People(build_house(busy))


def test_a_unit_is_entered_set_up_and_taken_down(people):
    path = people.enter(identity="S-7")
    assert "Entered in the register." in people.page("lead", f"{path}?done=added").text
    words = {"site": people.place, "protocol": "Order area", "version": "1"}
    assert people.send("lead", f"{path}/deploy", **words).status_code == 303
    assert "S-7" in people.page("warden", "/equipment").text
    stands = people.page("warden", path).text
    assert "Deployed at" in stands
    assert "Take it down" not in stands  # not an officer's
    longer = people.send("lead", f"{path}/keep-up", until="2026-07-01", version="2")
    assert longer.status_code == 303
    down = people.send("lead", f"{path}/move", to="available", words="Quiet.", version="3")
    assert down.status_code == 303
    assert "Quiet." in people.page("lead", path).text


def test_what_cannot_be_kept_comes_back_as_it_was_written(people):
    refused = people.send("lead", "/equipment", kind_of="teapot", identity="T-1")
    assert refused.status_code == 422
    assert 'value="T-1"' in refused.text
    path = people.enter(kind_of="camera", identity="C-1")
    words = {"site": people.place, "protocol": HOSTILE, "version": "1"}
    refused = people.send("lead", f"{path}/deploy", **words)
    assert refused.status_code == 422
    assert "reference of its authorisation" in refused.text
    assert HOSTILE not in refused.text
    assert "&lt;script&gt;" in refused.text


def test_who_saw_an_old_version_is_told_and_changes_nothing(people):
    path = people.enter(identity="S-8")
    people.send("lead", path, note="First", version="1")
    late = people.send("ana", path, note="Second", version="1")
    assert late.status_code == 409
    assert "lead has made it version 2" in late.text
    assert 'value="Second"' in late.text
    assert "<span>First</span>" in late.text
    lost = people.send("ana", f"{path}/move", to="lost", words="Gone", version="1")
    assert lost.status_code == 409
    assert "Available" in people.page("lead", path).text


def test_a_dwelling_is_nowhere_for_others(people):
    path = people.enter(kind_of="alarm", identity="A-9")
    home = {"at_dwelling": "yes", "where": "Case 114", "protocol": "Safety plan", "version": "1"}
    assert people.send("lead", f"{path}/deploy", **home, authorisation="x").status_code == 303
    for who in ("ana", "warden", "police"):
        assert people.page(who, path).status_code == 404
        listed = people.page(who, "/equipment").text
        assert "A-9" not in listed
        assert "Case 114" not in listed
    assert "Restricted" in people.page("lead", path).text


def test_one_tap_logs_a_stop_and_one_takes_it_back(people):
    page = people.page("ana", "/tonight?shift=10-18")
    assert page.status_code == 200
    assert '<span class="quiet">Harbour.</span>' in page.text
    form = dict(re.findall(r'name="(place|visit|shift|team|type)" value="([^"]*)"', page.text)[:5])
    tapped = people.send("ana", "/tonight", **form)
    assert tapped.headers["location"].startswith("/tonight?shift=10-18")
    again = people.send("ana", "/tonight", **form)
    assert again.status_code == 303
    shown = people.page("ana", tapped.headers["location"]).text
    assert "Logged. It can be undone" in shown
    (undo,) = set(re.findall(r'action="(/visits/[0-9a-f]{10}/take-back)"', shown))
    back = people.send("ana", undo, **{"from": "card", "shift": "10-18"})
    assert back.headers["location"] == "/tonight?shift=10-18&done=undone"
    late = people.send("ana", undo, **{"from": "card", "shift": "10-18"})
    assert late.status_code == 422
    assert "it was already" in late.text


def test_a_tap_from_an_old_card_says_to_open_it_again(people):
    refused = people.send("ana", "/tonight", place="gone", visit="0123456789", shift="10-18")
    assert refused.status_code == 422
    assert "open the card again" in refused.text
    assert people.page("ana", "/tonight?shift=soon").status_code == 422


def test_the_card_prints_as_one_page(people):
    paper = people.page("ana", "/tonight.pdf?shift=10-18&team=wardens")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")


def test_visits_are_logged_listed_and_taken_back_with_a_reason(people):
    words = {"site": people.place, "day": "2026-05-03", "time": "21:00", "minutes": "20"}
    kept = people.send("lead", "/visits", **words, agency="wardens", done=f"Walk {HOSTILE}")
    assert kept.headers["location"] == "/visits?done=kept"
    shown = people.page("lead", "/visits").text
    assert HOSTILE not in shown
    assert "Patrol minutes by week" in shown
    (undo,) = re.findall(r'action="(/visits/[0-9a-f]{10}/take-back)"', shown)
    people.house.clock.move(minutes=2)
    refused = people.send("lead", undo, why="")
    assert refused.status_code == 422
    assert "say why" in refused.text
    assert people.send("lead", undo, why="Wrong place").status_code == 303
    assert "No visit is logged yet" in people.page("lead", "/visits").text
    bad = people.send("lead", "/visits", **{**words, "minutes": "many"})
    assert bad.status_code == 422
    assert 'value="21:00"' in bad.text


@pytest.mark.slow
def test_an_effect_says_what_the_place_was_given(people):
    words = {"site": people.place, "day": "2026-04-20", "minutes": "45"}
    assert people.send("lead", "/visits", **words).status_code == 303
    place = people.place.partition(":")[2]
    asked = f"/analysis/effect?place={place}&since=2026-04-01&until=2026-05-01"
    shown = people.page("lead", asked).text
    assert "Patrol minutes a month" in shown
    assert "after: 45 patrol minutes in 1 visit" in shown


def test_who_has_no_part_in_it_is_told_why(people):
    for path in ("/equipment", "/visits", "/tonight", "/tonight.pdf"):
        assert people.page("auditor", path).status_code == 403
