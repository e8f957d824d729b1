import pandas as pd
import pytest

from aim.model.words import say_change, say_counts, say_moment


@pytest.mark.parametrize(
    ("change", "before", "said"),
    [
        ("new", 0.0, "new: 12 from 0"),
        ("too few to say", 2, "too few to say: 12 from 2"),
        ("up", float("nan"), "not compared"),
        (None, 4, "not compared"),
    ],
)
def test_a_change_is_a_word_with_its_two_counts(change, before, said):
    hotspot = {"change": change, "incidents": 12, "incidents_before": before}
    assert say_change(hotspot) == said


def test_counts_carry_the_names_of_types_and_keep_other_words():
    assert say_counts("anti-social-behaviour 3; zorbing 1") == "Anti-social behaviour 3; zorbing 1"
    assert [say_counts(nothing) for nothing in (None, float("nan"), "")] == ["", "", ""]


def test_a_moment_is_said_as_its_london_day():
    assert say_moment(pd.Timestamp("2026-06-30T23:30Z")) == "1 July 2026"
    assert [say_moment(nothing) for nothing in (None, pd.NaT, "soon")] == ["", "", ""]
