"""Which sources see a hotspot: each on its own, or only together."""

from collections.abc import Mapping
from dataclasses import replace

from aim.analysis import compare_sources, corroborate_hotspots
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotRun
from aim.model.people import Reach
from aim.store import Store
from aim.workflows.hotspots import searched

# Under this name a run's facts keep which sources see each hotspot.
FACT = "seen_by"
_TOGETHER = "all together"


def with_sources(store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun) -> HotspotRun:
    """Return a run that knows which sources see each of its hotspots; a judge of searches.

    Parameters
    ----------
    wanted
        The filter of the run; its wards choose nothing here.

    Returns
    -------
    HotspotRun
        ``facts["seen_by"]`` by rank: ``alone``, the sources that find a hotspot on that ground in
        their own reports; ``together``, those whose reports are in it and do not; ``only``, the
        one source where there is no other, else empty. As the page of sources finds them.
    """
    everywhere = wanted if run.parameters.cluster_within else wanted.without_wards()
    reports = store.incidents(everywhere, reach, columns=("incident_id", "source"))
    # A report may have gone since a run was kept.
    members = run.members[run.members["incident_id"].isin(reports["incident_id"])]
    if members.empty:
        return run
    told = corroborate_hotspots(members, reports).set_index("rank")
    named = members.merge(reports, on="incident_id").groupby("rank")["source"].agg(set).to_dict()
    several = (told["sources"] > 1).any()
    found = {
        source: searched(store, reach, replace(everywhere, sources=(source,)), run.parameters)
        for source in sorted(set().union(*named.values()))
        if several
    }
    alone = _met(run, found) if found else {}
    seen = {
        str(rank): {
            "alone": sorted(sources & alone.get(str(rank), set())),
            "together": sorted(sources - alone.get(str(rank), set())),
            "only": next(iter(sources)) if len(sources) == 1 else "",
        }
        for rank, sources in named.items()
    }
    return replace(run, facts=run.facts | {FACT: seen})


def _met(run: HotspotRun, found: Mapping[str, HotspotRun]) -> dict[str, set[str]]:
    """Return by rank the sources whose own hotspots share ground with one of all together."""
    shapes = {_TOGETHER: run.hotspots} | {source: one.hotspots for source, one in found.items()}
    places = compare_sources(shapes).places
    own = places[places["source"] == _TOGETHER]
    return {
        str(rank): set(sources.split("; ")) - {_TOGETHER}
        for rank, sources in zip(own["rank"], own["sources"], strict=True)
    }


def say_seen(run: HotspotRun, rank: object) -> str:
    """Say which sources see a hotspot; empty where that was not looked at."""
    seen = run.facts.get(FACT, {}).get(str(rank))
    if not seen:
        return ""
    return say_sources_seen(seen["alone"], seen["together"], seen["only"])


def say_sources_seen(alone: list[str], together: list[str], only: str = "") -> str:
    """Say who sees a place on its own, and who only with others.

    Examples
    --------
    >>> say_sources_seen(["police", "wardens"], ["councillors"])
    'police and wardens each see it on their own; councillors only together with others.'
    >>> say_sources_seen([], ["police", "wardens"])
    'No source sees it on its own: police and wardens only together.'
    >>> say_sources_seen([], ["wardens"], "wardens")
    'wardens alone; no other source reports here.'
    """
    if only:
        return f"{only} alone; no other source reports here."
    if not alone:
        return f"No source sees it on its own: {_join(together)} only together."
    verb = "sees it on its own" if len(alone) == 1 else "each see it on their own"
    rest = f"; {_join(together)} only together with others" if together else ""
    return f"{_join(alone)} {verb}{rest}."


def _join(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
