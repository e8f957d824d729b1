"""What hotspots stand on: pages of settings, bursts and evaluation, and the same as files."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.service.answers import send_file
from aim.service.deps import (
    BurstQuestionDep,
    EvaluationQuestionDep,
    Hub,
    HubDep,
    Question,
    SettingsQuestionDep,
)
from aim.service.pages import render_page
from aim.service.problems import RESPONSES
from aim.service.routes.api import ListFormat, TableFormat
from aim.service.words import (
    BURST_WORDS,
    EVALUATION_WORDS,
    PARAMETER_WORDS,
    SETTINGS_WORDS,
    WORDS,
    openapi_parameters,
    read_flag,
    read_number,
)
from aim.workflows.views import ExportedFile

if TYPE_CHECKING:
    from aim.config import Settings
    from aim.model.filters import IncidentFilter
    from aim.model.hotspots import HotspotParameters
    from aim.model.people import Actor
    from aim.store import Store
    from aim.workflows.evidence_pages import BurstsView, EvaluationView, SettingsView

    View = BurstsView | EvaluationView | SettingsView

router = APIRouter(tags=["data"], responses=RESPONSES)

# Already in the question's own query.
_PARAMETERS = {word.name for word in PARAMETER_WORDS}
ASKS_SETTINGS = openapi_parameters(WORDS, PARAMETER_WORDS, SETTINGS_WORDS)
ASKS_BURSTS = openapi_parameters(WORDS, PARAMETER_WORDS, BURST_WORDS)
ASKS_EVALUATION = openapi_parameters(WORDS, PARAMETER_WORDS, EVALUATION_WORDS)


@router.get("/analysis/settings", response_class=HTMLResponse, include_in_schema=False)
def settings_page(request: Request, hub: HubDep, question: SettingsQuestionDep) -> Response:
    """Show settings side by side; all of them where that is asked for."""
    view = workflows.settings_view(*_asked(hub, question), try_all=_tries_all(question))
    return _render(request, "settings.html", view, question)


@router.get("/analysis/bursts", response_class=HTMLResponse, include_in_schema=False)
def bursts_page(request: Request, hub: HubDep, question: BurstQuestionDep) -> Response:
    """Show where incidents came close together in time too."""
    view = workflows.bursts_view(*_asked(hub, question), within_days=_days(question))
    return _render(request, "bursts.html", view, question)


@router.get("/analysis/evaluation", response_class=HTMLResponse, include_in_schema=False)
def evaluation_page(request: Request, hub: HubDep, question: EvaluationQuestionDep) -> Response:
    """Show how far incidents concentrate; past hotspots judged where that is asked for."""
    view = workflows.evaluation_view(
        hub.store,
        hub.actor,
        question.wanted,
        hub.settings,
        _evaluation(question),
        judge=read_flag(question.others, "judge"),
    )
    return _render(request, "evaluation.html", view, question)


@router.get("/api/settings", openapi_extra=ASKS_SETTINGS)
def settings(request: Request, hub: HubDep, question: SettingsQuestionDep) -> Response:
    """Try settings side by side, as JSON."""
    return send_file(request, _settings(hub, question, "json"), shown=True)


@router.get("/api/settings.{ending}", openapi_extra=ASKS_SETTINGS)
def settings_file(
    request: Request, hub: HubDep, question: SettingsQuestionDep, ending: TableFormat
) -> Response:
    """Try settings side by side, as a file to keep."""
    return send_file(request, _settings(hub, question, ending))


@router.get("/api/bursts", openapi_extra=ASKS_BURSTS)
def bursts(request: Request, hub: HubDep, question: BurstQuestionDep) -> Response:
    """List where incidents came close together in time too, as JSON."""
    return send_file(request, _bursts(hub, question, "json"), shown=True)


@router.get("/api/bursts.{ending}", openapi_extra=ASKS_BURSTS)
def bursts_file(
    request: Request, hub: HubDep, question: BurstQuestionDep, ending: ListFormat
) -> Response:
    """List where incidents came close together in time too, as a file to keep."""
    return send_file(request, _bursts(hub, question, ending))


@router.get("/api/evaluation", openapi_extra=ASKS_EVALUATION)
def evaluation(request: Request, hub: HubDep, question: EvaluationQuestionDep) -> Response:
    """Judge hotspots of past months by the next, as JSON."""
    return send_file(request, _scores(hub, question, "json"), shown=True)


@router.get("/api/evaluation.{ending}", openapi_extra=ASKS_EVALUATION)
def evaluation_file(
    request: Request, hub: HubDep, question: EvaluationQuestionDep, ending: TableFormat
) -> Response:
    """Judge hotspots of past months by the next, as a file to keep."""
    return send_file(request, _scores(hub, question, ending))


def _asked(
    hub: Hub, question: Question
) -> "tuple[Store, Actor, IncidentFilter, HotspotParameters, Settings]":
    return hub.store, hub.actor, question.wanted, question.parameters, hub.settings


def _render(request: Request, template: str, view: "View", question: Question) -> Response:
    """Show a page; where its question cannot be answered, with the status that says so."""
    kept = {word: text for word, text in question.others.items() if word not in _PARAMETERS}
    query = "&".join(filter(None, (question.query, urlencode(kept))))
    page = render_page(request, template, view=view, query=query, asked=parse_qsl(query))
    page.status_code = 422 if view.page.fault else 200
    return page


def _tries_all(question: Question) -> bool:
    return read_flag(question.others, "try-all")


def _days(question: Question) -> int:
    return read_number(question.others, "within-days", workflows.WITHIN_DAYS)


def _evaluation(question: Question) -> workflows.EvaluationQuestion:
    usual = workflows.EvaluationQuestion()
    train = read_number(question.others, "train", usual.train)
    return workflows.EvaluationQuestion(question.parameters, train)


def _settings(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.settings_file(
        *_asked(hub, question),
        try_all=_tries_all(question),
        file_format=ending,
        made=hub.today(),
    )


def _bursts(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_bursts(
        *_asked(hub, question),
        within_days=_days(question),
        file_format=ending,
        made=hub.today(),
    )


def _scores(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.evaluation_file(
        hub.store,
        hub.actor,
        question.wanted,
        _evaluation(question),
        hub.settings,
        file_format=ending,
        made=hub.today(),
    )
