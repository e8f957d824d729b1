"""Letters to people about their own work."""

from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, today

digest_app = typer.Typer(
    help="Letters to people about their own work.\n\nExample: aim digest send --dry-run",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@digest_app.callback()
def _digests() -> None:
    """Keep the one command a command of the group."""


@digest_app.command("send")
def digest_send(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the letters and send nothing.")
    ] = False,
) -> None:
    """Send everybody what is due, overdue, newly theirs and decided, as titles and addresses.

    Example: aim digest send --dry-run
    """
    from aim import workflows

    with open_hub() as (settings, store):
        if dry_run:
            letters, left_out = workflows.digest_letters(
                store, the_actor(), settings, today=today()
            )
            for one in letters:
                typer.echo(f"To: {one.account}\nSubject: {one.letter.subject}\n\n{one.letter.text}")
            say(f"Nothing was sent; {len(letters)} letters would be.")
        else:
            sent = workflows.send_digests(store, the_actor(), settings, today=today())
            left_out = sent.left_out
            say(f"{len(sent.written)} letters sent.")
    for account, reason in left_out:
        say(f"{account}: no letter, {reason}.")
