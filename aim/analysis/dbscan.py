"""DBSCAN for incidents: exact, in metres, numbered the same way on every machine.

A point is core if the weight within ``eps_m`` of it, its own included, reaches ``min_samples``;
a distance equal to ``eps_m`` counts. Clusters are the largest sets of core points that hang
together by steps of ``eps_m``; a point that is not core but within ``eps_m`` of a core point is
border, all others are noise (Ester, Kriegel, Sander and Xu 1996, KDD).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aim.analysis._cell_graph import NUMPY, Steps, cell_graph
from aim.analysis._compiled import load_kernel, wants_kernel
from aim.analysis._points import LONGEST_M, check_points
from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Engine = Callable[[Floats, float, int, Floats | None], tuple[Ints, Bools]]

# Loading and, the first time, compiling the kernel takes seconds: so long numpy needs from here.
_KERNEL_PAYS = 1_000_000


def dbscan(
    xy_m: npt.ArrayLike,
    eps_m: float,
    min_samples: int,
    weights: npt.ArrayLike | None = None,
    engine: str = "auto",
) -> tuple[Ints, Bools]:
    """Find the dense clusters of points in a plane.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres in one projected system such as British National Grid; finite.
        Degrees give wrong neighbours: 0.001 degree at 52 N is 69 m east but 111 m north.
    eps_m
        Neighbourhood radius, metres, above 0; a point at exactly this distance counts.
    min_samples
        Weight within ``eps_m``, the point itself included, that makes it core; from 1.
    weights
        Shape (n,), not negative; one each by default. A point of weight 0 counts for nobody and
        may still be core or border by its neighbours. One very heavy point is a cluster of its
        own: with harm weights, ask for a number of incidents too.
    engine
        ``auto``, ``numpy``, ``numba`` (a compiled kernel, needs the ``fast`` extra) or
        ``scikit-learn``. All give the same answer; ``auto`` takes the kernel where it is
        installed and the points are so many that compiling it pays.

    Returns
    -------
    labels, core
        int64 and bool of length n. -1 is noise; clusters are numbered by their lowest core row, a
        border point belongs to the lowest-numbered cluster it touches, as in scikit-learn.
        Empty in, empty out.

    Raises
    ------
    ParameterError
        A value cannot be used, or the engine is unknown or not installed.

    Notes
    -----
    The default engine takes O(n) memory whatever the density. Distances are compared as
    scikit-learn's trees compare them: squares of float64 differences, no tolerance. Weights are
    added in float64: whole numbers exactly, fractions up to rounding.

    Examples
    --------
    >>> labels, core = dbscan([[0, 0], [50, 0], [0, 50], [900, 0]], eps_m=50, min_samples=3)
    >>> labels.tolist(), core.tolist()
    ([0, 0, 0, -1], [True, False, False, False])
    """
    points = check_points(xy_m)
    heavy = None if weights is None else _check_weights(weights, len(points))
    _check_parameters(eps_m, min_samples)
    run = _choose(engine, len(points))
    if not len(points):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    return run(points, float(eps_m), int(min_samples), heavy)


def _check_weights(weights: npt.ArrayLike, count: int) -> Floats:
    heavy = np.ascontiguousarray(weights, dtype=np.float64)
    if heavy.shape != (count,):
        raise ParameterError(
            f"`weights` must hold one number a point ({count}), found the shape {heavy.shape}."
        )
    usable = (heavy >= 0) & (heavy < np.inf)
    if not usable.all():
        raise ParameterError(
            f"`weights` must be finite and not negative, found {heavy[~usable][0]}."
            " Give 0 to incidents that should not count."
        )
    return heavy


def _check_parameters(eps_m: float, min_samples: int) -> None:
    if not 1 / LONGEST_M <= eps_m <= LONGEST_M:
        raise ParameterError(f"`eps_m` must be metres above 0, found {eps_m!r}; 150 is usual.")
    if not 1 <= min_samples < np.inf or min_samples != int(min_samples):
        raise ParameterError(
            f"`min_samples` must be a whole number from 1, found {min_samples!r};"
            " aim.analysis.auto_min_samples suggests one."
        )


def _choose(engine: str, count: int) -> Engine:
    if engine == "auto":
        return _numba if wants_kernel(engine, pays=count >= _KERNEL_PAYS) else _numpy
    if engine not in _ENGINES:
        raise ParameterError(
            f"`engine` must be one of auto, {', '.join(_ENGINES)}; found {engine!r}."
        )
    return _ENGINES[engine]


def _numpy(
    xy_m: Floats, eps_m: float, min_samples: int, weights: Floats | None
) -> tuple[Ints, Bools]:
    return cell_graph(NUMPY, xy_m, eps_m, min_samples, weights)


def _numba(
    xy_m: Floats, eps_m: float, min_samples: int, weights: Floats | None
) -> tuple[Ints, Bools]:
    kernel = load_kernel("_kernel")
    compiled = Steps(kernel.weigh, kernel.join, kernel.touch)
    return cell_graph(compiled, xy_m, eps_m, min_samples, weights)


def _scikit_learn(
    xy_m: Floats, eps_m: float, min_samples: int, weights: Floats | None
) -> tuple[Ints, Bools]:
    from sklearn.cluster import DBSCAN  # noqa: PLC0415 - importing it takes seconds

    core = np.zeros(len(xy_m), dtype=np.bool_)
    if weights is not None and not weights.any():
        return np.full(len(xy_m), -1, dtype=np.int64), core
    # The tree measures differences; its brute force subtracts squares and errs far from 0,0.
    found = DBSCAN(eps=eps_m, min_samples=min_samples, algorithm="kd_tree").fit(
        xy_m, sample_weight=weights
    )
    core[found.core_sample_indices_] = True
    return found.labels_.astype(np.int64), core


_ENGINES: dict[str, Engine] = {
    "numpy": _numpy,
    "numba": _numba,
    "scikit-learn": _scikit_learn,
}
