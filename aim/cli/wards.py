"""Boundary sets: load, list, choose."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, waiting

wards_app = typer.Typer(
    help="Boundary sets: load, list, choose.\n\nExample: aim wards list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@wards_app.command("load")
def wards_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Boundary file.")],
    name: Annotated[str | None, typer.Option("--set", help="Name of the set.")] = None,
    code: Annotated[str | None, typer.Option(help="Column with the codes.")] = None,
    name_column: Annotated[str | None, typer.Option("--name", help="Column with names.")] = None,
) -> None:
    """Load wards, or any other areas, and find the ward of every stored incident.

    Example: aim wards load wards_2025.geojson --set wards-2025
    """
    from aim import workflows

    with open_hub() as (_, store), waiting(f"Loading {file.name}"):
        info, notes = workflows.add_ward_set(
            store, the_actor(), file, name=name, code_column=code, name_column=name_column
        )
    use = "the current set" if info.current else f"use it with: aim wards use {info.name}"
    typer.echo(f"{info.name}: {info.areas} areas loaded, {use}.")
    for note in notes:
        say(f"  {note}")


@wards_app.command("population")
def wards_population(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV of head counts by area.")],
    name: Annotated[
        str | None, typer.Option("--set", help="Boundary set whose codes it carries.")
    ] = None,
    population: Annotated[str | None, typer.Option(help="Column with people.")] = None,
    households: Annotated[str | None, typer.Option(help="Column with households.")] = None,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Further column of counts to keep; repeatable.")
    ] = None,
) -> None:
    """Load how many people live in each area of a set; parts of an area are added up.

    Example: aim wards population layers/population.csv --set wards-2026
    """
    from aim import workflows

    with open_hub() as (_, store):
        report = workflows.add_population(
            store,
            the_actor(),
            file,
            ward_set=name,
            population=population,
            households=households,
            indicators=indicator or (),
        )
    totals = ", ".join(f"{total:,.0f} {column}" for column, total in report.totals)
    typer.echo(f"{report.ward_set}: {report.areas} areas, {totals}.")
    for note in report.notes:
        say(f"  {note}")


@wards_app.command("list")
def wards_list() -> None:
    """List the loaded boundary sets.

    Example: aim wards list
    """
    from aim import workflows

    with open_hub() as (_, store):
        for one in workflows.ward_set_list(store, the_actor()):
            mark = "current" if one.current else ""
            typer.echo(f"{one.name}  {one.areas} areas  {one.file_name}  {mark}".rstrip())


@wards_app.command("use")
def wards_use(
    name: Annotated[str, typer.Argument(metavar="SET", help="Its name: aim wards list.")],
) -> None:
    """Make a loaded set the current one.

    Example: aim wards use wards-2025
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(f"{workflows.use_ward_set(store, the_actor(), name).name} is the current set.")
