"""The page of sources side by side, and the same for programs."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.errors import ParameterError
from aim.service.answers import send_file
from aim.service.deps import Hub, HubDep, Question, SourceQuestionDep
from aim.service.pages import render_page
from aim.service.problems import RESPONSES
from aim.service.routes.api import TableFormat
from aim.service.words import (
    PARAMETER_WORDS,
    SOURCE_WORDS,
    WORDS,
    openapi_parameters,
)
from aim.workflows.views import ExportedFile

router = APIRouter(tags=["data"], responses=RESPONSES)

ASKS = openapi_parameters(WORDS, PARAMETER_WORDS, SOURCE_WORDS)


@router.get("/analysis/sources", response_class=HTMLResponse, include_in_schema=False)
def sources_page(request: Request, hub: HubDep, question: SourceQuestionDep) -> Response:
    """Show the sources side by side; what cannot be compared says why."""
    asked = (hub.store, hub.actor, question.wanted, question.parameters, hub.settings)
    try:
        view = workflows.sources_view(*asked)
    except ParameterError as error:
        view = workflows.sources_view(*asked, fault=str(error))
    page = render_page(request, "sources.html", view=view, query=question.query)
    page.status_code = 422 if view.fault else 200
    return page


@router.get("/api/sources", openapi_extra=ASKS)
def sources(request: Request, hub: HubDep, question: SourceQuestionDep) -> Response:
    """Compare the hotspots of each source, as JSON."""
    made = _export(hub, question, "json")
    return send_file(request, made, shown=True)


@router.get("/api/sources.{ending}", openapi_extra=ASKS)
def sources_file(
    request: Request, hub: HubDep, question: SourceQuestionDep, ending: TableFormat
) -> Response:
    """Compare the hotspots of each source, as a file to keep."""
    made = _export(hub, question, ending)
    return send_file(request, made)


def _export(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_sources(
        hub.store,
        hub.actor,
        question.wanted,
        question.parameters,
        hub.settings,
        shown=question.others.get("show", "places"),
        file_format=ending,
        made=hub.today(),
    )
