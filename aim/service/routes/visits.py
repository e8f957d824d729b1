"""Tonight's card, one tap a stop, and the visits logged."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.access import require
from aim.errors import AimError, FeedError, NotFoundError, ParameterError, TaskingError
from aim.model.people import Action
from aim.service.answers import send_file
from aim.service.deps import HubDep
from aim.service.forms import FormDep, SentFile, SentFormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)
OWN_PAGES = [Depends(require_same_origin)]
MENDABLE = (ParameterError, TaskingError, NotFoundError)
CARD_WORDS = ("shift", "team", "type")

DONE = {
    "logged": "Logged. It can be undone within a minute.",
    "undone": "Taken back: it counts no more.",
    "kept": "The visit is kept.",
    "brought": "The new visits of the file are kept.",
}


@router.get("/tonight", response_class=HTMLResponse)
def tonight_page(request: Request, hub: HubDep) -> Response:
    """Show where a shift goes, in which order, and why."""
    return _show_card(request, hub, request.query_params)


@router.post("/tonight", dependencies=OWN_PAGES)
def log_stop(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Log a stop at one place of the card, by one tap."""
    try:
        workflows.log_stop(
            hub.store,
            hub.actor,
            workflows.read_card_question(form),
            place=form.get("place", ""),
            visit=form.get("visit", ""),
            now=hub.now(),
        )
    except MENDABLE as error:
        return _show_card(request, hub, form, error)
    return _to_card(form, "logged")


@router.get("/tonight.pdf")
def tonight_file(request: Request, hub: HubDep) -> Response:
    """Give out the card as one page to print."""
    asked = workflows.read_card_question(_card_words(request.query_params))
    made = workflows.card_file(hub.store, hub.actor, asked, hub.settings, made=hub.today())
    return send_file(request, made)


@router.get("/visits", response_class=HTMLResponse)
def visits_page(request: Request, hub: HubDep) -> Response:
    """Show the visits, minutes by week, and a form."""
    return _show_visits(request, hub)


@router.post("/visits", dependencies=OWN_PAGES)
def log_visit(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Keep a visit; what cannot be kept comes back with its reason."""
    table = workflows.office_table(hub.settings)
    try:
        workflows.log_visit(hub.store, hub.actor, form, now=hub.now(), table=table)
    except MENDABLE as error:
        return _show_visits(request, hub, error, form)
    return RedirectResponse("/visits?done=kept", status_code=303)


@router.get("/visits/template.csv")
def visit_template(hub: HubDep) -> Response:
    """Give out an empty table of visits to fill in."""
    content = workflows.visit_template(hub.actor)
    head = {"Content-Disposition": 'attachment; filename="visits.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=head)


@router.post("/visits/file", dependencies=OWN_PAGES)
def look_at_file(request: Request, hub: HubDep, form: SentFormDep) -> Response:
    """Show what a file of visits holds; nothing of it is kept."""
    file = form.files.get("file", SentFile("", b""))
    try:
        view = workflows.look_at_visits(
            hub.store, hub.actor, _sent(hub, file), **_asked(hub, form.fields)
        )
    except (*MENDABLE, FeedError) as error:
        return _show_visits(request, hub, error, sent=True)
    token = hub.parked.put(hub.actor.id, "visits", file, hub.now())
    return render_page(request, "visit_file.html", view=view, name=file.name, token=token)


@router.post("/visits/file/keep", dependencies=OWN_PAGES)
def keep_file(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Keep the visits of the file that was looked at last."""
    require(hub.actor, Action.DO_TASKS)
    try:
        file = hub.parked.take(hub.actor.id, "visits", form.get("token", ""), hub.now())
        workflows.keep_visits(hub.store, hub.actor, _sent(hub, file), **_asked(hub, form))
    except (*MENDABLE, FeedError) as error:
        return _show_visits(request, hub, error, sent=True)
    return RedirectResponse("/visits?done=brought", status_code=303)


@router.post("/visits/{key}/take-back", dependencies=OWN_PAGES)
def take_back_visit(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Let a visit count no more, and show again where that was asked."""
    on_card = form.get("from", "") == "card"
    try:
        workflows.take_back_visit(hub.store, hub.actor, key, now=hub.now(), why=form.get("why", ""))
    except TaskingError as error:
        if on_card:
            return _show_card(request, hub, form, error)
        return _show_visits(request, hub, error)
    return _to_card(form, "undone") if on_card else RedirectResponse("/visits", status_code=303)


def _show_card(
    request: Request, hub: HubDep, words: Mapping[str, str], error: AimError | None = None
) -> Response:
    asked = workflows.read_card_question(_card_words(words))
    view = workflows.tonight_view(hub.store, hub.actor, asked, hub.settings, now=hub.now())
    query = urlencode(_card_words(words))
    return _page(request, "tonight.html", error, view=view, query=query)


def _show_visits(
    request: Request,
    hub: HubDep,
    error: AimError | None = None,
    written: dict[str, str] | None = None,
    *,
    sent: bool = False,
) -> Response:
    view = workflows.visits_view(
        hub.store,
        hub.actor,
        now=hub.now(),
        table=workflows.office_table(hub.settings),
        written=written,
    )
    most_mb = hub.settings.attachment_mb
    return _page(request, "visits.html", error, view=view, sent=sent, most_mb=most_mb)


def _sent(hub: HubDep, file: SentFile) -> workflows.FileToRead:
    return workflows.FileToRead(file.name, file.content, hub.settings.attachment_mb)


def _asked(hub: HubDep, form: Mapping[str, str]) -> dict[str, Any]:
    table = workflows.office_table(hub.settings)
    return {"now": hub.now(), "agency": form.get("agency", ""), "table": table}


def _page(request: Request, template: str, error: AimError | None, **values: object) -> Response:
    told = "" if error else DONE.get(request.query_params.get("done", ""), "")
    page = render_page(request, template, told=told, fault=str(error) if error else "", **values)
    page.status_code = 422 if error else 200
    return page


def _card_words(words: Mapping[str, str]) -> dict[str, str]:
    return {name: words[name] for name in CARD_WORDS if words.get(name)}


def _to_card(form: Mapping[str, str], done: str) -> RedirectResponse:
    return RedirectResponse(
        f"/tonight?{urlencode({**_card_words(form), 'done': done})}", status_code=303
    )
