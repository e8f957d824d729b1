"""The annual table of indicators, targets by quarter, published shares, and case reviews."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from aim.cli.opening import as_asked, check_table_format, open_hub, the_actor, waiting, write_out
from aim.cli.options import Out, Words, refuse_options, takes_filters

indicators_app = typer.Typer(rich_markup_mode=None)

Format = Annotated[str, typer.Option("--format", help="table, csv, json or xlsx.")]
Year = Annotated[str, typer.Option(help="As 2025/26; the newest whole year if not given.")]
Number = Annotated[str, typer.Option(help="A whole number.")]


@indicators_app.callback(invoke_without_command=True)
@indicators_app.command("annual", hidden=True)
@takes_filters("types", "since", "until", "hours", "days")
def indicators(
    ctx: typer.Context,
    words: Words,
    year: Year = "",
    file_format: Format = "table",
    out: Out = None,
) -> None:
    """Count each indicator in a year and the one before, and say what chance explains.

    Which indicators is a table of yours: AIM_INDICATORS.

    Example: aim indicators --year 2025/26 --format xlsx --out indicators.xlsx
    """
    if ctx.invoked_subcommand is not None:
        refuse_options(ctx)
        return
    _write(words, file_format, out, show="annual", year=year)


@indicators_app.command("milestones")
@takes_filters("types", "since", "until", "hours", "days", "ward", "area")
def milestones(words: Words, file_format: Format = "table", out: Out = None) -> None:
    """Set what was counted beside each quarter's milestone, from the start of each year.

    Example: aim indicators milestones
    """
    _write(words, file_format, out, show="milestones")


def _write(
    words: dict[str, object], file_format: str, out: Path | None, *, show: str, year: str = ""
) -> None:
    from aim import workflows

    if file_format != "xlsx":
        check_table_format(file_format)
    question = workflows.IndicatorQuestion(show, year)
    with open_hub() as (settings, store), waiting("Counting"):
        wanted = workflows.read_words(store, the_actor(), words)
        asked = (store, the_actor(), wanted, question, settings)
        content = as_asked(
            file_format,
            lambda: workflows.indicators_text(*asked),
            partial(workflows.export_indicators, *asked),
        )
    write_out(content, out)


@indicators_app.command("share")
def share(
    part: Annotated[str, typer.Argument(metavar="PART", help="How many, such as 12.")],
    whole: Annotated[str, typer.Argument(metavar="WHOLE", help="Of how many, such as 715.")],
    against: Annotated[
        str, typer.Option(help="Another published share to compare with, per cent.")
    ] = "",
) -> None:
    """Put an interval around a published share, such as a repeat rate, and compare it.

    Example: aim indicators share 12 715 --against 6.8
    """
    from aim import workflows

    answer = workflows.compare_share(the_actor(), workflows.ShareQuestion(part, whole, against))
    lines = [answer.words, *([answer.statistic] if answer.statistic else []), *answer.warnings]
    typer.echo("\n".join(lines))


@indicators_app.command("case-reviews")
def case_reviews(file_format: Format = "table", out: Out = None) -> None:
    """Show the case reviews of anti-social behaviour by year, ready to publish.

    Example: aim indicators case-reviews --format csv --out case-reviews.csv
    """
    from aim import workflows

    if file_format != "xlsx":
        check_table_format(file_format)
    with open_hub() as (settings, store):
        content = as_asked(
            file_format,
            lambda: workflows.case_tally_text(store, the_actor()),
            partial(workflows.export_case_tally, store, the_actor(), settings),
        )
    write_out(content, out)


@indicators_app.command("count-reviews")
def count_reviews(
    year: Annotated[str, typer.Argument(metavar="YEAR", help="As 2025/26.")],
    applications: Number,
    not_met: Number,
    reviews: Number,
    recommendations: Number,
) -> None:
    """Keep a year's case reviews: numbers alone, no place and no person.

    Example: aim indicators count-reviews 2025/26 --applications 9 --not-met 5 --reviews 4
    --recommendations 3
    """
    from aim import workflows

    words = {
        "year": year,
        "applications": applications,
        "not_met": not_met,
        "reviews": reviews,
        "recommendations": recommendations,
    }
    with open_hub() as (settings, store):
        kept = workflows.keep_case_reviews(
            store, the_actor(), words, year_starts=settings.year_starts
        )
    typer.echo(f"The case reviews of {kept.what.year} are kept.")
