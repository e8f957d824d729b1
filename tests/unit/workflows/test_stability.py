"""How well hotspots stand, and what they are parts of, as pages say it."""

from dataclasses import replace

import pandas as pd
import pytest

from aim import workflows
from aim.analysis import cluster_hotspots
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING
from aim.workflows.part_words import say_parent
from aim.workflows.significance import with_kept_test
from aim.workflows.stability_words import say_stability, stability_of, why_stability

SIX = HotspotParameters(min_samples=6)


@pytest.fixture
def tested(hub):
    test = workflows.StabilityTest(resamples=9, seed=2)
    run = workflows.find_hotspots(
        hub.store, hub.actor, IncidentFilter(), SIX, save=True, judges=[test]
    )
    return hub, run


def test_people_read_a_word_and_analysts_the_counts(tested):
    _, run = tested
    assert stability_of(run, 1).startswith("Solid: it is found again")
    name, told = why_stability(run, 1)[0]
    assert name == "How it stands"
    assert "8 of 8 searches with other settings and in 9 of 9" in told
    assert "9 with resampled incidents, seed 2" in say_stability(run)[0]
    assert run.hotspots["stability"].tolist() == ["solid", "solid"]


def test_what_was_kept_is_shown_again_where_the_same_is_asked(tested):
    hub, run = tested
    again = workflows.find_hotspots(hub.store, hub.actor, IncidentFilter(), SIX)
    assert stability_of(again, 1) == ""
    assert why_stability(again, 1) == say_stability(again) == ()
    kept = with_kept_test(hub.store, EVERYTHING, again)
    assert kept.facts["stability"] == run.facts["stability"]
    other = workflows.find_hotspots(
        hub.store, hub.actor, IncidentFilter(), replace(SIX, min_samples=7)
    )
    assert "stability" not in with_kept_test(hub.store, EVERYTHING, other).facts


def test_the_page_of_a_hotspot_says_how_it_stands(tested):
    hub, run = tested
    hotspot = str(run.hotspots["hotspot_id"].iloc[0])
    view = workflows.hotspot_view(hub.store, hub.actor, hotspot, hub.settings)
    facts = dict(view.row.why)
    assert facts["Does it stand firm?"].startswith("Solid")
    assert facts["How it stands"].startswith("solid: found again in 8 of 8")


def wide_run():
    x = [*range(9), *range(48, 610, 40), *range(648, 656)]
    incidents = pd.DataFrame({"easting": 449_000.0 + pd.Series(x), "northing": 520_000.0})
    return cluster_hotspots(incidents, HotspotParameters(eps_m=60, min_samples=3))


def test_a_part_names_the_wider_cluster_and_its_other_parts():
    run = wide_run()
    parts = run.hotspots.to_dict("records")
    (told,) = say_parent(run, parts[0])
    assert told[0] == "Part of"
    assert told[1] == f"A wider cluster of 32 incidents, with {parts[1]['name']} (8)"
    alone = replace(run, hotspots=run.hotspots.iloc[:1])
    assert say_parent(alone, parts[0])[0][1].endswith("of which it is the densest part")
    assert say_parent(run, {"rank": 1, "parent": None}) == ()
