"""Plans of groups, problem-solving records, the library of responses: plain forms, no script."""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.access import is_allowed, require
from aim.errors import AimError, ConflictError, FeedError, ParameterError
from aim.model.people import Action
from aim.service.answers import send_file
from aim.service.deps import Hub, HubDep
from aim.service.forms import FormDep, SentFile, SentFormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page
from aim.service.routes.tasking import show_conflict, version_of

router = APIRouter(include_in_schema=False)
OWN_PAGES = [Depends(require_same_origin)]
DONE = {
    "changed": "Kept.",
    "begun": "The record is begun: write its five parts below.",
    "read": "The plan is kept as a draft group. What it lacks stands below.",
}


@router.get("/plans", response_class=HTMLResponse)
def plans_page(request: Request, hub: HubDep) -> Response:
    """Show the groups with how far each plan is."""
    return _show_plans(request, hub)


@router.post("/plans/file", dependencies=OWN_PAGES)
def look_at_file(request: Request, hub: HubDep, form: SentFormDep) -> Response:
    """Show what a filled plan holds; nothing of it is kept."""
    file = form.files.get("file", SentFile("", b""))
    try:
        view = workflows.look_at_plan(hub.store, hub.actor, _sent(hub, file))
    except (ParameterError, FeedError) as error:
        return _show_plans(request, hub, error)
    token = hub.parked.put(hub.actor.id, "plan", file, hub.now())
    return render_page(request, "plan_file.html", view=view, token=token)


@router.post("/plans/file/keep", dependencies=OWN_PAGES)
def keep_file(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Keep the plan that was looked at last as a draft group, and show it."""
    require(hub.actor, Action.KEEP_GROUPS)
    try:
        file = hub.parked.take(hub.actor.id, "plan", form.get("token", ""), hub.now())
        kept = workflows.keep_plan(hub.store, hub.actor, _sent(hub, file))
    except (ParameterError, ConflictError, FeedError) as error:
        return _show_plans(request, hub, error)
    return _to(f"/plans/{quote(kept.group)}", "read")


@router.get("/plans/{key}", response_class=HTMLResponse)
def plan_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show one group's plan: its gaps, its parts, its records."""
    return _show_plan(request, hub, key)


@router.post("/plans/{key}", dependencies=OWN_PAGES)
def change_plan(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep a part of a plan; what was written stays in the form where it cannot be kept."""
    try:
        workflows.change_plan(hub.store, hub.actor, key, form, version=version_of(form))
    except ConflictError as error:
        both = workflows.conflict_page(hub.store, hub.actor, "plan", key, form, told=str(error))
        return show_conflict(request, both)
    except ParameterError as error:
        return _show_plan(request, hub, key, error=error, written=form)
    return _to(f"/plans/{quote(key)}", "changed")


@router.post("/plans/{key}/records", dependencies=OWN_PAGES)
def add_record(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Begin the record of a place and show it."""
    try:
        kept = workflows.add_record(hub.store, hub.actor, {**form, "group": key})
    except (ParameterError, ConflictError) as error:
        return _show_plan(request, hub, key, error=error, written=form)
    return _to(f"/plans/records/{quote(kept.key)}", "begun")


@router.get("/plans/records/{key}", response_class=HTMLResponse)
def record_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show one problem-solving record."""
    return _show_record(request, hub, key)


@router.post("/plans/records/{key}", dependencies=OWN_PAGES)
def change_record(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep what a record says now."""
    try:
        workflows.change_record(hub.store, hub.actor, key, form, version=version_of(form))
    except ConflictError as error:
        both = workflows.conflict_page(hub.store, hub.actor, "record", key, form, told=str(error))
        return show_conflict(request, both)
    except ParameterError as error:
        return _show_record(request, hub, key, error=error, written=form)
    return _to(f"/plans/records/{quote(key)}", "changed")


@router.get("/plans/{key}/osara.docx")
def osara_file(request: Request, hub: HubDep, key: str) -> Response:
    """Give out a group's problem-solving plan, two pages a place."""
    return _send(request, hub, key, "osara")


@router.get("/plans/{key}/delivery.docx")
def delivery_file(request: Request, hub: HubDep, key: str) -> Response:
    """Give out a group's delivery plan, the parts A to E."""
    return _send(request, hub, key, "delivery")


@router.get("/responses", response_class=HTMLResponse)
def responses_page(
    request: Request, hub: HubDep, of_type: Annotated[str, Query(alias="type")] = ""
) -> Response:
    """Show what was tried where, with what result."""
    view = workflows.responses_view(hub.store, hub.actor, of_type=of_type)
    return render_page(request, "responses.html", view=view)


def _send(request: Request, hub: Hub, key: str, form: str) -> Response:
    made = workflows.export_plan(
        hub.store, hub.actor, key, hub.settings, form=form, today=hub.today()
    )
    return send_file(request, made)


def _show_plans(request: Request, hub: Hub, error: AimError | None = None) -> Response:
    plans = workflows.plans_view(hub.store, hub.actor)
    may = all(is_allowed(hub.actor, one) for one in (Action.KEEP_GROUPS, Action.PLAN_TASKS))
    shown = {"plans": plans, "may_read": may, "most_mb": hub.settings.attachment_mb}
    return _page(request, "plans.html", error, **shown)


def _sent(hub: Hub, file: SentFile) -> workflows.FileToRead:
    return workflows.FileToRead(file.name, file.content, hub.settings.attachment_mb)


def _show_plan(
    request: Request,
    hub: Hub,
    key: str,
    *,
    error: ParameterError | ConflictError | None = None,
    written: dict[str, str] | None = None,
) -> Response:
    view = workflows.plan_view(hub.store, hub.actor, key, hub.settings, written=written)
    return _page(request, "plan.html", error, view=view, written=written or {})


def _show_record(
    request: Request,
    hub: Hub,
    key: str,
    *,
    error: ParameterError | ConflictError | None = None,
    written: dict[str, str] | None = None,
) -> Response:
    view = workflows.osara_view(hub.store, hub.actor, key, written=written)
    return _page(request, "record.html", error, view=view, written=written or {})


def _page(request: Request, template: str, error: Exception | None, **values: object) -> Response:
    """Show a page; with why something was not kept, where it was not."""
    told = "" if error else DONE.get(request.query_params.get("done", ""), "")
    page = render_page(
        request, template, **values, told=told, fault="" if error is None else str(error)
    )
    if error is not None:
        page.status_code = 409 if isinstance(error, ConflictError) else 422
    return page


def _to(path: str, done: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?{urlencode({'done': done})}", status_code=303)
