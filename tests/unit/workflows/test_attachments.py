"""Files of actions: taken, handed out, taken out; hidden with the action; erased and backed up."""

from contextlib import closing
from datetime import date

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.errors import NotAllowedError, NotFoundError, ParameterError
from aim.model.actions import ActionRecord
from aim.model.people import EVERYTHING, Actor, Role
from aim.model.tasks import TaskReach
from aim.store import open_store
from aim.workflows.attachments import MOST_FILES

TODAY = date(2026, 5, 4)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
WARDEN = Actor("warden-7", "wardens", frozenset({Role.OFFICER}))
OTHER = Actor("fire-1", "fire", frozenset({Role.OFFICER}))
PLAN = b"%PDF-1.7 the plan"


@pytest.fixture
def store(empty_hub):
    return empty_hub.store


def draft(store, **words):
    given = {"title": "Mend", "owner": "warden-7", "agency": "wardens", **words}
    return workflows.draft_action(store, LEAD, given).key


def attach(store, key, who=WARDEN, *, name="plan.pdf", content=PLAN):
    return workflows.attach_file(store, who, key, name, content, most_mb=1)


def page(store, key, who=LEAD):
    return workflows.action_view(store, who, key, today=TODAY)


def test_a_file_is_handed_out_as_it_came_and_the_history_names_no_name(store):
    key = draft(store)
    attach(store, key, name="Plan 01632 960123.pdf")
    made = workflows.attached_file(store, LEAD, key, 1)
    assert (made.content, made.media_type) == (PLAN, "application/pdf")
    assert made.name == "Plan [phone].pdf"
    (line,) = [one for one in page(store, key).history if one.what == "attached"]
    assert line.words == "File 1: PDF, 1 KB"
    last = store.audit(EVERYTHING).tail(2)["detail"]
    assert last.str.contains("hand-out").iloc[-1]
    assert not last.str.contains("Plan").any()


def test_who_may_not_know_of_an_action_finds_no_file(store):
    key = draft(store, readers="warden-7")
    attach(store, key)
    for who in (OTHER, LOCAL_ANALYST):
        with pytest.raises(NotFoundError):
            workflows.attached_file(store, who, key, 1)
        with pytest.raises(NotFoundError):
            attach(store, key, who)
        with pytest.raises(NotFoundError):
            workflows.remove_file(store, who, key, 1)
    with pytest.raises(NotAllowedError):
        attach(store, key, Actor("c", "council", frozenset({Role.COUNCILLOR})))


def test_a_file_is_taken_out_for_good_by_who_attached_it_or_plans(store):
    key = draft(store, partners="fire", agency="fire", owner="warden-7")
    attach(store, key)
    with pytest.raises(NotAllowedError, match="warden-7 attached it"):
        workflows.remove_file(store, OTHER, key, 1)
    workflows.remove_file(store, WARDEN, key, 1)
    with pytest.raises(NotFoundError, match="no file 1"):
        workflows.attached_file(store, LEAD, key, 1)
    assert attach(store, key).number == 2
    workflows.remove_file(store, LEAD, key, 2)
    assert page(store, key).files == ()
    assert [one.what for one in page(store, key).history][:2] == ["taken out", "attached"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"%PDF" + b"-" * (1 << 20), "1 MB are taken"),
        (b"MZ\x00", "none of them"),
    ],
)
def test_what_is_not_taken_leaves_nothing(store, content, told):
    key = draft(store)
    with pytest.raises(ParameterError, match=told):
        attach(store, key, content=content)
    assert page(store, key).files == ()
    assert len(page(store, key).history) == 1


def test_a_file_of_the_largest_size_is_taken_and_one_too_many_is_not(store):
    key = draft(store)
    attach(store, key, content=PLAN + b" " * ((1 << 20) - len(PLAN)))
    for _ in range(MOST_FILES - 1):
        attach(store, key)
    with pytest.raises(ParameterError, match="20 already"):
        attach(store, key)


def test_who_attached_it_and_who_plans_are_shown_the_way_to_take_it_out(store):
    key = draft(store, agency="fire")
    attach(store, key)
    may = {who.id: page(store, key, who).files[0].may_remove for who in (WARDEN, LEAD, OTHER)}
    assert may == {"warden-7": True, "lead": True, "fire-1": False}


def test_files_come_back_with_a_backup(store, empty_hub):
    key = draft(store)
    attach(store, key)
    workflows.back_up(store, LOCAL_ANALYST, empty_hub.folder / "copy.db")
    with open_copy(empty_hub.folder) as copy:
        found, content = copy.attached(ActionRecord, key, 1, TaskReach("lead", every=True))
    assert (found.name, content) == ("plan.pdf", PLAN)


def open_copy(folder):
    (folder / "copy.db.key").write_bytes((folder / "aim.db.key").read_bytes())
    return closing(open_store(f"sqlite:///{(folder / 'copy.db').as_posix()}"))


def test_erasing_a_reference_takes_the_files_of_its_actions_with_it(store, empty_hub):
    key, other = draft(store, case_reference="ASB-7", readers="warden-7"), draft(store)
    attach(store, key, content=PLAN + b"LIES-IN-THE-FILE")
    attach(store, other)
    found = workflows.find_subject(store, LOCAL_ANALYST, "ASB-7")
    assert found.lines() == ["attached to actions: 1 file"]
    assert b'"attached_files": 1' in workflows.export_subject(store, LOCAL_ANALYST, "ASB-7")
    workflows.erase_subject(store, LOCAL_ANALYST, "ASB-7")
    assert page(store, key, LEAD).files == ()
    assert len(page(store, other).files) == 1
    store.close()
    assert b"LIES-IN-THE-FILE" not in (empty_hub.folder / "aim.db").read_bytes()
