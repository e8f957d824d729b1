"""Options that several commands share, in the words of the contract."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aim.config import Settings
    from aim.model.filters import IncidentFilter
    from aim.model.hotspots import HotspotParameters
    from aim.store import Store

from aim.cli.opening import the_actor

Ward = Annotated[list[str] | None, typer.Option(help="Ward code or name; repeatable.")]
WardSet = Annotated[str | None, typer.Option(help="Boundary set; the current one if not given.")]
Type = Annotated[
    list[str] | None, typer.Option("--type", help="Incident type or theme; repeatable.")
]
Source = Annotated[list[str] | None, typer.Option(help="Source; repeatable.")]
Since = Annotated[str | None, typer.Option(help="First day, such as 2026-04-01.")]
Until = Annotated[str | None, typer.Option(help="Day after the last, such as 2026-05-01.")]
Hours = Annotated[str | None, typer.Option(help="Clock hours, such as 20-04.")]
Days = Annotated[str | None, typer.Option(help="Days, such as fri,sat.")]
Area = Annotated[str | None, typer.Option(help="west,south,east,north in degrees, or SET:CODE.")]
IncludeOutside = Annotated[
    bool, typer.Option("--include-outside", help="Let incidents outside every ward take part.")
]
CountLinked = Annotated[
    str | None,
    typer.Option(help="Reports of one event that count as one: confirmed, once or as-reported."),
]
EpsM = Annotated[float | None, typer.Option(help="Neighbourhood radius in metres; 150.")]
MinSamples = Annotated[str | None, typer.Option(help="Incidents that make a place dense; auto.")]
NoSplit = Annotated[bool, typer.Option("--no-split", help="Plain DBSCAN: split nothing.")]
ClusterWithin = Annotated[
    bool, typer.Option("--cluster-within", help="Cluster the named wards alone.")
]
Out = Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")]


def filter_words(
    ward: list[str] | None,
    ward_set: str | None,
    types: list[str] | None,
    source: list[str] | None,
    since: str | None,
    until: str | None,
    hours: str | None,
    days: str | None,
    area: str | None,
    include_outside: bool,
    count_linked: str | None,
) -> dict[str, object]:
    """Name the filter words as the contract does."""
    return {
        "ward": ward,
        "ward-set": ward_set,
        "type": types,
        "source": source,
        "since": since,
        "until": until,
        "hours": hours,
        "days": days,
        "area": area,
        "include-outside": include_outside,
        "count-linked": count_linked,
    }


def read_asked(
    settings: "Settings",
    store: "Store",
    words: dict[str, object],
    eps_m: float | None,
    min_samples: str | None,
    no_split: bool,
    cluster_within: bool,
) -> tuple["IncidentFilter", "HotspotParameters"]:
    """Read the filter words and how to cluster."""
    from aim import workflows
    from aim.model.hotspots import HotspotParameters, read_min_samples

    parameters = HotspotParameters(
        eps_m=settings.eps_m if eps_m is None else eps_m,
        min_samples=read_min_samples(settings.min_samples if min_samples is None else min_samples),
        split=not no_split,
        cluster_within=cluster_within,
    )
    return workflows.read_words(store, the_actor(), words), parameters
