"""Results for residents: listed, drafted and approved by plain forms, taken as one page."""

from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.service.answers import send_file
from aim.service.deps import HubDep
from aim.service.forms import FormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)

DONE = {
    "drafted": "Drafted. A coordinator approves it before it leaves the hub.",
    "masked": "Drafted, with contact details masked. A coordinator approves it before it leaves.",
    "approved": "Approved: the page may be handed out from now on.",
}


@router.get("/results", response_class=HTMLResponse)
def results_page(request: Request, hub: HubDep) -> Response:
    """Show the results, and a form to draft one."""
    view = workflows.results_view(hub.store, hub.actor)
    told = DONE.get(request.query_params.get("done", ""), "")
    return render_page(request, "results.html", view=view, told=told)


@router.post("/results", dependencies=[Depends(require_same_origin)])
def draft_result(hub: HubDep, form: FormDep) -> RedirectResponse:
    """Keep a draft, and show the list again."""
    _, masked = workflows.draft_result(
        hub.store,
        hub.actor,
        hub.settings,
        **{name: form.get(name, "") for name in ("ward", "period", "title", "told")},
    )
    return _back("masked" if masked else "drafted")


@router.post("/results/{number}/approve", dependencies=[Depends(require_same_origin)])
def approve_result(hub: HubDep, number: int) -> RedirectResponse:
    """Let a draft out, and show the list again."""
    workflows.approve_result(hub.store, hub.actor, number, today=hub.today())
    return _back("approved")


@router.get("/results/{number}.pdf")
def result_file(request: Request, hub: HubDep, number: int) -> Response:
    """Give out an approved result as one page."""
    made = workflows.result_file(hub.store, hub.actor, hub.settings, number)
    return send_file(request, made)


def _back(done: str) -> RedirectResponse:
    return RedirectResponse(f"/results?{urlencode({'done': done})}", status_code=303)
