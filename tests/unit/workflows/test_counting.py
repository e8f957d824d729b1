import json
from datetime import date

import pytest

from aim import workflows
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING

APRIL = {"type": "graffiti", "since": "2026-04", "until": "2026-05"}
LOOSE = HotspotParameters(min_samples=2)


def settle(hub, verdict):
    pair = hub.store.links(EVERYTHING).loc[0, ["incident_a", "incident_b"]]
    workflows.settle_link(hub.store, hub.actor, *pair, verdict)


@pytest.fixture
def doubled(told_hub):
    return told_hub


@pytest.fixture
def confirmed(told_hub):
    settle(told_hub, "confirm")
    yield told_hub
    settle(told_hub, "reopen")


def every_count(hub, **words):
    """Return what page, trends, list, wards, map and hotspots say of the same filter."""
    wanted = workflows.read_words(hub.store, hub.actor, {**APRIL, **words})
    asked = (hub.store, hub.actor, wanted)
    made = {"file_format": "json", "made": date(2026, 5, 4)}
    listed = workflows.export_incidents(*asked, hub.settings, **made)
    wards = workflows.export_wards(*asked, hub.settings, **made)
    view = workflows.hub_view(*asked, LOOSE, hub.settings)
    drawn = json.loads(workflows.map_layers(*asked, LOOSE))
    return {
        "page": int(view.figures[0].value),
        "chart": int(view.chart.rows[-1][1]),
        "months": int(workflows.trend_table(*asked)["incidents"].sum()),
        "types": int(workflows.trend_table(*asked, by="type")["incidents"].sum()),
        "sources": int(workflows.trend_table(*asked, by="source")["incidents"].sum()),
        "list": len(json.loads(listed.content)["incidents"]),
        "wards": sum(ward["incidents"] for ward in json.loads(wards.content)["wards"]),
        "points": len(drawn["incidents"]["features"]),
        "hotspots": int(workflows.find_hotspots(*asked, LOOSE).facts["incidents"]),
    }


def test_a_confirmed_pair_counts_once_everywhere(confirmed):
    assert set(every_count(confirmed).values()) == {1}


def test_counting_as_reported_restores_every_count(confirmed):
    assert set(every_count(confirmed, **{"count-linked": "as-reported"}).values()) == {2}


def test_likely_pairs_count_once_where_it_is_asked_for(doubled):
    assert set(every_count(doubled).values()) == {2}
    assert set(every_count(doubled, **{"count-linked": "once"}).values()) == {1}


@pytest.mark.parametrize("verdict", ["refuse", "reopen"])
def test_taking_a_word_back_restores_every_count(confirmed, verdict):
    settle(confirmed, verdict)
    assert set(every_count(confirmed).values()) == {2}


def test_what_counts_once_is_said_beside_the_count(confirmed):
    wanted = workflows.read_words(confirmed.store, confirmed.actor, APRIL)
    view = workflows.hub_view(confirmed.store, confirmed.actor, wanted, LOOSE, confirmed.settings)
    assert "repeats" not in view.figures[0].note
    assert any("another report here stands for" in told for told in view.left_out)
    made = {"file_format": "csv", "made": date(2026, 5, 4)}
    file = workflows.export_incidents(
        confirmed.store, confirmed.actor, wanted, confirmed.settings, **made
    )
    assert "another report here stands for" in file.content.decode("utf-8-sig")


def test_a_filter_that_holds_one_report_of_an_event_counts_it(confirmed):
    for source in ("wardens", "housing-officers"):
        wanted = workflows.read_words(confirmed.store, confirmed.actor, {**APRIL, "source": source})
        counted = workflows.trend_table(confirmed.store, confirmed.actor, wanted)
        assert counted["incidents"].tolist() == [1]


@pytest.mark.parametrize("counting", ["confirmed", "once", "as-reported"])
def test_a_hotspot_says_how_many_sources_agree(doubled, counting):
    words = {**APRIL, "type": None, "count-linked": counting}
    wanted = workflows.read_words(doubled.store, doubled.actor, words)
    run = workflows.find_hotspots(doubled.store, doubled.actor, wanted, LOOSE)
    rank = str(run.hotspots.set_index("name")["rank"].filter(like="Quay Street").iloc[0])
    found = {"events": 1, "sources": ["housing-officers", "wardens"]}
    assert run.facts["corroborated"] == {rank: found}


def test_the_list_says_how_many_sources_agree(doubled):
    words = {**APRIL, "type": None}
    wanted = workflows.read_words(doubled.store, doubled.actor, words)
    view = workflows.hub_view(doubled.store, doubled.actor, wanted, LOOSE, doubled.settings)
    told = [row.corroborated for row in view.hotspots if "Quay Street" in row.place]
    assert told == ["2 sources agree on 1 event"]
