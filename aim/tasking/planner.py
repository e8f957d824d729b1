"""The year on one page: what is planned, month by month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aim.model.times import next_month

MONTHS = 12


class PlanKind(StrEnum):
    """What an entry of the planner is, in the words people read."""

    MEETING = "Meeting"
    REVIEW = "Review"
    DUE = "Action due"
    CAMPAIGN = "Campaign"
    CALENDAR = "Calendar"


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One thing a year holds.

    Attributes
    ----------
    kind, title
        What it is.
    since, until
        London days, the second out.
    address
        The page that says more; empty for none.
    restricted
        Whether only named people may know of it.
    """

    kind: PlanKind
    title: str
    since: date
    until: date
    address: str = ""
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """One month of a year and what happens in it, by first day."""

    first: date
    entries: tuple[PlanEntry, ...]


def months_of(since: date) -> tuple[date, ...]:
    """Return the first days of the twelve months from one on.

    Examples
    --------
    >>> str(months_of(date(2026, 4, 1))[-1])
    '2027-03-01'
    """
    months = [since.replace(day=1)]
    while len(months) < MONTHS:
        months.append(next_month(months[-1]))
    return tuple(months)


def plan_year(entries: Iterable[PlanEntry], since: date) -> tuple[PlanMonth, ...]:
    """Lay entries out on the twelve months from one on; one that lasts is in each of its months.

    Parameters
    ----------
    entries
        In any order.
    since
        The first day of the year.

    Returns
    -------
    tuple
        Twelve months, those without entries too; in each the entries by day, kind and title.

    Examples
    --------
    >>> fair = PlanEntry(PlanKind.CALENDAR, "Fair", date(2026, 5, 30), date(2026, 6, 2))
    >>> [len(month.entries) for month in plan_year([fair], date(2026, 4, 1))][:4]
    [0, 1, 1, 0]
    """
    order = list(PlanKind)
    ordered = sorted(entries, key=lambda one: (one.since, order.index(one.kind), one.title))
    return tuple(
        PlanMonth(
            first,
            tuple(one for one in ordered if one.since < next_month(first) and first < one.until),
        )
        for first in months_of(since)
    )


def say_days_in(entry: PlanEntry, first: date) -> str:
    """Say when in a month an entry is: its days there, or that it goes on all month.

    Examples
    --------
    >>> fair = PlanEntry(PlanKind.CALENDAR, "Fair", date(2026, 5, 30), date(2026, 6, 2))
    >>> say_days_in(fair, date(2026, 5, 1)), say_days_in(fair, date(2026, 6, 1))
    ('from 30 May', 'to 1 June')
    """
    last, month_last = entry.until - timedelta(days=1), next_month(first) - timedelta(days=1)
    begins, ends = entry.since >= first, last <= month_last
    if begins and ends:
        return _say(entry.since) if entry.since == last else f"{entry.since.day} to {_say(last)}"
    if begins:
        return f"from {_say(entry.since)}"
    return f"to {_say(last)}" if ends else "all month"


def _say(day: date) -> str:
    return f"{day.day} {day:%B}"
