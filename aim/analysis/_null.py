"""Maps that chance alone would draw: points over a surface, or labels dealt out anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bounds = tuple[float, float, float, float]
# So many maps, one generator: points of shape (maps, points, 2).
Draw = Callable[[int, np.random.Generator], Floats]

_CORNERS = 3


@dataclass(frozen=True, slots=True)
class Surface:
    """Where points may fall: triangles, and how likely each is.

    Attributes
    ----------
    corner, along, across
        A corner of each triangle and its two sides from there, metres, shape (t, 2).
    until
        The chance of this triangle or one before it; the last is 1.
    """

    corner: Floats
    along: Floats
    across: Floats
    until: Floats

    @property
    def bounds(self) -> Bounds:
        """Return west, south, east and north, metres."""
        other_ends = self.corner + self.along, self.corner + self.across
        return bounds_of(np.concatenate([self.corner, *other_ends]))


def bounds_of(places: Floats) -> Bounds:
    """Return west, south, east and north of places, metres."""
    low, high = places.min(axis=0), places.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def surface_of(shapes: Sequence[shapely.Geometry], people: Floats) -> Surface:
    """Return the surface on which every shape is as likely as it has people, evenly within.

    Parameters
    ----------
    shapes
        Polygons in metres.
    people
        A number for each, from 0; not all 0.
    """
    parts = [_triangles(shape) for shape in shapes]
    counts = np.array([len(part) for part in parts])
    corners = np.concatenate(parts)
    along, across = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    size = np.abs(along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0])
    owner = np.repeat(np.arange(len(parts)), counts)
    whole = np.bincount(owner, size, minlength=len(parts))
    chance = people[owner] * size / whole[owner]
    kept = chance > 0
    until = np.cumsum(chance[kept])
    return Surface(corners[kept, 0], along[kept], across[kept], until / until[-1])


def _triangles(shape: shapely.Geometry) -> Floats:
    """Cut a polygon, holes and all, into triangles; shape (t, 3, 2)."""
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(shape))
    xy = shapely.get_coordinates(shapely.get_exterior_ring(triangles))
    corners: Floats = xy.reshape(-1, _CORNERS + 1, 2)[:, :_CORNERS]
    return corners


def draw_on(surface: Surface, points: int) -> Draw:
    """Return what draws maps of so many points on a surface.

    Examples
    --------
    >>> square = surface_of([shapely.box(0, 0, 10, 10)], np.ones(1))
    >>> draw_on(square, 5)(2, np.random.default_rng(1)).shape
    (2, 5, 2)
    """

    def draw(maps: int, rng: np.random.Generator) -> Floats:
        # Map after map, so that the answer hangs on the seed and not on how many are drawn at once.
        chance, along, across = np.moveaxis(rng.random((maps, 3, points)), 1, 0)
        place = np.searchsorted(surface.until, chance, side="right")
        beyond = along + across > 1
        along = np.where(beyond, 1 - along, along)[..., None]
        across = np.where(beyond, 1 - across, across)[..., None]
        drawn: Floats = surface.corner[place] + (
            along * surface.along[place] + across * surface.across[place]
        )
        return drawn

    return draw


def draw_among(pool: Floats, points: int) -> Draw:
    """Return what draws maps of so many of the pool's points, each at most once in a map.

    Raises
    ------
    ParameterError
        The pool has no more points than are drawn.
    """
    if len(pool) <= points:
        raise ParameterError(
            f"Random labels deal {points:,} incidents out among all; found {len(pool):,} in all."
            " Give the incidents of every type, and test one type among them."
        )

    def draw(maps: int, rng: np.random.Generator) -> Floats:
        chosen = [rng.choice(len(pool), points, replace=False) for _ in range(maps)]
        return pool[np.stack(chosen)]

    return draw
