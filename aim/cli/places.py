"""Places that find positions for reports without one."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, waiting

places_app = typer.Typer(
    help="Places that find positions for reports without one.\n\nExample: aim places review",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@places_app.command("load")
def places_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Postcodes, properties, streets.")],
    kind: Annotated[str | None, typer.Option(help="postcode, uprn, street or known.")] = None,
    name: Annotated[str | None, typer.Option("--set", help="Name of the set.")] = None,
) -> None:
    """Load places, and find positions with them for reports that have none.

    Example: aim places load streets.geojson --kind street
    """
    from aim import workflows

    with open_hub() as (_, store), waiting(f"Loading {file.name}"):
        report = workflows.add_places(store, the_actor(), file, kind=kind, name=name)
    typer.echo(
        f"{report.name}: {report.places:,} places loaded, {report.placed:,} reports placed,"
        f" {report.to_review:,} to review."
    )
    for note in report.notes:
        say(f"  {note}")


@places_app.command("list")
def places_list() -> None:
    """List the loaded sets of places.

    Example: aim places list
    """
    from aim import workflows

    with open_hub() as (_, store):
        for one in workflows.place_set_list(store, the_actor()):
            typer.echo(f"{one.name}  {one.places:,} places  {one.file_name}")


@places_app.command("review")
def places_review() -> None:
    """List the words that name a place, but not surely enough.

    Example: aim places review
    """
    from aim import workflows

    with open_hub() as (_, store), waiting("Looking at reports without a position"):
        text = workflows.review_text(store, the_actor())
    typer.echo(text, nl=False)


@places_app.command("answer")
def places_answer(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The words: aim places review.")],
    ward: Annotated[str, typer.Option(help="The ward said with them.")] = "",
    at: Annotated[str | None, typer.Option(help="easting,northing in metres.")] = None,
    nowhere: Annotated[bool, typer.Option("--nowhere", help="They name no place.")] = False,
) -> None:
    """Answer the review list; the answer is remembered for every later delivery.

    Example: aim places answer "quay stret" --at 480500,530600
    """
    from aim import workflows

    if nowhere == (at is not None):
        raise typer.BadParameter("give either --at EASTING,NORTHING or --nowhere")
    with open_hub() as (_, store):
        placed = workflows.answer_place(
            store, the_actor(), text, ward=ward, at=workflows.read_metres(at) if at else None
        )
    typer.echo(f"Remembered; {placed:,} reports placed by it.")
