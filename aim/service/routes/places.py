"""Places people work at: the list, the page of each, and a plain form for a new one."""

from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.errors import AreaError, CrsError, ParameterError
from aim.service.deps import HubDep
from aim.service.forms import SentFormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)

KEPT = "The place is kept."


@router.get("/places", response_class=HTMLResponse)
def places_page(request: Request, hub: HubDep) -> Response:
    """Show the places."""
    view = workflows.places_view(hub.store, hub.actor)
    return render_page(request, "place_list.html", view=view)


@router.get("/places/new", response_class=HTMLResponse)
def new_place_page(request: Request, hub: HubDep) -> Response:
    """Show an empty form."""
    form = workflows.new_place_form(hub.store, hub.actor, {})
    return render_page(request, "place_new.html", form=form, fault="")


@router.post("/places", dependencies=[Depends(require_same_origin)])
def keep_place(request: Request, hub: HubDep, form: SentFormDep) -> Response:
    """Keep a place and show it; what cannot be kept comes back with its reason."""
    file = form.files.get("outline")
    try:
        kept = workflows.add_site(
            hub.store, hub.actor, form.fields, sent=(file.name, file.content) if file else None
        )
    except (ParameterError, AreaError, CrsError) as error:
        fields = workflows.new_place_form(hub.store, hub.actor, form.fields)
        page = render_page(request, "place_new.html", form=fields, fault=str(error))
        page.status_code = 422
        return page
    return RedirectResponse(f"/places/{quote(kept.key)}?done=kept", status_code=303)


@router.get("/places/{key}", response_class=HTMLResponse)
def place_page(request: Request, hub: HubDep, key: str) -> Response:
    """Show one place with its whole history."""
    view = workflows.place_view(hub.store, hub.actor, hub.settings, key, today=hub.today())
    told = KEPT if request.query_params.get("done") == "kept" else ""
    return render_page(request, "place.html", view=view, told=told)
