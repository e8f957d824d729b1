"""Random names that open a door: sessions and machines' tokens; the store keeps hashes alone."""

import hashlib
import hmac
import secrets

from aim.errors import ParameterError
from aim.model.accounts import Scope
from aim.model.people import Action
from aim.model.types import slug_of

TOKEN_BYTES = 32
PREFIX = "aim_"  # lets a scanner of leaked secrets know one of ours


SCOPE_ACTIONS: dict[Scope, frozenset[Action]] = {
    Scope.READ: frozenset(
        {
            Action.VIEW,
            Action.EXPORT,
            Action.VIEW_FIGURES,
            Action.EXPORT_FIGURES,
            Action.VIEW_QUALITY,
        }
    ),
    Scope.INGEST: frozenset({Action.INGEST}),
}


def make_token() -> str:
    """Return a random token of 256 bits.

    Examples
    --------
    >>> make_token().startswith("aim_")
    True
    """
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Return what the store keeps of a token; nobody can find the token from it.

    Parameters
    ----------
    token
        As it was given out; it is random enough to need no salt.

    Examples
    --------
    >>> len(hash_token("aim_x"))
    64
    """
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def actions_of(scopes: frozenset[Scope]) -> frozenset[Action]:
    """Return the only actions a token of these scopes may be used for.

    Parameters
    ----------
    scopes
        What it was made for.

    Examples
    --------
    >>> sorted(actions_of(frozenset({Scope.INGEST})))
    [<Action.INGEST: 'ingest a feed'>]
    """
    return frozenset().union(*(SCOPE_ACTIONS[scope] for scope in scopes))


def read_scope(text: str) -> Scope:
    """Return the scope of a word.

    Parameters
    ----------
    text
        Its name.

    Raises
    ------
    ParameterError
        There is no such scope.

    Examples
    --------
    >>> read_scope("read").value
    'read'
    """
    for scope in Scope:
        if slug_of(text) == scope.value:
            return scope
    raise ParameterError(f"{text!r} is no scope; the scopes are {', '.join(Scope)}.")


def mark_of(key: bytes, kind: str, text: str) -> str:
    """Return a keyed mark by which a name or address is known again and not read.

    Parameters
    ----------
    key
        The store's key.
    kind, text
        What it is of.

    Examples
    --------
    >>> len(mark_of(b"k" * 32, "client", "127.0.0.1"))
    32
    """
    return hmac.new(key, f"{kind} {text}".encode(), hashlib.sha256).hexdigest()[:32]
