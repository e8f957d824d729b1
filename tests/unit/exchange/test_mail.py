"""Letters leave whole, encrypted unless told otherwise, and tell no secret when they do not."""

import pytest

from aim.errors import ConfigError, ExportError, ParameterError
from aim.exchange.mail import Letter, MailServer, send_letters

LETTER = Letter("councillor@norbeck.example", "Harbour ward, April", "120 reports.\n.\nSteady.")


def mail_server(postbox, **given):
    host, port = postbox.server_address
    return MailServer(host, "hub@norbeck.example", port, **{"encrypted": False, **given})


def test_a_letter_arrives_as_it_was_written(postbox):
    assert send_letters(mail_server(postbox), [LETTER], allowed=True) == {}
    (kept,) = postbox.letters
    assert "Subject: Harbour ward, April" in kept
    assert "To: councillor@norbeck.example" in kept
    assert kept.endswith("120 reports.\r\n.\r\nSteady.\r\n")


def test_one_refused_address_stops_no_other_letter(postbox):
    lost = Letter("nobody@norbeck.example", "Harbour", "x")
    refused = send_letters(mail_server(postbox), [lost, LETTER], allowed=True)
    assert refused == {"nobody@norbeck.example": "550 no such person"}
    assert len(postbox.letters) == 1


def test_nothing_is_said_to_a_server_without_tls(postbox):
    with pytest.raises(ExportError, match="it offers no TLS"):
        send_letters(mail_server(postbox, encrypted=True), [LETTER], allowed=True)
    assert postbox.letters == []


def test_a_refused_sign_in_tells_no_password(postbox):
    marked = "MARKED-secret"
    server = mail_server(postbox, user="hub", password=marked)
    with pytest.raises(ExportError, match="did not let the hub in") as raised:
        send_letters(server, [LETTER], allowed=True)
    assert "MARKED" not in str(raised.value)
    assert "MARKED" not in repr(server)


def test_no_line_is_opened_unless_allowed(postbox):
    with pytest.raises(ConfigError, match="AIM_ALLOW_FETCH"):
        send_letters(mail_server(postbox), [LETTER], allowed=False)


@pytest.mark.parametrize(
    "letter", [Letter("a@b.example", "one\r\nBcc: c@d.example", ""), Letter("nobody", "x", "")]
)
def test_a_head_line_cannot_be_smuggled_in(postbox, letter):
    with pytest.raises(ParameterError, match="one address, and a subject of one line"):
        send_letters(mail_server(postbox), [LETTER, letter], allowed=True)
    assert postbox.letters == []


def test_a_silent_server_is_a_clear_error():
    server = MailServer("127.0.0.1", "hub@norbeck.example", 9, wait_s=0.5)
    with pytest.raises(ExportError, match=r"through 127\.0\.0\.1:9"):
        send_letters(server, [LETTER], allowed=True)
