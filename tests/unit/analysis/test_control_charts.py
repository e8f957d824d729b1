"""Control charts: worked limits, what enters the mean, and months that are no evidence."""

from calendar import monthrange

import pandas as pd
import pytest

from aim.analysis.control_charts import control_chart, control_limits, cusum
from aim.errors import ParameterError


def chart(series, **arguments):
    months = [f"2025-{month:02d}" for month in range(1, len(series) + 1)]
    counts = pd.DataFrame({"ward_code": "W1", "month": months, "incidents": series})
    return control_chart(counts, by=["ward_code"], **arguments)


def test_worked_limits_hold():
    assert control_limits(16) == (6.25, 30.25)
    low, high = control_limits(20)
    assert (low, high) == pytest.approx((8.83, 35.67), abs=0.01)
    assert control_limits(1)[0] == 0
    assert control_limits(16, z=2) == (9, 25)


def test_a_count_beyond_a_limit_is_a_signal_and_on_it_is_none():
    assert chart([16, 16, 16, 30])["signal"].tolist()[-1] == "within"
    assert chart([16, 16, 16, 31])["signal"].tolist()[-1] == "above"
    assert chart([16, 16, 16, 6])["signal"].tolist()[-1] == "below"
    assert chart([16, 16, 16, 7])["signal"].tolist()[-1] == "within"


def test_the_first_three_months_are_too_early():
    assert chart([90, 1, 50, 47])["signal"].tolist()[:3] == ["too early to say"] * 3


def test_a_peak_does_not_hide_the_next():
    found = chart([16, 16, 16, 90, 60])
    assert found["signal"].tolist()[-2:] == ["above", "above"]
    assert found["mean"].tolist()[-2:] == [16, 16]


def test_the_mean_is_that_of_the_newest_months():
    assert chart([1, 4, 4, 7, 7, 7, 7], baseline=3)["mean"].tolist()[-1] == 7
    assert chart([1, 4, 4, 7, 7, 7, 7], baseline=4)["mean"].tolist()[-2:] == [5.5, 6.25]


def test_an_outage_is_no_fall_and_enters_no_mean():
    found = chart([16, 16, 16, 0, 16], unobserved=["2025-04"])
    assert found["signal"].tolist()[-2:] == ["not observed", "within"]
    assert found["mean"].tolist()[-1] == 16


def year():
    """Ten incidents a day in every month of 2025, and the days of each."""
    days = {f"2025-{month:02d}": monthrange(2025, month)[1] for month in range(1, 13)}
    rows = [(month, 10 * length) for month, length in days.items()]
    return pd.DataFrame(rows, columns=["month", "incidents"]).assign(ward_code="W1"), days


def test_a_short_month_is_expected_to_bring_less():
    counts, days = year()
    found = control_chart(counts, by=["ward_code"], exposure=days)
    assert found["mean"].tolist()[3:] == [300, 310, 300, 310, 310, 300, 310, 300, 310]
    assert set(found["signal"][3:]) == {"within"}


def test_the_same_count_is_as_usual_in_march_and_too_many_in_february():
    days = {"10": 31, "11": 30, "12": 31, "2": 28, "3": 31}
    for month, signal in (("2", "above"), ("3", "within")):
        counts = pd.DataFrame({"month": ["10", "11", "12", month], "ward_code": "W1"})
        found = control_chart(
            counts.assign(incidents=[403, 390, 403, 458]), by=["ward_code"], exposure=days
        )
        assert found["signal"].tolist()[-1] == signal


def test_equal_months_have_the_plain_mean_whatever_their_length():
    series = [15, 17, 16, 40, 22, 9]
    days = {f"2025-{month:02d}": 30.4 for month in range(1, 7)}
    pd.testing.assert_frame_equal(chart(series), chart(series, exposure=days))


def test_each_ward_and_type_has_its_own_chart_and_a_missing_month_counts_nought():
    rows = [("A", "asb", month, 20) for month in "1234"]
    rows += [("B", "asb", month, 30) for month in "123"] + [("B", "damage", "4", 3)]
    counts = pd.DataFrame(rows, columns=["ward_code", "incident_type", "month", "incidents"])
    found = control_chart(counts).set_index(["ward_code", "incident_type", "month"])
    assert len(found) == 12
    assert found.loc[("B", "asb", "4"), "signal"] == "below"
    assert found.loc[("A", "asb", "4"), "mean"] == 20
    assert found.loc[("B", "damage", "4"), ["incidents", "signal"]].tolist() == [3, "above"]


def test_row_order_does_not_matter_and_nothing_gives_nothing():
    counts = pd.DataFrame({"ward_code": "W", "month": list("4213"), "incidents": [40, 17, 15, 16]})
    assert control_chart(counts, by=["ward_code"])["incidents"].tolist() == [15, 17, 16, 40]
    assert control_chart(counts[:0], by=["ward_code"]).empty


def test_the_worked_sum_raises_its_alarm_on_the_ninth():
    found = cusum([10, 11, 9, 10, 14, 15, 16, 15, 17], mean=10, sd=3)
    assert found["cusum"].round(3).tolist() == [0, 0, 0, 0, 0.833, 2.0, 3.5, 4.667, 6.5]
    assert found["alarm"].tolist() == [False] * 8 + [True]
    assert not cusum([10, 25.5], mean=10, sd=3, slack=0.5)["alarm"].tolist()[0]
    assert not cusum([], mean=10, sd=3).size


def test_small_rises_are_those_beyond_what_each_month_brings():
    found = cusum([31, 28, 34], [31, 28, 31], [2, 2, 1.5])
    assert found["cusum"].tolist() == [0, 0, 1.5]
    assert (
        cusum([10, 14], 10, 3)["cusum"].tolist() == cusum([10, 14], [10, 10], 3)["cusum"].tolist()
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: control_limits(-1), "`mean`"),
        (lambda: control_limits(4, 0), "`z`"),
        (lambda: control_limits(float("inf")), "`mean`"),
        (lambda: control_limits(4, float("inf")), "`z`"),
        (lambda: control_chart(pd.DataFrame({"month": ["1"]})), "incidents"),
        (lambda: chart([1, 2, 3], baseline=2), "`baseline`"),
        (lambda: cusum([1], 1, 0), "`sd`"),
        (lambda: cusum([1, 2], 1, [1, 2, 3]), "`sd`"),
        (lambda: cusum([1, 2], [1, 2, 3], 1), "`mean`"),
        (lambda: chart([1, 2], exposure={"2025-01": 31}), "none for 2025-02"),
        (lambda: chart([1], exposure={"2025-01": 0}), "`exposure`"),
    ],
)
def test_what_makes_no_chart_is_refused(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
