"""Sources side by side: what one sees and another does not."""

import json
from dataclasses import replace
from datetime import date

import pytest

from aim import workflows
from aim.errors import NotAllowedError, ParameterError
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Actor, Role
from aim.workflows.source_comparison import SHOWN, find_source_differences

EVERY = IncidentFilter()
FIVE = HotspotParameters(min_samples=5)


@pytest.fixture
def found(sites):
    return find_source_differences(sites.store, sites.actor, EVERY, FIVE)


def test_a_place_the_wardens_never_tell_of_is_hidden_from_them(found):
    hidden = found.places[found.places["hidden_from"] != ""]
    assert hidden[["source", "place", "hidden_from"]].to_numpy().tolist() == [
        ["police", "Cedar Road", "wardens"]
    ]
    assert found.words == (
        "police sees every place that another source sees.",
        "Hidden from wardens: 1 hotspot of other sources, Cedar Road (police).",
    )


def test_pairs_tell_shared_ground_and_how_both_spread(found):
    row = found.pairs.iloc[0]
    assert (row["source"], row["other"]) == ("police", "wardens")
    assert (row["hotspots"], row["other_hotspots"]) == (4, 3)
    assert (row["met"], row["other_met"]) == (3, 3)
    assert 0 < row["jaccard"] < 1
    assert 0 <= row["s"] < 1
    assert row["spread"] == "spread differently"


def test_combined_hotspots_tell_who_stands_behind_them(found):
    rows = found.combined.set_index("place")
    assert rows.index[0] == "Cedar Road"
    assert rows.loc["Cedar Road", ["incidents", "sources", "main_source"]].tolist() == [
        400, 1, "police",
    ]  # fmt: skip
    assert rows.loc["Cedar Road", "only_source"] == "police"
    assert rows.loc["Cedar Road", "main_share"] == 1
    assert rows.loc["Birch Road", "sources"] == 2
    assert rows.loc["Birch Road", "main_share"] == pytest.approx(8 / 12)


def test_a_source_without_hotspots_hides_nothing(sites):
    few = find_source_differences(
        sites.store, sites.actor, EVERY, HotspotParameters(min_samples=150)
    )
    assert set(few.places["hidden_from"]) == {""}
    assert any("wardens has no hotspot" in told for told in few.warnings)


def test_the_seed_makes_the_answer_the_same(sites, found):
    again = find_source_differences(sites.store, sites.actor, EVERY, FIVE)
    assert again.pairs.equals(found.pairs)
    assert again.facts["seed"] == 1


def test_one_source_has_nobody_to_be_compared_with(sites):
    with pytest.raises(ParameterError, match="compared with each other"):
        find_source_differences(sites.store, sites.actor, replace(EVERY, sources=("police",)))


@pytest.mark.parametrize("shown", SHOWN)
def test_each_table_is_written_as_shown(sites, found, shown):
    made = workflows.export_sources(
        sites.store, sites.actor, EVERY, FIVE, sites.settings,
        shown=shown, file_format="json", made=date(2025, 11, 3),
    )  # fmt: skip
    rows = json.loads(made.content)[shown]
    assert len(rows) == len(found.table(shown))
    text = workflows.sources_text(sites.store, sites.actor, EVERY, FIVE)
    assert SHOWN[shown] in text


def test_a_table_that_is_none_is_refused(found):
    with pytest.raises(ParameterError, match="places, pairs, combined"):
        found.table("lost")


def test_who_sees_figures_only_is_refused(sites):
    with pytest.raises(NotAllowedError):
        find_source_differences(sites.store, Actor("c", "c", frozenset({Role.COUNCILLOR})), EVERY)
