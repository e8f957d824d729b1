"""The one table all feeds meet in: its columns, their order, and the words they may hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import pandas as pd

from aim.errors import ParameterError

TIMES = "datetime64[us, UTC]"


class TimePrecision(StrEnum):
    """How exactly an incident's time is known."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


class PlacePrecision(StrEnum):
    """How exactly an incident's place is known, from best to none."""

    ADDRESS = "address"
    POINT = "point"
    STREET = "street"
    SNAPPED = "snapped"
    POSTCODE = "postcode"
    WARD = "ward"
    NONE = "none"


class Sensitivity(StrEnum):
    """Who may see a row as a point: anyone, the partnership, or nobody outside the policy."""

    PUBLIC = "public"
    ROUTINE = "routine"
    SENSITIVE = "sensitive"


class Qualifier(StrEnum):
    """What else is known of an incident beside its type."""

    DOMESTIC = "domestic"
    HATE = "hate"
    SEXUAL = "sexual"
    ALCOHOL = "alcohol"
    DRUGS = "drugs"
    YOUTH = "youth"
    MENTAL_HEALTH = "mental-health"
    REPEAT = "repeat"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the incident table."""

    name: str
    kind: Literal["text", "time", "number"]
    meaning: str
    words: type[StrEnum] | None = None


INCIDENT_COLUMNS: tuple[Column, ...] = (
    Column("incident_id", "text", "32 hexadecimal digits, the same at every delivery"),
    Column("source", "text", "who told us, as the hub names them: a slug"),
    Column("feed", "text", "the reader that took the file"),
    Column("agency", "text", "who owns the row: a slug"),
    Column("source_ref", "text", "the sender's own reference; missing where there is none"),
    Column("incident_type", "text", "slug of a type in types.toml, or unclassified"),
    Column("source_type", "text", "the sender's own words for the type"),
    Column("qualifiers", "text", "sorted words of Qualifier, one space between; empty for none"),
    Column("sensitivity", "text", "who may see the row as a point", Sensitivity),
    Column("occurred_from", "time", "start of the interval the incident lies in, UTC, included"),
    Column("occurred_to", "time", "end of that interval, UTC, not included"),
    Column("time_precision", "text", "how exactly the time is known", TimePrecision),
    Column("reported_at", "time", "when the sender heard of it, UTC"),
    Column("lon", "number", "longitude, WGS84 degrees"),
    Column("lat", "number", "latitude, WGS84 degrees"),
    Column("easting", "number", "British National Grid, metres"),
    Column("northing", "number", "British National Grid, metres"),
    Column("place_precision", "text", "how exactly the place is known", PlacePrecision),
    Column("uprn", "text", "unique property reference number, no leading zeros"),
    Column("location_text", "text", "street or place as the sender wrote it, personal data masked"),
    Column("description", "text", "free text, personal data masked; in no list, map or export"),
    Column("victim_kind", "text", "person, business, state or none"),
    Column("victim_age_band", "text", "a band of years such as 18-24"),
    Column("victim_sex", "text", "the sender's word"),
    Column("suspect_age_band", "text", "a band of years such as 18-24"),
    Column("home_distance_band", "text", "a band of kilometres from the suspect's home"),
    Column("batch_id", "text", "the delivery that brought the row as it stands"),
)
COLUMN_NAMES: tuple[str, ...] = tuple(column.name for column in INCIDENT_COLUMNS)
DTYPES = {
    column.name: {"text": "str", "time": TIMES, "number": "float64"}[column.kind]
    for column in INCIDENT_COLUMNS
}
REJECTED_COLUMNS: tuple[str, ...] = ("file", "row", "reason", "cell", "source_ref")

# What a list, map or export may carry by default: no free text.
LISTED_COLUMNS: tuple[str, ...] = tuple(
    name for name in COLUMN_NAMES if name not in {"description", "batch_id"}
)


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What came of one delivery: every row is in exactly one of the two frames.

    Attributes
    ----------
    incidents
        The columns of ``INCIDENT_COLUMNS`` in order; the index, named ``row``, is the row's
        number in its file (the first data row of a sheet with one header line is 2).
    rejected
        ``file``, ``row``, ``reason`` (words a clerk can act on), ``cell`` (the failing cell, no
        personal column) and ``source_ref``.
    notes
        Sentences about the delivery as a whole, such as words the taxonomy does not know.
    area_codes
        The sender's own code of each incident's area, as sent, on the index of ``incidents``;
        missing where blank. None where the feed has no such column.
    """

    incidents: pd.DataFrame
    rejected: pd.DataFrame
    notes: tuple[str, ...] = field(default=())
    area_codes: pd.Series | None = None


def empty_incidents() -> pd.DataFrame:
    """Return an incident table with every column and no row.

    Examples
    --------
    >>> empty_incidents().shape[0]
    0
    """
    return conform_incidents(pd.DataFrame())


def empty_rejected() -> pd.DataFrame:
    """Return a table of rejected rows with no row.

    Examples
    --------
    >>> list(empty_rejected().columns)
    ['file', 'row', 'reason', 'cell', 'source_ref']
    """
    return pd.DataFrame(
        {name: pd.Series(dtype="int64" if name == "row" else "str") for name in REJECTED_COLUMNS}
    )


def conform_incidents(rows: pd.DataFrame) -> pd.DataFrame:
    """Give rows the declared columns, order and types; a column not there is missing throughout.

    Parameters
    ----------
    rows
        Any subset of the declared columns; others are dropped. The index is kept.

    Returns
    -------
    pandas.DataFrame
        Exactly ``INCIDENT_COLUMNS``, in order.

    Examples
    --------
    >>> conform_incidents(pd.DataFrame({"source": ["wardens"]})).source.tolist()
    ['wardens']
    """
    columns = {
        name: rows[name].astype(dtype)  # type: ignore[call-overload]  # dtype names are ours
        if name in rows
        else pd.Series(None, index=rows.index, dtype=dtype)
        for name, dtype in DTYPES.items()
    }
    return pd.DataFrame(columns, index=rows.index)


def check_incidents(incidents: pd.DataFrame, needed: Iterable[str] = COLUMN_NAMES) -> None:
    """Make sure a frame has the columns a function needs, naming all that are missing.

    Raises
    ------
    ParameterError
        At least one needed column is absent.

    Examples
    --------
    >>> check_incidents(empty_incidents())
    """
    missing = [name for name in needed if name not in incidents.columns]
    if missing:
        raise ParameterError(
            f"`incidents` lacks {', '.join(missing)};"
            f" found {', '.join(map(str, incidents.columns))}."
            " Read it with aim.read_feed or from a store."
        )
