"""THE POST: everything that opens a connection outward; off until a person allows it.

One line out (`open_line`), which waits, tries again, resumes and stops at a limit; and the
addresses it is used for. What arrives is kept as a file and read at the porch like any other.
"""

from aim.exchange.fixmystreet import Month, fetch_fixmystreet
from aim.exchange.line import Line, Patience, open_line
from aim.exchange.mail import Letter, MailServer, send_letters
from aim.exchange.oidc import fetch_document, trade_code
from aim.exchange.open311 import Window, fetch_open311
from aim.exchange.police_uk import ARCHIVE, Fetched, fetch_police_uk

__all__ = [
    "ARCHIVE",
    "Fetched",
    "Letter",
    "Line",
    "MailServer",
    "Month",
    "Patience",
    "Window",
    "fetch_document",
    "fetch_fixmystreet",
    "fetch_open311",
    "fetch_police_uk",
    "open_line",
    "send_letters",
    "trade_code",
]
