"""The events told twice in Norbeck are linked, and what only looks like them is not.

A link is right where the truth file names the pair. Councillors' rows have no position: their
street and ward stand for it, and their day makes them links for a person to confirm.
"""

import json

import pandas as pd
import pandas.testing
import pytest

import aim
from aim.feeds.linking import groups_of, link_incidents, mark_repeats

OTHER_SEEDS = (1, 2, 3, 4, 5)


def read_incidents(root):
    """Return the incidents of a sample with their wards, the names of the wards, the truth."""
    folder = root / "sample_data"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    read = []
    for file, facts in truth["files"].items():
        rows = aim.read_feed(facts["feed"], folder / file).incidents
        read.append(rows.assign(stood_in=[(file, row) for row in rows.index]))
    wards = aim.read_wards(root / "layers" / "wards-2026.geojson")
    incidents = aim.assign_wards(pd.concat(read, ignore_index=True), wards)
    return incidents, dict(zip(wards["ward_code"], wards["ward_name"], strict=True)), truth


def pairs_of(links):
    return {frozenset(pair) for pair in links[["incident_a", "incident_b"]].itertuples(index=False)}


def told_twice(incidents, truth):
    ids = incidents.set_index("stood_in")["incident_id"]
    return {
        frozenset(ids[[tuple(pair["first"]), tuple(pair["second"])]])
        for pair in truth["duplicates"]
    }


def judge(root):
    """Return the precision and the recall of the links of a sample."""
    incidents, ward_names, truth = read_incidents(root)
    linked = pairs_of(link_incidents(incidents, ward_names=ward_names))
    twice = told_twice(incidents, truth)
    right = len(linked & twice)
    return right / len(linked), right / len(twice)


@pytest.fixture(scope="module")
def sample(checkout):
    return read_incidents(checkout)


@pytest.fixture(scope="module")
def links(sample):
    incidents, ward_names, _ = sample
    return link_incidents(incidents, ward_names=ward_names)


def test_nine_in_ten_events_told_twice_are_linked_and_hardly_anything_else(sample, links):
    incidents, _, truth = sample
    linked, twice = pairs_of(links), told_twice(incidents, truth)
    assert len(linked & twice) >= 0.95 * len(linked)
    assert len(linked & twice) >= 0.90 * len(twice)


def test_links_of_clock_times_find_every_event_the_wardens_saw_too(sample, links):
    incidents, _, truth = sample
    certain = pairs_of(links[links["certain_time"]])
    ids = incidents.set_index("stood_in")["incident_id"]
    seen = {
        frozenset(ids[[tuple(pair["first"]), tuple(pair["second"])]])
        for pair in truth["duplicates"]
        if pair["second"][0].startswith("wardens")
    }
    assert seen <= certain


def test_no_row_at_another_time_or_of_another_type_is_taken_for_the_event(sample, links):
    incidents, _, truth = sample
    ids = incidents.set_index("stood_in")["incident_id"]
    lookalikes = {
        frozenset((ids[tuple(pair["first"])], ids[tuple(decoy["row"])]))
        for pair in truth["duplicates"]
        for decoy in pair["decoys"]
        if decoy["differs"] in {"time", "type"}
    }
    assert lookalikes.isdisjoint(pairs_of(links))


def test_without_the_names_of_wards_the_wardens_events_are_still_linked(sample):
    incidents, _, truth = sample
    linked, twice = pairs_of(link_incidents(incidents)), told_twice(incidents, truth)
    assert len(linked & twice) >= 0.95 * len(linked)
    assert len(linked & twice) >= 0.60 * len(twice)


def test_counting_once_leaves_out_one_row_a_link_and_counting_as_reported_none(sample, links):
    incidents, _, _ = sample
    once = mark_repeats(incidents, groups_of(links, links["score"] > 0))
    as_reported = mark_repeats(incidents, groups_of(links))
    assert once.sum() == len(links)
    assert as_reported.sum() == 0
    assert incidents.loc[~as_reported, "source"].value_counts().sum() == len(incidents)


def test_linking_again_gives_the_same_links_whatever_the_order(sample, links):
    incidents, ward_names, _ = sample
    shuffled = incidents.sample(frac=1, random_state=1)
    pandas.testing.assert_frame_equal(link_incidents(shuffled, ward_names=ward_names), links)


@pytest.mark.slow
@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_other_seeds_hold_the_same_promise(make_sample, seed):
    precision, recall = judge(make_sample(seed))
    assert precision >= 0.95
    assert recall >= 0.90
