"""Whether one incident is followed by others: near repeats, places still at risk, addresses.

No sensitive report is ever a place of these lists, and no map point is an address.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import pandas as pd

from aim import __version__
from aim.access import reach_of, require, sees_statistics
from aim.analysis import (
    RepeatRate,
    measure_near_repeat,
    places_at_risk,
    repeat_locations,
    repeat_rate,
)
from aim.analysis.near_repeat import SPACE_BANDS, TIME_BANDS
from aim.analysis.quality import at_default_points
from aim.config import Settings
from aim.errors import ParameterError
from aim.exports import Listing, text_table
from aim.model.filters import CountLinked, IncidentFilter
from aim.model.incidents import Sensitivity
from aim.model.people import Action, Actor, Reach
from aim.model.times import say_day
from aim.store import Store
from aim.workflows.agreements import checked_reason, for_taking_away
from aim.workflows.audit import record_view
from aim.workflows.counting import count_repeats, counted_incidents, events_of
from aim.workflows.doubts import default_points, doubts_within
from aim.workflows.files import hand_out
from aim.workflows.memory import Memory
from aim.workflows.periods import chosen
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile
from aim.workflows.words import say_filter, say_number

# Below this distance two incidents are at one place.
SAME_PLACE_M = 0.01
# A cell is more than chance where that holds for all cells together, and clear enough to act on.
SURE, CLEAR_RATIO = 0.05, 1.2
MOST_EDGES = 20
MOST_PERMUTATIONS = 9_999
MOST_DAYS, MOST_METRES = 365, 5_000.0
NAMEABLE = (Sensitivity.PUBLIC.value, Sensitivity.ROUTINE.value)
_PLACED = (
    "incident_id",
    "source",
    "incident_type",
    "sensitivity",
    "occurred_from",
    "time_precision",
    "easting",
    "northing",
    "place_precision",
    "location_text",
)
_ADDRESSED = (*_PLACED, "uprn")


@dataclass(frozen=True, slots=True)
class NearQuestion:
    """How near repeats are judged.

    Attributes
    ----------
    bands_m, bands_days
        Edges, metres and days: a band holds its lower edge and not its upper one.
    permutations, seed
        How often days are dealt out anew, and what with.
    """

    bands_m: tuple[float, ...] = SPACE_BANDS
    bands_days: tuple[float, ...] = TIME_BANDS
    permutations: int = 999
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what would take for ever."""
        if max(len(self.bands_m), len(self.bands_days)) > MOST_EDGES:
            raise ParameterError(
                f"At most {MOST_EDGES} edges make bands, found {len(self.bands_m)} for metres and"
                f" {len(self.bands_days)} for days."
            )
        if not 0 <= self.permutations <= MOST_PERMUTATIONS:
            raise ParameterError(
                f"`permutations` must lie between 0 and {MOST_PERMUTATIONS:,}, found"
                f" {self.permutations}; 999 is usual."
            )


USUAL = NearQuestion()


@dataclass(frozen=True, slots=True)
class RiskQuestion:
    """Where risk is thought to reach: how far, how long, and from which day it is looked at.

    Attributes
    ----------
    on
        The day the list is for; None for the newest day any source reaches.
    distance_m, days
        How far and how long; an incident counts on its own day and the ``days - 1`` after.
    """

    on: date | None = None
    distance_m: float = 200.0
    days: int = 14

    def __post_init__(self) -> None:
        """Refuse what is no neighbourhood and no short time."""
        if not (0 < self.distance_m <= MOST_METRES and 1 <= self.days <= MOST_DAYS):
            raise ParameterError(
                f"`distance-m` must lie above 0 and up to {MOST_METRES:g}, `risk-days` between 1"
                f" and {MOST_DAYS}; found {self.distance_m:g} and {self.days}."
            )


NEXT_FORTNIGHT = RiskQuestion()


@dataclass(frozen=True, slots=True)
class NearRepeats:
    """Pairs of incidents by distance and time, beside what chance would give.

    Attributes
    ----------
    table
        One row for each pair of bands: ``distance`` and ``time`` in words, ``observed``,
        ``expected``, ``ratio``, ``p`` and ``words``.
    sentence
        What the table says.
    facts, warnings
        What it was made from, and what to know.
    """

    table: pd.DataFrame
    sentence: str
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskList:
    """The places still inside the time another incident may follow in.

    Attributes
    ----------
    rows
        As ``places_at_risk``, with ``ward_code``; no sensitive report among them.
    on
        The day it is for.
    facts, warnings
        What it was made from, and what to know.
    """

    rows: pd.DataFrame
    on: date
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RepeatPlaces:
    """Addresses with several incidents, and the share of incidents that are repeats.

    Attributes
    ----------
    rows
        As ``repeat_locations``, with ``ward_code``; no sensitive report among them.
    rate
        Over all incidents with an address, sensitive ones too.
    unnamed
        Addresses that are not listed because reports there are sensitive.
    facts, warnings
        What it was made from, and what to know.
    """

    rows: pd.DataFrame
    rate: RepeatRate
    unnamed: int
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]


_NEAR: Memory[NearRepeats] = Memory(16)


# --- near repeats --------------------------------------------------------------------------------


def find_near_repeats(
    store: Store, actor: Actor, wanted: IncidentFilter, question: NearQuestion = USUAL
) -> NearRepeats:
    """Judge whether incidents of a filter are soon followed by others close by.

    Points where a source puts what it could not locate take no part.

    Raises
    ------
    ParameterError
        All incidents are known only to their month, or the bands cannot be used.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    return _NEAR.recall(
        store, (reach, wanted, question), lambda: _judge(store, reach, wanted, question)
    )


def _judge(
    store: Store, reach: Reach, wanted: IncidentFilter, question: NearQuestion
) -> NearRepeats:
    incidents, told = _placed(store, reach, wanted)
    found = measure_near_repeat(
        incidents,
        question.bands_m,
        question.bands_days,
        permutations=question.permutations,
        rng=question.seed,
    )
    bands = product(
        [say_distance(*edges) for edges in pairwise(question.bands_m)],
        [say_days_apart(*edges) for edges in pairwise(question.bands_days)],
    )
    table = pd.DataFrame(bands, columns=["distance", "time"]).assign(
        observed=found.observed.ravel(),
        expected=found.expected.ravel(),
        ratio=found.ratio.ravel(),
        p=found.p.ravel(),
    )
    table["words"] = _judged(table)
    return NearRepeats(
        table=table,
        sentence=_say_near(table),
        facts=_facts(
            store,
            wanted,
            bands_m=list(question.bands_m),
            bands_days=list(question.bands_days),
            permutations=question.permutations,
            seed=question.seed,
            incidents=len(incidents),
        ),
        warnings=(
            *told,
            *found.warnings,
            *_kinds_and_repeats(store, reach, wanted, incidents),
            *doubts_within(store, reach, wanted),
        ),
    )


def _judged(table: pd.DataFrame) -> list[str]:
    """Put each cell in words, allowing for how many cells were looked at."""
    words = []
    for p, ratio in zip(table["p"], table["ratio"], strict=True):
        if math.isnan(p) or math.isnan(ratio):
            words.append("not judged")
        elif p * len(table) <= SURE and ratio >= CLEAR_RATIO:
            words.append("very unlikely by chance")
        elif p <= SURE and ratio >= CLEAR_RATIO:
            words.append("perhaps more than chance")
        else:
            words.append("could be chance")
    return words


def _say_near(table: pd.DataFrame) -> str:
    """Say what a table of near repeats shows."""
    if not table["observed"].sum():
        return "No two incidents lie so near each other in place and time."
    if (table["words"] == "not judged").all():
        return "Not judged: chance was not simulated."
    sure = table[table["words"] == "very unlikely by chance"]
    if sure.empty:
        return "Nothing here says that one incident is soon followed by another close by."
    cells = "; ".join(
        f"{row['distance']}, {row['time']} ({row['observed']:,} pairs, chance would give"
        f" {row['expected']:,.1f})"
        for row in sure.to_dict("records")
    )
    return f"More than chance would give: {cells}."


def say_distance(low: float, high: float) -> str:
    """Name a band of distances by what it holds.

    Examples
    --------
    >>> say_distance(200, 400), say_distance(0, 0.01), say_distance(0.01, 200)
    ('200 m up to but not 400 m', 'the same place', 'another place under 200 m')
    """
    if high <= SAME_PLACE_M:
        return "the same place"
    if math.isinf(high):
        return f"{low:g} m or more"
    if low <= SAME_PLACE_M:
        return f"another place under {high:g} m" if low else f"under {high:g} m"
    return f"{low:g} m up to but not {high:g} m"


def say_days_apart(low: float, high: float) -> str:
    """Name a band of days by what it holds.

    Examples
    --------
    >>> say_days_apart(0, 7), say_days_apart(7, 14), say_days_apart(0, 1)
    ('under 7 days', '7 days up to but not 14', 'the same day')
    """
    if math.isinf(high):
        return f"{low:g} days or more"
    if low == 0:
        return "the same day" if high <= 1 else f"under {high:g} days"
    return f"{low:g} days up to but not {high:g}"


def read_bands(text: str, name: str) -> tuple[float, ...]:
    """Read the edges of bands, with commas between; ``inf`` may be the last.

    Raises
    ------
    ParameterError
        An edge is no number.

    Examples
    --------
    >>> read_bands("0, 200,400", "bands-m")
    (0.0, 200.0, 400.0)
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ParameterError(
            f"`{name}` takes edges with commas between, such as 0,200,400; found {text!r}."
        ) from error


def near_text(
    store: Store, actor: Actor, wanted: IncidentFilter, question: NearQuestion = USUAL
) -> str:
    """Return near repeats for a terminal: the sentence, what to know, and a line a cell."""
    found = find_near_repeats(store, actor, wanted, question)
    made = f"{question.permutations} permutations, seed {question.seed}"
    head = (say_filter(wanted, {}), found.sentence, *found.warnings, f"{made}.")
    table = _shown(found.table, actor)
    rounded = table.assign(expected=table["expected"].round(2), ratio=table["ratio"].round(2))
    return "\n".join((*head, "", text_table(rounded)))


def export_near_repeats(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    question: NearQuestion = USUAL,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write near repeats, one row for each pair of bands."""
    require(actor, Action.EXPORT)
    found = find_near_repeats(store, actor, wanted, question)
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    listing = Listing(
        "Near repeats",
        _shown(found.table, actor),
        stamp,
        notes=(found.sentence, *found.warnings),
        name="near_repeats",
        parameters=asked_with(found.facts),
        facts=dict(found.facts),
    )
    return hand_out(store, actor, listing, wanted, "near-repeats", file_format)


def _shown(table: pd.DataFrame, actor: Actor) -> pd.DataFrame:
    return table if sees_statistics(actor) else table.drop(columns="p")


# --- places still at risk ------------------------------------------------------------------------


def find_risk(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: RiskQuestion = NEXT_FORTNIGHT,
    *,
    today: date | None = None,
) -> RiskList:
    """List the places where an incident is so recent that another may follow.

    Parameters
    ----------
    today
        The day it is, where the question names none; the list is for the newest day a source
        reaches, and for no later one than this.

    Raises
    ------
    ParameterError
        All incidents are known only to their month, or neither day is given.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    if question.on is None and today is None:
        raise ParameterError("A list of places at risk is for a day: give `on` or `today`.")
    on = question.on or newest_day(store, reach, wanted, today or date.max)
    incidents, told = _placed(store, reach, wanted)
    hidden = ~incidents["sensitivity"].isin(NAMEABLE)
    named = incidents[~hidden]
    rows = places_at_risk(named, on, distance_m=question.distance_m, days=question.days)
    unnamed = _recent(incidents[hidden], on, question.days)
    sensitive = (
        (f"{say_number(unnamed, 'recent report', 'recent reports')} not listed: sensitive.",)
        if unnamed
        else ()
    )
    return RiskList(
        rows=_with_wards(rows, named),
        on=on,
        facts=_facts(
            store,
            wanted,
            on=on.isoformat(),
            distance_m=question.distance_m,
            risk_days=question.days,
            incidents=len(named),
        ),
        warnings=(*told, *rows.attrs["warnings"], *sensitive),
    )


def risk_text(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: RiskQuestion = NEXT_FORTNIGHT,
    *,
    today: date,
) -> str:
    """Return the places still at risk for a terminal; the look is on record."""
    found = find_risk(store, actor, wanted, question, today=today)
    record_view(store, actor, "places-at-risk", wanted=wanted, rows=len(found.rows))
    head = (say_filter(wanted, {}), say_risk(found, question), *found.warnings)
    shown = found.rows.drop(columns=["radius_m", "place_precision"])
    return "\n".join((*head, "", text_table(shown)))


def export_risk(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    question: RiskQuestion = NEXT_FORTNIGHT,
    *,
    file_format: str,
    made: date,
    reason: str = "",
) -> ExportedFile:
    """Write the places still at risk, as far as agreements let rows go.

    Raises
    ------
    ReasonNeededError
        The agreement of a source shown asks for a reason and none was given.
    """
    require(actor, Action.EXPORT)
    carrier, left_behind = for_taking_away(store, actor)
    found = find_risk(store, carrier, wanted, question, today=made)
    listing = Listing(
        "Places still at risk",
        found.rows,
        stamp_of(store, actor, wanted, settings, made=made),
        notes=(say_risk(found, question), *found.warnings, *left_behind),
        name="places_at_risk",
        parameters=asked_with(found.facts),
        facts=dict(found.facts),
    )
    given = _reason(store, actor, carrier, wanted, reason)
    return hand_out(store, actor, listing, wanted, "places-at-risk", file_format, reason=given)


def say_risk(found: RiskList, question: RiskQuestion) -> str:
    """Say what a list of places still at risk is for."""
    many = say_number(len(found.rows), "place", "places")
    return (
        f"{say_day(found.on)}: {many} with an incident in the last"
        f" {say_number(question.days, 'day', 'days')}; others within {question.distance_m:g} m are"
        " counted as near."
    )


def newest_day(store: Store, reach: Reach, wanted: IncidentFilter, today: date) -> date:
    """Return the last day any chosen source reaches, today at the latest."""
    days = [one.complete_to for one in chosen(store.coverage(reach), wanted)]
    return min(max(days, default=today), today)


def _recent(incidents: pd.DataFrame, on: date, days: int) -> int:
    after = pd.Timestamp(on - timedelta(days=days - 1), tz="Europe/London")
    before = pd.Timestamp(on + timedelta(days=1), tz="Europe/London")
    moments = incidents["occurred_from"]
    return int(((moments >= after) & (moments < before)).sum())


# --- addresses -----------------------------------------------------------------------------------


def find_repeat_places(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    *,
    months: int = 12,
    least: int = 2,
    against: float | None = None,
) -> RepeatPlaces:
    """List the addresses with several incidents, and say which share of incidents are repeats.

    Parameters
    ----------
    months
        How long after the first incident at an address others are its repeats.
    least
        How many incidents make an address worth listing, from 2.
    against
        A share to compare with, between 0 and 1.

    Returns
    -------
    RepeatPlaces
        Several reports of one event are no repeats, as far as ``wanted.count_linked`` says.

    Raises
    ------
    ParameterError
        A number cannot be used.
    """
    require(actor, Action.VIEW)
    return _addresses(store, reach_of(actor), wanted, months, least, against)


def _addresses(  # noqa: PLR0917 - what is asked, in its order
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    months: int,
    least: int,
    against: float | None,
) -> RepeatPlaces:
    if least < 2:  # noqa: PLR2004 - one incident is no repeat
        raise ParameterError(f"`least` must be 2 or more, found {least}.")
    incidents = store.incidents(wanted, reach, columns=_ADDRESSED)
    groups = _groups(store, reach, wanted)
    rate = repeat_rate(incidents, months=months, groups=groups, against=against)
    named = incidents[incidents["sensitivity"].isin(NAMEABLE)]
    rows = repeat_locations(named, least=least, months=months, groups=groups)
    every = repeat_locations(incidents, least=least, months=months, groups=groups)
    return RepeatPlaces(
        rows=_with_wards(rows, named),
        rate=rate,
        unnamed=max(len(every) - len(rows), 0),
        facts=_facts(store, wanted, months=months, least=least, incidents=len(incidents)),
        warnings=(*rate.warnings, *doubts_within(store, reach, wanted)),
    )


def _groups(store: Store, reach: Reach, wanted: IncidentFilter) -> pd.Series | None:
    """Return the event of each linked incident, as far as reports of one event count once."""
    if wanted.count_linked is CountLinked.AS_REPORTED:
        return None
    events = events_of(store, reach, likely=wanted.count_linked is CountLinked.ONCE)
    return None if events.empty else events


def say_rate(rate: RepeatRate) -> str:
    """Say a repeat rate with its doubt.

    Examples
    --------
    >>> from aim.analysis import repeat_share
    >>> say_rate(repeat_share(12, 715))
    '12 of 715 incidents with a known address are repeats: 1.7%, likely between 0.9% and 2.9%.'
    """
    if not rate.incidents:
        return "No incident here has a known address."
    verb = "is a repeat" if rate.repeats == 1 else "are repeats"
    told = (
        f"{rate.repeats:,} of {say_number(rate.incidents, 'incident', 'incidents')} with a known"
        f" address {verb}: {rate.share:.1%}, likely between {rate.low:.1%} and {rate.high:.1%}."
    )
    if math.isnan(rate.against):
        return told
    return f"{told} A share of {rate.against:.1%} would be {rate.expected:.1f} repeats."


def locations_text(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    *,
    months: int = 12,
    least: int = 2,
    against: float | None = None,
) -> str:
    """Return the addresses with several incidents for a terminal; the look is on record."""
    found = find_repeat_places(store, actor, wanted, months=months, least=least, against=against)
    record_view(store, actor, "repeat-locations", wanted=wanted, rows=len(found.rows))
    chance: tuple[str, ...] = ()
    if sees_statistics(actor) and not math.isnan(found.rate.p):
        chance = (f"p {found.rate.p:.2g} (exact, two-sided).",)
    head = (
        say_filter(wanted, {}),
        say_rate(found.rate),
        *chance,
        *say_unnamed(found),
        *found.warnings,
    )
    return "\n".join((*head, "", text_table(found.rows.drop(columns=["easting", "northing"]))))


def export_repeat_places(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    file_format: str,
    made: date,
    months: int = 12,
    least: int = 2,
    against: float | None = None,
    reason: str = "",
) -> ExportedFile:
    """Write the addresses with several incidents, as far as agreements let rows go.

    Raises
    ------
    ReasonNeededError
        The agreement of a source shown asks for a reason and none was given.
    """
    require(actor, Action.EXPORT)
    carrier, left_behind = for_taking_away(store, actor)
    reach = reach_of(carrier)
    found = _addresses(store, reach, wanted, months, least, against)
    given = _reason(store, actor, carrier, wanted, reason)
    notes = (say_rate(found.rate), *say_unnamed(found), *found.warnings, *left_behind)
    listing = Listing(
        "Addresses with several incidents",
        found.rows,
        stamp_of(store, actor, wanted, settings, made=made),
        notes=notes,
        name="repeat_locations",
        parameters=asked_with(found.facts),
        facts=dict(found.facts),
    )
    return hand_out(store, actor, listing, wanted, "repeat-locations", file_format, reason=given)


def say_unnamed(found: RepeatPlaces) -> tuple[str, ...]:
    """Say how many addresses may not be named."""
    if not found.unnamed:
        return ()
    many = say_number(found.unnamed, "address is", "addresses are")
    return (f"{many} not listed: reports there are sensitive.",)


def _reason(store: Store, actor: Actor, carrier: Actor, wanted: IncidentFilter, reason: str) -> str:
    """Return why rows are taken away, asked for where an agreement of a source does."""
    sources = [one.source for one in chosen(store.coverage(reach_of(carrier)), wanted)]
    return checked_reason(store, actor, sources, reason)


# --- what all of them share ----------------------------------------------------------------------


def _placed(
    store: Store, reach: Reach, wanted: IncidentFilter
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the incidents of a filter less those at points that stand for no place."""
    incidents = counted_incidents(store, reach, wanted, columns=_PLACED)
    away = at_default_points(incidents, default_points(store, reach))
    if not away.any():
        return incidents, ()
    stand = say_number(int(away.sum()), "incident stands", "incidents stand")
    told = f"{stand} where the sender puts what it cannot locate: left out."
    return incidents[~away].reset_index(drop=True), (told,)


def _with_wards(places: pd.DataFrame, incidents: pd.DataFrame) -> pd.DataFrame:
    """Add the ward of each place; places without a position have none."""
    metres = ["easting", "northing"]
    wards = incidents.dropna(subset=metres).drop_duplicates(metres)[[*metres, "ward_code"]]
    return places.merge(wards, on=metres, how="left")


def _kinds_and_repeats(
    store: Store, reach: Reach, wanted: IncidentFilter, incidents: pd.DataFrame
) -> tuple[str, ...]:
    told = []
    if len(incidents["incident_type"].unique()) > 1:
        told.append("Several kinds of incident are counted together; choose one, such as burglary.")
    repeats = count_repeats(store, reach, wanted)
    if repeats:
        told.append(
            f"Likely reports of one event, counted each: {repeats}; count likely ones once to leave"
            " them out."
        )
    return tuple(told)


def asked_with(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every file says of how it was made, beside the filter."""
    return {name: fact for name, fact in facts.items() if name != "filter"}


def _facts(store: Store, wanted: IncidentFilter, **parameters: object) -> dict[str, Any]:
    return {
        "filter": wanted.words(),
        **parameters,
        "data_version": store.data_version(),
        "program_version": __version__,
    }
