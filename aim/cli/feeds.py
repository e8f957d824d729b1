"""Feeds: list, look, take in, fetch, watch."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from aim.cli.opening import (
    make_folder,
    open_hub,
    say,
    settings_given,
    the_actor,
    today,
    waiting,
    write_out,
)


class FeedFirstGroup(TyperGroup):
    """A group whose first word may be a feed's name: ``aim ingest wardens FILE``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Hand a word that is no sub-command to the command that takes a feed."""
        if args and args[0] not in self.commands:
            return "feed", self.commands["feed"], args
        return super().resolve_command(ctx, args)


feeds_app = typer.Typer(
    help="List the feeds, look at any table before it is loaded, or write an empty one.\n\n"
    "Example: aim feeds",
    rich_markup_mode=None,
)
ingest_app = typer.Typer(
    help="Take in a partner's files: aim ingest FEED FILE...\n\n"
    "Example: aim ingest police-uk 2026-04-norbeck-street.csv\n\n"
    "Options of a load: aim ingest FEED --help. The feeds are listed by: aim feeds",
    no_args_is_help=True,
    cls=FeedFirstGroup,
    rich_markup_mode=None,
)
fetch_app = typer.Typer(
    help="Bring public feeds in over the network; off until AIM_ALLOW_FETCH=true.\n\n"
    "Example: aim fetch police-uk --force cleveland --since 2026-04",
    no_args_is_help=True,
    rich_markup_mode=None,
)
feeds_commands = typer.Typer()


@feeds_app.command("list", hidden=True)
def feeds() -> None:
    """List the feeds and the columns each reads.

    Example: aim feeds
    """
    from aim import workflows

    for row in workflows.feed_list():
        head, *facts = row.items()
        typer.echo(head[1])
        for name, value in facts:
            if value:
                typer.echo(f"    {name}: {value}")


@feeds_app.callback(invoke_without_command=True)
def _feeds(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        feeds()


@feeds_app.command("check")
def feeds_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Any table; nothing is kept.")],
    mapping: Annotated[Path | None, typer.Option(help="What each column holds, as TOML.")] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(help="Write the guess here, to edit.")
    ] = None,
) -> None:
    """Show what a table's columns are taken for, ten incidents, and what would be refused.

    Example: aim feeds check port.xlsx --save-mapping port.toml
    """
    from aim import workflows

    with waiting(f"Reading {file.name}"):
        lines = list(workflows.check_file(file, mapping=mapping, save_mapping=save_mapping))
    for line in lines:
        typer.echo(line)


@feeds_app.command("template")
def feeds_template(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="The feed's name: aim feeds.")],
    out: Annotated[Path, typer.Option(metavar="FILE.xlsx", help="The workbook to write.")],
) -> None:
    """Write an empty workbook to fill in: columns, choices and a guide; the feed reads it.

    Example: aim feeds template wardens --out wardens.xlsx
    """
    from aim import workflows

    write_out(workflows.feed_template(feed), out)


@ingest_app.command("feed", hidden=True)
def ingest(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="The feed's name: aim feeds.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files or folders.")],
    source: Annotated[str | None, typer.Option(help="Name of the source.")] = None,
    agency: Annotated[str | None, typer.Option(help="Who owns the rows.")] = None,
    replaces: Annotated[
        str | None, typer.Option(metavar="BATCH|MONTH", help="Withdraw its rows absent here.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="For table: what each column holds, as TOML.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and keep nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One object a file.")] = False,
) -> None:
    """Take in a partner's files: every row is kept, or rejected with a reason.

    Example: aim ingest wardens wardens.xlsx --agency norbeck-council
    """
    from aim import workflows

    with open_hub() as (settings, store):
        for path in files:
            with waiting(f"Reading {path.name}") as progress:
                report = workflows.ingest_feed(
                    store,
                    the_actor(),
                    feed=feed,
                    path=path,
                    source=source,
                    agency=agency,
                    replaces=replaces,
                    dry_run=dry_run,
                    rejected_folder=None if dry_run else Path.cwd(),
                    mapping=mapping,
                    require_agreements=settings.require_agreements,
                    progress=progress,
                )
            _tell_report(report, as_json=as_json)


def _tell_report(report: Any, *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(report.as_json()))
    else:
        typer.echo(report.sentence())
    for note in report.notes:
        say(f"  {note}")
    if report.rejected_file:
        say(f"  Rejected rows and reasons: {report.rejected_file}")


@ingest_app.command("list")
def ingest_list() -> None:
    """List the deliveries, oldest first.

    Example: aim ingest list
    """
    from aim import workflows

    with open_hub() as (_, store):
        for one in workflows.delivery_list(store, the_actor()):
            typer.echo(
                f"{one.batch_id}  {one.received_at:%Y-%m-%d %H:%M}  {one.state:7}  {one.feed}"
                f"  {one.file_name}: {one.read:,} read, {one.added:,} added,"
                f" {one.updated:,} updated, {one.withdrawn:,} withdrawn, {one.rejected:,} rejected"
            )


@ingest_app.command("undo")
def ingest_undo(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="Its number: aim ingest list.")],
) -> None:
    """Take a delivery back; doing it again brings the delivery back.

    Example: aim ingest undo b0007
    """
    from aim import workflows

    with open_hub() as (_, store), waiting("Working the delivery back"):
        one = workflows.undo_delivery(store, the_actor(), batch)
    done = "taken back" if one.state == "undone" else "brought back"
    typer.echo(f"{one.batch_id} ({one.file_name}) {done}.")


@fetch_app.command("police-uk")
def fetch_police_uk(
    force: Annotated[str, typer.Option(metavar="SLUG", help="The force, such as cleveland.")],
    since: Annotated[str, typer.Option(metavar="YYYY-MM", help="First month.")],
    until: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="Month after the last; to the newest.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to save in.")] = Path(),
    url: Annotated[str | None, typer.Option(metavar="BASE", help="Another archive.")] = None,
) -> None:
    """Save a force's monthly street files from data.police.uk; load them with aim ingest.

    Example: aim fetch police-uk --force cleveland --since 2026-04 --out police-uk
    """
    from aim import workflows

    make_folder(out)
    with waiting("Fetching"):
        fetched = workflows.fetch_police_uk(
            the_actor(),
            force=force,
            since=since,
            until=until,
            folder=out,
            allowed=settings_given().allow_fetch,
            today=today(),
            base=url,
            tell=say,
        )
    for path in fetched.files:
        typer.echo(path)
    if fetched.missing:
        say(f"Not there: {', '.join(fetched.missing)}.")


@fetch_app.command("open311")
def fetch_open311(
    url: Annotated[str, typer.Argument(metavar="URL", help="The GeoReport v2 endpoint.")],
    since: Annotated[str | None, typer.Option(help="First day; 90 days ago.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to save in.")] = Path(),
) -> None:
    """Save the requests of an Open311 endpoint; load them with aim ingest.

    Example: aim fetch open311 https://example.org/open311/v2 --since 2026-04-01 --out open311
    """
    from aim import workflows
    from aim.model.times import london_midnight, read_day

    make_folder(out)
    with waiting("Fetching"):
        files = workflows.fetch_open311(
            the_actor(),
            url=url,
            since=london_midnight(read_day(since, "since")) if since else None,
            until=datetime.now(UTC),
            folder=out,
            allowed=settings_given().allow_fetch,
            tell=say,
        )
    for path in files:
        typer.echo(path)


@fetch_app.command("fixmystreet")
def fetch_fixmystreet(
    url: Annotated[str, typer.Argument(metavar="URL", help="The site, or its dashboard.")],
    since: Annotated[str | None, typer.Option(help="First day; 90 days ago.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to save in.")] = Path(),
) -> None:
    """Save the reports of a FixMyStreet dashboard, with AIM_FIXMYSTREET_TOKEN; a file a month.

    Example: aim fetch fixmystreet https://fixmystreet.example.org --since 2026-04-01 --out reports
    """
    from aim import workflows
    from aim.model.times import read_day

    make_folder(out)
    settings = settings_given()
    with waiting("Fetching"):
        files = workflows.fetch_fixmystreet(
            the_actor(),
            url=url,
            since=read_day(since, "since") if since else None,
            today=today(),
            folder=out,
            allowed=settings.allow_fetch,
            token=settings.fixmystreet_token.get_secret_value(),
            tell=say,
        )
    for path in files:
        typer.echo(path)


@feeds_commands.command()
def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where files arrive.")],
    once: Annotated[bool, typer.Option("--once", help="Take in what is there, and end.")] = False,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 30,
) -> None:
    """Take in what arrives in a folder, and set it aside in done or refused with a note.

    Example: aim watch inbox --once
    """
    from aim import workflows

    with open_hub() as (settings, store):
        say(f"Watching {folder}; stop with Ctrl-C.")
        try:
            workflows.watch_folder(
                store,
                the_actor(),
                folder,
                every_s=every,
                keep_days=settings.keep_days,
                once=once,
                require_agreements=settings.require_agreements,
                tell=say,
            )
        except KeyboardInterrupt:
            say("Stopped. A file that was being read is as it was; it is taken in next time.")
