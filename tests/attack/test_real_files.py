"""What truly leaves the hub, read back by two councillors and a scrutiny member who pool it.

A week of late reports passes between downloads; every file is read as the attacker finds it.
"""

import csv
import io
import runpy
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attacker import Statement, narrow_targets

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.access.disclosure import K
from aim.config import Settings
from aim.model.incidents import FeedResult, empty_rejected
from aim.model.people import Actor, Role
from aim.model.records import Delivery
from aim.model.types import read_taxonomy
from aim.store import open_store

HUB_STORE = runpy.run_path(str(Path(__file__).parents[1] / "service" / "hub_store.py"))
WARDS = tuple(HUB_STORE["WARDS"])
TODAY = date(2026, 7, 10)
QUARTER = "2026/27 Q1"
TYPES = ("violence-and-sexual-offences", "anti-social-behaviour")
READERS = (
    *(
        Actor(ward, "council", frozenset({Role.COUNCILLOR}), frozenset({ward}))
        for ward in WARDS[:2]
    ),
    Actor("sol", "council", frozenset({Role.SCRUTINY})),
)


@pytest.fixture
def hub(tmp_path):
    opened = open_store(f"sqlite:///{(tmp_path / 'aim.db').as_posix()}", create=True)
    workflows.add_ward_set(opened, LOCAL_ANALYST, HUB_STORE["ward_file"](tmp_path), name="squares")
    yield opened
    opened.close()


def deliver(hub, seed, size):
    """Bring in reports of the whole quarter, two in three of them sensitive."""
    rng = np.random.default_rng(seed)
    west, south, side = (HUB_STORE[name] for name in ("WEST", "SOUTH", "SIDE"))
    places = rng.uniform(0, 2 * side, (size, 2)) + np.array([west, south])
    rows = HUB_STORE["frame"](
        f"day-{seed}",
        [
            (east, north, int(month), str(rng.choice(TYPES)), "Far Road")
            for (east, north), month in zip(places, rng.integers(4, 7, size), strict=True)
        ],
    )
    days = ["2026-04-01T12", *["2026-05-15T12"] * (size - 2), "2026-06-30T12"]
    moments = pd.Series(pd.to_datetime(days, utc=True), index=rows.index)
    rows = rows.assign(
        source="wardens",
        agency="wardens",
        sensitivity=np.where(rng.random(size) < 2 / 3, "sensitive", "routine"),
    )
    for name in ("occurred_from", "occurred_to", "reported_at"):
        rows[name] = moments
    with hub.transaction() as change:
        change.save_delivery(
            Delivery("wardens", "wardens", "wardens", f"{seed}.csv", f"{seed:064}"),
            FeedResult(rows, empty_rejected()),
            actor="tests",
        )
    workflows.use_ward_set(hub, LOCAL_ANALYST, "squares")


def read_back(hub, reader):
    """Turn every line of a reader's files into statements on sensitive cells of the quarter."""
    themes = {**read_taxonomy().themes, "other": "Other"}
    slug_of = {name: slug for slug, name in themes.items()}
    own = reader.wards or WARDS
    for ward in own:
        made = workflows.ward_figures_file(
            hub, reader, Settings(), code=ward, file_format="csv", today=TODAY
        )
        lines = csv.DictReader(io.StringIO(made.content.decode("utf-8-sig")))
        banded = [line for line in lines if line["kind"] == "sensitive, in bands"]
        named = {slug_of[line["theme"]] for line in banded if line["theme"] in slug_of}
        for line in banded:
            low, high = edges(line["reports"])
            for slug in (
                [slug_of[line["theme"]]] if line["theme"] in slug_of else set(themes) - named
            ):
                yield Statement(frozenset({(ward, line["period"], slug)}), low, high)


def edges(words):
    numbers = [int(word) for word in words.replace(",", "").split() if word.isdigit()]
    return (0, numbers[0]) if "fewer" in words else (numbers[0], numbers[-1])


@pytest.mark.slow
def test_files_of_a_week_bound_no_sensitive_figure(hub):
    statements = set()
    for day, size in ((1, 90), (2, 4), (3, 25)):
        deliver(hub, day, size)
        for reader in READERS:
            statements |= set(read_back(hub, reader))
    targets = {frozenset({cell}): K for one in statements for cell in one.cells}
    assert {quarter for cells in targets for _, quarter, _ in cells} == {QUARTER}
    assert len(targets) >= len(WARDS) * len(TYPES)
    assert narrow_targets(statements, targets) == []


def test_a_plain_count_in_a_file_would_be_found():
    plain = {Statement(frozenset({(WARDS[0], QUARTER, "violence")}), *edges("7"))}
    assert narrow_targets(plain, {next(iter(plain)).cells: K})
