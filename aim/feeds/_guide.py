"""What each column of a feed means: the words of a template's guide, kept in ``guide.toml``."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pandas as pd

from aim.feeds._catalogue import find_feed
from aim.feeds._feed import TableFeed
from aim.feeds._seam import Shape
from aim.model.incidents import Qualifier
from aim.model.types import UNCLASSIFIED, read_taxonomy

GUIDE_COLUMNS = ("sheet", "header", "needed", "means", "form", "example", "choices")
_NUMBERED = re.compile(r"_\d+$")


def feed_guide(feed: str) -> pd.DataFrame:
    """Say of each column a feed reads what it means and how it is written.

    Parameters
    ----------
    feed
        The feed's name; ``feed_table`` lists them.

    Returns
    -------
    pandas.DataFrame
        One row a column, in the feed's order, layout by layout: ``sheet`` (the layout's name),
        ``header`` (its commonest form), ``needed`` ("yes", "one of A, B" or empty), ``means``,
        ``form`` (text, day, moment, clock, month, metres or degrees), ``example`` (text; the
        examples of a layout together make an incident) and ``choices`` (a tuple of words, empty
        for any). A package's own feed has its headers alone.

    Raises
    ------
    UnknownFeedError
        No feed has that name.

    Examples
    --------
    >>> guide = feed_guide("wardens")
    >>> guide.loc[guide.header == "Time", ["form", "example"]].to_numpy().tolist()
    [['clock', '22:30']]
    """
    found = find_feed(feed)
    if isinstance(found, TableFeed):
        rows = [row for shape in found.shapes for row in _shape_rows(feed, shape)]
    else:
        rows = [
            ("Reports", header, "yes" if header in found.needed else "", "", "text", "", ())
            for header in found.columns
        ]
    return pd.DataFrame(rows, columns=list(GUIDE_COLUMNS))


def _shape_rows(feed: str, shape: Shape) -> list[tuple[Any, ...]]:
    return [
        (shape.title, column.headers[0], _needed(shape, column.name), *_words(feed, column.name))
        for column in shape.columns
    ]


def _needed(shape: Shape, name: str) -> str:
    group = next((group for group in shape.needed if name in group), ())
    if len(group) == 1:
        return "yes"
    return f"one of {', '.join(map(shape.header_of, group))}" if group else ""


def _words(feed: str, name: str) -> tuple[str, str, str, tuple[str, ...]]:
    guide = _read_guide()
    said = guide["feeds"].get(feed, {}).get(name) or guide["columns"][_NUMBERED.sub("", name)]
    return said["means"], said["form"], said["example"], _choices(said.get("choices", ()))


def _choices(given: str | list[str]) -> tuple[str, ...]:
    if given == "types":
        types = read_taxonomy().types
        return tuple(sorted(one.name for slug, one in types.items() if slug != UNCLASSIFIED))
    return tuple(Qualifier) if given == "qualifiers" else tuple(given)


@lru_cache(maxsize=1)
def _read_guide() -> dict[str, Any]:
    return tomllib.loads(files("aim.feeds").joinpath("guide.toml").read_text(encoding="utf-8"))
