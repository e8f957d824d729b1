"""Early signs that a case review of anti-social behaviour may be asked for.

A sign, not a decision. Every look is on record. A sensitive report never names an address: such a
case shows under the sender's own reference, or is counted and not named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from aim import __version__
from aim.access import hide_sensitive_words, reach_of, require
from aim.analysis import CaseReviewRule, case_review_signs
from aim.config import Settings
from aim.errors import ParameterError
from aim.exports import Listing, text_table
from aim.model.agreements import Reason
from aim.model.editions import asb_types
from aim.model.filters import IncidentFilter
from aim.model.people import Action, Actor, Reach
from aim.model.times import say_day
from aim.store import Store
from aim.workflows.agreements import checked_reason, for_taking_away
from aim.workflows.audit import record_view
from aim.workflows.counting import events_of
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.periods import chosen
from aim.workflows.repeats import asked_with, newest_day
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile, FilterForm
from aim.workflows.words import say_number

NOT_A_DECISION = (
    "A sign, not a decision: whether a case qualifies is for the reviewing bodies, who know more"
    " than these rows say."
)
_NEEDED = (
    "incident_id",
    "source",
    "agency",
    "source_ref",
    "incident_type",
    "qualifiers",
    "sensitivity",
    "uprn",
    "location_text",
    "place_precision",
    "occurred_from",
    "occurred_to",
    "reported_at",
)


@dataclass(frozen=True, slots=True)
class CaseSigns:
    """Places where a case review may be asked for.

    Attributes
    ----------
    rows
        As ``case_review_signs``; addresses rest on reports that are not sensitive alone.
    on, rule
        The day asked about, and what the local procedure asks for.
    facts, warnings
        What it was made from, and what to know.
    """

    rows: pd.DataFrame
    on: date
    rule: CaseReviewRule
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseReviewView:
    """Everything on the page of case reviews."""

    form: FilterForm
    query: str
    on: str
    rule: str
    asked: str
    rows: tuple[tuple[str, ...], ...]  # place, met by, incidents, hate, reported, sources, besides
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


def rule_of(settings: Settings) -> CaseReviewRule:
    """Return what the local procedure asks for.

    Examples
    --------
    >>> rule_of(Settings(case_review_number=2)).number
    2
    """
    return CaseReviewRule(
        number=settings.case_review_number, hate_number=settings.case_review_hate_number
    )


def say_rule(rule: CaseReviewRule) -> str:
    """Say what a rule asks for.

    Examples
    --------
    >>> say_rule(CaseReviewRule(hate_number=1))
    '3 separate incidents in 6 months, each reported within a month; or 1 marked as hate'
    """
    hate = f"; or {rule.hate_number} marked as hate" if rule.hate_number else ""
    within = (
        "a month" if rule.reported_within_months == 1 else f"{rule.reported_within_months} months"
    )
    return (
        f"{rule.number} separate {'incident' if rule.number == 1 else 'incidents'} in"
        f" {rule.months} months, each reported within {within}{hate}"
    )


def find_case_signs(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    on: date | None = None,
    today: date,
) -> CaseSigns:
    """List the places where a case review of anti-social behaviour may be asked for.

    Parameters
    ----------
    wanted
        Wards, sources and area choose reports; the period is that of the rule.
    on
        The day asked about; the newest day a source reaches if missing.
    today
        The day it is.

    Returns
    -------
    CaseSigns
        Likely reports of one event count once.
    """
    require(actor, Action.REVIEW_CASES)
    reach = reach_of(actor)
    day = on or newest_day(store, reach, wanted, today)
    return _signs(store, reach, wanted, rule_of(settings), day)


def _signs(
    store: Store, reach: Reach, wanted: IncidentFilter, rule: CaseReviewRule, on: date
) -> CaseSigns:
    _check_filter(wanted)
    incidents = store.incidents(wanted, reach, columns=_NEEDED)
    events = events_of(store, reach, likely=True)
    groups = None if events.empty else events
    rows = case_review_signs(hide_sensitive_words(incidents), on, rule=rule, groups=groups)
    every = case_review_signs(incidents, on, rule=rule, groups=groups)
    return CaseSigns(
        rows=rows,
        on=on,
        rule=rule,
        facts={
            "filter": wanted.words(),
            "on": on.isoformat(),
            "number": rule.number,
            "months": rule.months,
            "reported_within_months": rule.reported_within_months,
            "hate_number": rule.hate_number,
            "incidents": len(incidents),
            "data_version": store.data_version(),
            "program_version": __version__,
        },
        warnings=(
            NOT_A_DECISION,
            *_say_unnamed(rows, every),
            *_say_unknown(incidents, on, rule),
        ),
    )


def _check_filter(wanted: IncidentFilter) -> None:
    """Refuse a filter that would hide a part of a case."""
    words = sorted(set(wanted.words()) - {"ward", "ward-set", "source", "area", "include-outside"})
    if words:
        raise ParameterError(
            "Early signs look at all anti-social behaviour of the rule's months; found"
            f" {', '.join(words)}. Choose by ward, source and area, and the day by `on`."
        )


def _say_unnamed(rows: pd.DataFrame, every: pd.DataFrame) -> tuple[str, ...]:
    named = set(rows.loc[rows["kind"] == "address", "place"])
    others = every[(every["kind"] == "address") & ~every["place"].isin(named)]
    if others.empty:
        return ()
    told_by = ", ".join(sorted({one for names in others["sources"] for one in names.split()}))
    many = say_number(len(others), "more address meets", "more addresses meet")
    return (f"{many} the rule by sensitive reports, not named here; ask {told_by}.",)


def _say_unknown(incidents: pd.DataFrame, on: date, rule: CaseReviewRule) -> tuple[str, ...]:
    """Say how many reports cannot count because nobody knows when they were made."""
    after = pd.Timestamp(on, tz="Europe/London") + pd.Timedelta(days=1)
    moments = incidents["occurred_from"]
    late = (moments >= after - pd.DateOffset(months=rule.months)) & (moments < after)
    asked = incidents[late & incidents["incident_type"].isin(asb_types())]
    unknown = int(asked["reported_at"].isna().sum())
    if not unknown:
        return ()
    many = say_number(len(asked), "report", "reports")
    untold = say_number(unknown, "does not say", "do not say")
    told = f"Of {many} of anti-social behaviour in these months, {untold} when they were made"
    return (f"{told}: they cannot count towards a sign.",)


def case_review_text(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    on: date | None = None,
    today: date,
) -> str:
    """Return the signs for a terminal; the look is on record."""
    found = find_case_signs(store, actor, wanted, settings, on=on, today=today)
    record_view(store, actor, "case-review", wanted=wanted, rows=len(found.rows))
    head = (f"{say_day(found.on)}: {say_rule(found.rule)}.", *found.warnings)
    if found.rows.empty:
        return "\n".join((*head, "", "No sign.", ""))
    return "\n".join((*head, "", text_table(found.rows)))


def export_case_signs(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    file_format: str,
    made: date,
    on: date | None = None,
) -> ExportedFile:
    """Write the signs, as far as agreements let rows go; the reason on record is case review."""
    require(actor, Action.REVIEW_CASES)
    require(actor, Action.EXPORT)
    carrier, left_behind = for_taking_away(store, actor)
    reach = reach_of(carrier)
    day = on or newest_day(store, reach, wanted, made)
    found = _signs(store, reach, wanted, rule_of(settings), day)
    sources = [one.source for one in chosen(store.coverage(reach), wanted)]
    given = checked_reason(store, actor, sources, Reason.CASE_REVIEW.value)
    listing = Listing(
        "Early signs for case review",
        found.rows,
        stamp_of(store, actor, wanted, settings, made=made),
        notes=(*found.warnings, *left_behind),
        name="case_review",
        parameters=asked_with(found.facts),
        facts=dict(found.facts),
    )
    return hand_out(store, actor, listing, wanted, "case-review", file_format, reason=given)


def case_review_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    on: date | None = None,
    today: date,
) -> CaseReviewView:
    """Build the page of case reviews; opening it is on record."""
    found = find_case_signs(store, actor, wanted, settings, on=on, today=today)
    record_view(store, actor, "case-review", wanted=wanted, rows=len(found.rows))
    stamp = stamp_of(store, actor, wanted, settings)
    after = pd.Timestamp(found.on + timedelta(days=1))
    since = (after - pd.DateOffset(months=found.rule.months)).date()
    return CaseReviewView(
        form=filter_form(store, reach_of(actor), wanted),
        query=wanted.query(),
        on=found.on.isoformat(),
        rule=say_rule(found.rule),
        asked=f"Reports made from {say_day(since)} to {say_day(found.on)}",
        rows=tuple(_row(row) for row in found.rows.to_dict("records")),
        warnings=found.warnings[1:],
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _row(row: dict[Any, Any]) -> tuple[str, ...]:
    first, last = say_day(row["first_day"]), say_day(row["last_day"])
    besides = [
        say_number(int(row[name]), *words)
        for name, words in (
            ("late", ("reported too late", "reported too late")),
            ("report_unknown", ("without a day of report", "without a day of report")),
        )
        if row[name]
    ]
    return (
        _place(row),
        str(row["rule"]),
        f"{row['incidents']:,}",
        f"{row['hate']:,}",
        first if first == last else f"{first} to {last}",
        str(row["sources"]).replace(" ", ", "),
        "; ".join(besides) or "none",
    )


def _place(row: dict[Any, Any]) -> str:
    if row["kind"] == "case":
        return f"The sender's {row['place']}"
    if pd.notna(row["location_text"]) and str(row["location_text"]).strip():
        return str(row["location_text"])
    return f"Property {str(row['place']).removeprefix('uprn ')}"
