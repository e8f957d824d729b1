"""The one table of places: what a gazetteer knows of postcodes, properties, streets and landmarks.

A street is several rows, one for each part of it, so that a row of the table stays a plain point;
parts of one name that lie near each other are one street.
"""

from enum import StrEnum

import pandas as pd

from aim.model.incidents import Column, PlacePrecision


class PlaceKind(StrEnum):
    """What a place is; all but the first three are places a hotspot may stand on by name."""

    POSTCODE = "postcode"
    UPRN = "uprn"
    STREET = "street"
    HOSPITAL = "hospital"
    CUSTODY_SUITE = "custody suite"
    COURT = "court"
    PRISON = "prison"
    SCHOOL = "school"
    SUPERMARKET = "supermarket"
    STATION = "station"
    CAR_PARK = "car park"


KNOWN_KINDS: tuple[PlaceKind, ...] = tuple(PlaceKind)[3:]

PLACE_COLUMNS: tuple[Column, ...] = (
    Column("kind", "text", "what the place is", PlaceKind),
    Column("name", "text", "street, number and street, or the place's own name; may be empty"),
    Column("locality", "text", "village, suburb or town; may be empty"),
    Column("postcode", "text", "with one space, in capitals; may be empty"),
    Column("uprn", "text", "unique property reference number, no leading zeros; may be empty"),
    Column("place_class", "text", "the sender's own classification; may be empty"),
    Column("easting", "number", "British National Grid, metres"),
    Column("northing", "number", "British National Grid, metres"),
    Column("precision", "text", "how exactly the point stands for the place", PlacePrecision),
)
PLACE_COLUMN_NAMES: tuple[str, ...] = tuple(column.name for column in PLACE_COLUMNS)

# What a person answered on the review list; a missing easting means the words name no place.
PLACE_ANSWER_COLUMNS: tuple[Column, ...] = (
    Column("text", "text", "the words asked about, as the review list shows them"),
    Column("ward", "text", "the ward said with them, as the review list shows it; may be empty"),
    Column("name", "text", "the place meant; empty for nowhere"),
    Column("easting", "number", "British National Grid, metres; missing for nowhere"),
    Column("northing", "number", "British National Grid, metres; missing for nowhere"),
    Column("precision", "text", "how exactly the point stands for the place", PlacePrecision),
)


def conform_places(rows: pd.DataFrame) -> pd.DataFrame:
    """Give places the declared columns, order and types; a text that is missing is empty.

    Parameters
    ----------
    rows
        Any subset of the declared columns; others are dropped.

    Returns
    -------
    pandas.DataFrame
        Exactly ``PLACE_COLUMNS``, in order, numbered from 0. Empty in, empty out.

    Examples
    --------
    >>> conform_places(pd.DataFrame({"name": ["Bow Lane"], "easting": [1]})).loc[0, "easting"]
    np.float64(1.0)
    """
    return pd.DataFrame(
        {column.name: _conformed(rows, column).reset_index(drop=True) for column in PLACE_COLUMNS}
    )


def _conformed(rows: pd.DataFrame, column: Column) -> pd.Series:
    if column.kind == "number":
        empty = pd.Series(float("nan"), index=rows.index)
        return rows.get(column.name, empty).astype("float64")
    return rows.get(column.name, pd.Series("", index=rows.index)).astype("str").fillna("")
