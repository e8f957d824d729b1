"""Tables for a terminal."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from aim.exports.cells import printable
from aim.exports.listing import iso
from aim.model.hotspots import HotspotRun
from aim.model.words import say_change, say_counts

PLAIN_COLUMNS = ("rank", "place", "incidents", "change", "sources", "wards")


def text_table(rows: HotspotRun | pd.DataFrame, columns: Sequence[str] | None = None) -> str:
    """Write rows as an aligned table of plain text.

    Parameters
    ----------
    rows
        A run, written as its six plain columns; or any frame.
    columns
        The columns to write of a frame; all by default.

    Returns
    -------
    str
        A header line, one line a row, numbers to the right; each line ends with a line feed.
        Without rows only the header.

    Examples
    --------
    >>> print(text_table(pd.DataFrame({"ward": ["Harbour", "Moor"], "incidents": [120, 7]})))
    ward     incidents
    Harbour        120
    Moor             7
    <BLANKLINE>
    """
    frame = _plain_hotspots(rows) if isinstance(rows, HotspotRun) else rows
    names = [str(name) for name in (columns or frame.columns) if name != "geometry"]
    cells = [[_cell(value) for value in frame[name]] for name in names]
    widths = [max(map(len, [name, *column])) for name, column in zip(names, cells, strict=True)]
    right = [bool(pd.api.types.is_numeric_dtype(frame[name])) for name in names]
    lines = [names, *zip(*cells, strict=True)]
    return "".join(f"{_line(line, widths, right)}\n" for line in lines)


def _plain_hotspots(run: HotspotRun) -> pd.DataFrame:
    rows: list[dict[Any, Any]] = run.hotspots.to_dict("records")
    plain = pd.DataFrame(
        {
            "rank": [row["rank"] for row in rows],
            "place": [row["name"] for row in rows],
            "incidents": [row["incidents"] for row in rows],
            "change": [say_change(row) for row in rows],
            "sources": [say_counts(row["by_source"]) for row in rows],
            "wards": [row["ward_names"] or row["wards"] for row in rows],
        }
    )[list(PLAIN_COLUMNS)]
    judged = [name for name in ("chance", "stability") if name in run.hotspots]
    return plain.assign(**{name: run.hotspots[name].array for name in judged})


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return iso(value)
    if isinstance(value, float):
        return f"{value:g}"
    return printable(str(value))


def _line(cells: Sequence[str], widths: list[int], right: list[bool]) -> str:
    placed = (
        cell.rjust(width) if is_right else cell.ljust(width)
        for cell, width, is_right in zip(cells, widths, right, strict=True)
    )
    return "  ".join(placed).rstrip()
