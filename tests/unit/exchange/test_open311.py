import json
from datetime import UTC, datetime, timedelta

import pytest

from aim.errors import FeedError, ParameterError
from aim.exchange import fetch_open311

from .conftest import send, send_status

START = datetime(2026, 1, 1, tzinfo=UTC)


def made(number: int) -> dict:
    """Make one request a day from the start of the year."""
    moment = START + timedelta(days=number, hours=9)
    return {"service_request_id": number + 1, "requested_datetime": moment.isoformat()}


def endpoint(count: int, *, knows_pages: bool = True, most: int = 1000):
    """Answer as an endpoint that holds so many requests, one a day."""

    def answer(handler, asked):
        since, until = (
            datetime.fromisoformat(asked.query[f"{end}_date"]) for end in ("start", "end")
        )
        assert until - since <= timedelta(days=90)
        held = [
            one
            for one in map(made, range(count))
            if since <= datetime.fromisoformat(one["requested_datetime"]) <= until
        ]
        size = min(int(asked.query["page_size"]), most) if knows_pages else most
        first = (int(asked.query["page"]) - 1) * size if knows_pages else 0
        body = json.dumps(held[first : first + size]).encode()
        send(body, "application/json")(handler, asked)

    return answer


def fetch(line, server, days, path="/v2/requests.json"):
    windows = list(
        fetch_open311(line, f"{server.url}{path}", since=START, until=START + timedelta(days=days))
    )
    return windows, [one["service_request_id"] for window in windows for one in window.requests]


def test_a_year_comes_in_windows_of_ninety_days(line, server):
    server.answers["/v2/requests.json"] = endpoint(365)
    windows, ids = fetch(line, server, 365)
    assert [(window.until - window.since).days for window in windows] == [90, 90, 90, 90, 5]
    assert ids == list(range(1, 366))


def test_a_window_comes_page_by_page(line, server):
    server.answers["/v2/requests.json"] = endpoint(80, most=7)
    assert fetch(line, server, 90)[1] == list(range(1, 81))


def test_an_endpoint_that_ignores_pages_is_asked_in_halves(line, server):
    server.answers["/v2/requests.json"] = endpoint(80, knows_pages=False, most=20)
    assert sorted(fetch(line, server, 90)[1]) == list(range(1, 81))


def test_a_burst_is_found_in_its_half(line, server):
    server.answers["/v2/requests.json"] = endpoint(40, knows_pages=False, most=20)
    assert sorted(fetch(line, server, 90)[1]) == list(range(1, 41))


def test_an_endpoint_that_ignores_pages_and_gave_all_is_not_asked_for_long(line, server):
    server.answers["/v2/requests.json"] = endpoint(60, knows_pages=False)
    assert fetch(line, server, 90)[1] == list(range(1, 61))
    assert len(server.asked) == 4


def test_an_hour_that_may_hold_more_is_named(line, server):
    def burst(handler, asked):
        since = datetime.fromisoformat(asked.query["start_date"])
        until = datetime.fromisoformat(asked.query["end_date"])
        inside = since <= START + timedelta(hours=30, minutes=1) < until
        held = [{"service_request_id": number} for number in range(25 if inside else 0)]
        send(json.dumps(held).encode())(handler, asked)

    server.answers["/v2/requests.json"] = burst
    (window,), ids = fetch(line, server, 2)
    (hour,) = window.full
    assert len(ids) == 25
    assert hour <= START + timedelta(hours=30, minutes=1) < hour + timedelta(hours=1)


def test_nothing_is_named_where_all_came(line, server):
    server.answers["/v2/requests.json"] = endpoint(80, knows_pages=False, most=20)
    (window,), _ = fetch(line, server, 90)
    assert window.full == ()


def test_a_page_too_far_may_be_refused(line, server):
    def answer(handler, asked):
        first = asked.query["page"] == "1"
        (endpoint(3) if first else send_status(404))(handler, asked)

    server.answers["/v2/requests.json"] = answer
    assert fetch(line, server, 90)[1] == [1, 2, 3]


def test_an_endpoint_is_known_by_its_root_and_keeps_its_query(line, server):
    server.answers["/v2/requests.json"] = endpoint(3)
    assert fetch(line, server, 90, "/v2/?jurisdiction_id=norbeck")[1] == [1, 2, 3]
    assert all(asked.query["jurisdiction_id"] == "norbeck" for asked in server.asked)


def test_an_endpoint_without_json_is_asked_for_xml(line, server):
    def answer(handler, asked):
        one = (
            "<request><service_request_id>006</service_request_id><address></address>"
            "<description> Glass &amp; cans </description></request>"
        )
        body = f"<service_requests>{one if asked.query['page'] == '1' else ''}</service_requests>"
        send(body.encode(), "text/xml")(handler, asked)

    server.answers["/v2/requests.xml"] = answer
    (window,), ids = fetch(line, server, 90, "/v2")
    assert ids == ["006"]
    assert window.requests[0]["address"] is None
    assert window.requests[0]["description"] == "Glass & cans"


def test_ids_printed_without_quotes_are_kept_as_they_stand(line, server):
    body = b'[{"service_request_id": 001, "lat": 0.5, "zero": 0}]'
    server.answers["/v2/requests.json"] = send(body)
    (window,), _ = fetch(line, server, 1)
    assert window.requests == ({"service_request_id": "001", "lat": 0.5, "zero": 0},)


def test_a_list_may_come_in_a_wrapping(line, server):
    body = b'{"service_requests": {"request": [{"service_request_id": "7"}]}}'
    server.answers["/v2/requests.json"] = send(body)
    assert fetch(line, server, 1)[1] == ["7"]


def test_requests_without_an_id_are_not_lost(line, server):
    server.answers["/v2/requests.json"] = send(b'[{"token": "a"}, {"token": "b"}, {"token": "a"}]')
    assert fetch_window(line, server).requests == ({"token": "a"}, {"token": "b"})


def fetch_window(line, server):
    return next(
        fetch_open311(
            line,
            f"{server.url}/v2/requests.json",
            since=START,
            until=START + timedelta(days=1),
        )
    )


def test_a_window_is_written_as_a_plain_array(line, server):
    server.answers["/v2/requests.json"] = endpoint(2)
    window = fetch_window(line, server)
    assert json.loads(window.as_json()) == [made(0)]
    server.answers["/v2/requests.json"] = send(b"[]")
    assert json.loads(fetch_window(line, server).as_json()) == []


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Welcome</body></html>",
        b"<service_requests><request>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><service_requests>&a;</service_requests>',
        b'{"title": "Welcome"}',
        b'["a", "b"]',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"",
        b'[{"code": 404, "description": "jurisdiction not found"}]',
    ],
)
def test_what_is_no_list_of_requests_is_told(line, server, body):
    server.answers["/v2/requests.json"] = send(body)
    with pytest.raises(FeedError, match="GeoReport v2 endpoint"):
        fetch_window(line, server)


def test_a_refusal_is_told(line, server):
    server.answers["/v2/requests.json"] = send_status(403)
    with pytest.raises(FeedError, match="403 Forbidden"):
        fetch(line, server, 90, "/v2")


def test_a_period_that_cannot_be_is_refused_before_anything_is_asked(line, server):
    with pytest.raises(ParameterError, match="no time between"):
        fetch(line, server, 0)
    assert not server.asked
