"""Files somebody has looked at and not kept yet: in memory alone, for a quarter of an hour."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from aim.errors import ParameterError
from aim.service.forms import SentFile

KEPT_FOR = timedelta(minutes=15)
MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class _Parked:
    kind: str
    token: str
    file: SentFile
    until: datetime


class Parked:
    """One file a person; the newest takes the place of the one before.

    Examples
    --------
    >>> parked, noon = Parked(), datetime(2026, 5, 4, 12)
    >>> token = parked.put("ana", "plan", SentFile("plan.docx", b"..."), noon)
    >>> parked.take("ana", "plan", token, noon).name
    'plan.docx'
    >>> parked.take("ana", "plan", token, noon)
    Traceback (most recent call last):
    aim.errors.ParameterError: The file that was looked at is no longer at hand. Send it again.
    """

    def __init__(self) -> None:
        self._files: dict[str, _Parked] = {}
        self._lock = Lock()

    def put(self, person: str, kind: str, file: SentFile, now: datetime) -> str:
        """Keep a file for its sender, and return the word it is asked for with."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._forget(now)
            self._files.pop(person, None)
            self._files[person] = _Parked(kind, token, file, now + KEPT_FOR)
            while sum(len(one.file.content) for one in self._files.values()) > MOST_BYTES:
                del self._files[next(iter(self._files))]
        return token

    def take(self, person: str, kind: str, token: str, now: datetime) -> SentFile:
        """Return a file to the one who sent it, and forget it.

        Raises
        ------
        ParameterError
            It is gone, or another was sent since.
        """
        with self._lock:
            self._forget(now)
            held = self._files.get(person)
            if held is None or held.kind != kind or not _same(held.token, token):
                raise ParameterError(
                    "The file that was looked at is no longer at hand. Send it again."
                )
            return self._files.pop(person).file

    def _forget(self, now: datetime) -> None:
        self._files = {who: one for who, one in self._files.items() if now < one.until}


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))
