import pytest

from aim.access.passwords import (
    HashCost,
    check_new_password,
    hash_password,
    is_outdated,
    is_password,
    make_password,
)
from aim.errors import ParameterError

CHEAP = HashCost(1, 64, 1)


def test_a_hash_is_argon2id_and_has_a_salt_of_its_own():
    one, other = (hash_password("lantern street", CHEAP) for _ in range(2))
    assert one.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert one != other


@pytest.mark.parametrize("typed", ["", "lantern stree", "Lantern street", "lantern street "])
def test_only_the_very_password_is_right(typed):
    held = hash_password("lantern street", CHEAP)
    assert is_password(held, "lantern street", CHEAP)
    assert not is_password(held, typed, CHEAP)


@pytest.mark.parametrize("held", ["", "no hash", "$argon2id$v=19$m=64,t=1,p=1$x"])
def test_what_is_no_hash_opens_nothing(held):
    assert not is_password(held, "", CHEAP)
    assert not is_password(held, "lantern street", CHEAP)


def test_a_password_is_whole_up_to_its_longest_and_refused_beyond():
    held = hash_password("ab" * 100, CHEAP)
    assert is_password(held, "ab" * 100, CHEAP)
    longer = hash_password("ab" * 100 + "a", CHEAP)
    assert not is_password(longer, "ab" * 100 + "a", CHEAP)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(monkeypatch):
    seen = []
    from aim.access import passwords  # noqa: PLC0415 - the module whose part is watched

    class Watched:
        def verify(self, held, password):
            seen.append((held[:9], password))
            raise passwords.InvalidHashError

    monkeypatch.setattr(passwords, "_hasher", lambda _: Watched())
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda _: "$argon2id$nobody")
    assert not is_password("", "guess", CHEAP)
    assert not is_password("$argon2id$held", "guess", CHEAP)
    assert seen == [("$argon2id", "guess")] * 2


def test_a_hash_of_another_cost_is_outdated():
    assert is_outdated(hash_password("lantern street", CHEAP), HashCost(2, 64, 1))
    assert not is_outdated(hash_password("lantern street", CHEAP), CHEAP)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", "at least 12"),
        ("abcd" * 50 + "e", "at most 200"),
        ("abababababab", "different"),
        ("my-ANA-lantern-st", "account's name"),
        ("my Password 9 x", "everybody tries"),
        ("old words here", "another than the old"),
    ],
)
def test_what_is_easily_guessed_is_refused_without_being_said(password, fault):
    with pytest.raises(ParameterError, match=fault) as told:
        check_new_password(password, "ana", "old words here")
    assert password not in str(told.value)


@pytest.mark.parametrize("password", ["lantern st 1", "x" * 196 + "abcd"])
def test_the_bounds_are_allowed(password):
    check_new_password(password, "bea")


def test_every_fault_is_told_at_once():
    with pytest.raises(ParameterError, match=r"at least 12.*different"):
        check_new_password("aaa", "bea")


def test_first_passwords_are_random_and_good_enough():
    made = {make_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check_new_password(password, "account-with-a-long-name")
        assert not set(password) & set("0o1il")
