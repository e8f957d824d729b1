"""The register of events: entries by day, taken out by number, numbers never given twice."""

from datetime import date

import pytest

from aim.errors import NotFoundError
from aim.model.breaks import Break, BreakKind
from aim.model.people import EVERYTHING

LATE = Break(date(2026, 5, 1), BreakKind.MIGRATION, "wardens", ("littering",), "New system")
EARLY = Break(date(2026, 4, 1), BreakKind.RECORDING_RULE)


def add(store, *entries: Break) -> list[int]:
    with store.transaction() as change:
        return [change.add_break(entry, actor="tester").number for entry in entries]


def remove(store, number: int) -> Break:
    with store.transaction() as change:
        return change.remove_break(number).entry


def test_entries_come_back_by_day_as_they_were_made(store):
    assert store.breaks(EVERYTHING) == []
    assert add(store, LATE, EARLY) == [1, 2]
    kept = store.breaks(EVERYTHING)
    assert [one.entry for one in kept] == [EARLY, LATE]
    assert {one.actor for one in kept} == {"tester"}


def test_an_entry_taken_out_is_gone_and_its_number_is_not_given_again(store):
    add(store, LATE, EARLY)
    assert remove(store, 2) == EARLY
    assert [one.number for one in store.breaks(EVERYTHING)] == [1]
    assert add(store, EARLY) == [3]
    with pytest.raises(NotFoundError, match="no entry 2"):
        remove(store, 2)


def test_an_entry_moves_the_data_version_on_so_that_no_older_answer_is_kept(store):
    before = store.data_version()
    (number,) = add(store, LATE)
    added = store.data_version()
    remove(store, number)
    assert before < added < store.data_version()
