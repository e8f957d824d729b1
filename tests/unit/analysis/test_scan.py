"""Zones and windows: worked values, simulation, and what a test must not be asked."""

import math

import numpy as np
import pytest

from aim.analysis.scan import fixed_zone, kulldorff_llr, scan_time, scan_window
from aim.errors import ParameterError


def test_the_worked_circle_holds_far_more_than_chance():
    zone = fixed_zone(12, 200, math.pi * 100**2 / 10e6)
    assert round(zone.expected, 4) == 0.6283
    assert f"{zone.p:.2e}" == "3.27e-12"
    assert "needs a simulation" in zone.warnings[0]


def test_a_zone_with_nothing_or_everything_has_its_chance():
    assert fixed_zone(0, 10, 0.5).p == 1
    assert fixed_zone(10, 10, 0.5).p == pytest.approx(0.5**10)
    assert fixed_zone(1, 3, 0.5).p == pytest.approx(7 / 8)


def test_the_worked_likelihood_ratio_holds():
    assert round(kulldorff_llr(15, 5, 100), 4) == 7.0250
    assert kulldorff_llr(5, 5, 100) == kulldorff_llr(4, 5, 100) == 0
    assert kulldorff_llr(100, 5, 100) == pytest.approx(100 * math.log(20))


def test_one_incident_somewhere_is_as_likely_as_any_at_all():
    assert scan_window(1, 0.6, 10) == pytest.approx(1 - math.exp(-6))


@pytest.mark.parametrize(
    ("count", "mean", "windows"), [(4, 0.5, 20), (6, 1, 50), (3, 0.3, 2), (8, 3, 12)]
)
def test_the_approximation_agrees_with_simulation(count, mean, windows):
    rng = np.random.default_rng(20)
    rounds = 4000
    hits = 0
    for number in rng.poisson(mean * windows, rounds):
        moments = np.sort(rng.uniform(0, windows, number))
        hits += bool((moments[count - 1 :] - moments[: number - count + 1] < 1).any())
    error = math.sqrt(hits) / rounds
    assert abs(scan_window(count, mean, windows) - hits / rounds) < 3.5 * error


def test_published_windows_hold():
    # Six in any week of five years at one a week: near one half (Wheeler, after Naus).
    assert scan_window(6, 1, 261) == pytest.approx(0.4856, abs=2e-3)
    assert scan_window(40, 0.5, 20) == 0
    assert scan_window(1, 50, 20) == 1


def test_the_fullest_window_is_half_open():
    assert scan_time([0, 7, 14, 20.9], window_days=7, length_days=30).most == 2
    found = scan_time([0, 7, 14, 20.9], window_days=7.5, length_days=30)
    assert (found.most, found.start) == (2, 0)
    assert found.p == scan_window(2, 1, 4)


def test_no_incident_fills_no_window():
    found = scan_time([], window_days=7, length_days=30)
    assert (found.most, found.p) == (0, 1)
    assert math.isnan(found.start)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fixed_zone(11, 10, 0.1), "`observed`"),
        (lambda: fixed_zone(1, 10, 1), "`share`"),
        (lambda: kulldorff_llr(5, 0, 10), "`expected`"),
        (lambda: scan_window(0, 1, 5), "`count`"),
        (lambda: scan_window(2, 1, 1.9), "`windows`"),
        (lambda: scan_time([1], window_days=7, length_days=13), "`window_days`"),
        (lambda: scan_time([31], window_days=7, length_days=30), "`days`"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
