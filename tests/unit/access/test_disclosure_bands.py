"""Bands, blocks, lines and the table of rules."""

import itertools

import pandas as pd
import pytest

from aim.access.disclosure import (
    RULES,
    Audience,
    Geography,
    Rule,
    band_of,
    narrowest_block,
    rule_for,
    say_band,
    suppress_line,
)
from aim.access.disclosure.bands import Band, widen
from aim.errors import ParameterError
from aim.model.incidents import Sensitivity


@pytest.mark.parametrize(
    ("count", "band"), [(0, (0, 5)), (5, (0, 5)), (6, (6, 11)), (11, (6, 11)), (12, (12, 17))]
)
def test_a_band_holds_k_and_one_counts(count, band):
    assert band_of(count) == band


def test_a_stricter_k_has_wider_bands():
    assert band_of(10, k=10) == (0, 10)
    assert band_of(11, k=10) == (11, 21)


@pytest.mark.parametrize(("count", "k"), [(-1, 5), (3, 0)])
def test_a_count_below_zero_or_no_k_is_refused(count, k):
    with pytest.raises(ParameterError, match="must be a whole number from"):
        band_of(count, k=k)


def test_the_least_k_is_one():
    assert band_of(3, k=1) == (2, 3)


def blocks(**limits):
    """Return the block of every count there can be."""
    return [narrowest_block(count, **limits) for count in range(limits["base"], limits["top"] + 1)]


LIMITS = [
    {"base": base, "top": base + room, "first_end": end, "last_start": start}
    for base, room, end, start in itertools.product(
        (0, 7), (0, 4, 5, 10, 11, 12, 17, 23, 40), (None, 3, 15, 30), (None, 0, 12, 33)
    )
]


def test_blocks_cut_the_whole_range_and_each_is_k_wide_or_all_of_it():
    for limits in LIMITS:
        every = blocks(**limits)
        found = list(dict.fromkeys(every))
        assert (found[0].low, found[-1].high) == (limits["base"], limits["top"])
        assert all(one.high + 1 == other.low for one, other in itertools.pairwise(found))
        assert len(found) == 1 or all(block.high - block.low >= 5 for block in found)
        assert all(
            block.low <= count <= block.high for count, block in enumerate(every, limits["base"])
        )


def test_the_first_block_reaches_and_the_last_begins_where_they_must():
    cut = [(limits, found) for limits in LIMITS if len(found := set(blocks(**limits))) > 1]
    assert len(cut) > 50
    for limits, found in cut:
        assert limits["first_end"] is None or min(found).high >= limits["first_end"]
        assert limits["last_start"] is None or max(found).low <= limits["last_start"]


def test_blocks_are_as_narrow_as_can_be():
    assert list(dict.fromkeys(blocks(base=0, top=17))) == [(0, 5), (6, 11), (12, 17)]
    assert list(dict.fromkeys(blocks(base=0, top=16))) == [(0, 5), (6, 16)]
    assert list(dict.fromkeys(blocks(base=2, top=13))) == [(2, 7), (8, 13)]
    assert list(dict.fromkeys(blocks(base=0, top=23, first_end=7))) == [(0, 7), (8, 13), (14, 23)]
    assert list(dict.fromkeys(blocks(base=0, top=23, last_start=12))) == [(0, 5), (6, 11), (12, 23)]
    assert list(dict.fromkeys(blocks(base=0, top=23, last_start=11))) == [(0, 5), (6, 23)]


@pytest.mark.parametrize("count", [1, 13])
def test_a_count_outside_its_limits_is_refused(count):
    with pytest.raises(ParameterError, match="from one reading of the store"):
        narrowest_block(count, base=2, top=12)


@pytest.mark.parametrize(
    ("band", "wider"), [((0, 5), (0, 11)), ((6, 11), (0, 11)), ((10, 15), (0, 23))]
)
def test_a_wider_band_is_made_of_the_band_alone(band, wider):
    assert widen(Band(*band)) == wider


def test_every_wider_band_is_twice_as_wide_and_holds_the_band():
    for low, high in itertools.combinations_with_replacement(range(30), 2):
        wider = widen(Band(low, high))
        assert wider.low <= low <= high <= wider.high
        assert wider.high - wider.low >= 10


@pytest.mark.parametrize(
    ("band", "words"),
    [((0, 0), "0"), ((7, 7), "7"), ((0, 5), "5 or fewer"), ((6, 11), "6 to 11")],
)
def test_a_band_is_said_in_words(band, words):
    assert say_band(*band) == words


def test_three_of_a_row_is_withheld_with_the_next_smallest():
    shown, total = suppress_line(pd.Series([3, 12, 20]), k=5)
    assert shown.isna().tolist() == [True, True, False]
    assert (shown[2], total) == (20, 35)


def test_a_row_without_small_numbers_is_shown_whole():
    shown, total = suppress_line(pd.Series([5, 12, 20], index=["a", "b", "c"]))
    assert shown.to_dict() == {"a": 5, "b": 12, "c": 20}
    assert total == 37


@pytest.mark.parametrize(
    ("counts", "hidden", "total"),
    [
        ([4, 30, 9], [True, False, True], 43),  # four is small, nine is the next smallest
        ([2, 3, 40], [True, True, False], 45),  # two small ones make five together
        ([2, 2, 40, 7], [True, True, False, True], 51),  # these do not
        ([0, 0, 8], [True, True, True], 8),  # zero is small too
        ([0, 5, 5], [True, True, False], 10),
        ([1, 2], [True, True], None),  # even the total is small
        ([3], [True], None),  # alone, its total is itself
        ([4, 4], [True, True], 8),
        ([2, 2, 4], [True, True, True], 8),
    ],
)
def test_what_is_withheld_is_never_alone_nor_fewer_than_k(counts, hidden, total):
    shown, told = suppress_line(pd.Series(counts))
    assert (shown.isna().tolist(), told) == (hidden, total)


def test_no_row_is_no_row():
    shown, total = suppress_line(pd.Series([], dtype="int64"))
    assert (len(shown), total) == (0, 0)


@pytest.mark.parametrize("counts", [[3, None], [3, -1]])
def test_a_line_with_no_count_in_a_cell_is_refused(counts):
    with pytest.raises(ParameterError, match="missing or below 0"):
        suppress_line(pd.Series(counts))


def test_every_combination_has_its_rule():
    assert set(RULES) == set(itertools.product(Sensitivity, Geography, Audience))


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("geography", Geography)
def test_public_figures_are_never_suppressed(geography, audience):
    assert rule_for(Sensitivity.PUBLIC, geography, audience) is Rule.AS_IT_IS


@pytest.mark.parametrize("audience", Audience)
def test_routine_ward_counts_show_and_sensitive_places_never_do(audience):
    assert rule_for("routine", "ward", audience) is Rule.AS_IT_IS
    assert rule_for("sensitive", "below ward", audience) is Rule.NEVER
    assert rule_for("sensitive", "borough", audience) is not Rule.AS_IT_IS


def test_the_public_sees_less_than_councillors():
    assert rule_for("sensitive", "ward", "councillor") is Rule.BAND
    assert rule_for("sensitive", "ward", "public") is Rule.NEVER
    assert rule_for("sensitive", "borough", "public") is Rule.STRICT
    assert rule_for("routine", "below ward", "public") is Rule.NEVER


def test_what_the_table_does_not_know_is_never_released():
    assert rule_for("secret", "ward", "scrutiny") is Rule.NEVER
