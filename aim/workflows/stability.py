"""How well hotspots stand: tested when asked, kept with the run, said in plain words."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aim.analysis import StabilityCheck, assess_stability
from aim.analysis.stability import RESAMPLES
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotRun
from aim.model.people import Reach
from aim.store import Store
from aim.workflows.searching import taking_part
from aim.workflows.stability_words import FACT


@dataclass(frozen=True, slots=True)
class StabilityTest:
    """Searches again with other settings and resampled incidents; a judge of ``find_hotspots``.

    Attributes
    ----------
    resamples, seed
        As ``resamples`` and ``rng`` of ``aim.analysis.assess_stability``.
    progress
        Told the share done.

    Examples
    --------
    >>> StabilityTest().resamples
    99
    """

    resamples: int = RESAMPLES
    seed: int = 0
    progress: Callable[[float], None] = lambda _share: None

    def __call__(
        self, store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun
    ) -> HotspotRun:
        """Return the run with how well each hotspot stands."""
        incidents = taking_part(store, reach, wanted, run.parameters)[0]
        found = assess_stability(
            incidents,
            run,
            resamples=self.resamples,
            rng=self.seed,
            data_version=store.data_version(),
            progress=lambda done, all_: self.progress(done / all_),
        )
        words = found.hotspots["stability"].to_numpy()
        return replace(
            run,
            hotspots=run.hotspots.assign(stability=words),
            facts=run.facts | {FACT: _fact(found)},
        )


def _fact(found: StabilityCheck) -> dict[str, object]:
    sentences = found.sentences()
    columns = (found.hotspots[name] for name in ("rank", "incidents", "stability"))
    return {
        "searches": len(found.sweep),
        "resamples": found.parameters["resamples"],
        "seed": found.seed,
        "data_version": found.data_version,
        "warnings": list(found.warnings),
        "sweep": found.sweep.to_dict("records"),
        "shares": {str(row["rank"]): row for row in found.hotspots.to_dict("records")},
        "by_rank": {
            str(rank): {"incidents": count, "stability": word, "told": sentences[rank]}
            for rank, count, word in zip(*columns, strict=True)
        },
    }
