"""When incidents happen, hour by hour of the week, where many are known only to an interval.

Aoristic analysis: an incident that happened somewhere between two times counts in every hour it
may have happened in, by the share of its interval that lies there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis._dated import keep_dated
from aim.errors import ParameterError
from aim.model.incidents import TimePrecision, check_incidents
from aim.model.times import LONDON

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24
HOURS_A_WEEK = len(DAYS) * HOURS
# With more incidents than this known only to the day, hours say how days were filled in.
DAYS_ALONE = 0.3
_HOUR = 3_600_000_000  # microseconds
_WEEK = HOURS_A_WEEK * _HOUR
# Incidents spread at once: each may touch 169 hours.
_BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class AoristicProfile:
    """When in the week incidents happened.

    Attributes
    ----------
    weights
        Rows Monday to Sunday, columns 0 to 23, London time: incidents, in shares of them.
    incidents
        How many took part; the sum of the weights.
    day_only
        How many of them are known only to the day, and lie flat over its hours.
    over_a_week
        How many of them have an interval longer than a week, and lie flat over the week.
    warnings
        What was left out, and what the hours cannot say.
    """

    weights: pd.DataFrame
    incidents: int
    day_only: int
    over_a_week: int
    warnings: tuple[str, ...] = ()


def aoristic(occurred_from: npt.ArrayLike, occurred_to: npt.ArrayLike) -> Floats:
    """Spread each incident over the hours of the week it may have happened in.

    Parameters
    ----------
    occurred_from, occurred_to
        Start and end of each incident's interval, moments with a zone; without one they are UTC.
        A single pair will do.

    Returns
    -------
    numpy.ndarray
        Shape (7, 24), float64: days from Monday, hours from midnight, London time. Each incident
        brings 1 in all. Without an end it happened at its start; without a start it is left out;
        with the two swapped it lies between them; longer than seven days it lies flat over the
        week. Empty in, zeros out.

    Raises
    ------
    ParameterError
        The two differ in length, or cannot be read as moments.

    Notes
    -----
    Ratcliffe, J. H. (2002), "Aoristic signatures and the spatio-temporal analysis of high volume
    crime patterns", Journal of Quantitative Criminology 18: 23-43. Intervals are measured in UTC
    and laid on the London clock: the night the clocks go back has its second hour twice.

    Examples
    --------
    >>> weights = aoristic(["2026-01-05T23:30Z"], ["2026-01-06T01:15Z"])
    >>> weights[0, 23].round(4), weights[1, :2].round(4)
    (np.float64(0.2857), array([0.5714, 0.1429]))
    """
    start = _read_moments("occurred_from", occurred_from)
    end = _read_moments("occurred_to", occurred_to)
    if len(start) != len(end):
        raise ParameterError(
            f"`occurred_from` and `occurred_to` must be as many, found {len(start)} and {len(end)}."
        )
    weights = np.zeros(HOURS_A_WEEK)
    for first, last in _intervals(start, end):
        weights += _spread(first, last)
    return weights.reshape(len(DAYS), HOURS)


def _read_moments(name: str, moments: npt.ArrayLike) -> pd.Series:
    given = moments if isinstance(moments, pd.Series) else pd.Series(np.atleast_1d(moments))
    try:
        read: pd.Series = pd.to_datetime(given, utc=True).astype("datetime64[us, UTC]")
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"`{name}` must be moments such as 2026-04-30T21:15Z, found {given.iloc[0]!r}."
        ) from error
    return read.reset_index(drop=True)


def _intervals(start: pd.Series, end: pd.Series) -> Iterator[tuple[Ints, Ints]]:
    """Yield intervals in microseconds, first before last, some at a time."""
    known = start.notna()
    first = start[known].astype("int64").to_numpy()
    last = end[known].fillna(start[known]).astype("int64").to_numpy()
    for place in range(0, len(first), _BLOCK):
        some = slice(place, place + _BLOCK)
        yield np.minimum(first[some], last[some]), np.maximum(first[some], last[some])


def _spread(first: Ints, last: Ints) -> Floats:
    """Return the weight in each of the 168 hours, Monday's first."""
    span = last - first
    long = span > _WEEK
    flat = np.full(HOURS_A_WEEK, np.count_nonzero(long) / HOURS_A_WEEK)
    first, last, span = first[~long], last[~long], span[~long]
    # A moment lies in the one hour that holds it; an interval not in the hour its end begins.
    hour, final = first // _HOUR, np.where(span > 0, -(-last // _HOUR), first // _HOUR + 1)
    pieces = final - hour
    which = np.repeat(np.arange(len(first)), pieces)
    each = hour[which] + np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begins = np.maximum(first[which], each * _HOUR)
    ends = np.minimum(last[which], (each + 1) * _HOUR)
    share = np.divide(ends - begins, span[which], out=np.ones(len(which)), where=span[which] > 0)
    return flat + np.bincount(_hours_of_week(each), share, minlength=HOURS_A_WEEK)


def _hours_of_week(hours: Ints) -> Ints:
    """Return the hour of the London week of whole UTC hours; London keeps whole hours off UTC."""
    distinct, back = np.unique(hours, return_inverse=True)
    moments = pd.DatetimeIndex((distinct * _HOUR).astype("datetime64[us]"), tz="UTC")
    local = moments.tz_convert(LONDON)
    week: Ints = (local.day_of_week * HOURS + local.hour).to_numpy(np.int64)
    return week[back.ravel()]


def aoristic_profile(incidents: pd.DataFrame) -> AoristicProfile:
    """Say when in the week incidents happened, leaving out those known only to their month.

    Parameters
    ----------
    incidents
        ``occurred_from``, ``occurred_to`` and ``time_precision``.

    Returns
    -------
    AoristicProfile
        Zeros where there are no incidents.

    Raises
    ------
    ParameterError
        All incidents are known only to their month, or a column is absent.

    Examples
    --------
    >>> incidents = pd.DataFrame({
    ...     "occurred_from": pd.to_datetime(["2026-07-06T20:00Z"]),
    ...     "occurred_to": pd.to_datetime(["2026-07-06T22:00Z"]), "time_precision": "minute"})
    >>> aoristic_profile(incidents).weights.loc["Monday", [20, 21, 22]].tolist()
    [0.0, 0.5, 0.5]
    """
    check_incidents(incidents, needed=("occurred_to",))
    dated = keep_dated(incidents, "Hours of the week")
    rows = dated.rows
    weights = aoristic(rows["occurred_from"], rows["occurred_to"])
    day_only = int((rows["time_precision"] == TimePrecision.DAY).sum())
    length = (rows["occurred_to"] - rows["occurred_from"]).abs()
    long = int((length > pd.Timedelta(days=len(DAYS))).sum())
    return AoristicProfile(
        weights=pd.DataFrame(weights, index=list(DAYS), columns=range(HOURS)),
        incidents=len(rows),
        day_only=day_only,
        over_a_week=long,
        warnings=(*dated.warnings(), *_warn(len(rows), day_only, long)),
    )


def _warn(incidents: int, day_only: int, long: int) -> tuple[str, ...]:
    sentences = []
    if day_only > DAYS_ALONE * incidents:
        sentences.append(
            f"{day_only} of {incidents} incidents are known only to the day and lie flat over its"
            " hours: read the days, not the hours."
        )
    if long:
        sentences.append(f"Longer than a week, and so flat over the week: {long}.")
    return tuple(sentences)
