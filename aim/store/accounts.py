"""Accounts, sessions, tokens and failed sign-ins: the part of the store that knows people."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from aim.errors import ConflictError, NotFoundError
from aim.model.accounts import (
    Account,
    AccountState,
    Attempts,
    Credentials,
    Scope,
    Session,
    Token,
    WardTerm,
)
from aim.model.people import Role
from aim.store import sqlite
from aim.store.facts import read_fact, write_fact
from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import account, attempt, session, token

DEMO = "demo"


class AccountChanges:
    """The changes of a transaction that concern people."""

    _connection: Connection

    def add_account(self, added: Account) -> None:
        """Keep a new account, which no password opens yet.

        Raises
        ------
        ConflictError
            The id is taken, also where its account is disabled, or the sign-in name is.
        """
        if _has(self._connection, added.id):
            raise ConflictError(
                f"The account {added.id} was to be added and exists already; ids are never given"
                " twice. Choose another, or see aim user list."
            )
        _refuse_taken_name(self._connection, added)
        opens = {"password_hash": "", "one_time_secret": "", "one_time_step": 0}
        self._connection.execute(
            insert(account).values(id=added.id, **opens, **_row_of_account(added))
        )

    def change_account(self, changed: Account) -> None:
        """Keep what an account is now.

        Raises
        ------
        NotFoundError
            There is no such account.
        ConflictError
            Another account has the sign-in name.
        """
        _refuse_taken_name(self._connection, changed)
        found = self._connection.execute(
            update(account).where(account.c.id == changed.id).values(**_row_of_account(changed))
        )
        if not found.rowcount:
            raise _unknown(changed.id)

    def save_credentials(self, credentials: Credentials) -> None:
        """Keep what opens an account's door."""
        self._connection.execute(
            update(account)
            .where(account.c.id == credentials.account)
            .values(
                password_hash=credentials.password_hash,
                one_time_secret=credentials.one_time_secret,
                one_time_step=credentials.one_time_step,
            )
        )

    def save_session(self, kept: Session) -> None:
        """Keep a session, new or used again."""
        row = _row_of_session(kept)
        found = self._connection.execute(
            update(session).where(session.c.token_hash == kept.token_hash).values(**row)
        )
        if not found.rowcount:
            self._connection.execute(insert(session).values(token_hash=kept.token_hash, **row))

    def end_sessions(self, account_id: str, at: datetime) -> None:
        """End every session of an account."""
        self._connection.execute(
            update(session)
            .where(session.c.account == account_id, session.c.ended_at.is_(None))
            .values(ended_at=to_epoch(at))
        )

    def add_token(self, made: Token) -> Token:
        """Keep a token under the next number, which is never given again."""
        number = int(self._connection.scalar(select(func.max(token.c.number))) or 0) + 1
        self._connection.execute(
            insert(token).values(
                number=number,
                token_hash=made.token_hash,
                account=made.account,
                scopes=json.dumps(sorted(made.scopes)),
                created_at=to_epoch(made.created_at),
                expires_at=to_epoch(made.expires_at),
            )
        )
        return _find_token(self._connection, number)

    def revoke_token(self, number: int, at: datetime) -> Token:
        """Make a token open nothing any more.

        Raises
        ------
        NotFoundError
            There is no such token.
        """
        _find_token(self._connection, number)
        self._connection.execute(
            update(token)
            .where(token.c.number == number, token.c.revoked_at.is_(None))
            .values(revoked_at=to_epoch(at))
        )
        return _find_token(self._connection, number)

    def attempts(self, who: str) -> Attempts | None:
        """Return the failed tries counted under a mark."""
        row = self._connection.execute(select(attempt).where(attempt.c.who == who)).one_or_none()
        if row is None:
            return None
        return Attempts(row.failures, from_epoch(row.first_at), _moment(row.locked_until))

    def save_attempts(self, who: str, counted: Attempts | None) -> None:
        """Keep the failed tries counted under a mark; None forgets them."""
        self._connection.execute(delete(attempt).where(attempt.c.who == who))
        if counted is not None:
            self._connection.execute(
                insert(attempt).values(
                    who=who,
                    failures=counted.failures,
                    first_at=to_epoch(counted.first_at),
                    locked_until=_seconds(counted.locked_until),
                )
            )

    def forget_sign_ins(self, before: datetime) -> None:
        """Remove sessions and failed tries that began before a moment."""
        limit = to_epoch(before)
        self._connection.execute(delete(session).where(session.c.created_at < limit))
        self._connection.execute(delete(attempt).where(attempt.c.first_at < limit))

    def mark_demo(self) -> None:
        """Mark the store as one of invented people and data, for good."""
        write_fact(self._connection, DEMO, "yes")


class AccountReads(ABC):
    """The reads of a store that concern people; accounts are no incidents and take no reach."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Open the store for reading."""

    def has_accounts(self) -> bool:
        """Tell whether anybody has an account, disabled ones too."""
        with self._reading() as connection:
            return connection.execute(select(account.c.id).limit(1)).first() is not None

    def accounts(self) -> list[Account]:
        """Return the accounts, by id."""
        with self._reading() as connection:
            rows = connection.execute(select(account).order_by(account.c.id)).all()
        return [_account_of(row) for row in rows]

    def account(self, account_id: str) -> Account:
        """Return one account.

        Raises
        ------
        NotFoundError
            There is no such account.
        """
        with self._reading() as connection:
            row = connection.execute(
                select(account).where(account.c.id == account_id)
            ).one_or_none()
        if row is None:
            raise _unknown(account_id)
        return _account_of(row)

    def credentials(self, account_id: str) -> Credentials | None:
        """Return what opens an account's door, None where there is no such account."""
        names = ("password_hash", "one_time_secret", "one_time_step")
        with self._reading() as connection:
            row = connection.execute(
                select(*(account.c[name] for name in names)).where(account.c.id == account_id)
            ).one_or_none()
        return None if row is None else Credentials(account_id, *row)

    def session(self, token_hash: str) -> Session | None:
        """Return the session of a token's hash, ended ones too."""
        with self._reading() as connection:
            row = connection.execute(
                select(session).where(session.c.token_hash == token_hash)
            ).one_or_none()
        return None if row is None else _session_of(row)

    def note_use(self, token_hash: str, at: datetime) -> None:
        """Note that a session was used, unless somebody else is writing just now.

        A reader shall never wait for a large delivery to be written.
        """
        with suppress(ConflictError), self._reading() as connection, sqlite.briefly(connection):
            connection.execute(
                update(session)
                .where(session.c.token_hash == token_hash)
                .values(seen_at=to_epoch(at))
            )

    def tokens(self) -> list[Token]:
        """Return the tokens, by number."""
        with self._reading() as connection:
            return list(_tokens(connection))

    def token(self, token_hash: str) -> Token | None:
        """Return the token of a hash, revoked ones too."""
        with self._reading() as connection:
            row = connection.execute(
                select(token).where(token.c.token_hash == token_hash)
            ).one_or_none()
        return None if row is None else _token_of(row)

    def is_demo(self) -> bool:
        """Tell whether the store was marked as one of invented people and data."""
        with self._reading() as connection:
            return read_fact(connection, DEMO) == "yes"


def _has(connection: Connection, account_id: str) -> bool:
    found = connection.scalar(select(account.c.id).where(account.c.id == account_id))
    return found is not None


def _refuse_taken_name(connection: Connection, one: Account) -> None:
    if not one.sign_in_name and not one.subject:
        return
    same_name = func.lower(account.c.sign_in_name) == one.sign_in_name.lower()
    same_subject = (account.c.issuer == one.issuer) & (account.c.subject == one.subject)
    taken = connection.scalar(
        select(account.c.id)
        .where(account.c.id != one.id)
        .where(
            or_(
                same_name & (account.c.sign_in_name != ""),
                same_subject & (account.c.subject != ""),
            )
        )
    )
    if taken is not None:
        raise ConflictError(
            f"The account {one.id} was to have the sign-in name of {taken}; one name opens one"
            " account. Give another, or take it from the other account first."
        )


def _unknown(account_id: str) -> NotFoundError:
    return NotFoundError(f"There is no account {account_id!r}; see aim user list.")


def _row_of_account(one: Account) -> dict[str, Any]:
    facts = {
        "roles": sorted(one.roles),
        "wards": [[term.code, _iso(term.since), _iso(term.until)] for term in one.wards],
        "groups": sorted(one.groups),
        "display_name": one.display_name,
        "email": one.email,
    }
    return {
        "agency": one.agency,
        "facts": json.dumps(facts, ensure_ascii=False),
        "state": one.state.value,
        "must_change": one.must_change,
        "notice_at": _seconds(one.notice_at),
        "sign_in_name": one.sign_in_name,
        "issuer": one.issuer,
        "subject": one.subject,
    }


def _account_of(row: Row[Any]) -> Account:
    facts = json.loads(row.facts)
    return Account(
        id=row.id,
        agency=row.agency,
        roles=frozenset(map(Role, facts["roles"])),
        wards=tuple(
            WardTerm(code, _day(since), _day(until)) for code, since, until in facts["wards"]
        ),
        groups=frozenset(facts["groups"]),
        display_name=facts["display_name"],
        sign_in_name=row.sign_in_name,
        issuer=row.issuer,
        subject=row.subject,
        state=AccountState(row.state),
        must_change=row.must_change,
        notice_at=_moment(row.notice_at),
        email=facts.get("email", ""),  # accounts older than letters have none
    )


def _row_of_session(one: Session) -> dict[str, Any]:
    return {
        "account": one.account,
        "created_at": to_epoch(one.created_at),
        "seen_at": to_epoch(one.seen_at),
        "ended_at": _seconds(one.ended_at),
        "roles": None if one.roles is None else json.dumps(sorted(one.roles)),
    }


def _session_of(row: Row[Any]) -> Session:
    return Session(
        token_hash=row.token_hash,
        account=row.account,
        created_at=from_epoch(row.created_at),
        seen_at=from_epoch(row.seen_at),
        ended_at=_moment(row.ended_at),
        roles=None if row.roles is None else frozenset(map(Role, json.loads(row.roles))),
    )


def _tokens(connection: Connection) -> Iterator[Token]:
    return map(_token_of, connection.execute(select(token).order_by(token.c.number)))


def _find_token(connection: Connection, number: int) -> Token:
    found = [one for one in _tokens(connection) if one.number == number]
    if not found:
        raise NotFoundError(f"There is no token {number}; see aim token list.")
    return found[0]


def _token_of(row: Row[Any]) -> Token:
    return Token(
        number=row.number,
        token_hash=row.token_hash,
        account=row.account,
        scopes=frozenset(map(Scope, json.loads(row.scopes))),
        created_at=from_epoch(row.created_at),
        expires_at=from_epoch(row.expires_at),
        revoked_at=_moment(row.revoked_at),
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else to_epoch(moment)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
