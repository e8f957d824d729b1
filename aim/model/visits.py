"""Visits to places: patrols and other work, told by those who were there."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from aim.errors import ParameterError
from aim.model.actions import Site
from aim.model.tasks import GroupKeys, TaskReach, may_know

# A visit is one stay; a longer one is a mistake in a column.
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay of an agency at a place.

    Attributes
    ----------
    agency
        Who was there: an agency, never a person.
    site
        Where.
    at
        When it began, UTC.
    minutes
        How long.
    done
        What was done, in words that name nobody.
    powers
        Slug of each power used, and how often.
    source
        How it was logged: ``page``, ``card``, ``command``, ``file`` or ``track``.
    logged
        When it was logged, UTC.
    taken_back
        Why it does not count any more; empty while it does.
    readers
        The accounts a restricted visit is for; nobody named means it is not restricted.

    Examples
    --------
    >>> from datetime import UTC
    >>> quay = Site("Quay Street", "raised by people")
    >>> Visit("wardens", quay, datetime(2026, 5, 1, 21, tzinfo=UTC), 15).counts
    True
    """

    kind: ClassVar[str] = "visit"

    agency: str
    site: Site
    at: datetime
    minutes: int
    done: str = ""
    powers: tuple[tuple[str, int], ...] = ()
    source: str = "page"
    logged: datetime | None = None
    taken_back: str = ""
    readers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what no visit can be, all at once."""
        faults = []
        if not self.agency.strip():
            faults.append("it names no agency")
        if self.at.tzinfo is None:
            faults.append("its moment has no time zone")
        if not 0 < self.minutes <= MOST_MINUTES:
            faults.append(f"`minutes` is a number from 1 to {MOST_MINUTES}, found {self.minutes}")
        faults += [f"{slug} was used {times} times" for slug, times in self.powers if times < 1]
        if faults:
            raise ParameterError(f"A visit was given; {'; '.join(faults)}.")

    @property
    def counts(self) -> bool:
        """Whether it was not taken back."""
        return not self.taken_back

    @property
    def is_restricted(self) -> bool:
        """Whether only named people may know of it."""
        return bool(self.readers or self.site.readers)

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the visit: all to some, else those of the own agency."""
        readers = self.readers or self.site.readers
        if not may_know(readers, reach):
            return False
        return bool(readers) or reach.every or (bool(reach.agency) and self.agency == reach.agency)
