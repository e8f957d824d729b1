"""Pages: Jinja2 templates with escaping always on; a template gets plain values only."""

from functools import lru_cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aim.access import is_allowed
from aim.model.people import Action, Actor

HERE = Path(__file__).parent
STATIC = HERE / "static"

# The main pages, and what one must be allowed to do to open each.
NAV = (
    ("/", "Hotspots", Action.VIEW),
    ("/figures", "Wards in figures", Action.VIEW_FIGURES),
    ("/analysis", "Analysis", Action.VIEW),
    ("/actions", "Actions", Action.VIEW_TASKS),
    ("/tonight", "Tonight", Action.VIEW_TASKS),
    ("/quality", "Data quality", Action.VIEW_QUALITY),
    ("/audit", "Record", Action.READ_AUDIT),
    ("/docs", "Data for programs", Action.VIEW),
)

# What people settle by hand, for those who may.
SETTLE = (
    (
        "/links",
        "Reports of one event",
        "pairs of reports from several sources that may count as one.",
        (Action.VIEW, Action.LINK),
    ),
    (
        "/places/review",
        "Words that name a place",
        "reports without a position whose place is not sure.",
        (Action.VIEW, Action.LOAD_WARDS),
    ),
)


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the templates; markup in any value shows as text."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates", encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_page(request: Request, template: str, **values: object) -> HTMLResponse:
    """Fill a template for one request.

    Parameters
    ----------
    request
        Its nonce goes into the page, its application's settings give the head.
    template
        A file of ``templates``.
    **values
        What the template names.
    """
    hub = request.app.state.hub if "app" in request.scope else None
    actor = getattr(request.state, "actor", None)
    text = (
        templates()
        .get_template(template)
        .render(
            nonce=request.state.nonce,
            path=request.url.path,
            partnership=hub.settings.partnership if hub else "",
            local=hub is None or hub.door.local,
            reader=_reader_of(request),
            nav=pages_of(actor),
            settle=settled_by(actor),
            **values,
        )
    )
    return HTMLResponse(text)


def pages_of(actor: Actor | None) -> list[tuple[str, str]]:
    """Return the main pages an actor may open, with their names; none for a stranger."""
    return [(path, name) for path, name, action in NAV if actor and is_allowed(actor, action)]


def settled_by(actor: Actor | None) -> list[tuple[str, str, str]]:
    """Return the pages where an actor may settle what is in doubt: address, name, what waits."""
    return [
        (path, name, told)
        for path, name, told, needed in SETTLE
        if actor and all(is_allowed(actor, one) for one in needed)
    ]


def _reader_of(request: Request) -> dict[str, str] | None:
    """Return what the head of a page says of who signed in."""
    reader = getattr(request.state, "reader", None)
    if reader is None:
        return None
    return {
        "name": reader.account.display_name or reader.account.id,
        "roles": ", ".join(sorted(reader.actor.roles)),
    }
