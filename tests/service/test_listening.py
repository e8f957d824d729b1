import socket
from contextlib import closing
from datetime import UTC, datetime

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.errors import ServiceError
from aim.model.accounts import new_account
from aim.model.people import Role
from aim.service.listening import address_of, bind, require_ready, serve
from aim.store import open_store


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


EVERYWHERE = "0.0.0.0"  # noqa: S104 - must be refused


def test_beyond_this_computer_everything_missing_is_listed_at_once(tmp_path):
    settings = Settings(store_url=f"sqlite:///{(tmp_path / 'none.db').as_posix()}")
    with pytest.raises(ServiceError) as told:
        serve(settings, EVERYWHERE, 0)
    for word in ("No store at", "AIM_TLS_CERT", "AIM_TRUSTED_PROXY", "AIM_HOSTS"):
        assert word in str(told.value)


@pytest.mark.parametrize("host", [EVERYWHERE, "192.168.1.7", "hub.example", "", "::"])
def test_an_empty_store_is_not_served_beyond_this_computer(tmp_path, host):
    with pytest.raises(ServiceError, match="aim user add ID --role administrator"):
        require_ready(ready_but(store_of(tmp_path)), host)


def test_the_demo_is_not_served_beyond_this_computer(tmp_path):
    url = store_of(tmp_path, demo=True)
    with pytest.raises(ServiceError, match="a store of your own"):
        require_ready(ready_but(url), EVERYWHERE)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ({"trusted_proxy": ()}, "encryption"),
        ({"hosts": ()}, "AIM_HOSTS"),
        ({"tls_cert": "here.pem"}, "both AIM_TLS_CERT and AIM_TLS_KEY"),
        ({"tls_cert": "gone.pem", "tls_key": "gone.pem"}, "the file gone.pem"),
    ],
)
def test_each_missing_setting_is_told(tmp_path, left_out, said):
    url = store_of(tmp_path, Role.ADMINISTRATOR)
    with pytest.raises(ServiceError, match=said) as told:
        require_ready(ready_but(url, **left_out), EVERYWHERE)
    assert "administrator" not in str(told.value)


def test_a_disabled_administrator_does_not_count(tmp_path):
    url = store_of(tmp_path, Role.ADMINISTRATOR)
    with closing(open_store(url)) as store:
        workflows.disable_account(store, LOCAL_ANALYST, "hub-admin", datetime.now(UTC))
    with pytest.raises(ServiceError, match="an administrator who can sign in"):
        require_ready(ready_but(url), EVERYWHERE)


def test_a_hub_that_has_everything_may_listen(tmp_path):
    require_ready(ready_but(store_of(tmp_path, Role.ADMINISTRATOR)), EVERYWHERE)


def ready_but(url, **left_out):
    given = {"trusted_proxy": ("10.0.0.1",), "hosts": ("hub.example.org",), **left_out}
    return Settings(store_url=url, **given)


def store_of(folder, *roles, demo=False):
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    with closing(open_store(url, create=True)) as store:
        if demo:
            workflows.add_demo_people(store, LOCAL_ANALYST, ())
        if roles:
            account = new_account("hub-admin", "council", set(roles), sign_in_name="a@example.org")
            workflows.add_account(store, LOCAL_ANALYST, account)
    return url
