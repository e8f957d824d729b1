"""Points that stand for no place: where a sender puts what it could not locate.

A force records a crime without a place at its headquarters, a council at its office, a geocoder at
the middle of a town. Many rows of unrelated types then share one point in every month, and plain
clustering calls it a hotspot. A street, a shop or a hospital also gathers rows; what tells the
default point is what its rows say of their place: a police station, nothing, or each another.
"""

import re
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from aim.model.incidents import PlacePrecision, check_incidents
from aim.model.times import LONDON
from aim.model.types import read_taxonomy

COLUMNS = ("source", "easting", "northing", "place", "incidents", "share", "types", "reason")
# What is known of each point where rows were counted: rows, those of them that name a place, and
# the months its source has rows in.
POINT_COLUMNS = ("source", "easting", "northing", "incidents", "told", "months")
_NEEDED = (
    *("source", "incident_type", "occurred_from", "easting", "northing"),
    *("place_precision", "location_text"),
)
_POINT = ("source", "easting", "northing")
_FEWEST = 10
# More than all but one in a hundred of the source's points: streets and shops seldom give as many.
_FAR_ABOVE = 0.99
_FEWEST_TYPES = 3
_MOST_OF_ONE_TYPE = 0.7
_FEWEST_MONTHS = 0.5
_MOSTLY, _SELDOM = 0.9, 0.5
_POLICE = re.compile(r"\b(?:police|constabulary|custody)\b|\bhq\b|\bheadquarters\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that two places share without being one.
_ANY_PLACE = frozenset(
    {
        *(
            "street",
            "road",
            "avenue",
            "lane",
            "close",
            "drive",
            "way",
            "court",
            "place",
            "crescent",
        ),
        *("terrace", "grove", "walk", "gardens", "square", "park", "view"),
        *("near", "the", "and", "off", "outside", "opposite", "behind", "corner", "between"),
    }
)


class _Group(NamedTuple):
    """The rows of one point beside what is known of all rows of its source that have one."""

    here: pd.DataFrame
    usual: float  # rows at a point, passed by one point in a hundred
    months: int  # of the source
    telling: float  # share of the source's rows that name a place


def find_default_points(
    incidents: pd.DataFrame, points: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Find points where a source seems to put incidents that have no place of their own.

    Parameters
    ----------
    incidents
        The declared columns. All months of a source give the surest answer; few rows give none.
    points
        Where only the incidents at ``crowded_points`` are given: all points, with
        ``POINT_COLUMNS``.

    Returns
    -------
    pandas.DataFrame
        One row for each ``source`` and point (``easting``, ``northing``: metres of the British
        National Grid, whole), sorted by source and then most incidents first: ``place`` (the
        commonest location text, empty for none), ``incidents``, ``share`` (of the source's located
        rows, 0 to 1), ``types`` (how many) and ``reason``, words for people. A point is named where
        it holds ten rows or more, more than 99 of 100 points of its source do, of three types or
        more of which none makes up over 70 %, in at least half of the source's months, and its rows
        either name police premises or (not where positions are snapped to map points) mostly name
        no place though the source's other rows do, or name many places with no word in common.
        Empty in, empty out.

    Raises
    ------
    ParameterError
        A needed column is absent.

    Notes
    -----
    A point is a suspicion with its reason, for a person to judge: people are also assaulted in
    custody. A default point that says a street's name and nothing else cannot be found so. The
    limits were set on the sample borough and looked at on three forces' public files, where the
    points found are the headquarters of forces and districts.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "source": "police", "easting": 449422.0, "northing": 520834.0,
    ...     "incident_type": ["drugs", "robbery", "shoplifting", "burglary"] * 5,
    ...     "occurred_from": pd.Timestamp("2026-04-01", tz="UTC"),
    ...     "place_precision": "point", "location_text": "Police Headquarters",
    ... })
    >>> elsewhere = rows.assign(easting=[450000.0 + 10 * at for at in range(20)])
    >>> found = find_default_points(pd.concat([rows, elsewhere], ignore_index=True))
    >>> found[["place", "incidents", "types"]].to_numpy().tolist()
    [['Police Headquarters', 20, 4]]
    """
    check_incidents(incidents, _NEEDED)
    located = incidents.loc[incidents["easting"].notna(), list(_NEEDED)]
    moments = located["occurred_from"].dt.tz_convert(LONDON)
    located = _whole_metres(located).assign(month=12 * moments.dt.year + moments.dt.month)
    crowded = crowded_points(_count_points(located) if points is None else points)
    kept = located.merge(crowded[list(_POINT)].drop_duplicates())
    groups = dict(iter(kept.groupby(list(_POINT), sort=False, observed=True)))
    rows = [
        _row(groups[one.source, one.easting, one.northing], one)
        for one in crowded.itertuples(index=False)
        if (one.source, one.easting, one.northing) in groups
    ]
    rows = [one for one in rows if one["reason"]]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = {"source": "str", "place": "str", "reason": "str", "incidents": "int64"}
    numbers = {"easting": "float64", "northing": "float64", "share": "float64", "types": "int64"}
    return found.astype(kinds | numbers).reset_index(drop=True)


def at_default_points(incidents: pd.DataFrame, points: pd.DataFrame) -> pd.Series:
    """Mark the incidents that stand at a default point of their source.

    Parameters
    ----------
    incidents
        ``source``, ``easting`` and ``northing``.
    points
        What ``find_default_points`` found, of these or of more incidents.

    Returns
    -------
    pandas.Series
        bool, on the index of ``incidents``; False for those without a position.

    Raises
    ------
    ParameterError
        A needed column is absent.

    Examples
    --------
    >>> incidents = pd.DataFrame({"source": "police", "easting": [449422.2, 449500.0, None],
    ...     "northing": [520834.0, 520834.0, None]})
    >>> at_default_points(incidents, incidents.head(1)).tolist()
    [True, False, False]
    """
    check_incidents(incidents, _POINT)
    check_incidents(points, _POINT)
    listed = pd.MultiIndex.from_frame(_whole_metres(points[list(_POINT)]))
    asked = pd.MultiIndex.from_frame(_whole_metres(incidents[list(_POINT)]))
    here = asked.isin(listed) & incidents["easting"].notna().to_numpy()
    return pd.Series(here, index=incidents.index)


def _whole_metres(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(easting=rows["easting"].round(), northing=rows["northing"].round())


def crowded_points(points: pd.DataFrame) -> pd.DataFrame:
    """Choose the points with far more rows than most of their source, which alone are judged.

    Parameters
    ----------
    points
        ``POINT_COLUMNS``, each point of a source once or in parts.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``easting`` and ``northing`` (whole metres), ``incidents``, ``share`` (of the
        source's rows), ``usual`` (rows that 99 of 100 points of the source do not pass), ``months``
        and ``telling`` (share of the source's rows that name a place); sorted by source, then most
        incidents first. Empty in, empty out.

    Examples
    --------
    >>> points = pd.DataFrame({"source": "police", "easting": [449000.0 + at for at in range(200)],
    ...     "northing": 520000.0, "incidents": [40] + [1] * 199, "told": 1, "months": 6})
    >>> crowded_points(points)[["easting", "incidents"]].to_numpy().tolist()
    [[449000.0, 40.0]]
    """
    sums = (
        _whole_metres(points)
        .groupby(list(_POINT), sort=True, observed=True)
        .agg(incidents=("incidents", "sum"), told=("told", "sum"), months=("months", "max"))
        .reset_index()
    )
    of_source = sums.groupby("source", sort=True, observed=True)
    rows = of_source["incidents"].transform("sum")
    usual = of_source["incidents"].transform(lambda sizes: np.quantile(sizes, _FAR_ABOVE))
    sums = sums.assign(
        share=sums["incidents"] / rows,
        usual=usual.astype("float64"),
        telling=of_source["told"].transform("sum") / rows,
    )
    large = sums[(sums["incidents"] >= _FEWEST) & (sums["incidents"] > sums["usual"])]
    order = ["source", "incidents", "easting", "northing"]
    ordered = large.sort_values(order, ascending=[True, False, True, True])
    return ordered.drop(columns="told").reset_index(drop=True)


def _count_points(located: pd.DataFrame) -> pd.DataFrame:
    """Count rows by point, as a store does."""
    told = (located["location_text"].fillna("") != "").astype("int64")
    months = located.groupby("source", observed=True)["month"].transform("nunique")
    rows = located[list(_POINT)].assign(incidents=1, told=told, months=months)
    return rows.astype({"months": "int64"})


def _row(here: pd.DataFrame, point: Any) -> dict[str, object]:
    return {
        "source": point.source,
        "easting": point.easting,
        "northing": point.northing,
        "place": _commonest(here["location_text"]),
        "incidents": len(here),
        "share": point.share,
        "types": here["incident_type"].nunique(),
        "reason": _why(_Group(here, point.usual, point.months, point.telling)),
    }


def _why(group: _Group) -> str:
    """Say why a point stands for no place; empty where it may well be one."""
    types = group.here["incident_type"].value_counts().sort_index()
    types = types.sort_values(ascending=False, kind="stable")
    months = group.here["month"].nunique()
    if len(types) < _FEWEST_TYPES or types.iloc[0] > _MOST_OF_ONE_TYPE * len(group.here):
        return ""
    if months < _FEWEST_MONTHS * group.months:
        return ""
    says = _what_rows_say(group)
    if not says:
        return ""
    names = read_taxonomy().name
    commonest = ", ".join(names(slug) for slug in types.index[:_FEWEST_TYPES])
    return (
        f"{len(group.here):,} incidents of {len(types)} types ({commonest} first) in {months} of"
        f" {group.months} months stand at this one point, where 99 of 100 points of the source have"
        f" at most {group.usual:,.0f}; {says}."
    )


def _what_rows_say(group: _Group) -> str:
    texts = group.here["location_text"].fillna("")
    told = texts[texts != ""]
    police = told.str.contains(_POLICE)
    if len(told) and police.mean() >= _MOSTLY:
        return "they name police premises, where crimes without a place are recorded"
    if (group.here["place_precision"] == PlacePrecision.SNAPPED).any():
        return ""
    if len(told) <= (1 - _MOSTLY) * len(texts) and group.telling > _SELDOM:
        return "they name no place, though most others of the source do"
    if len(told) > _SELDOM * len(texts) and _shared_word(told) < _SELDOM:
        return "they name many places that have no word in common"
    return ""


def _shared_word(texts: pd.Series) -> float:
    """Return the share of texts that hold the word most of them hold."""
    words = texts.map(lambda text: set(_WORD.findall(text.casefold())) - _ANY_PLACE)
    counts = words.explode().value_counts()
    return float(counts.iloc[0] / len(texts)) if len(counts) else 1.0


def _commonest(texts: pd.Series) -> str:
    told = texts.dropna()
    return str(told.mode().iloc[0]) if len(told) else ""
