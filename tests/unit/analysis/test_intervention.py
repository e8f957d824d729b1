"""Before and after: published values, weights, and sentences that carry their doubt."""

import math
from dataclasses import asdict

import pandas as pd
import pytest

from aim.analysis.intervention import (
    assess_intervention,
    displacement_quotient,
    harm_weighted_displacement_difference,
    plain_result,
    relative_effect,
    weighted_displacement_difference,
)
from aim.errors import ParameterError

PAPER = {
    "treated": (207, 110),
    "control": (308, 318),
    "displacement": (178, 157),
    "displacement_control": (150, 140),
}


def test_the_paper_s_numbers_hold():
    found = weighted_displacement_difference(**PAPER)
    assert (found.estimate, found.local, found.displacement) == (-118, -107, -11)
    assert round(found.standard_error, 4) == 39.5980
    assert round(found.local_standard_error, 4) == 30.7083
    assert found.displacement_standard_error == 25
    assert round(found.z, 2) == -2.98
    assert (round(found.low, 2), round(found.high, 2)) == (-195.61, -40.39)
    assert found.p == pytest.approx(math.erfc(2.98 / math.sqrt(2)), rel=0.01)
    assert not found.warnings


@pytest.mark.parametrize(
    ("counts", "estimate", "error", "z", "interval"),
    [
        (((20, 10), (20, 20)), -10, 8.3666, -1.1952, (-23.76, 3.76)),
        (((120, 100), (130, 150)), -40, 22.3607, -1.7889, (-76.78, -3.22)),
        (((120, 100), (130, 150), (40, 25), (30, 25)), -50, 24.8998, -2.0080, (-90.96, -9.04)),
        (((0, 10), (0, 20)), -10, 5.4772, -1.8257, (-19.01, -0.99)),
    ],
)
def test_worked_values_hold(counts, estimate, error, z, interval):
    found = weighted_displacement_difference(*counts, alpha=0.1)
    assert found.estimate == estimate
    assert (round(found.standard_error, 4), round(found.z, 4)) == (error, z)
    assert (round(found.low, 2), round(found.high, 2)) == interval


def test_without_a_period_before_it_is_nearly_the_e_test():
    found = weighted_displacement_difference((0, 10), (0, 20))
    assert round(found.p, 3) == 0.068
    assert "treated and control" in found.warnings[0]


@pytest.mark.real_data
def test_the_published_table_holds(real_data):
    for row in pd.read_csv(real_data / "oracles" / "wdd_published.csv").itertuples():
        rings = {}
        if not math.isnan(row.disp_pre):
            rings = {
                "displacement": (row.disp_pre, row.disp_post),
                "displacement_control": (row.disp_control_pre, row.disp_control_post),
            }
        found = weighted_displacement_difference(
            (row.treated_pre, row.treated_post),
            (row.control_pre, row.control_post),
            **rings,
            alpha=row.alpha,
        )
        for mine, theirs in (
            (found.estimate, row.est_total),
            (found.standard_error, row.se_total),
            (found.low, row.low_ci),
            (found.high, row.high_ci),
        ):
            assert math.isnan(theirs) or mine == pytest.approx(theirs, abs=0.5)


def test_areas_of_unequal_size_count_by_their_size():
    sizes = {"control": 0.9, "treated": 1.2, "displacement_control": 1.6, "displacement": 1.5}
    found = weighted_displacement_difference(**PAPER, area_weights=sizes)
    assert found.estimate == pytest.approx(-99.69444444)
    assert found.standard_error == pytest.approx(35.4280755)
    assert found.z == pytest.approx(-2.813995483)
    assert (found.low, found.high) == pytest.approx((-169.1321965, -30.25669241))


def test_periods_of_unequal_length_count_by_their_length():
    found = weighted_displacement_difference((40, 10), (40, 20), time_weights=(2, 1))
    assert found.estimate == -10
    assert found.standard_error == pytest.approx(math.sqrt(40 / 4 + 10 + 40 / 4 + 20))
    both = weighted_displacement_difference(
        (40, 10), (40, 20), time_weights=(2, 1), area_weights={"treated": 2, "control": 2}
    )
    assert (both.estimate, both.standard_error) == (-5, found.standard_error / 2)


def test_harms_of_several_kinds_add_up_as_published():
    cases = [
        ((130, 74), (133, 91)), ((327, 202), (388, 305)), ((398, 190), (148, 97)),
        ((144, 92), (86, 64)), ((183, 96), (94, 67)),
    ]  # fmt: skip
    weights = [3, 2, 5, 7, 10]
    found = harm_weighted_displacement_difference(cases, weights)
    assert found.estimate == pytest.approx(-1721)
    assert found.standard_error == pytest.approx(304.10360077)
    assert found.z == pytest.approx(-5.65925558)
    assert (found.low, found.high) == pytest.approx((-2317.03210507, -1124.96789493))
    tested = {str(one): weighted_displacement_difference(*case) for one, case in enumerate(cases)}
    again = harm_weighted_displacement_difference(tested, dict(zip(tested, weights, strict=True)))
    assert (again.estimate, again.standard_error) == (found.estimate, found.standard_error)


def test_one_kind_with_a_harm_of_one_is_the_plain_difference():
    plain = weighted_displacement_difference(**PAPER)
    harm = harm_weighted_displacement_difference({"asb": PAPER}, {"asb": 1})
    for name in ("estimate", "standard_error", "low", "high", "local", "displacement"):
        assert getattr(harm, name) == pytest.approx(getattr(plain, name))
    few = harm_weighted_displacement_difference({"asb": ((3, 2), (9, 9))}, {"asb": 2})
    assert few.warnings[0].startswith("asb: Fewer than 5")


@pytest.mark.parametrize(
    ("cases", "weights"),
    [
        ({"asb": PAPER}, {"theft": 1}),
        ([PAPER], [1, 2]),
        ([PAPER], {"1": 1}),
        ({}, {}),
        ([PAPER], [-1]),
    ],
)
def test_cases_and_weights_that_do_not_match_are_refused(cases, weights):
    with pytest.raises(ParameterError, match=r"harm"):
        harm_weighted_displacement_difference(cases, weights)


def test_the_ratio_form_holds():
    found = relative_effect((207, 110), (308, 318))
    assert round(found.ratio, 5) == 0.51469
    # Printed with 1.96 in place of the normal quantile: the last digit.
    assert (found.low, found.high) == pytest.approx((0.38925, 0.68056), abs=6e-6)
    assert found.z == pytest.approx(math.log(found.ratio) / found.standard_error)
    assert found.p < 0.001
    assert relative_effect((10, 10), (7, 7)).p == 1


def test_a_ratio_with_a_nought_is_not_said():
    found = relative_effect((20, 0), (20, 18))
    assert math.isnan(found.ratio)
    assert "read the difference" in found.warnings[0]


def test_the_quotient_holds_and_is_told_in_words():
    found = displacement_quotient((100, 60), (50, 45), (200, 190))
    assert round(found.quotient, 4) == 0.0714
    assert found.words == "the benefit spread to the ring"
    assert "moved" in displacement_quotient((100, 60), (50, 55), (200, 200)).words
    assert "as many" in displacement_quotient((100, 60), (50, 95), (200, 200)).words
    assert "gained more" in displacement_quotient((100, 60), (90, 20), (200, 200)).words
    assert "nothing" in displacement_quotient((100, 60), (50, 50), (200, 200)).words
    level = displacement_quotient((960, 640), (960, 640), (1280, 1280))
    assert (level.quotient, level.words) == (1, "the benefit spread to the ring")


def test_without_a_clear_fall_there_is_no_quotient():
    for treated in ((100, 95), (100, 100), (100, 140)):
        found = displacement_quotient(treated, (50, 45), (200, 190))
        assert math.isnan(found.quotient)
        assert "nothing to measure" in found.warnings[0]
    assert math.isnan(displacement_quotient((100, 0), (5, 5), (200, 0)).quotient)
    assert displacement_quotient((100, 0), (50, 50), (200, 200)).quotient == 0


def test_a_sure_fall_is_said_with_its_range():
    found = weighted_displacement_difference((120, 100), (130, 150), alpha=0.1)
    assert plain_result(found, where="Mill Lane", against="Dock Road") == (
        "Mill Lane fell by about 40 incidents (between 3 and 77) more than Dock Road; this is"
        " unlikely to be chance."
    )


def test_an_unsure_fall_is_said_to_be_perhaps_chance():
    found = weighted_displacement_difference((20, 10), (20, 20), alpha=0.1)
    assert plain_result(found) == (
        "The treated area fell by about 10 incidents more than the comparison area, but anything"
        " from 24 fewer to 4 more fits as well; this could be chance."
    )


def test_a_rise_and_no_change_are_said_too():
    rise = weighted_displacement_difference((100, 200), (100, 100), alpha=0.1)
    assert "rose by about 100 incidents (between 63 and 137)" in plain_result(rise)
    same = weighted_displacement_difference((50, 50), (40, 40))
    assert plain_result(same).startswith("The treated area changed as the comparison area did")
    harm = weighted_displacement_difference((1, 1), (1, 2), area_weights={"control": 5})
    assert "0.2 days" in plain_result(harm, unit="days")


def test_every_measure_and_every_doubt_is_in_the_assessment():
    found = assess_intervention(**PAPER, warnings=["an outage"], where="Mill Lane")
    assert found.difference.estimate == -118
    assert round(found.ratio.ratio, 5) == 0.51469
    assert found.quotient.quotient > 0
    assert found.before_after_p < 0.001
    assert found.words.startswith("Mill Lane fell by about 118 incidents (between 40 and 196)")
    assert found.warnings == ("an outage",)
    assert asdict(found)["difference"]["parameters"]["counts"]["treated"] == (207, 110)
    plain = assess_intervention((100, 50), (100, 0), time_weights=(2, 1))
    assert plain.quotient is None
    assert plain.before_after_p > 0.9
    assert [words.split()[0] for words in plain.warnings] == ["Fewer", "One"]


def test_a_ring_without_its_control_is_doubted():
    found = weighted_displacement_difference((20, 10), (20, 20), (9, 9))
    assert "Only one of the two rings" in found.warnings[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"treated": (1, -2)}, "`treated`"),
        ({"control": (1, 2, 3)}, "`control`"),
        ({"time_weights": (0, 1)}, "Weights"),
        ({"area_weights": {"contrl": 1}}, "contrl"),
        ({"area_weights": {"control": 0}}, "for control"),
        ({"alpha": 1}, "`alpha`"),
    ],
)
def test_what_is_no_count_or_weight_is_refused(arguments, words):
    with pytest.raises(ParameterError, match=words):
        weighted_displacement_difference(**PAPER | arguments)


def test_nothing_at_all_is_refused():
    with pytest.raises(ParameterError, match="All counts are 0"):
        weighted_displacement_difference((0, 0), (0, 0))
