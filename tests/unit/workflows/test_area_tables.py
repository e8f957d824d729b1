"""Tables by area: the same rows for terminal, file and page, from sites of known counts."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from aim import workflows
from aim.errors import NotAllowedError, ParameterError
from aim.model.filters import IncidentFilter
from aim.model.people import Actor, Role
from aim.workflows.area_tables import KINDS, AreaQuestion, area_table

EVERY = IncidentFilter()


@pytest.fixture
def table(sites):
    def make(kind, wanted=EVERY, year_starts=4, **asked):
        question = AreaQuestion(kind, **asked)
        return area_table(sites.store, sites.actor, wanted, question, year_starts=year_starts)

    return make


def test_rates_are_counts_for_each_thousand_with_the_doubt_and_smoothing(table):
    found = table("rates")
    rows = found.rows.set_index("area")
    # Alder: 7 months of 12, 3 of 5 and 3 sensitive reports: 102 among 1,000 people.
    assert rows["incidents"].to_dict() == {"Birch": 120, "Alder": 102, "Cedar": 400}
    assert rows["rate"].round(1).to_dict() == {"Birch": 120.0, "Alder": 102.0, "Cedar": 100.0}
    assert rows.index.tolist()[0] == "Birch"
    assert (rows["low"] < rows["rate"]).all()
    assert (rows["rate"] < rows["high"]).all()
    common = 1000 * 622 / 6000
    assert common < rows.loc["Birch", "smoothed"] <= 120
    assert found.facts["common_rate"] == pytest.approx(common)
    assert any(
        told == "Without population, so without a rate: Dune, Fen." for told in found.warnings
    )
    assert any("little of anybody's risk" in told for told in found.warnings)


def test_a_ward_chooses_rows_and_changes_no_rate(table):
    whole, one = table("rates"), table("rates", replace(EVERY, wards=("A",)))
    assert one.rows["area"].tolist() == ["Alder"]
    same = whole.rows[whole.rows["area"] == "Alder"].reset_index(drop=True)
    assert one.rows.equals(same)


def test_rates_are_for_households_too(table):
    rows = table("rates", per="households").rows.set_index("area")
    assert rows.loc["Alder", ["households", "rate"]].tolist() == [500, 204]


def test_localities_are_counted_by_year_and_by_type_where_asked(table):
    rows = table("localities", year_starts=4).rows
    alder = rows[rows["area"] == "Alder"].iloc[0]
    assert (alder["type"], alder["2024/25"], alder["2025/26"]) == ("All types", 36, 66)
    assert rows[rows["area"] == "All areas"][["2024/25", "2025/26"]].to_numpy().sum() == 713
    calendar = table("localities", replace(EVERY, types=("burglary",)), year_starts=1)
    assert calendar.rows.columns.tolist() == ["type", "area", "2025"]
    assert set(calendar.rows["type"]) == {"Burglary"}
    assert any("2025 is not whole" in told for told in calendar.warnings)


def test_vulnerable_localities_join_reports_and_what_else_was_loaded(table):
    found = table("vulnerable")
    rows = found.rows.set_index("area")
    assert rows.columns.tolist() == ["ward_code", "Burglary", "out of work", "index"]
    # 102 of 622 in 500 of 2,900 homes, and 50 of 150.
    assert rows.loc["Alder", "Burglary"] == pytest.approx(100 * 102 / 622 * 2900 / 500)
    assert rows.loc["Alder", "out of work"] == pytest.approx(100 * 50 / 150 * 2900 / 500)
    assert rows.index[0] == "Alder"
    assert found.words.startswith("Alder stands highest: 144")
    assert not any("By custom" in told for told in found.warnings)


def test_top_places_are_of_all_or_of_each_and_named_after_no_sensitive_report(table):
    every = table("top", replace(EVERY, include_outside=True), most=2).rows
    assert every[["rank", "place", "incidents"]].to_numpy().tolist() == [
        [1, "Cedar Road", 400],
        [2, "Birch Road", 120],
    ]
    each = table("top", each=True, most=1)
    assert each.rows["area"].tolist() == ["Alder", "Birch", "Cedar", "Dune"]
    assert each.rows["place"].tolist() == [f"{name} Road" for name in each.rows["area"]]
    assert any("3 incidents name no place" in told for told in each.warnings)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"kind": "lost"}, "rates, localities, vulnerable, top"),
        ({"kind": "rates", "per": "dogs"}, "people or households"),
        ({"kind": "top", "most": 0}, "from 1 to 50"),
        ({"kind": "top", "most": 51}, "from 1 to 50"),
    ],
)
def test_a_table_that_is_none_is_refused(asked, told):
    with pytest.raises(ParameterError, match=told):
        AreaQuestion(**asked)


def test_rates_need_head_counts_and_incidents(hub, table):
    with pytest.raises(ParameterError, match="aim wards population"):
        area_table(hub.store, hub.actor, EVERY, AreaQuestion("rates"))
    with pytest.raises(ParameterError, match="No incident of this filter"):
        table("rates", replace(EVERY, until=date(2020, 1, 1)))


def test_tables_need_boundaries(empty_hub):
    with pytest.raises(ParameterError, match="no boundaries"):
        area_table(empty_hub.store, empty_hub.actor, EVERY, AreaQuestion("top"))


@pytest.mark.parametrize("kind", KINDS)
def test_file_page_and_terminal_hold_the_same_rows(sites, kind):
    question = AreaQuestion(kind)
    rows = area_table(sites.store, sites.actor, EVERY, question).rows

    def written(file_format):
        return workflows.export_areas(
            sites.store, sites.actor, EVERY, question, sites.settings,
            file_format=file_format, made=date(2025, 11, 3),
        ).content  # fmt: skip

    in_csv = list(csv.DictReader(io.StringIO(written("csv").decode("utf-8-sig"))))
    in_json = json.loads(written("json"))[kind]
    view = workflows.areas_view(sites.store, sites.actor, EVERY, question, sites.settings)
    text = workflows.area_text(sites.store, sites.actor, EVERY, question)
    assert [row["area"] for row in in_csv] == [row["area"] for row in in_json]
    assert [row["area"] for row in in_json] == rows["area"].tolist()
    at = [label for label, _ in view.table.columns].index("Area")
    assert [row[at] for row in view.table.rows] == rows["area"].tolist()
    assert len(text.strip().split("\n\n")[1].splitlines()) == 1 + len(rows)


def test_who_sees_figures_only_is_refused(sites):
    with pytest.raises(NotAllowedError):
        area_table(
            sites.store, Actor("c", "c", frozenset({Role.SCRUTINY})), EVERY, AreaQuestion("top")
        )
