"""The value of the process, at the keyboard."""

import typer

from aim.cli.opening import open_hub, the_actor, today

value_commands = typer.Typer(rich_markup_mode=None)


@value_commands.command()
def value() -> None:
    """Say what became of the places found: taken up, acted on in time, joint, and to what effect.

    Example: aim value
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.value_text(store, the_actor(), today=today()), nl=False)
