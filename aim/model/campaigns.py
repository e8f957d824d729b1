"""Operations, seasonal campaigns and the local calendar: what a year holds beside incidents."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from aim.errors import ParameterError
from aim.model.tasks import GroupKeys, TaskReach, may_know

MONEY = ("funding", "cost", "spent")


@dataclass(frozen=True, slots=True)
class Campaign:
    """An operation or a seasonal campaign.

    Attributes
    ----------
    name, purpose
        What it is called and what it is for.
    start, finish
        London days, both held.
    lead, partners
        Agencies.
    wards, types
        What it is aimed at: codes of wards, slugs of types and themes; empty for all.
    project, funder
        The budget it is paid from, and who gave it; campaigns of one project are added up.
    funding, cost, spent
        Whole pounds: granted, planned, spent so far; None where nobody said.
    readers
        The accounts a restricted campaign is for; nobody named means it is not restricted.

    Examples
    --------
    >>> Campaign("Dark nights", date(2026, 10, 1), date(2027, 1, 31)).is_restricted
    False
    """

    kind: ClassVar[str] = "campaign"

    name: str
    start: date
    finish: date
    purpose: str = ""
    lead: str = ""
    partners: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    project: str = ""
    funder: str = ""
    funding: int | None = None
    cost: int | None = None
    spent: int | None = None
    readers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what no campaign can be, all of it at once."""
        faults = [] if self.name.strip() else ["it has no name"]
        if self.finish < self.start:
            faults.append(f"it finishes on {self.finish}, before it starts on {self.start}")
        for name in MONEY:
            value = getattr(self, name)
            if value is not None and value < 0:
                faults.append(f"`{name}` is whole pounds from 0, found {value}")
        if faults:
            raise ParameterError(f"A campaign was given; {'; '.join(faults)}.")

    @property
    def is_restricted(self) -> bool:
        """Whether only named people may know of it."""
        return bool(self.readers)

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the campaign; a restricted one to those it names alone."""
        return may_know(self.readers, reach)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One entry of a local calendar.

    Attributes
    ----------
    title
        What it is, contact details masked.
    since, until
        London days, the second out.

    Examples
    --------
    >>> CalendarDay("Half term", date(2026, 10, 26), date(2026, 10, 31)).last
    datetime.date(2026, 10, 30)
    """

    title: str
    since: date
    until: date

    @property
    def last(self) -> date:
        """The last day it holds."""
        return self.until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LocalCalendar:
    """Terms, festivals, matches: what a loaded calendar says of the town.

    Attributes
    ----------
    name
        What it is called; loading one of that name again takes its place.
    days
        Its entries, by day.
    """

    kind: ClassVar[str] = "calendar"

    name: str
    days: tuple[CalendarDay, ...] = ()

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the calendar: it holds public days."""
        return bool(reach.who)
