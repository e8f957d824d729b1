"""DBSCAN on points small enough to draw, at the edges of its input, and against other programs."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

from aim.analysis import _compiled as compiled
from aim.analysis import _join as join
from aim.analysis import _squares as squares
from aim.analysis import dbscan
from aim.errors import ParameterError

# The function of the same name hides the module from a plain import.
module = importlib.import_module("aim.analysis.dbscan")

SQUARE = [(0, 0), (50, 0), (0, 50), (50, 50), (100, 50)]
CORNER = [(1000, 1000), (1040, 1000), (1000, 1040), (5000, 5000)]
POINTS = np.array([*SQUARE, *CORNER], dtype=np.float64)
HARM = [1, 1, 1, 1, 1, 10, 1, 1, 50]


WORKED = [
    (75, 4, None, [0, 0, 0, 0, 0, -1, -1, -1, -1], [0, 1, 2, 3]),
    (75, 3, None, [0, 0, 0, 0, 0, 1, 1, 1, -1], [0, 1, 2, 3, 4, 5, 6, 7]),
    (50, 3, None, [0, 0, 0, 0, 0, 1, 1, 1, -1], [0, 1, 2, 3, 5]),
    (49, 3, None, [-1, -1, -1, -1, -1, 0, 0, 0, -1], [5]),
    (150, 5, None, [0, 0, 0, 0, 0, -1, -1, -1, -1], [0, 1, 2, 3, 4]),
    (75, 12, HARM, [-1, -1, -1, -1, -1, 0, 0, 0, 1], [5, 6, 7, 8]),
]


@pytest.mark.parametrize("worked", WORKED)
@pytest.mark.parametrize("engine", ["numpy", "scikit-learn", "auto"])
def test_drawn_points_have_the_labels_worked_by_hand(worked, engine):
    eps_m, min_samples, weights, labels, dense = worked
    found, core = dbscan(POINTS, eps_m, min_samples, weights, engine=engine)
    assert found.tolist() == labels
    assert np.flatnonzero(core).tolist() == dense


def test_snapped_incidents_on_one_point_are_one_cluster():
    xy_m = np.array([(449000.0, 520000.0)] * 8 + [(449300.0, 520000.0)])
    labels, core = dbscan(xy_m, eps_m=1, min_samples=5)
    assert labels.tolist() == [0] * 8 + [-1]
    assert core.tolist() == [True] * 8 + [False]


@pytest.mark.parametrize("engine", ["numpy", "scikit-learn"])
def test_a_border_point_between_two_clusters_belongs_to_the_lower_number(engine):
    xy_m = np.array([(x, 0.0) for x in (20, 29, 29, 29, 10, 0, -9, -9, -9)])
    labels, core = dbscan(xy_m, eps_m=10, min_samples=5, engine=engine)
    assert labels.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert np.flatnonzero(core).tolist() == [0, 5]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_points_are_answered_like_many(count):
    labels, core = dbscan(np.zeros((count, 2)), eps_m=1, min_samples=2)
    assert labels.tolist() == ([0, 0] if count == 2 else [-1] * count)
    assert core.tolist() == [count == 2] * count


def test_an_empty_list_is_an_empty_table():
    labels, core = dbscan([], eps_m=1, min_samples=2)
    assert labels.dtype == np.int64
    assert (len(labels), len(core)) == (0, 0)


@pytest.mark.parametrize("eps_m", [1e-6, 1e-3, 50.0])
def test_huge_extents_do_not_mix_up_places(eps_m):
    near = np.array([(0, 0), (eps_m / 2, 0), (0, eps_m / 2)])
    xy_m = np.concatenate([near, near + 2.0**40, near + np.array([2.0**52, 0]), [(1e15, -1e15)]])
    labels, core = dbscan(xy_m, eps_m, 3)
    wanted, wanted_core = dbscan(xy_m, eps_m, 3, engine="scikit-learn")
    assert labels.tolist() == wanted.tolist()
    assert core.tolist() == wanted_core.tolist()


def test_a_long_chain_across_a_huge_extent_is_one_cluster():
    chain = np.column_stack([np.arange(5000.0), np.zeros(5000)])
    xy_m = np.concatenate([chain, chain + 1e13, chain + np.array([3e13, 0])])
    labels, core = dbscan(xy_m, eps_m=1, min_samples=2)
    assert np.bincount(labels).tolist() == [5000, 5000, 5000]
    assert core.all()


def test_two_crowds_just_beyond_reach_stay_apart_and_just_within_join(monkeypatch):
    monkeypatch.setattr(join, "_TREE_PAYS", 100)
    rng = np.random.default_rng(5)
    one = rng.uniform(0, 10, (300, 2))
    other = rng.uniform(0, 10, (300, 2)) + np.array([110, 0])
    one[0], other[0] = (10, 5), (110, 5)
    both = np.concatenate([one, other])
    assert dbscan(both, 100, 5)[0].max() == 0
    assert dbscan(both, np.nextafter(100, 0), 5)[0].max() == 1


def test_pairs_looked_at_in_small_lots_give_the_same_answer(monkeypatch):
    xy_m = np.random.default_rng(3).normal(0, 300, (500, 2))
    whole = dbscan(xy_m, 50, 6)
    monkeypatch.setattr(squares, "_TOGETHER", 7)
    for here, there in zip(whole, dbscan(xy_m, 50, 6), strict=True):
        np.testing.assert_array_equal(here, there)


def test_keys_too_long_to_be_sorted_with_their_rows_are_sorted_all_the_same():
    keys = np.array([2**61, 5, 2**61, 5, 7])
    assert squares.stable_order(keys).tolist() == [1, 3, 4, 0, 2]
    assert (
        squares.stable_order(keys % 1000).tolist()
        == np.argsort(keys % 1000, kind="stable").tolist()
    )


def test_points_that_coincide_are_put_together_with_their_lowest_row():
    xy_m = np.array([(1.0, 2.0), (3.0, 4.0), (1.0, 2.0), (1.0, 2.0), (3.0, 4.0)])
    places, weights, lowest, back = squares.collapse(xy_m, np.array([1.0, 2, 3, 4, 5]))
    np.testing.assert_array_equal(places[back], xy_m)
    assert dict(zip(lowest.tolist(), weights.tolist(), strict=True)) == {0: 8.0, 1: 7.0}


def test_points_that_seldom_coincide_are_left_alone():
    xy_m = np.array([(1.0, 2.0), (3.0, 4.0), (1.0, 2.0)])
    places, weights, lowest, _ = squares.collapse(xy_m, None)
    assert places is xy_m
    assert weights is None
    assert lowest.tolist() == [0, 1, 2]


def test_places_with_one_mixed_number_are_still_two(monkeypatch):
    monkeypatch.setattr(squares, "_mix", lambda xy_m: np.zeros(len(xy_m), dtype=np.uint64))
    xy_m = np.array([(0.0, 0.0), (900.0, 0.0)] * 4)
    assert dbscan(xy_m, 1, 4)[0].tolist() == [0, 1] * 4


def test_weights_of_nothing_make_nothing_dense():
    labels, core = dbscan(np.zeros((4, 2)), 1, 1, weights=[0, 0, 0, 0])
    assert labels.tolist() == [-1] * 4
    assert not core.any()


def test_a_point_of_no_weight_is_core_by_its_neighbours_and_joins_them():
    xy_m = np.array([(0.0, 0), (10.0, 0), (20.0, 0), (30.0, 0)])
    labels, core = dbscan(xy_m, 10, 3, weights=[3, 0, 3, 0])
    assert core.tolist() == [True] * 4
    assert labels.tolist() == [0] * 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"xy_m": np.zeros((3, 3))}, "shape"),
        ({"xy_m": np.zeros(3)}, "shape"),
        ({"xy_m": [(0, np.nan)]}, "finite"),
        ({"xy_m": [(np.inf, 0)]}, "finite"),
        ({"eps_m": 0}, "eps_m"),
        ({"eps_m": -1}, "eps_m"),
        ({"eps_m": np.nan}, "eps_m"),
        ({"min_samples": 0}, "min_samples"),
        ({"min_samples": 2.5}, "min_samples"),
        ({"min_samples": np.nan}, "min_samples"),
        ({"weights": [1, 2]}, "weights"),
        ({"weights": [-1]}, "not negative"),
        ({"weights": [np.inf]}, "finite"),
        ({"engine": "cuda"}, "scikit-learn"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(changes, words):
    usual = {"xy_m": [(0, 0)], "eps_m": 1, "min_samples": 1}
    with pytest.raises(ParameterError, match=words):
        dbscan(**{**usual, **changes})


def test_importing_the_workshop_stays_cheap():
    code = "import sys, aim.analysis; print({'sklearn', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_without_numba_its_engine_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "aim.analysis._kernel", raising=False)
    monkeypatch.delattr("aim.analysis._kernel", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ParameterError, match=r"active-intelligence-mapping\[fast\]"):
        dbscan(POINTS, 75, 3, engine="numba")


@pytest.mark.parametrize(("installed", "chosen"), [(True, "numba"), (False, "numpy")])
def test_auto_takes_the_kernel_for_many_points_where_it_is_installed(
    monkeypatch, installed, chosen
):
    monkeypatch.setattr(compiled, "find_spec", lambda _: object() if installed else None)
    assert module._choose("auto", 999_999) is module._ENGINES["numpy"]
    assert module._choose("auto", 1_000_000) is module._ENGINES[chosen]
