"""Figures that may leave the hub: for councillors, for residents, by letter; and when they may."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, today, waiting, write_out
from aim.cli.options import Out

figures_commands = typer.Typer()
election_app = typer.Typer(
    help="Days on which only public figures are downloaded.\n\nExample: aim election show",
    no_args_is_help=True,
    rich_markup_mode=None,
)
result_app = typer.Typer(
    help="One-page results for residents.\n\nExample: aim result list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
mail_app = typer.Typer(
    help="Letters to councillors.\n\nExample: aim mail wards --dry-run",
    no_args_is_help=True,
    rich_markup_mode=None,
)

WardName = Annotated[str, typer.Argument(metavar="WARD", help="Ward code or name.")]
Period = Annotated[
    str,
    typer.Option(help="A complete month, such as 2026-04, or last-12; the latest if not given."),
]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="See aim result list.")]


@figures_commands.command("figures")
def figures(
    ward: Annotated[str, typer.Argument(metavar="[WARD]", help="Ward code or name.")] = "",
    period: Period = "",
    file_format: Annotated[
        str, typer.Option("--format", help="pdf, png, csv or geojson; text if not given.")
    ] = "",
    out: Out = None,
) -> None:
    """Show figures that cannot be taken apart: the wards, or one ward as its page has it.

    Example: aim figures Harbour --period 2026-04 --format pdf --out harbour.pdf
    """
    from aim import workflows

    with open_hub() as (settings, store), waiting("Releasing figures"):
        asked = {"period": period, "today": today()}
        if not ward:
            text = workflows.figures_text(store, the_actor(), settings)
            return write_out(text.encode(), out)
        code = workflows.find_ward(store, ward)
        if file_format:
            made = workflows.ward_figures_file(
                store, the_actor(), settings, code=code, file_format=file_format, **asked
            )
            return write_out(made.content, out)
        view = workflows.ward_figures_view(store, the_actor(), settings, code=code, **asked)
        return write_out(workflows.say_wards([view], settings).encode(), out)


@election_app.command("set")
def election_set(
    since: Annotated[str, typer.Option("--from", help="First day, such as 2026-03-24.")],
    until: Annotated[str, typer.Option(help="Day after the last, such as 2026-05-08.")],
) -> None:
    """Set the days on which only figures that are public already are downloaded.

    Example: aim election set --from 2026-03-24 --until 2026-05-08
    """
    from aim import workflows
    from aim.model.times import read_day, say_day

    first, last = read_day(since, "from"), read_day(until, "until")
    with open_hub() as (_, store):
        days = workflows.set_election(store, the_actor(), since=first, until=last)
    say(f"From {say_day(days.since)} to before {say_day(days.until)} only public figures leave.")


@election_app.command("show")
def election_show() -> None:
    """Print the days set last, and whether they hold today.

    Example: aim election show
    """
    from aim import workflows

    with open_hub() as (_, store):
        days = workflows.election_days(store, the_actor())
    if days is None:
        typer.echo("No pre-election period was ever set.")
        return
    now = "holds today" if days.holds_on(today()) else "does not hold today"
    typer.echo(f"{days.since} to before {days.until}, set by {days.actor}; {now}")


@result_app.command("draft")
def result_draft(
    ward: WardName,
    title: Annotated[str, typer.Option(help="The heading.")],
    told: Annotated[str, typer.Option(help="What was done: a text file, or the words themselves.")],
    period: Period = "",
) -> None:
    """Draft a one-page result for residents; a coordinator approves it before it leaves.

    Example: aim result draft Harbour --title "Lantern Street" --told told.txt
    """
    from aim import workflows

    with open_hub() as (settings, store):
        drafted, masked = workflows.draft_result(
            store,
            the_actor(),
            settings,
            ward=workflows.find_ward(store, ward),
            period=period,
            title=title,
            told=_words_of(told),
        )
    if masked:
        say(f"Contact details masked: {masked}.")
    typer.echo(f"Result {drafted.number} drafted.")


@result_app.command("list")
def result_list() -> None:
    """List the results, drafts too.

    Example: aim result list
    """
    from aim import workflows

    with open_hub() as (_, store):
        for one in workflows.result_list(store, the_actor()):
            typer.echo(workflows.say_result(one))


@result_app.command("approve")
def result_approve(number: Number) -> None:
    """Let a draft out to the public; who drafted it does so only where nobody else could.

    Example: aim result approve 1
    """
    from aim import workflows

    with open_hub() as (_, store):
        approved = workflows.approve_result(store, the_actor(), number, today=today())
    typer.echo(f"Result {approved.number} approved.")


@result_app.command("write")
def result_write(number: Number, out: Out = None) -> None:
    """Write an approved result as a page for a residents' meeting.

    Example: aim result write 1 --out lantern-street.pdf
    """
    from aim import workflows

    with open_hub() as (settings, store):
        made = workflows.result_file(store, the_actor(), settings, number)
    write_out(made.content, out)


@mail_app.command("wards")
def mail_wards(
    period: Period = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the letters and send nothing.")
    ] = False,
) -> None:
    """Send every councillor the figures of their own wards, as their page has them.

    Example: aim mail wards --dry-run
    """
    from aim import workflows

    with open_hub() as (settings, store):
        asked = {"period": period, "today": today()}
        if dry_run:
            letters, left_out = workflows.ward_letters(store, the_actor(), settings, **asked)
            for one in letters:
                typer.echo(f"To: {one.account}\nSubject: {one.letter.subject}\n\n{one.letter.text}")
            say(f"Nothing was sent; {len(letters)} letters would be.")
        else:
            sent = workflows.mail_wards(store, the_actor(), settings, **asked)
            left_out = sent.left_out
            say(f"{len(sent.written)} letters sent.")
    for account, reason in left_out:
        say(f"{account}: no letter, {reason}.")


def _words_of(told: str) -> str:
    """Return what a file holds, or the words themselves where there is no such file."""
    from aim.errors import ParameterError

    try:
        path = Path(told)
        return path.read_text(encoding="utf-8") if path.is_file() else told
    except OSError:  # too long for a file's name
        return told
    except UnicodeDecodeError as error:
        raise ParameterError(f"{told} was to be read as text; save it as UTF-8.") from error
