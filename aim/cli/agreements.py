"""Sharing agreements of the sources."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor

agreements_app = typer.Typer(
    help="Sharing agreements of the sources.\n\nExample: aim agreements list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@agreements_app.command("list")
def agreements_list() -> None:
    """List the agreement that holds for each source.

    Example: aim agreements list
    """
    from aim import workflows

    with open_hub() as (_, store):
        for saved in workflows.agreement_list(store, the_actor()):
            typer.echo(workflows.say_agreement_line(saved))


@agreements_app.command("set")
def agreements_set(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The agreement, as TOML.")],
) -> None:
    """Keep an agreement as the newest version for its source.

    Example: aim agreements set wardens.toml
    """
    from aim import workflows

    with open_hub() as (_, store):
        saved = workflows.set_agreement(store, the_actor(), file)
    say(f"Version {saved.version} of the agreement for {saved.agreement.source} is kept.")


@agreements_app.command("show")
def agreements_show(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The source's name.")],
) -> None:
    """Print every version of a source's agreement.

    Example: aim agreements show wardens
    """
    from aim import workflows

    with open_hub() as (_, store):
        for saved in workflows.agreement_versions(store, the_actor(), source):
            typer.echo(workflows.say_agreement(saved))
