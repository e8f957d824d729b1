"""The sample borough's invented campaigns and days, so that no planner opens empty."""

from datetime import date, timedelta

from aim.analysis.indices import year_interval, year_of
from aim.model.campaigns import CalendarDay, LocalCalendar
from aim.model.people import Actor
from aim.store import Store
from aim.workflows.campaigns import add_campaign
from aim.workflows.town_calendar import keep_calendar

_CAMPAIGNS = (
    {
        "name": "Dark nights",
        "purpose": "Locks and lights before the clocks go back",
        "lead": "norbeck-police",
        "partners": "norbeck-council, norbeck-homes",
        "types": "burglary",
        "project": "Safer homes",
        "funder": "Invented home fund",
        "funding": "9000",
        "cost": "7500",
    },
    {
        "name": "Summer on the front",
        "purpose": "Wardens and stewards by the harbour at weekends",
        "lead": "norbeck-council",
        "partners": "norbeck-police",
        "types": "asb",
        "project": "Evenings and nights",
        "cost": "3000",
        "spent": "1200",
    },
)
# First and last day and month of each campaign; a last month before the first is next year's.
_SPANS = (((1, 10), (31, 1)), ((1, 7), (31, 8)))
# Title, first day and month, how many days: invented, as the borough is.
_DAYS = (
    ("Easter holiday", (6, 4), 12),
    ("Spring half term", (25, 5), 5),
    ("Harbour fair", (20, 6), 2),
    ("Summer holiday", (22, 7), 42),
    ("Autumn half term", (26, 10), 5),
    ("Bonfire night", (5, 11), 1),
    ("Christmas holiday", (21, 12), 14),
    ("Winter half term", (15, 2), 5),
)


def add_demo_year(store: Store, actor: Actor, *, today: date) -> None:
    """Plan two campaigns of the year of a day, and load the invented days of it and the one before.

    Parameters
    ----------
    today
        London day.
    """
    year = year_of(today)
    since, _ = year_interval(year)
    for words, (first, last) in zip(_CAMPAIGNS, _SPANS, strict=True):
        start, finish = _day(since, first), _day(since, last)
        add_campaign(
            store, actor, {**words, "start": start.isoformat(), "finish": finish.isoformat()}
        )
    earlier = since.replace(year=since.year - 1)
    days = [_calendar_day(begins, one) for begins in (earlier, since) for one in _DAYS]
    keep_calendar(store, actor, LocalCalendar("Norbeck, invented", tuple(days)))


def _day(since: date, place: tuple[int, int]) -> date:
    day, month = place
    return date(since.year + (month < since.month), month, day)


def _calendar_day(since: date, one: tuple[str, tuple[int, int], int]) -> CalendarDay:
    title, place, length = one
    begins = _day(since, place)
    return CalendarDay(title, begins, begins + timedelta(days=length))
