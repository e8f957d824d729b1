"""The paper of a group or a meeting."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, the_actor, today, write_out
from aim.cli.options import Out

packs_commands = typer.Typer()
log_command = typer.Typer()


@packs_commands.command()
def pack(
    group: Annotated[
        str, typer.Argument(metavar="GROUP", help="The group's number: aim group list.")
    ] = "",
    meeting: Annotated[
        str, typer.Option(help="The pack of a meeting instead: its number, or newest.")
    ] = "",
    file_format: Annotated[
        str, typer.Option("--format", help="pdf, docx, xlsx or pptx; else what FILE ends with.")
    ] = "",
    out: Out = None,
) -> None:
    """Write the pack of a group or a meeting: places with maps, actions, results, doubts.

    Example: aim pack --meeting newest --out monday.docx
    """
    from aim import workflows

    if bool(group) == bool(meeting):
        raise typer.BadParameter("give the number of a group, or --meeting with a meeting's")
    with open_hub() as (settings, store):
        made = workflows.export_pack(
            store,
            the_actor(),
            settings,
            group=group,
            meeting=meeting,
            file_format=file_format or _ending(out),
            today=today(),
        )
    write_out(made.content, out)


@log_command.command("log")
def log(
    meeting: Annotated[str, typer.Argument(metavar="MEETING", help="Its number, or newest.")],
    out: Annotated[Path, typer.Option(help="The Word file to write.")],
) -> None:
    """Write what a meeting decided as a Word file.

    Example: aim meeting log newest --out decisions.docx
    """
    from aim import workflows

    with open_hub() as (settings, store):
        made = workflows.export_log(store, the_actor(), meeting, settings, today=today())
    write_out(made.content, out)


def _ending(out: Path | None) -> str:
    return out.suffix.lstrip(".").casefold() if out else "pdf"
