"""Likely reports of one event by several sources."""

from typing import Annotated

import typer

from aim.cli.opening import open_hub, the_actor, waiting

links_app = typer.Typer(
    help="Likely reports of one event by several sources.\n\nExample: aim links find",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@links_app.command("find")
def links_find() -> None:
    """Look for likely repeats between sources; nothing is deleted.

    Example: aim links find
    """
    from aim import workflows

    with open_hub() as (_, store), waiting("Looking for repeats"):
        report = workflows.find_links(store, the_actor())
    typer.echo(
        f"{report.pairs:,} likely pairs, {report.certain:,} with clock times on both sides;"
        f" {report.settled:,} were settled before."
    )


@links_app.command("list")
def links_list() -> None:
    """List the links, the likeliest first.

    Example: aim links list
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.link_text(store, the_actor()), nl=False)


@links_app.command("settle")
def links_settle(
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="confirm, refuse or reopen.")],
    one: Annotated[str, typer.Argument(metavar="INCIDENT", help="An id: aim links list.")],
    other: Annotated[str, typer.Argument(metavar="INCIDENT", help="The id linked to it.")],
) -> None:
    """Confirm or refuse a link, or reopen one; the answer is remembered.

    Example: aim links settle confirm 0a1b… 9f8e…
    """
    from aim import workflows

    if verdict not in {"confirm", "refuse", "reopen"}:
        raise typer.BadParameter(f"{verdict!r} is not confirm, refuse or reopen")
    with open_hub() as (_, store):
        workflows.settle_link(store, the_actor(), one, other, verdict)
    typer.echo("Remembered.")
