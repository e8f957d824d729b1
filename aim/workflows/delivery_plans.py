"""A group's delivery plan: what its record says beyond the actions, part by part."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aim.access import audit_entry, require, task_reach_of
from aim.errors import ConflictError, NotFoundError, ParameterError
from aim.model.actions import ActionRecord, Site, Stage
from aim.model.groups import Group
from aim.model.people import Action, Actor
from aim.model.plans import YEARS, DeliveryPlan, Head, Proposal
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.tasking import (
    as_lines,
    plan_gaps,
    read_existing,
    read_milestones,
    read_profile,
    read_risks,
    read_words,
    record_gaps,
)
from aim.workflows.actions import action_list
from aim.workflows.groups import find_group
from aim.workflows.osara import record_list
from aim.workflows.plans import clean, read_list, read_number
from aim.workflows.sites import ward_names

TARGETS = tuple(f"target_{at + 1}" for at in range(YEARS))
# Field by field: the word of forms and commands, and what pages call it.
DELIVERY_WORDS = {
    "indicator": "What the plan is judged by",
    "types": "Reports counted",
    "first_year": "Year the first target starts in",
    "baseline": "Reports in the year before",
    **{name: f"Target of year {at}" for at, name in enumerate(TARGETS, 1)},
    "profile": "Figures that partners supplied",
    "existing": "What is done already",
    "barriers": "What stands in the way",
    "gaps": "What is missing",
    "milestones": "Local indicators by quarter",
    "risks": "Risks",
}
LINES = frozenset({"profile", "existing", "barriers", "gaps", "milestones", "risks"})


def plan_of(store: Store, actor: Actor, group: str) -> Kept[DeliveryPlan] | None:
    """Return a group's delivery plan; None where nothing is written yet, or it is not shown."""
    require(actor, Action.VIEW_TASKS)
    try:
        return store.task(DeliveryPlan, group, task_reach_of(actor))
    except NotFoundError:
        return None


def change_plan(
    store: Store, actor: Actor, group: str, words: Mapping[str, str], *, version: int | None = None
) -> Kept[DeliveryPlan]:
    """Write or change a group's delivery plan; what is absent stays.

    Parameters
    ----------
    words
        By the names of ``DELIVERY_WORDS``; lists as lines with upright strokes between cells.
    version
        The version the actor saw, 0 where there was no plan; None by somebody who was shown none.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    NotFoundError
        There is no such group, or the actor does not see it.
    ConflictError
        It was changed since.
    ParameterError
        A word cannot be read.
    """
    require(actor, Action.PLAN_TASKS)
    find_group(store, actor, group)
    kept = plan_of(store, actor, group)
    seen = kept.version if kept else 0
    if version is not None and version != seen:
        raise ConflictError(say_changed("plan", version, seen, kept.changed_by if kept else ""))
    old = kept.what if kept else DeliveryPlan(group)
    plan = _read_delivery(words, old)
    if kept and plan == old:
        return kept
    said, was = say_delivery(plan), say_delivery(old)
    changes = tuple((name, was[name], said[name]) for name in said if said[name] != was[name])
    with store.transaction() as change:
        if kept is None:
            event = TaskEvent(EventKind.ADDED, changes=changes)
            changed = change.add_task(group, plan, event, actor=actor.id)
        else:
            event = TaskEvent(EventKind.CHANGED, changes=changes)
            changed = change.change_task(group, plan, event, version=seen, actor=actor.id)
        change.record(audit_entry(actor, Action.PLAN_TASKS, plan=group, version=changed.version))
    return changed


def say_delivery(plan: DeliveryPlan) -> dict[str, str]:
    """Return each field of a plan as a form holds it.

    Examples
    --------
    >>> say_delivery(DeliveryPlan("g1", targets=(90,)))["target_1"]
    '90'
    """
    numbers = {"first_year": plan.first_year, "baseline": plan.baseline}
    numbers |= dict(zip(TARGETS, plan.targets, strict=True))
    return {
        "indicator": plan.indicator,
        "types": ", ".join(plan.types),
        **{name: "" if value is None else str(value) for name, value in numbers.items()},
        **{name: as_lines(getattr(plan, name)) for name in LINES},
    }


def head_of(store: Store, group: Group) -> Head:
    """Return who a plan is of, wards by name with their codes."""
    wards = ward_names(store)
    return Head(
        name=group.name,
        purpose=group.purpose,
        lead_agency=group.lead_agency,
        chair=group.chair,
        partners=group.partners,
        members=tuple(sorted(group.members)),
        wards=tuple(f"{wards[one]} ({one})" if one in wards else one for one in group.wards),
        start=group.start,
        finish=group.finish,
        reviews=group.reviews,
    )


def proposals_of(store: Store, actor: Actor, group: str) -> list[Kept[ActionRecord]]:
    """Return the actions a plan lists: the group's, those dropped and those restricted left out.

    A plan is handed round: what only named people may know of is not in it, whoever writes it.
    """
    return [
        one
        for one in action_list(store, actor)
        if one.what.plan.group == group
        and one.what.stage is not Stage.DROPPED
        and not one.what.plan.is_restricted
        and is_open(one.what.plan.site)
    ]


def is_open(site: Site | None) -> bool:
    """Tell whether everybody may know of a place; of none chosen too.

    Examples
    --------
    >>> is_open(None)
    True
    """
    return site is None or not site.readers


def as_proposal(kept: Kept[ActionRecord]) -> Proposal:
    """Return an action as a plan lists it."""
    plan = kept.what.plan
    cost = "" if plan.cost is None else f"£{plan.cost:,}"
    return Proposal(
        ref=kept.key,
        title=" ".join(plan.title.split()),
        plausibility=" ".join(plan.plausibility.split()),
        lead=plan.agency or plan.owner,
        funding=", ".join(filter(None, (plan.funding, cost))),
    )


def gaps_of_plan(store: Store, actor: Actor, group: str) -> tuple[str, ...]:
    """Name everything a group's plan and its records lack, at once."""
    kept = plan_of(store, actor, group)
    records = record_list(store, actor, group)
    return (
        *plan_gaps(
            head_of(store, find_group(store, actor, group).what),
            kept.what if kept else DeliveryPlan(group),
            map(as_proposal, proposals_of(store, actor, group)),
        ),
        *(gap for one in records for gap in record_gaps(one.what.site.name, one.what)),
    )


def _read_types(text: str) -> tuple[str, ...]:
    taxonomy = read_taxonomy()
    return tuple(dict.fromkeys(taxonomy.resolve(one) for one in read_list(text)))


_READS: dict[str, Callable[[str], Any]] = {
    "indicator": lambda text: clean(text, "indicator"),
    "types": _read_types,
    "first_year": lambda text: read_number(text, "first_year"),
    "baseline": lambda text: read_number(text, "baseline"),
    "profile": read_profile,
    "existing": read_existing,
    "barriers": lambda text: read_words(text, "barriers"),
    "gaps": lambda text: read_words(text, "gaps"),
    "milestones": read_milestones,
    "risks": read_risks,
}


def _read_delivery(words: Mapping[str, str], over: DeliveryPlan) -> DeliveryPlan:
    read = {
        name: reads(clean(words[name], "details") if name in LINES else words[name])
        for name, reads in _READS.items()
        if name in words
    }
    if read.get("first_year") == 0:
        raise ParameterError("`first_year` is a year such as 2026, found 0.")
    targets = tuple(
        read_number(words[name], name) if name in words else old
        for name, old in zip(TARGETS, over.targets, strict=True)
    )
    return replace(over, **read, targets=targets)
