"""The maps of a pack: all places of a list, and each with the streets around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from aim.maps import still_map_svg
from aim.model.people import EVERYTHING
from aim.model.places import PlaceKind
from aim.store import Store

# Width to height, so that two stand on a page and one beside a table on a slide.
_SHAPE = 1.7
_LEAST_M, _LEAST_AROUND_M = 1_500.0, 350.0
_MOST_STREETS, _STREETS_SAID = 12, 4


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies below the places of every map: ward outlines and the names of streets."""

    wards: gpd.GeoDataFrame
    streets: pd.DataFrame


def ground_of(store: Store) -> Ground:
    """Return wards and streets; both are public."""
    places = store.places(EVERYTHING)
    streets = places[places["kind"] == PlaceKind.STREET.value]
    return Ground(store.wards(EVERYTHING), streets[["name", "easting", "northing"]])


def draw_list(ground: Ground, hotspots: gpd.GeoDataFrame, ranks: Sequence[int]) -> tuple[str, str]:
    """Draw the places of a list, numbered by rank.

    Returns
    -------
    (str, str)
        An SVG and what it shows in words; both empty without wards or places.
    """
    shown = hotspots[hotspots["rank"].isin(ranks)]
    if shown.empty or ground.wards.empty:
        return "", ""
    names = "; ".join(
        f"{rank} {name}" for rank, name in zip(shown["rank"], shown["name"], strict=True)
    )
    around = _window(shown.total_bounds, _LEAST_M, 1.15)
    drawn = still_map_svg(ground.wards, places=shown, around=around, names=_wards(ground.wards))
    return drawn, f"Map of the places on the list, numbered by rank: {names}."


def draw_place(ground: Ground, hotspots: gpd.GeoDataFrame, rank: int) -> tuple[str, str]:
    """Draw one place with its neighbours on the list and the streets around it.

    Returns
    -------
    (str, str)
        As ``draw_list``.
    """
    if ground.wards.empty:
        return "", ""
    row = hotspots[hotspots["rank"] == rank].iloc[0]
    around = _window(row["geometry"].bounds, _LEAST_AROUND_M, 1.6)
    streets = _near(ground.streets, row["geometry"].centroid, around)
    drawn = still_map_svg(ground.wards, places=hotspots, around=around, names=streets)
    named = ", ".join(name for _, _, name in streets[:_STREETS_SAID])
    near = f", near {named}" if named else ""
    wide = 2 * float(row["radius_m"])
    return drawn, f"Map of {row['name']}: the outline of the place, about {wide:.0f} m wide{near}."


def _window(bounds: Iterable[float], least_m: float, times: float) -> tuple[float, ...]:
    """Return the ground a picture shows: the bounds with room around them, of one shape always."""
    west, south, east, north = bounds
    x, y = (west + east) / 2, (south + north) / 2
    half = max((north - south) * times, (east - west) * times / _SHAPE, least_m) / 2
    return x - half * _SHAPE, y - half, x + half * _SHAPE, y + half


def _wards(wards: gpd.GeoDataFrame) -> list[tuple[float, float, str]]:
    """Return the wards' names, each with a point inside it."""
    points = shapely.get_coordinates(wards.geometry.representative_point().to_numpy()).tolist()
    return [(x, y, str(name)) for (x, y), name in zip(points, wards["ward_name"], strict=True)]


def _near(
    streets: pd.DataFrame, centre: shapely.Point, around: tuple[float, ...]
) -> list[tuple[float, float, str]]:
    """Return the nearest part of each street on the picture, the nearest streets first."""
    west, south, east, north = around
    seen = streets[
        streets["easting"].between(west, east) & streets["northing"].between(south, north)
    ]
    far = np.hypot(seen["easting"] - centre.x, seen["northing"] - centre.y)
    first = seen.assign(far=far).sort_values(["far", "name"]).drop_duplicates("name")
    nearest = first.head(_MOST_STREETS)
    columns = (nearest[name].tolist() for name in ("easting", "northing", "name"))
    return list(zip(*columns, strict=True))
