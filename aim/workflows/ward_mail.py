"""The monthly letter: each councillor's own wards in words, the figures of the page and no more.

Built for each reader as the page would be, so that nobody is written what they may not open. Who
was written what is on record by account; addresses are not.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from aim.access import audit_entry, require
from aim.config import Settings
from aim.errors import ConfigError
from aim.exchange import Letter, MailServer, send_letters
from aim.model.accounts import Account
from aim.model.people import Action, Actor, Role
from aim.store import Store
from aim.workflows.figure_texts import say_wards
from aim.workflows.ward_figures import figure_wards, figures_to_keep


@dataclass(frozen=True, slots=True)
class WardLetter:
    """One letter, with the account it goes to; its address is nobody else's to see."""

    account: str
    wards: tuple[str, ...]
    period: str
    public_only: bool
    letter: Letter


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the letters: accounts written to, and accounts left out with the reason."""

    written: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def ward_letters(
    store: Store, actor: Actor, settings: Settings, *, period: str = "", today: date
) -> tuple[list[WardLetter], tuple[tuple[str, str], ...]]:
    """Write the letters without sending them.

    Parameters
    ----------
    store, actor, settings
        Where, who sends, and what the letters say of themselves.
    period
        A complete month or ``last-12``; the latest complete month if empty.
    today
        The London day: wards count while their term holds, and in a pre-election period letters
        hold public figures alone.

    Returns
    -------
    letters, left_out
        One letter for each councillor with an address, wards and the notice accepted; the other
        councillors' accounts, with the reason.

    Raises
    ------
    NotAllowedError
        The actor does not administer the hub.
    NotFoundError, ParameterError
        No month is complete, or the period is none of the grid's.
    """
    require(actor, Action.ADMINISTER)
    councillors = [one for one in store.accounts() if Role.COUNCILLOR in one.roles]
    reasons = {one.id: _why_not(store, one, today) for one in councillors}
    letters = [
        _letter(store, one, settings, period, today) for one in councillors if not reasons[one.id]
    ]
    return letters, tuple((name, reason) for name, reason in reasons.items() if reason)


def mail_wards(
    store: Store, actor: Actor, settings: Settings, *, period: str = "", today: date
) -> Sent:
    """Send each councillor the figures of the own wards, on record before they leave.

    Parameters
    ----------
    store, actor, settings, period, today
        As `ward_letters` takes them.

    Raises
    ------
    ConfigError
        No server is set, or the hub may not open lines.
    NotAllowedError, NotFoundError, ParameterError, ExportError
        As `ward_letters` and `aim.exchange.mail.send_letters`.
    """
    server = mail_server_of(settings)
    letters, left_out = ward_letters(store, actor, settings, period=period, today=today)
    with store.transaction() as changes:
        for one in letters:
            changes.record(
                audit_entry(
                    actor,
                    Action.EXPORT_FIGURES,
                    what="letter",
                    account=one.account,
                    wards=list(one.wards),
                    period=one.period,
                    public_only=one.public_only,
                    sha256=hashlib.sha256(one.letter.text.encode("utf-8")).hexdigest(),
                )
            )
    refused = send_letters(server, [one.letter for one in letters], allowed=settings.allow_fetch)
    lost = [one.account for one in letters if one.letter.to in refused]
    _record_lost(store, actor, lost)
    return Sent(
        tuple(one.account for one in letters if one.account not in lost),
        (*left_out, *((name, "the mail server refused the address") for name in lost)),
    )


def _why_not(store: Store, account: Account, today: date) -> str:
    reasons = (
        (not account.is_active, "the account is disabled"),
        (not account.email, "no e-mail address is kept"),
        (account.needs_notice, "what figures are for was not accepted yet"),
        (not figure_wards(store, _reader(account, today)), "no ward is the person's own today"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _reader(account: Account, today: date) -> Actor:
    """Return the councillor alone: a second role writes no further ward into the letter."""
    return account.actor_on(today, roles=frozenset({Role.COUNCILLOR}))


def _letter(
    store: Store, account: Account, settings: Settings, period: str, today: date
) -> WardLetter:
    reader = _reader(account, today)
    views = [
        figures_to_keep(store, reader, settings, code=ward.value, period=period, today=today)
        for ward in figure_wards(store, reader)
    ]
    names = ", ".join(view.name for view in views)
    subject = f"{names}: {views[0].period_said}"
    return WardLetter(
        account=account.id,
        wards=tuple(view.code for view in views),
        period=views[0].period,
        public_only=views[0].public_only,
        letter=Letter(account.email, subject, say_wards(views, settings)),
    )


def mail_server_of(settings: Settings) -> MailServer:
    """Return the server letters go through.

    Raises
    ------
    ConfigError
        Its host or the sender's address is not set.
    """
    missing = [
        f"AIM_SMTP_{name.upper()}"
        for name in ("host", "sender")
        if not getattr(settings, f"smtp_{name}")
    ]
    if missing:
        raise ConfigError(
            f"Letters were to be sent; {' and '.join(missing)} is not set. Set the server and the"
            " address letters come from, or look at them with --dry-run."
        )
    return MailServer(
        settings.smtp_host,
        settings.smtp_sender,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
        encrypted=settings.smtp_tls,
    )


def _record_lost(store: Store, actor: Actor, accounts: list[str]) -> None:
    if not accounts:
        return
    with store.transaction() as changes:
        changes.record(
            audit_entry(actor, Action.EXPORT_FIGURES, what="letter-refused", accounts=accounts)
        )
