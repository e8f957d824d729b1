"""Harm beside counts, by the weights a partnership has agreed; nothing where it has none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aim.analysis import HarmWeights, rank_by_harm, read_harm_weights
from aim.config import Settings
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotRun
from aim.model.people import Reach
from aim.store import Store
from aim.workflows.hotspots import Judge
from aim.workflows.searching import taking_part

# Under this name a run's facts keep its harm.
FACT = "harm"
_WEIGHED = ("incident_id", "source", "feed", "incident_type", "easting", "northing")


@dataclass(frozen=True, slots=True)
class HarmRank:
    """The rank by harm of every hotspot of a run; a judge of ``find_hotspots``.

    Attributes
    ----------
    weights
        The partnership's table.
    """

    weights: HarmWeights

    def __call__(
        self, store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun
    ) -> HotspotRun:
        """Return the run with the harm of each hotspot and its rank by it."""
        incidents, *_ = taking_part(store, reach, wanted, run.parameters, columns=_WEIGHED)
        ranking = rank_by_harm(run.members, incidents, self.weights)
        found = ranking.hotspots.set_index("rank").loc[run.hotspots["rank"]]
        kept = {
            "weights": ranking.weights,
            "unit": self.weights.unit,
            "warnings": list(ranking.warnings),
            "by_rank": {
                str(rank): {
                    "harm": float(one["harm"]),
                    "harm_rank": int(one["harm_rank"]),
                    "confidence": str(one["confidence"]),
                }
                for rank, one in found.to_dict("index").items()
            },
        }
        hotspots = run.hotspots.assign(
            harm=found["harm"].to_numpy(),
            harm_rank=found["harm_rank"].astype("int64").to_numpy(),
            harm_confidence=found["confidence"].astype("str").to_numpy(),
        )
        return replace(run, hotspots=hotspots, facts=run.facts | {FACT: kept})


def harm_judges(settings: Settings) -> tuple[Judge, ...]:
    """Return the judge of harm where a table of weights is set, else none.

    The table that comes with the program weighs everything alike: it would say the count again.

    Raises
    ------
    ParameterError
        The table cannot be read or used.
    """
    if settings.harm_weights is None:
        return ()
    return (HarmRank(read_harm_weights(settings.harm_weights)),)


def why_harm(run: HotspotRun, rank: object) -> tuple[tuple[str, str], ...]:
    """Return what stands under "Why?" of the harm of one hotspot; nothing where none is kept."""
    kept: Mapping[str, Any] = run.facts.get(FACT, {})
    one = kept.get("by_rank", {}).get(str(rank))
    if not one:
        return ()
    doubt = "; low confidence, most of it is of coarse types" if one["confidence"] == "low" else ""
    ranks = f"{one['harm_rank']} of {len(kept['by_rank'])}, by count {rank}"
    return (
        ("Rank by harm", f"{ranks}: {one['harm']:,.0f} {kept['unit']}{doubt}"),
        ("Harm weights", " ".join((f"{kept['weights']}.", *kept["warnings"]))),
    )
