"""Areas, sources and effect as pages: plain words, and the same rows as the files."""

import csv
import io
import re

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST

PAGES = ("/analysis/areas", "/analysis/sources", "/analysis/effect")
EFFECT = "place=squares:E05099001&since=2026-04-01&until=2026-05-01"


@pytest.fixture(scope="module")
def people(store, tmp_path_factory):
    """Load head counts of the four wards."""
    path = tmp_path_factory.mktemp("people") / "people.csv"
    path.write_text(
        "ward,people,homes\n" + "".join(f"E0509900{n},{n}000,{n}00\n" for n in range(1, 5)),
        encoding="utf-8",
    )
    workflows.add_population(store, LOCAL_ANALYST, path)


def cells(page, caption):
    """Return the texts of a table's rows."""
    table = re.search(rf"<caption[^>]*>{caption}.*?</table>", page, re.DOTALL)[0]
    rows = re.findall(r'<tr role="row">(.*?)</tr>', table, re.DOTALL)[1:]
    return [re.findall(r"data-label=[^>]*>([^<]*)<", row) for row in rows]


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_without_a_word_and_is_listed(hub, path):
    page = hub.get(path)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert f'href="{path}"' in hub.get("/analysis").text


@pytest.mark.parametrize("kind", ["rates", "localities", "vulnerable", "top"])
def test_a_table_of_areas_and_its_file_hold_the_same(hub, people, kind):
    query = f"show={kind}&type=burglary&since=2026-03-01&until=2026-05-01"
    page = hub.get(f"/analysis/areas?{query}")
    file = hub.get(f"/api/areas.csv?{query}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    column = "type" if kind == "localities" else "area"
    titles = {
        "rates": "Incidents for each 1,000 people",
        "localities": "Incidents by area and year",
        "vulnerable": "Vulnerable localities",
        "top": "Places with the most",
    }
    assert [row[0] for row in cells(page.text, titles[kind])] == [row[column] for row in rows]
    assert 'aria-current="true"' in page.text
    assert f"/api/areas.csv?show={kind}&amp;" in page.text


def test_markup_in_a_place_shows_as_text(hub):
    page = hub.get("/analysis/areas?show=top&most=5").text
    assert "Tar Yard &lt;img" in page
    assert "<img" not in page


def test_what_stands_in_the_way_of_a_table_is_said_in_its_place(hub):
    page = hub.get("/analysis/sources?source=wardens")
    assert page.status_code == 422
    assert "compared with each other" in page.text
    assert '<form class="filters"' in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/analysis/areas?show=lost", 422),
        ("/analysis/areas?most=nan&show=top", 422),
        ("/analysis/areas?each=perhaps", 422),
        ("/analysis/effect?displacement-m=inf", 422),
        ("/analysis/effect?place=squares:E05099001&since=2026-04-01", 422),
        (f"/analysis/effect?{EFFECT}&ward=Harbour", 422),
        ("/analysis/effect?place=nowhere&since=2026-04-01&until=2026-05-01", 404),
        ("/api/sources?show=lost", 422),
    ],
)
def test_a_strange_address_is_told(hub, path, status):
    assert hub.get(path).status_code == status


@pytest.mark.slow
def test_sources_are_shown_in_three_tables_each_with_its_files(hub):
    page = hub.get("/analysis/sources?min-samples=5").text
    assert [row[0] for row in cells(page, "How far two sources agree")] == ["norbeck-police"]
    for shown in ("places", "pairs", "combined"):
        address = f"/api/sources.json?show={shown}&min-samples=5"
        assert address.replace("&", "&amp;") in page
        assert hub.get(address).json()[shown]


def test_a_place_with_too_short_a_past_gets_its_counts_and_no_result(hub):
    page = hub.get(f"/analysis/effect?{EFFECT}")
    assert page.status_code == 200
    assert "too few months before to choose one by" in page.text
    assert [row[0] for row in cells(page.text, "Incidents before and after")] == [
        "Harbour", "Harbour: 200 m around",
    ]  # fmt: skip


def test_a_place_is_compared_with_the_one_named(hub):
    address = f"{EFFECT}&control=squares:E05099004"
    page = hub.get(f"/analysis/effect?{address}").text
    told = cells(page, "Incidents before and after")
    assert [row[0] for row in told] == [
        "Harbour", "Moor", "Harbour: 200 m around", "Moor: 200 m around",
    ]  # fmt: skip
    found = hub.get(f"/api/effect?{address}").json()
    assert [row["before"] for row in found["counts"]] == [int(row[1]) for row in told]
    assert found["facts"]["words"] in page
    assert "Start" in page
    assert f'href="/api/effect.csv?{address.replace("&", "&amp;")}"' in page
    assert 'option value="squares:E05099001" selected' in page


def test_a_place_without_days_is_chosen_in_the_form(hub):
    page = hub.get("/analysis/effect?place=squares:E05099003")
    assert page.status_code == 200
    assert 'option value="squares:E05099003" selected' in page.text
    assert "Nothing to show" not in page.text


def test_an_area_of_the_filter_is_the_place(hub):
    words = EFFECT.replace("place=", "area=")
    found = hub.get(f"/api/effect?{words}&control=squares:E05099004").json()
    assert found["facts"]["place"] == "squares:E05099001"
