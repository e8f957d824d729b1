"""The index of analysis: a row for each page, and only those the reader may open."""

import re

import pytest
from fastapi.routing import iter_route_contexts

from aim.model.people import EVERYTHING, Action, Actor, Role
from aim.service import analyses
from aim.service.analyses import ANALYSES, Analysis, analyses_for


def test_every_page_of_the_table_is_an_address_and_every_address_is_in_the_table(hub):
    paths = {route.path for route in iter_route_contexts(hub.app.routes) if route.methods}
    pages = [one.address for one in ANALYSES]
    assert sorted(set(pages)) == sorted(pages)
    assert set(pages) == {path for path in paths if re.fullmatch("/analysis/[a-z-]+", path)}


def test_the_index_names_each_page_once_in_the_order_of_the_table(hub):
    page = hub.get("/analysis").text
    at = [page.index(f'href="{one.address}"') for one in ANALYSES]
    assert at == sorted(at)
    assert all(one.sentence in page and one.title in page for one in ANALYSES)
    assert '<a href="/analysis" aria-current="page">Analysis</a>' in page


@pytest.mark.parametrize(("role", "listed"), [(Role.ANALYST, 2), (Role.OFFICER, 1)])
def test_a_page_that_is_not_for_the_reader_is_not_listed(monkeypatch, role, listed):
    pages = (Analysis("/a", "A", "a"), Analysis("/b", "B", "b", Action.LINK))
    monkeypatch.setattr(analyses, "ANALYSES", pages)
    found = analyses_for(Actor("x", "hub", frozenset({role})))
    assert [one.address for one in found] == ["/a", "/b"][:listed]


def test_a_look_at_the_index_is_counted(hub, store):
    hub.get("/analysis")
    assert "analysis" in set(store.views(EVERYTHING)["page"])
