"""The store knows people: what is kept comes back, ids are never given twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aim.errors import ConflictError, NotFoundError
from aim.model.accounts import (
    AccountState,
    Attempts,
    Credentials,
    Scope,
    Session,
    Token,
    WardTerm,
    new_account,
)
from aim.model.people import Role

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANA = new_account(
    "ana",
    "norbeck-council",
    {Role.COUNCILLOR, Role.SCRUTINY},
    wards=(WardTerm("E05099001", date(2026, 5, 8), None), WardTerm("E05099002")),
    groups=frozenset({"harbour"}),
    display_name="Ärger <b>",
    sign_in_name="ana@example.org",
    must_change=True,
)
KEPT = Credentials("ana", "$argon2id$x", "sealed", 7)


@pytest.fixture
def with_ana(store):
    with store.transaction() as change:
        change.add_account(ANA)
    return store


def test_a_new_store_knows_nobody(store):
    assert (store.has_accounts(), store.accounts(), store.tokens()) == (False, [], [])
    assert not store.is_demo()


def test_an_account_comes_back_as_it_was_kept(with_ana):
    assert with_ana.account("ana") == ANA
    assert with_ana.accounts() == [ANA]
    assert with_ana.has_accounts()


def test_a_change_is_kept_whole(with_ana):
    changed = replace(
        ANA, roles=frozenset({Role.OFFICER}), state=AccountState.DISABLED, notice_at=NOON
    )
    with with_ana.transaction() as change:
        change.change_account(changed)
    assert with_ana.account("ana") == changed


def test_an_id_is_never_given_twice(with_ana):
    other = new_account("ana", "police", {Role.ANALYST})
    with pytest.raises(ConflictError, match="never given twice"), with_ana.transaction() as change:
        change.add_account(other)


def test_one_sign_in_name_opens_one_account(with_ana):
    other = new_account("bea", "council", {Role.ANALYST}, sign_in_name="ANA@example.org")
    with pytest.raises(ConflictError, match="name of ana"), with_ana.transaction() as change:
        change.add_account(other)


def test_accounts_without_a_sign_in_name_do_not_meet(with_ana):
    with with_ana.transaction() as change:
        change.add_account(new_account("bea", "council", {Role.ANALYST}))
        change.add_account(new_account("cem", "council", {Role.ANALYST}))
    assert [one.id for one in with_ana.accounts()] == ["ana", "bea", "cem"]


def test_an_unknown_account_is_not_found(store):
    with pytest.raises(NotFoundError, match="aim user list"):
        store.account("ana")


def test_an_unknown_account_cannot_be_changed(store):
    with pytest.raises(NotFoundError, match="aim user list"), store.transaction() as change:
        change.change_account(ANA)


def test_credentials_come_back_and_a_stranger_has_none(with_ana):
    with with_ana.transaction() as change:
        change.save_credentials(KEPT)
    assert with_ana.credentials("ana") == KEPT
    assert with_ana.credentials("bea") is None


def test_a_change_of_the_account_leaves_its_credentials(with_ana):
    with with_ana.transaction() as change:
        change.save_credentials(KEPT)
        change.change_account(replace(ANA, must_change=False))
    assert with_ana.credentials("ana") == KEPT


def test_a_session_is_kept_used_and_ended(with_ana):
    session = Session("0" * 64, "ana", NOON, NOON, roles=frozenset({Role.ANALYST}))
    with with_ana.transaction() as change:
        change.save_session(session)
        change.save_session(replace(session, seen_at=NOON + timedelta(minutes=5)))
    assert with_ana.session("0" * 64) == replace(session, seen_at=NOON + timedelta(minutes=5))
    with with_ana.transaction() as change:
        change.end_sessions("ana", NOON + timedelta(hours=1))
    assert with_ana.session("0" * 64).ended_at == NOON + timedelta(hours=1)
    assert with_ana.session("1" * 64) is None


def test_only_the_sessions_of_that_account_end(with_ana):
    with with_ana.transaction() as change:
        change.add_account(new_account("bea", "council", {Role.ANALYST}))
        change.save_session(Session("b" * 64, "bea", NOON, NOON))
        change.end_sessions("ana", NOON)
    assert with_ana.session("b" * 64).ended_at is None


def test_tokens_have_numbers_and_can_be_revoked(with_ana):
    made = Token(0, "t" * 64, "ana", frozenset({Scope.READ}), NOON, NOON + timedelta(days=9))
    with with_ana.transaction() as change:
        kept = change.add_token(made)
        second = change.add_token(replace(made, token_hash="u" * 64))
        change.revoke_token(1, NOON)
        change.revoke_token(1, NOON + timedelta(days=1))
    assert (kept, second.number) == (replace(made, number=1), 2)
    assert with_ana.token("t" * 64).revoked_at == NOON
    assert with_ana.token("x" * 64) is None
    assert [one.number for one in with_ana.tokens()] == [1, 2]


def test_a_token_that_is_not_there_cannot_be_revoked(store):
    with pytest.raises(NotFoundError, match="aim token list"), store.transaction() as change:
        change.revoke_token(9, NOON)


def test_failed_tries_are_counted_and_forgotten(store):
    counted = Attempts(3, NOON, NOON + timedelta(minutes=1))
    with store.transaction() as change:
        change.save_attempts("a", counted)
        assert change.attempts("a") == counted
        change.save_attempts("a", Attempts(4, NOON))
        assert change.attempts("a") == Attempts(4, NOON)
        change.save_attempts("a", None)
        assert change.attempts("a") is None


def test_what_is_old_is_forgotten_and_the_rest_kept(with_ana):
    with with_ana.transaction() as change:
        for day, mark in ((0, "old"), (2, "new")):
            moment = NOON + timedelta(days=day)
            change.save_session(Session(mark, "ana", moment, moment))
            change.save_attempts(mark, Attempts(1, moment))
        change.forget_sign_ins(NOON + timedelta(days=1))
        assert (change.attempts("old"), change.attempts("new").failures) == (None, 1)
    assert with_ana.session("old") is None
    assert with_ana.session("new") is not None


def test_a_demo_store_stays_one(store):
    with store.transaction() as change:
        change.mark_demo()
    assert store.is_demo()


def test_accounts_do_not_move_the_data_version(store):
    before = store.data_version()
    with store.transaction() as change:
        change.add_account(ANA)
    assert store.data_version() == before
