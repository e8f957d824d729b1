"""How far incidents concentrate: worked values, and what no index may be read for."""

import math

import numpy as np
import pandas as pd
import pytest

from aim.analysis.concentration import (
    concentration_curve,
    generalised_gini,
    gini,
    measure_concentration,
    share_of_places,
)
from aim.errors import ParameterError

SERIES = [22, 18, 17, 12, 11, 8, 6, 3, 2, 1]


@pytest.mark.parametrize(
    ("counts", "plain", "general"),
    [
        ([10, 8, 2, *[0] * 7], 0.78, 0.78),
        ([5, 2, 1, *[0] * 7], 0.80, 0.75),
        ([10, *[0] * 9], 0.90, 0.90),
        # The vignette of the R package prints .58 here; its own formula gives .56.
        ([3, 1, 1, *[0] * 7], 0.78, 0.56),
        ([1] * 5 + [0] * 5, 0.50, 0.00),
        (SERIES, 0.392, 0.392),
        ([4, 4, 4], 0, 0),
    ],
)
def test_worked_values_hold_in_any_order(counts, plain, general):
    shuffled = np.random.default_rng(1).permutation(counts)
    assert gini(shuffled) == pytest.approx(plain, abs=1e-12)
    assert generalised_gini(shuffled) == pytest.approx(general, abs=1e-12)


def test_the_unbiased_index_is_one_where_one_place_has_all():
    assert generalised_gini([10, *[0] * 9], unbiased=True) == pytest.approx(1)
    assert generalised_gini([3, 0, 0, 0], unbiased=True) == pytest.approx(1)
    assert math.isnan(generalised_gini([1, 0], unbiased=True))


def test_three_of_ten_places_reach_half_and_two_a_quarter():
    curve = concentration_curve(SERIES)
    assert curve["incidents_share"].round(2).tolist()[:4] == [0, 0.22, 0.40, 0.57]
    assert curve["places_share"].tolist()[-1] == curve["incidents_share"].tolist()[-1] == 1
    assert share_of_places(SERIES) == 0.3
    assert share_of_places(SERIES, 0.25) == 0.2


def test_a_share_that_is_just_met_is_met():
    assert share_of_places([1] * 10, 0.3) == 0.3
    assert share_of_places([1] * 10, 0.31) == 0.4


def test_nothing_concentrates_nowhere():
    for measure in (gini, generalised_gini, share_of_places):
        assert math.isnan(measure([0, 0]))
    assert "no incident" in measure_concentration([0, 0]).warnings[0]


def test_fewer_incidents_than_places_bring_a_warning():
    found = measure_concentration([5, 2, 1, *[0] * 7])
    assert (found.places, found.incidents, found.half, found.quarter) == (10, 8, 0.1, 0.1)
    assert (found.gini, found.generalised_gini) == pytest.approx((0.8, 0.75))
    assert "fewer incidents (8) than places (10)" in found.warnings[0]
    assert not measure_concentration([2, 0]).warnings


@pytest.mark.parametrize("counts", [[-1, 2], [np.nan, 1], [[1, 2]]])
def test_what_is_no_count_is_refused(counts):
    with pytest.raises(ParameterError, match="`counts` must be"):
        gini(counts)


def test_a_share_beyond_all_is_refused_and_so_is_no_place():
    with pytest.raises(ParameterError, match="`share`"):
        share_of_places([1], 1)
    with pytest.raises(ParameterError, match="at least one place"):
        measure_concentration([])


@pytest.mark.real_data
def test_street_points_of_a_real_month_concentrate_no_less_than_published_streets(real_data):
    published = pd.read_csv(real_data / "oracles" / "crime_concentration_published.csv")
    month = pd.read_csv(real_data / "police" / "cleveland" / "2018-10-cleveland-street.csv.gz")
    counts = month.groupby(["Longitude", "Latitude"]).size()
    # Points without any incident that month are not in the file: shares are of points in use.
    used = {50: share_of_places(counts), 25: share_of_places(counts, 0.25)}
    for percent, share in used.items():
        rows = published[published["pct_of_crime"] == percent]
        assert 100 * share > rows["pct_units_low"].min()
    assert used[25] < used[50] / 2 < 0.2
