"""Sign-in by an identity provider: OpenID Connect, code flow with PKCE, state and nonce.

Nothing here opens a connection: addresses are built and answers judged. What waits between going
out and coming back travels sealed in a cookie of the browser that went, so that nobody can be
made to finish another person's sign-in.

Source: OpenID Connect Core 1.0, OpenID Connect Discovery 1.0, RFC 7636 (PKCE).
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from aim.access.one_time import seal, unseal
from aim.errors import AccessError, ConfigError, SignInError
from aim.model.people import Role

SCOPE = "openid profile"
# Signatures of the provider's own private key alone: never `none`, never a shared secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"]
FLOW_LASTS = timedelta(minutes=10)
CLOCK_DRIFT_S = 120
_PURPOSE = "sign-in flow"


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider and what the hub is called there.

    Attributes
    ----------
    issuer, authorization_endpoint, token_endpoint, jwks_uri
        From its discovery document.
    client_id, client_secret
        What the provider knows the hub by.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Flow:
    """What the hub remembers of a sign-in that went out."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str
    then: str
    begun: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says has signed in."""

    issuer: str
    subject: str
    username: str
    roles: tuple[str, ...]


def discovery_address(issuer: str) -> str:
    """Return where a provider describes itself.

    Parameters
    ----------
    issuer
        Its address, as it writes it.

    Raises
    ------
    ConfigError
        It is not https, and not this computer.

    Examples
    --------
    >>> discovery_address("https://id.example.org/tenant/v2.0")
    'https://id.example.org/tenant/v2.0/.well-known/openid-configuration'
    """
    _require_safe("AIM_OIDC_ISSUER", issuer)
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def read_provider(
    document: bytes, issuer: str, client_id: str, client_secret: str = ""
) -> Provider:
    """Read a discovery document.

    Parameters
    ----------
    document
        As the provider sent it.
    issuer
        Who was asked; a document that names another is refused.
    client_id, client_secret
        What the provider knows the hub by.

    Raises
    ------
    ConfigError
        It is no such document, names another issuer, or leads to addresses without TLS.

    Examples
    --------
    >>> read_provider(b"{}", "https://id.example.org", "hub")
    Traceback (most recent call last):
    aim.errors.ConfigError: The identity provider https://id.example.org was asked...
    """
    told = _read_object(document)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    absent = [name for name in ("issuer", *names) if not isinstance(told.get(name), str)]
    if absent or told["issuer"] != issuer:
        found = f"lacks {', '.join(absent)}" if absent else f"names {told['issuer']!r}"
        raise ConfigError(
            f"The identity provider {issuer} was asked to describe itself; its answer {found}."
            " Check AIM_OIDC_ISSUER: it must be written exactly as the provider writes it."
        )
    for name in names:
        _require_safe(f"The provider's {name}", told[name])
    return Provider(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        **{name: told[name] for name in names},
    )


def begin_flow(provider: Provider, redirect_uri: str, then: str, now: datetime) -> tuple[str, Flow]:
    """Begin a sign-in.

    Parameters
    ----------
    provider
        Where people sign in.
    redirect_uri
        The hub's address they come back to.
    then
        The page of the hub they wanted.
    now
        The moment.

    Returns
    -------
    str, Flow
        The address to send the browser to, and what to remember.

    Examples
    --------
    >>> provider = Provider("https://id.example.org", "https://id.example.org/a", "", "", "hub")
    >>> url, _ = begin_flow(provider, "https://hub.example.org/back", "/", datetime(2026, 5, 1))
    >>> "code_challenge_method=S256" in url
    True
    """
    flow = Flow(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
        then=then,
        begun=now.timestamp(),
    )
    words = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": create_s256_code_challenge(flow.verifier),
        "code_challenge_method": "S256",
    }
    return str(add_params_to_uri(provider.authorization_endpoint, list(words.items()))), flow


def seal_flow(flow: Flow, key: bytes) -> str:
    """Write what is to be remembered so that the browser can carry and not read it.

    Parameters
    ----------
    flow
        From ``begin_flow``.
    key
        The store's key.

    Examples
    --------
    >>> flow = Flow("s", "n", "v", "https://hub.example.org/back", "/", 0.0)
    >>> "hub.example" in seal_flow(flow, b"k" * 32)
    False
    """
    return seal(json.dumps(asdict(flow)), key, _PURPOSE)


def unseal_flow(sealed: str, key: bytes, state: str, now: datetime) -> Flow:
    """Read back what was remembered, for the sign-in that now returns.

    Parameters
    ----------
    sealed
        What the browser carried.
    key
        The store's key.
    state
        What the provider sent back.
    now
        The moment.

    Raises
    ------
    SignInError
        It is not what this browser went out with, or it went out too long ago.

    Examples
    --------
    >>> flow = Flow("s", "n", "v", "https://hub.example.org/back", "/", 0.0)
    >>> unseal_flow(seal_flow(flow, b"k" * 32), b"k" * 32, "s", datetime.fromtimestamp(9)).then
    '/'
    """
    try:
        flow = Flow(**json.loads(unseal(sealed, key, _PURPOSE)))
    except (AccessError, ValueError, TypeError) as error:
        raise SignInError(_AGAIN) from error
    late = now.timestamp() - flow.begun > FLOW_LASTS.total_seconds()
    if late or not secrets.compare_digest(flow.state.encode(), state.encode()):
        raise SignInError(_AGAIN)
    return flow


_AGAIN = (
    "You came back from your organisation's sign-in, and this browser did not set out from here or"
    " took too long. Begin again from the sign-in page."
)


def token_request(provider: Provider, flow: Flow, code: str) -> dict[str, str]:
    """Return the form that trades the code for an identity.

    Parameters
    ----------
    provider
        Who gave the code.
    flow
        The sign-in it belongs to.
    code
        As it came back.

    Examples
    --------
    >>> provider = Provider("https://id.example.org", "", "", "", "hub")
    >>> flow = Flow("s", "n", "v", "https://hub.example.org/back", "/", 0.0)
    >>> token_request(provider, flow, "c")["code_verifier"]
    'v'
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": flow.redirect_uri,
        "client_id": provider.client_id,
        "code_verifier": flow.verifier,
    }
    return form | ({"client_secret": provider.client_secret} if provider.client_secret else {})


def read_identity(
    answer: bytes, keys: bytes, provider: Provider, flow: Flow, now: datetime
) -> Identity:
    """Check the provider's signature and every claim, and return who it is.

    Parameters
    ----------
    answer
        The token endpoint's answer.
    keys
        The provider's public keys, a JWKS document.
    provider, flow
        Who is believed, and for which sign-in.
    now
        The moment; clocks may differ by two minutes.

    Raises
    ------
    SignInError
        The signature, the issuer, the audience, the time or the nonce is wrong. What was found
        stands in the error's cause, not in its text.

    Examples
    --------
    >>> provider = Provider("https://id.example.org", "", "", "", "hub")
    >>> flow = Flow("s", "n", "v", "https://hub.example.org/back", "/", 0.0)
    >>> read_identity(b"{}", b"{}", provider, flow, datetime(2026, 5, 1))
    Traceback (most recent call last):
    aim.errors.SignInError: Your organisation's sign-in sent an answer that cannot be believed...
    """
    try:
        claims = _read_claims(answer, keys, provider, flow, now)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SignInError(
            "Your organisation's sign-in sent an answer that cannot be believed, so nobody was let"
            " in. Try again; if it stays so, tell the hub's administrator."
        ) from error
    roles = claims.get("roles", [])
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        username=str(claims.get("preferred_username", "")),
        roles=tuple(one for one in roles if isinstance(one, str))
        if isinstance(roles, list)
        else (),
    )


def is_unknown_key(answer: bytes, keys: bytes) -> bool:
    """Tell whether an answer is signed with a key that is not among those held.

    Parameters
    ----------
    answer
        The token endpoint's answer.
    keys
        The public keys held.

    Examples
    --------
    >>> is_unknown_key(b"{}", b"{}")
    False
    """
    try:
        head = json.loads(_decode_part(_read_object(answer)["id_token"].split(".")[0]))
        held = {one.get("kid") for one in _read_object(keys)["keys"]}
    except (ValueError, KeyError, AttributeError, TypeError):
        return False
    return "kid" in head and head["kid"] not in held


def roles_of_claim(claimed: tuple[str, ...], table: Mapping[str, Role]) -> frozenset[Role] | None:
    """Return the roles a provider's names stand for.

    Parameters
    ----------
    claimed
        Names of app roles.
    table
        Which of our roles each name stands for; where it is empty the account's own roles hold.

    Returns
    -------
    frozenset of Role, or None
        None where the table is empty.

    Raises
    ------
    SignInError
        The table has no row for any of the names.

    Examples
    --------
    >>> roles_of_claim(("Hub.Analyst", "Payroll"), {"Hub.Analyst": Role.ANALYST})
    frozenset({<Role.ANALYST: 'analyst'>})
    """
    if not table:
        return None
    roles = frozenset(table[name] for name in claimed if name in table)
    if not roles:
        raise SignInError(
            "You signed in with your organisation, which gave you no role in this hub. Ask the"
            " hub's administrator."
        )
    return roles


def _read_claims(
    answer: bytes, keys: bytes, provider: Provider, flow: Flow, now: datetime
) -> CodeIDToken:
    decoded = jwt.decode(
        _read_object(answer)["id_token"],
        KeySet.import_key_set(json.loads(keys)),
        algorithms=ALGORITHMS,
    )
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        },
        params={"nonce": flow.nonce, "client_id": provider.client_id},
    )
    claims.validate(now=int(now.timestamp()), leeway=CLOCK_DRIFT_S)
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise ValueError("the subject is no text")
    return claims


def _read_object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _decode_part(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _require_safe(what: str, url: str) -> None:
    parts = urlsplit(url)
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not (parts.scheme == "https" and parts.hostname) and not (parts.scheme == "http" and local):
        raise ConfigError(f"{what} must be an https:// address; found {url!r}.")
