"""The auditor's page: who did what, and whether the record is whole."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from aim import workflows
from aim.model.times import read_day
from aim.service.deps import HubDep
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Query(max_length=80)]


@router.get("/audit", response_class=HTMLResponse)
def audit_page(  # noqa: PLR0917 - one for each word of the address
    request: Request,
    hub: HubDep,
    since: Text = "",
    until: Text = "",
    actor: Text = "",
    action: Text = "",
    check: Text = "",
) -> Response:
    """Show the record of who did what, the newest first, and check it."""
    wanted = workflows.audit_filter(
        since=_day(since, "since"), until=_day(until, "until"), actor=actor, action=action
    )
    view = workflows.audit_view(hub.store, hub.actor, wanted, check=bool(check))
    given = {"since": since, "until": until, "actor": actor, "action": action}
    return render_page(
        request,
        "audit.html",
        view=view,
        given=given,
        check_query=urlencode(
            {**{name: one for name, one in given.items() if one}, "check": "yes"}
        ),
    )


def _day(text: str, name: str) -> date | None:
    return read_day(text, name) if text.strip() else None
