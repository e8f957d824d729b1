"""How much a request may bring, and how long it may take to bring it.

A body is taken in whole before anything looks at it: nothing of the hub waits for a slow sender,
and what is too large is refused before it fills the memory. A file may be larger than a form, so it
is taken in only when it is settled who sends it.
"""

import asyncio
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aim.service.problems import problem

MOST_BYTES = 1 << 20
PATIENCE_S = 15.0
FILE_PATIENCE_S = 60.0
FILES_ADDRESS = re.compile(r"/(actions/[0-9A-Za-z]{1,40}/files|visits/file|plans/file)")

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


def brings_file(scope: Scope) -> bool:
    """Tell whether a request goes to an address that takes a file."""
    found = scope["method"] == "POST" and FILES_ADDRESS.fullmatch(scope["path"])
    return bool(found)


class Intake:
    """A layer that hands on whole bodies alone; those with a file it leaves where they are."""

    def __init__(
        self, app: ASGIApp, most_bytes: int = MOST_BYTES, patience_s: float = PATIENCE_S
    ) -> None:
        self.app, self.most_bytes, self.patience_s = app, most_bytes, patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif brings_file(scope):
            await self.app(scope, *_told_apart(receive, send))
        else:
            await self._take(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
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


class FileIntake(Intake):
    """The same for bodies with a file, behind the layer that settles who asks."""

    def __init__(self, app: ASGIApp, most_file_bytes: int) -> None:
        # A form that brings a file has its fields and its boundaries too.
        super().__init__(app, most_file_bytes + MOST_BYTES, FILE_PATIENCE_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request in."""
        if scope["type"] == "http" and brings_file(scope):
            await self._take(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _told_apart(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Return both ends of a request; an answer before its body was read closes the connection."""
    ended = False

    async def listen() -> Message:
        nonlocal ended
        message = await receive()
        ended = ended or not message.get("more_body", False)
        return message

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and not ended:
            MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return listen, answer


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
