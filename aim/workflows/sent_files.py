"""Files somebody sends to be read: looked at first, kept on a second word, never left lying about.

Permission is asked before a file is opened. What it is is told by its content, and what would grow
beyond reason when it is unpacked is refused before it is read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from aim.access import require
from aim.access.safe_files import CSV, EXCEL, TEXT, WORD, FileKind, kind_of_file, unpacked_size
from aim.errors import FeedFormatError, ParameterError
from aim.model.attachments import say_size
from aim.model.people import Action, Actor
from aim.model.times import LONDON, say_day
from aim.model.visits import Visit
from aim.store import Store
from aim.tasking import OfficeTable
from aim.workflows.attachments import safe_name
from aim.workflows.audit import count_view
from aim.workflows.groups import group_list
from aim.workflows.plan_papers import PlanReading, read_plan_file
from aim.workflows.tables import TableView
from aim.workflows.visits import Imported, import_track, import_visits
from aim.workflows.words import say_number

MOST_UNPACKED = 50_000_000
MOST_SHOWN = 100
_MEGABYTE = 1 << 20
GPX = FileKind("GPS track", ".gpx", "application/gpx+xml")
_TRACK_MARK, _LOOKED_AT = b"<gpx", 4_096


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file as somebody sent it: what they call it, its bytes, and the most that is taken."""

    name: str
    content: bytes
    most_mb: int = 5


@dataclass(frozen=True, slots=True)
class VisitFileView:
    """What a file of visits holds, before anything of it is kept."""

    told: str
    new: int
    visits: TableView
    refused: TableView
    notes: tuple[str, ...]
    agency: str


@dataclass(frozen=True, slots=True)
class PlanFileView:
    """What a filled plan holds, before anything of it is kept."""

    name: str
    told: str
    facts: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]
    gaps: tuple[str, ...]
    taken: bool  # whether a group of that name is there already


def look_at_visits(
    store: Store, actor: Actor, sent: FileToRead, *, now: datetime, agency: str, table: OfficeTable
) -> VisitFileView:
    """Say what would be kept of a table of visits or a GPS track, and keep nothing.

    Parameters
    ----------
    sent
        A csv file, a workbook or a GPX file.
    now
        This moment, UTC.
    agency
        Whose the visits are where the file does not say; the actor's own if empty.
    table
        The partnership's table of powers.

    Raises
    ------
    NotAllowedError
        The actor may not log visits, or not that agency's.
    FeedFormatError, ParameterError
        It is neither, too large, or ends in time to come.
    """
    found = _visits(store, actor, sent, now=now, agency=agency, table=table, keep=False)
    count_view(store, actor, "visit-file")
    new = say_number(found.added, "visit", "visits")
    return VisitFileView(
        told=f"{new} to keep; {found.known:,} known already; {len(found.rejected):,} refused.",
        new=found.added,
        visits=_visit_table(found.visits),
        refused=TableView(
            "Rows that cannot be kept",
            (("Row", True), ("Why", False)),
            tuple((str(row), why) for _, row, why in found.rejected[:MOST_SHOWN]),
        ),
        notes=found.notes,
        agency=agency,
    )


def keep_visits(
    store: Store, actor: Actor, sent: FileToRead, *, now: datetime, agency: str, table: OfficeTable
) -> Imported:
    """Keep the visits of a file that was looked at; those known already stay as they are.

    Raises
    ------
    NotAllowedError, FeedFormatError, ParameterError
        As for ``look_at_visits``.
    """
    return _visits(store, actor, sent, now=now, agency=agency, table=table, keep=True)


def look_at_plan(store: Store, actor: Actor, sent: FileToRead) -> PlanFileView:
    """Say what a filled plan would become, with every gap, and keep nothing.

    Raises
    ------
    NotAllowedError
        The actor may not keep groups or plan.
    FeedFormatError, ParameterError
        It is no plan, too large, or a text in it is longer than its box.
    """
    reading = _plan(store, actor, sent, keep=False)
    count_view(store, actor, "plan-file")
    head, content = reading.content.head, reading.content
    actions = say_number(len(content.proposals), "draft action", "draft actions")
    records = say_number(len(content.records), "record of a place", "records of places")
    facts = {
        "What it is for": head.purpose,
        "Lead agency": head.lead_agency,
        "Chair": head.chair,
        "Partners": ", ".join(head.partners),
        "Members": ", ".join(head.members),
        "Wards": ", ".join(head.wards),
        "Places": ", ".join(one.place for one in content.records),
    }
    return PlanFileView(
        name=head.name,
        told=f"A draft group with {actions} and {records}.",
        facts=tuple((label, text) for label, text in facts.items() if text),
        actions=tuple(one.title for one in content.proposals),
        gaps=reading.gaps,
        taken=any(one.what.name == head.name for one in group_list(store, actor)),
    )


def keep_plan(store: Store, actor: Actor, sent: FileToRead) -> PlanReading:
    """Keep a filled plan that was looked at, as a draft group.

    Raises
    ------
    NotAllowedError, FeedFormatError, ParameterError
        As for ``look_at_plan``.
    ConflictError
        There is a group of that name already.
    """
    return _plan(store, actor, sent, keep=True)


def _plan(store: Store, actor: Actor, sent: FileToRead, *, keep: bool) -> PlanReading:
    require(actor, Action.KEEP_GROUPS)
    require(actor, Action.PLAN_TASKS)
    with _at_hand(sent, WORD) as path:
        return read_plan_file(store, actor, path, keep=keep)


def _visits(
    store: Store,
    actor: Actor,
    sent: FileToRead,
    *,
    now: datetime,
    agency: str,
    table: OfficeTable,
    keep: bool,
) -> Imported:
    require(actor, Action.DO_TASKS)
    kind = _kind_of(sent)
    with _at_hand(sent, kind) as path:
        if kind is GPX:
            return import_track(store, actor, path, now=now, agency=agency, dry_run=not keep)
        return import_visits(
            store, actor, path, now=now, agency=agency, dry_run=not keep, table=table
        )


def _kind_of(sent: FileToRead) -> FileKind:
    if _TRACK_MARK in sent.content[:_LOOKED_AT]:
        return GPX
    kind = kind_of_file(sent.content, sent.name)
    if kind not in {CSV, TEXT, EXCEL}:
        raise FeedFormatError(
            f"{sent.name} was sent as visits; it is a {kind.name}. Send a csv file, an Excel"
            " workbook or a GPX track."
        )
    return kind


@contextmanager
def _at_hand(sent: FileToRead, kind: FileKind) -> Iterator[Path]:
    """Give a file as long as it is read; nothing of it stays."""
    if len(sent.content) > sent.most_mb * _MEGABYTE:
        raise ParameterError(
            f"A file of {say_size(len(sent.content))} was sent; {sent.most_mb} MB are taken at"
            " most. Send it in parts."
        )
    if unpacked_size(sent.content) > MOST_UNPACKED:
        raise ParameterError(
            f"{sent.name} is larger than {MOST_UNPACKED // 1_000_000} MB when it is unpacked. Send"
            " it in parts."
        )
    with TemporaryDirectory(prefix="aim-") as folder:
        path = Path(folder) / safe_name(sent.name, kind)
        path.write_bytes(sent.content)
        yield path


def _visit_table(visits: tuple[Visit, ...]) -> TableView:
    columns = ("When", False), ("Place", False), ("Minutes", True), ("Agency", False)
    return TableView(
        "Visits in the file",
        (*columns, ("What was done", False)),
        tuple(
            (_say_when(one.at), one.site.name, str(one.minutes), one.agency, one.done)
            for one in visits[:MOST_SHOWN]
        ),
    )


def _say_when(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{say_day(local.date())}, {local:%H:%M}"
