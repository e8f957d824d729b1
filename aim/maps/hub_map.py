"""The hub's Folium map: wards shaded, hotspots numbered, incidents as one layer."""

from collections.abc import Sequence
from typing import Any

import folium
import geopandas as gpd
import pandas as pd
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from aim.maps.layers import (
    check_grid,
    hotspot_features,
    hotspot_rows,
    incident_points,
    parent_features,
    script_json,
    ward_features,
)
from aim.maps.page import Dress, HubFigure, marks_of, render_page
from aim.model.crs import to_degrees
from aim.model.handling import Stamp

GREAT_BRITAIN = (-6.5, 49.9, 1.8, 58.7)


class HubLayers(JSCSSMixin, MacroElement):
    """All layers of the hub's map in one element, drawn by ``static/map.js``.

    Parameters
    ----------
    config
        What the script draws, or where it fetches that: see ``build_map`` and ``live_map_page``.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "aimMap({{ this._parent.get_name() }}, {{ this.config_text }});"
        "{% endmacro %}"
    )

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # folium leaves it bare
        self._name = "HubLayers"
        # Folium's random names would make two renderings of one map differ.
        self._id = "aim"
        self.default_js = [("aim_map", "aim-map/map.js")]
        self.default_css = [("aim_map_css", "aim-map/map.css")]
        self.config_text = script_json(config)


def build_map(
    hotspots: gpd.GeoDataFrame,
    incidents: pd.DataFrame | None = None,
    wards: gpd.GeoDataFrame | None = None,
    *,
    stamp: Stamp | None = None,
    parents: gpd.GeoDataFrame | None = None,
    title: str = "Map of hotspots",
    headline: str = "",
    notes: Sequence[str] = (),
    chosen: Sequence[str] = (),
) -> folium.Map:
    """Draw hotspots, and if given incidents and wards, on a Folium map that needs no internet.

    Parameters
    ----------
    hotspots
        ``HOTSPOT_COLUMNS`` as ``find_hotspots`` gives them, EPSG:27700; may be empty.
    incidents
        Incidents to draw as one layer of points: public and routine ones with a position, at most
        10,000, never with their description. What is left out is counted under the list.
    wards
        ``ward_code``, ``ward_name``, polygons in EPSG:27700; shaded where a column ``incidents``
        is there.
    stamp
        Handling marking, attributions and dates, printed under the map. Without one the map says
        that no marking was given.
    parents
        Outlines of clusters that were split, EPSG:27700, drawn as thin dashed lines.
    title, headline, notes
        Words around the map.
    chosen
        Codes of the wards asked for: outlined, and the map opens on them.

    Returns
    -------
    folium.Map
        ``map.save("map.html")`` or a notebook shows the whole page with its list, all of it inside
        one file; ``render_page`` gives it with scripts served by a hub. Other Folium layers can
        be added; what they link to beyond the map's own files is then fetched as Folium does.

    Raises
    ------
    CrsError
        A frame is not in EPSG:27700.
    ParameterError
        ``incidents`` lacks a column.

    Examples
    --------
    >>> nothing = gpd.GeoDataFrame({"geometry": []}, crs="EPSG:27700")
    >>> page = build_map(nothing).get_root().render()
    >>> "https://cdn" in page, "treat this map as sensitive" in page
    (False, True)
    """
    points, left_out = incident_points(incidents)
    counts = _counts(wards)
    config = {
        "wards": ward_features(wards),
        "parents": parent_features(parents),
        "layers": {
            "hotspots": hotspot_features(hotspots),
            "incidents": points,
            "wards": counts,
            "shaded": counts is not None,
            "headline": headline,
            "notes": left_out,
            "chosen": list(chosen),
        },
        "bounds": _bounds(wards, hotspots, incidents, chosen),
    }
    dress = Dress(
        title=title,
        headline=headline,
        marks=marks_of(stamp),
        listed=hotspot_rows(hotspots),
        notes=(*notes, *left_out),
    )
    return _hub_map(config, dress)


def live_map_page(
    wards: gpd.GeoDataFrame | None,
    *,
    layers_url: str,
    query: str = "",
    stamp: Stamp | None = None,
    assets: str = "/vendor",
    nonce: str | None = None,
    title: str = "Map of hotspots",
    chosen: Sequence[str] = (),
) -> str:
    """Return the page for the hub's map frame: it loads once and then follows the filter.

    The page fetches ``layers_url?query`` (the JSON of ``layers_json``) at its start, and again on a
    message ``{qs: "..."}`` from the page around it, keeping zoom and place; ``{focus: rank}`` opens
    that hotspot. It answers each change with a message ``{aim: "map-updated", hotspots: n}``, or
    ``{aim: "map-failed"}`` and visible words.

    Parameters
    ----------
    wards
        ``ward_code``, ``ward_name``, polygons in EPSG:27700; None where no set is loaded.
    layers_url
        Address of the JSON, on the same host.
    query
        The filter at the start, without question mark.
    stamp
        Printed under the map.
    assets, nonce
        As for ``render_page``.
    title
        The page's name.
    chosen
        Codes of the wards the map opens on.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    CrsError
        The wards are not in EPSG:27700.

    Examples
    --------
    >>> page = live_map_page(None, layers_url="/map/layers", nonce="abc")
    >>> "/map/layers" in page, "<script>" in page
    (True, False)
    """
    config = {
        "wards": ward_features(wards),
        "parents": parent_features(None),
        "layers": None,
        "url": layers_url,
        "query": query,
        "bounds": _bounds(wards, None, None, chosen),
    }
    dress = Dress(title=title, marks=marks_of(stamp), framed=True)
    return render_page(_hub_map(config, dress), assets=assets, nonce=nonce)


def _hub_map(config: dict[str, Any], dress: Dress) -> folium.Map:
    west, south, east, north = config["bounds"]
    folium_map = folium.Map(
        location=((south + north) / 2, (west + east) / 2),
        zoom_start=12,
        tiles=None,
        control_scale=True,
        prefer_canvas=True,
        zoom_snap=0.25,
        zoom_delta=0.5,
    )
    folium_map.options["max_zoom"] = 19  # Leaflet takes it from tiles, and there are none
    folium_map._id = "aim"  # noqa: SLF001 - Folium's random name would change the page's bytes
    HubFigure(dress).add_child(folium_map)
    HubLayers(config).add_to(folium_map)
    return folium_map


def _counts(wards: gpd.GeoDataFrame | None) -> dict[str, int] | None:
    if wards is None or "incidents" not in wards.columns:
        return None
    counts = wards.set_index("ward_code")["incidents"].fillna(0)
    return {str(code): int(count) for code, count in counts.items()}


def _bounds(
    wards: gpd.GeoDataFrame | None,
    hotspots: gpd.GeoDataFrame | None,
    incidents: pd.DataFrame | None,
    chosen: Sequence[str],
) -> list[float]:
    """Return west, south, east, north of what the map opens on, in degrees."""
    if wards is not None and not wards.empty:
        check_grid(wards, "wards")
        asked = wards[wards["ward_code"].isin(list(chosen))]
        return _box(wards if asked.empty else asked)
    if hotspots is not None and not hotspots.empty:
        return _box(hotspots)
    located = None if incidents is None else incidents.dropna(subset=["lon", "lat"])
    if located is not None and not located.empty:
        lon, lat = located["lon"], located["lat"]
        return [float(edge) for edge in (lon.min(), lat.min(), lon.max(), lat.max())]
    return list(GREAT_BRITAIN)


def _box(frame: gpd.GeoDataFrame) -> list[float]:
    west, south, east, north = frame.total_bounds
    # The grid is turned against the meridians: all four corners are needed.
    lon, lat = to_degrees([west, west, east, east], [south, north, south, north])
    edges = (lon.min(), lat.min(), lon.max(), lat.max())
    return [round(float(edge), 6) for edge in edges]
