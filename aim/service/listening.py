"""Listen, on this computer or beyond it, or say in one message why not."""

import socket
import sys
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import uvicorn

from aim.errors import ConfigError, ServiceError, StoreError
from aim.model.people import Role
from aim.service.app import create_app
from aim.service.guard import is_loopback
from aim.service.patience import PatientProtocol
from aim.store import open_store

if TYPE_CHECKING:
    from fastapi import FastAPI

    from aim.config import Settings

BACKLOG = 128
KEEP_ALIVE_S = 5
MOST_HEADER_BYTES = 32_768


def serve(
    settings: "Settings",
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    tell: Callable[[str], object] | None = None,
) -> None:
    """Serve the hub until it is interrupted.

    Parameters
    ----------
    settings
        The settings that hold.
    host
        A name or address of this computer.
    port
        A TCP port; 0 takes any free one.
    tell
        Where the address is announced; standard error by default.

    Raises
    ------
    ServiceError
        The host is not loopback and something that guards the data is missing, or the port is
        taken.
    StoreError
        There is no store, or it cannot be opened.
    """
    beyond = not is_loopback(host)
    if beyond:
        require_ready(settings, host)
    listener = bind(host, port)
    with listener, closing(open_store(settings.store_url, key_file=settings.key_file)) as store:
        app = create_app(settings, store, beyond=beyond)
        announce = tell or _tell_on_standard_error
        announce(f"The hub is at {_said(settings, listener, beyond=beyond)} (stop it with Ctrl+C).")
        uvicorn.Server(_configured(app, settings)).run(sockets=[listener])


def require_ready(settings: "Settings", host: str) -> None:
    """Refuse to listen beyond this computer until everything that guards the data is there.

    Parameters
    ----------
    settings
        The settings that hold.
    host
        What was asked to be listened on.

    Raises
    ------
    ServiceError
        Something is missing; the text lists all of it, and what to do.
    """
    missing = [*_missing_people(settings), *_missing_settings(settings)]
    if missing:
        lines = "".join(f"\n  - {one}" for one in missing)
        raise ServiceError(
            f"The hub was asked to listen on {host!r}, where others can reach it, and is not ready"
            f" for that. Do this first, or use 127.0.0.1:{lines}"
        )


def _missing_people(settings: "Settings") -> list[str]:
    """Return what the store, its key and its accounts lack."""
    try:
        with closing(open_store(settings.store_url, key_file=settings.key_file)) as store:
            accounts, demo = store.accounts(), store.is_demo()
    except (ConfigError, StoreError) as error:
        return [f"a store with its key: {error}"]
    missing = []
    if demo:
        missing.append("a store of your own: this is the demo's, whose people need no password")
    led = any(one.is_active and Role.ADMINISTRATOR in one.roles for one in accounts)
    if not led:
        missing.append(
            "an administrator who can sign in: aim user add ID --role administrator --agency AGENCY"
        )
    return missing


def _missing_settings(settings: "Settings") -> list[str]:
    """Return what the settings lack."""
    missing = []
    if bool(settings.tls_cert) != bool(settings.tls_key):
        missing.append("both AIM_TLS_CERT and AIM_TLS_KEY; one of them is set")
    elif not settings.tls_cert and not settings.trusted_proxy:
        missing.append(
            "encryption: AIM_TLS_CERT and AIM_TLS_KEY, or AIM_TRUSTED_PROXY with the address of a"
            " proxy that ends TLS"
        )
    missing += [
        f"the file {path}, which is not there"
        for path in (settings.tls_cert, settings.tls_key)
        if path and not path.is_file()
    ]
    if not settings.hosts:
        missing.append("AIM_HOSTS with the names people open the hub under")
    return missing


def _configured(app: "FastAPI", settings: "Settings") -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        log_level="warning",
        access_log=False,  # addresses carry filters, and a return from sign-in carries its code
        server_header=False,
        proxy_headers=False,  # the application believes the proxy of the settings, and no other
        timeout_keep_alive=KEEP_ALIVE_S,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


def _said(settings: "Settings", listener: socket.socket, *, beyond: bool) -> str:
    address = address_of(listener, "https" if settings.tls_cert else "http")
    if not beyond:
        return f"{address}, this computer only"
    names = ", ".join(f"https://{name}" for name in settings.hosts)
    return f"{address}, opened as {names}"


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything is loaded, so that a second hub learns at once.

    Parameters
    ----------
    host
        A name or address of this computer.
    port
        A TCP port; 0 takes any free one.

    Returns
    -------
    socket.socket
        Bound and listening.

    Raises
    ------
    ServiceError
        The host is none of this computer's, or the port is taken or out of range.
    """
    address = "127.0.0.1" if host.casefold() == "localhost" else host.strip("[]")
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        _claim_alone(listener)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ServiceError(
            f"The hub was asked to listen on {host} port {port}, which cannot be had ({error})."
            " Is a hub already running there? Stop it, or choose another with --port."
        ) from error
    return listener


def address_of(listener: socket.socket, scheme: str = "http") -> str:
    """Return the address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


def _claim_alone(listener: socket.socket) -> None:
    # On Windows SO_REUSEADDR would let a second hub share the port; elsewhere it only lets a
    # restarted hub have the port its last connections are still leaving.
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    listener.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)


def _tell_on_standard_error(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
