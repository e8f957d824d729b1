"""The page of repeats, as plain values."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from aim.access import is_allowed, reach_of, require, sees_statistics
from aim.config import Settings
from aim.errors import ParameterError
from aim.model.filters import IncidentFilter
from aim.model.incidents import PlacePrecision
from aim.model.people import Action, Actor
from aim.model.times import say_day
from aim.store import Store
from aim.workflows.audit import record_view
from aim.workflows.filter_form import filter_form
from aim.workflows.repeats import (
    USUAL,
    NearRepeats,
    RepeatPlaces,
    RiskList,
    RiskQuestion,
    find_near_repeats,
    find_repeat_places,
    find_risk,
    newest_day,
    say_rate,
    say_risk,
    say_unnamed,
)
from aim.workflows.stamps import stamp_of
from aim.workflows.views import FilterForm
from aim.workflows.words import say_filter, say_number

SHOWN = 50
_STREETS = (PlacePrecision.STREET, PlacePrecision.SNAPPED, PlacePrecision.POSTCODE)


@dataclass(frozen=True, slots=True)
class NearPart:
    """Near repeats in words and as a table; without rows the sentence says why."""

    sentence: str
    rows: tuple[tuple[str, ...], ...] = ()  # distance, time, pairs, by chance, times, in words
    warnings: tuple[str, ...] = ()
    chances: tuple[tuple[str, str, str], ...] = ()  # distance, time, p
    made: str = ""


@dataclass(frozen=True, slots=True)
class ListPart:
    """Places as a table; without rows the sentence says why."""

    sentence: str
    rows: tuple[tuple[str, ...], ...] = ()
    more: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepeatsView:
    """Everything on the page of repeats."""

    form: FilterForm
    summary: str
    query: str
    on: str
    distance_m: str
    risk_days: str
    risk: ListPart
    near: NearPart
    places: ListPart
    may_review: bool
    complete_line: str
    stamp_lines: tuple[str, ...]


def repeats_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    question: RiskQuestion,
    *,
    today: date,
) -> RepeatsView:
    """Build the page of repeats; what needs days says so where only months are known.

    Parameters
    ----------
    question
        For which day and how far places count as still at risk.
    today
        The day it is; the list is for no later day unless one is asked for.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    places = find_repeat_places(store, actor, wanted)
    asked = replace(question, on=question.on or newest_day(store, reach, wanted, today))
    risk = _risk_part(store, actor, wanted, asked, names)
    shown = len(risk.rows) + min(len(places.rows), SHOWN)
    record_view(store, actor, "repeats", wanted=wanted, rows=shown)
    stamp = stamp_of(store, actor, wanted, settings)
    return RepeatsView(
        form=filter_form(store, reach, wanted),
        summary=say_filter(wanted, names),
        query=wanted.query(),
        on=str(asked.on),
        distance_m=f"{question.distance_m:g}",
        risk_days=str(question.days),
        risk=risk,
        near=_near_part(store, actor, wanted),
        places=_places_part(places, names),
        may_review=is_allowed(actor, Action.REVIEW_CASES),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _near_part(store: Store, actor: Actor, wanted: IncidentFilter) -> NearPart:
    try:
        found = find_near_repeats(store, actor, wanted)
    except ParameterError as refusal:
        return NearPart(str(refusal))
    records = found.table.to_dict("records")
    return NearPart(
        sentence=found.sentence,
        rows=tuple(_near_row(row) for row in records) if found.table["observed"].sum() else (),
        warnings=found.warnings,
        chances=tuple(_chance(row) for row in records) if sees_statistics(actor) else (),
        made=_say_made(found),
    )


def _near_row(row: dict[Any, Any]) -> tuple[str, ...]:
    times = "" if pd.isna(row["ratio"]) else f"{row['ratio']:.1f}"
    return (
        _capital(row["distance"]),
        str(row["time"]),
        f"{row['observed']:,}",
        f"{row['expected']:,.1f}",
        times,
        str(row["words"]),
    )


def _chance(row: dict[Any, Any]) -> tuple[str, str, str]:
    return _capital(row["distance"]), str(row["time"]), f"{row['p']:.3f}"


def _say_made(found: NearRepeats) -> str:
    return (
        f"Knox test: days dealt out anew {USUAL.permutations} times, seed {found.facts['seed']},"
        f" {found.facts['incidents']:,} incidents, data version {found.facts['data_version']}; a"
        " cell is called very unlikely where its p times the number of cells is at most 0.05."
    )


def _risk_part(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: RiskQuestion,
    names: dict[Any, Any],
) -> ListPart:
    try:
        found = find_risk(store, actor, wanted, question)
    except ParameterError as refusal:
        return ListPart(str(refusal))
    rows = found.rows.head(SHOWN).to_dict("records")
    return ListPart(
        sentence=say_risk(found, question),
        rows=tuple(_risk_row(row, names) for row in rows),
        more=_say_more(found),
        warnings=found.warnings,
    )


def _risk_row(row: dict[Any, Any], names: dict[Any, Any]) -> tuple[str, ...]:
    street = " (known to the street only)" if row["place_precision"] in _STREETS else ""
    last = row["risk_until"] - timedelta(days=1)
    return (
        f"{_place(row)}{street}",
        _ward(row, names),
        f"{row['incidents']:,}",
        f"{row['near']:,}",
        say_day(row["last_day"]),
        f"{say_day(last)} ({say_number(int(row['days_left']), 'day', 'days')})",
    )


def _places_part(found: RepeatPlaces, names: dict[Any, Any]) -> ListPart:
    rows = found.rows.head(SHOWN).to_dict("records")
    return ListPart(
        sentence=say_rate(found.rate),
        rows=tuple(
            (
                _place(row),
                _ward(row, names),
                f"{row['incidents']:,}",
                f"{row['repeats']:,}",
                say_day(row["first_day"]),
                say_day(row["last_day"]),
            )
            for row in rows
        ),
        more=_say_more(found),
        warnings=(*found.warnings, *say_unnamed(found)),
    )


def _say_more(found: RiskList | RepeatPlaces) -> str:
    more = len(found.rows) - SHOWN
    return f"The first {SHOWN} of {len(found.rows):,}; the file holds them all." if more > 0 else ""


def _place(row: dict[Any, Any]) -> str:
    if pd.notna(row["location_text"]) and str(row["location_text"]).strip():
        return str(row["location_text"])
    return f"{row['easting']:.0f}, {row['northing']:.0f}" if pd.notna(row["easting"]) else "Unnamed"


def _ward(row: dict[Any, Any], names: dict[Any, Any]) -> str:
    return str(names.get(row["ward_code"], "outside every ward"))


def _capital(words: object) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]
