"""Early signs for a case review of anti-social behaviour."""

from datetime import date

import pandas as pd
import pytest

from aim.analysis import CaseReviewRule, case_review_signs
from aim.analysis.case_review import SIGN_COLUMNS
from aim.errors import ParameterError
from aim.model.incidents import conform_incidents

ON = date(2026, 6, 30)


def at(days):
    return pd.to_datetime([f"{day}T12:00Z" for day in days], utc=True)


def incidents(days=("2026-02-01", "2026-03-01", "2026-04-01"), reported=None, **columns):
    usual = {
        "incident_id": [f"i{place}" for place in range(len(days))],
        "source": "wardens",
        "agency": "council",
        "source_ref": [f"W{place}" for place in range(len(days))],
        "incident_type": "anti-social-behaviour",
        "uprn": "9",
        "location_text": "12 Bow Lane",
        "place_precision": "address",
        "occurred_from": at(days),
        "occurred_to": at(days),
        "reported_at": at(reported or days),
    }
    return conform_incidents(pd.DataFrame({**usual, **columns}))


def test_three_incidents_at_one_address_in_six_months_are_a_sign():
    found = case_review_signs(incidents(), ON)
    assert list(found.columns) == list(SIGN_COLUMNS)
    assert found.loc[0].tolist() == [
        *("address", "uprn 9", "12 Bow Lane", "3 in 6 months", 3, 0),
        *(date(2026, 2, 1), date(2026, 4, 1), "wardens", 0, 0),
    ]


def test_two_are_none_and_the_number_is_the_rules():
    two = incidents(("2026-02-01", "2026-03-01"))
    assert case_review_signs(two, ON).empty
    assert len(case_review_signs(two, ON, rule=CaseReviewRule(number=2))) == 1


@pytest.mark.parametrize(("first", "signs"), [("2025-12-31", 0), ("2026-01-01", 1)])
def test_six_months_end_with_the_day_asked_about(first, signs):
    """Six months that end with 30 June begin with 1 January."""
    assert len(case_review_signs(incidents((first, "2026-03-01", "2026-06-30")), ON)) == signs
    later = incidents((first, "2026-03-01", "2026-07-01"))
    assert case_review_signs(later, ON).empty


@pytest.mark.parametrize(("reported", "signs"), [("2026-03-31", 1), ("2026-04-01", 0)])
def test_each_is_reported_within_a_month(reported, signs):
    rows = incidents(reported=("2026-02-01", reported, "2026-04-01"))
    assert len(case_review_signs(rows, ON)) == signs
    longer = CaseReviewRule(reported_within_months=2)
    assert len(case_review_signs(rows, ON, rule=longer)) == 1


def test_late_and_unknown_reports_are_counted_beside_the_sign():
    days = ["2026-02-01", "2026-03-01", "2026-04-01", "2026-04-02", "2026-04-03"]
    rows = incidents(days, [*days[:3], "2026-05-20", "2026-04-03"])
    rows.loc[4, "reported_at"] = pd.NaT
    found = case_review_signs(rows, ON)
    assert found.loc[0, ["incidents", "late", "report_unknown"]].tolist() == [3, 1, 1]
    assert found.loc[0, "last_day"] == date(2026, 4, 1)


def test_reports_of_one_event_count_once_and_the_one_in_time_speaks():
    rows = incidents(reported=("2026-06-01", "2026-02-02", "2026-04-01"))
    groups = pd.Series({"i0": "i0", "i1": "i0"})
    two = CaseReviewRule(number=2)
    found = case_review_signs(rows, ON, rule=two, groups=groups)
    assert found.loc[0, ["incidents", "late"]].tolist() == [2, 0]
    assert case_review_signs(incidents(), ON, groups=groups).empty


def test_snapped_points_give_no_sign():
    rows = incidents(uprn=None, location_text="Bow Lane", place_precision="snapped")
    assert case_review_signs(rows, ON).empty


def test_a_senders_case_reference_is_a_place_too():
    rows = incidents(uprn=None, place_precision="ward", source_ref="H7")
    found = case_review_signs(rows, ON)
    assert found.loc[0, ["kind", "place"]].tolist() == ["case", "case council H7"]
    others = rows.assign(agency=["council", "council", "landlord"])
    assert case_review_signs(others, ON).empty


def test_a_case_under_a_listed_address_is_not_listed_again():
    rows = incidents(source_ref="H7")
    assert case_review_signs(rows, ON)["kind"].tolist() == ["address"]
    moved = incidents(
        ("2026-02-01", "2026-03-01", "2026-04-01", "2026-04-05"),
        source_ref="H7",
        uprn=["9", "9", "9", "8"],
    )
    assert case_review_signs(moved, ON)["kind"].tolist() == ["case", "address"]


def test_only_anti_social_behaviour_counts():
    crimes = incidents(incident_type="burglary")
    assert case_review_signs(crimes, ON).empty
    assert len(case_review_signs(crimes, ON, types=["burglary"])) == 1


def test_one_hate_incident_suffices_where_the_rule_says_so():
    one = incidents(("2026-03-01",), qualifiers="hate youth")
    assert case_review_signs(one, ON).empty
    rule = CaseReviewRule(hate_number=1)
    found = case_review_signs(one, ON, rule=rule)
    assert found.loc[0, ["rule", "incidents", "hate"]].tolist() == ["hate", 1, 1]
    assert case_review_signs(one, ON, rule=CaseReviewRule(hate_number=2)).empty
    both = case_review_signs(incidents(qualifiers=["hate", "", None]), ON, rule=rule)
    assert both.loc[0, ["rule", "hate"]].tolist() == ["3 in 6 months, hate", 1]
    late = incidents(("2026-03-01",), ("2026-06-01",), qualifiers="hate")
    assert case_review_signs(late, ON, rule=rule).empty


def test_an_interval_is_taken_at_its_end_and_a_day_by_the_london_clock():
    rows = incidents()
    rows["occurred_from"] = at(["2026-01-01"] * 3)
    rows["occurred_to"] = pd.to_datetime(["2026-02-28T00:00Z"] * 3)
    rows["reported_at"] = pd.to_datetime(["2026-03-26T23:59Z"] * 3)
    assert len(case_review_signs(rows, ON)) == 1
    rows["reported_at"] = pd.to_datetime(["2026-03-27T00:00Z"] * 3)
    assert case_review_signs(rows, ON).empty


def test_most_incidents_come_first_then_the_latest():
    days = ["2026-02-01", "2026-03-01", "2026-04-01"]
    rows = incidents(
        [*days, *days[:2], "2026-04-02", *days, "2026-03-02"],
        uprn=["a"] * 3 + ["b"] * 3 + ["c"] * 4,
        source=["wardens"] * 6 + ["police", "wardens", "police", "police"],
    )
    found = case_review_signs(rows, ON)
    assert found["place"].tolist() == ["uprn c", "uprn b", "uprn a"]
    assert found["sources"].tolist()[0] == "police wardens"


def test_no_incidents_give_no_sign():
    found = case_review_signs(incidents(()), ON)
    assert found.empty
    assert list(found.columns) == list(SIGN_COLUMNS)


@pytest.mark.parametrize("name", ["number", "months", "reported_within_months", "hate_number"])
def test_a_rule_that_all_or_none_would_meet_is_refused(name):
    with pytest.raises(ParameterError, match="whole numbers from 1"):
        CaseReviewRule(**{name: 0})
