import re
from html.parser import HTMLParser

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.service import create_app
from aim.store import init_store

HOSTILE = "<img src=x"


class Tags(HTMLParser):
    """Collects every start tag of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def places(page):
    return re.findall(r'class="place-link" data-rank="\d+">([^<]+)<', page)


def summary(page):
    return re.search(r'<h2 class="summary">([^<]+)</h2>', page)[1]


def test_the_hub_opens_on_the_monday_preset(hub):
    page = hub.get("/").text
    assert "April 2026" in summary(page)
    assert re.search(r'aria-current="true">Monday hub<', page)


def test_a_form_sent_empty_means_everything(hub):
    page = hub.get("/?ward=&since=&until=").text
    assert "all dates" in summary(page)
    assert re.search(r'aria-current="true">Everything<', page)


def test_the_form_shows_what_was_chosen(hub, april):
    tags = Tags(hub.get(f"/?ward=E05099001&type=burglary&source=wardens&days=sat&{april}").text)
    ticked = {(box["name"], box["value"]) for box in tags.named("input") if "checked" in box}
    dates = {box["name"]: box["value"] for box in tags.named("input") if box["type"] == "date"}
    assert ticked == {
        ("ward", "E05099001"),
        ("type", "burglary"),
        ("source", "wardens"),
        ("days", "sat"),
    }
    assert dates == {"since": "2026-04-01", "until": "2026-05-01"}


def test_words_without_a_field_stay_with_the_form(hub, april):
    page = hub.get(f"/?include-outside=yes&eps-m=100&{april}").text
    hidden = {
        box["name"]: box["value"] for box in Tags(page).named("input") if box["type"] == "hidden"
    }
    assert hidden == {"include-outside": "yes", "eps-m": "100"}
    assert "eps 100 m" in page


def test_the_list_has_the_planted_places_busiest_first(hub, april):
    page = hub.get(f"/?{april}").text
    assert [place for place in places(page) if "Far" not in place][:2] == [
        "Lantern Street",
        "Sprat Lane",
    ]


def test_a_ward_chooses_hotspots_and_keeps_their_ranks(hub, april):
    page = hub.get(f"/?ward=Old+Town&{april}").text
    assert places(page) == ["Sprat Lane"]
    assert 'data-rank="2"' in page
    assert "in other wards" in page


def test_each_row_has_its_facts_behind_why(hub, april):
    page = hub.get(f"/?{april}").text
    assert page.count("<summary>Why?") == len(places(page)) > 0
    assert "Distinct places" in page


def test_hostile_text_of_a_feed_shows_as_text(hub, april):
    page = hub.get(f"/?type=anti-social-behaviour&{april}").text.lower()
    assert HOSTILE not in page
    assert "tar yard &lt;img src=x" in page


def test_no_page_shows_a_description(hub, april):
    for path in (f"/?{april}", f"/wards/E05099004?{april}", f"/map/layers?{april}"):
        assert "said " not in hub.get(path).text


@pytest.mark.parametrize("path", ["/", "/wards/E05099001", "/wards/E05099003?since=2026-03-01"])
def test_every_page_says_how_far_the_data_reach_and_how_to_handle_them(hub, path):
    page = hub.get(path).text
    foot = page[page.index("<footer") :]
    assert "OFFICIAL-SENSITIVE" in foot
    assert "norbeck-police to 30 April 2026" in foot
    assert "wardens to 30 April 2026" in foot
    assert "this computer only" in foot


def test_map_and_downloads_ask_for_exactly_what_is_shown(hub):
    tags = Tags(hub.get("/?ward=Harbour&type=asb&since=2026-04-01&until=2026-05-01&eps-m=120").text)
    plain = "ward=E05099001&type=asb&since=2026-04-01&until=2026-05-01"
    asked = {
        link["href"].partition(".")[0]: link["href"].partition("?")[2]
        for link in tags.named("a")
        if "download" in link
    }
    # Incidents are the same however they are clustered.
    assert asked == {"/api/hotspots": f"{plain}&eps-m=120", "/api/incidents": plain}
    assert tags.named("iframe")[0]["src"] == f"/map?{plain}&eps-m=120"


def test_an_incident_list_takes_no_cluster_words(hub):
    tags = Tags(hub.get("/?type=asb&eps-m=120").text)
    for link in tags.named("a"):
        if "download" in link:
            assert hub.get(link["href"]).status_code == 200, link["href"]


def test_a_partial_answer_holds_every_part_of_the_page(hub, april):
    page, part = hub.get(f"/?{april}"), hub.get(f"/?{april}", headers={"X-Partial": "1"})
    names = [one["data-part"] for _, one in Tags(page.text).found if "data-part" in one]
    found = [one["data-part"] for _, one in Tags(part.text).found if "data-part" in one]
    assert sorted(names) == sorted(found)
    assert places(part.text) == places(page.text)
    assert "<html" not in part.text
    assert page.headers["vary"].count("X-Partial")


def test_a_chart_comes_with_its_table(hub, april):
    page = hub.get(f"/?{april}").text
    assert 'role="img"' in page
    assert re.search(r'<th scope="row">April 2026</th>\s*<td class="number">\d+</td>', page)


def test_a_period_with_nothing_says_so(hub):
    page = hub.get("/?since=2020-01-01&until=2020-02-01").text
    assert "No place stands out" in page
    assert places(page) == []


def test_a_ward_page_names_its_ward_and_its_hotspots(hub, april):
    page = hub.get(f"/wards/E05099001?{april}").text
    assert "<h1>Harbour</h1>" in page
    assert places(page) == ["Lantern Street"]
    assert "Anti-social behaviour" in page


def test_a_page_loads_nothing_from_elsewhere(hub, april):
    for path in (f"/?{april}", "/wards/E05099001", "/docs", "/map"):
        for tag, attributes in Tags(hub.get(path).text).found:
            for name in ("src", "href"):
                if tag != "a" and attributes.get(name):
                    assert attributes[name].startswith(("/", "#", "data:")), attributes


def test_every_script_and_style_of_the_pages_is_there(hub):
    for path in ("/", "/map"):
        for tag, attributes in Tags(hub.get(path).text).found:
            address = attributes.get("src" if tag == "script" else "href", "")
            if tag in {"script", "link"} and address.startswith("/"):
                assert hub.get(address).status_code == 200, address


def test_the_docs_page_lists_every_address_for_programs(hub):
    page, described = hub.get("/docs").text, hub.get("/openapi.json").json()
    assert all(path in page for path in described["paths"])
    assert {"/api/hotspots", "/api/incidents", "/api/trends", "/api/wards"} <= set(
        described["paths"]
    )


@pytest.fixture
def empty_hub(tmp_path, client_of):
    url = f"sqlite:///{(tmp_path / 'aim.db').as_posix()}"
    init_store(url)
    with client_of(create_app(Settings(store_url=url))) as client:
        yield client


def test_an_empty_store_says_what_to_do_first(empty_hub):
    page = empty_hub.get("/").text
    assert "Nothing has been loaded yet" in page
    assert "aim ingest" in page


@pytest.mark.parametrize("path", ["/map", "/map/layers", "/api/hotspots", "/api/wards.csv"])
def test_an_empty_store_answers_every_address(empty_hub, path):
    assert empty_hub.get(path).status_code == 200


def test_a_saved_hotspot_has_a_page_of_its_own(tmp_path, client_of, make_hub_store):
    store = make_hub_store(tmp_path)
    wanted = workflows.read_words(store, LOCAL_ANALYST, {"since": "2026-04-01", "until": "2026-05"})
    run = workflows.find_hotspots(store, LOCAL_ANALYST, wanted, save=True)
    with client_of(create_app(Settings(), store)) as client:
        page = client.get(f"/hotspots/{run.hotspots.hotspot_id.iloc[0]}").text
    store.close()
    assert "<h1>Lantern Street</h1>" in page
    assert "In each saved run" in page


def test_the_quality_page_tells_of_every_source(hub):
    page = hub.get("/quality").text
    assert "Data quality" in page
    assert "norbeck-police" in page
    assert "wardens" in page
