"""One's own days in a calendar: signed in, or at an address that is its own key."""

import re

import pytest

from aim.model.people import Role

HTML = {"origin": "http://127.0.0.1", "accept": "text/html"}


@pytest.fixture(scope="module")
def desk(build_house):
    house = build_house()
    house.add("lead", Role.COORDINATOR)
    house.add("warden", Role.OFFICER)
    lead, warden = house.signed_in("lead"), house.signed_in("warden")
    form = {"title": "Mend", "owner": "warden", "due": "2026-06-10", "review": "2026-07-01"}
    made = lead.post("/actions", headers=HTML, data=form, follow_redirects=False)
    assert made.status_code == 303
    return house, warden, lead


def test_the_days_are_a_file_for_who_signed_in(desk):
    house, warden, lead = desk
    answer = warden.get("/actions/mine.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "BEGIN:VCALENDAR" in answer.text
    assert "Mend" not in lead.get("/actions/mine.ics").text
    assert house.stranger().get("/actions/mine.ics").status_code == 401
    assert "/actions/calendar" in warden.get("/actions?mine=1", headers=HTML).text


def test_an_address_is_told_once_and_opens_nothing_else(desk):
    house, warden, *_ = desk
    page = warden.post("/actions/calendar", headers=HTML, data={"what": "renew"})
    (address,) = re.findall(r"http://127\.0\.0\.1(/calendar/[\w-]+\.ics)", page.text)
    assert page.headers["cache-control"] == "private, no-store"
    assert address not in warden.get("/actions/calendar", headers=HTML).text
    stranger = house.stranger()
    assert "BEGIN:VCALENDAR" in stranger.get(address).text
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    assert stranger.get(f"/calendar/{token}x.ics").status_code == 404
    assert (
        stranger.get("/api/incidents", headers={"authorization": f"Bearer {token}"}).status_code
        == 401
    )
    for path in ("/calendar/../actions", "/calendar/%2e%2e/actions", "/calendar/"):
        assert stranger.get(path, follow_redirects=False).status_code in {401, 404}
    gone = warden.post("/actions/calendar", headers=HTML, data={"what": "revoke"})
    assert "You have none." in gone.text
    assert stranger.get(address).status_code == 404


def test_another_site_renews_nothing(desk):
    _, warden, *_ = desk
    headers = {"origin": "https://evil.example.org"}
    assert warden.post("/actions/calendar", headers=headers, data={}).status_code == 403
