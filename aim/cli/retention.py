"""Rows past their time, and people's questions about their own data."""

from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, write_out
from aim.cli.options import Out

retention_commands = typer.Typer()
subject_app = typer.Typer(
    help="Answer a person about their own data, by the sender's reference.\n\n"
    "Example: aim subject find W-1001 --source wardens",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Reference = Annotated[str, typer.Argument(metavar="REF", help="The sender's reference.")]
OfSource = Annotated[str, typer.Option("--source", help="Only this source.")]


@retention_commands.command()
def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List, and remove nothing.")] = False,
) -> None:
    """Remove rows that are past the time their agreement keeps them, for good.

    Example: aim retain --dry-run
    """
    from aim import workflows

    with open_hub() as (_, store):
        past = workflows.retain(store, the_actor(), dry_run=dry_run)
    for one in past:
        for line in one.lines():
            typer.echo(line)
    if not past:
        say("Nothing is past its time.")
    elif dry_run:
        say("Nothing was removed; aim retain removes it for good. Backups keep their rows.")
    else:
        members = sum(one.members for one in past)
        say(f"Removed for good; saved runs lost {members:,} members. Backups keep their rows.")


@subject_app.command("find")
def subject_find(reference: Reference, source: OfSource = "") -> None:
    """Say what is kept under a reference, and where.

    Example: aim subject find W-1001 --source wardens
    """
    from aim import workflows

    with open_hub() as (_, store):
        for line in workflows.find_subject(store, the_actor(), reference, source=source).lines():
            typer.echo(line)


@subject_app.command("export")
def subject_export(reference: Reference, source: OfSource = "", out: Out = None) -> None:
    """Write everything kept under a reference as JSON, free text and earlier contents included.

    Example: aim subject export W-1001 --source wardens --out answer.json
    """
    from aim import workflows

    with open_hub() as (_, store):
        content = workflows.export_subject(store, the_actor(), reference, source=source)
    write_out(content, out)


@subject_app.command("erase")
def subject_erase(reference: Reference, source: OfSource = "") -> None:
    """Erase everything kept under a reference for good; it is not taken in again.

    Example: aim subject erase W-1001 --source wardens
    """
    from aim import workflows

    with open_hub() as (_, store):
        gone = workflows.erase_subject(store, the_actor(), reference, source=source)
    say(
        f"Erased for good: {gone.rows:,} rows, {gone.earlier:,} earlier contents, {gone.links:,}"
        f" links, {gone.members:,} memberships of saved runs. Backups keep their rows."
    )
