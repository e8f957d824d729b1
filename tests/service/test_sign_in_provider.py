"""Sign-in by the organisation's provider: who is believed, and who is not."""

import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.people import Role

ANA = {"sign_in_name": "ana@example.org"}


@pytest.fixture(scope="module")
def one_provider(providing):
    provider = providing()
    yield provider
    provider.close()


@pytest.fixture
def provider(one_provider):
    one_provider.person = {"sub": "s-1", "preferred_username": "Ana@example.org"}
    one_provider.claims, one_provider.document = {}, {}
    one_provider.published, one_provider.asked = [one_provider.key], []
    return one_provider


@pytest.fixture(scope="module")
def build(build_house, one_provider):
    named = {
        "oidc_issuer": one_provider.issuer,
        "oidc_client_id": "aim-hub",
        "oidc_client_secret": "marked-client-secret",
    }
    return lambda **more: at_this_hour(build_house(**named, **more))


@pytest.fixture(scope="module")
def one_house(build):
    return build()


@pytest.fixture
def house(one_house, provider):
    one_house.app.state.hub.door.provider.forget()
    return at_this_hour(one_house.as_new())


def at_this_hour(house):
    house.clock.moment = datetime.fromtimestamp(int(time.time()), UTC)
    return house


def go_out(client, then="/docs"):
    answer = client.get(f"/sign-in/provider?next={then}", follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def come_back(client, url):
    answered = httpx.get(url, follow_redirects=False)
    back = urlsplit(answered.headers["location"])
    return client.get(f"{back.path}?{back.query}", follow_redirects=False)


def try_in(house, client=None):
    client = client or house.stranger()
    return client, come_back(client, go_out(client))


def test_a_person_the_provider_vouches_for_comes_in_where_they_wanted(house):
    house.add("ana", Role.ANALYST, **ANA)
    assert "Sign in with your organisation" in house.stranger().get("/sign-in").text
    client, answer = try_in(house)
    assert (answer.status_code, answer.headers["location"]) == (303, "/docs")
    assert client.get("/api/incidents").status_code == 200
    assert house.store.account("ana").subject == "s-1"
    assert "sign-in" in house.events()


def test_what_goes_out_carries_state_nonce_and_a_challenge(house):
    query = parse_qs(urlsplit(go_out(house.stranger())).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == ["http://127.0.0.1/sign-in/back"]
    assert all(len(query[name][0]) >= 32 for name in ("state", "nonce", "code_challenge"))


def test_a_person_without_an_account_is_refused_and_told_why(house):
    house.add("bea", Role.ANALYST, sign_in_name="bea@example.org")
    _, answer = try_in(house)
    assert answer.status_code == 401
    assert "this hub has no account for you" in answer.text
    assert house.events()[-1] == "sign-in-refused"


def test_a_disabled_person_is_refused(house):
    house.add("ana", Role.ANALYST, **ANA)
    workflows.disable_account(house.store, LOCAL_ANALYST, "ana", house.clock())
    assert try_in(house)[1].status_code == 401


def test_somebody_who_later_gets_the_same_name_is_not_let_in(house, provider):
    house.add("ana", Role.ANALYST, **ANA)
    assert try_in(house)[1].status_code == 303
    provider.person = {**provider.person, "sub": "s-2"}
    assert try_in(house)[1].status_code == 401


def test_a_person_is_known_again_under_a_new_name(house, provider):
    house.add("ana", Role.ANALYST, **ANA)
    try_in(house)
    provider.person = {"sub": "s-1", "preferred_username": "ana.new@example.org"}
    assert try_in(house)[1].status_code == 303


def test_there_is_no_password_beside_the_provider(house):
    assert house.add("ana", Role.ANALYST, **ANA) == ""
    assert house.enter("ana", "")[1].status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.org"},
        {"aud": "another-client"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ["s-1"]},
    ],
)
def test_an_answer_that_is_not_for_this_sign_in_is_not_believed(house, provider, claims):
    house.add("ana", Role.ANALYST, **ANA)
    provider.claims = claims
    _, answer = try_in(house)
    assert answer.status_code == 401
    assert "cannot be believed" in answer.text


def test_a_signature_of_another_key_is_not_believed(house, provider):
    house.add("ana", Role.ANALYST, **ANA)
    provider.published = [provider.new_key("one")]
    assert "cannot be believed" in try_in(house)[1].text


def test_a_new_key_of_the_provider_is_fetched(house, provider, monkeypatch):
    house.add("ana", Role.ANALYST, **ANA)
    assert try_in(house)[1].status_code == 303
    newer = provider.new_key("two")
    monkeypatch.setattr(provider, "key", newer)
    provider.published = [*provider.published, newer]
    house.clock.move(minutes=2)
    assert try_in(house)[1].status_code == 303
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_another_browser_cannot_finish_a_sign_in(house):
    house.add("ana", Role.ANALYST, **ANA)
    answer = come_back(house.stranger(), go_out(house.stranger()))
    assert answer.status_code == 401
    assert "did not set out from here" in answer.text


def test_the_answer_to_another_sign_in_is_refused(house):
    house.add("ana", Role.ANALYST, **ANA)
    client = house.stranger()
    first = go_out(client)
    go_out(client)
    assert come_back(client, first).status_code == 401


def test_a_sign_in_that_took_too_long_is_refused(house):
    house.add("ana", Role.ANALYST, **ANA)
    client = house.stranger()
    url = go_out(client)
    house.clock.move(minutes=11)
    assert come_back(client, url).status_code == 401


def test_an_answer_is_good_once(house):
    house.add("ana", Role.ANALYST, **ANA)
    client = house.stranger()
    answered = httpx.get(go_out(client), follow_redirects=False)
    back = urlsplit(answered.headers["location"])
    address = f"{back.path}?{back.query}"
    assert client.get(address, follow_redirects=False).status_code == 303
    assert client.get(address, follow_redirects=False).status_code == 401


@pytest.mark.parametrize("words", ["", "error=access_denied&state=x", "code=x", "code=x&state=y"])
def test_an_answer_out_of_nowhere_is_refused(house, words):
    answer = house.stranger().get(f"/sign-in/back?{words}", follow_redirects=False)
    assert answer.status_code == 401


def test_app_roles_take_the_place_of_the_accounts_own(build, provider):
    house = build(oidc_roles={"Hub.Auditor": "auditor"})
    house.add("ana", Role.ANALYST, **ANA)
    _, without = try_in(house)
    provider.claims = {"roles": ["Hub.Auditor", "Payroll"]}
    client, answer = try_in(house)
    assert ("no role in this hub" in without.text, answer.status_code) == (True, 303)
    assert client.get("/api/incidents").status_code == 403


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://other.example.org"},
        {"token_endpoint": None},
        {"token_endpoint": "http://other.example.org/token"},
    ],
)
def test_a_provider_that_is_not_what_the_settings_say_is_not_used(house, provider, document):
    provider.document = document
    answer = house.stranger().get("/sign-in/provider", follow_redirects=False)
    assert answer.status_code == 500
    assert "location" not in answer.headers


def test_a_provider_that_is_away_leaves_local_accounts(house, provider):
    provider.document = {"token_endpoint": "http://127.0.0.1:9/token"}
    client = house.stranger()
    url = go_out(client)
    provider.document = {}
    house.add("loc", Role.ANALYST)
    assert "does not answer as it should" in come_back(client, url).text
    assert house.signed_in("loc").get("/docs").status_code == 200


def test_no_code_secret_or_subject_is_written_down(house, caplog):
    caplog.set_level("DEBUG")
    house.add("ana", Role.ANALYST, **ANA)
    try_in(house)
    told = house.audited().to_csv() + "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("aim")
    )
    for marked in ("marked-client-secret", "marked-code", "s-1", "ana@example.org"):
        assert marked not in told
