"""Whose data is it: the hotspots of each source beside each other, and what all of them see.

Residents ring the police about some streets and tell only the wardens about others. A place that
one source alone sees may be hidden from the rest, or lie where that source alone looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from aim import __version__
from aim.access import reach_of, require
from aim.analysis import (
    PatternAgreement,
    SourceComparison,
    compare_patterns,
    compare_sources,
    corroborate_hotspots,
)
from aim.config import Settings
from aim.errors import ParameterError
from aim.exports import Listing, text_table
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.people import Action, Actor, Reach
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.counting import count_by
from aim.workflows.doubts import doubts_within
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.hotspots import searched
from aim.workflows.stamps import stamp_of
from aim.workflows.tables import Column, TableView, percent, table_view, whole
from aim.workflows.views import ExportedFile, FilterForm
from aim.workflows.words import say_filter, say_number

LEAST = 2
SEED = 1
SHOWN = {
    "places": "Hotspots of each source",
    "pairs": "How far two sources agree",
    "combined": "Hotspots of all sources together",
}


@dataclass(frozen=True, slots=True)
class SourceFindings:
    """What comparing the sources found.

    Attributes
    ----------
    places
        One row a hotspot of a source: ``source``, ``rank``, ``place``, ``incidents``, ``seen_by``,
        ``sources`` and ``hidden_from`` (names with a semicolon between). From a source that has no
        hotspot at all nothing counts as hidden.
    pairs
        One row for each two sources: how many hotspots each has, how many of each meet one of the
        other, ``jaccard`` (of the ground), and by area ``s``, ``s_used`` and ``spread`` in words
        (missing where one of them has no incident).
    combined
        One row a hotspot of all of them together: ``rank``, ``place``, ``incidents``, ``sources``
        (how many), ``main_source``, ``main_share``, ``only_source`` and ``told_twice`` (events
        that two sources reported).
    words
        What each source does not see, a sentence a source.
    warnings
        What to know before using it.
    facts
        Plain values that travel with it.
    """

    places: pd.DataFrame
    pairs: pd.DataFrame
    combined: pd.DataFrame
    words: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def table(self, shown: str) -> pd.DataFrame:
        """Return one of the three tables.

        Raises
        ------
        ParameterError
            There is no such table.
        """
        _check_shown(shown)
        frame: pd.DataFrame = getattr(self, shown)
        return frame


@dataclass(frozen=True, slots=True)
class SourcesView:
    """Everything on the page of sources side by side."""

    query: str
    form: FilterForm
    summary: str
    words: tuple[str, ...]
    tables: tuple[tuple[str, TableView], ...]  # what it is asked with in an address
    fault: str
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


def find_source_differences(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters | None = None,
    *,
    seed: int = SEED,
) -> SourceFindings:
    """Find the hotspots of each source alone and of all together, and compare them.

    Parameters
    ----------
    wanted
        The filter; its sources, or all that have an incident in it. Wards choose nothing here.
    parameters
        How to cluster; the same for each source.
    seed
        Of the samples that Andresen's index draws.

    Raises
    ------
    ParameterError
        Fewer than two sources have an incident of the filter.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    asked = parameters or HotspotParameters()
    everywhere = wanted.without_wards()
    counts = count_by(store, reach, everywhere, by=("source", "ward_code"))
    sources = sorted(counts["source"].unique())
    if len(sources) < LEAST:
        raise ParameterError(
            f"Sources are compared with each other; of this filter {len(sources)} of them has"
            " incidents. Choose another period or type."
        )
    runs = {
        source: searched(store, reach, replace(everywhere, sources=(source,)), asked)
        for source in sources
    }
    together = searched(store, reach, everywhere, asked)
    compared = compare_sources({source: run.hotspots for source, run in runs.items()})
    patterns = _patterns(store, reach, everywhere, counts, seed)
    seeing = [source for source in sources if len(runs[source].hotspots)]
    return SourceFindings(
        places=_places(compared, seeing),
        pairs=_pairs(compared, patterns),
        combined=_combined(store, reach, everywhere, together),
        words=tuple(_say_hidden(compared, source) for source in seeing),
        warnings=_warnings(compared, runs, doubts_within(store, reach, everywhere)),
        facts={
            "filter": everywhere.words(),
            "min_samples": {source: run.min_samples for source, run in runs.items()},
            "seed": seed,
            "data_version": store.data_version(),
            "program_version": __version__,
        },
    )


def export_sources(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    shown: str,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write one of the tables of sources to a file."""
    require(actor, Action.EXPORT)
    _check_shown(shown)
    found = find_source_differences(store, actor, wanted, parameters)
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    listing = Listing(
        SHOWN[shown],
        found.table(shown),
        stamp,
        notes=(*found.words, *found.warnings),
        parameters=parameters.as_dict(),
        facts=found.facts,
        name=shown,
    )
    return hand_out(store, actor, listing, wanted, f"sources-{shown}", file_format)


def sources_text(
    store: Store, actor: Actor, wanted: IncidentFilter, parameters: HotspotParameters
) -> str:
    """Return the comparison of the sources for a terminal."""
    found = find_source_differences(store, actor, wanted, parameters)
    head = "\n".join((say_filter(wanted, {}), *found.words, *found.warnings))
    tables = "\n".join(
        f"{name}\n{text_table(found.table(shown).round(2))}" for shown, name in SHOWN.items()
    )
    return f"{head}\n\n{tables}"


def sources_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    fault: str = "",
) -> SourcesView:
    """Build the page of sources side by side.

    Parameters
    ----------
    fault
        Why there is no comparison, shown in its place.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    found = None
    if not fault:
        found = find_source_differences(store, actor, wanted, parameters)
        count_view(store, actor, "sources")
    stamp = stamp_of(store, actor, wanted, settings)
    return SourcesView(
        query=wanted.query(),
        form=filter_form(store, reach, wanted),
        summary=say_filter(wanted, {}),
        words=found.words if found else (),
        tables=tuple(
            (shown, table_view(found.table(shown), name, _COLUMNS[shown]))
            for shown, name in SHOWN.items()
        )
        if found
        else (),
        fault=fault,
        warnings=found.warnings if found else (),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _check_shown(shown: str) -> None:
    if shown not in SHOWN:
        raise ParameterError(f"The tables are {', '.join(SHOWN)}; found {shown!r}.")


def _places(compared: SourceComparison, sources: list[str]) -> pd.DataFrame:
    places = compared.places.rename(columns={"name": "place"})
    hidden = [
        "; ".join(source for source in sources if source not in seen.split("; "))
        for seen in places["sources"]
    ]
    return places.assign(hidden_from=pd.Series(hidden, index=places.index, dtype="str"))


def _patterns(
    store: Store, reach: Reach, wanted: IncidentFilter, counts: pd.DataFrame, seed: int
) -> dict[tuple[str, str], PatternAgreement]:
    """Compare how two sources spread over the areas of the set; the larger one is the base."""
    codes = store.wards(reach, ward_set=wanted.ward_set)["ward_code"]
    table = counts.dropna(subset=["ward_code"]).pivot_table(
        index="ward_code", columns="source", values="incidents", fill_value=0
    )
    by_area = table.reindex(codes, fill_value=0)
    held = [str(source) for source in by_area.columns if by_area[source].sum()]
    return {
        (one, other): compare_patterns(
            *sorted((by_area[one], by_area[other]), key=lambda spread: -spread.sum()),
            rng=np.random.default_rng(seed),
        )
        for one, other in combinations(held, 2)
    }


def _pairs(
    compared: SourceComparison, patterns: Mapping[tuple[str, str], PatternAgreement]
) -> pd.DataFrame:
    pairs = compared.pairs
    found = [
        patterns.get((str(one), str(other)))
        for one, other in zip(pairs["source"], pairs["other"], strict=True)
    ]
    return pairs.assign(
        s=pd.Series([one.s if one else None for one in found], dtype="float64"),
        s_used=pd.Series([one.s_used if one else None for one in found], dtype="float64"),
        spread=pd.Series([_SPREAD[one.words] if one else None for one in found], dtype="str"),
    )


_SPREAD = {
    "similar": "spread alike",
    "dissimilar": "spread differently",
    "neither": "neither alike nor different",
}


def _combined(store: Store, reach: Reach, wanted: IncidentFilter, run: HotspotRun) -> pd.DataFrame:
    told = store.incidents(wanted, reach, columns=("incident_id", "source"), located_only=True)
    found = corroborate_hotspots(run.members, told)
    names = dict(zip(run.hotspots["rank"], run.hotspots["name"], strict=True))
    twice = run.facts.get("corroborated", {})
    found.insert(1, "place", found["rank"].map(names).astype("str"))
    events = [int(twice.get(str(rank), {}).get("events", 0)) for rank in found["rank"]]
    return found.assign(told_twice=pd.Series(events, index=found.index, dtype="int64"))


def _say_hidden(compared: SourceComparison, source: str) -> str:
    blind = compared.hidden(source)
    if blind.empty:
        return f"{source} sees every place that another source sees."
    others = ", ".join(
        f"{place} ({seen})"
        for place, seen in blind.drop_duplicates("name")[["name", "source"]].head(_NAMED).to_numpy()
    )
    more = blind["name"].nunique() - _NAMED
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"Hidden from {source}: {say_number(len(blind), 'hotspot', 'hotspots')} of other sources,"
        f" {others}{rest}."
    )


_NAMED = 5
_ALONE = (
    "A place that one source alone sees may be hidden from the others, or lie where that source"
    " alone looks: ask before either is believed."
)


def _warnings(
    compared: SourceComparison, runs: Mapping[str, HotspotRun], doubts: tuple[str, ...]
) -> tuple[str, ...]:
    told = [_ALONE, *compared.warnings, *doubts]
    told += [
        f"{source}: {words}"
        for source, run in runs.items()
        if len(run.hotspots)
        for words in run.warnings
    ]
    return tuple(dict.fromkeys(told))


_COLUMNS = {
    "places": (
        Column("source", "Source"),
        Column("place", "Place"),
        whole("Incidents", "incidents"),
        whole("Sources that see it", "seen_by"),
        Column("hidden_from", "Hidden from"),
    ),
    "pairs": (
        Column("source", "Source"),
        Column("other", "Other source"),
        whole("Its hotspots", "hotspots"),
        whole("Met by the other", "met"),
        whole("Hotspots of the other", "other_hotspots"),
        whole("Met by it", "other_met"),
        percent("Ground in common", "jaccard"),
        percent("Areas alike", "s"),
        Column("spread", "Over the areas"),
    ),
    "combined": (
        whole("Rank", "rank"),
        Column("place", "Place"),
        whole("Incidents", "incidents"),
        whole("Sources", "sources"),
        Column("main_source", "Mostly from"),
        percent("Its share", "main_share"),
        whole("Events told twice", "told_twice"),
    ),
}
