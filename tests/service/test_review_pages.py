"""Pages where a person settles links and places: plain forms, sent from the hub's own pages."""

import re

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.model.people import EVERYTHING
from aim.service import create_app
from aim.service.origin import is_same_origin
from aim.store import init_store, open_store

HERE = {"Origin": "http://127.0.0.1"}
HOSTILE = "<img src=x"
WARDENS = """Job No,Date,Time,Category,Location,Easting,Northing,Details
W1,03/04/2026,21:00,Graffiti,Sprat Lane,473200,530900,tags on the bakery <img src=x>
W2,05/04/2026,21:00,Graffiti,Lantern Road,,,tags again
"""
CALLS = """Ref,Date,Time,Category,Location,Easting,Northing,Details
H1,03/04/2026,21:10,Graffiti,Sprat Lane,473202,530901,tags on the bakery
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory, client_of):
    """Give a client and the store behind it, with one likely pair and one text to place."""
    folder = tmp_path_factory.mktemp("review")
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    init_store(url)
    store = open_store(url)
    for name, text in (("w", WARDENS), ("h", CALLS)):
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        workflows.ingest_feed(
            store, LOCAL_ANALYST, feed="wardens", path=path, source=f"{name}-team"
        )
    workflows.find_links(store, LOCAL_ANALYST)
    streets = folder / "streets.csv"
    streets.write_text(
        "street,easting,northing\nLantern Street,470700,530700\nAnchor Row,471000,531000\n",
        encoding="utf-8",
    )
    workflows.add_places(store, LOCAL_ANALYST, streets, kind="street")
    with client_of(create_app(Settings(), store)) as client:
        yield client, store
    store.close()


def pair(store):
    link = store.links(EVERYTHING).loc[0]
    return {"one": link["incident_a"], "other": link["incident_b"]}


def state(store):
    return store.links(EVERYTHING)["state"].tolist()


def test_both_reports_stand_beside_each_other_with_reasons_in_words(asked):
    page = asked[0].get("/links").text
    assert page.count('class="report"') == 2
    for words in ("w-team", "h-team", "10 minutes apart", "2 m apart", "Waiting: 1"):
        assert words in page
    assert HOSTILE not in page
    assert "settled" not in page


@pytest.mark.parametrize("verdict", ["confirm", "refuse"])
def test_an_answer_is_kept_shown_and_taken_back_by_forms_alone(asked, verdict):
    client, store = asked
    kept = {"confirm": "confirmed", "refuse": "refused"}[verdict]
    answer = client.post("/links", data={**pair(store), "verdict": verdict}, headers=HERE)
    assert answer.history[0].status_code == 303
    assert state(store) == [kept]
    assert "Take it back" in answer.text
    listed = client.get(f"/links?state={kept}").text
    assert "by local" in listed
    assert listed.count('class="report"') == 2
    client.post("/links", data={**pair(store), "verdict": "reopen"}, headers=HERE)
    assert state(store) == ["suggested"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", **HERE},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/links", "/places/review"])
def test_a_page_elsewhere_changes_nothing(asked, path, headers):
    client, store = asked
    data = {**pair(store), "verdict": "confirm", "text": "lantern road", "nowhere": "yes"}
    answer = client.post(path, data=data, headers=headers)
    assert answer.status_code == 403
    assert state(store) == ["suggested"]
    assert store.place_answers(EVERYTHING).empty


def test_the_port_is_part_of_where_a_request_comes_from():
    asked_of = {"host": "127.0.0.1:8000"}
    assert is_same_origin({**asked_of, "origin": "http://127.0.0.1:8000"})
    assert not is_same_origin({**asked_of, "origin": "http://127.0.0.1:9000"})


@pytest.mark.parametrize(
    ("path", "status"),
    [("/links?state=lost", 422), ("/links?page=x", 422), ("/links?page=99", 200)],
)
def test_a_strange_address_of_the_links_is_told(asked, path, status):
    assert asked[0].get(path).status_code == status


@pytest.mark.parametrize(
    ("data", "status"),
    [({"verdict": "perhaps"}, 422), ({"verdict": "confirm", "one": "a", "other": "b"}, 404)],
)
def test_a_strange_answer_is_told(asked, data, status):
    assert asked[0].post("/links", data=data, headers=HERE).status_code == status


def test_what_is_no_form_or_too_long_is_refused(asked):
    client, _ = asked
    assert client.post("/links", json={"verdict": "confirm"}, headers=HERE).status_code == 422
    assert client.post("/links", data={"one": "a" * 30_000}, headers=HERE).status_code == 422


def test_words_are_answered_with_the_best_guess_and_forgotten_again(asked):
    client, store = asked
    page = client.get("/places/review").text
    assert "lantern road" in page
    at = re.search(r'name="at" value="([\d.,]+)"', page)[1]
    before = len(store.incidents(workflows.links.ANYWHERE, EVERYTHING, located_only=True))
    data = {"text": "lantern road", "ward": "", "at": at}
    answer = client.post("/places/review", data=data, headers=HERE)
    assert "Nothing waits" in answer.text
    located = store.incidents(workflows.links.ANYWHERE, EVERYTHING, located_only=True)
    assert len(located) == before + 1
    answer = client.post("/places/review", data={**data, "forget": "yes"}, headers=HERE)
    assert "1 text waits" in answer.text


def test_words_may_name_no_place(asked):
    client, store = asked
    data = {"text": "lantern road", "ward": "", "nowhere": "yes"}
    assert "names no place" in client.post("/places/review", data=data, headers=HERE).text
    assert store.place_answers(EVERYTHING)["precision"].tolist() == ["none"]
    client.post("/places/review", data={**data, "forget": "yes"}, headers=HERE)


def test_a_position_that_is_no_position_is_told(asked):
    data = {"text": "lantern road", "at": "over there"}
    answer = asked[0].post("/places/review", data=data, headers=HERE)
    assert answer.status_code == 422
    assert "easting,northing" in answer.text


@pytest.mark.parametrize("path", ["/", "/quality"])
def test_both_lists_are_linked_from(asked, path):
    page = asked[0].get(path).text
    assert 'href="/links"' in page
    assert 'href="/places/review"' in page
