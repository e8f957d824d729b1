"""Visits, tonight's card and returns of activity from the keyboard."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, today, waiting, write_out
from aim.cli.options import Out
from aim.cli.options import Since as SinceDay
from aim.cli.options import Until as UntilDay

card_commands = typer.Typer()
activity_app = typer.Typer(
    help="Patrols and other visits to places.\n\nExample: aim activity list",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Agency = Annotated[str, typer.Option(help="Agency that was there; your own if not given.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be kept; keep nothing.")]


@card_commands.command("card")
def card(
    shift: Annotated[str, typer.Option(help="Two clock hours, London time.")] = "18-02",
    team: Annotated[str, typer.Option(help="Agency or group whose actions are listed.")] = "",
    types: Annotated[str, typer.Option("--type", help="Reports: a type or theme.")] = "asb",
    out: Annotated[
        Path | None, typer.Option(help="PDF to write, A4; printed as text if not given.")
    ] = None,
) -> None:
    """Print tonight's card: places in the order of the shift, why, and what is being done.

    Example: aim card --shift 18-02 --team wardens --out card.pdf
    """
    from aim import workflows

    asked = workflows.read_card_question({"shift": shift, "team": team, "type": types})
    with open_hub() as (settings, store), waiting("Choosing places"):
        if out is None:
            text = workflows.card_text(store, the_actor(), asked)
            return typer.echo(text, nl=False)
        made = workflows.card_file(store, the_actor(), asked, settings, made=today())
    return write_out(made.content, out)


@activity_app.command("log")
def activity_log(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PLACE", help="hotspot:NUMBER of a saved run, or place:NUMBER of aim site."
        ),
    ],
    minutes: Annotated[str, typer.Option(help="Minutes there; 15.")] = "",
    day: Annotated[str, typer.Option(help="Day; it ended just now if not given.")] = "",
    time: Annotated[str, typer.Option(help="When it began, such as 21:30.")] = "",
    agency: Agency = "",
    done: Annotated[str, typer.Option(help="What was done; names nobody.")] = "",
    powers: Annotated[str, typer.Option(help="Powers used, such as 'dispersal 2, cpw'.")] = "",
    reader: Annotated[
        list[str] | None,
        typer.Option("--reader", help="Account that may know of it; nobody else. Repeatable."),
    ] = None,
) -> None:
    """Log a visit to a place.

    Example: aim activity log place:0a1b2c3d4e --minutes 30 --done "Walked with housing"
    """
    from aim import workflows

    words = {
        "site": place,
        "minutes": minutes,
        "day": day,
        "time": time,
        "agency": agency,
        "done": done,
        "powers": powers,
        "readers": ",".join(reader or ()),
    }
    with open_hub() as (settings, store):
        table = workflows.office_table(settings)
        kept = workflows.log_visit(
            store, the_actor(), words, now=_now(), table=table, source="command"
        )
    typer.echo(f"Visit {kept.key} kept: {kept.what.minutes} minutes at {kept.what.site.name}.")


@activity_app.command("list")
def activity_list() -> None:
    """List the visits, the newest first.

    Example: aim activity list
    """
    from aim import workflows

    with open_hub() as (settings, store):
        table = workflows.office_table(settings)
        typer.echo(workflows.visits_text(store, the_actor(), now=_now(), table=table), nl=False)


@activity_app.command("take-back")
def activity_take_back(
    visit: Annotated[str, typer.Argument(metavar="VISIT", help="aim activity list.")],
    why: Annotated[
        str, typer.Option(help="Why it does not count; not asked within a minute.")
    ] = "",
) -> None:
    """Let a visit count no more; it stays on record.

    Example: aim activity take-back 0a1b2c3d4e --why "Logged at the wrong place"
    """
    from aim import workflows

    with open_hub() as (_, store):
        workflows.take_back_visit(store, the_actor(), visit, now=_now(), why=why)
    typer.echo("It counts no more.")


@activity_app.command("template")
def activity_template(out: Out = None) -> None:
    """Write an empty table of visits to fill in, as csv.

    Example: aim activity template --out visits.csv
    """
    from aim import workflows

    write_out(workflows.visit_template(the_actor()), out)


@activity_app.command("import")
def activity_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A csv file or workbook.")],
    agency: Agency = "",
    dry_run: DryRun = False,
) -> None:
    """Keep the visits of a table; the same table again adds nothing.

    Example: aim activity import visits.csv --agency wardens
    """
    from aim import workflows

    with open_hub() as (settings, store):
        found = workflows.import_visits(
            store,
            the_actor(),
            file,
            now=_now(),
            agency=agency,
            dry_run=dry_run,
            table=workflows.office_table(settings),
        )
    typer.echo(found.text(), nl=False)


@activity_app.command("track")
def activity_track(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A GPX file with times.")],
    agency: Agency = "",
    margin: Annotated[
        float, typer.Option(help="Metres around a place that count as inside.")
    ] = 25.0,
    dry_run: DryRun = False,
) -> None:
    """Keep the stays of a GPS track at places as visits; the track itself is not kept.

    Example: aim activity track walk.gpx --agency wardens --margin 25
    """
    from aim import workflows

    with open_hub() as (_, store):
        found = workflows.import_track(
            store,
            the_actor(),
            file,
            now=_now(),
            agency=agency,
            margin_m=margin,
            dry_run=dry_run,
        )
    typer.echo(found.text(), nl=False)


@activity_app.command("return")
def activity_return(
    since: SinceDay,
    until: UntilDay,
    out: Annotated[Path, typer.Option(help="File to write: .xlsx, or .csv, one a table.")],
    columns: Annotated[
        Path | None, typer.Option(help="Your own columns, a TOML file; an example's if not given.")
    ] = None,
) -> None:
    """Write a return of activity: hours, reports inside designated places, powers used.

    Example: aim activity return --since 2026-04-01 --until 2026-07-01 --out return.xlsx
    """
    from aim import workflows
    from aim.model.times import read_day

    with open_hub() as (settings, store), waiting("Counting"):
        made = workflows.write_return(
            store,
            the_actor(),
            settings,
            since=read_day(since or "", "since"),
            until=read_day(until or "", "until"),
            file_format=out.suffix.lower().removeprefix("."),
            made=today(),
            columns=columns,
        )
    for end, content in made.files:
        write_out(content, out.with_name(f"{out.stem}{end}{out.suffix}"))
    say("Its columns are nobody's official form.")


def _now() -> datetime:
    return datetime.now(UTC)
