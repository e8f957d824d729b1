"""Outcomes stay with their crimes when the street file is loaded again alone."""

import pandas as pd
import pytest

from aim import workflows
from aim.feeds import keep_outcomes
from aim.model.filters import IncidentFilter
from aim.model.incidents import FeedResult
from aim.model.people import EVERYTHING

STREET = (
    "Crime ID,Month,Reported by,Longitude,Latitude,Location,Crime type,Context\n"
    "aaaa1111,2026-04,Norbeck Police,-0.75,54.66,On or near Quay Street,Burglary,Shed\n"
    "bbbb2222,2026-04,Norbeck Police,-0.75,54.66,On or near Quay Street,Robbery,\n"
    ",2026-04,Norbeck Police,-0.75,54.66,On or near Quay Street,Anti-social behaviour,\n"
)
OUTCOMES = "Crime ID,Month,Outcome type\naaaa1111,2026-05,Suspect charged\n"
CHARGED = "Shed Outcomes: 2026-05 Suspect charged"


def deliver(hub, *files, **given):
    folder = hub.folder / "delivery"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for kind, text in zip(("street", "outcomes"), files, strict=False):
        (folder / f"2026-04-norbeck-{kind}.csv").write_text(text, encoding="utf-8")
    return workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=folder, **given)


def told(hub):
    wanted = IncidentFilter(include_outside=True)
    kept = hub.store.incidents(wanted, EVERYTHING, columns=("source_ref", "description"))
    return (
        kept.dropna(subset=["source_ref", "description"])
        .set_index("source_ref")["description"]
        .to_dict()
    )


@pytest.mark.parametrize("given", [{}, {"replaces": "2026-04"}], ids=["again", "replacing"])
def test_a_street_file_loaded_again_alone_keeps_the_outcomes(empty_hub, given):
    deliver(empty_hub, STREET, OUTCOMES)
    report = deliver(empty_hub, STREET, **given)
    assert (report.unchanged, report.updated, report.withdrawn) == (3, 0, 0)
    assert told(empty_hub) == {"aaaa1111": CHARGED}
    note = "Outcomes: those of 1 crime came in an earlier delivery and are kept."
    assert note in report.notes
    assert deliver(empty_hub, STREET).unchanged == 3  # and the time after


def test_a_changed_context_is_taken_and_the_outcome_kept(empty_hub):
    deliver(empty_hub, STREET, OUTCOMES)
    assert deliver(empty_hub, STREET.replace("Shed", "Garage")).updated == 1
    assert told(empty_hub) == {"aaaa1111": CHARGED.replace("Shed", "Garage")}


def test_outcomes_that_come_with_the_street_file_win(empty_hub):
    deliver(empty_hub, STREET, OUTCOMES)
    report = deliver(empty_hub, STREET, OUTCOMES.replace("Suspect charged", "Local resolution"))
    assert report.updated == 1
    assert told(empty_hub) == {"aaaa1111": "Shed Outcomes: 2026-05 Local resolution"}


def test_where_no_outcome_ever_came_the_store_is_not_read(empty_hub, monkeypatch):
    deliver(empty_hub, STREET)
    monkeypatch.setattr("aim.workflows.outcomes._held", None)
    assert deliver(empty_hub, STREET).unchanged == 3


def test_other_feeds_may_take_a_description_back(empty_hub):
    head = "Job No,Date,Category,Location,Details\nW1,01/04/2026,Noise,Quay,"
    for details in ("Outcomes: fine", ""):
        (empty_hub.folder / "jobs.csv").write_text(head + details + "\n", encoding="utf-8")
        path = empty_hub.folder / "jobs.csv"
        workflows.ingest_feed(empty_hub.store, empty_hub.actor, feed="wardens", path=path)
    assert told(empty_hub) == {}


def test_nothing_held_changes_nothing():
    crimes = pd.DataFrame({"incident_id": ["a1"], "description": [None]}, dtype="str")
    result = FeedResult(crimes, crimes.head(0))
    assert keep_outcomes(result, crimes) is result
