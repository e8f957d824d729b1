"""What a partnership counts year by year, what it aims at, and case reviews asked for."""

from dataclasses import dataclass
from typing import ClassVar

from aim.errors import ParameterError
from aim.model.tasks import GroupKeys, TaskReach


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator is to fall to in one year: a count, or a rate for each 1,000 people.

    Attributes
    ----------
    year
        As ``aim.analysis.indices.year_of`` writes it.
    count, rate
        One of the two is given.

    Examples
    --------
    >>> Target("2008/09", rate=16.33).in_number(304_225)
    4968
    """

    year: str
    count: int | None = None
    rate: float | None = None

    def in_number(self, population: int | None) -> int | None:
        """Return the target as a count; None where a rate has no population to stand on."""
        if self.count is not None or self.rate is None:
            return self.count
        return None if population is None else round(self.rate * population / 1000)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the annual table.

    Attributes
    ----------
    key, name
        Its word, and what people call it.
    types, sources
        What is counted: slugs of types and themes, and sources; empty for all.
    population
        The people rates are for; the loaded head counts where None.
    baseline
        The year targets are measured from; the one before the first target where empty.
    targets
        One a year, by year.

    Examples
    --------
    >>> Indicator("asb", "Anti-social behaviour", ("asb",)).targets
    ()
    """

    key: str
    name: str
    types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    population: int | None = None
    baseline: str = ""
    targets: tuple[Target, ...] = ()

    def target_of(self, year: str) -> Target | None:
        """Return what the indicator is to fall to in a year; None where nobody said."""
        return next((one for one in self.targets if one.year == year), None)


@dataclass(frozen=True, slots=True)
class CaseReviews:
    """One year's tally of case reviews of anti-social behaviour, as the law has it published.

    Numbers alone: no place and no person. A review may be held in the year after it was asked for.

    Attributes
    ----------
    year
        As ``aim.analysis.indices.year_of`` writes it.
    applications, not_met, reviews, recommendations
        Applications; those that did not meet the threshold; reviews carried out; reviews that
        ended in recommendations.

    Examples
    --------
    >>> CaseReviews("2025/26", 9, 5, 4, 3).reviews
    4
    """

    kind: ClassVar[str] = "case reviews"

    year: str
    applications: int
    not_met: int
    reviews: int
    recommendations: int

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other, all of them at once."""
        numbers = {
            "applications": self.applications,
            "not met": self.not_met,
            "reviews": self.reviews,
            "recommendations": self.recommendations,
        }
        faults = [f"{name} is {number}" for name, number in numbers.items() if number < 0]
        if self.not_met > self.applications:
            faults.append(f"{self.not_met} of {self.applications} applications were not met")
        if self.recommendations > self.reviews:
            faults.append(f"{self.recommendations} of {self.reviews} reviews had recommendations")
        if faults:
            raise ParameterError(
                f"The case reviews of {self.year} were given; {'; '.join(faults)}. Mend them."
            )

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:  # noqa: ARG002 - of the seam
        """Tell whether a reach shows the tally: it is made to be published."""
        return bool(reach.who)
