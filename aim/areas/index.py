"""Which ward a position lies in, answered from a grid that is built once for a boundary set.

A cell no boundary touches lies wholly in one ward or in none, and so does every region of such
cells that hang together: one exact test decides each region. Positions in those cells are
answered by a table; positions in a boundary cell are tested exactly, against the few wards that
cell can hold. Holes, multipart wards, gaps and overlaps come out as plain geometry has them.

Wards meet at shared edges: the lower code wins, so that a repeat run agrees.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage

from aim.errors import CrsError
from aim.model.crs import BRITISH_NATIONAL_GRID

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Polygons = npt.NDArray[np.object_]

OUTSIDE = -1

# Two million cells are 8 MB: a town's cells are then a few metres wide.
_MOST_CELLS = 2_000_000
_FEWEST_CELLS = 65_536
_CELLS_PER_VERTEX = 64
# A tangle of boundaries gets larger cells, so that building stays linear in the file.
_MOST_PIECES = 8_000_000
# A piece of boundary shorter than a cell touches at most two columns and two rows.
_PIECE_CELLS = 0.9
# Far above the rounding of cell arithmetic (about 1e-9 cells), far below what costs anything.
_MARGIN_CELLS = 1e-6
_SMALLEST_EXTENT_M = 1e-6
# The outermost ring of cells stays free of boundaries and stands for everywhere else.
_PADDING_CELLS = 2
# Positions are looked up in blocks that stay in the processor's cache.
_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells over the bounds of a boundary set, with a padding of cells no boundary touches."""

    west: float
    south: float
    cell_width: float
    cell_height: float
    columns: int
    rows: int

    def in_cells(self, easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
        """Return column and row as fractions; missing and far away positions end in the padding."""
        with np.errstate(over="ignore", invalid="ignore"):
            column = (easting - self.west) / self.cell_width + _PADDING_CELLS
            row = (northing - self.south) / self.cell_height + _PADDING_CELLS
        # fmax takes the number where the other is missing.
        return (
            np.fmin(np.fmax(column, 0), self.columns - 1),
            np.fmin(np.fmax(row, 0), self.rows - 1),
        )

    def cells(self, easting: Floats, northing: Floats) -> Integers:
        """Return the number of the cell each position lies in."""
        column, row = self.in_cells(easting, northing)
        return column.astype(np.int64) * self.rows + row.astype(np.int64)

    def centres(self, cells: Integers) -> tuple[Floats, Floats]:
        """Return the middle of each cell in metres."""
        column, row = np.divmod(cells, self.rows)
        return (
            self.west + (column - _PADDING_CELLS + 0.5) * self.cell_width,
            self.south + (row - _PADDING_CELLS + 0.5) * self.cell_height,
        )


@dataclass(frozen=True, slots=True)
class _Boundary:
    """Straight stretches of ward boundary and the ward each belongs to."""

    start: Floats
    end: Floats
    ward: Integers


class WardIndex:
    """Answer for any position which ward holds it; build once, ask often.

    Parameters
    ----------
    wards
        Valid polygons in EPSG:27700 with ``ward_code``, as :func:`read_wards` returns them; any
        order; may be empty. Wards without a polygon hold nothing.
    cells
        About how many cells the grid may have; by default up to two million, fewer for a set with
        few vertices. More cells cost four bytes each and leave fewer positions to test.

    Attributes
    ----------
    ward_codes
        The codes in ascending order; :meth:`positions` counts in this order.

    Raises
    ------
    CrsError
        The wards are not in EPSG:27700.

    Notes
    -----
    Exact: the answer is that of ``shapely.covers`` on each ward, the lowest code first. Building
    takes time in the number of boundary vertices, asking in the number of positions.

    Examples
    --------
    >>> wards = gpd.GeoDataFrame(
    ...     {"ward_code": ["E05099001", "E05099002"]},
    ...     geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)],
    ...     crs="EPSG:27700",
    ... )
    >>> WardIndex(wards).codes([5.0, 10.0, 15.0, 25.0], [5.0, 5.0, 5.0, 5.0]).tolist()
    ['E05099001', 'E05099001', 'E05099002', None]
    """

    def __init__(self, wards: gpd.GeoDataFrame, *, cells: int | None = None) -> None:
        codes, polygons = ordered_wards(wards)
        self.ward_codes = codes
        self._polygons = polygons
        self._table = np.empty(0, np.int32)
        if len(polygons):
            self._build(cells)

    def __repr__(self) -> str:
        """Name the index by its wards and cells."""
        return f"WardIndex(wards={len(self.ward_codes)}, cells={self._table.size})"

    def codes(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> Polygons:
        """Return the code of the ward each position lies in.

        Parameters
        ----------
        easting, northing
            British National Grid metres; missing positions lie in no ward.

        Returns
        -------
        numpy.ndarray
            Codes as text, ``None`` outside every ward; empty in, empty out.
        """
        return np.append(self.ward_codes, [None])[self.positions(easting, northing)]

    def positions(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> Integers:
        """Return where in ``ward_codes`` the ward of each position stands; -1 outside.

        Parameters
        ----------
        easting, northing
            British National Grid metres; missing positions lie in no ward.
        """
        x = np.ascontiguousarray(easting, np.float64).ravel()
        y = np.ascontiguousarray(northing, np.float64).ravel()
        found = np.full(len(x), OUTSIDE, np.int64)
        if len(self._polygons):
            for first in range(0, len(x), _BLOCK):
                block = slice(first, first + _BLOCK)
                found[block] = self._look_up(x[block], y[block])
        return found

    def _look_up(self, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
        found = self._table[self._grid.cells(x, y)]
        hard = np.flatnonzero(found < OUTSIDE)
        if hard.size:
            found[hard] = self._test(_boundary_cell(found[hard]), x[hard], y[hard])
        return found

    def _test(self, boundary_cell: Integers, x: Floats, y: Floats) -> Integers:
        """Test positions in boundary cells; each cell's wards stand in ascending order."""
        found = np.full(len(x), OUTSIDE, np.int64)
        turn, last = self._starts[boundary_cell], self._starts[boundary_cell + 1]
        undecided = np.arange(len(x))
        while undecided.size:
            ward = self._candidates[turn[undecided]]
            held = shapely.intersects_xy(self._polygons[ward], x[undecided], y[undecided])
            found[undecided[held]] = ward[held]
            undecided = undecided[~held]
            turn[undecided] += 1
            undecided = undecided[turn[undecided] < last[undecided]]
        return found

    def _build(self, cells: int | None) -> None:
        boundary = _boundary_of(self._polygons)
        _prepare(self._polygons, boundary)
        grid = _grid_over(boundary, cells)
        wards = len(self._polygons)
        marks = _marks(boundary, grid, wards)
        cell, ward = np.divmod(marks, wards)
        boundary_cells = _distinct_sorted(cell)
        regions = _regions(boundary_cells, grid)
        region, holder = _holders(self._polygons, *_region_centres(regions, grid))
        self._grid = grid
        self._table = _lowest(region, holder, regions.max(initial=0) + 1)[regions]
        self._table[boundary_cells] = -2 - np.arange(len(boundary_cells))
        touching = np.searchsorted(boundary_cells, cell) * wards + ward
        around = self._wards_around(boundary_cells, regions, region, holder)
        pairs = _distinct_sorted(np.concatenate([touching, around]))
        self._candidates = pairs % wards
        self._starts = np.searchsorted(pairs, np.arange(len(boundary_cells) + 1) * wards)

    def _wards_around(
        self, boundary_cells: Integers, regions: Integers, region: Integers, holder: Integers
    ) -> Integers:
        """Pair boundary cells with wards that may hold them whole, their own edge being elsewhere.

        Where a neighbouring cell is free of boundaries its holders are the only such wards;
        a boundary cell in a thicket is asked at its centre.
        """
        beside = np.zeros(len(boundary_cells), np.int64)
        for step in (1, -1, self._grid.rows, -self._grid.rows):
            beside = np.where(beside == 0, regions[boundary_cells + step], beside)
        first = np.searchsorted(region, beside, "left")
        count = np.where(beside > 0, np.searchsorted(region, beside, "right") - first, 0)
        wards = len(self._polygons)
        open_side = np.repeat(np.arange(len(beside)), count) * wards + holder[_runs(first, count)]
        thicket = np.flatnonzero(beside == 0)
        at, ward = _holders(self._polygons, *self._grid.centres(boundary_cells[thicket]))
        return np.concatenate([open_side, thicket[at] * wards + ward])


def ordered_wards(wards: gpd.GeoDataFrame) -> tuple[Polygons, Polygons]:
    """Return codes and polygons of the wards that have one, by ascending code.

    Raises
    ------
    CrsError
        The wards are not in EPSG:27700.
    """
    if wards.crs is None or not wards.crs.equals(BRITISH_NATIONAL_GRID, ignore_axis_order=True):
        found = "no reference system" if wards.crs is None else wards.crs.to_string()
        raise CrsError(
            f"`wards` must be in {BRITISH_NATIONAL_GRID}; found {found}."
            " Read the boundary file with aim.read_wards, which brings it there."
        )
    codes = wards["ward_code"].to_numpy(dtype=object)
    order = np.argsort(codes, kind="stable")
    polygons = np.asarray(wards.geometry.array, dtype=object)[order]
    drawn = ~(shapely.is_missing(polygons) | shapely.is_empty(polygons))
    return codes[order][drawn], polygons[drawn]


def find_directly(polygons: Polygons, easting: Floats, northing: Floats) -> Integers:
    """Return the lowest polygon that holds each position, without an index; -1 outside.

    Cheaper than building a :class:`WardIndex` for a few thousand positions; the same answer.

    Examples
    --------
    >>> find_directly(np.array([shapely.box(0, 0, 1, 1)]), np.array([1.0, 2.0]), np.zeros(2))
    array([ 0, -1])
    """
    at, ward = _holders(polygons, easting, northing)
    return _lowest(at, ward, len(easting)).astype(np.int64)


def _prepare(polygons: Polygons, boundary: _Boundary) -> None:
    """Build each polygon's own search tree now: threads that ask later then only read it."""
    shapely.prepare(polygons)
    vertex = boundary.start[np.searchsorted(boundary.ward, np.arange(len(polygons)))]
    shapely.intersects_xy(polygons, vertex[:, 0], vertex[:, 1])


def _boundary_of(polygons: Polygons) -> _Boundary:
    parts, ward_of_part = shapely.get_parts(polygons, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    ward = ward_of_part[part_of_ring[ring[1:][joined]]]
    return _Boundary(vertices[:-1][joined], vertices[1:][joined], ward.astype(np.int64))


def _grid_over(boundary: _Boundary, cells: int | None) -> Grid:
    if cells is None:
        cells = min(_MOST_CELLS, max(_FEWEST_CELLS, _CELLS_PER_VERTEX * len(boundary.ward)))
    grid = _grid_of(boundary, max(1, cells))
    pieces = float(_lengths_in_cells(boundary, grid).sum())
    if pieces > _MOST_PIECES:
        grid = _grid_of(boundary, max(1, int(cells * (_MOST_PIECES / pieces) ** 2)))
    return grid


def _grid_of(boundary: _Boundary, cells: int) -> Grid:
    low, high = boundary.start.min(axis=0), boundary.start.max(axis=0)
    width, height = np.maximum(high - low, _SMALLEST_EXTENT_M).tolist()
    # Long thin sets get oblong cells rather than more of them.
    rows = min(cells, max(1, round(np.sqrt(cells) * np.sqrt(height / width))))
    columns = max(1, cells // rows)
    return Grid(
        west=float(low[0]),
        south=float(low[1]),
        cell_width=width / columns,
        cell_height=height / rows,
        columns=columns + 2 * _PADDING_CELLS,
        rows=rows + 2 * _PADDING_CELLS,
    )


def _lengths_in_cells(boundary: _Boundary, grid: Grid) -> Floats:
    cell = np.array([grid.cell_width, grid.cell_height])
    longest: Floats = (np.abs(boundary.end - boundary.start) / cell).max(axis=1)
    return longest


def _marks(boundary: _Boundary, grid: Grid, wards: int) -> Integers:
    """Return ``cell * wards + ward`` for every cell a ward's boundary may touch, ascending."""
    start, end, ward = _pieces(boundary, grid)
    low = (np.minimum(start, end) - _MARGIN_CELLS).astype(np.int64)
    high = (np.maximum(start, end) + _MARGIN_CELLS).astype(np.int64)
    corners = [
        (column * grid.rows + row) * wards + ward
        for column in (low[:, 0], high[:, 0])
        for row in (low[:, 1], high[:, 1])
    ]
    return _distinct_sorted(np.concatenate(corners))


def _pieces(boundary: _Boundary, grid: Grid) -> tuple[Floats, Floats, Integers]:
    """Cut the boundary into pieces shorter than a cell; coordinates are in cells."""
    start = np.column_stack(grid.in_cells(boundary.start[:, 0], boundary.start[:, 1]))
    end = np.column_stack(grid.in_cells(boundary.end[:, 0], boundary.end[:, 1]))
    count = np.ceil(np.abs(end - start).max(axis=1) / _PIECE_CELLS).astype(np.int64)
    count = np.maximum(count, 1)
    whole = np.repeat(np.arange(len(count)), count)
    turn = _runs(np.zeros_like(count), count)[:, None]
    step = ((end - start) / count[:, None])[whole]
    first = start[whole] + step * turn
    return first, first + step, boundary.ward[whole]


def _regions(boundary_cells: Integers, grid: Grid) -> Integers:
    """Label the regions of cells that hang together off the boundaries from 1; 0 on them."""
    free = np.ones(grid.columns * grid.rows, bool)
    free[boundary_cells] = False
    regions, _ = ndimage.label(free.reshape(grid.columns, grid.rows))
    flat: Integers = regions.ravel()
    return flat


def _region_centres(regions: Integers, grid: Grid) -> tuple[Floats, Floats]:
    """Return the centre of any one cell of each region; region 0 has no meaning."""
    some_cell = np.zeros(regions.max(initial=0) + 1, np.int64)
    some_cell[regions] = np.arange(len(regions))
    return grid.centres(some_cell)


def _holders(polygons: Polygons, x: Floats, y: Floats) -> tuple[Integers, Integers]:
    """Pair each position with every polygon that covers it; ascending, known positions only."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    at, ward = shapely.STRtree(polygons).query(shapely.points(x[known], y[known]))
    at = known[at]
    shapely.prepare(polygons[_distinct_sorted(ward)])
    held = shapely.intersects_xy(polygons[ward], x[at], y[at])
    at, ward = at[held], ward[held]
    order = np.lexsort((ward, at))
    return at[order], ward[order]


def _lowest(at: Integers, ward: Integers, count: int) -> npt.NDArray[np.int32]:
    lowest = np.full(count, OUTSIDE, np.int32)
    # Written backwards, so that the lowest ward of each position is written last.
    lowest[at[::-1]] = ward[::-1]
    return lowest


def _boundary_cell(found: npt.NDArray[np.int32]) -> Integers:
    return -2 - found.astype(np.int64)


def _runs(first: Integers, count: Integers) -> Integers:
    """Return ``first, first + 1, ...``, ``count`` numbers for each.

    Examples
    --------
    >>> _runs(np.array([5, 0]), np.array([2, 3]))
    array([5, 6, 0, 1, 2])
    """
    before = np.cumsum(count) - count
    numbers: Integers = np.arange(count.sum()) + np.repeat(first - before, count)
    return numbers


def _distinct_sorted(numbers: Integers) -> Integers:
    ordered = np.sort(numbers)
    keep = np.ones(len(ordered), bool)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]
