"""Every address and every command, asked as everybody: nothing leaves outside the policy's row."""

import marked
import pytest
import walking

ROLES = (
    "administrator analyst coordinator officer police-partner councillor scrutiny-member auditor"
    " token stranger"
).split()


def test_every_address_has_its_row_and_every_row_its_address(town, rows):
    assert sorted(walking.routes_of(town.app)) == sorted(rows["routes"])


# The walks of those who see rows are long: one that sees all and one that sees its own are walked
# in every run, a machine and those between them in the slow step.
LATER = {"token", "coordinator", "police-partner"}
WALKED = [pytest.param(role, marks=[pytest.mark.slow] if role in LATER else []) for role in ROLES]


@pytest.mark.parametrize("role", WALKED)
def test_a_role_gets_what_its_row_says_and_nothing_else(town, rows, role):
    faults = []
    for name, path in asked(town, "GET"):
        answer = town.clients[role].get(path, headers=walking.HTML, follow_redirects=False)
        faults += [f"{path}: {one}" for one in judge(town, rows, role, name, answer)]
    assert faults == []


def asked(town, method):
    hotspots = marked.saved_hotspots(town.store)
    for name, endpoint in walking.routes_of(town.app).items():
        if name.startswith(method):
            for path in walking.paths_of(name, endpoint, hotspots):
                yield name, path


def judge(town, rows, role, name, answer):
    """Yield what is wrong with an answer."""
    row = rows["routes"].get(name, {"for": "nobody"})
    hidden = role in row.get("hidden_from", ())
    opens = walking.may_open(rows, role, row) and not hidden
    if opens != is_let_in(row, answer):
        yield f"{answer.status_code} {where(answer)}, {opens=}"
    if not opens and not is_told_why(role, answer, hidden=hidden):
        yield f"{answer.status_code} without a reason"
    for mark in town.found(answer):
        if not (opens and walking.may_hold(rows, role, row, mark)):
            yield f"{mark.source} {mark.level} {mark.field}"


def where(answer):
    return answer.headers.get("location", "")


def is_let_in(row, answer):
    if row.get("absent"):
        return answer.status_code == 404
    if where(answer).startswith("/sign-in?"):
        return row["for"] == "open"
    return answer.status_code in row.get("status", {200, 303})


def is_told_why(role, answer, *, hidden):
    if role == "stranger":
        return answer.status_code == 401 or where(answer).startswith("/sign-in?")
    if hidden:
        return answer.status_code == 404
    told = "does not allow it" in answer.text or "may not" in answer.text
    return answer.status_code == 403 and told


@pytest.mark.slow
def test_the_table_says_no_more_than_what_is_shown(town, rows):
    shown = {}
    for name, path in asked(town, "GET"):
        answer = town.clients["analyst"].get(path, headers=walking.HTML)
        shown.setdefault(name, set()).update(mark.field for mark in town.found(answer))
    told = {name: set(row.get("shows", ())) for name, row in rows["routes"].items()}
    assert shown == {name: told[name] for name in shown}


FORM = {"text": "nowhere at all", "at": "470500,530500", "verdict": "confirm"}
LET_IN, REFUSED = {303, 404, 422}, {401, 403}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("role", ROLES)
def test_what_changes_something_is_for_those_the_table_names(town, rows, role):
    faults = []
    for name, path in [one for method in UNSAFE for one in asked(town, method)]:
        if name != "POST /sign-out":
            answer = send(town.clients[role], name, path, walking.OWN)
            row = rows["routes"].get(name, {"for": "nobody"})
            told = row.get("answers", LET_IN) if walking.may_open(rows, role, row) else REFUSED
            if answer.status_code not in told:
                faults.append(f"{name}: {answer.status_code}")
            faults += [
                f"{name}: {mark}"
                for mark in town.found(answer)
                if not walking.may_hold(rows, role, row, mark)
            ]
    assert faults == []


def send(client, name, path, headers):
    method = name.partition(" ")[0]
    return client.request(method, path, headers=headers, data=FORM, follow_redirects=False)


def test_no_other_site_can_change_anything(town):
    for name, path in [one for method in UNSAFE for one in asked(town, method)]:
        for headers in ({}, {"origin": "https://evil.example.org"}):
            assert send(town.clients["analyst"], name, path, headers).status_code == 403


@pytest.mark.slow
def test_pictures_of_figures_do_not_change_with_what_nobody_may_see(town, twin):
    paths = [f"/wards/{walking.WARD}/figures.{ending}" for ending in ("pdf", "png", "csv")]
    for path in paths:
        answers = [one.clients["councillor"].get(path) for one in (town, twin)]
        assert answers[0].status_code == 200
        assert answers[0].content == answers[1].content
