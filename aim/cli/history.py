"""The history of places, and of counts against what is usual."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aim.config import Settings
    from aim.model.filters import IncidentFilter
    from aim.store import Store

from aim.cli.opening import check_table_format, open_hub, the_actor, today, waiting, write_out
from aim.cli.options import (
    EpsM,
    MinSamples,
    NoSplit,
    Out,
    TableFormat,
    Words,
    read_asked,
    takes_filters,
)

history_commands = typer.Typer()


@history_commands.command()
@takes_filters()
def history(
    words: Words,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    no_split: NoSplit = False,
    months: Annotated[int, typer.Option(help="Months at most, to the newest complete one.")] = 24,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Follow places month by month: which are new, lasting, growing or over.

    Each month is searched together with the five before it.

    Example: aim history --type asb --months 12
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store), waiting("Following places"):
        wanted, parameters = read_asked(
            settings, store, words, eps_m, min_samples, no_split, cluster_within=False
        )
        if file_format == "table":
            found = workflows.place_history(store, the_actor(), wanted, parameters, months=months)
            content = workflows.history_text(found, wanted).encode()
        else:
            content = workflows.export_history(
                store,
                the_actor(),
                wanted,
                parameters,
                settings,
                months=months,
                file_format=file_format,
                made=today(),
            ).content
    write_out(content, out)


def control_charts(
    settings: "Settings", store: "Store", wanted: "IncidentFilter", file_format: str
) -> bytes:
    """Return control charts as text or as a file."""
    from aim import workflows

    with waiting("Drawing control charts"):
        if file_format == "table":
            charts = workflows.control_charts(store, the_actor(), wanted)
            return workflows.control_text(charts, wanted).encode()
        return workflows.export_control(
            store, the_actor(), wanted, settings, file_format=file_format, made=today()
        ).content
