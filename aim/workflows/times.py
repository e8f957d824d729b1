"""When in the week things happen: the page, the command, and the part of a hotspot's page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from aim import __version__
from aim.access import reach_of, require, sees_statistics
from aim.analysis import AoristicProfile, PeakHours, aoristic_profile, peak_hours
from aim.analysis.peaks import FEWEST
from aim.analysis.temporal import DAYS, DAYS_ALONE, HOURS
from aim.config import Settings
from aim.errors import NotFoundError, ParameterError
from aim.exports import Listing, text_table
from aim.maps import week_svg
from aim.model.filters import IncidentFilter, read_filter
from aim.model.people import Action, Actor, Reach
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.counting import counted_incidents, left_out
from aim.workflows.doubts import doubts_within
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.memory import Memory
from aim.workflows.stamps import stamp_of
from aim.workflows.views import Chart, ExportedFile, Figure, FilterForm
from aim.workflows.words import say_filter, say_left_out, say_number

NEEDED = ("incident_id", "occurred_from", "occurred_to", "time_precision")
# A part of the week is named where chance alone gives such a one less often.
NAMED_BELOW = 0.01


@dataclass(frozen=True, slots=True)
class Times:
    """When in the week the incidents of a filter happened.

    Attributes
    ----------
    profile
        Incidents by day and hour; those known only to their month are left out of it.
    peak
        The part of the week that holds most above its even share.
    chosen
        How many incidents the filter chose, with a known time or not.
    facts
        The filter, what the method was given, data and program version.
    warnings
        What to know before reading the hours.
    """

    profile: AoristicProfile
    peak: PeakHours
    chosen: int
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimesPart:
    """A week in words, drawn, and as a table; or why there is none."""

    sentence: str
    used: str
    chart: Chart | None = None
    warnings: tuple[str, ...] = ()
    why: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TimesView:
    """Everything on the page of hours and days."""

    form: FilterForm
    query: str
    summary: str
    part: TimesPart
    figures: tuple[Figure, ...]
    left_out: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


_TIMES: Memory[Times] = Memory(32)


def find_times(store: Store, actor: Actor, wanted: IncidentFilter) -> Times:
    """Say when in the week the incidents of a filter happened.

    Parameters
    ----------
    wanted
        The filter, its wards as codes; wards choose incidents here.

    Returns
    -------
    Times
        An incident known only to an interval counts in each hour of it, one in all.

    Raises
    ------
    ParameterError
        All incidents are known only to their month.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    return _TIMES.recall(store, (reach, wanted), lambda: _find(store, reach, wanted))


def _find(store: Store, reach: Reach, wanted: IncidentFilter) -> Times:
    incidents = counted_incidents(store, reach, wanted, columns=NEEDED)
    return _doubted(store, reach, wanted, _judge(store, wanted, incidents))


def _doubted(store: Store, reach: Reach, wanted: IncidentFilter, found: Times) -> Times:
    return replace(found, warnings=(*found.warnings, *doubts_within(store, reach, wanted)))


def _judge(store: Store, wanted: IncidentFilter, incidents: pd.DataFrame) -> Times:
    profile = aoristic_profile(incidents)
    peak = peak_hours(profile.weights.to_numpy(), whole_days=_days_alone(profile))
    return Times(
        profile=profile,
        peak=peak,
        chosen=len(incidents),
        facts={
            "filter": wanted.words(),
            "incidents": len(incidents),
            "used": profile.incidents,
            "day_only": profile.day_only,
            "over_a_week": profile.over_a_week,
            "runs": peak.runs,
            "seed": peak.seed,
            "p": peak.p,
            "data_version": store.data_version(),
            "program_version": __version__,
        },
        warnings=profile.warnings,
    )


def _days_alone(profile: AoristicProfile) -> bool:
    return profile.day_only > DAYS_ALONE * profile.incidents


def hotspot_times(store: Store, actor: Actor, hotspot_id: str) -> TimesPart:
    """Say when in the week the incidents of a saved hotspot happened, as it was last found.

    Raises
    ------
    NotFoundError
        No saved run holds that hotspot.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    history = store.hotspot_history(hotspot_id, reach)
    if history.empty:
        raise NotFoundError(
            f"No saved run holds hotspot {hotspot_id!r}; save one: aim hotspots --save."
        )
    run = store.run(str(history["run_id"].iloc[-1]), reach)
    rank = run.hotspots.loc[run.hotspots["hotspot_id"] == hotspot_id, "rank"].iloc[0]
    members = run.members.loc[run.members["rank"] == rank, "incident_id"]
    wanted = read_filter(run.facts["filter"])
    rows = counted_incidents(store, reach, wanted.without_wards(), columns=NEEDED)
    return times_part(store, actor, wanted, rows[rows["incident_id"].isin(members)])


def times_part(
    store: Store, actor: Actor, wanted: IncidentFilter, incidents: pd.DataFrame
) -> TimesPart:
    """Say when in the week some incidents of a filter happened; they carry ``NEEDED``."""
    try:
        found = _judge(store, wanted, incidents)
    except ParameterError as refusal:
        return TimesPart(sentence=str(refusal), used=_say_used(0, len(incidents)))
    found = _doubted(store, reach_of(actor), wanted, found)
    return _part(found, wanted, statistics=sees_statistics(actor))


def times_text(store: Store, actor: Actor, wanted: IncidentFilter) -> str:
    """Return the week of a filter for a terminal: the sentence, what to know, a line an hour.

    Raises
    ------
    ParameterError
        All incidents are known only to their month.
    """
    found = find_times(store, actor, wanted)
    told = (
        say_filter(wanted, {}),
        say_times(found, wanted),
        _say_used(found.profile.incidents, found.chosen),
        *_left_out(store, reach_of(actor), wanted),
        *found.warnings,
        *(f"{label}: {text}" for label, text in _why(found)),
    )
    by_hour = found.profile.weights.T.round(2)
    by_hour.columns = pd.Index([day[:3] for day in DAYS])
    hours = [_say_hour(hour) for hour in range(HOURS)]
    table = by_hour.map(lambda weight: f"{weight:g}").assign(hour=hours)
    return "\n".join((*told, "", text_table(table, ["hour", *(day[:3] for day in DAYS)])))


def export_times(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the week of a filter, one row for each of its 168 hours.

    Raises
    ------
    ParameterError
        All incidents are known only to their month.
    """
    require(actor, Action.EXPORT)
    found = find_times(store, actor, wanted)
    weights = found.profile.weights
    rows = pd.DataFrame(
        [
            {"day": day, "hour": hour, "incidents": round(weight, 6)}
            for day, week in zip(DAYS, weights.to_numpy().tolist(), strict=True)
            for hour, weight in enumerate(week)
        ]
    )
    notes = (
        say_times(found, wanted),
        _say_used(found.profile.incidents, found.chosen),
        *_left_out(store, reach_of(actor), wanted),
        *found.warnings,
    )
    facts = dict(found.facts)
    if not sees_statistics(actor):
        facts = {name: fact for name, fact in facts.items() if name not in {"p", "runs", "seed"}}
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    listing = Listing("Hours of the week", rows, stamp, notes=notes, name="times", facts=facts)
    return hand_out(store, actor, listing, wanted, "times", file_format)


def times_view(store: Store, actor: Actor, wanted: IncidentFilter, settings: Settings) -> TimesView:
    """Build the page of hours and days; where only months are known it says why there is none."""
    require(actor, Action.VIEW)
    count_view(store, actor, "times")
    reach = reach_of(actor)
    stamp = stamp_of(store, actor, wanted, settings)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    figures: tuple[Figure, ...] = ()
    try:
        found = find_times(store, actor, wanted)
    except ParameterError as refusal:
        part = TimesPart(sentence=str(refusal), used="")
    else:
        part = _part(found, wanted, statistics=sees_statistics(actor))
        figures = _figures(found)
    return TimesView(
        form=filter_form(store, reach, wanted),
        query=wanted.query(),
        summary=say_filter(wanted, dict(zip(wards["ward_code"], wards["ward_name"], strict=True))),
        part=part,
        figures=figures,
        left_out=_left_out(store, reach, wanted),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def say_times(found: Times, wanted: IncidentFilter) -> str:
    """Say which part of the week stands out, or why none is named."""
    incidents, peak = found.profile.incidents, found.peak
    if not incidents:
        return "No incident with a known day matches these filters."
    if wanted.hours or wanted.days:
        return "Only the chosen hours and days take part, so no part of the week is named."
    if incidents < FEWEST:
        few = say_number(incidents, "incident", "incidents")
        return f"Too few to say which hours stand out: {few} with a known time."
    if peak.p >= NAMED_BELOW:
        return "No part of the week stands out: what differs could be chance."
    return (
        f"{say_peak(peak)} {'holds' if _is_one(peak) else 'hold'} {peak.share:.0%} of the"
        f" incidents; an even week would have {peak.even_share:.0%} there."
    )


def named_hours(store: Store, wanted: IncidentFilter, incidents: pd.DataFrame) -> str:
    """Say which part of the week stands out among some incidents; nothing where none does.

    Raises
    ------
    ParameterError
        All incidents are known only to their month.
    """
    found = _judge(store, wanted, incidents)
    stands_out = found.profile.incidents >= FEWEST and found.peak.p < NAMED_BELOW
    return say_times(found, wanted) if stands_out and not (wanted.hours or wanted.days) else ""


def say_peak(peak: PeakHours) -> str:
    """Name a part of the week.

    Examples
    --------
    >>> say_peak(PeakHours(4, 2, 21, 5, 0.38, 0.06, 0.005, 199, 0))
    'Friday and Saturday, 21:00 to 02:00,'
    """
    names = [DAYS[(peak.first_day + step) % len(DAYS)] for step in range(peak.days)]
    if len(names) == len(DAYS):
        days = "Every day"
    elif len(names) == 2:  # noqa: PLR2004 - two are joined by a word
        days = " and ".join(names)
    else:
        days = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    if peak.hours == HOURS:
        return days
    until = (peak.first_hour + peak.hours) % HOURS
    return f"{days}, {_say_hour(peak.first_hour)} to {_say_hour(until)},"


def _is_one(peak: PeakHours) -> bool:
    return peak.days in {1, len(DAYS)}


def _say_hour(hour: int) -> str:
    return f"{hour:02d}:00"


def _say_used(used: int, chosen: int) -> str:
    share = f" ({used / chosen:.0%})" if chosen else ""
    return f"{used:,} of {say_number(chosen, 'incident', 'incidents')} could be used{share}."


def _left_out(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[str, ...]:
    """Say what the filter left out; a position is not needed here."""
    counts = left_out(store, reach, wanted)
    return say_left_out({name: count for name, count in counts.items() if name != "no_position"})


def _figures(found: Times) -> tuple[Figure, ...]:
    profile = found.profile
    share = f"{profile.incidents / found.chosen:.0%} of them" if found.chosen else "none"
    return (
        Figure("Incidents", f"{found.chosen:,}", "chosen by the filters"),
        Figure("With a known day", f"{profile.incidents:,}", share),
        Figure("Known only to the day", f"{profile.day_only:,}", "spread over its hours"),
    )


def _part(found: Times, wanted: IncidentFilter, *, statistics: bool) -> TimesPart:
    return TimesPart(
        sentence=say_times(found, wanted),
        used=_say_used(found.profile.incidents, found.chosen),
        chart=_chart(found.profile),
        warnings=found.warnings,
        why=_why(found) if statistics else (),
    )


def _chart(profile: AoristicProfile) -> Chart | None:
    if not profile.incidents:
        return None
    title = "Incidents by day and hour"
    rows = tuple(
        (_say_hour(hour), *(f"{weight:.1f}" for weight in profile.weights[hour]))
        for hour in range(HOURS)
    )
    sums = ("All day", *(f"{weight:.1f}" for weight in profile.weights.sum(axis=1)))
    return Chart(
        title=title,
        svg=week_svg(profile.weights.to_numpy().tolist(), title=title),
        columns=("From", *(day[:3] for day in DAYS)),
        rows=(*rows, sums),
    )


def _why(found: Times) -> tuple[tuple[str, str], ...]:
    peak = found.peak
    facts = [
        (
            "How hours are counted",
            "aoristic, London time: an incident known to an interval counts in each of its hours",
        )
    ]
    if found.profile.incidents:
        facts += [
            ("Most above its even share", say_peak(peak).rstrip(",")),
            ("Its share", f"{peak.share:.1%}; an even week would put {peak.even_share:.1%} there"),
            ("By chance alone", _say_chance(peak)),
        ]
    facts.append(("Data version", str(found.facts["data_version"])))
    return tuple(facts)


def _say_chance(peak: PeakHours) -> str:
    return (
        f"p {peak.p:.3f}: how often one of {peak.runs} even weeks of as many incidents has a part"
        f" that stands out as much (seed {peak.seed})"
    )
