"""Small records the store hands out: deliveries, boundary sets, saved runs."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from aim.model.breaks import Break


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is known of one file before it is written: the store counts the rest."""

    feed: str
    source: str
    agency: str
    file_name: str
    file_sha256: str
    replaces: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery as the store keeps it.

    ``read = added + unchanged + updated + rejected``; withdrawn rows are rows of an earlier edition
    that this one replaced and no longer holds.
    """

    batch_id: str
    feed: str
    source: str
    agency: str
    file_name: str
    file_sha256: str
    received_at: datetime
    actor: str
    read: int
    added: int
    unchanged: int
    updated: int
    withdrawn: int
    rejected: int
    state: str  # "current" or "undone"
    replaces: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WardSet:
    """One vintage of boundaries."""

    name: str
    areas: int
    current: bool
    loaded_at: datetime
    file_name: str
    attribution: str


@dataclass(frozen=True, slots=True)
class PlaceSet:
    """One loaded set of places: postcodes, properties, streets or landmarks."""

    name: str
    places: int
    loaded_at: datetime
    file_name: str
    attribution: str


@dataclass(frozen=True, slots=True)
class SavedBreak:
    """One entry of the register of events, with who made it and when."""

    number: int
    entry: Break
    actor: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the store holds of one source."""

    source: str
    feed: str
    agency: str
    incidents: int
    first_day: date
    complete_to: date  # the last London day this source is complete to
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Incidents that met every other filter and were left out for one reason, counted."""

    no_position: int = 0
    outside_wards: int = 0
    period_unclear: int = 0  # month-only rows whose month is only partly in the period
    hour_unknown: int = 0  # rows not known to the minute, where hours were asked for
    day_unknown: int = 0  # rows known only to the month, where days were asked for
    held: int = 0  # rows of an edition held beside the same agency's dated one

    def as_dict(self) -> dict[str, int]:
        """Return the counts by reason."""
        return {
            "no_position": self.no_position,
            "outside_wards": self.outside_wards,
            "period_unclear": self.period_unclear,
            "hour_unknown": self.hour_unknown,
            "day_unknown": self.day_unknown,
            "held": self.held,
        }


@dataclass(frozen=True, slots=True)
class SavedRun:
    """The head of a saved hotspot run."""

    run_id: str
    made_at: datetime
    actor: str
    data_version: int
    program_version: str
    parameters: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    hotspots: int = 0


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was removed for good."""

    rows: int = 0
    earlier: int = 0  # earlier contents of rows
    members: int = 0  # of saved runs
    links: int = 0
    deliveries: int = 0  # that held some of the rows
