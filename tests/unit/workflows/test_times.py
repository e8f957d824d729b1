"""When in the week things happen, from the store to the words."""

from dataclasses import replace
from datetime import date

import pytest

from aim import workflows
from aim.analysis import PeakHours
from aim.errors import NotFoundError, ParameterError
from aim.model.breaks import Break
from aim.model.filters import IncidentFilter
from aim.workflows.times import find_times, hotspot_times, say_peak, times_text, times_view

DATED = IncidentFilter(sources=("wardens", "housing-officers"))
MONTHLY = IncidentFilter(sources=("norbeck-police",))


def test_sources_that_know_the_month_alone_are_refused_with_the_reason(told_hub):
    with pytest.raises(ParameterError, match="known only to their month"):
        find_times(told_hub.store, told_hub.actor, MONTHLY)
    view = times_view(told_hub.store, told_hub.actor, MONTHLY, told_hub.settings)
    assert "known only to their month" in view.part.sentence
    assert (view.part.chart, view.figures) == (None, ())


def test_of_mixed_sources_the_share_that_could_be_used_is_said(told_hub):
    found = find_times(told_hub.store, told_hub.actor, IncidentFilter())
    assert (found.profile.incidents, found.chosen) == (3, 39)
    assert found.profile.weights.to_numpy().sum() == pytest.approx(3)
    text = times_text(told_hub.store, told_hub.actor, IncidentFilter())
    assert "3 of 39 incidents could be used (8%)." in text
    assert "Left out, known only to their month: 36." in text


def test_hours_are_londons(told_hub):
    weights = find_times(told_hub.store, told_hub.actor, DATED).profile.weights
    assert weights.loc["Friday", 21] == 2
    assert weights.loc["Thursday", 10] == 1


def test_confirmed_repeats_count_once(told_hub):
    once = workflows.read_words(
        told_hub.store, told_hub.actor, {"source": list(DATED.sources), "count-linked": "once"}
    )
    assert find_times(told_hub.store, told_hub.actor, once).profile.incidents == 2


def test_every_result_carries_what_it_was_made_from(told_hub):
    facts = find_times(told_hub.store, told_hub.actor, DATED).facts
    assert facts["filter"] == DATED.words()
    assert (facts["seed"], facts["runs"]) == (0, 199)
    assert facts["data_version"] == told_hub.store.data_version()


def test_a_break_within_the_period_is_said_with_the_hours(told_hub):
    day = date(2026, 4, 11)
    saved = workflows.add_break(
        told_hub.store, told_hub.actor, Break(day, "recording-rule change", "wardens", (), "")
    )
    found = find_times(told_hub.store, told_hub.actor, DATED)
    view = times_view(told_hub.store, told_hub.actor, DATED, told_hub.settings)
    text = times_text(told_hub.store, told_hub.actor, DATED)
    before = find_times(told_hub.store, told_hub.actor, replace(DATED, until=day))
    workflows.remove_break(told_hub.store, told_hub.actor, saved.number)
    told = next(words for words in found.warnings if "11 April 2026" in words)
    assert "recording-rule change" in told
    assert told in view.part.warnings
    assert told in text
    assert told not in before.warnings


def test_a_hotspot_nobody_saved_has_no_hours(told_hub):
    with pytest.raises(NotFoundError, match="No saved run"):
        hotspot_times(told_hub.store, told_hub.actor, "nobody")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ((5, 1, 22, 4), "Saturday, 22:00 to 02:00,"),
        ((6, 2, 20, 4), "Sunday and Monday, 20:00 to 00:00,"),
        ((0, 5, 9, 8), "Monday to Friday, 09:00 to 17:00,"),
        ((0, 7, 16, 3), "Every day, 16:00 to 19:00,"),
        ((5, 2, 0, 24), "Saturday and Sunday"),
    ],
)
def test_a_part_of_the_week_is_named_as_people_say_it(part, words):
    assert say_peak(PeakHours(*part, 0.3, 0.1, 0.01, 199, 0)) == words
