"""The register of events after which a feed's numbers mean something else."""

from dataclasses import replace

from aim.access import audit_entry, reach_of, require
from aim.feeds import mask_text
from aim.model.breaks import Break
from aim.model.people import Action, Actor
from aim.model.records import SavedBreak
from aim.store import Store


def add_break(store: Store, actor: Actor, entry: Break) -> SavedBreak:
    """Enter an event; comparisons across its day carry a warning from now on."""
    require(actor, Action.REGISTER)
    note, _ = mask_text(entry.note)
    with store.transaction() as change:
        saved = change.add_break(replace(entry, note=note), actor=actor.id)
        change.record(
            audit_entry(actor, Action.REGISTER, number=saved.number, day=entry.day.isoformat())
        )
    return saved


def remove_break(store: Store, actor: Actor, number: int) -> SavedBreak:
    """Take an event out of the register; both acts stay on record.

    Raises
    ------
    NotFoundError
        No event has that number.
    """
    require(actor, Action.REGISTER)
    with store.transaction() as change:
        removed = change.remove_break(number)
        change.record(audit_entry(actor, Action.REGISTER, number=number, state="removed"))
    return removed


def break_list(store: Store, actor: Actor) -> list[SavedBreak]:
    """Return the register, by day."""
    require(actor, Action.VIEW)
    return store.breaks(reach_of(actor))
