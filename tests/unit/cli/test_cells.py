"""Cells on the command line."""

import json

import pytest


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", ["gi-star", "moran", "density"])
def test_cells_are_printed_with_sizes_and_words(aim, name):
    said = aim("cells", name, "--cell-m", "200", "--shape", "hexagon")
    assert (said.code, said.err) == (0, "")
    assert "12 incidents on hexagons of 200 m" in said.out
    assert "Sensitive reports take no part" in said.out


@pytest.mark.usefixtures("loaded")
def test_the_density_s_reach_is_printed_and_its_dearest_cell_first(aim):
    out = aim("cells", "density", "--cell-m", "200", "--bandwidth-m", "250").out
    assert "incidents reach 250 m" in out
    assert "bandwidth_m 250" in out
    first = next(line for line in out.splitlines() if line.startswith("   1  "))
    assert "times the average" in first


@pytest.mark.usefixtures("loaded")
def test_a_file_of_cells_is_a_map_with_all_that_goes_with_it(aim, loaded):
    assert aim("cells", "gi-star", "--format", "geojson", "--out", "cells.geojson").code == 0
    made = json.loads((loaded / "cells.geojson").read_text(encoding="utf-8"))
    assert {one["geometry"]["type"] for one in made["features"]} == {"Polygon"}
    assert sum(one["properties"]["incidents"] for one in made["features"]) == 12
    assert made["parameters"]["cell_m"] == 250


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "words",
    [
        ("gi-star", "--shape", "circle"),
        ("gi-star", "--cell-m", "1"),
        ("emerging",),
        ("density", "--against", "before"),
        ("moran", "--format", "docx"),
    ],
)
def test_a_wrong_request_is_told(aim, words):
    assert aim("cells", *words).code == 1
