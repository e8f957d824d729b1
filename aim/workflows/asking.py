"""Free questions by people who are shown no report: some hours, some days, of the own wards.

Answered exactly, in a band or not at all. The guard that decides remembers every answer it rounds,
in the transaction that gives it, so that no two answers can be taken apart. Routine reports take
part behind the guard, public ones as they are, sensitive ones never.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import product

import pandas as pd

from aim.access import audit_entry, require
from aim.access.disclosure import (
    WEEK,
    Answer,
    DifferencingGuard,
    Question,
    part_of,
    parts_asked,
    say_band,
)
from aim.config import Settings
from aim.errors import NotAllowedError, ParameterError
from aim.model.filters import DAYS, IncidentFilter, read_filter
from aim.model.incidents import Sensitivity
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.times import local_months, read_month
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.figures import figure_grid, shared_reach
from aim.workflows.stamps import figures_stamp
from aim.workflows.views import Choice
from aim.workflows.ward_figures import figure_wards
from aim.workflows.words import say_number

OWN_WARDS = ""
_READ = ("ward_code", "occurred_from", "time_precision", "incident_type", "sensitivity")
# Neighbouring choices lie within each other or apart, so that few questions cross earlier ones.
_DAYS = {
    "": "Every day",
    "mon,tue,wed,thu,fri": "Monday to Friday",
    "sat,sun": "Saturday and Sunday",
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_HOURS = {
    "": "The whole day",
    "06-12": "Morning, 6 to 12",
    "12-18": "Afternoon, 12 to 18",
    "18-22": "Evening, 18 to 22",
    "22-06": "Night, 22 to 6",
}
ROUTINE_SAID = (
    "Sensitive reports take part in no such question. Reports without a day match no days, reports"
    " without an hour match no hours."
)
GUARD_SAID = (
    "Whole wards and months are exact. Part of a week is given in steps or not at all where exact"
    " numbers could be taken apart; the same question always has the same answer."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One free question, read.

    Attributes
    ----------
    wards, months
        Codes, and complete months such as ``2026-04``.
    wanted
        Types or themes, hours and days; nothing else of it counts.
    """

    wards: tuple[str, ...]
    months: tuple[str, ...]
    wanted: IncidentFilter


@dataclass(frozen=True, slots=True)
class Told:
    """What is said to a free question.

    Attributes
    ----------
    low, high
        The least and the largest number of reports; equal when exact, None when refused.
    public
        How many of them are public records, which are exact.
    reason
        Why it is rounded or refused; empty when exact.
    """

    low: int | None
    high: int | None
    public: int
    reason: str


@dataclass(frozen=True, slots=True)
class AskView:
    """The page of free questions: what may be chosen, and the answer where one was asked for."""

    wards: tuple[Choice, ...]
    first_months: tuple[Choice, ...]
    last_months: tuple[Choice, ...]
    themes: tuple[Choice, ...]
    days: tuple[Choice, ...]
    hours: tuple[Choice, ...]
    asked: str
    answer: str
    reason: str
    notes: tuple[str, ...]
    stamp_lines: tuple[str, ...]
    complete_line: str


def ask_figures(store: Store, actor: Actor, asked: Asked) -> Told:
    """Answer a free question, and remember the answer before anybody sees it.

    Parameters
    ----------
    store
        Where the incidents and the earlier answers are.
    actor
        Who asks; the wards must be their own.
    asked
        What is counted.

    Returns
    -------
    Told
        The same for the same question, for good.

    Raises
    ------
    NotAllowedError
        The actor may not see figures, or not of one of the wards.
    ParameterError
        A month is not complete, or there is no ward, month or type.
    """
    require(actor, Action.VIEW_FIGURES)
    _refuse_others(store, actor, asked)
    question = Question.of(
        wards=asked.wards,
        months=asked.months,
        types=asked.wanted.incident_types() or read_taxonomy().types,
        parts=parts_asked(hours=asked.wanted.hours, days=asked.wanted.days),
    )
    # The lock is taken first: an answer must see every earlier one.
    with store.transaction() as changes:
        rows = _rows_of(store, question)
        guard = _guard_of(store)
        answer = _ask(guard, question, rows[rows["sensitivity"] == Sensitivity.ROUTINE])
        if answer.new:
            changes.remember_answer(guard.after(answer).rows()[-1])
        changes.record(
            audit_entry(
                actor,
                Action.VIEW_FIGURES,
                what="question",
                wards=list(asked.wards),
                months=list(asked.months),
                **{word: ",".join(asked.wanted.words().get(word, ["all"])) for word in _TOLD},
                told=_kind_of(answer),
            )
        )
    public = rows[rows["sensitivity"] == Sensitivity.PUBLIC]["part"].isin(question.parts).sum()
    return _told(answer, int(public))


_TOLD = ("type", "days", "hours")


def ask_view(store: Store, actor: Actor, settings: Settings, words: Mapping[str, str]) -> AskView:
    """Build the page of free questions, with the answer where a question was asked.

    Parameters
    ----------
    store, actor, settings
        Where, who, and what stands at the foot.
    words
        ``ward`` (a code; all own wards if empty), ``from`` and ``to`` (months, both in), ``type``,
        ``days`` and ``hours`` as in every filter. Without any word nothing is asked.

    Raises
    ------
    NotAllowedError, ParameterError
        As `ask_figures`.
    """
    wards = figure_wards(store, actor)
    grid = figure_grid(store, actor)
    asks = bool(words) and bool(grid.months) and bool(wards)
    asked = _read(words, [ward.value for ward in wards], list(grid.months)) if asks else None
    if asked is None:
        count_view(store, actor, "questions")
    told = ask_figures(store, actor, asked) if asked else None
    stamp = figures_stamp(store, settings, grid.coverage)
    latest = grid.months[-1] if grid.months else ""
    newest_first = {month: f"{read_month(month):%B %Y}" for month in reversed(grid.months)}
    themes = {"": "Everything", **read_taxonomy().themes}
    every = {OWN_WARDS: "All wards"} if len(wards) > 1 else {}
    return AskView(
        wards=_choices({**every, **{one.value: one.label for one in wards}}, words.get("ward", "")),
        first_months=_choices(newest_first, words.get("from") or latest),
        last_months=_choices(newest_first, words.get("to") or latest),
        themes=_choices(themes, words.get("type", "")),
        days=_choices(_DAYS, words.get("days", "")),
        hours=_choices(_HOURS, words.get("hours", "")),
        asked=_say_asked(asked, {one.value: one.label for one in wards}) if asked else "",
        answer=_say_answer(told) if told else "",
        reason=told.reason if told else "",
        notes=(GUARD_SAID, ROUTINE_SAID),
        stamp_lines=stamp.lines(),
        complete_line=stamp.complete_line(),
    )


def _refuse_others(store: Store, actor: Actor, asked: Asked) -> None:
    own = {ward.value: ward.label for ward in figure_wards(store, actor)}
    others = sorted(set(asked.wards) - own.keys())
    if others:
        raise NotAllowedError(
            f"{actor.id} may not view the figures of {', '.join(others)}; the own wards are"
            f" {', '.join(own.values()) or 'none'}."
        )
    complete = figure_grid(store, actor).months
    open_months = sorted(set(asked.months) - set(complete))
    if open_months:
        raise ParameterError(
            f"Figures of {', '.join(open_months)} were asked for; complete for every source are"
            f" {', '.join(complete[:1])} to {', '.join(complete[-1:])}."
        )


def _rows_of(store: Store, question: Question) -> pd.DataFrame:
    """Return routine and public reports of a question's wards, months and types, with their part.

    One reading: what is counted and what is known of the whole come from the same rows.
    """
    reach = shared_reach(store, Sensitivity.PUBLIC, Sensitivity.ROUTINE)
    wanted = IncidentFilter(wards=tuple(sorted(question.wards)))
    rows = store.incidents(wanted, reach, columns=_READ)
    rows = rows[rows["incident_type"].isin(question.types)]
    rows = rows.assign(month=local_months(rows["occurred_from"]))
    rows = rows[rows["month"].isin(question.months)]
    return rows.assign(part=part_of(rows))


def _ask(guard: DifferencingGuard, question: Question, rows: pd.DataFrame) -> Answer:
    numbers = rows.groupby(["ward_code", "month", "incident_type"]).size().to_dict()
    known = {
        fact: int(numbers.get(fact, 0))
        for fact in product(question.wards, question.months, question.types)
    }
    return guard.ask(question, int(rows["part"].isin(question.parts).sum()), known)


def _guard_of(store: Store) -> DifferencingGuard:
    given = store.releases(EVERYTHING).answers
    rows = [dict(zip(given.columns, row, strict=True)) for row in given.itertuples(index=False)]
    return DifferencingGuard.from_rows(rows, WEEK)


def _kind_of(answer: Answer) -> str:
    if answer.band is None:
        return "refused"
    return "exact" if answer.band.low == answer.band.high else "band"


def _told(answer: Answer, public: int) -> Told:
    if answer.band is None:
        return Told(None, None, public, answer.reason)
    return Told(answer.band.low + public, answer.band.high + public, public, answer.reason)


def _read(words: Mapping[str, str], wards: list[str], months: list[str]) -> Asked:
    latest = months[-1]
    first, last = words.get("from") or latest, words.get("to") or latest
    for month in (first, last):
        read_month(month)
    chosen = tuple(month for month in months if first <= month <= last)
    if not chosen:
        raise ParameterError(
            f"The months from {first} to {last} were asked for; complete for every source are"
            f" {months[0]} to {latest}, the first before the last."
        )
    wanted = read_filter({word: words.get(word, "") for word in _TOLD})
    ward = words.get("ward") or OWN_WARDS
    return Asked(tuple(wards) if ward == OWN_WARDS else (ward,), chosen, wanted)


def _choices(labels: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in labels.items())


def _say_asked(asked: Asked, names: Mapping[str, str]) -> str:
    first, last = (f"{read_month(month):%B %Y}" for month in (asked.months[0], asked.months[-1]))
    words = asked.wanted.words()
    days = _DAYS.get(",".join(words.get("days", ())), ", ".join(_day_names(asked.wanted.days)))
    hours = "".join(words.get("hours", ()))
    taxonomy = read_taxonomy()
    said = (
        ", ".join(taxonomy.name(slug) for slug in asked.wanted.types) or "Everything",
        ", ".join(names[code] for code in asked.wards),
        first if first == last else f"{first} to {last}",
        days.lower() if days == _DAYS[""] else days,
        _HOURS.get(hours, hours).lower(),
    )
    return "; ".join(said)


def _day_names(days: Collection[int]) -> list[str]:
    return [_DAYS[DAYS[day]] for day in days]


def _say_answer(told: Told) -> str:
    if told.low is None or told.high is None:
        return "No number can be given"
    if told.low == told.high:
        return say_number(told.low, "report", "reports")
    return f"{say_band(told.low, told.high)} reports"
