"""The record of who did what: read, checked, taken elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import WRONG_REQUEST, open_hub, say, the_actor, write_out
from aim.cli.options import Out

audit_app = typer.Typer(
    help="The record of who did what.\n\nExample: aim audit verify",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@audit_app.command("show")
def audit_show(
    since: Annotated[str | None, typer.Option(help="First day, such as 2026-04-01.")] = None,
    until: Annotated[str | None, typer.Option(help="Day after the last.")] = None,
    actor: Annotated[str, typer.Option(help="An account's name.")] = "",
    action: Annotated[str, typer.Option(help="A word such as export.")] = "",
    out: Out = None,
) -> None:
    """Print the entries that match, oldest first; without an option the newest 200.

    Example: aim audit show --since 2026-04-01 --action export
    """
    from aim import workflows
    from aim.model.times import read_day

    asked = bool(since or until or actor or action)
    wanted = workflows.audit_filter(
        since=read_day(since, "since") if since else None,
        until=read_day(until, "until") if until else None,
        actor=actor,
        action=action,
        **({"newest": None} if asked else {}),
    )
    with open_hub() as (_, store):
        write_out(workflows.audit_text(store, the_actor(), wanted).encode(), out)


@audit_app.command("verify")
def audit_verify(
    against: Annotated[
        Path | None, typer.Option(help="A file of aim audit export kept elsewhere.")
    ] = None,
) -> None:
    """Check that nothing was changed, deleted, reordered or cut off; exit 1 if it was.

    Example: aim audit verify --against audit-2026-05.jsonl
    """
    from aim import workflows

    with open_hub() as (_, store):
        faults = workflows.verify_audit(store, the_actor(), against)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(WRONG_REQUEST)
    typer.echo("The record is whole: nothing was changed, deleted, reordered or cut off.")


@audit_app.command("export")
def audit_export(out: Out = None) -> None:
    """Write every entry as a line of JSON, with a sealed checkpoint last, to be kept elsewhere.

    Example: aim audit export --out audit-2026-05.jsonl
    """
    from aim import workflows

    with open_hub() as (_, store):
        write_out(workflows.export_audit(store, the_actor()), out)


@audit_app.command("accept")
def audit_accept() -> None:
    """Take the record as it stands for true, after the store was moved or a fault looked into.

    Example: aim audit accept
    """
    from aim import workflows

    with open_hub() as (_, store):
        made = workflows.accept_audit(store, the_actor())
    say(f"Accepted with {made.sequence:,} entries; that is on record.")
