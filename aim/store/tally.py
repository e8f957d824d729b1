"""Views of pages that show no rows one by one: counted by day, person and page.

Counting must not make a reader wait: counts are gathered and written from time to time, and when
another program is writing, the next time.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from aim.store.moments import day_number, day_of
from aim.store.tables import view_tally

Key = tuple[int, str, str]
Write = Callable[[dict[Key, int]], bool]
PAUSE_S = 5.0


class Tally:
    """Counts not yet written.

    Examples
    --------
    >>> tally = Tally(lambda counts: True, pause_s=0)
    >>> tally.add(date(2026, 5, 4), "analyst", "hub")
    >>> tally.waiting
    {}
    """

    def __init__(self, write: Write, pause_s: float = PAUSE_S) -> None:
        self._write = write
        self._pause_s = pause_s
        self._last = 0.0
        self._lock = threading.Lock()
        self.waiting: dict[Key, int] = {}

    def add(self, day: date, actor: str, page: str) -> None:
        """Count one view; what waits is written if it waited long enough."""
        key = (day_number(day), actor, page)
        with self._lock:
            self.waiting[key] = self.waiting.get(key, 0) + 1
            due = time.monotonic() - self._last >= self._pause_s
        if due:
            self.flush()

    def flush(self) -> None:
        """Write what waits; what cannot be written goes on waiting."""
        with self._lock:
            counts, self.waiting = self.waiting, {}
            self._last = time.monotonic()
        if counts and not self._write(counts):
            with self._lock:
                self.waiting = dict(Counter(self.waiting) + Counter(counts))


def write(connection: Connection, counts: dict[Key, int]) -> None:
    """Add counts to those kept."""
    for (day, actor, page), more in counts.items():
        changed = connection.execute(
            update(view_tally)
            .where(view_tally.c.day == day, view_tally.c.actor == actor, view_tally.c.page == page)
            .values(views=view_tally.c.views + more)
        )
        if not changed.rowcount:
            connection.execute(
                insert(view_tally).values(day=day, actor=actor, page=page, views=more)
            )


def read(connection: Connection) -> pd.DataFrame:
    """Return ``day`` (text), ``actor``, ``page`` and ``views``, newest day first."""
    rows = connection.execute(
        select(view_tally).order_by(view_tally.c.day.desc(), view_tally.c.actor, view_tally.c.page)
    ).all()
    return pd.DataFrame(
        {
            "day": pd.Series([day_of(row.day).isoformat() for row in rows], dtype="str"),
            "actor": pd.Series([row.actor for row in rows], dtype="str"),
            "page": pd.Series([row.page for row in rows], dtype="str"),
            "views": pd.Series([row.views for row in rows], dtype="int64"),
        }
    )
