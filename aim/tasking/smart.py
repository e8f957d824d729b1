"""Whether an action is specific, measurable, achievable, relevant and time-bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aim.errors import NotSmartError
from aim.model.actions import ActionPlan, Baseline
from aim.model.times import say_day
from aim.tasking.review import months_after

PARTS = {
    "S": "Specific",
    "M": "Measurable",
    "A": "Achievable",
    "R": "Relevant",
    "T": "Time-bound",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing an action lacks.

    Examples
    --------
    >>> Gap("T", "Say when it is due.").part
    'Time-bound'
    """

    letter: str
    words: str

    @property
    def part(self) -> str:
        """The part of SMART it belongs to, in words."""
        return PARTS[self.letter]


def find_gaps(plan: ActionPlan, baseline: Baseline | None, *, today: date) -> tuple[Gap, ...]:
    """Name everything a plan lacks, at once.

    Parameters
    ----------
    plan
        What is to be done.
    baseline
        What was counted there, with the counts chance would hardly give; None where nothing could
        be counted.
    today
        London day: a due day that has passed is a gap.

    Returns
    -------
    tuple of Gap
        In the order of the letters; empty where the action is SMART.

    Examples
    --------
    >>> [gap.letter for gap in find_gaps(ActionPlan("Talk"), None, today=date(2026, 5, 4))]
    ['S', 'S', 'M', 'M', 'A', 'A', 'A', 'A', 'R', 'T', 'T', 'T']
    """
    return (
        *(Gap("S", words) for words in _not_specific(plan)),
        *(Gap("M", words) for words in _not_measurable(plan, baseline)),
        *(Gap("A", words) for words in _not_achievable(plan)),
        *(
            Gap("R", words)
            for words in ([] if plan.priority else ["Say which priority it serves."])
        ),
        *(Gap("T", words) for words in _not_timed(plan, today)),
    )


def check_smart(plan: ActionPlan, baseline: Baseline | None, *, today: date) -> None:
    """Refuse a plan that is not SMART, every gap named.

    Raises
    ------
    NotSmartError
        Something is missing, or the target is smaller than chance could show.
    """
    gaps = find_gaps(plan, baseline, today=today)
    if gaps:
        told = " ".join(f"{gap.part}: {gap.words}" for gap in gaps)
        raise NotSmartError(f"{plan.title!r} was to be agreed and is not SMART yet. {told}")


def _not_specific(plan: ActionPlan) -> Iterator[str]:
    if plan.site is None:
        yield "Say where: choose a place."
    if not plan.partners:
        yield "Say with whom: name the agencies that join in."


def _not_measurable(plan: ActionPlan, baseline: Baseline | None) -> Iterator[str]:
    if plan.site is not None and not plan.site.is_countable:
        yield f"{plan.site.name} has no outline and no ward, so nothing can be counted there."
    elif not plan.types:
        yield "Say which reports are counted: choose types."
    elif baseline is None and plan.site is not None:
        yield (
            f"Nothing could be counted over {say_months(plan.months)} before today: load the"
            " months that are missing, or count over fewer."
        )
    if plan.target is None:
        yield "Say how many reports are aimed at."
    elif baseline is not None:
        yield from _too_small(plan, plan.target, baseline)


def _too_small(plan: ActionPlan, target: int, baseline: Baseline) -> Iterator[str]:
    """Say that a target could be met by chance alone, and which could not."""
    if target <= baseline.falls_to or target >= baseline.rises_to:
        return
    counted = f"{baseline.count} were counted in {say_months(plan.months)}"
    if baseline.falls_to < 0:
        yield (
            f"{counted}: too few for any fall to show against chance. Count more types, more"
            " months or a larger place."
        )
        return
    yield (
        f"{counted}, and chance alone could bring {target}. A fall shows at"
        f" {baseline.falls_to} or fewer: aim lower, or count over more months."
    )


def _not_achievable(plan: ActionPlan) -> Iterator[str]:
    if not plan.owner:
        yield "Say who answers for it."
    if not plan.agency:
        yield "Say which agency does it."
    if not plan.resource:
        yield "Say what it takes: people, hours, things."
    if plan.cost is None:
        yield "Say what it costs; 0 where it costs nothing."


def _not_relevant(plan: ActionPlan) -> Iterator[str]:
    if not plan.priority:
        yield "Say which priority it serves."


def _not_timed(plan: ActionPlan, today: date) -> Iterator[str]:
    for name, day in (("starts", plan.start), ("is due", plan.due), ("is reviewed", plan.review)):
        if day is None:
            yield f"Say when it {name}."
    if plan.due and plan.start and plan.due < plan.start:
        yield "It is due before it starts."
    if plan.due and plan.due < today:
        yield f"It was due on {say_day(plan.due)}, which has passed."
    if plan.review and plan.start:
        since, until = months_after(plan.start, plan.months)
        if plan.review < until:
            yield (
                f"The review comes before {say_months(plan.months)} from {say_day(since)} are"
                f" over, on {say_day(until)}: nothing equal can be counted by then."
            )


def say_months(months: int) -> str:
    """Write a number of months.

    Examples
    --------
    >>> say_months(1), say_months(3)
    ('1 month', '3 months')
    """
    return "1 month" if months == 1 else f"{months} months"
