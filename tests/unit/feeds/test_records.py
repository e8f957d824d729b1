import gzip
import json

import pytest

from aim.errors import FeedFormatError
from aim.feeds import read_feed

REQUEST = {
    "service_request_id": 7,
    "service_name": "Flytipping",
    "service_code": "001",
    "requested_datetime": "2026-04-01T10:15:00+01:00",
    "address": "High Street",
    "lat": 54.57,
    "long": -1.24,
}
ITEMS = "".join(f"<{name}>{value}</{name}>" for name, value in REQUEST.items())


def read(tmp_path, text, name="requests.json", feed="open311"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_feed(feed, path)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([REQUEST]),
        json.dumps({"service_requests": [REQUEST]}),
        json.dumps(REQUEST),
        json.dumps([REQUEST]).replace('"001"', "001"),
        gzip.compress(json.dumps([REQUEST]).encode()),
        f"<service_requests><request>{ITEMS}</request></service_requests>",
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<service_requests xmlns="urn:x">'
            f"<request>{ITEMS}"
            "</request></service_requests>"
        ),
        "\ufeff" + json.dumps([REQUEST]),
    ],
)
def test_a_request_is_read_however_it_is_written(tmp_path, text):
    result = read(tmp_path, text)
    one = result.incidents.loc[2]
    assert [one["source_ref"], one["incident_type"]] == ["7", "fly-tipping"]
    assert str(one["occurred_from"]) == "2026-04-01 09:15:00+00:00"
    assert [one["lon"], one["lat"], one["time_precision"]] == [-1.24, 54.57, "minute"]
    assert len(result.rejected) == 0


def test_features_give_their_properties_and_their_point(tmp_path):
    place = {"type": "Point", "coordinates": [-1.24, 54.57]}
    feature = {"type": "Feature", "geometry": place, "properties": {"Date": "01/04/2026"}}
    feature["properties"] |= {"Category": "Noise"}
    whole = json.dumps({"type": "FeatureCollection", "features": [feature]})
    one = read(tmp_path, whole, "jobs.geojson", "wardens").incidents.iloc[0]
    assert [one["lon"], one["lat"], one["incident_type"]] == [-1.24, 54.57, "noise-nuisance"]


def test_names_inside_names_are_found(tmp_path):
    crime = {"category": "burglary", "month": "2026-04", "persistent_id": "a1"}
    place = {"latitude": "54.57", "longitude": "-1.24", "street": {"id": 1, "name": "On or near"}}
    whole = json.dumps([crime | {"location": place, "outcome_status": None}])
    one = read(tmp_path, whole, "crimes.json", "police-uk").incidents.iloc[0]
    assert [one["location_text"], one["lat"], one["source_ref"]] == ["On or near", 54.57, "a1"]


@pytest.mark.parametrize("text", ["[]", "<service_requests></service_requests>"])
def test_an_empty_list_is_no_row_and_no_error(tmp_path, text):
    result = read(tmp_path, text)
    assert (len(result.incidents), len(result.rejected)) == (0, 0)


@pytest.mark.parametrize("strange", ["7", '"Jo Bloggs"', "null", "[1]", "{}"])
def test_what_is_no_record_is_a_refused_row(tmp_path, strange):
    result = read(tmp_path, f"[{json.dumps(REQUEST)}, {strange}]")
    assert result.incidents.index.tolist() == [2]
    assert result.rejected["row"].tolist() == [3]
    assert result.rejected["reason"].tolist() == ["It is no record of names and values"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("HTTP/1.1 403 Forbidden\n\n<error>no</error>", "server's answer, 'HTTP/1.1 403"),
        ("<errors><error><code>404</code></error></errors>", "server's error"),
        ('{"errors": ["no"]}', "no list of records"),
        ("<!DOCTYPE html><html><p>Sign in</p></html>", "a web page"),
        ('<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', "entities of its own"),
        ("<service_requests><request>", "damaged XML"),
        ('[{"a": 1}', "damaged JSON"),
        ("[" * 100_000, "damaged JSON"),
        ("<a/>", "no list of records"),
        ('[{"Report ID": 1, "Update ID": 2}]', "updates on reports"),
        ('[{"month": 1, "count": 2}]', "these are counts, not incidents"),
        ('[{"service_code": 1, "keywords": 2}]', "a list of services"),
        ('[{"colour": 1}]', "which needs requested_datetime"),
    ],
)
def test_what_holds_no_records_is_refused_by_what_it_is(tmp_path, text, said):
    with pytest.raises(FeedFormatError, match="asked for as open311") as refusal:
        read(tmp_path, text)
    assert said in str(refusal.value)


def test_a_csv_that_begins_like_json_is_still_a_csv(tmp_path):
    text = "[Draft] jobs of April\nDate,Category,Location\n01/04/2026,Noise,High St"
    assert len(read(tmp_path, text, "jobs.csv", "wardens").incidents) == 1
