"""Tables of a strategic assessment: localities by year, top locations, vulnerable localities.

Years and quarters start in April unless told otherwise, and are written 2025/26.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from aim.analysis._numbers import read_counts, read_exposures
from aim.analysis.names import street_of
from aim.errors import ParameterError
from aim.model.incidents import check_incidents
from aim.model.times import LONDON, say_day

APRIL = 4
_MONTHS, _QUARTER = 12, 3
Base = Literal["pooled", "mean"]
_BASES: Mapping[str, str] = {
    "pooled": "100 is the rate of all localities together",
    "mean": "100 is the mean of the localities' rates, each counted once",
}
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class LocalityIndex:
    """How much worse than usual each locality is, over several indicators.

    Attributes
    ----------
    indices
        One column an indicator and ``index``, their mean; one row a locality.
    base
        What 100 stands for, in words.
    warnings
        Indicators that could not be used.
    """

    indices: pd.DataFrame
    base: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalityTable:
    """Incidents by locality and year.

    Attributes
    ----------
    counts
        One row for each type and locality, and one ``all`` a type; one column a year, oldest
        first. The index is ``incident_type`` and ``locality``.
    warnings
        Years that are not whole, rows without a locality or a date.
    """

    counts: pd.DataFrame
    warnings: tuple[str, ...] = ()


def year_of(day: date, year_starts: int = APRIL) -> str:
    """Return the year a day belongs to, as the partnership writes it.

    Parameters
    ----------
    day
        A London day.
    year_starts
        The month years start in, 1 to 12.

    Returns
    -------
    str
        ``2025/26``, or ``2025`` where years start in January.

    Raises
    ------
    ParameterError
        There is no such month.

    Examples
    --------
    >>> year_of(date(2026, 3, 31)), year_of(date(2026, 4, 1)), year_of(date(2026, 4, 1), 1)
    ('2025/26', '2026/27', '2026')
    """
    _check_start(year_starts)
    first = day.year - (day.month < year_starts)
    return str(first) if year_starts == 1 else f"{first}/{(first + 1) % 100:02d}"


def quarter_of(day: date, year_starts: int = APRIL) -> str:
    """Return the quarter a day belongs to, as the partnership writes it.

    Parameters
    ----------
    day
        A London day.
    year_starts
        The month years start in, 1 to 12.

    Returns
    -------
    str
        ``2025/26 Q1`` for April to June.

    Raises
    ------
    ParameterError
        There is no such month.

    Examples
    --------
    >>> quarter_of(date(2026, 3, 31)), quarter_of(date(2026, 4, 1))
    ('2025/26 Q4', '2026/27 Q1')
    """
    year = year_of(day, year_starts)
    return f"{year} Q{1 + (day.month - year_starts) % _MONTHS // _QUARTER}"


def year_interval(year: str, year_starts: int = APRIL) -> tuple[date, date]:
    """Return the first day of a year and the first after it.

    Parameters
    ----------
    year
        As ``year_of`` writes it.
    year_starts
        The month years start in, 1 to 12.

    Returns
    -------
    since, until
        London days, ``until`` not included.

    Raises
    ------
    ParameterError
        The text is no such year.

    Examples
    --------
    >>> year_interval("2025/26")
    (datetime.date(2025, 4, 1), datetime.date(2026, 4, 1))
    """
    _check_start(year_starts)
    head = year.strip()[:4]
    if head.isdecimal() and head.isascii() and 1 < int(head) < date.max.year:
        since = date(int(head), year_starts, 1)
        if year_of(since, year_starts) == year.strip():
            return since, since.replace(year=since.year + 1)
    form = "2025" if year_starts == 1 else "2025/26"
    raise ParameterError(f"A year was asked for, found {year!r}; write it like {form}.")


def _check_start(year_starts: int) -> None:
    if year_starts not in range(1, _MONTHS + 1):
        raise ParameterError(f"`year_starts` must be a month from 1 to 12, found {year_starts!r}.")


def locality_table(
    incidents: pd.DataFrame,
    localities: pd.Series,
    *,
    year_starts: int = APRIL,
    covers: tuple[date, date] | None = None,
) -> LocalityTable:
    """Count incidents by type, locality and year, for any boundary set.

    Parameters
    ----------
    incidents
        ``incident_type`` and ``occurred_from`` (UTC).
    localities
        Where each lies, aligned with the incidents: ward, neighbourhood or any other area; missing
        outside all.
    year_starts
        The month years start in, 1 to 12.
    covers
        London days ``(since, until)`` the data cover, ``until`` not included: a year that is not
        wholly covered is said. None where that is not known, which is said too.

    Returns
    -------
    LocalityTable
        Counts and warnings. Rows without a locality count as ``outside``, those without a date not
        at all. Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent, or ``localities`` has another index.

    Examples
    --------
    >>> incidents = pd.DataFrame({"incident_type": "burglary", "occurred_from": pd.to_datetime(
    ...     ["2025-03-31T12:00Z", "2025-04-01T12:00Z", "2025-06-01T12:00Z"])})
    >>> locality_table(incidents, pd.Series(["North", "North", "South"])).counts
    year                     2024/25  2025/26
    incident_type locality
    burglary      North            1        1
                  South            0        1
                  all              1        2
    """
    rows, undated = _by_year(incidents, localities, year_starts)
    outside = int((rows["locality"] == OUTSIDE).sum())
    told = [
        f"{undated} incidents without a date are not counted." if undated else "",
        f"{outside} incidents lie outside every locality." if outside else "",
        *_say_part_years(sorted(rows["year"].unique()), covers, year_starts),
    ]
    return LocalityTable(_cross(rows), tuple(filter(None, told)))


def _by_year(
    incidents: pd.DataFrame, localities: pd.Series, year_starts: int
) -> tuple[pd.DataFrame, int]:
    check_incidents(incidents, ("incident_type", "occurred_from"))
    if not localities.index.equals(incidents.index):
        raise ParameterError(
            "`localities` must have the index of `incidents`; assign the areas to these rows."
        )
    named = localities.astype("str").fillna(OUTSIDE)
    rows = incidents[["incident_type"]].assign(locality=named, day=incidents["occurred_from"])
    dated = rows.dropna(subset=["day"])
    days = dated["day"].dt.tz_convert(LONDON).dt.date
    years = days.map({day: year_of(day, year_starts) for day in days.unique()})
    return dated.assign(year=years.astype("str")), len(rows) - len(dated)


def _say_part_years(
    years: list[str], covers: tuple[date, date] | None, year_starts: int
) -> list[str]:
    if covers is None:
        return ["What period the data cover was not said: the first and last year may be parts."]
    told = []
    for year in years:
        begin, end = year_interval(year, year_starts)
        since, until = max(begin, covers[0]), min(end, covers[1])
        if (since, until) != (begin, end):
            told.append(
                f"{year} is not whole: the data run from {say_day(since)} to"
                f" {say_day(until - timedelta(days=1))}. Compare it with no whole year."
            )
    return told


def _cross(rows: pd.DataFrame) -> pd.DataFrame:
    # Apart from the localities, so that `all` stands last in every type.
    both = pd.concat([rows.assign(place=0), rows.assign(place=1, locality="all")])
    table = both.pivot_table(
        index=["incident_type", "place", "locality"], columns="year", aggfunc="size", fill_value=0
    )
    return table.droplevel("place").astype("int64")


def top_locations(
    incidents: pd.DataFrame, localities: pd.Series | None = None, *, most: int = 3
) -> pd.DataFrame:
    """List the streets or places with the most incidents.

    Parameters
    ----------
    incidents
        ``location_text``, as the senders wrote it.
    localities
        Where each lies, aligned with the incidents, for a list of each locality; None for one of
        all.
    most
        How many to list, from 1; those that tie with the last are listed too.

    Returns
    -------
    pandas.DataFrame
        ``locality`` (``all`` without localities), ``rank``, ``location``, ``incidents`` and
        ``share`` of the locality's incidents; ties share a rank and stand in alphabetical order.
        Texts that name no place count only in the share. Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent, ``localities`` has another index, or ``most`` is below 1.

    Examples
    --------
    >>> incidents = pd.DataFrame({"location_text": ["Mill Lane", "On or near Mill Lane", "Quay"]})
    >>> top_locations(incidents, most=1)[["location", "incidents"]].values.tolist()
    [['Mill Lane', 2]]
    """
    check_incidents(incidents, ("location_text",))
    if most < 1 or (localities is not None and not localities.index.equals(incidents.index)):
        raise ParameterError(
            f"`most` must be at least 1, found {most!r}, and `localities` have the index of"
            " `incidents`."
        )
    texts = incidents["location_text"].fillna("")
    rows = pd.DataFrame(
        {
            "locality": "all" if localities is None else localities.astype("str").fillna(OUTSIDE),
            "location": texts.map({text: street_of(text) for text in texts.unique()}),
        },
        index=incidents.index,
    )
    totals = rows.groupby("locality").size()
    named = rows[rows["location"] != ""]
    counts = named.groupby(["locality", "location"]).size().rename("incidents").reset_index()
    ranks = counts.groupby("locality")["incidents"].rank(method="min", ascending=False)
    listed = counts.assign(
        rank=ranks.astype("int64"), share=counts["incidents"] / counts["locality"].map(totals)
    )
    listed = listed[listed["rank"] <= most]
    return listed.sort_values(["locality", "rank", "location"], ignore_index=True)[
        ["locality", "rank", "location", "incidents", "share"]
    ]


def vulnerable_localities(
    indicators: pd.DataFrame, households: pd.Series, *, base: Base = "pooled"
) -> LocalityIndex:
    """Measure how much worse than usual each locality is over several indicators.

    Parameters
    ----------
    indicators
        Counts, one row a locality, one column an indicator (by custom six: burglary, criminal
        damage, income, employment, education and young people).
    households
        Households or people of each locality, above 0.
    base
        What stands for 100: ``pooled``, the rate of all localities together, or ``mean``, the
        plain mean of their rates. The two can order localities alike and yet differ by a tenth.

    Returns
    -------
    LocalityIndex
        100 is usual, 200 twice as bad. An indicator without any count is left out, and said.

    Raises
    ------
    ParameterError
        The base is neither, no indicator holds a count, or a number cannot be used.

    Notes
    -----
    The vulnerable localities index of the Jill Dando Institute: each indicator's rate over its
    usual rate times 100, averaged.

    Examples
    --------
    >>> counts = pd.DataFrame({"burglary": [12, 6, 3, 9]})
    >>> homes = pd.Series([1000, 800, 600, 1200])
    >>> vulnerable_localities(counts, homes).indices["index"].round(2).tolist()
    [144.0, 90.0, 60.0, 90.0]
    >>> vulnerable_localities(counts, homes, base="mean").indices["index"].round(2).tolist()
    [150.0, 93.75, 62.5, 93.75]
    """
    if base not in _BASES:
        raise ParameterError(f"`base` must be one of {', '.join(_BASES)}; found {base!r}.")
    if not indicators.index.equals(households.index):
        raise ParameterError("`households` must have the index of `indicators`, the localities.")
    homes = read_exposures("households", households.to_numpy(np.float64), len(households))
    counts = {str(name): read_counts(str(name), indicators[name]) for name in indicators.columns}
    empty = [name for name, values in counts.items() if not values.sum()]
    used = {name: values for name, values in counts.items() if values.sum()}
    if not used:
        raise ParameterError("`indicators` must hold at least one count, found none.")
    made = {}
    for name, values in used.items():
        usual = values.sum() / homes.sum() if base == "pooled" else (values / homes).mean()
        made[name] = 100 * values / homes / usual
    frame = pd.DataFrame(made, index=indicators.index)
    warnings = tuple(f"{name} holds no count and is left out." for name in empty)
    return LocalityIndex(frame.assign(index=frame.mean(axis=1)), _BASES[base], warnings)
