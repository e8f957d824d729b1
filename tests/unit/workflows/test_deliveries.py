import pytest

from aim import workflows
from aim.errors import FeedError, NotAllowedError, NotFoundError
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Actor

STRANGER = Actor(id="stranger", agency="nowhere")


def count(hub):
    return int(hub.store.count_incidents(IncidentFilter(), EVERYTHING)["incidents"].sum())


def test_a_delivery_is_counted_row_by_row(empty_hub, police_file):
    path = police_file(empty_hub.folder / "a-street.csv", "2026-03", 5)
    report = workflows.ingest_feed(empty_hub.store, empty_hub.actor, feed="police-uk", path=path)
    assert (report.read, report.added, report.rejected) == (10, 10, 0)
    assert report.read == report.added + report.unchanged + report.updated + report.rejected


def test_the_same_file_again_adds_nothing(hub):
    path = hub.folder / "2026-04-norbeck-street.csv"
    report = workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=path)
    assert (report.added, report.unchanged) == (0, 24)


def test_a_dry_run_counts_and_keeps_nothing(hub, police_file):
    path = police_file(hub.folder / "new-street.csv", "2026-05", 4)
    before = count(hub)
    report = workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=path, dry_run=True)
    assert (report.added, report.batch) == (8, None)
    assert count(hub) == before
    assert len(workflows.delivery_list(hub.store, hub.actor)) == 2


def test_undoing_twice_brings_a_delivery_back_with_its_wards(hub):
    before = count(hub)
    batch = workflows.delivery_list(hub.store, hub.actor)[-1].batch_id
    assert workflows.undo_delivery(hub.store, hub.actor, batch).state == "undone"
    assert count(hub) == before - 24
    assert workflows.undo_delivery(hub.store, hub.actor, batch).state == "current"
    assert count(hub) == before


def test_undoing_what_was_never_delivered_is_told(hub):
    with pytest.raises(NotFoundError, match="b9999"):
        workflows.undo_delivery(hub.store, hub.actor, "b9999")


def test_a_missing_file_changes_nothing(hub):
    before = hub.store.data_version()
    with pytest.raises(FeedError, match=r"nowhere\.csv"):
        workflows.ingest_feed(
            hub.store, hub.actor, feed="police-uk", path=hub.folder / "nowhere.csv"
        )
    assert hub.store.data_version() == before


def test_a_newer_edition_withdraws_what_it_no_longer_holds(hub, police_file):
    shorter = police_file(hub.folder / "shorter-street.csv", "2026-04", 9)
    report = workflows.ingest_feed(
        hub.store, hub.actor, feed="police-uk", path=shorter, replaces="2026-04"
    )
    assert (report.added, report.unchanged, report.withdrawn) == (0, 18, 6)


def test_rejected_rows_are_written_with_their_reasons(hub, police_file):
    path = police_file(hub.folder / "bad-street.csv", "2026-13", 1)
    report = workflows.ingest_feed(
        hub.store, hub.actor, feed="police-uk", path=path, rejected_folder=hub.folder
    )
    assert (report.read, report.rejected) == (2, 2)
    text = (hub.folder / "bad-street.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert "2026-13" in text
    assert len(text.splitlines()) == 3


def test_the_record_tells_of_every_delivery(hub):
    actions = hub.store.audit(EVERYTHING)["action"].tolist()
    assert actions.count("ingest") == 2
    assert hub.store.verify_audit() == []


def test_a_stranger_delivers_nothing(hub):
    with pytest.raises(NotAllowedError, match="stranger may not ingest"):
        workflows.ingest_feed(
            hub.store, STRANGER, feed="police-uk", path=hub.folder / "2026-04-norbeck-street.csv"
        )


def test_progress_is_told_and_never_goes_back(empty_hub, police_file):
    path = police_file(empty_hub.folder / "a-street.csv", "2026-03", 5)
    told = []
    workflows.ingest_feed(
        empty_hub.store, empty_hub.actor, feed="police-uk", path=path, progress=told.append
    )
    assert told == sorted(told)
    assert 0 < told[-1] <= 1
