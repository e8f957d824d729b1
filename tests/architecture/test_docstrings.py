"""Every name a room offers is documented: what comes in, what comes back, one example."""

import inspect
import re
from importlib import import_module

import pytest

ROOMS = (
    "aim.access",
    "aim.analysis",
    "aim.areas",
    "aim.exchange",
    "aim.exports",
    "aim.feeds",
    "aim.maps",
    "aim.store",
)
OFFERED = [
    (room, name) for room in ROOMS for name in sorted(getattr(import_module(room), "__all__", ()))
]
FUNCTIONS = [
    (room, name) for room, name in OFFERED if inspect.isfunction(getattr(import_module(room), name))
]


def sections_of(thing: object) -> set[str]:
    """Return the numpydoc headings of a docstring."""
    return set(re.findall(r"^(\w[\w ]*)\n-{3,}$", inspect.getdoc(thing) or "", re.MULTILINE))


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_lists_what_it_offers(room):
    offered = import_module(room).__all__
    assert len(offered) == len(set(offered))
    assert all(hasattr(import_module(room), name) for name in offered)


@pytest.mark.parametrize(("room", "name"), OFFERED)
def test_every_offered_name_says_what_it_is(room, name):
    thing = getattr(import_module(room), name)
    if inspect.isfunction(thing) or inspect.isclass(thing):
        assert re.match(r"[A-Z][^\n]*[.:]", inspect.getdoc(thing) or "")


@pytest.mark.parametrize(("room", "name"), FUNCTIONS)
def test_every_offered_function_has_an_example(room, name):
    assert "Examples" in sections_of(getattr(import_module(room), name))


@pytest.mark.parametrize(("room", "name"), FUNCTIONS)
def test_every_parameter_of_an_offered_function_is_explained(room, name):
    function = getattr(import_module(room), name)
    doc = inspect.getdoc(function) or ""
    unexplained = [
        one for one in inspect.signature(function).parameters if not re.search(rf"\b{one}\b", doc)
    ]
    assert not unexplained
