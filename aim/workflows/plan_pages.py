"""The pages of plans and problem-solving records, as plain values, and the same as text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aim.access import is_allowed, require, task_reach_of
from aim.config import Settings
from aim.model.people import Action, Actor
from aim.model.plans import OSARA_PARTS, DeliveryPlan, Osara
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.tasking import plan_years, record_gaps
from aim.workflows.audit import count_view
from aim.workflows.delivery_plans import (
    DELIVERY_WORDS,
    LINES,
    TARGETS,
    gaps_of_plan,
    is_open,
    plan_of,
    say_delivery,
)
from aim.workflows.groups import find_group, group_list
from aim.workflows.osara import LONGEST_PART, find_record, record_list
from aim.workflows.plan_papers import PlanReading, say_baseline_counted
from aim.workflows.plans import LONGEST_TEXT
from aim.workflows.sites import FOUND, site_choices
from aim.workflows.task_pages import history_line
from aim.workflows.task_views import FormField, HistoryLine
from aim.workflows.words import say_number

_PART_HINTS = {
    "objective": "What is to be reached, and by when.",
    "scanning": "What happens here, to whom, how often, and how it is known.",
    "analysis": "Why here and why then: the place, those harmed, those who harm.",
    "response": "What is done about those causes, and by whom.",
    "assessment": "What came of it, and how that was measured.",
}
_HINTS = {
    "types": "Types or themes, with commas between.",
    "first_year": "Such as 2026 for a year that starts then.",
    "profile": (
        "A line each: victims, suspects or residents | what | number | source. No person, no"
        " number small enough to be one."
    ),
    "existing": "A line each: what is done | what pays for it | what shows its effect.",
    "barriers": "One a line.",
    "gaps": "One a line.",
    "milestones": "A line each: indicator | twelve numbers with | between, a quarter each.",
    "risks": "A line each: risk | what is done about it | who.",
}
# The forms of a plan's page: heading, fields.
_SECTIONS = (
    ("A. Summary", ("indicator", "types", "first_year", "baseline", *TARGETS)),
    ("B. Figures that partners supplied", ("profile",)),
    ("C. Existing work", ("existing", "barriers", "gaps")),
    ("D. Local indicators and risks", ("milestones", "risks")),
)
RESTRICTED_SAID = "Restricted actions and places are never in a plan, whoever writes it."


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One problem-solving record in a list."""

    key: str
    place: str
    written: str


@dataclass(frozen=True, slots=True)
class PlanSection:
    """One form of a plan's page, with what it holds now for those who may not change it."""

    heading: str
    form: tuple[FormField, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """Everything on the page of a group's plan."""

    key: str
    name: str
    purpose: str
    version: int
    gaps: tuple[str, ...]
    counted: str
    years: str
    sections: tuple[PlanSection, ...]
    records: tuple[RecordLine, ...]
    record_form: tuple[FormField, ...]
    history: tuple[HistoryLine, ...]
    may_plan: bool
    restricted: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One group's plan in the list."""

    key: str
    name: str
    written: str
    records: int
    gaps: int


@dataclass(frozen=True, slots=True)
class RecordView:
    """Everything on the page of a problem-solving record."""

    key: str
    place: str
    place_word: str  # as an action is set at it
    group: str
    group_name: str
    version: int
    parts: tuple[tuple[str, tuple[str, ...]], ...]  # heading, lines
    gaps: tuple[str, ...]
    form: tuple[FormField, ...]
    history: tuple[HistoryLine, ...]
    restricted: bool


def plans_view(store: Store, actor: Actor) -> tuple[PlanLine, ...]:
    """Return the groups the actor sees, each with how far its plan is."""
    groups = group_list(store, actor)
    count_view(store, actor, "plans")
    return tuple(
        PlanLine(
            key=one.key,
            name=one.what.name,
            written="Begun" if plan_of(store, actor, one.key) else "Not begun",
            records=len(record_list(store, actor, one.key)),
            gaps=len(gaps_of_plan(store, actor, one.key)),
        )
        for one in groups
    )


def plan_view(
    store: Store,
    actor: Actor,
    key: str,
    settings: Settings,
    *,
    written: Mapping[str, str] | None = None,
) -> PlanView:
    """Build the page of a group's plan.

    Parameters
    ----------
    key
        The group's number.
    written
        What somebody wrote and could not keep.

    Raises
    ------
    NotFoundError
        There is no such group, or the actor does not see it.
    """
    require(actor, Action.VIEW_TASKS)
    group = find_group(store, actor, key)
    count_view(store, actor, "plan")
    kept = plan_of(store, actor, key)
    plan = kept.what if kept else DeliveryPlan(key)
    may_plan = is_allowed(actor, Action.PLAN_TASKS)
    history = store.task_history(DeliveryPlan, key, task_reach_of(actor)) if kept else []
    said = say_delivery(plan)
    return PlanView(
        key=key,
        name=group.what.name,
        purpose=group.what.purpose,
        version=kept.version if kept else 0,
        gaps=gaps_of_plan(store, actor, key),
        counted=say_baseline_counted(store, actor, group.what, plan, settings),
        years=", ".join(plan_years(plan.first_year, settings.year_starts)[1:]),
        sections=tuple(
            PlanSection(
                heading,
                delivery_form(plan, names, written) if may_plan else (),
                tuple(
                    (DELIVERY_WORDS[name], _as_read(name, plan, said))
                    for name in names
                    if said[name]
                ),
            )
            for heading, names in _SECTIONS
        ),
        records=tuple(
            RecordLine(one.key, one.what.site.name, _say_written(one.what))
            for one in record_list(store, actor, key)
        ),
        record_form=_new_record_fields(store, actor, written or {}) if may_plan else (),
        history=tuple(history_line(one, DELIVERY_WORDS) for one in reversed(history)),
        may_plan=may_plan,
        restricted=RESTRICTED_SAID,
    )


def osara_view(
    store: Store, actor: Actor, key: str, *, written: Mapping[str, str] | None = None
) -> RecordView:
    """Build the page of one problem-solving record.

    Parameters
    ----------
    written
        What somebody wrote and could not keep.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    """
    kept = find_record(store, actor, key)
    count_view(store, actor, "record")
    record = kept.what
    group = find_group(store, actor, record.group)
    history = store.task_history(Osara, key, task_reach_of(actor))
    may_plan = is_allowed(actor, Action.PLAN_TASKS)
    return RecordView(
        key=key,
        place=record.site.name,
        place_word=f"{FOUND}:{record.site.hotspot_id}" if record.site.hotspot_id else "",
        group=record.group,
        group_name=group.what.name,
        version=kept.version,
        parts=tuple(
            (label, tuple(text.splitlines()))
            for label, text in zip(OSARA_PARTS.values(), record.parts, strict=True)
        ),
        gaps=record_gaps(record.site.name, record),
        form=record_form(record, written) if may_plan else (),
        history=tuple(history_line(one, OSARA_PARTS) for one in reversed(history)),
        restricted=not is_open(record.site),
    )


def record_form(record: Osara, written: Mapping[str, str] | None = None) -> tuple[FormField, ...]:
    """Return the form of a record, with what somebody wrote in place of what it says."""
    own = written or {}
    return tuple(
        FormField(
            name,
            label,
            "textarea",
            own.get(name, getattr(record, name)),
            _PART_HINTS[name],
            longest=LONGEST_PART,
        )
        for name, label in OSARA_PARTS.items()
    )


def plans_text(store: Store, actor: Actor, key: str, settings: Settings) -> str:
    """Return a group's plan as lines: what it says, its records, every gap."""
    view = plan_view(store, actor, key, settings)
    lines = [f"{view.name}: {view.purpose}"]
    for section in view.sections:
        lines += [f"{label}: {text}".replace("\n", "\n  ") for label, text in section.facts]
    lines += [view.counted] if view.counted else []
    lines += [f"Record {one.key}: {one.place}, {one.written}" for one in view.records]
    lines += [f"Missing: {gap}" for gap in view.gaps]
    return "\n".join(lines) + "\n"


def reading_text(reading: PlanReading) -> str:
    """Return what became of a plan that was read, as lines with every gap."""
    content = reading.content
    actions = say_number(len(content.proposals), "action", "actions")
    records = say_number(len(content.records), "record", "records")
    kept = f"Group {reading.group} drafted" if reading.group else "Nothing is kept"
    lines = [f"{kept}: {content.head.name}, with {actions} and {records}."]
    return "\n".join([*lines, *(f"Missing: {gap}" for gap in reading.gaps)]) + "\n"


def delivery_form(
    plan: DeliveryPlan, names: Collection[str], written: Mapping[str, str] | None = None
) -> tuple[FormField, ...]:
    """Return some fields of a plan, with what somebody wrote in place of what it says."""
    own = {**say_delivery(plan), **(written or {})}
    numbers = {"first_year", "baseline", *TARGETS}
    return tuple(
        FormField(
            name=name,
            label=DELIVERY_WORDS[name],
            kind="textarea" if name in LINES else "number" if name in numbers else "text",
            value=own[name],
            hint=_HINTS.get(name, ""),
            longest=LONGEST_TEXT if name in LINES else 200,
        )
        for name in names
    )


def _new_record_fields(
    store: Store, actor: Actor, written: Mapping[str, str]
) -> tuple[FormField, ...]:
    choices = tuple(
        type(one)(one.value, one.label, one.value == written.get("site"))
        for one in site_choices(store, actor)
    )
    return (FormField("site", "Place", "select", choices=choices, needed=True),)


def _as_read(name: str, plan: DeliveryPlan, said: Mapping[str, str]) -> str:
    """Write a field as people read it: types by name, cells of a line without their strokes."""
    if name == "types":
        taxonomy = read_taxonomy()
        return ", ".join(taxonomy.name(slug) for slug in plan.types)
    lines = ([cell for cell in line.split(" | ") if cell] for line in said[name].splitlines())
    return "\n".join("; ".join(cells) for cells in lines)


def _say_written(record: Osara) -> str:
    written = sum(bool(text) for text in record.parts)
    return f"{written} of {len(OSARA_PARTS)} parts written"
