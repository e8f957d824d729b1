"""The register of events after which a feed's numbers mean something else."""

from typing import Annotated

import typer

from aim.cli.opening import open_hub, the_actor
from aim.cli.options import Type

breaks_app = typer.Typer(
    help="Events after which a feed's numbers mean something else.\n\nExample: aim breaks list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@breaks_app.command("add")
def breaks_add(
    day: Annotated[str, typer.Argument(metavar="DAY", help="First day of the new way.")],
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="recording-rule change, system migration, new reporting route, boundary change"
            " or other.",
        ),
    ],
    source: Annotated[str, typer.Option(help="Source it touches; all if not given.")] = "",
    types: Type = None,
    note: Annotated[str, typer.Option(help="What readers should know.")] = "",
) -> None:
    """Enter an event; comparisons across its day carry a warning.

    Example: aim breaks add 2026-04-01 "system migration" --source wardens
    """
    from aim import workflows
    from aim.model.breaks import Break
    from aim.model.filters import read_filter
    from aim.model.times import read_day

    opened = tuple(sorted(read_filter({"type": types}).incident_types()))
    entry = Break(read_day(day, "day"), kind, source, opened, note)  # type: ignore[arg-type]  # it reads the word
    with open_hub() as (_, store):
        saved = workflows.add_break(store, the_actor(), entry)
    typer.echo(f"Event {saved.number} entered.")


@breaks_app.command("list")
def breaks_list() -> None:
    """List the register, by day.

    Example: aim breaks list
    """
    from aim import workflows

    with open_hub() as (_, store):
        for saved in workflows.break_list(store, the_actor()):
            entry = saved.entry
            who = entry.source or "every source"
            typer.echo(f"{saved.number}  {entry.day}  {entry.kind}  {who}  {entry.note}".rstrip())


@breaks_app.command("remove")
def breaks_remove(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="aim breaks list.")],
) -> None:
    """Take an event out of the register.

    Example: aim breaks remove 3
    """
    from aim import workflows

    with open_hub() as (_, store):
        workflows.remove_break(store, the_actor(), number)
    typer.echo(f"Event {number} removed.")
