"""The history of places, and of counts against what is usual."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aim.config import Settings
    from aim.model.filters import IncidentFilter
    from aim.store import Store

from aim.cli.opening import as_asked, check_table_format, open_hub, the_actor, waiting, write_out
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
        asked = (store, the_actor(), wanted, parameters)
        content = as_asked(
            file_format,
            lambda: workflows.history_text(workflows.place_history(*asked, months=months), wanted),
            partial(workflows.export_history, *asked, settings, months=months),
        )
    write_out(content, out)


def control_charts(
    settings: "Settings", store: "Store", wanted: "IncidentFilter", file_format: str
) -> bytes:
    """Return control charts as text or as a file."""
    from aim import workflows

    with waiting("Drawing control charts"):
        asked = (store, the_actor(), wanted)
        return as_asked(
            file_format,
            lambda: workflows.control_text(workflows.control_charts(*asked), wanted),
            partial(workflows.export_control, *asked, settings),
        )
