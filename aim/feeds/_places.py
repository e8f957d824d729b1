"""Positions as delivered: metres or degrees, exchanged, zero, or nowhere.

A row whose position cannot be used is kept without one, and counted in the notes. Only what is
beyond doubt is mended: a longitude and latitude that can only be exchanged, an easting and
northing that lie far from all the rest of the delivery and among them when exchanged.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.feeds._seam import distinct, say_rows
from aim.model.crs import FALSE_ORIGIN, GRID_BOUNDS, to_degrees, to_grid
from aim.model.incidents import PlacePrecision

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# The United Kingdom with its islands, in degrees: west, south, east, north.
UK_BOUNDS = (-9.0, 49.0, 2.5, 61.5)
POSITION_COLUMNS = ("lon", "lat", "easting", "northing")
# Where the grid's axes cross, as senders have it: its true origin counted from the false one, and
# the two numbers of the shift between them. In degrees: the true origin, then 0,0 and the shift as
# they come out of the grid.
_ORIGINS_M = ((400_000.0, -100_000.0), FALSE_ORIGIN)
_TRUE_ORIGIN = (-2.0, 49.0)
# What map services give for a place they cannot find: the middle of a country, longitude first.
_MIDDLES = (
    (-3.435973, 55.378051),  # the United Kingdom
    (-3.276575, 54.702354),
    (-1.174320, 52.355518),  # England
    (-1.264906, 52.531021),
    (-3.783712, 52.130661),  # Wales
    (-4.202646, 56.490671),  # Scotland
)
_SAME_DEGREES = 6e-5  # four places after the point, some six metres
_NEAR_M = 30_000.0  # a partnership's area lies well within this of its middle
_FEWEST_TO_JUDGE = 10


@dataclass(slots=True)
class _Pairs:
    """Positions on their way in, with what was found about them."""

    x: Floats
    y: Floats
    found: dict[str, int] = field(default_factory=dict)

    def drop(self, rows: Flags, why: str) -> None:
        self.x[rows], self.y[rows] = np.nan, np.nan
        self.count(rows, why)

    def exchange(self, rows: Flags, why: str) -> None:
        self.x[rows], self.y[rows] = self.y[rows], self.x[rows]
        self.count(rows, why)

    def count(self, rows: Flags, why: str) -> None:
        if number := int(rows.sum()):
            self.found[why] = self.found.get(why, 0) + number


def read_places(cells: pd.DataFrame, precision: pd.Series) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read the position of each row.

    Parameters
    ----------
    cells
        Text columns ``easting``, ``northing``, ``longitude``, ``latitude``; any may be absent.
        Metres win over degrees where a row has both.
    precision
        How exactly a usable position is known, on the same index.

    Returns
    -------
    places, notes
        ``lon``, ``lat``, ``easting``, ``northing`` and ``place_precision`` (none where there is no
        position) on the index of ``cells``; sentences that count what was mended or dropped.

    Examples
    --------
    >>> cells = pd.DataFrame({"longitude": ["-1.24", "54.57"], "latitude": ["54.57", "-1.24"]})
    >>> places, notes = read_places(cells, pd.Series(["snapped", "snapped"]))
    >>> places.lat.tolist(), notes[0]
    ([54.57, 54.57], 'Longitude and latitude were exchanged and have been put right: 1 row.')
    """
    metres = _pairs(cells, "easting", "northing")
    _check_metres(metres)
    degrees = _pairs(cells, "longitude", "latitude")
    _check_degrees(degrees)
    places = _both_systems(metres, degrees, cells.index)
    located = places["easting"].notna()
    places["place_precision"] = precision.where(located, PlacePrecision.NONE.value)
    found = {**metres.found}
    for why, number in degrees.found.items():
        found[why] = found.get(why, 0) + number
    return places, tuple(f"{why}: {say_rows(number)}." for why, number in found.items())


def _pairs(cells: pd.DataFrame, x_name: str, y_name: str) -> _Pairs:
    x, x_words = _numbers(cells, x_name)
    y, y_words = _numbers(cells, y_name)
    pairs = _Pairs(x, y)
    words = x_words | y_words
    pairs.drop(words, f"{x_name.title()} or {y_name} is not a number; kept without a position")
    half = np.isnan(x) != np.isnan(y)
    pairs.drop(half, f"Only one of {x_name} and {y_name} is given; kept without a position")
    return pairs


def _numbers(cells: pd.DataFrame, name: str) -> tuple[Floats, Flags]:
    """Read a column of numbers; the flags mark cells that hold something else."""
    if name not in cells:
        return np.full(len(cells), np.nan), np.zeros(len(cells), dtype=bool)
    codes, texts = distinct(cells[name])
    numbers = np.array([_number(text) for text in texts], dtype=np.float64)
    words = np.array([text != "" for text in texts], dtype=bool) & np.isnan(numbers)
    return numbers[codes], words[codes]


def _number(text: str) -> float:
    try:
        number = float(text.replace(",", "").removesuffix("m"))
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _check_metres(metres: _Pairs) -> None:
    zero = (metres.x == 0) & (metres.y == 0)
    metres.drop(zero, "Easting and northing are 0,0; kept without a position")
    origin = np.logical_or.reduce([(metres.x == x) & (metres.y == y) for x, y in _ORIGINS_M])
    metres.drop(origin, "Easting and northing are the grid's false origin; kept without a position")
    exchanged = "Easting and northing were exchanged and have been put right"
    outside = _outside(metres.x, metres.y, GRID_BOUNDS)
    metres.exchange(outside & ~_outside(metres.y, metres.x, GRID_BOUNDS), exchanged)
    metres.exchange(_far_unless_exchanged(metres), exchanged)
    lost = _outside(metres.x, metres.y, GRID_BOUNDS)
    metres.drop(lost, "Easting and northing are outside the British grid; kept without a position")


def _far_unless_exchanged(metres: _Pairs) -> Flags:
    known = ~np.isnan(metres.x)
    if known.sum() < _FEWEST_TO_JUDGE:
        return np.zeros(len(known), dtype=bool)
    middle = np.median(metres.x[known]), np.median(metres.y[known])
    here = np.hypot(metres.x - middle[0], metres.y - middle[1]) <= _NEAR_M
    turned = np.hypot(metres.y - middle[0], metres.x - middle[1]) <= _NEAR_M
    if 2 * here.sum() <= known.sum():
        return np.zeros(len(known), dtype=bool)
    found: Flags = known & ~here & turned
    return found


def _check_degrees(degrees: _Pairs) -> None:
    zero = (degrees.x == 0) & (degrees.y == 0)
    degrees.drop(zero, "Longitude and latitude are 0,0; kept without a position")
    outside = _outside(degrees.x, degrees.y, UK_BOUNDS)
    turned = outside & ~_outside(degrees.y, degrees.x, UK_BOUNDS)
    degrees.exchange(turned, "Longitude and latitude were exchanged and have been put right")
    lost = _outside(degrees.x, degrees.y, UK_BOUNDS)
    degrees.drop(
        lost, "Longitude and latitude are outside the United Kingdom; kept without a position"
    )
    origin = _at(degrees, (_TRUE_ORIGIN, *_degrees_of((0.0, 0.0), FALSE_ORIGIN)))
    degrees.drop(
        origin, "Longitude and latitude are the grid's false origin; kept without a position"
    )
    middle = _at(degrees, _MIDDLES)
    degrees.drop(
        middle,
        "Longitude and latitude are the middle of a country, as a map service gives for a place it"
        " cannot find; kept without a position",
    )


def _at(pairs: _Pairs, points: tuple[tuple[float, float], ...]) -> Flags:
    """Mark positions at one of the points, as near as four places after the point can tell."""
    found = np.zeros(len(pairs.x), dtype=bool)
    for x, y in points:
        near = np.flatnonzero(np.abs(pairs.x - x) <= _SAME_DEGREES)
        found[near] = found[near] | (np.abs(pairs.y[near] - y) <= _SAME_DEGREES)
    return found


def _degrees_of(*metres: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    lon, lat = to_degrees([x for x, _ in metres], [y for _, y in metres])
    return tuple(zip(lon.tolist(), lat.tolist(), strict=True))


def _outside(x: Floats, y: Floats, bounds: tuple[float, float, float, float]) -> Flags:
    """Mark known positions outside the bounds; missing ones are not outside."""
    west, south, east, north = bounds
    found: Flags = (x < west) | (x > east) | (y < south) | (y > north)
    return found


def _both_systems(metres: _Pairs, degrees: _Pairs, index: pd.Index) -> pd.DataFrame:
    places = {name: np.full(len(index), np.nan) for name in POSITION_COLUMNS}
    measured = ~np.isnan(metres.x)
    places["easting"][measured] = metres.x[measured]
    places["northing"][measured] = metres.y[measured]
    places["lon"][measured], places["lat"][measured] = _project(metres, measured, to_degrees)
    pinned = ~measured & ~np.isnan(degrees.x)
    places["lon"][pinned], places["lat"][pinned] = degrees.x[pinned], degrees.y[pinned]
    places["easting"][pinned], places["northing"][pinned] = _project(degrees, pinned, to_grid)
    return pd.DataFrame(places, index=index)


def _project(
    pairs: _Pairs, rows: Flags, project: Callable[[Floats, Floats], tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    """Project each distinct position once, found by hashing, which is quicker than sorting."""
    x_codes, x = pd.factorize(pairs.x[rows])
    y_codes, y = pd.factorize(pairs.y[rows])
    codes, both = pd.factorize(x_codes * np.int64(max(len(y), 1)) + y_codes)
    east, north = project(x[both // max(len(y), 1)], y[both % max(len(y), 1)])
    return east[codes], north[codes]
