"""The record of who did what: kept, read, checked, and taken elsewhere."""

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from aim.access import audit_entry, require
from aim.errors import ParameterError
from aim.exports import text_table
from aim.model.audit import AuditFilter, Checkpoint
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.times import london_midnight
from aim.model.words import say_clock
from aim.store import Store

SHOWN = 200
# Up to so many entries the page checks them all whenever it is opened.
CHECKED_AT_ONCE = 5_000
TALLY_ROWS = 60
LONGEST_FILTER = 500
COLUMNS = ["sequence", "at", "actor", "action", "detail"]
TAMPERED = (
    "The record was tampered with, or the store was put back without aim restore. Keep a copy of"
    " the store as it is, and look into this:"
)
WHOLE = "The record is whole: nothing was changed, deleted, reordered or cut off."


# --- recording -----------------------------------------------------------------------------------


def record_view(
    store: Store,
    actor: Actor,
    page: str,
    *,
    wanted: IncidentFilter | None = None,
    rows: int | None = None,
    reason: str = "",
    subject: str | None = None,
) -> None:
    """Put a look at rows one by one on record, before it is shown.

    Parameters
    ----------
    page
        What was opened, such as ``hotspot``.
    wanted
        The filter, where there is one: a search is a filter somebody chose.
    rows
        How many rows were shown.
    reason
        A word of ``Reason``, where one was given.
    subject
        The id of what the page is about.
    """
    detail = {
        "page": page,
        "subject": subject,
        "filter": None if wanted is None else wanted.query()[:LONGEST_FILTER],
        "rows": rows,
        "reason": reason or None,
    }
    with store.transaction() as change:
        change.record(audit_entry(actor, Action.VIEW, **detail))


def count_view(store: Store, actor: Actor, page: str) -> None:
    """Count a look at a page that shows figures only; nobody waits for it."""
    store.count_view(actor.id, page)


# --- reading -------------------------------------------------------------------------------------


def audit_filter(
    *,
    since: date | None = None,
    until: date | None = None,
    actor: str = "",
    action: str = "",
    newest: int | None = SHOWN,
) -> AuditFilter:
    """Return what is asked of the record; days are London's, the second not included.

    Examples
    --------
    >>> audit_filter(since=date(2026, 5, 1)).since.isoformat()
    '2026-04-30T23:00:00+00:00'
    """
    return AuditFilter(
        since=london_midnight(since) if since else None,
        until=london_midnight(until) if until else None,
        actor=actor,
        action=action,
        newest=newest,
    )


def audit_text(store: Store, actor: Actor, wanted: AuditFilter) -> str:
    """Return the entries asked for as plain text, oldest first."""
    require(actor, Action.READ_AUDIT)
    entries = store.audit(EVERYTHING, wanted)[COLUMNS]
    if entries.empty:
        return "No entry matches.\n"
    return text_table(entries.assign(at=entries["at"].str.slice(0, 19)))


def export_audit(store: Store, actor: Actor) -> bytes:
    """Return every entry as a line of JSON, and the checkpoint to be kept elsewhere as the last.

    That it was taken is on record, with the checkpoint's number.
    """
    require(actor, Action.READ_AUDIT)
    with store.transaction() as change:
        change.record(audit_entry(actor, Action.READ_AUDIT, what="export"))
        checkpoint = change.seal()
    entries = store.audit(EVERYTHING)
    entries = entries[entries["sequence"] <= checkpoint.sequence]
    lines = [
        json.dumps(row, ensure_ascii=False) for row in entries.astype(object).to_dict("records")
    ]
    lines.append(json.dumps({"checkpoint": checkpoint.as_plain()}))
    return ("\n".join(lines) + "\n").encode("utf-8")


def verify_audit(store: Store, actor: Actor, against: Path | None = None) -> list[str]:
    """Return what is wrong with the record, a sentence each; empty when it is whole.

    Parameters
    ----------
    against
        A file of ``aim audit export`` that was kept elsewhere.

    Raises
    ------
    ParameterError
        The file holds no checkpoint.
    """
    require(actor, Action.READ_AUDIT)
    return store.verify_audit(*(() if against is None else (read_checkpoint(against),)))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the checkpoint at the end of an exported record.

    Raises
    ------
    ParameterError
        The file cannot be read, or holds none.
    """
    try:
        last = path.read_text(encoding="utf-8").strip().rpartition("\n")[2]
        return Checkpoint.from_plain(json.loads(last)["checkpoint"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ParameterError(
            f"A checkpoint was to be read from {path}; found: {error!r}. Name a whole file that"
            " aim audit export wrote."
        ) from error


def accept_audit(store: Store, actor: Actor) -> Checkpoint:
    """Take the record as it stands for true from now on, and put that on record.

    For a store that was moved without the file beside its key, or whose faults were looked into.
    What is wrong with single entries goes on being told.
    """
    require(actor, Action.ADMINISTER)
    faults = store.verify_audit()
    with store.transaction() as change:
        change.record(audit_entry(actor, Action.READ_AUDIT, what="accept", faults=len(faults)))
    return store.accept_audit()


# --- the page ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry as the page shows it."""

    sequence: int
    when: str
    who: str
    what: str
    detail: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AuditView:
    """Everything on the auditor's page."""

    lines: tuple[AuditLine, ...]
    tally: tuple[tuple[str, str, str, str], ...]  # day, who, page, views
    actions: tuple[str, ...]
    entries: int
    checked: bool
    faults: tuple[str, ...]
    verdict: str
    full: bool  # there are more than are shown


def audit_view(
    store: Store, actor: Actor, wanted: AuditFilter, *, check: bool = False
) -> AuditView:
    """Build the auditor's page: entries, whether the record is whole, and the tally of views.

    Parameters
    ----------
    wanted
        Which entries; the newest are shown first.
    check
        Check the record whatever its length.
    """
    require(actor, Action.READ_AUDIT)
    entries = store.audit(EVERYTHING, wanted)
    newest = store.audit(EVERYTHING, AuditFilter(newest=1))["sequence"]
    count = int(newest.iloc[0]) if len(newest) else 0
    checked = check or count <= CHECKED_AT_ONCE
    faults = tuple(store.verify_audit()) if checked else ()
    return AuditView(
        lines=tuple(_line(row) for row in entries.iloc[::-1].to_dict("records")),
        tally=_tally(store),
        actions=tuple(sorted(one.name.lower().replace("_", "-") for one in Action)),
        entries=count,
        checked=checked,
        faults=faults,
        verdict=_verdict(count, faults, checked=checked),
        full=wanted.newest is not None and len(entries) == wanted.newest,
    )


def _verdict(count: int, faults: tuple[str, ...], *, checked: bool) -> str:
    if not checked:
        return f"The record has {count:,} entries and has not been checked just now."
    return TAMPERED if faults else f"{WHOLE} {count:,} entries were checked."


def _line(row: Mapping[Hashable, object]) -> AuditLine:
    detail = json.loads(str(row["detail"]))
    return AuditLine(
        sequence=int(str(row["sequence"])),
        when=say_clock(pd.Timestamp(str(row["at"]))),
        who=str(row["actor"]),
        what=str(row["action"]),
        detail=tuple((name, _say(value)) for name, value in detail.items()),
    )


def _say(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _tally(store: Store) -> tuple[tuple[str, str, str, str], ...]:
    views = store.views(EVERYTHING).head(TALLY_ROWS)
    return tuple(
        (str(row.day), str(row.actor), str(row.page), f"{row.views:,}")
        for row in views.itertuples()
    )
