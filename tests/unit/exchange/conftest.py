"""A server on this computer that answers as a test tells it to, well or badly."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from aim.exchange import Line, Patience, open_line


class Asked(NamedTuple):
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    """Hands each request to what the test wrote for its path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(parts.path, query, {k.lower(): v for k, v in self.headers.items()})
        self.server.asked.append(asked)
        answer = self.server.answers.get(parts.path, send_status(404))
        answer(self, asked)

    def log_message(self, *args):
        """Say nothing."""


Answer = Callable[[Handler, Asked], None]


def send(body: bytes, media_type: str = "text/csv", *, etag: str = '"1"') -> Answer:
    """Answer with a file, or the part of it that is asked for."""

    def answer(handler, asked):
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
        same = asked.headers.get("if-range", etag) == etag
        if found and same and int(found[1]) >= len(body):
            send_status(416)(handler, asked)
            return
        start = int(found[1]) if found and same else 0
        stop = int(found[2]) + 1 if found and same and found[2] else len(body)
        piece = body[start:stop]
        handler.send_response(206 if found and same else 200)
        if found and same:
            end = start + len(piece) - 1
            handler.send_header("Content-Range", f"bytes {start}-{end}/{len(body)}")
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(piece)))
        handler.send_header("ETag", etag)
        handler.end_headers()
        handler.wfile.write(piece)

    return answer


def send_status(status: int, **headers: str) -> Answer:
    def answer(handler, asked):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Give one answer after the other, the last again and again."""
    left = list(answers)

    def answer(handler, asked):
        (left.pop(0) if len(left) > 1 else left[0])(handler, asked)

    return answer


def send_cut(body: bytes, after: int, *, etag: str = '"1"') -> Answer:
    """Promise a file and break off."""

    def answer(handler, asked):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("ETag", etag)
        handler.end_headers()
        handler.wfile.write(body[:after])
        handler.wfile.flush()
        handler.close_connection = True

    return answer


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A client that hangs up is no error of the test."""


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def pauses() -> list[float]:
    """Collect the seconds the line would have waited."""
    return []


@pytest.fixture
def line(pauses) -> Iterator[Line]:
    patience = Patience(read_s=0.3, tries=3, most_bytes=1_000_000, most_answer_bytes=100_000)
    with open_line(allowed=True, patience=patience, sleep=pauses.append) as opened:
        yield opened
