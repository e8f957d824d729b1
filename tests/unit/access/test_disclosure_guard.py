"""The guard of free questions, one rule a test."""

import json

import pytest

from aim.access.disclosure import DifferencingGuard, Question
from aim.access.disclosure.guard import Answer
from aim.errors import ParameterError

HOURS = frozenset({"morning", "noon", "evening", "night"})
EMPTY = DifferencingGuard(whole=HOURS)


def question(parts, wards="A", months=("2026-04",), types=("noise",)):
    return Question.of(wards=tuple(wards), months=months, types=types, parts=tuple(parts.split()))


def known_of(asked, number=35, **by_ward):
    return {fact: by_ward.get(fact[0], number) for fact in asked.facts}


def ask(guard, asked, count, known=None):
    """Return the answer and the guard after it."""
    answer = guard.ask(asked, count, known or known_of(asked))
    return answer, guard.after(answer)


def told(*asked, known=None):
    """Ask in turn; return the bands, None where refused."""
    guard, bands = EMPTY, []
    for one, count in asked:
        answer, guard = ask(guard, one, count, known)
        bands.append(answer.band)
    return bands


def test_whole_weeks_are_told_as_they_are_and_not_remembered():
    answer, guard = ask(EMPTY, question(" ".join(HOURS)), 17)
    assert (answer.band, answer.reason, answer.new) == ((17, 17), "", False)
    assert guard == EMPTY


def test_a_part_of_the_week_is_rounded_and_says_so():
    answer, guard = ask(EMPTY, question("night"), 8)
    assert answer.band == (6, 11)
    assert answer.new
    assert "Rounded" in answer.reason
    assert guard.answered == (answer,)


@pytest.mark.parametrize(
    ("count", "band"), [(0, (0, 5)), (29, (24, 29)), (30, (30, 35)), (35, (30, 35))]
)
def test_zero_and_everything_are_rounded_too(count, band):
    assert told((question("night"), count)) == [band]


def test_the_same_question_has_the_same_answer_for_good():
    _, guard = ask(EMPTY, question("night"), 8)
    later, after = ask(guard, question("night"), 20, known_of(question("night"), 60))
    assert later.band == (6, 11)
    assert not later.new
    assert after == guard


def test_all_wards_and_all_but_one_are_never_both_told_exactly():
    borough, but_one = question("night", "AB"), question("night", "A")
    first, second = told((borough, 35), (but_one, 32))
    assert first == (30, 35)
    assert second == (30, 35)


def test_all_but_one_ward_first_leaves_the_last_ward_its_room():
    known = {("A", "2026-04", "noise"): 40, ("B", "2026-04", "noise"): 30}
    one = question("night", "A")
    answer, guard = ask(EMPTY, one, 32, {fact: known[fact] for fact in one.facts})
    assert answer.band == (30, 40)
    both, _ = ask(guard, question("night", "AB"), 35, known)
    assert both.band == (30, 35)


def test_a_few_incidents_are_told_only_as_what_is_known_anyway():
    asked = question("night")
    answer, guard = ask(EMPTY, asked, 2, known_of(asked, 8))
    assert answer.band == (0, 8)
    assert "Too few" in answer.reason
    assert guard == EMPTY


@pytest.mark.parametrize(("number", "band"), [(10, (0, 10)), (11, (0, 5))])
def test_an_answer_needs_twice_k_and_one_behind_it(number, band):
    asked = question("night")
    assert told((asked, 2), known=known_of(asked, number)) == [band]


def test_other_hours_of_the_same_incidents_may_be_asked():
    bands = told((question("night"), 8), (question("evening"), 13), (question("noon"), 2))
    assert bands == [(6, 11), (12, 17), (0, 5)]


def test_the_rest_of_the_week_is_told_as_what_it_must_be():
    first, second = told((question("night"), 8), (question("morning noon evening"), 27))
    assert first == (6, 11)
    assert second == (24, 29)
    guard = ask(EMPTY, question("night"), 8)[1]
    assert not guard.ask(question("morning noon evening"), 27, known_of(question("noon"))).new


def test_hours_within_hours_may_be_asked_either_way_round():
    assert told((question("evening night"), 14), (question("night"), 13)) == [(12, 17), (12, 17)]
    assert told((question("night"), 8), (question("evening night"), 14)) == [(6, 11), (12, 17)]


def test_what_lies_within_is_never_told_to_be_more_than_the_least_of_the_whole():
    # Night is at most 6 to 11 of an evening of 6 to 11, so it is told to be 6 or more at the most.
    assert told((question("evening night"), 11), (question("night"), 11)) == [(6, 11), (6, 11)]
    assert told((question("evening night"), 5), (question("night"), 5)) == [(0, 5), (0, 5)]


def test_hours_that_cross_earlier_hours_are_refused_and_why():
    _, guard = ask(EMPTY, question("evening night"), 14)
    answer, after = ask(guard, question("night morning"), 9)
    assert answer.band is None
    assert "An earlier answer covers some of the same incidents" in answer.reason
    assert after == guard


@pytest.mark.parametrize(
    "other",
    [
        question("evening", "AB"),
        question("evening", months=("2026-03", "2026-04")),
        question("evening", types=("noise", "fights")),
    ],
    ids=["wards", "months", "types"],
)
def test_other_hours_of_partly_the_same_incidents_are_refused(other):
    _, guard = ask(EMPTY, question("night"), 8)
    assert guard.ask(other, 8, known_of(other)).band is None


def test_other_places_are_free():
    bands = told((question("night"), 8), (question("evening night", "B"), 14))
    assert bands == [(6, 11), (12, 17)]


def test_wards_that_cross_earlier_wards_are_refused():
    _, guard = ask(EMPTY, question("night", "AB"), 14)
    crossing = question("night", "BC")
    assert guard.ask(crossing, 9, known_of(crossing)).band is None


def test_more_wards_of_the_same_hours_are_cut_above_those_told():
    bands = told(
        (question("night", "A"), 8), (question("night", "B"), 14), (question("night", "ABC"), 40)
    )
    assert bands == [(6, 11), (12, 17), (36, 41)]


def test_the_last_ward_of_a_told_sum_is_told_as_what_it_must_be():
    bands = told(
        (question("night", "AB"), 14), (question("night", "A"), 8), (question("night", "B"), 6)
    )
    assert bands == [(12, 17), (6, 11), (1, 11)]


def test_a_question_mixed_of_both_kinds_is_refused():
    _, guard = ask(EMPTY, question("night", "A"), 8)
    _, guard = ask(guard, question("evening", "A"), 8)
    wider = question("night", "AB")
    assert guard.ask(wider, 20, known_of(wider)).band is None


def test_hours_under_wider_wards_are_refused():
    _, guard = ask(EMPTY, question("night", "A"), 8)
    _, guard = ask(guard, question("night", "AB"), 20)
    assert guard.ask(question("evening", "A"), 8, known_of(question("evening"))).band is None


def test_corrected_months_are_told_no_more():
    _, guard = ask(EMPTY, question("night"), 8)
    evening = question("evening")
    answer = guard.ask(evening, 9, known_of(evening, 36))
    assert answer.band is None
    assert "corrected" in answer.reason


def test_a_report_that_moved_within_its_month_does_not_break_the_tree():
    _, guard = ask(EMPTY, question("night"), 8)
    answer = guard.ask(question("evening night"), 4, known_of(question("night")))
    assert answer.band == (6, 11)


def test_the_guard_is_the_same_after_being_kept():
    _, guard = ask(EMPTY, question("night", "AB"), 20)
    _, guard = ask(guard, question("night", "A"), 8)
    rows = json.loads(json.dumps(guard.rows()))
    assert [sorted(row) for row in rows] == [["high", "known", "low", "question"]] * 2
    again = DifferencingGuard.from_rows(rows, whole=HOURS)
    assert [one.band for one in again.answered] == [one.band for one in guard.answered]
    assert [one.known for one in again.answered] == [one.known for one in guard.answered]
    third = question("night", "B")
    assert again.ask(third, 12, known_of(third)).band == guard.ask(third, 12, known_of(third)).band


def test_each_ward_s_own_number_is_kept_with_it():
    asked = question("night", "AB")
    _, guard = ask(EMPTY, asked, 20, known_of(asked, A=21, B=40))
    kept = DifferencingGuard.from_rows(guard.rows(), HOURS).answered[0].known
    assert kept == {("A", "2026-04", "noise"): 21, ("B", "2026-04", "noise"): 40}


def test_a_stricter_guard_has_wider_answers():
    asked = question("night")
    assert DifferencingGuard(HOURS, k=10).ask(asked, 8, known_of(asked)).band == (0, 10)
    assert DifferencingGuard.from_rows([], HOURS, k=10).k == 10


@pytest.mark.parametrize(
    "asked",
    [question(""), question("dawn"), question("night", ""), question("night", months=())],
    ids=["no part", "unknown part", "no ward", "no month"],
)
def test_a_question_about_nothing_or_unknown_hours_is_refused(asked):
    with pytest.raises(ParameterError, match="A question needs"):
        EMPTY.ask(asked, 0, known_of(asked))


def test_the_whole_figures_must_be_given():
    with pytest.raises(ParameterError, match="`known` lacks"):
        EMPTY.ask(question("night", "AB"), 3, known_of(question("night", "A")))


@pytest.mark.parametrize("count", [-1, 36])
def test_a_count_that_does_not_fit_the_whole_is_refused(count):
    with pytest.raises(ParameterError, match="one reading of the store"):
        EMPTY.ask(question("night"), count, known_of(question("night")))


def test_a_refusal_cannot_be_kept():
    refused = Answer(question("night"), None, "no", {}, new=True)
    with pytest.raises(ParameterError, match="refused answer"):
        EMPTY.after(refused).rows()
