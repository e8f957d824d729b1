"""Do incidents bunch together at all? Two questions to ask before looking for hotspots.

Both compare with points scattered evenly over the area. Incidents follow streets and people, so
they nearly always bunch by this measure; it says how much, not that there is a hotspot. Snapped
positions lie on top of one another and bunch by construction.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree
from scipy.special import ndtr

from aim.analysis._numbers import ratio, read_counts
from aim.analysis._points import check_points
from aim.errors import ParameterError

# Of the distance to the nearest of points scattered evenly (Clark and Evans, 1954).
_SPREAD = 0.26136


@dataclass(frozen=True, slots=True)
class NearestNeighbour:
    """How near incidents lie to their nearest.

    Attributes
    ----------
    observed_m, expected_m
        Mean distance to the nearest incident, seen and for an even scatter, metres.
    index
        The one over the other: below 1 they bunch, above they keep apart.
    z, p
        Against an even scatter, ``p`` two-sided.
    """

    observed_m: float
    expected_m: float
    index: float
    z: float
    p: float


def nearest_distance_by_chance(incidents: int, area_m2: float) -> float:
    """Return the mean distance to the nearest incident, were they scattered evenly.

    Parameters
    ----------
    incidents
        How many, from 1.
    area_m2
        The ground they could lie on, square metres.

    Returns
    -------
    float
        Metres: half the root of the ground per incident.

    Raises
    ------
    ParameterError
        There is no incident or no ground.

    Examples
    --------
    >>> round(nearest_distance_by_chance(500, 100e6), 3)
    223.607
    """
    if incidents < 1 or not 0 < area_m2 < math.inf:
        raise ParameterError(
            "`incidents` must be at least 1 and `area_m2` above 0;"
            f" found {incidents!r} and {area_m2!r}."
        )
    return 0.5 * math.sqrt(area_m2 / incidents)


def nearest_neighbour(xy_m: npt.ArrayLike, area_m2: float) -> NearestNeighbour:
    """Compare the distances to the nearest incident with those of an even scatter.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres, two at least.
    area_m2
        The ground they could lie on, square metres.

    Returns
    -------
    NearestNeighbour
        Distances, index and test. Incidents near the edge have neighbours outside that are not
        seen, so the index is a little high.

    Raises
    ------
    ParameterError
        There are fewer than two incidents, or no ground.

    Notes
    -----
    Clark, P. J. and Evans, F. C. (1954), "Distance to nearest neighbor as a measure of spatial
    relationships in populations", Ecology 35: 445-453.

    Examples
    --------
    >>> found = nearest_neighbour([[0, 0], [0, 30], [300, 0], [300, 30]], area_m2=160_000)
    >>> found.observed_m, found.expected_m, found.index
    (30.0, 100.0, 0.3)
    """
    points = check_points(xy_m)
    least = 2
    if len(points) < least:
        raise ParameterError(f"`xy_m` must hold two incidents at least, found {len(points)}.")
    expected = nearest_distance_by_chance(len(points), area_m2)
    distances, _ = cKDTree(points).query(points, k=2)
    observed = float(distances[:, 1].mean())
    error = _SPREAD * math.sqrt(area_m2) / len(points)
    z = (observed - expected) / error
    return NearestNeighbour(observed, expected, observed / expected, z, float(2 * ndtr(-abs(z))))


def ripley_k(xy_m: npt.ArrayLike, radii_m: npt.ArrayLike, area_m2: float) -> pd.DataFrame:
    """Compare how many incidents lie within each distance of another with an even scatter.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres.
    radii_m
        Distances to look at, metres, from 0.
    area_m2
        The ground they could lie on, square metres.

    Returns
    -------
    pandas.DataFrame
        ``radius_m``, ``k`` and ``expected`` (both square metres) and ``ratio``; above 1 they bunch
        at that distance. ``k`` is not a number for fewer than two incidents. No correction for the
        edge: far neighbours are too few where the area is small.

    Raises
    ------
    ParameterError
        A distance is negative, or there is no ground.

    Notes
    -----
    Ripley, B. D. (1976), "The second-order analysis of stationary point processes", Journal of
    Applied Probability 13: 255-266. Expected is the circle's area. Pairs at exactly the distance
    count.

    Examples
    --------
    >>> ripley_k([[0, 0], [60, 80]], [100, 99], 62_832)[["k", "expected"]].round(2).values.tolist()
    [[62832.0, 31415.93], [0.0, 30790.75]]
    """
    points, radii = check_points(xy_m), read_counts("radii_m", radii_m)
    nearest_distance_by_chance(max(len(points), 1), area_m2)
    tree = cKDTree(points)
    pairs = np.array([tree.count_neighbors(tree, radius) for radius in radii]) - len(points)
    ordered = len(points) * (len(points) - 1)
    k = np.array([area_m2 * ratio(float(pair), ordered) for pair in pairs], dtype=np.float64)
    expected = math.pi * radii**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.DataFrame(
            {"radius_m": radii, "k": k, "expected": expected, "ratio": k / expected}
        )


def weighted_centre(
    xy_m: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> tuple[float, float]:
    """Return the mean centre of incidents, each drawing it by its weight.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres, finite.
    weights
        Length n, from 0, such as harm; by default all draw alike.

    Returns
    -------
    tuple of float
        Easting and northing, metres; not numbers where nothing has weight. It may lie where no
        incident does, as between two crowds.

    Raises
    ------
    ParameterError
        The points are not finite, or a weight is negative or missing.

    Examples
    --------
    >>> weighted_centre([[0, 0], [50, 0], [0, 50], [50, 50], [100, 50]], [1, 1, 1, 1, 6])
    (70.0, 40.0)
    """
    points = check_points(xy_m)
    pulls = read_counts("weights", np.ones(len(points)) if weights is None else weights)
    if len(pulls) != len(points):
        raise ParameterError(
            f"`weights` must hold one for each point, found {len(pulls)} for {len(points)} points."
        )
    easting, northing = pulls @ points
    return ratio(float(easting), float(pulls.sum())), ratio(float(northing), float(pulls.sum()))
