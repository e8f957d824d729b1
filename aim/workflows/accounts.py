"""People the hub knows, and machines' tokens: added, changed and listed on record."""

from dataclasses import replace
from datetime import datetime, timedelta

from aim.access import audit_entry, require
from aim.access.one_time import make_one_time_secret, one_time_address, seal
from aim.access.passwords import STANDARD, HashCost, hash_password, make_password
from aim.access.tokens import hash_token, make_token
from aim.errors import ConflictError, ParameterError
from aim.model.accounts import (
    Account,
    AccountState,
    Credentials,
    Scope,
    Token,
    WardTerm,
    new_account,
)
from aim.model.people import Action, Actor, Role
from aim.model.types import slug_of
from aim.store import Store, Transaction
from aim.workflows.sign_ins import ONE_TIME, mark_of_account

LONGEST_DAYS = 366
_DEMO_AGENCIES = {
    Role.OFFICER: "norbeck-council",
    Role.POLICE_PARTNER: "norbeck-police",
    Role.COUNCILLOR: "norbeck-council",
    Role.SCRUTINY: "norbeck-council",
}


def add_account(store: Store, actor: Actor, account: Account, *, cost: HashCost = STANDARD) -> str:
    """Add a person and return the first password, which is shown this once.

    A person with a sign-in name at the identity provider comes in that way and gets no password.

    Raises
    ------
    ConflictError
        The id or the sign-in name is taken.
    """
    require(actor, Action.MANAGE_PEOPLE)
    password = "" if account.sign_in_name else make_password()
    with store.transaction() as change:
        change.add_account(replace(account, must_change=bool(password)))
        if password:
            change.save_credentials(Credentials(account.id, hash_password(password, cost)))
        _record(change, actor, "add", account)
    return password


def disable_account(store: Store, actor: Actor, account_id: str, now: datetime) -> Account:
    """Let a person in no more: sessions end and tokens open nothing.

    Raises
    ------
    NotFoundError
        There is no such account.
    ConflictError
        It is the last active administrator, without whom nobody could be let in again.
    """
    require(actor, Action.MANAGE_PEOPLE)
    account = replace(store.account(account_id), state=AccountState.DISABLED)
    others = [one for one in store.accounts() if one.id != account_id]
    if Role.ADMINISTRATOR in account.roles and not _has_administrator(others) and others:
        raise ConflictError(
            f"{account_id} was to be disabled and is the last active administrator."
            " Add or enable another administrator first."
        )
    with store.transaction() as change:
        change.change_account(account)
        change.end_sessions(account_id, now)
        _record(change, actor, "disable", account)
    return account


def enable_account(store: Store, actor: Actor, account_id: str) -> Account:
    """Let a disabled person in again, with the password and tokens they had.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    require(actor, Action.MANAGE_PEOPLE)
    account = replace(store.account(account_id), state=AccountState.ACTIVE)
    with store.transaction() as change:
        change.change_account(account)
        _record(change, actor, "enable", account)
    return account


def reset_account(
    store: Store, actor: Actor, account_id: str, now: datetime, *, cost: HashCost = STANDARD
) -> str:
    """Give a person a new first password, which is shown this once; sessions end.

    One-time codes are switched off, a binding to the identity provider is forgotten, and waiting
    after failed tries ends.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    require(actor, Action.MANAGE_PEOPLE)
    account = replace(store.account(account_id), must_change=True, issuer="", subject="")
    password = make_password()
    with store.transaction() as change:
        change.change_account(account)
        change.save_credentials(Credentials(account_id, hash_password(password, cost)))
        change.end_sessions(account_id, now)
        change.save_attempts(mark_of_account(store, account_id), None)
        _record(change, actor, "reset", account)
    return password


def require_one_time_codes(store: Store, actor: Actor, account_id: str) -> str:
    """Ask a person for one-time codes from now on; return what their app reads, this once.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    require(actor, Action.MANAGE_PEOPLE)
    account = store.account(account_id)
    held = store.credentials(account_id) or Credentials(account_id)
    secret = make_one_time_secret()
    with store.transaction() as change:
        sealed = seal(secret, store.key, ONE_TIME)
        change.save_credentials(replace(held, one_time_secret=sealed, one_time_step=0))
        _record(change, actor, "one-time-codes", account)
    return one_time_address(secret, account_id)


def account_list(store: Store, actor: Actor) -> list[Account]:
    """Return the people the hub knows, by id."""
    require(actor, Action.MANAGE_PEOPLE)
    return store.accounts()


def add_token(
    store: Store,
    actor: Actor,
    account_id: str,
    scopes: frozenset[Scope],
    *,
    days: int,
    now: datetime,
) -> tuple[Token, str]:
    """Make a token for a machine that acts for an account; it is shown this once.

    Raises
    ------
    NotFoundError
        There is no such account.
    ParameterError
        There is no scope, or the days are not 1 to 366.
    """
    require(actor, Action.MANAGE_PEOPLE)
    if not scopes or not 1 <= days <= LONGEST_DAYS:
        raise ParameterError(
            f"A token was asked for with {len(scopes)} scopes and {days} days; give at least one"
            f" scope ({', '.join(Scope)}) and 1 to {LONGEST_DAYS} days."
        )
    account = store.account(account_id)
    text = make_token()
    made = Token(0, hash_token(text), account_id, scopes, now, now + timedelta(days=days))
    with store.transaction() as change:
        token = change.add_token(made)
        _record(change, actor, "add-token", account, token=token.number, scopes=sorted(scopes))
    return token, text


def revoke_token(store: Store, actor: Actor, number: int, now: datetime) -> Token:
    """Make a token open nothing any more.

    Raises
    ------
    NotFoundError
        There is no such token.
    """
    require(actor, Action.MANAGE_PEOPLE)
    with store.transaction() as change:
        token = change.revoke_token(number, now)
        change.record(
            audit_entry(
                actor, Action.MANAGE_PEOPLE, did="revoke-token", account=token.account, token=number
            )
        )
    return token


def token_list(store: Store, actor: Actor) -> list[Token]:
    """Return the tokens, by number; none of them can be used from this."""
    require(actor, Action.MANAGE_PEOPLE)
    return store.tokens()


def add_demo_people(store: Store, actor: Actor, wards: tuple[str, ...]) -> list[Account]:
    """Add one invented person of each role and mark the store as a demo; twice adds nothing.

    No password opens their accounts; a click on the demo's own sign-in page does, on this
    computer alone.

    Parameters
    ----------
    wards
        Codes of the councillor's wards.
    """
    require(actor, Action.MANAGE_PEOPLE)
    held = {one.id for one in store.accounts()}
    people = [one for role in Role if (one := _demo_person(role, wards)).id not in held]
    with store.transaction() as change:
        change.mark_demo()
        for account in people:
            change.add_account(account)
            _record(change, actor, "add", account)
    return people


def _demo_person(role: Role, wards: tuple[str, ...]) -> Account:
    return new_account(
        f"demo-{slug_of(role)}",
        _DEMO_AGENCIES.get(role, "norbeck-partnership"),
        {role},
        display_name=f"Demo {role}",
        wards=tuple(map(WardTerm, wards)) if role is Role.COUNCILLOR else (),
    )


def _has_administrator(accounts: list[Account]) -> bool:
    return any(one.is_active and Role.ADMINISTRATOR in one.roles for one in accounts)


def _record(
    change: Transaction, actor: Actor, did: str, account: Account, **detail: object
) -> None:
    roles = [slug_of(role) for role in sorted(account.roles)]
    wards = [term.code for term in account.wards]
    entry = audit_entry(
        actor,
        Action.MANAGE_PEOPLE,
        did=did,
        account=account.id,
        agency=account.agency,
        roles=roles,
        wards=wards or None,
        **detail,
    )
    change.record(entry)
