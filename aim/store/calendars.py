"""Private addresses of calendars: a hash an account, so that the store cannot tell the address."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import calendar_address


class CalendarChanges:
    """The changes of a transaction that concern addresses of calendars."""

    _connection: Connection
    _clock: Callable[[], datetime]

    def set_calendar_address(self, account: str, token_hash: str) -> None:
        """Give an account's calendar a new address; the one before is none any more."""
        self.revoke_calendar_address(account)
        self._connection.execute(
            insert(calendar_address).values(
                account=account, token_hash=token_hash, at=to_epoch(self._clock())
            )
        )

    def revoke_calendar_address(self, account: str) -> bool:
        """Take an account's address away, and tell whether there was one."""
        gone = self._connection.execute(
            delete(calendar_address).where(calendar_address.c.account == account)
        )
        return bool(gone.rowcount)


class CalendarReads(ABC):
    """The reads of a store that concern addresses of calendars."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give one unchanging view of the store."""

    def calendar_account(self, token_hash: str) -> str | None:
        """Return whose calendar an address is, by its hash."""
        with self._reading() as connection:
            account: str | None = connection.scalar(
                select(calendar_address.c.account).where(
                    calendar_address.c.token_hash == token_hash
                )
            )
        return account

    def calendar_since(self, account: str) -> datetime | None:
        """Return since when an account's calendar has an address; None where it has none."""
        with self._reading() as connection:
            at = connection.scalar(
                select(calendar_address.c.at).where(calendar_address.c.account == account)
            )
        return None if at is None else from_epoch(at)
