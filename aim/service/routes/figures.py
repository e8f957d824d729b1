"""Figures that cannot be taken apart: for people who are shown no report one by one."""

from enum import StrEnum

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.service.answers import send_file
from aim.service.deps import Hub, HubDep
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)


class FigureFormat(StrEnum):
    """Endings of what may be kept of a ward's figures."""

    PDF = "pdf"
    PNG = "png"
    CSV = "csv"
    GEOJSON = "geojson"


@router.get("/figures", response_class=HTMLResponse)
def figures_page(request: Request, hub: HubDep) -> Response:
    """List the wards a reader may see; the only one is shown at once."""
    view = workflows.figures_view(hub.store, hub.actor, hub.settings)
    if len(view.wards) == 1:
        return RedirectResponse(f"/wards/{view.wards[0].code}/figures", status_code=303)
    return render_page(request, "figures.html", view=view)


@router.get("/wards/{code}/figures", response_class=HTMLResponse)
def ward_figures_page(request: Request, hub: HubDep, code: str, period: str = "") -> Response:
    """Show one ward in figures."""
    return show_ward_figures(request, hub, code, period)


@router.get("/wards/{code}/figures.{ending}")
def ward_figures_file(
    request: Request, hub: HubDep, code: str, ending: FigureFormat, period: str = ""
) -> Response:
    """Give out one ward's figures as a file to keep."""
    made = workflows.ward_figures_file(
        hub.store,
        hub.actor,
        hub.settings,
        code=code,
        period=period,
        file_format=ending.value,
        today=hub.today(),
    )
    return send_file(request, made)


def show_ward_figures(request: Request, hub: Hub, code: str, period: str = "") -> Response:
    """Build the page of one ward in figures."""
    view = workflows.ward_figures_view(
        hub.store, hub.actor, hub.settings, code=code, period=period, today=hub.today()
    )
    return render_page(request, "ward_figures.html", view=view)
