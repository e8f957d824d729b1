"""Which sources see a hotspot, each on its own or only together."""

from dataclasses import replace
from datetime import date

import pytest

from aim.access import reach_of
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Actor, Role
from aim.workflows.hotspots import find_hotspots
from aim.workflows.pages import hotspot_rows, hotspot_view, hub_view
from aim.workflows.seen_by import FACT, say_seen, with_sources

# Six reports a month of Alder, two of three the police's: of five both, of fifteen only together.
YEAR = IncidentFilter(since=date(2025, 1, 1), until=date(2025, 11, 1))


def seen(hub, number, wanted=YEAR, actor=None):
    who = actor or hub.actor
    run = find_hotspots(
        hub.store, who, wanted, HotspotParameters(min_samples=number), judges=[with_sources]
    )
    return {
        name: (run.facts[FACT][str(rank)], say_seen(run, rank))
        for rank, name in zip(run.hotspots["rank"], run.hotspots["name"], strict=True)
    }


def test_what_each_source_finds_in_its_own_reports_is_said(sites):
    by_name = seen(sites, 10)
    facts, words = by_name["Birch Road"]
    assert facts == {"alone": ["police", "wardens"], "together": [], "only": ""}
    assert words == "police and wardens each see it on their own."
    assert by_name["Cedar Road"][1] == "police alone; no other source reports here."


@pytest.mark.slow
def test_a_source_too_thin_to_find_it_sees_it_only_together(sites):
    facts, words = seen(sites, 50)["Birch Road"]
    assert (facts["alone"], facts["together"]) == (["police"], ["wardens"])
    assert words == "police sees it on its own; wardens only together with others."
    assert seen(sites, 100)["Birch Road"][1] == (
        "No source sees it on its own: police and wardens only together."
    )


def test_the_ward_chosen_changes_nothing(sites):
    every, birch = seen(sites, 50), seen(sites, 50, replace(YEAR, wards=("B",)))
    assert birch == {"Birch Road": every["Birch Road"]}


def test_the_own_agency_is_all_an_officer_hears_of(sites):
    warden = Actor("w1", "wardens", frozenset({Role.OFFICER}))
    told = seen(sites, 10, actor=warden)
    assert told
    assert {words for _, words in told.values()} == {"wardens alone; no other source reports here."}


def test_why_says_it_on_the_hub_page(sites):
    few = HotspotParameters(min_samples=10)
    page = hub_view(sites.store, sites.actor, YEAR, few, sites.settings)
    told = {row.place: dict(row.why).get("Which sources see it") for row in page.hotspots}
    assert told["Birch Road"] == "police and wardens each see it on their own."


def test_why_of_a_saved_hotspot_says_it_too(filled_hub):
    hub, few = filled_hub, HotspotParameters(min_samples=5)
    saved = find_hotspots(hub.store, hub.actor, IncidentFilter(), few, save=True).hotspots
    view = hotspot_view(hub.store, hub.actor, saved["hotspot_id"].iloc[0], hub.settings)
    told = dict(view.row.why)["Which sources see it"]
    assert told == "norbeck-police alone; no other source reports here."


def test_a_run_that_was_not_looked_at_or_found_nothing_says_nothing(sites):
    run = find_hotspots(sites.store, sites.actor, YEAR, HotspotParameters(min_samples=10))
    assert "Which sources see it" not in dict(hotspot_rows(run, statistics=True)[0].why)
    nothing = find_hotspots(sites.store, sites.actor, YEAR, HotspotParameters(min_samples=5000))
    assert with_sources(sites.store, reach_of(sites.actor), YEAR, nothing) == nothing
