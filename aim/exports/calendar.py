"""Days for calendars (iCalendar, RFC 5545): whole days with a title and an address, no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

CALENDAR_TYPE = "text/calendar; charset=utf-8"
# How often a calendar asks again; programs that know neither word ask as they like.
REFRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One whole day.

    Attributes
    ----------
    uid
        The same for the same thing whenever it is written, so that a calendar moves it.
    day
        London day.
    title, address
        What it says, and where more is; the address is left out if empty.
    changed_at
        UTC.
    """

    uid: str
    day: date
    title: str
    address: str
    changed_at: datetime


def write_calendar(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """Write days as a calendar file.

    Parameters
    ----------
    name
        What calendars call it.
    entries
        In any order; the same entries give the same bytes.

    Returns
    -------
    bytes
        UTF-8; without entries an empty calendar, which is none the less one.

    Examples
    --------
    >>> write_calendar("My actions", []).splitlines()[0]
    b'BEGIN:VCALENDAR'
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Active Intelligence Mapping//actions//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in sorted(entries, key=lambda one: (one.day, one.uid)):
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if entry.address:
        event.add("url", entry.address)
    return event
