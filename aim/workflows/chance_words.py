"""What a test against chance found, in the words people read; the statistics for who asks why."""

import numpy as np

from aim.analysis import Null
from aim.model.hotspots import HotspotRun
from aim.model.words import say_p

# Under this name a run's facts keep its test.
FACT = "significance"
_SAID = {
    Null.UNIFORM: "incidents spread evenly over the area",
    Null.AT_RISK: "incidents spread as people live",
    Null.LABELS: "these types dealt out at random among all incidents",
}
_MIDDLE, _HIGH = 0.5, 0.95
# A tenth of an incident more or less says nothing.
_FEWEST = 0.1


def say_test(run: HotspotRun) -> tuple[str, ...]:
    """Return how a run was tested, and what to know of it, as sentences; none if it was not."""
    kept = run.facts.get(FACT)
    if not kept:
        return ()
    if not kept["done"]:
        return ("Not tested against chance: there is no hotspot to test.",)
    stopped = f" of {kept['runs']:,}, stopped early" if kept["done"] < kept["runs"] else ""
    seed = "" if kept["seed"] is None else f", seed {kept['seed']}"
    told = (
        f"Tested against chance: {_SAID[Null(kept['null'])]}, in {kept['area']};"
        f" {kept['done']:,} runs{stopped} of {kept['incidents']:,} incidents{seed}, each searched"
        f" as here. {_say_largest(kept['largest'])}"
    )
    return (told, *kept["warnings"])


def _say_largest(table: list[list[int]]) -> str:
    """Say how large hotspots chance made.

    Examples
    --------
    >>> _say_largest([[0, 10], [7, 1]])
    'The largest hotspot of a run was none at all in the middle case, and 7 incidents or more in
    one run of twenty.'
    """
    sizes, runs = np.array(table).T
    largest = np.repeat(sizes, runs)
    middle, high = (int(np.quantile(largest, at, method="higher")) for at in (_MIDDLE, _HIGH))
    if not high:
        return "Hardly a run had any hotspot at all."
    usual = f"{middle:,} incidents" if middle else "none at all"
    return (
        f"The largest hotspot of a run was {usual} in the middle case, and {high:,} incidents or"
        " more in one run of twenty."
    )


def chance_of(run: HotspotRun, rank: object) -> str:
    """Return the words for a hotspot and chance; empty where it was not tested."""
    kept = run.facts.get(FACT, {}).get("by_rank", {}).get(str(rank))
    return str(kept["chance"]) if kept else ""


def why_chance(run: HotspotRun, rank: object) -> tuple[tuple[str, str], ...]:
    """Return the statistics of a hotspot's test, for people who are shown statistics."""
    kept = run.facts.get(FACT, {})
    one = kept.get("by_rank", {}).get(str(rank))
    if not one:
        return (("More than chance?", "Not tested; aim hotspots --test labels --save tests it."),)
    expected = f"{one['expected']:.1f}" if one["expected"] >= _FEWEST else f"below {_FEWEST}"
    told = (
        f"probability {say_p(one['p'])} that any place of a map of chance holds"
        f" {one['incidents']:,}; on this ground alone chance would put {expected}"
    )
    return (("The test", told), ("How it was tested", " ".join(say_test(run))))
