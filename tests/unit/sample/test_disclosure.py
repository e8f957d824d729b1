"""What a councillor of the sample borough sees under disclosure control."""

import pandas as pd
import pytest

import aim
from aim.access.disclosure import ALL_THEMES, Audience, K, count_grid, release_grid
from aim.model.types import read_taxonomy


@pytest.fixture(scope="module")
def counts(deliveries, checkout):
    wards = aim.read_wards(checkout / "layers" / "wards-2026.geojson")
    incidents = pd.concat([result.incidents for result in deliveries.values()])
    return count_grid(aim.assign_wards(incidents, wards), read_taxonomy())


@pytest.fixture(scope="module")
def released(counts):
    months = sorted(counts["month"].unique())[:-1]
    table, _ = release_grid(
        counts,
        wards=sorted(counts["ward_code"].unique()),
        months=months,
        taxonomy=read_taxonomy(),
        audience=Audience.COUNCILLOR,
    )
    return table


def test_nine_of_ten_routine_cells_are_seen_as_they_are(counts, released):
    routine = counts[(counts["sensitivity"] == "routine") & (counts["theme"] != ALL_THEMES)]
    exact = released[released["low"] == released["high"]].rename(columns={"period": "month"})
    seen = routine.merge(exact, on=["ward_code", "month", "theme", "sensitivity"])
    assert len(routine) > 1000
    assert (seen["low"] == seen["incidents"]).all()
    assert len(seen) >= 0.9 * len(routine)


def test_no_sensitive_cell_is_narrower_than_k(released):
    sensitive = released[released["sensitivity"] == "sensitive"]
    assert len(sensitive) > 1000
    assert (sensitive["high"] - sensitive["low"] >= K).all()
