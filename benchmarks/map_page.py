"""How many bytes a map of incidents weighs, and how long it takes to write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd

from aim.model.crs import to_degrees
from aim.model.incidents import conform_incidents
from benchmarks.harness import Measured
from benchmarks.points import cached_points

TITLE = "Map: bytes of a page"
ABOUT = (
    "The hub's page carries the address of its layer and stays the same whatever the number of"
    " incidents; the layer is the answer the page then fetches. The page with everything inside"
    " also carries its scripts, which plain Folium fetches from other hosts. Plain Folium draws"
    " one `CircleMarker` with a popup an incident."
)
BASE = "aim, hub page"
_PEERS = [BASE, "aim, layer the page fetches", "aim, all in one file", "plain Folium CircleMarkers"]


def peers() -> list[str]:
    """Return the peers by name."""
    return _PEERS


def settings(*, quick: bool) -> list[dict[str, Any]]:
    """Return the numbers of incidents to draw."""
    return [{"points": count} for count in ([200] if quick else [1_000, 10_000])]


def name(setting: dict[str, Any]) -> str:
    """Name one setting for the table."""
    return "{points:,} incidents".format(**setting)


def make_input(setting: dict[str, Any], folder: Path) -> None:
    """Make the points once for all processes."""
    cached_points(folder, "town", setting["points"])


def prepare(peer: str, setting: dict[str, Any], folder: Path) -> Callable[[], bytes]:
    """Return the job one peer is timed at."""
    incidents = _incidents(cached_points(folder, "town", setting["points"]))
    job = _JOBS[peer]
    job(incidents[:10])
    return lambda: job(incidents)


def targets(_: dict[str, Any], __: dict[str, Measured]) -> list[tuple[str, float]]:
    """Return no target: bytes are shown, not judged."""
    return []


def describe(answer: bytes) -> dict[str, Any]:
    """Return the size of the page."""
    return {"size": len(answer)}


def _incidents(points: np.ndarray) -> pd.DataFrame:
    lon, lat = to_degrees(points[:, 0], points[:, 1])
    moments = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(np.arange(len(points)), "min")
    return conform_incidents(
        pd.DataFrame(
            {
                "incident_id": [f"{number:032x}" for number in range(len(points))],
                "source": "police",
                "incident_type": "anti-social-behaviour",
                "sensitivity": "public",
                "occurred_from": moments,
                "time_precision": "minute",
                "lon": lon,
                "lat": lat,
                "easting": points[:, 0],
                "northing": points[:, 1],
                "location_text": "On or near Quay Road",
            }
        )
    )


def _no_hotspots() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"geometry": []}, crs="EPSG:27700")


def _hub_page(_: pd.DataFrame) -> bytes:
    from aim.maps import live_map_page  # noqa: PLC0415 - each process loads its own peer alone

    return live_map_page(None, layers_url="/map/layers").encode()


def _layer(incidents: pd.DataFrame) -> bytes:
    from aim.maps import layers_json  # noqa: PLC0415 - each process loads its own peer alone

    return layers_json(_no_hotspots(), incidents)


def _one_file(incidents: pd.DataFrame) -> bytes:
    from aim.maps import build_map  # noqa: PLC0415 - each process loads its own peer alone

    return build_map(_no_hotspots(), incidents).get_root().render().encode()


def _circle_markers(incidents: pd.DataFrame) -> bytes:
    page = folium.Map(location=(incidents["lat"].mean(), incidents["lon"].mean()), zoom_start=12)
    told = incidents["incident_type"] + ", " + incidents["location_text"]
    for lat, lon, text in zip(incidents["lat"], incidents["lon"], told, strict=True):
        folium.CircleMarker((lat, lon), radius=4, popup=text).add_to(page)
    return page.get_root().render().encode()


_JOBS = dict(zip(_PEERS, (_hub_page, _layer, _one_file, _circle_markers), strict=True))
