"""Each role in a true browser: where it is led, what it may open, and how it is told no."""

import pytest

from aim.model.accounts import WardTerm
from aim.model.people import Role
from aim.model.types import slug_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PASSWORD = "lantern street nine"  # noqa: S105 - of invented people
ALL_APRIL = "since=2026-04-01&until=2026-05-01"
ROWS, FIGURES = f"/api/incidents.csv?{ALL_APRIL}", "/wards/E05099001/figures.csv"

# Where a role arrives, a page it may not see, and a file it may take.
POLICY = {
    Role.ADMINISTRATOR: ("/figures", "/links", FIGURES),
    Role.ANALYST: ("/", "/audit", ROWS),
    Role.COORDINATOR: ("/", "/audit", ROWS),
    Role.OFFICER: ("/", "/figures", ROWS),
    Role.POLICE_PARTNER: ("/", "/figures", ROWS),
    Role.COUNCILLOR: ("/wards/E05099001/figures", "/map", FIGURES),
    Role.SCRUTINY: ("/figures", "/quality", FIGURES),
    Role.AUDITOR: ("/quality", "/figures", ""),
}


@pytest.fixture(scope="module")
def served(make_folder, serve):
    with serve(make_folder("roles", add_people)) as address:
        yield address


def add_people(house):
    for role in Role:
        wards = (WardTerm("E05099001"),) if role is Role.COUNCILLOR else ()
        house.add(slug_of(role), role, wards=wards, notice_at=house.clock())


@pytest.fixture
def entered(browser, served):
    """Give a way to be somebody, as far as the first page."""
    contexts = []

    def enter(role):
        contexts.append(browser.new_context(viewport={"width": 390, "height": 844}))
        page = contexts[-1].new_page()
        page.goto(served)
        page.fill("#name", slug_of(role))
        page.fill("#password", PASSWORD)
        page.click("button:text-is('Sign in')")
        return page

    yield enter
    for one in contexts:
        one.close()


@pytest.mark.parametrize("role", Role)
def test_a_role_arrives_where_there_is_something_for_it(entered, served, role):
    page = entered(role)
    assert page.url == served + POLICY[role][0]
    found = [link.get_attribute("href") for link in page.locator("nav a").all()]
    told = {path: page.request.get(served + path).status for path in found}
    assert set(told.values()) == {200}


@pytest.mark.parametrize("role", Role)
def test_a_deep_link_that_is_not_for_a_role_says_why_and_leads_on(entered, served, role):
    page = entered(role)
    assert page.goto(served + POLICY[role][1]).status == 403
    assert "does not allow it" in page.inner_text("main")
    page.click("main a")
    assert page.url.startswith(served)
    assert page.inner_text("h1") != "You may not see that"


@pytest.mark.parametrize("role", [role for role in Role if POLICY[role][2]])
def test_a_file_is_for_whom_the_policy_names(entered, served, role):
    page = entered(role)
    wanted = POLICY[role][2]
    other = FIGURES if wanted == ROWS else ROWS
    text = page.request.get(served + wanted).text()
    assert ("incident_id" in text.splitlines()[0]) == (wanted == ROWS)
    both = {Role.ANALYST, Role.COORDINATOR}
    assert page.request.get(served + other).status == (200 if role in both else 403)
