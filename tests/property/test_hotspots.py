"""Promises of a hotspot run for all inputs: order changes nothing, no incident is lost."""

import numpy as np
import pandas as pd
import pandas.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.analysis import cluster_hotspots
from aim.model.hotspots import HotspotParameters, HotspotRun


@st.composite
def incidents(draw: st.DrawFn) -> pd.DataFrame:
    """Draw incidents around a few places, some on one point, some without a position."""
    count = draw(st.integers(0, 120))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    centres = rng.uniform(0, 3000, (draw(st.integers(1, 5)), 2))
    spread = draw(st.sampled_from([0.0, 30.0, 150.0]))
    places = centres[rng.integers(0, len(centres), count)] + rng.normal(0, spread, (count, 2))
    places[rng.random(count) < 0.05] = np.nan
    return pd.DataFrame(
        {
            "incident_id": rng.permutation(count).astype("str"),
            "source": rng.choice(["police", "wardens"], count),
            "location_text": rng.choice(["Bow Lane", "Mill Road", ""], count),
            "easting": 449_000 + places[:, 0],
            "northing": 520_000 + places[:, 1],
        }
    )


parameters = st.builds(
    HotspotParameters,
    eps_m=st.sampled_from([50.0, 150.0]),
    min_samples=st.sampled_from([3, 8, "auto"]),
    split=st.booleans(),
)


@settings(max_examples=25)
@given(table=incidents(), asked=parameters, seed=st.integers(0, 2**32))
def test_row_order_changes_nothing_at_all(table, asked, seed):
    shuffled = table.sample(frac=1, random_state=seed % 2**32)
    run, again = cluster_hotspots(table, asked), cluster_hotspots(shuffled, asked)
    pandas.testing.assert_frame_equal(run.hotspots, again.hotspots)
    pandas.testing.assert_frame_equal(run.members, again.members)
    pandas.testing.assert_frame_equal(run.parents, again.parents)
    assert (run.warnings, run.facts) == (again.warnings, again.facts)


@settings(max_examples=40)
@given(table=incidents(), asked=parameters)
def test_every_incident_is_accounted_for_and_every_hotspot_has_a_core(table, asked):
    run = cluster_hotspots(table, asked)
    assert run.members["incident_id"].is_unique
    assert set(run.members["incident_id"]) <= set(table["incident_id"])
    sizes = run.members.groupby("rank").size()
    assert sizes.tolist() == run.hotspots["incidents"].tolist()
    assert sizes.is_monotonic_decreasing
    assert run.members.groupby("rank")["core"].any().all()
    assert run.hotspots["name"].is_unique
    assert_told_apart(run)


def assert_told_apart(run: HotspotRun) -> None:
    counted = ("in_hotspots", "between_parts", "on_single_places", "no_position")
    assert sum(run.facts[name] for name in counted) <= run.facts["incidents"]
    assert all(run.facts[name] >= 0 for name in counted)
    assert run.hotspots.geometry.is_valid.all()
    assert set(run.hotspots["parent"].dropna()) <= set(run.parents["parent"])
