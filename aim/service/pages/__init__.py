"""Pages: Jinja2 templates with escaping always on; a template gets plain values only."""

from functools import lru_cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
STATIC = HERE / "static"


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
    text = (
        templates()
        .get_template(template)
        .render(
            nonce=request.state.nonce,
            path=request.url.path,
            partnership=hub.settings.partnership if hub else "",
            local=hub is None or hub.door.local,
            reader=_reader_of(request),
            **values,
        )
    )
    return HTMLResponse(text)


def _reader_of(request: Request) -> dict[str, str] | None:
    """Return what the head of a page says of who signed in."""
    reader = getattr(request.state, "reader", None)
    if reader is None:
        return None
    return {
        "name": reader.account.display_name or reader.account.id,
        "roles": ", ".join(sorted(reader.actor.roles)),
    }
