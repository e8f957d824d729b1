"""How much a request may bring, and how long it may take to bring it.

A body is taken in whole before anything looks at it: nothing of the hub waits for a slow sender,
and what is too large is refused before it fills the memory.
"""

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aim.service.problems import problem

MOST_BYTES = 1 << 20
PATIENCE_S = 15.0

_FAULTS: Mapping[int, tuple[str, str]] = {
    408: (
        "slow-request",
        "The request was begun and its end did not come within {seconds:g} seconds. Try again.",
    ),
    413: (
        "large-request",
        "The request brought more than {bytes:,} bytes, the most that is taken. Send less.",
    ),
}


class Intake:
    """A layer that hands on whole bodies alone."""

    def __init__(
        self, app: ASGIApp, most_bytes: int = MOST_BYTES, patience_s: float = PATIENCE_S
    ) -> None:
        self.app, self.most_bytes, self.patience_s = app, most_bytes, patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.patience_s):
                body = await self._read(scope, receive)
        except TimeoutError:
            await self._refuse(408, scope, receive, send)
            return
        if body is None:
            await self._refuse(413, scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """Return the body, None where it is too large."""
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdigit() or int(told) > self.most_bytes:
            return None
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self.most_bytes:
                return None
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return bytes(body)

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        kind, text = _FAULTS[status]
        detail = text.format(seconds=self.patience_s, bytes=self.most_bytes)
        refusal = problem(Request(scope), status=status, kind=kind, detail=detail)
        # What still comes is not read; the connection is of no further use.
        refusal.headers["Connection"] = "close"
        await refusal(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
