"""How well hotspots stand, in the words people read; the counts for those who ask why."""

from collections.abc import Mapping
from typing import Any

from aim.analysis import Stability
from aim.model.hotspots import HotspotRun

# Under this name a run's facts keep what was found.
FACT = "stability"
_PLAIN = {
    Stability.SOLID: "Solid: it is found again when a little is changed",
    Stability.MODERATE: "Moderate: it is mostly found again when a little is changed",
    Stability.FRAGILE: "Fragile: change a little and it is mostly gone",
}


def say_stability(run: HotspotRun) -> tuple[str, ...]:
    """Return how it was tested how well hotspots stand, as sentences; none if it was not."""
    kept = run.facts.get(FACT)
    if not kept:
        return ()
    seed = "" if kept["seed"] is None else f", seed {kept['seed']}"
    told = (
        f"How well hotspots stand: {kept['searches']} searches with eps a fifth less or more and"
        f" min-samples one less or more, {kept['resamples']} with resampled incidents{seed}; solid"
        " is found again in four of five of both kinds, fragile in less than half of one."
    )
    return (told, *kept["warnings"])


def stability_of(run: HotspotRun, rank: object) -> str:
    """Return how well a hotspot stands, in plain words; empty where it was not tested."""
    kept = _kept(run, rank)
    return _PLAIN[Stability(kept["stability"])] if kept else ""


def why_stability(run: HotspotRun, rank: object) -> tuple[tuple[str, str], ...]:
    """Return the counts behind it, for people who are shown statistics."""
    kept = _kept(run, rank)
    return (("How it stands", str(kept["told"])),) if kept else ()


def _kept(run: HotspotRun, rank: object) -> Mapping[str, Any]:
    found: Mapping[str, Any] = run.facts.get(FACT, {}).get("by_rank", {}).get(str(rank), {})
    return found
