"""Which hotspot is which of the runs before, and what its history is called."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from aim.analysis import match_hotspots
from aim.analysis.register import (
    PlaceHistories,
    count_in_places,
    describe_register,
    measure_histories,
    trace_hotspots,
)
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters, HotspotRun


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


def squares(**places):
    """Return squares of 100 m by name, at metres from the west."""
    keys = [int(name[1:]) if name[1:].isdecimal() else name for name in places]
    return gpd.GeoSeries([shapely.box(x, 0, x + 100, 100) for x in places.values()], index=keys)


def test_runs_that_share_no_incident_are_matched_by_ground():
    now, before = members(r1="ab", r2="cd"), earlier(x="ef")
    by_ground = {"shapes": squares(r1=500, r2=50), "earlier_shapes": squares(x=0)}
    assert match_hotspots(now, before, **by_ground).dropna().to_dict() == {2: "x"}
    assert match_hotspots(now, before).isna().all()
    further = {"shapes": squares(r1=500, r2=60), "earlier_shapes": squares(x=0)}
    assert match_hotspots(now, before, **further).isna().all()


def test_shared_incidents_go_before_shared_ground():
    shapes = {"shapes": squares(r1=0, r2=200), "earlier_shapes": squares(x=0, y=200)}
    now, before = members(r1="ab", r2="cd"), earlier(x="cd", y="ef")
    assert match_hotspots(now, before, **shapes).dropna().to_dict() == {2: "x"}


def test_a_hotspot_without_members_can_still_be_matched():
    found = match_hotspots(
        members(), earlier(x="ab"), shapes=squares(r1=0), earlier_shapes=squares(x=10)
    )
    assert found.to_dict() == {1: "x"}


def run(*spots):
    """Return a run of hotspots: (west in metres, incidents, name), widths of 100 m unless given."""
    shapes = [shapely.box(x, 0, x + (rest[2] if len(rest) > 2 else 100), 100) for x, *rest in spots]
    ranks = range(1, len(spots) + 1)
    facts = {
        "rank": ranks,
        "name": [rest[1] if len(rest) > 1 else "Quay" for _, *rest in spots],
        "incidents": [len(rest[0]) for _, *rest in spots],
    }
    rows = [(one, rank) for rank, (_, *rest) in zip(ranks, spots, strict=True) for one in rest[0]]
    told = pd.DataFrame(rows, columns=["incident_id", "rank"]).astype({"incident_id": "str"})
    hotspots = gpd.GeoDataFrame(facts, geometry=shapes, crs="EPSG:27700")
    parameters = HotspotParameters(eps_m=50, min_samples=2)
    return HotspotRun(hotspots, told, hotspots[:0], parameters, 2)


def identities(trace, period):
    return trace.sightings.loc[trace.sightings["period"] == period, "hotspot_id"].tolist()


def test_a_place_keeps_its_identity_and_name_through_runs():
    trace = trace_hotspots(
        {
            "jan": run((0, "ab", "Mill Lane"), (900, "cd", "Quay")),
            "feb": run((890, "efg", "Dock Road"), (20, "hi", "Mill Lane")),
        }
    )
    assert identities(trace, "jan") == ["1", "2"]
    assert identities(trace, "feb") == ["2", "1"]
    assert trace.sightings["known_by"].tolist() == ["new", "new", "area", "area"]
    assert trace.sightings["incidents"].tolist() == [2, 2, 3, 2]
    assert trace.places["name"].to_dict() == {"1": "Mill Lane", "2": "Quay"}
    assert trace.places.geometry["2"].bounds[0] == 890
    assert trace.events.empty


def test_overlapping_periods_are_matched_by_members_wherever_the_ground_lies():
    trace = trace_hotspots({"jan": run((0, "abc")), "feb": run((500, "bcd"))})
    assert identities(trace, "feb") == ["1"]
    assert trace.sightings["known_by"].tolist() == ["new", "members"]


def test_a_split_keeps_the_larger_part_s_identity_and_is_recorded():
    trace = trace_hotspots(
        {"jan": run((0, "abcdef", "Quay", 300)), "feb": run((0, "abcd"), (200, "efx"), (900, "y"))}
    )
    assert identities(trace, "feb") == ["1", "2", "3"]
    assert trace.events.to_numpy().tolist() == [["feb", "split", "1", "1; 2"]]


def test_a_merge_keeps_the_nearest_identity_and_is_recorded():
    trace = trace_hotspots(
        {"jan": run((0, "abcd"), (200, "ef")), "feb": run((0, "abcdef", "Quay", 300))}
    )
    assert identities(trace, "feb") == ["1"]
    assert trace.events.to_numpy().tolist() == [["feb", "merge", "1", "1; 2"]]


def test_ground_tells_splits_and_merges_where_no_incident_is_shared():
    jan, feb = run((0, "a", "Quay", 300)), run((0, "bc", "Quay", 160), (200, "de"))
    assert trace_hotspots({"jan": jan, "feb": feb}).events["kind"].tolist() == ["split"]
    assert trace_hotspots({"feb": feb, "jan": jan}).events["kind"].tolist() == ["merge"]
    half = run((0, "bc"), (250, "de"))
    assert trace_hotspots({"jan": jan, "feb": half}).events.empty


def test_an_identity_comes_back_after_a_pause_and_is_forgotten_after_a_long_one():
    pause = {"jan": run((0, "ab")), "feb": run(), "mar": run(), "apr": run((10, "cd"))}
    assert identities(trace_hotspots(pause), "apr") == ["1"]
    assert identities(trace_hotspots(pause, remember=3), "apr") == ["1"]
    assert identities(trace_hotspots(pause, remember=2), "apr") == ["2"]


def test_the_run_before_goes_before_older_ones():
    trace = trace_hotspots({"jan": run((0, "ab")), "feb": run((60, "cd")), "mar": run((20, "ef"))})
    assert identities(trace, "feb") == ["2"]
    # Nearer to the first, but the second was there the month before.
    assert identities(trace, "mar") == ["2"]


def test_an_outage_leaves_the_ground_of_a_known_place_as_it_was():
    runs = {"jan": run((0, "abc")), "feb": run((40, "b"), (900, "x")), "mar": run((10, "acd"))}
    trace = trace_hotspots({name: runs[name] for name in ("jan", "feb")}, unobserved=["feb"])
    assert trace.places.geometry["1"].bounds[0] == 0
    assert trace.places.geometry["2"].bounds[0] == 900
    assert trace_hotspots(runs, unobserved=["feb"]).sightings["known_by"].tolist() == [
        "new", "members", "new", "members",
    ]  # fmt: skip


def test_two_places_never_share_a_name_and_identities_can_be_given():
    given = iter(["x", "y", "z"])
    trace = trace_hotspots(
        {"jan": run((0, "ab"), (500, "cd")), "feb": run((900, "ef"))}, new_id=lambda: next(given)
    )
    assert trace.places["name"].to_dict() == {"x": "Quay", "y": "Quay (2)", "z": "Quay (3)"}


def test_nothing_traced_is_nothing_registered():
    trace = trace_hotspots({})
    assert trace.sightings.empty
    assert describe_register(trace).hotspots.empty
    with pytest.raises(ParameterError, match="`remember`"):
        trace_hotspots({}, remember=0)


def history(hits):
    """Trace one place, and a second that is always there, through periods of 1 and 0."""
    runs = {}
    for at, hit in enumerate(hits):
        there = [(5000, f"s{at}")] + ([(0, [f"{at}.{one}" for one in range(hit)])] if hit else [])
        runs[f"{at:02d}"] = run(*there)
    return trace_hotspots(runs)


def registered(hits, **arguments):
    rows = describe_register(history(hits), **arguments).hotspots
    return rows[rows["hotspot_id"] == rows["hotspot_id"].max()].iloc[0]


@pytest.mark.parametrize(
    ("hits", "word"),
    [
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 2], "new"),
        ([0, 0, 0, 0, 0, 0, 0, 2, 2, 2], "consecutive"),
        ([2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "intensifying"),
        ([2] * 10, "persistent"),
        ([11, 10, 9, 8, 7, 6, 5, 4, 3, 2], "diminishing"),
        ([0, 2, 0, 2, 0, 0, 2, 0, 0, 2], "sporadic"),
        ([2, 2, 2, 2, 2, 2, 2, 2, 2, 0], "historical"),
        ([0, 0, 2, 0, 0, 0, 0, 0, 0, 0], "none"),
    ],
)
def test_a_history_gets_its_class(hits, word):
    row = registered(hits)
    assert row["class"] == word
    assert row["months_present"] == sum(map(bool, hits))
    assert row["persistence"] == row["months_present"] / 10


def test_first_and_last_sightings_are_told():
    row = registered([0, 0, 2, 0, 2, 0])
    assert row[["first_seen", "last_seen", "months_observed"]].tolist() == ["02", "04", 6]


def test_an_outage_changes_no_class():
    row = registered([2, 2, 2, 0, 2, 2, 2, 2], unobserved=["03"])
    assert row["class"] == "persistent"
    assert (row["months_present"], row["months_observed"], row["persistence"]) == (7, 7, 1)
    assert registered([2, 2, 2, 0, 2, 2, 2, 2])["class"] == "sporadic"
    told = describe_register(history([2, 0]), unobserved=["01"])
    assert told.unobserved == ("01",)
    assert told.warnings == ("Left out as no evidence: 01.",)


def bursts(*numbers, x=50.0, spread=100):
    """Return incidents at one place, so many a period, and 100 elsewhere in each."""
    rows = []
    for at, number in enumerate(numbers):
        rows += [(f"{at:02d}", x)] * number + [(f"{at:02d}", 5000.0)] * spread
    frame = pd.DataFrame(rows, columns=["period", "easting"]).assign(northing=50.0)
    return frame, frame["period"]


# A hundredth and a twentieth of the ground: one and five of a hundred are expected.
PLACES = gpd.GeoSeries({"a": shapely.box(0, 0, 100, 100), "b": shapely.box(0, 0, 500, 100)})


def test_hot_and_cold_are_more_and_fewer_than_an_even_spread():
    told = measure_histories(PLACES, *bursts(4, 3, 0, 12), area_m2=1e6)
    assert told.expected.loc["b"].tolist() == pytest.approx([5.2, 5.15, 5, 5.6])
    # P(4 or more | 1.04) is 0.021, P(3 or more | 1.03) 0.086; P(0 | 5) is 0.007.
    assert told.hot.loc["a"].tolist() == [True, False, False, True]
    assert told.cold.loc["a"].tolist() == [False] * 4
    assert told.hot.loc["b"].tolist() == [False, False, False, True]
    assert told.cold.loc["b"].tolist() == [False, False, True, False]
    strict = measure_histories(PLACES, *bursts(4, 3, 0, 12), area_m2=1e6, alpha=0.006)
    assert strict.hot.loc["a"].tolist() == [False, False, False, True]
    assert not strict.cold.to_numpy().any()


def test_periods_taken_together_show_what_one_alone_cannot():
    told = measure_histories(PLACES, *bursts(3, 3, 3, 3), area_m2=1e6, window=2)
    assert told.counts.loc["a"].tolist() == [3, 6, 6, 6]
    assert told.expected.loc["a"].tolist() == pytest.approx([1.03, 2.06, 2.06, 2.06])
    assert told.hot.loc["a"].tolist() == [False, True, True, True]


def test_intensity_is_that_of_each_period_alone_against_the_even_spread():
    told = measure_histories(PLACES, *bursts(4, 9), area_m2=1e6, window=2)
    assert told.intensity.loc["a"].tolist() == pytest.approx(
        [2 * (2 - 1.04**0.5), 2 * (3 - 1.09**0.5)]
    )
    # Twice as many everywhere is no more of a hotspot.
    few, many = bursts(2, spread=48)[0], bursts(8, spread=192)[0].assign(period="01")
    rows = pd.concat([few, many], ignore_index=True)
    even = measure_histories(PLACES, rows, rows["period"], area_m2=1e6).intensity.loc["a"]
    assert even["01"] == pytest.approx(2 * even["00"])


def test_what_is_no_evidence_is_left_out_before_periods_are_taken_together():
    told = measure_histories(PLACES, *bursts(3, 3, 0, 3), area_m2=1e6, window=2, unobserved=["02"])
    assert told.counts.loc["a"].to_dict() == {"00": 3, "01": 6, "03": 6}


def test_incidents_without_a_position_are_not_spread():
    rows, periods = bursts(4)
    rows.loc[rows["easting"] == 5000, "easting"] = None
    assert measure_histories(PLACES, rows, periods, area_m2=1e6).expected["00"]["a"] == 0.04


def test_the_ground_tells_the_class():
    trace = history([2] * 10)
    periods = list(trace.periods)
    rows, told = bursts(*[5] * 9, 40)
    places = gpd.GeoSeries({"1": PLACES["b"], "2": PLACES["a"]})
    found = describe_register(
        trace, histories=measure_histories(places, rows, told, area_m2=1e6)
    ).hotspots
    assert found["class"].tolist() == ["new", "persistent"]
    cold = pd.DataFrame(data=False, index=["1", "2"], columns=periods)
    cold.loc["2", "01"] = True
    hot = pd.DataFrame(data=False, index=["1", "2"], columns=periods)
    hot.loc["2", ["04", "09"]] = True
    counts = pd.DataFrame(5, index=["1", "2"], columns=periods)
    mixed = PlaceHistories(counts, counts, hot, cold, counts)
    assert describe_register(trace, histories=mixed).hotspots["class"][1] == "oscillating"
    assert (
        describe_register(trace, histories=mixed, unobserved=["01"]).hotspots["class"][1]
        == "sporadic"
    )


def test_the_trend_is_that_of_the_intensity():
    trace = history([2] * 10)
    counts = pd.DataFrame([[5] * 10, range(10, 0, -1)], index=["1", "2"], columns=trace.periods)
    told = PlaceHistories(counts, counts, counts > 0, counts < 0, counts)
    found = describe_register(trace, histories=told).hotspots["class"].tolist()
    assert found == ["persistent", "diminishing"]
    with pytest.raises(ParameterError, match="lack 2"):
        describe_register(trace, histories=PlaceHistories(*[counts[:1]] * 5))


@pytest.mark.parametrize(
    ("change", "words"),
    [({"window": 0}, "`window`"), ({"area_m2": 0}, "`area_m2`"), ({"alpha": 1}, "`alpha`")],
)
def test_what_measures_no_history_is_refused(change, words):
    with pytest.raises(ParameterError, match=words):
        measure_histories(PLACES, *bursts(1), **{"area_m2": 1e6} | change)


def test_incidents_are_counted_on_the_ground_of_each_place():
    places = squares(a=0, b=50)
    rows = pd.DataFrame({"easting": [10.0, 75, 100, 900, None, 60], "northing": [50.0] * 6})
    found = count_in_places(places, rows, pd.Series(["jan", "jan", "feb", "mar", "jan", None]))
    assert found.columns.tolist() == ["feb", "jan", "mar"]
    assert found.to_numpy().tolist() == [[1, 2, 0], [1, 1, 0]]
    with pytest.raises(ParameterError, match="`periods`"):
        count_in_places(places, rows, pd.Series(["jan"]))
