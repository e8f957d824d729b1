import itertools

import pytest

from aim.access import (
    LOCAL_ANALYST,
    audit_entry,
    figure_wards_of,
    is_allowed,
    reach_of,
    require,
    sees_figures_only,
    sees_statistics,
)
from aim.access.policy import POLICY
from aim.errors import NotAllowedError, ParameterError
from aim.model.people import EVERYTHING, NOTHING, Action, Actor, Role

STRANGER = Actor(id="stranger", agency="nowhere")


def test_every_role_has_its_row_in_the_policy():
    assert set(POLICY) == set(Role)


@pytest.mark.parametrize("action", Action)
def test_the_local_analyst_may_do_everything(action):
    require(LOCAL_ANALYST, action)


@pytest.mark.parametrize("action", Action)
def test_nobody_without_a_role_may_do_anything_and_is_told_why(action):
    with pytest.raises(NotAllowedError, match=f"stranger may not {action}: no role"):
        require(STRANGER, action)


def test_reach_follows_the_role():
    assert reach_of(LOCAL_ANALYST) == EVERYTHING
    assert reach_of(STRANGER) == NOTHING


def one_with(*roles, agency="council", **given):
    return Actor("someone", agency, frozenset(roles), **given)


@pytest.mark.parametrize("role", [Role.COUNCILLOR, Role.SCRUTINY, Role.AUDITOR, Role.ADMINISTRATOR])
def test_roles_of_figures_and_records_see_no_row(role):
    assert reach_of(one_with(role)) == NOTHING
    with pytest.raises(NotAllowedError):
        require(one_with(role), Action.VIEW)


def test_an_officer_sees_the_own_agency_whole_and_no_other():
    reach = reach_of(one_with(Role.OFFICER, agency="wardens"))
    assert reach.agencies == reach.text_agencies == {"wardens"}


def test_a_police_partner_sees_all_rows_and_reads_the_own_text():
    reach = reach_of(one_with(Role.POLICE_PARTNER, agency="police"))
    assert reach.agencies is None
    assert (reach.free_text, reach.text_agencies) == (False, {"police"})


def test_a_second_role_never_shows_less():
    for first, second in itertools.product(Role, repeat=2):
        assert reach_of(one_with(first)).narrows(reach_of(one_with(first, second)))


def test_figures_follow_the_wards_of_a_councillor_and_nobody_elses():
    councillor = one_with(Role.COUNCILLOR, wards=frozenset({"E05099001"}))
    assert figure_wards_of(councillor) == {"E05099001"}
    assert figure_wards_of(one_with(Role.SCRUTINY)) is None
    assert figure_wards_of(one_with(Role.OFFICER)) == frozenset()
    assert sees_figures_only(councillor)
    assert not sees_figures_only(LOCAL_ANALYST)


def test_signs_of_cases_and_statistics_are_for_those_who_prepare_and_lead():
    for role in Role:
        leads = role in {Role.ANALYST, Role.COORDINATOR}
        assert is_allowed(one_with(role), Action.REVIEW_CASES) is leads
        assert sees_statistics(one_with(role)) is leads


def test_what_an_agreement_withholds_stays_withheld_with_every_role():
    barred = frozenset({("housing", "*")})
    assert reach_of(one_with(*Role, withheld=barred)).withheld == barred


def test_an_audit_entry_carries_ids_and_counts():
    entry = audit_entry(LOCAL_ANALYST, Action.INGEST, batch="b0001", read=12, undone=None)
    assert entry.actor == "local-analyst"
    assert entry.action == "ingest"
    assert entry.detail == {"batch": "b0001", "read": 12}


@pytest.mark.parametrize(
    "text", ["Mr Smith of Acacia Road", "line\nbreak", "x" * 501, "quoted 'words'"]
)
def test_free_text_never_enters_the_audit(text):
    with pytest.raises(ParameterError, match="looks like free text"):
        audit_entry(LOCAL_ANALYST, Action.VIEW, note=text)


def test_several_ids_stay_several():
    entry = audit_entry(LOCAL_ANALYST, Action.VIEW, wards=["E05099001", "E05099002"])
    assert entry.detail["wards"] == ("E05099001", "E05099002")


def test_an_audit_entry_stays_small_and_says_how_many_there_were():
    entry = audit_entry(LOCAL_ANALYST, Action.VIEW, wards=[f"W{number}" for number in range(51)])
    assert (len(entry.detail["wards"]), entry.detail["wards_count"]) == (50, 51)
    assert "wards_count" not in audit_entry(LOCAL_ANALYST, Action.VIEW, wards=["W1"] * 50).detail
