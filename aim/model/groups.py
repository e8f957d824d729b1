"""Groups that take places in hand, and the meetings that hand them out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from aim.errors import ParameterError
from aim.model.tasks import GroupKeys, TaskReach, word_of


@dataclass(frozen=True, slots=True)
class Group:
    """A task-and-finish group.

    Attributes
    ----------
    name, purpose
        What it is called and what it is for.
    lead_agency, partners
        Agencies.
    chair, members
        Accounts; who is one sees what the group does.
    wards, sites
        Codes of wards, and numbers of places.
    start, finish, reviews
        London days; no finish while it goes on.

    Examples
    --------
    >>> Group("Harbour nights", "Less noise", chair="lead").everybody
    frozenset({'lead'})
    """

    kind: ClassVar[str] = "group"

    name: str
    purpose: str
    lead_agency: str = ""
    chair: str = ""
    partners: tuple[str, ...] = ()
    members: frozenset[str] = frozenset()
    wards: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    start: date | None = None
    finish: date | None = None
    reviews: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a group without name or purpose, or that ends before it starts."""
        faults = [f"it has no {name}" for name in ("name", "purpose") if not getattr(self, name)]
        if self.start and self.finish and self.finish < self.start:
            faults.append(f"it finishes on {self.finish}, before it starts on {self.start}")
        if faults:
            raise ParameterError(f"A group was given; {'; '.join(faults)}.")

    @property
    def everybody(self) -> frozenset[str]:
        """The accounts that are in it."""
        return self.members | ({self.chair} if self.chair else set())

    def has(self, reach: TaskReach) -> bool:
        """Tell whether the reader is in it."""
        return reach.who in self.everybody or self.name in reach.groups

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the group: who is in it, and the agencies that work in it."""
        agencies = {self.lead_agency, *self.partners}
        return reach.every or self.has(reach) or reach.agency in agencies


class Choice(StrEnum):
    """What a meeting decides of a place."""

    TAKE_UP = "take up"
    IN_HAND = "in hand"
    WATCH = "watch"
    NO_ACTION = "no action"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a meeting decided of one place.

    Attributes
    ----------
    hotspot_id, place
        The place, as the list of the meeting had it.
    choice, group, reason
        What was decided; the group that takes it up; why there is no action.
    noted
        What was said to be done, as spoken.
    outline, incidents, days
        The place's outline on that list, WKT in EPSG:27700; how many reports it had there, and
        over how many days: a place in hand comes back when that changes beyond chance.
    """

    hotspot_id: str
    place: str
    choice: Choice
    group: str = ""
    reason: str = ""
    noted: str = ""
    outline: str = ""
    incidents: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        """Take the choice as a word."""
        object.__setattr__(self, "choice", word_of(Choice, self.choice, "decision"))


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting over one list of hotspots, which stays as it was issued.

    Attributes
    ----------
    day
        London day.
    run_id
        The saved run whose list lay on the table.
    group
        The number of the group that met; empty for the whole partnership.
    agencies
        Those present.
    decisions
        One for a place at most.
    """

    kind: ClassVar[str] = "meeting"

    day: date
    run_id: str
    group: str = ""
    agencies: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:
        """Tell whether a reach shows the meeting; a group's to who sees the group."""
        return bool(reach.who) and (not self.group or self.group in groups.seen)
