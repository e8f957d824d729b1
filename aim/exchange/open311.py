"""Requests of an Open311 endpoint (GeoReport v2), window by window and page by page.

The truth of the source. An answer holds at most 90 days and, as a rule, at most the first 1,000
requests; which are left out is not said. ``page`` is an extension that many endpoints ignore: they
give the first page again. Such a window is asked for in halves, until a half gives fewer than its
whole did: then nothing was left out of it.
A request may come in two windows, and may change for months; its id stays. Answers are JSON or
XML, ids numbers or texts, and some print ``001`` unquoted, which is no JSON.

Source: Open311 GeoReport v2 and its extensions.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from aim.errors import FeedError, ParameterError
from aim.exchange.line import Line, Reply, StatusError, check_address, shown
from aim.model.times import UTC

LONGEST = timedelta(days=90)
SHORTEST = timedelta(hours=1)  # a window is not halved below it
PAGE_SIZE = 200
FEWEST = 20  # a list shorter than any endpoint's limit is whole
MOST_PAGES = 500
_UNQUOTED = re.compile(r"(:\s*)(0\d+)(?=\s*[,}\]])")
_LISTS = ("service_requests", "requests", "request")
_NO_SUCH_FORM = {HTTPStatus.NOT_FOUND, HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
Requests = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Window:
    """The requests of one stretch of time, ``since`` to before ``until`` (UTC).

    ``full`` are the starts of hours in which the endpoint gave as many requests as in all the time
    around them, and knows no pages: there may be more.
    """

    since: datetime
    until: datetime
    requests: tuple[dict[str, Any], ...]
    full: tuple[datetime, ...] = ()

    def as_json(self) -> bytes:
        """Return them as GeoReport JSON, a plain array, one request a line."""
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in self.requests)
        return f"[\n{lines}\n]\n".encode() if lines else b"[]\n"


def fetch_open311(line: Line, url: str, *, since: datetime, until: datetime) -> Iterator[Window]:
    """Yield an endpoint's requests, one window of at most 90 days after the other.

    Parameters
    ----------
    line
        The open line.
    url
        The endpoint, such as ``https://example.org/open311/v2``, or its ``requests.json`` or
        ``requests.xml``; a query such as ``jurisdiction_id`` is kept.
    since, until
        Moments with a zone, the second after the first: when the requests were made.

    Yields
    ------
    Window
        Its requests by id in the order given, each once; fields as sent, those of XML as text and
        None where empty. A window may hold none.

    Raises
    ------
    ParameterError
        The address or the period cannot be.
    FeedError
        The endpoint cannot be reached, refuses, or answers with something else.

    Examples
    --------
    >>> from aim.exchange import open_line
    >>> with open_line(allowed=True) as line:
    ...     day = datetime(2026, 4, 1, tzinfo=UTC)
    ...     list(fetch_open311(line, "ftp://example.org", since=day, until=day))
    Traceback (most recent call last):
    aim.errors.ParameterError: An address that begins with https:// or http:// was asked for...
    """
    check_address(url)
    if since >= until:
        raise ParameterError(
            f"Requests from {since:%Y-%m-%d} to before {until:%Y-%m-%d} were asked for; there is no"
            " time between. Give an earlier --since."
        )
    endpoint = _find_endpoint(line, url, since)
    while since < until:
        stop = min(since + LONGEST, until)
        full: list[datetime] = []
        found = _collect(line, endpoint, since, stop, full)
        yield Window(since, stop, tuple(found.values()), tuple(full))
        since = stop


def _find_endpoint(line: Line, url: str, since: datetime) -> str:
    """Return the address that answers: the one given, or its JSON, or else its XML."""
    head, mark, query = url.partition("?")
    head = head.rstrip("/")
    if head.endswith((".json", ".xml")):
        return url
    address = f"{head}/requests.json{mark}{query}"
    try:
        _ask(line, address, since, since + SHORTEST, 1)
    except StatusError as error:
        if error.status not in _NO_SUCH_FORM:
            raise
        return f"{head}/requests.xml{mark}{query}"
    return address


def _collect(
    line: Line, url: str, since: datetime, until: datetime, full: list[datetime]
) -> Requests:
    found, knows_pages = _pages(line, url, since, until)
    if knows_pages or len(found) < FEWEST:
        return found
    return _by_halves(partial(_ask, line, url, page=1), since, until, found, full)


def _by_halves(
    ask: Callable[[datetime, datetime], Requests],
    since: datetime,
    until: datetime,
    found: Requests,
    full: list[datetime],
) -> Requests:
    """Ask again in halves, and in halves of a half that gives as many as its whole did."""
    gathered = dict(found)
    halves = _halves(since, until)
    if not halves:
        full.append(since)
    for start, stop in halves:
        half = ask(start, stop)
        gathered |= half
        if len(half) >= len(found):
            gathered |= _by_halves(ask, start, stop, half, full)
    return gathered


def _pages(line: Line, url: str, since: datetime, until: datetime) -> tuple[Requests, bool]:
    """Return the requests of a window, and whether the endpoint knows pages."""
    found = _ask(line, url, since, until, 1)
    for page in range(2, MOST_PAGES + 1):
        if not found:
            return found, True
        more = _ask(line, url, since, until, page)
        if not more:
            return found, True
        if not more.keys() - found.keys():
            return found, page > 2  # noqa: PLR2004 - the second page was the first again
        found |= more
    raise FeedError(
        f"{shown(url)} was asked for {since:%Y-%m-%d} to {until:%Y-%m-%d}; it gives more than"
        f" {MOST_PAGES} pages. Ask for a shorter time with --since."
    )


def _halves(since: datetime, until: datetime) -> tuple[tuple[datetime, datetime], ...]:
    if until - since <= SHORTEST:
        return ()
    middle = (since + (until - since) / 2).replace(microsecond=0)
    return (since, middle), (middle, until)


def _ask(line: Line, url: str, since: datetime, until: datetime, page: int) -> Requests:
    query = {
        "start_date": _moment(since),
        "end_date": _moment(until),
        "page": str(page),
        "page_size": str(PAGE_SIZE),
    }
    try:
        return _by_id(_read(line.get(url, query), url))
    except StatusError as error:
        if page > 1 and error.status == HTTPStatus.NOT_FOUND:  # a page too far
            return {}
        raise


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _by_id(requests: list[dict[str, Any]]) -> Requests:
    """Key requests by id; one without is its own content, so that none is lost."""
    return {
        str(one.get("service_request_id") or json.dumps(one, sort_keys=True)): one
        for one in requests
    }


def _read(reply: Reply, url: str) -> list[dict[str, Any]]:
    content = reply.content.lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        found = _read_xml(content) if content.startswith(b"<") else _read_json(content)
    except (ValueError, RecursionError, ET.ParseError) as error:
        raise _no_requests(url, f"what it answered cannot be read ({error})") from error
    if any("service_request_id" not in one and "code" in one for one in found):
        raise _no_requests(url, "it answered with an error of its own")
    return found


def _no_requests(url: str, found: str) -> FeedError:
    host = urlsplit(url).hostname
    return FeedError(
        f"Open311 requests were asked of {shown(url)}; {found}."
        f" Check that {host} has its GeoReport v2 endpoint at that address."
    )


def _read_json(content: bytes) -> list[dict[str, Any]]:
    text = content.decode("utf-8")
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = json.loads(_UNQUOTED.sub(r'\1"\2"', text))
    while isinstance(value, dict):
        value = next((value[name] for name in _LISTS if name in value), None)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("no list of requests")
    return value


def _read_xml(content: bytes) -> list[dict[str, Any]]:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("it declares entities")
    root = ET.fromstring(content)  # noqa: S314 - no entity is declared
    if root.tag.rpartition("}")[2] != "service_requests":
        raise ValueError(f"<{root.tag}> instead of <service_requests>")
    return [
        {field.tag.rpartition("}")[2]: (field.text or "").strip() or None for field in request}
        for request in root
    ]
