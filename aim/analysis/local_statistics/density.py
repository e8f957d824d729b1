"""Kernel density: incidents smoothed over the ground, and one set of them against another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from aim.analysis._points import check_points
from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]

M2_A_KM2 = 1e6
# Places looked at together, so that the list of near incidents stays small.
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Density:
    """Incidents a square kilometre at each place asked for.

    Attributes
    ----------
    density
        Incidents (or their weight) a square kilometre.
    bandwidth_m
        How far an incident reaches, metres: print it with every map, for it decides the picture.
    kernel
        The shape of that reach.
    """

    density: Floats
    bandwidth_m: float
    kernel: str = "quartic"

    @property
    def near(self) -> Floats:
        """Incidents near each place: 1 for one on the spot, nearly 0 for one a bandwidth away.

        Examples
        --------
        >>> kernel_density([[0, 0]], [[0, 0], [100, 0]], bandwidth_m=200).near.round(4).tolist()
        [1.0, 0.5625]
        """
        near: Floats = self.density * np.pi * self.bandwidth_m**2 / (3 * M2_A_KM2)
        return near


@dataclass(frozen=True, slots=True)
class DualDensity:
    """Two densities at the same places, and how many times the second the first is.

    Attributes
    ----------
    ratio
        First over second; not a number where the second is 0.
    first, second
        Each with its bandwidth.
    """

    ratio: Floats
    first: Density
    second: Density


def kernel_density(
    xy_m: npt.ArrayLike,
    at_m: npt.ArrayLike,
    *,
    bandwidth_m: float | None = None,
    weights: npt.ArrayLike | None = None,
) -> Density:
    """Smooth incidents over the ground.

    Parameters
    ----------
    xy_m
        Incidents, shape (n, 2), metres, finite.
    at_m
        Places to say the density of, shape (m, 2), such as ``cell_centres``.
    bandwidth_m
        How far an incident reaches, metres; by default ``suggest_bandwidth``.
    weights
        Shape (n,), not negative; one each by default.

    Returns
    -------
    Density
        Nothing is lost over the edge of the area: an incident near it counts on both sides.

    Raises
    ------
    ParameterError
        Points, weights or bandwidth cannot be used.

    Notes
    -----
    Quartic kernel 3 / (pi h^2) (1 - d^2 / h^2)^2 within the bandwidth h: Silverman, B. W. (1986),
    Density Estimation, equation 4.5. The bandwidth matters, the cell size hardly: Hart, T. and
    Zandbergen, P. (2014), Policing 37: 305-323.

    Examples
    --------
    >>> found = kernel_density([[0, 0]], [[0, 0], [100, 0], [200, 0]], bandwidth_m=200)
    >>> found.density.round(2).tolist(), found.bandwidth_m
    ([23.87, 13.43, 0.0], 200.0)
    """
    points, places = check_points(xy_m), check_points(at_m)
    heavy = _read_weights(weights, len(points))
    reach_m = suggest_bandwidth(points) if bandwidth_m is None else _check_bandwidth(bandwidth_m)
    density = np.zeros(len(places))
    if len(points) and len(places):
        distinct, back = np.unique(points, axis=0, return_inverse=True)
        weight = np.bincount(back.ravel(), heavy).astype(np.float64)
        tree = cKDTree(distinct)
        for start in range(0, len(places), _BLOCK):
            block = slice(start, start + _BLOCK)
            density[block] = _smooth(tree, weight, places[block], reach_m)
    return Density(density, float(reach_m))


def _smooth(tree: cKDTree, weight: Floats, places: Floats, reach_m: float) -> Floats:
    near = cKDTree(places).sparse_distance_matrix(tree, reach_m, output_type="coo_matrix")
    shape = (1 - (near.data / reach_m) ** 2) ** 2
    each = 3 * M2_A_KM2 / (np.pi * reach_m**2) * shape * weight[near.col]
    return np.bincount(near.row, each, minlength=len(places)).astype(np.float64)


def dual_kernel_density(
    xy_m: npt.ArrayLike,
    other_xy_m: npt.ArrayLike,
    at_m: npt.ArrayLike,
    *,
    bandwidth_m: float | None = None,
    other_bandwidth_m: float | None = None,
) -> DualDensity:
    """Set one density beside another, such as incidents beside households or this year beside last.

    Parameters
    ----------
    xy_m, other_xy_m
        The two sets of points, shape (n, 2), metres, finite.
    at_m
        Places to say the densities of, shape (m, 2).
    bandwidth_m, other_bandwidth_m
        Metres. The first is by default ``suggest_bandwidth`` of its points, the second as the
        first: a ratio of two smoothings tells of their widths too.

    Returns
    -------
    DualDensity
        The ratio is not a number where the second density is 0.

    Raises
    ------
    ParameterError
        Points or bandwidths cannot be used.

    Examples
    --------
    >>> homes = [[0, 0], [0, 0]]
    >>> dual_kernel_density([[0, 0]], homes, [[0, 0], [500, 0]], bandwidth_m=100).ratio.tolist()
    [0.5, nan]
    """
    first = kernel_density(xy_m, at_m, bandwidth_m=bandwidth_m)
    own = first.bandwidth_m if other_bandwidth_m is None else other_bandwidth_m
    second = kernel_density(other_xy_m, at_m, bandwidth_m=own)
    nowhere = np.full(len(first.density), np.nan)
    ratio = np.divide(first.density, second.density, out=nowhere, where=second.density > 0)
    return DualDensity(ratio, first, second)


def suggest_bandwidth(xy_m: npt.ArrayLike) -> float:
    """Return the bandwidth that would suit, were the incidents one normal cloud.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres, finite; two different points or more.

    Returns
    -------
    float
        Metres: sqrt(8) s n^(-1/6) with s the standard deviation over both axes. Towns are no
        single cloud, so this smooths too much rather than too little.

    Raises
    ------
    ParameterError
        There are not two different points.

    Notes
    -----
    Scott, D. W. (1992), Multivariate Density Estimation, section 6.3.1, for the normal kernel;
    sqrt(8) gives the quartic kernel the same variance.

    Examples
    --------
    >>> round(suggest_bandwidth([[0, 0], [0, 100], [100, 0], [100, 100]]))
    112
    """
    points = check_points(xy_m)
    spread_m = float(np.sqrt(points.var(axis=0).mean())) if len(points) else 0.0
    if not spread_m:
        raise ParameterError(
            f"A bandwidth was to be found from {len(points)} points on one place or none;"
            " give `bandwidth_m`."
        )
    return float(np.sqrt(8) * spread_m * len(points) ** (-1 / 6))


def _check_bandwidth(bandwidth_m: float) -> float:
    if not 0 < bandwidth_m < np.inf:
        raise ParameterError(
            f"`bandwidth_m` must be metres above 0, found {bandwidth_m!r}; 200 to 500 is usual."
        )
    return bandwidth_m


def _read_weights(weights: npt.ArrayLike | None, count: int) -> Floats:
    heavy = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
    if heavy.shape != (count,) or not ((heavy >= 0) & (heavy < np.inf)).all():
        raise ParameterError(
            f"`weights` must hold one number from 0 for each of the {count} points, found the"
            f" shape {heavy.shape}."
        )
    return heavy
