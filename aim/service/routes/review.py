"""Pages where a person settles what the program cannot: links between reports, places of words.

Plain forms, no script. An answer is sent by POST, kept, and answered with the list again, so that
going back or reloading sends nothing twice.
"""

from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.errors import ParameterError
from aim.service.deps import HubDep
from aim.service.forms import FormDep
from aim.service.origin import require_same_origin
from aim.service.pages import render_page

router = APIRouter(include_in_schema=False)

# What the list says after an answer, and what takes it back.
SETTLED = {
    "confirm": ("Confirmed: the two reports count as one from now on.", "reopen"),
    "refuse": ("Refused: the two stay apart and are not proposed again.", "reopen"),
    "reopen": ("Taken back: the two wait for an answer again.", ""),
}


@router.get("/links", response_class=HTMLResponse)
def links_page(request: Request, hub: HubDep) -> Response:
    """Show likely reports of one event beside each other."""
    words = request.query_params
    view = workflows.links_view(
        hub.store, hub.actor, state=words.get("state", "suggested"), page=_page(words.get("page"))
    )
    told, undo = SETTLED.get(words.get("done", ""), ("", ""))
    pair = (words.get("one", ""), words.get("other", ""))
    return render_page(request, "links.html", view=view, told=told, undo=undo, pair=pair)


@router.post("/links", dependencies=[Depends(require_same_origin)])
def settle_link(hub: HubDep, form: FormDep) -> RedirectResponse:
    """Keep what a person says of two reports, and show the list again."""
    verdict, one, other = (form.get(name, "") for name in ("verdict", "one", "other"))
    workflows.settle_link(hub.store, hub.actor, one, other, verdict)
    return _back_to(
        "/links",
        state=form.get("state", ""),
        page=form.get("page", ""),
        done=verdict,
        one=one,
        other=other,
    )


@router.get("/places/review", response_class=HTMLResponse)
def places_page(request: Request, hub: HubDep) -> Response:
    """Show words that name a place, but not surely enough."""
    words = request.query_params
    view = workflows.place_review_view(hub.store, hub.actor, page=_page(words.get("page")))
    return render_page(request, "places.html", view=view, told=words.get("told", ""))


@router.post("/places/review", dependencies=[Depends(require_same_origin)])
def answer_place(hub: HubDep, form: FormDep) -> RedirectResponse:
    """Keep what a person says of some words, and show the list again."""
    text, ward = form.get("text", ""), form.get("ward", "")
    if "forget" in form:
        workflows.forget_place(hub.store, hub.actor, text, ward=ward)
        return _back_to("/places/review", told="forgotten")
    at = None if "nowhere" in form else workflows.read_metres(form.get("at", ""))
    workflows.answer_place(hub.store, hub.actor, text, ward=ward, at=at)
    return _back_to("/places/review", page=form.get("page", ""), told="kept")


def _back_to(path: str, **words: str) -> RedirectResponse:
    query = urlencode({word: text for word, text in words.items() if text})
    return RedirectResponse(f"{path}?{query}" if query else path, status_code=303)


def _page(text: str | None) -> int:
    if text is None:
        return 1
    if not text.isascii() or not text.isdigit() or len(text) > 6:  # noqa: PLR2004 - no list is longer
        raise ParameterError(f"`page` is a whole number from 1, found {text!r}.")
    return int(text)
