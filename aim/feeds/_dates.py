"""Dates as clerks write them, read as London time and kept as UTC.

``dd/mm/yyyy`` with or without a time, ISO dates with or without a zone, dates with the month in
words, and the serial numbers a spreadsheet shows when a date column loses its format. A day and a
month are never guessed apart: 04/25/2026 is not a date, save where a whole column of an unknown
sender can only have the month first (``settle_days``). In the autumn hour that happens twice a
clock time is the first of the two; in the spring hour that does not happen it moves forward.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.feeds._personal import mask_text
from aim.feeds._seam import distinct, filled, on_distinct
from aim.model.incidents import TIMES, TimePrecision
from aim.model.times import LONDON, month_interval

Clocks = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]
Minutes = npt.NDArray[np.float64]

FIRST_YEAR, LAST_YEAR = 1950, 2100
_PIVOT = 70  # a two-figure year below is of this century
_CENTURY = 100
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day nought has no zone
_SERIALS = (18264.0, 73416.0)  # 1 January 1950 to 1 January 2101
_NOON = 12
_DAY_MINUTES = 24 * 60  # 24:00 is the midnight that ends the day

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY, _YEAR = r"(?P<day>\d{1,2})", r"(?P<year>\d{4}|\d{2})"
_SECOND, _HALF = r"(?:[:.]\d{2}(?:\.\d+)?)?", r"\s*(?P<half>[ap]\.?m\.?)?"
_TIME = rf"(?:(?:[ T,]|\bat\b)+(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}}){_SECOND}{_HALF})?"
_ZONE = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[ ,]+)?"
_SHAPES = tuple(
    re.compile(pattern + _TIME + zone, re.IGNORECASE)
    for pattern, zone in (
        (rf"{_WEEKDAY}{_DAY}[/.-](?P<month>\d{{1,2}})[/.-]{_YEAR}", ""),
        (rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/]{_DAY}", _ZONE),
        (rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[ -](?P<name>[a-z]{{3,9}})[ ,-]+{_YEAR}", ""),
    )
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_CLOCK = re.compile(
    r"(?:.*\s)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.]\d{2}(?:\.\d+)?)?\s*(?P<half>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_SHORT_CLOCK = re.compile(r"(?P<hour>\d{1,2})\s*(?P<half>[ap]\.?m\.?)", re.IGNORECASE)
_PLAIN_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?P<minute>\d{2})(?P<half>)(?:\s*h(?:rs|ours)?)?")
_FRACTION = re.compile(r"0?\.\d+")
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)", re.DOTALL)
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_NAMED_MONTH = re.compile(r"([a-z]{3,9})[ -](\d{4}|\d{2})", re.IGNORECASE)

# Words a clerk may write in a date cell; any other word could be a name that slipped a column.
_DATE_WORD = re.compile(
    "mon|tues?|wed|thu|thurs?|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july"
    "|august|september|october|november|december|st|nd|rd|th|am|pm|at|t|z|tbc|unknown|not|known"
    "|none|n|a|na|various|date|today|yesterday|last|week|night|evening|morning|afternoon|weekend"
    "|early|late|approx|about|circa"
)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_CELL = 40


@dataclass(frozen=True, slots=True)
class Moments:
    """What a column of dates says, row by row.

    Attributes
    ----------
    start
        UTC; missing where blank or not a date. Midnight London where there is no clock time.
    timed
        Whether the cell says a clock time.
    fault
        Why a cell that is not blank could not be read; empty otherwise.
    """

    start: pd.Series
    timed: pd.Series
    fault: pd.Series


@dataclass(frozen=True, slots=True)
class _Moment:
    """One text read: a clock reading, of London unless ``zoned``."""

    clock: datetime | None
    timed: bool = False
    zoned: bool = False
    fault: str = ""


def read_moments(dates: pd.Series, name: str, times: pd.Series | None = None) -> Moments:
    """Read dates, with clock times from the same cells or a column of their own.

    Parameters
    ----------
    dates, times
        Text, trimmed; blank for nothing. A readable time wins over one in the date cell.
    name
        The column's header, for the words of a fault.

    Returns
    -------
    Moments
        On the index of ``dates``; empty in, empty out.

    Examples
    --------
    >>> moments = read_moments(pd.Series(["01/07/2026 00:30", "31/02/2026"]), "Date")
    >>> str(moments.start[0]), moments.fault[1]
    ('2026-06-30 23:30:00+00:00', "Date: '31/02/2026' is not a date")
    """
    codes, texts = distinct(dates)
    read = [_read_moment(text, name) for text in texts]
    clocks = np.array([one.clock for one in read], dtype="datetime64[us]")[codes]
    timed = np.array([one.timed for one in read], dtype=bool)[codes]
    zoned = np.array([one.zoned for one in read], dtype=bool)[codes]
    faults = np.array([one.fault for one in read], dtype=object)[codes]
    if times is not None:
        minutes = _minutes(times)
        known = ~np.isnan(minutes) & ~zoned & ~np.isnat(clocks)
        days = clocks[known].astype("datetime64[D]").astype("datetime64[us]")
        clocks[known] = days + (minutes[known] * 60e6).astype("timedelta64[us]")
        timed = timed | known
    return Moments(
        start=pd.Series(_to_utc(clocks, zoned), index=dates.index),
        timed=pd.Series(timed, index=dates.index),
        fault=pd.Series(faults, index=dates.index, dtype=object),
    )


def settle_days(cells: pd.Series, name: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Put the day first in a column of dates that can only have the month first.

    Returns
    -------
    cells, notes
        Text on the same index, and a sentence where the column was changed or could be either.

    Examples
    --------
    >>> settle_days(pd.Series(["04/25/2026", "04/02/2026"]), "Date")[0].tolist()
    ['25/04/2026', '02/04/2026']
    """
    parts = [_SLASHED.fullmatch(text) for text in distinct(cells)[1]]
    dates = [found for found in parts if found]
    day_first = sum(int(found[1]) > len(_MONTHS) for found in dates)
    month_first = sum(int(found[3]) > len(_MONTHS) for found in dates)
    if month_first and not day_first:
        said = f"{name}: the month stands first in this file, and was read so."
        return on_distinct(cells, _exchange), (said,)
    if dates and not day_first and not month_first:
        return cells, (f"{name}: every date could be read either way; the day was read first.",)
    return cells, ()


def _exchange(text: str) -> str:
    found = _SLASHED.fullmatch(text)
    return f"{found[3]}/{found[1]}/{found[4]}{found[5]}" if found else text


def next_midnight(moments: pd.Series) -> pd.Series:
    """Return the London midnight after each UTC moment: 23, 24 or 25 hours after the one before.

    Examples
    --------
    >>> next_midnight(pd.Series(pd.to_datetime(["2026-03-29T00:00Z"])).astype(TIMES)).iloc[0]
    Timestamp('2026-03-29 23:00:00+0000', tz='UTC')
    """
    days = moments.dt.tz_convert(LONDON).dt.tz_localize(None).dt.normalize()
    clocks = (days + pd.Timedelta(days=1)).to_numpy().astype("datetime64[us]")
    return pd.Series(_to_utc(clocks, np.zeros(len(clocks), dtype=bool)), index=moments.index)


def single_moments(moments: Moments) -> dict[str, pd.Series]:
    """Return the interval and precision of incidents known by one date: its minute or its day.

    Examples
    --------
    >>> found = single_moments(read_moments(pd.Series(["01/04/2026"]), "Date"))
    >>> found["time_precision"][0], str(found["occurred_to"][0] - found["occurred_from"][0])
    ('day', '1 days 00:00:00')
    """
    return {
        "occurred_from": moments.start,
        "occurred_to": interval_end(moments),
        "time_precision": precision(moments.timed),
    }


def needed_faults(moments: Moments, name: str) -> pd.Series:
    """Return why rows have no date they cannot do without; a blank cell is a fault then.

    Examples
    --------
    >>> needed_faults(read_moments(pd.Series(["", "01/04/2026"]), "Date"), "Date").tolist()
    ['Date is blank', '']
    """
    blank = moments.start.isna() & ~filled(moments.fault)
    return moments.fault.mask(blank, f"{name} is blank")


def interval_end(moments: Moments) -> pd.Series:
    """Return the end of the minute or day each moment names."""
    minute = moments.start + pd.Timedelta(minutes=1)
    return as_times(minute.where(moments.timed, next_midnight(moments.start)))


def precision(timed: pd.Series) -> pd.Series:
    """Return the word for how exactly a time is known."""
    words = np.where(timed, TimePrecision.MINUTE.value, TimePrecision.DAY.value)
    return pd.Series(words, index=timed.index, dtype=object)


def read_months(months: pd.Series, name: str) -> tuple[pd.DataFrame, pd.Series]:
    """Read months written ``2026-04``, or ``Apr-26`` as a spreadsheet leaves them.

    Returns
    -------
    interval, fault
        ``occurred_from`` and ``occurred_to`` in UTC, London midnight to midnight; and why a cell
        could not be read, empty where it could. Both on the index of ``months``.

    Examples
    --------
    >>> interval, fault = read_months(pd.Series(["2026-04", "2026-13"]), "Month")
    >>> str(interval.occurred_from[0]), fault[1]
    ('2026-03-31 23:00:00+00:00', "Month: '2026-13' is not a month")
    """
    codes, texts = distinct(months)
    names = [_month_of(text) for text in texts]
    spans = [month_interval(month) if month else (pd.NaT, pd.NaT) for month in names]
    faults = [
        "" if month else _fault(text, name, "month")
        for month, text in zip(names, texts, strict=True)
    ]
    columns = ("occurred_from", "occurred_to")
    frame = pd.DataFrame(
        {
            column: pd.Series([span[side] for span in spans], dtype=TIMES).iloc[codes].array
            for side, column in enumerate(columns)
        },
        index=months.index,
    )
    reasons = np.array(faults, dtype=object)[codes]
    return frame, pd.Series(reasons, index=months.index, dtype=object)


def _month_of(text: str) -> str | None:
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
    elif (found := _NAMED_MONTH.fullmatch(text)) and found[1][:3].lower() in _MONTHS:
        year, month = _full_year(found[2]), _MONTHS.index(found[1][:3].lower()) + 1
    else:
        return None
    known = 1 <= month <= len(_MONTHS) and FIRST_YEAR <= year <= LAST_YEAR
    return f"{year}-{month:02d}" if known else None


def _to_utc(clocks: Clocks, zoned: Flags) -> Any:
    local = pd.Series(clocks)
    first = np.ones(len(clocks), dtype=bool)
    london = local.dt.tz_localize(LONDON, ambiguous=first, nonexistent="shift_forward")
    given = local.dt.tz_localize("UTC")
    return as_times(london.dt.tz_convert("UTC").where(~zoned, given)).array


def as_times(moments: pd.Series) -> pd.Series:
    """Give moments the type the incident table keeps."""
    kept: pd.Series = moments.astype(TIMES)  # type: ignore[call-overload]  # the name is ours
    return kept


def _read_moment(text: str, name: str) -> _Moment:
    if not text:
        return _Moment(None)
    for shape in _SHAPES:
        if found := shape.fullmatch(text):
            return _from_parts(found.groupdict(), text, name)
    if _SERIAL.fullmatch(text) and _SERIALS[0] <= float(text) < _SERIALS[1]:
        clock = _SERIAL_ZERO + timedelta(minutes=round(float(text) * _DAY_MINUTES))
        return _Moment(clock, timed="." in text)
    return _Moment(None, fault=_fault(text, name, "date"))


def _from_parts(parts: dict[str, str | None], text: str, name: str) -> _Moment:
    timed = parts["hour"] is not None
    zone = parts.get("zone") if timed else None
    try:
        clock = _clock(parts) - _offset(zone)
    except (ValueError, OverflowError):
        return _Moment(None, fault=_fault(text, name, "date"))
    if not FIRST_YEAR <= clock.year <= LAST_YEAR:
        span = f"is outside the years {FIRST_YEAR} to {LAST_YEAR}"
        return _Moment(None, fault=f"{name}: '{text}' {span}")
    return _Moment(clock, timed=timed, zoned=zone is not None)


def _clock(parts: dict[str, str | None]) -> datetime:
    month_name = parts.get("name")
    month = _MONTHS.index(month_name[:3].lower()) + 1 if month_name else int(parts["month"] or 0)
    hour = _hour(int(parts["hour"] or 0), parts["half"])
    minute = int(parts["minute"] or 0)
    if minute > 59 or hour * 60 + minute > _DAY_MINUTES:  # noqa: PLR2004 - an hour's minutes
        raise ValueError("no such clock time")
    day = datetime(_full_year(parts["year"] or ""), month, int(parts["day"] or 0))  # noqa: DTZ001 - zoned later
    return day + timedelta(hours=hour, minutes=minute)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone.upper() == "Z":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return size if zone[0] == "+" else -size


def _full_year(year: str) -> int:
    number = int(year)
    if len(year) > 2:  # noqa: PLR2004 - two figures of a year
        return number
    return number + (20 if number < _PIVOT else 19) * _CENTURY


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError(f"{hour} is no hour of half a day")
    return hour % _NOON + (_NOON if half[0].lower() == "p" else 0)


def _minutes(times: pd.Series) -> Minutes:
    """Read clock times as minutes after midnight; missing where blank or not a time."""
    codes, texts = distinct(times)
    return np.array([_minute_of_day(text) for text in texts], dtype=np.float64)[codes]


def _minute_of_day(text: str) -> float:
    if _FRACTION.fullmatch(text):
        return float(round(float(text) * _DAY_MINUTES) % _DAY_MINUTES)
    for shape in (_CLOCK, _SHORT_CLOCK, _PLAIN_CLOCK):
        if found := shape.fullmatch(text):
            return _day_minute(found.groupdict())
    return np.nan


def _day_minute(parts: dict[str, str | None]) -> float:
    try:
        hour = _hour(int(parts["hour"] or 0), parts["half"])
    except ValueError:
        return np.nan
    minute = int(parts.get("minute") or 0)
    total = hour * 60 + minute
    return float(total) if total <= _DAY_MINUTES and minute < 60 else np.nan  # noqa: PLR2004 - an hour's minutes


def unread_times(times: pd.Series) -> int:
    """Count cells that hold something, but no clock time.

    Examples
    --------
    >>> unread_times(pd.Series(["14:30", "evening", ""]))
    1
    """
    return int(((times != "").to_numpy() & np.isnan(_minutes(times))).sum())


def _fault(text: str, name: str, kind: str) -> str:
    if not text:
        return f"{name} is blank"
    return f"{name}: '{text}' is not a {kind}" if showable(text) else f"{name}: not a {kind}"


def showable(cell: str) -> bool:
    """Tell whether a cell may be shown to a clerk: no word in it could be a person's name.

    Examples
    --------
    >>> showable("31 Febuary"), showable("31 feb 2026")
    (False, True)
    """
    known = all(_DATE_WORD.fullmatch(word.casefold()) for word in _WORD.findall(cell))
    return known and len(cell) <= _LONGEST_CELL and mask_text(cell)[0] == cell
