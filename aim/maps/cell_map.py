"""A map of cells for a page: wards behind, cells in the colour of their kind, some numbered."""

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import shapely
from markupsafe import Markup, escape

from aim.maps.layers import check_grid
from aim.maps.static_maps import _INK, _LAND, _LINE, WIDTH, _north, _Paper, _path, _scale_bar

NUMBERED = 20
_DARK, _DISC = "#0b0c0c", 13


@dataclass(frozen=True, slots=True)
class CellKind:
    """One colour of a map of cells.

    Attributes
    ----------
    kind
        The word the cells carry.
    label
        What people read in the legend.
    fill
        Colour, such as ``#b3261e``.
    """

    kind: str
    label: str
    fill: str


def cell_map_svg(
    cells: gpd.GeoDataFrame,
    wards: gpd.GeoDataFrame,
    kinds: Sequence[CellKind],
    *,
    title: str,
    numbered: int = NUMBERED,
) -> Markup:
    """Draw cells in colours over the outlines of wards.

    Parameters
    ----------
    cells
        ``rank``, ``kind`` and polygons in EPSG:27700; those of a kind without a colour are not
        drawn.
    wards
        Polygons in EPSG:27700; may be empty.
    kinds
        The colours, in the order of the legend that belongs beside the map.
    title
        The picture's name, read first by a screen reader.
    numbered
        How many of the cells drawn, the lowest ranks first, may carry their rank; a number that
        would lie on another is left out.

    Returns
    -------
    markupsafe.Markup
        One ``svg`` element as wide as its place, with scale bar and north arrow, and in its
        description how many cells are of each kind; without any cell an empty text.

    Raises
    ------
    CrsError
        A frame is not in EPSG:27700.

    Examples
    --------
    >>> box = shapely.box(450_000, 520_000, 450_250, 520_250)
    >>> cells = gpd.GeoDataFrame({"rank": [1], "kind": ["hot"]}, geometry=[box], crs="EPSG:27700")
    >>> drawn = cell_map_svg(cells, cells[["geometry"]], [CellKind("hot", "Busy", "#b3261e")],
    ...     title="Cells")
    >>> "Busy: 1 cell." in drawn, ">1</text>" in drawn
    (True, True)
    """
    check_grid(cells, "cells")
    check_grid(wards, "wards")
    if cells.empty:
        return Markup()
    paper = _Paper((cells if wards.empty else wards).total_bounds)
    fills = {one.kind: one.fill for one in kinds}
    drawn = cells[cells["kind"].isin(list(fills))]
    parts = [
        *(_path(shape, paper, fill=_LAND, line=_LINE) for shape in wards.geometry),
        *(_kind(drawn, one.kind, one.fill, paper) for one in kinds),
        *(_path(shape, paper, fill="none", line=_LINE) for shape in wards.geometry),
        *_numbers(drawn.nsmallest(numbered, "rank"), paper),
        _scale_bar(paper),
        _north(),
    ]
    key = f"cells-{zlib.crc32(title.encode('utf-8')):08x}"
    counts = drawn["kind"].value_counts()
    head = (
        f'<svg class="cell-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH}'
        f' {paper.height}" role="img" aria-labelledby="{key}-title {key}-told"'
        f' font-family="Arial, Helvetica, sans-serif" font-size="16" fill="{_INK}">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-told">{escape(_told(kinds, counts.to_dict()))}</desc>'
    )
    shapes = "".join(parts)
    return Markup(f'{head}<g aria-hidden="true">{shapes}</g></svg>')  # noqa: S704 - texts escaped above, the rest are numbers


def _told(kinds: Sequence[CellKind], counts: Mapping[str, int]) -> str:
    said = [
        f"{one.label}: {counts.get(one.kind, 0):,} cell{'s' * (counts.get(one.kind, 0) != 1)}."
        for one in kinds
    ]
    return " ".join([*said, "The table says the same."])


def _kind(cells: gpd.GeoDataFrame, kind: str, fill: str, paper: _Paper) -> str:
    own = cells[cells["kind"] == kind]
    if own.empty:
        return ""
    # Joined, so that a street of cells is one shape and the page stays light.
    return _path(shapely.union_all(own.geometry.to_numpy()), paper, fill=fill, line=_DARK)


def _numbers(cells: gpd.GeoDataFrame, paper: _Paper) -> list[str]:
    numbers: list[str] = []
    taken: list[tuple[float, float]] = []
    for rank, shape in zip(cells["rank"], cells.geometry, strict=True):
        x, y = map(float, paper.pixels(shapely.get_coordinates(shapely.centroid(shape))).split())
        if all(math.hypot(x - one, y - other) > 2 * _DISC for one, other in taken):
            taken.append((x, y))
            numbers.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DISC}" fill="#ffffff" stroke="{_DARK}"'
                f' stroke-width="2"/><text x="{x:.1f}" y="{y + 6:.1f}" text-anchor="middle"'
                f' font-size="17" font-weight="700">{int(rank)}</text>'
            )
    return numbers
