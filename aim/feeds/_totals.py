"""Rows that sum the rows above them: told from incidents, and refused by that name."""

import re

import numpy as np
import pandas as pd

from aim.feeds._seam import filled

A_TOTAL = "A total, not an incident"
_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall)[ -]?)?totals?"
    r"(?:(?: number| count)?(?: of| for)?"
    r" (?:incidents|jobs|reports|records|rows|cases|calls|crimes|enquiries|requests))?"
    r"[\s:=]*[\d,.]*",
    re.IGNORECASE,
)
_CLOSE = 0.005  # a sum shown to two places


def find_totals(cells: pd.DataFrame, faulty: pd.Series, files: pd.Series) -> pd.Series:
    """Mark totals among rows that cannot be incidents anyway.

    Parameters
    ----------
    cells
        Text as delivered, blank for nothing.
    faulty, files
        Whether a row lacks what an incident needs, and its file; on the same index.

    Returns
    -------
    pandas.Series
        True where a cell says "Total", or where the last row of a file that says anything holds
        nothing but sums or counts of the columns above it.

    Examples
    --------
    >>> cells = pd.DataFrame({"date": ["01/04/2026", "Grand total:"], "jobs": ["3", "3"]})
    >>> find_totals(cells, pd.Series([False, True]), pd.Series(["a", "a"])).tolist()
    [False, True]
    """
    found = pd.Series(data=False, index=cells.index)
    if not faulty.any():
        return found
    asked = cells[faulty.to_numpy()]
    said = asked.apply(lambda column: column.map(lambda text: bool(_TOTAL.fullmatch(text))))
    found[asked.index] = said.any(axis=1).to_numpy(dtype=bool)
    lasts = np.flatnonzero((files != files.shift(-1)) & faulty)  # blank tails are gone by now
    for last in lasts.tolist():
        same = (files.iloc[:last] == files.iloc[last]).to_numpy()
        if _sums_up(cells.iloc[last], cells.iloc[:last][same]):
            found.iloc[last] = True
    return found


def _sums_up(row: pd.Series, above: pd.DataFrame) -> bool:
    """Tell whether each filled cell of a row is the sum or the count of its column above."""
    given = [str(name) for name, text in row.items() if text]
    return bool(given) and len(above) > 1 and all(_is_sum(row[name], above[name]) for name in given)


def _is_sum(text: str, above: pd.Series) -> bool:
    total = _numbers(pd.Series([text])).iloc[0]
    if np.isnan(total):
        return False
    numbers = _numbers(above).dropna()
    counts = {len(above), int(filled(above).sum())}
    return total in counts or (len(numbers) > 1 and abs(numbers.sum() - total) <= _CLOSE)


def _numbers(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts.str.replace(",", ""), errors="coerce").astype("float64")
