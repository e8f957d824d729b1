"""The ground of Norbeck: wards of two vintages, streets, map points, addresses.

It lies in the North Sea some 8 km off the coast, so that no real place is meant. All positions are
British National Grid metres; a lattice bent and jittered by the seed stands for a town.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from _maker.words import OLD_NAMES, OLD_PAIR, STEMS, SUFFIXES, WARDS

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

WEST, SOUTH = 476_000.0, 529_000.0
COLUMNS, ROWS = 5, 4
WARD_M = 1_870.0
BLOCK_M = 187.0
ADDRESS_M = 72.0
# Streets and addresses keep this far from the headquarters, so that its point stands alone.
HEADQUARTERS_CLEAR_M = 330.0


def generator(seed: int, stage: int) -> np.random.Generator:
    """Return the random numbers of one stage, so that a change in one leaves the others alone."""
    return np.random.Generator(np.random.PCG64([seed, stage]))


@dataclass(frozen=True, slots=True)
class Ward:
    """One ward of one vintage."""

    code: str
    name: str
    polygon: shapely.Polygon
    rate: float  # background a square kilometre against the mean of the borough


@dataclass(frozen=True, slots=True)
class Street:
    """A named street, the nodes it runs through, and how many segments it has."""

    name: str
    nodes: Floats


@dataclass(frozen=True)
class Borough:
    """Everything that stands still."""

    wards: tuple[Ward, ...]  # vintage 2026
    old_wards: tuple[Ward, ...]  # vintage 2024
    streets: tuple[Street, ...]
    snap_xy: Floats  # one map point a street, well apart
    address_xy: Floats
    address_street: Whole
    address_number: Whole
    address_ward: Whole  # index into wards
    address_class: npt.NDArray[np.str_]  # R residential, C commercial
    headquarters: tuple[float, float]

    @cached_property
    def outline(self) -> shapely.Geometry:
        """The borough as one polygon."""
        return shapely.union_all([ward.polygon for ward in self.wards])

    @cached_property
    def lines(self) -> shapely.STRtree:
        """The streets as lines, for the nearest one."""
        return shapely.STRtree([shapely.LineString(street.nodes) for street in self.streets])

    @cached_property
    def crowding(self) -> Floats:
        """How many addresses lie within 200 m of each."""
        tree = shapely.STRtree(shapely.points(self.address_xy))
        asking, _ = tree.query(shapely.points(self.address_xy), predicate="dwithin", distance=200)
        return np.bincount(asking, minlength=len(self.address_xy)).astype(np.float64)

    def nearest_snap(self, xy: Floats) -> Whole:
        """Return the street whose map point lies nearest to each position."""
        distances = np.hypot(*(xy[:, None, :] - self.snap_xy[None, :, :]).transpose(2, 0, 1))
        return distances.argmin(axis=1).astype(np.int64)

    def nearest_street(self, xy: Floats) -> tuple[Whole, Floats]:
        """Return the nearest street of each position and the point on it."""
        points = shapely.points(xy)
        found = self.lines.nearest(points)
        lines = self.lines.geometries[found]
        on_line = shapely.line_interpolate_point(lines, shapely.line_locate_point(lines, points))
        return found.astype(np.int64), shapely.get_coordinates(on_line)

    def ward_of(self, xy: Floats, *, old: bool = False) -> Whole:
        """Return the index of the ward each position lies in; -1 outside."""
        return _ward_of(self.old_wards if old else self.wards, xy)

    def rate_at(self, xy: tuple[float, float]) -> float:
        """Return the background of the ward at a position against the mean."""
        return self.wards[int(self.ward_of(np.array([xy]))[0])].rate


def build_borough(seed: int) -> Borough:
    """Lay out the borough of one seed."""
    wards, old_wards = _build_wards(generator(seed, 1))
    rng = generator(seed, 2)
    headquarters = _place_headquarters(wards)
    streets = _build_streets(rng, shapely.union_all([w.polygon for w in wards]), headquarters)
    xy, street, number = _build_addresses(rng, streets)
    ward = _ward_of(wards, xy)
    inside = ward >= 0
    kinds = np.where(np.arange(len(xy)) % 13 == 7, "C", "R")
    return Borough(
        wards=wards,
        old_wards=old_wards,
        streets=streets,
        snap_xy=_spread_points(streets),
        address_xy=xy[inside],
        address_street=street[inside],
        address_number=number[inside],
        address_ward=ward[inside],
        address_class=kinds[inside],
        headquarters=headquarters,
    )


def _build_wards(rng: np.random.Generator) -> tuple[tuple[Ward, ...], tuple[Ward, ...]]:
    corners = _ward_corners(rng)
    bends = rng.uniform(-1, 1, (2, COLUMNS + 1, ROWS + 1, 2))
    order = rng.permutation(len(WARDS))
    current = [
        Ward(f"E05099{place + 1:03d}", WARDS[order[place]][0], polygon, WARDS[order[place]][1])
        for place, polygon in enumerate(_cells(corners, bends))
    ]
    moved = corners.copy()
    for column, row, east, north in ((1, 1, 260, -190), (3, 2, -240, 210), (4, 3, 180, 230)):
        moved[column, row] += (east, north)
    before = [
        Ward("", OLD_NAMES.get(ward.name, ward.name), polygon, ward.rate)
        for ward, polygon in zip(current, _cells(moved, bends), strict=True)
    ]
    return tuple(current), _with_pair_joined(before)


def _ward_corners(rng: np.random.Generator) -> Floats:
    columns, rows = np.meshgrid(np.arange(COLUMNS + 1), np.arange(ROWS + 1), indexing="ij")
    corners = np.stack([WEST + WARD_M * columns, SOUTH + WARD_M * rows], axis=-1)
    jitter = rng.uniform(-200, 200, corners.shape)
    return corners + jitter


def _cells(corners: Floats, bends: Floats) -> list[shapely.Polygon]:
    """Build the wards row by row; neighbours share each edge to the last digit."""
    polygons = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            south = _edge(corners, bends[0], column, row, east=True)
            east = _edge(corners, bends[1], column + 1, row, east=False)
            north = _edge(corners, bends[0], column, row + 1, east=True)[::-1]
            west = _edge(corners, bends[1], column, row, east=False)[::-1]
            ring = np.concatenate([south[:-1], east[:-1], north[:-1], west])
            polygons.append(shapely.Polygon(ring))
    return polygons


def _edge(corners: Floats, bends: Floats, column: int, row: int, *, east: bool) -> Floats:
    start = corners[column, row]
    end = corners[column + east, row + (not east)]
    share = np.linspace(0, 1, 9)
    first, second = bends[column, row]
    aside = 60 * first * np.sin(np.pi * share) + 40 * second * np.sin(2 * np.pi * share)
    along = (end - start) / np.hypot(*(end - start))
    ring = start + share[:, None] * (end - start) + aside[:, None] * np.array([-along[1], along[0]])
    return ring.round(1)


def _with_pair_joined(wards: list[Ward]) -> tuple[Ward, ...]:
    """Join the first ward of the pair with its eastern or western neighbour, as in 2024."""
    names = [ward.name for ward in wards]
    first = names.index(OLD_PAIR[0])
    second = first + 1 if first % COLUMNS < COLUMNS - 1 else first - 1
    joined = Ward(
        "",
        f"{wards[first].name} and {wards[second].name}",
        shapely.union_all([wards[first].polygon, wards[second].polygon]),
        (wards[first].rate + wards[second].rate) / 2,
    )
    kept = [ward for place, ward in enumerate(wards) if place not in {first, second}]
    return tuple(
        Ward(f"E050991{number + 1:02d}", ward.name, ward.polygon, ward.rate)
        for number, ward in enumerate([*kept, joined])
    )


def _ward_of(wards: tuple[Ward, ...], xy: Floats) -> Whole:
    found = np.full(len(xy), -1, np.int64)
    for place, ward in enumerate(wards):
        inside = shapely.contains_xy(ward.polygon, xy[:, 0], xy[:, 1])
        found[inside & (found < 0)] = place
    return found


def _place_headquarters(wards: tuple[Ward, ...]) -> tuple[float, float]:
    """Choose the middle of the quietest ward, at a whole metre."""
    quiet = min(wards, key=lambda ward: (ward.rate, ward.code))
    centre = quiet.polygon.centroid
    return float(round(centre.x)), float(round(centre.y))


def _build_streets(
    rng: np.random.Generator, outline: shapely.Geometry, headquarters: tuple[float, float]
) -> tuple[Street, ...]:
    nodes = _lattice(rng)
    inner = outline.buffer(-25).difference(shapely.Point(headquarters).buffer(HEADQUARTERS_CLEAR_M))
    shapely.prepare(inner)
    runs = [
        run
        for lines in (nodes, nodes.transpose(1, 0, 2))
        for line in lines
        for run in _runs(rng, line)
        if inner.contains(shapely.LineString(run))
    ]
    names = [f"{stem} {suffix}" for stem in STEMS for suffix in SUFFIXES]
    chosen = rng.permutation(len(names))[: len(runs)]
    return tuple(Street(names[name], run) for name, run in zip(chosen, runs, strict=True))


def _lattice(rng: np.random.Generator) -> Floats:
    across = np.arange(-2, int(COLUMNS * WARD_M / BLOCK_M) + 3)
    along = np.arange(-2, int(ROWS * WARD_M / BLOCK_M) + 3)
    columns, rows = np.meshgrid(across, along, indexing="ij")
    nodes = np.stack([WEST + BLOCK_M * columns, SOUTH + BLOCK_M * rows], axis=-1)
    shifts = rng.uniform(0, 2 * np.pi, 4)
    for axis in (0, 1):
        nodes[..., axis] += 55 * np.sin(2 * np.pi * nodes[..., 1 - axis] / 3_300 + shifts[axis])
    return (nodes + rng.uniform(-16, 16, nodes.shape)).round(1)


def _runs(rng: np.random.Generator, line: Floats) -> list[Floats]:
    """Cut a line of nodes into streets of two or three blocks, leaving a few blocks unbuilt."""
    runs, start = [], 0
    while start < len(line) - 1:
        end = min(start + int(rng.integers(2, 4)), len(line) - 1)
        if rng.random() > 0.04:
            runs.append(line[start : end + 1])
        start = end
    return runs


def _spread_points(streets: tuple[Street, ...]) -> Floats:
    """Give each street one map point, as far from the others as it can be.

    Points that crowd together would make a hotspot out of nothing.
    """
    shares = np.linspace(0.12, 0.88, 9)
    lines = [shapely.LineString(street.nodes) for street in streets]
    options = [
        shapely.get_coordinates(shapely.line_interpolate_point(line, shares, normalized=True))
        for line in lines
    ]
    chosen = np.array([spots[len(spots) // 2] for spots in options])
    near = _neighbours(chosen, 900)
    for _ in range(8):
        for place, spots in enumerate(options):
            gaps = spots[:, None, :] - chosen[near[place]][None, :, :]
            crowding = np.exp(-(gaps**2).sum(axis=2) / 150**2).sum(axis=1)
            chosen[place] = spots[int(crowding.argmin())]
    return chosen.round(1)


def _neighbours(xy: Floats, within_m: float) -> list[Whole]:
    """Return for each point the others within a distance."""
    found = []
    for place, spot in enumerate(xy):
        close = np.hypot(*(xy - spot).T) < within_m
        close[place] = False
        found.append(np.flatnonzero(close))
    return found


def _build_addresses(
    rng: np.random.Generator, streets: tuple[Street, ...]
) -> tuple[Floats, Whole, Whole]:
    places, owners, numbers = [], [], []
    for index, street in enumerate(streets):
        line = shapely.LineString(street.nodes)
        count = round(line.length / ADDRESS_M)
        along = (np.arange(count) + rng.uniform(0.15, 0.85, count)) * line.length / count
        points = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, along + 1))
        side = np.where(np.arange(count) % 2, 11.0, -11.0)[:, None]
        places.append(points + side * (ahead - points)[:, ::-1] * np.array([-1.0, 1.0]))
        owners += [index] * count
        numbers += range(1, count + 1)
    return np.concatenate(places).round(0), np.array(owners), np.array(numbers)
