"""Promises of DBSCAN for all inputs: scikit-learn's own answer, whatever the order or the place."""

import importlib.util
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from aim.analysis import dbscan

Floats = npt.NDArray[np.float64]
HAS_NUMBA = importlib.util.find_spec("numba") is not None
numba = pytest.param(
    "numba", marks=pytest.mark.skipif(not HAS_NUMBA, reason="the fast extra is not installed")
)
our_engines = pytest.mark.parametrize("engine", ["numpy", numba])


@dataclass(frozen=True)
class Case:
    xy_m: Floats
    eps_m: float
    min_samples: int
    weights: Floats | None


@st.composite
def cases(draw: st.DrawFn, most: int = 400, *, whole: bool = False) -> Case:
    """Draw points, half of them on a grid of eps multiples, a third of them with weights."""
    count = draw(st.integers(0, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    eps_m = draw(st.sampled_from([1.0, 5.0, 50.0] if whole else [0.5, 1.0, 7.3, 50.0]))
    width = draw(st.integers(1, 40))
    on_grid = rng.integers(0, width, (count, 2)) * eps_m
    steps = draw(st.sampled_from([3, 4, 5, 10]))
    between = {
        "finer grid": rng.integers(0, width * steps, (count, 2)) * eps_m / steps,
        "scattered": rng.uniform(0, width * eps_m, (count, 2)),
        "crowded": rng.normal(0, width * eps_m / 20, (count, 2)),
        "far apart": on_grid * rng.choice([1.0, 1e7, 1e12], (count, 1)),
    }[draw(st.sampled_from(["finer grid", "scattered", "crowded", "far apart"]))]
    xy_m = on_grid if whole or draw(st.booleans()) else between
    weights = {
        "none": None,
        "whole": rng.integers(0, 4, count).astype(np.float64),
        "mostly nothing": rng.integers(0, 12, count) * (rng.random(count) < 0.2),
        "quarters": rng.integers(0, 8, count) / 4,
    }[draw(st.sampled_from(["none", "none", "whole", "mostly nothing", "quarters"]))]
    return Case(xy_m, eps_m, draw(st.sampled_from([1, 2, 3, 4, 5, 10, 25])), weights)


def expected(case: Case) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    core = np.zeros(len(case.xy_m), dtype=np.bool_)
    # scikit-learn refuses an empty table and weights that are all 0: nothing is dense there.
    if not len(case.xy_m) or (case.weights is not None and not case.weights.any()):
        return np.full(len(core), -1), core
    model = DBSCAN(eps=case.eps_m, min_samples=case.min_samples, algorithm="kd_tree")
    model.fit(case.xy_m, sample_weight=case.weights)
    core[model.core_sample_indices_] = True
    return model.labels_, core


def run(case: Case, engine: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    return dbscan(case.xy_m, case.eps_m, case.min_samples, case.weights, engine=engine)


def partition(labels: npt.NDArray[np.int64]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label)) for label in set(labels.tolist()) - {-1}}


@our_engines
@settings(max_examples=250)
@given(case=cases())
def test_our_engines_give_the_labels_and_core_points_of_scikit_learn(engine, case):
    labels, core = run(case, engine)
    wanted_labels, wanted_core = expected(case)
    np.testing.assert_array_equal(labels, wanted_labels)
    np.testing.assert_array_equal(core, wanted_core)
    assert labels.dtype == np.int64
    assert core.dtype == np.bool_


@settings(max_examples=60)
@given(case=cases())
def test_the_scikit_learn_engine_is_scikit_learn(case):
    labels, core = run(case, "scikit-learn")
    wanted_labels, wanted_core = expected(case)
    np.testing.assert_array_equal(labels, wanted_labels)
    np.testing.assert_array_equal(core, wanted_core)


@our_engines
@settings(max_examples=60)
@given(case=cases(most=150), seed=st.integers(0, 2**32))
def test_row_order_changes_no_cluster_of_core_points(engine, case, seed):
    order = np.random.default_rng(seed).permutation(len(case.xy_m))
    weights = None if case.weights is None else case.weights[order]
    shuffled = Case(case.xy_m[order], case.eps_m, case.min_samples, weights)
    labels, core = run(case, engine)
    again, core_again = run(shuffled, engine)
    np.testing.assert_array_equal(core[order], core_again)
    np.testing.assert_array_equal((labels < 0)[order], again < 0)
    back = np.where(core, labels, -1)[order]
    assert partition(back) == partition(np.where(core_again, again, -1))


@our_engines
@settings(max_examples=60)
@given(case=cases(most=150, whole=True), east=st.integers(-700_000, 700_000))
def test_moving_all_points_together_changes_nothing(engine, case, east):
    north = 1_000_000 - abs(east)
    moved = Case(case.xy_m + np.array([east, north]), case.eps_m, case.min_samples, case.weights)
    for here, there in zip(run(case, engine), run(moved, engine), strict=True):
        np.testing.assert_array_equal(here, there)
