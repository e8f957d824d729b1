"""Which hotspot is which of the run before."""

import pandas as pd

from aim.analysis import match_hotspots


def members(**hotspots):
    return pd.DataFrame(
        [(incident, int(rank[1:])) for rank, ones in hotspots.items() for incident in ones],
        columns=["incident_id", "rank"],
    ).astype({"incident_id": "str", "rank": "int64"})


def earlier(**hotspots):
    return pd.DataFrame(
        [(incident, name) for name, ones in hotspots.items() for incident in ones],
        columns=["incident_id", "hotspot_id"],
    ).astype("str")


def matched(now, before):
    return match_hotspots(now, before).dropna().to_dict()


def test_half_shared_is_the_same_hotspot_and_a_quarter_is_not():
    assert matched(members(r1="1234"), earlier(old="345")) == {1: "old"}
    assert matched(members(r1="1234"), earlier(old="4")) == {}


def test_an_overlap_of_exactly_three_tenths_is_enough():
    assert matched(members(r1="123456"), earlier(old="4567890")) == {1: "old"}
    assert matched(members(r1="123456"), earlier(old="4567890x")) == {}


def test_the_best_match_is_settled_first_and_each_is_used_once():
    now = members(r1="abcd", r2="efgh")
    before = earlier(x="abefgh", y="abc")
    assert matched(now, before) == {1: "y", 2: "x"}
    assert matched(members(r1="abc", r2="def"), earlier(x="abcdef")) == {1: "x"}


def test_equal_matches_fall_to_the_higher_rank_and_the_lower_name():
    assert matched(members(r1="abcd"), earlier(y="cd", x="ab")) == {1: "x"}


def test_every_rank_is_answered_in_order_and_new_ones_are_missing():
    found = match_hotspots(members(r2="ab", r1="cd"), earlier(x="ab"))
    assert found.index.tolist() == [1, 2]
    assert found.isna().tolist() == [True, False]


def test_the_first_run_matches_nothing():
    assert match_hotspots(members(r1="ab"), earlier()).isna().tolist() == [True]
    assert match_hotspots(members(), earlier(x="ab")).empty
