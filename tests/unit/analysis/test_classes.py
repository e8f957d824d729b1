"""The class of a place by its history."""

from itertools import chain, product

import numpy as np
import pytest

from aim.analysis.classes import HISTORY_RULES, HistoryClass, _facts, classify_history, fits_rule
from aim.errors import ParameterError

# The worked sequences: 1 hot, 0 neither, - cold.
WORKED = [
    ("0000000001", "none", "new"),
    ("0000000111", "none", "consecutive"),
    ("1111111111", "up", "intensifying"),
    ("1111111111", "none", "persistent"),
    ("1111111111", "down", "diminishing"),
    ("0101001001", "none", "sporadic"),
    ("0-01000001", "none", "oscillating"),
    ("1111111110", "none", "historical"),
    ("0010000000", "none", "none"),
    ("0000000000", "none", "none"),
]
# Where the wordings of two classes meet, and where a bound lies.
EDGES = [
    ("1", "none", "new"),
    ("0", "none", "none"),
    ("-0000001", "none", "new"),
    ("0-000011", "none", "consecutive"),
    ("11", "none", "persistent"),
    ("0111111111", "none", "persistent"),  # nine of ten, one run to the end
    ("0011111111", "none", "consecutive"),  # eight of ten
    ("1101111111", "up", "intensifying"),
    ("1101101111", "up", "sporadic"),
    ("1111111110", "up", "historical"),
    ("1111111100", "none", "none"),
    ("-111111111", "down", "diminishing"),
    ("1000000001", "up", "sporadic"),
    ("1-", "none", "none"),
]


def steps(text):
    return [one == "1" for one in text], [one == "-" for one in text]


@pytest.mark.parametrize(("text", "trend", "wanted"), WORKED + EDGES)
def test_a_history_has_its_class(text, trend, wanted):
    hot, cold = steps(text)
    found = classify_history(hot, cold, trend_up=trend == "up", trend_down=trend == "down")
    assert found == HistoryClass(wanted)


def every_history():
    short = (text for length in range(7) for text in product("10-", repeat=length))
    return chain(short, product("10", repeat=10))


def test_every_history_fits_one_row_of_the_table_and_no_other():
    found = set()
    for text in every_history():
        facts = _facts(*(np.array(one, dtype=np.bool_) for one in steps(text)))
        for trend in ("up", "down", "none"):
            told = {**facts, "trend": trend}
            fits = [name for name, rule in HISTORY_RULES.items() if fits_rule(told, rule)]
            assert len(fits) == 1
            found.update(fits)
    assert found == set(HistoryClass)


def test_a_history_without_cold_steps_needs_none():
    assert classify_history([1, 0, 1]) == classify_history([1, 0, 1], [0, 0, 0])
    assert classify_history([]) == HistoryClass.NONE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 0], [0]), "one value a step"),
        (([[1], [0]],), "one value a step"),
        (([0, 1], [0, 1]), "both at step 1"),
        (([1], [0], True, True), "trend_up"),
    ],
)
def test_a_history_that_contradicts_itself_is_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        classify_history(*arguments)
