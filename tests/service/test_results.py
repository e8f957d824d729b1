"""Results for residents: drafted by one, approved by another, public then and not before."""

import json
from datetime import date

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.accounts import WardTerm
from aim.model.people import Role

OWN = {"origin": "http://127.0.0.1"}
WARD = "E05099001"
FORM = {
    "ward": WARD,
    "period": "2026-04",
    "title": "Lantern Street",
    "told": "Lights were mended.\nRing 01632 960123 for more.",
}


def draft(house):
    house.add("ana", Role.ANALYST)
    house.add("lead", Role.COORDINATOR)
    answer = house.signed_in("ana").post("/results", headers=OWN, data=FORM)
    assert "contact details masked" in answer.text
    return house


@pytest.fixture
def drafted(busy_house):
    return draft(busy_house)


def test_contact_details_never_stand_in_a_result(drafted):
    page = drafted.signed_in("lead").get("/results").text
    assert "960123" not in page
    assert "Ring [phone] for more." in page


def test_a_draft_does_not_leave_and_an_approved_result_does(drafted):
    lead = drafted.signed_in("lead")
    assert lead.get("/results/1.pdf").status_code == 409
    assert "Approved" in lead.post("/results/1/approve", headers=OWN, data={}).text
    made = lead.get("/results/1.pdf")
    assert made.content.startswith(b"%PDF-")
    assert drafted.events()[-2:] == ["approve-result", "export-figures"]


def test_the_page_says_who_approved_it_only_as_the_partnership(drafted, monkeypatch):
    papers = []
    monkeypatch.setattr("aim.workflows.results.write_pdf", lambda one: papers.append(one) or b"")
    lead = drafted.signed_in("lead")
    lead.post("/results/1/approve", headers=OWN, data={})
    lead.get("/results/1.pdf")
    (paper,) = papers
    assert paper.purpose.startswith("Approved by the partnership on ")
    assert paper.stamp.handling == "PUBLIC"
    assert not any(name in repr(paper) for name in ("'lead'", "'ana'"))


def test_what_was_looked_at_is_what_goes_out(build_house, busy):
    drafted = draft(build_house(busy))
    before = workflows.result_list(drafted.store, LOCAL_ANALYST)[0].figures
    reports = json.loads(before)["lead"]
    workflows.undo_delivery(drafted.store, LOCAL_ANALYST, "b0002")
    lead = drafted.signed_in("lead")
    assert reports in lead.get("/results").text
    lead.post("/results/1/approve", headers=OWN, data={})
    assert workflows.result_list(drafted.store, LOCAL_ANALYST)[0].figures == before


def test_an_analyst_approves_nothing(drafted):
    analyst = drafted.signed_in("ana")
    assert "Approve" not in analyst.get("/results").text.split("Draft a result")[0].split("<h1>")[1]
    assert analyst.post("/results/1/approve", headers=OWN, data={}).status_code == 403


def test_four_eyes_unless_nobody_else_could(busy_house):
    busy_house.add("lead", Role.COORDINATOR)
    lead = busy_house.signed_in("lead")
    for _ in range(2):
        lead.post("/results", headers=OWN, data=FORM)
    done = lead.post("/results/1/approve", headers=OWN, data={})
    assert done.status_code == 200, done.text
    assert json.loads(busy_house.audited().iloc[-1]["detail"])["alone"] is True
    busy_house.add("second", Role.COORDINATOR)
    refused = lead.post("/results/2/approve", headers=OWN, data={})
    assert refused.status_code == 403
    assert "Ask second" in refused.text


def test_a_councillor_sees_approved_results_alone(drafted):
    drafted.add("cora", Role.COUNCILLOR, wards=(WardTerm(WARD, date(2025, 5, 1)),))
    councillor = drafted.signed_in("cora")
    councillor.post("/sign-in/notice", headers=OWN, data={"next": "/"})
    assert "Lantern Street" not in councillor.get("/results").text
    assert councillor.get("/results/1.pdf").status_code == 404
    assert councillor.post("/results", headers=OWN, data=FORM).status_code == 403
    drafted.signed_in("lead").post("/results/1/approve", headers=OWN, data={})
    page = councillor.get("/results").text
    assert "Lantern Street" in page
    assert "by lead" not in page
    assert councillor.get("/results/1.pdf").status_code == 200


def test_nothing_is_approved_in_a_pre_election_period(drafted):
    days = {"since": date(2026, 5, 1), "until": date(2026, 5, 8)}
    workflows.set_election(drafted.store, LOCAL_ANALYST, **days)
    refused = drafted.signed_in("lead").post("/results/1/approve", headers=OWN, data={})
    assert refused.status_code == 409
    assert "pre-election period" in refused.text


@pytest.mark.parametrize(
    ("change", "words"),
    [({"told": " "}, "`told` has 0"), ({"title": "x" * 101}, "`title` has 101")],
)
def test_a_result_without_words_or_with_too_many_is_not_kept(drafted, change, words):
    answer = drafted.signed_in("ana").post("/results", headers=OWN, data={**FORM, **change})
    assert answer.status_code == 422
    assert words in answer.text


def test_another_site_drafts_and_approves_nothing(drafted):
    lead, foreign = drafted.signed_in("lead"), {"origin": "https://evil.example"}
    assert lead.post("/results", headers=foreign, data=FORM).status_code == 403
    assert lead.post("/results/1/approve", headers=foreign, data={}).status_code == 403
