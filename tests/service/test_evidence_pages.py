"""Cells, settings, bursts and evaluation as pages: quick at once, the rest when asked for."""

import csv
import html
import io
import re

import pytest

from aim.model.people import Role

PAGES = ("/analysis/cells", "/analysis/settings", "/analysis/bursts", "/analysis/evaluation")
CLOSE = "min-samples=5"


def rows_of(page, caption):
    """Return the texts of a table's rows."""
    table = re.search(rf"<caption[^>]*>{caption}.*?</table>", page, re.DOTALL)[0]
    rows = re.findall(r'<tr role="row">(.*?)</tr>', table, re.DOTALL)[1:]
    return [list(map(html.unescape, re.findall(r"data-label=[^>]*>([^<]*)<", row))) for row in rows]


def file_rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_without_a_word_or_a_script_and_is_listed(hub, path):
    page = hub.get(path)
    assert page.status_code == 200, page.text
    assert "<script" not in page.text
    assert f'href="{path}"' in hub.get("/analysis").text


def test_cells_of_page_and_file_are_the_same_and_the_picture_tells_its_numbers(hub):
    words = "statistic=density&cell-m=200&shape=hexagon"
    page = hub.get(f"/analysis/cells?{words}").text
    listed = rows_of(page, "Incidents smoothed over the ground")
    file = file_rows(hub.get(f"/api/cells.csv?{words}"))
    drawn = [row for row in file if row["kind"] != "1"]
    assert [row[1] for row in listed] == [row["place"] for row in drawn][:50]
    assert "10 times the average and more:" in page
    assert 'class="cell-map"' in page
    assert f"/api/cells.geojson?{words.replace('&', '&amp;')}" in page


def test_what_cannot_be_asked_of_cells_says_why(hub):
    for words in ("statistic=guess", "statistic=density&against=before", "cell-m=3"):
        page = hub.get(f"/analysis/cells?{words}")
        assert page.status_code == 422
        assert "Nothing to show" in page.text
        assert hub.get(f"/api/cells?{words}").status_code == 422


def test_one_distance_is_tried_at_once_and_every_one_on_demand(hub):
    quick = hub.get("/analysis/settings").text
    assert {row[0] for row in rows_of(quick, "Settings tried")} == {"150"}
    assert "In use: eps 150 m" in quick
    assert re.search(r"All 25, at 5 distances, with a\s+recommendation, take a few seconds", quick)
    assert 'name="try-all" value="yes"' in quick
    every = hub.get("/analysis/settings?try-all=yes&type=anti-social-behaviour").text
    tried = {row[0] for row in rows_of(every, "Settings tried")}
    assert tried == {"75", "100", "150", "200", "250"}
    assert re.search("Recommended: eps|No setting can be recommended", every)
    assert 'value="yes">Try all' not in every
    file = hub.get("/api/settings.csv?try-all=yes&type=anti-social-behaviour")
    assert len(file_rows(file)) == len(rows_of(every, "Settings tried"))


def test_the_button_keeps_what_was_chosen(hub):
    page = hub.get("/analysis/settings?type=burglary&eps-m=100").text
    form = re.search(r'class="offer">(.*?)</form>', page, re.DOTALL)[1]
    assert '<input type="hidden" name="type" value="burglary">' in form
    assert '<input type="hidden" name="eps-m" value="100">' in form


def test_bursts_of_page_and_file_are_the_same(hub):
    words = f"{CLOSE}&within-days=30"
    page = hub.get(f"/analysis/bursts?{words}").text
    listed = rows_of(page, "Bursts, those with most incidents first")
    file = file_rows(hub.get(f"/api/bursts.csv?{words}"))
    assert [row[2] for row in listed] == [row["incidents"] for row in file]
    assert listed
    assert f"{len(file)} burst" in page
    assert "5 incidents or more" in page
    assert "No burst: nowhere" in hub.get("/analysis/bursts?min-samples=500").text


def test_months_are_judged_on_demand_and_their_file_always(hub):
    quick = hub.get("/analysis/evaluation?train=1").text
    assert "Half of " in quick
    assert rows_of(quick, "What share of incidents")[-1][0] == "25% of the cells"
    assert "Means of all months judged" not in quick
    assert "1 month can be judged: hotspots of 1 month beside" in quick
    judged = hub.get("/analysis/evaluation?train=1&judge=yes").text
    months = rows_of(judged, "How many times its share")
    scores = file_rows(hub.get("/api/evaluation.csv?train=1"))
    assert [row[0] for row in months] == ["April 2026"]
    assert {row["method"] for row in scores} == {"dbscan", "grid", "kde"}
    assert len(rows_of(judged, "Means of all months judged")) == 3
    assert "needed before it" in hub.get("/analysis/evaluation").text


@pytest.fixture(scope="module")
def town(busy, build_house):
    """Give a hub with somebody who sees reports and answers for no hotspot."""
    house = build_house(busy)
    house.add("partner", Role.POLICE_PARTNER)
    return house


def test_who_answers_for_no_hotspot_reads_no_eps_and_no_p(town):
    client = town.signed_in("partner")
    for path in ("settings", "evaluation"):
        assert client.get(f"/analysis/{path}").status_code == 403
        assert client.get(f"/api/{path}").status_code == 403
        assert f"/analysis/{path}" not in client.get("/analysis").text
    for path in (f"bursts?{CLOSE}", "cells", "cells?statistic=moran", "cells?statistic=emerging"):
        page = client.get(f"/analysis/{path}").text
        assert "Why?" not in page
        for word in (" eps", "p value", "150 m", "z)"):
            assert word not in page, (path, word)
