"""The vintage of the senders' own area codes, by month."""

import pandas as pd
import pytest

from aim.analysis.quality import count_area_codes, describe_vintages
from aim.errors import ParameterError

OLD, NEW = "E05099001", "E05099101"
SHARED = "E05099050"
SETS = {"wards-2024": {OLD, SHARED}, "wards-2026": {NEW, SHARED}}


def counted(*codes, wards=(), days=("2026-04-03",)):
    moments = pd.to_datetime([days[at % len(days)] for at in range(len(codes))], utc=True)
    incidents = pd.DataFrame({"source": "wardens", "occurred_from": moments})
    return count_area_codes(incidents, pd.Series(codes, dtype=object), wards)


def described(*codes, sets=SETS):
    wards = set().union(*sets.values())
    row = describe_vintages(counted(*codes, wards=wards), sets).iloc[0]
    return row["area_vintage"], row["area_warning"]


def test_codes_are_counted_by_month_and_kind():
    found = counted("E01000001", "E01033769", None, NEW, NEW, "Jo Bloggs")
    told = found[["month", "kind", "code", "rows"]].to_numpy().tolist()
    assert told == [
        ["2026-04", "lsoa", "2011 or 2021", 1],
        ["2026-04", "lsoa", "2021", 1],
        ["2026-04", "other", "", 1],
        ["2026-04", "ward", NEW, 2],
    ]


def test_months_are_those_of_london():
    found = counted(OLD, OLD, days=("2026-04-30T22:59Z", "2026-04-30T23:00Z"))
    assert found["month"].tolist() == ["2026-04", "2026-05"]


def test_no_codes_give_no_counts():
    assert len(counted(None, None)) == 0
    assert describe_vintages(counted(None), SETS).columns.tolist() == [
        *("source", "month", "area_vintage", "area_warning")
    ]


def test_a_code_must_come_with_each_incident():
    incidents = pd.DataFrame({"source": ["a", "a"], "occurred_from": pd.Timestamp(0, tz="UTC")})
    with pytest.raises(ParameterError, match="1 area codes came with 2 incidents"):
        count_area_codes(incidents, pd.Series(["x"]))


def test_one_code_of_2021_tells_the_vintage():
    assert described("E01000001", "E01033768") == ("LSOA 2011 or 2021", "")
    assert described("E01000001", "E01033769") == ("LSOA 2021", "")
    assert described("W01001999") == ("LSOA not told apart", "")


def test_codes_that_live_on_belong_to_both_sets_without_a_warning():
    assert described(SHARED, NEW) == ("wards-2026 100 %; wards-2024 50 %", "")


def test_codes_of_no_loaded_set_are_warned_of():
    vintage, warning = described(OLD, OLD, "E05099999")
    assert vintage == "wards-2024 66 %"
    assert warning == "1 row carries a ward code that is in no loaded set."
    assert described("E05099999", "E05099999") == (
        "wards of no loaded set",
        "2 rows carry a ward code that is in no loaded set.",
    )


def test_two_vintages_in_one_month_are_warned_of():
    vintage, warning = described(OLD, NEW)
    assert vintage == "wards-2024 50 %; wards-2026 50 %"
    assert warning.startswith("Ward codes of two vintages")


def test_a_loaded_set_knows_codes_of_any_form():
    assert described("NB1", sets={"beats": {"NB1"}}) == ("beats 100 %", "")
    assert described("NB1") == ("other codes", "")
