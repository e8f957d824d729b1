"""Each role comes in, by a local account and by the organisation's sign-in, in a true browser."""

import json
import runpy
from pathlib import Path

import pytest

from aim.access import is_allowed
from aim.model.accounts import WardTerm
from aim.model.people import Action, Actor, Role
from aim.model.types import slug_of

base = pytest.importorskip("axe_playwright_python.base")

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SERVICE = Path(__file__).parents[1] / "service"
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PASSWORD = "lantern street nine"  # noqa: S105 - of invented people
NEEDS = {
    "/api/incidents": Action.VIEW,
    "/api/hotspots": Action.VIEW,
    "/map": Action.VIEW,
    "/map/layers": Action.VIEW,
    "/api/incidents.csv": Action.EXPORT,
    "/api/hotspots.geojson": Action.EXPORT,
    "/audit": Action.READ_AUDIT,
}


@pytest.fixture(scope="module")
def provider():
    one = runpy.run_path(str(SERVICE / "provider.py"))["Provider"]()
    yield one
    one.close()


@pytest.fixture(scope="module")
def served(make_folder, serve, provider):
    named = {
        "AIM_OIDC_ISSUER": provider.issuer,
        "AIM_OIDC_CLIENT_ID": "aim-hub",
        "AIM_OIDC_CLIENT_SECRET": "marked-client-secret",
    }
    with serve(make_folder("people", add_people), **named) as address:
        yield address


def add_people(house):
    """Add two people of each role, one with a password and one of the organisation."""
    for role in Role:
        wards = (WardTerm("E05099001"),) if role is Role.COUNCILLOR else ()
        house.add(f"local-{slug_of(role)}", role, wards=wards)
        house.add(f"org-{slug_of(role)}", role, wards=wards, sign_in_name=slug_of(role))


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def enter_by_password(page, served, role):
    page.goto(f"{served}/docs")
    page.fill("#name", f"local-{slug_of(role)}")
    page.fill("#password", PASSWORD)
    page.click("button:text-is('Sign in')")


def enter_by_provider(page, served, role):
    page.goto(f"{served}/docs")
    page.click("text=Sign in with your organisation")


def accept_notice(page, role):
    if role in {Role.COUNCILLOR, Role.SCRUTINY}:
        assert page.inner_text("h1") == "For ward casework, not campaigning."
        page.click("text=I accept")


def sees_their_row_of_the_policy(page, served, role):
    assert page.url == f"{served}/docs"
    assert f"({role})" in page.inner_text(".who")
    actor = Actor("x", "x", frozenset({role}))
    found = {path: page.request.get(served + path).status for path in NEEDS}
    assert found == {path: 200 if is_allowed(actor, need) else 403 for path, need in NEEDS.items()}


@pytest.mark.parametrize("role", Role)
def test_each_role_comes_in_by_password_and_sees_its_row(page, served, role):
    enter_by_password(page, served, role)
    accept_notice(page, role)
    sees_their_row_of_the_policy(page, served, role)
    page.click("text=Sign out")
    assert page.request.get(f"{served}/api/incidents").status == 401


@pytest.mark.parametrize("role", Role)
def test_each_role_comes_in_by_the_organisation_and_sees_its_row(page, served, provider, role):
    provider.person = {"sub": f"s-{slug_of(role)}", "preferred_username": slug_of(role)}
    enter_by_provider(page, served, role)
    accept_notice(page, role)
    sees_their_row_of_the_policy(page, served, role)


def test_an_officer_sees_the_rows_of_the_own_agency_alone(page, served):
    enter_by_password(page, served, Role.OFFICER)
    rows = json.loads(page.request.get(f"{served}/api/incidents").text())["incidents"]
    assert rows
    assert {row["agency"] for row in rows} == {"norbeck-police"}


def test_a_wrong_password_is_told_on_the_page(page, served):
    page.goto(f"{served}/sign-in")
    page.fill("#name", "local-analyst")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    assert "is wrong" in page.inner_text("[role=alert]")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/password", "/sign-in/notice"])
def test_the_pages_of_the_door_are_accessible(page, served, path):
    if path != "/sign-in":
        enter_by_password(page, served, Role.ANALYST)
    page.goto(served + path)
    page.evaluate(Path(base.AXE_FILE_PATH).read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", AXE_RULES)
    assert [fault["id"] for fault in found["violations"]] == []
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide
