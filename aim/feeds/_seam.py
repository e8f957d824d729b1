"""The seam every feed fits, and the small values that travel through the porch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.model.incidents import FeedResult
from aim.model.types import slug_of

# Told the share that is done, from 0.0 to 1.0, never falling.
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller wants of one delivery.

    Attributes
    ----------
    source, agency
        Slugs given by the caller; None leaves the choice to the feed.
    key
        The secret for row identities.
    progress
        Told the share done.
    mapping
        Our name for a column and the sender's header; only the feed ``table`` asks for it.
    """

    source: str | None = None
    agency: str | None = None
    key: bytes = b""
    progress: Progress | None = None
    mapping: Mapping[str, str] | None = None

    def say(self, share: float) -> None:
        """Tell how much is done."""
        if self.progress is not None:
            self.progress(share)


@dataclass(frozen=True, slots=True)
class FeedColumn:
    """One column a feed reads: our word for it and the headers senders give it, commonest first."""

    name: str
    headers: tuple[str, ...]


@runtime_checkable
class Feed(Protocol):
    """What a feed must have; prove one with ``aim.testing.feeds.FeedSuite``.

    Attributes
    ----------
    name
        A slug, as the command line says it.
    title
        One line for people.
    reads
        The kinds of file it takes.
    columns, needed, dropped
        Headers read, headers (or groups of which one is enough) it cannot do without, and
        personal headers that are dropped at the door.
    """

    @property
    def name(self) -> str:
        """The feed's slug."""
        ...

    @property
    def title(self) -> str:
        """One line for people."""
        ...

    @property
    def reads(self) -> str:
        """The kinds of file it takes."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Every header it reads."""
        ...

    @property
    def needed(self) -> tuple[str, ...]:
        """The headers it cannot do without."""
        ...

    @property
    def dropped(self) -> tuple[str, ...]:
        """Personal headers that are dropped at the door."""
        ...

    def read(self, path: Path, asked: Asked) -> FeedResult:
        """Read one file or folder; raise an error of ``aim.errors.FeedError`` for a bad file."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """The cells that make a row without a reference that row.

    The list is a promise: changing it, or the version, makes every such row a new incident.
    """

    version: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a feed makes of its cells, before identity, taxonomy and the final table.

    Attributes
    ----------
    rows
        The incident columns the feed can fill, on the index of the cells.
    faults
        ``reason`` (empty where the row can be an incident) and ``cell``, on the same index.
    type_words
        The sender's words for the type, the most exact first.
    said
        Other words that may hold a qualifier; empty where the feed has none to give.
    notes
        Sentences about the delivery.
    """

    rows: pd.DataFrame
    faults: pd.DataFrame
    type_words: tuple[pd.Series, ...]
    said: tuple[pd.Series, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """One layout of a feed's table.

    Attributes
    ----------
    columns
        What is read; every one is in the cells handed on, blank throughout where the file lacks it.
    needed
        Groups of column names; a file holds this shape if it has one of each group.
    identity
        The cells that identify a row without a reference.
    read_rows
        Turns cells (text, trimmed, blank for nothing) into a draft.
    reference
        The column with the sender's own reference.
    sender
        A column that names the source row by row.
    title
        What its rows are, in a word or two.
    """

    columns: tuple[FeedColumn, ...]
    needed: tuple[tuple[str, ...], ...]
    identity: Identity
    read_rows: Callable[[pd.DataFrame], Draft]
    reference: str
    sender: str | None = None
    title: str = "Reports"

    def header_of(self, name: str) -> str:
        """Return the commonest header of a column."""
        return next(column.headers[0] for column in self.columns if column.name == name)


def header_key(header: str) -> str:
    """Reduce a header to what is compared: ``Sub-category`` and ``SUBCATEGORY`` are one.

    Examples
    --------
    >>> header_key(" Sub-Category:")
    'subcategory'
    """
    return slug_of(header).replace("-", "")


def distinct(values: pd.Series) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Return codes and distinct texts, so that work is done once for each text.

    Examples
    --------
    >>> codes, texts = distinct(pd.Series(["b", "a", "b"], dtype=object))
    >>> codes.tolist(), texts
    ([0, 1, 0], ['b', 'a'])
    """
    codes, texts = pd.factorize(values.to_numpy(dtype=object))
    return codes, list(texts)


def distinct_rows(
    columns: Sequence[pd.Series],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return codes of rows that are alike in all columns, and where each kind stands first.

    Examples
    --------
    >>> same = pd.Series(["b", "b", "b"], dtype=object)
    >>> codes, firsts = distinct_rows([same, pd.Series(["x", "y", "x"], dtype=object)])
    >>> codes.tolist(), firsts.tolist()
    ([0, 1, 0], [0, 1])
    """
    codes = np.zeros(len(columns[0]), np.intp)
    kinds = 1
    for column in columns:
        more, texts = distinct(column)
        codes, found = pd.factorize(codes * np.int64(len(texts) + 1) + more)  # -1 is missing
        kinds = len(found)
    firsts = np.empty(kinds if len(codes) else 0, np.intp)
    firsts[codes[::-1]] = np.arange(len(codes))[::-1]  # the first is written last
    return codes, firsts


def on_distinct(values: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Change texts, each distinct one once; the index stays.

    Examples
    --------
    >>> on_distinct(pd.Series(["a", "b", "a"], dtype=object), str.upper).tolist()
    ['A', 'B', 'A']
    """
    codes, texts = distinct(values)
    changed = np.empty(len(texts), dtype=object)
    changed[:] = [change(text) for text in texts]
    return pd.Series(changed[codes], index=values.index, dtype=object)


def filled(texts: pd.Series) -> pd.Series:
    """Mark texts that are not blank, many times faster than comparing each.

    Examples
    --------
    >>> filled(pd.Series(["a", ""], dtype=object)).tolist()
    [True, False]
    """
    return pd.Series(texts.to_numpy(dtype=object).astype(bool), index=texts.index)


def has_spaces(text: str) -> bool:
    """Tell whether any white space is in a text, quicker than any pattern.

    Examples
    --------
    >>> has_spaces("a b"), has_spaces("ab "), has_spaces("ab"), has_spaces("")
    (True, True, False, False)
    """
    return text.split(None, 1) != [text][: len(text)]


def blank_texts(index: pd.Index) -> pd.Series:
    """Return a column of empty texts."""
    return pd.Series("", index=index, dtype=object)


def say_rows(count: int) -> str:
    """Write a number of rows.

    Examples
    --------
    >>> say_rows(1), say_rows(1200)
    ('1 row', '1,200 rows')
    """
    return f"{count:,} row" + ("" if count == 1 else "s")
