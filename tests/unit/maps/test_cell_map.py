"""The map of cells."""

import re

import geopandas as gpd
import pytest
import shapely

from aim.errors import CrsError
from aim.maps import CellKind, cell_map_svg

KINDS = (CellKind("hot", "Busy <b>", "#d4351c"), CellKind("cold", "Quiet", "#5694ca"))


def cells(*kinds, crs="EPSG:27700"):
    boxes = [shapely.box(at * 100, 0, at * 100 + 100, 100) for at in range(len(kinds))]
    ranks = list(range(1, len(kinds) + 1))
    return gpd.GeoDataFrame({"rank": ranks, "kind": list(kinds)}, geometry=boxes, crs=crs)


WARDS = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2000, 1000)], crs="EPSG:27700")


def test_kinds_have_their_colour_and_others_are_not_drawn():
    drawn = cell_map_svg(cells("hot", "none", "hot", "cold"), WARDS, KINDS, title="Cells")
    # Two cells apart are two rings of one path.
    assert drawn.count('fill="#d4351c"') == 1
    assert len(re.search(r'd="([^"]*)" fill="#d4351c"', drawn)[1].split("M")) == 3
    assert drawn.count('fill="#5694ca"') == 1
    assert re.findall(r"font-weight=\"700\">(\d+)<", drawn) == ["1", "3", "4"]


def test_the_picture_says_its_numbers_and_escapes_its_texts():
    drawn = cell_map_svg(cells("hot", "hot", "cold"), WARDS, KINDS, title="<i>Cells</i>")
    assert "Busy &lt;b&gt;: 2 cells. Quiet: 1 cell." in drawn
    assert "<i>" not in drawn
    assert 'role="img"' in drawn


def test_only_the_first_ranks_are_numbered():
    drawn = cell_map_svg(cells(*["hot"] * 5), WARDS, KINDS, title="Cells", numbered=2)
    assert drawn.count("<circle") == 2


def test_a_number_that_would_lie_on_another_is_left_out():
    town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 20_000, 10_000)], crs="EPSG:27700")
    drawn = cell_map_svg(cells("hot", "hot", "cold"), town, KINDS, title="Cells")
    assert re.findall(r"font-weight=\"700\">(\d+)<", drawn) == ["1"]


def test_nothing_is_no_picture_and_another_system_is_refused():
    assert not cell_map_svg(cells(), WARDS, KINDS, title="Cells")
    with pytest.raises(CrsError):
        cell_map_svg(cells("hot", crs="EPSG:4326"), WARDS, KINDS, title="Cells")
