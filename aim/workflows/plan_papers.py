"""Plans as papers: written in two forms or into a council's own, and read back into a draft."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from aim.access import audit_entry, require
from aim.analysis.indices import year_interval
from aim.config import Settings
from aim.errors import ConflictError, NotFoundError, ParameterError
from aim.exports.plan_templates import fill_template, placeholders
from aim.exports.plans import write_delivery_plan, write_osara_plan
from aim.exports.word import MEDIA_TYPE
from aim.feeds import read_document, read_plan_document
from aim.model.actions import ActionPlan, ActionRecord, Origin, Site
from aim.model.filters import IncidentFilter
from aim.model.groups import Group
from aim.model.people import Action, Actor
from aim.model.plan_form import NOT_SUPPLIED
from aim.model.plans import (
    OSARA_PARTS,
    DeliveryPlan,
    Head,
    Osara,
    PlaceRecord,
    PlanContent,
    PlanPaper,
    Proposal,
)
from aim.model.tasks import EventKind, Kept, Task, TaskEvent
from aim.store import Store
from aim.tasking import plan_gaps, plan_years, rate_per_1000, record_gaps, tidy_lines
from aim.workflows.counting import count_all
from aim.workflows.delivery_plans import (
    as_proposal,
    head_of,
    is_open,
    plan_of,
    proposals_of,
)
from aim.workflows.filters import find_ward
from aim.workflows.groups import find_group, group_list
from aim.workflows.measuring import measuring_reach
from aim.workflows.osara import LONGEST_PART, record_list
from aim.workflows.packs import look_of
from aim.workflows.periods import Period, comparable, within
from aim.workflows.plan_evidence import (
    Counted,
    count_reports,
    evidence_at,
    evidence_of,
    places_of,
    population_of,
)
from aim.workflows.plans import LONGEST_LINE
from aim.workflows.sites import new_key
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile
from aim.workflows.words import say_number

OSARA, DELIVERY = "osara", "delivery"
_WRITES = {OSARA: write_osara_plan, DELIVERY: write_delivery_plan}
AS_COUNTED = (
    "Reports are counted as they came in, not crimes proved; those confirmed to tell of one event"
    " count once."
)
AT_PEAK = (
    "A place that was picked while its reports stood high is likely to fall by itself: compare it"
    " with places like it before a fall is put down to the work."
)


@dataclass(frozen=True, slots=True)
class PlanReading:
    """What became of a plan that was read.

    Attributes
    ----------
    group
        The number of the draft group; empty where nothing was kept.
    content
        What was read.
    gaps
        What it lacks and what could not be read, all at once.
    """

    group: str
    content: PlanContent
    gaps: tuple[str, ...]


def plan_paper(
    store: Store, actor: Actor, key: str, settings: Settings, *, today: date
) -> PlanPaper:
    """Build a group's plan with what the store says to it.

    Parameters
    ----------
    key
        The group's number.
    today
        London day.

    Returns
    -------
    PlanPaper
        Actions, places and records the actor may know of; a place without a record has an empty
        one.

    Raises
    ------
    NotAllowedError
        The actor may not take files away, or sees no groups.
    NotFoundError
        There is no such group, or the actor does not see it.
    """
    require(actor, Action.EXPORT)
    group = find_group(store, actor, key)
    kept = plan_of(store, actor, key)
    plan = kept.what if kept else DeliveryPlan(key)
    sites, records = _records(store, actor, group)
    counted = count_reports(store, actor, plan.types)
    years = plan_years(plan.first_year, settings.year_starts)
    residents = population_of(store, actor, group.what.wards)
    wanted = IncidentFilter(types=plan.types)
    wanted = within(wanted, counted.period) if counted.period else wanted
    return PlanPaper(
        content=PlanContent(
            head=head_of(store, group.what),
            plan=replace(plan, group=""),
            proposals=tuple(map(as_proposal, proposals_of(store, actor, key))),
            records=records,
        ),
        stamp=stamp_of(store, actor, wanted, settings, made=today),
        years=years,
        rates=tuple(rate_per_1000(one, residents) for one in (plan.baseline, *plan.targets)),
        counted=say_baseline_counted(store, actor, group.what, plan, settings),
        evidence=evidence_of(store, actor, group, counted),
        of_places=tuple(evidence_at(site, counted) for site in sites),
        notes=_notes(store, counted),
    )


def say_baseline_counted(
    store: Store, actor: Actor, group: Group, plan: DeliveryPlan, settings: Settings
) -> str:
    """Say what the store counts in the baseline's year; nothing where it is not known."""
    years = plan_years(plan.first_year, settings.year_starts)
    if not years or not plan.types:
        return ""
    period = Period(*year_interval(years[0], settings.year_starts))
    reach = measuring_reach(store, actor)
    fault = comparable(store.coverage(reach), period, period)
    if fault:
        return f"The hub does not hold the whole of {years[0]}, so the baseline is not checked."
    wanted = within(IncidentFilter(types=plan.types, wards=group.wards), period)
    count = count_all(store, reach, wanted)
    where = "the wards of the group" if group.wards else "all wards"
    return f"The hub counts {say_number(count, 'report', 'reports')} in {years[0]} in {where}."


def export_plan(
    store: Store,
    actor: Actor,
    key: str,
    settings: Settings,
    *,
    form: str = OSARA,
    template: Path | None = None,
    today: date,
) -> ExportedFile:
    """Write a group's plan as a Word file; the record keeps its hash.

    Parameters
    ----------
    form
        ``osara``, two pages a place, or ``delivery``, the five parts A to E.
    template
        A council's own document with placeholders, in place of both.

    Raises
    ------
    NotAllowedError, NotFoundError
        As for ``plan_paper``.
    ParameterError
        There is no such form.
    FeedFormatError, ExportError
        The template is no Word document, or has placeholders nobody knows.
    """
    if form not in _WRITES:
        raise ParameterError(f"`form` is one of {', '.join(_WRITES)}; found {form!r}.")
    paper = plan_paper(store, actor, key, settings, today=today)
    if template:
        content = fill_template(paper, read_document(template))
    else:
        content = _WRITES[form](paper, look_of(settings))
    told = {"group": key, "form": "template" if template else form, "format": "docx"}
    digest = hashlib.sha256(content).hexdigest()
    with store.transaction() as change:
        change.record(audit_entry(actor, Action.EXPORT, list="plan", **told, sha256=digest))
    return ExportedFile(f"plan-{key}-{today.isoformat()}.docx", MEDIA_TYPE, content)


def plan_placeholders() -> tuple[str, ...]:
    """Return the placeholders a council's own template may hold."""
    return placeholders()


def read_plan_file(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    keep: bool = True,
    key: Callable[[], str] = new_key,
) -> PlanReading:
    """Read a filled plan into a draft group, its plan, records and draft actions.

    Parameters
    ----------
    path
        A Word document as ``export_plan`` wrote it and people filled it in.
    keep
        Whether anything is kept; else it is only read and its gaps are named.

    Raises
    ------
    NotAllowedError
        The actor may not keep groups or plan.
    ConflictError
        There is a group of that name already.
    FeedError, FeedFormatError
        The file cannot be read as a plan.
    ParameterError
        A text is longer than its box.
    """
    require(actor, Action.KEEP_GROUPS)
    require(actor, Action.PLAN_TASKS)
    content, faults = read_plan_document(path)
    _check_lengths(content)
    group, missing = _draft_group(store, content.head)
    gaps = (
        *faults,
        *missing,
        *plan_gaps(content.head, content.plan, content.proposals),
        *(gap for one in content.records for gap in record_gaps(one.place, one)),
    )
    if not keep:
        return PlanReading("", content, gaps)
    if any(one.what.name == group.name for one in group_list(store, actor)):
        raise ConflictError(
            f"{path.name} is the plan of {group.name!r}, and there is a group of that name."
            " Change that group's plan, or give the document another title."
        )
    kept = _keep_draft(store, actor, group, content, key)
    return PlanReading(kept, content, gaps)


def _records(
    store: Store, actor: Actor, group: Kept[Group]
) -> tuple[list[Site], tuple[PlaceRecord, ...]]:
    """Return the group's places with what is written of each; one empty record without any."""
    kept = record_list(store, actor, group.key)
    written = {one.what.site: one.what for one in kept if is_open(one.what.site)}
    sites = list(places_of(store, actor, group))
    if written:
        sites = [one for one in sites if one in written]
    records = [
        PlaceRecord(_one_line(site.name), *(written[site].parts if site in written else ()))
        for site in sites
    ]
    return sites, tuple(records) or (PlaceRecord(NOT_SUPPLIED),)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _notes(store: Store, counted: Counted) -> tuple[str, ...]:
    told = (
        f"Counted: {counted.said}." if counted.period else "No source is complete to any month.",
        counted.fault,
        *counted.doubts,
        AS_COUNTED,
        AT_PEAK,
        f"Data version {store.data_version()}.",
    )
    return tuple(one for one in told if one)


def _check_lengths(content: PlanContent) -> None:
    long = [
        f"{record.place}, {part}"
        for record in content.records
        for part in OSARA_PARTS
        if len(getattr(record, part)) > LONGEST_PART
    ]
    if long:
        raise ParameterError(
            f"A part of a record holds {LONGEST_PART:,} characters at most; longer:"
            f" {'; '.join(long)}. Shorten them in the document."
        )
    lines = [content.head.name, content.head.lead_agency, *(one.title for one in content.proposals)]
    if any(len(one) > LONGEST_LINE for one in lines):
        raise ParameterError(
            f"A name, an agency and an action's title hold {LONGEST_LINE} characters at most;"
            " shorten them in the document."
        )


def _draft_group(store: Store, head: Head) -> tuple[Group, list[str]]:
    """Return a group with what of its head stands: unknown accounts and wards are gaps."""
    gaps: list[str] = []
    wards = []
    for one in head.wards:
        try:
            wards.append(find_ward(store, _ward_word(one)))
        except (NotFoundError, ParameterError):
            gaps.append(f"Group: no ward is called {one!r}.")
    known = _accounts(store)
    strangers = sorted({head.chair, *head.members} - {""} - known) if known is not None else []
    gaps += [f"Group: no active account is called {one!r}." for one in strangers]
    group = Group(
        name=head.name,
        purpose=head.purpose or NOT_SUPPLIED,
        lead_agency=head.lead_agency,
        chair="" if head.chair in strangers else head.chair,
        partners=head.partners,
        members=frozenset(head.members) - set(strangers),
        wards=tuple(dict.fromkeys(wards)),
        start=head.start,
        finish=head.finish,
        reviews=head.reviews,
    )
    return group, gaps


def _ward_word(text: str) -> str:
    """Return a ward's code where the text ends in one, else its name."""
    name, _, code = text.rpartition("(")
    return code.removesuffix(")").strip() if name and text.endswith(")") else text


def _accounts(store: Store) -> set[str] | None:
    if not store.has_accounts():
        return None
    return {one.id for one in store.accounts() if one.is_active}


def _keep_draft(
    store: Store, actor: Actor, group: Group, content: PlanContent, key: Callable[[], str]
) -> str:
    """Keep everything of a plan in one step, or nothing."""
    number = key()
    places = {
        one.place: Site(one.place, Origin.RAISED, wards=group.wards) for one in content.records
    }
    kept: list[tuple[str, Task]] = [
        (number, group),
        (number, replace(content.plan, group=number)),
        *((key(), _action(one, number)) for one in content.proposals),
        *(
            (
                key(),
                Osara(
                    places[one.place],
                    number,
                    **{part: tidy_lines(getattr(one, part)) for part in OSARA_PARTS},
                ),
            )
            for one in content.records
        ),
    ]
    with store.transaction() as change:
        for where, what in kept:
            change.add_task(where, what, TaskEvent(EventKind.ADDED), actor=actor.id)
        told = {"group": number, "records": len(kept), "what": "plan-read"}
        change.record(audit_entry(actor, Action.KEEP_GROUPS, **told))
    return number


def _action(one: Proposal, group: str) -> ActionRecord:
    plan = ActionPlan(
        title=one.title,
        plausibility=one.plausibility,
        agency=one.lead,
        funding=one.funding,
        group=group,
    )
    return ActionRecord(plan)
