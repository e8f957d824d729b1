"""Reports from a FixMyStreet dashboard, month by month, with the token of a member of staff.

The truth of the source. The dashboard's export is a csv of the reports made from ``start_date`` to
``end_date``, both days included. A server may make it while it is asked, or say that it is still
being made (202) and where to ask next. Who may not read it is sent to the sign-in page, which is
a page and no error. The csv names reporters: it is read at the porch, where names are dropped, and
should not be kept.

Source: FixMyStreet's dashboard export.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx

from aim.errors import FeedError, ParameterError
from aim.exchange.line import Line, NotReadyError, check_address, shown
from aim.model.times import next_month
from aim.model.types import slug_of

DASHBOARD = "/dashboard"
MOST_ASKS = 60
ASK_AGAIN_S = 10.0
_HERE = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
_FIRST_COLUMN = b"Report ID"
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Month:
    """The days asked for of one month, ``since`` to before ``until``, and the file that holds them.

    ``path`` is None where nothing was reported in them.
    """

    since: date
    until: date
    path: Path | None


def fetch_fixmystreet(
    line: Line, url: str, *, since: date, until: date, folder: Path
) -> Iterator[Month]:
    """Save a dashboard's reports, one month after the other.

    Parameters
    ----------
    line
        The open line, with the token.
    url
        The site, such as https://fixmystreet.example.org or its dashboard; a query such as
        ``body`` is kept. Only https, save on this computer: a token must not travel open.
    since, until
        The first day of reports and the day after the last.
    folder
        Where ``fixmystreet-HOST-DAY-DAY.csv`` are saved, each whole; the days are the first and the
        one after the last. Those saved before a failure stay.

    Yields
    ------
    Month
        In order of time.

    Raises
    ------
    ParameterError
        The address or the period cannot be.
    FeedError
        The dashboard cannot be reached, refuses the token, or answers with something else.

    Examples
    --------
    >>> from aim.exchange import open_line
    >>> with open_line(allowed=True) as line:
    ...     day = date(2026, 4, 1)
    ...     list(fetch_fixmystreet(line, "http://example.org", since=day, until=day, folder=Path()))
    Traceback (most recent call last):
    aim.errors.ParameterError: http://example.org was asked for with a token, which would travel...
    """
    address = _dashboard(url)
    if since >= until:
        raise ParameterError(
            f"Reports from {since} to before {until} were asked for; there is no time between."
            " Give an earlier --since."
        )
    while since < until:
        stop = min(next_month(since.replace(day=1)), until)
        name = f"fixmystreet-{slug_of(address.host)}-{since}-{stop}.csv"
        days = {"export": "1", "start_date": str(since), "end_date": str(stop - timedelta(days=1))}
        path = _save(line, address.copy_merge_params(days), folder / name)
        yield Month(since, stop, _checked(path, address))
        since = stop


def _dashboard(url: str) -> httpx.URL:
    address = httpx.URL(check_address(url))
    if address.scheme != "https" and not _HERE.fullmatch(address.host):
        raise ParameterError(
            f"{shown(url)} was asked for with a token, which would travel open for all to read;"
            " give its https:// address."
        )
    return address.copy_with(path=DASHBOARD) if address.path == "/" else address


def _save(line: Line, first: httpx.URL, path: Path) -> Path:
    """Save an export, asking again where it is still being made."""
    address = first
    for _ in range(MOST_ASKS):
        try:
            return line.save(str(address), path)
        except NotReadyError as not_yet:
            address = httpx.URL(not_yet.address)
            if (address.scheme, address.host) != (first.scheme, first.host):
                raise FeedError(
                    f"{shown(str(first))} was asked for; it leads to {address.host}, which does"
                    " not get the token. Check the address."
                ) from not_yet
            line.rest(not_yet.after_s or ASK_AGAIN_S)
    raise FeedError(
        f"{shown(str(first))} was asked for {MOST_ASKS} times; its export is still being made."
        " Try again later, or ask for fewer days."
    )


def _checked(path: Path, address: httpx.URL) -> Path | None:
    """Return an export that holds reports; take away what is none, or empty."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if _FIRST_COLUMN not in head.split(b"\n", 1)[0]:
        path.unlink()
        raise FeedError(
            f"{shown(str(address))} was asked for its reports; it answered with something else,"
            " as it does where the token is unknown. Check AIM_FIXMYSTREET_TOKEN and the address."
        )
    if not head.partition(b"\n")[2].strip():
        path.unlink()
        return None
    return path
