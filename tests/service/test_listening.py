import socket

import pytest

from aim.config import Settings
from aim.errors import ServiceError
from aim.service.listening import address_of, bind, serve


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "hub.example", "", "::"])  # noqa: S104 - must be refused
def test_no_host_but_this_computer_is_listened_on(host):
    with pytest.raises(ServiceError, match="Sign-in is not built yet"):
        bind(host, 0)


def test_a_taken_port_is_one_clear_line():
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ServiceError, match=f"port {port}.*--port") as told:
            bind("127.0.0.1", port)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_refused(port):
    with pytest.raises(ServiceError, match="cannot be had"):
        bind("127.0.0.1", port)


def test_a_port_is_free_again_after_use():
    with bind("localhost", 0) as first:
        port = first.getsockname()[1]
    with bind("127.0.0.1", port) as again:
        assert address_of(again) == f"http://127.0.0.1:{port}/"


@pytest.mark.skipif(not socket.has_ipv6, reason="this computer has no IPv6")
def test_the_other_loopback_is_written_as_an_address():
    try:
        listener = bind("::1", 0)
    except ServiceError:
        pytest.skip("this computer has no IPv6 loopback")
    with listener:
        assert address_of(listener).startswith("http://[::1]:")


def test_the_host_is_refused_before_the_store_is_looked_for(tmp_path):
    settings = Settings(store_url=f"sqlite:///{(tmp_path / 'none.db').as_posix()}")
    with pytest.raises(ServiceError):
        serve(settings, "0.0.0.0", 0)  # noqa: S104 - must be refused
