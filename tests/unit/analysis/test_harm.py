"""Harm beside counts: tables people can review, and two tests that a hotspot must pass."""

import re

import numpy as np
import pandas as pd
import pytest

from aim.analysis.evaluation import pai
from aim.analysis.harm import (
    HarmWeights,
    find_harm_clusters,
    harm_of,
    harm_weights_from_toml,
    rank_by_harm,
    read_harm_weights,
)
from aim.errors import ParameterError

TABLE = HarmWeights(
    "ours", "2026.1", "days", "agreed", {"robbery": 365.0, "drugs": 3.0}, 1.0, ("police-uk",), "us"
)
HEAD = 'name = "ours"\nversion = "1"\nunit = "days"\nsource = "us"\n'


def incidents(*rows):
    return pd.DataFrame(rows, columns=["incident_id", "incident_type", "feed"])


def members(**hotspots):
    rows = [(one, int(rank[1:])) for rank, ones in hotspots.items() for one in ones]
    return pd.DataFrame(rows, columns=["incident_id", "rank"])


def test_each_type_has_its_weight_and_the_rest_the_default():
    rows = incidents(("a", "robbery", "wardens"), ("b", "graffiti", "police-uk"))
    assert harm_of(rows, TABLE).to_numpy().tolist() == [[365.0, False], [1.0, True]]
    assert harm_of(rows[:0], TABLE).empty


def test_a_single_grave_incident_is_no_hotspot():
    xy = [(0, 0), (50, 0), (0, 50), (50, 50), (100, 50), (1000, 1000), (1040, 1000), (1000, 1040)]
    xy.append((5000, 5000))
    harm = [1, 1, 1, 1, 1, 10, 1, 1, 50]
    alone = find_harm_clusters(xy, harm, eps_m=75, least_harm=12, least_incidents=1)
    assert alone.tolist() == [-1] * 5 + [0, 0, 0, 1]
    both = find_harm_clusters(xy, harm, eps_m=75, least_harm=12, least_incidents=3)
    assert both.tolist() == [-1] * 5 + [0, 0, 0, -1]
    more = find_harm_clusters(xy, harm, eps_m=75, least_harm=12, least_incidents=4)
    assert more.tolist() == [-1] * 9


def test_clusters_left_over_are_numbered_without_gaps():
    xy = [(0, 0), (500, 0), (510, 0), (900, 0), (910, 0)]
    found = find_harm_clusters(xy, [9, 5, 5, 5, 5], eps_m=20, least_harm=9, least_incidents=2)
    assert found.tolist() == [-1, 0, 0, 1, 1]
    empty = find_harm_clusters(np.empty((0, 2)), [], eps_m=20, least_harm=9, least_incidents=2)
    assert empty.tolist() == []


def test_the_rank_by_harm_stands_beside_the_rank_by_count():
    rows = incidents(*[(one, "drugs", "wardens") for one in "abcd"], ("e", "robbery", "wardens"))
    found = rank_by_harm(members(r1="abcd", r2="e"), rows, TABLE)
    assert found.hotspots["harm"].tolist() == [12, 365]
    assert found.hotspots["harm_rank"].tolist() == [2, 1]
    assert found.weights == "ours 2026.1 (days; agreed; signed off by us)"
    assert not found.warnings


def test_a_hotspot_must_pass_harm_and_count():
    rows = incidents(*[(one, "drugs", "wardens") for one in "abcd"], ("e", "robbery", "wardens"))
    both = members(r1="abc", r2="e", r3="d")
    found = rank_by_harm(both, rows, TABLE, least_harm=3, least_incidents=1).hotspots
    assert found["passes"].tolist() == [True, True, True]
    found = rank_by_harm(both, rows, TABLE, least_harm=4, least_incidents=2).hotspots
    assert found["passes"].tolist() == [True, False, False]
    assert found["harm_rank"].isna().tolist() == [False, True, True]


def test_equal_harms_go_by_count_rank():
    rows = incidents(*[(one, "drugs", "wardens") for one in "ab"])
    ranked = rank_by_harm(members(r2="a", r1="b"), rows, TABLE).hotspots
    assert ranked[["rank", "harm_rank"]].to_numpy().tolist() == [[1, 1], [2, 2]]


def test_coarse_types_are_of_low_confidence():
    rows = incidents(
        ("a", "robbery", "police-uk"), ("b", "robbery", "wardens"), ("c", "drugs", "x")
    )
    found = rank_by_harm(members(r1="abc", r2="a", r3="c"), rows, TABLE)
    assert found.hotspots["confidence"].tolist() == ["as the table", "low", "as the table"]
    assert found.hotspots["coarse_share"].tolist() == pytest.approx([365 / 733, 1, 0])
    assert found.warnings == (
        "1 of 3 hotspots owe most of their harm to coarse types: low confidence.",
    )


def test_hotspots_without_harm_have_no_coarse_share():
    free = HarmWeights("free", "1", "days", "us", {"drugs": 0.0}, 1.0, ("wardens",))
    found = rank_by_harm(members(r1="a"), incidents(("a", "drugs", "wardens")), free)
    assert found.hotspots[["harm", "coarse_share"]].to_numpy().tolist() == [[0, 0]]
    assert found.warnings == ("Nobody has signed off these harm weights.",)


def test_the_shipped_table_weighs_everything_alike_and_says_so():
    shipped = read_harm_weights()
    assert shipped.weights == {}
    assert shipped.default == 1
    rows = incidents(("a", "robbery", "police-uk"))
    told = rank_by_harm(members(r1="a"), rows, shipped).warnings
    assert "Nobody has signed off" in told[0]
    assert "harm is the count" in told[1]
    assert "low confidence" in told[2]


def test_the_partnership_s_own_table_is_read(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(HEAD + "default = 2\n[weights]\nrobbery = 365\n", encoding="utf-8")
    found = read_harm_weights(path)
    assert (found.weights, found.default, found.coarse_feeds) == ({"robbery": 365}, 2, ())
    with pytest.raises(ParameterError, match="nowhere"):
        read_harm_weights(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[weights", "TOML"),
        ("[weights]\nrobbery = 1", "`name` is missing; `version` is missing"),
        (HEAD + "weights = 3", r"`\[weights\]` is no table"),
        (HEAD + "[weights]\nmurder-most-foul = 1", "murder-most-foul is no incident type"),
        (HEAD + "[weights]\nrobbery = -1", "weight of robbery must be a number from 0, found -1"),
        (HEAD + "[weights]\nrobbery = true", "found True"),
        (HEAD + 'default = "much"\n[weights]', "weight of default"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_every_fault(text, fault):
    with pytest.raises(ParameterError, match=fault):
        harm_weights_from_toml(text)


def test_a_member_that_is_no_incident_is_refused():
    with pytest.raises(ParameterError, match=re.escape("1 members are not among the incidents")):
        rank_by_harm(members(r1="ab"), incidents(("a", "drugs", "x")), TABLE)


def test_harm_held_by_few_places_is_measured_like_counts():
    # Southend: 2.6 % of the area held 41 % of the harm.
    assert round(pai([41, 59], [2, 1], [2.6, 97.4])["pai"].iloc[0], 2) == 15.77
