"""The table of rules is whole, and a wrong one says what to mend."""

from importlib import resources

import pytest

from aim.errors import ParameterError
from aim.feeds.linking_rules import link_rules_from_toml, read_link_rules
from aim.model.types import UNCLASSIFIED, read_taxonomy

TEXT = resources.files("aim.model").joinpath("linking.toml").read_text(encoding="utf-8")


def test_a_pair_of_types_is_as_alike_one_way_round_as_the_other():
    types = read_link_rules().types
    assert all(types[other, one] == likeness for (one, other), likeness in types.items())


def test_types_that_fit_are_alike_but_less_than_the_same():
    assert all(0 < likeness < 1 for likeness in read_link_rules().types.values())


def test_nothing_is_like_the_unclassified():
    assert UNCLASSIFIED not in {slug for pair in read_link_rules().types for slug in pair}
    assert {slug for pair in read_link_rules().types for slug in pair} < set(read_taxonomy().types)


def test_of_two_lines_the_one_that_finds_types_more_alike_counts():
    twice = TEXT + '[[types]]\nlikeness = 0.9\none = ["littering"]\nother = ["fly-tipping"]\n'
    assert link_rules_from_toml(twice).types["fly-tipping", "littering"] == 0.9


def test_hours_become_minutes_and_the_vaguer_is_worth_less():
    first, *others = read_link_rules().times
    assert (first.within_minutes, first.apart_minutes, first.weight) == (120, 120, 1.0)
    assert all(rule.weight < first.weight for rule in others)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('one = ["drugs"]', 'one = ["zorbing"]', "no type is called zorbing"),
        ("[places.snapped]", "[places.guessed]", "no place precision is called guessed"),
        ("minimum = 0.7", "minimum = 1.7", "minimum is 1.7, not from 0 to 1"),
        ("time = 0.30", "time = 0.40", "the weights must be of time, distance, type, text and sum"),
        ("within_hours = 25", "within_hours = 2", "the times must go from exact to vague"),
    ],
)
def test_a_fault_in_the_table_is_named(right, wrong, said):
    assert right in TEXT
    with pytest.raises(ParameterError, match=said):
        link_rules_from_toml(TEXT.replace(right, wrong, 1))
