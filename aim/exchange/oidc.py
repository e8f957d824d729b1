"""What the hub asks of an identity provider: its description, its keys, and a code's identity.

Naming a provider in the settings is the leave to ask it; nobody else is ever asked here. Codes,
secrets and tokens stand in no message.
"""

from collections.abc import Mapping

import httpx

from aim.errors import FeedError, SignInError
from aim.exchange.line import Patience, open_line, shown

# A person waits for it: little patience, two tries, and documents of a few kilobytes.
PATIENCE = Patience(
    connect_s=5.0,
    read_s=10.0,
    whole_s=20.0,
    tries=2,
    pause_s=0.2,
    longest_pause_s=1.0,
    most_answer_bytes=1_000_000,
)
_AWAY = (
    "Your organisation's sign-in at {where} does not answer as it should, so nobody can come in"
    " that way now. Try again in a while, or sign in with a local account."
)


def fetch_document(url: str, patience: Patience = PATIENCE) -> bytes:
    """Return one of the provider's public documents.

    Parameters
    ----------
    url
        Its address.
    patience
        Time-outs, tries and limits.

    Raises
    ------
    SignInError
        It cannot be had.

    Examples
    --------
    >>> fetch_document("http://127.0.0.1:9/", Patience(tries=1))
    Traceback (most recent call last):
    aim.errors.SignInError: Your organisation's sign-in at http://127.0.0.1:9/ does not answer...
    """
    try:
        with open_line(allowed=True, patience=patience) as line:
            return line.get(url).content
    except FeedError as error:
        raise SignInError(_AWAY.format(where=shown(url))) from error


def trade_code(url: str, form: Mapping[str, str], patience: Patience = PATIENCE) -> bytes:
    """Post a form to the provider's token endpoint and return its answer; asked once.

    Parameters
    ----------
    url
        The endpoint.
    form
        The code, and what proves that it is ours.
    patience
        Time-outs and limits; a code is good for one try.

    Raises
    ------
    SignInError
        The endpoint cannot be reached or refuses the code.

    Examples
    --------
    >>> trade_code("http://127.0.0.1:9/", {"code": "c"})
    Traceback (most recent call last):
    aim.errors.SignInError: Your organisation's sign-in at http://127.0.0.1:9/ does not answer...
    """
    timeout = httpx.Timeout(patience.read_s, connect=patience.connect_s)
    try:
        with (
            httpx.Client(timeout=timeout, follow_redirects=False) as client,
            client.stream("POST", url, data=dict(form)) as response,
        ):
            response.raise_for_status()
            return _whole(response, patience.most_answer_bytes)
    except (httpx.HTTPError, ValueError) as error:
        # The cause could quote what was sent; the kind of it is enough.
        kind = type(error).__name__
        raise SignInError(_AWAY.format(where=shown(url)) + f" ({kind})") from None


def _whole(response: httpx.Response, most: int) -> bytes:
    content = b""
    for block in response.iter_bytes():
        content += block
        if len(content) > most:
            raise ValueError("more than a token answer can be")
    return content
