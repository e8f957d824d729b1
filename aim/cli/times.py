"""When in the week things happen."""

from functools import partial

import typer

from aim.cli.opening import as_asked, check_table_format, open_hub, the_actor, write_out
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
        asked = (store, the_actor(), wanted)
        content = as_asked(
            file_format,
            lambda: workflows.times_text(*asked),
            partial(workflows.export_times, *asked, settings),
        )
    write_out(content, out)
