"""The register on the sample: identities that last, classes that fit, an action that worked."""

from itertools import pairwise

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import aim
from aim.analysis import (
    cluster_hotspots,
    count_in_places,
    describe_register,
    measure_histories,
    suggest_controls,
    trace_hotspots,
    weighted_displacement_difference,
)
from aim.model.hotspots import HotspotParameters
from aim.model.times import local_months

pytestmark = pytest.mark.slow
# A planted hotspot has some three incidents a month: half a year shows it.
WINDOW = 6


@pytest.fixture(scope="module")
def wards(checkout):
    return aim.read_wards(checkout / "layers" / "wards-2026.geojson")


@pytest.fixture(scope="module")
def incidents(deliveries, wards):
    """Every incident with a position inside the wards, from June 2024 to May 2026."""
    told = pd.concat([result.incidents for result in deliveries.values()], ignore_index=True)
    told = told.assign(month=local_months(told["occurred_from"])).dropna(subset=["easting"])
    inside = shapely.intersects_xy(wards.union_all(), told["easting"], told["northing"])
    return told[inside & told["month"].between("2024-06", "2026-05")].reset_index(drop=True)


@pytest.fixture(scope="module")
def trace(incidents, wards):
    months = sorted(incidents["month"].unique())
    spans = {month: months[max(0, at - WINDOW + 1) : at + 1] for at, month in enumerate(months)}
    runs = {
        month: cluster_hotspots(
            incidents[incidents["month"].isin(span)], HotspotParameters(), wards=wards
        )
        for month, span in spans.items()
    }
    return runs, trace_hotspots(runs)


@pytest.fixture(scope="module")
def identities(trace, truth):
    """The identity of each planted hotspot in each run that found it."""
    runs, traced = trace
    names = traced.sightings.set_index(["period", "rank"])["hotspot_id"]
    found = {}
    for plant in truth["hotspots"]:
        centre = shapely.Point(plant["easting"], plant["northing"])
        found[plant["id"]] = [
            names[(month, rank)]
            for month, run in runs.items()
            for rank in run.hotspots.loc[run.hotspots.contains(centre), "rank"].head(1)
        ]
    return found


def classes(trace, incidents, wards, unobserved):
    area_m2 = shapely.area(wards.union_all())
    told = measure_histories(
        trace.places.geometry,
        incidents,
        incidents["month"],
        area_m2=area_m2,
        window=WINDOW,
        unobserved=unobserved,
    )
    register = describe_register(trace, histories=told, unobserved=unobserved)
    return register.hotspots.set_index("hotspot_id")["class"]


def test_identities_survive_from_month_to_month(identities):
    steps = [pair for ones in identities.values() for pair in pairwise(ones)]
    assert len(steps) > 80
    assert sum(one == other for one, other in steps) >= 0.95 * len(steps)


def test_planted_histories_get_their_class(trace, incidents, wards, truth, identities):
    given = classes(trace[1], incidents, wards, [truth["outage"]["month"]])
    acted = truth["intervention"]["hotspot"]
    right = {
        "persistent": {"persistent", "intensifying", "diminishing"},
        "new": {"new", "consecutive"},
        "fading": {"none", "historical", "diminishing"},
    }
    planted = [one for one in truth["hotspots"] if one["kind"] in right and one["id"] != acted]
    wrong = {
        one["id"]: given[identities[one["id"]][-1]]
        for one in planted
        if given[identities[one["id"]][-1]] not in right[one["kind"]]
    }
    assert len(wrong) <= 1, wrong
    gone, come = (
        given[identities[one["id"]][-1]] for one in truth["hotspots"] if one["kind"] == "moving"
    )
    assert gone in right["fading"]
    assert come == "consecutive"


def test_the_outage_changes_no_class(trace, incidents, wards, truth):
    runs, _ = trace
    month = truth["outage"]["month"]
    until, before = (
        {name: run for name, run in runs.items() if keep(name, month)}
        for keep in (str.__le__, str.__lt__)
    )
    given, earlier = (
        classes(
            trace_hotspots(some, unobserved=[month]),
            incidents[incidents["month"].isin(list(some))],
            wards,
            [month],
        )
        for some in (until, before)
    )
    assert given[earlier.index].to_dict() == earlier.to_dict()


def test_the_action_s_effect_is_inside_its_interval_beside_a_good_control(incidents, truth):
    planted = {one["id"]: one for one in truth["hotspots"]}
    centres = {
        name: shapely.Point(one["easting"], one["northing"]) for name, one in planted.items()
    }
    ground = gpd.GeoSeries(centres, crs="EPSG:27700").buffer(200)
    act = truth["intervention"]
    counts = count_in_places(ground, incidents, incidents["month"])
    start = act["from"][:7]
    earlier = counts[[month for month in counts.columns if month < start]].T
    suggested = suggest_controls(
        earlier, act["hotspot"], shapes=ground, unobserved=[truth["outage"]["month"]]
    )
    control = suggested["place"].iloc[0]
    assert control in act["controls"]
    spans = [(act[name][0][:7], act[name][1][:7]) for name in ("before", "after")]
    treated, other = (
        tuple(
            counts.loc[name, (counts.columns >= since) & (counts.columns < until)].sum()
            for since, until in spans
        )
        for name in (act["hotspot"], control)
    )
    found = weighted_displacement_difference(treated, other)
    rows = planted[act["hotspot"]]["located"]
    months = len(counts.columns)
    # What the plant would have brought in the eight months after, times its effect.
    expected = act["effect"] * rows / (16 + 8 * (1 + act["effect"])) * 8
    assert months == 24
    assert found.low <= expected <= found.high
