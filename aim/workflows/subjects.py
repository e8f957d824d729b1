"""Answering a person about their own data, by the reference the sender knows them under."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field

import pandas as pd

from aim.access import audit_entry, require
from aim.errors import NotFoundError
from aim.model.actions import ActionRecord
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.records import Erased
from aim.model.tasks import EventKind, TaskEvent
from aim.store import Store
from aim.workflows.words import say_number

_REFERENCE = "plan.case_reference"


@dataclass(frozen=True, slots=True)
class SubjectFound:
    """What the store keeps under a reference; the frames as ``Store.of_reference`` has them.

    ``files`` are the numbers of files attached to actions with that case system reference, by the
    number of the action: they are told by how many there are, for others may stand in them too.
    """

    reference: str
    rows: pd.DataFrame
    refused: pd.DataFrame
    files: dict[str, list[int]] = field(default_factory=dict)

    @property
    def file_count(self) -> int:
        """How many files there are."""
        return sum(map(len, self.files.values()))

    def lines(self) -> list[str]:
        """Say what there is, without repeating what the rows say."""
        said = []
        for (source, state), rows in self.rows.groupby(["source", "state"]):
            months = sorted(rows["occurred_from"].dt.strftime("%Y-%m").unique())
            said.append(f"{source}: {len(rows)} {state}, {', '.join(months)}")
        said += [
            f"refused row {row} of delivery {batch}"
            for batch, row in zip(self.refused["batch_id"], self.refused["row"], strict=True)
        ]
        if self.files:
            said.append(f"attached to actions: {say_number(self.file_count, 'file', 'files')}")
        return said


def find_subject(store: Store, actor: Actor, reference: str, *, source: str = "") -> SubjectFound:
    """Find everything kept under a sender's reference, also earlier contents and refused rows.

    Parameters
    ----------
    reference
        As the sender wrote it; spaces are folded.
    source
        Only rows of this source.

    Raises
    ------
    NotFoundError
        Nothing is kept under that reference.
    """
    require(actor, Action.ANSWER_SUBJECT)
    found = _find(store, reference, source)
    _record(store, actor, found, "find", source)
    return found


def export_subject(store: Store, actor: Actor, reference: str, *, source: str = "") -> bytes:
    """Return everything kept under a reference as JSON, to be handed to the person."""
    require(actor, Action.ANSWER_SUBJECT)
    found = _find(store, reference, source)
    told = {
        "reference": found.reference,
        "rows": _plain(found.rows),
        "refused_rows": _plain(found.refused),
        "attached_files": found.file_count,
    }
    content = (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    _record(store, actor, found, "export", source, sha256=digest)
    return content


def erase_subject(store: Store, actor: Actor, reference: str, *, source: str = "") -> Erased:
    """Erase everything kept under a reference for good; it is not taken in again.

    The audit chain keeps counts and a keyed hash of the reference; saved runs lose the members
    and say how many.
    """
    require(actor, Action.ANSWER_SUBJECT)
    found = _find(store, reference, source)
    with store.transaction() as change:
        gone = change.erase(found.rows["incident_id"].unique().tolist(), remember=True)
        cleared = change.clear_rejected(source, reference=found.reference)
        for key, numbers in found.files.items():
            change.remove_attachments(ActionRecord, key, numbers)
            event = TaskEvent(EventKind.REMOVED, "Erased for good")
            change.note_task(ActionRecord, key, event, actor=actor.id)
        change.record(
            audit_entry(
                actor,
                Action.ANSWER_SUBJECT,
                what="erase",
                reference=_mark(store, found.reference),
                source=source or None,
                rows=gone.rows,
                earlier=gone.earlier,
                members=gone.members,
                rejected=cleared,
                files=found.file_count,
            )
        )
    return gone


def _find(store: Store, reference: str, source: str) -> SubjectFound:
    plain = " ".join(reference.split())
    rows, refused = store.of_reference(plain, EVERYTHING, source=source)
    files = {} if source else store.tasks_with_files(ActionRecord, {_REFERENCE: plain})
    if rows.empty and refused.empty and not files:
        where = f"source {source}" if source else "any source"
        raise NotFoundError(
            f"Nothing is kept under that reference in {where}. Write it as the sender does; a row"
            " that came without one can be found only by its day and place."
        )
    return SubjectFound(plain, rows, refused, files)


def _record(
    store: Store, actor: Actor, found: SubjectFound, what: str, source: str, **detail: str
) -> None:
    with store.transaction() as change:
        change.record(
            audit_entry(
                actor,
                Action.ANSWER_SUBJECT,
                what=what,
                reference=_mark(store, found.reference),
                source=source or None,
                rows=len(found.rows),
                rejected=len(found.refused),
                **detail,
            )
        )


def _mark(store: Store, reference: str) -> str:
    """Return a keyed hash: the record can be matched with a reference, not read for one."""
    said = hmac.new(store.key, b"aim subject " + reference.encode("utf-8"), hashlib.sha256)
    return said.hexdigest()[:32]


def _plain(rows: pd.DataFrame) -> list[dict[str, object]]:
    times = {
        name: rows[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        for name in rows.columns
        if isinstance(rows[name].dtype, pd.DatetimeTZDtype)
    }
    filled = rows.assign(**times).astype(object)
    plain = filled.where(filled.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in plain]
