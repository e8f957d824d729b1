"""Whose data is it: hotspots of each source side by side, and places that only one of them sees.

Residents ring the police about some streets and tell only the wardens about others. A place that
one source alone sees may be hidden from the rest (losses in a reporting channel), or be an artefact
of that source; a place several see is corroborated.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.analysis._numbers import Floats, check_share, ratio
from aim.errors import ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.incidents import check_incidents

# Andresen's usual settings: 85 % of the points, 200 times, the middle 95 %.
SAMPLE_SHARE, RESAMPLES, ALPHA = 0.85, 200, 0.05
SIMILAR, DISSIMILAR = 0.8, 0.5
_PAIRS = (
    "source", "other", "hotspots", "other_hotspots", "met", "other_met", "jaccard",
)  # fmt: skip
_PLACES = ("source", "rank", "name", "incidents", "seen_by", "sources")


@dataclass(frozen=True, slots=True)
class SourceComparison:
    """Hotspots of several sources side by side.

    Attributes
    ----------
    pairs
        One row for each two sources: ``source``, ``other``, how many hotspots each has, how many
        of each meet one of the other (``met``, ``other_met``), and ``jaccard``, the ground both
        cover over the ground either covers (not a number where neither has any).
    places
        One row a hotspot of a source: ``source``, ``rank``, ``name``, ``incidents``, ``seen_by``
        (how many sources have a hotspot there, itself counted) and ``sources`` (their names).
    warnings
        What to know before reading them.
    """

    pairs: pd.DataFrame
    places: pd.DataFrame
    warnings: tuple[str, ...] = ()

    def hidden(self, source: str) -> pd.DataFrame:
        """Return hotspots of the others at places where a source has none.

        Parameters
        ----------
        source
            Whose blind spots to list.

        Returns
        -------
        pandas.DataFrame
            Rows of ``places``; empty where there are none.
        """
        blind = ~self.places["sources"].map(lambda names: source in names.split("; ")).astype(bool)
        return self.places[blind]


@dataclass(frozen=True, slots=True)
class PatternAgreement:
    """Whether two sets of incidents are spread alike over the same areas.

    Attributes
    ----------
    s
        Share of the areas in which the two agree, 0 to 1.
    s_used
        The same among areas in which either has an incident; more severe.
    words
        ``similar`` from 0.8, ``dissimilar`` below 0.5, else ``neither``.
    areas
        One row an area: ``base_share``, ``low``, ``high`` (of the test data's share) and
        ``finding``: 1 where the test data have more than the base, -1 fewer, 0 alike.
    sample_share, resamples, alpha
        As asked.
    """

    s: float
    s_used: float
    words: str
    areas: pd.DataFrame
    sample_share: float
    resamples: int
    alpha: float


def compare_sources(hotspots: Mapping[str, gpd.GeoDataFrame]) -> SourceComparison:
    """Compare the hotspots found in each source alone.

    Parameters
    ----------
    hotspots
        By source: ``rank``, ``name``, ``incidents`` and polygons, EPSG:27700, as ``find_hotspots``
        returns them, all from the same period and settings.

    Returns
    -------
    SourceComparison
        Pairs and places. Two hotspots meet where their ground overlaps.

    Raises
    ------
    ParameterError
        There are fewer than two sources, or polygons are in another reference system.

    Examples
    --------
    >>> def spot(x):
    ...     return gpd.GeoDataFrame({"rank": [1], "name": ["Quay"], "incidents": [9]},
    ...         geometry=[shapely.box(x, 0, x + 2, 1)], crs="EPSG:27700")
    >>> found = compare_sources({"police": spot(0), "wardens": spot(1)})
    >>> found.pairs["jaccard"].round(3).tolist(), found.places["seen_by"].tolist()
    ([0.333], [2, 2])
    """
    _check(hotspots)
    ground = {name: shapely.union_all(one.geometry.values) for name, one in hotspots.items()}
    pairs = [
        _compare_two(hotspots, ground, source, other) for source, other in combinations(hotspots, 2)
    ]
    places = [row for source in hotspots for row in _seen_by(hotspots, source)]
    silent = [name for name, one in hotspots.items() if one.empty]
    return SourceComparison(
        pd.DataFrame(pairs, columns=list(_PAIRS)),
        pd.DataFrame(places, columns=list(_PLACES)).astype({"sources": "str"}),
        tuple(f"{name} has no hotspot: it may hold too few incidents to show." for name in silent),
    )


def _check(hotspots: Mapping[str, gpd.GeoDataFrame]) -> None:
    least = 2
    if len(hotspots) < least:
        raise ParameterError(
            f"`hotspots` must hold at least two sources to compare, found {len(hotspots)}."
        )
    for name, one in hotspots.items():
        if one.crs != BRITISH_NATIONAL_GRID:
            raise ParameterError(
                f"The hotspots of {name} must be in {BRITISH_NATIONAL_GRID}, found {one.crs}."
            )


def _compare_two(
    hotspots: Mapping[str, gpd.GeoDataFrame],
    ground: Mapping[str, shapely.Geometry],
    source: str,
    other: str,
) -> dict[str, object]:
    shared = shapely.area(shapely.intersection(ground[source], ground[other]))
    either = shapely.area(shapely.union(ground[source], ground[other]))
    return {
        "source": source,
        "other": other,
        "hotspots": len(hotspots[source]),
        "other_hotspots": len(hotspots[other]),
        "met": int(_meets(hotspots[source], ground[other]).sum()),
        "other_met": int(_meets(hotspots[other], ground[source]).sum()),
        "jaccard": ratio(float(shared), float(either)),
    }


def _meets(hotspots: gpd.GeoDataFrame, ground: shapely.Geometry) -> npt.NDArray[np.bool_]:
    """Say which hotspots share ground, not only an edge."""
    shared: npt.NDArray[np.bool_] = (
        shapely.area(shapely.intersection(hotspots.geometry.values, ground)) > 0
    )
    return shared


def _seen_by(hotspots: Mapping[str, gpd.GeoDataFrame], source: str) -> Iterator[dict[str, object]]:
    own = hotspots[source]
    met = {
        name: _meets(own, shapely.union_all(one.geometry.values))
        for name, one in hotspots.items()
        if name != source
    }
    for at, row in enumerate(own.itertuples()):
        names = sorted([source, *(name for name, seen in met.items() if seen[at])])
        yield {
            "source": source,
            "rank": row.rank,
            "name": row.name,
            "incidents": row.incidents,
            "seen_by": len(names),
            "sources": "; ".join(names),
        }


def corroborate_hotspots(members: pd.DataFrame, incidents: pd.DataFrame) -> pd.DataFrame:
    """Say how many sources stand behind each hotspot of a combined search.

    Parameters
    ----------
    members
        ``incident_id`` and ``rank`` of the run, one row for each incident in a hotspot.
    incidents
        ``incident_id`` and ``source`` of at least those.

    Returns
    -------
    pandas.DataFrame
        One row a hotspot by rank: ``rank``, ``incidents``, ``sources`` (how many), ``main_source``,
        ``main_share`` (of its incidents) and ``only_source`` (missing where there are several).
        Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent, or a member is not among the incidents.

    Examples
    --------
    >>> members = pd.DataFrame({"incident_id": list("abc"), "rank": [1, 1, 2]})
    >>> told = pd.DataFrame({"incident_id": list("abc"), "source": ["police", "wardens", "police"]})
    >>> corroborate_hotspots(members, told)[["rank", "sources", "only_source"]].fillna("")
       rank  sources only_source
    0     1        2
    1     2        1      police
    """
    check_incidents(incidents, ("incident_id", "source"))
    told = members.merge(incidents[["incident_id", "source"]], on="incident_id", how="left")
    if told["source"].isna().any():
        lost = told.loc[told["source"].isna(), "incident_id"]
        raise ParameterError(
            f"{len(lost)} members are not among the incidents, such as {lost.iloc[0]};"
            " give the incidents of the run."
        )
    counts = told.groupby(["rank", "source"]).size().rename("count").reset_index()
    counts = counts.sort_values(["rank", "count", "source"], ascending=[True, False, True])
    by_rank = counts.groupby("rank", sort=True)
    main = by_rank.first()
    frame = pd.DataFrame(
        {
            "incidents": by_rank["count"].sum(),
            "sources": by_rank.size(),
            "main_source": main["source"],
            "main_share": main["count"] / by_rank["count"].sum(),
            "only_source": main["source"].where(by_rank.size() == 1),
        }
    )
    return frame.reset_index()


def compare_patterns(
    base: pd.Series,
    test: pd.Series,
    *,
    rng: np.random.Generator,
    sample_share: float = SAMPLE_SHARE,
    resamples: int = RESAMPLES,
    alpha: float = ALPHA,
) -> PatternAgreement:
    """Test area by area whether two sources are spread alike.

    Parameters
    ----------
    base, test
        Incidents by area of the two, whole numbers, the same index; areas without any belong in
        it.
    rng
        The source of the samples.
    sample_share
        Share of the test data in each sample, between 0 and 1.
    resamples
        How many samples, at least 20.
    alpha
        Chance left outside the range of each area, half on either side.

    Returns
    -------
    PatternAgreement
        The index S, its severe form and the areas.

    Raises
    ------
    ParameterError
        The areas differ, a count is none, or one of the two is empty.

    Notes
    -----
    Andresen, M. A. (2009), "Testing similarity in area-based spatial patterns: a nonparametric
    Monte Carlo approach", Applied Geography 29: 333-345. Samples are drawn without replacement, so
    counts by area follow the multivariate hypergeometric distribution and no point is needed. S
    grows with the share of areas that are empty in both; the severe form leaves those out.

    Examples
    --------
    >>> police = pd.Series({"W1": 40, "W2": 40, "W3": 20})
    >>> wardens = pd.Series({"W1": 41, "W2": 9, "W3": 50})
    >>> found = compare_patterns(police, wardens, rng=np.random.default_rng(1))
    >>> found.areas["finding"].tolist(), round(found.s, 2), found.words
    ([0, -1, 1], 0.33, 'dissimilar')
    """
    counts_base, counts_test = _check_patterns(base, test, resamples)
    check_share("sample_share", sample_share)
    size = max(1, round(sample_share * int(counts_test.sum())))
    samples = rng.multivariate_hypergeometric(counts_test, size, size=resamples) / size
    half = check_share("alpha", alpha) / 2
    low, high = np.quantile(samples, [half, 1 - half], axis=0)
    share: Floats = counts_base / counts_base.sum()
    finding = np.where(share < low, 1, np.where(share > high, -1, 0))
    used = (counts_base + counts_test) > 0
    areas = pd.DataFrame(
        {"base_share": share, "low": low, "high": high, "finding": finding}, index=base.index
    )
    s = float(np.mean(finding == 0))
    s_used = float(np.mean(finding[used] == 0))
    return PatternAgreement(s, s_used, _say(s), areas, sample_share, resamples, alpha)


def _say(s: float) -> str:
    if s >= SIMILAR:
        return "similar"
    return "dissimilar" if s < DISSIMILAR else "neither"


def _check_patterns(
    base: pd.Series, test: pd.Series, resamples: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    least = 20
    if not base.index.equals(test.index) or resamples < least:
        raise ParameterError(
            f"`base` and `test` must have the same areas in order and `resamples` be at least"
            f" {least}; found {len(base)} and {len(test)} areas and {resamples!r}."
        )
    made = []
    for name, values in (("base", base), ("test", test)):
        counts = values.to_numpy(np.float64)
        if not len(counts) or not (counts >= 0).all() or math.fmod(counts.sum(), 1):
            raise ParameterError(f"`{name}` must be whole numbers from 0.")
        if not counts.sum():
            raise ParameterError(f"`{name}` holds no incident, so it has no pattern.")
        made.append(counts.astype(np.int64))
    return made[0], made[1]
