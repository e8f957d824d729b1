"""Groups and actions: plain forms, no script; what cannot be kept comes back with what was written.

An answer is sent by POST, kept, and answered with the page again, so that going back or reloading
sends nothing twice.
"""

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.errors import (
    AimError,
    ConflictError,
    NotFoundError,
    NotSmartError,
    ParameterError,
    TaskingError,
)
from aim.service.answers import send_file
from aim.service.deps import HubDep
from aim.service.forms import FormDep, SentFile, SentFormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)
OWN_PAGES = [Depends(require_same_origin)]

DONE = {
    "drafted": "Drafted. Nobody is bound by it until it is agreed.",
    "changed": "Changed.",
    "moved": "Kept: the stage is a new one.",
    "updated": "The update is kept.",
    "commented": "The comment is kept.",
    "formed": "The group is formed.",
    "attached": "The file is attached.",
    "removed": "The file is taken out, for good.",
}
# What somebody can mend in the form they have before them.
MENDABLE = (ParameterError, TaskingError, NotFoundError)


@router.get("/actions", response_class=HTMLResponse)
def board_page(request: Request, hub: HubDep, by: str = "stage", mine: str = "") -> Response:
    """Show the board, by stage or by group, or one's own actions."""
    view = workflows.board_view(
        hub.store, hub.actor, today=hub.today(), by=by, mine=mine not in {"", "0"}
    )
    return render_page(request, "actions.html", view=view, told=_told(request))


@router.get("/actions/new", response_class=HTMLResponse)
def new_action_page(request: Request, hub: HubDep) -> Response:
    """Show an empty form, with what the address knows already."""
    form = workflows.new_action_form(hub.store, hub.actor, dict(request.query_params))
    return render_page(request, "action_new.html", form=form, fault="")


@router.post("/actions", dependencies=OWN_PAGES)
def draft_action(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Keep a draft and show it; what cannot be kept comes back with its reason."""
    try:
        kept = workflows.draft_action(hub.store, hub.actor, form)
    except MENDABLE as error:
        fields = workflows.new_action_form(hub.store, hub.actor, form)
        return _again(request, "action_new.html", error, form=fields)
    return _to_action(kept.key, "drafted")


@router.get("/actions/{key}", response_class=HTMLResponse)
def action_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show one action."""
    return _show_action(request, hub, key)


@router.post("/actions/{key}", dependencies=OWN_PAGES)
def change_action(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep what an action is now."""
    try:
        workflows.change_action(
            hub.store, hub.actor, key, form, version=version_of(form), today=hub.today()
        )
    except ConflictError as error:
        return _conflict(request, hub, key, form, error)
    except (ParameterError, TaskingError) as error:
        return _show_action(request, hub, key, error=error, written=form)
    return _to_action(key, "changed")


@router.post("/actions/{key}/move", dependencies=OWN_PAGES)
def move_action(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Move an action to another stage."""
    try:
        workflows.move_action(
            hub.store,
            hub.actor,
            key,
            form.get("to", ""),
            version=version_of(form),
            today=hub.today(),
            words=form.get("words", ""),
        )
    except ConflictError as error:
        words = {"to": form.get("to", ""), "told": form.get("words", "")}
        return _conflict(request, hub, key, words, error)
    except (ParameterError, TaskingError) as error:
        return _show_action(request, hub, key, error=error)
    return _to_action(key, "moved")


@router.post("/actions/{key}/update", dependencies=OWN_PAGES)
def update_action(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep how far an action is."""
    given = {name: form.get(name, "") for name in ("progress", "told")}
    try:
        workflows.update_action(hub.store, hub.actor, key, version=version_of(form), **given)
    except ConflictError as error:
        return _conflict(request, hub, key, given, error)
    except (ParameterError, TaskingError) as error:
        return _show_action(request, hub, key, error=error)
    return _to_action(key, "updated")


@router.post("/actions/{key}/comment", dependencies=OWN_PAGES)
def comment_action(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep a comment."""
    try:
        workflows.comment_action(hub.store, hub.actor, key, form.get("words", ""))
    except (ParameterError, TaskingError) as error:
        return _show_action(request, hub, key, error=error)
    return _to_action(key, "commented")


@router.post("/actions/{key}/files", dependencies=OWN_PAGES)
def attach_file(request: Request, hub: HubDep, form: SentFormDep, key: str) -> Response:
    """Keep a file beside an action; what is not taken says why."""
    file = form.files.get("file", SentFile("", b""))
    most = hub.settings.attachment_mb
    try:
        workflows.attach_file(hub.store, hub.actor, key, file.name, file.content, most_mb=most)
    except (ParameterError, TaskingError) as error:
        return _show_action(request, hub, key, error=error)
    return _to_action(key, "attached")


@router.get("/actions/{key}/files/{number}")
def attached_file(request: Request, hub: HubDep, key: str, number: int) -> Response:
    """Give out a file; it is never shown inside a page."""
    made = workflows.attached_file(hub.store, hub.actor, key, number)
    answer = send_file(request, made)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@router.post("/actions/{key}/files/{number}/remove", dependencies=OWN_PAGES)
def remove_file(hub: HubDep, key: str, number: int) -> Response:
    """Take a file out for good."""
    workflows.remove_file(hub.store, hub.actor, key, number)
    return _to_action(key, "removed")


@router.get("/groups", response_class=HTMLResponse)
def groups_page(request: Request, hub: HubDep) -> Response:
    """Show the groups, and the places beside the hotspots."""
    view = workflows.groups_view(hub.store, hub.actor, today=hub.today())
    return render_page(request, "groups.html", view=view, told=_told(request), fault="")


@router.post("/groups", dependencies=OWN_PAGES)
def form_group(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Form a group and show it."""
    try:
        kept = workflows.add_group(hub.store, hub.actor, form)
    except ParameterError as error:
        view = workflows.groups_view(hub.store, hub.actor, today=hub.today(), written=form)
        return _again(request, "groups.html", error, view=view, told="")
    return _to(f"/groups/{quote(kept.key)}", "formed")


@router.get("/groups/{key}", response_class=HTMLResponse)
def group_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show one group."""
    view = workflows.group_view(hub.store, hub.actor, key, today=hub.today())
    return render_page(request, "group.html", view=view, told=_told(request), fault="")


@router.post("/groups/{key}", dependencies=OWN_PAGES)
def change_group(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep what a group is now; what was written stays in the form where it cannot be kept."""
    try:
        workflows.change_group(hub.store, hub.actor, key, form, version=version_of(form))
    except ConflictError as error:
        both = workflows.conflict_page(hub.store, hub.actor, "group", key, form, told=str(error))
        return show_conflict(request, both)
    except ParameterError as error:
        view = workflows.group_view(hub.store, hub.actor, key, today=hub.today(), written=form)
        return _again(request, "group.html", error, view=view, told="")
    return _to(f"/groups/{quote(key)}", "changed")


def _show_action(
    request: Request,
    hub: HubDep,
    key: str,
    *,
    error: AimError | None = None,
    written: dict[str, str] | None = None,
) -> Response:
    view = workflows.action_view(hub.store, hub.actor, key, today=hub.today(), written=written)
    shown = {"view": view, "update": view.update_form, "opened": written is not None}
    shown["most_mb"] = hub.settings.attachment_mb
    if error is None:
        return render_page(request, "action.html", **shown, told=_told(request), fault="")
    if isinstance(error, NotSmartError) and view.gaps:
        error = NotSmartError("It cannot be agreed yet: what is missing stands below.")
    return _again(request, "action.html", error, **shown, told="")


def _again(request: Request, template: str, error: AimError, **values: object) -> Response:
    """Show a page again with why something was not kept."""
    page = render_page(request, template, **values, fault=str(error))
    page.status_code = 422
    return page


def _conflict(
    request: Request, hub: HubDep, key: str, words: dict[str, str], error: ConflictError
) -> Response:
    view = workflows.conflict_view(hub.store, hub.actor, key, words, str(error))
    return show_conflict(request, view)


def show_conflict(request: Request, view: object) -> Response:
    """Show what two people wrote side by side."""
    page = render_page(request, "conflict.html", view=view)
    page.status_code = 409
    return page


def version_of(form: dict[str, str]) -> int:
    """Return the version a form was filled in from; one that is not there fits no record."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - no record has a billion versions


def _told(request: Request) -> str:
    return DONE.get(request.query_params.get("done", ""), "")


def _to_action(key: str, done: str) -> RedirectResponse:
    return _to(f"/actions/{quote(key)}", done)


def _to(path: str, done: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?{urlencode({'done': done})}", status_code=303)
