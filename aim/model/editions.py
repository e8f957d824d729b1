"""Two editions of one agency's records: which counts where both cover a month.

The police publish each month's incidents without dates and with points moved to map points, and
hand the partnership a dated extract of the same incidents. Counting both would count every
incident twice. The dated one counts; the other is held as a comparator, never deleted.

A month is covered where the extract reaches into both its first and its last days, told apart by
what a row is: an extract of crimes alone leaves the published anti-social behaviour counting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aim.model.types import UNCLASSIFIED, read_taxonomy

# The feed that is held, and the one that counts before it.
COUNTS_BEFORE: Mapping[str, str] = {"police-uk": "police-extract"}
# A month is covered by rows on or before the one day and on or after the other.
COVERED_FROM, COVERED_TO = 10, 20

# Types of the theme that are published as crimes.
_CRIMES = frozenset({"criminal-damage-and-arson", "public-order", "deliberate-secondary-fire"})


class Part(StrEnum):
    """The two parts in which an agency's records are kept and delivered."""

    ASB = "anti-social behaviour"
    CRIME = "crime"


@dataclass(frozen=True, slots=True, order=True)
class HeldMonth:
    """A month of one feed that is held because another feed of the agency counts."""

    feed: str
    agency: str
    part: Part
    month: str  # 2026-04
    counted: str  # the feed that counts


def asb_types() -> frozenset[str]:
    """Return the types that are anti-social behaviour and no crime.

    Examples
    --------
    >>> "street-drinking" in asb_types(), "public-order" in asb_types()
    (True, False)
    """
    return frozenset(read_taxonomy().opened("asb")) - _CRIMES


def part_of(incident_type: str) -> Part | None:
    """Return the part a type belongs to; None where the type says nothing.

    Examples
    --------
    >>> part_of("burglary").value, part_of("unclassified")
    ('crime', None)
    """
    if incident_type == UNCLASSIFIED:
        return None
    return Part.ASB if incident_type in asb_types() else Part.CRIME


def types_of(part: Part) -> tuple[str, ...]:
    """Return the types of a part, sorted.

    Examples
    --------
    >>> "burglary" in types_of(Part.CRIME), "unclassified" in types_of(Part.CRIME)
    (True, False)
    """
    return tuple(sorted(slug for slug in read_taxonomy().types if part_of(slug) == part))
