"""The page of indicators, the same for programs, and the tally of case reviews."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.errors import ConfigError, ConflictError, ParameterError
from aim.service.answers import send_file
from aim.service.deps import Hub, HubDep, IndicatorQuestionDep, Question
from aim.service.forms import FormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page
from aim.service.problems import RESPONSES
from aim.service.routes.api import TableFormat
from aim.service.routes.tasking import version_of
from aim.service.words import INDICATOR_WORDS, WORDS, openapi_parameters
from aim.workflows.views import ExportedFile

router = APIRouter(tags=["data"], responses=RESPONSES)

ASKS = openapi_parameters(
    tuple(word for word in WORDS if word.name not in {"type", "since", "until", "hours", "days"}),
    tuple(word for word in INDICATOR_WORDS if word.name in {"show", "year"}),
)


@router.get("/indicators", response_class=HTMLResponse, include_in_schema=False)
def indicators_page(request: Request, hub: HubDep, question: IndicatorQuestionDep) -> Response:
    """Show the annual table or the milestones; what cannot be made says why."""
    asked = (hub.store, hub.actor, question.wanted, _table(question), hub.settings)
    share = workflows.ShareQuestion(
        *(question.others.get(word, "") for word in ("part", "whole", "against"))
    )
    try:
        view = workflows.indicators_view(*asked, share=share)
    except (ParameterError, ConfigError) as error:
        view = workflows.indicators_view(*asked, share=share, fault=str(error))
    page = render_page(request, "indicators.html", view=view)
    page.status_code = 422 if view.fault or view.share_fault else 200
    return page


@router.get("/api/indicators", openapi_extra=ASKS)
def indicators(request: Request, hub: HubDep, question: IndicatorQuestionDep) -> Response:
    """Count each indicator in two years, or beside its milestones, as JSON."""
    made = _export(hub, question, "json")
    return send_file(request, made, shown=True)


@router.get("/api/indicators.{ending}", openapi_extra=ASKS)
def indicators_file(
    request: Request, hub: HubDep, question: IndicatorQuestionDep, ending: TableFormat
) -> Response:
    """Make the table of indicators, as a file to keep."""
    made = _export(hub, question, ending)
    return send_file(request, made)


@router.get("/case-reviews", response_class=HTMLResponse, include_in_schema=False)
def case_reviews_page(request: Request, hub: HubDep, year: str = "") -> Response:
    """Show the tally, with the numbers of one year in the form."""
    view = workflows.case_tally_view(hub.store, hub.actor, year=year)
    return render_page(request, "case_reviews.html", view=view, fault="")


@router.post("/case-reviews", dependencies=[Depends(require_same_origin)], include_in_schema=False)
def keep_case_reviews(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Keep a year's numbers; those that cannot be kept stay in the form."""
    try:
        workflows.keep_case_reviews(
            hub.store,
            hub.actor,
            form,
            year_starts=hub.settings.year_starts,
            version=version_of(form),
        )
    except (ParameterError, ConflictError) as error:
        year = form.get("year", "").strip()
        view = workflows.case_tally_view(hub.store, hub.actor, year=year, written=form)
        page = render_page(request, "case_reviews.html", view=view, fault=str(error))
        page.status_code = 409 if isinstance(error, ConflictError) else 422
        return page
    return RedirectResponse("/case-reviews", status_code=303)


@router.get("/case-reviews.{ending}", include_in_schema=False)
def case_reviews_file(request: Request, hub: HubDep, ending: TableFormat) -> Response:
    """Make the tally, as a file to publish."""
    made = workflows.export_case_tally(
        hub.store, hub.actor, hub.settings, file_format=ending, made=hub.today()
    )
    return send_file(request, made)


def _export(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_indicators(
        hub.store,
        hub.actor,
        question.wanted,
        _table(question),
        hub.settings,
        file_format=ending,
        made=hub.today(),
    )


def _table(question: Question) -> workflows.IndicatorQuestion:
    return workflows.IndicatorQuestion(
        show=question.others.get("show", "annual"), year=question.others.get("year", "")
    )
