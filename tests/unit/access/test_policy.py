import pytest

from aim.access import LOCAL_ANALYST, audit_entry, reach_of, require
from aim.access.policy import ALLOWED, REACH
from aim.errors import NotAllowedError, ParameterError
from aim.model.people import EVERYTHING, NOTHING, Action, Actor, Role

STRANGER = Actor(id="stranger", agency="nowhere")


def test_every_role_has_its_row_in_the_policy():
    assert set(ALLOWED) == set(REACH) == set(Role)


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
