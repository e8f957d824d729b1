"""One record from a hotspot to a tested result, in a true browser, as three people."""

import io
import socket
import threading
import time
import zipfile
from datetime import UTC, date, datetime

import pytest
import uvicorn

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.service import create_app
from aim.store import open_store

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# The sample's planted action: when it began at which street, and what is known on that day.
PLACE, BEGAN, REVIEW = "Bowline Avenue", date(2025, 10, 1), date(2026, 6, 1)
GROUP, BEFORE = "Avenue nights", "since=2025-02-01&until=2025-10-01"
DRAFT = {"title": "Walk the avenue at night", "details": "Fifteen minutes at each stop."}
SMART = {
    "partners": "council",
    "types": "asb",
    "months": "8",
    "target": "5",
    "agency": "wardens",
    "owner": "demo-officer",
    "resource": "Two wardens, three nights a week",
    "cost": "0",
    "priority": "Quieter nights",
    "start": "2025-10-01",
    "due": "2026-05-31",
    "review": "2026-06-01",
}


class Clock:
    """The time it is, as the served hub is told."""

    def __init__(self, today):
        self.today = today

    def now(self):
        return datetime.combine(self.today, datetime.min.time(), UTC).replace(hour=21)


@pytest.fixture(scope="module")
def clock():
    return Clock(BEGAN)


@pytest.fixture(scope="module")
def address(tmp_path_factory, clock):
    url = f"sqlite:///{(tmp_path_factory.mktemp('story') / 'aim.db').as_posix()}"
    store = open_store(url, create=True, clock=clock.now)
    workflows.set_up_demo(store, LOCAL_ANALYST, lambda _: None, today=BEGAN)
    app = create_app(Settings(store_url=url), store, today=lambda: clock.today, now=clock.now)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        served = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        served.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        served.join()
    store.close()


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, browser, address, role, width, height):
        self.address, self.role = address, role
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()

    def come(self, path):
        """Open a page, signed in anew where the last time is long past."""
        self.page.goto(self.address + path)
        button = self.page.locator(f"button:text-is('Demo {self.role}')")
        if button.count():
            button.click()
            self.page.goto(self.address + path)
        assert self.fits()
        return self.page

    def fits(self):
        """Tell whether nothing has to be moved sideways to be read."""
        return self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def write(self, words):
        """Write into the fields in sight, by name."""
        for name, word in words.items():
            field = self.page.locator(f"main [name={name}]:visible").first
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(word)
            else:
                field.fill(word)

    def where(self):
        return self.page.url.partition("?")[0].removeprefix(self.address)

    def read(self, part="main"):
        return self.page.inner_text(part)


@pytest.fixture(scope="module")
def people(browser, address):
    """Give two people at a desk and one with a phone."""
    found = (
        Person(browser, address, "analyst", 1366, 900),
        Person(browser, address, "coordinator", 1366, 900),
        Person(browser, address, "officer", 390, 844),
    )
    yield found
    for one in found:
        one.context.close()


def test_from_a_hotspot_to_a_tested_result(people, clock):
    analyst, coordinator, officer = people
    keep_list(analyst)
    group = form_group(coordinator)
    meeting = decide(analyst)
    action = agree(coordinator, group)
    walk_tonight(officer, action)
    clock.today = REVIEW
    review(officer, coordinator, action)
    for where in (group, meeting):
        take_pack(analyst, where)


def keep_list(analyst):
    page = analyst.come(f"/?{BEFORE}")
    assert PLACE in analyst.read("[data-part=list]")
    page.click("text=Keep this list for a meeting")
    assert "The list is kept." in analyst.read()


def form_group(coordinator):
    page = coordinator.come("/groups")
    page.click("summary:has-text('Form a group')")
    coordinator.write({"name": GROUP, "purpose": "Quieter nights in the avenue"})
    page.click("button:text-is('Form the group')")
    assert "The group is formed." in coordinator.read()
    return coordinator.where()


def decide(analyst):
    page = analyst.page
    analyst.write({"day": BEGAN.isoformat(), "agencies": "police, council, wardens"})
    page.click("text=Open its list")
    place = page.locator("section", has=page.locator(f"h3:has-text('{PLACE}')"))
    place.locator("summary").click()
    place.get_by_label("Decision").select_option("take up")
    place.get_by_label("Group").select_option(label=GROUP)
    place.get_by_label("Said to be done").fill("Wardens walk it at night.")
    place.locator("button").click()
    assert "Take up" in analyst.read(f"section:has(h3:has-text('{PLACE}'))")
    return analyst.where()


def agree(coordinator, group):
    page = coordinator.come(group)
    page.click("text=Draft an action of this group")
    site = page.locator(f"select[name=site] option:has-text('{PLACE}')").first
    coordinator.write(DRAFT | {"site": site.get_attribute("value")})
    page.click("text=Keep as a draft")
    action = coordinator.where()
    page.click("button:has-text('Agree')")
    refused = coordinator.read()
    assert "It cannot be agreed yet" in refused
    for gap in ("Specific", "Measurable", "Achievable", "Relevant", "Time-bound"):
        assert f"{gap}:" in refused
    coordinator.come(action).click("summary:has-text('Change what is planned')")
    coordinator.write(SMART)
    page.click("button:text-is('Keep the changes')")
    assert "Nothing is missing" in coordinator.read()
    page.click("button:has-text('Agree')")
    assert "Agreed" in coordinator.read(".lead")
    return action


def walk_tonight(officer, action):
    officer.come(action).click("button:has-text('under way')")
    page = officer.come("/tonight")
    stop = page.locator(".stop", has=page.locator(f"h2:has-text('{PLACE}')"))
    assert DRAFT["title"] in stop.inner_text()
    assert stop.locator("button.tap").bounding_box()["height"] >= 44
    stop.locator("button.tap").click()
    assert page.locator(".stop-logged").count() == 1
    assert officer.fits()


def review(officer, coordinator, action):
    officer.come(action).click("button:has-text('done')")
    page = coordinator.come(action)
    box = page.locator("form:has(input[value=reviewed])")
    for told in box.locator("textarea").all():
        told.fill("The nights are quieter.")
    box.locator("button").click()
    assert "Reviewed" in coordinator.read(".lead")
    told = coordinator.read()
    assert "in October 2025 to May 2026" in told
    assert "was picked because it stood out" in told
    assert "15 patrol minutes in 1 visit" in told


def take_pack(analyst, where):
    analyst.come(where)
    for ending in ("pdf", "docx", "xlsx", "pptx"):
        sent = analyst.page.request.get(f"{analyst.address}{where}/pack.{ending}")
        assert sent.ok, sent.text()
        if ending == "pdf":
            assert sent.body().startswith(b"%PDF-")
        else:
            assert zipfile.ZipFile(io.BytesIO(sent.body())).testzip() is None
