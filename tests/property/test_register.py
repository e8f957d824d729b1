"""Promises of the register: identities are lasting, used once, and hang on no order."""

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.analysis import describe_register, trace_hotspots
from aim.model.hotspots import HotspotParameters, HotspotRun

spots = st.lists(
    st.tuples(st.integers(0, 30), st.sets(st.integers(0, 40), min_size=1, max_size=6)), max_size=4
)
histories = st.lists(spots, min_size=1, max_size=5)
quick = settings(max_examples=15)


def as_run(found):
    """Make a run of squares of 100 m; an incident belongs to the first that has it."""
    taken, rows, shapes = set(), [], []
    for rank, (x, incidents) in enumerate(found, 1):
        rows += [(f"i{one}", rank) for one in sorted(incidents - taken)]
        taken |= incidents
        shapes.append(shapely.box(30 * x, 0, 30 * x + 100, 100))
    facts = {
        "rank": range(1, len(found) + 1),
        "name": "Quay",
        "incidents": [max(1, len(incidents)) for _, incidents in found],
    }
    hotspots = gpd.GeoDataFrame(facts, geometry=shapes, crs="EPSG:27700")
    members = pd.DataFrame(rows, columns=["incident_id", "rank"])
    parameters = HotspotParameters(eps_m=50, min_samples=1)
    return HotspotRun(hotspots, members, hotspots[:0], parameters, 1)


def as_runs(history):
    return {f"{at:02d}": as_run(found) for at, found in enumerate(history)}


@quick
@given(histories)
def test_an_identity_is_used_once_a_period_and_every_hotspot_has_one(history):
    trace = trace_hotspots(as_runs(history))
    assert len(trace.sightings) == sum(map(len, history))
    assert not trace.sightings.duplicated(["period", "hotspot_id"]).any()
    assert set(trace.sightings["hotspot_id"]) == set(trace.places.index)
    assert trace.places["name"].is_unique


@quick
@given(histories)
def test_the_same_run_again_changes_no_identity_and_splits_nothing(history):
    trace = trace_hotspots(as_runs([*history, history[-1]]))
    last, again = (
        trace.sightings.loc[trace.sightings["period"] == period, "hotspot_id"].tolist()
        for period in trace.periods[-2:]
    )
    assert last == again
    known = trace.sightings["period"] == trace.periods[-1]
    assert "new" not in set(trace.sightings.loc[known, "known_by"])


@quick
@given(histories)
def test_what_comes_later_changes_nothing_earlier(history):
    runs = as_runs(history)
    whole = trace_hotspots(runs).sightings
    part = trace_hotspots({name: runs[name] for name in list(runs)[:-1]}).sightings
    pd.testing.assert_frame_equal(whole.head(len(part)), part)


@quick
@given(histories)
def test_the_register_counts_every_sighting_once(history):
    trace = trace_hotspots(as_runs(history))
    found = describe_register(trace).hotspots
    assert found["months_present"].sum() == len(trace.sightings)
    assert found["hotspot_id"].is_unique
    assert (found["first_seen"] <= found["last_seen"]).all()
    never = describe_register(trace, unobserved=trace.periods).hotspots
    assert set(never["class"]) <= {"none"}
