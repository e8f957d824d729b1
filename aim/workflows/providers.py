"""Sign-in by the organisation's identity provider: out to it, and back from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from aim.access.oidc import (
    Provider,
    begin_flow,
    discovery_address,
    is_unknown_key,
    read_identity,
    read_provider,
    roles_of_claim,
    seal_flow,
    token_request,
    unseal_flow,
)
from aim.config import Settings
from aim.errors import SignInError
from aim.exchange import fetch_document, trade_code
from aim.model.accounts import read_role
from aim.model.people import Role
from aim.store import Store
from aim.workflows.sign_ins import sign_in_by_identity

KEPT = timedelta(minutes=10)
# A key the provider has not published yet is asked for again, not more often than this.
ASKED_AGAIN = timedelta(minutes=1)


@dataclass(slots=True)
class _Kept:
    content: bytes
    at: datetime


@dataclass(slots=True)
class SingleSignOn:
    """The provider the settings name, and its documents for as long as they are fresh.

    Attributes
    ----------
    issuer, client_id, client_secret
        From the settings.
    roles
        Which of our roles each app role of the provider stands for.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    roles: Mapping[str, Role]
    _documents: dict[str, _Kept] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def begin(self, store: Store, redirect_uri: str, then: str, now: datetime) -> tuple[str, str]:
        """Return the address to send a browser to, and what its cookie must carry.

        Raises
        ------
        ConfigError
            The provider is not what the settings say.
        SignInError
            The provider does not answer.
        """
        url, flow = begin_flow(self._provider(now), redirect_uri, then, now)
        return url, seal_flow(flow, store.key)

    def finish(
        self, store: Store, carried: str, answered: Mapping[str, str], now: datetime
    ) -> tuple[str, str]:
        """Let the person in who came back, and return the session's token and the page wanted.

        Parameters
        ----------
        carried
            What the browser's cookie carried.
        answered
            The words of the address the provider sent the browser to.
        now
            The moment.

        Raises
        ------
        SignInError
            The provider refused, its answer cannot be believed, or the hub has no such account.
        """
        flow = unseal_flow(carried, store.key, answered.get("state", ""), now)
        provider = self._provider(now)
        # RFC 9207: an answer that names its issuer must name the one that was asked.
        if "code" not in answered or answered.get("iss", provider.issuer) != provider.issuer:
            raise SignInError(
                "Your organisation's sign-in did not let you in. Begin again from the sign-in"
                " page; if it stays so, ask those who look after your work account."
            )
        form = token_request(provider, flow, answered["code"])
        told = trade_code(provider.token_endpoint, form)
        keys = self._document(provider.jwks_uri, now)
        if is_unknown_key(told, keys):
            keys = self._document(provider.jwks_uri, now, fresh=ASKED_AGAIN)
        identity = read_identity(told, keys, provider, flow, now)
        roles = roles_of_claim(identity.roles, self.roles)
        return sign_in_by_identity(store, identity, roles, now), flow.then

    def forget(self) -> None:
        """Ask for every document again, as after the provider changed."""
        with self._lock:
            self._documents.clear()

    def _provider(self, now: datetime) -> Provider:
        document = self._document(discovery_address(self.issuer), now)
        return read_provider(document, self.issuer, self.client_id, self.client_secret)

    def _document(self, url: str, now: datetime, fresh: timedelta = KEPT) -> bytes:
        with self._lock:
            held = self._documents.get(url)
        if held is None or now >= held.at + fresh:
            held = _Kept(fetch_document(url), now)
            with self._lock:
                self._documents[url] = held
        return held.content


def single_sign_on(settings: Settings) -> SingleSignOn | None:
    """Return the provider the settings name, None where they name none.

    Raises
    ------
    ConfigError
        The issuer is no safe address.
    ParameterError
        A role of ``oidc_roles`` is none of ours.
    """
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return None
    discovery_address(settings.oidc_issuer)
    return SingleSignOn(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        {name: read_role(role) for name, role in settings.oidc_roles.items()},
    )
