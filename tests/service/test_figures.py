"""Figures for people who are shown no report: the page, its files, and no way round them."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.accounts import WardTerm
from aim.model.actions import Stage
from aim.model.people import EVERYTHING, Role
from aim.model.tasks import EventKind, TaskEvent

OWN, OTHER = "E05099001", "E05099002"
FILES = ("pdf", "png", "csv", "geojson")


def enter(house, account_id):
    """Come in, and accept what figures are for."""
    client = house.signed_in(account_id)
    done = client.post(
        "/sign-in/notice",
        data={"next": "/figures"},
        headers={"origin": "http://127.0.0.1"},
        follow_redirects=False,
    )
    assert done.status_code == 303, done.text
    return client


@pytest.fixture
def councillor(busy_house):
    busy_house.add("cora", Role.COUNCILLOR, wards=(WardTerm(OWN, date(2025, 5, 1)),))
    return enter(busy_house, "cora")


def test_a_councillor_is_led_to_the_own_ward(councillor):
    page = councillor.get("/")
    assert page.url.path == f"/wards/{OWN}/figures"
    assert "Wards in figures" in page.text
    assert "Before you use these numbers" in page.text


@pytest.mark.parametrize(
    "path",
    [
        f"/wards/{OTHER}",
        f"/wards/{OTHER}/figures",
        f"/wards/{OTHER}/figures.csv",
        "/map",
        "/map/layers",
        "/api/hotspots",
        "/api/incidents.csv",
        "/api/wards",
        "/api/trends.xlsx",
        "/audit",
    ],
)
def test_everything_else_is_refused_with_the_reason(councillor, path):
    answer = councillor.get(path)
    assert answer.status_code == 403
    assert "may not view" in answer.text or "does not allow it" in answer.text


def test_the_file_holds_the_numbers_of_the_screen(councillor):
    page = councillor.get(f"/wards/{OWN}").text
    text = councillor.get(f"/wards/{OWN}/figures.csv").content.decode("utf-8-sig")
    lines = [line for line in csv.DictReader(io.StringIO(text)) if line["kind"] == "as reported"]
    assert lines
    for line in lines:
        assert f'<th scope="row">{line["theme"]}</th><td class="number">{line["reports"]}' in page


@pytest.mark.parametrize("ending", FILES)
def test_each_file_is_marked_and_on_record(busy_house, councillor, ending):
    answer = councillor.get(f"/wards/{OWN}/figures.{ending}")
    assert answer.status_code == 200
    entries = busy_house.audited()
    last = json.loads(entries.iloc[-1]["detail"])
    assert entries.iloc[-1]["action"] == "export-figures"
    assert (last["ward"], last["format"], len(last["sha256"])) == (OWN, ending, 64)
    if ending in {"csv", "geojson"}:
        assert "For ward casework, not campaigning" in answer.text
        assert "cora" in answer.text


def test_in_a_pre_election_period_only_public_figures_leave(busy_house, councillor):
    before = councillor.get(f"/wards/{OWN}/figures.csv").text
    with busy_house.store.transaction() as change:
        change.set_pre_election(date(2026, 5, 1), date(2026, 5, 8), actor="admin")
    during = councillor.get(f"/wards/{OWN}/figures.csv").text
    reports = [sum(_reports(text)) for text in (before, during)]
    assert reports[0] > reports[1] == 0
    assert "pre-election period" in councillor.get(f"/wards/{OWN}").text


def test_a_ward_is_seen_only_during_the_term(busy_house):
    over = WardTerm(OWN, date(2022, 5, 1), date(2026, 5, 1))
    busy_house.add("carl", Role.COUNCILLOR, wards=(over,))
    client = enter(busy_house, "carl")
    assert client.get(f"/wards/{OWN}").status_code == 403


def test_scrutiny_sees_every_ward_and_no_report(busy_house):
    busy_house.add("sol", Role.SCRUTINY)
    client = enter(busy_house, "sol")
    assert client.get("/figures").text.count('<th scope="row"><a href="/wards/') == 4
    assert client.get(f"/wards/{OTHER}").status_code == 200
    assert client.get("/api/incidents").status_code == 403


def test_an_unknown_period_is_told_what_there_is(councillor):
    answer = councillor.get(f"/wards/{OWN}/figures?period=2020-01")
    assert answer.status_code == 422
    assert "month by month" in answer.text


def test_what_is_shown_was_remembered_first(busy_house, councillor):
    councillor.get(f"/wards/{OWN}")
    assert len(busy_house.store.releases(EVERYTHING).squares)
    assert LOCAL_ANALYST.id not in busy_house.audited()["actor"].tail(1).tolist()


def _reports(text):
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    return [int(row["reports"]) for row in rows if row["kind"] == "as reported"]


def test_the_ward_page_says_what_is_being_done_and_its_files_no_free_text(councillor, busy_house):
    store = busy_house.store
    site = workflows.add_site(store, LOCAL_ANALYST, {"name": "Steps", "wards": OWN})
    words = {"title": "Joint walks", "response": "patrol", "site": f"place:{site.key}"}
    kept = workflows.draft_action(store, LOCAL_ANALYST, words)
    agreed, moved = replace(kept.what, stage=Stage.AGREED), TaskEvent(EventKind.MOVED)
    with store.transaction() as change:
        change.change_task(kept.key, agreed, moved, version=1, actor="tests")
    page = councillor.get(f"/wards/{OWN}/figures").text
    assert "Joint walks" in page
    assert "Agreed, not begun yet" in page
    assert "Steps" not in page
    told = councillor.get(f"/wards/{OWN}/figures.csv").text
    assert "Being done: Patrol" in told
    assert "Joint walks" not in told
    assert councillor.get(f"/wards/{OWN}/figures.pdf").content[:5] == b"%PDF-"
