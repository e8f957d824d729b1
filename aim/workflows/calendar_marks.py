"""The local calendar on charts of months: quiet marks, one a month, said in the table too."""

from datetime import date

from aim.model.breaks import ChartMark
from aim.model.campaigns import CalendarDay, LocalCalendar
from aim.model.tasks import TaskReach
from aim.model.times import next_month
from aim.store import Store
from aim.workflows.periods import Period

# A calendar holds public days alone, so charts show it to whoever may see the chart.
_CHARTS = TaskReach(who="charts")
_MOST_NAMED = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def calendar_marks(store: Store, span: Period) -> tuple[ChartMark, ...]:
    """Return one mark for each month of a chart that the local calendar has entries in.

    A month's entries share a mark, so that a season of matches does not hide the chart.
    """
    days = [day for one in store.tasks(LocalCalendar, _CHARTS) for day in one.what.days]
    months: dict[str, list[CalendarDay]] = {}
    for day in sorted(days, key=lambda one: (one.since, one.title)):
        if span.since <= day.since < span.until:
            months.setdefault(f"{day.since:%Y-%m}", []).append(day)
    letters = iter(_LETTERS)
    return tuple(
        ChartMark(month, next(letters, "+"), _say_month(own), _share(own[0].since), calendar=True)
        for month, own in months.items()
    )


def _share(day: date) -> float:
    first = day.replace(day=1)
    return (day - first).days / (next_month(first) - first).days


def _say_month(days: list[CalendarDay]) -> str:
    named = [f"{one.title} ({say_span(one)})" for one in days[:_MOST_NAMED]]
    more = len(days) - len(named)
    return f"Calendar: {'; '.join(named)}{f' and {more} more' if more else ''}."


def say_span(day: CalendarDay) -> str:
    """Say the days of an entry without their year.

    Examples
    --------
    >>> say_span(CalendarDay("Half term", date(2026, 10, 26), date(2026, 10, 31)))
    '26 October to 30 October'
    """
    first, last = (f"{one.day} {one:%B}" for one in (day.since, day.last))
    return first if first == last else f"{first} to {last}"
