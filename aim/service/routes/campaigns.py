"""Campaigns and the planner: plain forms, no script; what cannot be kept comes back as written."""

from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.errors import ConflictError, ParameterError
from aim.service.deps import HubDep
from aim.service.forms import FormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page
from aim.service.routes.tasking import show_conflict, version_of

router = APIRouter(include_in_schema=False)
OWN_PAGES = [Depends(require_same_origin)]


@router.get("/planner", response_class=HTMLResponse)
def planner_page(request: Request, hub: HubDep, year: str = "") -> Response:
    """Show a year on one page, of what the reader may know."""
    view = workflows.planner_view(
        hub.store,
        hub.actor,
        today=hub.today(),
        year=year,
        year_starts=hub.settings.year_starts,
    )
    return render_page(request, "planner.html", view=view)


@router.get("/campaigns", response_class=HTMLResponse)
def campaigns_page(request: Request, hub: HubDep) -> Response:
    """Show the campaigns, and funding and spend by project."""
    view = workflows.campaigns_view(hub.store, hub.actor)
    return render_page(request, "campaigns.html", view=view, fault="")


@router.post("/campaigns", dependencies=OWN_PAGES)
def add_campaign(request: Request, hub: HubDep, form: FormDep) -> Response:
    """Keep a campaign and show it."""
    try:
        kept = workflows.add_campaign(hub.store, hub.actor, form)
    except ParameterError as error:
        view = workflows.campaigns_view(hub.store, hub.actor, written=form)
        page = render_page(request, "campaigns.html", view=view, fault=str(error))
        page.status_code = 422
        return page
    return RedirectResponse(f"/campaigns/{quote(kept.key)}", status_code=303)


@router.get("/campaigns/{key}", response_class=HTMLResponse)
def campaign_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show one campaign."""
    view = workflows.campaign_view(hub.store, hub.actor, key)
    return render_page(request, "campaign.html", view=view, fault="")


@router.post("/campaigns/{key}", dependencies=OWN_PAGES)
def change_campaign(request: Request, hub: HubDep, form: FormDep, key: str) -> Response:
    """Keep what a campaign is now; what was written stays in the form where it cannot be kept."""
    try:
        workflows.change_campaign(hub.store, hub.actor, key, form, version=version_of(form))
    except ConflictError as error:
        both = workflows.conflict_page(hub.store, hub.actor, "campaign", key, form, told=str(error))
        return show_conflict(request, both)
    except ParameterError as error:
        view = workflows.campaign_view(hub.store, hub.actor, key, written=form)
        page = render_page(request, "campaign.html", view=view, fault=str(error))
        page.status_code = 422
        return page
    return RedirectResponse(f"/campaigns/{quote(key)}", status_code=303)
