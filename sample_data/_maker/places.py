"""Names and codes of Norbeck's places: degrees, postcodes, property numbers, small areas."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from _maker.borough import Borough, Floats, Whole, generator
from aim.model.crs import to_degrees

_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
FIRST_UPRN = 990_000_100_000
SLABS = 3  # small areas a ward


@dataclass(frozen=True, slots=True)
class SmallArea:
    """A small area with the people who live there, all invented."""

    code: str
    name: str
    ward: int
    polygon: shapely.Geometry
    population: int
    households: int


@dataclass(frozen=True)
class Gazetteer:
    """The borough with its names and codes."""

    borough: Borough
    seed: int

    @cached_property
    def snap_degrees(self) -> Floats:
        """Longitude and latitude of each street's map point, six decimals."""
        return degrees_of(self.borough.snap_xy)

    @cached_property
    def street_ward(self) -> Whole:
        """The ward of each street's map point."""
        return self.borough.ward_of(self.borough.snap_xy)

    @cached_property
    def snap_area(self) -> Whole:
        """The small area of each street's map point."""
        found = np.zeros(len(self.borough.snap_xy), np.int64)
        for place, area in enumerate(self.small_areas):
            east, north = self.borough.snap_xy.T
            found[shapely.contains_xy(area.polygon, east, north)] = place
        return found

    @cached_property
    def small_areas(self) -> tuple[SmallArea, ...]:
        """Each ward of 2026 cut from west to east."""
        rng = generator(self.seed, 9)
        areas = []
        for ward, one in enumerate(self.borough.wards):
            for slab in range(SLABS):
                polygon = _slab(one.polygon, slab)
                east, north = self.borough.address_xy.T
                homes = int(shapely.contains_xy(polygon, east, north).sum())
                households = round(homes * float(rng.uniform(1.35, 1.65)))
                people = round(households * float(rng.uniform(2.05, 2.55)))
                number = ward * SLABS + slab + 1
                name = f"Norbeck {ward + 1:03d}{'ABC'[slab]}"
                areas.append(
                    SmallArea(f"E01099{number:03d}", name, ward, polygon, people, households)
                )
        return tuple(areas)

    def street(self, index: int) -> str:
        """Return a street's name."""
        return self.borough.streets[index].name

    def postcode(self, street: int) -> str:
        """Return the invented postcode of a street; no real area begins NB."""
        first, second = divmod(street % len(_LETTERS) ** 2, len(_LETTERS))
        district = self.street_ward[street] // 5 + 1
        return f"NB{district} {street // 400 + 1}{_LETTERS[first]}{_LETTERS[second]}"

    def ward_name(self, street: int) -> str:
        """Return the name of the ward a street's map point lies in."""
        return self.borough.wards[self.street_ward[street]].name


def uprn_of(address: int) -> str:
    """Return the invented property number of an address; no real one begins 99."""
    return str(FIRST_UPRN + address)


def degrees_of(xy: Floats) -> Floats:
    """Return longitude and latitude, six decimals, of positions in metres."""
    lon, lat = to_degrees(xy[:, 0], xy[:, 1])
    return np.column_stack([lon.round(6), lat.round(6)])


def _slab(polygon: shapely.Polygon, slab: int) -> shapely.Geometry:
    west, south, east, north = polygon.bounds
    width = (east - west) / SLABS
    return polygon.intersection(
        shapely.box(west + slab * width, south - 1, west + (slab + 1) * width, north + 1)
    )
