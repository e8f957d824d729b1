"""Cells from the store to the words: what stands out, for whom, and what never takes part."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.errors import NotAllowedError, ParameterError
from aim.model.crs import to_degrees
from aim.model.filters import IncidentFilter
from aim.model.incidents import FeedResult, conform_incidents, empty_rejected
from aim.model.people import Actor, Role
from aim.model.records import Delivery
from aim.workflows.cell_pages import cells_text, cells_view, export_cells
from aim.workflows.cells import CellQuestion, _draws, _say_floor, _say_more, find_cells
from aim.workflows.wards import assign_in_all_sets

ALL = IncidentFilter()
SMALL = CellQuestion(cell_m=200)
DENSITY = CellQuestion("density", cell_m=200)
MADE = date(2026, 5, 4)
POLICE = Actor("p1", "norbeck-police", frozenset({Role.POLICE_PARTNER}))


def kinds(hub, question, wanted=ALL):
    cells = find_cells(hub.store, hub.actor, wanted, question).cells
    return {
        kind: sorted(set(own["ward_names"].str.partition("; ")[0]))
        for kind, own in cells.groupby("kind")
    }


def test_the_busiest_site_is_busier_than_chance_and_empty_ground_is_not(sites):
    found = find_cells(sites.store, sites.actor, ALL, SMALL)
    assert kinds(sites, SMALL)["busy"] == ["Cedar"]
    apart = replace(ALL, until=date(2025, 3, 1), sources=("wardens",))
    assert kinds(sites, SMALL, apart)["busy"] == ["Alder", "Birch", "Dune"]
    first = found.cells.iloc[0]
    assert (first["rank"], first["kind"], first["place"]) == (1, "busy", "Cedar Road")
    assert (found.cells["kind"] == "chance").sum() > 200
    assert found.noteworthy["rank"].tolist() == list(range(1, len(found.noteworthy) + 1))


def test_cells_hold_every_named_report_once(sites):
    for shape in ("square", "hexagon"):
        found = find_cells(sites.store, sites.actor, ALL, replace(SMALL, shape=shape))
        taking = workflows.export_incidents(
            sites.store, sites.actor, ALL, sites.settings, file_format="json", made=MADE
        )
        rows = json.loads(taking.content)["incidents"]
        routine = [row for row in rows if row["sensitivity"] == "routine"]
        assert found.cells["incidents"].sum() == found.facts["incidents"] == len(routine)
        assert (found.cells["around"] >= found.cells["incidents"]).all()


def test_wards_choose_cells_and_change_none(sites):
    every = find_cells(sites.store, sites.actor, ALL, SMALL)
    alder = find_cells(sites.store, sites.actor, replace(ALL, wards=("A",)), SMALL)
    assert set(alder.cells["wards"].str.split().str[0]) == {"A"}
    merged = alder.cells.merge(every.cells, on="rank", suffixes=("", "_all"))
    assert merged["z"].tolist() == merged["z_all"].tolist()
    assert alder.facts["cells_elsewhere"] == len(every.cells) - len(alder.cells)


def test_an_area_is_the_ground(sites):
    box = workflows.read_words(sites.store, sites.actor, {"area": "sites:C"})
    found = find_cells(sites.store, sites.actor, box, SMALL)
    assert len(found.cells) < 16
    assert set(found.cells["ward_names"]) <= {"Cedar", ""}
    assert found.cells["incidents"].sum() == 400


def test_what_becomes_of_cells_is_said_in_the_words_of_places(sites):
    found = find_cells(sites.store, sites.actor, ALL, CellQuestion("emerging", cell_m=400))
    busiest = found.cells.sort_values("incidents").iloc[-1]
    assert (busiest["place"], busiest["kind"]) == ("Cedar Road", "persistent")
    assert busiest["hot_steps"] == 10
    assert found.facts["months"][0] == "2025-01"
    assert len(found.facts["months"]) == 10
    view = cells_view(
        sites.store, sites.actor, ALL, sites.settings, CellQuestion("emerging", cell_m=400)
    )
    assert any("has stood out nearly always" in words for _, words, _ in view.legend)


def test_a_history_of_one_month_is_refused(sites):
    april = replace(ALL, since=date(2025, 4, 1), until=date(2025, 5, 1))
    with pytest.raises(ParameterError, match="two whole months"):
        find_cells(sites.store, sites.actor, april, CellQuestion("emerging"))


def test_moran_says_how_chance_was_drawn_and_repeats_itself(sites):
    asked = CellQuestion("moran", cell_m=200, permutations=199, seed=4)
    found = find_cells(sites.store, sites.actor, ALL, asked)
    again = find_cells(sites.store, sites.actor, replace(ALL, until=date(2027, 1, 1)), asked)
    assert (found.facts["permutations"], found.facts["seed"]) == (199, 4)
    assert found.cells["p"].tolist() == again.cells["p"].tolist()
    assert any("With 199 permutations cells are named only where" in one for one in found.warnings)


def test_enough_maps_are_drawn_for_one_cell_alone_to_be_named():
    assert _draws(100, None) == 4000
    assert _say_floor(100, 4000) == ()
    assert "at least 2 stand out" in _say_floor(100, 2000)[0]
    assert _draws(100, 99) == 99
    assert _draws(40_000, None) == 999


def test_a_density_prints_how_far_it_reaches_and_has_its_average_at_one(sites):
    found = find_cells(sites.store, sites.actor, ALL, replace(DENSITY, bandwidth_m=400))
    assert found.facts["bandwidth_m"] == 400
    assert found.facts["bandwidth_of_one_cloud_m"] > 400
    assert found.cells["times_average"].mean() == pytest.approx(1)
    assert (found.cells.loc[found.cells["kind"] == "10", "times_average"] >= 10).all()
    assert "incidents reach 400 m" in cells_text(
        sites.store, sites.actor, ALL, replace(DENSITY, bandwidth_m=400)
    )


def test_two_periods_are_set_beside_each_other(sites):
    # Dune trebled in May; Birch and Cedar stayed.
    late = replace(ALL, since=date(2025, 5, 1), until=date(2025, 7, 1))
    asked = replace(DENSITY, against="before")
    cells = find_cells(sites.store, sites.actor, late, asked).cells
    dune = cells[cells["place"] == "Dune Road"]
    assert (dune["times_share"] > 1.5).all()
    assert set(dune["kind"]) & {"more", "much more"}
    cedar = cells[(cells["place"] == "Cedar Road") & (cells["near"] > 10)]
    assert set(cedar["kind"]) == {"alike"}


def test_a_report_in_both_counts_in_the_second_alone(sites):
    asked = replace(DENSITY, against="source:wardens")
    found = find_cells(sites.store, sites.actor, ALL, asked)
    every = find_cells(sites.store, sites.actor, ALL, DENSITY).facts["incidents"]
    assert found.facts["incidents"] + found.facts["other_incidents"] == every
    cedar = found.cells[(found.cells["place"] == "Cedar Road") & (found.cells["near"] > 30)]
    assert set(cedar["kind"]) == {"much more"}  # wardens never reported there


def test_too_few_to_say_is_said():
    first = np.array([4.9, 30.0, 30.0, 10.0, 5.0, 90.0])
    second = np.array([0.0, 0.0, 10.0, 10.0, 15.0, 4.9])
    told = _say_more(first, second, 1.0).tolist()
    assert told == ["few", "much more", "much more", "alike", "much less", "much more"]
    assert _say_more(np.array([30.0]), np.array([0.0]), 10.0).tolist() == ["few"]


@pytest.mark.parametrize(
    ("against", "told"),
    [
        ("before", "give `since` and `until`"),
        ("tomorrow", "before, year-ago, type:SLUG or source:NAME"),
        ("source:", "before, year-ago, type:SLUG or source:NAME"),
        ("source:nobody", "No source is called nobody"),
    ],
)
def test_what_cannot_be_set_beside_says_why(sites, against, told):
    with pytest.raises(ParameterError, match=told):
        find_cells(sites.store, sites.actor, ALL, replace(DENSITY, against=against))


@pytest.mark.parametrize(
    "given",
    [
        {"statistic": "guess"},
        {"shape": "circle"},
        {"cell_m": 24.9},
        {"cell_m": float("nan")},
        {"statistic": "density", "bandwidth_m": 49},
        {"statistic": "moran", "permutations": 98},
        {"against": "before"},
    ],
)
def test_what_is_no_question_is_refused(given):
    with pytest.raises(ParameterError, match="`"):
        CellQuestion(**given)


def test_too_many_cells_are_refused(sites, monkeypatch):
    monkeypatch.setattr("aim.workflows.cells.MOST_CELLS", 100)
    with pytest.raises(ParameterError, match="take larger cells"):
        find_cells(sites.store, sites.actor, ALL, CellQuestion(cell_m=199))


def test_the_page_the_text_and_the_file_say_the_same(sites):
    view = cells_view(sites.store, sites.actor, ALL, sites.settings, SMALL)
    text = cells_text(sites.store, sites.actor, ALL, SMALL)
    made = export_cells(
        sites.store, sites.actor, ALL, sites.settings, SMALL, file_format="csv", made=MADE
    )
    rows = list(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"))))
    busy = [row for row in rows if row["kind"] == "busy"]
    assert f"{len(busy)} busier than chance" in view.sentence
    assert view.sentence in text
    assert [row["place"] for row in busy[:50]] == [row[1] for row in view.table.rows]
    assert 'font-weight="700">1</text>' in view.map_svg
    assert view.legend[0][2] == str(len(busy))


def test_numbers_behind_the_words_are_for_those_who_answer_for_them(sites):
    view = cells_view(sites.store, POLICE, ALL, sites.settings, SMALL)
    text = cells_text(sites.store, POLICE, ALL, SMALL)
    made = export_cells(
        sites.store, POLICE, ALL, sites.settings, SMALL, file_format="json", made=MADE
    )
    file = json.loads(made.content)
    assert (view.behind, view.why) == (None, ())
    assert view.table.rows
    assert not {"z", "p"} & set(file["cells"][0])
    assert not {"alpha", "cutoff", "p"} & {*file["parameters"], *file["facts"]}
    assert "cutoff" not in text
    own = cells_view(sites.store, sites.actor, ALL, sites.settings, SMALL)
    assert [label for label, _ in own.behind.columns] == ["Rank", "Place", "Gi* (z)", "p"]


@pytest.mark.parametrize("role", [Role.COUNCILLOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_sees_no_reports_sees_no_cells(sites, role):
    stranger = Actor("x", "council", frozenset({role}))
    with pytest.raises(NotAllowedError):
        cells_view(sites.store, stranger, ALL, sites.settings)
    with pytest.raises(NotAllowedError):
        find_cells(sites.store, stranger, ALL)


def deliver_sensitive(store):
    at = pd.to_datetime([datetime(2026, 4, 5, 12, tzinfo=UTC)] * 9, utc=True)
    lon, lat = to_degrees([480_700.0] * 9, [530_700.0] * 9)
    rows = conform_incidents(
        pd.DataFrame(
            {
                "incident_id": [f"{number:032x}" for number in range(9)],
                "source": "norbeck-police", "feed": "wardens", "agency": "norbeck-police",
                "incident_type": "anti-social-behaviour", "sensitivity": "sensitive",
                "occurred_from": at, "occurred_to": at + pd.Timedelta("1min"),
                "time_precision": "minute", "lon": lon, "lat": lat, "easting": 480_700.0,
                "northing": 530_700.0, "place_precision": "point", "location_text": "Secret Lane",
            }
        )
    )  # fmt: skip
    with store.transaction() as change:
        change.save_delivery(
            Delivery("wardens", "norbeck-police", "norbeck-police", "s.csv", "5" * 64),
            FeedResult(rows, empty_rejected()),
            actor="tests",
        )
        assign_in_all_sets(store, change)


@pytest.mark.slow
def test_a_sensitive_report_changes_nothing_for_anybody(hub):
    people = [hub.actor, POLICE, Actor("a", "hub", frozenset({Role.ANALYST}))]
    questions = [SMALL, DENSITY, replace(SMALL, statistic="moran"), CellQuestion("emerging")]

    def told():
        return [
            (
                find_cells(hub.store, who, ALL, asked).cells.to_csv(),
                find_cells(hub.store, who, ALL, asked).warnings,
                cells_text(hub.store, who, ALL, asked).split("data_version")[0],
            )
            for who in people
            for asked in questions
        ]

    before = told()
    deliver_sensitive(hub.store)
    assert told() == before


def test_without_ground_the_page_says_so(empty_hub):
    view = cells_view(empty_hub.store, LOCAL_ANALYST, ALL, empty_hub.settings)
    assert "load wards" in view.fault
    assert view.table.rows == ()
