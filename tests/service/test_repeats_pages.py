"""Repeats and early signs: what is said, to whom, and what is never named."""

import csv
import io
import json
import re
import runpy
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.errors import NotAllowedError, ParameterError
from aim.model.breaks import Break
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Actor, Role
from aim.workflows.case_review import find_case_signs
from aim.workflows.repeats import (
    NearQuestion,
    RiskQuestion,
    find_near_repeats,
    find_repeat_places,
    find_risk,
    locations_text,
    read_bands,
)

MAKE = Path(__file__).with_name("repeats_store.py")
ALL = IncidentFilter(include_outside=True)
BURGLARY = replace(ALL, types=("burglary",))
WIDE = "include-outside=yes"
NEXT_DAY = pd.Timestamp("2026-05-01").date()


@pytest.fixture(scope="module")
def town_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repeats")
    runpy.run_path(str(MAKE))["make_repeats_store"](folder).close()
    return folder


@pytest.fixture(scope="module")
def town(town_folder, build_house):
    """Give the hub over the town of repeats, with somebody of each role that sees reports."""
    house = build_house(town_folder)
    for role in (Role.ANALYST, Role.COORDINATOR, Role.OFFICER, Role.POLICE_PARTNER):
        house.add(role.value.replace(" ", "-"), role)
    return house


@pytest.fixture(scope="module")
def analyst(town):
    return town.signed_in("analyst")


def rows_of(page, caption):
    table = page[page.index(caption) :]
    body = table[table.index("<tbody") : table.index("</tbody>")]
    return [re.findall(r">([^<>]*)</t[hd]>", row) for row in body.split("<tr")[1:]]


def test_pairs_beyond_chance_are_said_in_words_and_bands_are_named_as_they_are(analyst):
    page = analyst.get(f"/analysis/repeats?{WIDE}&type=burglary").text
    table = {tuple(row[:2]): row[2:] for row in rows_of(page, "Pairs of incidents by")}
    planted = table["Another place under 100 m", "under 7 days"]
    assert int(planted[0]) >= 25
    assert planted[-1] == "very unlikely by chance"
    assert table["300 m up to but not 400 m", "21 days up to but not 28"][-1] == "could be chance"
    assert "More than chance would give: another place under 100 m, under 7 days" in page
    assert "Several kinds" not in page
    assert "Several kinds of incident" in analyst.get(f"/analysis/repeats?{WIDE}").text


def test_file_and_page_hold_the_same_pairs(analyst):
    page = analyst.get(f"/analysis/repeats?{WIDE}&type=burglary").text
    text = analyst.get(f"/api/repeats.csv?{WIDE}&type=burglary").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = [row[2] for row in rows_of(page, "Pairs of incidents by")]
    assert [row["observed"] for row in rows] == shown
    assert "permutations: 999; seed: 0" in rows[0]["parameters"]
    assert len(rows) == 20


@pytest.mark.parametrize(("who", "shown"), [("analyst", True), ("police-partner", False)])
def test_the_p_value_is_for_who_answers_for_it(town, who, shown):
    client = town.signed_in(who)
    page = client.get(f"/analysis/repeats?{WIDE}&type=burglary").text
    assert ("Knox test" in page) is shown
    assert "very unlikely by chance" in page
    file = client.get(f"/api/repeats?{WIDE}&type=burglary").json()
    assert ('"p"' in json.dumps(file)) is shown


def test_the_same_seed_gives_the_same_table_and_it_is_kept(town):
    question = NearQuestion(bands_m=(0, 200), bands_days=(0, 7), permutations=99, seed=4)
    first = find_near_repeats(town.store, LOCAL_ANALYST, BURGLARY, question)
    assert first.facts["seed"] == 4
    assert first.facts["bands_m"] == [0, 200]
    assert first.facts["data_version"] == town.store.data_version()
    assert first.table["distance"].tolist() == ["under 200 m"]
    unjudged = replace(question, permutations=0)
    found = find_near_repeats(town.store, LOCAL_ANALYST, BURGLARY, unjudged)
    assert "Not judged" in found.sentence
    assert found.table["observed"].tolist() == first.table["observed"].tolist()


def test_a_break_in_the_period_is_said_on_the_page_and_in_the_file(town, analyst):
    since = pd.Timestamp("2026-04-02").date()
    saved = workflows.add_break(
        town.store, LOCAL_ANALYST, Break(since, "recording-rule change", "", (), "Rule 7")
    )
    page = analyst.get(f"/analysis/repeats?{WIDE}&type=burglary").text
    file = analyst.get(f"/api/repeats?{WIDE}&type=burglary").json()
    later = analyst.get(f"/analysis/repeats?{WIDE}&type=burglary&since=2026-04-03").text
    workflows.remove_break(town.store, LOCAL_ANALYST, saved.number)
    assert "recording-rule change on 2 April 2026 (Rule 7)" in page
    assert "Rule 7" in json.dumps(file)
    assert "Rule 7" not in later
    assert "Rule 7" not in analyst.get(f"/analysis/repeats?{WIDE}&type=burglary").text


def test_points_that_stand_for_no_place_take_no_part(town, monkeypatch):
    points = pd.DataFrame({"source": ["wardens"], "easting": [471_500.0], "northing": [530_000.0]})
    monkeypatch.setattr("aim.workflows.repeats.default_points", lambda *_: points)
    asb = replace(ALL, types=("noise-nuisance",), sources=("wardens",))
    found = find_near_repeats(
        town.store, LOCAL_ANALYST, asb, NearQuestion((0, 0.01), (0, 1), permutations=0)
    )
    assert found.table["observed"].sum() == 0
    assert any("5 incidents stand where the sender puts" in words for words in found.warnings)


@pytest.mark.parametrize(
    ("day", "here", "left"), [("2026-04-21", 2, 13), ("2026-04-22", 1, 12), ("2026-05-03", 1, 1)]
)
def test_a_place_stays_at_risk_to_the_day_that_is_said(analyst, day, here, left):
    page = analyst.get(f"/analysis/repeats?{WIDE}&on={day}").text
    rows = {row[0]: row for row in rows_of(page, "Places still at risk, those")}
    days = f"{left} day{'s' if left > 1 else ''}"
    assert rows["4 Sprat Lane"][2:] == [
        f"{here}",
        "0",
        "20 April 2026",
        f"3 May 2026 ({days})",
    ]


def test_a_place_is_at_risk_no_longer_and_never_before(analyst):
    for day in ("2026-05-04", "2026-02-28"):
        page = analyst.get(f"/analysis/repeats?{WIDE}&on={day}&type=burglary").text
        section = page[page.index("Places still at risk</h2>") : page.index("Does one incident")]
        assert "4 Sprat Lane" not in section


def test_without_a_day_the_list_is_for_the_newest_day_a_source_reaches(town):
    found = find_risk(town.store, LOCAL_ANALYST, ALL, today=pd.Timestamp("2027-01-01").date())
    assert found.on.isoformat() == "2026-04-30"
    assert any("1 recent report not listed: sensitive." in words for words in found.warnings)
    with pytest.raises(ParameterError, match="give `on` or `today`"):
        find_risk(town.store, LOCAL_ANALYST, ALL)


def test_addresses_are_doors_and_no_map_point(analyst):
    page = analyst.get(f"/analysis/repeats?{WIDE}").text
    rows = {row[0]: row[2:4] for row in rows_of(page, "Addresses with several incidents, most")}
    assert rows == {"4 Sprat Lane": ["3", "2"], "8 Open Close": ["3", "2"]}
    assert "6 of 10 incidents with a known address are repeats" in page
    assert "1 address is not listed: reports there are sensitive." in page


def test_a_rate_beside_another_carries_its_warning(town):
    text = locations_text(town.store, LOCAL_ANALYST, BURGLARY, against=0.1)
    assert "2 of 3 incidents with a known address are repeats: 66.7%" in text
    assert "A share of 10.0% would be 0.3 repeats." in text
    assert "The two rates are not matched" in text
    assert "p 0.028 (exact, two-sided)." in text
    officer = Actor("p", "norbeck-police", frozenset({Role.OFFICER}))
    assert "exact" not in locations_text(town.store, officer, BURGLARY, against=0.1)
    with pytest.raises(ParameterError, match="2 or more"):
        find_repeat_places(town.store, LOCAL_ANALYST, BURGLARY, least=1)


@pytest.mark.parametrize(
    "path",
    [
        "/analysis/repeats?",
        "/analysis/case-review?",
        *(f"/api/repeats?show={one}&" for one in ("near", "risk", "locations")),
    ],
)
def test_a_sensitive_address_is_named_nowhere(analyst, path):
    answer = analyst.get(f"{path}{WIDE}&on=2026-04-30")
    assert answer.status_code == 200
    assert "Hidden" not in answer.text
    assert "9002" not in answer.text


def test_signs_name_an_address_or_the_senders_own_case(analyst):
    page = analyst.get(f"/analysis/case-review?{WIDE}&on=2026-05-01").text
    rows = {row[0]: row[1:] for row in rows_of(page, "Places where a case review")}
    assert set(rows) == {"8 Open Close", "The sender&#39;s case housing H-77"}
    assert rows["8 Open Close"][:3] == ["3 in 6 months", "3", "0"]
    assert "A sign, not a decision" in page
    assert (
        "1 more address meets the rule by sensitive reports, not named here; ask housing." in page
    )


def test_the_local_number_and_the_hate_rule_are_settings(town):
    def places(**given):
        found = find_case_signs(town.store, LOCAL_ANALYST, ALL, Settings(**given), today=NEXT_DAY)
        return dict(zip(found.rows["place"], found.rows["rule"], strict=True))

    assert "uprn 9004" not in places()
    assert places(case_review_hate_number=1)["uprn 9004"] == "hate"
    assert places(case_review_number=1)["uprn 9004"] == "1 in 6 months"
    with pytest.raises(ValueError, match="less than or equal to 3"):
        Settings(case_review_number=4)


def test_reports_of_one_event_are_one_incident_of_a_case(tmp_path):
    with closing(runpy.run_path(str(MAKE))["make_repeats_store"](tmp_path)) as store:
        ids = store.incidents(replace(ALL, sources=("wardens",)), EVERYTHING)
        pair = sorted(ids.loc[ids["uprn"] == "9003", "incident_id"])[:2]
        link = {"incident_a": [pair[0]], "incident_b": [pair[1]], "score": 0.9}
        with store.transaction() as change:
            change.save_links(pd.DataFrame(link | {"certain_time": True}))
        found = find_case_signs(store, LOCAL_ANALYST, ALL, Settings(), today=NEXT_DAY)
    assert "uprn 9003" not in set(found.rows["place"])


def test_signs_are_for_analyst_and_coordinator_and_each_look_is_on_record(town):
    before = len(town.store.audit(EVERYTHING))
    for who in ("analyst", "coordinator"):
        client = town.signed_in(who)
        assert client.get(f"/analysis/case-review?{WIDE}").status_code == 200
        assert "/analysis/case-review" in client.get("/analysis").text
    looks = town.store.audit(EVERYTHING).iloc[before:]
    details = [json.loads(one) for one in looks.loc[looks["action"] == "view", "detail"]]
    assert [(one["page"], one["rows"]) for one in details] == [("case-review", 2)] * 2
    for who in ("officer", "police-partner"):
        client = town.signed_in(who)
        assert client.get("/analysis/case-review").status_code == 403
        assert "/analysis/case-review" not in client.get("/analysis").text
        assert "/analysis/case-review" not in client.get(f"/analysis/repeats?{WIDE}").text


def test_a_look_at_repeats_is_on_record_with_its_filter(analyst, town):
    analyst.get(f"/analysis/repeats?{WIDE}&on=2026-04-21")
    last = json.loads(town.store.audit(EVERYTHING)["detail"].iloc[-1])
    assert (last["page"], last["filter"]) == ("repeats", "include-outside=yes")
    assert last["rows"] > 2


def test_what_would_hide_a_part_of_a_case_is_refused(analyst):
    answer = analyst.get("/analysis/case-review?type=asb&since=2026-04-01")
    assert answer.status_code == 422
    assert "found since, type" in answer.text


def test_who_may_not_review_is_refused_whatever_the_door(town):
    officer = Actor("o", "wardens", frozenset({Role.OFFICER}))
    for job in (workflows.case_review_text, find_case_signs):
        with pytest.raises(NotAllowedError):
            job(town.store, officer, ALL, Settings(), today=NEXT_DAY)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: NearQuestion(permutations=10_000), "between 0 and 9,999"),
        (lambda: NearQuestion(bands_m=tuple(range(21))), "At most 20 edges"),
        (lambda: RiskQuestion(distance_m=0), "above 0"),
        (lambda: RiskQuestion(days=366), "between 1 and 365"),
        (lambda: read_bands("0,near", "bands-m"), "edges with commas"),
    ],
)
def test_a_question_nobody_can_answer_is_refused(make, words):
    with pytest.raises(ParameterError, match=words):
        make()


@pytest.mark.parametrize("words", ["show=all", "distance-m=0", "risk-days=x", "on=soon"])
def test_a_strange_word_is_told(analyst, words):
    assert analyst.get(f"/api/repeats?{words}").status_code == 422
