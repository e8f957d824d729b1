"""The area codes of deliveries, from the file to the quality table."""

import pytest

from aim import workflows
from aim.model.people import EVERYTHING, Reach

HEAD = "Job No,Date,Time,Category,Easting,Northing,Ward code"


@pytest.fixture
def wardens():
    """Give a writer of wardens' files, which loads what it writes."""

    def load(hub, name, *codes, replaces=None):
        rows = [
            f"{name}{at},0{at + 1}/04/2026,21:00,Graffiti,480300,530400,{code}"
            for at, code in enumerate(codes)
        ]
        path = hub.folder / f"{name}.csv"
        path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
        return workflows.ingest_feed(
            hub.store, hub.actor, feed="wardens", path=path, replaces=replaces
        )

    return load


def counts(hub, reach=EVERYTHING):
    found = hub.store.area_counts(reach)
    return found.groupby("code")["rows"].sum().to_dict()


def test_the_page_tells_the_vintage_and_what_is_not_loaded(hub, wardens):
    wardens(hub, "a", "E05099001", "E05099001", "E05099002", "E05099009")
    page = workflows.quality_view(hub.store, hub.actor, hub.settings)
    month = next(one for one in page.months if one.source == "wardens")
    assert month.areas == "wards-2026 75 %"
    assert "1 row carries a ward code that is in no loaded set." in month.told
    assert {one.areas for one in page.months if one.source != "wardens"} == {"none sent"}


def test_the_terminal_tells_the_same(empty_hub, wardens):
    wardens(empty_hub, "a", "E05099009")
    told = workflows.quality_text(empty_hub.store, empty_hub.actor)
    assert "wardens, 2026-04: 1 row carries a ward code that is in no loaded set." in told
    assert "wards of no loaded set" in told


def test_an_undone_delivery_does_not_count_until_it_is_back(empty_hub, wardens):
    batch = wardens(empty_hub, "a", "E05099001").batch
    workflows.undo_delivery(empty_hub.store, empty_hub.actor, batch)
    assert counts(empty_hub) == {}
    workflows.undo_delivery(empty_hub.store, empty_hub.actor, batch)
    assert counts(empty_hub) == {"E05099001": 1}


def test_the_same_file_again_counts_once(empty_hub, wardens):
    wardens(empty_hub, "a", "E05099001")
    wardens(empty_hub, "a", "E05099001")
    assert counts(empty_hub) == {"E05099001": 1}


@pytest.mark.parametrize("replaces", ["batch", "2026-04"])
def test_a_replaced_delivery_does_not_count(empty_hub, wardens, replaces):
    batch = wardens(empty_hub, "a", "E05099001").batch
    wardens(empty_hub, "b", "E05099002", replaces=batch if replaces == "batch" else replaces)
    assert counts(empty_hub) == {"E05099002": 1}


def test_two_deliveries_of_a_month_add_up(empty_hub, wardens):
    wardens(empty_hub, "a", "E05099001")
    wardens(empty_hub, "b", "E05099001")
    wardens(empty_hub, "c", "E05099002", replaces="2026-03")
    assert counts(empty_hub) == {"E05099001": 2, "E05099002": 1}


def test_a_reader_is_told_of_sources_in_reach(empty_hub, wardens):
    wardens(empty_hub, "a", "E05099001")
    assert counts(empty_hub, Reach(wards=frozenset({"E05099001"}))) == {}
    assert counts(empty_hub, Reach(sources=frozenset({"police"}))) == {}
    assert counts(empty_hub, Reach(sources=frozenset({"wardens"}))) == {"E05099001": 1}
