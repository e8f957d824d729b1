"""Maps: one file for a USB stick, or the live frame of the hub page."""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd

from aim.access import hide_sensitive_places, reach_of, require
from aim.config import Settings
from aim.errors import ExportError
from aim.maps import asset_folders, build_map, layers_json, live_map_page, render_page
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.people import Action, Actor, Reach
from aim.store import Store
from aim.workflows.counting import count_by, counted_incidents
from aim.workflows.hotspots import find_hotspots
from aim.workflows.stamps import stamp_of
from aim.workflows.words import run_notes, say_filter, say_number

__all__ = ["asset_folders", "copy_map_assets", "live_map", "map_file", "map_layers"]

# What a map may carry of an incident: no free text, no reference.
MAPPED = (
    "incident_id",
    "source",
    "feed",
    "incident_type",
    "sensitivity",
    "occurred_from",
    "occurred_to",
    "time_precision",
    "easting",
    "northing",
    "lon",
    "lat",
    "place_precision",
    "location_text",
)


def map_file(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    assets: str | None = None,
) -> str:
    """Return a Folium map of a filter as one page.

    Parameters
    ----------
    assets
        The folder or address the page finds its scripts and styles under; None puts them in the
        page itself, so that it opens anywhere.
    """
    require(actor, Action.EXPORT)
    run = find_hotspots(store, actor, wanted, parameters)
    title = f"Hotspots: {say_filter(wanted, {})}"
    folium_map = build_map(
        run.hotspots,
        _points(store, reach_of(actor), wanted),
        _counted_wards(store, actor, wanted),
        stamp=stamp_of(store, actor, wanted, settings, feeds=run.facts["feeds"]),
        parents=run.parents,
        title=title,
        headline=_headline(run, wanted),
        notes=run_notes(run, wanted),
        chosen=wanted.wards,
    )
    return render_page(folium_map, assets=assets or "", self_contained=assets is None, title=title)


def copy_map_assets(folder: Path) -> None:
    """Write the scripts and styles of a map into a folder beside it.

    Raises
    ------
    ExportError
        The folder cannot be written.
    """
    try:
        for name, origin in asset_folders().items():
            shutil.copytree(
                origin,
                folder / name,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("*.map", "*-src*", "*.esm.js"),
            )
    except OSError as error:
        raise ExportError(
            f"The map's scripts were to be written to {folder}; found: {error}. Use"
            " --self-contained, or name another place."
        ) from error


def live_map(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    query: str,
    layers_url: str,
    assets: str = "/vendor",
    nonce: str | None = None,
) -> str:
    """Return the map frame of the hub page; it asks ``layers_url`` for what to draw.

    Parameters
    ----------
    query
        Filter and parameter words of the first drawing, as the query part of an address.
    """
    require(actor, Action.VIEW)
    return live_map_page(
        store.wards(reach_of(actor), ward_set=wanted.ward_set),
        layers_url=layers_url,
        query=query,
        stamp=stamp_of(store, actor, wanted, settings),
        assets=assets,
        nonce=nonce,
        chosen=wanted.wards,
    )


def map_layers(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
) -> bytes:
    """Return what the live map draws for a filter, as JSON bytes."""
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    run = find_hotspots(store, actor, wanted, parameters)
    return layers_json(
        run.hotspots,
        _points(store, reach, wanted),
        _ward_counts(store, reach, wanted),
        headline=_headline(run, wanted),
        chosen=wanted.wards,
    )


def _headline(run: HotspotRun, wanted: IncidentFilter) -> str:
    return f"{say_number(len(run.hotspots), 'hotspot', 'hotspots')}: {say_filter(wanted, {})}"


def _points(store: Store, reach: Reach, wanted: IncidentFilter) -> pd.DataFrame:
    return hide_sensitive_places(
        counted_incidents(store, reach, wanted, columns=MAPPED, located_only=True)
    )


def _ward_counts(store: Store, reach: Reach, wanted: IncidentFilter) -> pd.Series:
    counts = count_by(store, reach, wanted, by=("ward_code",)).dropna(subset=["ward_code"])
    per_ward: pd.Series = counts.set_index("ward_code")["incidents"]
    return per_ward


def _counted_wards(store: Store, actor: Actor, wanted: IncidentFilter) -> gpd.GeoDataFrame | None:
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    if wards.empty:
        return None
    counts = wards["ward_code"].map(_ward_counts(store, reach, wanted))
    return wards.assign(incidents=counts.fillna(0).astype("int64"))
