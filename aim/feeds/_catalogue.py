"""The feeds there are, and the one door to all of them."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from os import PathLike
from pathlib import Path

import pandas as pd

from aim.errors import FeedError, UnknownFeedError
from aim.feeds import (
    ambulance,
    councillors,
    fire,
    fixmystreet,
    health,
    housing,
    open311,
    police_extract,
    police_uk,
    table,
    wardens,
)
from aim.feeds._seam import Asked, Feed, Progress
from aim.model.incidents import FeedResult

PLUGIN_GROUP = "aim.feeds"
FEEDS: dict[str, Feed] = {
    one.name: one
    for one in (
        police_uk.FEED,
        police_extract.FEED,
        wardens.FEED,
        councillors.FEED,
        fixmystreet.FEED,
        open311.FEED,
        housing.FEED,
        fire.FEED,
        health.FEED,
        ambulance.FEED,
        table.FEED,
    )
}


def read_feed(
    feed: str,
    path: str | PathLike[str],
    *,
    source: str | None = None,
    agency: str | None = None,
    key: bytes = b"",
    progress: Progress | None = None,
    mapping: Mapping[str, str] | None = None,
) -> FeedResult:
    """Read a partner's file into incidents and rejected rows.

    Parameters
    ----------
    feed
        The feed's name; ``feed_table`` lists them.
    path
        A file, or a folder of them.
    source
        Slug of who sent it; by default the feed's name, for police-uk the slug of each row's
        "Reported by".
    agency
        Slug of who owns the rows; the source by default.
    key
        The hub's secret, which row identities are made with; without it they can be guessed from
        the cells.
    progress
        Called with the share done, 0.0 to 1.0.
    mapping
        For the feed ``table``: our name for a column and the sender's header; without it the
        columns are guessed.

    Returns
    -------
    FeedResult
        Every row in exactly one of ``incidents`` (the declared columns, in the order delivered,
        indexed by row number) and ``rejected`` (with a reason). A header with no row gives two
        empty frames.

    Raises
    ------
    UnknownFeedError
        No feed has that name.
    FeedError
        The file is missing or cannot be opened.
    FeedFormatError
        It is empty, damaged, no table, or lacks a column the feed needs.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "jobs.csv")
    ...     with path.open("w", encoding="utf-8") as file:
    ...         print("Ref,Date,Category,Easting,Northing", file=file)
    ...         print("W1,03/04/2026,Flytip,449000,520000", file=file)
    ...     read_feed("wardens", path).incidents.incident_type.tolist()
    ['fly-tipping']
    """
    reader = find_feed(feed)
    asked = Asked(source=source, agency=agency, key=key, progress=progress, mapping=mapping)
    return reader.read(Path(path), asked)


def find_feed(name: str) -> Feed:
    """Return a feed by name, ours before a plug-in's.

    Raises
    ------
    UnknownFeedError
        No feed has that name.
    FeedError
        A plug-in's feed cannot be loaded.

    Examples
    --------
    >>> find_feed("wardens").name
    'wardens'
    """
    if name in FEEDS:
        return FEEDS[name]
    plugins = {point.name: point for point in entry_points(group=PLUGIN_GROUP)}
    if name not in plugins:
        raise UnknownFeedError(
            f"No feed is called {name!r}; the feeds are {', '.join([*FEEDS, *sorted(plugins)])}."
        )
    try:
        feed = plugins[name].load()
    except Exception as error:
        raise FeedError(
            f"The feed {name!r} of {plugins[name].value} cannot be loaded ({error})."
            " Mend or remove that package."
        ) from error
    if not isinstance(feed, Feed):
        raise FeedError(
            f"The feed {name!r} of {plugins[name].value} lacks a part of aim.feeds.Feed."
            " Run aim.testing.feeds.FeedSuite on it."
        )
    return feed


def feed_table() -> pd.DataFrame:
    """List the feeds and the columns each reads, ours first.

    Returns
    -------
    pandas.DataFrame
        Text columns ``name``, ``title``, ``reads``, ``needed``, ``optional`` and ``dropped``
        (headers with commas between), one row a feed.

    Examples
    --------
    >>> feed_table().name.tolist()[:2]
    ['police-uk', 'police-extract']
    """
    plugins = sorted({point.name for point in entry_points(group=PLUGIN_GROUP)} - set(FEEDS))
    rows = [_describe(feed) for feed in [*FEEDS.values(), *map(find_feed, plugins)]]
    return pd.DataFrame(rows, dtype="str")


def _describe(feed: Feed) -> dict[str, str]:
    needed = {header for group in feed.needed for header in group.split(" or ")}
    return {
        "name": feed.name,
        "title": feed.title,
        "reads": feed.reads,
        "needed": ", ".join(feed.needed),
        "optional": ", ".join(header for header in feed.columns if header not in needed),
        "dropped": ", ".join(feed.dropped),
    }
