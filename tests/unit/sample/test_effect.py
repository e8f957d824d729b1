"""The planted action, asked about as a person would: its place, its months, its effect."""

import re
from datetime import date

import numpy as np
import pytest
from shapely import Point

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.crs import to_degrees
from aim.model.filters import IncidentFilter, read_filter
from aim.workflows.area_tables import AreaQuestion, area_table
from aim.workflows.effect import EffectQuestion, assess_effect

pytestmark = pytest.mark.slow


def square(place, reach_m):
    lon, lat = to_degrees(
        place["easting"] + np.array([-reach_m, reach_m]),
        place["northing"] + np.array([-reach_m, reach_m]),
    )
    return f"{lon[0]:.6f},{lat[0]:.6f},{lon[1]:.6f},{lat[1]:.6f}"


@pytest.mark.parametrize("types", [(), ("asb",)])
def test_the_planted_effect_lies_in_the_interval_beside_a_good_control(demo, truth, types):
    act = truth["intervention"]
    planted = {one["id"]: one for one in truth["hotspots"]}
    place = planted[act["hotspot"]]
    since, until = (date.fromisoformat(day) for day in act["after"])
    wanted = IncidentFilter(types=types, since=since, until=until)
    asked = EffectQuestion(
        square(place, place["radius_m"]), wanted, before=act["before"][0], displacement_m=0
    )
    found = assess_effect(demo, LOCAL_ANALYST, asked)
    assert found.against in {planted[name]["street"] for name in act["controls"]}
    # What the plant would have brought in the eight months after, times its effect.
    expected = act["effect"] * place["located"] / (16 + 8 * (1 + act["effect"])) * 8
    assert found.assessment.difference.low <= expected <= found.assessment.difference.high


def test_the_planted_action_reviews_itself_with_the_warning_of_its_peak(demo, truth):
    act = truth["intervention"]
    place = next(one for one in truth["hotspots"] if one["id"] == act["hotspot"])
    since, until = act["before"]
    run = workflows.find_hotspots(
        demo, LOCAL_ANALYST, read_filter({"since": since, "until": until}), save=True
    )
    at = run.hotspots["geometry"].contains(Point(place["easting"], place["northing"])).to_list()
    words = {
        "title": "What was done there",
        "site": f"hotspot:{run.hotspots['hotspot_id'].iloc[at.index(True)]}",
        "partners": "council",
        "types": "asb",
        "months": "8",
        "target": "5",
        "owner": LOCAL_ANALYST.id,
        "agency": "wardens",
        "resource": "Patrols",
        "cost": "0",
        "priority": "Nights",
        "start": until,
        "due": "2025-12-01",
        "review": act["after"][1],
    }
    kept = workflows.draft_action(demo, LOCAL_ANALYST, words)
    agreed_on, reviewed_on = date.fromisoformat(until), date.fromisoformat(act["after"][1])
    for to in ("agreed", "under way", "done", "reviewed"):
        today = reviewed_on if to == "reviewed" else agreed_on
        kept = workflows.move_action(
            demo, LOCAL_ANALYST, kept.key, to, version=kept.version, today=today, words="So."
        )
    assert (str(kept.what.baseline.since), str(kept.what.baseline.until)) == (since, until)
    outcome, effect = kept.what.measured
    assert "in October 2025 to May 2026" in outcome
    low, high = map(int, re.search(r"from (\d+) fewer to (\d+) more", effect).groups())
    expected = act["effect"] * place["located"] / (16 + 8 * (1 + act["effect"])) * 8
    assert -low <= expected <= high
    assert any("was picked because it stood out" in one for one in kept.what.doubts)


def test_the_demo_can_show_rates_at_once(demo):
    found = area_table(demo, LOCAL_ANALYST, IncidentFilter(), AreaQuestion("rates"))
    assert len(found.rows) == 20
    assert found.rows["people"].sum() > 0
