"""Settings side by side as one picture: the curve of distances, and the grid that was tried."""

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from aim.maps.page import ENVIRONMENT

WIDTH, HEAD, LINE = 760, 78, 17
LEFT, RIGHT, TOP, BOTTOM = 46, 300, HEAD + 26, HEAD + 226
GRID_LEFT, CELL_HIGH = 352, 44
_LETTERS_A_LINE = 118
_STEPS = 4
# From white to a blue that black letters can be read on.
_LIGHT, _DARK = (255, 255, 255), (125, 178, 224)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One setting: where it is drawn, and what is written in it."""

    x: float
    y: float
    number: str
    told: str
    fill: str
    fit: bool
    recommended: bool


def tuning_svg(
    grid: pd.DataFrame,
    k_distance: pd.DataFrame,
    *,
    k: int,
    knee_m: float,
    title: str,
    sentence: str,
    foot: Sequence[str] = (),
) -> Markup:
    """Draw the distances to the k-th neighbour, and a grid of settings shaded by their gain.

    Parameters
    ----------
    grid
        ``eps_m``, ``min_samples``, ``gain``, ``stability``, ``fit`` and ``recommended``, in the
        order of eps.
    k_distance
        ``share`` (0 to 1, ascending) and ``distance_m``.
    k, knee_m
        Which neighbour, and where the curve bends; not a number where it does not.
    title, sentence
        What is drawn, and what it comes to.
    foot
        Lines below, such as handling and sources.

    Returns
    -------
    markupsafe.Markup
        One ``svg`` element, 760 px wide, with every number in its description.

    Examples
    --------
    >>> grid = pd.DataFrame({"eps_m": [100.0], "min_samples": [9], "gain": [0.61],
    ...     "stability": [0.95], "fit": [True], "recommended": [True]})
    >>> curve = pd.DataFrame({"share": [0.0, 1.0], "distance_m": [10.0, 200.0]})
    >>> drawn = tuning_svg(grid, curve, k=8, knee_m=60.0, title="Burglary", sentence="Take 100 m.")
    >>> "eps 100 m, min-samples 9: gain 0.61, stable 95%, recommended" in drawn
    True
    """
    lines = [*_wrap(sentence)]
    ceiling = _ceiling(float(k_distance["distance_m"].max()) if len(k_distance) else 0.0)
    cells, columns = _cells(grid)
    below = max(BOTTOM + 46, max((cell.y + CELL_HIGH for cell in cells), default=0) + 40)
    template = ENVIRONMENT.get_template("settings.svg")
    return Markup(  # noqa: S704 - rendered by an environment that escapes
        template.render(
            key=f"settings-{zlib.crc32(repr((title, sentence)).encode('utf-8')):08x}",
            title=title,
            told=_told(grid, k_distance, k, knee_m, sentence),
            lines=lines,
            width=WIDTH,
            height=below + LINE * len(foot) + 8,
            line=LINE,
            foot=[(below + LINE * at, text) for at, text in enumerate(foot)],
            left=LEFT,
            right=RIGHT,
            top=TOP,
            bottom=BOTTOM,
            grid_left=GRID_LEFT,
            ticks=[(_down(at * ceiling / _STEPS, ceiling), f"{at * ceiling / _STEPS:g}")
                   for at in range(_STEPS + 1)],
            curve=_points(k_distance, ceiling),
            knee=None if math.isnan(knee_m) else (_down(knee_m, ceiling), f"{knee_m:.0f} m"),
            k=k,
            cells=cells,
            columns=columns,
            cell_width=_cell_width(len(columns)) - 4,
            cell_high=CELL_HIGH - 4,
        )
    )  # fmt: skip


def _wrap(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= _LETTERS_A_LINE:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    if line:
        yield line


def _ceiling(top: float) -> float:
    """Return a round number of metres no smaller than the highest, that four steps divide."""
    power = 10 ** max(0, math.floor(math.log10(top))) if top > 0 else 1
    return next(one * power for one in (1, 2, 4, 6, 8, 10) if one * power >= top)


def _down(metres: float, ceiling: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * metres / ceiling, 1)


def _points(curve: pd.DataFrame, ceiling: float) -> str:
    pairs = zip(curve["share"], curve["distance_m"], strict=True)
    return " ".join(
        f"{round(LEFT + (RIGHT - LEFT) * share, 1)},{_down(metres, ceiling)}"
        for share, metres in pairs
    )


def _cell_width(columns: int) -> float:
    return (WIDTH - GRID_LEFT) / max(columns, 1)


def _cells(grid: pd.DataFrame) -> tuple[list[_Cell], list[tuple[float, str]]]:
    width = _cell_width(grid["eps_m"].nunique())
    best = max(grid["gain"].max(), 0.0) if len(grid) else 0.0
    cells, columns = [], []
    for across, (eps_m, rows) in enumerate(grid.groupby("eps_m")):
        x = round(GRID_LEFT + across * width, 1)
        columns.append((round(x + width / 2 - 2, 1), f"{eps_m:g} m"))
        for at, row in enumerate(rows.to_dict("records")):
            cells.append(
                _Cell(
                    x,
                    TOP + at * CELL_HIGH,
                    f"{row['min_samples']}",
                    f"{_say(row['gain'], '.2f')} · {_say(row['stability'], '.0%')}",
                    _shade(row["gain"] / best if best else 0.0),
                    bool(row["fit"]),
                    bool(row["recommended"]),
                )
            )
    return cells, columns


def _shade(share: float) -> str:
    share = 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)
    mixed = (round(one + (other - one) * share) for one, other in zip(_LIGHT, _DARK, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _say(value: float, pattern: str) -> str:
    # Nothing is never less than nothing.
    return "none" if math.isnan(value) else format(round(value, 2) + 0.0, pattern)


def _told(grid: pd.DataFrame, curve: pd.DataFrame, k: int, knee_m: float, sentence: str) -> str:
    """Say every number, for those who do not see the picture."""
    parts = [sentence]
    if len(curve):
        tenths = curve.iloc[:: max(1, len(curve) // 10)]
        far = ", ".join(
            f"{metres:.0f} m for {share:.0%}"
            for share, metres in zip(tenths["share"], tenths["distance_m"], strict=True)
        )
        bend = "" if math.isnan(knee_m) else f" The curve bends at {knee_m:.0f} m."
        parts.append(f"Distance within which incidents have {k} others: {far}.{bend}")
    for row in grid.to_dict("records"):
        mark = "recommended" if row["recommended"] else "fit" if row["fit"] else "not fit"
        parts.append(
            f"eps {row['eps_m']:g} m, min-samples {row['min_samples']}:"
            f" gain {_say(row['gain'], '.2f')}, stable {_say(row['stability'], '.0%')}, {mark}."
        )
    return " ".join(parts)
