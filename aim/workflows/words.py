"""Sentences people read: filters, changes, what was left out, parameters."""

from collections.abc import Mapping
from typing import Any

from aim.model.filters import DAYS, CountLinked, IncidentFilter
from aim.model.hotspots import Change, HotspotRun
from aim.model.types import read_taxonomy
from aim.workflows.chance_words import say_test
from aim.workflows.periods import period_of
from aim.workflows.stability_words import say_stability

_LEFT_OUT = {
    "no_position": ("has no position", "have no position"),
    "outside_wards": ("lies outside the wards", "lie outside the wards"),
    "period_unclear": (
        "is known only to a month that is partly in the period",
        "are known only to a month that is partly in the period",
    ),
    "hour_unknown": ("has no clock time", "have no clock time"),
    "day_unknown": ("has no day", "have no day"),
    "held": (
        "comes from a second file of its agency for the same months",
        "come from a second file of their agency for the same months",
    ),
    "repeats": (
        "reports an event that another report here stands for",
        "report events that other reports here stand for",
    ),
    "default_points": (
        "stands where its sender puts what it cannot locate",
        "stand where their sender puts what it cannot locate",
    ),
}
_FATE = {
    "no_position": "counted here, not mapped",
    "default_points": "counted, but in no hotspot",
}
COUNTING = {
    CountLinked.CONFIRMED: "Confirmed ones count once",
    CountLinked.ONCE: "Likely ones count once",
    CountLinked.AS_REPORTED: "Every report counts",
}
_COUNTED = {
    CountLinked.ONCE: "likely repeats counted once",
    CountLinked.AS_REPORTED: "every report counted",
}
CHANGE_WORDS = {
    Change.NEW: "New",
    Change.UP: "Up",
    Change.STEADY: "Steady",
    Change.DOWN: "Down",
    Change.TOO_FEW: "Too few to say",
}
NOT_COMPARED = "Not compared"


def say_number(count: int, one: str, many: str) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> say_number(1200, "incident", "incidents")
    '1,200 incidents'
    """
    return f"{count:,} {one if count == 1 else many}"


def say_left_out(left_out: Mapping[str, int]) -> tuple[str, ...]:
    """Say what a filter left out, reason by reason; nothing where nothing was.

    Examples
    --------
    >>> say_left_out({"no_position": 2, "hour_unknown": 0})
    ('2 incidents have no position and are counted here, not mapped.',)
    """
    told = []
    for reason, count in left_out.items():
        if count:
            verb = _LEFT_OUT[reason][0 if count == 1 else 1]
            fate = _FATE.get(reason, "left out")
            be = "is" if count == 1 else "are"
            told.append(f"{say_number(count, 'incident', 'incidents')} {verb} and {be} {fate}.")
    return tuple(told)


def say_filter(wanted: IncidentFilter, ward_names: Mapping[str, str]) -> str:
    """Write a filter as a sentence.

    Examples
    --------
    >>> say_filter(IncidentFilter(types=("asb",)), {})
    'Anti-social behaviour and disorder, all wards, all dates'
    """
    taxonomy = read_taxonomy()
    types = ", ".join(taxonomy.name(slug) for slug in wanted.types) or "All types"
    wards = ", ".join(ward_names.get(code, code) for code in wanted.wards) or "all wards"
    parts = [types, wards, say_period(wanted)]
    if wanted.sources:
        parts.append(f"source {', '.join(wanted.sources)}")
    if wanted.hours:
        parts.append(f"{wanted.hours[0]:02d}:00 to {(wanted.hours[-1] + 1) % 24:02d}:00")
    if wanted.days:
        parts.append(", ".join(DAYS[day].capitalize() for day in wanted.days))
    if wanted.area:
        parts.append(f"area {wanted.area}")
    if wanted.include_outside:
        parts.append("with incidents outside the wards")
    parts += [_COUNTED[wanted.count_linked]] if wanted.count_linked in _COUNTED else []
    return ", ".join(parts)


def say_period(wanted: IncidentFilter) -> str:
    """Write a filter's period.

    Examples
    --------
    >>> say_period(IncidentFilter())
    'all dates'
    """
    period = period_of(wanted)
    if period:
        return period.say()
    if wanted.since:
        return f"since {wanted.since.isoformat()}"
    if wanted.until:
        return f"before {wanted.until.isoformat()}"
    return "all dates"


def say_parameters(run: HotspotRun) -> str:
    """Write how a run was made, in one line.

    Every result is printed with it.
    """
    asked = run.parameters
    chosen = f"{run.min_samples} (auto)" if asked.min_samples == "auto" else str(run.min_samples)
    split = (
        f"hotspots wider than {asked.largest_radius_m:g} m split"
        if asked.split
        else "plain DBSCAN, no splitting"
    )
    within = ", wards clustered alone" if asked.cluster_within else ""
    return f"eps {asked.eps_m:g} m, min-samples {chosen}, {split}{within}"


def run_notes(run: HotspotRun, wanted: IncidentFilter) -> tuple[str, ...]:
    """Return how a run was made, what took part and what did not, as lines."""
    return (
        say_parameters(run),
        f"{say_filter(wanted, {})}: {run.facts['incidents']:,} incidents took part",
        str(run.facts["compared"]),
        *say_left_out(run.facts["left_out"]),
        *run.warnings,
        *say_test(run),
        *say_stability(run),
    )


def say_sources(by_source: str) -> str:
    """Return the sources of a hotspot without their counts.

    Examples
    --------
    >>> say_sources("norbeck-police 12; wardens 3")
    'norbeck-police, wardens'
    """
    return ", ".join(part.rsplit(" ", 1)[0] for part in by_source.split("; ") if part)


def say_corroborated(found: Mapping[str, Any], *, every: bool = False) -> str:
    """Say how many sources tell of the same events in a hotspot; empty where none do.

    Parameters
    ----------
    found
        ``events`` and ``sources``, as a run's facts hold them for one hotspot.
    every
        Name the sources.

    Examples
    --------
    >>> say_corroborated({"events": 3, "sources": ["norbeck-police", "wardens"]})
    '2 sources agree on 3 events'
    """
    if not found:
        return ""
    told = (
        f"{say_number(len(found['sources']), 'source', 'sources')} agree on"
        f" {say_number(found['events'], 'event', 'events')}"
    )
    return f"{told}: {', '.join(found['sources'])}" if every else told
