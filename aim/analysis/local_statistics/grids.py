"""Grids: an area cut into squares or hexagons of one size, in metres."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array

from aim.analysis._points import check_points
from aim.errors import CrsError, ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shape = Literal["square", "hexagon"]

MOST_CELLS = 1_000_000
# Rows of hexagons stand closer than the hexagons are wide: each lies in the gaps of the next.
_STEP_OF_HEXAGONS = float(np.sqrt(3) / 2)
# Corners around a centre, for cells of width 1.
_SQUARE = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
_HEXAGON = np.array([(0, -2), (1.5, -1), (1.5, 1), (0, 2), (-1.5, 1), (-1.5, -1)]) / (
    (3, 2 * np.sqrt(3))
)
# Steps to neighbours as (columns, rows). Odd rows of hexagons are moved east by half a cell.
_SQUARES = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))
_EVEN = ((-1, 0), (1, 0), (-1, -1), (0, -1), (-1, 1), (0, 1))
_ODD = ((-1, 0), (1, 0), (0, -1), (1, -1), (0, 1), (1, 1))
_AROUND: Mapping[str, tuple[tuple[tuple[int, int], ...], ...]] = MappingProxyType(
    {"square": (_SQUARES, _SQUARES), "hexagon": (_EVEN, _ODD)}  # even rows, odd rows
)


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells that cover an area.

    Attributes
    ----------
    shape
        ``square`` or ``hexagon`` (a corner to the north).
    cell_m
        Side of a square; width of a hexagon from west to east. Metres.
    west, south
        Corner of the first square, metres; the first hexagon's centre lies half a cell east of
        it and on its latitude.
    columns, rows
        Where each cell lies, counted from there, sorted by row, then by column.
    """

    shape: Shape
    cell_m: float
    west: float
    south: float
    columns: Ints
    rows: Ints

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.columns)

    @property
    def cell_area_m2(self) -> float:
        """Return the area of a cell, square metres."""
        return self.cell_m**2 * _row_step(self.shape)


def make_grid(area: Any, cell_m: float, shape: Shape = "square") -> Grid:
    """Cover an area with cells.

    Parameters
    ----------
    area
        A shapely geometry in metres, or a frame or series of them in British National Grid.
    cell_m
        Side of a square, or width of a hexagon, metres.
    shape
        ``square`` or ``hexagon``. All neighbours of a hexagon are equally near.

    Returns
    -------
    Grid
        Every cell that shares ground with the area; the first column and row of squares begin at
        the area's western and southern bounds. Cells overhang the edge of the area.

    Raises
    ------
    ParameterError
        There is no area, the shape is unknown, or there would be more than a million cells.
    CrsError
        A frame is in another reference system.

    Examples
    --------
    >>> len(make_grid(shapely.box(0, 0, 1000, 500), 250))
    8
    """
    ground = _ground(area)
    if shape not in {"square", "hexagon"}:
        raise ParameterError(f"`shape` must be square or hexagon, found {shape!r}.")
    west, south, east, north = shapely.bounds(ground)
    _check_size(east - west, north - south, cell_m)
    step = cell_m * _row_step(shape)
    # One more each way than squares need: a hexagon reaches beyond its column and row.
    column, row = np.meshgrid(
        np.arange(-1, np.floor((east - west) / cell_m) + 2, dtype=np.int64),
        np.arange(-1, np.floor((north - south) / step) + 2, dtype=np.int64),
    )
    whole = Grid(shape, float(cell_m), float(west), float(south), column.ravel(), row.ravel())
    shapely.prepare(ground)
    cells = _polygons(whole)
    covers = shapely.intersects(ground, cells) & ~shapely.touches(ground, cells)
    return replace(whole, columns=whole.columns[covers], rows=whole.rows[covers])


def _row_step(shape: Shape) -> float:
    return _STEP_OF_HEXAGONS if shape == "hexagon" else 1.0


def _ground(area: Any) -> Any:
    """Return one geometry with an extent, in metres."""
    if isinstance(area, gpd.GeoDataFrame | gpd.GeoSeries):
        if area.crs != BRITISH_NATIONAL_GRID:
            found = "no reference system" if area.crs is None else area.crs.to_string()
            raise CrsError(
                f"`area` must be in {BRITISH_NATIONAL_GRID}, found {found};"
                f' call area.to_crs("{BRITISH_NATIONAL_GRID}") first.'
            )
        area = shapely.union_all(area.geometry.values)
    if shapely.area(area) <= 0:
        raise ParameterError(
            f"`area` must have an extent, found {shapely.get_type_id(area)}"
            " without one; give a polygon, or the hull of the points."
        )
    return area


def _check_size(width_m: float, height_m: float, cell_m: float) -> None:
    if not 0 < cell_m < np.inf:
        raise ParameterError(f"`cell_m` must be metres above 0, found {cell_m!r}; 250 is usual.")
    cells = (width_m / cell_m + 1) * (height_m / cell_m + 1)
    if cells > MOST_CELLS:
        raise ParameterError(
            f"`cell_m` of {cell_m:g} m would cut the area's bounds of {width_m:.0f} by"
            f" {height_m:.0f} m into {cells:,.0f} cells, more than {MOST_CELLS:,}; take larger"
            " cells or a smaller area."
        )


def cell_polygons(grid: Grid) -> gpd.GeoDataFrame:
    """Return the cells as polygons.

    Parameters
    ----------
    grid
        From ``make_grid``.

    Returns
    -------
    geopandas.GeoDataFrame
        ``column``, ``row`` and ``geometry`` in EPSG:27700, in the order of the grid.

    Examples
    --------
    >>> cells = cell_polygons(make_grid(shapely.box(0, 0, 500, 250), 250))
    >>> cells.geometry.bounds.values.tolist()
    [[0.0, 0.0, 250.0, 250.0], [250.0, 0.0, 500.0, 250.0]]
    """
    return gpd.GeoDataFrame(
        {"column": grid.columns, "row": grid.rows},
        geometry=_polygons(grid),
        crs=BRITISH_NATIONAL_GRID,
    )


def cell_centres(grid: Grid) -> Floats:
    """Return the middle of each cell.

    Parameters
    ----------
    grid
        From ``make_grid``.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2), metres, in the order of the grid.

    Examples
    --------
    >>> cell_centres(make_grid(shapely.box(0, 0, 500, 250), 250)).tolist()
    [[125.0, 125.0], [375.0, 125.0]]
    """
    if grid.shape == "square":
        place = np.column_stack([grid.columns + 0.5, grid.rows + 0.5])
    else:
        place = np.column_stack(
            [grid.columns + 0.5 + 0.5 * (grid.rows % 2), grid.rows * _STEP_OF_HEXAGONS]
        )
    centres: Floats = np.array([grid.west, grid.south]) + grid.cell_m * place
    return centres


def _polygons(grid: Grid) -> npt.NDArray[np.object_]:
    corners = _SQUARE if grid.shape == "square" else _HEXAGON
    rings = cell_centres(grid)[:, None, :] + grid.cell_m * corners
    polygons: npt.NDArray[np.object_] = shapely.polygons(rings)
    return polygons


def locate_cells(grid: Grid, xy_m: npt.ArrayLike) -> Ints:
    """Say which cell each point lies in.

    Parameters
    ----------
    grid
        From ``make_grid``.
    xy_m
        Shape (n, 2), metres, finite.

    Returns
    -------
    numpy.ndarray
        The cell's place in the grid, -1 outside of it. A square holds its western and southern
        edge, and its others where no cell lies beyond; a point between hexagons belongs to the
        nearest centre, between two as near to the southern, then the western one.

    Raises
    ------
    ParameterError
        The points have another shape or are not finite.

    Examples
    --------
    >>> grid = make_grid(shapely.box(0, 0, 500, 250), 250)
    >>> locate_cells(grid, [[10, 10], [250, 10], [500, 250], [501, 10]]).tolist()
    [0, 1, 1, -1]
    """
    points = check_points(xy_m)
    east, north = ((points - [grid.west, grid.south]) / grid.cell_m).T
    if grid.shape == "hexagon":
        return _find(grid, *_nearest_hexagon(east, north))
    column, row = np.floor(east), np.floor(north)
    cell = _find(grid, column, row)
    for back_east, back_north in ((1, 0), (0, 1), (1, 1)):
        on_edge = (cell < 0) & ((east == column) | (not back_east))
        on_edge &= (north == row) | (not back_north)
        cell[on_edge] = _find(grid, column[on_edge] - back_east, row[on_edge] - back_north)
    return cell


def _nearest_hexagon(east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Return column and row of the nearest centre: it is in the row below or the row above."""
    below = np.floor(north / _STEP_OF_HEXAGONS)
    rows = np.stack([below, below + 1])
    # Halves down, so that a point midway belongs to the western one.
    columns = np.ceil(east - 0.5 - 0.5 * (rows % 2) - 0.5)
    across = east - 0.5 - 0.5 * (rows % 2) - columns
    along = north - rows * _STEP_OF_HEXAGONS
    distance = across**2 + along**2
    nearer = (distance[1] < distance[0]).astype(np.int64)
    every = np.arange(len(east))
    return columns[nearer, every], rows[nearer, every]


def count_cells(grid: Grid, xy_m: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Floats:
    """Count the points in each cell.

    Parameters
    ----------
    grid
        From ``make_grid``.
    xy_m
        Shape (n, 2), metres, finite; points outside the grid count nowhere.
    weights
        Shape (n,); one each by default.

    Returns
    -------
    numpy.ndarray
        float64, one number a cell, in the order of the grid.

    Raises
    ------
    ParameterError
        The points have another shape or are not finite.

    Examples
    --------
    >>> count_cells(make_grid(shapely.box(0, 0, 500, 250), 250), [[10, 10], [20, 20], [400, 0]])
    array([2., 1.])
    """
    cell = locate_cells(grid, xy_m)
    inside = cell >= 0
    heavy = None if weights is None else np.asarray(weights, dtype=np.float64)[inside]
    return np.bincount(cell[inside], heavy, minlength=len(grid)).astype(np.float64)


def grid_neighbours(grid: Grid, *, itself: bool = True) -> csr_array:
    """Say which cells touch, at a side or a corner.

    Parameters
    ----------
    grid
        From ``make_grid``.
    itself
        Whether each cell is its own neighbour too, as Gi* asks for.

    Returns
    -------
    scipy.sparse.csr_array
        Ones, shape (n, n), in the order of the grid: up to eight other squares, six other
        hexagons.

    Examples
    --------
    >>> grid_neighbours(make_grid(shapely.box(0, 0, 500, 250), 250)).toarray().tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    every = np.arange(len(grid))
    pairs = [
        _touching(grid, every[grid.rows % 2 == odd], aside, ahead)
        for odd, around in enumerate(_AROUND[grid.shape])
        for aside, ahead in (*around, *[(0, 0)] * itself)
    ]
    row, column = np.concatenate(pairs).T
    return csr_array((np.ones(len(row)), (row, column)), shape=(len(grid), len(grid)))


def _touching(grid: Grid, cells: Ints, aside: int, ahead: int) -> Ints:
    other = _find(grid, grid.columns[cells] + aside, grid.rows[cells] + ahead)
    return np.column_stack([cells[other >= 0], other[other >= 0]])


def _find(grid: Grid, columns: npt.NDArray[Any], rows: npt.NDArray[Any]) -> Ints:
    """Return the places of cells in the grid, -1 for those that are not in it."""
    if not len(grid):
        return np.full(len(columns), -1, dtype=np.int64)
    stride = int(grid.columns.max() - grid.columns.min()) + 1
    aside = np.asarray(columns, dtype=np.int64) - grid.columns.min()
    keys = grid.rows * stride + grid.columns - grid.columns.min()
    wanted = np.asarray(rows, dtype=np.int64) * stride + aside
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    there = (keys[place] == wanted) & (aside >= 0) & (aside < stride)
    return np.where(there, place, -1)
