from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aim.errors import ParameterError
from aim.model.crs import to_degrees, to_grid
from aim.model.incidents import (
    COLUMN_NAMES,
    check_incidents,
    conform_incidents,
    empty_incidents,
    empty_rejected,
)
from aim.model.people import EVERYTHING, NOTHING, Reach, Sensitivity
from aim.model.times import day_interval, local_hours, month_interval, next_month, read_day


@pytest.mark.parametrize(
    ("easting", "northing", "lat", "lon"),
    [
        (449000, 520000, 54.572851, -1.243559),
        (449500, 520500, 54.577295, -1.235741),
        (651409, 313177, 52.657977, 1.716038),
        (530000, 180000, 51.503991, -0.128354),
    ],
)
def test_published_positions_project_both_ways(easting, northing, lat, lon):
    found_lon, found_lat = to_degrees([easting], [northing])
    assert found_lon[0] == pytest.approx(lon, abs=1e-6)
    assert found_lat[0] == pytest.approx(lat, abs=1e-6)
    found = to_grid([lon], [lat])
    assert np.allclose(np.ravel(found), [easting, northing], atol=0.2)


def test_projection_keeps_order_and_missing_values():
    easting, northing = to_grid([-1.2, np.nan, -1.2], [54.5, 54.5, 54.5])
    assert np.isnan(easting[1])
    assert np.isnan(northing[1])
    assert easting[0] == easting[2]


def test_nothing_projects_to_nothing():
    assert [len(part) for part in to_grid([], [])] == [0, 0]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_days_of_a_month_fill_the_month(day):
    start, end = month_interval(f"{day:%Y-%m}")
    first_start, _ = day_interval(day.replace(day=1))
    next_start, _ = day_interval(next_month(day))
    assert (start, end) == (first_start, next_start)


@pytest.mark.parametrize("text", ["2026-13", "2026-4", "202604", "April", ""])
def test_a_month_that_is_none_is_refused(text):
    with pytest.raises(ParameterError, match="write it like 2026-04"):
        month_interval(text)


def test_a_day_that_is_none_is_refused_under_its_name():
    with pytest.raises(ParameterError, match="`until` must be a date"):
        read_day("30/02/2026", "until")


def test_summer_hours_are_london_hours():
    moments = pd.Series(pd.to_datetime(["2026-01-01T12:00Z", "2026-07-01T12:00Z"]))
    assert local_hours(moments).tolist() == [12, 13]


def test_an_incident_table_has_every_declared_column_in_order():
    rows = conform_incidents(pd.DataFrame({"source": ["wardens"], "lon": ["1.5"], "extra": [1]}))
    assert tuple(rows.columns) == COLUMN_NAMES
    assert rows["lon"].tolist() == [1.5]
    assert rows["description"].isna().all()


def test_empty_tables_are_empty():
    assert len(empty_incidents()) == len(empty_rejected()) == 0


def test_missing_columns_are_all_named():
    with pytest.raises(ParameterError, match="lacks easting, northing"):
        check_incidents(pd.DataFrame({"lon": [1]}), ["easting", "northing", "lon"])


REACHES = st.builds(
    Reach,
    agencies=st.none() | st.frozensets(st.sampled_from("ab")),
    sources=st.none() | st.frozensets(st.sampled_from("cd")),
    wards=st.none() | st.frozensets(st.sampled_from("ef")),
    sensitivities=st.none() | st.frozensets(st.sampled_from(Sensitivity)),
    free_text=st.booleans(),
)


@given(REACHES)
def test_every_reach_lies_between_nothing_and_everything(reach):
    assert reach.narrows(EVERYTHING)
    assert reach.narrows(reach)


@given(REACHES, REACHES, REACHES)
def test_narrowing_carries_over(one, two, three):
    if one.narrows(two) and two.narrows(three):
        assert one.narrows(three)


def test_nothing_reaches_no_agency():
    assert NOTHING.agencies == frozenset()
    assert not EVERYTHING.narrows(NOTHING)
