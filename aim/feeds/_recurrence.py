"""How an event recurs (RFC 5545, RRULE), in whole days and in bounded time.

What a town's calendar uses is read: every so many days, weeks, months or years; by month, day of
the month, day of the week (also the first or last of a month or year) and position among these.
Libraries that lay out any rule look for a 30 February until the year 9999.
"""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_READ = {"FREQ", "INTERVAL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"}
STEP_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule in whole days, without its count and end.

    Attributes
    ----------
    often, interval
        Daily, weekly, monthly or yearly, and every how many of these.
    months, month_days, positions
        As RFC 5545 has them; empty for all.
    week_days
        Monday 0 to Sunday 6, each with its number in the month or year, 0 for every one.
    week_start
        The day weeks begin with.
    """

    often: str
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    week_days: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def read_recurrence(text: str) -> Recurrence:
    """Read a rule.

    Raises
    ------
    ValueError
        It recurs within a day, or in a way that is not read here.

    Examples
    --------
    >>> read_recurrence("FREQ=MONTHLY;BYDAY=-1FR").week_days
    ((4, -1),)
    """
    parts = dict(one.upper().split("=", 1) for one in text.split(";") if one)
    if parts.get("FREQ") not in STEP_DAYS or set(parts) - _READ:
        raise ValueError(text)
    found = [_BY_DAY.fullmatch(one) for one in _listed(parts, "BYDAY")]
    rule = Recurrence(
        often=parts["FREQ"],
        interval=int(parts.get("INTERVAL", 1)),
        months=tuple(map(int, _listed(parts, "BYMONTH"))),
        month_days=tuple(map(int, _listed(parts, "BYMONTHDAY"))),
        week_days=tuple((_DAYS.index(one[2]), int(one[1] or 0)) for one in found if one),
        positions=tuple(map(int, _listed(parts, "BYSETPOS"))),
        week_start=_DAYS.index(parts.get("WKST", "MO")),
    )
    if not 1 <= rule.interval <= 1000 or None in found:  # noqa: PLR2004 - nothing recurs so seldom
        raise ValueError(text)
    return rule


def recurring_days(rule: Recurrence, start: date, until: date) -> Iterator[date]:
    """Give the days of a rule from its start to before another day, in order.

    Parameters
    ----------
    rule
        From ``read_recurrence``.
    start, until
        London days, the second out; a rule looks at each week, month or year between them once.

    Examples
    --------
    >>> monthly = read_recurrence("FREQ=MONTHLY;BYDAY=1MO")
    >>> [str(day) for day in recurring_days(monthly, date(2026, 4, 1), date(2026, 6, 1))]
    ['2026-04-06', '2026-05-04']
    """
    for first, after in _periods(rule, start, until):
        days = _chosen(rule, start, first, after)
        if rule.positions:
            days = _positioned(days, rule.positions)
        yield from (day for day in days if start <= day < until)


def _listed(parts: dict[str, str], name: str) -> list[str]:
    return [one for one in parts.get(name, "").split(",") if one]


def _periods(rule: Recurrence, start: date, until: date) -> Iterator[tuple[date, date]]:
    """Give first day and day after the last of every period a rule looks at."""
    if rule.often in {"DAILY", "WEEKLY"}:
        length = STEP_DAYS[rule.often]
        back = (start.weekday() - rule.week_start) % 7 if length > 1 else 0
        first = start - timedelta(days=back)
        while first < until:
            yield first, first + timedelta(days=length)
            first += timedelta(days=length * rule.interval)
        return
    length = 1 if rule.often == "MONTHLY" else _YEAR
    number = start.year * _YEAR + (start.month - 1 if length == 1 else 0)
    while _month(number) < until:
        yield _month(number), _month(number + length)
        number += length * rule.interval


def _month(number: int) -> date:
    return date(number // _YEAR, number % _YEAR + 1, 1)


def _chosen(rule: Recurrence, start: date, first: date, after: date) -> list[date]:
    """Return the days of a period that a rule chooses; the start gives what it leaves open."""
    days = [first + timedelta(days=number) for number in range((after - first).days)]
    months, month_days, week_days = rule.months, rule.month_days, rule.week_days
    if not month_days and not week_days:
        if rule.often == "WEEKLY":
            week_days = ((start.weekday(), 0),)
        elif rule.often != "DAILY":
            month_days = (start.day,)
            months = months or ((start.month,) if rule.often == "YEARLY" else ())
    if months:
        days = [day for day in days if day.month in months]
    if month_days:
        days = [day for day in days if _is_month_day(day, month_days)]
    if week_days:
        within_year = rule.often == "YEARLY" and not rule.months
        days = [day for day in days if _is_week_day(day, week_days, within_year)]
    return days


def _is_month_day(day: date, month_days: Sequence[int]) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    return day.day in month_days or day.day - length - 1 in month_days


def _is_week_day(day: date, week_days: Sequence[tuple[int, int]], within_year: bool) -> bool:  # noqa: FBT001 - of a month or of a year
    if within_year:
        place, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    else:
        place, length = day.day, calendar.monthrange(day.year, day.month)[1]
    numbers = {0, (place + 6) // 7, -((length - place) // 7 + 1)}
    return any(day.weekday() == own and number in numbers for own, number in week_days)


def _positioned(days: list[date], positions: Sequence[int]) -> list[date]:
    """Return the days at some positions, from the end where negative."""
    chosen = {
        days[one - 1 if one > 0 else one] for one in positions if one and abs(one) <= len(days)
    }
    return sorted(chosen)
