"""Does the interval of an effect hold the effect as often as it says?

Actions like the one planted in the sample borough: 24 months, of which the action fills the last
eight and an outage takes one of the others; a place with about seventy incidents above its
background, of which six in ten no longer happen; beside it two places where all goes on.
"""

import numpy as np
import pytest

from aim.analysis import weighted_displacement_difference

pytestmark = pytest.mark.slow

DRAWS, MONTHS, BEFORE, AFTER = 2_000, 24, 15, 8
PLANTED, BACKGROUND, EFFECT = 70, 24, -0.6
EXPECTED = EFFECT * PLANTED * AFTER / MONTHS
SHARES = np.array([BEFORE, 1, AFTER]) / MONTHS


def by_chance(rng, stays):
    """Every incident comes by itself: months are Poisson counts."""
    return rng.poisson(PLANTED * SHARES * [1, 1, stays] + BACKGROUND * SHARES)


def as_planted(rng, stays):
    """As the sample is made: so many are planted on days drawn evenly, and some then taken out."""
    before, outage, after = rng.multinomial(PLANTED, SHARES)
    kept = np.array([before, outage, rng.binomial(after, stays)])
    return kept + rng.poisson(BACKGROUND * SHARES)


def retold(rng, stays):
    """As planted, and one in twenty is told again by another feed."""
    counts = as_planted(rng, stays)
    return counts + rng.binomial(counts, 0.05)


@pytest.mark.parametrize("draw", [by_chance, as_planted, retold])
def test_the_interval_holds_the_effect_in_about_95_of_100(draw):
    rng, held = np.random.default_rng(11), 0
    for _ in range(DRAWS):
        places = [draw(rng, stays) for stays in (1 + EFFECT, 1, 1)]
        treated, *controls = [(place[0], place[2]) for place in places]
        found = weighted_displacement_difference(
            treated,
            np.sum(controls, axis=0),
            time_weights=(BEFORE / AFTER, 1),
            area_weights={"control": len(controls)},
        )
        held += found.low <= EXPECTED <= found.high
    assert 0.92 <= held / DRAWS <= 0.98


def test_where_nothing_was_done_the_test_finds_something_in_about_5_of_100():
    rng, found = np.random.default_rng(12), 0
    for _ in range(DRAWS):
        treated, control = (as_planted(rng, 1)[[0, 2]] for _ in range(2))
        judged = weighted_displacement_difference(
            treated, control, time_weights=(BEFORE / AFTER, 1)
        )
        found += judged.p < 0.05
    assert 0.02 <= found / DRAWS <= 0.08
