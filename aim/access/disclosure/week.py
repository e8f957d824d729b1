"""The fixed parts of a week that free questions are cut to, the same for every question."""

from collections.abc import Collection

import pandas as pd

from aim.model.filters import DAYS
from aim.model.incidents import TimePrecision, check_incidents
from aim.model.times import local_hours, local_weekdays

HOURS = range(24)
NO_HOUR = "any"
NO_DAY = "unknown"
# Every incident lies in exactly one: an hour of the week, a day without an hour, or no day at all.
WEEK: frozenset[str] = frozenset(
    {f"{day}-{hour:02d}" for day in DAYS for hour in HOURS}
    | {f"{day}-{NO_HOUR}" for day in DAYS}
    | {NO_DAY}
)


def parts_asked(*, hours: Collection[int] = (), days: Collection[int] = ()) -> frozenset[str]:
    """Return the parts that a filter's hours and days choose; all of them without either.

    As in every filter, an incident without an hour matches no hours, one without a day no days.

    Parameters
    ----------
    hours
        London clock hours, 0 to 23; empty for all.
    days
        Monday 0 to Sunday 6; empty for all.

    Examples
    --------
    >>> sorted(parts_asked(hours=[22, 23], days=[4]))
    ['fri-22', 'fri-23']
    >>> "fri-any" in parts_asked(days=[4]), parts_asked() == WEEK
    (True, True)
    """
    if not hours and not days:
        return WEEK
    named = [DAYS[day] for day in days or range(len(DAYS))]
    words = {f"{day}-{hour:02d}" for day in named for hour in hours or HOURS}
    if not hours:
        words |= {f"{day}-{NO_HOUR}" for day in named}
    return frozenset(words)


def part_of(incidents: pd.DataFrame) -> pd.Series:
    """Return the part of the week each incident lies in.

    Parameters
    ----------
    incidents
        Needs ``occurred_from`` (UTC) and ``time_precision``.

    Returns
    -------
    pandas.Series
        Words of ``WEEK`` on the same index; empty in, empty out.

    Examples
    --------
    >>> rows = pd.DataFrame({"time_precision": ["minute", "day", "month"],
    ...     "occurred_from": pd.to_datetime(["2026-05-01T21:30Z"] * 3)})
    >>> part_of(rows).tolist()
    ['fri-22', 'fri-any', 'unknown']
    """
    check_incidents(incidents, ("occurred_from", "time_precision"))
    days = local_weekdays(incidents["occurred_from"]).map(dict(enumerate(DAYS)))
    hours = local_hours(incidents["occurred_from"]).map("{:02d}".format)
    precision = incidents["time_precision"]
    hours = hours.where(precision == TimePrecision.MINUTE, NO_HOUR)
    words: pd.Series = (days + "-" + hours).where(precision != TimePrecision.MONTH, NO_DAY)
    return words.astype("str")
