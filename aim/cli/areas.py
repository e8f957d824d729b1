"""Tables by area: rates, localities by year, vulnerable localities, top places; and sources."""

from functools import partial
from pathlib import Path
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

areas_app = typer.Typer(
    help="Tables by area of a strategic assessment.\n\nExample: aim areas rates --type burglary",
    no_args_is_help=True,
    rich_markup_mode=None,
)
sources_commands = typer.Typer()


@areas_app.command("rates")
@takes_filters()
def areas_rates(
    words: Words,
    per: Annotated[str, typer.Option(help="people or households.")] = "people",
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Count for each 1,000 people or households, with intervals and smoothed.

    Head counts are loaded with: aim wards population FILE.

    Example: aim areas rates --type burglary --per households --since 2025-04 --until 2026-04
    """
    _write(words, file_format, out, kind="rates", per=per)


@areas_app.command("localities")
@takes_filters()
def areas_localities(
    words: Words,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Count by area and year; by type too where types are asked for.

    Example: aim areas localities --type asb --ward-set wards-2026
    """
    _write(words, file_format, out, kind="localities")


@areas_app.command("vulnerable")
@takes_filters()
def areas_vulnerable(
    words: Words,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Rank areas by an index of several indicators; 100 is usual.

    The indicators are the types asked for (burglary and criminal damage if none are) and the
    counts kept with: aim wards population FILE --indicator COLUMN.

    Example: aim areas vulnerable --since 2025-04 --until 2026-04
    """
    _write(words, file_format, out, kind="vulnerable")


@areas_app.command("top")
@takes_filters()
def areas_top(
    words: Words,
    most: Annotated[int, typer.Option(help="How many places to list.")] = 3,
    each: Annotated[bool, typer.Option("--each", help="A list of each area.")] = False,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """List the places with the most incidents, of all areas or of each.

    Example: aim areas top --type asb --each --most 3
    """
    _write(words, file_format, out, kind="top", most=most, each=each)


def _write(words: dict[str, object], file_format: str, out: Path | None, **asked: object) -> None:
    from aim import workflows

    check_table_format(file_format)
    question = workflows.AreaQuestion(**asked)  # type: ignore[arg-type]  # one of the commands above named them
    with open_hub() as (settings, store), waiting("Counting"):
        wanted = workflows.read_words(store, the_actor(), words)
        asked_of = (store, the_actor(), wanted, question)
        content = as_asked(
            file_format,
            lambda: workflows.area_text(*asked_of, year_starts=settings.year_starts),
            partial(workflows.export_areas, *asked_of, settings),
        )
    write_out(content, out)


@sources_commands.command()
@takes_filters("ward")
def sources(
    words: Words,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    no_split: NoSplit = False,
    show: Annotated[
        str, typer.Option(help="The table of a file: places, pairs or combined.")
    ] = "places",
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Compare the hotspots of each source: what agrees, and what one source alone sees.

    Example: aim sources --type asb --since 2025-06 --until 2026-06
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store), waiting("Comparing the sources"):
        wanted, parameters = read_asked(
            settings, store, words, eps_m, min_samples, no_split, cluster_within=False
        )
        asked = (store, the_actor(), wanted, parameters)
        content = as_asked(
            file_format,
            lambda: workflows.sources_text(*asked),
            partial(workflows.export_sources, *asked, settings, shown=show),
        )
    write_out(content, out)
