"""Wide clusters with their parts, and bursts in time: what else there is to a list of hotspots."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from aim.access import hide_sensitive_words, reach_of, require
from aim.analysis import Bursts, HotspotTree, find_bursts, hotspot_tree
from aim.config import Settings
from aim.exports import Listing, text_table
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.people import Action, Actor
from aim.model.words import say_counts, say_moment
from aim.store import Store
from aim.workflows.files import hand_out
from aim.workflows.hotspots import searched
from aim.workflows.searching import taking_part
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile
from aim.workflows.words import run_notes, say_filter, say_number


def hotspot_parts(
    store: Store, actor: Actor, wanted: IncidentFilter, parameters: HotspotParameters
) -> tuple[HotspotRun, HotspotTree]:
    """Find hotspots, and nest them below the wide clusters they were split from.

    Parameters
    ----------
    wanted
        The filter; its wards choose nothing here, since a wide cluster may cross them.
    """
    require(actor, Action.VIEW)
    reach, selection = reach_of(actor), wanted.without_wards()
    run = searched(store, reach, selection, parameters)
    incidents = taking_part(store, reach, selection, parameters)[0]
    return run, hotspot_tree(incidents, run, data_version=store.data_version())


def parts_text(run: HotspotRun, found: HotspotTree, wanted: IncidentFilter) -> str:
    """Return hotspots as a nested list for a terminal."""
    lines = [f"{'    ' * row['depth']}{_say(row)}" for row in found.tree.to_dict("records")]
    head = run_notes(run, wanted.without_wards())
    return "\n".join((*head, "", *(lines or ["No hotspots found."]), ""))


def _say(row: Mapping[Any, Any]) -> str:
    count = say_number(row["incidents"], "incident", "incidents")
    size = f"{count}, radius {row['radius_m']:.0f} m"
    if pd.notna(row["rank"]):
        return f"{row['rank']}  {row['name']}: {size}"
    sees = say_number(row["hdbscan_parts"], "place", "places")
    lost = f"{row['between_parts']:,} in none of its parts"
    return f"Cluster {row['label']}: {size}; {lost}; HDBSCAN sees {sees} here"


def export_parts(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the nested list to a file."""
    require(actor, Action.EXPORT)
    run, found = hotspot_parts(store, actor, wanted, parameters)
    listing = Listing(
        "Hotspots and their parts",
        found.tree,
        stamp_of(store, actor, wanted, settings, made=made, feeds=run.facts["feeds"]),
        notes=run_notes(run, wanted.without_wards()),
        parameters=run.parameters.as_dict() | {"min_samples_used": run.min_samples},
        name="parts",
        facts={
            "filter": wanted.words(),
            "data_version": found.data_version,
            "hdbscan": dict(found.parameters),
        },
    )
    return hand_out(store, actor, listing, wanted, "hotspot-parts", file_format)


def bursts(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    *,
    within_days: int,
) -> Bursts:
    """Find places where incidents came close together in time too.

    Parameters
    ----------
    wanted
        The filter; its wards then choose bursts, as they choose hotspots.
    parameters
        Its eps and number count.
    within_days
        How many days apart two incidents may be.

    Raises
    ------
    ParameterError
        All incidents are known only to their month.
    """
    require(actor, Action.VIEW)
    reach, selection = reach_of(actor), wanted.without_wards()
    wards = store.wards(reach, ward_set=wanted.ward_set)
    incidents = taking_part(store, reach, selection, parameters)[0]
    return find_bursts(
        hide_sensitive_words(incidents),
        eps_m=parameters.eps_m,
        eps_days=within_days,
        min_samples=parameters.min_samples,
        wards=wards if len(wards) else None,
        data_version=store.data_version(),
    )


def listed_bursts(found: Bursts, wanted: IncidentFilter) -> gpd.GeoDataFrame:
    """Return the bursts of the wards asked for; ranks stay."""
    asked = set(wanted.wards)
    shown = [not asked or bool(asked & set(str(codes).split())) for codes in found.bursts["wards"]]
    listed: gpd.GeoDataFrame = found.bursts[np.array(shown, dtype=np.bool_)]
    return listed


def bursts_text(found: Bursts, wanted: IncidentFilter) -> str:
    """Return bursts as plain text for a terminal."""
    rows = listed_bursts(found, wanted)
    if rows.empty:
        return "\n".join((*burst_notes(found, wanted), "", "No bursts found.", ""))
    plain = pd.DataFrame(
        {
            "rank": rows["rank"],
            "place": rows["name"],
            "incidents": rows["incidents"],
            "from": rows["first_seen"].map(say_moment),
            "to": rows["last_seen"].map(say_moment),
            "sources": rows["by_source"].map(say_counts),
            "wards": rows["ward_names"],
        }
    )
    return "\n".join((*burst_notes(found, wanted), "", text_table(plain)))


def burst_notes(found: Bursts, wanted: IncidentFilter) -> tuple[str, ...]:
    """Return how bursts were found, and what took no part, as lines."""
    asked = found.parameters
    auto = " (auto)" if asked["min_samples"] == "auto" else ""
    near = f"{asked['eps_m']:g} m and {say_number(asked['eps_days'], 'day', 'days')}"
    counts = f"{found.facts['taking_part']:,} incidents took part, {found.facts['in_bursts']:,}"
    return (
        f"Within {near} of one another, {found.min_samples} incidents or more{auto}.",
        f"{say_filter(wanted, {})}: {counts} are in bursts.",
        *found.warnings,
    )


def export_bursts(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    within_days: int,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the bursts to a file."""
    require(actor, Action.EXPORT)
    found = bursts(store, actor, wanted, parameters, within_days=within_days)
    listing = Listing(
        "Bursts",
        listed_bursts(found, wanted),
        stamp_of(store, actor, wanted, settings, made=made),
        notes=burst_notes(found, wanted),
        parameters=dict(found.parameters) | {"min_samples_used": found.min_samples},
        name="bursts",
        facts={
            "filter": wanted.words(),
            "data_version": found.data_version,
            **found.facts,
        },
    )
    return hand_out(store, actor, listing, wanted, "bursts", file_format)
