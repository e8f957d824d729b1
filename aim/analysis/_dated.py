"""Incidents whose day is known: methods of time refuse what is known only to the month."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis._numbers import Floats
from aim.errors import ParameterError
from aim.model.incidents import PlacePrecision, TimePrecision, check_incidents
from aim.model.times import LONDON

METRES = ["easting", "northing"]
# A ward's name alone is no position; a street's point is no address.
_VAGUE = (PlacePrecision.WARD, PlacePrecision.NONE)
_STREETS = (PlacePrecision.STREET, PlacePrecision.SNAPPED, PlacePrecision.POSTCODE)


@dataclass(frozen=True, slots=True)
class Dated:
    """The rows whose day is known, and how many were left out.

    Attributes
    ----------
    rows
        In their order, with their index.
    month_only, no_time
        Rows known only to the month, and rows without any time.
    """

    rows: pd.DataFrame
    month_only: int
    no_time: int

    def warnings(self) -> tuple[str, ...]:
        """Say what was left out.

        Examples
        --------
        >>> Dated(pd.DataFrame(), 2, 0).warnings()
        ('Left out, known only to their month: 2.',)
        """
        counts = {"known only to their month": self.month_only, "without a time": self.no_time}
        return tuple(f"Left out, {words}: {count:,}." for words, count in counts.items() if count)


def keep_dated(incidents: pd.DataFrame, job: str) -> Dated:
    """Keep the rows whose day is known.

    Parameters
    ----------
    incidents
        ``occurred_from`` and ``time_precision``.
    job
        What the rows are wanted for, as the beginning of a sentence.

    Raises
    ------
    ParameterError
        A column is absent, or there are rows and all are known only to their month.

    Examples
    --------
    >>> rows = pd.DataFrame({"occurred_from": pd.to_datetime(["2026-04-01T00:00Z"] * 2),
    ...     "time_precision": ["month", "day"]})
    >>> keep_dated(rows, "Near repeats").month_only
    1
    """
    check_incidents(incidents, needed=("occurred_from", "time_precision"))
    timed = incidents["occurred_from"].notna()
    monthly = (timed & (incidents["time_precision"] == TimePrecision.MONTH)).astype(bool)
    kept = incidents[timed & ~monthly]
    if monthly.any() and kept.empty:
        raise ParameterError(
            f"{job} need to know the day, and all {int(monthly.sum())} incidents with a time are"
            " known only to their month, as data.police.uk publishes them. Load the force's dated"
            " extract, or choose a source that has dates."
        )
    return Dated(kept, int(monthly.sum()), int((~timed).sum()))


def london_dates(moments: pd.Series) -> pd.Series:
    """Return the London date of UTC moments, as midnights without a zone.

    Examples
    --------
    >>> london_dates(pd.Series(pd.to_datetime(["2026-07-01T23:30Z"]))).dt.strftime("%d").tolist()
    ['02']
    """
    dates: pd.Series = moments.dt.tz_convert(LONDON).dt.tz_localize(None).dt.normalize()
    return dates


def london_days(moments: pd.Series) -> pd.Series:
    """Return the London day of UTC moments, as whole days since 1 January 1970.

    Examples
    --------
    >>> london_days(pd.Series(pd.to_datetime(["1970-07-01T23:30Z"]))).tolist()
    [182]
    """
    days: pd.Series = (london_dates(moments) - pd.Timestamp(0)).dt.days
    return days


def read_days(days: npt.ArrayLike, points: int) -> Floats:
    """Return the day of each point as a number, or say what is wrong with them.

    Raises
    ------
    ParameterError
        One is not finite, or there are more or fewer than points.

    Examples
    --------
    >>> read_days([3, 4.5], 2)
    array([3. , 4.5])
    """
    times = np.asarray(days, dtype=np.float64)
    if times.ndim != 1 or not np.isfinite(times).all():
        raise ParameterError(
            "`days` must be one finite number for each point, such as days since the first;"
            f" found the shape {times.shape} with {np.count_nonzero(~np.isfinite(times))} missing."
        )
    if len(times) != points:
        raise ParameterError(
            f"`days` must hold one for each point, found {len(times)} for {points} points."
        )
    return times


def keep_placed(incidents: pd.DataFrame, job: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep the incidents with a day and a position of their own, and say what was left out.

    Raises
    ------
    ParameterError
        As ``keep_dated``.

    Examples
    --------
    >>> rows = pd.DataFrame({"easting": [449000.0, None], "northing": [520000.0, None],
    ...     "occurred_from": pd.to_datetime(["2026-04-01T00:00Z"] * 2), "time_precision": "day",
    ...     "place_precision": ["point", "none"]})
    >>> keep_placed(rows, "Near repeats")[1]
    ('Left out, without a position of their own: 1.',)
    """
    check_incidents(incidents, needed=(*METRES, "place_precision"))
    dated = keep_dated(incidents, job)
    vague = dated.rows["place_precision"].isin(_VAGUE) | dated.rows["easting"].isna()
    rows = dated.rows[~vague]
    streets = int(rows["place_precision"].isin(_STREETS).sum())
    counts = {
        "Left out, without a position of their own": int(vague.sum()),
        "On points that stand for a street: the same point may be two addresses": streets,
    }
    said = tuple(f"{words}: {count:,}." for words, count in counts.items() if count)
    return rows, (*dated.warnings(), *said)
