"""The store and the hub: make, serve, look after."""

from pathlib import Path
from typing import Annotated

import typer

from aim import __version__
from aim.cli.opening import (
    WRONG_REQUEST,
    make_folder,
    open_hub,
    open_the_store,
    say,
    serve_hub,
    settings_given,
    store_of,
    the_actor,
    today,
    waiting,
)
from aim.errors import AimError

hub_commands = typer.Typer()


@hub_commands.command()
def version() -> None:
    """Print the version.

    Example: aim version
    """
    typer.echo(__version__)


@hub_commands.command()
def init() -> None:
    """Make the store, or bring it up to this version.

    Example: aim init
    """
    from aim import workflows

    settings = settings_given()
    for line in workflows.make_store(the_actor(), settings.store_url, settings.key_file):
        say(line)


@hub_commands.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the hub.")] = 8000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the hub when loaded.")
    ] = True,
    folder: Annotated[Path, typer.Option("--dir", help="Where the demo store is kept.")] = Path(
        "demo"
    ),
) -> None:
    """Load the sample borough, find its hotspots and serve the hub.

    Example: aim demo --port 8010
    """
    from aim import workflows

    make_folder(folder)
    settings = settings_given(
        store_url=f"sqlite:///{(folder / 'aim.db').as_posix()}",
        partnership="Norbeck Community Safety Partnership (invented sample)",
        handling="OFFICIAL (invented data)",
    )
    workflows.make_store(the_actor(), settings.store_url, settings.key_file)
    with store_of(settings) as store, waiting("Loading the sample borough"):
        workflows.set_up_demo(store, the_actor(), say, today=today())
    if serve:
        serve_hub(settings, "127.0.0.1", port)


@hub_commands.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the hub on this computer.

    Example: aim serve --port 8010
    """
    serve_hub(settings_given(), host, port)


@hub_commands.command()
def doctor() -> None:
    """Check versions, packages and the store.

    Example: aim doctor
    """
    from aim import workflows

    settings = settings_given()
    try:
        store = open_the_store(settings)
    except AimError as error:
        checks = workflows.doctor(None, the_actor(), str(error))
    else:
        try:
            checks = workflows.doctor(store, the_actor())
        finally:
            store.close()
    for name, passed, found in checks:
        typer.echo(f"{'ok  ' if passed else 'LOOK'}  {name}: {found}")
    if not all(passed for _, passed, _ in checks):
        raise typer.Exit(WRONG_REQUEST)


@hub_commands.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to write.")],
) -> None:
    """Write a copy of the store, also while the hub is served.

    Example: aim backup aim-2026-06-01.backup
    """
    from aim import workflows

    with open_hub() as (_, store), waiting("Copying the store"):
        workflows.back_up(store, the_actor(), file)
    typer.echo(f"{file} written. Keep the key file in another safe place; it is not in the copy.")


@hub_commands.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy aim backup wrote.")],
) -> None:
    """Put a backup in the store's place; the store as it was is kept beside it.

    Example: aim restore aim-2026-06-01.backup
    """
    from aim import workflows

    settings = settings_given()
    for line in workflows.restore(the_actor(), settings.store_url, file, settings.key_file):
        say(line)
