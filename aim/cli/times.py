"""When in the week things happen."""

from typing import Annotated

import typer

from aim.cli.opening import check_table_format, open_hub, the_actor, today, write_out
from aim.cli.options import (
    Area,
    CountLinked,
    Days,
    Hours,
    IncludeOutside,
    Out,
    Since,
    Source,
    Type,
    Until,
    Ward,
    WardSet,
    filter_words,
)

times_commands = typer.Typer()


@times_commands.command()
def times(
    ward: Ward = None,
    ward_set: WardSet = None,
    types: Type = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    hours: Hours = None,
    days: Days = None,
    area: Area = None,
    include_outside: IncludeOutside = False,
    count_linked: CountLinked = None,
    file_format: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    out: Out = None,
) -> None:
    """Say which hours and days things happen in; needs sources that know the day.

    Example: aim times --type asb --since 2026-01-01
    """
    from aim import workflows

    check_table_format(file_format)
    words = filter_words(
        ward,
        ward_set,
        types,
        source,
        since,
        until,
        hours,
        days,
        area,
        include_outside,
        count_linked,
    )
    with open_hub() as (settings, store):
        wanted = workflows.read_words(store, the_actor(), words)
        if file_format == "table":
            write_out(workflows.times_text(store, the_actor(), wanted).encode(), out)
            return
        file = workflows.export_times(
            store, the_actor(), wanted, settings, file_format=file_format, made=today()
        )
        write_out(file.content, out)
