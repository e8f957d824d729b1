"""Everything councillors and scrutiny are told, put together, bounds no protected figure."""

import random

import pytest
from attacker import MANY, Statement, bound, collect, narrow_targets
from town import (
    CLOSING_DAY,
    DAYS,
    LONG_MONTHS,
    MONTHS,
    PARTS,
    TYPES,
    WARDS,
    Forgetful,
    Guarded,
    Request,
    Town,
    Unguarded,
    cells_of_fact,
    select,
)

from aim.access.disclosure import K, Question

REQUESTS = 30
# Two councillors and a scrutiny member sit together and tell one another everything.
ASKERS = (("A",), ("B",), WARDS)


def make_requests(seed):
    """Ask about few things in many ways: the same incidents by other hours, wards and months."""
    chance = random.Random(seed)
    requests = []
    for day in sorted(chance.choices(DAYS, k=REQUESTS)):
        wards = chance.choice(ASKERS)
        question = Question.of(
            wards=wards,
            months=chance.choice([MONTHS[:1], MONTHS[:1], MONTHS[1:2], MONTHS[:2]]),
            types=chance.choice([list(TYPES), list(TYPES), ["noise"]]),
            parts=chance.sample(PARTS, chance.randint(1, len(PARTS) - 1)),
        )
        asks = chance.random() < 0.7
        requests.append(Request(day, wards, chance.choice(MONTHS[:-1]), question if asks else None))
    return requests


def sensitive_targets(months=MONTHS):
    """Return every month and quarter of sensitive figures, alone and by the theme they lead to."""
    quarters = zip(*[iter(months)] * 3, strict=True)
    return {
        select(day, "sensitive", wards=(ward,), months=block, types=(slug,)): K
        for ward in WARDS
        for block in [*((month,) for month in months), *quarters]
        for slug in TYPES
        for day in (DAYS[0], CLOSING_DAY)
    }


def routine_targets(releaser):
    """Return parts of what was asked about, each with the width that was left to it before.

    What everybody sees of whole wards and months may bound a part already: of two incidents no more
    than two are at night.
    """
    targets = {}
    for question, day in releaser.first_answer.items():
        for facts in (question.facts, *([fact] for fact in sorted(question.facts))):
            whole = frozenset().union(*(cells_of_fact(day, fact) for fact in facts))
            for part in PARTS:
                cells = frozenset(cell for cell in whole if cell.part == part)
                targets[cells] = min(K, releaser.town.number(whole))
    return targets


def attack(seed, releaser_of=Guarded):
    """Return what is bounded too narrowly when all that was told in thirty requests is combined."""
    releaser = releaser_of(Town(seed))
    statements = collect(releaser, make_requests(seed))
    return narrow_targets(statements, sensitive_targets() | routine_targets(releaser))


@pytest.mark.parametrize("seed", range(20))
def test_no_protected_figure_is_bounded_more_narrowly_than_k(seed):
    assert not attack(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(low, low + 20) for low in range(20, 200, 20)], ids=str)
def test_no_protected_figure_of_two_hundred_sequences_is_bounded_more_narrowly_than_k(seeds):
    assert not {seed: found for seed in seeds if (found := attack(seed))}


def test_without_the_guard_the_same_attacker_recovers_figures_exactly():
    statements = collect(Unguarded(Town(1)), make_requests(1))
    targets = dict.fromkeys(list(sensitive_targets())[::6], 1)
    assert narrow_targets(statements, targets)


def test_answers_rounded_each_by_itself_are_taken_apart():
    assert any(attack(seed, Forgetful) for seed in range(3, 6))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))]
)
def test_the_whole_grid_of_every_day_together_bounds_nothing_more_narrowly_than_k(seed):
    releaser = Guarded(Town(seed, LONG_MONTHS))
    requests = [Request(day, WARDS, month) for day in DAYS for month in LONG_MONTHS[2:-1:3]]
    statements = collect(releaser, requests)
    assert any(len(statement.cells) > 1 and statement.low for statement in statements)
    assert not narrow_targets(statements, sensitive_targets(LONG_MONTHS))


def test_the_attacker_finds_what_subtraction_gives():
    town = {"a": 3, "b": 12, "c": 20}
    told = {Statement(frozenset(town), 35, 35), Statement(frozenset("bc"), 32, 32)}
    assert bound(told, frozenset("a"))[1:] == (3, 3)
    assert bound(told, frozenset("b"))[1:] == (0, 32)


def test_the_attacker_uses_that_incidents_are_whole():
    told = {Statement(frozenset(pair), 1, 1) for pair in ("ab", "bc", "ac")}
    with pytest.raises(ValueError, match="contradict"):
        bound(told, frozenset("a"))


def test_what_nobody_speaks_about_is_not_bounded():
    assert bound({Statement(frozenset("b"), 2, 2)}, frozenset("a"))[1:] == (0, MANY)
