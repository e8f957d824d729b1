"""Bringing public feeds in over the network: files are saved, and loaded like any other."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aim.access import require
from aim.errors import ConfigError
from aim.exchange import ARCHIVE, Fetched, Patience, open_line
from aim.exchange import fetch_fixmystreet as fixmystreet_months
from aim.exchange import fetch_open311 as open311_windows
from aim.exchange import fetch_police_uk as police_uk_files
from aim.exports import write_whole
from aim.model.people import Action, Actor
from aim.model.times import LONDON
from aim.model.types import slug_of
from aim.workflows.words import say_number

DAYS_WITHOUT_SINCE = 90


def fetch_police_uk(
    actor: Actor,
    *,
    force: str,
    since: str,
    folder: Path,
    allowed: bool,
    today: date,
    until: str | None = None,
    base: str | None = None,
    patience: Patience | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Fetched:
    """Save a force's monthly street files into an existing folder.

    Parameters
    ----------
    force, since, until
        The force's slug; the first month and the one after the last, up to the newest if not given.
    allowed
        The setting ``allow_fetch``.
    base
        In place of data.police.uk's archive.

    Raises
    ------
    ConfigError
        Nobody has allowed a connection outward.
    ParameterError, FeedError
        What was asked for cannot be; or it could not be had.
    """
    require(actor, Action.INGEST)
    with open_line(allowed=allowed, patience=patience) as line:
        return police_uk_files(
            line,
            force=force,
            since=since,
            until=until,
            folder=folder,
            today=today,
            base=base or ARCHIVE,
            tell=tell,
        )


def fetch_open311(
    actor: Actor,
    *,
    url: str,
    folder: Path,
    allowed: bool,
    until: datetime,
    since: datetime | None = None,
    patience: Patience | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Save an Open311 endpoint's requests, a file for each window of 90 days that holds any.

    Parameters
    ----------
    url
        The endpoint's address.
    since, until
        Moments with a zone; 90 days if the first is not given.
    allowed
        The setting ``allow_fetch``.

    Returns
    -------
    tuple of pathlib.Path
        ``open311-HOST-DAY-DAY.json``, each whole; those saved before a failure stay.

    Raises
    ------
    ConfigError
        Nobody has allowed a connection outward.
    ParameterError, FeedError
        What was asked for cannot be; or it could not be had.
    """
    require(actor, Action.INGEST)
    start = since or until - timedelta(days=DAYS_WITHOUT_SINCE)
    host = slug_of(urlsplit(url).hostname or "")
    saved = []
    with open_line(allowed=allowed, patience=patience) as line:
        for window in open311_windows(line, url, since=start, until=until):
            name = f"open311-{host}-{_day(window.since)}-{_day(window.until)}"
            tell(f"{name}: {say_number(len(window.requests), 'request', 'requests')}")
            for hour in window.full:
                tell(
                    f"The endpoint knows no pages and gave all it gives for the hour from"
                    f" {hour:%Y-%m-%d %H:%M} UTC: there may be more."
                )
            if window.requests:
                saved.append(write_whole(folder / f"{name}.json", window.as_json()))
    return tuple(saved)


def fetch_fixmystreet(
    actor: Actor,
    *,
    url: str,
    folder: Path,
    allowed: bool,
    token: str,
    today: date,
    since: date | None = None,
    patience: Patience | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Save the reports of a FixMyStreet dashboard, a file for each month that holds any.

    Parameters
    ----------
    url
        The site or its dashboard.
    since, today
        The first day and the last, both with their reports; 90 days ago if the first is not given.
    allowed, token
        The settings ``allow_fetch`` and ``fixmystreet_token``.

    Returns
    -------
    tuple of pathlib.Path
        ``fixmystreet-HOST-DAY-DAY.csv``, each whole; those saved before a failure stay.

    Raises
    ------
    ConfigError
        Nobody has allowed a connection outward, or there is no token.
    ParameterError, FeedError
        What was asked for cannot be; or it could not be had.
    """
    require(actor, Action.INGEST)
    if allowed and not token:
        raise ConfigError(
            "A FixMyStreet dashboard asks for a token; none is set."
            " Ask the council's administrator for one, and set AIM_FIXMYSTREET_TOKEN."
        )
    start = since or today - timedelta(days=DAYS_WITHOUT_SINCE)
    saved = []
    with open_line(allowed=allowed, patience=patience, token=token) as line:
        until = today + timedelta(days=1)
        for month in fixmystreet_months(line, url, since=start, until=until, folder=folder):
            found = "no report" if month.path is None else month.path.name
            tell(f"{month.since} to {month.until}: {found}")
            saved += [month.path] if month.path else []
    if saved:
        tell("These files name reporters: load them, then remove them.")
    return tuple(saved)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%Y-%m-%d}"
