"""Listen on this computer, or say in one line why not."""

import socket
import sys
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import uvicorn

from aim.errors import ServiceError
from aim.service.app import create_app
from aim.service.guard import is_loopback
from aim.store import open_store

if TYPE_CHECKING:
    from aim.config import Settings

BACKLOG = 128


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
        A loopback name or address; no other until people can sign in.
    port
        A TCP port; 0 takes any free one.
    tell
        Where the address is announced; standard error by default.

    Raises
    ------
    ServiceError
        The host is not loopback, or the port is taken.
    StoreError
        There is no store, or it cannot be opened.
    """
    listener = bind(host, port)
    with listener, closing(open_store(settings.store_url, key_file=settings.key_file)) as store:
        app = create_app(settings, store)
        announce = tell or _tell_on_standard_error
        announce(f"The hub is at {address_of(listener)} (this computer only; stop it with Ctrl+C).")
        config = uvicorn.Config(app, log_level="warning", server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything is loaded, so that a second hub learns at once.

    Parameters
    ----------
    host
        A loopback name or address.
    port
        A TCP port; 0 takes any free one.

    Returns
    -------
    socket.socket
        Bound and listening.

    Raises
    ------
    ServiceError
        The host is not loopback, or the port is taken or out of range.
    """
    if not is_loopback(host):
        raise ServiceError(
            f"The hub was asked to listen on {host!r}. Sign-in is not built yet, so it listens on"
            " this computer only; use 127.0.0.1."
        )
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


def address_of(listener: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _claim_alone(listener: socket.socket) -> None:
    # On Windows SO_REUSEADDR would let a second hub share the port; elsewhere it only lets a
    # restarted hub have the port its last connections are still leaving.
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    listener.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)


def _tell_on_standard_error(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
