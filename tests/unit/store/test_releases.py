"""What was released is remembered; what the public is told is approved once; elections end."""

from datetime import date

import pandas as pd
import pytest

from aim.errors import ConflictError, NotFoundError
from aim.model.people import NOTHING

BANDS = pd.DataFrame(
    {"ward_code": ["N1"], "period": ["2026/27 Q1"], "theme": ["asb"], "low": [6], "high": [11]}
)
SAID = {"ward_code": "N1", "period": "2026-04", "title": "Harbour", "told": "Lights mended."}


def test_a_new_store_has_released_nothing(store):
    found = store.releases(NOTHING)
    assert [len(found.bands), len(found.squares), len(found.answers)] == [0, 0, 0]
    assert store.pre_election(NOTHING) is None


def test_what_was_released_comes_back_as_it_was(store):
    squares = pd.DataFrame(
        {"period": ["2026-04"], "theme": ["asb"], "ward_code": ["N1"], "square": ["1818-2080"]}
    )
    with store.transaction() as changes:
        changes.remember_bands(BANDS.assign(low=1, high=5))
        changes.remember_bands(BANDS)
        changes.remember_squares(squares)
        for low in (6, 1):
            changes.remember_answer({"question": "{}", "known": "[]", "low": low, "high": 11})
    found = store.releases(NOTHING)
    pd.testing.assert_frame_equal(found.bands, BANDS, check_dtype=False)
    pd.testing.assert_frame_equal(found.squares, squares, check_dtype=False)
    assert found.answers["low"].tolist() == [6, 1]


def test_a_result_is_approved_once(store):
    with store.transaction() as changes:
        drafted = changes.draft_result(SAID, actor="analyst-1")
        approved = changes.approve_result(drafted.number, actor="lead-1")
    assert (drafted.is_approved, approved.is_approved) == (False, True)
    assert store.results(NOTHING) == [approved]
    with pytest.raises(ConflictError, match="lead-1 has done it already"), store.transaction() as c:
        c.approve_result(approved.number, actor="lead-2")
    with pytest.raises(NotFoundError, match="no result 9"), store.transaction() as changes:
        changes.approve_result(9, actor="lead-2")


def test_the_newest_pre_election_days_hold(store):
    with store.transaction() as changes:
        changes.set_pre_election(date(2025, 3, 1), date(2025, 5, 2), actor="admin")
        changes.set_pre_election(date(2026, 3, 24), date(2026, 5, 8), actor="admin")
    days = store.pre_election(NOTHING)
    assert days.holds_on(date(2026, 3, 24))
    assert not days.holds_on(date(2026, 5, 8))
