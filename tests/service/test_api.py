import csv
import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.model.people import EVERYTHING

FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "ward": st.lists(st.sampled_from(["Harbour", "E05099002", "Moor"]), unique=True),
        "type": st.lists(st.sampled_from(["asb", "burglary", "drugs"]), unique=True),
        "source": st.lists(st.sampled_from(["norbeck-police", "wardens"]), unique=True),
        "since": st.sampled_from(["2026-03-01", "2026-04-01"]),
        "until": st.sampled_from(["2026-04-15", "2026-05-01"]),
        "days": st.sampled_from(["mon,tue,wed,thu", "sat,sun"]),
        "eps-m": st.sampled_from(["100", "200"]),
        "min-samples": st.sampled_from(["auto", "5"]),
    },
)


def csv_rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def on_screen(page):
    ranks = re.findall(r'<span class="rank-disc">(\d+)</span>', page)
    counts = re.findall(r'data-label="Incidents" class="number">([\d,]+)<', page)
    return [
        (int(rank), int(count.replace(",", ""))) for rank, count in zip(ranks, counts, strict=True)
    ]


def drawn(layers):
    rows = [one["properties"] for one in layers["hotspots"]["features"]]
    return sorted((row["rank"], row["incidents"]) for row in rows)


@settings(max_examples=12)
@given(FILTERS)
def test_screen_map_file_and_program_show_the_same_hotspots(hub, words):
    page = hub.get("/", params={"since": "", **words})
    assert page.status_code == 200
    listed = csv_rows(hub.get("/api/hotspots.csv", params=words))
    told = hub.get("/api/hotspots", params=words).json()["hotspots"]
    layers = hub.get("/map/layers", params=words).json()
    shown = on_screen(page.text)
    assert shown == [(int(row["rank"]), int(row["incidents"])) for row in listed]
    assert shown == [(row["rank"], row["incidents"]) for row in told]
    assert shown == drawn(layers)


@settings(max_examples=8)
@given(FILTERS)
def test_the_headline_counts_the_incidents_of_the_file(hub, words):
    words = {name: value for name, value in words.items() if name not in {"eps-m", "min-samples"}}
    page = hub.get("/", params={"since": "", **words}).text
    headline = re.search(r'<dt>Incidents</dt>\s*<dd><span class="figure-value">([\d,]+)', page)[1]
    assert int(headline.replace(",", "")) == len(
        csv_rows(hub.get("/api/incidents.csv", params=words))
    )


@pytest.mark.parametrize("name", ["hotspots", "incidents", "trends", "wards"])
def test_every_list_is_json_by_default(hub, name):
    answer = hub.get(f"/api/{name}?since=2026-04-01&until=2026-05-01")
    assert answer.headers["content-type"].startswith("application/json")
    assert "attachment" not in answer.headers.get("content-disposition", "")
    assert "OFFICIAL-SENSITIVE" in json.dumps(answer.json())


@pytest.mark.parametrize(
    ("path", "media_type", "start"),
    [
        ("/api/hotspots.csv", "text/csv", b"\xef\xbb\xbf"),
        ("/api/hotspots.xlsx", "application/vnd.openxmlformats", b"PK"),
        ("/api/hotspots.geojson", "application/geo+json", b"{"),
        ("/api/incidents.csv", "text/csv", b"\xef\xbb\xbf"),
        ("/api/incidents.xlsx", "application/vnd.openxmlformats", b"PK"),
        ("/api/incidents.geojson", "application/geo+json", b"{"),
        ("/api/wards.geojson", "application/geo+json", b"{"),
        ("/api/wards.csv", "text/csv", b"\xef\xbb\xbf"),
        ("/api/trends.csv", "text/csv", b"\xef\xbb\xbf"),
    ],
)
def test_a_file_has_its_type_its_name_and_its_shape(hub, path, media_type, start):
    answer = hub.get(path)
    name = path.removeprefix("/api/")
    assert answer.headers["content-type"].startswith(media_type)
    assert name.partition(".")[2] in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(start)


def test_an_answer_held_already_is_not_sent_again(hub):
    first = hub.get("/map/layers?type=asb")
    again = hub.get("/map/layers?type=asb", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-security-policy" in again.headers


def test_another_question_has_another_tag(hub):
    tags = {hub.get(f"/map/layers?type={word}").headers["etag"] for word in ("asb", "burglary")}
    assert len(tags) == 2


def test_one_tag_among_several_is_enough(hub):
    tag = hub.get("/map/layers").headers["etag"]
    answer = hub.get("/map/layers", headers={"If-None-Match": f'"other", {tag}'})
    assert answer.status_code == 304


def test_names_and_codes_of_a_ward_ask_the_same(hub):
    by_name, by_code = (hub.get(f"/api/hotspots.csv?ward={word}") for word in ("Moor", "E05099004"))
    assert by_name.content == by_code.content


def test_no_list_carries_a_description(hub):
    for name in ("hotspots", "incidents"):
        for ending in ("", ".csv", ".geojson"):
            assert "said " not in hub.get(f"/api/{name}{ending}").text


def test_trends_count_what_the_incident_list_holds(hub):
    counts = csv_rows(hub.get("/api/trends.csv?by=month&type=burglary"))
    listed = csv_rows(hub.get("/api/incidents.csv?type=burglary"))
    assert sum(int(row["incidents"]) for row in counts) == len(listed) > 0


def test_every_download_is_on_record(hub, store):
    before = len(store.audit(EVERYTHING))
    hub.get("/api/incidents.csv?type=asb")
    assert len(store.audit(EVERYTHING)) == before + 1


def test_the_description_for_programs_names_every_word(hub):
    described = hub.get("/openapi.json").json()
    words = {one["name"] for one in described["paths"]["/api/hotspots"]["get"]["parameters"]}
    assert {"ward", "type", "source", "since", "until", "include-outside", "eps-m"} <= words


def test_the_store_is_ready(hub):
    assert hub.get("/readyz").json()["status"] == "ready"


def test_the_quality_table_is_there_for_programs_and_as_a_file(hub):
    told = hub.get("/api/quality").json()
    rows = csv_rows(hub.get("/api/quality.csv"))
    assert [one["month"] for one in told["quality"]] == [row["month"] for row in rows]
    assert {row["source"] for row in rows} >= {"norbeck-police", "wardens"}
