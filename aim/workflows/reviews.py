"""The result of an action, computed by itself: equal months after, and beside a place like it."""

from dataclasses import dataclass
from datetime import date, timedelta

from aim.access import reach_of
from aim.errors import NotFoundError, ParameterError
from aim.model.actions import ActionRecord
from aim.model.filters import IncidentFilter
from aim.model.people import Actor
from aim.model.times import say_day
from aim.store import Store
from aim.tasking import months_after, say_outcome
from aim.workflows.effect import Effect, EffectQuestion, assess_effect
from aim.workflows.exposure import say_exposure
from aim.workflows.grounds import ground_of_site
from aim.workflows.measuring import count_at, measuring_reach
from aim.workflows.periods import Period, latest_complete_month


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found, and what casts doubt on it, in sentences.

    Attributes
    ----------
    words
        Empty where nothing can be counted yet.
    doubts
        Warnings of the comparison, or why there is none.
    """

    words: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def measure_action(store: Store, actor: Actor, record: ActionRecord) -> Measured:
    """Count what an agreed action aimed at over equal months after it started.

    The place, found, designated or raised, is compared with its surroundings and a place like it
    too, with the warning where it was picked at its peak.
    """
    plan, baseline = record.plan, record.baseline
    if baseline is None or plan.site is None or plan.start is None:
        return Measured()
    period = Period(*months_after(plan.start, plan.months))
    reach = measuring_reach(store, actor)
    latest = latest_complete_month(store.coverage(reach))
    if latest is None or latest.until < period.until:
        last = say_day(period.until - timedelta(days=1))
        return Measured(
            doubts=(f"Nothing is counted yet: not every source is complete to {last}.",)
        )
    count = count_at(store, reach, plan.site, plan.types, period)
    outcome = say_outcome(baseline, plan.target, count, period.say())
    words, doubts = _beside_others(store, actor, record, period)
    before = Period(baseline.since, baseline.until)
    given = say_exposure(store, actor, plan.site, before=before, after=period)
    return Measured((outcome, *words, *([given] if given else [])), doubts)


def _beside_others(
    store: Store, actor: Actor, record: ActionRecord, period: Period
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Compare a place with its ring and a place like it; say why not where it cannot be."""
    try:
        effect = assess_effect(store, actor, _question(store, actor, record, period))
    except (NotFoundError, ParameterError) as error:
        return (), (str(error),)
    return (effect.words,), tuple(effect.warnings)


def effect_of(store: Store, actor: Actor, record: ActionRecord) -> Effect | None:
    """Return what an agreed action did beside a place like its own.

    Returns
    -------
    Effect or None
        None before its months are there, and where nothing can be compared.
    """
    plan = record.plan
    if record.baseline is None or plan.site is None or plan.start is None:
        return None
    try:
        period = Period(*months_after(plan.start, plan.months))
        return assess_effect(store, actor, _question(store, actor, record, period))
    except (NotFoundError, ParameterError):
        return None


def _question(store: Store, actor: Actor, record: ActionRecord, period: Period) -> EffectQuestion:
    plan, baseline = record.plan, record.baseline
    if plan.site is None or baseline is None:
        raise ParameterError("The action was never agreed at a place; there is nothing to compare.")
    found = bool(plan.site.hotspot_id)
    ground = None if found else ground_of_site(store, reach_of(actor), plan.site)
    if not found and ground is None:
        raise ParameterError(
            "Not compared with a place like it: the place has no outline and no ward."
        )
    return EffectQuestion(
        where=plan.site.hotspot_id or plan.site.name,
        wanted=IncidentFilter(types=plan.types, since=period.since, until=period.until),
        before=_before(baseline.since, baseline.until, period.since),
        ground=ground,
    )


def _before(since: date, until: date, start: date) -> str:
    """Return the first day before: the baseline's, or an equal period where months lie between."""
    return since.isoformat() if until == start else "equal"
