from datetime import date

import pytest

from aim import workflows
from aim.errors import NotFoundError, ParameterError
from aim.model.breaks import Break, BreakKind
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING


def pair(hub):
    return tuple(hub.store.links(EVERYTHING).loc[0, ["incident_a", "incident_b"]])


def incidents_figure(hub):
    wanted = workflows.read_words(
        hub.store, hub.actor, {"type": "graffiti", "since": "2026-04", "until": "2026-05"}
    )
    view = workflows.hub_view(
        hub.store, hub.actor, wanted, HotspotParameters(min_samples=10), hub.settings
    )
    return view.figures[0]


def test_one_event_told_twice_is_linked_and_still_counted_twice(doubled):
    assert len(doubled.store.links(EVERYTHING)) == 1
    figure = incidents_figure(doubled)
    assert figure.value == "2"
    assert "of which likely repeats 1" in figure.note


def test_a_refused_link_is_told_no_more_and_never_proposed_again(doubled):
    one, other = pair(doubled)
    workflows.settle_link(doubled.store, doubled.actor, other, one, "refuse")
    assert "repeats" not in incidents_figure(doubled).note
    assert workflows.find_links(doubled.store, doubled.actor).pairs == 0


def test_a_confirmed_link_stays_when_links_are_sought_again(doubled):
    workflows.settle_link(doubled.store, doubled.actor, *pair(doubled), "confirm")
    workflows.find_links(doubled.store, doubled.actor)
    assert doubled.store.links(EVERYTHING)["state"].tolist() == ["confirmed"]
    assert "confirmed" in workflows.link_text(doubled.store, doubled.actor)


def test_settling_what_is_not_linked_is_told(hub):
    with pytest.raises(NotFoundError, match="aim links list"):
        workflows.settle_link(hub.store, hub.actor, "a", "b", "confirm")
    assert "aim links find" in workflows.link_text(hub.store, hub.actor)


def test_a_comparison_across_an_event_carries_its_warning(hub):
    wanted = workflows.read_words(hub.store, hub.actor, {"since": "2026-04", "until": "2026-05"})
    before = workflows.find_hotspots(hub.store, hub.actor, wanted)
    assert not any("migration" in told for told in before.warnings)
    entry = Break(date(2026, 4, 1), BreakKind.MIGRATION, "norbeck-police", note="new system")
    workflows.add_break(hub.store, hub.actor, entry)
    run = workflows.find_hotspots(hub.store, hub.actor, wanted)
    assert any("system migration on 1 April 2026" in told for told in run.warnings)


def test_an_event_is_listed_and_removed_and_both_are_on_record(hub):
    entry = Break(date(2026, 4, 1), BreakKind.OTHER, note="ring 01632 960123")
    saved = workflows.add_break(hub.store, hub.actor, entry)
    assert workflows.break_list(hub.store, hub.actor)[0].entry.note == "ring [phone]"
    workflows.remove_break(hub.store, hub.actor, saved.number)
    assert workflows.break_list(hub.store, hub.actor) == []
    assert hub.store.audit(EVERYTHING)["action"].tolist().count("register") == 2


def test_an_unknown_kind_of_event_is_named():
    with pytest.raises(ParameterError, match="earthquake"):
        Break(date(2026, 4, 1), "earthquake")


def ingest(hub, name, text, source, **options):
    path = hub.folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return workflows.ingest_feed(
        hub.store, hub.actor, feed="wardens", path=path, source=source, **options
    )


def test_loading_a_file_tells_how_many_links_touch_it(hub, told):
    assert ingest(hub, "w", told["w"], "wardens").linked == 0
    assert ingest(hub, "try", told["h"], "housing-officers", dry_run=True).linked == 0
    assert ingest(hub, "h", told["h"], "housing-officers").linked == 1
    assert ingest(hub, "h", told["h"], "housing-officers").linked == 1
    assert hub.store.links(EVERYTHING)["state"].tolist() == ["suggested"]


def test_loading_the_same_file_again_is_no_change_of_data(hub, told):
    ingest(hub, "w", told["w"], "wardens")
    ingest(hub, "h", told["h"], "housing-officers")
    version = hub.store.data_version()
    ingest(hub, "h", told["h"], "housing-officers")
    assert hub.store.data_version() == version


def test_links_of_other_months_stay_when_a_file_is_loaded(hub, told):
    ingest(hub, "w", told["w"], "wardens")
    ingest(hub, "h", told["h"], "housing-officers")
    for name, source in (("w", "wardens"), ("h", "housing-officers")):
        text = told[name].replace("/04/2026", "/06/2026").replace("\nW", "\nV")
        report = ingest(hub, f"{name}-june", text.replace("\nH", "\nG"), source)
    assert report.linked == 1
    assert len(hub.store.links(EVERYTHING)) == 2


def test_a_refused_link_is_not_counted_when_its_file_is_loaded_again(hub, told):
    ingest(hub, "w", told["w"], "wardens")
    ingest(hub, "h", told["h"], "housing-officers")
    workflows.settle_link(hub.store, hub.actor, *pair(hub), "refuse")
    assert ingest(hub, "h", told["h"], "housing-officers").linked == 0
    assert hub.store.links(EVERYTHING)["state"].tolist() == ["refused"]
