"""How well hotspots foresee, as a command."""

from functools import partial
from typing import Annotated

import typer

from aim.cli.opening import as_asked, check_table_format, open_hub, the_actor, waiting, write_out
from aim.cli.options import (
    EpsM,
    MinSamples,
    NoSplit,
    Out,
    TableFormat,
    Words,
    read_asked,
    takes_filters,
)

evaluation_commands = typer.Typer()


@evaluation_commands.command()
@takes_filters()
def evaluate(
    words: Words,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    no_split: NoSplit = False,
    train: Annotated[int, typer.Option(help="Months that make a map.")] = 6,
    step: Annotated[int, typer.Option(help="Months from one judged to the next.")] = 1,
    cell_m: Annotated[
        float | None,
        typer.Option(
            help="Side of the plain maps' cells in metres; as large as the least hotspot."
        ),
    ] = None,
    area_share: Annotated[
        float, typer.Option(help="Share of the ground that hotspots may cover.")
    ] = 0.03,
    choose: Annotated[
        bool,
        typer.Option("--choose", help="Choose eps and cells on the training months alone."),
    ] = False,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Judge hotspots of past months by the next, beside plain maps of equal ground.

    Example: aim evaluate --area -1.65,54.9565,-1.5719,55.0014 --train 6
    """
    from aim import workflows

    check_table_format(file_format)
    if choose and eps_m is not None:
        raise typer.BadParameter("--choose chooses it; leave it out", param_hint="--eps-m")
    with open_hub() as (settings, store):
        wanted, parameters = read_asked(
            settings, store, words, eps_m, min_samples, no_split, cluster_within=False
        )
        asked = workflows.EvaluationQuestion(parameters, train, step, cell_m, area_share, choose)
        with waiting("Judging hotspots") as progress:
            judge = partial(workflows.evaluate, store, the_actor(), wanted, asked)
            export = partial(
                workflows.export_evaluation, store, the_actor(), wanted, asked, settings
            )
            content = as_asked(
                file_format,
                lambda: workflows.evaluation_text(judge(progress=progress), wanted),
                partial(export, progress=progress),
            )
        write_out(content, out)
