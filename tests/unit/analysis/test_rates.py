"""Rates: exact intervals, published figures, and smoothing that knows when there is nothing."""

import pandas as pd
import pytest

from aim.analysis.rates import rates_per_1000, smooth_rates
from aim.errors import ParameterError


def test_the_interval_is_the_exact_one_of_the_count():
    found = rates_per_1000(pd.Series({"a": 12, "b": 0}), pd.Series({"b": 500, "a": 3000}))
    assert found.loc["a"].tolist() == pytest.approx([12, 3000, 4, 6.201 / 3, 20.962 / 3], abs=1e-3)
    assert found.loc["b"].tolist() == pytest.approx([0, 500, 0, 0, 2 * 3.689], abs=1e-3)
    assert rates_per_1000(pd.Series([12]), pd.Series([3000]), per=100)["rate"][0] == 0.4
    narrow = rates_per_1000(pd.Series([12]), pd.Series([3000]), alpha=0.5)
    assert found["low"]["a"] < narrow["low"][0] < 4 < narrow["high"][0] < found["high"]["a"]


def test_published_rates_are_recomputed():
    counts = pd.Series({"2007/08": 5175, "2008/09": 4968, "2010/11": 4578})
    found = rates_per_1000(counts, pd.Series(304_400, index=counts.index))
    assert found["rate"].round(1).tolist() == [17.0, 16.3, 15.0]


@pytest.mark.real_data
def test_the_published_rate_table_holds(real_data):
    table = pd.read_csv(real_data / "published" / "dudley_ni16_rate.csv").set_index("year")
    found = rates_per_1000(table["count"], pd.Series(304_225, index=table.index))
    assert found["rate"].round(4).tolist() == table["rate_at_population_304225"].tolist()
    # 2009/10 was cut, not rounded: 15.6 where 15.68 was due.
    assert (found["rate"] - table["published_rate_per_1000"]).abs().max() < 0.08


def test_areas_that_differ_by_chance_get_the_common_rate():
    found = smooth_rates(pd.Series([2, 10, 30]), pd.Series([100, 1000, 2000]), per=1)
    assert round(found.mean, 7) == 0.0135484
    assert f"{found.between_variance:.2e}" == "-6.35e-06"
    assert found.rates["smoothed"].round(7).tolist() == [0.0135484] * 3
    assert "no area can be said to be worse" in found.warnings[0]


def test_areas_that_differ_are_drawn_in_by_how_few_people_they_have():
    counts, people = (
        pd.Series({"a": 40, "b": 100, "c": 10}),
        pd.Series({"a": 100, "b": 2000, "c": 2000}),
    )
    found = smooth_rates(counts, people)
    mean = 150 / 4100
    between = 100 * (0.4 - mean) ** 2 + 2000 * (0.05 - mean) ** 2 + 2000 * (0.005 - mean) ** 2
    between = between / 4100 - mean / (4100 / 3)
    kept = between / (between + mean / people)
    assert found.between_variance == pytest.approx(between)
    assert found.rates["weight"].tolist() == pytest.approx(kept.tolist())
    own = counts / people
    smoothed = 1000 * (kept * own + (1 - kept) * mean)
    assert found.rates["smoothed"].tolist() == pytest.approx(smoothed.tolist())
    assert found.rates["rate"].tolist() == pytest.approx([400, 50, 5])
    assert found.rates["weight"]["a"] < found.rates["weight"]["b"]
    assert not found.warnings


@pytest.mark.parametrize(
    ("counts", "people", "words"),
    [
        ({"a": 1, "b": 1}, {"a": 9}, "`population` lacks b"),
        ({"a": 1}, {"a": 0}, "`population` must be above 0"),
        ({"a": -1}, {"a": 9}, "`counts`"),
    ],
)
def test_a_rate_needs_people(counts, people, words):
    for function in (rates_per_1000, smooth_rates):
        with pytest.raises(ParameterError, match=words):
            function(pd.Series(counts), pd.Series(people))


def test_nothing_cannot_be_smoothed():
    with pytest.raises(ParameterError, match="found none"):
        smooth_rates(pd.Series([0]), pd.Series([5]))
