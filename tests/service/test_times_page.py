"""Hours and days: the page, the file, and the part of a hotspot's page."""

import csv
import io
import json
import re
from contextlib import closing

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Role
from aim.service import create_app

# Every planted report of April happened at noon UTC, which is 13:00 in London.
CELL = re.compile(
    r"<th scope=\"row\">(\d\d:00|All day)</th>((?:<td class=\"number\">[\d.]+</td>)+)"
)


def cells(page):
    return {
        hour: [float(one) for one in re.findall(r">([\d.]+)<", rest)]
        for hour, rest in CELL.findall(page)
    }


def test_the_table_holds_one_for_each_report_and_the_picture_has_its_hours(hub, april):
    page = hub.get(f"/analysis/times?{april}").text
    table = cells(page)
    total = len(json.loads(hub.get(f"/api/incidents?{april}").content)["incidents"])
    assert sum(table["13:00"]) == pytest.approx(total, abs=0.4)
    assert sum(table["All day"]) == pytest.approx(total, abs=0.4)
    assert len(table) == 25
    assert 'class="week"' in page
    assert f"{total:,} of {total:,} incidents could be used (100%)" in page


def test_the_part_that_stands_out_is_said_in_words(hub, april):
    page = hub.get(f"/analysis/times?{april}").text
    assert "Every day, 12:00 to 14:00, holds 100% of the incidents" in page
    assert "an even week would have 8% there" in page


def test_chosen_hours_name_no_part_and_too_few_say_so(hub, april):
    assert "no part of the week is named" in hub.get("/analysis/times?hours=12-15").text
    one_day = hub.get("/analysis/times?since=2026-04-02&until=2026-04-03").text
    assert "Too few to say which hours stand out" in one_day
    assert "No incident with a known day" in hub.get("/analysis/times?since=2027-01-01").text
    assert 'href="/api/times.csv' in hub.get(f"/analysis/times?{april}").text


def test_the_file_holds_what_the_page_shows_and_is_on_record(hub, store, april):
    rows = list(csv.DictReader(io.StringIO(hub.get(f"/api/times.csv?{april}").content.decode())))
    assert len(rows) == 168
    noon = sum(float(row["incidents"]) for row in rows if row["hour"] == "13")
    page = cells(hub.get(f"/analysis/times?{april}").text)
    assert noon == pytest.approx(sum(page["13:00"]), abs=0.4)
    assert store.audit(EVERYTHING)["action"].tolist()[-1] == "export"
    assert "times" in set(store.views(EVERYTHING)["page"])


@pytest.mark.parametrize(("role", "shown"), [(Role.ANALYST, True), (Role.OFFICER, False)])
def test_figures_of_chance_are_for_who_answers_for_them(busy_house, april, role, shown):
    busy_house.add("reader", role)
    client = busy_house.signed_in("reader")
    page = client.get(f"/analysis/times?{april}").text
    assert ("By chance alone" in page) is shown
    assert "holds 100% of the incidents" in page
    facts = client.get(f"/api/times?{april}").json()
    assert ('"p"' in json.dumps(facts)) is shown


def test_a_hotspots_page_tells_when_it_happens(tmp_path, client_of, make_hub_store):
    with closing(make_hub_store(tmp_path)) as store:
        run = workflows.find_hotspots(store, LOCAL_ANALYST, IncidentFilter(), save=True)
        first = run.hotspots.iloc[0]
        with client_of(create_app(Settings(), store)) as client:
            page = client.get(f"/hotspots/{first['hotspot_id']}").text
    held = int(first["incidents"])
    assert "When it happens" in page
    assert f"{held:,} of {held:,} incidents could be used (100%)" in page
