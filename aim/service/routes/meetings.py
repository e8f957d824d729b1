"""Meetings: plain forms over one list of hotspots, a decision a place."""

from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.errors import AimError, ConflictError, NotFoundError, ParameterError
from aim.service.deps import HubDep
from aim.service.forms import FormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page
from aim.service.routes.tasking import version_of

router = APIRouter(include_in_schema=False)


@router.get("/meetings", response_class=HTMLResponse)
def meetings_page(request: Request, hub: HubDep) -> Response:
    """Show the meetings, and a form to hold one, over the list just kept if there is one."""
    return _show_all(request, hub, kept=request.query_params.get("run", ""))


@router.post("/meetings", dependencies=[Depends(require_same_origin)])
def hold_meeting(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Hold a meeting over a saved run, and show its list."""
    try:
        kept = workflows.add_meeting(hub.store, hub.actor, form)
    except (ParameterError, NotFoundError) as error:
        return _show_all(request, hub, written=form, fault=str(error))
    return RedirectResponse(f"/meetings/{quote(kept.key)}", status_code=303)


@router.get("/meetings/{key}", response_class=HTMLResponse)
def meeting_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show what was decided last, what is late, and the list."""
    return _show(request, hub, key)


@router.post("/meetings/{key}", dependencies=[Depends(require_same_origin)])
def decide(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep a decision of one place, and show the list again."""
    try:
        workflows.decide(hub.store, hub.actor, key, form, version=version_of(form))
    except (ParameterError, ConflictError) as error:
        return _show(request, hub, key, error)
    return RedirectResponse(f"/meetings/{quote(key)}", status_code=303)


def _show_all(
    request: Request,
    hub: HubDep,
    *,
    kept: str = "",
    written: dict[str, str] | None = None,
    fault: str = "",
) -> Response:
    view = workflows.meetings_view(hub.store, hub.actor)
    own = {"day": "", "group": "", "agencies": "", "run_id": kept, **(written or {})}
    page = render_page(
        request,
        "meetings.html",
        view=view,
        kept=kept,
        chosen=own["run_id"],
        written=own,
        fault=fault,
    )
    page.status_code = 422 if fault else 200
    return page


def _show(request: Request, hub: HubDep, key: str, error: AimError | None = None) -> Response:
    every = request.query_params.get("all", "") not in {"", "0"}
    view = workflows.meeting_view(hub.store, hub.actor, key, today=hub.today(), every=every)
    page = render_page(request, "meeting.html", view=view, fault=str(error) if error else "")
    if error:
        page.status_code = 409 if isinstance(error, ConflictError) else 422
    return page
