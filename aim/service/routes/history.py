"""What became of each place, and which counts left the range of chance."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.service.deps import HistoryQuestionDep, HubDep, PlainQuestionDep
from aim.service.pages import render_page
from aim.service.words import parameter_words, read_number

router = APIRouter(include_in_schema=False)

MONTHS = 24


@router.get("/analysis/history", response_class=HTMLResponse)
def history_page(request: Request, hub: HubDep, question: HistoryQuestionDep) -> Response:
    """Show places followed month by month."""
    months = read_number(question.others, "months", MONTHS)
    view = workflows.history_view(
        hub.store,
        hub.actor,
        question.wanted,
        question.parameters,
        hub.settings,
        months=months,
        page=read_number(question.others, "page", 1),
    )
    words = {"months": str(months)} if months != MONTHS else {}
    kept = parameter_words(question.parameters, question.defaults)
    query = "&".join(filter(None, (question.query, urlencode(words))))
    return render_page(request, "history.html", view=view, query=query, kept=tuple(kept.items()))


@router.get("/analysis/charts", response_class=HTMLResponse)
def charts_page(request: Request, hub: HubDep, question: PlainQuestionDep) -> Response:
    """Show control charts of the wards and types chosen."""
    view = workflows.charts_view(hub.store, hub.actor, question.wanted, hub.settings)
    return render_page(request, "charts.html", view=view)
