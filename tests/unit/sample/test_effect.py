"""The planted action, asked about as a person would: its place, its months, its effect."""

from datetime import date

import numpy as np
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.crs import to_degrees
from aim.model.filters import IncidentFilter
from aim.store import init_store, open_store
from aim.workflows.area_tables import AreaQuestion, area_table
from aim.workflows.effect import EffectQuestion, assess_effect

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    url = f"sqlite:///{(tmp_path_factory.mktemp('demo') / 'aim.db').as_posix()}"
    init_store(url)
    store = open_store(url)
    workflows.set_up_demo(store, LOCAL_ANALYST, lambda _: None)
    yield store
    store.close()


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


def test_the_demo_can_show_rates_at_once(demo):
    found = area_table(demo, LOCAL_ANALYST, IncidentFilter(), AreaQuestion("rates"))
    assert len(found.rows) == 20
    assert found.rows["people"].sum() > 0
