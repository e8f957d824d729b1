"""The part of the week that stands out."""

import math

import numpy as np
import pytest

from aim.analysis import peak_hours
from aim.errors import ParameterError


def flat():
    return np.ones((7, 24))


def test_two_nights_over_midnight_are_found_whole():
    week = flat()
    for day in (4, 5):
        week[day, 21:] += 12
        week[(day + 1) % 7, :2] += 12
    found = peak_hours(week)
    assert (found.first_day, found.days, found.first_hour, found.hours) == (4, 2, 21, 5)
    assert found.share == pytest.approx(130 / (168 + 120))
    assert found.even_share == pytest.approx(10 / 168)
    assert found.p == pytest.approx(1 / 200)


def test_the_week_is_a_ring_sunday_night_runs_into_monday():
    week = flat()
    week[6, 23] = week[0, 0] = 40
    found = peak_hours(week)
    assert (found.first_day, found.days, found.first_hour, found.hours) == (6, 1, 23, 2)


def test_hours_alike_on_every_day_are_every_day():
    week = flat()
    week[:, 16:20] += 9
    found = peak_hours(week)
    assert (found.days, found.first_hour, found.hours) == (7, 16, 4)


def test_where_hours_are_not_known_whole_days_are_named():
    week = flat()
    week[[5, 6]] += 2
    found = peak_hours(week, whole_days=True)
    assert (found.first_day, found.days, found.first_hour, found.hours) == (5, 2, 0, 24)
    assert found.share == pytest.approx(2 * 72 / 264)


def test_a_week_by_chance_alone_does_not_stand_out():
    rng = np.random.default_rng(5)
    weeks = [rng.multinomial(60, [1 / 168] * 168).reshape(7, 24) for _ in range(40)]
    ps = [peak_hours(week, runs=99, rng=seed).p for seed, week in enumerate(weeks)]
    assert sum(p <= 0.05 for p in ps) <= 5
    assert min(ps) > 0


def test_the_same_seed_gives_the_same_p_and_it_is_kept():
    week = flat() * 0.4
    week[2, 3] = 3
    assert peak_hours(week, rng=9) == peak_hours(week, rng=9)
    assert peak_hours(week, rng=9).seed == 9


def test_without_incidents_nothing_is_claimed():
    found = peak_hours(np.zeros((7, 24)))
    assert math.isnan(found.share)
    assert found.p == 1


@pytest.mark.parametrize("week", [np.ones((24, 7)), -flat(), np.full((7, 24), np.nan)])
def test_what_is_no_week_is_refused(week):
    with pytest.raises(ParameterError, match="7 days by 24 hours"):
        peak_hours(week)
