import re
from html.parser import HTMLParser

import folium
import pytest
from folium.plugins import MarkerCluster

from aim.errors import ExportError
from aim.maps import asset_folders, build_map, live_map_page, render_page
from aim.maps import page as pages
from aim.testing.exporters import FREE_TEXT, HOSTILE


class Addresses(HTMLParser):
    """Collect what the tags of a page point at; text inside scripts is no tag."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - the parser's own signature
        self.found += [value for name, value in attrs if name in {"src", "href", "action"}]


def addresses(page):
    reader = Addresses()
    reader.feed(page)
    return reader.found


@pytest.fixture
def hub_map(hotspots, incidents, wards, stamp):
    return build_map(
        hotspots, incidents, wards.assign(incidents=[12, None]), stamp=stamp, title="Norbeck"
    )


def test_a_served_page_asks_only_for_our_own_files(hub_map):
    asked = set(addresses(render_page(hub_map, assets="/vendor/")))
    assert asked == {
        "data:,",
        "/vendor/leaflet/leaflet.js",
        "/vendor/leaflet/leaflet.css",
        "/vendor/aim-map/map.js",
        "/vendor/aim-map/map.css",
    }


def test_every_file_a_page_asks_for_is_in_a_served_folder(hub_map):
    folders = asset_folders()
    asked = addresses(render_page(hub_map, assets="/vendor"))
    files = [address.split("/")[2:] for address in asked if address.startswith("/vendor/")]
    assert files
    assert all((folders[folder] / file).is_file() for folder, file in files)


@pytest.mark.parametrize(
    "write",
    [lambda one: render_page(one, self_contained=True), lambda one: one.get_root().render()],
)
def test_a_self_contained_page_asks_for_nothing(hub_map, write):
    page = write(hub_map)
    assert set(addresses(page)) == {"data:,"}
    assert re.findall(r"url\((?!data:|#|[\"']?#)[^)]{1,60}\)", page) == []
    assert "sourceMappingURL" not in page
    assert "https://cdn" not in page


def test_every_line_of_the_stamp_is_printed(hub_map, wards, stamp):
    for page in (render_page(hub_map), live_map_page(wards, layers_url="/map/layers", stamp=stamp)):
        footer = page[page.index("<footer") :].replace("&amp;", "&")
        assert all(line in footer for line in stamp.lines())


def test_a_map_without_a_stamp_says_that_it_is_unmarked(hotspots):
    assert pages.UNMARKED in build_map(hotspots).get_root().render()
    assert pages.UNMARKED in render_page(folium.Map(tiles=None))


def test_hostile_text_never_reaches_the_page_as_markup(hub_map):
    page = render_page(hub_map)
    assert HOSTILE[1] not in page
    assert "<i>Moor" not in page
    assert "<b>Mill Lane" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_description_is_nowhere_in_the_page(hub_map):
    assert FREE_TEXT not in render_page(hub_map)


def test_every_script_and_style_carries_the_nonce(hub_map):
    page = render_page(hub_map, nonce="n0nce")
    tags = re.findall(r"<(?:script|style)[^>]*>", page)
    assert len(tags) > 5
    assert all('nonce="n0nce"' in tag for tag in tags)


def test_the_page_may_be_zoomed_and_names_its_language(hub_map):
    page = render_page(hub_map)
    assert "user-scalable" not in page
    assert page.count('name="viewport"') == 1
    assert '<html lang="en-GB">' in page
    assert "<title>Norbeck</title>" in page


def test_the_same_map_gives_the_same_bytes(hotspots, incidents, wards, stamp):
    first, second = (build_map(hotspots, incidents, wards, stamp=stamp) for _ in range(2))
    assert render_page(first) == render_page(second) == render_page(second)


def test_a_link_without_a_local_copy_stops_the_page(hub_map):
    MarkerCluster([[54.7, -0.9]]).add_to(hub_map)
    with pytest.raises(ExportError, match=r"markercluster.*no local copy"):
        render_page(hub_map)


def test_a_notebook_keeps_a_layer_we_have_no_copy_for(hub_map):
    MarkerCluster([[54.7, -0.9]]).add_to(hub_map)
    assert "markercluster" in hub_map.get_root().render()


def test_jquery_comes_only_where_a_layer_calls_it(hub_map):
    assert "jquery" not in render_page(hub_map)
    folium.CircleMarker([54.7, -0.9], popup="Here").add_to(hub_map)
    assert "/vendor/jquery/jquery.min.js" in render_page(hub_map)


def test_rendering_leaves_a_map_with_its_own_figure(hub_map):
    root = hub_map.get_root()
    render_page(hub_map, assets="/elsewhere", title="Other")
    assert hub_map.get_root() is root
    assert "/elsewhere" not in root.render()


def test_a_title_can_be_given_to_the_page(hub_map):
    assert "<h1>Other</h1>" in render_page(hub_map, title="Other")


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(pages.PACKAGES, "leaflet", ("xstatic.pkg.absent", "data"))
    with pytest.raises(ExportError, match=r"xstatic\.pkg\.absent"):
        asset_folders()
