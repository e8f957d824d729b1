"""Tonight's card: where a shift goes, in which order, why, and what is being done there."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd
import shapely

from aim.access import audit_entry, reach_of, require, task_reach_of
from aim.config import Settings
from aim.errors import ConflictError, NotFoundError, ParameterError
from aim.exports import Paper, Part, write_pdf
from aim.model.actions import OPEN_STAGES, ActionRecord, Origin, Site
from aim.model.filters import IncidentFilter, read_filter
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import Sensitivity, TimePrecision
from aim.model.people import Action, Actor, Reach, Role
from aim.model.tasks import Kept
from aim.model.times import local_hours
from aim.model.types import read_taxonomy
from aim.model.visits import Visit
from aim.store import Store
from aim.tasking import STOP_MINUTES, CardPlace, find_busy_hours, order_places
from aim.workflows.agreements import with_agreements
from aim.workflows.counting import counted_incidents, left_out
from aim.workflows.exposure import is_at
from aim.workflows.groups import group_names
from aim.workflows.hotspots import searched
from aim.workflows.periods import latest_complete_month, months_to
from aim.workflows.plans import clean
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile
from aim.workflows.visits import keep_visit
from aim.workflows.words import say_left_out, say_number

SHIFT, TYPE = "18-02", "asb"
# So many months say where it happens; fewer are too few, more tell of last year.
MONTHS = 3
MOST_PLACES = 8
# A source most of whose reports have a time of day is a dated one.
MOSTLY_DATED = 0.5
# The roles that read of visits and of where they were.
READERS = (Role.ANALYST, Role.COORDINATOR, Role.OFFICER, Role.POLICE_PARTNER)
_VISIT_KEY = re.compile(r"[0-9a-f]{10}")
_NAMED = frozenset({Sensitivity.PUBLIC, Sensitivity.ROUTINE})
_SEEN = ("incident_id", "source", "time_precision")


@dataclass(frozen=True, slots=True)
class CardQuestion:
    """What a card is for.

    Attributes
    ----------
    shift
        Two clock hours, London time, such as ``18-02``.
    team
        An agency or a group, by name or number, whose open actions are listed; empty for all the
        reader sees.
    type_word
        Reports looked at: a type or theme.
    """

    shift: str = SHIFT
    team: str = ""
    type_word: str = TYPE


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a place of a card is, and who may know that somebody was there."""

    site: Site
    readers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Card:
    """One card.

    Attributes
    ----------
    asked
        What it is for.
    hours
        The shift's clock hours in order.
    places
        In the order of the night.
    stops
        Where each is, by its key.
    wanted
        The filter its hours come from; None where no dated source is complete for a month.
    notes
        What was left out, and why.
    """

    asked: CardQuestion
    hours: tuple[int, ...]
    places: tuple[CardPlace, ...]
    stops: Mapping[str, Stop]
    wanted: IncidentFilter | None
    notes: tuple[str, ...]


def read_card_question(words: Mapping[str, str]) -> CardQuestion:
    """Read what a card is for from the words of an address or command.

    Raises
    ------
    ParameterError
        The shift is no pair of hours, or the type is unknown.

    Examples
    --------
    >>> read_card_question({"shift": "22-04"}).shift
    '22-04'
    """
    shift = words.get("shift", "").strip() or SHIFT
    type_word = read_taxonomy().resolve(words.get("type", "").strip() or TYPE)
    try:
        read_filter({"hours": shift})
    except ParameterError as error:
        raise ParameterError(
            f"`shift` is two clock hours such as {SHIFT}, found {shift!r}."
        ) from error
    return CardQuestion(shift, clean(words.get("team", ""), "team"), type_word)


def tonights_card(
    store: Store, actor: Actor, asked: CardQuestion, *, restricted: bool = True
) -> Card:
    """Choose the places of a shift.

    Only reports with a time of day count, and sensitive ones never; an officer's card rests on the
    reports of the own agency, as everything else that officer reads. What an agreement keeps from
    anybody who reads of visits is on nobody's card, for a stop logged there keeps the place's name.

    Parameters
    ----------
    asked
        Shift, team and reports.
    restricted
        Whether actions for named people are on it too, where the actor is one: not on paper.

    Returns
    -------
    Card
        Up to eight places: hotspots of the shift's hours in the newest three complete months, and
        places of open actions.

    Raises
    ------
    NotAllowedError
        The actor may not see reports, or not what is being done.
    """
    require(actor, Action.VIEW_TASKS)
    require(actor, Action.VIEW)
    hours = read_filter({"hours": asked.shift}).hours
    reach = _card_reach(store, actor)
    wanted, notes = _dated_filter(store, reach, asked, hours)
    places, stops = _found_places(store, reach, wanted, hours) if wanted else ({}, {})
    _add_actions(store, actor, asked, places, stops, restricted=restricted)
    if wanted:
        notes = (*notes, *_say_passed_over(store, reach, wanted))
    ordered = order_places(places.values(), hours, most=MOST_PLACES)
    return Card(asked, hours, ordered, stops, wanted, notes)


def log_stop(
    store: Store,
    actor: Actor,
    asked: CardQuestion,
    *,
    place: str,
    visit: str,
    now: datetime,
) -> Kept[Visit]:
    """Log a stop of a quarter of an hour at a place of the card, by one tap.

    Parameters
    ----------
    place
        The key of the place on the card.
    visit
        The number the page gave its form: the same tap twice is one visit.
    now
        This moment, UTC, at which the stop ended.

    Raises
    ------
    NotAllowedError
        The actor may not log visits.
    NotFoundError
        The card has no such place any more.
    ParameterError
        The form was not the page's own.
    """
    require(actor, Action.DO_TASKS)
    if not _VISIT_KEY.fullmatch(visit):
        raise ParameterError("A stop was to be logged without its number; open the card again.")
    stop = tonights_card(store, actor, asked).stops.get(place)
    if stop is None:
        raise NotFoundError("That place is not on the card any more; open the card again.")
    stay = Visit(
        agency=actor.agency,
        site=stop.site,
        at=now - timedelta(minutes=STOP_MINUTES),
        minutes=STOP_MINUTES,
        source="card",
        readers=stop.readers,
    )
    try:
        return keep_visit(store, actor, stay, now=now, key=lambda: visit)
    except ConflictError:
        return store.task(Visit, visit, task_reach_of(actor))


def place_key(site: Site) -> str:
    """Return what a card's form calls a place: the same for the same outline or name."""
    said = site.outline or site.name
    return hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]


def card_file(
    store: Store, actor: Actor, asked: CardQuestion, settings: Settings, *, made: date
) -> ExportedFile:
    """Write a card as one page to print; actions for named people are not on it.

    Raises
    ------
    NotAllowedError
        The actor may not take anything away.
    """
    require(actor, Action.EXPORT)
    card = tonights_card(store, actor, asked, restricted=False)
    content = write_pdf(_paper(store, actor, card, settings, made))
    with store.transaction() as change:
        change.record(
            audit_entry(
                actor,
                Action.EXPORT,
                list="card",
                format="pdf",
                rows=len(card.places),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    return ExportedFile("card.pdf", "application/pdf", content)


def say_shift(asked: CardQuestion) -> str:
    """Write a shift as people say it.

    Examples
    --------
    >>> say_shift(CardQuestion("18-02"))
    '18:00 to 02:00'
    """
    hours = read_filter({"hours": asked.shift}).hours
    return f"{hours[0]:02d}:00 to {(hours[-1] + 1) % 24:02d}:00"


def say_when(place: CardPlace) -> str:
    """Say when to go to a place."""
    return place.busy.say() if place.busy else "Any time"


def say_reason(place: CardPlace, card: Card) -> str:
    """Say why a place is on a card."""
    if card.wanted is None or not place.reports:
        return "An open action leads there"
    reports = say_number(place.reports, "report", "reports")
    busiest = f", {place.busy.reports} of them from {place.busy.say()}" if place.busy else ""
    return f"{reports} in the hours of this shift{busiest}"


def say_basis(card: Card) -> str:
    """Say what the hours of a card come from."""
    name = read_taxonomy().name(card.asked.type_word)
    if card.wanted is None or card.wanted.since is None or card.wanted.until is None:
        return f"{name}: no source with times of day is complete for a whole month yet."
    last = card.wanted.until - timedelta(days=1)
    return f"{name}, {card.wanted.since:%B %Y} to {last:%B %Y}, reports with a time of day alone."


def _card_reach(store: Store, actor: Actor) -> Reach:
    """Return what a card may rest on: what its reader sees, and agreements keep from no reader."""
    withheld = actor.withheld
    for role in READERS:
        withheld |= with_agreements(store, replace(actor, roles=frozenset({role}))).withheld
    return replace(reach_of(replace(actor, withheld=withheld)), sensitivities=_NAMED)


def _dated_filter(
    store: Store, reach: Reach, asked: CardQuestion, hours: tuple[int, ...]
) -> tuple[IncidentFilter | None, tuple[str, ...]]:
    """Return the filter of a card, and which sources tell months alone."""
    coverage = [one for one in store.coverage(reach) if one.incidents]
    if not coverage:
        return None, ()
    newest = max(one.complete_to for one in coverage) + timedelta(days=1)
    lately = IncidentFilter(types=(asked.type_word,), since=months_to(newest, MONTHS + 1).since)
    rows = store.incidents(lately, reach, columns=_SEEN)
    timed = rows["time_precision"] == TimePrecision.MINUTE.value
    shares = timed.groupby(rows["source"].astype("str")).mean()
    dated = tuple(sorted(str(one) for one, share in shares.items() if share >= MOSTLY_DATED))
    undated = [one for one in shares.index if one not in dated]
    notes = tuple(f"Reports of {one} tell no time of day and are left out." for one in undated)
    whole = latest_complete_month([one for one in coverage if one.source in dated])
    if whole is None:
        return None, notes
    period = months_to(whole.until, MONTHS)
    return replace(
        lately, sources=dated, since=period.since, until=period.until, hours=hours
    ), notes


def _say_passed_over(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[str, ...]:
    """Say what a card passes over; wards are not what it is about."""
    counts = left_out(store, reach, wanted)
    nowhere = say_number(counts["no_position"], "report", "reports")
    told = (f"{nowhere} without a position took no part.",) if counts["no_position"] else ()
    others = {
        name: count
        for name, count in counts.items()
        if name not in {"outside_wards", "no_position"}
    }
    return (*told, *say_left_out(others))


def _found_places(
    store: Store, reach: Reach, wanted: IncidentFilter, hours: tuple[int, ...]
) -> tuple[dict[str, CardPlace], dict[str, Stop]]:
    run = searched(store, reach, wanted, HotspotParameters())
    rows = counted_incidents(
        store, reach, wanted, columns=("incident_id", "occurred_from"), located_only=True
    )
    clocks = pd.Series(local_hours(rows["occurred_from"]).to_numpy(), index=rows["incident_id"])
    places: dict[str, CardPlace] = {}
    stops: dict[str, Stop] = {}
    for _, row in run.hotspots.iterrows():
        members = run.members.loc[run.members["rank"] == row["rank"], "incident_id"]
        outline = str(shapely.to_wkt(row["geometry"], rounding_precision=1))
        site = Site(
            str(row["name"]),
            Origin.FOUND,
            wards=tuple(str(row["wards"]).split()),
            outline=outline,
        )
        key = place_key(site)
        busy = find_busy_hours(clocks.reindex(members).dropna().astype(int), hours)
        places[key] = CardPlace(key, site.name, len(members), busy)
        stops[key] = Stop(site)
    return places, stops


def _add_actions(
    store: Store,
    actor: Actor,
    asked: CardQuestion,
    places: dict[str, CardPlace],
    stops: dict[str, Stop],
    *,
    restricted: bool,
) -> None:
    """Put the open actions to their places, and places of their own where there are none."""
    names = group_names(store, actor)
    for kept in store.tasks(ActionRecord, task_reach_of(actor)):
        plan = kept.what.plan
        site = plan.site
        readers = plan.readers or (site.readers if site else frozenset())
        if kept.what.stage not in OPEN_STAGES or site is None or (readers and not restricted):
            continue
        if asked.team and asked.team not in {plan.agency, plan.group, names.get(plan.group)}:
            continue
        key = _place_of(site, stops)
        place = places.get(key) or CardPlace(key, site.name)
        places[key] = replace(place, actions=(*place.actions, plan.title))
        stops.setdefault(key, Stop(site, readers))


def _place_of(site: Site, stops: Mapping[str, Stop]) -> str:
    """Return the key of the place of a card where a site lies, else the site's own."""
    for key, stop in stops.items():
        if stop.site.outline and is_at(site, shapely.from_wkt(stop.site.outline)):
            return key
    return place_key(site)


def _paper(store: Store, actor: Actor, card: Card, settings: Settings, made: date) -> Paper:
    team = f" for {card.asked.team}" if card.asked.team else ""
    rows = tuple(
        (
            say_when(place),
            place.name,
            say_reason(place, card),
            "; ".join(place.actions) or "No open action",
            "",
        )
        for place in card.places
    )
    wanted = card.wanted or IncidentFilter()
    return Paper(
        f"Tonight's card{team}: {say_shift(card.asked)}",
        stamp_of(store, actor, wanted, settings, made=made),
        lead=f"A stop of {STOP_MINUTES} minutes at each place, in this order; then move on.",
        parts=(
            Part(
                "Where and when",
                columns=("When", "Place", "Why", "What is being done", "There at"),
                rows=rows,
                widths=(2, 3, 4, 4, 2),
            )
            if rows
            else Part("Where and when", text=("No place stands out in these hours.",)),
        ),
        notes=(say_basis(card), *card.notes),
        purpose="For the shift it names",
    )
