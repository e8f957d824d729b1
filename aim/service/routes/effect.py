"""The page of an action's effect, and the same for programs."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.errors import ParameterError
from aim.service.answers import send_file
from aim.service.deps import EffectQuestionDep, Hub, HubDep, Question
from aim.service.pages import render_page
from aim.service.problems import RESPONSES
from aim.service.routes.api import TableFormat
from aim.service.words import EFFECT_WORDS, WORDS, openapi_parameters, read_decimal
from aim.workflows.views import ExportedFile

router = APIRouter(tags=["data"], responses=RESPONSES)

ASKS = openapi_parameters(WORDS, EFFECT_WORDS)


@router.get("/analysis/effect", response_class=HTMLResponse, include_in_schema=False)
def effect_page(request: Request, hub: HubDep, question: EffectQuestionDep) -> Response:
    """Show a place before and after an action; what cannot be compared says why."""
    asked = (hub.store, hub.actor, _asked(question), hub.settings)
    harm = hub.settings.harm_weights
    try:
        view = workflows.effect_view(*asked, harm=harm)
    except ParameterError as error:
        view = workflows.effect_view(*asked, fault=str(error))
    page = render_page(request, "effect.html", view=view, query=request.url.query)
    page.status_code = 422 if view.fault else 200
    return page


@router.get("/api/effect", openapi_extra=ASKS)
def effect(request: Request, hub: HubDep, question: EffectQuestionDep) -> Response:
    """Compare a place before and after an action, as JSON."""
    made = _export(hub, question, "json")
    return send_file(request, made, shown=True)


@router.get("/api/effect.{ending}", openapi_extra=ASKS)
def effect_file(
    request: Request, hub: HubDep, question: EffectQuestionDep, ending: TableFormat
) -> Response:
    """Compare a place before and after an action, as a file to keep."""
    made = _export(hub, question, ending)
    return send_file(request, made)


def _export(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_effect(
        hub.store,
        hub.actor,
        _asked(question),
        hub.settings,
        file_format=ending,
        made=hub.today(),
        harm=hub.settings.harm_weights,
    )


def _asked(question: Question) -> workflows.EffectQuestion:
    """Read what is asked; an area in the filter is the place asked about."""
    wanted, others = question.wanted, question.others
    return workflows.EffectQuestion(
        str(wanted.area) if wanted.area else others.get("place", ""),
        replace(wanted, area=None),
        before=others.get("before", "equal"),
        displacement_m=read_decimal(others, "displacement-m", 200.0),
        control=others.get("control", "auto"),
    )
