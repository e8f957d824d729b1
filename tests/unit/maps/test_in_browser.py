"""The map in a true browser, with no name but this machine's to be found."""

import pytest

from aim.maps import asset_folders, build_map, layers_json, live_map_page, render_page
from aim.testing.exporters import HOSTILE

pytestmark = pytest.mark.e2e


@pytest.fixture
def map_file(tmp_path, hotspots, incidents, wards, stamp):
    path = tmp_path / "map.html"
    made = build_map(hotspots, incidents, wards.assign(incidents=[12, 3]), stamp=stamp)
    path.write_text(render_page(made, self_contained=True), encoding="utf-8")
    return path


@pytest.fixture(params=[1366, 390])
def opened(request, browser, map_file):
    path = map_file
    page = browser.new_page(viewport={"width": request.param, "height": 844})
    page.faults = []
    page.on("request", lambda asked: page.faults.append(asked.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("dialog", lambda dialog: page.faults.append(dialog.message))
    page.goto(path.as_uri())
    page.faults = [fault for fault in page.faults if fault not in {path.as_uri(), "data:,"}]
    page.wait_for_selector(".aim-marker")
    yield page
    page.close()


def test_a_file_opens_whole_with_no_network(opened):
    assert opened.faults == []
    assert opened.locator(".aim-marker").count() == 5
    assert opened.evaluate("document.documentElement.scrollWidth") == opened.viewport_size["width"]


def test_hostile_text_shows_as_text(opened):
    opened.locator(".aim-go").nth(1).click()
    opened.wait_for_selector(".aim-facts")
    assert opened.locator(".aim-facts h2").inner_text() == f"2. {HOSTILE[1]}"
    assert opened.faults == []


def test_a_hotspot_is_reached_and_told_by_the_keyboard(opened):
    marker = opened.locator(".aim-marker").first
    assert marker.get_attribute("aria-label").startswith("Hotspot 1: =HYPERLINK(1), 39 incidents")
    marker.focus()
    opened.keyboard.press("Enter")
    assert "39 at 1 place" in opened.locator(".aim-facts").inner_text()


def test_a_check_box_takes_a_layer_away(opened):
    opened.evaluate("document.querySelector('.aim-key').open = true")
    opened.get_by_label("Hotspots", exact=True).uncheck()
    assert opened.locator(".aim-marker").count() == 0


HUB = "http://127.0.0.1:9"
FRAME = f"<title>Hub</title><iframe src='{HUB}/map' width='900' height='500'></iframe>"
POLICY = "default-src 'self'; script-src 'self' 'nonce-abc'; style-src 'self' 'nonce-abc'"


@pytest.fixture
def hub(browser, hotspots, wards, stamp):
    """A hub's page with the live map in a frame, answered without a server."""

    def answer(route):
        path, _, query = route.request.url.removeprefix(HUB).partition("?")
        if path.startswith("/vendor/"):
            _, _, folder, file = path.split("/", 3)
            route.fulfill(path=asset_folders()[folder] / file)
        elif path == "/map/layers":
            body = layers_json(hotspots.head(2 if "few" in query else 5), headline="Changed")
            route.fulfill(status=500 if "fail" in query else 200, body=body)
        elif path == "/map":
            body = live_map_page(wards, layers_url="/map/layers", stamp=stamp, nonce="abc")
            headers = {"Content-Security-Policy": f"{POLICY}; img-src 'self' data:"}
            route.fulfill(body=body, content_type="text/html", headers=headers)
        else:
            route.fulfill(body=FRAME, content_type="text/html")

    page = browser.new_page()
    page.route("**/*", answer)
    page.goto(HUB)
    page.evaluate("window.told = []; addEventListener('message', (event) => told.push(event.data))")
    page.frames[1].wait_for_selector(".aim-marker")
    yield page
    page.close()


def post(hub, message):
    hub.evaluate("(message) => frames[0].postMessage(message, location.origin)", message)


def test_a_live_map_follows_its_page_and_keeps_its_zoom(hub):
    frame = hub.frames[1]
    frame.evaluate("void window.aim.map.setZoom(14, {animate: false})")
    post(hub, {"qs": "few"})
    frame.wait_for_selector(".aim-marker >> nth=4", state="detached")
    assert frame.locator(".aim-marker").count() == 2
    assert frame.evaluate("window.aim.map.getZoom()") == 14
    assert {"aim": "map-updated", "hotspots": 2} in hub.evaluate("told")


def test_a_live_map_opens_the_hotspot_its_page_points_at(hub):
    post(hub, {"focus": 2})
    hub.frames[1].wait_for_selector(".aim-facts")
    assert hub.frames[1].locator(".aim-facts h2").inner_text() == f"2. {HOSTILE[1]}"


def test_a_live_map_that_cannot_follow_says_so(hub):
    post(hub, {"qs": "fail"})
    hub.frames[1].wait_for_selector(".aim-status-shown")
    assert "could not be brought up to date" in hub.frames[1].locator("#aim-status").inner_text()
    assert {"aim": "map-failed"} in hub.evaluate("told")


def test_the_page_has_no_accessibility_faults(opened, needs):
    needs("axe_playwright_python")
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - as above

    found = Axe().run(opened).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
