"""Who may come in, and how the hub knows them again.

An account's id is a slug, such as ``ward-harbour-2``; a person's name is needed nowhere. What
opens a door (a password's hash, a one-time secret) is kept apart from what describes the person,
and never shows in a ``repr``.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from aim.errors import ParameterError
from aim.model.people import Action, Actor, Role
from aim.model.types import slug_of


class AccountState(StrEnum):
    """Whether a person may come in."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"
    INGEST = "ingest"


@dataclass(frozen=True, slots=True)
class WardTerm:
    """A ward that is a person's own, ``since <= day < until``; None leaves an end open.

    Examples
    --------
    >>> WardTerm("E05099001", since=date(2026, 5, 8)).holds_on(date(2026, 5, 7))
    False
    """

    code: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the ward is the person's own that day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Account:
    """A person, or a machine, the hub knows.

    Attributes
    ----------
    id
        A slug that is never given to another person.
    agency, roles, wards, groups
        What the policy goes by; ``wards`` have terms of office.
    display_name
        What the pages call the person; the id if empty.
    sign_in_name
        The name at the identity provider by which the person is first known; empty for none.
    issuer, subject
        Who the provider said it was, remembered at the first sign-in and binding since.
    state
        A disabled account opens nothing.
    must_change
        The password is a first one and must be changed before anything else.
    notice_at
        When the person accepted what their figures may be used for.
    email
        Where the monthly letter of the own wards goes, and nothing else; empty for none.

    Examples
    --------
    >>> new_account("c-harbour", "council", {Role.COUNCILLOR}).needs_notice
    True
    """

    id: str
    agency: str
    roles: frozenset[Role]
    wards: tuple[WardTerm, ...] = ()
    groups: frozenset[str] = frozenset()
    display_name: str = ""
    sign_in_name: str = ""
    issuer: str = ""
    subject: str = ""
    state: AccountState = AccountState.ACTIVE
    must_change: bool = False
    notice_at: datetime | None = None
    # Never in a `repr`, and so in no log and no error.
    email: str = field(default="", repr=False)

    @property
    def is_active(self) -> bool:
        """Whether the person may come in."""
        return self.state is AccountState.ACTIVE

    @property
    def needs_notice(self) -> bool:
        """Whether the person has yet to accept what figures may be used for."""
        return self.notice_at is None and bool(self.roles & TOLD_AT_SIGN_IN)

    def actor_on(
        self,
        day: date,
        *,
        roles: frozenset[Role] | None = None,
        limits: frozenset[Action] | None = None,
    ) -> Actor:
        """Return who the policy sees on a day.

        Parameters
        ----------
        day
            The day it is; wards count while their term holds.
        roles
            Roles an identity provider gave in place of the account's own.
        limits
            The only actions a token may be used for.
        """
        return Actor(
            id=self.id,
            agency=self.agency,
            roles=self.roles if roles is None else roles,
            wards=frozenset(term.code for term in self.wards if term.holds_on(day)),
            groups=self.groups,
            limits=limits,
        )


# Roles that are told at the first sign-in what figures are for.
TOLD_AT_SIGN_IN = frozenset({Role.COUNCILLOR, Role.SCRUTINY})
NOTICE = "For ward casework, not campaigning."


def new_account(account_id: str, agency: str, roles: set[Role], **given: object) -> Account:
    """Return a new account, checked.

    Parameters
    ----------
    account_id, agency
        Slugs.
    roles
        At least one.
    **given
        Further attributes of ``Account``.

    Raises
    ------
    ParameterError
        The id or the agency is no slug, the e-mail address is none, or there is no role; every
        fault is named.

    Examples
    --------
    >>> new_account("Ana B", "council", set())
    Traceback (most recent call last):
    aim.errors.ParameterError: The account cannot be made: the id 'Ana B' is not written...
    """
    faults = [
        f"the {what} {text!r} is not written as a slug, such as {example}"
        for what, text, example in (
            ("id", account_id, "ward-harbour-2"),
            ("agency", agency, "norbeck-council"),
        )
        if not text or slug_of(text) != text or len(text) > LONGEST_ID
    ]
    email = given.get("email")
    if email and not _EMAIL.fullmatch(str(email)):
        faults.append("the e-mail address is none, such as harbour@norbeck.example")
    if not roles:
        faults.append(f"it has no role; the roles are {', '.join(map(slug_of, Role))}")
    if faults:
        raise ParameterError(f"The account cannot be made: {'; '.join(faults)}.")
    return Account(account_id, agency, frozenset(roles), **given)  # type: ignore[arg-type]  # the caller names attributes of Account


LONGEST_ID = 60
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,180}")


def read_role(text: str) -> Role:
    """Return the role of a name or slug.

    Raises
    ------
    ParameterError
        There is no such role.

    Examples
    --------
    >>> read_role("police-partner").value
    'police partner'
    """
    for role in Role:
        if slug_of(text) == slug_of(role):
            return role
    raise ParameterError(
        f"{text!r} is no role; the roles are {', '.join(slug_of(role) for role in Role)}."
    )


def read_term(text: str) -> WardTerm:
    """Read a ward with its term: ``CODE``, or ``CODE:FROM:TO`` with either day left out.

    Raises
    ------
    ParameterError
        A day cannot be read, or the term ends before it begins.

    Examples
    --------
    >>> read_term("E05099001:2026-05-08:").since
    datetime.date(2026, 5, 8)
    """
    code, _, rest = text.partition(":")
    first, _, last = rest.partition(":")
    try:
        since, until = (date.fromisoformat(day) if day else None for day in (first, last))
    except ValueError as error:
        raise ParameterError(
            f"The ward {text!r} was given; write CODE or CODE:2026-05-08:2030-05-06."
        ) from error
    if since and until and since >= until:
        raise ParameterError(f"The ward {text!r} was given; its term ends before it begins.")
    return WardTerm(code, since, until)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens a door for one account.

    Attributes
    ----------
    password_hash
        Argon2id, with its parameters; empty where no password opens the account.
    one_time_secret
        The secret of one-time codes, sealed with the store's key; empty for none.
    one_time_step
        The last time step a code was taken of, so that none is taken twice.

    Examples
    --------
    >>> Credentials("ana", password_hash="$argon2id$…")
    Credentials(account='ana')
    """

    account: str
    password_hash: str = field(default="", repr=False)
    one_time_secret: str = field(default="", repr=False)
    one_time_step: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in lasts without use, and at all."""

    idle: timedelta = timedelta(minutes=30)
    whole: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in; the cookie holds a random token, the store its hash alone.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> session = Session("0" * 64, "ana", created_at=noon, seen_at=noon)
    >>> session.is_live(noon + timedelta(minutes=29), SessionLimits())
    True
    >>> session.is_live(noon + timedelta(minutes=30), SessionLimits())
    False
    """

    token_hash: str = field(repr=False)
    account: str
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    roles: frozenset[Role] | None = None

    def is_live(self, now: datetime, limits: SessionLimits) -> bool:
        """Tell whether the session still opens anything."""
        return (
            self.ended_at is None
            and now < self.seen_at + limits.idle
            and now < self.created_at + limits.whole
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A machine's key, by its hash.

    Examples
    --------
    >>> from datetime import UTC
    >>> made = datetime(2026, 5, 1, tzinfo=UTC)
    >>> token = Token(1, "0" * 64, "feed-robot", frozenset({Scope.READ}), made, made)
    >>> token.is_live(made)
    False
    """

    number: int
    token_hash: str = field(repr=False)
    account: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Tell whether the token still opens anything."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Attempts:
    """Tries to come in that did not succeed, of one account or from one address."""

    failures: int
    first_at: datetime
    locked_until: datetime | None = None
