"""Files attached to actions: taken by what is in them, kept without what cameras add, handed out.

Who may know of an action may read its files, nobody else. The history says that a file came and
went, never what it was called: a name may say too much, and the history is kept for good.
"""

import hashlib
import re
import unicodedata

from aim.access import audit_entry, is_allowed, require, task_reach_of
from aim.access.safe_files import KINDS, FileKind, kind_of_file, without_metadata
from aim.errors import NotAllowedError, ParameterError
from aim.model.actions import ActionRecord
from aim.model.attachments import Attachment, say_size
from aim.model.audit import AuditEntry
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, TaskEvent
from aim.model.times import LONDON, say_day
from aim.store import Store
from aim.workflows.plans import clean
from aim.workflows.task_views import FileLine
from aim.workflows.views import ExportedFile

MOST_FILES = 20
LONGEST_NAME = 80
_UNSAFE = re.compile(r"[^0-9A-Za-z ._()\[\]-]+")
_MEGABYTE = 1 << 20


def attach_file(
    store: Store, actor: Actor, key: str, name: str, content: bytes, *, most_mb: int
) -> Attachment:
    """Attach a file to an action.

    Parameters
    ----------
    key
        Of the action.
    name
        What the sender calls the file; contact details in it are masked.
    content
        Its bytes; they alone say what it is.
    most_mb
        The largest that is taken, megabytes.

    Returns
    -------
    Attachment
        As kept: of a picture without place, time and whose camera it was.

    Raises
    ------
    NotAllowedError, NotFoundError
        The actor may not do actions, or may not know of this one.
    ParameterError
        It is empty, too large, of no kind that is taken, or one too many.
    """
    require(actor, Action.DO_TASKS)
    held = store.attachments(ActionRecord, key, task_reach_of(actor))
    if len(held) >= MOST_FILES:
        raise ParameterError(
            f"A file was to be attached; the action has {MOST_FILES} already. Take one out first."
        )
    if len(content) > most_mb * _MEGABYTE:
        raise ParameterError(
            f"A file of {say_size(len(content))} was to be attached; {most_mb} MB are taken at"
            " most. Attach a smaller copy."
        )
    kind = kind_of_file(content, name)
    kept = without_metadata(content, kind)
    digest = hashlib.sha256(kept).hexdigest()
    with store.transaction() as change:
        found = change.attach(
            ActionRecord,
            key,
            kept,
            name=safe_name(name, kind),
            media_type=kind.media_type,
            sha256=digest,
            actor=actor.id,
        )
        words = f"File {found.number}: {kind.name}, {say_size(found.size)}"
        change.note_task(ActionRecord, key, TaskEvent(EventKind.ATTACHED, words), actor=actor.id)
        change.record(_entry(actor, key, found, "attach"))
    return found


def attached_file(store: Store, actor: Actor, key: str, number: int) -> ExportedFile:
    """Hand out a file of an action, on record.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of the action.
    """
    require(actor, Action.VIEW_TASKS)
    found, content = store.attached(ActionRecord, key, number, task_reach_of(actor))
    with store.transaction() as change:
        change.record(_entry(actor, key, found, "hand-out", Action.VIEW_TASKS))
    return ExportedFile(found.name, found.media_type, content)


def remove_file(store: Store, actor: Actor, key: str, number: int) -> None:
    """Take a file out for good; who attached it may, and who plans actions.

    Raises
    ------
    NotAllowedError, NotFoundError
        The actor may not, or there is no such file.
    """
    require(actor, Action.DO_TASKS)
    found, _ = store.attached(ActionRecord, key, number, task_reach_of(actor))
    if not _may_remove(actor, found):
        raise NotAllowedError(
            f"{actor.id} may not take out file {number}: {found.actor} attached it. Ask them, or"
            " who plans the action."
        )
    with store.transaction() as change:
        change.remove_attachments(ActionRecord, key, [number])
        event = TaskEvent(EventKind.REMOVED, f"File {number}")
        change.note_task(ActionRecord, key, event, actor=actor.id)
        change.record(_entry(actor, key, found, "take-out"))


def file_lines(store: Store, actor: Actor, key: str) -> tuple[FileLine, ...]:
    """Return what the page of an action says of its files."""
    names = {kind.media_type: kind.name for kind in KINDS}
    return tuple(
        FileLine(
            one.number,
            one.name,
            f"{names[one.media_type]}, {say_size(one.size)}, {one.actor}, "
            f"{say_day(one.at.astimezone(LONDON).date())}",
            _may_remove(actor, one),
        )
        for one in store.attachments(ActionRecord, key, task_reach_of(actor))
    )


def safe_name(name: str, kind: FileKind) -> str:
    """Return a file's name as it can be handed out: plain signs, its kind's ending, no details.

    Examples
    --------
    >>> from aim.access.safe_files import PDF
    >>> safe_name("Café: plan.exe", PDF)
    'Cafe_ plan.exe.pdf'
    """
    plain = unicodedata.normalize("NFKD", clean(name[:LONGEST_NAME], "title"))
    ascii_only = "".join(sign for sign in plain if not unicodedata.combining(sign))
    safe = _UNSAFE.sub("_", ascii_only).strip(" .") or "file"
    return safe if safe.casefold().endswith(kind.suffix) else f"{safe}{kind.suffix}"


def _may_remove(actor: Actor, found: Attachment) -> bool:
    return is_allowed(actor, Action.PLAN_TASKS) or found.actor == actor.id


def _entry(
    actor: Actor, key: str, found: Attachment, what: str, action: Action = Action.DO_TASKS
) -> AuditEntry:
    return audit_entry(actor, action, task=key, what=what, file=found.number, sha256=found.sha256)
