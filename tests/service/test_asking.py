"""Free questions of councillors: answered in steps or not at all, and remembered first."""

import json
import re
from datetime import date

import pytest

from aim.model.accounts import WardTerm
from aim.model.people import EVERYTHING, Role

OWN, OTHER = "E05099001", "E05099002"
SAME = {"origin": "http://127.0.0.1"}
NOON_TO_SIX = f"/figures/ask?ward={OWN}&hours=12-18"


@pytest.fixture
def councillor(busy_house):
    busy_house.add("cora", Role.COUNCILLOR, wards=(WardTerm(OWN, date(2025, 5, 1)),))
    client = busy_house.signed_in("cora")
    client.post("/sign-in/notice", headers=SAME, data={"next": "/"})
    return client


def answer_of(page):
    found = re.search(r'<h2 id="answer-heading">([^<]*)</h2>', page.text)
    return found and found[1]


def test_the_form_alone_asks_nothing(busy_house, councillor):
    before = len(busy_house.audited())
    page = councillor.get("/figures/ask")
    assert (page.status_code, answer_of(page)) == (200, None)
    assert len(busy_house.audited()) == before


def test_whole_months_are_told_as_the_grid_has_them(councillor):
    asked = answer_of(councillor.get(f"/figures/ask?ward={OWN}"))
    assert f">{asked.split()[0]}<" in councillor.get(f"/wards/{OWN}").text


def test_part_of_a_day_is_told_in_steps_and_remembered_before_it_is_shown(busy_house, councillor):
    page = councillor.get(NOON_TO_SIX)
    low, high = map(int, re.findall(r"\d+", answer_of(page)))
    assert high - low >= 5
    assert "cannot be taken apart" in page.text
    (kept,) = busy_house.store.releases(EVERYTHING).answers.to_dict("records")
    assert (kept["low"], kept["high"]) == (low, high)


def test_the_same_question_has_the_same_answer_and_is_kept_once(busy_house, councillor):
    first, again = (answer_of(councillor.get(NOON_TO_SIX)) for _ in range(2))
    assert first == again
    assert len(busy_house.store.releases(EVERYTHING).answers) == 1


def test_a_question_that_crosses_an_earlier_one_is_refused_in_words(councillor):
    councillor.get(NOON_TO_SIX)
    page = councillor.get(f"/figures/ask?ward={OWN}&hours=15-20")
    assert answer_of(page) == "No number can be given"
    assert "both together would reveal small numbers" in page.text


def test_each_question_is_on_record_by_codes_alone(busy_house, councillor):
    councillor.get(NOON_TO_SIX)
    last = busy_house.audited().iloc[-1]
    told = json.loads(last["detail"])
    assert (last["action"], told["what"], told["hours"]) == ("view-figures", "question", "12-18")
    assert (told["wards"], told["told"]) == ([OWN], "band")


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        (f"ward={OTHER}", 403, "may not view the figures"),
        (f"ward={OWN}&from=2020-01&to=2020-02", 422, "complete for every source"),
        (f"ward={OWN}&hours=noon", 422, "two clock hours"),
        (f"ward={OWN}&type=witchcraft", 422, "No incident type or theme"),
    ],
)
def test_what_cannot_be_asked_is_said(councillor, query, status, words):
    answer = councillor.get(f"/figures/ask?{query}")
    assert answer.status_code == status
    assert words in answer.text
