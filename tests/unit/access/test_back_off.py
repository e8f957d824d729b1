from datetime import UTC, datetime, timedelta

import pytest

from aim.access.back_off import OF_ACCOUNT, OF_CLIENT, BackOff, count_attempt, is_locked
from aim.model.accounts import Attempts

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
QUICK = BackOff(2, timedelta(seconds=10), timedelta(seconds=35), timedelta(hours=1))


def waits(row, tries):
    held, found = None, []
    for _ in range(tries):
        held = count_attempt(held, row, NOON)
        found.append((held.locked_until - NOON).seconds if held.locked_until else 0)
    return found


def test_the_wait_doubles_after_the_free_tries_up_to_the_longest():
    assert waits(QUICK, 6) == [0, 0, 10, 20, 35, 35]


def test_a_long_storm_makes_no_number_too_large():
    counted = count_attempt(Attempts(10**9, NOON), OF_ACCOUNT, NOON)
    assert counted.locked_until == NOON + timedelta(minutes=15)


@pytest.mark.parametrize(("passed", "failures"), [(3599, 6), (3600, 1)])
def test_old_failures_are_forgotten(passed, failures):
    later = NOON + timedelta(seconds=passed)
    assert count_attempt(Attempts(5, NOON), QUICK, later).failures == failures


def test_a_wait_ends_on_the_second():
    held = Attempts(9, NOON, NOON + timedelta(seconds=10))
    assert is_locked(held, NOON + timedelta(seconds=9))
    assert not is_locked(held, NOON + timedelta(seconds=10))


def test_an_address_has_more_patience_than_an_account():
    assert waits(OF_ACCOUNT, 7) == [0] * 5 + [30, 60]
    assert waits(OF_CLIENT, 32) == [0] * 30 + [60, 120]
