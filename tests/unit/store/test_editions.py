"""Two editions of one agency's month: the dated one counts, the other is held, nothing is lost."""

from datetime import date, timedelta

import pandas as pd
import pytest
from alembic import command

from aim.model.editions import HeldMonth, Part, part_of
from aim.model.filters import IncidentFilter
from aim.model.incidents import conform_incidents
from aim.model.people import EVERYTHING, Reach
from aim.model.times import london_midnight, month_interval
from aim.store import schema
from aim.store.opening import _opened
from aim.testing.stores import ALL_OF_IT, deliver, invented_id, load_wards, undo

PUBLISHED, EXTRACT = "police-uk", "police-extract"
DAYS = range(1, 29)
BOTH = ("burglary", "street-drinking")


def rows_of(feed: str, month: str, *, types=BOTH, days=DAYS, agency="police") -> pd.DataFrame:
    """Make one row a day and type; the published edition knows only the month."""
    first = date.fromisoformat(f"{month}-01")
    kept = [(one, first + timedelta(days=day - 1)) for one in types for day in days]
    spans = [
        month_interval(month)
        if feed == PUBLISHED
        else (london_midnight(day), london_midnight(day + timedelta(days=1)))
        for _, day in kept
    ]
    return conform_incidents(
        pd.DataFrame(
            {
                "incident_id": [invented_id(hash_of(feed, *one)) for one in kept],
                "source": "police",
                "feed": feed,
                "agency": agency,
                "incident_type": [
                    "anti-social-behaviour"
                    if feed == PUBLISHED and part_of(one) == Part.ASB
                    else one
                    for one, _ in kept
                ],
                "sensitivity": "routine",
                "occurred_from": pd.Series([one for one, _ in spans], dtype="datetime64[us, UTC]"),
                "occurred_to": pd.Series([one for _, one in spans], dtype="datetime64[us, UTC]"),
                "time_precision": "month" if feed == PUBLISHED else "day",
                "easting": 450_500.0,
                "northing": 520_500.0,
                "lon": -1.2,
                "lat": 54.5,
                "place_precision": "snapped",
            }
        )
    )


def hash_of(*words: object) -> int:
    return int.from_bytes(repr(words).encode(), "big")


def counted(store) -> dict[str, int]:
    """Count by feed, once by rows and once by the count itself."""
    rows = store.incidents(ALL_OF_IT, EVERYTHING)
    assert store.count_incidents(ALL_OF_IT, EVERYTHING)["incidents"].tolist() == [len(rows)]
    return rows["feed"].value_counts().to_dict()


@pytest.mark.parametrize("order", [(PUBLISHED, EXTRACT), (EXTRACT, PUBLISHED)])
def test_a_month_in_both_editions_counts_once_whichever_came_first(store, order):
    load_wards(store)
    for feed in order:
        months = ("2026-04", "2026-05") if feed == PUBLISHED else ("2026-05",)
        deliver(store, pd.concat([rows_of(feed, one) for one in months]), feed=feed)
    assert counted(store) == {PUBLISHED: 56, EXTRACT: 56}
    by_ward = store.count_incidents(IncidentFilter(), EVERYTHING, by=("ward_code", "month"))
    assert by_ward["incidents"].tolist() == [56, 56]
    assert store.left_out(ALL_OF_IT, EVERYTHING).held == 56
    held = store.held(ALL_OF_IT, EVERYTHING)
    assert (set(held["feed"]), len(held)) == ({PUBLISHED}, 56)
    assert held["ward_code"].notna().all()


def test_held_months_say_which_feed_counts(store):
    deliver(store, rows_of(PUBLISHED, "2026-05"), feed=PUBLISHED)
    assert store.held_months(EVERYTHING) == []
    deliver(store, rows_of(EXTRACT, "2026-05"), feed=EXTRACT)
    assert store.held_months(EVERYTHING) == [
        HeldMonth(PUBLISHED, "police", Part.ASB, "2026-05", EXTRACT),
        HeldMonth(PUBLISHED, "police", Part.CRIME, "2026-05", EXTRACT),
    ]
    assert store.held_months(Reach(agencies=frozenset({"council"}))) == []


@pytest.mark.parametrize(
    ("extract", "held"),
    [
        ({"days": range(1, 20)}, 0),
        ({"days": range(1, 21)}, 56),
        ({"days": range(10, 29)}, 56),
        ({"days": range(11, 29)}, 0),
        ({"types": ("burglary",)}, 28),
        ({"types": ("street-drinking",)}, 28),
        ({"types": ("unclassified",)}, 0),
        ({"agency": "another-force"}, 0),
    ],
)
def test_only_what_the_dated_edition_covers_is_held(store, extract, held):
    deliver(store, rows_of(PUBLISHED, "2026-05"), feed=PUBLISHED)
    deliver(store, rows_of(EXTRACT, "2026-05", **extract), feed=EXTRACT)
    assert counted(store).get(PUBLISHED, 0) == 56 - held
    assert len(store.held(ALL_OF_IT, EVERYTHING)) == held


def test_undoing_the_dated_edition_lets_the_other_count_again(store):
    deliver(store, rows_of(PUBLISHED, "2026-05"), feed=PUBLISHED)
    batch = deliver(store, rows_of(EXTRACT, "2026-05"), feed=EXTRACT)
    version = store.data_version()
    undo(store, batch.batch_id)
    assert counted(store) == {PUBLISHED: 56}
    assert (store.held_months(EVERYTHING), store.data_version() > version) == ([], True)
    undo(store, batch.batch_id)
    assert counted(store) == {EXTRACT: 56}


def test_a_held_row_delivered_again_is_unchanged_and_a_changed_one_stays_held(store):
    rows = rows_of(PUBLISHED, "2026-05")
    deliver(store, rows, feed=PUBLISHED)
    deliver(store, rows_of(EXTRACT, "2026-05"), feed=EXTRACT)
    again = deliver(store, rows, feed=PUBLISHED)
    assert (again.unchanged, again.added, again.updated) == (56, 0, 0)
    changed = deliver(store, rows.assign(easting=450_600.0), feed=PUBLISHED)
    assert changed.updated == 56
    assert counted(store) == {EXTRACT: 56}
    assert set(store.held(ALL_OF_IT, EVERYTHING)["easting"]) == {450_600.0}
    undo(store, changed.batch_id)
    assert set(store.held(ALL_OF_IT, EVERYTHING)["easting"]) == {450_500.0}


def test_coverage_tells_what_is_held_too(store):
    deliver(store, rows_of(PUBLISHED, "2026-05"), feed=PUBLISHED)
    deliver(store, rows_of(EXTRACT, "2026-05", types=("burglary",)), feed=EXTRACT)
    assert store.coverage(EVERYTHING)[0].incidents == 56 + 28


def test_the_way_back_lets_every_row_count(store, tmp_path):
    deliver(store, rows_of(PUBLISHED, "2026-05"), feed=PUBLISHED)
    deliver(store, rows_of(EXTRACT, "2026-05"), feed=EXTRACT)
    with _opened(tmp_path / "aim.db") as connection:
        command.downgrade(schema.config_for(connection), "0001")
        states = connection.exec_driver_sql("SELECT DISTINCT state FROM incident").scalars().all()
    assert states == [1]
