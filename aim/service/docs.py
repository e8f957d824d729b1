"""The page that describes the addresses for programs, made from OpenAPI and our own tables."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from aim.service.pages import render_page
from aim.service.problems import STATUS, kind_of
from aim.service.words import PARAMETER_WORDS, TREND_WORDS, WORDS


def docs_page(request: Request) -> HTMLResponse:
    """Render the page."""
    described = request.app.openapi()
    return render_page(
        request,
        "docs.html",
        description=described["info"]["description"],
        version=described["info"]["version"],
        addresses=_addresses(described),
        words=[*WORDS, *PARAMETER_WORDS, *TREND_WORDS],
        problems=[
            {"kind": kind_of(error), "status": status, "meaning": _first_line(error.__doc__)}
            for error, status in STATUS.items()
        ],
    )


def _addresses(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": route.get("description", route.get("summary", "")),
            "words": [one["name"] for one in route.get("parameters", ()) if one["in"] == "query"],
        }
        for path, methods in described["paths"].items()
        for method, route in methods.items()
    ]


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
