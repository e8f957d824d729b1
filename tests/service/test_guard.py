import re

import pytest

from aim.config import Settings
from aim.service import create_app
from aim.service.guard import HEADERS


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/api/wards", "/nothing", "/static/hub.css", "/map"]
)
def test_every_answer_carries_the_security_headers(hub, path):
    headers = hub.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "private" in headers["Cache-Control"]
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'self'"):
        assert rule in headers["Content-Security-Policy"]


def test_the_policy_allows_no_inline_text_without_a_nonce(hub):
    policy = hub.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "*" not in policy


def test_a_nonce_is_never_used_twice(hub):
    policies = [hub.get("/healthz").headers["Content-Security-Policy"] for _ in range(3)]
    assert len({re.search(r"nonce-([\w-]+)", policy)[1] for policy in policies}) == 3


def test_every_script_of_the_map_wears_the_nonce_of_its_answer(hub):
    answer = hub.get("/map")
    nonce = re.search(r"nonce-([\w-]+)", answer.headers["Content-Security-Policy"])[1]
    tags = re.findall(r"<(?:script|style)[^>]*>", answer.text)
    assert tags
    assert all(f'nonce="{nonce}"' in tag for tag in tags)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example"])
def test_another_name_for_this_computer_is_not_answered(hub, host):
    answer = hub.get("/api/incidents", headers={"host": host})
    assert answer.status_code == 421
    assert "incident_id" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
def test_this_computers_own_names_are_answered(hub, host):
    assert hub.get("/healthz", headers={"host": host}).status_code == 200


def test_long_answers_are_compressed(hub):
    answer = hub.get("/", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


class BrokenStore:
    url = "sqlite:///broken.db"

    def data_version(self):
        raise RuntimeError("secret detail of the store")


@pytest.fixture
def broken(client_of):
    return client_of(create_app(Settings(), BrokenStore()))


def test_an_unforeseen_error_tells_a_reference_and_no_more(broken, caplog):
    answer = broken.get("/readyz")
    reference = re.search(r"[0-9a-f]{8}", answer.json()["detail"])[0]
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert reference in caplog.text
    assert "secret detail" in caplog.text
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_an_unforeseen_error_is_a_page_for_a_browser(broken):
    answer = broken.get("/readyz", headers={"accept": "text/html"})
    assert answer.status_code == 500
    assert "<h1>Something went wrong in the hub</h1>" in answer.text


def test_the_store_can_be_gone_while_the_program_is_alive(broken):
    assert broken.get("/healthz").json() == {"status": "running"}
