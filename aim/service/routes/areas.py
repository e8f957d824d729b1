"""The page of tables by area, and the same for programs."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.errors import ParameterError
from aim.service.answers import send_file
from aim.service.deps import AreaQuestionDep, Hub, HubDep, Question
from aim.service.pages import render_page
from aim.service.problems import RESPONSES
from aim.service.routes.api import TableFormat
from aim.service.words import (
    AREA_WORDS,
    WORDS,
    openapi_parameters,
    read_flag,
    read_number,
)
from aim.workflows.views import ExportedFile

router = APIRouter(tags=["data"], responses=RESPONSES)

ASKS = openapi_parameters(WORDS, AREA_WORDS)


@router.get("/analysis/areas", response_class=HTMLResponse, include_in_schema=False)
def areas_page(request: Request, hub: HubDep, question: AreaQuestionDep) -> Response:
    """Show one table by area; what cannot be made says why."""
    asked = (hub.store, hub.actor, question.wanted, _table(question), hub.settings)
    try:
        view = workflows.areas_view(*asked)
    except ParameterError as error:
        view = workflows.areas_view(*asked, fault=str(error))
    kept = {word: text for word, text in question.others.items() if word != "show"}
    query = "&".join(filter(None, (question.wanted.query(), urlencode(kept))))
    page = render_page(request, "areas.html", view=view, query=query)
    page.status_code = 422 if view.fault else 200
    return page


@router.get("/api/areas", openapi_extra=ASKS)
def areas(request: Request, hub: HubDep, question: AreaQuestionDep) -> Response:
    """Make a table by area, as JSON."""
    made = _export(hub, question, "json")
    return send_file(request, made, shown=True)


@router.get("/api/areas.{ending}", openapi_extra=ASKS)
def areas_file(
    request: Request, hub: HubDep, question: AreaQuestionDep, ending: TableFormat
) -> Response:
    """Make a table by area, as a file to keep."""
    made = _export(hub, question, ending)
    return send_file(request, made)


def _export(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_areas(
        hub.store,
        hub.actor,
        question.wanted,
        _table(question),
        hub.settings,
        file_format=ending,
        made=hub.today(),
    )


def _table(question: Question) -> workflows.AreaQuestion:
    return workflows.AreaQuestion(
        kind=question.others.get("show", "localities"),
        per=question.others.get("per", "people"),
        most=read_number(question.others, "most", 3),
        each=read_flag(question.others, "each"),
    )
