"""How long to wait after how many failed tries: a table, and the one function that reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aim.model.accounts import Attempts


@dataclass(frozen=True, slots=True)
class BackOff:
    """One row: how patient the hub is.

    Attributes
    ----------
    free
        Failures that cost nothing.
    first, longest
        The wait after the next one, doubled with each further one, and the longest wait.
    forget
        After how long the count begins anew.
    """

    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta


# An address may be a whole office, an account is one person.
OF_ACCOUNT = BackOff(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=24))
OF_CLIENT = BackOff(30, timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1))


def count_attempt(held: Attempts | None, back_off: BackOff, now: datetime) -> Attempts:
    """Count one more try, before its password is looked at.

    Counting first bounds guesses made at the same moment; a success takes the count back.

    Parameters
    ----------
    held
        What was counted before; None for nothing.
    back_off
        The row of the table.
    now
        The moment.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> sixth = count_attempt(Attempts(5, noon), OF_ACCOUNT, noon)
    >>> sixth.locked_until - noon
    datetime.timedelta(seconds=30)
    """
    if held is None or now >= held.first_at + back_off.forget:
        held = Attempts(0, now)
    failures = held.failures + 1
    over = failures - back_off.free
    if over <= 0:
        return Attempts(failures, held.first_at)
    # The exponent is bounded so that a long storm makes no number beyond a timedelta.
    wait = min(back_off.first * 2 ** min(over - 1, 20), back_off.longest)
    return Attempts(failures, held.first_at, now + wait)


def is_locked(held: Attempts | None, now: datetime) -> bool:
    """Tell whether tries are refused for now.

    Parameters
    ----------
    held
        What was counted; None for nothing.
    now
        The moment.

    Examples
    --------
    >>> is_locked(None, datetime(2026, 5, 1))
    False
    """
    return held is not None and held.locked_until is not None and now < held.locked_until
