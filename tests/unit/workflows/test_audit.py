"""The record: what goes into it, how it is read and checked, and what is taken elsewhere."""

import json
from dataclasses import replace
from datetime import date

import pytest

from aim import workflows
from aim.errors import NotAllowedError, ParameterError
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING, Actor, Role

AUDITOR = Actor("aud-1", "hub", frozenset({Role.AUDITOR}))


@pytest.fixture
def bare(empty_hub):
    """Give a hub without rows, and three entries on record."""
    for page in ("map", "map", "hotspot"):
        workflows.record_view(empty_hub.store, empty_hub.actor, page)
    return empty_hub


def newest(hub):
    return hub.store.audit(EVERYTHING).iloc[-1]


def test_a_look_at_rows_is_on_record_with_what_was_asked(bare):
    wanted = IncidentFilter(sources=frozenset({"wardens"}))
    workflows.record_view(bare.store, bare.actor, "map", wanted=wanted, rows=7)
    entry = newest(bare)
    assert (entry["actor"], entry["action"]) == (bare.actor.id, "view")
    assert json.loads(entry["detail"]) == {"filter": "source=wardens", "page": "map", "rows": 7}


def test_the_page_of_a_saved_hotspot_is_on_record(hub):
    run = workflows.find_hotspots(
        hub.store, hub.actor, IncidentFilter(), HotspotParameters(min_samples=5), save=True
    )
    hotspot_id = str(run.hotspots["hotspot_id"].iloc[0])
    workflows.hotspot_view(hub.store, hub.actor, hotspot_id, hub.settings)
    detail = json.loads(newest(hub)["detail"])
    assert (detail["page"], detail["subject"]) == ("hotspot", hotspot_id)


def test_figures_are_counted_and_not_recorded_one_by_one(hub):
    before = len(hub.store.audit(EVERYTHING))
    for _ in range(2):
        workflows.hub_view(
            hub.store, hub.actor, IncidentFilter(), HotspotParameters(), hub.settings
        )
    assert len(hub.store.audit(EVERYTHING)) == before
    counts = hub.store.views(EVERYTHING)
    assert counts[["actor", "page", "views"]].to_numpy().tolist() == [[hub.actor.id, "hub", 2]]


def test_counting_does_not_wait_for_who_writes(bare):
    with bare.store.transaction() as change:
        change.seal()
        bare.store.count_view("ann", "hub")
        bare.store._tally.flush()
        assert bare.store._tally.waiting
    assert bare.store.views(EVERYTHING)["views"].tolist() == [1]


def test_the_auditor_reads_and_checks_what_the_analyst_may_not(bare):
    view = workflows.audit_view(bare.store, AUDITOR, workflows.audit_filter())
    assert view.lines[0].sequence == view.entries == len(bare.store.audit(EVERYTHING))
    assert view.verdict.startswith("The record is whole")
    analyst = replace(bare.actor, roles=frozenset({Role.ANALYST}))
    for job in (workflows.verify_audit, workflows.export_audit):
        with pytest.raises(NotAllowedError):
            job(bare.store, analyst)
    with pytest.raises(NotAllowedError):
        workflows.audit_view(bare.store, analyst, workflows.audit_filter())
    with pytest.raises(NotAllowedError):
        workflows.accept_audit(bare.store, AUDITOR)


def test_a_long_record_is_checked_when_asked(bare, monkeypatch):
    monkeypatch.setattr("aim.workflows.audit.CHECKED_AT_ONCE", 2)
    wanted = workflows.audit_filter(newest=1)
    unchecked = workflows.audit_view(bare.store, AUDITOR, wanted)
    assert (unchecked.checked, unchecked.full) == (False, True)
    assert "not been checked" in unchecked.verdict
    assert workflows.audit_view(bare.store, AUDITOR, wanted, check=True).checked


def test_a_fault_is_said_in_words(bare):
    next(bare.folder.glob("aim.db-*.audit")).unlink()
    view = workflows.audit_view(bare.store, AUDITOR, workflows.audit_filter())
    assert view.verdict.startswith("The record was tampered with")
    assert "aim audit accept" in view.faults[0]
    workflows.accept_audit(bare.store, bare.actor)
    assert json.loads(newest(bare)["detail"]) == {"faults": 1, "what": "accept"}
    assert workflows.verify_audit(bare.store, AUDITOR) == []


def test_an_exported_record_ends_with_its_checkpoint(bare, tmp_path):
    content = workflows.export_audit(bare.store, AUDITOR)
    *entries, last = [json.loads(line) for line in content.decode().splitlines()]
    assert last["checkpoint"]["sequence"] == len(entries) == entries[-1]["sequence"]
    path = tmp_path / "kept.jsonl"
    path.write_bytes(content)
    assert workflows.verify_audit(bare.store, AUDITOR, path) == []


@pytest.mark.parametrize("text", ["", "notes", '{"checkpoint": 3}', '{"checkpoint": {}}'])
def test_a_file_without_checkpoint_is_told(bare, tmp_path, text):
    path = tmp_path / "kept.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match="aim audit export"):
        workflows.verify_audit(bare.store, AUDITOR, path)


def test_entries_are_printed_as_asked(bare):
    text = workflows.audit_text(bare.store, AUDITOR, workflows.audit_filter(action="view"))
    assert "hotspot" in text
    nothing = workflows.audit_filter(until=date(2020, 1, 1))
    assert workflows.audit_text(bare.store, AUDITOR, nothing) == "No entry matches.\n"


def test_a_backup_holds_a_checkpoint(bare, tmp_path):
    before = len(bare.store.audit(EVERYTHING))
    workflows.back_up(bare.store, bare.actor, tmp_path / "copy.db")
    with bare.store._reading() as connection:
        found = connection.exec_driver_sql("SELECT max(sequence) FROM audit_checkpoint").scalar()
    assert found == before
