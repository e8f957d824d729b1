import csv
import io
import json
from datetime import date

import pytest

from aim import workflows
from aim.errors import NotFoundError
from aim.model.filters import read_filter
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING
from aim.workflows.trends import full_months

APRIL = {"type": "asb", "since": "2026-04-01", "until": "2026-05-01"}
TEN = HotspotParameters(min_samples=10)


def wanted(hub, **words):
    return workflows.read_words(hub.store, hub.actor, APRIL | words)


def view(hub, **words):
    return workflows.hub_view(hub.store, hub.actor, wanted(hub, **words), TEN, hub.settings)


def test_an_empty_store_has_a_page_that_says_so(empty_hub):
    page = workflows.hub_view(
        empty_hub.store, empty_hub.actor, read_filter({}), TEN, empty_hub.settings
    )
    assert page.empty_store
    assert page.hotspots == ()
    assert page.chart is None
    assert page.complete_line == "no source has been loaded yet"


def test_the_hub_page_shows_six_plain_columns_and_the_why_behind(hub):
    row = view(hub).hotspots[0]
    assert (row.rank, row.incidents, row.sources) == (1, 12, "norbeck-police")
    assert row.change_counts == "12, was 6"
    assert dict(row.why)["Distinct places"] == "3"


def test_headlines_stand_beside_the_period_before_and_a_year_ago(hub):
    figures = {figure.label: figure for figure in view(hub).figures}
    assert figures["Incidents"].value == "24"
    assert figures["The period before"].value == "12"
    assert figures["A year ago"].value == "not known"


def test_the_chart_and_its_table_say_the_same(hub):
    chart = view(hub).chart
    last = chart.rows[-1]
    assert last[:2] == ("April 2026", "24")
    assert "April 2026: 24" in chart.svg


def test_the_first_preset_is_the_latest_complete_month(hub):
    words = next(iter(workflows.preset_words(hub.store, hub.actor).values()))
    assert words == {"type": "asb", "since": "2026-04-01", "until": "2026-05-01"}
    assert view(hub).presets[0].chosen


def test_a_ward_page_counts_its_own_ward(hub):
    page = workflows.ward_view(
        hub.store, hub.actor, read_filter({}), TEN, hub.settings, code="E05099002"
    )
    assert page.name == "Brook"
    assert page.period == "April 2026"
    assert page.figures[0].value == "12"
    assert page.by_type[0][:2] == ("Anti-social behaviour", "12")


def test_a_ward_nobody_loaded_is_told(hub):
    with pytest.raises(NotFoundError, match="E05099077"):
        workflows.ward_view(
            hub.store, hub.actor, read_filter({}), TEN, hub.settings, code="E05099077"
        )


def test_a_saved_hotspot_has_a_page_with_its_history(hub):
    for _ in range(2):
        run = workflows.find_hotspots(hub.store, hub.actor, wanted(hub), TEN, save=True)
    hotspot_id = str(run.hotspots["hotspot_id"].iloc[0])
    page = workflows.hotspot_view(hub.store, hub.actor, hotspot_id, hub.settings)
    assert len(page.history) == 2
    assert page.name == run.hotspots["name"].iloc[0]
    with pytest.raises(NotFoundError, match="aim hotspots --save"):
        workflows.hotspot_view(hub.store, hub.actor, "none", hub.settings)


def export(hub, today, file_format, **words):
    return workflows.export_hotspots(
        hub.store,
        hub.actor,
        wanted(hub, **words),
        TEN,
        hub.settings,
        file_format=file_format,
        made=today,
    )


@pytest.mark.parametrize("ward", ["Abbey", "Brook"])
def test_an_export_holds_exactly_what_the_screen_shows(hub, today, ward):
    shown = [(row.rank, row.place, row.incidents) for row in view(hub, ward=ward).hotspots]
    content = export(hub, today, "csv", ward=ward).content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(content))
    assert [(int(r["rank"]), r["name"], int(r["incidents"])) for r in rows] == shown


def test_an_export_is_on_record_with_the_hash_of_its_file(hub, today):
    export(hub, today, "geojson")
    last = hub.store.audit(EVERYTHING).iloc[-1]
    assert last["action"] == "export"
    assert "sha256" in str(last["detail"])


def test_incidents_leave_without_their_free_text(hub, today):
    made = workflows.export_incidents(
        hub.store, hub.actor, wanted(hub), hub.settings, file_format="csv", made=today
    )
    head = made.content.decode("utf-8-sig").splitlines()[0]
    assert "incident_id" in head
    assert "description" not in head


def test_map_layers_hold_what_the_list_holds(hub):
    layers = json.loads(workflows.map_layers(hub.store, hub.actor, wanted(hub), TEN))
    drawn = {one["properties"]["rank"] for one in layers["hotspots"]["features"]}
    assert drawn == {row.rank for row in view(hub).hotspots}
    assert sum(layers["wards"].values()) == 24


def test_a_map_file_needs_nothing_else(hub):
    page = workflows.map_file(hub.store, hub.actor, wanted(hub), TEN, hub.settings)
    assert "Quay Street" in page
    assert 'src="http' not in page


@pytest.mark.parametrize("by", ["month", "ward", "type", "source"])
def test_every_grouping_counts_every_incident_once(hub, by):
    counts = workflows.trend_table(hub.store, hub.actor, read_filter({}), by=by)
    assert counts["incidents"].sum() == 36


def test_months_of_none_are_shown_as_nought(hub):
    counts = hub.store.count_incidents(read_filter({}), EVERYTHING, by=("month",))
    months = full_months(counts, read_filter({"since": "2026-01", "until": "2026-07"}))
    assert months["incidents"].tolist() == [0, 0, 12, 24, 0, 0]


def test_the_terminal_prints_parameters_first(hub):
    run = workflows.find_hotspots(hub.store, hub.actor, wanted(hub), TEN)
    text = workflows.run_text(run, wanted(hub))
    assert text.startswith("eps 150 m, min-samples 10")
    assert "Quay Street" in text


@pytest.fixture
def today():
    return date(2026, 5, 4)
