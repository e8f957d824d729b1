"""Nobody is led to a page they may not open."""

import re
import runpy
from html import unescape
from pathlib import Path

import pytest

from aim.model.people import Role

HOUSE = runpy.run_path(str(Path(__file__).with_name("house.py")))
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
# Files are asked for in tests of their own, and leaving ends the walk.
PASSED_OVER = re.compile(r"^/(api|vendor|static|sign-|map|docs|openapi)|\.[a-z]{2,7}(\?|$)")


@pytest.fixture(scope="module")
def house(tmp_path_factory, busy, client_of):
    house = HOUSE["make_house"](busy, tmp_path_factory.mktemp("walk") / "hub", client_of)
    yield house
    house.store.close()


def kind_of(address):
    """Tell pages of one kind apart from those of another, whatever their filter or number."""
    return re.sub(r"[0-9A-Fa-f]{6,}|E\d+", "…", address.partition("?")[0])


def led_to(client, path):
    """Return the pages of the hub a page leads to, one of each kind."""
    links = map(unescape, LINK.findall(client.get(path).text))
    return {kind_of(one): one for one in links if not PASSED_OVER.search(one)}


@pytest.mark.parametrize(
    "role",
    [
        pytest.param(Role.COORDINATOR, marks=pytest.mark.slow),
        Role.OFFICER,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    ],
)
def test_every_link_of_the_main_pages_opens(house, role):
    house.add(f"walks-{role}", role)
    client = house.signed_in(f"walks-{role}")
    first = led_to(client, "/")
    every = dict(first)
    for path in first.values():
        every |= led_to(client, path)
    answers = {path: client.get(path).status_code for path in every.values()}
    assert len(answers) > 1
    # 422 is a page that says why there is nothing to compare in a store as small as this.
    shut = {path: status for path, status in answers.items() if status not in {200, 422}}
    assert shut == {}
