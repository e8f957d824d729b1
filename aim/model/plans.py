"""What a group writes down beside its actions: problem-solving records and its delivery plan."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar

from aim.errors import ParameterError
from aim.model.actions import Site
from aim.model.handling import Stamp
from aim.model.tasks import GroupKeys, TaskReach, may_know

YEARS, QUARTERS = 3, 4
# The five parts of a problem-solving record, in the order they are written.
OSARA_PARTS = {
    "objective": "Objective",
    "scanning": "Scanning",
    "analysis": "Analysis",
    "response": "Response",
    "assessment": "Assessment",
}


class About(StrEnum):
    """Whom a partner's figures are about."""

    VICTIMS = "victims"
    SUSPECTS = "suspects"
    RESIDENTS = "residents"


@dataclass(frozen=True, slots=True)
class Osara:
    """A structured problem-solving record of one place.

    Attributes
    ----------
    site, group
        The place, and the number of the group that works there.
    objective, scanning, analysis, response, assessment
        What is to be reached; what the problem is; why it is there; what is done; what came of it.

    Examples
    --------
    >>> Osara(Site("Quay Street", "found"), "g1", objective="Quiet nights").parts[0]
    'Quiet nights'
    """

    kind: ClassVar[str] = "problem-solving record"

    site: Site
    group: str
    objective: str = ""
    scanning: str = ""
    analysis: str = ""
    response: str = ""
    assessment: str = ""

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:
        """Tell whether a reach shows the record: to who sees the group and may know the place."""
        return may_know(self.site.readers, reach) and self.group in groups.seen

    @property
    def parts(self) -> tuple[str, ...]:
        """The five texts in their order."""
        return tuple(getattr(self, name) for name in OSARA_PARTS)


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A figure about victims, suspects or residents that a partner supplied, with its source."""

    about: About
    what: str
    number: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class WorkLine:
    """Work that goes on already: what pays for it, and what shows that it works."""

    what: str
    funding: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class RiskLine:
    """What may go wrong, what is done about it, and who answers for that."""

    risk: str
    answer: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Milestones:
    """A local indicator by quarter over three years; None where nothing is aimed at.

    Examples
    --------
    >>> Milestones("Fly-tips", (40, 38)).quarters[1:3]
    (38, None)
    """

    indicator: str
    quarters: tuple[int | None, ...] = ()

    def __post_init__(self) -> None:
        """Fill up to twelve quarters."""
        object.__setattr__(self, "quarters", _filled(self.quarters, YEARS * QUARTERS, "quarters"))


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """What a group's delivery plan says beyond the group, its actions and the counted evidence.

    Attributes
    ----------
    group
        The number of the group.
    indicator, types
        What the plan is judged by, and the types or themes it counts.
    first_year, baseline, targets
        The calendar year the first of three years starts in; what was counted in the year before;
        what is aimed at in each of the three.
    profile, existing, barriers, gaps, milestones, risks
        Figures partners supplied, work that goes on, what stands in the way, what is missing, local
        indicators by quarter, risks.

    Examples
    --------
    >>> DeliveryPlan("g1", targets=(90,)).targets
    (90, None, None)
    """

    kind: ClassVar[str] = "delivery plan"

    group: str
    indicator: str = ""
    types: tuple[str, ...] = ()
    first_year: int | None = None
    baseline: int | None = None
    targets: tuple[int | None, ...] = ()
    profile: tuple[ProfileLine, ...] = ()
    existing: tuple[WorkLine, ...] = ()
    barriers: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    milestones: tuple[Milestones, ...] = ()
    risks: tuple[RiskLine, ...] = ()

    def __post_init__(self) -> None:
        """Fill up to three targets, and refuse a year no plan starts in."""
        object.__setattr__(self, "targets", _filled(self.targets, YEARS, "targets"))
        if self.first_year is not None and not date.min.year < self.first_year < 9990:  # noqa: PLR2004 - years of four digits, with room for three
            raise ParameterError(f"`first_year` is a year such as 2026, found {self.first_year}.")

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:
        """Tell whether a reach shows the plan: to who sees the group."""
        return bool(reach.who) and self.group in groups.seen


def _filled(numbers: tuple[int | None, ...], length: int, name: str) -> tuple[int | None, ...]:
    if len(numbers) > length:
        raise ParameterError(f"`{name}` holds {length} numbers at most, found {len(numbers)}.")
    return (*numbers, *[None] * (length - len(numbers)))


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action as a plan lists it."""

    ref: str
    title: str
    plausibility: str = ""
    lead: str = ""
    funding: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Who a plan is of, in words as a document has them.

    Attributes
    ----------
    wards
        Each with its code, such as ``Harbour (E05099001)``, where it is known.
    start, finish, reviews
        Days.
    """

    name: str
    purpose: str = ""
    lead_agency: str = ""
    chair: str = ""
    partners: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    start: date | None = None
    finish: date | None = None
    reviews: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A place's problem-solving record as a document has it: the place by name, the five texts."""

    place: str
    objective: str = ""
    scanning: str = ""
    analysis: str = ""
    response: str = ""
    assessment: str = ""


@dataclass(frozen=True, slots=True)
class PlanContent:
    """Everything a plan's document says that can be read back from it.

    Attributes
    ----------
    head, plan
        Who it is of, and the plan; its ``group`` is empty.
    proposals, records
        The actions, and the problem-solving records.
    """

    head: Head
    plan: DeliveryPlan = field(default_factory=lambda: DeliveryPlan(""))
    proposals: tuple[Proposal, ...] = ()
    records: tuple[PlaceRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One table of evidence, with its source; ``empty`` is said where it has no rows."""

    title: str
    source: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int, ...] = ()
    empty: str = "Not supplied"


@dataclass(frozen=True, slots=True)
class PlanPaper:
    """A plan as it is set: what can be read back, and what the store says to it.

    Attributes
    ----------
    content
        What can be read back.
    stamp
        Marking, attributions, dates.
    years
        The baseline's year and the three of the targets, such as ``2025/26``; empty until chosen.
    rates
        Per 1,000 residents of the baseline and the targets, in words; empty where not supplied.
    counted
        What the plan counts, in words.
    evidence
        Part B.
    of_places
        Evidence of each place's record, in their order.
    notes
        How it was made: parameters, data version, warnings.
    """

    content: PlanContent
    stamp: Stamp
    years: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    counted: str = ""
    evidence: tuple[Evidence, ...] = ()
    of_places: tuple[tuple[Evidence, ...], ...] = ()
    notes: tuple[str, ...] = ()
