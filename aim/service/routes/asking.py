"""Free questions of people who are shown no report: a plain form, answered behind the guard."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.service.deps import HubDep
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Query(max_length=80)]


@router.get("/figures/ask", response_class=HTMLResponse)
def ask_page(  # noqa: PLR0917 - one for each word of the address
    request: Request,
    hub: HubDep,
    ward: Text = "",
    first: Annotated[str, Query(alias="from", max_length=80)] = "",
    last: Annotated[str, Query(alias="to", max_length=80)] = "",
    theme: Annotated[str, Query(alias="type", max_length=80)] = "",
    days: Text = "",
    hours: Text = "",
) -> Response:
    """Show the form, and the answer where something was asked."""
    given = {"ward": ward, "from": first, "to": last, "type": theme, "days": days, "hours": hours}
    asks = any(word in request.query_params for word in given)
    view = workflows.ask_view(hub.store, hub.actor, hub.settings, given if asks else {})
    return render_page(request, "ask.html", view=view)
