"""Small readings several feeds share: property numbers, postcodes, bands of age."""

import re

import numpy as np
import pandas as pd

from aim.feeds._identity import normal_cell
from aim.feeds._seam import on_distinct, say_rows
from aim.model.incidents import PlacePrecision

_UPRN = re.compile(r"\d{1,12}")
_POSTCODE = re.compile(r"([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})", re.IGNORECASE)
_BAND = re.compile(
    r"(?:under|over)\s?\d{1,3}|\d{1,3}\s?(?:-|to)\s?\d{1,3}|\d{1,3}\s?\+", re.IGNORECASE
)
_AGE = re.compile(r"\d{1,3}(?:\.0*)?")
# First years of the bands exact ages are put in.
_AGES = (0, 10, 18, 25, 35, 45, 55, 65)


def read_uprns(cells: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    """Read property numbers: up to twelve digits, without leading zeros; blank otherwise.

    Examples
    --------
    >>> uprns, notes = read_uprns(pd.Series(["000000199356", "1.00023E+11", ""]))
    >>> uprns.tolist(), notes
    (['199356', '', ''], ('UPRN is not a whole number of up to 12 digits; left out: 1 row.',))
    """
    uprns = on_distinct(cells, _uprn)
    lost = int(((cells != "") & (uprns == "") & (cells.str.strip("0") != "")).sum())
    note = f"UPRN is not a whole number of up to 12 digits; left out: {say_rows(lost)}."
    return uprns, (note,) if lost else ()


def _uprn(cell: str) -> str:
    number = normal_cell(cell)
    return number.lstrip("0") if _UPRN.fullmatch(number) else ""


def mapped_precision(uprns: pd.Series) -> pd.Series:
    """Return how exactly a position given in metres is known: an address where a UPRN says so."""
    words = np.where(uprns != "", PlacePrecision.ADDRESS.value, PlacePrecision.POINT.value)
    return pd.Series(words, index=uprns.index, dtype=object)


def write_postcode(cell: str) -> str:
    """Write a postcode in its usual form; any other text as it stands.

    Examples
    --------
    >>> write_postcode("ts13ba"), write_postcode("TS1")
    ('TS1 3BA', 'TS1')
    """
    found = _POSTCODE.fullmatch(cell)
    return f"{found[1]} {found[2]}".upper() if found else cell


def is_postcode(cell: str) -> bool:
    """Tell whether a text is a whole postcode.

    Examples
    --------
    >>> is_postcode("ts13ba"), is_postcode("TS1")
    (True, False)
    """
    return _POSTCODE.fullmatch(cell) is not None


def read_band(cell: str) -> str:
    """Read a band of years; an exact age is put in its band, any other text is left out.

    Examples
    --------
    >>> read_band("18 to 24"), read_band("19"), read_band("17/04/1990")
    ('18-24', '18-24', '')
    """
    if _BAND.fullmatch(cell):
        return re.sub(r"\s?(?:-|to)\s?", "-", cell).replace(" +", "+").lower()
    if not _AGE.fullmatch(cell):
        return ""
    age = int(float(cell))
    first = max(start for start in _AGES if start <= age)
    after = [start for start in _AGES if start > age]
    return f"{first}-{after[0] - 1}" if after else f"{first}+"


def without_time(number: int) -> tuple[str, ...]:
    """Return a note on clock times that could not be read."""
    note = f"The time is not a clock time; kept with the day alone: {say_rows(number)}."
    return (note,) if number else ()
