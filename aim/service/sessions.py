"""Who asks: the cookie of a session or a machine's token, looked up anew with every request."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import Request, Response

from aim import workflows
from aim.access.passwords import STANDARD, HashCost
from aim.model.accounts import SessionLimits
from aim.service.turnstile import Turnstile

if TYPE_CHECKING:
    from aim.service.deps import Hub
    from aim.workflows.providers import SingleSignOn
    from aim.workflows.sign_ins import Reader

# With this prefix a browser takes the cookie from this host alone, over TLS alone.
_SAFE_PREFIX = "__Host-"
SESSION_COOKIE, FLOW_COOKIE = "aim-session", "aim-sign-in"
FLOW_S = 600
_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Door:
    """How people come in.

    Attributes
    ----------
    local
        Whether only this computer can ask: then whoever asks is the person at the keyboard as
        long as nobody has an account, and a demo's people come in by a click.
    secure
        Whether every answer leaves over TLS.
    limits
        How long a session lasts.
    cost
        What a guess at a password costs.
    provider
        The organisation's sign-in, None without one.
    """

    local: bool = True
    secure: bool = False
    limits: SessionLimits = field(default_factory=SessionLimits)
    cost: HashCost = STANDARD
    provider: "SingleSignOn | None" = None
    turnstile: Turnstile = field(default_factory=Turnstile)


def bearer_of(request: Request) -> str | None:
    """Return the token a machine shows, None where it shows none."""
    shown = request.headers.get("authorization", "")
    return shown[len(_BEARER) :].strip() if shown.casefold().startswith(_BEARER) else None


def find_reader(hub: "Hub", request: Request) -> "Reader | None":
    """Return who asks, None where nobody known does; with a token no cookie is looked at."""
    token = bearer_of(request)
    if token is not None:
        return workflows.reader_of_token(hub.store, token, hub.now(), hub.today())
    cookie = request.cookies.get(_name(SESSION_COOKIE, secure=hub.door.secure))
    if not cookie:
        return None
    return workflows.reader_of_session(hub.store, cookie, hub.now(), hub.today(), hub.door.limits)


def give_session(response: Response, token: str, *, secure: bool) -> None:
    """Give a browser the cookie of a new session; it goes when the browser does."""
    _give(response, SESSION_COOKIE, token, secure=secure)


def take_session(response: Response, *, secure: bool) -> None:
    """Take the cookie back, and what the browser kept of our pages."""
    _take(response, SESSION_COOKIE, secure=secure)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def give_flow(response: Response, sealed: str, *, secure: bool) -> None:
    """Give a browser what it must bring back from the organisation's sign-in."""
    _give(response, FLOW_COOKIE, sealed, secure=secure, max_age=FLOW_S)


def take_flow(response: Response, *, secure: bool) -> None:
    """Take that back: it is good for one return."""
    _take(response, FLOW_COOKIE, secure=secure)


def flow_of(request: Request, *, secure: bool) -> str:
    """Return what the browser brought back, empty for nothing."""
    return request.cookies.get(_name(FLOW_COOKIE, secure=secure), "")


def _name(cookie: str, *, secure: bool) -> str:
    return f"{_SAFE_PREFIX}{cookie}" if secure else cookie


def _give(
    response: Response, cookie: str, value: str, *, secure: bool, max_age: int | None = None
) -> None:
    # Lax, not Strict: the way back from the organisation's sign-in begins on its page.
    response.set_cookie(
        _name(cookie, secure=secure),
        value,
        max_age=max_age,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def _take(response: Response, cookie: str, *, secure: bool) -> None:
    response.delete_cookie(
        _name(cookie, secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )
