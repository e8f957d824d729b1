"""Plans of groups, problem-solving records of places, and the library of responses."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, say, the_actor, today, waiting, write_out
from aim.cli.options import Out

plan_app = typer.Typer(
    help="Plans of groups: written, kept, read back.\n\nExample: aim plan show 0a1b2c3d4e",
    no_args_is_help=True,
    rich_markup_mode=None,
)
responses_commands = typer.Typer()

Group = Annotated[str, typer.Argument(metavar="GROUP", help="aim group list.")]
Text = Annotated[str | None, typer.Option(help="A part of the record, 1,000 letters at most.")]
Lines = list[str] | None


@plan_app.command("show")
def plan_show(group: Group) -> None:
    """Show a group's plan: what it says, its records, every gap.

    Example: aim plan show 0a1b2c3d4e
    """
    from aim import workflows

    with open_hub() as (settings, store):
        typer.echo(workflows.plans_text(store, the_actor(), group, settings), nl=False)


@plan_app.command("change")
def plan_change(
    group: Group,
    indicator: Annotated[str | None, typer.Option(help="What the plan is judged by.")] = None,
    types: Annotated[
        Lines, typer.Option("--type", help="Reports counted: type or theme; repeatable.")
    ] = None,
    first_year: Annotated[
        str | None, typer.Option(help="Calendar year the first target's year starts in.")
    ] = None,
    baseline: Annotated[str | None, typer.Option(help="Reports in the year before.")] = None,
    target: Annotated[
        Lines, typer.Option(help="Reports aimed at, a year each; up to three times.")
    ] = None,
    profile: Annotated[
        Lines, typer.Option(help='"victims | what | number | source"; repeatable.')
    ] = None,
    existing: Annotated[
        Lines, typer.Option(help='"what | funding | evidence of effect"; repeatable.')
    ] = None,
    barrier: Annotated[Lines, typer.Option(help="What stands in the way; repeatable.")] = None,
    gap: Annotated[Lines, typer.Option(help="What is missing; repeatable.")] = None,
    milestones: Annotated[
        Lines, typer.Option(help='"indicator | 40 | 38 ...", twelve quarters; repeatable.')
    ] = None,
    risk: Annotated[
        Lines, typer.Option(help='"risk | what is done about it | who"; repeatable.')
    ] = None,
) -> None:
    """Write or change what a delivery plan says; what is not named stays.

    Example: aim plan change 0a1b2c3d4e --baseline 120 --target 110 --target 100 --target 90
    """
    from aim import workflows
    from aim.errors import ParameterError
    from aim.model.plans import YEARS

    listed = {
        "profile": profile,
        "existing": existing,
        "barriers": barrier,
        "gaps": gap,
        "milestones": milestones,
        "risks": risk,
    }
    plain = {"indicator": indicator, "first_year": first_year, "baseline": baseline}
    words = {name: text for name, text in plain.items() if text is not None}
    words |= {name: "\n".join(lines) for name, lines in listed.items() if lines is not None}
    if types is not None:
        words["types"] = ",".join(types)
    aims = target or []
    if len(aims) > YEARS:
        raise ParameterError(f"`--target` is given a year each, {YEARS} in all; found {len(aims)}.")
    words |= {f"target_{at}": aim for at, aim in enumerate(aims, 1)}
    with open_hub() as (_, store):
        kept = workflows.change_plan(store, the_actor(), group, words)
        gaps = workflows.gaps_of_plan(store, the_actor(), group)
    typer.echo(f"Plan of group {group} kept, version {kept.version}; gaps: {len(gaps)}.")


@plan_app.command("record")
def plan_record(
    group: Group,
    place: Annotated[
        str, typer.Option(help="hotspot:NUMBER or place:NUMBER: begins the place's record.")
    ] = "",
    record: Annotated[str, typer.Option(help="The record to change: aim plan show.")] = "",
    objective: Text = None,
    scanning: Text = None,
    analysis: Text = None,
    response: Text = None,
    assessment: Text = None,
) -> None:
    """Begin or change the problem-solving record of a place.

    Example: aim plan record 0a1b2c3d4e --place place:5f6a7b8c9d --objective "Quiet nights"
    """
    from aim import workflows

    parts = {
        "objective": objective,
        "scanning": scanning,
        "analysis": analysis,
        "response": response,
        "assessment": assessment,
    }
    words = {name: text for name, text in parts.items() if text is not None}
    with open_hub() as (_, store):
        if record:
            kept = workflows.change_record(store, the_actor(), record, words)
        else:
            asked = {**words, "group": group, "site": place}
            kept = workflows.add_record(store, the_actor(), asked)
    typer.echo(f"Record {kept.key} of {kept.what.site.name} kept, version {kept.version}.")


@plan_app.command("write")
def plan_write(
    group: Group,
    form: Annotated[
        str, typer.Option(help="osara, two pages a place, or delivery, the parts A to E.")
    ] = "osara",
    template: Annotated[
        Path | None, typer.Option(help="A Word document of your own with placeholders.")
    ] = None,
    out: Out = None,
) -> None:
    """Write a group's plan as a Word file.

    Example: aim plan write 0a1b2c3d4e --form delivery --out plan.docx
    """
    from aim import workflows

    with open_hub() as (settings, store), waiting("Writing the plan"):
        asked = {"form": form, "template": template, "today": today()}
        made = workflows.export_plan(store, the_actor(), group, settings, **asked)
    write_out(made.content, out)


@plan_app.command("read")
def plan_read(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A plan in Word, filled in.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read it, name its gaps and keep nothing.")
    ] = False,
) -> None:
    """Read a filled plan into a draft group with its actions and records; every gap is named.

    Example: aim plan read plan.docx --dry-run
    """
    from aim import workflows

    with open_hub() as (_, store):
        reading = workflows.read_plan_file(store, the_actor(), path, keep=not dry_run)
    typer.echo(workflows.reading_text(reading), nl=False)


@plan_app.command("placeholders")
def plan_placeholders() -> None:
    """Print the placeholders a template of your own may hold.

    Example: aim plan placeholders
    """
    from aim import workflows

    typer.echo("\n".join(workflows.plan_placeholders()))
    say("A text is written {{ purpose }}; a row a line, {%tr for one in actions %}.")


@responses_commands.command("responses")
def responses(
    of_type: Annotated[str, typer.Option("--type", help="Type or theme the actions count.")] = "",
) -> None:
    """Show what was tried where, with what result, and who knows how to do it.

    Example: aim responses --type anti-social-behaviour
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.responses_text(store, the_actor(), of_type=of_type), nl=False)
