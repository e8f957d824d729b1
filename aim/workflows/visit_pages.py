"""The pages of visits and of tonight's card, and the same as text for the keyboard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd

from aim.access import is_allowed, require
from aim.config import Settings
from aim.exports import text_table
from aim.model.filters import IncidentFilter
from aim.model.people import Action, Actor
from aim.model.tasks import Kept
from aim.model.times import LONDON, say_day
from aim.model.types import read_taxonomy
from aim.model.visits import Visit
from aim.store import Store
from aim.tasking import STOP_MINUTES, CardPlace, OfficeTable, minutes_by_week, read_office_table
from aim.workflows.audit import count_view, record_view
from aim.workflows.card import (
    Card,
    CardQuestion,
    place_key,
    say_basis,
    say_reason,
    say_shift,
    say_when,
    tonights_card,
)
from aim.workflows.plans import LONGEST_TEXT
from aim.workflows.sites import new_key, site_choices, ward_names
from aim.workflows.stamps import stamp_of
from aim.workflows.tables import TableView
from aim.workflows.task_forms import known_names
from aim.workflows.task_views import FormField
from aim.workflows.views import Choice
from aim.workflows.visits import VISIT_WORDS, may_undo, visit_list

SHIFTS = ("06-14", "10-18", "14-22", "18-02", "22-06")
SHOWN_VISITS = 100
WEEKS = 12
# A stop logged longer ago was in another shift.
THIS_SHIFT = timedelta(hours=14)
_HINTS = {
    "time": "Such as 21:30; empty with an empty day: it ended just now.",
    "minutes": f"{STOP_MINUTES} where nothing is written.",
    "done": "Name no person and no address; contact details are masked.",
    "readers": "Accounts, with commas between: nobody else will know of it. Empty for everybody.",
}
_FILE_AGENCY = "Whose the visits are where the file does not say."


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit in the list."""

    key: str
    when: str
    agency: str
    place: str
    minutes: int
    done: str
    powers: str
    who: str
    restricted: bool
    may_take_back: bool
    may_undo: bool


@dataclass(frozen=True, slots=True)
class VisitsView:
    """Everything on the page of visits."""

    visits: tuple[VisitLine, ...]
    known: int
    weeks: TableView
    form: tuple[FormField, ...]
    file_form: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class StopView:
    """One place of tonight's card."""

    key: str
    when: str
    place: str
    wards: str
    reason: str
    actions: tuple[str, ...]
    logged: str  # when somebody of the agency was there this shift
    undo: str  # the visit that may go without a word; empty for none
    visit: str  # the number of the next visit, so that one tap is one visit


@dataclass(frozen=True, slots=True)
class TonightView:
    """Everything on the page of tonight's card."""

    shift: str
    team: str
    type_word: str
    shifts: tuple[Choice, ...]
    types: tuple[Choice, ...]
    said_shift: str
    basis: str
    notes: tuple[str, ...]
    stops: tuple[StopView, ...]
    stop_minutes: int
    may_log: bool
    complete_line: str
    stamp_lines: tuple[str, ...]


def visits_view(
    store: Store,
    actor: Actor,
    *,
    now: datetime,
    table: OfficeTable | None = None,
    written: Mapping[str, str] | None = None,
) -> VisitsView:
    """Build the page of visits: the newest, minutes by week, and a form.

    Parameters
    ----------
    now
        This moment, UTC.
    table
        The partnership's table of powers; the shipped one if missing.
    written
        What somebody wrote into its form and could not keep.
    """
    require(actor, Action.VIEW_TASKS)
    rules = table or read_office_table()
    visits = visit_list(store, actor)
    if any(one.what.is_restricted for one in visits[:SHOWN_VISITS]):
        record_view(store, actor, "visits")
    else:
        count_view(store, actor, "visits")
    return VisitsView(
        visits=tuple(_line(one, actor, rules, now) for one in visits[:SHOWN_VISITS]),
        known=len(visits),
        weeks=_weeks(visits, now),
        form=_form(store, actor, rules, written or {})
        if is_allowed(actor, Action.DO_TASKS)
        else (),
        file_form=(
            FormField("agency", VISIT_WORDS["agency"], value=actor.agency, hint=_FILE_AGENCY),
        ),
    )


def visits_text(
    store: Store, actor: Actor, *, now: datetime, table: OfficeTable | None = None
) -> str:
    """Return the visits as a plain table, the newest first."""
    view = visits_view(store, actor, now=now, table=table)
    if not view.visits:
        return "No visit yet.\n"
    rows = [
        (one.key, one.when, one.agency, one.place, one.minutes, one.powers, one.done)
        for one in view.visits
    ]
    names = ["visit", "when", "agency", "place", "minutes", "powers", "what was done"]
    return text_table(pd.DataFrame(rows, columns=names))


def tonight_view(
    store: Store,
    actor: Actor,
    asked: CardQuestion,
    settings: Settings,
    *,
    now: datetime,
    new: Callable[[], str] = new_key,
) -> TonightView:
    """Build the page of tonight's card.

    Parameters
    ----------
    asked
        Shift, team and reports.
    now
        This moment, UTC.
    new
        Gives the number of the visit a tap would log.
    """
    card = tonights_card(store, actor, asked)
    count_view(store, actor, "tonight")
    # The newest first, so that of each place the newest stays.
    lately = {
        place_key(one.what.site): one
        for one in reversed(visit_list(store, actor))
        if _is_lately(one.what, now)
    }
    here = {key: lately.get(place_key(stop.site)) for key, stop in card.stops.items()}
    fresh = {key: one.key for key, one in here.items() if one and may_undo(one, actor, now)}
    stamp = stamp_of(store, actor, card.wanted or IncidentFilter(), settings)
    taxonomy, wards = read_taxonomy(), ward_names(store)
    return TonightView(
        shift=asked.shift,
        team=asked.team,
        type_word=asked.type_word,
        shifts=tuple(
            Choice(one, say_shift(CardQuestion(one)), one == asked.shift)
            for one in dict.fromkeys((*SHIFTS, asked.shift))
        ),
        types=tuple(
            Choice(slug, taxonomy.name(slug), slug == asked.type_word)
            for slug in dict.fromkeys((*taxonomy.themes, asked.type_word))
        ),
        said_shift=say_shift(asked),
        basis=say_basis(card),
        notes=card.notes,
        stops=tuple(
            replace(
                _stop(one, card, here[one.key], new()),
                undo=fresh.get(one.key, ""),
                wards=", ".join(wards.get(code, code) for code in card.stops[one.key].site.wards),
            )
            for one in card.places
        ),
        stop_minutes=STOP_MINUTES,
        may_log=is_allowed(actor, Action.DO_TASKS),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def card_text(store: Store, actor: Actor, asked: CardQuestion) -> str:
    """Return tonight's card as lines; actions for named people are not on it."""
    card = tonights_card(store, actor, asked, restricted=False)
    team = f" for {asked.team}" if asked.team else ""
    lines = [f"Tonight's card{team}: {say_shift(asked)}", say_basis(card), *card.notes]
    for place in card.places:
        lines.append(f"{say_when(place)}  {place.name}: {say_reason(place, card)}")
        lines += [f"    Open action: {title}" for title in place.actions]
    if not card.places:
        lines.append("No place stands out in these hours.")
    lines.append(f"A stop of {STOP_MINUTES} minutes at each; then move on.")
    return "\n".join(lines) + "\n"


def _stop(place: CardPlace, card: Card, here: Kept[Visit] | None, visit: str) -> StopView:
    return StopView(
        key=place.key,
        when=say_when(place),
        place=place.name,
        wards="",
        reason=say_reason(place, card),
        actions=place.actions,
        logged=_say_there(here) if here else "",
        undo="",
        visit=visit,
    )


def _say_there(kept: Kept[Visit]) -> str:
    began = kept.what.at.astimezone(LONDON)
    return f"{kept.what.agency} was there at {began:%H:%M}, {kept.what.minutes} minutes"


def _is_lately(visit: Visit, now: datetime) -> bool:
    return now - THIS_SHIFT <= visit.at <= now


def _line(kept: Kept[Visit], actor: Actor, table: OfficeTable, now: datetime) -> VisitLine:
    visit = kept.what
    began = visit.at.astimezone(LONDON)
    own = kept.made_by == actor.id or is_allowed(actor, Action.PLAN_TASKS)
    return VisitLine(
        key=kept.key,
        when=f"{say_day(began.date())}, {began:%H:%M}",
        agency=visit.agency,
        place=visit.site.name,
        minutes=visit.minutes,
        done=visit.done,
        powers=", ".join(
            f"{table.powers.get(slug, slug)}{f' ({times})' if times > 1 else ''}"
            for slug, times in visit.powers
        ),
        who=kept.made_by,
        restricted=visit.is_restricted,
        may_take_back=own and is_allowed(actor, Action.DO_TASKS),
        may_undo=may_undo(kept, actor, now),
    )


def _weeks(visits: list[Kept[Visit]], now: datetime) -> TableView:
    today = now.astimezone(LONDON).date()
    since = today - timedelta(weeks=WEEKS - 1)
    weeks = minutes_by_week((one.what for one in visits), since, today + timedelta(days=1))
    return TableView(
        f"Patrol minutes by week, the newest {WEEKS} weeks",
        (("Week from", False), ("Minutes", True)),
        tuple((say_day(monday), f"{minutes:,}") for monday, minutes in reversed(weeks.items())),
    )


def _form(
    store: Store, actor: Actor, table: OfficeTable, written: Mapping[str, str]
) -> tuple[FormField, ...]:
    sites = tuple(
        Choice(one.value, one.label, one.value == written.get("site"))
        for one in site_choices(store, actor)
    )
    hints = {
        **_HINTS,
        "powers": f"With commas between, a number behind: {', '.join(table.powers)}.",
    }
    kinds = {"site": "select", "day": "date", "time": "time", "minutes": "number"}
    return tuple(
        FormField(
            name,
            label,
            kinds.get(name, "textarea" if name == "done" else "text"),
            written.get(name, actor.agency if name == "agency" else ""),
            hint=hints.get(name, ""),
            choices=(Choice("", "Not chosen yet"), *sites) if name == "site" else (),
            longest=LONGEST_TEXT if name == "done" else 200,
            offered=known_names(store, actor)[1] if name == "agency" else (),
        )
        for name, label in VISIT_WORDS.items()
    )
