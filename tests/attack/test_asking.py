"""The attacker against the program itself: what the page of questions tells, put together.

The store is a true one; three people who share everything ask about parts of a week.
"""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import product

import geopandas as gpd
import pandas as pd
import pytest
from attacker import Statement, narrow_targets
from shapely.geometry import box

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.access.disclosure import Answer, Band, K
from aim.model.filters import read_filter
from aim.model.incidents import FeedResult, conform_incidents, empty_rejected
from aim.model.people import Actor, Role
from aim.model.records import Delivery
from aim.store import init_store, open_store
from aim.workflows.asking import Asked, ask_figures

WARDS = ("E05099001", "E05099002")
TYPES = ("fly-tipping", "graffiti")
MONTHS = ("2026-04", "2026-05")
WEDNESDAY = 2
# A part of the test's week: days and hours, and days after a Wednesday and an hour within it.
PARTS = {
    ("mon,tue,wed,thu,fri", "06-22"): (1, 12),
    ("mon,tue,wed,thu,fri", "22-06"): (1, 23),
    ("sat,sun", "06-22"): (3, 12),
    ("sat,sun", "22-06"): (3, 23),
}
DAYS = tuple(dict.fromkeys(days for days, _ in PARTS))
REQUESTS = 12


def make_town(folder, seed):
    """Make a store of two wards with few incidents in each part of the week."""
    chance = random.Random(seed)
    cells = list(product(WARDS, MONTHS, TYPES, PARTS))
    town = {cell: chance.choice((0, 0, 1, 2, 4, 9)) for cell in cells}
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    init_store(url)
    store = open_store(url)
    with store.transaction() as change:
        change.save_delivery(
            Delivery("wardens", "wardens", "wardens", "w.csv", "0" * 64),
            FeedResult(rows_of(town), empty_rejected()),
            actor="tests",
        )
    squares = [box(480_000 + 2000 * n, 530_000, 482_000 + 2000 * n, 532_000) for n in range(2)]
    wards = gpd.GeoDataFrame(
        {"WD25CD": WARDS, "WD25NM": ["Abbey", "Brook"]}, geometry=squares, crs="EPSG:27700"
    )
    path = folder / "wards.geojson"
    wards.to_crs("EPSG:4326").to_file(path, driver="GeoJSON")
    workflows.add_ward_set(store, LOCAL_ANALYST, path, name="squares")
    return store, town


def rows_of(town):
    told = [cell for cell, number in town.items() for _ in range(number)]
    moments = [moment_of(month, PARTS[part]) for _, month, _, part in told]
    # One more of another type, so that the last month is complete.
    told.append((WARDS[0], MONTHS[-1], "litter", None))
    moments.append(datetime(2026, 5, 31, 12, tzinfo=UTC))
    starts = pd.to_datetime(moments, utc=True)
    eastings = [481_000.0 + 2000 * WARDS.index(ward) for ward, *_ in told]
    return conform_incidents(
        pd.DataFrame(
            {
                "incident_id": [f"{number:032x}" for number in range(len(told))],
                "source": "wardens",
                "feed": "wardens",
                "agency": "council",
                "source_ref": [f"W{number}" for number in range(len(told))],
                "incident_type": [kind for _, _, kind, _ in told],
                "source_type": "x",
                "qualifiers": "",
                "sensitivity": "routine",
                "occurred_from": starts,
                "occurred_to": starts + pd.Timedelta("1min"),
                "time_precision": "minute",
                "easting": eastings,
                "northing": 531_000.0,
                "lon": 0.0,
                "lat": 54.0,
                "place_precision": "point",
            }
        )
    )


def moment_of(month, when):
    """Return a moment in a part of a month; London is an hour ahead in these months."""
    days, hour = when
    first = date.fromisoformat(f"{month}-01")
    while first.weekday() != WEDNESDAY:
        first += timedelta(days=1)
    return datetime(first.year, first.month, first.day, hour - 1, 30, tzinfo=UTC) + timedelta(days)


def actor_of(wards):
    return Actor("c", "council", frozenset({Role.COUNCILLOR}), frozenset(wards))


def asked_by(chance):
    """Return the wards, months and types of one question, and the words and parts of its week."""
    wards = chance.choice((WARDS[:1], WARDS[1:], WARDS))
    months = chance.choice((MONTHS[:1], MONTHS[:1], MONTHS))
    types = chance.choice((TYPES[:1], TYPES, TYPES))
    days = chance.choice(("", *DAYS))
    hours = chance.choice(("", "06-22", "22-06")) if days else chance.choice(("06-22", "22-06"))
    parts = [one for one in PARTS if days in {"", one[0]} and hours in {"", one[1]}]
    return wards, months, types, {"days": days, "hours": hours}, parts


def attack(store, town, seed):
    """Return the parts bounded more narrowly than they may be, from all that was told."""
    chance = random.Random(seed)
    statements, targets, answered = set(), {}, 0
    for _ in range(REQUESTS):
        wards, months, types, words, parts = asked_by(chance)
        wanted = read_filter({"type": list(types), **words})
        told = ask_figures(store, actor_of(wards), Asked(wards, months, wanted))
        facts = list(product(wards, months, types))
        for fact in facts:
            whole = frozenset((*fact, part) for part in PARTS)
            known = sum(town[cell] for cell in whole)
            statements.add(Statement(whole, known, known))
            targets.update({frozenset({cell}): min(K, known) for cell in whole})
        if told.low is not None:
            answered += 1
            cells = frozenset((*fact, part) for fact in facts for part in parts)
            assert told.low <= sum(town[cell] for cell in cells) <= told.high
            statements.add(Statement(cells, told.low, told.high))
    assert answered > 1
    return narrow_targets(statements, targets)


def answer_exactly(_, question, rows):
    number = int(rows["part"].isin(question.parts).sum())
    return Answer(question, Band(number, number))


def test_without_the_guard_the_same_attacker_takes_the_answers_apart(tmp_path, monkeypatch):
    monkeypatch.setattr("aim.workflows.asking._ask", answer_exactly)
    store, town = make_town(tmp_path, 0)
    try:
        assert attack(store, town, 0)
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(2))
def test_what_the_program_answers_bounds_no_part_of_a_week_more_narrowly_than_k(tmp_path, seed):
    store, town = make_town(tmp_path, seed)
    try:
        assert not attack(store, town, seed)
    finally:
        store.close()
