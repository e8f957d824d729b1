"""Promises of disclosure control for whatever is counted and asked."""

import random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.access.disclosure import (
    Audience,
    DifferencingGuard,
    Question,
    release_grid,
    suppress_line,
)
from aim.model.types import read_taxonomy

WARDS = ("N1", "N2", "N3")
MONTHS = ("2026-04", "2026-05", "2026-06")
HOURS = ("morning", "noon", "evening", "night")
COUNTS = st.lists(st.integers(0, 30), min_size=9, max_size=9)


def grid_of(numbers):
    places = [(ward, month) for ward in WARDS for month in MONTHS]
    rows = [
        (*place, "violence", "sensitive", number)
        for place, number in zip(places, numbers, strict=True)
    ]
    return pd.DataFrame(rows, columns=["ward_code", "month", "theme", "sensitivity", "incidents"])


def release(counts, earlier=None):
    return release_grid(
        counts,
        wards=WARDS,
        months=MONTHS,
        taxonomy=read_taxonomy(),
        audience=Audience.COUNCILLOR,
        earlier=earlier,
    )


@settings(max_examples=20)
@given(COUNTS)
def test_every_released_band_holds_its_count_and_is_k_wide(numbers):
    counts = grid_of(numbers)
    released = release(counts)[0].query("sensitivity == 'sensitive' and theme == 'violence'")
    bands = released.set_index("ward_code")[["low", "high"]]
    truth = counts.groupby("ward_code")["incidents"].sum()
    truth["borough"] = truth.sum()
    assert (bands["low"] <= truth).all()
    assert (truth <= bands["high"]).all()
    assert (bands["high"] - bands["low"] >= 5).all()


@settings(max_examples=15)
@given(COUNTS, st.integers(0, 8), st.integers(-5, 5), st.randoms(use_true_random=False))
def test_a_late_report_or_the_order_of_rows_changes_nothing(numbers, place, late, chance):
    first, remembered = release(grid_of(numbers))
    changed = list(numbers)
    changed[place] = max(0, changed[place] + late)
    rows = list(range(len(numbers)))
    chance.shuffle(rows)
    again, kept = release(grid_of(changed).iloc[rows], remembered)
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(remembered, kept)


@given(st.lists(st.integers(0, 40), min_size=4, max_size=4), st.integers(0, 10**6))
@settings(max_examples=50)
def test_every_answer_holds_its_count_and_tells_nothing_but_itself(numbers, seed):
    chance = random.Random(seed)
    by_hour = dict(zip(HOURS, numbers, strict=True))
    known = {("N1", "2026-04", "noise"): sum(numbers)}
    guard = DifferencingGuard(whole=frozenset(HOURS))
    for _ in range(6):
        parts = chance.sample(HOURS, chance.randint(1, 3))
        asked = Question.of(wards=["N1"], months=["2026-04"], types=["noise"], parts=parts)
        count = sum(by_hour[part] for part in parts)
        answer = guard.ask(asked, count, known)
        if answer.band:
            assert answer.band.low <= count <= answer.band.high
            assert all(guard.ask(asked, one, known) == answer for one in answer.band)
        guard = guard.after(answer)


@given(st.lists(st.integers(0, 12), max_size=8))
def test_withheld_cells_of_a_line_could_each_be_anything(numbers):
    shown, total = suppress_line(pd.Series(numbers, dtype="int64"))
    hidden = [number for number, cell in zip(numbers, shown, strict=True) if cell is pd.NA]
    assert all(number in hidden for number in numbers if number < 5)
    if hidden and total is not None:
        assert len(hidden) >= 2
        assert sum(hidden) >= 5
    assert total is None or total == sum(numbers)
