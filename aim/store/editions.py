"""Months that are held: rows of one edition whose agency's other edition counts.

The table of held months and the state of the rows follow from what is current; both are worked
out anew after every delivery and every undoing.
"""

from collections.abc import Iterable, Iterator

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from aim.model.editions import (
    COUNTS_BEFORE,
    COVERED_FROM,
    COVERED_TO,
    HeldMonth,
    Part,
    part_of,
    types_of,
)
from aim.model.people import Reach
from aim.model.times import next_month, read_month
from aim.store.moments import day_number, day_of
from aim.store.tables import THERE, RowState, batch, held_month, incident

_FIELDS = ("feed", "agency", "part", "month", "counted")


def hold(connection: Connection) -> bool:
    """Hold the months another edition covers, let go of the others; tell whether rows changed."""
    before = read_held(connection)
    now = sorted(_covered(connection)) if _both_delivered(connection) else []
    moved = sum(
        _set_state(connection, one, RowState.HELD, RowState.CURRENT)
        for one in before
        if one not in now
    )
    # Rows that have come since stand as current in a month that was held before.
    moved += sum(_set_state(connection, one, RowState.CURRENT, RowState.HELD) for one in now)
    if before != now:
        connection.execute(delete(held_month))
        rows = [{name: str(getattr(one, name)) for name in _FIELDS} for one in now]
        if rows:
            connection.execute(insert(held_month), rows)
    return bool(moved)


def read_held(connection: Connection, reach: Reach | None = None) -> list[HeldMonth]:
    """Return the held months of the agencies a reach shows, in order."""
    statement = select(*(held_month.c[name] for name in _FIELDS))
    found = sorted(
        HeldMonth(row.feed, row.agency, Part(row.part), row.month, row.counted)
        for row in connection.execute(statement)
    )
    agencies = None if reach is None else reach.agencies
    return [one for one in found if agencies is None or one.agency in agencies]


def _both_delivered(connection: Connection) -> bool:
    feeds = set(connection.scalars(select(batch.c.feed).where(~batch.c.undone).distinct()))
    return any({held, counts} <= feeds for held, counts in COUNTS_BEFORE.items())


def _covered(connection: Connection) -> Iterator[HeldMonth]:
    """Give the months of each held feed that the feed before it covers."""
    days = _days_of(connection, {*COUNTS_BEFORE, *COUNTS_BEFORE.values()})
    spans = days.groupby(["feed", "agency", "part", "month"])["day"].agg(["min", "max"])
    for feed, counts in COUNTS_BEFORE.items():
        theirs = set(spans.index[spans.index.get_level_values("feed") == feed])
        for (by, agency, part, month), first, last in spans.itertuples():
            covered = by == counts and first <= COVERED_FROM and last >= COVERED_TO
            if covered and (feed, agency, part, month) in theirs:
                yield HeldMonth(feed, agency, Part(part), month, counts)


def _days_of(connection: Connection, feeds: Iterable[str]) -> pd.DataFrame:
    """Return the days of the month each feed, agency and part has rows on."""
    rows = connection.execute(
        select(incident.c.feed, incident.c.agency, incident.c.incident_type, incident.c.first_day)
        .where(incident.c.feed.in_(sorted(feeds)), incident.c.state.in_(THERE))
        .distinct()
    )
    found = []
    for feed, agency, incident_type, first_day in rows:
        day, part = day_of(first_day), part_of(incident_type)
        if part is not None:
            found.append((feed, agency, part.value, f"{day:%Y-%m}", day.day))
    return pd.DataFrame(found, columns=["feed", "agency", "part", "month", "day"])


def _set_state(connection: Connection, month: HeldMonth, old: RowState, new: RowState) -> int:
    changed = connection.execute(
        update(incident).where(incident.c.state == old, _in_month(month)).values(state=new)
    )
    return int(changed.rowcount)


def _in_month(month: HeldMonth) -> ColumnElement[bool]:
    first = read_month(month.month)
    return and_(
        incident.c.incident_type.in_(types_of(month.part)),
        incident.c.first_day >= day_number(first),
        incident.c.first_day < day_number(next_month(first)),
        incident.c.feed == month.feed,
        incident.c.agency == month.agency,
    )
