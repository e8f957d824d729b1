"""Whether a request that changes something was sent by one of our own pages."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Request

from aim.errors import NotAllowedError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset({"same-origin", "none"})  # `none`: the person did it, no page


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes from a page of this hub.

    Browsers say so in ``Sec-Fetch-Site``; older ones send ``Origin``, which must name the host
    that was asked. A request that says neither is refused: no browser leaves out both.

    Parameters
    ----------
    headers
        Those of the request, by name in small letters.

    Examples
    --------
    >>> is_same_origin({"sec-fetch-site": "same-origin"})
    True
    >>> is_same_origin({"origin": "https://evil.example.org", "host": "hub.example.org"})
    False
    >>> is_same_origin({"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"})
    True
    """
    site = headers.get("sec-fetch-site", "")
    if site:
        return site in _OWN
    try:
        sender = urlsplit(headers.get("origin", "")).netloc
    except ValueError:
        return False
    return bool(sender) and sender.casefold() == headers.get("host", "").casefold()


def require_same_origin(request: Request) -> None:
    """Let a request pass that one of our own pages sent.

    Raises
    ------
    NotAllowedError
        It was sent from elsewhere.
    """
    if not is_same_origin(request.headers):
        raise NotAllowedError(FOREIGN)


FOREIGN = (
    "The request would have changed something and did not come from a page of this hub. Open the"
    " hub and do it there."
)
