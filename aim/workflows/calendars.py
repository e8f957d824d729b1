"""The calendar of one's own actions: for who signed in, or at a private address of one's own.

It says titles and days, no place and no text; what is restricted is there for those it names. The
store keeps a hash of the address alone: who loses it asks for a new one, and the old one is dead.
"""

from collections.abc import Callable
from datetime import date

from aim.access import audit_entry, require, task_reach_of
from aim.access.tokens import hash_token, make_token
from aim.config import Settings
from aim.errors import NotFoundError
from aim.exports.calendar import CALENDAR_TYPE, CalendarEntry, write_calendar
from aim.model.actions import ActionRecord, Stage
from aim.model.people import Action, Actor
from aim.model.tasks import Kept
from aim.model.times import LONDON, say_day
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.views import ExportedFile

FILE_NAME = "my-actions.ics"
_DUE = frozenset({Stage.AGREED, Stage.UNDER_WAY})
_TO_REVIEW = _DUE | {Stage.DONE}


def my_calendar(store: Store, actor: Actor, settings: Settings) -> ExportedFile:
    """Return the days of the actions the actor answers for: when they are due, and reviewed.

    Raises
    ------
    NotAllowedError
        The actor sees no actions.
    """
    require(actor, Action.VIEW_TASKS)
    count_view(store, actor, "calendar")
    own = [
        one
        for one in store.tasks(ActionRecord, task_reach_of(actor))
        if one.what.plan.owner == actor.id
    ]
    host = host_of(settings)
    entries = [entry for one in own for entry in _entries(one, host)]
    content = write_calendar(f"Actions, {settings.partnership}", entries)
    return ExportedFile(FILE_NAME, CALENDAR_TYPE, content)


def calendar_at(store: Store, settings: Settings, address: str, *, today: date) -> ExportedFile:
    """Return the calendar of a private address.

    It shows what its owner may see now: an account that was disabled shows nothing any more.

    Raises
    ------
    NotFoundError
        It is nobody's, or its owner may not come in.
    """
    name = store.calendar_account(hash_token(address))
    account = next((one for one in store.accounts() if one.id == name and one.is_active), None)
    if account is None:
        raise NotFoundError("There is no such calendar; its owner can ask for a new address.")
    actor = account.actor_on(today, limits=frozenset({Action.VIEW_TASKS}))
    return my_calendar(store, actor, settings)


def renew_calendar(store: Store, actor: Actor, *, token: Callable[[], str] = make_token) -> str:
    """Give the actor's calendar a new private address; the one before is dead at once.

    Returns
    -------
    str
        The secret part of the address, told this once.
    """
    require(actor, Action.VIEW_TASKS)
    secret = token()
    with store.transaction() as change:
        change.set_calendar_address(actor.id, hash_token(secret))
        change.record(audit_entry(actor, Action.VIEW_TASKS, what="calendar-renew"))
    return secret


def revoke_calendar(store: Store, actor: Actor) -> bool:
    """Take the actor's private address away, and tell whether there was one."""
    require(actor, Action.VIEW_TASKS)
    with store.transaction() as change:
        gone = change.revoke_calendar_address(actor.id)
        change.record(audit_entry(actor, Action.VIEW_TASKS, what="calendar-revoke", gone=gone))
    return gone


def say_calendar(store: Store, actor: Actor) -> str:
    """Say since when the actor's calendar has a private address; nothing where it has none."""
    require(actor, Action.VIEW_TASKS)
    since = store.calendar_since(actor.id)
    if since is None:
        return ""
    return f"Your private address holds since {say_day(since.astimezone(LONDON).date())}."


def host_of(settings: Settings) -> str:
    """Return how addresses of the hub begin for people elsewhere; nothing where none is set."""
    return f"https://{settings.hosts[0]}" if settings.hosts else ""


def _entries(kept: Kept[ActionRecord], host: str) -> list[CalendarEntry]:
    plan, stage = kept.what.plan, kept.what.stage
    days = [
        (plan.due if stage in _DUE else None, "due", "Due"),
        (plan.review if stage in _TO_REVIEW else None, "review", "Review"),
    ]
    return [
        CalendarEntry(
            uid=f"{kept.key}-{word}@active-intelligence-mapping",
            day=day,
            title=f"{label}: {plan.title}",
            address=f"{host}/actions/{kept.key}" if host else "",
            changed_at=kept.changed_at,
        )
        for day, word, label in days
        if day is not None
    ]
