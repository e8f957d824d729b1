"""What each source sent for each month, and how good it was."""

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from aim.analysis._located import check_wards
from aim.errors import ParameterError
from aim.model.incidents import COLUMN_NAMES, PlacePrecision, TimePrecision, check_incidents
from aim.model.records import Coverage
from aim.model.times import local_months, say_day
from aim.model.types import UNCLASSIFIED

# Ratcliffe (2004): below this share of located rows a map of crime misleads.
LOCATED_ENOUGH = 0.85
FAR_OUTSIDE_M = 5000.0
_KEYS = ["source", "month"]
_AREAS = ("area_vintage", "area_warning")
# A ward's name alone puts no row on the map.
_NOT_LOCATED = (PlacePrecision.WARD, PlacePrecision.NONE)
_OWN = {"incident_id", "batch_id"}
_REPEATED_OVER = [name for name in COLUMN_NAMES if name not in _OWN]
_WHOLE = (
    "rows",
    "located",
    "delays",
    "unclassified",
    "refused",
    "snapped",
    "repeated",
    "far_outside",
)


def monthly_quality(
    incidents: pd.DataFrame,
    rejected: pd.DataFrame | None = None,
    *,
    wards: gpd.GeoDataFrame | None = None,
    coverage: Iterable[Coverage] = (),
    areas: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Measure what each source sent for each month.

    Parameters
    ----------
    incidents
        The declared columns, as read or from a store; months are London months of
        ``occurred_from``.
    rejected
        Refused rows: ``source``, ``reason`` and, where it is known, ``month``; None for none. A
        refused row often has no readable date, so it may belong to no month.
    wards
        Polygons in British National Grid, for points far outside; None leaves those unknown.
    coverage
        What the store holds of each source, for the day it is complete to.
    areas
        What ``describe_vintages`` says of the senders' own area codes; None for nothing.

    Returns
    -------
    pandas.DataFrame
        One row for each ``source`` and ``month``, sorted by them; refused rows without a month
        stand in a row of their own whose month is missing. Whole numbers: ``rows``; ``located``
        (with a position of their own: a ward alone does not count); ``delays`` (rows that know
        both event and report, to the day or better); ``unclassified``; ``refused``; ``snapped``;
        ``repeated`` (identical to an earlier row apart from their identity: shown, not removed,
        since anonymous rows can be alike and separate); ``far_outside`` (more than 5 km beyond
        every ward; missing without wards). Shares between 0 and 1 of the rows, missing where there
        are none: ``located_share``, ``unclassified_share``; ``snapped_share`` is of the located
        rows. ``below_85`` says that the located share is under 85 %. ``delay_median_days`` and
        ``delay_p90_days``: from the end of the event's interval to the report, never below 0.
        Texts: ``place_mix``, ``time_mix``, ``refused_mix`` (``word 12; other 3``, most first),
        ``area_vintage`` and ``area_warning`` (empty where no area code was sent).
        ``complete_to``: a date, missing where not known. Empty in, empty out.

    Raises
    ------
    ParameterError
        A needed column is absent.
    CrsError
        The wards are in another system.

    Notes
    -----
    The 85 % line: Ratcliffe, J. H. (2004), "Geocoding crime and a first estimate of a minimum
    acceptable hit rate", International Journal of Geographical Information Science 18(1): 61-72.

    Examples
    --------
    >>> from aim.model.incidents import conform_incidents
    >>> incidents = conform_incidents(pd.DataFrame({
    ...     "source": "wardens", "occurred_from": pd.to_datetime(["2026-04-03T10:00Z"] * 2),
    ...     "place_precision": ["point", "none"], "easting": [449000.0, None],
    ... }))
    >>> monthly_quality(incidents)[["source", "month", "rows", "located_share", "below_85"]]
        source    month  rows  located_share  below_85
    0  wardens  2026-04     2            0.5      True
    """
    check_incidents(incidents)
    marked = _marked(incidents, wards)
    measured = pd.concat([_counted(marked), _mixed(marked), _delays(marked)], axis=1)
    whole = measured.join(_refused(rejected), how="outer").reset_index()
    whole = whole.sort_values(_KEYS, na_position="last", kind="stable").reset_index(drop=True)
    finished = _finished(whole, wards_known=wards is not None, coverage=coverage)
    return _with_areas(finished, areas)


def _with_areas(table: pd.DataFrame, areas: pd.DataFrame | None) -> pd.DataFrame:
    """Add what the senders' own area codes say, for the rows there are."""
    said = pd.DataFrame(columns=[*_KEYS, *_AREAS], dtype="str") if areas is None else areas
    joined = table.merge(said, on=_KEYS, how="left")
    return joined.assign(**{name: joined[name].fillna("").astype("str") for name in _AREAS})


def _marked(incidents: pd.DataFrame, wards: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Give each row its month and a mark for each thing that is counted."""
    located = incidents["easting"].notna() & ~incidents["place_precision"].isin(_NOT_LOCATED)
    return pd.DataFrame(
        {
            "source": incidents["source"].astype("str"),
            "month": local_months(incidents["occurred_from"]).astype("str"),
            "rows": True,
            "located": located,
            "unclassified": (incidents["incident_type"] == UNCLASSIFIED).astype(bool),
            "snapped": (incidents["place_precision"] == PlacePrecision.SNAPPED).astype(bool),
            "repeated": incidents.duplicated(_REPEATED_OVER),
            "far_outside": _far_outside(incidents, located, wards),
            "place_precision": incidents["place_precision"].astype("str"),
            "time_precision": incidents["time_precision"].astype("str"),
            "delay_days": _delay_days(incidents),
        }
    )


def _far_outside(
    incidents: pd.DataFrame, located: pd.Series, wards: gpd.GeoDataFrame | None
) -> pd.Series:
    far = pd.Series(data=False, index=incidents.index)
    if wards is None or not len(wards) or not located.any():
        return far
    area = shapely.union_all(check_wards(wards).geometry.values)
    shapely.prepare(area)
    places = incidents.loc[located, ["easting", "northing"]].to_numpy(np.float64)
    # Feeds repeat positions: measure each one once.
    distinct, back = np.unique(places, axis=0, return_inverse=True)
    near = shapely.dwithin(area, shapely.points(distinct), FAR_OUTSIDE_M)
    far[located] = ~near[back.ravel()]
    return far


def _delay_days(incidents: pd.DataFrame) -> pd.Series:
    """Return the least delay the two times allow, in days; missing where either is unclear."""
    ended, reported = incidents["occurred_to"], incidents["reported_at"]
    days = (reported - ended).dt.total_seconds().clip(lower=0) / 86_400
    clear: pd.Series = days.mask(incidents["time_precision"] == TimePrecision.MONTH)
    return clear


def _counted(marked: pd.DataFrame) -> pd.DataFrame:
    marks = ["rows", "located", "unclassified", "snapped", "repeated", "far_outside"]
    return marked.groupby(_KEYS, dropna=False)[marks].sum()


def _mixed(marked: pd.DataFrame) -> pd.DataFrame:
    groups = marked.groupby(_KEYS, dropna=False)
    return pd.DataFrame(
        {
            "place_mix": groups["place_precision"].agg(_mix),
            "time_mix": groups["time_precision"].agg(_mix),
        }
    )


def _mix(words: pd.Series) -> str:
    """Write how often each word stands there, most first, then by the alphabet."""
    counts = words.dropna().value_counts()
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return "; ".join(f"{word} {count}" for word, count in ordered)


def _delays(marked: pd.DataFrame) -> pd.DataFrame:
    groups = marked.groupby(_KEYS, dropna=False)["delay_days"]
    return pd.DataFrame(
        {
            "delays": groups.count(),
            "delay_median_days": groups.median(),
            "delay_p90_days": groups.quantile(0.9),
        }
    )


def _refused(rejected: pd.DataFrame | None) -> pd.DataFrame:
    rows = pd.DataFrame({name: pd.Series(dtype="str") for name in (*_KEYS, "reason")})
    if rejected is not None and len(rejected):
        missing = [name for name in ("source", "reason") if name not in rejected]
        if missing:
            raise ParameterError(
                f"`rejected` lacks {', '.join(missing)}; found"
                f" {', '.join(map(str, rejected.columns))}. Add the source of the delivery."
            )
        rows = rejected.reindex(columns=rows.columns).astype("str")
    groups = rows.groupby(_KEYS, dropna=False)["reason"]
    return pd.DataFrame({"refused": groups.size(), "refused_mix": groups.agg(_mix)})


def _finished(
    whole: pd.DataFrame, *, wards_known: bool, coverage: Iterable[Coverage]
) -> pd.DataFrame:
    counts = {name: whole[name].fillna(0).astype("int64") for name in _WHOLE}
    rows, located = counts["rows"], counts["located"]
    located_share = _share(located, rows)
    complete = {one.source: one.complete_to for one in coverage}
    far = counts["far_outside"].astype("Int64").where((rows > 0) & wards_known)
    return pd.DataFrame(
        {
            "source": whole["source"],
            "month": whole["month"],
            "rows": rows,
            "located": located,
            "located_share": located_share,
            "below_85": located_share < LOCATED_ENOUGH,
            "place_mix": whole["place_mix"].fillna(""),
            "time_mix": whole["time_mix"].fillna(""),
            "delays": counts["delays"],
            "delay_median_days": whole["delay_median_days"].astype("float64"),
            "delay_p90_days": whole["delay_p90_days"].astype("float64"),
            "unclassified": counts["unclassified"],
            "unclassified_share": _share(counts["unclassified"], rows),
            "refused": counts["refused"],
            "refused_mix": whole["refused_mix"].fillna(""),
            "snapped": counts["snapped"],
            "snapped_share": _share(counts["snapped"], located),
            "repeated": counts["repeated"],
            "far_outside": far,
            "complete_to": whole["source"].map(complete).astype("object"),
        }
    )


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    share: pd.Series = part / whole.where(whole > 0)
    return share.astype("float64")


def say_quality(row: Mapping[str, Any]) -> list[str]:
    """Say what a reader must know of one source in one month; nothing where all is well.

    Parameters
    ----------
    row
        One row of ``monthly_quality``.

    Returns
    -------
    list of str
        Sentences, the gravest first; may be empty.

    Examples
    --------
    >>> row = {"rows": 40, "located": 30, "located_share": 0.75, "below_85": True, "refused": 2,
    ...        "refused_mix": "no date 2", "unclassified": 0, "repeated": 0, "far_outside": 0}
    >>> say_quality(row)
    ['30 of 40 rows (75 %) have a position, fewer than 85 %: a map of them may mislead.',
     '2 rows were refused: no date 2.']
    """
    return [sentence for sentence in (say(row) for say in _SAYINGS) if sentence]


def _say_located(row: Mapping[str, Any]) -> str:
    if not row["below_85"]:
        return ""
    return (
        f"{row['located']:,} of {row['rows']:,} rows ({_percent(row['located_share'])}) have a"
        f" position, fewer than {_percent(LOCATED_ENOUGH)}: a map of them may mislead."
    )


def _say_refused(row: Mapping[str, Any]) -> str:
    return f"{_rows(row['refused'])} refused: {row['refused_mix']}." if row["refused"] else ""


def _say_far(row: Mapping[str, Any]) -> str:
    if pd.isna(row["far_outside"]) or not row["far_outside"]:
        return ""
    return f"{_rows(row['far_outside'])} placed more than 5 km outside every ward."


def _say_unclassified(row: Mapping[str, Any]) -> str:
    count = row["unclassified"]
    return f"{_rows(count)} of a type the hub does not know." if count else ""


def _say_repeated(row: Mapping[str, Any]) -> str:
    if not row["repeated"]:
        return ""
    return (
        f"{_rows(row['repeated'])} the same as an earlier row in all but identity;"
        " they are counted, since separate incidents can read alike."
    )


def _say_complete(row: Mapping[str, Any]) -> str:
    day = row.get("complete_to")
    if day is None or pd.isna(day) or not isinstance(row.get("month"), str):
        return ""
    if f"{day:%Y-%m}" > row["month"] or day == pd.Period(row["month"], "M").end_time.date():
        return ""
    return f"The month is complete only to {say_day(day)}."


def _say_areas(row: Mapping[str, Any]) -> str:
    return str(row.get("area_warning") or "")


_SAYINGS = (
    _say_complete,
    _say_located,
    _say_refused,
    _say_far,
    _say_areas,
    _say_unclassified,
    _say_repeated,
)


def _rows(count: int) -> str:
    return f"{count:,} row was" if count == 1 else f"{count:,} rows were"


def _percent(share: float) -> str:
    # Cut, not rounded, so that 84.9 % is never written as 85 %.
    return f"{int(share * 100 + 1e-9)} %"
