"""Pages for people: each works without scripts, except the map, which the list stands in for."""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from aim import workflows
from aim.access import sees_figures_only
from aim.service.answers import make_answer, send_answer
from aim.service.deps import Hub, HubDep, Question, QuestionDep
from aim.service.docs import docs_page
from aim.service.origin import require_same_origin
from aim.service.pages import pages_of, render_page
from aim.service.routes import review
from aim.service.routes.figures import show_ward_figures
from aim.service.words import parameter_words

router = APIRouter(include_in_schema=False)
router.include_router(review.router)

LAYERS = "/map/layers"


@router.get("/", response_class=HTMLResponse)
def hub_page(request: Request, hub: HubDep, question: QuestionDep) -> Response:
    """Show the hub; an address without words opens on the first preset.

    Who is shown no reports is led to the first page there is for them.
    """
    own = pages_of(hub.actor)
    if own and own[0][0] != "/":
        return RedirectResponse(own[0][0], status_code=303)
    asked = question if question.asked else _first_preset(hub, question)
    view = workflows.hub_view(hub.store, hub.actor, asked.wanted, asked.parameters, hub.settings)
    partial = "x-partial" in request.headers
    kept = (*view.form.other_words, *parameter_words(asked.parameters, asked.defaults).items())
    page = render_page(
        request,
        "_results.html" if partial else "hub.html",
        view=view,
        query=asked.query,
        filter_query=asked.wanted.query(),
        codes={ward.label: ward.value for ward in view.form.wards},
        kept=kept,
        without_kept=f"/?{_without(asked, [word for word, _ in kept])}",
    )
    page.headers["Vary"] = "X-Partial"
    return page


@router.get("/wards/{code}", response_class=HTMLResponse)
def ward_page(request: Request, hub: HubDep, question: QuestionDep, code: str) -> Response:
    """Show one ward, in figures to those who are shown no report."""
    if sees_figures_only(hub.actor):
        return show_ward_figures(request, hub, code)
    view = workflows.ward_view(
        hub.store, hub.actor, question.wanted, question.parameters, hub.settings, code=code
    )
    query = _join(view.query, parameter_words(question.parameters, question.defaults))
    return render_page(request, "ward.html", view=view, query=query, codes={})


@router.get("/hotspots/{hotspot_id}", response_class=HTMLResponse)
def hotspot_page(request: Request, hub: HubDep, hotspot_id: str) -> Response:
    """Show one saved hotspot."""
    view = workflows.hotspot_view(hub.store, hub.actor, hotspot_id, hub.settings)
    times = workflows.hotspot_times(hub.store, hub.actor, hotspot_id)
    beside = workflows.beside_places(hub.store, hub.actor, hotspot_id)
    work = workflows.hotspot_work(hub.store, hub.actor, hotspot_id, today=hub.today())
    return render_page(
        request,
        "hotspot.html",
        view=view,
        query=view.query,
        times=times,
        beside=beside,
        work=work,
        beside_said=workflows.SENSITIVE_SAID,
    )


@router.post("/runs", dependencies=[Depends(require_same_origin)])
def keep_list(hub: HubDep, question: QuestionDep) -> RedirectResponse:
    """Keep the list of an address for good, and offer it to a meeting."""
    run = workflows.find_hotspots(
        hub.store,
        hub.actor,
        question.wanted,
        question.parameters,
        save=True,
        judges=workflows.harm_judges(hub.settings),
    )
    return RedirectResponse(f"/meetings?{urlencode({'run': run.facts['run_id']})}", status_code=303)


@router.get("/quality", response_class=HTMLResponse)
def quality_page(request: Request, hub: HubDep) -> Response:
    """Show how far each source is to be trusted."""
    view = workflows.quality_view(hub.store, hub.actor, hub.settings)
    return render_page(request, "quality.html", view=view)


@router.get("/map", response_class=HTMLResponse)
def map_page(request: Request, hub: HubDep, question: QuestionDep) -> HTMLResponse:
    """Show the map that the hub page frames; it asks for its layers itself."""
    return HTMLResponse(
        workflows.live_map(
            hub.store,
            hub.actor,
            question.wanted,
            hub.settings,
            query=question.query,
            layers_url=LAYERS,
            nonce=request.state.nonce,
            assets="/vendor",
        )
    )


@router.get(LAYERS)
def map_layers(request: Request, hub: HubDep, question: QuestionDep) -> Response:
    """Return what the map draws for one filter, from memory where it was asked before.

    It shows incidents one by one: each look is on record, made anew or not.
    """
    workflows.record_view(hub.store, hub.actor, "map", wanted=question.wanted)
    key = ("layers", hub.store.data_version(), hub.actor, question.query)
    answer = hub.answers.get_or_make(
        key,
        lambda: make_answer(
            workflows.map_layers(hub.store, hub.actor, question.wanted, question.parameters),
            "application/json",
        ),
    )
    return send_answer(request, answer)


@router.get("/docs", response_class=HTMLResponse)
def docs(request: Request) -> Response:
    """Describe the addresses for programs, without another host's scripts."""
    return docs_page(request)


def _first_preset(hub: Hub, question: Question) -> Question:
    words = next(iter(workflows.preset_words(hub.store, hub.actor).values()))
    return replace(question, wanted=workflows.read_words(hub.store, hub.actor, words))


def _without(question: Question, words: list[str]) -> str:
    kept = {word: texts for word, texts in question.wanted.words().items() if word not in words}
    return urlencode(kept, doseq=True) or "since="


def _join(query: str, words: dict[str, str]) -> str:
    return "&".join(part for part in (query, urlencode(words)) if part)
