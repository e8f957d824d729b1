"""Hotspots, maps, trends and the quality of what they stand on."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from aim.cli.history import control_charts
from aim.cli.opening import as_asked, check_table_format, open_hub, the_actor, waiting, write_out
from aim.cli.options import (
    ClusterWithin,
    EpsM,
    MinSamples,
    NoSplit,
    Out,
    TableFormat,
    Words,
    read_asked,
    refuse_options,
    takes_filters,
)
from aim.cli.tuning import tuning_commands

findings_commands = typer.Typer()
hotspots_app = typer.Typer(rich_markup_mode=None)
hotspots_app.add_typer(tuning_commands)


@hotspots_app.callback(invoke_without_command=True)
@hotspots_app.command("find", hidden=True)
@takes_filters()
def hotspots(
    ctx: typer.Context,
    words: Words,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    no_split: NoSplit = False,
    cluster_within: ClusterWithin = False,
    file_format: Annotated[
        str, typer.Option("--format", help="table, csv, json, geojson, xlsx, gpkg or kml.")
    ] = "table",
    out: Out = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the run for good.")] = False,
    test: Annotated[
        str | None,
        typer.Option(help="Test against chance: uniform, at-risk or labels (random types)."),
    ] = None,
    runs: Annotated[int, typer.Option(help="Maps that chance draws for the test.")] = 999,
    stability: Annotated[
        bool,
        typer.Option("--stability", help="Search again with a little changed: what still stands?"),
    ] = False,
    seed: Annotated[int, typer.Option(help="Where the chance of a test begins.")] = 0,
) -> None:
    """Find hotspots and list them, ranked.

    With --test each says whether chance alone would make a place so busy, with --stability whether
    it is found again when settings and incidents change a little.

    Example: aim hotspots --type asb --since 2026-04-01 --until 2026-05-01 --test labels
    """
    if ctx.invoked_subcommand is not None:
        refuse_options(ctx)
        return
    from aim import workflows

    with open_hub() as (settings, store):
        wanted, parameters = read_asked(
            settings, store, words, eps_m, min_samples, no_split, cluster_within
        )
        what = "Testing hotspots" if test or stability else "Finding hotspots"
        with waiting(what) as progress:
            judges: list[workflows.Judge] = []
            if test:
                judges.append(workflows.SignificanceTest(test, runs, seed, progress))
            if stability:
                judges.append(workflows.StabilityTest(seed=seed, progress=progress))
            asked = (store, the_actor(), wanted, parameters)
            every = [*judges, *workflows.harm_judges(settings)]
            find = partial(workflows.find_hotspots, *asked, save=save, judges=every)
            content = as_asked(
                file_format,
                lambda: workflows.run_text(find(), wanted),
                partial(workflows.export_hotspots, *asked, settings, save=save, judges=judges),
            )
        write_out(content, out)


@findings_commands.command("map")
@takes_filters()
def map_(
    words: Words,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    no_split: NoSplit = False,
    cluster_within: ClusterWithin = False,
    self_contained: Annotated[
        bool, typer.Option("--self-contained", help="One file that opens from a USB stick.")
    ] = False,
) -> None:
    """Write a Folium map of the hotspots.

    Without --self-contained the page looks for its scripts in a folder beside it, which is written
    too.

    Example: aim map --type asb --out hotspots.html --self-contained
    """
    from aim import workflows

    beside = out.with_name(f"{out.stem}_files")
    with open_hub() as (settings, store):
        wanted, parameters = read_asked(
            settings, store, words, eps_m, min_samples, no_split, cluster_within
        )
        with waiting("Drawing the map"):
            page = workflows.map_file(
                store,
                the_actor(),
                wanted,
                parameters,
                settings,
                assets=None if self_contained else beside.name,
            )
            if not self_contained:
                workflows.copy_map_assets(beside)
        write_out(page.encode(), out)


@findings_commands.command()
@takes_filters()
def trends(
    words: Words,
    by: Annotated[str, typer.Option(help="month, ward, type or source.")] = "month",
    control: Annotated[
        bool, typer.Option("--control", help="Control charts: what left the range of chance.")
    ] = False,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Count incidents by month, ward, type or source.

    With --control each ward and type is held against the range in which chance keeps it.

    Example: aim trends --type asb --by ward
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store):
        wanted = workflows.read_words(store, the_actor(), words)
        if control:
            write_out(control_charts(settings, store, wanted, file_format), out)
            return
        asked = (store, the_actor(), wanted)
        content = as_asked(
            file_format,
            lambda: workflows.trend_text(*asked, by=by),
            partial(workflows.export_trends, *asked, settings, by=by),
        )
    write_out(content, out)


@findings_commands.command()
def quality(
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Say how far each source is to be trusted: silent months, dropped channels, measures.

    Example: aim quality --format csv --out quality.csv
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store), waiting("Looking at the sources"):
        content = as_asked(
            file_format,
            lambda: workflows.quality_text(store, the_actor()),
            partial(workflows.export_quality, store, the_actor(), settings),
        )
    write_out(content, out)
