"""Gi*, local Moran and the correction for many tests."""

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array, eye_array
from scipy.stats import binom

from aim.analysis import (
    assess_gi_star,
    fdr_cutoff,
    gi_star,
    grid_neighbours,
    local_moran,
    make_grid,
)
from aim.analysis.local_statistics import normal_p, scattered_p
from aim.analysis.local_statistics._neighbours import without_self
from aim.analysis.local_statistics._permutations import count_extremes, two_sided
from aim.errors import ParameterError


def queen(columns, rows):
    return grid_neighbours(make_grid(shapely.box(0, 0, columns, rows), 1))


@pytest.fixture
def worked():
    """Give the worked five by five map, all 1 but a hot square of four."""
    values = np.ones((5, 5))
    values[2:4, 2:4] = [[9, 8], [8, 9]]
    return values.ravel(), queen(5, 5)


def test_the_worked_map_has_its_gi_star(worked):
    z = gi_star(*worked).reshape(5, 5)
    assert z[0, 0] == pytest.approx(-0.9307, abs=5e-5)
    assert z[1, 1] == pytest.approx(-0.4146, abs=5e-5)
    np.testing.assert_allclose(z[2:4, 2:4], 2.8433, atol=5e-5)
    assert z[3, 4] == pytest.approx(1.2982, abs=5e-5)
    assert z[4, 4] == pytest.approx(0.6205, abs=5e-5)


def test_the_worked_map_has_its_moran(worked):
    """The mean over all places is Moran's I of the whole map."""
    values, neighbours = worked
    found = local_moran(values, neighbours, permutations=0)
    assert found.i.mean() == pytest.approx(0.208368, abs=5e-7)
    assert round(found.expected, 6) == -0.041667
    assert np.isnan(found.p).all()


def test_neighbours_may_be_dense_and_moran_passes_over_the_place_itself(worked):
    values, neighbours = worked
    np.testing.assert_array_equal(
        gi_star(values, neighbours.toarray()), gi_star(values, neighbours)
    )
    others = without_self(neighbours)
    with_self = local_moran(values, neighbours, permutations=0)
    np.testing.assert_array_equal(local_moran(values, others, permutations=0).i, with_self.i)


def test_places_are_high_or_low_among_high_or_low(worked):
    values, neighbours = worked
    values[0] = 30
    kinds = local_moran(values, neighbours, permutations=0).kind.reshape(5, 5)
    assert kinds[0, 0] == "high among low"
    assert kinds[0, 1] == "low among high"
    assert kinds[2, 2] == "high among high"
    assert kinds[0, 4] == "low among low"


def test_nothing_stands_out_where_all_is_equal_or_all_are_neighbours():
    assert gi_star([3, 3, 3], np.eye(3)).tolist() == [0, 0, 0]
    assert gi_star([1, 2, 9], np.ones((3, 3))).tolist() == [0, 0, 0]
    assert gi_star([7], [[1]]).tolist() == [0]
    flat = local_moran([3, 3, 3], np.ones((3, 3)), permutations=9)
    assert (flat.i.tolist(), flat.p.tolist()) == ([0, 0, 0], [1, 1, 1])


def test_nothing_in_gives_nothing_out():
    assert gi_star([], np.empty((0, 0))).tolist() == []
    assert assess_gi_star([], np.empty((0, 0))).p.tolist() == []
    assert local_moran([], np.empty((0, 0))).kind.tolist() == []


@pytest.mark.parametrize(
    ("values", "neighbours", "message"),
    [
        ([1, 2], np.eye(3), r"each of the 2 places, found \(3, 3\)"),
        ([1, 2], [[1, 1], [0, 0]], "leaves out place 1"),
        ([1, 2], [[1, 2], [0, 1]], "found 2"),
        ([1, np.nan], np.eye(2), "found nan at place 1"),
        ([[1], [2]], np.eye(2), "one number a place"),
    ],
)
def test_values_and_neighbours_of_no_use_are_refused(values, neighbours, message):
    with pytest.raises(ParameterError, match=message):
        gi_star(values, neighbours)


def test_a_pair_named_twice_is_refused_and_a_zero_is_none():
    twice = csr_array((np.ones(3), ([0, 1, 1], [0, 1, 1])), shape=(2, 2))
    with pytest.raises(ParameterError, match="found 2"):
        gi_star([1, 2], twice)
    with_zero = csr_array(([1.0, 0.0, 1.0], ([0, 0, 1], [0, 1, 1])), shape=(2, 2))
    np.testing.assert_array_equal(gi_star([1, 2], with_zero), gi_star([1, 2], eye_array(2)))
    assert with_zero.nnz == 3


def extremes_by_hand(values, others, permutations, rng):
    """Deal out the values place by place, from the same draws."""
    sizes = np.diff(others.indptr)
    most = sizes.max()
    drawn = np.array(
        [rng.choice(len(values) - 1, most, replace=False) for _ in range(permutations)]
    )
    reach, stay = [], []
    for place, size in enumerate(sizes):
        rest = np.delete(values, place)
        sums = rest[drawn[:, :size]].sum(axis=1)
        own = values[others.indices[others.indptr[place] : others.indptr[place + 1]]].sum()
        reach.append(np.count_nonzero(sums >= own))
        stay.append(np.count_nonzero(sums <= own))
    return reach, stay


@pytest.mark.parametrize("block", [1, 7, 64])
def test_sums_carried_along_are_those_gathered_anew(block, monkeypatch):
    monkeypatch.setattr("aim.analysis.local_statistics._permutations._BLOCK", block)
    values = np.random.default_rng(0).poisson(1.5, 60).astype(float)
    others = without_self(queen(10, 6))
    found = count_extremes(values, others, 99, np.random.default_rng(1))
    wanted = extremes_by_hand(values, others, 99, np.random.default_rng(1))
    assert [one.tolist() for one in found] == list(wanted)


def test_sums_equal_but_for_rounding_are_equal():
    values = np.random.default_rng(0).poisson(1.5, 60) * 0.1
    others = without_self(queen(10, 6))
    found = count_extremes(values, others, 99, np.random.default_rng(1))
    whole = count_extremes(np.rint(values * 10), others, 99, np.random.default_rng(1))
    assert [one.tolist() for one in found] == [one.tolist() for one in whole]


def test_a_place_without_neighbours_is_never_significant():
    others = csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    at_least, at_most = count_extremes(np.arange(3.0), others, 19, np.random.default_rng(0))
    assert (at_least[2], at_most[2]) == (19, 19)
    assert two_sided(at_least, at_most, 19)[2] == 1


def test_p_is_twice_the_rarer_side_with_the_map_itself_counted():
    p = two_sided(np.array([0, 4, 9, 5]), np.array([9, 6, 0, 5]), 9)
    assert p.tolist() == [0.2, 1.0, 0.2, 1.0]


def test_the_hot_square_is_significant_and_the_rest_is_not(worked):
    found = assess_gi_star(*worked, permutations=999, rng=4)
    hot = np.zeros((5, 5), dtype=bool)
    hot[2:4, 2:4] = True
    assert ((found.p <= 0.05).reshape(5, 5) == hot).all()
    assert found.p_normal[12] == pytest.approx(0.00446, abs=1e-5)
    assert (found.permutations, found.seed) == (999, 4)
    assert found.null.startswith("conditional permutations")


def test_a_rerun_agrees_and_no_permutations_give_no_p(worked):
    first, again = (assess_gi_star(*worked, permutations=49) for _ in range(2))
    assert (first.p == again.p).all()
    assert first.seed == 0
    other = assess_gi_star(*worked, permutations=49, rng=np.random.default_rng(5))
    assert other.seed is None
    assert (other.p != first.p).any()
    assert np.isnan(assess_gi_star(*worked, permutations=0).p).all()


def test_moran_and_gi_star_share_their_draws(worked):
    """Both ask whether a place's neighbours add up to more than chance gives them."""
    moran = local_moran(*worked, permutations=99, rng=2)
    assert (moran.p == assess_gi_star(*worked, permutations=99, rng=2).p).all()
    assert (moran.permutations, moran.seed) == (99, 2)


P = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]


def test_the_worked_list_keeps_its_first_two():
    assert fdr_cutoff(P) == 0.008
    assert fdr_cutoff(P[::-1]) == 0.008
    assert fdr_cutoff(np.reshape(P, (2, 5))) == 0.008


def test_a_later_test_may_carry_earlier_ones():
    assert fdr_cutoff([0.04, 0.03], alpha=0.04) == 0.04
    assert fdr_cutoff([0.04, 0.03], alpha=0.0399) == 0


def test_no_test_significant_and_no_test_at_all_give_zero():
    assert fdr_cutoff([0.5, 0.9]) == 0
    assert fdr_cutoff([]) == 0


@pytest.mark.parametrize(
    ("p", "alpha", "message"),
    [
        ([1.1], 0.05, "`p` must"),
        ([-0.1], 0.05, "`p` must"),
        ([np.nan], 0.05, "`p` must"),
        ([0.5], 0, "`alpha`"),
        ([0.5], 1, "`alpha`"),
    ],
)
def test_what_is_no_probability_is_refused(p, alpha, message):
    with pytest.raises(ParameterError, match=message):
        fdr_cutoff(p, alpha)


def test_scattered_p_is_the_binomial_s_and_one_where_nothing_happened():
    row = np.eye(4) + np.eye(4, k=1) + np.eye(4, k=-1)
    counts = np.array([7.0, 2, 0, 1])
    around, sizes = row @ counts, row.sum(axis=1)
    upper = [binom.sf(one - 1, 10, size / 4) for one, size in zip(around, sizes, strict=True)]
    lower = [binom.cdf(one, 10, size / 4) for one, size in zip(around, sizes, strict=True)]
    expected = np.minimum(2 * np.minimum(upper, lower), 1)
    assert scattered_p(counts, row) == pytest.approx(expected, rel=1e-12)
    assert scattered_p(np.zeros(4), row).tolist() == [1.0] * 4
    assert scattered_p([], np.zeros((0, 0))).tolist() == []


def test_maps_of_rare_counts_are_hot_by_normal_p_and_not_by_both():
    grid = make_grid(shapely.box(0, 0, 30, 30), 1)
    neighbours, rng = grid_neighbours(grid), np.random.default_rng(11)
    fooled, held = 0, 0
    for _ in range(40):
        counts = rng.poisson(0.2, len(grid))
        alone = normal_p(gi_star(counts, neighbours))
        both = np.maximum(alone, scattered_p(counts, neighbours))
        fooled += fdr_cutoff(alone) > 0
        held += fdr_cutoff(both) > 0
    assert fooled >= 15
    assert held <= 2


@pytest.mark.parametrize("counts", [[0.5, 1], [-1, 1]])
def test_scattered_p_takes_counts_alone(counts):
    with pytest.raises(ParameterError, match="whole numbers from 0"):
        scattered_p(counts, np.eye(2))
