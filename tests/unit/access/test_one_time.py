"""Codes by RFC 6238's own table, and what is sealed."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from aim.access.one_time import make_one_time_secret, one_time_code, seal, step_of_code, unseal
from aim.errors import AccessError

SECRET = base64.b32encode(b"12345678901234567890").decode()
KEY = b"k" * 32
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
STEP = int(NOON.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert one_time_code(SECRET, seconds // 30) == code


@pytest.mark.parametrize(
    ("drift", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_off(drift, taken):
    found = step_of_code(SECRET, one_time_code(SECRET, STEP + drift), NOON)
    assert found == (STEP + drift if taken else None)


def test_no_code_is_taken_twice_nor_an_older_one():
    codes = [one_time_code(SECRET, STEP + drift) for drift in (-1, 0, 1)]
    assert [step_of_code(SECRET, code, NOON, after=STEP) for code in codes] == [
        None,
        None,
        STEP + 1,
    ]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٢٨٧٠٨٢", "-1"])
def test_what_is_no_code_is_refused(typed):
    assert step_of_code(SECRET, typed, NOON) is None


def test_secrets_differ():
    assert len({make_one_time_secret() for _ in range(20)}) == 20


def test_what_is_sealed_comes_back_and_differs_each_time():
    one, other = seal("words", KEY, "x"), seal("words", KEY, "x")
    assert one != other
    assert (unseal(one, KEY, "x"), unseal(other, KEY, "x")) == ("words", "words")


@pytest.mark.parametrize(("key", "purpose"), [(b"l" * 32, "x"), (KEY, "y")])
def test_another_key_or_purpose_opens_nothing(key, purpose):
    with pytest.raises(AccessError, match="Begin again"):
        unseal(seal("words", KEY, "x"), key, purpose)


def test_a_changed_seal_opens_nothing():
    head, *middle, tag = seal("words", KEY, "x").split(".")
    forged = ".".join([head, *middle, tag[:-2] + ("AA" if tag[-2:] != "AA" else "BB")])
    with pytest.raises(AccessError):
        unseal(forged, KEY, "x")


def test_a_code_is_wrong_in_another_half_minute():
    assert step_of_code(SECRET, one_time_code(SECRET, STEP), NOON + timedelta(minutes=2)) is None
