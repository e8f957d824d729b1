"""A map that stands still, for paper: ward outlines and places as SVG, with scale and north."""

import math
from collections.abc import Iterable, Sequence
from html import escape

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from aim.maps.layers import check_grid

WIDTH, MOST_HEIGHT, MARGIN = 680, 620, 14
_INK, _LAND, _CHOSEN, _LINE, _HOT = "#1d2b36", "#f3f2f1", "#dbe7f0", "#8a97a1", "#b3261e"
_QUIET, _LETTER, _MARK = "#3b4852", 8.0, 13
_DIGIT, _MOST_RANKS = 9.5, 4
_STEPS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_KILOMETRE = 1_000


def still_map_svg(
    wards: gpd.GeoDataFrame,
    *,
    chosen: Iterable[str] = (),
    places: gpd.GeoDataFrame | None = None,
    around: Sequence[float] = (),
    names: Iterable[tuple[float, float, str]] = (),
) -> str:
    """Draw wards and numbered places as a picture.

    Parameters
    ----------
    wards
        ``ward_code`` and polygons in EPSG:27700 (metres). The picture shows the chosen ones and
        as much of their neighbours as lies beside them.
    chosen
        Codes drawn in colour; all wards are in the picture if none is.
    places
        Polygons in EPSG:27700 with ``rank``, drawn above the wards. Ranks that would lie on one
        another share one mark, such as "2, 5".
    around
        West, south, east and north of what the picture shows, metres; the chosen wards if left
        out.
    names
        Easting, northing and name of what is written on the map, the most important first; a name
        that would stand on another or on a rank is left out.

    Returns
    -------
    str
        One ``svg`` element with scale bar and north arrow; without wards an empty string.

    Raises
    ------
    CrsError
        A frame is not in EPSG:27700.

    Examples
    --------
    >>> box = shapely.box(450_000, 520_000, 452_000, 521_000)
    >>> wards = gpd.GeoDataFrame({"ward_code": ["W1"]}, geometry=[box], crs="EPSG:27700")
    >>> still_map_svg(wards, chosen=["W1"]).count("<path")
    2
    """
    check_grid(wards, "wards")
    if wards.empty:
        return ""
    codes = set(chosen)
    inside = wards[wards["ward_code"].isin(codes)] if codes else wards
    paper = _Paper(np.asarray(around if len(around) else inside.total_bounds, dtype="float64"))
    drawn = [
        _path(shape, paper, fill=_CHOSEN if code in codes else _LAND, line=_LINE)
        for code, shape in zip(wards["ward_code"], wards.geometry, strict=True)
        if shapely.intersects(shape, paper.window)
    ]
    taken = []
    if places is not None and len(places):
        check_grid(places, "places")
        seen = [
            row for row in places.itertuples() if shapely.intersects(row.geometry, paper.window)
        ]
        drawn += [_place(row.geometry, paper) for row in seen]
        marks = _gathered([(*_middle(row.geometry, paper), str(row.rank)) for row in seen])
        drawn += [_written(mark) for mark in marks]
        taken = [_box(mark) for mark in marks]
    drawn += _names(names, paper, taken)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{paper.height}"'
        f' viewBox="0 0 {WIDTH} {paper.height}" font-family="Arial, Helvetica, sans-serif"'
        f' font-size="13" fill="{_INK}">{"".join(drawn)}{_scale_bar(paper)}{_north()}</svg>'
    )


class _Paper:
    """Metres to pixels: the same scale both ways, north up."""

    def __init__(self, bounds: npt.NDArray[np.float64]) -> None:
        west, south, east, north = bounds
        across, down = max(east - west, 1.0), max(north - south, 1.0)
        self.scale = min((WIDTH - 2 * MARGIN) / across, (MOST_HEIGHT - 2 * MARGIN) / down)
        self.height = math.ceil(down * self.scale + 2 * MARGIN)
        # What is left beside a narrow ward shows its neighbours.
        self.west = (west + east) / 2 - WIDTH / 2 / self.scale
        self.north = north + MARGIN / self.scale
        self.window = shapely.box(
            self.west,
            self.north - self.height / self.scale,
            self.west + WIDTH / self.scale,
            self.north,
        )

    def pixels(self, ring: npt.NDArray[np.float64]) -> str:
        """Return a ring as the points of a path."""
        across = (ring[:, 0] - self.west) * self.scale
        down = (self.north - ring[:, 1]) * self.scale
        return "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True))


def _path(shape: shapely.Geometry, paper: _Paper, *, fill: str, line: str) -> str:
    within = shapely.intersection(shape, paper.window)
    # Half a pixel is the finest a reader can see.
    rings = shapely.get_rings(shapely.get_parts(shapely.simplify(within, 0.5 / paper.scale)))
    points = "".join(f"M{paper.pixels(shapely.get_coordinates(ring))}Z" for ring in rings)
    return (
        f'<path d="{points}" fill="{fill}" fill-rule="evenodd" stroke="{line}" stroke-width="1"/>'
    )


def _place(shape: shapely.Geometry, paper: _Paper) -> str:
    return f'<g fill-opacity="0.35">{_path(shape, paper, fill=_HOT, line=_HOT)}</g>'


_Mark = tuple[float, float, tuple[str, ...]]  # where it stands, and the ranks it carries


def _gathered(ranks: Iterable[tuple[float, float, str]]) -> list[_Mark]:
    """Return marks that stand clear of each other: where two would touch, one carries both."""
    marks: list[_Mark] = []
    for x, y, rank in ranks:
        _add(marks, (x, y, (rank,)))
    return marks


def _add(marks: list[_Mark], mark: _Mark) -> None:
    for other in marks:
        if _box(other).intersects(_box(mark)):
            marks.remove(other)
            # The joined mark is wider, so that it may touch a third one.
            _add(marks, (other[0], other[1], (*other[2], *mark[2])))
            return
    marks.append(mark)


def _said(mark: _Mark) -> str:
    shown, more = mark[2][:_MOST_RANKS], len(mark[2]) - _MOST_RANKS
    return ", ".join([*shown, *([f"+{more}"] if more > 0 else [])])


def _box(mark: _Mark) -> shapely.Polygon:
    """Return the ground of a mark, pixels; it stays on the paper."""
    half = max(float(_MARK), len(_said(mark)) * _DIGIT / 2 + 3)
    x = min(max(mark[0], half), WIDTH - half)
    return shapely.box(x - half, mark[1] - _MARK, x + half, mark[1] + _MARK)


def _written(mark: _Mark) -> str:
    west, north, east, south = _box(mark).bounds
    return (
        f'<rect x="{west:.1f}" y="{north:.1f}" width="{east - west:.1f}"'
        f' height="{south - north:.1f}" rx="{_MARK}" fill="{_HOT}"/>'
        f'<text x="{(west + east) / 2:.1f}" y="{mark[1] + 6:.1f}" text-anchor="middle"'
        f' font-size="17" fill="#ffffff" font-weight="700">{escape(_said(mark))}</text>'
    )


def _middle(shape: shapely.Geometry, paper: _Paper) -> tuple[float, float]:
    """Return where the rank of a place stands: inside it and on the paper."""
    seen = shapely.intersection(shape, paper.window)
    x, y = paper.pixels(shapely.get_coordinates(shapely.point_on_surface(seen))).split()
    return float(x), float(y)


def _names(
    names: Iterable[tuple[float, float, str]], paper: _Paper, ranks: Iterable[shapely.Geometry]
) -> list[str]:
    """Write names where they stand clear of the edges, of ranks and of each other."""
    written: list[str] = []
    taken = list(ranks)
    for easting, northing, name in names:
        x, y = map(float, paper.pixels(np.array([[easting, northing]])).split())
        half = len(name) * _LETTER / 2
        box = shapely.box(x - half, y - _LETTER, x + half, y + _LETTER)
        clear = half < x < WIDTH - half and _LETTER < y < paper.height - 3 * _LETTER
        if clear and not any(box.intersects(other) for other in taken):
            taken.append(box)
            written.append(
                f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="15" fill="{_QUIET}"'
                f' stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(name)}</text>'
            )
    return written


def _scale_bar(paper: _Paper) -> str:
    fitting = [metres for metres in _STEPS if metres * paper.scale <= WIDTH / 4]
    metres = max(fitting, default=_STEPS[0])
    told = f"{metres // _KILOMETRE} km" if metres >= _KILOMETRE else f"{metres} m"
    length, y = metres * paper.scale, paper.height - 12
    return (
        f'<path d="M12 {y - 5}V{y}H{12 + length:.1f}V{y - 5}" fill="none" stroke="{_INK}"'
        f' stroke-width="2"/><text x="{18 + length:.1f}" y="{y + 1}">{told}</text>'
    )


def _north() -> str:
    x = WIDTH - 22
    return (
        f'<polygon points="{x},10 {x - 7},28 {x},23 {x + 7},28"/>'
        f'<text x="{x}" y="43" text-anchor="middle">N</text>'
    )
