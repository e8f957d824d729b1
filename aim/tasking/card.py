"""Tonight's card: which places a shift goes to, in which order, and how much work there was.

A stop of a quarter of an hour is what keeps a place quiet the longest for the time it costs, and
staying on adds little (Koper 1995, Just enough police presence, Justice Quarterly 12).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aim.model.times import LONDON, next_month
from aim.model.visits import Visit

STOP_MINUTES = 15
# Hours on end that are called a place's busiest of a shift.
BUSY_HOURS = 2
# With fewer reports no hours are named: any would do.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class BusyHours:
    """The busiest hours on end of a shift at one place.

    Attributes
    ----------
    first_hour, hours
        London clock hour they begin at, and how many.
    reports, of
        Reports in them, and in the whole shift.
    """

    first_hour: int
    hours: int
    reports: int
    of: int

    def say(self) -> str:
        """Write the hours as people say them.

        Examples
        --------
        >>> BusyHours(23, 2, 6, 9).say()
        '23:00 to 01:00'
        """
        return f"{self.first_hour:02d}:00 to {(self.first_hour + self.hours) % 24:02d}:00"


def find_busy_hours(hours: Iterable[int], shift: Sequence[int]) -> BusyHours | None:
    """Find the busiest two hours on end of a shift.

    Parameters
    ----------
    hours
        London clock hour of each report of the shift at a place.
    shift
        The shift's clock hours in order, such as ``(22, 23, 0, 1)``.

    Returns
    -------
    BusyHours or None
        Of equal hours the earlier in the shift; None with fewer than five reports.

    Examples
    --------
    >>> find_busy_hours([22, 23, 23, 0, 0, 0, 1], (22, 23, 0, 1)).say()
    '23:00 to 01:00'
    """
    counts = Counter(hours)
    total = sum(counts[hour] for hour in shift)
    if total < FEWEST:
        return None
    length = min(BUSY_HOURS, len(shift))
    spans = [shift[first : first + length] for first in range(len(shift) - length + 1)]
    best = max(spans, key=lambda span: sum(counts[hour] for hour in span))
    return BusyHours(best[0], length, sum(counts[hour] for hour in best), total)


@dataclass(frozen=True, slots=True)
class CardPlace:
    """One place of a card.

    Attributes
    ----------
    key
        Names the place in the card's form.
    name
        What it is called.
    reports
        Reports of the shift's hours there; 0 where only an action leads there.
    busy
        Its busiest hours of the shift; None where none are named.
    actions
        Titles of the open actions there.
    """

    key: str
    name: str
    reports: int = 0
    busy: BusyHours | None = None
    actions: tuple[str, ...] = ()


def order_places(
    places: Iterable[CardPlace], shift: Sequence[int], *, most: int
) -> tuple[CardPlace, ...]:
    """Choose the places of a card and put them in the order of the night.

    Parameters
    ----------
    places
        In any order.
    shift
        The shift's clock hours in order.
    most
        How many fit; those with an open action come before those without, then those with more
        reports.

    Returns
    -------
    tuple of CardPlace
        By the beginning of their busy hours, then by reports; those without named hours last.

    Examples
    --------
    >>> late = CardPlace("a", "Quay", 9, BusyHours(0, 2, 5, 9))
    >>> early = CardPlace("b", "Mill", 6, BusyHours(22, 2, 4, 6))
    >>> [one.name for one in order_places([late, early], (22, 23, 0, 1), most=5)]
    ['Mill', 'Quay']
    """
    chosen = sorted(places, key=lambda one: (not one.actions, -one.reports, one.name, one.key))
    after = len(shift)
    return tuple(
        sorted(
            chosen[:most],
            key=lambda one: (
                shift.index(one.busy.first_hour) if one.busy else after,
                -one.reports,
                one.name,
                one.key,
            ),
        )
    )


def minutes_by_month(visits: Iterable[Visit], since: date, until: date) -> dict[str, int]:
    """Add up the minutes of visits by London month, months without any among them.

    Parameters
    ----------
    visits
        Those that count.
    since, until
        London days; the second out.

    Returns
    -------
    dict
        Minutes by month such as ``2026-04``, oldest first.

    Examples
    --------
    >>> minutes_by_month([], date(2026, 4, 10), date(2026, 6, 1))
    {'2026-04': 0, '2026-05': 0}
    """
    months: dict[str, int] = {}
    first = since.replace(day=1)
    while first < until:
        months[f"{first:%Y-%m}"] = 0
        first = next_month(first)
    for visit in visits:
        day = visit.at.astimezone(LONDON).date()
        if since <= day < until:
            months[f"{day:%Y-%m}"] += visit.minutes
    return months


def minutes_by_week(visits: Iterable[Visit], since: date, until: date) -> dict[date, int]:
    """Add up the minutes of visits by week, weeks without any among them.

    Parameters
    ----------
    visits
        Those that count.
    since, until
        London days; the second out.

    Returns
    -------
    dict
        Minutes by the Monday a week begins on, oldest first.

    Examples
    --------
    >>> list(minutes_by_week([], date(2026, 5, 6), date(2026, 5, 12)))
    [datetime.date(2026, 5, 4), datetime.date(2026, 5, 11)]
    """
    weeks: dict[date, int] = {}
    monday = since - timedelta(days=since.weekday())
    while monday < until:
        weeks[monday] = 0
        monday += timedelta(weeks=1)
    for visit in visits:
        day = visit.at.astimezone(LONDON).date()
        if since <= day < until:
            weeks[day - timedelta(days=day.weekday())] += visit.minutes
    return weeks
