"""The map on paper: what was chosen stands out, and the scale is true."""

import re

import geopandas as gpd
import pytest
import shapely

from aim.errors import CrsError
from aim.maps import still_map_svg

WARDS = gpd.GeoDataFrame(
    {"ward_code": ["W1", "W2"]},
    geometry=[
        shapely.box(450_000, 520_000, 452_000, 521_000),
        shapely.box(452_000, 520_000, 470_000, 521_000),
    ],
    crs="EPSG:27700",
)


def test_a_chosen_ward_is_coloured_and_its_neighbour_is_beside_it():
    svg = still_map_svg(WARDS, chosen=["W1"])
    assert svg.count('fill="#dbe7f0"') == 1
    assert svg.count('fill="#f3f2f1"') == 1


def test_the_scale_bar_is_as_long_as_it_says():
    svg = still_map_svg(WARDS, chosen=["W1"])
    metres_a_pixel = 2_000 / (680 - 2 * 14)
    start, end = map(float, re.search(r'd="M(\d+) [\d.]+V[\d.]+H([\d.]+)V', svg).groups())
    assert ">500 m<" in svg
    assert (end - start) * metres_a_pixel == pytest.approx(500, abs=1)


def test_places_carry_their_rank():
    places = gpd.GeoDataFrame(
        {"rank": [3]}, geometry=[shapely.box(450_900, 520_400, 451_000, 520_500)], crs="EPSG:27700"
    )
    assert ">3</text>" in still_map_svg(WARDS, chosen=["W1"], places=places)


def ranked_at(*eastings):
    """Give places of 100 m on one line, ranked as they are named."""
    return gpd.GeoDataFrame(
        {"rank": range(1, len(eastings) + 1)},
        geometry=[shapely.box(x, 520_400, x + 100, 520_500) for x in eastings],
        crs="EPSG:27700",
    )


def texts(svg):
    return re.findall(r">([\d, +]+)</text>", svg)


def test_ranks_that_would_lie_on_one_another_share_a_mark():
    svg = still_map_svg(WARDS, chosen=["W1"], places=ranked_at(450_900, 451_500, 450_930))
    assert sorted(texts(svg)) == ["1, 3", "2"]


def test_a_mark_grown_by_a_second_rank_takes_in_the_third_it_would_touch():
    # 12 px of metres apart: the second touches the first, the third touches their joint mark.
    svg = still_map_svg(WARDS, chosen=["W1"], places=ranked_at(450_900, 450_940, 450_980))
    assert texts(svg) == ["1, 2, 3"]


def test_a_mark_of_many_ranks_counts_what_it_does_not_name():
    svg = still_map_svg(WARDS, chosen=["W1"], places=ranked_at(*[450_900] * 6))
    assert texts(svg) == ["1, 2, 3, 4, +2"]


def test_no_wards_no_map_and_degrees_are_refused():
    assert still_map_svg(WARDS.iloc[:0]) == ""
    with pytest.raises(CrsError, match="wards"):
        still_map_svg(WARDS.to_crs("EPSG:4326"))


def test_a_map_around_a_place_shows_that_ground_alone():
    near, far = (shapely.box(x, 520_400, x + 100, 520_500) for x in (450_900, 460_000))
    places = gpd.GeoDataFrame({"rank": [3, 4]}, geometry=[near, far], crs="EPSG:27700")
    svg = still_map_svg(WARDS, places=places, around=(450_800, 520_350, 451_200, 520_550))
    assert re.findall(r">(\d+)</text>", svg) == ["3"]
    assert ">100 m<" in svg


def test_names_of_streets_stand_clear_of_each_other_and_of_the_edge():
    around = (450_800, 520_350, 451_200, 520_550)
    streets = [
        (451_000, 520_450, "Quay <Street>"),
        (451_001, 520_451, "On it"),
        (450_796, 520_450, "Edge"),
        (451_000, 520_500, "Moor Road"),
    ]
    svg = still_map_svg(WARDS, around=around, names=streets)
    assert "Quay &lt;Street&gt;" in svg
    assert "Moor Road" in svg
    assert "On it" not in svg
    assert "Edge" not in svg
    spot = gpd.GeoDataFrame({"rank": [3]}, geometry=[shapely.box(*around)], crs="EPSG:27700")
    assert "Quay" not in still_map_svg(WARDS, around=around, names=streets, places=spot)
