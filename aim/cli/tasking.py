"""Places people work at, groups, and their actions."""

from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import open_hub, the_actor, today
from aim.cli.options import Words, takes_together
from aim.cli.packs import log_command

site_app = typer.Typer(
    help="Places people work at, beside the hotspots found.\n\nExample: aim site list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
group_app = typer.Typer(
    help="Task-and-finish groups.\n\nExample: aim group list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
action_app = typer.Typer(
    help="Actions at places: drafted, agreed, done, reviewed.\n\nExample: aim action list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
meeting_app = typer.Typer(
    help="Meetings over a saved run, a decision a place.\n\nExample: aim meeting list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
meeting_app.add_typer(log_command)

Key = Annotated[str, typer.Argument(metavar="ACTION", help="aim action list.")]
Day = Annotated[str | None, typer.Option(help="A day such as 2026-06-30.")]
Readers = Annotated[
    list[str] | None,
    typer.Option("--reader", help="Account that may know of it; nobody else will. Repeatable."),
]
Place = Annotated[
    str | None, typer.Option(help="hotspot:NUMBER of a saved run, or place:NUMBER of aim site.")
]
Partners = Annotated[
    list[str] | None, typer.Option("--partner", help="Agency that joins in; repeatable.")
]
Types = Annotated[
    list[str] | None, typer.Option("--type", help="Reports counted: type or theme; repeatable.")
]
Months = Annotated[str | None, typer.Option(help="Whole months counted before and after; 3.")]
Target = Annotated[str | None, typer.Option(help="Reports aimed at in as many months.")]
Owner = Annotated[str | None, typer.Option(help="Account that answers for it.")]
Agency = Annotated[str | None, typer.Option(help="Agency that does it.")]
Resource = Annotated[str | None, typer.Option(help="People, hours, things.")]
Response = Annotated[
    str | None, typer.Option(help="Kind of response, such as patrol: aim responses.")
]
Plausibility = Annotated[str | None, typer.Option(help="Why it should work.")]
Funding = Annotated[str | None, typer.Option(help="What pays for it.")]
Cost = Annotated[str | None, typer.Option(help="Whole pounds.")]
Priority = Annotated[str | None, typer.Option(help="The priority it serves.")]
Group = Annotated[str | None, typer.Option(help="The group it belongs to: aim group list.")]
Details = Annotated[str | None, typer.Option(help="More about it; names nobody.")]
CaseReference = Annotated[
    str | None, typer.Option("--case-reference", help="A case system's own number.")
]
Wards = Annotated[list[str] | None, typer.Option("--ward", help="Ward; repeatable.")]
PlanWords = dict[str, str]
# What an action may be told of itself, in the order people are shown it.
_PLAN = {
    "place": Place,
    "partner": Partners,
    "types": Types,
    "months": Months,
    "target": Target,
    "owner": Owner,
    "agency": Agency,
    "resource": Resource,
    "cost": Cost,
    "priority": Priority,
    "group": Group,
    "start": Day,
    "due": Day,
    "review": Day,
    "details": Details,
    "response": Response,
    "plausibility": Plausibility,
    "funding": Funding,
    "case_reference": CaseReference,
    "reader": Readers,
}
# What an option is called in a plan, where that is another word.
_NAMES = {"place": "site", "partner": "partners", "reader": "readers"}


def _plan_words(given: Words) -> PlanWords:
    """Name the options that were given as a plan names its fields, lists with commas."""
    return {
        _NAMES.get(name, name): ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in given.items()
        if value is not None
    }


takes_plan = takes_together("plan", _PLAN, _plan_words)


@site_app.command("add")
def site_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the place is called.")],
    outline: Annotated[
        Path | None, typer.Option(help="Boundary file: the place is designated, not raised.")
    ] = None,
    ward: Wards = None,
    owner: Annotated[str, typer.Option(help="Whose it is.")] = "",
    purpose: Annotated[str, typer.Option(help="What it is for.")] = "",
    since: Annotated[str, typer.Option(help="First day.")] = "",
    until: Annotated[str, typer.Option(help="Day after the last.")] = "",
    reader: Readers = None,
) -> None:
    """Keep a place: designated with an outline, or raised by people.

    Example: aim site add "Riverside steps" --ward "Old Town"
    """
    from aim import workflows

    words = {
        "name": name,
        "wards": ",".join(ward or ()),
        "owner": owner,
        "purpose": purpose,
        "since": since,
        "until": until,
        "readers": ",".join(reader or ()),
    }
    with open_hub() as (_, store):
        kept = workflows.add_site(store, the_actor(), words, outline=outline)
    typer.echo(f"place:{kept.key}  {kept.what.name}")


@site_app.command("list")
def site_list() -> None:
    """List the designated and raised places.

    Example: aim site list
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.sites_text(store, the_actor()), nl=False)


@group_app.command("add")
def group_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the group is called.")],
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help="What it is for.")],
    lead: Annotated[str, typer.Option(help="Agency that leads.")] = "",
    chair: Annotated[str, typer.Option(help="Account of the chair.")] = "",
    partner: Partners = None,
    member: Annotated[
        list[str] | None, typer.Option(help="Account that sees what it does; repeatable.")
    ] = None,
    ward: Wards = None,
    start: Day = None,
    finish: Day = None,
    review: Annotated[list[str] | None, typer.Option(help="Review day; repeatable.")] = None,
) -> None:
    """Form a group.

    Example: aim group add "Harbour nights" "Fewer reports of noise after ten"
    """
    from aim import workflows

    words = {
        "name": name,
        "purpose": purpose,
        "lead_agency": lead,
        "chair": chair,
        "partners": ",".join(partner or ()),
        "members": ",".join(member or ()),
        "wards": ",".join(ward or ()),
        "start": start or "",
        "finish": finish or "",
        "reviews": ",".join(review or ()),
    }
    with open_hub() as (_, store):
        kept = workflows.add_group(store, the_actor(), words)
    typer.echo(f"Group {kept.key} formed.")


@group_app.command("list")
def group_list() -> None:
    """List the groups with their open actions.

    Example: aim group list
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.groups_text(store, the_actor(), today=today()), nl=False)


@action_app.command("add")
@takes_plan
def action_add(
    title: Annotated[str, typer.Argument(metavar="WHAT", help="What is to be done.")],
    *,
    plan: PlanWords,
) -> None:
    """Draft an action; it may lack anything until it is agreed.

    Example: aim action add "Mend the lights" --owner warden-7 --due 2026-06-30
    """
    from aim import workflows

    with open_hub() as (_, store):
        kept = workflows.draft_action(store, the_actor(), {"title": title, **plan})
    typer.echo(f"Action {kept.key} drafted.")


@action_app.command("change")
@takes_plan
def action_change(
    action: Key,
    title: Annotated[str | None, typer.Option(help="What is to be done.")] = None,
    *,
    plan: PlanWords,
) -> None:
    """Change what an action is; what is measured stays once it is agreed.

    Example: aim action change 0a1b2c3d4e --due 2026-07-31
    """
    from aim import workflows

    words = plan if title is None else {"title": title, **plan}
    with open_hub() as (_, store):
        workflows.change_action(store, the_actor(), action, words, today=today())
    typer.echo(f"Action {action} changed.")


@action_app.command("list")
def action_list(
    mine: Annotated[bool, typer.Option("--mine", help="Only those you answer for.")] = False,
) -> None:
    """List the actions by stage, with how they stand.

    Example: aim action list --mine
    """
    from aim import workflows

    with open_hub() as (_, store):
        text = workflows.actions_text(store, the_actor(), today=today(), mine=mine)
        typer.echo(text, nl=False)


@action_app.command("show")
def action_show(action: Key) -> None:
    """Show one action: what it is, what it lacks, what happened.

    Example: aim action show 0a1b2c3d4e
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.action_text(store, the_actor(), action, today=today()), nl=False)


@action_app.command("move")
def action_move(
    action: Key,
    stage: Annotated[
        str,
        typer.Argument(
            metavar="STAGE", help="agreed, under way, done, reviewed, dropped or draft."
        ),
    ],
    told: Annotated[str, typer.Option(help="Why it is dropped, or what the review found.")] = "",
) -> None:
    """Move an action to its next stage; to be agreed it must be SMART.

    Example: aim action move 0a1b2c3d4e agreed
    """
    from aim import workflows

    with open_hub() as (_, store):
        moved = workflows.move_action(store, the_actor(), action, stage, today=today(), words=told)
    typer.echo(f"Action {action} is {moved.what.stage}.")


@action_app.command("update")
def action_update(
    action: Key,
    progress: Annotated[str, typer.Option(help="Per cent done.")] = "",
    told: Annotated[str, typer.Option(help="What was done.")] = "",
) -> None:
    """Tell how far an action is.

    Example: aim action update 0a1b2c3d4e --progress 50 --told "Two of four lights mended"
    """
    from aim import workflows

    with open_hub() as (_, store):
        done = workflows.update_action(store, the_actor(), action, progress=progress, told=told)
    typer.echo(f"Action {action} is {done.what.progress} % done.")


@action_app.command("comment")
def action_comment(
    action: Key,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What is to be said.")],
) -> None:
    """Say something about an action.

    Example: aim action comment 0a1b2c3d4e "The parts are ordered"
    """
    from aim import workflows

    with open_hub() as (_, store):
        workflows.comment_action(store, the_actor(), action, words)
    typer.echo("Kept.")


@meeting_app.command("add")
def meeting_add(
    day: Annotated[str, typer.Argument(metavar="DAY", help="A day such as 2026-05-04.")],
    run: Annotated[str, typer.Option(help="Saved run; the newest if not given.")] = "",
    group: Annotated[str, typer.Option(help="The group that meets: aim group list.")] = "",
    agency: Annotated[
        list[str] | None, typer.Option(help="Agency that is present; repeatable.")
    ] = None,
) -> None:
    """Hold a meeting over the list of a saved run.

    Example: aim meeting add 2026-05-04 --agency council --agency police
    """
    from aim import workflows

    words = {"day": day, "run_id": run, "group": group, "agencies": ",".join(agency or ())}
    with open_hub() as (_, store):
        kept = workflows.add_meeting(store, the_actor(), words)
    typer.echo(f"Meeting {kept.key} over run {kept.what.run_id}.")


@meeting_app.command("list")
def meeting_list() -> None:
    """List the meetings, the newest first.

    Example: aim meeting list
    """
    from aim import workflows

    with open_hub() as (_, store):
        typer.echo(workflows.meetings_text(store, the_actor()), nl=False)


@meeting_app.command("show")
def meeting_show(
    meeting: Annotated[str, typer.Argument(metavar="MEETING", help="aim meeting list.")],
) -> None:
    """Show last time's decisions, late actions and the list.

    Example: aim meeting show 0a1b2c3d4e
    """
    from aim import workflows

    with open_hub() as (_, store):
        text = workflows.meeting_text(store, the_actor(), meeting, today=today())
        typer.echo(text, nl=False)


@meeting_app.command("decide")
def meeting_decide(
    meeting: Annotated[str, typer.Argument(metavar="MEETING", help="aim meeting list.")],
    hotspot: Annotated[str, typer.Argument(metavar="HOTSPOT", help="Its number on the list.")],
    choice: Annotated[
        str, typer.Argument(metavar="CHOICE", help="take up, in hand, watch or no action.")
    ],
    group: Group = None,
    reason: Annotated[str, typer.Option(help="Why there is no action.")] = "",
    noted: Annotated[str, typer.Option(help="What was said to be done.")] = "",
) -> None:
    """Keep what the meeting decided of one place.

    Example: aim meeting decide 0a1b2c3d4e 5f6a7b8c9d0e1f2a watch
    """
    from aim import workflows

    words = {
        "hotspot_id": hotspot,
        "choice": choice,
        "group": group or "",
        "reason": reason,
        "noted": noted,
    }
    with open_hub() as (_, store):
        workflows.decide(store, the_actor(), meeting, words)
    typer.echo("Kept.")
