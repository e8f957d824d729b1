"""The index of the pages that say more than the list and the map."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.access import require
from aim.model.people import Action
from aim.service.analyses import analyses_for
from aim.service.deps import HubDep
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)


@router.get("/analysis", response_class=HTMLResponse)
def analysis_page(request: Request, hub: HubDep) -> Response:
    """List the pages of analysis the reader may open."""
    require(hub.actor, Action.VIEW)
    workflows.count_view(hub.store, hub.actor, "analysis")
    return render_page(request, "analysis.html", analyses=analyses_for(hub.actor))
