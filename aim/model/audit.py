"""One line of the record of who did what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Ids, hashes, counts and words of our own tables; never free text.
Detail = Mapping[str, str | int | float | bool | tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What the doorkeeper asks the store to remember; the store adds number, time and seal.

    Examples
    --------
    >>> AuditEntry(actor="local-analyst", action="ingest", detail={"batch": "b1"}).detail["batch"]
    'b1'
    """

    actor: str
    action: str
    detail: Detail = field(default_factory=dict)
