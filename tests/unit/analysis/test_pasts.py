"""The past of places: windows that are whole, outages left out, words only where months suffice."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from aim.analysis.pasts import LEAST_STEPS, follow_places, judge_places
from aim.errors import ParameterError
from aim.model.hotspots import HotspotParameters

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
PLAIN = HotspotParameters(eps_m=50, min_samples=3, split=False)
AREA_M2 = 9e6


def told(counts, *, elsewhere=4):
    """Return incidents in a place, so many a month, and scattered ones, as many every month."""
    rows = [
        (month, 449000.0 + 9 * (number % 4), 520000.0)
        for month, count in zip(MONTHS, counts, strict=False)
        for number in range(count)
    ]
    rows += [
        (month, 446500.0 + 400 * number, 521500.0 + 100 * at)
        for at, month in enumerate(MONTHS[: len(counts)])
        for number in range(elsewhere)
    ]
    months, east, north = zip(*rows, strict=True)
    ids = [f"i{number:04d}" for number in range(len(rows))]
    frame = pd.DataFrame({"incident_id": ids, "easting": east, "northing": north})
    return frame, pd.Series(months)


PLACE = gpd.GeoSeries({"Quay": shapely.box(448990, 519990, 449040, 520010)}, crs="EPSG:27700")


def judged(counts, steps=MONTHS, **options):
    incidents, months = told(counts)
    options = {"area_m2": AREA_M2, "window": 3} | options
    return judge_places(PLACE, incidents, months, steps=steps[: len(counts)], **options)


def test_only_months_with_a_whole_window_are_judged():
    past = judged([3] * 12)
    assert past.hot.columns.tolist() == MONTHS[2:]
    assert past.counts.columns.tolist() == MONTHS
    assert past.classes["Quay"] == "persistent"


def test_months_before_the_first_step_make_its_window_whole():
    past = judged([3] * 12, steps=MONTHS)
    later = judge_places(PLACE, *told([3] * 12), steps=MONTHS[2:], area_m2=AREA_M2, window=3)
    assert later.hot.columns.tolist() == past.hot.columns.tolist()
    assert later.counts.columns.tolist() == MONTHS[2:]


def test_no_word_where_too_few_months_were_judged():
    enough = LEAST_STEPS + 2
    assert judged([3] * enough).classes["Quay"] == "persistent"
    assert judged([3] * (enough - 1)).classes["Quay"] == ""


def test_a_place_of_late_is_consecutive_and_one_of_the_newest_month_new():
    assert judged([0] * 8 + [4] * 4).classes["Quay"] == "consecutive"
    assert judged([0] * 11 + [6]).classes["Quay"] == "new"


def test_a_place_that_ended_is_none_and_keeps_its_counts():
    past = judged([4] * 6 + [0] * 6)
    assert past.classes["Quay"] == "none"
    assert past.counts.loc["Quay"].tolist() == [4] * 6 + [0] * 6


def test_an_outage_is_left_out_and_windows_reach_past_it():
    counts = [4] * 12
    counts[6] = 0
    past = judged(counts, unobserved=[MONTHS[6]])
    assert MONTHS[6] not in past.hot.columns
    assert past.unobserved == (MONTHS[6],)
    assert past.counts.loc["Quay", MONTHS[6]] == 0
    assert past.classes["Quay"] == judged([4] * 11, steps=MONTHS).classes["Quay"]


def followed(counts, **options):
    incidents, months = told(counts)
    options = {"steps": MONTHS[: len(counts)], "area_m2": AREA_M2, "window": 3} | options
    return follow_places(incidents, months, PLAIN, **options)


def test_a_place_keeps_one_identity_through_all_searches():
    found = followed([3] * 12)
    assert found.register.hotspots["months_present"].tolist() == [12]
    assert found.trace.sightings["known_by"].unique().tolist() == ["new", "members"]
    assert list(found.runs) == MONTHS
    assert found.register.hotspots["class"].tolist() == found.pasts.classes.tolist()


def test_each_search_takes_the_months_of_its_window_and_no_more():
    sizes = [run.facts["incidents"] for run in followed([3] * 6).runs.values()]
    assert sizes == [7, 14, 21, 21, 21, 21]


def test_where_nothing_is_dense_nobody_is_followed():
    found = followed([1] * 6, window=1)
    assert found.register.hotspots.empty
    assert found.pasts.classes.empty


def test_a_window_is_at_least_a_month():
    with pytest.raises(ParameterError, match="`window` must be at least 1, found 0"):
        followed([3] * 3, window=0)
