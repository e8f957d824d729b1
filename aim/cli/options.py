"""Options that several commands share, in the words of the contract."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

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
TableFormat = Annotated[str, typer.Option("--format", help="table, csv or json.")]
Words = dict[str, object]
Out = Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")]


# By the names the functions of commands have for them; what is not given is None or False.
_FILTERS: dict[str, Any] = {
    "ward": Ward,
    "ward_set": WardSet,
    "types": Type,
    "source": Source,
    "since": Since,
    "until": Until,
    "hours": Hours,
    "days": Days,
    "area": Area,
    "include_outside": IncludeOutside,
    "count_linked": CountLinked,
}
# How the contract writes a filter, where it is not the name with hyphens.
_WORDS = {"types": "type"}


def takes_filters(*without: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the filter options, but for some; it gets them together as ``words``.

    Examples
    --------
    >>> @takes_filters("ward", "area")
    ... def count(words: Words, out: str = "") -> None: ...
    >>> list(inspect.signature(count).parameters)[:3]
    ['ward_set', 'types', 'source']
    """
    options = {name: kind for name, kind in _FILTERS.items() if name not in without}
    return takes_together("words", options, _filter_words)


def _filter_words(given: Words) -> Words:
    return {_WORDS.get(name, name.replace("_", "-")): value for name, value in given.items()}


def takes_together(
    into: str, options: Mapping[str, Any], read: Callable[[Words], Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command options it gets together, where one parameter of its own stands.

    Parameters
    ----------
    into
        The parameter that gets them.
    options
        Annotated types by the names of the options; what is not given is None or False.
    read
        Makes what the command gets of the options by name.

    Examples
    --------
    >>> @takes_together("told", {"since": Since, "until": Until}, lambda given: given)
    ... def count(kind: str, told: Words, out: str = "") -> None: ...
    >>> list(inspect.signature(count).parameters)
    ['kind', 'since', 'until', 'out']
    """

    def give(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_options(**given: object) -> None:
            together = {name: given.pop(name) for name in options}
            command(**{into: read(together)}, **given)

        shown: list[inspect.Parameter] = []
        for one in inspect.signature(command).parameters.values():
            taken = [_parameter(*option) for option in options.items()]
            shown += taken if one.name == into else [one.replace(kind=_KEYWORD)]
        with_options.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]  # what typer reads
        with_options.__annotations__ = {one.name: one.annotation for one in shown}
        return with_options

    return give


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def _parameter(name: str, annotation: Any) -> inspect.Parameter:
    default = False if get_args(annotation)[0] is bool else None
    return inspect.Parameter(name, _KEYWORD, default=default, annotation=annotation)


def read_asked(
    settings: "Settings",
    store: "Store",
    words: Words,
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


def refuse_options(ctx: typer.Context) -> None:
    """Refuse options given before a sub-command: it would not see them."""
    given = [name for name in ctx.params if _is_given(ctx, name)]
    if given:
        raise typer.BadParameter(
            f"give options after {ctx.invoked_subcommand!r}, which would not see them here"
        )


def _is_given(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
