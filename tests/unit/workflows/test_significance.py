"""Tests against chance, asked for with a search: kept with the run, shown where it stands."""

import pandas as pd
import pytest

from aim import workflows
from aim.errors import NotFoundError, ParameterError
from aim.model.hotspots import CHANCE_COLUMNS, HotspotParameters
from aim.model.people import EVERYTHING, Actor, Role
from aim.workflows.significance import SignificanceTest

ASB = {"type": "asb", "since": "2026-04-01", "until": "2026-05-01"}
TEN = HotspotParameters(min_samples=10)
PARTNER = Actor("p1", "norbeck-police", frozenset({Role.POLICE_PARTNER}))


def find(hub, test=None, *, save=False, parameters=TEN, **words):
    wanted = workflows.read_words(hub.store, hub.actor, ASB | words)
    judges = [test] if test else []
    return workflows.find_hotspots(
        hub.store, hub.actor, wanted, parameters, save=save, judges=judges
    )


def burgle(hub, police_file, each=20):
    """Add burglaries at the same places, so that a type can be dealt out among others."""
    folder = hub.folder / "more"
    folder.mkdir()
    path = police_file(folder / "2026-04-more-street.csv", "2026-04", each, "Burglary")
    workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=path)


def people(hub, column, *counts):
    codes = [f"E0509900{number}" for number in range(1, len(counts) + 1)]
    with hub.store.transaction() as change:
        change.save_population(
            "wards-2026", pd.DataFrame({"ward_code": codes, column: list(map(float, counts))})
        )


def test_a_tested_run_carries_words_numbers_and_how_it_was_tested(hub):
    told = []
    run = find(hub, SignificanceTest("uniform", runs=19, seed=3, progress=told.append))
    assert set(CHANCE_COLUMNS) <= set(run.hotspots.columns)
    assert run.hotspots["chance_p"].tolist() == [0.05, 0.05]
    kept = run.facts["significance"]
    assert (kept["null"], kept["runs"], kept["done"], kept["seed"]) == ("uniform", 19, 19, 3)
    assert kept["data_version"] == hub.store.data_version()
    assert sum(runs for _, runs in kept["largest"]) == 19
    assert told[-1] == 1
    assert any("snapped" in one for one in kept["warnings"])


def test_ranks_and_p_do_not_change_with_the_ward_shown(hub):
    both = find(hub, SignificanceTest("uniform", runs=19)).facts["significance"]
    one = find(hub, SignificanceTest("uniform", runs=19), ward="Brook")
    assert one.facts["significance"] == both
    assert one.hotspots["chance_p"].tolist() == [0.05]


def test_a_type_is_dealt_out_among_all_types(hub, police_file):
    burgle(hub, police_file)
    run = find(hub, SignificanceTest("labels", runs=19))
    assert set(run.hotspots["chance"]) == {"could be chance"}
    assert run.hotspots["chance_expected"].sum() == pytest.approx(24)
    with pytest.raises(ParameterError, match="name at least one `type`"):
        find(hub, SignificanceTest("labels", runs=19), type=None)


def test_chance_follows_the_people_of_the_finest_set_with_head_counts(hub):
    with pytest.raises(NotFoundError, match="aim wards population"):
        find(hub, SignificanceTest("at-risk", runs=9))
    people(hub, "households", 300, 100)
    run = find(hub, SignificanceTest("at-risk", runs=9))
    expected = run.hotspots.set_index("name")["chance_expected"]
    assert expected["Quay Street"] == pytest.approx(3 * expected["Mill Lane"], rel=0.02)
    assert run.facts["significance"]["area"] == "the wards searched, people by wards-2026"


def test_people_are_cut_to_the_ground_searched(hub):
    people(hub, "population", 100, 100)
    within = HotspotParameters(min_samples=10, cluster_within=True)
    whole = find(hub, SignificanceTest("at-risk", runs=9), parameters=within, ward="Abbey")
    half = find(
        hub,
        SignificanceTest("at-risk", runs=9),
        parameters=within,
        ward="Abbey",
        area="wards-2026:E05099001",
    )
    assert whole.facts["significance"]["by_rank"] == half.facts["significance"]["by_rank"]
    assert half.facts["significance"]["area"].startswith("the wards searched within wards-2026")


def test_without_wards_chance_uses_the_ground_the_incidents_reach(hub):
    inside = find(hub, SignificanceTest("uniform", runs=9)).hotspots["chance_expected"]
    outside = find(hub, SignificanceTest("uniform", runs=9), **{"include-outside": "yes"})
    assert outside.facts["significance"]["area"] == "the reach of the incidents"
    assert (outside.hotspots["chance_expected"] > inside * 2).all()


def test_a_saved_test_is_shown_where_the_same_is_asked_of_the_same_data(hub, police_file):
    burgle(hub, police_file)
    saved = find(hub, SignificanceTest("labels", runs=19), save=True)
    kept = hub.store.run(saved.facts["run_id"], EVERYTHING)
    assert kept.hotspots["chance"].tolist() == saved.hotspots["chance"].tolist()
    page = workflows.hotspot_view(
        hub.store, hub.actor, saved.hotspots["hotspot_id"].iloc[0], hub.settings
    )
    assert dict(page.row.why)["More than chance?"] == "could be chance"
    assert "19 runs of 24 incidents, seed 0" in dict(page.row.why)["How it was tested"]
    assert why(hub, hub.actor, ASB)["More than chance?"] == "could be chance"
    assert why(hub, hub.actor, ASB | {"ward": "Brook"})["More than chance?"] == "could be chance"
    assert "The test" not in why(hub, hub.actor, ASB | {"days": "mon,tue"})
    burgle_again = police_file(hub.folder / "2026-02-x-street.csv", "2026-02", 1)
    workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=burgle_again)
    assert why(hub, hub.actor, ASB)["More than chance?"].startswith("Not tested")


def test_words_are_for_everybody_and_statistics_for_those_who_answer_for_them(hub, police_file):
    burgle(hub, police_file)
    find(hub, SignificanceTest("labels", runs=19), save=True)
    analyst, partner = why(hub, hub.actor, ASB), why(hub, PARTNER, ASB)
    assert analyst["More than chance?"] == partner["More than chance?"] == "could be chance"
    hidden = {"The test", "How it was tested", "Change by chance alone", "Made with"}
    assert hidden <= set(analyst)
    assert not hidden & set(partner)
    assert not any("probability" in text or "eps" in text for text in partner.values())
    assert hub_view(hub, PARTNER, ASB).parameters == ""


def hub_view(hub, actor, words):
    wanted = workflows.read_words(hub.store, actor, words)
    return workflows.hub_view(hub.store, actor, wanted, TEN, hub.settings)


def why(hub, actor, words):
    rows = hub_view(hub, actor, words).hotspots
    return dict(rows[0].why) if rows else {}


def test_the_text_says_the_test_and_its_words(hub):
    wanted = workflows.read_words(hub.store, hub.actor, ASB)
    text = workflows.run_text(find(hub, SignificanceTest("uniform", runs=19)), wanted)
    assert "Tested against chance: incidents spread evenly over the area" in text
    assert "cannot be told from snapped positions" in text
    assert "chance" not in workflows.run_text(find(hub), wanted)
    nothing = HotspotParameters(min_samples=100)
    empty = find(hub, SignificanceTest("uniform", runs=19), parameters=nothing)
    assert "there is no hotspot to test" in workflows.run_text(empty, wanted)
