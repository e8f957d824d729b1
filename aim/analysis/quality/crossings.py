"""What a comparison of two periods crosses: breaks people entered, outages the data show."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from aim.errors import ParameterError
from aim.model.breaks import Break
from aim.model.times import say_day
from aim.model.types import read_taxonomy

Days = tuple[date, date]


def crosses(
    breaks: Iterable[Break],
    outages: pd.DataFrame | None,
    period_a: Days,
    period_b: Days,
    *,
    sources: tuple[str, ...] = (),
    types: tuple[str, ...] = (),
) -> list[str]:
    """Say why two periods cannot simply be compared.

    Parameters
    ----------
    breaks
        The register of events.
    outages
        What ``find_outages`` found, by month or by week; None for not looked at.
    period_a, period_b
        London days ``(since, until)``, ``until`` not included; in either order.
    sources, types
        What is compared, slugs of sources and of types (themes opened); empty for all.

    Returns
    -------
    list of str
        One sentence for each break between the start of the earlier and the end of the later
        period, oldest first, then one for each outage or partial month that lies in either, and for
        each type that ended between them or in one; empty where nothing stands in the way. A break
        on the first day of the earlier period divides nothing.

    Raises
    ------
    ParameterError
        A period ends before it starts or is empty, or ``outages`` is not such a frame.

    Examples
    --------
    >>> from aim.model.breaks import BreakKind
    >>> breaks = [Break(date(2026, 4, 1), BreakKind.MIGRATION, "wardens", note="new case system")]
    >>> march, april = (date(2026, 3, 1), date(2026, 4, 1)), (date(2026, 4, 1), date(2026, 5, 1))
    >>> crosses(breaks, None, march, april)
    ['wardens: system migration on 1 April 2026 (new case system). Before and after differ.']
    >>> crosses(breaks, None, march, april, sources=("police",))
    []
    """
    for since, until in (period_a, period_b):
        if since >= until:
            raise ParameterError(
                f"A period must end after it starts, found {since} to {until};"
                " give the first day and the day after the last."
            )
    start, end = min(period_a[0], period_b[0]), max(period_a[1], period_b[1])
    divides = [one for one in breaks if start < one.day < end and one.touches(sources, types)]
    told = [_say_break(one) for one in sorted(divides, key=lambda one: (one.day, one.source))]
    return told + _say_outages(outages, (period_a, period_b), sources, types)


def _say_break(one: Break) -> str:
    who = one.source or "every source"
    what = f" for {', '.join(map(read_taxonomy().name, one.types))}" if one.types else ""
    note = f" ({one.note})" if one.note else ""
    return f"{who}{what}: {one.kind} on {say_day(one.day)}{note}. Before and after differ."


def _say_outages(
    outages: pd.DataFrame | None,
    periods: tuple[Days, Days],
    sources: tuple[str, ...],
    types: tuple[str, ...],
) -> list[str]:
    if outages is None:
        return []
    by = next((name for name in ("month", "week") if name in outages.columns), None)
    if by is None or not {"finding", "words"} <= set(outages.columns):
        raise ParameterError(
            "`outages` must be what find_outages returns; found the columns"
            f" {', '.join(map(str, outages.columns))}."
        )
    dated = outages[outages[by].notna()]
    return [
        str(row.words)
        for row in dated.itertuples()
        if _stands_between(str(getattr(row, by)), by, str(row.finding), periods)
        and (not sources or row.source in sources)
        and (not types or row.incident_type in (*types, "all"))
    ]


def _stands_between(name: str, by: str, finding: str, periods: tuple[Days, Days]) -> bool:
    period = pd.Period(name, "M" if by == "month" else "W-SUN")
    first, last = period.start_time.date(), period.end_time.date()
    if finding == "ended":
        return min(since for since, _ in periods) < first < max(until for _, until in periods)
    return any(since <= last and first < until for since, until in periods)
