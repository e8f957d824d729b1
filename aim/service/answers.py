"""Finished answers kept as bytes: a repeated question costs one look at the data's version."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from fastapi import Request, Response

from aim.workflows.views import ExportedFile

ENTRIES = 64
ENTRY_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes, what they are, and the tag that names them."""

    content: bytes
    media_type: str
    etag: str
    file_name: str | None = None


def make_answer(content: bytes, media_type: str, file_name: str | None = None) -> Answer:
    """Name bytes by their hash.

    Examples
    --------
    >>> make_answer(b"{}", "application/json").etag
    'W/"44136fa355b3678a1146ad16f7e8649e"'
    """
    # Weak, because a compressed copy goes under the same tag.
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Answer(content, media_type, tag, file_name)


class AnswerCache:
    """The answers asked for last, by data version, reader and question.

    Examples
    --------
    >>> cache = AnswerCache()
    >>> cache.get_or_make(("v1", "q"), lambda: make_answer(b"1", "text/plain")).content
    b'1'
    >>> cache.get_or_make(("v1", "q"), lambda: make_answer(b"2", "text/plain")).content
    b'1'
    """

    def __init__(self, entries: int = ENTRIES, entry_bytes: int = ENTRY_BYTES) -> None:
        self.entries, self.entry_bytes = entries, entry_bytes
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def get_or_make(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the kept answer, or make it and keep it if it is small enough."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = make()
        if len(answer.content) <= self.entry_bytes:
            with self._lock:
                self._kept[key] = answer
                while len(self._kept) > self.entries:
                    self._kept.popitem(last=False)
        return answer


def send_answer(request: Request, answer: Answer) -> Response:
    """Send the bytes, or 304 where the reader holds them already."""
    headers = {"ETag": answer.etag, "Cache-Control": "private, no-cache"}
    if answer.file_name:
        headers["Content-Disposition"] = f'attachment; filename="{answer.file_name}"'
    asked = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if answer.etag in asked:
        return Response(status_code=304, headers=headers)
    return Response(answer.content, media_type=answer.media_type, headers=headers)


def send_file(request: Request, made: ExportedFile, *, shown: bool = False) -> Response:
    """Send a finished file with its tag; a ``shown`` one is read in place, others saved by name."""
    name = None if shown else made.name
    return send_answer(request, make_answer(made.content, made.media_type, name))
