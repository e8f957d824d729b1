import geopandas as gpd
import orjson
import pandas as pd
import pytest
import shapely

from aim.errors import CrsError, ParameterError
from aim.maps import layers, layers_json
from aim.maps.layers import hotspot_rows, incident_points, script_json, ward_features
from aim.testing.exporters import FREE_TEXT


def test_the_layers_of_a_live_map_are_json_of_the_promised_parts(hotspots, incidents):
    found = orjson.loads(
        layers_json(
            hotspots,
            incidents,
            pd.Series({"E05099001": 12}),
            headline="5 hotspots",
            chosen=["E05099001"],
        )
    )
    assert list(found) == ["hotspots", "incidents", "wards", "headline", "notes", "chosen"]
    assert [len(found[name]["features"]) for name in ("hotspots", "incidents")] == [5, 2]
    assert found["wards"] == {"E05099001": 12}
    assert (found["headline"], found["chosen"]) == ("5 hotspots", ["E05099001"])


def test_empty_layers_are_empty_collections(hotspots):
    found = orjson.loads(layers_json(hotspots.head(0)))
    assert found["hotspots"] == found["incidents"] == {"type": "FeatureCollection", "features": []}
    assert found["wards"] == {}


def test_positions_are_degrees_with_six_decimals_and_times_are_iso(hotspots):
    first = orjson.loads(layers_json(hotspots))["hotspots"]["features"][0]
    corners = first["geometry"]["coordinates"][0]
    assert all(-1 < lon < -0.8 and 54.7 < lat < 54.8 for lon, lat in corners)
    assert all(value == round(value, 6) for corner in corners for value in corner)
    assert first["properties"]["first_seen"] == "2026-04-01T12:00:00+00:00"


def test_a_popup_tells_plain_facts_and_no_statistics(hotspots):
    facts = dict(layers.hotspot_features(hotspots)["features"][1]["properties"]["facts"])
    assert facts == {
        "Incidents": "38 at 2 places",
        "Change": "steady: 38 from 20",
        "Wards": "Harbour; Moor",
        "Sources": "police 28; wardens 10",
        "Types": "Anti-social behaviour 38",
        "Seen": "1 April 2026 to 21 April 2026",
        "Reach": "100 m around the middle",
    }


def test_a_hotspot_without_a_period_before_says_so(hotspots):
    known = layers.hotspot_features(hotspots)["features"][0]["properties"]
    assert (known["change"], known["kind"]) == ("", "plain")
    assert ["Change", "not compared"] in known["facts"]
    assert ["Incidents", "39 at 1 place"] in known["facts"]


def test_the_list_says_the_same_as_the_map(hotspots):
    row = hotspot_rows(hotspots)[1]
    assert row["rank"] == "2"
    assert row["place"] == hotspots["name"][1]
    assert (row["incidents"], row["change"], row["kind"]) == ("38", "steady: 38 from 20", "steady")


def test_only_public_and_routine_incidents_with_a_position_are_drawn(incidents):
    points, notes = incident_points(incidents)
    assert [one["properties"]["type"] for one in points["features"]] == ["Fly-tipping", "Burglary"]
    assert len(notes) == 1
    assert notes[0].startswith("2 of 4 incidents are not drawn as points")


def test_no_point_carries_a_description_or_an_id(incidents):
    content = orjson.dumps(incident_points(incidents)[0])
    assert FREE_TEXT.encode() not in content
    assert incidents["incident_id"][0].encode() not in content


def test_the_latest_incidents_are_drawn_and_the_rest_is_said(incidents, monkeypatch):
    monkeypatch.setattr(layers, "INCIDENT_LIMIT", 1)
    points, notes = incident_points(incidents)
    assert [one["properties"]["occurred_from"] for one in points["features"]] == [
        "2026-04-02T12:00:00Z"
    ]
    assert notes[0].startswith("Only the latest 1 of 2 incidents")


def test_nothing_is_said_when_every_incident_is_drawn(incidents, monkeypatch):
    monkeypatch.setattr(layers, "INCIDENT_LIMIT", 2)
    assert incident_points(incidents.head(2))[1] == []


def test_incidents_without_a_sensitivity_are_refused(incidents):
    with pytest.raises(ParameterError, match="sensitivity"):
        incident_points(incidents.drop(columns="sensitivity"))


def test_wards_keep_their_names_and_a_point_inside_for_the_label(wards):
    features = ward_features(wards)["features"]
    assert [one["properties"]["name"] for one in features] == ["Harbour", "<i>Moor</i>"]
    shape = shapely.from_geojson(orjson.dumps(features[0]["geometry"]))
    assert shape.contains(
        shapely.Point(features[0]["properties"]["lon"], features[0]["properties"]["lat"])
    )


def test_neighbouring_wards_still_share_their_edge_when_simplified(wards):
    one, other = (
        shapely.from_geojson(orjson.dumps(feature["geometry"]))
        for feature in ward_features(wards)["features"]
    )
    assert one.intersection(other).length > 0
    assert one.intersection(other).area == 0


def test_frames_in_degrees_are_refused_with_the_way_out(hotspots, wards):
    with pytest.raises(CrsError, match=r"`hotspots` is in EPSG:4326.*to_crs"):
        layers_json(hotspots.to_crs("EPSG:4326"))
    with pytest.raises(CrsError, match="names no reference system"):
        ward_features(
            gpd.GeoDataFrame(wards.drop(columns="geometry"), geometry=wards.geometry.to_numpy())
        )


def test_json_in_a_script_cannot_end_the_script():
    text = script_json({"place": "</script><!--&\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert orjson.loads(text) == {"place": "</script><!--&\u2028"}
