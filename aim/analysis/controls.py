"""Which place to compare a treated one with: found in the data, with the reasons.

The comparison assumes that without the action both places would have gone the same way. Nothing
proves that, but a place that stood as high and moved alike before, whose incidents are of the same
sources and hours, and which lies far enough away not to receive what was pushed out, makes it
believable.
"""

import math
from collections.abc import Collection, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from aim.analysis._numbers import Floats, read_counts
from aim.errors import ParameterError

# How far incidents are pushed at most, metres: the ring studied around hotspots.
RING_M = 250.0
# Two places whose level or trend lie further apart than this differ by more than chance.
_ALIKE = 2.0
_LEAST_PERIODS = 4
COLUMNS = (
    "rank", "place", "suitable", "level", "level_treated", "level_z", "trend", "trend_treated",
    "trend_z", "mix_z", "distance_m", "score", "reasons",
)  # fmt: skip
_TEXTS = ("place", "reasons")


def suggest_controls(
    series: pd.DataFrame,
    treated: str,
    *,
    shapes: gpd.GeoSeries | None = None,
    mixes: Iterable[pd.DataFrame] = (),
    ring_m: float = RING_M,
    exclude: Iterable[str] = (),
    unobserved: Collection[str] = (),
) -> pd.DataFrame:
    """Rank places by how well they stand for the treated one, with the reasons.

    Parameters
    ----------
    series
        Incidents before the action: one row a period, oldest first, one column a place, the
        treated one among them. As many periods as there are, a year at least: in fewer a place
        that has only just become one looks alike. No period of the action may be in it.
    treated
        The column of the treated place.
    shapes
        Ground of each place by the same names, EPSG:27700, for overlap and distance; None for not
        looked at.
    mixes
        What the incidents before the action are made of: for each way to part them, such as source
        or night and day, a table of counts with one row a place and one column a kind. A place
        made of other things is moved by other things.
    ring_m
        The ring around the treated place into which incidents may be pushed, metres. A place
        within it is no control, nor one in whose own ring of that width the treated ring lies.
    exclude
        Places where something else was done.
    unobserved
        Periods that are no evidence, such as an outage.

    Returns
    -------
    pandas.DataFrame
        One row a candidate, best first: ``rank`` (missing where it is not ``suitable``),
        ``place``, ``level`` (incidents a period), ``trend`` (per cent a period) and both of the
        treated place, ``level_z`` and ``trend_z`` (how far the two are apart in standard
        deviations; below 2 is no more than chance), ``mix_z`` (the largest of ``mixes``, missing
        without), ``distance_m`` (missing without ``shapes``),
        ``score`` (sum of the squares, smaller is better) and ``reasons``. Empty where there is no
        other place.

    Raises
    ------
    ParameterError
        The treated place is not there, a count is negative, fewer than four periods are left, or
        a shape or a row of a mix is missing.

    Notes
    -----
    Level: root of the counts, as in the Poisson z. Trend: the log-linear slope of a Poisson series
    by moments, with its standard error. Both are near normal where two places are alike, so the
    score says how far two series are from being told apart; a place with too few incidents is
    alike to anything, hence the level. Mixes:
    the chi-squared of two rows on a normal scale by the cube root of Wilson and Hilferty (1931);
    only what is above 0 counts.

    Examples
    --------
    >>> series = pd.DataFrame({"Mill Lane": [20, 22, 19, 21], "Dock Road": [21, 20, 22, 20],
    ...     "Quay": [60, 58, 66, 61]})
    >>> suggest_controls(series, "Mill Lane")[["rank", "place", "suitable"]].values.tolist()
    [[1, 'Dock Road', True], [<NA>, 'Quay', False]]
    """
    counts = _check(series, treated, unobserved)
    others = [name for name in counts.columns if name != treated]
    distances = _distances(shapes, treated, others)
    own = counts[treated].to_numpy(np.float64)
    tables = [_check_mix(table, counts.columns) for table in mixes]
    rows: list[dict[str, Any]] = []
    for name in others:
        row = _compare(own, counts[name].to_numpy(np.float64)) | {"distance_m": distances[name]}
        row = _with_mixes(row, [_mix_z(table, treated, name) for table in tables])
        faults = _faults(row, ring_m, excluded=name in set(exclude))
        rows.append({**row, "place": name, "suitable": not faults, "reasons": _say(row, faults)})
    return _ranked(rows)


def _check(series: pd.DataFrame, treated: str, unobserved: Collection[str]) -> pd.DataFrame:
    if treated not in series.columns:
        raise ParameterError(
            f"`series` must have a column for the treated place {treated!r};"
            f" found {', '.join(map(str, series.columns))}."
        )
    counts = series[~series.index.isin(list(unobserved))]
    for name in counts.columns:
        read_counts(f"series[{name!r}]", counts[name].to_numpy())
    if len(counts) < _LEAST_PERIODS:
        raise ParameterError(
            f"`series` must hold at least {_LEAST_PERIODS} observed periods before the action to"
            f" tell a trend, found {len(counts)}; use weeks in place of months."
        )
    return counts


def _distances(shapes: gpd.GeoSeries | None, treated: str, others: list[str]) -> dict[str, float]:
    if shapes is None:
        return dict.fromkeys(others, math.nan)
    missing = [name for name in (treated, *others) if name not in shapes.index]
    if missing:
        raise ParameterError(f"`shapes` lacks {', '.join(map(str, missing))}.")
    far = shapely.distance(shapes.loc[others].values, shapes.loc[treated])
    return dict(zip(others, map(float, far), strict=True))


def _compare(own: Floats, other: Floats) -> dict[str, float]:
    level_z = 2 * (math.sqrt(other.sum()) - math.sqrt(own.sum())) / math.sqrt(2)
    (trend_own, error_own), (trend, error) = _trend(own), _trend(other)
    error_both = math.hypot(error_own, error)
    trend_z = (trend - trend_own) / error_both if 0 < error_both < math.inf else 0.0
    return {
        "level": float(other.mean()),
        "level_treated": float(own.mean()),
        "level_z": level_z,
        "trend": 100 * trend,
        "trend_treated": 100 * trend_own,
        "trend_z": trend_z,
        "score": level_z**2 + trend_z**2,
    }


def _trend(counts: Floats) -> tuple[float, float]:
    """Return the slope of the logarithm of a Poisson series a period, and its standard error."""
    steps = np.arange(len(counts)) - (len(counts) - 1) / 2
    if not counts.sum():
        return 0.0, math.inf
    scale = counts.mean() * float(steps @ steps)
    return float(steps @ counts) / scale, math.sqrt(float(steps**2 @ counts)) / scale


def _check_mix(table: pd.DataFrame, places: pd.Index) -> pd.DataFrame:
    missing = [str(name) for name in places if name not in table.index]
    if missing:
        raise ParameterError(f"A table of `mixes` lacks {', '.join(missing)}.")
    return table.loc[places]


def _mix_z(table: pd.DataFrame, treated: str, other: str) -> float:
    """Return how far two places are made of other things, on a normal scale; 0 where none tells."""
    both = table.loc[[treated, other]].to_numpy(np.float64)
    both = both[:, both.sum(axis=0) > 0]
    freedom = both.shape[1] - 1
    if freedom < 1 or not both.sum(axis=1).all():
        return 0.0
    expected = np.outer(both.sum(axis=1), both.sum(axis=0)) / both.sum()
    squares = float(((both - expected) ** 2 / expected).sum())
    spread = 2 / (9 * freedom)
    return float((np.cbrt(squares / freedom) - (1 - spread)) / math.sqrt(spread))


def _with_mixes(row: dict[str, float], apart: list[float]) -> dict[str, float]:
    score = row["score"] + sum(max(one, 0.0) ** 2 for one in apart)
    return row | {"mix_z": max(apart, default=math.nan), "score": score}


def _faults(row: dict[str, float], ring_m: float, *, excluded: bool) -> list[str]:
    gap = row["distance_m"]
    faults = (
        (excluded, "something else was done there"),
        (gap == 0, "overlaps the treated place"),
        (0 < gap <= 2 * ring_m, f"{gap:.0f} m away, so incidents may have been pushed there"),
        (abs(row["level_z"]) >= _ALIKE, f"{row['level']:.1f} a period, not as many"),
        (abs(row["trend_z"]) >= _ALIKE, f"was moving by {row['trend']:+.0f} % a period"),
        (row["mix_z"] >= _ALIKE, "is made of other sources, hours or kinds"),
        (row["level"] == 0, "had no incident"),
    )
    return [words for holds, words in faults if holds]


def _say(row: dict[str, float], faults: list[str]) -> str:
    if faults:
        return "; ".join(faults)
    apart = "" if math.isnan(row["distance_m"]) else f"; {row['distance_m']:.0f} m away"
    return (
        f"{row['level']:.1f} a period against {row['level_treated']:.1f}; moved by"
        f" {row['trend']:+.0f} % a period against {row['trend_treated']:+.0f} %{apart}"
    )


def _ranked(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(_TEXTS, "str"))
    frame = frame.assign(suitable=frame["suitable"].astype("bool"))
    frame = frame.sort_values(
        ["suitable", "score", "place"], ascending=[False, True, True], ignore_index=True
    )
    places = pd.Series(range(1, len(frame) + 1), dtype="Int64")
    return frame.assign(rank=places.where(frame["suitable"]))
