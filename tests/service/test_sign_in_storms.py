"""What somebody who means harm sends: storms, forgeries, floods and marked secrets."""

import asyncio
import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.access.one_time import one_time_code
from aim.errors import TooManyAttemptsError
from aim.model.accounts import Scope
from aim.model.people import EVERYTHING, Role
from aim.service.intake import Intake
from aim.service.turnstile import Turnstile

OWN = {"origin": "http://127.0.0.1"}


def run_apart(work):
    """Run a coroutine in a thread of its own: a browser may hold this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def statuses(house, name, password, tries):
    client = house.stranger()
    return [house.enter(name, password, client=client)[1].status_code for _ in range(tries)]


def test_a_storm_of_passwords_meets_a_wait_that_grows(house):
    house.add("ana", Role.ANALYST)
    assert statuses(house, "ana", "guess", 8) == [401] * 6 + [429] * 2
    assert "lock-out" in house.events()
    house.clock.move(seconds=30)
    assert statuses(house, "ana", "guess", 2) == [401, 429]
    house.clock.move(seconds=59)
    assert statuses(house, "ana", "guess", 1) == [429]


def test_while_an_account_waits_the_right_password_waits_too(house):
    house.add("ana", Role.ANALYST)
    statuses(house, "ana", "guess", 6)
    _, answer = house.enter("ana")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "Wait 1 minute" in answer.text
    house.clock.move(seconds=30)
    assert house.enter("ana")[1].status_code == 303


def test_a_success_takes_the_count_back(house):
    house.add("ana", Role.ANALYST)
    for _ in range(3):
        assert statuses(house, "ana", "guess", 4) == [401] * 4
        assert house.enter("ana")[1].status_code == 303


def test_an_unknown_name_waits_like_a_known_one(house):
    house.add("ana", Role.ANALYST)
    assert statuses(house, "nobody-here", "guess", 7) == statuses(house, "ana", "guess", 7)


def test_one_waiting_account_locks_nobody_else_out(house):
    house.add("ana", Role.ANALYST)
    house.add("bea", Role.ANALYST)
    statuses(house, "ana", "guess", 20)
    assert house.enter("bea")[1].status_code == 303


def test_an_address_that_tries_many_names_waits(house):
    house.add("ana", Role.ANALYST)
    client = house.stranger()
    answers = [house.enter(f"name-{n}", "guess", client=client)[1] for n in range(33)]
    assert [one.status_code for one in answers] == [401] * 31 + [429] * 2


def test_an_administrator_ends_the_wait(house):
    house.add("ana", Role.ANALYST)
    statuses(house, "ana", "guess", 7)
    password = workflows.reset_account(
        house.store, LOCAL_ANALYST, "ana", house.clock(), cost=house.app.state.hub.door.cost
    )
    assert house.enter("ana", password)[1].status_code == 303


def test_a_crowd_at_the_turnstile_is_told_to_come_back():
    async def crowd():
        turnstile = Turnstile(at_once=2, waiting=3)
        jobs = [turnstile.run(time.sleep, 0.05) for _ in range(9)]
        return await asyncio.gather(*jobs, return_exceptions=True)

    told = run_apart(crowd())
    assert [type(one) for one in told] == [type(None)] * 5 + [TooManyAttemptsError] * 4


def with_one_time_codes(house):
    house.add("ana", Role.ANALYST)
    address = workflows.require_one_time_codes(house.store, LOCAL_ANALYST, "ana")
    secret = address.split("secret=")[1].split("&")[0]
    return secret, one_time_code(secret, int(house.clock().timestamp()) // 30)


def test_a_one_time_code_is_needed_and_good_once(house):
    _, code = with_one_time_codes(house)
    assert house.enter("ana")[1].status_code == 401
    assert house.enter("ana", code="000000")[1].status_code == 401
    assert house.enter("ana", code=code)[1].status_code == 303
    assert house.enter("ana", code=code)[1].status_code == 401


def test_a_one_time_secret_lies_sealed_in_the_store(house):
    secret, _ = with_one_time_codes(house)
    assert secret not in house.store.credentials("ana").one_time_secret


FORGED = (
    "",
    "aim_" + "A" * 43,
    "x" * 5000,
    "' OR 1=1 --",
    base64.b64encode(json.dumps({"account": "ana"}).encode()).decode(),
    "../../aim.db",
)


@pytest.mark.parametrize("cookie", FORGED)
def test_a_forged_cookie_opens_nothing(house, cookie):
    house.add("ana", Role.ANALYST)
    client = house.stranger()
    client.cookies.set("aim-session", cookie)
    assert client.get("/api/incidents").status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/static/../api/incidents",
        "/static/..%2fapi%2fincidents",
        "//api/incidents",
        "/sign-in/../api/incidents",
        "/API/incidents",
        "/static/%2e%2e/%2e%2e/app.py",
        "/vendor/leaflet/..%2f..%2f..%2fapp.py",
        "/healthz/../api/incidents",
        "/healthz%2f..%2fapi/incidents",
    ],
)
def test_no_path_leads_around_the_door(busy_house, path):
    busy_house.add("ana", Role.ANALYST)
    answer = busy_house.stranger().get(path, follow_redirects=False)
    assert answer.status_code in {401, 404}
    assert "incident_id" not in answer.text
    assert "def create_app" not in answer.text


@pytest.mark.parametrize("size", [(1 << 20) + 1, 5 << 20])
def test_a_body_that_is_too_large_is_refused_unread(house, size):
    answer = house.stranger().post("/sign-in", content=b"x" * size, headers=OWN)
    assert answer.status_code == 413
    assert "1,048,576" in answer.json()["detail"]


def test_a_body_that_does_not_say_its_size_is_refused_when_it_is_too_large(house):
    blocks = (b"x" * 65_536 for _ in range(20))
    assert house.stranger().post("/sign-in", content=blocks, headers=OWN).status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e3", "9" * 30])
def test_a_length_that_is_none_is_refused(house, length):
    headers = {**OWN, "content-length": length}
    assert house.stranger().post("/sign-in", headers=headers).status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for():
    told = []

    async def never():
        await asyncio.sleep(60)

    async def send(message):
        told.append(message)

    async def ask():
        scope = {"type": "http", "method": "POST", "path": "/api/x", "headers": []}
        await Intake(None, patience_s=0.05)(scope, never, send)

    run_apart(ask())
    assert told[0]["status"] == 408
    assert (b"connection", b"close") in told[0]["headers"]


@pytest.mark.parametrize("body", ["name=" + "&x=1" * 60, "%ff%fe=1", "name=%00"])
def test_an_awkward_form_is_refused_and_breaks_nothing(house, body):
    house.add("ana", Role.ANALYST)
    headers = {**OWN, "content-type": "application/x-www-form-urlencoded"}
    answer = house.stranger().post("/sign-in", content=body, headers=headers)
    assert answer.status_code in {401, 422}


FORWARDED = {"host": "hub.example.org", "x-forwarded-proto": "https", "x-forwarded-for": "9.9.9.9"}


@pytest.fixture(scope="module")
def proxied(build_house):
    return build_house(trusted_proxy=("10.0.0.1",), hosts=("hub.example.org",))


def test_behind_a_proxy_cookies_travel_over_tls_alone(proxied):
    house = proxied.as_new()
    assert house.stranger().get("/api/incidents").status_code == 401
    house.add("ana", Role.ANALYST)
    headers = {**FORWARDED, "origin": "https://hub.example.org"}
    _, answer = house.enter("ana", headers=headers)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-aim-session=")
    assert "Secure" in cookie
    assert "domain" not in cookie.casefold()
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_name_that_is_not_listed_is_not_answered_behind_a_proxy(proxied):
    house = proxied.as_new()
    for headers in ({"host": "evil.example.org"}, {**FORWARDED, "host": "evil.example.org"}):
        assert house.stranger().get("/sign-in", headers=headers).status_code == 421
    sent = {"x-forwarded-host": "evil.example.org", "accept": "text/html", **FORWARDED}
    led = house.stranger().get("/", headers=sent, follow_redirects=False)
    assert led.headers["location"] == "/sign-in?next=%2F"


def test_an_address_cannot_be_made_up_by_a_header(house):
    client = house.stranger()
    for number in range(31):
        headers = {**OWN, "x-forwarded-for": f"10.0.0.{number}"}
        house.enter(f"name-{number}", "guess", client=client, headers=headers)
    assert house.enter("name-x", "guess", client=client)[1].status_code == 429


MARKED = ("marked-password-1", "marked-name-2", "marked-new-words-3", "aim_marked-token-4")


def test_nothing_secret_is_written_down(house, caplog):
    caplog.set_level("DEBUG")
    house.add("ana", Role.ANALYST, display_name="marked-person-5")
    client = house.signed_in("ana")
    house.enter(MARKED[1], MARKED[0])
    house.enter("ana", MARKED[0])
    form = {"old": MARKED[0], "new": MARKED[2], "again": MARKED[2]}
    client.post("/sign-in/password", data=form, headers=OWN)
    client.get("/api/incidents", headers={"authorization": f"Bearer {MARKED[3]}"})
    _, token = workflows.add_token(
        house.store, LOCAL_ANALYST, "ana", frozenset({Scope.READ}), days=1, now=house.clock()
    )
    secret = workflows.require_one_time_codes(house.store, LOCAL_ANALYST, "ana")
    told = house.store.audit(EVERYTHING).to_csv() + caplog.text
    hidden = (*MARKED, "marked-person-5", token, client.cookies["aim-session"], secret[-20:])
    assert not [one for one in hidden if one in told]
    assert "testclient" not in house.store.audit(EVERYTHING).to_csv()


def test_nothing_that_opens_a_door_lies_readable_in_the_store(house):
    house.add("ana", Role.ANALYST)
    client = house.signed_in("ana")
    _, token = workflows.add_token(
        house.store, LOCAL_ANALYST, "ana", frozenset({Scope.READ}), days=1, now=house.clock()
    )
    kept = b"".join(path.read_bytes() for path in house.file.parent.glob("aim.db*"))
    for opening in (client.cookies["aim-session"], token, "lantern street nine"):
        assert opening.encode() not in kept


def test_no_file_is_taken_in_before_it_is_known_who_sends_it(house):
    house.add("ana", Role.ANALYST)
    sent, length = [], str(1 << 20).encode()

    async def never():
        raise AssertionError("the body was read")

    async def keep(message):
        sent.append(message)

    for path in ("/actions/0a1b2c/files", "/visits/file", "/plans/file"):
        head = [
            (b"host", b"127.0.0.1"),
            (b"origin", b"http://127.0.0.1"),
            (b"content-length", length),
        ]
        scope = {"type": "http", "method": "POST", "path": path, "headers": head}
        scope |= {"query_string": b"", "scheme": "http", "server": ("127.0.0.1", 80)}
        run_apart(house.app(scope, never, keep))
    heads = [one for one in sent if one["type"] == "http.response.start"]
    assert [one["status"] for one in heads] == [401] * 3
    assert all((b"connection", b"close") in one["headers"] for one in heads)
