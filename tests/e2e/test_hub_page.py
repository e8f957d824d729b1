import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

base = pytest.importorskip("axe_playwright_python.base")

pytestmark = pytest.mark.e2e

APRIL = "since=2026-04-01&until=2026-05-01"
PLAIN_PAGES = {"/docs", "/quality", "/audit"}
SIZES = [(1366, 900), (390, 844)]
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def names(page):
    texts = page.locator(".place-link").all_text_contents()
    return [text.removesuffix(", show on the map") for text in texts]


def drawn(watched):
    return watched.map.evaluate("[...aim.pins().values()].map(pin => pin.known.name)")


def downloaded(page):
    with page.expect_download() as waiting:
        page.click("text=GeoJSON of the hotspots")
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    return [one["properties"]["name"] for one in json.loads(text)["features"]]


def choose(page, label, name):
    page.click(f".picker-label:text-is('{label}')")
    with page.expect_response("**/map/layers?**"):
        page.check(f".picker[open] label.tick:has-text('{name}')")
    page.keyboard.press("Escape")
    page.locator(".busy").wait_for(state="detached")
    page.wait_for_timeout(200)


def faults_of_axe(frame):
    frame.evaluate(base.AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = frame.evaluate(f"axe.run(document, {json.dumps(AXE_RULES)})")
    return [(one["id"], one["nodes"][0]["target"]) for one in found["violations"]]


def test_map_list_and_download_follow_the_filters_together(watch):
    watched = watch()
    page = watched.open_with_map(f"/?{APRIL}")
    whole = names(page)
    assert whole == drawn(watched) == downloaded(page)
    choose(page, "Ward", "Harbour")
    assert names(page) == drawn(watched) == downloaded(page) == ["Lantern Street"]
    choose(page, "Incident type", "Burglary")
    assert names(page) == drawn(watched) == downloaded(page) == []
    assert "ward=E05099001" in page.url
    assert "type=burglary" in page.url


def test_the_map_keeps_its_zoom_when_the_filter_changes(watch):
    watched = watch()
    page = watched.open_with_map(f"/?{APRIL}")
    watched.map.evaluate("void aim.map.setZoom(15, {animate: false})")
    choose(page, "Ward", "Harbour")
    assert watched.map.evaluate("aim.map.getZoom()") == 15


def test_the_reader_is_told_and_the_focus_stays(watch):
    page = watch().open_with_map(f"/?{APRIL}")
    page.click(".picker-label:text-is('Ward')")
    page.check(".picker[open] label.tick:has-text('Old Town')")
    page.locator("#told:has-text('Old Town')").wait_for(state="attached")
    assert page.evaluate("document.activeElement.value") == "E05099002"


def test_going_back_brings_the_choice_before(watch):
    page = watch().open_with_map(f"/?{APRIL}")
    before = names(page)
    choose(page, "Ward", "Harbour")
    page.go_back()
    page.wait_for_selector("body[data-map]")
    assert names(page) == before


def test_a_place_in_the_list_opens_on_the_map(watch):
    watched = watch()
    page = watched.open_with_map(f"/?{APRIL}")
    page.click(".place-link >> nth=0")
    popup = watched.map.wait_for_selector(".leaflet-popup")
    assert "Lantern Street" in popup.text_content()


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("path", [f"/?{APRIL}", "/wards/E05099001", "/docs", "/quality", "/audit"])
def test_no_page_breaks_a_rule_of_accessibility_or_scrolls_sideways(watch, path, width, height):
    watched = watch(width, height)
    page = (watched.open if path in PLAIN_PAGES else watched.open_with_map)(path)
    assert faults_of_axe(page.main_frame) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_map_frame_breaks_no_rule_of_accessibility(watch, width, height):
    watched = watch(width, height)
    watched.open_with_map(f"/?{APRIL}")
    assert faults_of_axe(watched.map) == []


def test_open_facts_and_lists_break_no_rule_either(watch):
    page = watch().open_with_map(f"/?{APRIL}")
    page.click(".why-row summary >> nth=0")
    page.click("text=The same as a table")
    page.click(".picker-label:text-is('Incident type')")
    assert faults_of_axe(page.main_frame) == []


def test_hostile_text_shows_as_text_and_runs_nothing(watch):
    watched = watch()
    page = watched.open_with_map(f"/?type=anti-social-behaviour&ward=Moor&{APRIL}")
    assert [name.lower() for name in names(page)] == ["tar yard <img src=x onerror=window.hit=1>"]
    page.click(".place-link >> nth=0")
    popup = watched.map.wait_for_selector(".leaflet-popup")
    assert "<img src=x" in popup.text_content().lower()
    assert [frame.evaluate("window.hit") for frame in page.frames] == [None, None]


def test_without_scripts_the_form_the_list_and_the_chart_work(watch):
    page = watch(scripts=False).open(f"/?{APRIL}")
    page.click(".picker-label:text-is('Ward')")
    page.check("label.tick:has-text('Harbour')")
    page.click("button:text-is('Show')")
    assert "ward=E05099001" in page.url
    assert names(page) == ["Lantern Street"]
    assert page.locator("figure.drawing svg").count() == 1


def test_a_phone_folds_the_filters_and_shows_cards(watch):
    page = watch(390, 844).open_with_map(f"/?{APRIL}")
    assert not page.locator("#fold").evaluate("fold => fold.open")
    card = page.locator(".hotspot").first.bounding_box()
    assert card["width"] <= 390


def test_a_wrong_choice_is_told_on_the_page(watch):
    watched = watch()
    page = watched.open_with_map(f"/?{APRIL}")
    page.fill("#until", "2026-03-01")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "must come after" in page.text_content("#trouble")
    watched.faults = [fault for fault in watched.faults if "422" not in fault]


def test_the_server_answers_no_other_name(address):
    asked = urllib.request.Request(f"{address}/api/incidents", headers={"Host": "evil.example"})  # noqa: S310 - loopback
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(asked)  # noqa: S310 - loopback
    assert told.value.code == 421
    told.value.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_covers_the_handling_marking_of_the_map(watch, width, height):
    watched = watch(width, height)
    watched.open_with_map(f"/?{APRIL}")
    assert watched.map.evaluate(
        """() => {
          const lines = [...document.querySelectorAll(".aim-stamp p")];
          const marking = lines.find((line) => line.textContent.includes("OFFICIAL-SENSITIVE"));
          const room = marking.getBoundingClientRect();
          const top = document.elementFromPoint(room.left + 4, room.top + 4);
          return marking.contains(top) && room.bottom <= window.innerHeight;
        }"""
    )
