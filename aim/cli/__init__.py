"""The command ``aim``: the same jobs as the service, under the same names.

Data go to standard output or ``--out``, messages to standard error. Exit 0: done; 1: the data or
the request was wrong; 2: the command was. Rooms are opened inside the commands, so that
``aim --help`` answers at once.
"""

import sys

import typer

from aim.cli.agreements import agreements_app
from aim.cli.areas import areas_app, sources_commands
from aim.cli.audit import audit_app
from aim.cli.breaks import breaks_app
from aim.cli.campaigns import calendar_app, campaign_app, planner_commands
from aim.cli.cells import cells_app
from aim.cli.digests import digest_app
from aim.cli.effect import effect_commands
from aim.cli.equipment import equipment_app
from aim.cli.evaluation import evaluation_commands
from aim.cli.feeds import feeds_app, feeds_commands, fetch_app, ingest_app
from aim.cli.figures import election_app, figures_commands, mail_app, result_app
from aim.cli.findings import findings_commands, hotspots_app
from aim.cli.history import history_commands
from aim.cli.hub import hub_commands
from aim.cli.indicators import indicators_app
from aim.cli.links import links_app
from aim.cli.opening import fail
from aim.cli.packs import packs_commands
from aim.cli.people import people_app, token_app
from aim.cli.places import places_app
from aim.cli.plans import plan_app, responses_commands
from aim.cli.repeats import repeats_app
from aim.cli.retention import retention_commands, subject_app
from aim.cli.tasking import action_app, group_app, meeting_app, site_app
from aim.cli.times import times_commands
from aim.cli.value import value_commands
from aim.cli.visits import activity_app, card_commands
from aim.cli.wards import wards_app
from aim.errors import AimError

__all__ = ["app", "main"]

app = typer.Typer(
    help="AIM, Active Intelligence Mapping: from incident feeds to hotspots to tested action.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (
    hub_commands,
    feeds_commands,
    findings_commands,
    figures_commands,
    packs_commands,
    history_commands,
    retention_commands,
    times_commands,
    value_commands,
    effect_commands,
    evaluation_commands,
    sources_commands,
    planner_commands,
    responses_commands,
    card_commands,
):
    app.add_typer(commands)
app.add_typer(hotspots_app, name="hotspots")
app.add_typer(wards_app, name="wards")
app.add_typer(areas_app, name="areas")
app.add_typer(indicators_app, name="indicators")
app.add_typer(cells_app, name="cells")
app.add_typer(repeats_app, name="repeats")
app.add_typer(places_app, name="places")
app.add_typer(links_app, name="links")
app.add_typer(breaks_app, name="breaks")
app.add_typer(site_app, name="site")
app.add_typer(group_app, name="group")
app.add_typer(action_app, name="action")
app.add_typer(meeting_app, name="meeting")
app.add_typer(campaign_app, name="campaign")
app.add_typer(calendar_app, name="calendar")
app.add_typer(plan_app, name="plan")
app.add_typer(equipment_app, name="equipment")
app.add_typer(activity_app, name="activity")
app.add_typer(result_app, name="result")
app.add_typer(mail_app, name="mail")
app.add_typer(digest_app, name="digest")
app.add_typer(election_app, name="election")
app.add_typer(people_app, name="user")
app.add_typer(token_app, name="token")
app.add_typer(agreements_app, name="agreements")
app.add_typer(audit_app, name="audit")
app.add_typer(subject_app, name="subject")
app.add_typer(ingest_app, name="ingest")
app.add_typer(feeds_app, name="feeds")
app.add_typer(fetch_app, name="fetch")


@app.callback()
def _root() -> None:
    """Stand before every command."""


def main() -> None:
    """Run the command line; every error of ours becomes one line and an exit code."""
    try:
        app()
    except AimError as error:
        fail(error)
    except BrokenPipeError:
        # The reader of our output went away, as `aim hotspots | head` does.
        sys.stderr.close()
