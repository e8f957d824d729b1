"""Campaigns, the local calendar, and the year on one page."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, today

campaign_app = typer.Typer(
    help="Operations and seasonal campaigns.\n\nExample: aim campaign list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
calendar_app = typer.Typer(
    help="The local calendar: terms, festivals, matches.\n\nExample: aim calendar list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
planner_commands = typer.Typer()

Day = Annotated[str, typer.Option(help="A day such as 2026-10-01.")]
Pounds = Annotated[str, typer.Option(help="Whole pounds.")]


@campaign_app.command("add")
def campaign_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    start: Day,
    finish: Day,
    purpose: Annotated[str, typer.Option(help="What it is for; names nobody.")] = "",
    lead: Annotated[str, typer.Option(help="Agency that leads.")] = "",
    partner: Annotated[
        list[str] | None, typer.Option(help="Agency that joins in; repeatable.")
    ] = None,
    ward: Annotated[list[str] | None, typer.Option(help="Ward aimed at; repeatable.")] = None,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Reports aimed at; repeatable.")
    ] = None,
    project: Annotated[str, typer.Option(help="The budget it is paid from.")] = "",
    funder: Annotated[str, typer.Option(help="Who gave it.")] = "",
    funding: Pounds = "",
    cost: Pounds = "",
    spent: Pounds = "",
    reader: Annotated[
        list[str] | None,
        typer.Option(help="Account that may know of it; nobody else will. Repeatable."),
    ] = None,
) -> None:
    """Keep a campaign with its days, what it is aimed at and what it costs.

    Example: aim campaign add "Dark nights" --start 2026-10-01 --finish 2027-01-31 --type burglary
    """
    from aim import workflows

    words = {
        "name": name,
        "start": start,
        "finish": finish,
        "purpose": purpose,
        "lead": lead,
        "partners": ",".join(partner or ()),
        "wards": ",".join(ward or ()),
        "types": ",".join(types or ()),
        "project": project,
        "funder": funder,
        "funding": funding,
        "cost": cost,
        "spent": spent,
        "readers": ",".join(reader or ()),
    }
    with open_hub() as (_, store):
        kept = workflows.add_campaign(store, the_actor(), words)
    typer.echo(f"Campaign {kept.key} kept.")


@campaign_app.command("list")
def campaign_list() -> None:
    """List the campaigns, and funding and spend by project.

    Example: aim campaign list
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.campaigns_text(store, the_actor()), nl=False)


@calendar_app.command("load")
def calendar_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An .ics file.")],
    name: Annotated[
        str, typer.Option(help="What it is called; the file's name if not given.")
    ] = "",
) -> None:
    """Load a local calendar, three years back and ahead; one of that name gives way.

    Titles and days are read and nothing else: people asked, places and notes are not.

    Example: aim calendar load terms.ics --name "School terms"
    """
    from aim import workflows

    with open_hub() as (_, store):
        report = workflows.load_calendar(store, the_actor(), file, name=name, today=today())
    for line in report.left_out:
        say(line)
    if report.masked:
        say(f"{report.masked} contact details masked in titles.")
    typer.echo(f"{report.name}: {report.days} entries{', in place of the last' * report.replaced}.")


@calendar_app.command("list")
def calendar_list() -> None:
    """List the loaded calendars.

    Example: aim calendar list
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.town_calendars_text(store, the_actor()), nl=False)


@planner_commands.command("planner")
def planner(
    year: Annotated[str, typer.Option(help="As 2026/27; this year if not given.")] = "",
) -> None:
    """Show a year month by month: meetings, reviews, due actions, campaigns, calendar.

    Example: aim planner --year 2026/27
    """
    from aim import workflows

    with open_hub() as (settings, store):
        text = workflows.planner_text(
            store, the_actor(), today=today(), year=year, year_starts=settings.year_starts
        )
    typer.echo(text, nl=False)
