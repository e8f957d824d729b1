"""The past of a place in words: what it is, against a year ago, found at its peak."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from aim.analysis import compare_periods
from aim.analysis.classes import HistoryClass
from aim.analysis.hotspots import SNAPPED
from aim.model.hotspots import HotspotRun
from aim.model.times import say_month
from aim.workflows.words import CHANGE_WORDS

# The word of a list, and what it means.
CLASS_WORDS: Mapping[str, tuple[str, str]] = {
    HistoryClass.NEW: ("New place", "stands out for the first time in the newest months"),
    HistoryClass.CONSECUTIVE: ("Recent", "has stood out for some months, and not before"),
    HistoryClass.INTENSIFYING: ("Growing", "has stood out nearly always, and more and more"),
    HistoryClass.PERSISTENT: ("Persistent", "has stood out nearly always"),
    HistoryClass.DIMINISHING: ("Shrinking", "has stood out nearly always, and less and less"),
    HistoryClass.SPORADIC: ("On and off", "stands out now, as it did at times before"),
    HistoryClass.OSCILLATING: ("Up and down", "stands out now, and had quiet times before"),
    HistoryClass.HISTORICAL: ("Over", "stood out nearly always, and no longer does"),
    HistoryClass.NONE: ("Passing", "stood out at times, and not over the newest months together"),
}
TOO_FEW_MONTHS = ("Too early to say", "too few months are held to tell")
IN_DOUBT = "in doubt"


def say_class(word: str) -> str:
    """Return the word of a list for the class of a past.

    Examples
    --------
    >>> say_class("consecutive"), say_class("")
    ('Recent', 'Too early to say')
    """
    return CLASS_WORDS.get(word, TOO_FEW_MONTHS)[0]


def say_meaning(word: str) -> str:
    """Return what the class of a past means.

    Examples
    --------
    >>> say_meaning("persistent")
    'has stood out nearly always'
    """
    return CLASS_WORDS.get(word, TOO_FEW_MONTHS)[1]


def say_judged(facts: Mapping[str, Any]) -> str:
    """Say over which months pasts were judged; empty where they were not.

    Examples
    --------
    >>> say_judged({"months": ["2025-06", "2026-05"], "unobserved": [], "window": 6})
    'Judged by the ground of the place, June 2025 to May 2026, 6 months at a time.'
    """
    months = facts.get("months") or []
    if not months:
        return ""
    left_out = ", ".join(say_month(month) for month in facts["unobserved"])
    without = f" without {left_out}," if left_out else ""
    return (
        f"Judged by the ground of the place, {say_month(months[0])} to {say_month(months[-1])},"
        f"{without} {facts['window']} months at a time."
    )


def past_of(run: HotspotRun, rank: int) -> Mapping[str, Any]:
    """Return what a run's facts hold of the past of one of its places; empty where nothing."""
    past: Mapping[str, Any] = (run.facts.get("pasts") or {}).get("places", {}).get(str(rank), {})
    return past


def with_past(run: HotspotRun) -> HotspotRun:
    """Return a run whose hotspots carry how far they are snapped, and their past, for files."""
    ranks = run.hotspots["rank"]
    words = [str(past_of(run, rank).get("class", "")) for rank in ranks]
    shares = [round(snapped_share(run, rank), 3) for rank in ranks]
    told = {"snapped_share": shares, "past": pd.array(words, dtype="str")}
    return replace(run, hotspots=run.hotspots.assign(**told))


def snapped_share(run: HotspotRun, rank: object) -> float:
    """Return the share of a hotspot's incidents that were moved to points on streets."""
    return float(run.facts.get("snapped", {}).get(str(rank), 0.0))


def say_snapped(run: HotspotRun, rank: object) -> str:
    """Say that a hotspot is as exact as the points its incidents were moved to; empty if not."""
    share = snapped_share(run, rank)
    if share <= SNAPPED:
        return ""
    return (
        f"{share:.0%} of its incidents were moved to points on streets before they came here: it"
        " stands for a street or a site, not an address"
    )


def say_pasts(run: HotspotRun, rank: int) -> list[tuple[str, str]]:
    """Return what stands under "Why?" of the past of one place."""
    past = past_of(run, rank)
    if not past:
        return []
    word, judged = past["class"], say_judged(run.facts["pasts"])
    count = f"It stood out in {len(past['hot'])} of {past['judged']} months." if word else ""
    said = (f"{say_class(word)}: {say_meaning(word)}.", count, judged)
    told = [("What it is", " ".join(filter(None, said)))]
    if past["year_ago"]:
        in_doubt = bool(run.facts.get("doubts_year_ago"))
        told.append(("A year ago", _say_year_ago(past["year_ago"], in_doubt=in_doubt)))
    if past["peak"]:
        told.append(("Found at its peak", say_peak(past["peak"])))
    return told


def _say_year_ago(found: Mapping[str, Any], *, in_doubt: bool) -> str:
    doubt = f"; {IN_DOUBT}" if in_doubt else ""
    word = CHANGE_WORDS[found["change"]].lower()
    return f"{found['then']:,} on the same ground, now {found['now']:,}: {word}{doubt}"


def say_peak(peak: Mapping[str, float]) -> str:
    """Say that a place was found at its peak.

    Examples
    --------
    >>> say_peak({"now": 14.0, "usual": 5.2})
    '14 a month where 5.2 were usual. Such a peak falls by itself: a fall alone proves nothing.'
    """
    return (
        f"{peak['now']:.3g} a month where {peak['usual']:.2g} were usual. Such a peak falls by"
        " itself: a fall alone proves nothing."
    )


def say_ratio(now: float, before: float) -> str:
    """Say how many times as many there are, with the range chance leaves open.

    Examples
    --------
    >>> say_ratio(34, 21)
    '1.6 times as many; chance leaves 0.91 to 2.9 times open'
    >>> say_ratio(9, 0)
    'none before; chance leaves 2 times and more open'
    """
    found = compare_periods(int(now), int(before))
    times = f"{found.ratio:.2g} times as many" if before else "none before"
    if found.high == float("inf"):
        return f"{times}; chance leaves {found.low:.2g} times and more open"
    return f"{times}; chance leaves {found.low:.2g} to {found.high:.2g} times open"


def warn_of_past(run: HotspotRun, rank: int) -> tuple[str, ...]:
    """Warn where a place was found at its peak; nothing else of its past needs a warning."""
    peak = past_of(run, rank).get("peak")
    return (f"Found at its peak: {say_peak(peak)}",) if peak else ()
