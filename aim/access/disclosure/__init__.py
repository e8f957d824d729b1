"""Disclosure control: numbers that cannot be taken apart, and why.

Three doors, one idea. Sensitive figures leave in bands fixed beforehand, on a grid of whole wards
and closed quarters, and stay as first released (`release_grid`). Routine figures finer than whole
wards and months pass a guard that remembers what was answered (`DifferencingGuard`). A table that
is published once may keep its exact large numbers (`suppress_line`).

What is promised: from everything released to councillors and scrutiny members together, nobody
can bound a protected figure more narrowly than k between its least and its largest value. It holds
because released bands form a tree: each band is at least k wide and lies between the sums of the
lowest and of the highest values of its parts. Then whatever a figure is within its band, the other
parts can make up the rest, so no subtraction reaches it. What is public knowledge already, such as
a ward's month with two routine reports, bounds its parts before anything is released; those bounds
are not narrowed.
"""

from aim.access.disclosure.bands import Band, band_of, narrowest_block, say_band
from aim.access.disclosure.grid import (
    ALL_THEMES,
    BOROUGH,
    LAST_4_QUARTERS,
    LAST_12,
    OTHER_THEME,
    count_grid,
    leading_theme,
    quarter_of,
    release_grid,
)
from aim.access.disclosure.guard import Answer, DifferencingGuard, Question
from aim.access.disclosure.lines import suppress_line
from aim.access.disclosure.rules import RULES, STRICT_K, Audience, Geography, K, Rule, rule_for
from aim.access.disclosure.week import WEEK, part_of, parts_asked

__all__ = [
    "ALL_THEMES",
    "BOROUGH",
    "LAST_4_QUARTERS",
    "LAST_12",
    "OTHER_THEME",
    "RULES",
    "STRICT_K",
    "WEEK",
    "Answer",
    "Audience",
    "Band",
    "DifferencingGuard",
    "Geography",
    "K",
    "Question",
    "Rule",
    "band_of",
    "count_grid",
    "leading_theme",
    "narrowest_block",
    "part_of",
    "parts_asked",
    "quarter_of",
    "release_grid",
    "rule_for",
    "say_band",
    "suppress_line",
]
