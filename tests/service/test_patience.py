"""Slow clients on a true server: they are let go, and hold nobody up."""

import socket
import threading
import time
from contextlib import closing, suppress

import pytest
import uvicorn

from aim.service.listening import bind
from aim.service.patience import PatientProtocol


class Hasty(PatientProtocol):
    head_s = 0.3


async def answer(scope, receive, send):
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def port():
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(
            answer, http=Hasty, ws="none", lifespan="off", log_level="critical",
            h11_max_incomplete_event_size=4096,
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listener.close()


def call(port):
    line = socket.create_connection(("127.0.0.1", port), timeout=5)
    line.settimeout(5)
    return closing(line)


def send_bit_by_bit(line):
    """Send a head that never ends, and return how long it was listened to."""
    begun = time.monotonic()
    line.sendall(b"GET / HTTP/1.1\r\n")
    with suppress(OSError):
        for _ in range(60):
            time.sleep(0.05)
            line.sendall(b"X-A: b\r\n")
    return time.monotonic() - begun


def read_answer(line):
    told = b""
    while not told.endswith(b"ok"):
        block = line.recv(1000)
        assert block, told
        told += block
    return told


def test_a_head_that_comes_bit_by_bit_is_not_waited_for(port):
    with call(port) as line:
        assert send_bit_by_bit(line) < 2.9


def test_a_connection_that_says_nothing_is_closed(port):
    with call(port) as line:
        assert line.recv(10) == b""


def test_a_client_that_asks_in_time_is_answered_again_and_again(port):
    with call(port) as line:
        for _ in range(3):
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_answer(line).startswith(b"HTTP/1.1 200")
            time.sleep(0.2)


def test_a_head_that_is_too_long_is_refused(port):
    with call(port) as line:
        line.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 20_000)
        assert line.recv(1000).startswith(b"HTTP/1.1 400")


def test_slow_clients_hold_up_nobody(port):
    slow = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(50)]
    for one in slow:
        one.sendall(b"GET / HT")
    begun = time.monotonic()
    with call(port) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        read_answer(line)
    assert time.monotonic() - begun < 2
    for one in slow:
        one.close()
