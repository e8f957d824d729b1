"""One table from error to status, and one shape for every refusal (RFC 9457).

A browser that asks for HTML gets the same words as a page. An error AIM did not raise on purpose
tells the reader a reference number and nothing more; the log holds the rest under that number.
"""

import logging
import secrets
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from aim.errors import (
    AccessError,
    ActionStateError,
    AgreementError,
    AimError,
    AreaError,
    ConfigError,
    ConflictError,
    CrsError,
    ExportError,
    FeedError,
    FeedFormatError,
    NotAllowedError,
    NotFoundError,
    NotSmartError,
    ParameterError,
    ReasonNeededError,
    SchemaVersionError,
    ServiceError,
    SignInError,
    StoreError,
    TaskingError,
    TooManyAttemptsError,
    UnknownFeedError,
)
from aim.model.types import slug_of
from aim.service.pages import render_page

log = logging.getLogger("aim.service")

# The nearest class up the tree counts; a test holds that every error has a row of its own.
STATUS: dict[type[AimError], int] = {
    AimError: 500,
    ConfigError: 500,
    FeedError: 422,
    FeedFormatError: 422,
    UnknownFeedError: 404,
    AreaError: 422,
    CrsError: 422,
    ParameterError: 422,
    StoreError: 503,
    NotFoundError: 404,
    ConflictError: 409,
    SchemaVersionError: 503,
    AccessError: 403,
    NotAllowedError: 403,
    AgreementError: 403,
    ReasonNeededError: 428,
    SignInError: 401,
    TooManyAttemptsError: 429,
    TaskingError: 422,
    ActionStateError: 422,
    NotSmartError: 422,
    ExportError: 500,
    ServiceError: 503,
}

# What a reader sees at the head of the problem.
TITLES: dict[int, str] = {
    400: "The request could not be read",
    401: "Sign in first",
    403: "You may not see that",
    404: "There is nothing here",
    405: "That cannot be done here",
    408: "The request took too long to arrive",
    409: "Somebody else got there first",
    413: "That is more than the hub takes",
    421: "This hub does not answer to that name",
    422: "The hub could not use what was asked",
    428: "Say why first",
    429: "Too many tries",
    500: "Something went wrong in the hub",
    503: "The hub's store cannot answer",
}


# What an address for programs may answer instead of data.
_TEXTS = ("type", "title", "detail", "instance")
_TOLD = (401, 403, 404, 408, 413, 421, 422, 428, 429, 500, 503)
RESPONSES: dict[int | str, dict[str, Any]] = {
    304: {"description": "The reader holds the answer already"},
    **{
        status: {
            "description": TITLES[status],
            "content": {
                "application/problem+json": {
                    "schema": {
                        "type": "object",
                        "required": [*_TEXTS, "status"],
                        "properties": {
                            **{name: {"type": "string"} for name in _TEXTS},
                            "status": {"const": status},
                        },
                    }
                }
            },
        }
        for status in _TOLD
    },
}


def status_of(error: AimError) -> int:
    """Return the HTTP status of an error: its own row, or the nearest above it.

    Examples
    --------
    >>> status_of(NotFoundError("no run 7"))
    404
    """
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def kind_of(error: type[AimError]) -> str:
    """Return the slug of an error class.

    Examples
    --------
    >>> kind_of(NotFoundError)
    'not-found-error'
    """
    name = error.__name__
    return slug_of("".join(f" {one}" if one.isupper() else one for one in name))


def problem(request: Request, *, status: int, kind: str, detail: str) -> Response:
    """Answer with a problem: a page for a browser, ``application/problem+json`` for a program.

    Parameters
    ----------
    request
        Whose ``Accept`` header chooses; addresses under ``/api`` always answer JSON.
    status
        The HTTP status.
    kind
        The slug of the error, an anchor on ``/docs``.
    detail
        What was asked, what was found, what to do.
    """
    title = TITLES.get(status) or HTTPStatus(status).phrase
    if wants_page(request):
        page = render_page(request, "problem.html", title=title, detail=detail, status=status)
        page.status_code = status
        return page
    body = {
        "type": f"/docs#{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    return Response(orjson.dumps(body), status, media_type="application/problem+json")


def unknown_problem(request: Request, error: Exception) -> Response:
    """Answer an error nobody foresaw: a reference number, which the log holds with the rest."""
    reference = secrets.token_hex(4)
    log.error("reference %s: %s %s", reference, request.method, request.url.path, exc_info=error)
    detail = (
        f"The hub met an error it does not know. Your data are as they were."
        f" Give this reference to whoever looks after the hub: {reference}."
    )
    return problem(request, status=500, kind="unknown-error", detail=detail)


def install(app: FastAPI) -> None:
    """Teach the application the table."""

    @app.exception_handler(AimError)
    def _known(request: Request, error: AimError) -> Response:
        return problem(
            request, status=status_of(error), kind=kind_of(type(error)), detail=str(error)
        )

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        detail = _HTTP_DETAILS.get(error.status_code, str(error.detail))
        answer = problem(
            request,
            status=error.status_code,
            kind=slug_of(HTTPStatus(error.status_code).phrase),
            detail=detail.format(path=request.url.path, method=request.method),
        )
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    def _unreadable(request: Request, error: RequestValidationError) -> Response:
        faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
        detail = f"The address {request.url.path} could not be read: {faults}."
        return problem(request, status=422, kind="parameter-error", detail=detail)


_HTTP_DETAILS = {
    404: "No page of the hub is at {path}. Start again from the hub's first page, /.",
    405: "{path} cannot be asked with {method}; open it with GET.",
}


def wants_page(request: Request) -> bool:
    """Tell whether an answer is read by a person in a browser."""
    if request.url.path.startswith("/api"):
        return False
    return "text/html" in request.headers.get("accept", "")
