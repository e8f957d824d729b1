"""What people set out to do at a place: sites, actions, their stages, and how far one sees them."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from aim.errors import ParameterError
from aim.model.tasks import GroupKeys, TaskReach, may_know, word_of

LONGEST_PERIOD = 24
WHOLE = 100
# A case system's own number: no sentence and no name fits.
_REFERENCE = re.compile(r"[A-Za-z]{0,6}[/_.:-]?[0-9][0-9A-Za-z/_.:-]{0,32}")


class Origin(StrEnum):
    """How a place came to be one that people work at."""

    FOUND = "found"
    DESIGNATED = "designated"
    RAISED = "raised by people"


@dataclass(frozen=True, slots=True)
class Site:
    """A place people work at; all that use one treat the three origins alike.

    Attributes
    ----------
    name, origin
        What it is called, and how it came to be.
    hotspot_id, run_id
        Of a found one: its lasting number, and the saved run it was taken from.
    wards
        Codes, first by reports.
    outline
        A polygon as WKT, EPSG:27700; empty for a place that has wards alone.
    owner, purpose, since, until
        Of a designated one: whose it is, what for, and the London days it holds, the second out.
    readers
        Accounts that may know of it; nobody named means everybody who sees places.

    Examples
    --------
    >>> Site("Quay Street", "raised by people").origin.value
    'raised by people'
    """

    kind: ClassVar[str] = "place"

    name: str
    origin: Origin
    hotspot_id: str = ""
    run_id: str = ""
    wards: tuple[str, ...] = ()
    outline: str = ""
    owner: str = ""
    purpose: str = ""
    since: date | None = None
    until: date | None = None
    readers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Take the origin as a word, and refuse what no place can be."""
        object.__setattr__(self, "origin", word_of(Origin, self.origin, "origin"))
        if not self.name.strip():
            raise ParameterError("A place was given without a name; say what it is called.")
        if self.since and self.until and self.until <= self.since:
            raise ParameterError(
                f"A place is held until {self.until} and since {self.since}; `until` is the day"
                " after the last and comes later."
            )

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the place."""
        return may_know(self.readers, reach)

    @property
    def is_countable(self) -> bool:
        """Whether the store can count what happens there."""
        return bool(self.outline or self.wards)

    def holds_on(self, day: date) -> bool:
        """Tell whether the place is one on a London day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)


class Stage(StrEnum):
    """How far an action is; what may follow what is a table in ``aim.tasking``."""

    DRAFT = "draft"
    AGREED = "agreed"
    UNDER_WAY = "under way"
    DONE = "done"
    REVIEWED = "reviewed"
    DROPPED = "dropped"


# Stages in which somebody is still at it.
OPEN_STAGES = frozenset({Stage.AGREED, Stage.UNDER_WAY})
# Stages after which what is measured stays as it was agreed.
FIXED_STAGES = frozenset({*OPEN_STAGES, Stage.DONE, Stage.REVIEWED})


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What is to be done, in the five parts of a SMART action; a draft may lack any of them.

    Attributes
    ----------
    title, details
        What is to be done.
    site
        Where, with the saved run it was chosen from; None until chosen.
    partners
        With whom: agencies.
    types, months, target
        What is counted there, over how many whole months, and how many are aimed at.
    owner, agency
        The account and the agency that answer for it.
    resource, cost, funding
        What it takes; pounds, None where nobody said; what pays for it.
    response, plausibility
        Its kind, a key of the table of responses; why it should work.
    priority, group
        The priority it serves, in words; the number of the group it belongs to.
    start, due, review
        London days.
    case_reference
        The number a case system knows it by; never a person.
    readers
        The accounts a restricted action is for; nobody named means it is not restricted.

    Examples
    --------
    >>> ActionPlan("Mend the lights").is_restricted
    False
    """

    title: str
    site: Site | None = None
    details: str = ""
    partners: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    months: int = 3
    target: int | None = None
    owner: str = ""
    agency: str = ""
    resource: str = ""
    cost: int | None = None
    priority: str = ""
    group: str = ""
    start: date | None = None
    due: date | None = None
    review: date | None = None
    case_reference: str = ""
    readers: frozenset[str] = frozenset()
    response: str = ""
    plausibility: str = ""
    funding: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers and references that mean nothing, all of them at once."""
        faults = [*_number_faults(self), *_reference_faults(self.case_reference)]
        if not self.title.strip():
            faults.append("it has no title")
        if faults:
            raise ParameterError(f"An action was given; {'; '.join(faults)}.")

    @property
    def is_restricted(self) -> bool:
        """Whether only named people may know of it."""
        return bool(self.readers)

    @property
    def measure(self) -> tuple[object, ...]:
        """What is counted, where and against what: fixed once the action is agreed."""
        return self.site, self.types, self.months, self.target


def _number_faults(plan: ActionPlan) -> list[str]:
    faults = []
    if not 1 <= plan.months <= LONGEST_PERIOD:
        faults.append(f"`months` is a whole number from 1 to {LONGEST_PERIOD}, found {plan.months}")
    for name, value in (("target", plan.target), ("cost", plan.cost)):
        if value is not None and value < 0:
            faults.append(f"`{name}` is a whole number from 0, found {value}")
    return faults


def _reference_faults(reference: str) -> list[str]:
    if not reference or _REFERENCE.fullmatch(reference):
        return []
    return [
        "`case_reference` is a case system's own number, such as ASB-2026-114, and names nobody"
    ]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was counted when the action was agreed; it is never counted again.

    Attributes
    ----------
    count, since, until
        How many, over which London days, the second out.
    falls_to, rises_to
        The counts in an equal period that chance would hardly give: at most the first, where it is
        not below 0, or at least the second.
    """

    count: int
    since: date
    until: date
    falls_to: int
    rises_to: int


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """An action as it stands.

    Attributes
    ----------
    plan, stage
        What is to be done, and how far it is.
    progress
        Per cent done, as those who do it say.
    baseline
        What was counted when it was agreed; None until then.
    reason
        Why it was dropped.
    result
        What the review found, in plain words.
    measured, doubts
        What was counted at the review and what casts doubt on it, kept as sentences.
    """

    kind: ClassVar[str] = "action"

    plan: ActionPlan
    stage: Stage = Stage.DRAFT
    progress: int = 0
    baseline: Baseline | None = None
    reason: str = ""
    result: str = ""
    measured: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Take the stage as a word, and refuse a progress that is no share."""
        object.__setattr__(self, "stage", word_of(Stage, self.stage, "stage"))
        if not 0 <= self.progress <= WHOLE:
            raise ParameterError(
                f"`progress` is a whole number from 0 to {WHOLE}, found {self.progress}."
            )

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:
        """Tell whether a reach shows the action: one's own, one's agency's, one's groups'."""
        plan = self.plan
        readers = plan.readers or (plan.site.readers if plan.site else frozenset())
        if not may_know(readers, reach):
            return False
        if plan.readers or reach.every or plan.owner == reach.who or plan.group in groups.own:
            return True
        return bool(reach.agency) and plan.agency == reach.agency
