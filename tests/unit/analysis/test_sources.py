"""Whose data is it: sources side by side, blind spots, and patterns compared area by area."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.analysis.sources import compare_patterns, compare_sources, corroborate_hotspots
from aim.errors import ParameterError


def spots(*boxes, crs="EPSG:27700"):
    """Return hotspots of 1 km by the kilometres at which they begin."""
    shapes = [shapely.box(1000 * x, 0, 1000 * x + 1000, 1000) for x in boxes]
    facts = {
        "rank": range(1, len(boxes) + 1),
        "name": [f"km {x}" for x in boxes],
        "incidents": [20 - place for place in range(len(boxes))],
    }
    return gpd.GeoDataFrame(facts, geometry=shapes, crs=crs)


def test_agreement_is_shared_ground_over_all_ground():
    found = compare_sources({"police": spots(0, 5), "wardens": spots(0.5, 9, 12)})
    pair = found.pairs.iloc[0]
    assert pair["jaccard"] == pytest.approx(0.5 / 4.5)
    assert pair[["source", "other", "hotspots", "other_hotspots", "met", "other_met"]].tolist() == [
        "police", "wardens", 2, 3, 1, 1,
    ]  # fmt: skip


def test_every_two_sources_are_compared_once():
    found = compare_sources({"a": spots(0), "b": spots(0), "c": spots(3)})
    assert found.pairs[["source", "other", "jaccard"]].to_numpy().tolist() == [
        ["a", "b", 1], ["a", "c", 0], ["b", "c", 0],
    ]  # fmt: skip


def test_places_only_one_source_sees_are_hidden_from_the_others():
    found = compare_sources({"police": spots(0, 5), "wardens": spots(0, 9), "fire": spots(9)})
    assert found.places["seen_by"].tolist() == [2, 1, 2, 2, 2]
    assert found.places["sources"].tolist()[:2] == ["police; wardens", "police"]
    hidden = found.hidden("police")
    assert hidden[["source", "name"]].to_numpy().tolist() == [["wardens", "km 9"], ["fire", "km 9"]]
    assert found.hidden("wardens")["name"].tolist() == ["km 5"]


def test_a_shared_edge_is_no_meeting():
    assert compare_sources({"a": spots(0), "b": spots(1)}).places["seen_by"].tolist() == [1, 1]


def test_a_source_without_a_hotspot_is_told():
    found = compare_sources({"police": spots(0), "wardens": spots()})
    assert found.pairs["jaccard"].tolist() == [0]
    assert found.warnings == ("wardens has no hotspot: it may hold too few incidents to show.",)
    nobody = compare_sources({"police": spots(), "wardens": spots()})
    assert nobody.pairs["jaccard"].isna().all()
    assert nobody.hidden("police").empty


def test_one_source_or_degrees_are_refused():
    with pytest.raises(ParameterError, match="at least two"):
        compare_sources({"police": spots(0)})
    with pytest.raises(ParameterError, match="wardens must be in EPSG:27700"):
        compare_sources({"police": spots(0), "wardens": spots(0, crs="EPSG:4326")})


def told(**sources):
    rows = [(one, name) for name, ones in sources.items() for one in ones]
    return pd.DataFrame(rows, columns=["incident_id", "source"])


def test_corroboration_counts_sources_and_names_the_main_one():
    members = pd.DataFrame({"incident_id": list("abcdef"), "rank": [2, 2, 2, 1, 1, 1]})
    found = corroborate_hotspots(members, told(police="acdz", wardens="be", fire="f"))
    assert found["rank"].tolist() == [1, 2]
    assert found["sources"].tolist() == [3, 2]
    # Equal numbers: the first in the alphabet.
    assert found["main_source"].tolist() == ["fire", "police"]
    assert found["main_share"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert found["incidents"].tolist() == [3, 3]
    assert found["only_source"].isna().all()


def test_a_hotspot_of_one_source_says_which():
    members = pd.DataFrame({"incident_id": list("ab"), "rank": 1})
    assert corroborate_hotspots(members, told(police="ab"))["only_source"].tolist() == ["police"]
    with pytest.raises(ParameterError, match="1 members are not among"):
        corroborate_hotspots(members, told(police="a"))
    assert corroborate_hotspots(members[:0], told(police="a")).empty


def areas(*counts):
    return pd.Series(counts, index=[f"W{place}" for place in range(len(counts))])


def compare(base, test, **arguments):
    return compare_patterns(base, test, rng=np.random.default_rng(7), **arguments)


def test_the_same_pattern_at_another_level_is_similar():
    found = compare(areas(40, 30, 20, 10), areas(400, 300, 200, 100))
    assert (found.s, found.words) == (1, "similar")
    assert found.areas["finding"].tolist() == [0] * 4


def test_a_shifted_pattern_is_found_area_by_area_with_its_sign():
    found = compare(areas(40, 30, 20, 10), areas(400, 100, 200, 300))
    assert found.areas["finding"].tolist() == [0, -1, 0, 1]
    assert (found.s, found.words) == (0.5, "neither")
    assert found.areas["base_share"].tolist() == [0.4, 0.3, 0.2, 0.1]


def test_areas_empty_in_both_help_only_the_mild_index():
    found = compare(areas(50, 50, 0, 0, 0, 0, 0, 0), areas(90, 10, 0, 0, 0, 0, 0, 0))
    assert (found.s, found.s_used) == (0.75, 0)


def test_a_range_is_that_of_samples_without_replacement():
    found = compare(areas(1, 1), areas(500, 500), resamples=4000)
    # 850 of 1,000 without replacement: the variance shrinks to 0.15 of the binomial.
    reach = 1.96 * (0.25 / 850 * 150 / 999) ** 0.5
    assert found.areas["high"]["W0"] - 0.5 == pytest.approx(reach, rel=0.1)
    assert 0.5 - found.areas["low"]["W0"] == pytest.approx(reach, rel=0.1)


@pytest.mark.parametrize(
    ("base", "test", "arguments", "words"),
    [
        (areas(1, 2), areas(1, 2, 3), {}, "same areas"),
        (areas(1, 2), areas(0, 0), {}, "`test` holds no incident"),
        (areas(1, -2), areas(1, 1), {}, "`base` must be whole"),
        (areas(1, 0.5), areas(1, 1), {}, "`base` must be whole"),
        (areas(1, 2), areas(1, 1), {"resamples": 19}, "`resamples`"),
        (areas(1, 2), areas(1, 1), {"sample_share": 1}, "`sample_share`"),
        (areas(1, 2), areas(1, 1), {"alpha": 0}, "`alpha`"),
    ],
)
def test_what_makes_no_pattern_is_refused(base, test, arguments, words):
    with pytest.raises(ParameterError, match=words):
        compare(base, test, **arguments)
