"""The value of the process, in figures that each say what they count."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.service.deps import HubDep
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)


@router.get("/value", response_class=HTMLResponse)
def value_page(request: Request, hub: HubDep) -> Response:
    """Show what became of the places found."""
    view = workflows.value_view(hub.store, hub.actor, today=hub.today())
    return render_page(request, "value.html", view=view)
