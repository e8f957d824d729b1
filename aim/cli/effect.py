"""Did an action work: a place before and after, beside one like it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aim.cli.opening import as_asked, check_table_format, open_hub, the_actor, waiting, write_out
from aim.cli.options import (
    Out,
    TableFormat,
    Words,
    takes_filters,
)
from aim.errors import ConfigError

if TYPE_CHECKING:
    from aim.config import Settings

effect_commands = typer.Typer()


@effect_commands.command()
@takes_filters("ward", "ward_set", "area")
def effect(
    words: Words,
    area: Annotated[
        str,
        typer.Argument(
            metavar="AREA",
            help="SET:CODE, west,south,east,north in degrees, or a saved hotspot's id.",
        ),
    ],
    before: Annotated[
        str,
        typer.Option(help="equal (as long, just before), year-ago, or the first day of before."),
    ] = "equal",
    displacement_m: Annotated[
        float, typer.Option(help="How far around incidents may have moved, metres; 0 for no ring.")
    ] = 200.0,
    control: Annotated[
        str, typer.Option(help="auto, or what to compare with: as AREA, or a suggested name.")
    ] = "auto",
    harm: Annotated[
        bool, typer.Option("--harm", help="Weigh the result by AIM_HARM_WEIGHTS too.")
    ] = False,
    file_format: TableFormat = "table",
    out: Out = None,
) -> None:
    """Compare a place before and after an action with its surroundings and a place like it.

    Example: aim effect wards-2026:E05099003 --type asb --since 2025-10-01 --until 2026-06-01
    """
    from aim import workflows

    check_table_format(file_format)
    with open_hub() as (settings, store), waiting("Comparing"):
        wanted = workflows.read_words(store, the_actor(), words)
        asked = workflows.EffectQuestion(area, wanted, before, displacement_m, control)
        weights = _weights_of(settings) if harm else None
        content = as_asked(
            file_format,
            lambda: workflows.effect_text(store, the_actor(), asked, harm=weights),
            partial(workflows.export_effect, store, the_actor(), asked, settings, harm=weights),
        )
    write_out(content, out)


def _weights_of(settings: "Settings") -> Path:
    if settings.harm_weights is None:
        raise ConfigError(
            "The result was to be weighed by harm, but no table is set; name one in"
            " AIM_HARM_WEIGHTS."
        )
    return settings.harm_weights
