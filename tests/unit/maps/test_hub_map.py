import folium
import orjson
import pytest

from aim.errors import CrsError
from aim.maps import build_map, live_map_page, render_page
from aim.maps.hub_map import HubLayers


def config_of(folium_map):
    layers = next(one for one in folium_map._children.values() if isinstance(one, HubLayers))
    return orjson.loads(layers.config_text)


def test_a_map_is_a_folium_map_with_all_layers(hotspots, incidents, wards):
    made = build_map(hotspots, incidents, wards.assign(incidents=[12, 3]), chosen=["E05099002"])
    layers = config_of(made)["layers"]
    assert isinstance(made, folium.Map)
    assert len(layers["hotspots"]["features"]) == 5
    assert len(layers["incidents"]["features"]) == 2
    assert (layers["wards"], layers["shaded"]) == ({"E05099001": 12, "E05099002": 3}, True)
    assert layers["chosen"] == ["E05099002"]


def test_wards_without_counts_are_not_shaded(hotspots, wards):
    assert config_of(build_map(hotspots, wards=wards))["layers"]["shaded"] is False


def test_clusters_that_were_split_are_outlined(hotspots):
    parents = hotspots.head(1)[["incidents", "radius_m", "geometry"]]
    assert len(config_of(build_map(hotspots, parents=parents))["parents"]["features"]) == 1


def test_the_map_opens_on_the_wards_asked_for(hotspots, wards):
    everything = config_of(build_map(hotspots, wards=wards))["bounds"]
    chosen = config_of(build_map(hotspots, wards=wards, chosen=["E05099002"]))["bounds"]
    assert everything[0] < chosen[0] < chosen[2] == everything[2]


def test_without_wards_the_map_opens_on_hotspots_then_incidents_then_britain(hotspots, incidents):
    on_hotspots = config_of(build_map(hotspots, incidents))["bounds"]
    on_incidents = config_of(build_map(hotspots.head(0), incidents))["bounds"]
    assert on_hotspots[2] - on_hotspots[0] > on_incidents[2] - on_incidents[0] > 0
    assert config_of(build_map(hotspots.head(0)))["bounds"] == [-6.5, 49.9, 1.8, 58.7]


def test_the_page_lists_the_hotspots_beside_the_map(hotspots):
    page = render_page(build_map(hotspots, headline="5 hotspots", notes=["Positions are snapped."]))
    assert page.count('class="aim-go"') == 5
    assert "<strong>38 incidents</strong>, steady: 38 from 20" in page
    assert "5 hotspots" in page
    assert "Positions are snapped." in page


def test_a_map_without_hotspots_says_so(hotspots):
    assert "No place is dense enough" in render_page(build_map(hotspots.head(0)))


def test_a_live_page_carries_wards_and_address_but_no_data(wards, stamp):
    page = live_map_page(wards, layers_url="/map/layers", query="type=asb&x=</script>", stamp=stamp)
    assert '"url":"/map/layers","query":"type=asb\\u0026x=\\u003c/script\\u003e"' in page
    assert '"layers":null' in page
    assert "Harbour" in page
    assert 'class="aim-list"' not in page


def test_wards_in_degrees_are_refused(hotspots, wards):
    with pytest.raises(CrsError, match="`wards`"):
        build_map(hotspots, wards=wards.to_crs("EPSG:4326"))


def test_a_notebook_and_a_saved_file_show_the_whole_page(hotspots, tmp_path):
    made = build_map(hotspots)
    made.save(str(tmp_path / "map.html"))
    saved = (tmp_path / "map.html").read_bytes().decode("utf-8")
    assert saved == render_page(made, self_contained=True)
    assert "aim-list" in made._repr_html_()
