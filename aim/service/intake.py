"""How much a request may bring, and how long it may take to bring it.

A body is taken in whole before anything looks at it: nothing of the hub waits for a slow sender,
and what is too large is refused before it fills the memory.
"""

import asyncio
import re
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aim.service.problems import problem

MOST_BYTES = 1 << 20
PATIENCE_S = 15.0
FILES_ADDRESS = re.compile(r"/actions/[0-9A-Za-z]{1,40}/files")

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
        self,
        app: ASGIApp,
        most_bytes: int = MOST_BYTES,
        patience_s: float = PATIENCE_S,
        most_file_bytes: int = MOST_BYTES,
    ) -> None:
        self.app, self.most_bytes, self.patience_s = app, most_bytes, patience_s
        # A form that brings a file has its fields and its boundaries too.
        self.most_file_bytes = most_file_bytes + MOST_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            most = self._most(scope)
            async with asyncio.timeout(self.patience_s * (1 if most == self.most_bytes else 4)):
                body = await self._read(most, scope, receive)
        except TimeoutError:
            await self._refuse(408, scope, receive, send)
            return
        if body is None:
            await self._refuse(413, scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    def _most(self, scope: Scope) -> int:
        """Return how much an address takes: the one files are attached at takes more."""
        takes_files = FILES_ADDRESS.fullmatch(scope["path"]) and scope["method"] == "POST"
        return self.most_file_bytes if takes_files else self.most_bytes

    async def _read(self, most: int, scope: Scope, receive: Receive) -> bytes | None:
        """Return the body, None where it is too large."""
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdigit() or int(told) > most:
            return None
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > most:
                return None
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return bytes(body)

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        kind, text = _FAULTS[status]
        detail = text.format(seconds=self.patience_s, bytes=self._most(scope))
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
