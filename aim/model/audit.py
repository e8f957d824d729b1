"""The record of who did what: one line of it, what is asked of it, and a seal kept elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

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


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for; what is None or empty is no limit.

    Attributes
    ----------
    since, until
        UTC moments, the first included and the second not.
    actor, action
        An account's name; an action's word, such as ``ingest``.
    newest
        At most so many, the newest of those that match.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    newest: int | None = None


EVERY_ENTRY = AuditFilter()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the chain at one moment, sealed with the store's key.

    Kept where those who can write the store cannot, it shows that entries were cut off later: the
    chain must still hold entry ``sequence`` with the seal ``entry_seal``.

    Attributes
    ----------
    store
        The name the store gave itself when it was made.
    sequence
        How many entries the chain held; 0 for none.
    entry_seal
        The seal of the last of them.
    at
        When the checkpoint was made, ISO 8601, UTC.
    seal
        The keyed hash over all of this.

    Examples
    --------
    >>> made = Checkpoint("3f2a", 2, "ab" * 32, "2026-05-04T09:00:00+00:00", "cd" * 32)
    >>> Checkpoint.from_plain(made.as_plain()) == made
    True
    """

    store: str
    sequence: int
    entry_seal: str
    at: str
    seal: str

    def as_plain(self) -> dict[str, str | int]:
        """Return the fields by name, for JSON."""
        return {name: getattr(self, name) for name in CHECKPOINT_FIELDS}

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> "Checkpoint":
        """Build a checkpoint from what ``as_plain`` gave.

        Raises
        ------
        KeyError, ValueError
            A field is missing, or the number is none.
        """
        texts = {name: str(plain[name]) for name in CHECKPOINT_FIELDS if name != "sequence"}
        return cls(sequence=int(str(plain["sequence"])), **texts)


CHECKPOINT_FIELDS = ("store", "sequence", "entry_seal", "at", "seal")
