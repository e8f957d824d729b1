"""The calendar of one's own actions: signed in, or at a private address calendars can ask."""

from fastapi import APIRouter, Depends, Request, Response

from aim import workflows
from aim.service.answers import send_file
from aim.service.deps import HubDep
from aim.service.forms import FormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)

OPEN_PATH = "/calendar/"


@router.get("/actions/mine.ics")
def my_calendar(request: Request, hub: HubDep) -> Response:
    """Hand out the reader's own days."""
    made = workflows.my_calendar(hub.store, hub.actor, hub.settings)
    return send_file(request, made)


@router.get("/actions/calendar")
def calendar_page(request: Request, hub: HubDep) -> Response:
    """Show how to bring one's own days into a calendar."""
    return _show(request, hub, "")


@router.post("/actions/calendar", dependencies=[Depends(require_same_origin)])
def change_address(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Give a new private address, told this once, or take it away."""
    if form.get("what") == "revoke":
        workflows.revoke_calendar(hub.store, hub.actor)
        return _show(request, hub, "")
    secret = workflows.renew_calendar(hub.store, hub.actor)
    return _show(request, hub, str(request.base_url).rstrip("/") + f"{OPEN_PATH}{secret}.ics")


@router.get("/calendar/{token}.ics")
def calendar_at(request: Request, hub: HubDep, token: str) -> Response:
    """Hand out the days of a private address; the address is the key."""
    made = workflows.calendar_at(hub.store, hub.settings, token, today=hub.today())
    return send_file(request, made)


def _show(request: Request, hub: HubDep, address: str) -> Response:
    said = workflows.say_calendar(hub.store, hub.actor)
    page = render_page(request, "calendar.html", said=said, address=address)
    page.headers["Cache-Control"] = "private, no-store"
    return page
