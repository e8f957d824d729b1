"""The page of hours and days."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.service.deps import HubDep, PlainQuestionDep
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)


@router.get("/analysis/times", response_class=HTMLResponse)
def times_page(request: Request, hub: HubDep, question: PlainQuestionDep) -> Response:
    """Show when in the week things happen."""
    view = workflows.times_view(hub.store, hub.actor, question.wanted, hub.settings)
    return render_page(request, "times.html", view=view)
