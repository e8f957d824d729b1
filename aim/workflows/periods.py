"""Periods: the one before, the same a year ago, and how far each source reaches."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from aim.errors import ParameterError
from aim.model.filters import IncidentFilter
from aim.model.records import Coverage
from aim.model.times import next_month, say_day

FEBRUARY, LEAP_DAY = 2, 29


@dataclass(frozen=True, slots=True)
class Period:
    """London days, ``since`` included and ``until`` not.

    Examples
    --------
    >>> Period(date(2026, 4, 1), date(2026, 5, 1)).say()
    'April 2026'
    """

    since: date
    until: date

    def say(self) -> str:
        """Write the period as people say it."""
        last = self.until - timedelta(days=1)
        if self.since.day == 1 and self.until == next_month(self.since):
            return f"{self.since:%B %Y}"
        if self.since.day == 1 and self.until.day == 1:
            return f"{self.since:%B %Y} to {last:%B %Y}"
        if last == self.since:
            return say_day(self.since)
        return f"{say_day(self.since)} to {say_day(last)}"

    def before(self) -> "Period":
        """Return the equal period that ends where this one starts.

        Whole months go back by months, so that month-only sources can be compared.

        Examples
        --------
        >>> Period(date(2026, 3, 1), date(2026, 5, 1)).before().say()
        'January 2026 to February 2026'
        """
        if self.since.day == 1 and self.until.day == 1:
            months = _months(self.until) - _months(self.since)
            return Period(_month_back(self.since, months), self.since)
        return Period(self.since - (self.until - self.since), self.since)

    def year_ago(self) -> "Period":
        """Return the same days a year earlier.

        Examples
        --------
        >>> Period(date(2026, 4, 1), date(2026, 5, 1)).year_ago().say()
        'April 2025'
        """
        return Period(_year_back(self.since), _year_back(self.until))


def period_of(wanted: IncidentFilter) -> Period | None:
    """Return the filter's period, or None where it is open at an end."""
    if wanted.since is None or wanted.until is None:
        return None
    return Period(wanted.since, wanted.until)


def within(wanted: IncidentFilter, period: Period) -> IncidentFilter:
    """Return the filter moved to another period."""
    return replace(wanted, since=period.since, until=period.until)


def chosen(coverage: Iterable[Coverage], wanted: IncidentFilter) -> list[Coverage]:
    """Return the coverage of the sources that the filter takes in."""
    return [one for one in coverage if not wanted.sources or one.source in wanted.sources]


def comparable(coverage: list[Coverage], now: Period, before: Period) -> str:
    """Say why two periods cannot be compared; an empty text when they can.

    A source that does not reach over a period would look like a rise or a fall.
    """
    if not coverage:
        return "No source has been loaded yet."
    faults = [
        f"{one.source} starts on {say_day(one.first_day)}"
        for one in coverage
        if one.first_day > before.since and not _same_month(one.first_day, before.since)
    ]
    faults += [
        f"{one.source} is complete only to {say_day(one.complete_to)}"
        for one in coverage
        if one.complete_to < now.until - timedelta(days=1)
    ]
    if not faults:
        return ""
    return f"Not compared with {before.say()}: {'; '.join(faults)}."


def latest_complete_month(coverage: list[Coverage]) -> Period | None:
    """Return the last whole month for which every source is complete.

    Examples
    --------
    >>> latest_complete_month([]) is None
    True
    """
    if not coverage:
        return None
    first_open_day = min(one.complete_to for one in coverage) + timedelta(days=1)
    until = first_open_day.replace(day=1)
    return Period(_month_back(until, 1), until)


def months_held(coverage: list[Coverage], wanted: IncidentFilter) -> list[str]:
    """Return the whole months of a filter's period that every source holds.

    Parameters
    ----------
    coverage
        Of the sources the filter chooses.

    Raises
    ------
    ParameterError
        There is no source.
    """
    last = latest_complete_month(coverage)
    if last is None:
        raise ParameterError("Months were to be judged, and no source is loaded yet: aim ingest.")
    first = max(one.first_day for one in coverage).replace(day=1)
    since = max(first, wanted.since or first)
    return whole_months(since, min(last.until, wanted.until or last.until))


def whole_months(since: date, until: date) -> list[str]:
    """Return the months between two days, those cut off left out.

    Examples
    --------
    >>> whole_months(date(2026, 1, 2), date(2026, 4, 1))
    ['2026-02', '2026-03']
    """
    first = pd.Period(since, "M") + int(since.day > 1)
    return [str(month) for month in pd.period_range(first, pd.Period(until, "M") - 1, freq="M")]


def months_to(until: date, months: int) -> Period:
    """Return the whole months that end at ``until``, itself not included.

    Examples
    --------
    >>> months_to(date(2026, 5, 1), 12).say()
    'May 2025 to April 2026'
    """
    last = until if until.day == 1 else next_month(until)
    return Period(_month_back(last, months), last)


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _month_back(first: date, months: int) -> date:
    year, month = divmod(_months(first) - 1 - months, 12)
    return date(year, month + 1, 1)


def _year_back(day: date) -> date:
    if day.month == FEBRUARY and day.day == LEAP_DAY:
        return date(day.year - 1, FEBRUARY, LEAP_DAY - 1)
    return day.replace(year=day.year - 1)


def _same_month(one: date, other: date) -> bool:
    # The first row of a month is rarely stamped at its first midnight.
    return (one.year, one.month) == (other.year, other.month)
