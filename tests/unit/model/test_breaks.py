"""The register of events: what an entry may hold and what it touches."""

from datetime import date

import pytest

from aim.errors import ParameterError
from aim.model.breaks import Break, BreakKind

APRIL = date(2026, 4, 1)


def test_a_kind_may_be_given_as_its_word():
    assert Break(APRIL, "boundary change").kind is BreakKind.BOUNDARY


def test_an_unknown_kind_is_refused_with_the_list():
    with pytest.raises(ParameterError, match="recording-rule change, system migration"):
        Break(APRIL, "earthquake")


@pytest.mark.parametrize(
    ("source", "types", "asked_sources", "asked_types", "touched"),
    [
        ("", (), ("wardens",), ("graffiti",), True),
        ("wardens", (), (), (), True),
        ("wardens", (), ("police", "wardens"), (), True),
        ("wardens", (), ("police",), (), False),
        ("", ("graffiti", "littering"), (), ("littering",), True),
        ("", ("graffiti",), (), ("littering",), False),
        ("wardens", ("graffiti",), ("police",), ("graffiti",), False),
    ],
)
def test_a_break_touches_what_shares_its_source_and_type(
    source, types, asked_sources, asked_types, touched
):
    entry = Break(APRIL, BreakKind.MIGRATION, source, types)
    assert entry.touches(asked_sources, asked_types) is touched
