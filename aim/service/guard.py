"""What goes with every answer: who may ask, under which name, and what a page may load.

The policy allows scripts and styles of this server alone, inline ones only under a nonce that is
new with every answer, so markup in an incident's text can never run. Only loopback names and
those of the setting ``hosts`` are answered: a page elsewhere that points its own name at this
computer (DNS rebinding) gets nothing.
"""

import ipaddress
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aim.service.problems import problem, unknown_problem

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",  # for readers that know no frame-ancestors
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def security_policy(nonce: str) -> str:
    """Return the content security policy of one answer.

    Examples
    --------
    >>> "script-src 'self' 'nonce-abc'" in security_policy("abc")
    True
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this computer alone.

    Examples
    --------
    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("::1")
    (True, True, True)
    >>> is_loopback("0.0.0.0"), is_loopback("hub.example"), is_loopback("")
    (False, False, False)
    """
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """Return the name in a ``Host`` header, without the port.

    Examples
    --------
    >>> host_name("localhost:8000"), host_name("[::1]:8000"), host_name("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


class Guard:
    """The outermost layer: checks the host, sets the headers, catches what nobody foresaw."""

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str] = frozenset(), *, secure: bool = False
    ) -> None:
        self.app, self.secure = app, secure
        self.hosts = frozenset(map(str.casefold, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(MutableHeaders(scope=message), nonce, secure=self.secure)
            await send(message)

        try:
            await self._answer(scope, receive, send_guarded)
        except Exception as error:  # - the one place that must let nothing through
            if started:
                raise
            await unknown_problem(Request(scope), error)(scope, receive, send_guarded)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = host_name(Headers(scope=scope).get("host", ""))
        if is_loopback(host) or host.casefold() in self.hosts:
            await self.app(scope, receive, send)
            return
        refusal = problem(
            Request(scope),
            status=421,
            kind="misdirected-request",
            detail=(
                "The hub was asked under a name that is not this computer's own and that AIM_HOSTS"
                " does not list. Open it as http://127.0.0.1, or under its own name."
            ),
        )
        await refusal(scope, receive, send)


def _add_headers(headers: MutableHeaders, nonce: str, *, secure: bool) -> None:
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    for name, value in HEADERS.items():
        headers[name] = value
    headers["Content-Security-Policy"] = security_policy(nonce)
    headers.setdefault("Cache-Control", "private, no-cache")
