"""Plans as Word: two pages of problem solving for a place, or the five parts of a delivery plan.

What ``aim.feeds.plans`` reads back stands under the headings and heads of ``aim.model.plan_form``;
what the store says to it stands beside, below smaller headings.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from aim.exports.word import (
    add_facts,
    add_heading,
    add_lines,
    add_list,
    add_table,
    add_text,
    document_bytes,
    new_document,
)
from aim.model import plan_form as form
from aim.model.packs import Look
from aim.model.plans import (
    OSARA_PARTS,
    QUARTERS,
    YEARS,
    Evidence,
    Head,
    Milestones,
    PlaceRecord,
    PlanPaper,
    Proposal,
)
from aim.model.times import say_day
from aim.model.types import read_taxonomy

ASSESSED_ROWS = 5
_ASIDE = 3


def write_osara_plan(paper: PlanPaper, look: Look | None = None) -> bytes:
    """Write the problem-solving records of a group's places, two pages each.

    Parameters
    ----------
    paper
        The plan; a place without a record has parts that say ``Not supplied``.
    look
        Crest and colour.

    Returns
    -------
    bytes
        A Word file; the same plan gives the same bytes.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> from aim.model.plans import PlanContent
    >>> content = PlanContent(Head("Harbour nights", "Less noise"))
    >>> write_osara_plan(PlanPaper(content, Stamp("Norbeck CSP", "OFFICIAL", (), {})))[:2]
    b'PK'
    """
    head, records = paper.content.head, paper.content.records
    document = new_document(head.name, paper.stamp, look, lead=_lead("problem-solving plan"))
    facts = [one for one in _head_facts(head) if one[1] != form.NOT_SUPPLIED]
    if facts:
        add_facts(document, facts, title="Who the plan is of")
    for at, record in enumerate(records):
        evidence = paper.of_places[at] if at < len(paper.of_places) else ()
        actions = paper.content.proposals if len(records) == 1 else ()
        _add_record(document, record, evidence, actions, first=at == 0)
    if len(records) != 1:
        _add_actions(document, paper.content.proposals, level=1)
    _add_close(document, paper)
    return document_bytes(document)


def write_delivery_plan(paper: PlanPaper, look: Look | None = None) -> bytes:
    """Write a delivery plan in five parts, A to E.

    Parameters
    ----------
    paper
        The plan; what it lacks says ``Not supplied``.
    look
        Crest and colour.

    Returns
    -------
    bytes
        A Word file; the same plan gives the same bytes.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> from aim.model.plans import PlanContent
    >>> content = PlanContent(Head("Harbour nights", "Less noise"))
    >>> write_delivery_plan(PlanPaper(content, Stamp("Norbeck CSP", "OFFICIAL", (), {})))[:2]
    b'PK'
    """
    document = new_document(paper.content.head.name, paper.stamp, look, lead=_lead("delivery plan"))
    add_facts(document, _head_facts(paper.content.head), title="Who the plan is of")
    _add_summary(document, paper)
    _add_evidence(document, paper)
    _add_existing(document, paper)
    _add_proposed(document, paper)
    add_heading(document, form.PEERS)
    add_text(document, "Left to the assessors: criteria and findings are theirs to write.")
    blank = [("", "", "")] * ASSESSED_ROWS
    add_table(document, form.PEER_HEADS, blank, title="For the assessors", widths=(2, 3, 2))
    _add_close(document, paper)
    return document_bytes(document)


def _lead(what: str) -> str:
    return f"{form.LEAD}: {what}"


def _head_facts(head: Head) -> list[tuple[str, str]]:
    return [(label, say_or_not(getattr(head, name))) for name, label in form.HEAD_LABELS.items()]


def say_or_not(value: object) -> str:
    """Write a value of a plan, ``Not supplied`` where there is none.

    Examples
    --------
    >>> say_or_not(("fire", "police")), say_or_not(None)
    ('fire; police', 'Not supplied')
    """
    if isinstance(value, tuple):
        return "; ".join(say_or_not(one) for one in value) or form.NOT_SUPPLIED
    if isinstance(value, date):
        return say_day(value)
    return form.NOT_SUPPLIED if value is None or value == "" else str(value)


def _add_record(
    document: Any,
    record: PlaceRecord,
    evidence: Sequence[Evidence],
    actions: Sequence[Proposal],
    *,
    first: bool,
) -> None:
    if not first:
        document.add_page_break()
    add_heading(document, record.place)
    for name, label in OSARA_PARTS.items():
        if name == "response":
            document.add_page_break()
        add_heading(document, label, 2)
        add_text(document, *(getattr(record, name).splitlines() or [form.NOT_SUPPLIED]))
        if name == "scanning":
            _add_tables(document, evidence, level=_ASIDE)
        if name == "response" and actions:
            _add_actions(document, actions, level=_ASIDE)


def _add_actions(document: Any, actions: Iterable[Proposal], *, level: int) -> None:
    rows = [
        tuple(
            text or form.NOT_SUPPLIED
            for text in (one.ref, one.title, one.plausibility, one.lead, one.funding)
        )
        for one in actions
    ]
    add_heading(document, form.ACTIONS, level)
    if rows:
        widths = (1.4, 2.6, 2.6, 1.4, 1.6)
        add_table(document, form.ACTION_HEADS, rows, title=form.ACTIONS, widths=widths)
    else:
        add_text(document, form.NOT_SUPPLIED)


def _add_summary(document: Any, paper: PlanPaper) -> None:
    plan, taxonomy = paper.content.plan, read_taxonomy()
    add_heading(document, form.SUMMARY)
    said = {
        "indicator": plan.indicator,
        "types": tuple(taxonomy.name(slug) for slug in plan.types),
        "first_year": paper.years[1] if paper.years else "",
    }
    facts = [(label, say_or_not(said[name])) for name, label in form.SUMMARY_LABELS.items()]
    add_facts(document, facts, title="What the plan is judged by")
    numbers = (plan.baseline, *plan.targets)
    rows = [
        (
            what,
            say_or_not(paper.years[at] if paper.years else ""),
            say_or_not(None if number is None else f"{number:,}"),
            say_or_not(paper.rates[at] if paper.rates else ""),
        )
        for at, (what, number) in enumerate(zip(form.TARGET_ROWS, numbers, strict=True))
    ]
    add_table(document, form.TARGET_HEADS, rows, title="Baseline and targets", numbers=(2, 3))
    if paper.counted:
        add_text(document, paper.counted)


def _add_evidence(document: Any, paper: PlanPaper) -> None:
    add_heading(document, form.EVIDENCE)
    _add_tables(document, paper.evidence, level=2)
    rows = [
        (str(one.about), one.what, say_or_not(one.number), say_or_not(one.source))
        for one in paper.content.plan.profile
    ]
    add_heading(document, form.SUPPLIED, 2)
    if rows:
        add_table(document, form.PROFILE_HEADS, rows, title=form.SUPPLIED, widths=(1, 2.5, 1, 2))
    else:
        add_text(document, form.NOT_SUPPLIED)


def _add_tables(document: Any, tables: Iterable[Evidence], *, level: int) -> None:
    for one in tables:
        add_heading(document, one.title, level)
        if one.rows:
            first = 2.0 if one.numbers else 0.6
            widths = (first, *[1.0] * (len(one.columns) - 1))
            add_table(
                document, one.columns, one.rows, title=one.title, numbers=one.numbers, widths=widths
            )
        else:
            add_text(document, one.empty)
        add_text(document, f"Source: {one.source}")


def _add_existing(document: Any, paper: PlanPaper) -> None:
    plan = paper.content.plan
    add_heading(document, form.EXISTING)
    rows = [(one.what, say_or_not(one.funding), say_or_not(one.evidence)) for one in plan.existing]
    if rows:
        add_table(document, form.EXISTING_HEADS, rows, title=form.EXISTING)
    else:
        add_text(document, form.NOT_SUPPLIED)
    for heading, lines in ((form.BARRIERS, plan.barriers), (form.GAPS, plan.gaps)):
        add_heading(document, heading, 2)
        add_list(document, lines or [form.NOT_SUPPLIED])


def _add_proposed(document: Any, paper: PlanPaper) -> None:
    plan = paper.content.plan
    add_heading(document, form.PROPOSED)
    _add_actions(document, paper.content.proposals, level=2)
    add_heading(document, form.MILESTONES, 2)
    rows = [row for one in plan.milestones for row in milestone_rows(one, paper.years)]
    if rows:
        add_table(
            document,
            form.MILESTONE_HEADS,
            rows,
            title=form.MILESTONES,
            numbers=tuple(range(2, 2 + QUARTERS)),
            widths=(3, 1.2, *[1.0] * QUARTERS),
        )
    else:
        add_text(document, form.NOT_SUPPLIED)
    add_heading(document, form.RISKS, 2)
    risks = [(one.risk, say_or_not(one.answer), say_or_not(one.owner)) for one in plan.risks]
    if risks:
        add_table(document, form.RISK_HEADS, risks, title=form.RISKS, widths=(2, 3, 1))
    else:
        add_text(document, form.NOT_SUPPLIED)


def milestone_rows(one: Milestones, years: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Yield a row a year: the indicator, the year, and its quarters.

    Examples
    --------
    >>> next(iter(milestone_rows(Milestones("Fly-tips", (1200,)), ())))
    ('Fly-tips', 'Year 1', '1,200', '', '', '')
    """
    for at in range(YEARS):
        quarters = one.quarters[at * QUARTERS : (at + 1) * QUARTERS]
        year = years[at + 1] if years else f"Year {at + 1}"
        numbers = ("" if number is None else f"{number:,}" for number in quarters)
        yield (one.indicator, year, *numbers)


def _add_close(document: Any, paper: PlanPaper) -> None:
    add_heading(document, form.NOTES)
    add_list(document, paper.notes)
    add_lines(document, paper.stamp)
