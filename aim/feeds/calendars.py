"""A local calendar (iCalendar, RFC 5545): terms, festivals, matches, as plain London days.

Of an event its title, its days and how it recurs are read, and nothing else: people asked, places,
notes and alarms are dropped before anything is parsed, and contact details in a title masked.
Time zones of the file's own making are dropped too (they may recur without end); known names of
zones hold. Private and cancelled events are left out, as are those that recur within a day.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from aim.errors import FeedError, FeedFormatError
from aim.feeds._personal import mask_text
from aim.feeds._recurrence import STEP_DAYS, Recurrence, read_recurrence, recurring_days
from aim.model.campaigns import CalendarDay
from aim.model.times import LONDON

MOST_BYTES = 2_000_000
MOST_EVENTS = 5_000
MOST_DAYS = 3_000
MOST_STEPS = 400_000
LONGEST_TITLE = 120
_LONGEST_LINE = 4_000
_LONGEST_EVENT = 366
_READ = frozenset(
    {
        *("SUMMARY", "DTSTART", "DTEND", "DURATION", "STATUS", "CLASS", "UID"),
        *("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
    }
)
_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# What an event of a hostile file may raise when its values are looked at.
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError, IndexError)
# Why an event is left out, in words for people.
PRIVATE, CANCELLED = "marked as private", "cancelled"
UNREAD, TOO_OFTEN = "without days that can be read", "recurring in a way no day of a town does"
TOO_LONG, OUTSIDE = "longer than a year", "outside the years asked for"


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """What a calendar file holds.

    Attributes
    ----------
    days
        Its entries, by day and title, each once.
    masked
        How many contact details were masked in titles.
    left_out
        How many events were left out, by reason.
    """

    days: tuple[CalendarDay, ...]
    masked: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Event:
    """One event: its first days, how they recur, and which days are taken out or put in."""

    uid: str
    title: str
    since: date
    length: int
    rule: Recurrence | None
    count: int | None
    ends: date | None
    without: frozenset[date]
    besides: tuple[date, ...]
    is_moved: bool


class _LeaveOutError(Exception):
    """An event is left out; the text is the reason."""


def read_calendar(path: Path, *, since: date, until: date) -> CalendarRead:
    """Read a calendar's days, recurrences laid out.

    Parameters
    ----------
    path
        An ``.ics`` file of at most two megabytes.
    since, until
        London days that are asked for, the second out; events that reach into them are taken.

    Returns
    -------
    CalendarRead
        Entries sorted by first day, last day and title.

    Raises
    ------
    FeedError
        The file cannot be opened.
    FeedFormatError
        It is no calendar, too large, or recurs so often that it cannot be one of a town.
    """
    text = _read_text(path)
    events, moved, left_out = _events(_only_days(text, path), path)
    _refuse_endless(events, until, path)
    found: set[CalendarDay] = set()
    masked = 0
    for one in events:
        title, marks = mask_text(one.title)
        own = {
            CalendarDay(title, day, day + timedelta(days=one.length))
            for day in _starts(one, until)
            if day + timedelta(days=one.length) > since
            and (one.is_moved or (one.uid, day) not in moved)
        }
        left_out[OUTSIDE] += not own
        masked += sum(marks.values()) if own else 0
        found |= own
        if len(found) > MOST_DAYS:
            raise FeedFormatError(
                f"{path.name} was asked for as a calendar; it has more than {MOST_DAYS:,} entries"
                " in these years. Ask for one of the town alone."
            )
    days = tuple(sorted(found, key=lambda one: (one.since, one.until, one.title)))
    return CalendarRead(days, masked, {reason: n for reason, n in left_out.items() if n})


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            data = handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise FeedError(
            f"{path} was asked for as a calendar; it cannot be opened ({error.strerror})."
            " Check the path."
        ) from error
    if len(data) > MOST_BYTES:
        raise FeedFormatError(
            f"{path.name} was asked for as a calendar; it is larger than {MOST_BYTES:,} bytes."
            " Ask for one of the town alone, without attachments."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "BEGIN:VCALENDAR" not in text[:1000].upper():
        raise FeedFormatError(
            f"{path.name} was asked for as a calendar; it does not begin like one"
            " (BEGIN:VCALENDAR). Ask for an .ics file."
        )
    return text


def _only_days(text: str, path: Path) -> str:
    """Return a calendar of the same events with nothing in them but title, days and recurrence."""
    lines, inside, within, count = ["BEGIN:VCALENDAR", "VERSION:2.0"], False, 0, 0
    for line in _FOLD.sub("", text).splitlines():
        named = _NAME.match(line)
        name, rest = (named[0].upper(), line.strip().upper()) if named else ("", "")
        if rest == "BEGIN:VEVENT" and not inside:
            inside, within, count = True, 0, count + 1
            lines.append(rest)
        elif rest == "END:VEVENT" and inside and not within:
            inside = False
            lines.append(rest)
        elif inside and name in {"BEGIN", "END"}:
            within = max(0, within + (1 if name == "BEGIN" else -1))
        elif inside and not within and name in _READ and len(line) <= _LONGEST_LINE:
            lines.append(_NOT_TEXT.sub("", line))
    if inside or not text.rstrip().upper().endswith("END:VCALENDAR"):
        raise FeedFormatError(
            f"{path.name} was asked for as a calendar; it is cut short. Ask for it again."
        )
    if count > MOST_EVENTS:
        raise FeedFormatError(
            f"{path.name} was asked for as a calendar; it has {count:,} events, and"
            f" {MOST_EVENTS:,} at most are read. Ask for one of the town alone."
        )
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _events(text: str, path: Path) -> tuple[list[_Event], set[tuple[str, date]], Counter[str]]:
    """Return events, the recurrences that an event stands for, and what is left out."""
    left_out: Counter[str] = Counter()
    moved: set[tuple[str, date]] = set()
    events = []
    try:
        found = Calendar.from_ical(text).walk("VEVENT")
    except _UNREADABLE as error:
        raise FeedFormatError(
            f"{path.name} was asked for as a calendar; it cannot be read ({error}). Ask for it"
            " again."
        ) from error
    for component in found:
        try:
            moved |= _moved(component)
            events.append(_event(component))
        except _LeaveOutError as reason:
            left_out[str(reason)] += 1
        except _UNREADABLE:
            left_out[UNREAD] += 1
    return events, moved, left_out


def _moved(component: Any) -> set[tuple[str, date]]:
    """Return which recurrence an event stands for, also where it is then left out itself."""
    replaces = component.get("RECURRENCE-ID")
    return {(str(component.get("UID", "")), _day(replaces.dt))} if replaces else set()


def _event(component: Any) -> _Event:
    if str(component.get("CLASS", "PUBLIC")).strip().upper() != "PUBLIC":
        raise _LeaveOutError(PRIVATE)
    if str(component.get("STATUS", "")).strip().upper() == "CANCELLED":
        raise _LeaveOutError(CANCELLED)
    since, until = _span(component)
    if (until - since).days > _LONGEST_EVENT:
        raise _LeaveOutError(TOO_LONG)
    rule, count, ends = _rule(component.get("RRULE"))
    replaces = component.get("RECURRENCE-ID")
    return _Event(
        uid=str(component.get("UID", "")),
        title=_title(str(component.get("SUMMARY", ""))),
        since=since,
        length=(until - since).days,
        rule=None if replaces else rule,
        count=count,
        ends=ends,
        without=frozenset(_days_of(component.get("EXDATE"))),
        besides=tuple(_days_of(component.get("RDATE"))),
        is_moved=bool(replaces),
    )


def _title(text: str) -> str:
    plain = " ".join(text.split())
    return f"{plain[: LONGEST_TITLE - 1]}…" if len(plain) > LONGEST_TITLE else plain or "Untitled"


def _span(component: Any) -> tuple[date, date]:
    """Return the London days of an event, the second out; an event of an hour has one day."""
    start = component["DTSTART"].dt
    if "DTEND" in component:
        end = component["DTEND"].dt
    elif "DURATION" in component:
        end = start + component["DURATION"].dt
    else:
        end = start
    since = _day(start)
    if isinstance(end, datetime):
        end = max(end, start) if isinstance(start, datetime) else end
        return since, _day(max(start, end - timedelta(microseconds=1))) + timedelta(days=1)
    return since, max(_day(end), since + timedelta(days=1))


def _day(moment: date) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (moment if moment.tzinfo is None else moment.astimezone(LONDON)).date()


def _days_of(value: Any) -> Iterator[date]:
    """Give the days of a property that may come several times, each with several values."""
    for listed in value if isinstance(value, list) else [value] if value else []:
        for one in listed.dts:
            yield _day(one.dt)


def _rule(recur: Any) -> tuple[Recurrence | None, int | None, date | None]:
    """Return how an event recurs, how often and until when; nothing where it does not."""
    if not recur:
        return None, None, None
    kept = recur.copy()
    counts, ends = kept.pop("COUNT", None), kept.pop("UNTIL", None)
    try:
        rule = read_recurrence(kept.to_ical().decode("ascii"))
    except ValueError as error:
        raise _LeaveOutError(TOO_OFTEN) from error
    return rule, int(counts[0]) if counts else None, _day(ends[0]) if ends else None


def _refuse_endless(events: list[_Event], until: date, path: Path) -> None:
    """Refuse a file whose recurrences would take more steps than a town's calendar can."""
    steps = 0
    for one in events:
        if one.rule is not None:
            steps += max(0, (until - one.since).days) // min(STEP_DAYS[one.rule.often], 28)
    if steps > MOST_STEPS:
        raise FeedFormatError(
            f"{path.name} was asked for as a calendar; its events recur {steps:,} times or more."
            " Ask for one that begins in this century and holds the town alone."
        )


def _starts(event: _Event, until: date) -> Iterator[date]:
    """Give the first days of an event and of its recurrences, those taken out left out."""
    days = [event.since, *event.besides]
    if event.rule is not None:
        last = min(until, event.ends + timedelta(days=1)) if event.ends else until
        days += itertools.islice(recurring_days(event.rule, event.since, last), event.count)
    yield from (day for day in dict.fromkeys(days) if day < until and day not in event.without)
