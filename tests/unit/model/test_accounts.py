from datetime import UTC, date, datetime, timedelta

import pytest

from aim.errors import ParameterError
from aim.model.accounts import (
    Credentials,
    Scope,
    Session,
    SessionLimits,
    Token,
    WardTerm,
    new_account,
    read_role,
    read_term,
)
from aim.model.people import Action, Role

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = date(2026, 5, 8)


@pytest.mark.parametrize(
    ("term", "holds"),
    [
        (WardTerm("w"), True),
        (WardTerm("w", since=DAY), True),
        (WardTerm("w", since=DAY + timedelta(1)), False),
        (WardTerm("w", until=DAY), False),
        (WardTerm("w", until=DAY + timedelta(1)), True),
        (WardTerm("w", DAY, DAY + timedelta(1)), True),
    ],
)
def test_a_ward_is_ones_own_from_the_first_day_to_before_the_last(term, holds):
    assert term.holds_on(DAY) is holds


def test_the_actor_has_the_roles_wards_and_limits_of_the_day():
    wards = (WardTerm("a"), WardTerm("b", until=DAY))
    account = new_account("cal", "council", {Role.COUNCILLOR}, wards=wards)
    actor = account.actor_on(DAY, limits=frozenset({Action.VIEW_FIGURES}))
    assert (actor.wards, actor.roles) == ({"a"}, {Role.COUNCILLOR})
    assert actor.limits == {Action.VIEW_FIGURES}
    assert account.actor_on(DAY, roles=frozenset()).roles == frozenset()


@pytest.mark.parametrize("role", Role)
def test_the_notice_is_for_councillors_and_scrutiny_once(role):
    told = role in {Role.COUNCILLOR, Role.SCRUTINY}
    assert new_account("x", "y", {role}).needs_notice is told
    assert not new_account("x", "y", {role}, notice_at=NOON).needs_notice


@pytest.mark.parametrize("name", ["Ana", "ana b", "", "a" * 61, "ana@example.org", "../x"])
def test_an_id_is_a_slug(name):
    with pytest.raises(ParameterError, match="not written as a slug"):
        new_account(name, "council", {Role.ANALYST})


def test_the_longest_id_is_allowed():
    assert new_account("a" * 60, "council", {Role.ANALYST}).id == "a" * 60


def test_every_fault_of_an_account_is_told():
    with pytest.raises(ParameterError, match=r"id .* agency .* no role"):
        new_account("A", "B", set())


def test_roles_are_read_by_name_or_slug():
    assert [read_role(text) for text in ("police-partner", "police partner", "ANALYST")] == [
        Role.POLICE_PARTNER,
        Role.POLICE_PARTNER,
        Role.ANALYST,
    ]
    with pytest.raises(ParameterError, match="scrutiny-member"):
        read_role("mayor")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("E1", WardTerm("E1")),
        ("E1:2026-05-08:", WardTerm("E1", DAY)),
        ("E1::2026-05-08", WardTerm("E1", None, DAY)),
    ],
)
def test_terms_are_read(text, term):
    assert read_term(text) == term


@pytest.mark.parametrize("text", ["E1:May", "E1:2026-05-08:2026-05-08", "E1:2026-05-08:2026-05-07"])
def test_a_term_that_cannot_be_is_refused(text):
    with pytest.raises(ParameterError, match="E1"):
        read_term(text)


@pytest.mark.parametrize(
    ("idle", "age", "live"),
    [(1799, 1799, True), (1800, 1800, False), (0, 43199, True), (0, 43200, False)],
)
def test_a_session_ends_by_idleness_and_by_age(idle, age, live):
    session = Session("h", "ana", NOON, NOON + timedelta(seconds=age - idle))
    assert session.is_live(NOON + timedelta(seconds=age), SessionLimits()) is live


def test_an_ended_session_and_a_revoked_token_open_nothing():
    assert not Session("h", "ana", NOON, NOON, ended_at=NOON).is_live(NOON, SessionLimits())
    token = Token(1, "h", "ana", frozenset({Scope.READ}), NOON, NOON + timedelta(1), NOON)
    assert not token.is_live(NOON)


def test_what_opens_a_door_is_not_printed():
    shown = repr((Credentials("ana", "marked", "marked", 77), Session("marked", "ana", NOON, NOON)))
    assert "marked" not in shown
    assert "77" not in shown
