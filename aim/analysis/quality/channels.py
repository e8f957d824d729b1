"""Wards in which one source fell silent while the others went on: losses in a channel."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtr, gammaincc

from aim.errors import ParameterError
from aim.model.incidents import check_incidents

Floats = npt.NDArray[np.float64]
Window = tuple[int, int]

FALSE_RATE = 0.10
# What a drop is looked for as: one ward in four, which keeps one call in ten.
_SHARE_OF_WARDS = 0.25
_KEPT = 0.1
# How the false rate is shared among windows of one, two and three months: a month of a ward is
# mostly too few to tell, and three months make too many windows for what they add.
_PART_OF_RATE = {1: 0.05, 2: 0.9, 3: 0.05}
_LEAST_BEFORE = 3
_LEAST_MONTHS = 6
# Silence where fewer than this are expected shows nothing.
_LEAST_EXPECTED = 3.5
_HALF = 0.5
_WARD_CHANCE = 0.1
_OTHERS_CHANCE = 0.05
_LEAST_SHUFFLES = 1 / min(_PART_OF_RATE.values())
# Permuted tables this scattered or more are one in twenty.
_SCATTERED = 0.95
_CHANNEL = re.compile(
    r"^\s*(101|999|111|online|web|e-?mail|telephone|phone|front desk)\s*[:-]", re.IGNORECASE
)
COLUMNS = (
    "drop", "source", "ward_code", "first_month", "last_month", "incidents", "expected", "share",
    "ward_p", "certain", "p", "others", "others_expected", "others_p", "finding", "words",
)  # fmt: skip
_TEXTS = ("source", "ward_code", "first_month", "last_month", "finding", "words")
_WHOLE = ("drop", "incidents", "others")
_NUMBERS = ("expected", "share", "ward_p", "p", "others_expected", "others_p")


def channel_of(incidents: pd.DataFrame) -> pd.Series:
    """Name the channel each incident came by, where its text begins with one.

    Call logs put it first: ``101: shouting and …``, ``999: …``, ``online: …``. A channel can fall
    silent while the rest of its source goes on.

    Parameters
    ----------
    incidents
        ``source`` and, where the reader may see free text, ``description``.

    Returns
    -------
    pandas.Series
        ``police 101`` or, where the text names none, ``police``; the index of the incidents.

    Raises
    ------
    ParameterError
        There is no ``source``.

    Examples
    --------
    >>> told = ["101: noise", "Noise at 101", None]
    >>> calls = pd.DataFrame({"source": "police", "description": told})
    >>> channel_of(calls).tolist()
    ['police 101', 'police', 'police']
    """
    check_incidents(incidents, ("source",))
    source = incidents["source"].astype("str")
    if "description" not in incidents:
        return source.rename("channel")
    said = incidents["description"].astype("str").str.extract(_CHANNEL, expand=False)
    named = source + " " + said.str.lower()
    return named.where(said.notna(), source).rename("channel")


def find_channel_drops(
    counts: pd.DataFrame,
    *,
    false_rate: float = FALSE_RATE,
    permutations: int = 999,
    rng: np.random.Generator | None = None,
    ward_names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Find wards and months in which one source fell silent while the others went on.

    Parameters
    ----------
    counts
        ``source`` (or a channel of one, see ``channel_of``), ``ward_code`` (any set of areas),
        ``month`` such as ``2026-04`` and ``incidents``; a month without a row is nought. Rows
        without a ward take no part.
    false_rate
        The chance that a source in which nothing dropped brings a finding, between 0 and 1.
    permutations
        How often the months are shuffled; at least ``20 / false_rate``.
    rng
        The source of the shuffles; where None a fixed seed for each source, so that a rerun agrees
        and one source's answer does not hang on which others there are.
    ward_names
        Names by code, for the words; a code without one, and every code where None, is said as it
        is.

    Returns
    -------
    pandas.DataFrame
        One row for each ward of each drop, sorted by source, drop (numbered from 1, clearest first)
        and ``ward_code``: ``first_month`` and ``last_month`` (both included, one to three months);
        ``incidents``, ``expected`` and ``share`` of the ward; ``ward_p``, the chance of so few in
        that ward; ``certain``, whether the ward stands out by itself (Benjamini and Hochberg over
        the wards, one false in ten); ``p`` of the whole drop; ``others``, ``others_expected`` and
        ``others_p``: what the other sources told of these wards, and the chance that the source
        fell no more than they did; ``finding``, ``channel
        drop`` or, once for a source of fewer than six months, ``too short to say``; ``words``.
        Empty where all is well and for an empty table.

    Raises
    ------
    ParameterError
        A column is absent, or a value is out of range.

    Notes
    -----
    Expected is the ward's share of the source in its other months times the source's total in the
    window, so an outage of the whole source is no drop. A window of one to three months is scored
    by the likelihood that one ward in four kept a tenth of its reports against none did. The best
    score of windows of its length is compared with that of tables whose months are shuffled among
    the source's incidents, so looking in many places is paid for; two-month windows get nine
    tenths of the false rate. This is the permutation test of Kulldorff, M. et al (2005), "A
    space-time permutation scan statistic for disease outbreak detection", PLoS Medicine 2(3): e59,
    turned to the lower tail, with any set of wards in place of circles. Where the months outside
    the window are more scattered than chance allows, its score shrinks by their dispersion. A
    window then counts only if the source fell more than the others did in the same wards (ratio of
    ratios, tested as a binomial given their sum, below 0.05; where fewer than four incidents are
    expected of the others there is nothing to compare with, and no finding). Wards of the drop hold
    at most half of what is expected, with a chance of at most one in ten. The numbers were settled
    on sample boroughs in which a ward expects some six calls in two months: fewer show nothing.
    Cost grows with incidents times permutations.

    Examples
    --------
    >>> months = [f"2026-{month:02d}" for month in range(1, 9)]
    >>> counts = pd.DataFrame([
    ...     {"source": source, "ward_code": ward, "month": month,
    ...      "incidents": 0 if (source, ward, month) == ("police", "W1", "2026-05") else 12}
    ...     for source in ("police", "wardens") for ward in ("W1", "W2", "W3") for month in months
    ... ])
    >>> find_channel_drops(counts)[["source", "ward_code", "first_month", "incidents", "expected"]]
       source ward_code first_month  incidents  expected
    0  police        W1     2026-05          0       8.0
    """
    _check(counts, false_rate, permutations)
    placed = counts[counts["ward_code"].notna()]
    found: list[dict[str, Any]] = []
    for source, own in placed.groupby("source", sort=True):
        others = placed[placed["source"] != source]
        found += _of_source(str(source), own, others, (false_rate, permutations), rng)
    frame = pd.DataFrame(_with_words(found, ward_names or {}), columns=list(COLUMNS))
    kinds: dict[str, Any] = {
        **dict.fromkeys(_TEXTS, "str"),
        **dict.fromkeys(_WHOLE, "Int64"),
        **dict.fromkeys(_NUMBERS, "float64"),
        "certain": "boolean",
    }
    return frame.astype(kinds)


def _check(counts: pd.DataFrame, false_rate: float, permutations: int) -> None:
    needed = ("source", "ward_code", "month", "incidents")
    missing = [name for name in needed if name not in counts.columns]
    if missing:
        raise ParameterError(
            f"`counts` lacks {', '.join(missing)}; found {', '.join(map(str, counts.columns))}."
            " Count incidents by source, ward_code and month."
        )
    if not 0 < false_rate < 1 or permutations * false_rate < _LEAST_SHUFFLES:
        raise ParameterError(
            "`false_rate` must lie between 0 and 1 and `permutations` be at least 20 / false_rate;"
            f" found {false_rate!r} and {permutations!r}."
        )


@dataclass(frozen=True, slots=True)
class _Scan:
    """What was seen of one source, and what chance makes of it."""

    table: Floats
    shuffled: Floats
    best_by_chance: dict[int, Floats]  # by length of window, one for each shuffle

    def p(self, window: Window, dispersion: float = 1.0) -> float:
        """Return the chance that any window of the source scores as high."""
        length = window[1] - window[0]
        score = _score(self.table[None], window, dispersion)[0]
        null = self.best_by_chance[length]
        rank = (1 + np.sum(null >= score)) / (1 + len(null))
        return min(float(rank) / _PART_OF_RATE[length], 1.0)

    def dispersion(self, window: Window) -> float:
        """Return the dispersion of the months outside, so that a drop does not hide itself."""
        outside = np.r_[0 : window[0], window[1] : self.table.shape[1]]
        scatter = _scatter(self.shuffled[:, :, outside])
        own = float(_scatter(self.table[None][:, :, outside])[0])
        return own / float(scatter.mean()) if own > np.quantile(scatter, _SCATTERED) else 1.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A window beyond chance."""

    window: Window
    p: float
    observed: Floats
    expected: Floats
    chance: Floats  # of so few, by ward
    silent: npt.NDArray[np.bool_]


def _of_source(
    source: str,
    own: pd.DataFrame,
    others: pd.DataFrame,
    risk: tuple[float, int],
    rng: np.random.Generator | None,
) -> list[dict[str, Any]]:
    """Return the rows of one source, its clearest drop first."""
    false_rate, permutations = risk
    table = _table(own)
    if table.shape[1] < _LEAST_MONTHS:
        return [_too_short(source, table.shape[1])]
    elsewhere = _table(others).reindex(index=table.index, columns=table.columns, fill_value=0)
    scan = _scan(table.to_numpy(np.float64), permutations, rng or np.random.default_rng(0))
    found: list[dict[str, Any]] = []
    for one in _apart(_beyond_chance(scan, false_rate)):
        rows = _drop_rows(source, table, elsewhere, one)
        number = 1 + (found[-1]["drop"] if found else 0)
        found += [{**row, "drop": number} for row in rows]
    return found


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts with a row for each ward and a column for every month."""
    table = counts.pivot_table(
        index="ward_code", columns="month", values="incidents", aggfunc="sum", fill_value=0
    )
    if table.empty:
        return table
    every = pd.period_range(table.columns.min(), table.columns.max(), freq="M")
    return table.reindex(columns=[str(month) for month in every], fill_value=0)


def _scan(table: Floats, permutations: int, rng: np.random.Generator) -> _Scan:
    shuffled = _shuffled(table, permutations, rng)
    best = {
        length: np.max([_score(shuffled, one) for one in _windows(table.shape[1], length)], axis=0)
        for length in _PART_OF_RATE
    }
    return _Scan(table, shuffled, best)


def _shuffled(table: Floats, permutations: int, rng: np.random.Generator) -> Floats:
    """Return tables with the same totals, the months shuffled among the incidents."""
    wards, months = table.shape
    cells = np.repeat(np.arange(table.size), table.ravel().astype(np.int64))
    ward, month = cells // months * months, cells % months
    tables = np.empty((permutations, wards, months))
    for each in tables:
        places = ward + rng.permutation(month)
        each[:] = np.bincount(places, minlength=table.size).reshape(wards, months)
    return tables


def _scatter(tables: Floats) -> Floats:
    """Return Pearson's statistic of each table against independent wards and months."""
    wards, months = tables.sum(axis=2, keepdims=True), tables.sum(axis=1, keepdims=True)
    usual = wards * months / np.maximum(wards.sum(axis=1, keepdims=True), 1)
    total: Floats = ((tables - usual) ** 2 / np.where(usual > 0, usual, 1)).sum(axis=(1, 2))
    return total


def _windows(months: int, length: int) -> Iterator[Window]:
    """Return the windows of a length that have three months before them."""
    for first in range(_LEAST_BEFORE, months - length + 1):
        yield first, first + length


def _score(tables: Floats, window: Window, dispersion: float = 1.0) -> Floats:
    """Return how much better a drop in some wards explains the window of each table."""
    observed, expected = _expected(tables, window)
    ratio = (observed * np.log(_KEPT) + expected * (1 - _KEPT)) / dispersion
    ratio = np.where(expected >= _LEAST_EXPECTED, ratio, 0.0)
    silent, heard = np.log(_SHARE_OF_WARDS), np.log1p(-_SHARE_OF_WARDS)
    score: Floats = np.logaddexp(heard, silent + ratio).sum(axis=1)
    return score


def _expected(tables: Floats, window: Window) -> tuple[Floats, Floats]:
    """Return what each ward holds in the window, and what its share of other months predicts."""
    first, after = window
    observed = tables[:, :, first:after].sum(axis=2)
    outside = tables.sum(axis=2) - observed
    all_outside = np.maximum(outside.sum(axis=1, keepdims=True), 1)
    return observed, outside * observed.sum(axis=1, keepdims=True) / all_outside


def _beyond_chance(scan: _Scan, false_rate: float) -> Iterator[_Found]:
    """Return the windows with silent wards that chance would rarely make."""
    for length in _PART_OF_RATE:
        for window in _windows(scan.table.shape[1], length):
            # The dispersion costs far more than the score, and can only speak against a window.
            if scan.p(window) <= false_rate:
                found = _look(scan, window)
                if found.p <= false_rate and found.silent.any():
                    yield found


def _look(scan: _Scan, window: Window) -> _Found:
    dispersion = scan.dispersion(window)
    (observed,), (expected,) = _expected(scan.table[None], window)
    chance = gammaincc((observed + 1) / dispersion, expected / dispersion)
    silent = (observed <= _HALF * expected) & (chance <= _WARD_CHANCE)
    silent &= expected >= _LEAST_EXPECTED
    p = max(scan.p(window), scan.p(window, dispersion))
    return _Found(window, p, observed, expected, chance, silent)


def _apart(found: Iterator[_Found]) -> Iterator[_Found]:
    """Return the windows best first, none sharing a month with a better one."""
    taken: set[int] = set()
    for one in sorted(found, key=lambda one: (one.p, one.window)):
        if taken.isdisjoint(range(*one.window)):
            taken |= set(range(*one.window))
            yield one


def _drop_rows(
    source: str, table: pd.DataFrame, elsewhere: pd.DataFrame, one: _Found
) -> list[dict[str, Any]]:
    """Return a row for each ward of a drop; none where the others fell too, or said too little."""
    observed, expected, silent = one.observed, one.expected, one.silent
    others = _others(elsewhere, one)
    if not others["others_p"] <= _OTHERS_CHANCE:
        return []
    certain = _certain(one.chance)
    span = {
        "first_month": table.columns[one.window[0]],
        "last_month": table.columns[one.window[1] - 1],
        "p": one.p,
        "finding": "channel drop",
        **others,
    }
    return [
        {
            "source": source,
            "ward_code": table.index[int(ward)],
            "incidents": int(observed[ward]),
            "expected": round(float(expected[ward]), 1),
            "share": float(observed[ward] / expected[ward]),
            "ward_p": float(one.chance[ward]),
            "certain": bool(certain[ward]),
            **span,
        }
        for ward in np.flatnonzero(silent)
    ]


def _others(elsewhere: pd.DataFrame, one: _Found) -> dict[str, Any]:
    """Compare with the other sources: what they told of the same wards in the same months."""
    (told,), (usual,) = _expected(elsewhere.to_numpy(np.float64)[None], one.window)
    others, others_expected = told[one.silent].sum(), usual[one.silent].sum()
    known = {"others": int(others), "others_expected": round(float(others_expected), 1)}
    if others_expected < _LEAST_EXPECTED:
        return {**known, "others_p": np.nan}
    own, own_expected = one.observed[one.silent].sum(), one.expected[one.silent].sum()
    share = own_expected / (own_expected + others_expected)
    return {**known, "others_p": float(bdtr(own, int(own + others), share))}


def _certain(chances: Floats) -> npt.NDArray[np.bool_]:
    """Say which wards stand out by themselves, one false in ten (Benjamini and Hochberg 1995)."""
    order = np.argsort(chances, kind="stable")
    lines = FALSE_RATE * np.arange(1, len(chances) + 1) / len(chances)
    passing = np.flatnonzero(chances[order] <= lines)
    certain = np.zeros(len(chances), dtype=bool)
    if len(passing):
        certain[order[: passing[-1] + 1]] = True
    return certain


def _with_words(rows: list[dict[str, Any]], ward_names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give the rows of each drop the sentence that tells of them all."""
    drops: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        drops.setdefault((row["source"], row.get("drop", 0)), []).append(row)
    return [{"words": _words(drop, ward_names), **row} for drop in drops.values() for row in drop]


def _words(drop: list[dict[str, Any]], ward_names: Mapping[str, str]) -> str:
    one = drop[0]
    if "words" in one:
        return str(one["words"])
    wards = ", ".join(ward_names.get(row["ward_code"], row["ward_code"]) for row in drop)
    first, last = (pd.Period(one[name], "M") for name in ("first_month", "last_month"))
    when = f"in {first:%B %Y}" if first == last else f"from {first:%B %Y} to {last:%B %Y}"
    incidents, expected = (sum(row[name] for row in drop) for name in ("incidents", "expected"))
    return (
        f"{one['source']} told of {incidents:,} incidents in {wards} {when}, where its other months"
        f" suggest about {expected:,.0f}; the other sources told of {one['others']:,} where about"
        f" {one['others_expected']:,.0f} would be usual. Ask whether reports were lost on the way."
    )


def _too_short(source: str, months: int) -> dict[str, Any]:
    return {
        "source": source,
        "finding": "too short to say",
        "words": f"{source} holds {months} month{'s' * (months != 1)}: too short a series to say"
        " whether it fell silent anywhere.",
    }
