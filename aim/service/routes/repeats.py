"""The pages of repeats and of early signs for case review, and the lists for programs."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.errors import ParameterError
from aim.model.times import read_day
from aim.service.answers import send_file
from aim.service.deps import CaseQuestionDep, Hub, HubDep, Question, RepeatQuestionDep
from aim.service.pages import render_page
from aim.service.problems import RESPONSES
from aim.service.routes.api import TableFormat
from aim.service.words import REPEAT_WORDS, WORDS, openapi_parameters, read_number
from aim.workflows.views import ExportedFile

router = APIRouter(tags=["data"], responses=RESPONSES)

ASKS = openapi_parameters(WORDS, REPEAT_WORDS)
LISTS = ("near", "risk", "locations")


@router.get("/analysis/repeats", response_class=HTMLResponse, include_in_schema=False)
def repeats_page(request: Request, hub: HubDep, question: RepeatQuestionDep) -> Response:
    """Show whether one incident is followed by others, and where."""
    view = workflows.repeats_view(
        hub.store, hub.actor, question.wanted, hub.settings, _risk(question), today=hub.today()
    )
    return render_page(request, "repeats.html", view=view)


@router.get("/analysis/case-review", response_class=HTMLResponse, include_in_schema=False)
def case_review_page(request: Request, hub: HubDep, question: CaseQuestionDep) -> Response:
    """Show early signs that a case review may be asked for."""
    on = question.others.get("on")
    view = workflows.case_review_view(
        hub.store,
        hub.actor,
        question.wanted,
        hub.settings,
        on=read_day(on, "on") if on else None,
        today=hub.today(),
    )
    return render_page(request, "case_review.html", view=view)


@router.get("/api/repeats", openapi_extra=ASKS)
def repeats(request: Request, hub: HubDep, question: RepeatQuestionDep) -> Response:
    """Tell whether one incident is followed by others, as JSON."""
    made = _export(hub, question, "json")
    return send_file(request, made, shown=True)


@router.get("/api/repeats.{ending}", openapi_extra=ASKS)
def repeats_file(
    request: Request, hub: HubDep, question: RepeatQuestionDep, ending: TableFormat
) -> Response:
    """Tell whether one incident is followed by others, as a file to keep."""
    made = _export(hub, question, ending)
    return send_file(request, made)


def _export(hub: Hub, question: Question, ending: str) -> ExportedFile:
    asked = (hub.store, hub.actor, question.wanted, hub.settings)
    shown, risk = question.others.get("show", "near"), _risk(question)
    if shown == "near":
        return workflows.export_near_repeats(*asked, file_format=ending, made=hub.today())
    if shown == "risk":
        return workflows.export_risk(
            *asked,
            risk,
            file_format=ending,
            made=hub.today(),
            reason=question.reason,
        )
    if shown == "locations":
        return workflows.export_repeat_places(
            *asked, file_format=ending, made=hub.today(), reason=question.reason
        )
    raise ParameterError(f"`show` takes {', '.join(LISTS)}; found {shown!r}.")


def _risk(question: Question) -> workflows.RiskQuestion:
    words = question.others
    return workflows.RiskQuestion(
        on=read_day(words["on"], "on") if "on" in words else None,
        distance_m=read_number(words, "distance-m", 200),
        days=read_number(words, "risk-days", 14),
    )
