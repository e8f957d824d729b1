"""Times as the hub keeps them: UTC, half-open intervals, days and months of Europe/London."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from aim.errors import ParameterError

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
LONDON = ZoneInfo("Europe/London")
UTC = ZoneInfo("UTC")


def london_midnight(day: date) -> datetime:
    """Return the start of a day in London, in UTC.

    Examples
    --------
    >>> london_midnight(date(2026, 7, 1)).isoformat()
    '2026-06-30T23:00:00+00:00'
    """
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def day_interval(day: date) -> tuple[datetime, datetime]:
    """Return a London day as a half-open UTC interval: 23, 24 or 25 hours.

    Examples
    --------
    >>> start, end = day_interval(date(2026, 3, 29))
    >>> end - start
    datetime.timedelta(seconds=82800)
    """
    return london_midnight(day), london_midnight(day + timedelta(days=1))


def month_interval(month: str) -> tuple[datetime, datetime]:
    """Return a London month, written ``2026-04``, as a half-open UTC interval.

    Raises
    ------
    ParameterError
        The text is not a month.

    Examples
    --------
    >>> [moment.isoformat() for moment in month_interval("2026-04")]
    ['2026-03-31T23:00:00+00:00', '2026-04-30T23:00:00+00:00']
    """
    first = read_month(month)
    return london_midnight(first), london_midnight(next_month(first))


def read_month(month: str) -> date:
    """Read ``2026-04`` as the first day of that month.

    Raises
    ------
    ParameterError
        The text is not a month.

    Examples
    --------
    >>> read_month("2026-04")
    datetime.date(2026, 4, 1)
    """
    found = _MONTH.fullmatch(month.strip())
    if not found:
        raise ParameterError(f"A month was asked for, found {month!r}; write it like 2026-04.")
    return date(int(found[1]), int(found[2]), 1)


def next_month(first: date) -> date:
    """Return the first day of the month after the one that starts on ``first``.

    Examples
    --------
    >>> next_month(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def days_in(month: str) -> int:
    """Return how many days a month written ``2026-04`` has.

    Raises
    ------
    ParameterError
        The text is not a month.

    Examples
    --------
    >>> days_in("2026-02"), days_in("2024-02"), days_in("2026-12")
    (28, 29, 31)
    """
    first = read_month(month)
    return (next_month(first) - first).days


def read_day(text: str, name: str = "date") -> date:
    """Read an ISO date such as ``2026-04-30``, or a month as its first day.

    Raises
    ------
    ParameterError
        The text is neither; ``name`` says which word held it.

    Examples
    --------
    >>> read_day("2026-04-30"), read_day("2026-04")
    (datetime.date(2026, 4, 30), datetime.date(2026, 4, 1))
    """
    try:
        return read_month(text) if text.count("-") == 1 else date.fromisoformat(text.strip())
    except ValueError as error:
        raise ParameterError(
            f"`{name}` must be a date, found {text!r}; write it like 2026-04-30."
        ) from error


def local_hours(moments: pd.Series) -> pd.Series:
    """Return the hour of the London clock, 0 to 23, of UTC moments.

    Examples
    --------
    >>> local_hours(pd.Series(pd.to_datetime(["2026-07-01T23:30Z"]))).tolist()
    [0]
    """
    local: pd.Series = moments.dt.tz_convert(LONDON).dt.hour
    return local


def local_weekdays(moments: pd.Series) -> pd.Series:
    """Return the London day of the week, Monday 0 to Sunday 6, of UTC moments.

    Examples
    --------
    >>> local_weekdays(pd.Series(pd.to_datetime(["2026-07-01T23:30Z"]))).tolist()
    [3]
    """
    local: pd.Series = moments.dt.tz_convert(LONDON).dt.day_of_week
    return local


def local_months(moments: pd.Series) -> pd.Series:
    """Return the London month of UTC moments as text such as ``2026-04``.

    Examples
    --------
    >>> local_months(pd.Series(pd.to_datetime(["2026-03-31T23:30Z"]))).tolist()
    ['2026-04']
    """
    local: pd.Series = moments.dt.tz_convert(LONDON).dt.strftime("%Y-%m")
    return local


def say_day(day: date) -> str:
    """Write a date as people say it.

    Examples
    --------
    >>> say_day(date(2026, 4, 30))
    '30 April 2026'
    """
    return f"{day.day} {day:%B %Y}"


def say_month(month: str) -> str:
    """Write a month such as ``2026-04`` as people say it.

    Examples
    --------
    >>> say_month("2026-04")
    'April 2026'
    """
    return f"{read_month(month):%B %Y}"
