"""The letter about one's own work: what is due, what is late, what is new, what was decided.

Each person is written what their own pages would show them, as titles and addresses. A restricted
action is written of without its title: a letter may lie open where a page does not.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from aim.access import audit_entry, is_allowed, require, task_reach_of
from aim.config import Settings
from aim.exchange import Letter, send_letters
from aim.model.accounts import Account
from aim.model.actions import OPEN_STAGES, ActionRecord
from aim.model.groups import Meeting
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept
from aim.model.times import LONDON, say_day
from aim.store import Store
from aim.workflows.calendars import host_of
from aim.workflows.ward_mail import Sent, mail_server_of
from aim.workflows.words import say_number

DAYS = 7
RESTRICTED = "A restricted action"
_HEADINGS = {
    "late": "Overdue",
    "due": f"Due in the next {DAYS} days",
    "new": f"Yours since {DAYS} days",
    "decided": "What meetings decided",
}


@dataclass(frozen=True, slots=True)
class Digest:
    """One letter, with the account it goes to and how much stands in it."""

    account: str
    lines: int
    letter: Letter


def digest_letters(
    store: Store, actor: Actor, settings: Settings, *, today: date
) -> tuple[list[Digest], tuple[tuple[str, str], ...]]:
    """Write the letters without sending them.

    Parameters
    ----------
    today
        London day; the seven days before it and after it count.

    Returns
    -------
    letters, left_out
        One for each person with an address who has something to be told; the others who do
        actions, with the reason.

    Raises
    ------
    NotAllowedError
        The actor does not administer the hub.
    """
    require(actor, Action.ADMINISTER)
    letters, left_out = [], []
    for account in store.accounts():
        reader = account.actor_on(today)
        if not is_allowed(reader, Action.VIEW_TASKS):
            continue
        told = _told(store, reader, host_of(settings), today)
        reason = _why_not(account, told)
        if reason:
            left_out.append((account.id, reason))
        else:
            letters.append(_letter(account, settings, told))
    return letters, tuple(left_out)


def send_digests(store: Store, actor: Actor, settings: Settings, *, today: date) -> Sent:
    """Send everybody the letter about their own work, on record before it leaves.

    Raises
    ------
    ConfigError
        No server is set, or the hub may not open lines.
    NotAllowedError, ExportError
        As ``digest_letters`` and ``aim.exchange.mail.send_letters``.
    """
    require(actor, Action.ADMINISTER)
    server = mail_server_of(settings)
    letters, left_out = digest_letters(store, actor, settings, today=today)
    with store.transaction() as changes:
        for one in letters:
            sha256 = hashlib.sha256(one.letter.text.encode("utf-8")).hexdigest()
            said = {"what": "digest", "account": one.account, "sha256": sha256}
            changes.record(audit_entry(actor, Action.ADMINISTER, lines=one.lines, **said))
    refused = send_letters(server, [one.letter for one in letters], allowed=settings.allow_fetch)
    lost = tuple(one.account for one in letters if one.letter.to in refused)
    if lost:
        with store.transaction() as changes:
            changes.record(
                audit_entry(actor, Action.ADMINISTER, what="digest-refused", accounts=lost)
            )
    return Sent(
        tuple(one.account for one in letters if one.account not in lost),
        (*left_out, *((name, "the mail server refused the address") for name in lost)),
    )


Told = dict[str, list[str]]


def _told(store: Store, reader: Actor, host: str, today: date) -> Told:
    """Return the lines of each part; a part without any is absent."""
    reach = task_reach_of(reader)
    own = [one for one in store.tasks(ActionRecord, reach) if one.what.plan.owner == reader.id]
    open_ones = [one for one in own if one.what.stage in OPEN_STAGES and one.what.plan.due]
    new = [one for one in own if _became_own(store, reader, one, today)]
    meetings = [
        one
        for one in store.tasks(Meeting, reach)
        if one.what.decisions and today - timedelta(days=DAYS) <= one.what.day <= today
    ]
    parts = {
        "late": [_line(one, host) for one in open_ones if _due(one) < today],
        "due": [
            _line(one, host)
            for one in open_ones
            if today <= _due(one) < today + timedelta(days=DAYS)
        ],
        "new": [_line(one, host) for one in new],
        "decided": [_meeting_line(one, host) for one in meetings],
    }
    return {name: lines for name, lines in parts.items() if lines}


def _due(kept: Kept[ActionRecord]) -> date:
    return kept.what.plan.due or date.max


def _became_own(store: Store, reader: Actor, kept: Kept[ActionRecord], today: date) -> bool:
    """Tell whether somebody else made the reader answer for an action in the last days."""
    for event in store.task_history(ActionRecord, kept.key, task_reach_of(reader)):
        on = event.at.astimezone(LONDON).date() if event.at else date.min
        named = event.kind is EventKind.ADDED or any(
            name == "owner" and new == reader.id for name, _, new in event.changes
        )
        if named and event.actor != reader.id and today - timedelta(days=DAYS) <= on <= today:
            return True
    return False


def _line(kept: Kept[ActionRecord], host: str) -> str:
    plan = kept.what.plan
    title = RESTRICTED if plan.is_restricted else plan.title
    due = f", due on {say_day(plan.due)}" if plan.due else ""
    return f"{title}{due}: {host}/actions/{kept.key}"


def _meeting_line(kept: Kept[Meeting], host: str) -> str:
    decided = say_number(len(kept.what.decisions), "place", "places")
    return f"{say_day(kept.what.day)}, {decided} decided: {host}/meetings/{kept.key}"


def _why_not(account: Account, told: Told) -> str:
    reasons = (
        (not account.is_active, "the account is disabled"),
        (not account.email, "no e-mail address is kept"),
        (not told, "nothing is due, late, new or decided"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _letter(account: Account, settings: Settings, told: Told) -> Digest:
    lines = sum(map(len, told.values()))
    parts = [
        "\n".join([_HEADINGS[name], *(f"- {line}" for line in found)])
        for name, found in told.items()
    ]
    late = len(told.get("late", ()))
    subject = f"Your actions: {f'{late} overdue' if late else say_number(lines, 'line', 'lines')}"
    head = f"{settings.handling}. {settings.partnership}"
    foot = "More stands on the pages these addresses open, for who may see it."
    return Digest(
        account.id, lines, Letter(account.email, subject, "\n\n".join([head, *parts, foot]) + "\n")
    )
