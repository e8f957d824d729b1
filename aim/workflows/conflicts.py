"""What two people wrote of one record, side by side: nothing is lost, whatever the record is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from aim.access import require, task_reach_of
from aim.model.campaigns import Campaign
from aim.model.people import Action, Actor
from aim.model.plans import DeliveryPlan
from aim.model.times import say_day
from aim.store import Store
from aim.workflows.campaigns import campaign_form
from aim.workflows.delivery_plans import DELIVERY_WORDS, plan_of
from aim.workflows.equipment import find_unit
from aim.workflows.equipment_pages import unit_form
from aim.workflows.groups import find_group
from aim.workflows.osara import find_record
from aim.workflows.plan_pages import delivery_form, record_form
from aim.workflows.task_forms import group_form
from aim.workflows.task_views import ConflictView, FormField

_Words = Mapping[str, str]
_Fields = tuple[FormField, ...]
# Title, newest version, the form as the record is now, the form with what somebody wrote.
_Found = tuple[str, int, _Fields, _Fields]


def conflict_page(
    store: Store, actor: Actor, kind: str, key: str, words: Mapping[str, str], *, told: str
) -> ConflictView:
    """Lay what somebody wrote beside what a record says meanwhile.

    Parameters
    ----------
    kind
        ``group``, ``campaign``, ``unit``, ``plan`` or ``record``.
    key
        The record's number; of a plan its group's.
    words
        What they wrote, by field.
    told
        Why it was not kept.

    Raises
    ------
    NotAllowedError
        The actor may not change such a record.
    NotFoundError
        There is none, or the actor may not know of it.
    """
    may, address, find = _KINDS[kind]
    require(actor, may)
    title, version, now, own = find(store, actor, key, words)
    return ConflictView(address + key, title, told, version, differing(now, own), own)


def differing(
    now: Sequence[FormField], own: Sequence[FormField]
) -> tuple[tuple[str, str, str], ...]:
    """Return the fields of one form that hold something else in another: name, now, as written.

    Examples
    --------
    >>> differing([FormField("cost", "Cost", value="5")], [FormField("cost", "Cost", value="9")])
    (('Cost', '5', '9'),)
    """
    pairs = ((one.label, _shown(one), _shown(other)) for one, other in zip(now, own, strict=True))
    return tuple((label, is_now, written) for label, is_now, written in pairs if is_now != written)


def _shown(field: FormField) -> str:
    """Return what a field holds as people read it; a day nobody can read stays as it is."""
    if field.kind != "date":
        return field.value.strip()
    try:
        return say_day(date.fromisoformat(field.value))
    except ValueError:
        return field.value


def _group(store: Store, actor: Actor, key: str, words: _Words) -> _Found:
    kept = find_group(store, actor, key)
    now = group_form(store, actor, kept.what)
    own = group_form(store, actor, kept.what, written=words)
    return kept.what.name, kept.version, now, own


def _campaign(store: Store, actor: Actor, key: str, words: _Words) -> _Found:
    kept = store.task(Campaign, key, task_reach_of(actor))
    forms = campaign_form(kept.what), campaign_form(kept.what, words)
    return kept.what.name, kept.version, *forms


def _unit(store: Store, actor: Actor, key: str, words: _Words) -> _Found:
    kept = find_unit(store, actor, key)
    return kept.what.identity, kept.version, unit_form(kept.what), unit_form(kept.what, words)


def _plan(store: Store, actor: Actor, key: str, words: _Words) -> _Found:
    group, kept = find_group(store, actor, key), plan_of(store, actor, key)
    plan, version = (kept.what, kept.version) if kept else (DeliveryPlan(key), 0)
    # A plan is written part by part: the part that was sent is the one to settle.
    names = tuple(name for name in DELIVERY_WORDS if name in words)
    forms = delivery_form(plan, names), delivery_form(plan, names, words)
    return f"Plan of {group.what.name}", version, *forms


def _record(store: Store, actor: Actor, key: str, words: _Words) -> _Found:
    kept = find_record(store, actor, key)
    forms = record_form(kept.what), record_form(kept.what, words)
    return f"Problem solving at {kept.what.site.name}", kept.version, *forms


_KINDS: Mapping[str, tuple[Action, str, Callable[[Store, Actor, str, _Words], _Found]]] = {
    "group": (Action.KEEP_GROUPS, "/groups/", _group),
    "campaign": (Action.KEEP_GROUPS, "/campaigns/", _campaign),
    "unit": (Action.PLAN_TASKS, "/equipment/", _unit),
    "plan": (Action.PLAN_TASKS, "/plans/", _plan),
    "record": (Action.PLAN_TASKS, "/plans/records/", _record),
}
