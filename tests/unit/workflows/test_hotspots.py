import pytest

from aim import workflows
from aim.errors import NotFoundError, ParameterError
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING

APRIL = {"type": "asb", "since": "2026-04-01", "until": "2026-05-01"}
MARCH = {"since": "2026-03-01", "until": "2026-04-01"}
TEN = HotspotParameters(min_samples=10)


def find(hub, parameters=TEN, *, save=False, **words):
    wanted = workflows.read_words(hub.store, hub.actor, APRIL | words)
    return workflows.find_hotspots(hub.store, hub.actor, wanted, parameters, save=save)


def test_both_busy_corners_are_found_and_compared(hub):
    run = find(hub)
    assert sorted(run.hotspots["name"]) == ["Mill Lane", "Quay Street"]
    assert run.hotspots["incidents"].tolist() == [12, 12]
    assert run.facts["compared"].startswith("Not compared with March 2026") is False
    assert run.hotspots["incidents_before"].tolist() == [6, 6]


def test_a_ward_shows_its_own_hotspots_with_ranks_unchanged(hub):
    every = find(hub).hotspots.set_index("name")["rank"]
    one = find(hub, ward="Brook")
    assert one.hotspots["name"].tolist() == ["Mill Lane"]
    assert one.hotspots["rank"].tolist() == [every["Mill Lane"]]
    assert one.facts["hotspots_elsewhere"] == 1


def test_a_ward_clustered_alone_needs_a_ward(hub):
    within = HotspotParameters(min_samples=10, cluster_within=True)
    assert find(hub, within, ward="Abbey").hotspots["name"].tolist() == ["Quay Street"]
    with pytest.raises(ParameterError, match="name at least one `ward`"):
        find(hub, within)


def test_no_comparison_where_a_source_starts_later(hub):
    run = find(hub, since="2026-03-01", until="2026-04-01")
    assert "Not compared with February 2026: norbeck-police starts" in run.facts["compared"]
    assert run.hotspots["incidents_before"].isna().all()


def test_a_period_past_the_last_delivery_is_warned_of(hub):
    run = find(hub, until="2026-06-01")
    assert any("complete only to 30 April 2026" in told for told in run.warnings)


def test_a_saved_run_gives_lasting_ids_that_the_next_run_keeps(hub):
    first, second = find(hub, save=True), find(hub, save=True)
    ids = first.hotspots.set_index("name")["hotspot_id"]
    assert second.hotspots.set_index("name")["hotspot_id"].to_dict() == ids.to_dict()
    assert ids.is_unique
    saved = hub.store.run(first.facts["run_id"], EVERYTHING)
    assert saved.hotspots["hotspot_id"].tolist() == first.hotspots["hotspot_id"].tolist()


def test_runs_of_different_months_keep_ids_and_names_by_ground(hub):
    march = find(hub, HotspotParameters(min_samples=5), save=True, **MARCH)
    april = find(hub, save=True)
    assert set(march.members["incident_id"]).isdisjoint(april.members["incident_id"])
    ids = march.hotspots.set_index("name")["hotspot_id"].to_dict()
    assert april.hotspots.set_index("name")["hotspot_id"].to_dict() == ids
    assert april.facts["events"] == []


def test_a_hotspot_that_parted_is_on_record_with_its_parts(hub):
    wide = HotspotParameters(eps_m=1300, min_samples=5, split=False)
    parted = find(hub, wide, save=True, **MARCH)
    assert parted.hotspots["incidents"].tolist() == [12]
    again = find(hub, HotspotParameters(eps_m=1300, min_samples=6), save=True)
    assert len(again.hotspots) == 2
    whole = parted.hotspots["hotspot_id"].iloc[0]
    (event,) = again.facts["events"]
    assert (event["kind"], event["hotspot_id"]) == ("split", whole)
    assert event["others"] == sorted(again.hotspots["hotspot_id"])
    saved = hub.store.run(again.facts["run_id"], EVERYTHING)
    assert saved.facts["events"] == [event]


def test_a_run_of_another_kind_in_between_changes_no_id(hub):
    first = find(hub, save=True)
    find(hub, HotspotParameters(eps_m=60, min_samples=4), save=True, type="burglary")
    again = find(hub, save=True)
    assert set(again.hotspots["hotspot_id"]) == set(first.hotspots["hotspot_id"])


def test_an_unsaved_view_has_ranks_and_no_ids(hub):
    assert find(hub).hotspots["hotspot_id"].isna().all()
    assert hub.store.runs(EVERYTHING) == []


def test_every_result_carries_what_made_it(hub):
    facts = find(hub).facts
    for name in ("filter", "incidents", "left_out", "complete_to", "projection", "data_version"):
        assert name in facts
    assert facts["filter"]["type"] == ["asb"]


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ({"ward": "Nowhere"}, ParameterError, "the wards are Abbey, Brook"),
        ({"source": "fire"}, ParameterError, "the store holds norbeck-police"),
        ({"ward-set": "wards-1999"}, NotFoundError, "wards-1999"),
        ({"area": "wards-2026:E05099009"}, ParameterError, "E05099009"),
    ],
)
def test_words_the_store_does_not_know_are_named(hub, words, error, told):
    with pytest.raises(error, match=told):
        find(hub, **words)


def test_a_month_only_period_is_not_compared_at_some_hours(hub, police_file):
    path = hub.folder / "wardens.csv"
    rows = ["Job No,Date,Time,Category,Easting,Northing"]
    rows += [f"W{n},{n:02d}/05/2026,21:00,Fly tipping,480300,{530400 + n}" for n in range(1, 29)]
    rows.append("W99,31/05/2026,21:00,Fly tipping,480300,530400")
    path.write_text("\n".join(rows), encoding="utf-8")
    workflows.ingest_feed(hub.store, hub.actor, feed="wardens", path=path, source="norbeck-police")
    run = find(hub, type=[], since="2026-05-01", until="2026-06-01", hours="20-23")
    assert "100% of its incidents have no clock time" in run.facts["compared"]
    assert run.hotspots["change"].isna().all()


def test_the_same_question_to_the_same_data_is_searched_once(hub, monkeypatch):
    first = find(hub)
    monkeypatch.setattr("aim.workflows.hotspots._search", None)
    assert find(hub).hotspots.equals(first.hotspots)


def test_new_data_are_searched_anew(hub, police_file):
    before = find(hub).hotspots["incidents"].tolist()
    path = police_file(hub.folder / "more-street.csv", "2026-04", 14)
    workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=path)
    assert find(hub).hotspots["incidents"].tolist() != before
