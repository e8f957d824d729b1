"""Near repeats, places still at risk, addresses with several incidents, signs of a case."""

from functools import partial
from typing import Annotated

import typer

from aim.cli.opening import (
    as_asked,
    check_table_format,
    open_hub,
    the_actor,
    today,
    waiting,
    write_out,
)
from aim.cli.options import (
    Area,
    Out,
    Source,
    TableFormat,
    Ward,
    WardSet,
    Words,
    takes_filters,
)

repeats_app = typer.Typer(
    help="Whether one incident is followed by others.\n\nExample: aim repeats near --type burglary",
    no_args_is_help=True,
    rich_markup_mode=None,
)
On = Annotated[
    str | None, typer.Option(help="The day it is for; the newest a source reaches if not given.")
]
Why = Annotated[
    str, typer.Option("--reason", help="Why rows are taken away, where an agreement asks.")
]


@repeats_app.command("near")
@takes_filters()
def repeats_near(
    words: Words,
    bands_m: Annotated[
        str, typer.Option(help="Edges of the bands of distance, metres; from 0.")
    ] = "0,0.01,100,200,300,400",
    bands_days: Annotated[
        str, typer.Option(help="Edges of the bands of time, days; from 0.")
    ] = "0,7,14,21,28",
    permutations: Annotated[int, typer.Option(help="How often chance is simulated.")] = 999,
    seed: Annotated[int, typer.Option(min=0, help="What chance is drawn with.")] = 0,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Judge whether one incident is soon followed by others close by (Knox).

    A band holds its lower edge and not its upper one; 0 to 0.01 is the same place.

    Example: aim repeats near --type burglary --bands-m 0,200,400 --bands-days 0,7,14
    """
    from aim import workflows

    check_table_format(file_format)
    question = workflows.NearQuestion(
        bands_m=workflows.read_bands(bands_m, "bands-m"),
        bands_days=workflows.read_bands(bands_days, "bands-days"),
        permutations=permutations,
        seed=seed,
    )
    with open_hub() as (settings, store), waiting("Simulating chance"):
        actor = the_actor()
        wanted = workflows.read_words(store, actor, words)
        content = as_asked(
            file_format,
            lambda: workflows.near_text(store, actor, wanted, question),
            partial(workflows.export_near_repeats, store, actor, wanted, settings, question),
        )
    write_out(content, out)


@repeats_app.command("risk")
@takes_filters()
def repeats_risk(
    words: Words,
    on: On = None,
    distance_m: Annotated[float, typer.Option(help="How far risk reaches, metres.")] = 200,
    risk_days: Annotated[int, typer.Option(help="How many days it lasts.")] = 14,
    reason: Why = "",
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """List the places where an incident is so recent that another may follow.

    Example: aim repeats risk --type burglary --distance-m 200 --risk-days 14
    """
    from aim import workflows
    from aim.model.times import read_day

    check_table_format(file_format)
    day = read_day(on, "on") if on else None
    question = workflows.RiskQuestion(on=day, distance_m=distance_m, days=risk_days)
    with open_hub() as (settings, store):
        actor = the_actor()
        wanted = workflows.read_words(store, actor, words)
        content = as_asked(
            file_format,
            lambda: workflows.risk_text(store, actor, wanted, question, today=today()),
            partial(workflows.export_risk, store, actor, wanted, settings, question, reason=reason),
        )
    write_out(content, out)


@repeats_app.command("locations")
@takes_filters()
def repeats_locations(
    words: Words,
    months: Annotated[
        int, typer.Option(help="How long after the first incident others are its repeats.")
    ] = 12,
    least: Annotated[int, typer.Option(help="Incidents that make an address worth listing.")] = 2,
    against: Annotated[
        float | None, typer.Option(help="A share to compare with, such as 0.068.")
    ] = None,
    reason: Why = "",
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """List addresses with several incidents, and the share of incidents that are repeats.

    By property number or address, never by a map point.

    Example: aim repeats locations --type burglary --against 0.068
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store):
        actor = the_actor()
        wanted = workflows.read_words(store, actor, words)
        find = partial(workflows.locations_text, store, actor, wanted)
        export = partial(workflows.export_repeat_places, store, actor, wanted, settings)
        content = as_asked(
            file_format,
            partial(find, months=months, least=least, against=against),
            partial(export, months=months, least=least, against=against, reason=reason),
        )
    write_out(content, out)


@repeats_app.command("case-review")
def repeats_case_review(
    ward: Ward = None,
    ward_set: WardSet = None,
    source: Source = None,
    area: Area = None,
    on: On = None,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """List early signs that a case review of anti-social behaviour may be asked for.

    A sign, not a decision. Every look is on record.

    Example: aim repeats case-review --on 2026-05-04
    """
    from aim import workflows
    from aim.model.times import read_day

    check_table_format(file_format)
    words = {"ward": ward, "ward-set": ward_set, "source": source, "area": area}
    day = read_day(on, "on") if on else None
    with open_hub() as (settings, store):
        actor = the_actor()
        wanted = workflows.read_words(store, actor, words)
        asked = (store, actor, wanted, settings)
        content = as_asked(
            file_format,
            lambda: workflows.case_review_text(*asked, on=day, today=today()),
            partial(workflows.export_case_signs, *asked, on=day),
        )
    write_out(content, out)
