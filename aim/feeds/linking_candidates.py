"""Pairs of reports that time, place and type allow to be of one event.

Reports are put into blocks (squares of the grid, wards, postcodes) and sorted by block and time, so
that those near one report in both lie in one stretch and two searches find it. Cost: some
searches for each report, plus the pairs near in time and block; memory is bounded by a batch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from aim.feeds.linking_reports import UNKNOWN, Floats, Integers, Reports, Truths
from aim.feeds.linking_rules import LinkRules

# Pairs looked at in one go.
_BATCH = 2_000_000
_SQUARES = tuple(product((-1, 0, 1), repeat=2))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Reports ``a`` and ``b`` (a before b) and how well their places agree, 0 to 1."""

    a: Integers
    b: Integers
    distance: Floats


def find_pairs(reports: Reports, rules: LinkRules) -> Pairs:
    """Return every pair that may be of one event, each once, sorted.

    Parameters
    ----------
    reports
        From ``read_reports``.
    rules
        The table of rules.

    Returns
    -------
    Pairs
        Of different sources, near in time, of types that go together, and near in place: by
        position, or by the name of the street within a ward or postcode; where both, the better.
        Empty where there is none.
    """
    found = [*_pairs_by_position(reports, rules), *_pairs_by_street(reports, rules)]
    pairs = pd.DataFrame(
        {
            name: np.concatenate([getattr(one, name) for one in found]) if found else []
            for name in ("a", "b", "distance")
        }
    )
    best = pairs.groupby(["a", "b"], sort=True, as_index=False)["distance"].max()
    a, b = (best[name].to_numpy(dtype=np.int64) for name in ("a", "b"))
    return Pairs(a, b, best["distance"].to_numpy(dtype=np.float64))


# --- by position ------------------------------------------------------------------------------


def _pairs_by_position(reports: Reports, rules: LinkRules) -> Iterator[Pairs]:
    located = np.isfinite(reports.east) & (reports.width != UNKNOWN)
    side = 2 * max(rule.radius_m for rule in rules.places.values())
    columns, rows = (
        np.floor_divide(np.where(located, metres, 0), side).astype(np.int64)
        for metres in (reports.east, reports.north)
    )
    every = np.flatnonzero(located)
    for right, up in _SQUARES:
        # A square's number leaves room beside it for those at its edge.
        asked, held = _square(columns + right, rows + up), _square(columns, rows)
        for a, b in _near_in_time(reports, rules, Meeting(every, every, asked, held)):
            ahead = a < b
            yield _within_reach(reports, a[ahead], b[ahead])


def _square(columns: Integers, rows: Integers) -> Integers:
    return columns * 1_000_003 + rows


def _within_reach(reports: Reports, a: Integers, b: Integers) -> Pairs:
    gap = np.hypot(reports.east[a] - reports.east[b], reports.north[a] - reports.north[b])
    reach = reports.radius_m[a] + reports.radius_m[b]
    near = gap <= reach
    worth = np.minimum(reports.place_weight[a], reports.place_weight[b])
    return Pairs(a[near], b[near], (worth * (1 - gap / reach / 2))[near])


# --- by the street's name ---------------------------------------------------------------------


def _pairs_by_street(reports: Reports, rules: LinkRules) -> Iterator[Pairs]:
    named = (reports.street != UNKNOWN) & (reports.width != UNKNOWN)
    rough = named & ~reports.precise
    for block in (reports.ward, reports.postcode):
        here = block != UNKNOWN
        asks, holds = np.flatnonzero(rough & here), np.flatnonzero(named & here)
        for one, other in _near_in_time(reports, rules, Meeting(asks, holds, block, block)):
            yield _same_street(reports, rules, one, other)


def _same_street(reports: Reports, rules: LinkRules, one: Integers, other: Integers) -> Pairs:
    alike = compare_texts(reports.streets, reports.street[one], reports.street[other], fuzz.ratio)
    same = alike >= rules.street.likeness
    a, b = np.minimum(one, other)[same], np.maximum(one, other)[same]
    return Pairs(a, b, rules.street.weight * alike[same])


def compare_texts(
    texts: np.ndarray[tuple[int], np.dtype[np.object_]],
    one: Integers,
    other: Integers,
    scorer: Callable[..., float],
) -> Floats:
    """Return how alike texts are, 0 to 1, each two distinct ones compared once.

    Examples
    --------
    >>> texts = np.array(["bow lane", "bow lanee"], dtype=object)
    >>> compare_texts(texts, np.array([0, 0]), np.array([0, 1]), fuzz.ratio).round(2).tolist()
    [1.0, 0.94]
    """
    low, high = np.minimum(one, other), np.maximum(one, other)
    keys, back = np.unique(low * len(texts) + high, return_inverse=True)
    left, right = texts[keys // max(len(texts), 1)], texts[keys % max(len(texts), 1)]
    alike = process.cpdist(left.tolist(), right.tolist(), scorer=scorer, dtype=np.float64)
    return np.asarray(alike / 100)[back]


# --- near in time within a block --------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Who asks whom: a report asks for block ``asked``, and is found in block ``held``."""

    asks: Integers
    holds: Integers
    asked: Integers
    held: Integers


def _near_in_time(
    reports: Reports, rules: LinkRules, meeting: Meeting
) -> Iterator[tuple[Integers, Integers]]:
    """Yield pairs near in time, of different sources, whose types go together."""
    classes = range(len(rules.times))
    for asking, holding in product(classes, repeat=2):
        apart = rules.times[max(asking, holding)].apart_minutes
        asks = meeting.asks[reports.width[meeting.asks] == asking]
        holds = meeting.holds[reports.width[meeting.holds] == holding]
        if not (len(asks) and len(holds)):
            continue
        longest = rules.times[holding].within_minutes
        some = Meeting(asks, holds, meeting.asked, meeting.held)
        for one, other in _stretches(reports, some, apart, longest):
            fits = minutes_apart(reports, one, other) <= apart
            fits[fits] = _may_be_one(reports, one[fits], other[fits])
            yield one[fits], other[fits]


def _stretches(
    reports: Reports, meeting: Meeting, apart: int, longest: int
) -> Iterator[tuple[Integers, Integers]]:
    """Yield batches of pairs of one block where the one held begins near the asking one."""
    asks, holds = meeting.asks, meeting.holds
    first = min(reports.start[asks].min(), reports.start[holds].min()) - apart - longest
    last = max(reports.end[asks].max(), reports.end[holds].max()) + apart
    blocks, place = np.unique(meeting.held[holds], return_inverse=True)
    # One number for block and time: those of a block lie together, in order of time.
    span = last - first
    key = place * span + reports.start[holds] - first
    holds, key = holds[np.argsort(key, kind="stable")], np.sort(key)
    found = np.searchsorted(blocks, meeting.asked[asks]).clip(max=len(blocks) - 1)
    there = blocks[found] == meeting.asked[asks]
    asks, base = asks[there], found[there] * span - first
    low = np.searchsorted(key, base + reports.start[asks] - apart - longest, side="left")
    high = np.searchsorted(key, base + reports.end[asks] + apart, side="right")
    for batch in _batches(high - low):
        counts = high[batch] - low[batch]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        yield np.repeat(asks[batch], counts), holds[np.repeat(low[batch], counts) + within]


def _batches(counts: Integers) -> list[Integers]:
    """Cut the places of a list of counts where these add up to a batch."""
    done = np.cumsum(counts) // _BATCH
    return np.split(np.arange(len(counts)), np.flatnonzero(np.diff(done)))


def minutes_apart(reports: Reports, one: Integers, other: Integers) -> Integers:
    """Return how many minutes lie between the two stretches of time; 0 where they meet."""
    later = np.maximum(reports.start[one], reports.start[other])
    earlier = np.minimum(reports.end[one], reports.end[other])
    return np.asarray(np.maximum(later - earlier, 0))


def _may_be_one(reports: Reports, one: Integers, other: Integers) -> Truths:
    apart = reports.source[one] != reports.source[other]
    known = (reports.kind[one] != UNKNOWN) & (reports.kind[other] != UNKNOWN)
    fits = apart & known
    fits[fits] = reports.likeness[reports.kind[one][fits], reports.kind[other][fits]] > 0
    return np.asarray(fits)
