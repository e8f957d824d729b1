"""Default searches find what is planted in Norbeck, and hardly anything else.

*Found* means that the plant's centre lies in the hotspot's polygon and half the located rows of
the plant that took part are its members.
"""

import json
from dataclasses import dataclass

import pandas as pd
import pytest
import shapely

import aim
from aim.analysis import cluster_hotspots
from aim.model.hotspots import HotspotParameters

OTHER_SEEDS = (1, 2, 3, 4, 5)
# Plants that ended before the last twelve months, or nearly so.
OVER = {"P06", "P07", "P08"}


@dataclass(frozen=True)
class Sample:
    """A sample borough read: the incidents inside its wards and what is planted."""

    incidents: pd.DataFrame
    wards: object
    truth: dict


def read_sample(root):
    folder = root / "sample_data"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    read = []
    for file, facts in truth["files"].items():
        incidents = aim.read_feed(facts["feed"], folder / file).incidents
        read.append(incidents.assign(stood_in=[(file, row) for row in incidents.index]))
    wards = aim.read_wards(root / "layers" / "wards-2026.geojson")
    assigned = aim.assign_wards(pd.concat(read, ignore_index=True), wards)
    return Sample(assigned[assigned["ward_code"].notna()], wards, truth)


def recover(sample, parameters=None, since="2024-06-01", until="2026-07-01"):
    """Return the plants found, and how many of the hotspots found are planted and are not."""
    start, end = (pd.Timestamp(day, tz="Europe/London") for day in (since, until))
    occurred = sample.incidents["occurred_from"]
    incidents = sample.incidents[(occurred >= start) & (occurred < end)]
    run = cluster_hotspots(incidents, parameters or HotspotParameters(), wards=sample.wards)
    stood_in = incidents.set_index("incident_id")["stood_in"]
    members = run.members.assign(stood_in=run.members["incident_id"].map(stood_in))
    found, planted = set(), set()
    for plant in sample.truth["hotspots"]:
        rows = {(file, row) for file, rows in plant["rows"].items() for row in rows}
        rows &= set(stood_in)
        for rank in run.hotspots.loc[run.hotspots.covers(centre_of(plant)), "rank"]:
            planted.add(rank)
            inside = members.loc[members["rank"] == rank, "stood_in"].isin(rows).sum()
            found |= {plant["id"]} if rows and 2 * inside >= len(rows) else set()
    return found, len(planted), len(run.hotspots) - len(planted)


def centre_of(plant):
    return shapely.Point(plant["easting"], plant["northing"])


@pytest.fixture(scope="module")
def sample(checkout):
    return read_sample(checkout)


def test_a_default_search_finds_every_planted_hotspot_and_nothing_else(sample):
    found, _, unplanted = recover(sample)
    assert found == {plant["id"] for plant in sample.truth["hotspots"]}
    assert unplanted == 0


def test_the_last_twelve_months_show_what_is_still_going_on(sample):
    found, _, unplanted = recover(sample, since="2025-06-01", until="2026-06-01")
    assert found == {plant["id"] for plant in sample.truth["hotspots"]} - OVER
    assert unplanted == 0


def test_plain_dbscan_takes_the_headquarters_for_a_hotspot_and_the_default_does_not(sample):
    headquarters = centre_of(sample.truth["headquarters"])
    at_point = {}
    for split in (False, True):
        run = cluster_hotspots(sample.incidents, HotspotParameters(split=split), wards=sample.wards)
        at_point[split] = run.hotspots.covers(headquarters).sum()
    assert at_point == {False: 1, True: 0}


def test_the_default_search_warns_that_positions_are_snapped(sample):
    run = cluster_hotspots(sample.incidents, HotspotParameters(), wards=sample.wards)
    assert any("snapped" in warning for warning in run.warnings)


@pytest.mark.slow
@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_other_seeds_hold_the_same_promise(make_sample, seed):
    sample = read_sample(make_sample(seed))
    found, planted, unplanted = recover(sample)
    assert len(found) >= 0.9 * len(sample.truth["hotspots"])
    assert unplanted < 0.1 * (planted + unplanted)
