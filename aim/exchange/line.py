"""The line out: one client with time-outs, second tries, resumption and limits.

Nothing here reads a setting: whether the line may be opened at all is handed in. Addresses are
named in messages without their query and without a name and password, which may be secrets.
"""

import email.utils
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx

from aim.errors import ConfigError, FeedError, ParameterError

OK, ACCEPTED, PARTIAL, RANGE_OVER = 200, 202, 206, 416
COME_BACK = frozenset({429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
# Nothing is packed on the way: a packed file could not be resumed, and could unpack without end.
_HEADERS = {
    "User-Agent": "active-intelligence-mapping",
    "Accept-Encoding": "identity",
}
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, how often to try, how much to take.

    Attributes
    ----------
    connect_s, read_s
        Seconds to wait for a connection, and for the next bytes.
    whole_s
        Seconds one file may take altogether, second tries included.
    tries
        How often an address is asked before giving up.
    pause_s, longest_pause_s
        Seconds before the second try, doubled each time; and the longest pause ever made, also
        where the other side asks for more.
    most_bytes, most_answer_bytes
        The largest file saved, and the largest answer read into memory.
    """

    connect_s: float = 10.0
    read_s: float = 60.0
    whole_s: float = 7200.0
    tries: int = 5
    pause_s: float = 1.0
    longest_pause_s: float = 120.0
    most_bytes: int = 4_000_000_000
    most_answer_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer taken whole."""

    content: bytes
    media_type: str


class StatusError(FeedError):
    """The other side answered, and the answer was no.

    Examples
    --------
    >>> StatusError("no such page", 404).status
    404
    """

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class NotReadyError(FeedError):
    """The other side is still making what was asked for.

    Attributes
    ----------
    address
        Where to ask for it next.
    after_s
        The seconds it asks to be left alone, None where it does not say.

    Examples
    --------
    >>> NotReadyError("not yet", "https://example.org/job/7").after_s is None
    True
    """

    def __init__(self, text: str, address: str, after_s: float | None = None) -> None:
        super().__init__(text)
        self.address = address
        self.after_s = after_s


class _TooLargeError(FeedError):
    """More than is taken."""


class _TryAgainError(Exception):
    """The other side may answer in a while; ``after_s`` is how long it asks to be left alone."""

    def __init__(self, text: str, after_s: float | None = None) -> None:
        super().__init__(text)
        self.after_s = after_s


def shown(url: str) -> str:
    """Return an address as it may be printed: no query, no name and password.

    Examples
    --------
    >>> shown("https://me:secret@example.org/open311/v2?api_key=secret")
    'https://example.org/open311/v2'
    """
    parts = httpx.URL(url)
    return str(parts.copy_with(username=None, password=None, query=None, fragment=None))


def check_address(url: str) -> str:
    """Return the address, or refuse what is not one of the web.

    Raises
    ------
    ParameterError
        Its scheme is not http or https, or it names no host.

    Examples
    --------
    >>> check_address("https://example.org/open311/v2")
    'https://example.org/open311/v2'
    """
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ParameterError(f"{url!r} is no web address ({error}); write https://…") from error
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise ParameterError(
            f"An address that begins with https:// or http:// was asked for; found {url!r}."
        )
    return url


class Line:
    """A line that is open; made by `open_line`.

    Every method tries again where that may help, and raises ``FeedError`` where it does not:
    ``StatusError`` with the status where the other side answered.
    """

    def __init__(
        self, client: httpx.Client, patience: Patience, sleep: Callable[[float], None]
    ) -> None:
        self._client = client
        self._patience = patience
        self._sleep = sleep

    def get(self, url: str, query: Mapping[str, str] | None = None) -> Reply:
        """Return an answer whole; ``query`` is added to the address's own."""
        check_address(url)
        return self._persist(url, partial(self._get, url, query or {}))

    def size(self, url: str) -> int | None:
        """Return a file's bytes where parts of it can be asked for, None where they cannot."""
        check_address(url)
        return self._persist(url, partial(self._size, url))

    def piece(self, url: str, start: int, stop: int) -> bytes:
        """Return the bytes from ``start`` to before ``stop``."""
        check_address(url)
        return self._persist(url, partial(self._piece, url, start, stop))

    def save(self, url: str, path: Path) -> Path:
        """Save a file whole or not at all.

        Bytes gather in ``FILE.part``. A later try, also after the program was stopped, goes on
        where that ends if the other side says the file is still the same, else begins anew.
        """
        check_address(url)
        part = _Part(path)
        deadline = time.monotonic() + self._patience.whole_s
        try:
            self._persist(url, partial(self._save, url, part, deadline))
            return part.finish()
        except _TooLargeError:
            part.drop()
            raise
        except OSError as error:
            raise FeedError(
                f"{path} was to be saved; found: {error.strerror or error}."
                " Make room or choose another folder, and try again."
            ) from error

    def rest(self, seconds: float) -> None:
        """Wait, as long as the longest pause at most."""
        self._sleep(min(seconds, self._patience.longest_pause_s))

    def _persist(self, url: str, once: Callable[[], Found]) -> Found:
        fault = ""
        for number in range(self._patience.tries):
            try:
                return once()
            except _TryAgainError as error:
                fault, asked = str(error), error.after_s
            except (httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
                raise FeedError(
                    f"{shown(url)} was asked for; it leads astray ({error}). Check the address."
                ) from error
            except httpx.TransportError as error:
                fault, asked = _say(error), None
            if number + 1 < self._patience.tries:
                self._pause(number, asked)
        raise FeedError(
            f"{shown(url)} was asked for {self._patience.tries} times; {fault}."
            " Check the address and the connection, or try again later."
        )

    def _pause(self, number: int, asked: float | None) -> None:
        own = self._patience.pause_s * 2**number
        self._sleep(min(max(own, asked or 0.0), self._patience.longest_pause_s))

    @contextmanager
    def _answer(
        self,
        url: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        address = httpx.URL(url).copy_merge_params(query or {})
        with self._client.stream("GET", address, headers=dict(headers or {})) as response:
            status = response.status_code
            if status in COME_BACK:
                raise _TryAgainError(
                    f"it answered {_status(response)}",
                    _after(response.headers.get("Retry-After", "")),
                )
            if status == ACCEPTED:
                raise NotReadyError(
                    f"{shown(url)} was asked for; it is still being made. Try again later.",
                    str(response.url.join(response.headers.get("Location", ""))),
                    _after(response.headers.get("Retry-After", "")),
                )
            if status not in {OK, PARTIAL, RANGE_OVER}:
                raise StatusError(
                    f"{shown(url)} was asked for; it answered {_status(response)}."
                    " Check the address, and that you may read it.",
                    status,
                )
            yield response

    def _get(self, url: str, query: Mapping[str, str]) -> Reply:
        with self._answer(url, query) as response:
            content = b"".join(self._blocks(url, response))
            return Reply(content, response.headers.get("Content-Type", "").split(";")[0].strip())

    def _size(self, url: str) -> int | None:
        with self._answer(url, headers={"Range": "bytes=0-0"}) as response:
            found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            return int(found[3]) if response.status_code == PARTIAL and found else None

    def _piece(self, url: str, start: int, stop: int) -> bytes:
        with self._answer(url, headers={"Range": f"bytes={start}-{stop - 1}"}) as response:
            if response.status_code != PARTIAL or _begins(response) != start:
                raise FeedError(
                    f"Bytes {start} to {stop - 1} of {shown(url)} were asked for; it gave others."
                    " Try again later."
                )
            content = b"".join(self._blocks(url, response))
        if len(content) != stop - start:
            raise _TryAgainError("a part of it came cut short")
        return content

    def _save(self, url: str, part: "_Part", deadline: float) -> None:
        have = part.have(url)
        with self._answer(url, headers=part.ask(have)) as response:
            if response.status_code == RANGE_OVER:
                part.drop()
                raise _TryAgainError("it has fewer bytes than before")
            start = _begins(response)
            if start not in {0, have}:
                part.drop()
                raise _TryAgainError("it answered with another part")
            _require_length(url, response)
            most = self._patience.most_bytes
            blocks = self._blocks(url, response, start=start, most=most, deadline=deadline)
            part.write(url, response, start, blocks)

    def _blocks(
        self,
        url: str,
        response: httpx.Response,
        *,
        start: int = 0,
        most: int | None = None,
        deadline: float | None = None,
    ) -> Iterator[bytes]:
        most = self._patience.most_answer_bytes if most is None else most
        last = time.monotonic() + self._patience.whole_s if deadline is None else deadline
        taken = start
        if start + int(response.headers.get("Content-Length") or 0) > most:
            raise _too_much(url, most)
        for block in response.iter_bytes():  # as they come: a trickle must not outlast the time
            taken += len(block)
            if taken > most:
                raise _too_much(url, most)
            if time.monotonic() > last:
                raise FeedError(
                    f"{shown(url)} was asked for; after {self._patience.whole_s:g} s it is not"
                    " whole. Try again when the connection is faster."
                )
            yield block


class _Part:
    """A file on its way, and beside it what it is a part of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.with_name(f"{path.name}.part")
        self.mark = path.with_name(f"{path.name}.part.json")

    def have(self, url: str) -> int:
        """Return how many bytes are here already of the very same file."""
        return self.file.stat().st_size if self._seal(url) and self.file.exists() else 0

    def ask(self, have: int) -> dict[str, str]:
        """Return the headers that ask for the rest, if the file is still the same."""
        if not have:
            return {}
        return {"Range": f"bytes={have}-", "If-Range": self._read_mark()["seal"]}

    def write(
        self, url: str, response: httpx.Response, start: int, blocks: Iterator[bytes]
    ) -> None:
        """Append from ``start``, or begin anew."""
        seal = response.headers.get("ETag", "")
        if not seal or seal.startswith("W/"):
            seal = response.headers.get("Last-Modified", "")
        self.mark.write_text(json.dumps({"url": shown(url), "seal": seal}), encoding="utf-8")
        with self.file.open("ab" if start else "wb") as file:
            for block in blocks:
                file.write(block)

    def finish(self) -> Path:
        """Put the whole file in its place."""
        self.file.replace(self.path)
        self.mark.unlink(missing_ok=True)
        return self.path

    def drop(self) -> None:
        """Forget what is here."""
        self.file.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)

    def _seal(self, url: str) -> str:
        mark = self._read_mark()
        return mark.get("seal", "") if mark.get("url") == shown(url) else ""

    def _read_mark(self) -> dict[str, str]:
        try:
            held = json.loads(self.mark.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        known = held if isinstance(held, dict) else {}
        return {str(name): str(value) for name, value in known.items()}


@contextmanager
def open_line(
    *,
    allowed: bool,
    patience: Patience | None = None,
    sleep: Callable[[float], None] = time.sleep,
    token: str = "",
) -> Iterator[Line]:
    """Open the line out, where a person has allowed it.

    Parameters
    ----------
    allowed
        The setting ``allow_fetch``; nothing leaves this computer without it.
    patience
        Time-outs, tries and limits; the defaults suit a public archive.
    sleep
        How to pause between tries.
    token
        A secret shown to the address that is asked, as ``Authorization: Bearer``; empty for none.
        A redirection to another host does not get it.

    Raises
    ------
    ConfigError
        Nobody has allowed it.

    Examples
    --------
    >>> with open_line(allowed=False):
    ...     pass
    Traceback (most recent call last):
    aim.errors.ConfigError: Fetching opens a connection outward, which is off by default...
    """
    if not allowed:
        raise ConfigError(
            "Fetching opens a connection outward, which is off by default;"
            " allow it with AIM_ALLOW_FETCH=true, or allow_fetch = true in aim.toml."
        )
    chosen = patience or Patience()
    with httpx.Client(
        headers=_HEADERS | ({"Authorization": f"Bearer {token}"} if token else {}),
        timeout=httpx.Timeout(chosen.read_s, connect=chosen.connect_s),
        follow_redirects=True,
        max_redirects=5,
    ) as client:
        yield Line(client, chosen, sleep)


def _begins(response: httpx.Response) -> int:
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(found[1]) if response.status_code == PARTIAL and found else 0


def _require_length(url: str, response: httpx.Response) -> None:
    """Refuse a file whose end cannot be told from a broken connection."""
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if not chunked and "Content-Length" not in response.headers:
        raise FeedError(
            f"{shown(url)} was asked for; it does not say how long it is, so half of it could pass"
            " for the whole. Save it with a browser and load the file."
        )


def _too_much(url: str, most: int) -> FeedError:
    return _TooLargeError(
        f"{shown(url)} was asked for; it is larger than {most:,} bytes, the most that is taken."
        " Check the address."
    )


def _status(response: httpx.Response) -> str:
    return f"{response.status_code} {response.reason_phrase}".strip()


def _say(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the connection broke before the end"
    return f"it cannot be reached ({error})"


def _after(text: str) -> float | None:
    """Read Retry-After: seconds, or the moment to come back."""
    if text.strip().isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
