"""Files that leave the hub: exactly what the screen shows, stamped and on record."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aim.access import audit_entry, hide_sensitive_places, reach_of, require
from aim.config import Settings
from aim.exports import (
    EXPORTERS,
    Listing,
    exporter_for,
    listing_of_hotspots,
    listing_of_incidents,
    text_table,
    write_listing,
    write_whole,
)
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.incidents import LISTED_COLUMNS
from aim.model.people import Action, Actor, Reach
from aim.store import Store
from aim.workflows.agreements import checked_reason, for_taking_away
from aim.workflows.being_done import with_doing_column
from aim.workflows.counting import count_by, counted_incidents, left_out, uncounted
from aim.workflows.doubts import doubts_within
from aim.workflows.harm import harm_judges
from aim.workflows.hotspots import Judge, find_hotspots
from aim.workflows.past_words import with_past
from aim.workflows.stamps import stamp_of
from aim.workflows.trends import trend_table
from aim.workflows.views import ExportedFile
from aim.workflows.words import run_notes, say_filter, say_left_out

__all__ = [
    "export_formats",
    "export_hotspots",
    "export_incidents",
    "export_trends",
    "export_wards",
    "hand_out",
    "run_text",
    "trend_text",
    "write_whole",
]


def export_hotspots(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    file_format: str,
    made: date,
    save: bool = False,
    judges: Sequence[Judge] = (),
) -> ExportedFile:
    """Write the hotspots a filter shows to a file of any format in ``EXPORTERS``.

    Raises
    ------
    ExportError
        No exporter has that name.
    """
    require(actor, Action.EXPORT)
    every = (*judges, *harm_judges(settings))
    run = find_hotspots(store, actor, wanted, parameters, save=save, judges=every)
    stamp = stamp_of(store, actor, wanted, settings, made=made, feeds=run.facts["feeds"])
    told = with_doing_column(store, actor, with_past(run))
    listing = replace(listing_of_hotspots(told, stamp), notes=run_notes(run, wanted))
    return hand_out(store, actor, listing, wanted, "hotspots", file_format)


def export_incidents(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    file_format: str,
    made: date,
    reason: str = "",
) -> ExportedFile:
    """Write the incidents a filter chooses: no free text, and no place of a sensitive one.

    Rows that their agreement does not allow to be handed on are left out, and the file says so.

    Parameters
    ----------
    reason
        A word of ``Reason``, for the record; some agreements ask for one.

    Raises
    ------
    ReasonNeededError
        The agreement of a source shown asks for a reason and none was given.
    """
    require(actor, Action.EXPORT)
    carrier, left_behind = for_taking_away(store, actor)
    reach = reach_of(carrier)
    incidents = hide_sensitive_places(
        counted_incidents(store, reach, wanted, columns=LISTED_COLUMNS)
    )
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    notes = (*_said_of_repeats(store, reach, wanted), *left_behind)
    given = checked_reason(store, actor, incidents["source"].unique(), reason)
    listing = listing_of_incidents(incidents, stamp, facts=_asked(wanted), notes=notes)
    return hand_out(store, actor, listing, wanted, "incidents", file_format, reason=given)


def export_trends(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    by: str,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write counts by month, ward, type or source."""
    require(actor, Action.EXPORT)
    counts = trend_table(store, actor, wanted, by=by)
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    listing = Listing(
        f"Incidents by {by}",
        counts,
        stamp,
        notes=_said_of_counts(store, reach_of(actor), wanted),
        name="trends",
        facts=_asked(wanted),
    )
    return hand_out(store, actor, listing, wanted, f"trends-by-{by}", file_format)


def export_wards(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the wards with the incidents a filter chooses in each."""
    require(actor, Action.EXPORT)
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    counts = count_by(store, reach, wanted, by=("ward_code",))
    per_ward = counts.set_index("ward_code")["incidents"]
    counted = wards.assign(incidents=wards["ward_code"].map(per_ward).fillna(0).astype("int64"))
    if wanted.wards:
        counted = counted[counted["ward_code"].isin(wanted.wards)]
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    notes = _said_of_counts(store, reach, wanted)
    listing = Listing("Wards", counted, stamp, notes=notes, name="wards", facts=_asked(wanted))
    return hand_out(store, actor, listing, wanted, "wards", file_format)


def _asked(wanted: IncidentFilter) -> dict[str, object]:
    return {"filter": wanted.words()}


def _said_of_repeats(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[str, ...]:
    return say_left_out({"repeats": len(uncounted(store, reach, wanted))})


def _said_of_counts(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[str, ...]:
    return (*_said_of_repeats(store, reach, wanted), *doubts_within(store, reach, wanted))


def run_text(run: HotspotRun, wanted: IncidentFilter) -> str:
    """Return a run as plain text for a terminal: parameters first, then six plain columns."""
    head = "\n".join(run_notes(run, wanted))
    return (
        f"{head}\n\n{text_table(run)}" if len(run.hotspots) else f"{head}\n\nNo hotspots found.\n"
    )


def trend_text(store: Store, actor: Actor, wanted: IncidentFilter, *, by: str) -> str:
    """Return counts as plain text for a terminal, with what they count above them."""
    counts = trend_table(store, actor, wanted, by=by)
    reach = reach_of(actor)
    told = (*say_left_out(left_out(store, reach, wanted)), *doubts_within(store, reach, wanted))
    head = "\n".join((say_filter(wanted, {}), *told))
    return f"{head}\n\n{text_table(counts)}"


def export_formats() -> tuple[str, ...]:
    """Return the formats a list can be written in."""
    return tuple(EXPORTERS)


def hand_out(  # noqa: PLR0917 - one place builds and records every file
    store: Store,
    actor: Actor,
    listing: Listing,
    wanted: IncidentFilter,
    name: str,
    file_format: str,
    *,
    reason: str = "",
) -> ExportedFile:
    """Write a list, put it on record with its hash, and give it out."""
    content = write_listing(listing, file_format)
    exporter = exporter_for(file_format)
    with store.transaction() as change:
        change.record(
            audit_entry(
                actor,
                Action.EXPORT,
                list=name,
                format=file_format,
                rows=len(listing.rows),
                filter=wanted.query()[:500],
                sha256=hashlib.sha256(content).hexdigest(),
                reason=reason or None,
            )
        )
    return ExportedFile(f"{name}{exporter.suffix}", exporter.media_type, content)
