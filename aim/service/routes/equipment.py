"""Equipment: the register and each unit, plain forms, no script."""

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.errors import AimError, ConflictError, NotFoundError, ParameterError, TaskingError
from aim.service.deps import HubDep
from aim.service.forms import FormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page
from aim.service.routes.tasking import show_conflict, version_of

router = APIRouter(include_in_schema=False)
OWN_PAGES = [Depends(require_same_origin)]
MENDABLE = (ParameterError, TaskingError, ConflictError)

DONE = {
    "added": "Entered in the register.",
    "changed": "Changed.",
    "deployed": "Deployed.",
    "moved": "Kept.",
    "kept-up": "Changed: how it stands where it is.",
}


@router.get("/equipment", response_class=HTMLResponse)
def equipment_page(request: Request, hub: HubDep) -> Response:
    """Show the register, what is late or idle, and where the next unit would matter."""
    return _show_all(request, hub)


@router.post("/equipment", dependencies=OWN_PAGES)
def add_unit(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Enter a unit in the register and show it."""
    table = workflows.office_table(hub.settings)
    try:
        kept = workflows.add_unit(hub.store, hub.actor, form, today=hub.today(), table=table)
    except ParameterError as error:
        return _show_all(request, hub, error, form)
    return _to_unit(kept.key, "added")


@router.get("/equipment/{key}", response_class=HTMLResponse)
def unit_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show one unit."""
    return _show_unit(request, hub, key)


@router.post("/equipment/{key}", dependencies=OWN_PAGES)
def change_unit(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep what the register says of a unit."""
    try:
        workflows.change_unit(hub.store, hub.actor, key, form, version=version_of(form))
    except ConflictError as error:
        both = workflows.conflict_page(hub.store, hub.actor, "unit", key, form, told=str(error))
        return show_conflict(request, both)
    except MENDABLE as error:
        return _show_unit(request, hub, key, error, form)
    return _to_unit(key, "changed")


@router.post("/equipment/{key}/deploy", dependencies=OWN_PAGES)
def deploy_unit(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Set a unit up at a place."""
    try:
        workflows.deploy_unit(
            hub.store,
            hub.actor,
            key,
            form,
            version=version_of(form),
            today=hub.today(),
            table=workflows.office_table(hub.settings),
        )
    except (*MENDABLE, NotFoundError) as error:
        return _show_unit(request, hub, key, error, form)
    return _to_unit(key, "deployed")


@router.post("/equipment/{key}/keep-up", dependencies=OWN_PAGES)
def keep_up_unit(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep how long a unit stands where it is, and by which leave."""
    table = workflows.office_table(hub.settings)
    try:
        workflows.keep_up_deployment(
            hub.store, hub.actor, key, form, version=version_of(form), table=table
        )
    except MENDABLE as error:
        return _show_unit(request, hub, key, error, form)
    return _to_unit(key, "kept-up")


@router.post("/equipment/{key}/move", dependencies=OWN_PAGES)
def move_unit(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Take a unit down, send it to repair, or say that it is lost or ready again."""
    try:
        workflows.move_unit(
            hub.store,
            hub.actor,
            key,
            form.get("to", ""),
            version=version_of(form),
            today=hub.today(),
            words=form.get("words", ""),
            table=workflows.office_table(hub.settings),
        )
    except MENDABLE as error:
        return _show_unit(request, hub, key, error)
    return _to_unit(key, "moved")


def _show_all(
    request: Request,
    hub: HubDep,
    error: AimError | None = None,
    written: dict[str, str] | None = None,
) -> Response:
    view = workflows.equipment_view(
        hub.store,
        hub.actor,
        today=hub.today(),
        table=workflows.office_table(hub.settings),
        written=written,
    )
    return _page(request, "equipment.html", error, view=view)


def _show_unit(
    request: Request,
    hub: HubDep,
    key: str,
    error: AimError | None = None,
    written: dict[str, str] | None = None,
) -> Response:
    view = workflows.unit_view(
        hub.store,
        hub.actor,
        key,
        today=hub.today(),
        table=workflows.office_table(hub.settings),
        written=written,
    )
    return _page(request, "unit.html", error, view=view, opened=written is not None)


def _page(request: Request, template: str, error: AimError | None, **values: object) -> Response:
    """Show a page, with why something was not kept where it was not."""
    told = "" if error else DONE.get(request.query_params.get("done", ""), "")
    page = render_page(request, template, told=told, fault=str(error) if error else "", **values)
    if error:
        page.status_code = 409 if isinstance(error, ConflictError) else 422
    return page


def _to_unit(key: str, done: str) -> RedirectResponse:
    return RedirectResponse(f"/equipment/{quote(key)}?{urlencode({'done': done})}", status_code=303)
