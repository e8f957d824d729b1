"""Near repeats: whether one incident is soon followed by others close by."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis._dated import METRES, keep_placed, london_days, read_days
from aim.analysis._knox import (
    METRICS,
    Times,
    all_pairs,
    by_bands,
    choose_engine,
    find_pairs,
    pairs_by_space,
    pairs_by_time,
    small_numbers,
)
from aim.analysis._points import check_points
from aim.analysis._random import Randomness, check_permutations, read_rng
from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SPACE_BANDS = (0, 0.01, 100, 200, 300, 400)
TIME_BANDS = (0, 7, 14, 21, 28)
# Permutations counted side by side: with 16-bit days they fill one cache line a point.
_LANES = 32
_FEWEST_EDGES = 2


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """Pairs of incidents by distance and time, beside what chance would give.

    Every array has one row for each space band and one column for each time band.

    Attributes
    ----------
    observed
        Pairs, whole numbers.
    expected
        Pairs if times had nothing to do with places: the exact mean over all permutations.
    ratio
        Observed over expected, Knox's ratio; not a number where nothing is expected.
    p
        One-sided: the share of permuted tables, the observed one counted, with as many pairs or
        more. Not a number without permutations.
    space_bands, time_bands
        The bands in words, ``[0, 200) m``: from the first number, which belongs to it, to the
        second, which does not.
    metric, permutations, seed
        How distance was measured, how many permutations, what they were drawn with.
    warnings
        What was left out, where incidents were given.
    """

    observed: Ints
    expected: Floats
    ratio: Floats
    p: Floats
    space_bands: tuple[str, ...]
    time_bands: tuple[str, ...]
    metric: str
    permutations: int
    seed: int | None
    warnings: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """Return one row for each pair of bands: both in words, and the four numbers.

        Examples
        --------
        >>> found = near_repeat([[0, 0], [5, 0]], [0, 1], [0, 10], [0, 2], permutations=0)
        >>> found.table()[["space", "time", "observed"]].values.tolist()
        [['[0, 10) m', '[0, 2) d', 1]]
        """
        bands = pd.MultiIndex.from_product(
            [self.space_bands, self.time_bands], names=["space", "time"]
        )
        names = ("observed", "expected", "ratio", "p")
        columns = {name: getattr(self, name).ravel() for name in names}
        return pd.DataFrame(columns, index=bands).reset_index()


def near_repeat(  # noqa: PLR0917 - the promised order
    xy_m: npt.ArrayLike,
    days: npt.ArrayLike,
    space_bands: Sequence[float],
    time_bands: Sequence[float],
    metric: str = "euclidean",
    permutations: int = 999,
    rng: Randomness = None,
    *,
    engine: str = "auto",
) -> NearRepeat:
    """Count pairs of incidents near in space and time, and judge the counts by permutation.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres, finite.
    days
        Length n, the day of each incident as a number; finite, whole or not.
    space_bands, time_bands
        Edges of the bands, metres and days, from 0 upwards; the last may be infinite. A band holds
        its lower edge and not its upper one: [0, 200, 400] makes [0, 200) and [200, 400). For the
        same place alone, begin with a band too narrow for anything else: [0, 0.01, 200].
    metric
        ``euclidean``, or ``manhattan`` (``cityblock`` is the same), as streets in blocks run.
    permutations
        How many times the days are dealt out anew among the places; 0 for none.
    rng
        A generator or a seed; by default a fixed seed, so that a rerun agrees.
    engine
        ``auto``, ``numpy`` or ``numba`` (a compiled kernel, needs the ``fast`` extra). Both give
        the same answer; ``auto`` takes the kernel where there are so many pairs that it pays.

    Returns
    -------
    NearRepeat
        ``.observed``, ``.expected``, ``.ratio`` and ``.p``. Fewer than two incidents make no pair.

    Raises
    ------
    ParameterError
        Points, days, edges or permutations cannot be used, or the metric or engine is unknown.

    Notes
    -----
    Knox, E. G. (1964), "The detection of space-time interactions", Applied Statistics 13: 25-29;
    Johnson, S. D. and Bowers, K. J. (2004), European Journal of Criminology 1: 237-255, for
    crime. The Near Repeat Calculator (Ratcliffe 2009) prints "a to b" over pairs it counted from
    a - 1 to below b: compare edges, not its labels. Pairs are found once, by a tree; the pairs of
    an infinite band are what the others leave. Seasons that move crime from one part of town to
    another look like near repeats too.

    Examples
    --------
    >>> places = [[0, 0], [100, 0], [0, 100], [1000, 1000], [1050, 1000], [5000, 0]]
    >>> found = near_repeat(places, [0, 3, 20, 5, 6, 5], [0, 151], [0, 8], permutations=99)
    >>> int(found.observed[0, 0]), round(float(found.expected[0, 0]), 4), found.space_bands
    (2, 2.6667, ('[0, 151) m',))
    """
    points = check_points(xy_m)
    times = read_days(days, len(points))
    space, time = _read_edges("space_bands", space_bands), _read_edges("time_bands", time_bands)
    name, power = _read_metric(metric)
    pairs = find_pairs(points, space, power)
    generator, seed = read_rng(rng)
    moments, limits = small_numbers(times, time)
    by_time = pairs_by_time(moments, limits)
    by_space = pairs_by_space(pairs, len(points), endless=math.isinf(space[-1]))
    run = choose_engine(engine, len(pairs.one) * check_permutations(permutations))

    def count(lanes: Times) -> Ints:
        found = run(pairs.one, pairs.other, pairs.starts, lanes, limits)
        return by_bands(found, by_time, len(space) - 1)

    observed = count(moments[:, None])[..., 0]
    expected = np.outer(by_space, np.diff(by_time)) / max(all_pairs(len(points)), 1)
    return NearRepeat(
        observed=observed,
        expected=expected,
        ratio=np.divide(
            observed, expected, out=np.full(expected.shape, np.nan), where=expected > 0
        ),
        p=_permuted_p(observed, moments, count, permutations, generator),
        space_bands=_say_bands(space, "m"),
        time_bands=_say_bands(time, "d"),
        metric=name,
        permutations=permutations,
        seed=seed,
    )


def _read_edges(name: str, edges: Sequence[float]) -> Floats:
    numbers = np.asarray(edges, dtype=np.float64)
    if numbers.ndim != 1 or len(numbers) < _FEWEST_EDGES:
        raise ParameterError(f"`{name}` must be two edges or more, found {edges!r}.")
    if not (numbers[0] >= 0 and (numbers[1:] > numbers[:-1]).all() and np.isfinite(numbers[-2])):
        raise ParameterError(
            f"`{name}` must rise from 0 upwards, only the last may be infinite; found"
            f" {numbers.tolist()}."
        )
    return numbers


def _read_metric(metric: str) -> tuple[str, float]:
    name = "manhattan" if metric == "cityblock" else metric
    if name not in METRICS:
        raise ParameterError(f"`metric` must be one of {', '.join(METRICS)}; found {metric!r}.")
    return name, METRICS[name]


def _say_bands(edges: Floats, unit: str) -> tuple[str, ...]:
    return tuple(f"[{low:g}, {high:g}) {unit}" for low, high in pairwise(edges))


def _permuted_p(
    observed: Ints,
    moments: Times,
    count: Callable[[Times], Ints],
    permutations: int,
    generator: np.random.Generator,
) -> Floats:
    if not permutations:
        return np.full(observed.shape, np.nan)
    reached = np.zeros(observed.shape, dtype=np.int64)
    for start in range(0, permutations, _LANES):
        lanes = np.empty((len(moments), min(_LANES, permutations - start)), moments.dtype)
        for lane in range(lanes.shape[1]):
            lanes[:, lane] = generator.permutation(moments)
        reached += np.count_nonzero(count(lanes) >= observed[..., None], axis=2)
    return (reached + 1) / (permutations + 1)


def measure_near_repeat(
    incidents: pd.DataFrame,
    space_bands: Sequence[float] = SPACE_BANDS,
    time_bands: Sequence[float] = TIME_BANDS,
    *,
    metric: str = "euclidean",
    permutations: int = 999,
    rng: Randomness = None,
    engine: str = "auto",
) -> NearRepeat:
    """Judge near repeats among incidents, leaving out those whose day or place is not known.

    Parameters
    ----------
    incidents
        ``easting``, ``northing``, ``occurred_from``, ``time_precision`` and ``place_precision``;
        of one kind, such as burglary. An incident's day is the London day its interval begins on.
    space_bands, time_bands, metric, permutations, rng, engine
        As in ``near_repeat``; by default 100 m and a week, out to 400 m and four weeks, the same
        place apart.

    Returns
    -------
    NearRepeat
        ``.warnings`` says what was left out, and where positions stand for streets.

    Raises
    ------
    ParameterError
        All incidents are known only to their month, a column is absent, or as ``near_repeat``.

    Examples
    --------
    >>> incidents = pd.DataFrame({"easting": [449000.0, 449050], "northing": 520000.0,
    ...     "occurred_from": pd.to_datetime(["2026-04-01T20:00Z", "2026-04-03T20:00Z"]),
    ...     "time_precision": "minute", "place_precision": "point"})
    >>> measure_near_repeat(incidents, permutations=0).observed[1].tolist()
    [1, 0, 0, 0]
    """
    rows, warnings = keep_placed(incidents, "Near repeats")
    found = near_repeat(
        rows[METRES].to_numpy(np.float64),
        london_days(rows["occurred_from"]),
        space_bands,
        time_bands,
        metric,
        permutations,
        rng,
        engine=engine,
    )
    return replace(found, warnings=warnings)
