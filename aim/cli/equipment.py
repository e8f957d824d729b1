"""Equipment from the keyboard: entered, set up, taken down, sent to repair."""

from typing import Annotated

import typer

from aim.cli.opening import open_hub, the_actor, today

equipment_app = typer.Typer(
    help="Cameras, lights, signs and alarms: where each is.\n\nExample: aim equipment list",
    no_args_is_help=True,
    rich_markup_mode=None,
)

UnitWord = Annotated[
    str, typer.Argument(metavar="UNIT", help="Its number or identity: aim equipment list.")
]
Agency = Annotated[str | None, typer.Option(help="Whose it is.")]
Maintenance = Annotated[str | None, typer.Option(help="Day it is to be looked after.")]
Note = Annotated[str | None, typer.Option(help="What else is to be known; names nobody.")]
Readers = Annotated[
    list[str] | None,
    typer.Option("--reader", help="Account that may know of it; nobody else will. Repeatable."),
]
Protocol = Annotated[str | None, typer.Option(help="What for, and by which rule.")]
Until = Annotated[str | None, typer.Option(help="Day it is to be taken down.")]
Review = Annotated[str | None, typer.Option(help="Day it is reviewed.")]
Authorisation = Annotated[str | None, typer.Option(help="Reference of who allowed it.")]
Told = Annotated[str, typer.Option(help="What happened to it, or what came of it.")]


@equipment_app.command("add")
def equipment_add(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Such as camera or sign.")],
    identity: Annotated[str, typer.Argument(metavar="IDENTITY", help="The number on it.")],
    agency: Agency = None,
    maintenance: Maintenance = None,
    note: Note = None,
    reader: Readers = None,
) -> None:
    """Enter a unit in the register.

    Example: aim equipment add camera C-4 --maintenance 2026-11-01
    """
    from aim import workflows

    words = _words(locals(), "agency", "note", maintenance="maintenance_due", reader="readers")
    words |= {"kind_of": kind, "identity": identity}
    with open_hub() as (settings, store):
        kept = workflows.add_unit(
            store, the_actor(), words, today=today(), table=workflows.office_table(settings)
        )
    typer.echo(f"Unit {kept.key} entered.")


@equipment_app.command("change")
def equipment_change(
    unit: UnitWord,
    identity: Annotated[str | None, typer.Option(help="What it is known by.")] = None,
    agency: Agency = None,
    maintenance: Maintenance = None,
    note: Note = None,
    reader: Readers = None,
) -> None:
    """Change what the register says of a unit.

    Example: aim equipment change C-4 --maintenance 2027-05-01
    """
    from aim import workflows

    words = _words(
        locals(), "identity", "agency", "note", maintenance="maintenance_due", reader="readers"
    )
    with open_hub() as (_, store):
        workflows.change_unit(store, the_actor(), unit, words)
    typer.echo(f"Unit {unit} changed.")


@equipment_app.command("list")
def equipment_list() -> None:
    """List the units, what is late, what idles, and where the next would matter most.

    Example: aim equipment list
    """
    from aim import workflows

    with open_hub() as (settings, store):
        text = workflows.equipment_text(
            store, the_actor(), today=today(), table=workflows.office_table(settings)
        )
    typer.echo(text, nl=False)


@equipment_app.command("show")
def equipment_show(unit: UnitWord) -> None:
    """Show one unit: where it stands and stood, and what happened.

    Example: aim equipment show C-4
    """
    from aim import workflows

    with open_hub() as (settings, store):
        text = workflows.unit_text(
            store, the_actor(), unit, today=today(), table=workflows.office_table(settings)
        )
    typer.echo(text, nl=False)


@equipment_app.command("deploy")
def equipment_deploy(
    unit: UnitWord,
    place: Annotated[
        str | None, typer.Option(help="hotspot:NUMBER of a saved run, or place:NUMBER of aim site.")
    ] = None,
    protocol: Protocol = None,
    since: Annotated[str | None, typer.Option(help="Day it is set up; today.")] = None,
    until: Until = None,
    review: Review = None,
    authorisation: Authorisation = None,
    dwelling: Annotated[
        str | None,
        typer.Option(help="It is at a dwelling, called so by those who know: on no map."),
    ] = None,
    ward: Annotated[str | None, typer.Option(help="The dwelling's ward.")] = None,
    reader: Readers = None,
) -> None:
    """Set a unit up at a place; at a dwelling only named people will know of it and the unit.

    Example: aim equipment deploy C-4 --place place:0a1b2c3d4e --protocol "PSPO, entrance"
    """
    from aim import workflows

    words = _words(
        locals(),
        *("protocol", "since", "until", "review", "authorisation"),
        place="site",
        dwelling="where",
        ward="wards",
        reader="readers",
    )
    words |= {"at_dwelling": "yes"} if dwelling is not None else {}
    with open_hub() as (settings, store):
        kept = workflows.deploy_unit(
            store, the_actor(), unit, words, today=today(), table=workflows.office_table(settings)
        )
    known = f" Known to {', '.join(sorted(kept.what.readers))} alone." if kept.what.readers else ""
    typer.echo(f"{kept.what.identity} deployed.{known}")


@equipment_app.command("extend")
def equipment_extend(
    unit: UnitWord,
    protocol: Protocol = None,
    until: Until = None,
    review: Review = None,
    authorisation: Authorisation = None,
) -> None:
    """Change how long a unit stands where it is, when that is reviewed, and by which leave.

    Example: aim equipment extend C-4 --until 2026-09-30 --review 2026-08-31
    """
    from aim import workflows

    words = _words(locals(), "protocol", "until", "review", "authorisation")
    with open_hub() as (settings, store):
        table = workflows.office_table(settings)
        workflows.keep_up_deployment(store, the_actor(), unit, words, table=table)
    typer.echo(f"Unit {unit} changed.")


@equipment_app.command("return")
def equipment_return(
    unit: UnitWord,
    told: Told = "",
) -> None:
    """Take a unit down, ready to be used again.

    Example: aim equipment return C-4 --told "Two incidents recorded, none after the first week"
    """
    _move(unit, "available", told)


@equipment_app.command("move")
def equipment_move(
    unit: UnitWord,
    state: Annotated[str, typer.Argument(metavar="STATE", help="available, in repair or lost.")],
    told: Told = "",
) -> None:
    """Send a unit to repair, say that it is lost, or that it is ready again.

    Example: aim equipment move C-4 "in repair" --told "The lens is cracked"
    """
    _move(unit, state, told)


def _move(unit: str, state: str, told: str) -> None:
    from aim import workflows

    with open_hub() as (settings, store):
        moved = workflows.move_unit(
            store,
            the_actor(),
            unit,
            state,
            today=today(),
            words=told,
            table=workflows.office_table(settings),
        )
    typer.echo(f"{moved.what.identity} is {moved.what.state}.")


def _words(given: dict[str, object], *names: str, **renamed: str) -> dict[str, str]:
    """Return the options that were given, by the names the records have for them."""
    said = {name: name for name in names} | renamed
    return {
        word: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, word in said.items()
        if (value := given[name]) is not None
    }
