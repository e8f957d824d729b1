import pytest
from hypothesis import given
from hypothesis import strategies as st

from aim.errors import ParameterError
from aim.model.filters import FILTER_WORDS, read_filter
from aim.model.hotspots import HotspotParameters
from aim.service.words import (
    PARAMETER_WORDS,
    WORDS,
    parameter_words,
    read_parameters,
    split_words,
)

DEFAULTS = HotspotParameters()


def test_the_table_names_every_filter_word_in_order():
    assert tuple(word.name for word in WORDS) == FILTER_WORDS


@pytest.mark.parametrize("word", [word for word in WORDS if word.name != "ward-set"])
def test_every_example_can_be_read(word):
    assert read_filter({word.name: word.example}).words()


def test_empty_values_count_as_not_given():
    assert split_words({"type": ["", " "], "eps-m": [""]}, PARAMETER_WORDS) == ({}, {})


def test_a_parameter_of_another_address_is_unknown():
    with pytest.raises(ParameterError, match="eps-m"):
        split_words({"eps-m": ["100"]}, ())


@given(
    eps_m=st.integers(1, 5000),
    min_samples=st.one_of(st.just("auto"), st.integers(1, 500)),
    split=st.booleans(),
    within=st.booleans(),
)
def test_parameters_written_as_words_read_back_the_same(eps_m, min_samples, split, within):
    asked = HotspotParameters(eps_m, min_samples, split, within)
    assert read_parameters(parameter_words(asked, DEFAULTS), DEFAULTS) == asked


def test_parameters_at_their_default_need_no_words():
    assert parameter_words(DEFAULTS, DEFAULTS) == {}


@pytest.mark.parametrize(("text", "meant"), [("yes", False), ("1", False), ("no", True)])
def test_no_split_is_a_yes_or_no(text, meant):
    assert read_parameters({"no-split": text}, DEFAULTS).split is meant
