"""Stability: whether a hotspot is still there when the settings or the incidents move a little."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis._clusters import Search
from aim.analysis._random import Randomness, check_permutations, read_rng
from aim.analysis._reruns import (
    best_overlap,
    find_again,
    label,
    label_ground,
    labels_of,
    located,
    places_of,
    search_of,
)
from aim.analysis.hotspots import SNAPPED
from aim.analysis.register import SAME_HOTSPOT
from aim.model.hotspots import HotspotRun

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SWEEP_EPS = (0.8, 1.0, 1.2)
SWEEP_MIN_SAMPLES = (-1, 0, 1)
RESAMPLES = 99
# What survives in four runs of five is called robust; less than half is a matter of luck.
SOLID_FROM, MODERATE_FROM = 0.8, 0.5
_COLUMNS = {
    "rank": "int64",
    "incidents": "int64",
    "sweep_share": "float64",
    "resample_share": "float64",
    "share": "float64",
    "stability": "str",
}
_SAID = ("rank", "stability", "sweep_share", "resample_share")


class Stability(StrEnum):
    """How well a hotspot stands, in the words people read."""

    SOLID = "solid"
    MODERATE = "moderate"
    FRAGILE = "fragile"


@dataclass(frozen=True, slots=True)
class StabilityCheck:
    """In which share of many searches each hotspot was found again.

    Attributes
    ----------
    hotspots
        ``rank``, ``incidents``, ``sweep_share`` (of the searches with other settings; missing
        where there is none), ``resample_share`` (of the searches of resampled incidents),
        ``share`` (the lower of the two) and ``stability`` (a word of ``Stability``).
    sweep
        One row a search with other settings: ``eps_m``, ``min_samples`` and how many hotspots
        ``survived`` it.
    parameters
        What was asked for.
    seed
        What the resamples were drawn with; missing where a generator was handed in.
    data_version
        Of the data searched, where there is one.
    warnings
        What to know before using the words.
    """

    hotspots: pd.DataFrame
    sweep: pd.DataFrame
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    data_version: int | str | None = None
    warnings: tuple[str, ...] = ()

    def sentences(self) -> Mapping[int, str]:
        """Say of each rank how well it stands, and how often it was found again."""
        runs, resamples = len(self.sweep), self.parameters["resamples"]
        columns = (self.hotspots[name].tolist() for name in _SAID)
        return MappingProxyType(
            {
                rank: f"{word}: found again in {_say_share(swept, runs)} searches with other"
                f" settings and in {_say_share(drawn, resamples)} with resampled incidents"
                for rank, word, swept, drawn in zip(*columns, strict=True)
            }
        )


def _say_share(share: float, of: int) -> str:
    return f"{round(share * of)} of {of}" if of else "none of 0"


def stability_of(share: float) -> Stability:
    """Return the word for a share of searches: solid from 0.8, moderate from 0.5, else fragile.

    Examples
    --------
    >>> [stability_of(share).value for share in (0.8, 0.79, 0.49)]
    ['solid', 'moderate', 'fragile']
    """
    if share >= SOLID_FROM:
        return Stability.SOLID
    return Stability.MODERATE if share >= MODERATE_FROM else Stability.FRAGILE


def assess_stability(
    incidents: pd.DataFrame,
    run: HotspotRun,
    *,
    resamples: int = RESAMPLES,
    rng: Randomness = None,
    data_version: int | str | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> StabilityCheck:
    """Search again with other settings and with resampled incidents, and see what is left.

    Parameters
    ----------
    incidents
        Those of the run, see ``cluster_hotspots``.
    run
        The search to be judged, all of its hotspots.
    resamples
        How many times as many incidents are drawn from them, with replacement; from 0.
    rng
        A generator or a seed from 0; seed 0 where None.
    data_version
        Of the data, to be kept with the answer.
    progress
        Called with the searches done and to do.

    Returns
    -------
    StabilityCheck
        One row a hotspot, in the order of ranks. Empty in, empty out.

    Raises
    ------
    ParameterError
        The incidents are not those of the run, or a value cannot be used.

    Notes
    -----
    The sweep takes eps times 0.8, 1 and 1.2 with the number of incidents one less, the same and
    one more, the run itself left out. A hotspot survives a search where one found shares at least
    0.3 of the incidents in either (Jaccard), as runs of the register are matched.

    A resample holds only about 63 % of the incidents, some of them several times, so the incidents
    shared could never reach their full share. There the ground is compared instead: a hotspot's
    incidents against all incidents on the ground of one found in the resample, by the same 0.3.

    Hennig, C. (2007), "Cluster-wise assessment of cluster stability", Computational Statistics and
    Data Analysis 52: 258-271, for the bootstrap and Jaccard's measure.

    Examples
    --------
    >>> from aim.analysis import cluster_hotspots
    >>> from aim.model.hotspots import HotspotParameters
    >>> incidents = pd.DataFrame({"easting": 449000.0 + np.arange(20), "northing": 520000.0})
    >>> run = cluster_hotspots(incidents, HotspotParameters(eps_m=50, min_samples=4, split=False))
    >>> assess_stability(incidents, run, resamples=9).hotspots["stability"].tolist()
    ['solid']
    """
    generator, seed = read_rng(rng)
    resamples = check_permutations(resamples)
    rows = located(incidents)
    places = places_of(rows)
    search = search_of(run, places)
    settings = list(sweep_settings(run.parameters.eps_m, search.min_samples))
    first, count = labels_of(run, rows["incident_id"]), len(run.hotspots)
    told = _count_up(progress, len(settings) + resamples)
    again = _survival(first, count, swept(search, settings), lambda: next(told))
    drawn = _survival(
        first,
        count,
        _resampled(search, run.parameters.eps_m, generator, resamples),
        lambda: next(told),
    )
    return StabilityCheck(
        hotspots=_table(run, again, drawn),
        sweep=_sweep_table(settings, again),
        parameters=run.parameters.as_dict()
        | {"min_samples_used": search.min_samples, "resamples": resamples},
        seed=seed,
        data_version=data_version,
        warnings=_warn(run),
    )


def sweep_settings(eps_m: float, min_samples: int) -> Iterator[tuple[float, int]]:
    """Yield eps and number of the searches near one search, itself left out.

    Examples
    --------
    >>> [number for _, number in sweep_settings(100, 1)]
    [1, 2, 2, 1, 2]
    """
    for factor in SWEEP_EPS:
        for more in SWEEP_MIN_SAMPLES:
            if (factor, more) != (1, 0) and min_samples + more >= 1:
                yield eps_m * factor, min_samples + more


def _count_up(progress: Callable[[int, int], None], to_do: int) -> Iterator[None]:
    """Tell, each time it is asked, that one more of so many is done."""
    for done in range(1, to_do + 1):
        progress(done, to_do)
        yield


def _survival(
    first: Ints, hotspots: int, searches: Iterator[Ints], tell: Callable[[], None]
) -> Floats:
    """Return whether each hotspot (columns) is found again in each search (rows)."""
    survived = []
    for again in searches:
        survived.append(best_overlap(first, again, hotspots) >= SAME_HOTSPOT)
        tell()
    return np.array(survived, dtype=np.float64).reshape(len(survived), hotspots)


def swept(search: Search, settings: Iterable[tuple[float, int]]) -> Iterator[Ints]:
    """Yield the hotspot each incident is in, search after search with other settings."""
    for eps_m, number in settings:
        found = find_again(replace(search, min_samples=number), eps_m)
        yield label(found, len(search.places))


def _resampled(
    search: Search, eps_m: float, generator: np.random.Generator, resamples: int
) -> Iterator[Ints]:
    """Yield on whose ground each incident lies, resample after resample."""
    count = len(search.places)
    distinct, place = np.unique(search.places, axis=0, return_inverse=True)
    for _ in range(resamples):
        drawn = np.sort(generator.integers(max(count, 1), size=count))
        again = replace(search, places=search.places[drawn])
        yield label_ground(find_again(again, eps_m), again.places, distinct)[place]


def _table(run: HotspotRun, swept: Floats, drawn: Floats) -> pd.DataFrame:
    shares = [
        found.mean(axis=0) if len(found) else np.full(len(run.hotspots), np.nan)
        for found in (swept, drawn)
    ]
    # Without either kind of search the other alone decides.
    lower = np.fmin(*shares)
    columns = {
        "rank": run.hotspots["rank"].to_numpy(),
        "incidents": run.hotspots["incidents"].to_numpy(),
        "sweep_share": shares[0],
        "resample_share": shares[1],
        "share": lower,
        "stability": [stability_of(share).value for share in lower],
    }
    return pd.DataFrame(columns).astype(_COLUMNS)


def _sweep_table(settings: list[tuple[float, int]], swept: Floats) -> pd.DataFrame:
    frame = pd.DataFrame(settings, columns=["eps_m", "min_samples"])
    frame["survived"] = swept.sum(axis=1).astype(np.int64)
    return frame.astype({"eps_m": "float64", "min_samples": "int64"})


def _warn(run: HotspotRun) -> tuple[str, ...]:
    snapped = (
        f"{run.facts['snapped_share']:.0%} of the positions are snapped: resampling changes how"
        " many incidents a point has, never where it lies, so hotspots look more stable than the"
        " incidents behind them."
    )
    return (snapped,) if run.facts["snapped_share"] > SNAPPED else ()
