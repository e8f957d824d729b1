"""When in the week things happen."""

import typer

from aim.cli.opening import check_table_format, open_hub, the_actor, today, write_out
from aim.cli.options import (
    Out,
    TableFormat,
    Words,
    takes_filters,
)

times_commands = typer.Typer()


@times_commands.command()
@takes_filters()
def times(
    words: Words,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Say which hours and days things happen in; needs sources that know the day.

    Example: aim times --type asb --since 2026-01-01
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store):
        wanted = workflows.read_words(store, the_actor(), words)
        if file_format == "table":
            write_out(workflows.times_text(store, the_actor(), wanted).encode(), out)
            return
        file = workflows.export_times(
            store, the_actor(), wanted, settings, file_format=file_format, made=today()
        )
        write_out(file.content, out)
