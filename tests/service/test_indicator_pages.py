"""Indicators, published shares and case reviews through the pages: plain forms, no script."""

import csv
import io
import re

import pytest

from aim.model.people import Role

OWN = {"origin": "http://127.0.0.1"}
HTML = {**OWN, "accept": "text/html"}
YEAR = {"year": "2025/26", "applications": "9", "not_met": "5", "reviews": "4"}


@pytest.fixture(scope="module")
def people(build_house, busy):
    house = build_house(busy)
    house.add("lead", Role.COORDINATOR)
    house.add("warden", Role.POLICE_PARTNER)
    house.add("auditor", Role.AUDITOR)
    return {name: house.signed_in(name) for name in ("lead", "warden", "auditor")}


def test_the_annual_table_says_what_was_counted_and_that_nothing_is_beside_it(hub):
    page = hub.get("/indicators").text
    assert "Indicators, March 2026 to April 2026" in page or "Indicators, April 2026" in page
    assert "The year before is not held, so nothing is compared." in page
    assert '<th role="rowheader" scope="row" data-label="Indicator">All incidents</th>' in page
    assert 'href="/api/indicators.csv?show=annual"' in page


def test_screen_and_file_hold_the_same_counts(hub):
    page = hub.get("/indicators?ward=E05099001").text
    shown = re.findall(r'data-label="[^"]*2026" class="number">([\d,]+)<', page)
    text = hub.get("/api/indicators.csv?ward=E05099001").text
    lines = [line for line in text.lstrip("\ufeff").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    assert [one["now"] for one in rows] == [one.replace(",", "") for one in shown]
    assert sum(int(one["now"]) for one in rows) > 0
    assert not {"p", "z"} & set(rows[0])


def test_a_year_that_is_none_is_said_on_the_page(hub):
    page = hub.get("/indicators?year=2019/20", headers=HTML)
    assert page.status_code == 422
    assert "no month of it is held complete" in page.text
    assert "Nothing to show" in page.text


def test_targets_that_nobody_set_are_said(hub):
    page = hub.get("/indicators?show=milestones").text
    assert "No targets are set" in page
    assert hub.get("/indicators?show=weekly", headers=HTML).status_code == 422


def test_a_published_share_is_answered_with_its_warning(hub):
    page = hub.get("/indicators?part=12&whole=715&against=6.8").text
    assert "12 of 715: 1.7 %, likely between 0.9 % and 2.9 %." in page
    assert "The two rates are not matched" in page
    wrong = hub.get("/indicators?part=12&whole=&against=x", headers=HTML)
    assert wrong.status_code == 422
    assert "`whole` is a whole number" in wrong.text


def test_an_officer_is_shown_no_statistic(people):
    page = people["warden"].get("/indicators?part=12&whole=715&against=6.8").text
    assert "more than chance brings" in page
    assert "binomial" not in page
    assert people["auditor"].get("/indicators", headers=HTML).status_code == 403


def count(client, **words):
    form = {**YEAR, "recommendations": "3", "version": "0", **words}
    return client.post("/case-reviews", headers=HTML, data=form, follow_redirects=False)


def test_case_reviews_are_counted_mended_and_published(people):
    lead = people["lead"]
    assert count(lead).status_code == 303
    assert count(lead, applications="8").status_code == 409
    mended = lead.get("/case-reviews?year=2025/26").text
    assert 'value="9"' in mended
    assert count(lead, applications="10", version="1").status_code == 303
    file = lead.get("/case-reviews.csv").text
    assert "PUBLIC" in file
    assert "2025/26,10,5,4,3" in file
    assert "lead" not in file.replace("leads", "")
    assert "2025/26" in people["warden"].get("/case-reviews").text


def test_case_reviews_that_cannot_be_stay_in_the_form(people):
    answer = count(people["lead"], year="2024/25", applications="3")
    assert answer.status_code == 422
    assert "5 of 3 applications were not met" in answer.text
    assert 'value="2024/25"' in answer.text
    assert count(people["lead"], year="soon").status_code == 422
    assert "recommendations" in count(people["lead"], year="2024/25", recommendations="").text
    assert count(people["warden"]).status_code == 403
    assert 'method="post" action="/case-reviews"' not in people["warden"].get("/case-reviews").text
