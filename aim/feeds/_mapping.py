"""Which column of a partner's table holds what: written down by a person, or guessed.

A guess looks at the header first, in the words senders use, and at the values where the header says
nothing. It is shown to a person before it counts (``aim feeds check``) and can be kept as a file.
"""

import csv
import json
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd

from aim.errors import FeedError, FeedFormatError
from aim.feeds._dates import read_moments, settle_days
from aim.feeds._files import Content, list_files, read_contents
from aim.feeds._gridrefs import read_grid_reference
from aim.feeds._headers import merged_header
from aim.feeds._kinds import other_kind
from aim.feeds._records import looks_like_records, read_records, refuse_answers
from aim.feeds._seam import filled, header_key
from aim.feeds._table import HEADER_WITHIN, decode, read_sheets
from aim.feeds._text import is_postcode
from aim.model.types import UNCLASSIFIED, read_taxonomy

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 200  # rows looked at
_MOSTLY = 0.6  # of the filled cells
_LONG_TEXT = 30  # letters in the middle cell of a column of free text
_DEGREES = re.compile(r"-?\d{1,2}\.\d{3,}")
_METRES = re.compile(r"\d{4,7}(?:\.\d+)?")
_LATITUDES, _LONGITUDES = (49.0, 61.5), (-9.0, 2.5)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Our name for a column and the sender's header, in our order.

    Examples
    --------
    >>> ColumnMapping((("date", "When"),)).as_dict()
    {'date': 'When'}
    """

    columns: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, str]:
        """Return the headers by our names."""
        return dict(self.columns)

    def as_toml(self) -> str:
        """Return the text of a mapping file."""
        lines = [
            f"{name} = {json.dumps(header, ensure_ascii=False)}" for name, header in self.columns
        ]
        return "\n".join(["# our name = the header in the file", "[columns]", *lines, ""])


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column of a table is taken for, empty for nothing, and why."""

    header: str
    name: str
    reason: str


def read_mapping(path: Path, names: Sequence[str]) -> ColumnMapping:
    r"""Read a mapping file.

    Parameters
    ----------
    path
        TOML with a table ``columns``: our name = the sender's header.
    names
        The names there are.

    Raises
    ------
    FeedError
        The file cannot be read, or names a column we do not know.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mapping.toml")
    ...     _ = path.write_text('[columns]\ndate = "When"', encoding="utf-8")
    ...     read_mapping(path, ("date", "time")).as_dict()
    {'date': 'When'}
    """
    try:
        columns = tomllib.loads(path.read_text(encoding="utf-8-sig"))["columns"]
        pairs = {str(name): str(header) for name, header in columns.items()}
    except (
        OSError,
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        KeyError,
        AttributeError,
    ) as error:
        raise FeedError(
            f"{path} was asked for as a mapping; it cannot be read ({error})."
            " Write one with aim feeds check FILE --save-mapping."
        ) from error
    if unknown := [name for name in pairs if name not in names]:
        raise FeedError(
            f"{path} names {', '.join(unknown)}; the columns of a mapping are {', '.join(names)}."
        )
    return ColumnMapping(tuple((name, pairs[name]) for name in names if name in pairs))


def guess_columns(
    path: Path, feed: str, synonyms: dict[str, tuple[str, ...]], personal: Sequence[str]
) -> list[ColumnGuess]:
    """Guess what each column of the first table of a file or folder holds.

    Raises
    ------
    FeedFormatError
        The file holds no table, or one that holds no incidents.
    """
    file = list_files(path, feed)[0]
    content = next(iter(read_contents(file, file.name, feed)))
    grids = (
        list(read_sheets(content, feed)[0].values())
        if content.workbook or content.layers
        else [_grid(content, feed)]
    )
    known = {header_key(word) for words in synonyms.values() for word in words}
    dropped = {header_key(word) for word in personal}
    tables = [_split_header(grid, known, dropped) for grid in grids]
    # A sheet beside the table, such as a guide, may be the longer one but names no column.
    header, rows = max(tables, key=lambda one: (_named_count(one[0], known) > 1, len(one[1])))
    # Below a header that names our columns stand reports, whatever words a row of them holds.
    below = [] if _named_count(header, known) > 1 else rows[:HEADER_WITHIN]
    if said := next((kind for row in (header, *below) if (kind := other_kind(row))), ""):
        raise FeedFormatError(f"{file.name} was asked for as {feed}; {said}.")
    return _guess(header, rows[:_SAMPLE], synonyms, personal)


def _grid(content: Content, feed: str) -> list[list[str]]:
    refuse_answers(content, feed)
    text = decode(content.data).text
    if looks_like_records(text) and (grid := read_records(content, text, feed)) is not None:
        return grid
    lines = text.splitlines()[: HEADER_WITHIN + _SAMPLE]
    tables = [_split(lines, separator) for separator in _SEPARATORS]
    return max(tables, key=lambda rows: sum(len(row) > 1 for row in rows))


def _split(lines: list[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []


def _split_header(
    rows: list[list[str]], known: set[str], personal: set[str]
) -> tuple[list[str], list[list[str]]]:
    """Return the header, the row that names most of what we know, else the first of full width.

    Two rows together are the header where they name more than any row alone.
    """
    if not rows:
        return [], []
    above = rows[:HEADER_WITHIN]
    named = [_named_count(row, known) for row in above]
    widths = [sum(bool(cell.strip()) for cell in row) for row in above]
    line = max(range(len(above)), key=lambda at: (named[at], widths[at], -at))
    pairs = [merged_header(*pair, known=known, personal=personal) for pair in pairwise(above)]
    together = max(range(len(pairs)), key=lambda at: _named_count(pairs[at], known), default=None)
    if together is not None and _named_count(pairs[together], known) > named[line]:
        return pairs[together], rows[together + 2 :]
    return above[line], rows[line + 1 :]


def _named_count(row: list[str], known: set[str]) -> int:
    return len({header_key(cell) for cell in row} & known)


def _guess(
    header: list[str],
    rows: list[list[str]],
    synonyms: dict[str, tuple[str, ...]],
    personal: Sequence[str],
) -> list[ColumnGuess]:
    keys = [header_key(cell) for cell in header]
    dropped = {header_key(word) for word in personal}
    taken = _named(keys, synonyms)
    guesses = []
    for at, key in enumerate(keys):
        if at in taken:
            guesses.append(ColumnGuess(header[at], taken[at], "header"))
        elif not key or key in dropped or keys.index(key) != at:
            guesses.append(ColumnGuess(header[at], "", "personal" if key in dropped else "unused"))
        else:
            cells = pd.Series(
                [row[at].strip() if at < len(row) else "" for row in rows], dtype=object
            )
            name = _by_values(cells, set(taken.values()))
            taken |= {at: name} if name else {}
            guesses.append(ColumnGuess(header[at], name, "values" if name else "unused"))
    return guesses


def _named(keys: list[str], synonyms: dict[str, tuple[str, ...]]) -> dict[int, str]:
    taken: dict[int, str] = {}
    for name, words in synonyms.items():
        for word in words:
            at = keys.index(header_key(word)) if header_key(word) in keys else -1
            if at >= 0 and at not in taken:
                taken[at] = name
                break
    return taken


def _by_values(cells: pd.Series, taken: set[str]) -> str:
    """Return the first name whose values these could be, empty for none."""
    said = cells[filled(cells)]
    if said.empty:
        return ""
    for name, holds in _VALUES:
        if name not in taken and float(holds(said).mean()) >= _MOSTLY:
            return name
    return ""


def _degrees(cells: pd.Series, bounds: tuple[float, float]) -> pd.Series:
    shaped = cells.str.fullmatch(_DEGREES)
    return cells.where(shaped, "nan").astype(float).between(*bounds)


def _metres(cells: pd.Series, least: float, most: float) -> pd.Series:
    shaped = cells.str.fullmatch(_METRES)
    return cells.where(shaped, "nan").astype(float).between(least, most)


def _is_type(cells: pd.Series) -> pd.Series:
    return read_taxonomy().classify(cells).astype(object) != UNCLASSIFIED


def _is_date(cells: pd.Series) -> pd.Series:
    moments = read_moments(settle_days(cells, "")[0], "")
    return moments.start.notna() & ~cells.str.fullmatch(_METRES)


# Tried in this order; the narrow before the wide.
_VALUES: tuple[tuple[str, Callable[[pd.Series], pd.Series]], ...] = (
    ("postcode", lambda cells: cells.map(is_postcode)),
    ("grid_reference", lambda cells: cells.map(lambda cell: read_grid_reference(cell) is not None)),
    ("latitude", lambda cells: _degrees(cells, _LATITUDES)),
    ("longitude", lambda cells: _degrees(cells, _LONGITUDES)),
    ("date", _is_date),
    ("category", _is_type),
    ("details", lambda cells: cells.str.len() >= _LONG_TEXT),
)
