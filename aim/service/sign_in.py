"""The layer every request passes: who asks, and whether they may go on.

It stands before the routes, so a new route is shut to strangers without a word of its own.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from aim.access import LOCAL_ANALYST
from aim.service.origin import FOREIGN, SAFE_METHODS, is_same_origin
from aim.service.problems import problem, wants_page
from aim.service.sessions import bearer_of, find_reader

if TYPE_CHECKING:
    from aim.service.deps import Hub
    from aim.workflows.sign_ins import Reader

# Open to strangers: what a page is drawn with, whether the hub is alive, calendars whose address is
# their key, and the way in.
NEVER_ASKED = ("/static/", "/vendor/", "/healthz", "/readyz", "/calendar/")
SIGN_IN, PASSWORD, NOTICE, SIGN_OUT = (
    "/sign-in",
    "/sign-in/password",
    "/sign-in/notice",
    "/sign-out",
)
OPEN = frozenset({SIGN_IN, "/sign-in/demo", "/sign-in/provider", "/sign-in/back"})
LONGEST_PATH = 2000


def local_path(text: str) -> str:
    r"""Return a path of this hub, or its first page for anything that leads elsewhere.

    Examples
    --------
    >>> local_path("/wards/E05099001?since=2026-04-01")
    '/wards/E05099001?since=2026-04-01'
    >>> [local_path(one) for one in ("//evil.example.org", "https://evil.example.org", "/\\evil")]
    ['/', '/', '/']
    """
    plain = text.isprintable() and len(text) <= LONGEST_PATH and "\\" not in text
    if not plain or not text.startswith("/") or text.startswith(("//", SIGN_IN, SIGN_OUT)):
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else "/"


class Doorway:
    """The layer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass, or answer in its place."""
        if scope["type"] != "http" or scope["path"].startswith(NEVER_ASKED):
            await self.app(scope, receive, send)
            return
        answer = await run_in_threadpool(_judge, Request(scope))
        await (answer or self.app)(scope, receive, send)


def _judge(request: Request) -> Response | None:
    """Remember who asks and return None, or the answer that sends them away."""
    hub: Hub = request.app.state.hub
    unsafe = request.method not in SAFE_METHODS
    if unsafe and bearer_of(request) is None and not is_same_origin(request.headers):
        return problem(request, status=403, kind="foreign-origin", detail=FOREIGN)
    reader = find_reader(hub, request)
    request.state.reader = reader
    if reader is not None:
        request.state.actor = reader.actor
        return _first_things_first(request, reader)
    if hub.door.local and not hub.store.has_accounts() and bearer_of(request) is None:
        request.state.actor = LOCAL_ANALYST
        return None
    return None if request.url.path in OPEN else _ask_to_sign_in(request)


def _first_things_first(request: Request, reader: "Reader") -> Response | None:
    """Lead to what a person must do before anything else."""
    path = request.url.path
    for due, page in ((reader.must_change, PASSWORD), (reader.needs_notice, NOTICE)):
        if not due or path in {page, SIGN_OUT}:
            if due:
                return None
            continue
        if wants_page(request):
            return RedirectResponse(f"{page}?{_next(request)}", 303)
        detail = f"Something must be done first: open {page} in a browser."
        return problem(request, status=403, kind="first-things-first", detail=detail)
    return None


def _ask_to_sign_in(request: Request) -> Response:
    if wants_page(request):
        return RedirectResponse(f"{SIGN_IN}?{_next(request)}", 303)
    wrong = bearer_of(request) is not None
    detail = (
        "The token is unknown, expired or revoked. Ask the hub's administrator for another."
        if wrong
        else "This address is for people who signed in, or machines with a token: open /sign-in in"
        " a browser, or send `Authorization: Bearer TOKEN`."
    )
    answer = problem(request, status=401, kind="sign-in-error", detail=detail)
    error = ', error="invalid_token"' if wrong else ""
    answer.headers["WWW-Authenticate"] = f'Bearer realm="aim"{error}'
    return answer


def _next(request: Request) -> str:
    """Return where to go afterwards, as a query; what was sent by a form is not sent again."""
    if request.method not in SAFE_METHODS or request.url.path.startswith(SIGN_IN):
        return urlencode({"next": local_path(request.query_params.get("next", "/"))})
    query = f"?{request.url.query}" if request.url.query else ""
    return urlencode({"next": local_path(request.url.path + query)})
