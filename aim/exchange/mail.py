"""Letters out: plain text by SMTP, off until a person allows it, over TLS unless told otherwise."""

import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from aim.errors import ConfigError, ExportError, ParameterError

SUBMISSION_PORT = 587


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes the hub's letters.

    Attributes
    ----------
    host, port
        Its address.
    sender
        The address the letters come from.
    user, password
        How the hub signs in there; nothing where it need not.
    encrypted
        Whether the line is turned to TLS before anything is said.
    wait_s
        Seconds to wait for an answer.

    Examples
    --------
    >>> MailServer("mail.example", sender="hub@norbeck.example")
    MailServer(host='mail.example', sender='hub@norbeck.example', port=587, user='', ...)
    """

    host: str
    sender: str
    port: int = SUBMISSION_PORT
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted: bool = True
    wait_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter in plain text.

    Attributes
    ----------
    to
        One address.
    subject, text
        What it says.
    """

    to: str
    subject: str
    text: str


def send_letters(server: MailServer, letters: Iterable[Letter], *, allowed: bool) -> dict[str, str]:
    """Send letters one by one over one line.

    Parameters
    ----------
    server
        Who takes them.
    letters
        All of them are checked before the first one leaves.
    allowed
        Whether the hub may open a line at all.

    Returns
    -------
    dict
        The addresses that were refused, with the server's reason; empty when all went out.

    Raises
    ------
    ConfigError
        The hub may not send.
    ParameterError
        An address or a subject has a line break or is no address.
    ExportError
        The server cannot be reached, has no TLS, or does not let the hub in.

    Examples
    --------
    >>> send_letters(MailServer("mail.example", "hub@norbeck.example"), [], allowed=True)
    {}
    """
    if not allowed:
        raise ConfigError(
            "Letters were to be sent; the hub may not open lines. Set AIM_ALLOW_FETCH=true."
        )
    ready = [(letter.to, _message(server.sender, letter)) for letter in letters]
    if not ready:
        return {}
    try:
        with smtplib.SMTP(server.host, server.port, timeout=server.wait_s) as line:
            _sign_in(line, server)
            return _send(line, ready)
    except (OSError, smtplib.SMTPException) as error:
        raise ExportError(
            f"Letters were to go through {server.host}:{server.port}; found: {_reason(error)}."
            " Check the AIM_SMTP_ settings."
        ) from error


def _sign_in(line: smtplib.SMTP, server: MailServer) -> None:
    if server.encrypted:
        line.starttls(context=ssl.create_default_context())
    if server.user:
        line.login(server.user, server.password)


def _send(line: smtplib.SMTP, ready: list[tuple[str, EmailMessage]]) -> dict[str, str]:
    refused = {}
    for to, message in ready:
        try:
            line.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = error.recipients[to]
            refused[to] = f"{code} {reason.decode(errors='replace')}"
    return refused


def _message(sender: str, letter: Letter) -> EmailMessage:
    if any(sign in letter.to + letter.subject for sign in "\r\n") or "@" not in letter.to:
        raise ParameterError(
            f"A letter to {letter.to!r} was to be sent; give one address, and a subject of one"
            " line."
        )
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _reason(error: Exception) -> str:
    # What a server answers to a sign-in may repeat what was sent to it.
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it did not let the hub in ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it offers no TLS"
    return str(error) or type(error).__name__
