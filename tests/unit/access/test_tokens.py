import pytest

from aim.access import require
from aim.access.policy import is_allowed
from aim.access.tokens import actions_of, hash_token, make_token, mark_of, read_scope
from aim.errors import NotAllowedError, ParameterError
from aim.model.accounts import Scope
from aim.model.people import Action, Actor, Role


def test_tokens_are_long_and_differ():
    made = {make_token() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 47


def test_a_hash_tells_tokens_apart():
    assert hash_token("aim_a") == hash_token("aim_a") != hash_token("aim_b")


@pytest.mark.parametrize("action", Action)
def test_a_token_never_allows_what_its_account_may_not(action):
    for role in Role:
        limited = Actor("r", "a", frozenset({role}), limits=actions_of(frozenset(Scope)))
        free = Actor("r", "a", frozenset({role}))
        assert is_allowed(limited, action) <= is_allowed(free, action)


def test_reading_and_taking_in_are_apart_and_neither_manages():
    read, ingest = (actions_of(frozenset({scope})) for scope in (Scope.READ, Scope.INGEST))
    assert not read & ingest
    managing = {Action.MANAGE_PEOPLE, Action.ADMINISTER, Action.BACK_UP, Action.READ_AUDIT}
    assert not (read | ingest) & managing


def test_a_refusal_says_that_it_was_the_token():
    robot = Actor("r", "a", frozenset({Role.ANALYST}), limits=frozenset({Action.VIEW}))
    require(robot, Action.VIEW)
    with pytest.raises(NotAllowedError, match="this token does not allow it"):
        require(robot, Action.INGEST)


def test_an_unknown_scope_lists_those_there_are():
    with pytest.raises(ParameterError, match="read, ingest"):
        read_scope("everything")


def test_a_mark_goes_by_key_kind_and_text():
    one = mark_of(b"k" * 32, "client", "1.2.3.4")
    others = {
        mark_of(b"l" * 32, "client", "1.2.3.4"),
        mark_of(b"k" * 32, "account", "1.2.3.4"),
        mark_of(b"k" * 32, "client", "1.2.3.5"),
    }
    assert len(others | {one}) == 4
