"""At its review day an action says by itself what came of it, with the doubt."""

from datetime import date

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.filters import read_filter
from aim.model.people import Actor, Role

LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
WARDEN = Actor("w7", "wardens", frozenset({Role.OFFICER}))
AGREED, REVIEWED = date(2026, 5, 1), date(2026, 6, 1)
SMART = {
    "title": "Mend the lights",
    "partners": "council",
    "types": "asb",
    "months": "1",
    "target": "2",
    "owner": "w7",
    "agency": "wardens",
    "resource": "Two nights",
    "cost": "0",
    "priority": "Nights",
    "start": "2026-05-01",
    "due": "2026-05-20",
    "review": "2026-06-01",
}


def done(store, **words):
    kept = workflows.draft_action(store, LEAD, {**SMART, **words})
    for to in ("agreed", "under way", "done"):
        kept = workflows.move_action(store, LEAD, kept.key, to, version=kept.version, today=AGREED)
    return kept


@pytest.fixture(scope="module")
def borough(filled_hub, tmp_path_factory):
    """Give a store, an action done at a hotspot and one at a ward, before May was loaded."""
    store = filled_hub.store
    run = workflows.find_hotspots(
        store,
        LOCAL_ANALYST,
        read_filter({"since": "2026-04-01", "until": "2026-05-01"}),
        save=True,
    )
    places = dict(zip(run.hotspots["name"], run.hotspots["hotspot_id"], strict=True))
    site = workflows.add_site(store, LEAD, {"name": "All of Abbey", "wards": "Abbey"})
    at_hotspot = done(store, site=f"hotspot:{places['Quay Street']}")
    in_ward = done(store, site=f"place:{site.key}")
    early = workflows.action_view(store, LEAD, at_hotspot.key, today=REVIEWED)
    return filled_hub, at_hotspot, in_ward, early


@pytest.fixture(scope="module")
def may(borough, tmp_path_factory):
    """Give the same with May, in which two were reported at either corner."""
    hub, at_hotspot, in_ward, _ = borough
    text = (hub.folder / "2026-04-norbeck-street.csv").read_text(encoding="utf-8").splitlines()
    kept = [text[0], *text[1:3], *text[13:15]]
    path = hub.folder / "2026-05-norbeck-street.csv"
    path.write_text("\n".join(kept).replace("2026-04", "2026-05") + "\n", encoding="utf-8")
    workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=path)
    return hub.store, at_hotspot, in_ward


def test_nothing_is_counted_before_the_months_are_there(borough):
    early = borough[3]
    assert early.found == ()
    assert early.doubts == ("Nothing is counted yet: not every source is complete to 31 May 2026.",)


def test_the_result_computes_itself_on_the_review_day(may):
    store, at_hotspot, in_ward = may
    assert workflows.action_view(store, LEAD, at_hotspot.key, today=date(2026, 5, 31)).found == ()
    found = workflows.action_view(store, LEAD, at_hotspot.key, today=REVIEWED)
    assert found.found[0] == (
        "2 reports in May 2026, 12 when it was agreed: a fall beyond chance."
        " The target of 2 was met."
    )
    assert len(found.found) == 2
    ward = workflows.action_view(store, LEAD, in_ward.key, today=REVIEWED)
    assert ward.found[0].startswith("2 reports in May 2026, 12 when")
    assert ward.found[1].startswith("All of Abbey had 12 incidents before and 2 after.")
    assert any("different times of the year" in words for words in ward.doubts)
    assert workflows.action_view(store, WARDEN, in_ward.key, today=REVIEWED).found == ()


def test_the_review_keeps_what_was_found(may):
    store, at_hotspot, _ = may
    kept = workflows.move_action(
        store,
        LEAD,
        at_hotspot.key,
        "reviewed",
        version=at_hotspot.version,
        today=REVIEWED,
        words="Quieter, people say.",
    )
    assert kept.what.measured[0].startswith("2 reports in May 2026")
    shown = workflows.action_view(store, WARDEN, at_hotspot.key, today=REVIEWED)
    assert shown.found == kept.what.measured
    assert shown.doubts == kept.what.doubts
    assert shown.result == "Quieter, people say."
    assert kept.what.measured[0] in workflows.action_text(
        store, WARDEN, at_hotspot.key, today=REVIEWED
    )
