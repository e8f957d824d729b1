"""The pages of equipment, and the same as text for the keyboard."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import shapely

from aim.access import is_allowed, reach_of, require, task_reach_of
from aim.analysis.peaks import FEWEST
from aim.errors import ParameterError
from aim.exports import text_table
from aim.model.equipment import Deployment, Unit, UnitState
from aim.model.filters import read_filter
from aim.model.people import Action, Actor, Reach
from aim.model.tasks import EventKind, Kept, TaskEvent
from aim.model.times import LONDON, say_day
from aim.store import Store
from aim.tasking import (
    Candidate,
    OfficeTable,
    find_overdue,
    is_idle,
    read_office_table,
    suggest_places,
    unit_moves,
)
from aim.tasking.equipment import NEEDS_REASON
from aim.workflows.audit import count_view, record_view
from aim.workflows.being_done import Doings, doings_of, same_place
from aim.workflows.counting import counted_incidents
from aim.workflows.equipment import (
    DEPLOY_WORDS,
    KEPT_UP,
    UNIT_WORDS,
    YES,
    deployment_list,
    find_unit,
    open_deployment,
    unit_list,
)
from aim.workflows.memory import Memory
from aim.workflows.plans import say_value
from aim.workflows.sites import newest_sites, site_choices, ward_names
from aim.workflows.task_views import FormField, HistoryLine, MoveButton
from aim.workflows.times import NEEDED, named_hours
from aim.workflows.views import Choice

# Looked at for a suggestion: the first of the newest saved list.
LOOKED_AT = 12
MOVE_LABELS = {
    UnitState.AVAILABLE: "It is ready again",
    UnitState.IN_REPAIR: "It goes to repair",
    UnitState.LOST: "It is lost",
}
TAKEN_DOWN = "Take it down"
_HINTS = {
    "identity": "The number on it, or its serial number.",
    "readers": "Accounts, with commas between: nobody else will know of it. Empty for everybody.",
    "protocol": "What for, and by which rule. Name no person.",
    "authorisation": "The number of who allowed it, where its kind needs one.",
    "at_dwelling": "Then it has no place on any map, and only those named know of it and the unit.",
    "where": "As those who know call it; no address and no name.",
}
_DAYS = frozenset({"maintenance_due", "since", "until", "review"})
_BUSY: Memory[dict[str, str]] = Memory(4)


@dataclass(frozen=True, slots=True)
class UnitCard:
    """One unit in the register."""

    key: str
    kind: str
    identity: str
    state: str
    where: str
    since: str
    maintenance: str
    overdue: tuple[str, ...]
    idle: bool
    restricted: bool


@dataclass(frozen=True, slots=True)
class SuggestedPlace:
    """Where the next free unit of a kind would matter, and the unit that is free."""

    kind: str
    unit: str
    identity: str
    place: str
    word: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EquipmentView:
    """Everything on the page of equipment."""

    units: tuple[UnitCard, ...]
    overdue: tuple[UnitCard, ...]
    idle: tuple[UnitCard, ...]
    idle_days: int
    counts: tuple[tuple[str, int], ...]
    suggestions: tuple[SuggestedPlace, ...]
    form: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class UnitView:
    """Everything on the page of one unit."""

    card: UnitCard
    version: int
    facts: tuple[tuple[str, str], ...]
    stands: tuple[tuple[str, str], ...]
    past: tuple[tuple[str, str, str], ...]  # place, from when to when, what came of it
    moves: tuple[MoveButton, ...]
    history: tuple[HistoryLine, ...]
    form: tuple[FormField, ...]
    deploy_form: tuple[FormField, ...]
    keep_up_form: tuple[FormField, ...]


def equipment_view(
    store: Store,
    actor: Actor,
    *,
    today: date,
    table: OfficeTable | None = None,
    written: Mapping[str, str] | None = None,
) -> EquipmentView:
    """Build the page of equipment: what is late, what idles, where the next would matter, all.

    Parameters
    ----------
    today
        London day.
    table
        The partnership's table of kinds; the shipped one if missing.
    written
        What somebody wrote into its form and could not keep.
    """
    require(actor, Action.VIEW_TASKS)
    rules = table or read_office_table()
    units = unit_list(store, actor)
    count_view(store, actor, "equipment")
    stands = {one.key: one.what for one in deployment_list(store, actor)}
    cards = tuple(_card(one, stands, rules, today) for one in units)
    may_plan = is_allowed(actor, Action.PLAN_TASKS)
    return EquipmentView(
        units=cards,
        overdue=tuple(one for one in cards if one.overdue),
        idle=tuple(one for one in cards if one.idle),
        idle_days=rules.idle_days,
        counts=tuple(
            (str(state).capitalize(), sum(one.state == str(state) for one in cards))
            for state in UnitState
        ),
        suggestions=_suggestions(store, actor, rules, units, stands.values()) if may_plan else (),
        form=_new_unit_form(rules, written) if may_plan else (),
    )


def unit_view(
    store: Store,
    actor: Actor,
    key: str,
    *,
    today: date,
    table: OfficeTable | None = None,
    written: Mapping[str, str] | None = None,
) -> UnitView:
    """Build the page of one unit.

    Parameters
    ----------
    today
        London day.
    table
        The partnership's table of kinds; the shipped one if missing.
    written
        What somebody wrote into one of its forms and could not keep.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    """
    require(actor, Action.VIEW_TASKS)
    rules = table or read_office_table()
    kept = find_unit(store, actor, key)
    _note_view(store, actor, kept)
    here = open_deployment(store, actor, kept.what)
    own = [one.what for one in deployment_list(store, actor) if one.what.unit == kept.key]
    may_plan = is_allowed(actor, Action.PLAN_TASKS)
    ready = kept.what.state is UnitState.AVAILABLE
    return UnitView(
        card=_card(kept, {here.key: here.what} if here else {}, rules, today),
        version=kept.version,
        facts=_facts(kept.what, rules),
        stands=_deployment_facts(store, here.what) if here else (),
        past=tuple(_past(one) for one in reversed(own) if not one.is_open),
        moves=_moves(kept.what, actor, rules),
        history=tuple(
            _history_line(one)
            for one in reversed(store.task_history(Unit, kept.key, task_reach_of(actor)))
        ),
        form=unit_form(kept.what, written) if may_plan else (),
        deploy_form=_deploy_form(store, actor, today, written) if may_plan and ready else (),
        keep_up_form=_keep_up_form(here.what, written) if may_plan and here else (),
    )


def equipment_text(
    store: Store, actor: Actor, *, today: date, table: OfficeTable | None = None
) -> str:
    """Return the register as text: units, then what is late, what idles and where to go next."""
    view = equipment_view(store, actor, today=today, table=table)
    if not view.units:
        return "No equipment yet.\n"
    rows = pd.DataFrame(
        [(one.key, one.kind, one.identity, one.state, one.where, one.since) for one in view.units],
        columns=["unit", "kind", "identity", "state", "where", "since"],
    )
    lines = [text_table(rows)]
    lines += [f"Overdue: {one.identity}, {'; '.join(one.overdue)}\n" for one in view.overdue]
    lines += [f"Idle for more than {view.idle_days} days: {one.identity}\n" for one in view.idle]
    lines += [
        f"{one.kind} {one.identity} next to {one.place} ({one.word}): {'; '.join(one.reasons)}\n"
        for one in view.suggestions
    ]
    return "".join(lines)


def unit_text(
    store: Store, actor: Actor, key: str, *, today: date, table: OfficeTable | None = None
) -> str:
    """Return one unit as lines: what it is, where it stands and stood, what happened."""
    view = unit_view(store, actor, key, today=today, table=table)
    lines = [f"{view.card.kind} {view.card.identity}: {view.card.state}"]
    lines += [f"{label}: {text}" for label, text in (*view.facts, *view.stands)]
    lines += [f"Overdue: {words}" for words in view.card.overdue]
    lines += [f"Before: {' - '.join(filter(None, one))}" for one in view.past]
    lines += [f"{one.when}  {one.who}  {one.what}  {one.words}".rstrip() for one in view.history]
    return "\n".join(lines) + "\n"


def _card(
    kept: Kept[Unit], stands: Mapping[str, Deployment], table: OfficeTable, today: date
) -> UnitCard:
    unit = kept.what
    here = stands.get(unit.deployment)
    return UnitCard(
        key=kept.key,
        kind=_kind_name(table, unit.kind_of),
        identity=unit.identity,
        state=str(unit.state),
        where=here.site.name if here else "",
        since=say_day(unit.since) if unit.since else "",
        maintenance=say_day(unit.maintenance_due) if unit.maintenance_due else "",
        overdue=find_overdue(unit, here, today=today),
        idle=is_idle(table, unit, today=today),
        restricted=unit.is_restricted,
    )


def _kind_name(table: OfficeTable, slug: str) -> str:
    """Return what people call a kind; one that left the table keeps its word."""
    return table.kinds[slug].name if slug in table.kinds else slug


def _suggestions(
    store: Store,
    actor: Actor,
    table: OfficeTable,
    units: Iterable[Kept[Unit]],
    deployments: Iterable[Deployment],
) -> tuple[SuggestedPlace, ...]:
    """Say of each kind that has a free unit where it would matter most."""
    free: dict[str, Kept[Unit]] = {}
    for one in units:
        if one.what.state is UnitState.AVAILABLE and one.what.kind_of in table.kinds:
            free.setdefault(one.what.kind_of, one)
    places = _candidates(store, actor, [one for one in deployments if one.is_open]) if free else []
    return tuple(
        SuggestedPlace(
            table.kinds[kind].name, unit.key, unit.what.identity, one.name, one.word, one.reasons
        )
        for kind, unit in free.items()
        for one in suggest_places(table, table.kinds[kind], places)
    )


def _candidates(store: Store, actor: Actor, deployments: Iterable[Deployment]) -> list[Candidate]:
    """Return the first places of the newest saved list, with what is known of each."""
    reach = reach_of(actor)
    runs = store.runs(reach)
    if not runs:
        return []
    run_id = runs[-1].run_id
    hotspots = store.run(run_id, reach).hotspots.head(LOOKED_AT)
    busy = _BUSY.recall(store, (reach, run_id), lambda: _busy_hours(store, reach, run_id))
    doings, shapes = doings_of(store, actor), _shapes_of(deployments)
    sites = newest_sites(store, actor)
    return [
        Candidate(
            word,
            sites[word].name,
            int(row["incidents"]),
            busy.get(str(row["hotspot_id"]), ""),
            _actions_at(doings, row["geometry"]),
            tuple(kind for kind, shape in shapes if same_place(shape, row["geometry"])),
        )
        for word, (_, row) in zip(list(sites)[:LOOKED_AT], hotspots.iterrows(), strict=True)
    ]


def _shapes_of(deployments: Iterable[Deployment]) -> list[tuple[str, shapely.Geometry]]:
    return [
        (one.kind_of, shapely.from_wkt(one.site.outline)) for one in deployments if one.site.outline
    ]


def _actions_at(doings: Doings, shape: shapely.Geometry) -> tuple[str, ...]:
    return tuple(
        action.plan.title
        for place, action in doings.actions
        if same_place(place, shape) and str(action.stage) != "done"
    )


def _busy_hours(store: Store, reach: Reach, run_id: str) -> dict[str, str]:
    """Say which hours stand out at each of a run's first places; nothing where none do."""
    run = store.run(run_id, reach)
    wanted = read_filter(run.facts["filter"])
    rows = counted_incidents(store, reach, wanted.without_wards(), columns=NEEDED)
    rows = rows.set_index("incident_id", drop=False)
    found: dict[str, str] = {}
    for _, row in run.hotspots.head(LOOKED_AT).iterrows():
        members = run.members.loc[run.members["rank"] == row["rank"], "incident_id"]
        own = rows[rows.index.isin(members)].reset_index(drop=True)
        if len(own) < FEWEST:
            continue
        try:
            said = named_hours(store, wanted, own)
        except ParameterError:  # all are known only to their month
            continue
        found |= {str(row["hotspot_id"]): said.rstrip(".")} if said else {}
    return found


def _new_unit_form(
    table: OfficeTable, written: Mapping[str, str] | None = None
) -> tuple[FormField, ...]:
    own = written or {}
    kinds = tuple(
        Choice(one.slug, one.name, one.slug == own.get("kind_of")) for one in table.kinds.values()
    )
    chosen = _field("kind_of", UNIT_WORDS["kind_of"], "", choices=kinds)
    return (chosen, *_unit_fields(lambda name: own.get(name, "")))


def unit_form(unit: Unit, written: Mapping[str, str] | None = None) -> tuple[FormField, ...]:
    """Return the form of a unit, with what somebody wrote in place of what the register says."""
    own = written or {}
    return _unit_fields(lambda name: own.get(name, _as_typed(getattr(unit, name))))


def _unit_fields(value_of: Callable[[str], str]) -> tuple[FormField, ...]:
    return tuple(
        _field(name, label, value_of(name), needed=name == "identity")
        for name, label in UNIT_WORDS.items()
        if name != "kind_of"
    )


def _deploy_form(
    store: Store, actor: Actor, today: date, written: Mapping[str, str] | None
) -> tuple[FormField, ...]:
    own = {"since": today.isoformat(), **(written or {})}
    sites = tuple(
        Choice(one.value, one.label, one.value == own.get("site"))
        for one in site_choices(store, actor)
    )
    choices = {
        "site": (Choice("", "Not chosen yet"), *sites),
        "at_dwelling": (
            Choice("", "No"),
            Choice(YES, "Yes", own.get("at_dwelling") == YES),
        ),
        "wards": (
            Choice("", "Not said"),
            *(
                Choice(code, name, code == own.get("wards"))
                for code, name in sorted(ward_names(store).items(), key=lambda one: one[1])
            ),
        ),
    }
    return tuple(
        _field(name, label, own.get(name, ""), choices=choices.get(name, ()))
        for name, label in DEPLOY_WORDS.items()
    )


def _keep_up_form(
    deployment: Deployment, written: Mapping[str, str] | None
) -> tuple[FormField, ...]:
    own = written or {}
    return tuple(
        _field(name, DEPLOY_WORDS[name], own.get(name, _as_typed(getattr(deployment, name))))
        for name in KEPT_UP
    )


def _field(
    name: str,
    label: str,
    value: str,
    *,
    choices: tuple[Choice, ...] = (),
    needed: bool = False,
) -> FormField:
    kind = "select" if choices else "date" if name in _DAYS else "text"
    return FormField(
        name, label, kind, value, hint=_HINTS.get(name, ""), choices=choices, needed=needed
    )


def _as_typed(value: object) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return "" if value is None else str(value)


def _moves(unit: Unit, actor: Actor, table: OfficeTable) -> tuple[MoveButton, ...]:
    open_to = unit_moves(table, unit.state, set(map(str, actor.roles)))
    deployed = unit.state is UnitState.DEPLOYED
    return tuple(
        MoveButton(
            str(to),
            TAKEN_DOWN if deployed and to is UnitState.AVAILABLE else MOVE_LABELS[to],
            "say what happened to it"
            if to in NEEDS_REASON
            else "say what came of it"
            if deployed
            else "",
        )
        for to in open_to
        if to is not UnitState.DEPLOYED
    )


def _facts(unit: Unit, table: OfficeTable) -> tuple[tuple[str, str], ...]:
    said = {name: say_value(getattr(unit, name)) for name in UNIT_WORDS}
    said["kind_of"] = _kind_name(table, unit.kind_of)
    return tuple((label, said[name]) for name, label in UNIT_WORDS.items() if said[name])


def _deployment_facts(store: Store, one: Deployment) -> tuple[tuple[str, str], ...]:
    wards = ward_names(store)
    said = {
        name: say_value(getattr(one, name))
        for name in DEPLOY_WORDS
        if name not in {"at_dwelling", "where", "wards"}
    }
    said["at_dwelling"] = "Yes: it is on no map" if one.at_dwelling else ""
    said["wards"] = ", ".join(wards.get(code, code) for code in one.site.wards)
    labels = {**DEPLOY_WORDS, "at_dwelling": "At a dwelling", "wards": "Wards"}
    return tuple((label, said[name]) for name, label in labels.items() if said.get(name))


def _past(one: Deployment) -> tuple[str, str, str]:
    began = say_day(one.since) if one.since else ""
    ended = say_day(one.ended) if one.ended else ""
    return one.site.name, f"{began} to {ended}", one.result


def _history_line(event: TaskEvent) -> HistoryLine:
    when = event.at.astimezone(LONDON) if event.at else None
    moved = next((one[2] for one in event.changes if one[0] == "state"), "")
    labels = {**UNIT_WORDS, **DEPLOY_WORDS}
    is_move = event.kind is EventKind.MOVED
    return HistoryLine(
        when=f"{say_day(when.date())}, {when:%H:%M}" if when else "",
        who=event.actor,
        what=f"{event.kind} to {moved}" if is_move else str(event.kind),
        words=event.words,
        changes=tuple(
            (labels.get(name, name), was or "not said", now or "not said")
            for name, was, now in event.changes
            if name != "state"
        ),
    )


def _note_view(store: Store, actor: Actor, kept: Kept[Unit]) -> None:
    """Count a look at a unit; one at a restricted unit is on record."""
    if kept.what.is_restricted:
        record_view(store, actor, "unit", subject=kept.key)
    else:
        count_view(store, actor, "unit")
