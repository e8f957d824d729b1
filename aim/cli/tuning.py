"""What stands behind hotspots: settings tried out, parts of wide clusters, bursts in time."""

from functools import partial
from pathlib import Path
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
    EpsM,
    MinSamples,
    NoSplit,
    Out,
    TableFormat,
    Words,
    read_asked,
    takes_filters,
)

tuning_commands = typer.Typer()


@tuning_commands.command("tune")
@takes_filters()
def hotspots_tune(
    words: Words,
    eps_m: Annotated[
        list[float] | None, typer.Option(help="A distance to try, metres; repeatable.")
    ] = None,
    min_samples: Annotated[
        list[int] | None, typer.Option(help="A number to try with each; repeatable.")
    ] = None,
    no_split: NoSplit = False,
    seed: Annotated[int, typer.Option(help="For incidents held out at random.")] = 0,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw it too.")] = None,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Try settings side by side, and recommend one: chance, stability, foresight.

    Example: aim hotspots tune --type asb --plot settings.svg
    """
    from aim import workflows

    check_table_format(file_format)
    question = workflows.TuningQuestion(tuple(eps_m or ()), tuple(min_samples or ()), seed)
    with open_hub() as (settings, store), waiting("Trying settings") as progress:
        actor = the_actor()
        wanted, usual = read_asked(
            settings, store, words, None, None, no_split, cluster_within=False
        )
        found = workflows.tune(store, actor, wanted, usual, question, progress=progress)
        content = as_asked(
            file_format,
            lambda: workflows.tuning_text(found, wanted),
            partial(workflows.export_tuning, store, actor, found, wanted, settings),
        )
        drawing = (
            workflows.plot_tuning(store, actor, found, wanted, settings, made=today())
            if plot
            else None
        )
    if plot and drawing:
        write_out(drawing.content, plot)
    write_out(content, out)


@tuning_commands.command("tree")
@takes_filters("ward")
def hotspots_tree(
    words: Words,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Nest hotspots below the wide clusters they were split from, with HDBSCAN's view of each.

    Example: aim hotspots tree --type asb
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store), waiting("Finding hotspots"):
        wanted, parameters = read_asked(
            settings, store, words, eps_m, min_samples, no_split=False, cluster_within=False
        )
        asked = (store, the_actor(), wanted, parameters)
        content = as_asked(
            file_format,
            lambda: workflows.parts_text(*workflows.hotspot_parts(*asked), wanted),
            partial(workflows.export_parts, *asked, settings),
        )
    write_out(content, out)


@tuning_commands.command("bursts")
@takes_filters()
def hotspots_bursts(
    words: Words,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    within_days: Annotated[
        int, typer.Option(min=0, help="Days that two incidents may be apart.")
    ] = 14,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Find places where incidents came close together in time too; needs days, not months.

    Example: aim hotspots bursts --type burglary --within-days 7
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store), waiting("Finding bursts"):
        wanted, parameters = read_asked(
            settings, store, words, eps_m, min_samples, no_split=False, cluster_within=False
        )
        asked = (store, the_actor(), wanted, parameters)
        find = partial(workflows.bursts, *asked, within_days=within_days)
        content = as_asked(
            file_format,
            lambda: workflows.bursts_text(find(), wanted),
            partial(workflows.export_bursts, *asked, settings, within_days=within_days),
        )
    write_out(content, out)
