"""What a partner's table would become: shown before anything is kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from aim.errors import FeedFormatError, ParameterError
from aim.exports import write_template
from aim.feeds import (
    GUIDE_SHEETS,
    MAPPED_NAMES,
    ColumnGuess,
    ColumnMapping,
    feed_guide,
    find_feed,
    guess_table,
    read_feed,
    read_mapping,
)
from aim.model.incidents import FeedResult
from aim.model.times import LONDON

_EXAMPLES = 10
_REASONS = 10
_WHY = {
    "header": "by its header",
    "values": "by its values",
    "personal": "personal, never read",
    "mapping": "by the mapping",
}


def mapping_for(feed: str, path: Path | None) -> dict[str, str] | None:
    """Return the columns of a mapping file; None where there is none.

    Raises
    ------
    ParameterError
        The feed knows its own columns.
    FeedError
        The file is no mapping.
    """
    if path is None:
        return None
    if feed != "table":
        raise ParameterError(
            f"A mapping was given for {feed}, which knows its own columns; use it with table."
        )
    return read_mapping(path, MAPPED_NAMES).as_dict()


def feed_template(feed: str) -> bytes:
    """Return an empty workbook for a partner to fill in, which the feed then reads.

    Raises
    ------
    UnknownFeedError
        No feed has that name.
    """
    found = find_feed(feed)
    title = f"{found.title}. Load it with: aim ingest {feed} FILE"
    return write_template(title, feed_guide(feed), dropped=found.dropped, beside=GUIDE_SHEETS)


def check_file(
    path: Path, *, mapping: Path | None = None, save_mapping: Path | None = None
) -> Iterator[str]:
    """Say what each column is taken for, ten example incidents and what would be refused.

    Parameters
    ----------
    path
        Any table. Nothing of it is kept.
    mapping
        A mapping file in place of the guess.
    save_mapping
        Where the mapping is written, to be edited.

    Yields
    ------
    str
        Lines for a person; free text and personal columns are not shown.

    Raises
    ------
    FeedError
        The file holds no table, or one that holds no incidents.
    """
    guesses = guess_table(path)
    if mapping is not None:
        guesses = _as_mapped(guesses, read_mapping(mapping, MAPPED_NAMES))
    columns = _mapping_of(guesses)
    if save_mapping is not None:
        save_mapping.write_text(columns.as_toml(), encoding="utf-8")
    yield from _column_lines(guesses)
    try:
        result = read_feed("table", path, mapping=columns.as_dict())
    except FeedFormatError as error:
        yield f"It cannot be loaded yet: {error}"
        return
    yield from _result_lines(result)


def _as_mapped(guesses: list[ColumnGuess], mapping: ColumnMapping) -> list[ColumnGuess]:
    names = {header: name for name, header in mapping.columns}
    return [
        replace(one, name=names[one.header.strip()], reason="mapping")
        if one.header.strip() in names
        else replace(one, name="", reason="personal" if one.reason == "personal" else "unused")
        for one in guesses
    ]


def _mapping_of(guesses: list[ColumnGuess]) -> ColumnMapping:
    headers = {one.name: one.header.strip() for one in guesses if one.name}
    return ColumnMapping(tuple((name, headers[name]) for name in MAPPED_NAMES if name in headers))


def _column_lines(guesses: list[ColumnGuess]) -> Iterator[str]:
    yield "Columns:"
    for one in guesses:
        taken = f"{one.name} ({_WHY[one.reason]})" if one.name else _WHY.get(one.reason, "not used")
        yield f"    {one.header.strip() or '(no header)'}: {taken}"


def _result_lines(result: FeedResult) -> Iterator[str]:
    kept, refused = len(result.incidents), len(result.rejected)
    yield f"{kept + refused:,} rows: {kept:,} would be kept, {refused:,} refused."
    for row, one in result.incidents.head(_EXAMPLES).iterrows():
        yield f"    row {row}: {_say_incident(one)}"
    for reason, number in result.rejected["reason"].value_counts().head(_REASONS).items():
        yield f"    refused: {reason} ({number:,})"
    for note in result.notes:
        yield f"    {note}"


def _say_incident(one: pd.Series) -> str:
    moment = one["occurred_from"].tz_convert(LONDON)
    when = f"{moment:%d/%m/%Y %H:%M}" if one["time_precision"] == "minute" else f"{moment:%d/%m/%Y}"
    placed = one["place_precision"]
    if placed != "none":
        placed = f"{placed} at {one['easting']:.0f}, {one['northing']:.0f}"
    where = "" if pd.isna(one["location_text"]) else f", {one['location_text']}"
    return f"{when}, {one['incident_type']}, place: {placed}{where}"
