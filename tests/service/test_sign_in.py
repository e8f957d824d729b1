"""Coming in and going out, asked through HTTP: what a stranger gets, and what a person gets."""

import re
from datetime import UTC, date, datetime

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.accounts import Scope, WardTerm, new_account
from aim.model.people import Role

OWN = {"origin": "http://127.0.0.1"}
HTML = {"accept": "text/html"}
NOON = datetime(2026, 5, 4, 11, tzinfo=UTC)
CHOSEN = "lantern street nine"


def test_without_accounts_the_person_at_the_keyboard_needs_no_sign_in(house):
    assert house.stranger().get("/api/incidents").status_code == 200


def test_with_the_first_account_everybody_signs_in(house):
    client = house.stranger()
    house.add("ana", Role.ANALYST)
    assert client.get("/api/incidents").status_code == 401
    assert house.signed_in("ana").get("/api/incidents").status_code == 200


def test_a_stranger_is_led_to_the_sign_in_page_and_back(house):
    house.add("ana", Role.ANALYST)
    client = house.stranger()
    sent = client.get("/quality?x=1", headers=HTML, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fquality%3Fx%3D1")
    assert 'value="/quality?x=1"' in client.get(sent.headers["location"]).text
    _, entered = house.enter("ana", client=client, next="/quality?x=1")
    assert entered.headers["location"] == "/quality?x=1"


def test_a_program_is_told_how_to_sign_in(house):
    house.add("ana", Role.ANALYST)
    answer = house.stranger().get("/api/hotspots")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer realm="aim"'


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/hub.css", "/sign-in"])
def test_what_is_open_to_strangers_tells_them_nothing_of_the_data(house, path):
    house.add("ana", Role.ANALYST)
    answer = house.stranger().get(path)
    assert answer.status_code == 200
    assert "data_version" not in answer.text


SHUT = (
    "/",
    "/map",
    "/map/layers",
    "/wards/E05099001",
    "/docs",
    "/openapi.json",
    "/nothing",
    "/api/x",
)


def test_everything_else_is_shut(house):
    house.add("ana", Role.ANALYST)
    client = house.stranger()
    plain = [client.get(path, follow_redirects=False).status_code for path in SHUT]
    pages = [client.get(path, headers=HTML, follow_redirects=False).status_code for path in SHUT]
    assert plain == [401] * len(SHUT)
    assert pages == [303] * (len(SHUT) - 1) + [401]


ELSEWHERE = (
    "https://evil.example.org",
    "//evil.example.org",
    "/\\evil.example.org",
    "/%0d%0aX: 1\r\nX: 1",
    "javascript:alert(1)",
    "/sign-out",
    "/x" * 2000,
)


def test_nobody_is_sent_elsewhere_after_signing_in(house):
    house.add("ana", Role.ANALYST)
    answers = [house.enter("ana", next=then)[1] for then in ELSEWHERE]
    assert [answer.headers["location"] for answer in answers] == ["/"] * len(ELSEWHERE)
    assert not any("x" in answer.headers for answer in answers)


def test_the_cookie_is_hidden_from_scripts_and_new_with_every_sign_in(house):
    house.add("ana", Role.ANALYST)
    client, first = house.enter("ana")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    _, second = house.enter("ana", client=client)
    assert second.headers["set-cookie"].split(";")[0] != cookie.split(";")[0]


def test_a_cookie_somebody_planted_is_not_taken_over(house):
    house.add("ana", Role.ANALYST)
    client = house.stranger()
    client.cookies.set("aim-session", "aim_planted")
    _, answer = house.enter("ana", client=client)
    assert "aim_planted" not in answer.headers["set-cookie"]
    planted = house.stranger()
    planted.cookies.set("aim-session", "aim_planted")
    assert planted.get("/api/incidents").status_code == 401


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "wrong"), ("nobody-here", CHOSEN), ("", "")]
)
def test_what_is_wrong_is_not_said(house, name, password):
    house.add("ana", Role.ANALYST)
    _, answer = house.enter(name, password)
    assert answer.status_code == 401
    assert "The name, the password or the one-time code is wrong" in answer.text
    assert "set-cookie" not in answer.headers
    assert "sign-in-refused" in house.events()


def test_a_first_password_must_be_changed_before_anything_else(house):
    password = house.add("ana", Role.ANALYST, chosen=False)
    client, answer = house.enter("ana", password)
    assert answer.status_code == 303
    led = client.get("/quality", headers=HTML, follow_redirects=False)
    assert led.headers["location"] == "/sign-in/password?next=%2Fquality"
    assert client.get("/api/incidents").status_code == 403
    form = {"old": password, "new": CHOSEN, "again": CHOSEN, "next": "/quality"}
    changed = client.post("/sign-in/password", data=form, headers=OWN, follow_redirects=False)
    assert changed.headers["location"] == "/quality"
    assert client.get("/api/incidents").status_code == 200
    assert house.enter("ana", password)[1].status_code == 401


@pytest.mark.parametrize(
    ("form", "said", "status"),
    [
        ({"old": CHOSEN, "new": "short", "again": "short"}, "at least 12", 422),
        ({"old": CHOSEN, "new": CHOSEN, "again": CHOSEN}, "another than the old", 422),
        ({"old": CHOSEN, "new": "other words here", "again": "x"}, "differ", 422),
        ({"old": "wrong", "new": "other words here", "again": "other words here"}, "wrong", 401),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(house, form, said, status):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    answer = client.post("/sign-in/password", data=form, headers=OWN)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert house.enter("ana")[1].status_code == 303


def test_changing_the_password_ends_the_other_sessions(house):
    house.add("ana", Role.ANALYST)
    other, client = house.signed_in("ana"), house.signed_in("ana")
    form = {"old": CHOSEN, "new": "other words here", "again": "other words here"}
    client.post("/sign-in/password", data=form, headers=OWN)
    assert other.get("/api/incidents").status_code == 401
    assert client.get("/api/incidents").status_code == 200


def test_a_councillor_accepts_what_figures_are_for_once(house):
    house.add("cal", Role.COUNCILLOR, wards=(WardTerm("E05099001"),))
    client = house.signed_in("cal")
    led = client.get("/quality", headers=HTML, follow_redirects=False)
    assert led.headers["location"].startswith("/sign-in/notice")
    assert "For ward casework, not campaigning." in client.get(led.headers["location"]).text
    client.post("/sign-in/notice", headers=OWN, data={"next": "/docs"})
    assert client.get("/docs", headers=HTML, follow_redirects=False).status_code == 200
    assert "accept-notice" in house.events()


def test_signing_out_ends_the_session_for_good(house):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    cookie = client.cookies["aim-session"]
    answer = client.post("/sign-out", headers=OWN, follow_redirects=False)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    again = house.stranger()
    again.cookies.set("aim-session", cookie)
    assert again.get("/api/incidents").status_code == 401
    assert house.events()[-1] == "sign-out"


def test_a_session_ends_when_it_is_not_used(house):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    house.clock.move(minutes=29)
    assert client.get("/api/quality").status_code == 200
    house.clock.move(minutes=29)
    assert client.get("/api/quality").status_code == 200
    house.clock.move(minutes=30)
    assert client.get("/api/quality").status_code == 401


def test_a_session_ends_after_its_hours_however_much_it_is_used(house):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    for _ in range(35):
        house.clock.move(minutes=20)
        assert client.get("/docs").status_code == 200
    house.clock.move(minutes=20)
    assert client.get("/docs").status_code == 401


@pytest.mark.parametrize("job", ["disable_account", "reset_account"])
def test_an_administrator_ends_every_session(house, job):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    getattr(workflows, job)(house.store, LOCAL_ANALYST, "ana", house.clock())
    assert client.get("/api/incidents").status_code == 401
    assert house.enter("ana")[1].status_code == 401


def test_wards_are_the_councillors_own_in_their_term_only(house):
    terms = (
        WardTerm("E05099001", date(2026, 5, 4), date(2026, 5, 5)),
        WardTerm("E05099002", None, date(2026, 5, 4)),
        WardTerm("E05099003", date(2026, 5, 5), None),
    )
    account = new_account("cal", "council", {Role.COUNCILLOR}, wards=terms)
    assert account.actor_on(date(2026, 5, 4)).wards == {"E05099001"}


FOREIGN = (
    {},
    {"origin": "https://evil.example.org"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://127.0.0.1.evil.example.org"},
    {"origin": "http://["},
)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-in/password", "/nothing"])
def test_another_site_cannot_make_a_browser_change_anything(house, path):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    form = {"name": "ana", "password": CHOSEN}
    answers = [client.post(path, data=form, headers=headers) for headers in FOREIGN]
    assert [answer.status_code for answer in answers] == [403] * len(FOREIGN)
    assert client.get("/docs").status_code == 200


def test_the_head_of_a_page_says_who_signed_in_and_as_what(house):
    house.add("ana", Role.ANALYST, display_name="<b>Ana</b>")
    page = house.signed_in("ana").get("/quality", headers=HTML).text
    assert "&lt;b&gt;Ana&lt;/b&gt;" in page
    assert "(analyst)" in page
    assert 'action="/sign-out"' in page


def test_a_role_without_rows_gets_a_refusal_with_its_reason(house):
    house.add("adi", Role.ADMINISTRATOR)
    answer = house.signed_in("adi").get("/api/incidents")
    assert answer.status_code == 403
    assert "administrator does not allow it" in answer.json()["detail"]


def test_one_persons_answer_is_never_anothers(busy_house):
    house = busy_house
    house.add("ana", Role.ANALYST)
    house.add("otto", Role.OFFICER)
    analyst, officer = house.signed_in("ana"), house.signed_in("otto")
    april = "since=2026-04-01&until=2026-05-01"
    for path in (f"/map/layers?{april}", f"/api/hotspots?{april}", f"/api/trends?{april}"):
        full = analyst.get(path)
        theirs = officer.get(path, headers={"if-none-match": full.headers["etag"]})
        assert (full.status_code, theirs.status_code) == (200, 200)
        assert full.content != theirs.content


def test_a_token_opens_what_its_scope_says_and_no_more(house):
    house.add("robot", Role.ANALYST)
    _, read = workflows.add_token(
        house.store, LOCAL_ANALYST, "robot", frozenset({Scope.READ}), days=2, now=NOON
    )
    _, ingest = workflows.add_token(
        house.store, LOCAL_ANALYST, "robot", frozenset({Scope.INGEST}), days=2, now=NOON
    )
    client = house.stranger()
    assert client.get("/api/incidents", headers=bearer(read)).status_code == 200
    refused = client.get("/api/incidents", headers=bearer(ingest))
    assert (refused.status_code, "this token" in refused.json()["detail"]) == (403, True)


def bearer(token):
    return {"authorization": f"Bearer {token}"}


def test_a_token_that_is_over_revoked_or_wrong_opens_nothing(house):
    house.add("robot", Role.ANALYST)
    made, text = workflows.add_token(
        house.store, LOCAL_ANALYST, "robot", frozenset({Scope.READ}), days=2, now=NOON
    )
    client = house.stranger()
    wrong = client.get("/api/incidents", headers=bearer("aim_wrong"))
    assert (wrong.status_code, "invalid_token" in wrong.headers["www-authenticate"]) == (401, True)
    house.clock.move(days=2)
    assert client.get("/api/incidents", headers=bearer(text)).status_code == 401
    house.clock.move(days=-1)
    assert client.get("/api/incidents", headers=bearer(text)).status_code == 200
    workflows.revoke_token(house.store, LOCAL_ANALYST, made.number, NOON)
    assert client.get("/api/incidents", headers=bearer(text)).status_code == 401


def test_a_wrong_token_is_not_saved_by_a_good_cookie(house):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    assert client.get("/api/incidents", headers=bearer("aim_wrong")).status_code == 401


def test_a_wrong_token_is_refused_where_nobody_has_an_account_too(house):
    assert house.stranger().get("/api/incidents", headers=bearer("aim_x")).status_code == 401


def test_a_token_of_a_disabled_account_opens_nothing(house):
    house.add("robot", Role.ANALYST)
    _, text = workflows.add_token(
        house.store, LOCAL_ANALYST, "robot", frozenset({Scope.READ}), days=2, now=NOON
    )
    workflows.disable_account(house.store, LOCAL_ANALYST, "robot", NOON)
    assert house.stranger().get("/api/incidents", headers=bearer(text)).status_code == 401


def test_the_demo_has_one_click_for_each_role(house):
    workflows.add_demo_people(house.store, LOCAL_ANALYST, ("E05099001",))
    client = house.stranger()
    page = client.get("/sign-in").text
    found = re.findall(r'<button name="name" value="(demo-[a-z-]+)"', page)
    assert found == [f"demo-{role.replace(' ', '-')}" for role in Role]
    form = {"name": "demo-analyst"}
    entered = client.post("/sign-in/demo", data=form, headers=OWN, follow_redirects=False)
    assert entered.status_code == 303
    assert client.get("/api/incidents").status_code == 200


def test_the_demos_click_opens_no_other_account_and_no_other_store(house):
    house.add("demo-real", Role.ANALYST)
    client = house.stranger()
    assert "/sign-in/demo" not in client.get("/sign-in").text
    answer = client.post("/sign-in/demo", data={"name": "demo-real"}, headers=OWN)
    assert answer.status_code == 401
    workflows.add_demo_people(house.store, LOCAL_ANALYST, ())
    assert client.post("/sign-in/demo", data={"name": "ana"}, headers=OWN).status_code == 401


def test_the_demos_people_have_no_password(house):
    workflows.add_demo_people(house.store, LOCAL_ANALYST, ())
    assert house.enter("demo-analyst", "")[1].status_code == 401


def test_beyond_this_computer_there_is_no_keyboard_and_no_demo(build_house):
    house = build_house(beyond=True)
    assert house.stranger().get("/api/incidents").status_code == 401
    workflows.add_demo_people(house.store, LOCAL_ANALYST, ())
    assert "demo-analyst" not in house.stranger().get("/sign-in").text
    answer = house.stranger().post("/sign-in/demo", data={"name": "demo-analyst"}, headers=OWN)
    assert answer.status_code == 401
