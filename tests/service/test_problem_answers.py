from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from aim import errors
from aim.config import Settings
from aim.service import create_app
from aim.service.problems import STATUS, kind_of, status_of


@pytest.mark.parametrize(
    ("path", "status", "kind", "words"),
    [
        ("/api/hotspots?colour=red", 422, "parameter-error", "colour"),
        ("/api/hotspots?type=zorbing", 422, "parameter-error", "zorbing"),
        ("/api/hotspots?ward=Nowhere", 422, "parameter-error", "Nowhere"),
        ("/api/hotspots?source=nobody", 422, "parameter-error", "nobody"),
        ("/api/hotspots?since=never", 422, "parameter-error", "since"),
        ("/api/hotspots?since=2026-05-01&until=2026-05-01", 422, "parameter-error", "after"),
        ("/api/hotspots?since=2026-05-01&since=2026-06-01", 422, "parameter-error", "one value"),
        ("/api/hotspots?eps-m=wide", 422, "parameter-error", "eps-m"),
        ("/api/hotspots?eps-m=0", 422, "parameter-error", "eps_m"),
        ("/api/hotspots?eps-m=1&eps-m=2", 422, "parameter-error", "more than once"),
        ("/api/hotspots?min-samples=few", 422, "parameter-error", "min-samples"),
        ("/api/hotspots?no-split=maybe", 422, "parameter-error", "no-split"),
        ("/api/hotspots?cluster-within=yes", 422, "parameter-error", "cluster-within"),
        ("/api/hotspots.pdf", 422, "parameter-error", "ending"),
        ("/api/incidents?eps-m=100", 422, "parameter-error", "eps-m"),
        ("/api/trends?by=moon", 422, "parameter-error", "moon"),
        ("/api/nothing", 404, "not-found", "/api/nothing"),
        ("/map/layers?colour=red", 422, "parameter-error", "colour"),
        ("/wards/E05000000", 404, "not-found-error", "E05000000"),
        ("/hotspots/none", 404, "not-found-error", "none"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(hub, path, status, kind, words):
    answer = hub.get(path)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (status, status)
    assert problem["type"] == f"/docs#{kind}"
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    assert words in problem["detail"]
    assert problem["instance"] == path.partition("?")[0]


def test_posting_is_not_allowed_and_says_what_is(hub):
    answer = hub.post("/api/hotspots", headers={"origin": "http://127.0.0.1"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "GET" in answer.json()["detail"]


def test_a_browser_gets_the_problem_as_a_page(hub):
    answer = hub.get("/wards/E05000000", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "E05000000" in answer.text


def test_a_program_asking_under_api_gets_no_page(hub):
    answer = hub.get("/api/hotspots?type=zorbing", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


def test_markup_in_a_problem_shows_as_text(hub):
    answer = hub.get("/?type=<script>alert(1)</script>", headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.fixture(scope="module")
def failing(client_of):
    """Give a client of an app with one route for each error of the table."""
    app: FastAPI = create_app(Settings(), SimpleNamespace(has_accounts=lambda: False))
    for error in STATUS:

        def fail(error=error):
            raise error(f"asked, found, do: {error.__name__}")

        app.add_api_route(f"/fail/{error.__name__}", fail)
    return client_of(app)


@pytest.mark.parametrize("error", STATUS, ids=lambda error: error.__name__)
def test_every_error_answers_with_its_status_and_its_own_words(failing, error):
    answer = failing.get(f"/fail/{error.__name__}")
    assert answer.status_code == STATUS[error]
    assert answer.json()["detail"] == f"asked, found, do: {error.__name__}"
    assert answer.json()["type"] == f"/docs#{kind_of(error)}"


def test_an_error_of_a_plug_in_takes_the_status_of_its_parent():
    class StrangeStoreError(errors.NotFoundError):
        """An error somebody else's store raises."""

    assert status_of(StrangeStoreError("x")) == 404


def test_every_kind_of_problem_is_explained_on_the_docs_page(hub):
    page = hub.get("/docs").text
    assert all(f'id="{kind_of(error)}"' in page for error in STATUS)
