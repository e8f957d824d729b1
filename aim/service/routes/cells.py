"""The page of cells, and the same for programs."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.errors import ParameterError
from aim.service.answers import send_file
from aim.service.deps import CellQuestionDep, Hub, HubDep, Question
from aim.service.pages import render_page
from aim.service.problems import RESPONSES
from aim.service.routes.api import ListFormat
from aim.service.words import (
    CELL_WORDS,
    WORDS,
    openapi_parameters,
    read_decimal,
)
from aim.workflows.views import ExportedFile

router = APIRouter(tags=["data"], responses=RESPONSES)

ASKS = openapi_parameters(WORDS, CELL_WORDS)


@router.get("/analysis/cells", response_class=HTMLResponse, include_in_schema=False)
def cells_page(request: Request, hub: HubDep, question: CellQuestionDep) -> Response:
    """Show which cells stand out; what cannot be answered says why."""
    asked = (hub.store, hub.actor, question.wanted, hub.settings)
    try:
        view = workflows.cells_view(*asked, _cells(question))
    except ParameterError as error:
        view = workflows.cells_view(*asked, fault=str(error))
    page = render_page(request, "cells.html", view=view, query=_query(question))
    page.status_code = 422 if view.fault else 200
    return page


@router.get("/api/cells", openapi_extra=ASKS)
def cells(request: Request, hub: HubDep, question: CellQuestionDep) -> Response:
    """Say what is found of each cell, as JSON."""
    made = _export(hub, question, "json")
    return send_file(request, made, shown=True)


@router.get("/api/cells.{ending}", openapi_extra=ASKS)
def cells_file(
    request: Request, hub: HubDep, question: CellQuestionDep, ending: ListFormat
) -> Response:
    """Say what is found of each cell, as a file to keep."""
    made = _export(hub, question, ending)
    return send_file(request, made)


def _export(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_cells(
        hub.store,
        hub.actor,
        question.wanted,
        hub.settings,
        _cells(question),
        file_format=ending,
        made=hub.today(),
        reason=question.reason,
    )


def _cells(question: Question) -> workflows.CellQuestion:
    words, usual = question.others, workflows.CellQuestion()
    return workflows.CellQuestion(
        statistic=words.get("statistic", usual.statistic),
        cell_m=read_decimal(words, "cell-m", 0) if "cell-m" in words else None,
        shape=words.get("shape", usual.shape),
        bandwidth_m=read_decimal(words, "bandwidth-m", usual.bandwidth_m),
        against=words.get("against", ""),
    )


def _query(question: Question) -> str:
    """Return the whole question as the query of an address, for the files."""
    kept = {word: text for word, text in question.others.items() if word != "reason"}
    return "&".join(filter(None, (question.wanted.query(), urlencode(kept))))
