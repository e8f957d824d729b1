"""Small areas of one size: what stands out, what emerges, how incidents spread."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aim.cli.opening import as_asked, open_hub, the_actor, waiting, write_out
from aim.cli.options import Out, Words, takes_filters

if TYPE_CHECKING:
    from aim.workflows.cells import CellQuestion

cells_app = typer.Typer(
    help="Small areas of one size: which stand out, which emerge, how incidents spread.\n\n"
    "Example: aim cells gi-star --type asb --format geojson --out cells.geojson",
    no_args_is_help=True,
    rich_markup_mode=None,
)
CellM = Annotated[
    float | None,
    typer.Option(help="Side of a square or width of a hexagon, metres; 250, emerging 500."),
]
Shape = Annotated[str, typer.Option(help="square or hexagon.")]
Format = Annotated[
    str, typer.Option("--format", help="table, csv, json, geojson, xlsx, gpkg or kml.")
]
Why = Annotated[
    str, typer.Option("--reason", help="Why rows are taken away, where an agreement asks.")
]


@cells_app.command("gi-star")
@takes_filters()
def cells_gi_star(
    words: Words,
    cell_m: CellM = None,
    shape: Shape = "square",
    reason: Why = "",
    file_format: Format = "table",
    out: Out = None,
) -> None:
    """Find cells busier or quieter than chance, with those that touch them (Getis-Ord Gi*).

    Example: aim cells gi-star --type asb --cell-m 250 --shape hexagon
    """
    from aim import workflows

    question = workflows.CellQuestion("gi-star", cell_m, shape)
    _answer(words, question, file_format, out, reason)


@cells_app.command("moran")
@takes_filters()
def cells_moran(
    words: Words,
    cell_m: CellM = None,
    shape: Shape = "square",
    permutations: Annotated[
        int | None,
        typer.Option(help="Maps that chance draws; as many as correcting for all cells asks for."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="What chance is drawn with.")] = 0,
    reason: Why = "",
    file_format: Format = "table",
    out: Out = None,
) -> None:
    """Find cells like or unlike those around them (local Moran's I).

    Example: aim cells moran --type asb --cell-m 500 --permutations 9999 --seed 1
    """
    from aim import workflows

    question = workflows.CellQuestion("moran", cell_m, shape, permutations, seed)
    _answer(words, question, file_format, out, reason)


@cells_app.command("emerging")
@takes_filters()
def cells_emerging(
    words: Words,
    cell_m: CellM = None,
    shape: Shape = "square",
    reason: Why = "",
    file_format: Format = "table",
    out: Out = None,
) -> None:
    """Say which cells are new, lasting, growing or over, month by month (emerging hot spots).

    Example: aim cells emerging --type asb --since 2025-06-01 --until 2026-06-01
    """
    from aim import workflows

    question = workflows.CellQuestion("emerging", cell_m, shape)
    _answer(words, question, file_format, out, reason)


@cells_app.command("density")
@takes_filters()
def cells_density(
    words: Words,
    cell_m: CellM = None,
    shape: Shape = "square",
    bandwidth_m: Annotated[float, typer.Option(help="How far an incident reaches, metres.")] = 300,
    against: Annotated[
        str,
        typer.Option(help="Set beside it: before, year-ago, type:SLUG or source:NAME."),
    ] = "",
    reason: Why = "",
    file_format: Format = "table",
    out: Out = None,
) -> None:
    """Smooth incidents over the ground (kernel density), alone or beside a second density.

    Example: aim cells density --type asb --bandwidth-m 300 --against source:wardens
    """
    from aim import workflows

    question = workflows.CellQuestion(
        "density", cell_m, shape, bandwidth_m=bandwidth_m, against=against
    )
    _answer(words, question, file_format, out, reason)


def _answer(
    words: Words, question: "CellQuestion", file_format: str, out: Path | None, reason: str
) -> None:
    """Find the cells, and print or write them."""
    from aim import workflows

    with open_hub() as (settings, store), waiting("Looking at cells"):
        actor = the_actor()
        wanted = workflows.read_words(store, actor, words)
        export = partial(workflows.export_cells, store, actor, wanted, settings, question)
        content = as_asked(
            file_format,
            lambda: workflows.cells_text(store, actor, wanted, question),
            partial(export, reason=reason),
        )
    write_out(content, out)
