"""Coming in and going out: passwords, one-time codes, an identity provider, sessions and tokens.

What a stranger is told is the same whether a name is unknown, a password wrong or an account
disabled; the record says which. Tries are counted before a password is looked at, so that guesses
made at the same moment cannot slip past the count.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import NoReturn

from aim.access import sign_in_entry
from aim.access.back_off import OF_ACCOUNT, OF_CLIENT, count_attempt, is_locked
from aim.access.oidc import Identity
from aim.access.one_time import step_of_code, unseal
from aim.access.passwords import (
    STANDARD,
    HashCost,
    check_new_password,
    hash_password,
    is_outdated,
    is_password,
)
from aim.access.tokens import actions_of, hash_token, make_token, mark_of
from aim.errors import NotFoundError, SignInError, TooManyAttemptsError
from aim.model.accounts import Account, Attempts, Credentials, Session, SessionLimits
from aim.model.people import Actor, Role
from aim.store import Store, Transaction
from aim.workflows.agreements import with_agreements

ONE_TIME = "one-time codes"
NOBODY = "nobody"
KEPT_DAYS = 30
# A session's last use is written at most this often: reading a page shall not wait for the disk.
SEEN_EVERY = timedelta(minutes=1)
LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody typed, and from where."""

    account_id: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    client: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, as a session or a token tells.

    Attributes
    ----------
    actor
        Whom the policy sees.
    account
        Their account.
    session
        Their session; None for a machine with a token.
    """

    actor: Actor
    account: Account
    session: Session | None = None

    @property
    def must_change(self) -> bool:
        """Whether a new password comes before anything else."""
        return self.session is not None and self.account.must_change

    @property
    def needs_notice(self) -> bool:
        """Whether what figures are for must be accepted first."""
        return self.session is not None and self.account.needs_notice


def sign_in(store: Store, tried: Tried, now: datetime, *, cost: HashCost = STANDARD) -> str:
    """Let a person in by name, password and, where it is asked for, a one-time code.

    Parameters
    ----------
    tried
        What was typed.
    now
        The moment.
    cost
        What one guess costs.

    Returns
    -------
    str
        The new session's token, for a cookie.

    Raises
    ------
    TooManyAttemptsError
        The account or the address has to wait.
    SignInError
        Anything else; the text does not say what.
    """
    marks = _marks(store, tried)
    _count(store, marks, now)
    held = store.credentials(tried.account_id[:LONGEST_ID])
    right = is_password(held.password_hash if held else "", tried.password, cost)
    account, reason, step = _judge(store, held, tried, now) if right else (None, "password", 0)
    if account is None or held is None:
        _refuse(store, held, reason, marks, now)
    newer = replace(held, one_time_step=step or held.one_time_step)
    if is_outdated(held.password_hash, cost):
        newer = replace(newer, password_hash=hash_password(tried.password, cost))
    with store.transaction() as change:
        if newer != held:
            change.save_credentials(newer)
        _take_back(change, marks)
        return _open_session(change, account, now, how="password")


def sign_in_by_identity(
    store: Store, identity: Identity, roles: frozenset[Role] | None, now: datetime
) -> str:
    """Let a person in whom the identity provider vouches for.

    The first time the account is found by its sign-in name; who the provider said it was is then
    remembered, and a later person of the same name is not let in.

    Parameters
    ----------
    identity
        Whom the provider vouches for, checked.
    roles
        Roles the provider gives in place of the account's own; None for the account's own.
    now
        The moment.

    Returns
    -------
    str
        The new session's token, for a cookie.

    Raises
    ------
    SignInError
        No active account belongs to the person.
    """
    account = _account_of(store, identity)
    if account is None or not account.is_active:
        with store.transaction() as change:
            change.record(
                sign_in_entry(
                    account.id if account else NOBODY,
                    "sign-in-refused",
                    reason="disabled" if account else "unknown",
                    how="provider",
                )
            )
        raise SignInError(
            "You signed in with your organisation, and this hub has no account for you. Ask the"
            " hub's administrator to add one with your organisation's sign-in name."
        )
    bound = replace(account, issuer=identity.issuer, subject=identity.subject)
    with store.transaction() as change:
        if bound != account:
            change.change_account(bound)
        return _open_session(change, bound, now, how="provider", roles=roles)


def sign_in_demo(store: Store, account_id: str, now: datetime) -> str:
    """Let somebody in as one of the demo's invented people.

    Returns
    -------
    str
        The new session's token, for a cookie.

    Raises
    ------
    SignInError
        The store is no demo, or nobody in it is called that.
    """
    people = {one.id: one for one in demo_people(store)}
    if account_id not in people:
        raise SignInError("That is none of the demo's people; choose one on the sign-in page.")
    with store.transaction() as change:
        return _open_session(change, people[account_id], now, how="demo")


def demo_people(store: Store) -> list[Account]:
    """Return the demo's invented people, nobody where the store is no demo."""
    if not store.is_demo():
        return []
    order = {role: place for place, role in enumerate(Role)}
    found = [one for one in store.accounts() if one.id.startswith("demo-") and one.is_active]
    return sorted(found, key=lambda one: min(order[role] for role in one.roles))


def sign_out(store: Store, reader: Reader, now: datetime) -> None:
    """End the session."""
    if reader.session is None:
        return
    with store.transaction() as change:
        change.save_session(replace(reader.session, ended_at=now))
        change.record(sign_in_entry(reader.account.id, "sign-out"))


def change_password(
    store: Store,
    reader: Reader,
    old: str,
    new: str,
    now: datetime,
    *,
    cost: HashCost = STANDARD,
) -> str:
    """Change a person's own password; every session ends and a new one begins.

    Returns
    -------
    str
        The new session's token, for a cookie.

    Raises
    ------
    TooManyAttemptsError
        The old password was tried too often.
    SignInError
        The old password is wrong.
    ParameterError
        The new one is easily guessed, or the old one again.
    """
    mark = (mark_of_account(store, reader.account.id),)
    _count(store, mark, now)
    held = store.credentials(reader.account.id)
    if held is None or not is_password(held.password_hash, old, cost):
        _refuse(store, held, "old-password", mark, now)
    check_new_password(new, reader.account.id, old)
    with store.transaction() as change:
        change.save_credentials(replace(held, password_hash=hash_password(new, cost)))
        account = replace(reader.account, must_change=False)
        change.change_account(account)
        change.end_sessions(account.id, now)
        change.save_attempts(mark[0], None)
        change.record(sign_in_entry(account.id, "change-password"))
        roles = reader.session.roles if reader.session else None
        return _open_session(change, account, now, how="new-password", roles=roles)


def accept_notice(store: Store, reader: Reader, now: datetime) -> None:
    """Remember that a person accepted what figures may be used for."""
    with store.transaction() as change:
        change.change_account(replace(reader.account, notice_at=now))
        change.record(sign_in_entry(reader.account.id, "accept-notice"))


def reader_of_session(
    store: Store, token: str, now: datetime, today: date, limits: SessionLimits
) -> Reader | None:
    """Return who a cookie's token belongs to, None where it opens nothing.

    Parameters
    ----------
    token
        As the cookie has it.
    now, today
        The moment, and the day in London.
    limits
        How long a session lasts.
    """
    session = store.session(hash_token(token))
    if session is None or not session.is_live(now, limits):
        return None
    account = store.account(session.account)
    if not account.is_active:
        return None
    if now >= session.seen_at + SEEN_EVERY:
        store.note_use(session.token_hash, now)
    actor = with_agreements(store, account.actor_on(today, roles=session.roles), today)
    return Reader(actor, account, session)


def reader_of_token(store: Store, token: str, now: datetime, today: date) -> Reader | None:
    """Return whom a machine's token acts for, None where it opens nothing.

    Parameters
    ----------
    token
        As it was given out.
    now, today
        The moment, and the day in London.
    """
    held = store.token(hash_token(token))
    if held is None or not held.is_live(now):
        return None
    account = store.account(held.account)
    if not account.is_active:
        return None
    acts = account.actor_on(today, limits=actions_of(held.scopes))
    return Reader(with_agreements(store, acts, today), account)


def mark_of_account(store: Store, account_id: str) -> str:
    """Return the keyed mark under which tries of a name are counted, known or not."""
    return mark_of(store.key, "account", account_id[:LONGEST_ID].casefold())


def _marks(store: Store, tried: Tried) -> tuple[str, str]:
    return (
        mark_of_account(store, tried.account_id),
        mark_of(store.key, "client", tried.client),
    )


def _count(store: Store, marks: tuple[str, ...], now: datetime) -> None:
    with store.transaction() as change:
        held = [change.attempts(mark) for mark in marks]
        locked = [one.locked_until for one in held if one and is_locked(one, now)]
        if not locked:
            for mark, one, row in zip(marks, held, (OF_ACCOUNT, OF_CLIENT), strict=False):
                change.save_attempts(mark, count_attempt(one, row, now))
            return
    raise _too_many(max(until for until in locked if until) - now)


def _too_many(wait: timedelta) -> TooManyAttemptsError:
    minutes = max(1, ceil(wait.total_seconds() / 60))
    return TooManyAttemptsError(
        f"There were too many tries that did not succeed. Wait {minutes}"
        f" minute{'s' if minutes > 1 else ''} and try again, or ask the hub's administrator."
    )


def _judge(
    store: Store, held: Credentials | None, tried: Tried, now: datetime
) -> tuple[Account | None, str, int]:
    """Return the account, or why it stays shut, and the step of the one-time code taken."""
    try:
        account = store.account(tried.account_id)
    except NotFoundError:
        return None, "unknown", 0
    if held is None or not account.is_active:
        return None, "disabled", 0
    if not held.one_time_secret:
        return account, "", 0
    secret = unseal(held.one_time_secret, store.key, ONE_TIME)
    step = step_of_code(secret, tried.code, now, after=held.one_time_step)
    return (None, "one-time-code", 0) if step is None else (account, "", step)


def _refuse(
    store: Store, held: Credentials | None, reason: str, marks: tuple[str, ...], now: datetime
) -> NoReturn:
    """Write down why, and say no more than a stranger may know."""
    who = held.account if held else NOBODY
    with store.transaction() as change:
        entry = sign_in_entry(
            who,
            "sign-in-refused",
            reason=reason if held else "unknown",
            client=marks[1] if len(marks) > 1 else None,
        )
        change.record(entry)
        counted = change.attempts(marks[0])
        if is_locked(counted, now) and counted is not None:
            change.record(sign_in_entry(who, "lock-out", failures=counted.failures))
        change.forget_sign_ins(now - timedelta(days=KEPT_DAYS))
    raise SignInError(
        "The name, the password or the one-time code is wrong, or the account is closed. Try"
        " again, or ask the hub's administrator for a new password."
    )


def _take_back(change: Transaction, marks: tuple[str, str]) -> None:
    """Forget the account's failures, and the one try of this address that was none."""
    change.save_attempts(marks[0], None)
    counted = change.attempts(marks[1])
    if counted is not None:
        fewer = Attempts(counted.failures - 1, counted.first_at)
        change.save_attempts(marks[1], fewer if fewer.failures else None)


def _open_session(
    change: Transaction,
    account: Account,
    now: datetime,
    *,
    how: str,
    roles: frozenset[Role] | None = None,
) -> str:
    token = make_token()
    change.save_session(Session(hash_token(token), account.id, now, now, roles=roles))
    change.record(sign_in_entry(account.id, "sign-in", how=how))
    return token


def _account_of(store: Store, identity: Identity) -> Account | None:
    accounts = store.accounts()
    for one in accounts:
        if one.subject and (one.issuer, one.subject) == (identity.issuer, identity.subject):
            return one
    name = identity.username.casefold()
    for one in accounts:
        if name and not one.subject and one.sign_in_name.casefold() == name:
            return one
    return None
