"""Who may come in: accounts of people, tokens of machines."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor

people_app = typer.Typer(
    help="People who may come in.\n\nExample: aim user list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
token_app = typer.Typer(
    help="Tokens for machines.\n\nExample: aim token list",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Account = Annotated[str, typer.Argument(metavar="ID", help="The account's id, such as officer-7.")]


@people_app.command("add")
def user_add(
    account: Account,
    role: Annotated[list[str], typer.Option(help="Role, such as analyst; repeatable.")],
    agency: Annotated[str, typer.Option(help="Agency, such as norbeck-council.")],
    ward: Annotated[
        list[str] | None,
        typer.Option(help="Own ward: CODE, or CODE:FROM:TO with its term; repeatable."),
    ] = None,
    group: Annotated[list[str] | None, typer.Option(help="Own group; repeatable.")] = None,
    display_name: Annotated[str, typer.Option(help="What pages call the person.")] = "",
    sign_in_name: Annotated[
        str, typer.Option(help="Name at the organisation's sign-in; no password is made.")
    ] = "",
    email: Annotated[str, typer.Option(help="Where the monthly letter of own wards goes.")] = "",
) -> None:
    """Add a person; the first password is shown once and must be changed at once.

    Example: aim user add hub-admin --role administrator --agency norbeck-council
    """
    from aim import workflows
    from aim.model.accounts import new_account, read_role, read_term

    added = new_account(
        account,
        agency,
        set(map(read_role, role)),
        wards=tuple(map(read_term, ward or ())),
        groups=frozenset(group or ()),
        display_name=display_name,
        sign_in_name=sign_in_name,
        email=email,
    )
    with open_hub() as (_, store):
        first = not store.has_accounts()
        password = workflows.add_account(store, the_actor(), added)
    typer.echo(f"{account} added.")
    if first:
        say("From now on everybody signs in, on this computer too.")
    if password:
        _show_password(password)
    else:
        say(f"{account} signs in with the organisation as {sign_in_name}.")


@people_app.command("disable")
def user_disable(account: Account) -> None:
    """Let a person in no more; sessions end, tokens open nothing.

    Example: aim user disable officer-7
    """
    from aim import workflows

    with open_hub() as (_, store):
        workflows.disable_account(store, the_actor(), account, datetime.now(UTC))
    typer.echo(f"{account} disabled.")


@people_app.command("enable")
def user_enable(account: Account) -> None:
    """Let a disabled person in again.

    Example: aim user enable officer-7
    """
    from aim import workflows

    with open_hub() as (_, store):
        workflows.enable_account(store, the_actor(), account)
    typer.echo(f"{account} enabled.")


@people_app.command("reset")
def user_reset(
    account: Account,
    one_time_codes: Annotated[
        bool, typer.Option("--one-time-codes", help="Ask for codes of an app from now on.")
    ] = False,
) -> None:
    """Give a person a new first password; sessions end, codes of an app are switched off.

    Example: aim user reset officer-7 --one-time-codes
    """
    from aim import workflows

    with open_hub() as (_, store):
        password = workflows.reset_account(store, the_actor(), account, datetime.now(UTC))
        address = (
            workflows.require_one_time_codes(store, the_actor(), account) if one_time_codes else ""
        )
    typer.echo(f"{account} reset.")
    _show_password(password)
    if address:
        say(f"For the app that shows codes, also shown this once: {address}")


@people_app.command("list")
def user_list() -> None:
    """List the people who may come in.

    Example: aim user list
    """
    from aim import workflows
    from aim.model.types import slug_of

    with open_hub() as (_, store):
        for one in workflows.account_list(store, the_actor()):
            roles = ",".join(slug_of(role) for role in sorted(one.roles))
            wards = ",".join(term.code for term in one.wards)
            typer.echo("  ".join(filter(None, (one.id, one.state.value, one.agency, roles, wards))))


@token_app.command("add")
def token_add(
    account: Annotated[str, typer.Option("--for", help="The account the machine acts for.")],
    scope: Annotated[list[str], typer.Option(help="read or ingest; repeatable.")],
    days: Annotated[int, typer.Option(help="Days until it opens nothing, 1 to 366.")] = 90,
) -> None:
    """Make a token for a machine; it is shown once, on standard output.

    Example: aim token add --for feed-robot --scope read --days 90
    """
    from aim import workflows
    from aim.access.tokens import read_scope

    scopes = frozenset(map(read_scope, scope))
    with open_hub() as (_, store):
        token, text = workflows.add_token(
            store, the_actor(), account, scopes, days=days, now=datetime.now(UTC)
        )
    say(f"Token {token.number}, until {token.expires_at:%Y-%m-%d}. It is shown this once:")
    typer.echo(text)


@token_app.command("list")
def token_list() -> None:
    """List the tokens; none of them can be used from this.

    Example: aim token list
    """
    from aim import workflows

    now = datetime.now(UTC)
    with open_hub() as (_, store):
        for one in workflows.token_list(store, the_actor()):
            state = "revoked" if one.revoked_at else "live" if one.is_live(now) else "expired"
            typer.echo(
                f"{one.number}  {one.account}  {','.join(sorted(one.scopes))}"
                f"  until {one.expires_at:%Y-%m-%d}  {state}"
            )


@token_app.command("revoke")
def token_revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="See aim token list.")],
) -> None:
    """Make a token open nothing any more.

    Example: aim token revoke 3
    """
    from aim import workflows

    with open_hub() as (_, store):
        workflows.revoke_token(store, the_actor(), number, datetime.now(UTC))
    typer.echo(f"Token {number} revoked.")


def _show_password(password: str) -> None:
    say(f"First password, shown this once, to be changed at the first sign-in: {password}")
