"""Things that are set up at places, such as cameras, and where each one stands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from aim.errors import ParameterError
from aim.model.actions import Site
from aim.model.tasks import GroupKeys, TaskReach, may_know, word_of


class UnitState(StrEnum):
    """Where a unit is; what may follow what is a table in ``aim.tasking``."""

    AVAILABLE = "available"
    DEPLOYED = "deployed"
    IN_REPAIR = "in repair"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing of the register.

    Attributes
    ----------
    kind_of
        The slug of its kind, such as ``camera``.
    identity
        What it is known by: a number on it, a serial number.
    state, since
        Where it is, and since which London day.
    agency
        Whose it is.
    maintenance_due
        The London day it is to be looked after; None where nobody said.
    note
        What else is to be known.
    deployment
        The number of the deployment it stands in; empty unless deployed.
    readers
        The accounts that may know of it; nobody named means all who see equipment. A unit that
        stands at a restricted place is restricted too, so that no list shows that it is away.

    Examples
    --------
    >>> Unit("camera", "C-4").state.value
    'available'
    """

    kind: ClassVar[str] = "unit"

    kind_of: str
    identity: str
    state: UnitState = UnitState.AVAILABLE
    since: date | None = None
    agency: str = ""
    maintenance_due: date | None = None
    note: str = ""
    deployment: str = ""
    readers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Take the state as a word, and refuse what no unit can be."""
        object.__setattr__(self, "state", word_of(UnitState, self.state, "state"))
        if not self.identity.strip():
            raise ParameterError(
                "A unit was given without an identity; say the number on it or its serial number."
            )
        if bool(self.deployment) != (self.state is UnitState.DEPLOYED):
            raise ParameterError(
                f"The unit {self.identity} is {self.state} and its deployment is"
                f" {self.deployment or 'none'}; a unit has one when it is deployed and only then."
            )

    @property
    def is_restricted(self) -> bool:
        """Whether only named people may know of it."""
        return bool(self.readers)

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the unit."""
        return may_know(self.readers, reach)


@dataclass(frozen=True, slots=True)
class Deployment:
    """One unit at one place, from a day to a day.

    Attributes
    ----------
    unit, kind_of, identity
        The unit's number in the store, its kind and what it is known by.
    site
        Where; without an outline at a dwelling, which is no point on any map.
    protocol
        What it is there for and by which rule, in words.
    since, until, review
        London days: set up, to be taken down (None while open), to be looked at again.
    authorisation
        The reference of who allowed it, where its kind needs one.
    at_dwelling
        Whether somebody lives there.
    ended, result
        The day it was taken down, and what came of it.
    readers
        The accounts a restricted deployment is for; nobody named means it is not restricted.

    Examples
    --------
    >>> one = Deployment("u1", "camera", "C-4", Site("Quay Street", "raised by people"))
    >>> one.is_open
    True
    """

    kind: ClassVar[str] = "deployment"

    unit: str
    kind_of: str
    identity: str
    site: Site
    protocol: str = ""
    since: date | None = None
    until: date | None = None
    review: date | None = None
    authorisation: str = ""
    at_dwelling: bool = False
    ended: date | None = None
    result: str = ""
    readers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a dwelling that all may know of or that is a point, and days that cannot be."""
        faults = []
        if self.at_dwelling and not self.readers:
            faults.append("it is at a dwelling and nobody is named who may know of it")
        if self.at_dwelling and self.site.outline:
            faults.append("it is at a dwelling and has a place on the map")
        faults += [
            f"its {name} {day} lies before it was set up on {self.since}"
            for name, day in (("until", self.until), ("review", self.review), ("end", self.ended))
            if self.since and day and day < self.since
        ]
        if faults:
            raise ParameterError(f"A deployment was given; {'; '.join(faults)}.")

    @property
    def is_open(self) -> bool:
        """Whether the unit still stands there."""
        return self.ended is None

    @property
    def is_restricted(self) -> bool:
        """Whether only named people may know of it."""
        return bool(self.readers)

    def days_within(self, since: date, until: date, *, today: date) -> int:
        """Count the London days of a period on which the unit stood there.

        Parameters
        ----------
        since, until
            The period; the second out.
        today
            London day; what is to come is not counted.
        """
        if self.since is None:
            return 0
        end = min(until, today) if self.ended is None else min(until, self.ended)
        return max(0, (end - max(since, self.since)).days)

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the deployment; that of a restricted place asks too."""
        return may_know(self.readers or self.site.readers, reach)
