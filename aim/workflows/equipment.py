"""Equipment: kept in a register, set up at places, taken down again; every step on record."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from aim.access import audit_entry, require, task_reach_of
from aim.config import Settings
from aim.errors import ActionStateError, ConflictError, NotFoundError, ParameterError
from aim.model.actions import Origin, Site
from aim.model.audit import AuditEntry
from aim.model.equipment import Deployment, Unit, UnitState
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed, word_of
from aim.store import Store
from aim.tasking import (
    OfficeTable,
    check_deployment,
    check_unit_move,
    find_kind,
    read_office_table,
)
from aim.workflows.filters import find_ward
from aim.workflows.plans import (
    changes_between,
    check_accounts,
    clean,
    read_list,
    read_optional_day,
    say_value,
)
from aim.workflows.sites import find_site, new_key

UNIT_WORDS = {
    "kind_of": "Kind",
    "identity": "What it is known by",
    "agency": "Whose it is",
    "maintenance_due": "To be looked after by",
    "note": "What else is to be known",
    "readers": "Who may know of it",
}
DEPLOY_WORDS = {
    "site": "Place",
    "protocol": "What it is there for",
    "since": "Set up on",
    "until": "To be taken down on",
    "review": "To be reviewed on",
    "authorisation": "Reference of its authorisation",
    "at_dwelling": "Is it at a dwelling?",
    "where": "Which dwelling",
    "wards": "Ward of the dwelling",
    "readers": "Who may know of it",
}
# What of a deployment may be changed while it stands.
KEPT_UP = ("protocol", "until", "review", "authorisation")
YES = "yes"


def office_table(settings: Settings) -> OfficeTable:
    """Return the partnership's table of kinds and powers, or the one that comes with AIM.

    Raises
    ------
    ConfigError
        The file cannot be read or lacks a part.
    """
    return read_office_table(settings.office_table)


def add_unit(
    store: Store,
    actor: Actor,
    words: Mapping[str, str],
    *,
    today: date,
    table: OfficeTable | None = None,
    key: Callable[[], str] = new_key,
) -> Kept[Unit]:
    """Enter a unit in the register, ready to be used.

    Parameters
    ----------
    words
        By the names of ``UNIT_WORDS``; texts are masked.
    today
        London day, from which it stands ready.
    table
        The partnership's table of kinds; the shipped one if missing.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    ParameterError
        The kind is not in the table, the identity is missing or is another's of that kind.
    """
    require(actor, Action.PLAN_TASKS)
    kind = find_kind(table or read_office_table(), words.get("kind_of", ""))
    unit = _read_unit(
        store, actor, words, Unit(kind.slug, clean(words.get("identity", ""), "identity"))
    )
    _check_new(store, actor, unit)
    unit = replace(unit, since=today)
    with store.transaction() as change:
        kept = change.add_task(key(), unit, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(_entry(actor, Action.PLAN_TASKS, kept))
    return kept


def change_unit(
    store: Store, actor: Actor, key: str, words: Mapping[str, str], *, version: int | None = None
) -> Kept[Unit]:
    """Change what the register says of a unit; where it is, is changed by moves alone.

    Raises
    ------
    NotFoundError
        There is no such unit, or the actor may not know of it.
    ConflictError
        It was changed since.
    ActionStateError
        Who may know of it was to be changed while it is deployed.
    ParameterError
        A restricted unit was to be shown to everybody, or a word cannot be read.
    """
    require(actor, Action.PLAN_TASKS)
    kept = _at_version(store, actor, key, version)
    given = {name: text for name, text in words.items() if name != "kind_of"}
    unit = _read_unit(store, actor, given, kept.what)
    _check_readers(kept.what, unit)
    event = TaskEvent(EventKind.CHANGED, changes=changes_between(kept.what, unit))
    return _keep(store, actor, kept, unit, event) if event.changes else kept


def deploy_unit(
    store: Store,
    actor: Actor,
    key: str,
    words: Mapping[str, str],
    *,
    today: date,
    version: int | None = None,
    table: OfficeTable | None = None,
    new: Callable[[], str] = new_key,
) -> Kept[Deployment]:
    """Set a unit up at a place.

    At a dwelling the deployment has no place on the map, and it and its unit are for named people
    alone: for the actor where nobody is named.

    Parameters
    ----------
    words
        By the names of ``DEPLOY_WORDS``; ``site`` as ``find_site`` takes it, ``at_dwelling`` is
        ``yes`` or empty; the first day is today where none is given.
    today
        London day.

    Raises
    ------
    NotFoundError
        There is no such unit or place, or the actor may not know of it.
    ConflictError
        It was changed since.
    ActionStateError
        It cannot be deployed from where it is, or not by this person.
    ParameterError
        Something its kind needs is missing, or somebody would learn of a restricted place.
    """
    require(actor, Action.PLAN_TASKS)
    rules = table or read_office_table()
    kept = _at_version(store, actor, key, version)
    unit = kept.what
    check_unit_move(rules, unit, UnitState.DEPLOYED, set(map(str, actor.roles)))
    deployment = _read_deployment(store, actor, kept, words, today)
    check_deployment(find_kind(rules, unit.kind_of), deployment)
    name = new()
    moved = replace(
        unit,
        state=UnitState.DEPLOYED,
        since=deployment.since,
        deployment=name,
        readers=deployment.readers or unit.readers,
    )
    changes = (*_moved(unit, moved), ("site", "", deployment.site.name))
    with store.transaction() as change:
        added = change.add_task(name, deployment, TaskEvent(EventKind.ADDED), actor=actor.id)
        changed = change.change_task(
            kept.key,
            moved,
            TaskEvent(EventKind.MOVED, changes=changes),
            version=kept.version,
            actor=actor.id,
        )
        change.record(_entry(actor, Action.PLAN_TASKS, changed, deployment=name))
    return added


def move_unit(
    store: Store,
    actor: Actor,
    key: str,
    to: str,
    *,
    today: date,
    version: int | None = None,
    words: str = "",
    table: OfficeTable | None = None,
) -> Kept[Unit]:
    """Move a unit to another state; from a place it is taken down with that.

    Parameters
    ----------
    to
        The state, as a word; a unit is deployed by ``deploy_unit``.
    words
        What came of a deployment, or why it is in repair or lost.

    Raises
    ------
    NotFoundError
        There is no such unit, or the actor may not know of it.
    ConflictError
        It was changed since.
    ActionStateError
        The table does not have that move for this person, or too little is said.
    """
    require(actor, Action.DO_TASKS)
    kept = _at_version(store, actor, key, version)
    state, told = word_of(UnitState, to, "state"), clean(words, "told")
    check_unit_move(
        table or read_office_table(), kept.what, state, set(map(str, actor.roles)), words=told
    )
    if state is UnitState.DEPLOYED:
        raise ActionStateError(
            f"{kept.what.identity} was to be deployed; say where and what for: aim equipment"
            " deploy, or the form on its page."
        )
    moved = replace(kept.what, state=state, since=today, deployment="")
    event = TaskEvent(EventKind.MOVED, told, _moved(kept.what, moved))
    ended = open_deployment(store, actor, kept.what)
    with store.transaction() as change:
        if ended is not None:
            last = max(today, ended.what.since or today)
            change.change_task(
                ended.key,
                replace(ended.what, ended=last, result=told),
                event,
                version=ended.version,
                actor=actor.id,
            )
        changed = change.change_task(kept.key, moved, event, version=kept.version, actor=actor.id)
        change.record(_entry(actor, Action.DO_TASKS, changed))
    return changed


def keep_up_deployment(
    store: Store,
    actor: Actor,
    key: str,
    words: Mapping[str, str],
    *,
    version: int | None = None,
    table: OfficeTable | None = None,
) -> Kept[Deployment]:
    """Change how long a unit stands where it is, when that is reviewed, and by which leave.

    Parameters
    ----------
    words
        By the names of ``KEPT_UP``.

    Raises
    ------
    NotFoundError
        There is no such unit, or the actor may not know of it.
    ConflictError
        It was changed since.
    ActionStateError
        It is not deployed.
    ParameterError
        Its kind would lack what it needs.
    """
    require(actor, Action.PLAN_TASKS)
    kept = _at_version(store, actor, key, version)
    stands = open_deployment(store, actor, kept.what)
    if stands is None:
        raise ActionStateError(
            f"{kept.what.identity} was to be kept up where it stands; it is {kept.what.state}."
        )
    read = _read_words({name: words[name] for name in KEPT_UP if name in words})
    deployment = replace(stands.what, **read)
    check_deployment(find_kind(table or read_office_table(), kept.what.kind_of), deployment)
    changes = changes_between(stands.what, deployment)
    if not changes:
        return stands
    event = TaskEvent(EventKind.CHANGED, changes=changes)
    with store.transaction() as change:
        changed = change.change_task(
            stands.key, deployment, event, version=stands.version, actor=actor.id
        )
        unit = change.change_task(kept.key, kept.what, event, version=kept.version, actor=actor.id)
        change.record(_entry(actor, Action.PLAN_TASKS, unit, deployment=stands.key))
    return changed


def unit_list(store: Store, actor: Actor) -> list[Kept[Unit]]:
    """Return the units the actor may know of, by kind and identity."""
    require(actor, Action.VIEW_TASKS)
    units = store.tasks(Unit, task_reach_of(actor))
    return sorted(units, key=lambda one: (one.what.kind_of, one.what.identity, one.key))


def find_unit(store: Store, actor: Actor, word: str) -> Kept[Unit]:
    """Return a unit by its number in the store, or by what it is known by.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    ParameterError
        Two have that identity.
    """
    units = unit_list(store, actor)
    found = [one for one in units if one.key == word]
    found = found or [one for one in units if one.what.identity == word.strip()]
    if not found:
        raise NotFoundError(f"There is no unit {word!r}; `aim equipment list` shows what there is.")
    if len(found) > 1:
        raise ParameterError(
            f"{word!r} is {' and '.join(one.key for one in found)}; name one by its number."
        )
    return found[0]


def deployment_list(store: Store, actor: Actor) -> list[Kept[Deployment]]:
    """Return the deployments the actor may know of, oldest first."""
    require(actor, Action.VIEW_TASKS)
    return store.tasks(Deployment, task_reach_of(actor))


def open_deployment(store: Store, actor: Actor, unit: Unit) -> Kept[Deployment] | None:
    """Return where a unit stands; None where it stands nowhere."""
    if not unit.deployment:
        return None
    return store.task(Deployment, unit.deployment, task_reach_of(actor))


def _read_unit(store: Store, actor: Actor, words: Mapping[str, str], over: Unit) -> Unit:
    read = _read_words({name: words[name] for name in UNIT_WORDS if name in words})
    unit = replace(over, **read)
    if unit.readers:
        unit = replace(unit, readers=unit.readers | {actor.id})
    check_accounts(store, unit.readers - over.readers - {actor.id})
    return unit


def _read_words(words: Mapping[str, str]) -> dict[str, Any]:
    return {name: _READS[name](text) for name, text in words.items() if name in _READS}


def _text(name: str) -> Callable[[str], Any]:
    return lambda text: clean(text, name)


def _day(name: str) -> Callable[[str], Any]:
    return lambda text: read_optional_day(text, name)


_READS: dict[str, Callable[[str], Any]] = {
    **{name: _text(name) for name in ("identity", "agency", "note", "protocol", "authorisation")},
    **{name: _day(name) for name in ("maintenance_due", "since", "until", "review")},
    "readers": lambda text: frozenset(read_list(text)),
}


def _check_new(store: Store, actor: Actor, unit: Unit) -> None:
    """Refuse an identity that another unit of the kind has, as far as the actor may know."""
    for other in unit_list(store, actor):
        if (other.what.kind_of, other.what.identity) == (unit.kind_of, unit.identity):
            raise ParameterError(
                f"{unit.identity} is in the register already, as {other.key}; give another."
            )


def _check_readers(old: Unit, new: Unit) -> None:
    if new.readers == old.readers:
        return
    if old.state is UnitState.DEPLOYED:
        raise ActionStateError(
            f"Who may know of {old.identity} was to be changed while it is deployed; take it down"
            " first."
        )
    if old.readers and not new.readers:
        raise ParameterError(
            f"{old.identity} was to be shown to everybody; what is restricted stays so, for its"
            " history tells where it was. Enter it anew under a new identity."
        )


def _read_deployment(
    store: Store, actor: Actor, unit: Kept[Unit], words: Mapping[str, str], today: date
) -> Deployment:
    dwelling = words.get("at_dwelling", "").strip().casefold() == YES
    site = _dwelling(store, words) if dwelling else find_site(store, actor, words.get("site", ""))
    if site is None:
        raise ParameterError(f"{unit.what.identity} was to be deployed; choose a place.")
    names = [name for name in DEPLOY_WORDS if name not in {"readers", "site", "wards"}]
    read = _read_words({name: words[name] for name in names if name in words})
    read["since"] = read.get("since") or today
    return Deployment(
        unit=unit.key,
        kind_of=unit.what.kind_of,
        identity=unit.what.identity,
        site=site,
        at_dwelling=dwelling,
        readers=_readers_of(store, actor, unit.what, site, words, dwelling=dwelling),
        **read,
    )


def _dwelling(store: Store, words: Mapping[str, str]) -> Site:
    """Return a dwelling: what it is called among those who know, its ward, and no point."""
    name = clean(words.get("where", ""), "where") or "A dwelling"
    wards = tuple(find_ward(store, one) for one in read_list(words.get("wards", "")))
    return Site(name, Origin.RAISED, wards=wards)


def _readers_of(
    store: Store,
    actor: Actor,
    unit: Unit,
    site: Site,
    words: Mapping[str, str],
    *,
    dwelling: bool,
) -> frozenset[str]:
    """Return who may know of a deployment: nobody named means everybody."""
    given = frozenset(read_list(words.get("readers", "")))
    check_accounts(store, given - {actor.id})
    named = given | unit.readers | (frozenset() if given else site.readers)
    if not named and not dwelling:
        return frozenset()
    readers = named | {actor.id}
    if site.readers and not readers <= site.readers:
        others = ", ".join(sorted(readers - site.readers))
        raise ParameterError(
            f"{unit.identity} was to be deployed at a restricted place, which {others} may not"
            " know of. Name fewer people, or take another unit."
        )
    return readers


def _moved(old: Unit, new: Unit) -> tuple[tuple[str, str, str], ...]:
    return (("state", say_value(str(old.state)), say_value(str(new.state))),)


def _at_version(store: Store, actor: Actor, key: str, version: int | None) -> Kept[Unit]:
    kept = find_unit(store, actor, key)
    if version is not None and kept.version != version:
        raise ConflictError(say_changed("unit", version, kept.version, kept.changed_by))
    return kept


def _keep(store: Store, actor: Actor, kept: Kept[Unit], unit: Unit, event: TaskEvent) -> Kept[Unit]:
    with store.transaction() as change:
        changed = change.change_task(kept.key, unit, event, version=kept.version, actor=actor.id)
        change.record(_entry(actor, Action.PLAN_TASKS, changed))
    return changed


def _entry(
    actor: Actor, action: Action, kept: Kept[Unit], deployment: str | None = None
) -> AuditEntry:
    return audit_entry(
        actor,
        action,
        unit=kept.key,
        version=kept.version,
        state=kept.what.state.name,
        deployment=deployment,
        restricted=kept.what.is_restricted or None,
    )
