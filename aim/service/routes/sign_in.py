"""Coming in and going out."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from aim import workflows
from aim.errors import AccessError, AimError, ParameterError, SignInError, TooManyAttemptsError
from aim.model.accounts import NOTICE as NOTICE_TEXT
from aim.service.deps import Hub, HubDep
from aim.service.forms import FormDep
from aim.service.pages import render_page
from aim.service.problems import status_of
from aim.service.sessions import (
    flow_of,
    give_flow,
    give_session,
    take_flow,
    take_session,
)
from aim.service.sign_in import NOTICE, PASSWORD, SIGN_IN, SIGN_OUT, local_path

router = APIRouter(include_in_schema=False)

RETRY_S = "60"


@router.get(SIGN_IN, response_class=HTMLResponse)
def sign_in_page(request: Request, hub: HubDep) -> Response:
    """Show the ways in."""
    return _sign_in_page(request, hub, local_path(request.query_params.get("next", "/")))


@router.post(SIGN_IN, response_class=HTMLResponse)
async def sign_in(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Let a person in by name and password, or show the page again."""
    then = local_path(form.get("next", "/"))
    tried = workflows.Tried(
        form.get("name", "").strip(),
        form.get("password", ""),
        form.get("code", ""),
        request.client.host if request.client else "",
    )
    try:
        token = await hub.door.turnstile.run(
            workflows.sign_in, hub.store, tried, hub.now(), cost=hub.door.cost
        )
    except SignInError as error:
        return await run_in_threadpool(_sign_in_page, request, hub, then, error)
    return _entered(hub, token, then)


@router.post("/sign-in/demo")
def sign_in_demo(hub: HubDep, form: FormDep) -> Response:
    """Let somebody at this computer in as one of the demo's people."""
    if not hub.door.local:
        raise SignInError("The demo's people come in on the demo's own computer alone.")
    token = workflows.sign_in_demo(hub.store, form.get("name", ""), hub.now())
    return _entered(hub, token, local_path(form.get("next", "/")))


@router.get("/sign-in/provider")
def to_provider(request: Request, hub: HubDep) -> Response:
    """Send a person to their organisation's sign-in."""
    provider = hub.door.provider
    if provider is None:
        return RedirectResponse(SIGN_IN, 303)
    then = local_path(request.query_params.get("next", "/"))
    back = str(request.url_for("from_provider"))
    try:
        url, sealed = provider.begin(hub.store, back, then, hub.now())
    except AccessError as error:
        return _sign_in_page(request, hub, then, error)
    response = RedirectResponse(url, 303)
    give_flow(response, sealed, secure=hub.door.secure)
    return response


@router.get("/sign-in/back")
def from_provider(request: Request, hub: HubDep) -> Response:
    """Take a person in who comes back from their organisation's sign-in."""
    provider = hub.door.provider
    if provider is None:
        return RedirectResponse(SIGN_IN, 303)
    carried = flow_of(request, secure=hub.door.secure)
    try:
        token, then = provider.finish(hub.store, carried, dict(request.query_params), hub.now())
    except AccessError as error:
        response: Response = _sign_in_page(request, hub, "/", error)
    else:
        response = _entered(hub, token, local_path(then))
    take_flow(response, secure=hub.door.secure)
    return response


@router.post(SIGN_OUT)
def sign_out(request: Request, hub: HubDep) -> Response:
    """End the session."""
    if request.state.reader is not None:
        workflows.sign_out(hub.store, request.state.reader, hub.now())
    response = RedirectResponse(SIGN_IN, 303)
    take_session(response, secure=hub.door.secure)
    return response


@router.get(PASSWORD, response_class=HTMLResponse)
def password_page(request: Request) -> Response:
    """Show how to change one's password."""
    return _own_page(request, "password.html")


@router.post(PASSWORD, response_class=HTMLResponse)
async def change_password(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Change one's password."""
    reader = request.state.reader
    if reader is None:
        return RedirectResponse("/", 303)
    try:
        _refuse_different(form)
        token = await hub.door.turnstile.run(
            workflows.change_password,
            hub.store,
            reader,
            form.get("old", ""),
            form.get("new", ""),
            hub.now(),
            cost=hub.door.cost,
        )
    except (SignInError, ParameterError) as error:
        then = local_path(form.get("next", "/"))
        return _own_page(request, "password.html", then=then, error=error)
    return _entered(hub, token, local_path(form.get("next", "/")))


@router.get(NOTICE, response_class=HTMLResponse)
def notice_page(request: Request) -> Response:
    """Show what figures are for."""
    return _own_page(request, "notice.html", notice=NOTICE_TEXT)


@router.post(NOTICE)
def accept_notice(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Remember that a person accepted it."""
    if request.state.reader is not None:
        workflows.accept_notice(hub.store, request.state.reader, hub.now())
    return RedirectResponse(local_path(form.get("next", "/")), 303)


def _refuse_different(form: dict[str, str]) -> None:
    if form.get("new", "") != form.get("again", ""):
        raise ParameterError("The two new passwords differ. Write the same twice.")


def _sign_in_page(
    request: Request, hub: Hub, then: str, error: AimError | None = None
) -> HTMLResponse:
    page = render_page(
        request,
        "sign_in.html",
        then=then,
        to_provider=f"/sign-in/provider?{urlencode({'next': then})}" if hub.door.provider else "",
        demo=workflows.demo_people(hub.store) if hub.door.local else [],
        error=str(error) if error else "",
    )
    return _marked(page, error)


def _own_page(
    request: Request,
    template: str,
    then: str | None = None,
    error: AimError | None = None,
    **values: Any,
) -> Response:
    if request.state.reader is None or request.state.reader.session is None:
        return RedirectResponse("/", 303)  # nobody at this computer has an account
    then = local_path(request.query_params.get("next", "/")) if then is None else then
    told = str(error) if error else ""
    return _marked(render_page(request, template, then=then, error=told, **values), error)


def _marked(page: HTMLResponse, error: AimError | None) -> HTMLResponse:
    """Give a page that refuses its status."""
    if error is not None:
        page.status_code = status_of(error)
    if isinstance(error, TooManyAttemptsError):
        page.headers["Retry-After"] = RETRY_S
    return page


def _entered(hub: Hub, token: str, then: str) -> Response:
    response = RedirectResponse(then, 303)
    give_session(response, token, secure=hub.door.secure)
    return response
