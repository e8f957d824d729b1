"""From the released grid to what people read: lines by theme, bands in words, sentences."""

from dataclasses import dataclass

import pandas as pd

from aim.access.disclosure import ALL_THEMES, say_band
from aim.analysis import compare_counts
from aim.errors import NotFoundError, ParameterError
from aim.model.incidents import Sensitivity
from aim.model.times import read_month
from aim.model.types import read_taxonomy
from aim.workflows.figures import FigureGrid
from aim.workflows.words import CHANGE_WORDS, NOT_COMPARED, say_number

YEAR = "last-12"
CHART_MONTHS = 12
_OPEN = (Sensitivity.PUBLIC.value, Sensitivity.ROUTINE.value)
LATE_SAID = "Reports that arrive late change the figures of earlier months."


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """One theme: how many reports, and how they changed."""

    name: str
    reports: int
    change: str


@dataclass(frozen=True, slots=True)
class BandLine:
    """One theme's sensitive reports in a quarter, in words."""

    name: str
    words: str


def chosen_period(grid: FigureGrid, period: str) -> str:
    """Return the period asked for, the latest complete month if none is.

    Raises
    ------
    NotFoundError
        No month is complete.
    ParameterError
        The period is none of the grid's.
    """
    if not grid.months:
        raise NotFoundError(
            "Figures are given for months that every source covers; no month is complete yet."
        )
    known = [*grid.months, *([YEAR] if len(grid.months) >= CHART_MONTHS else [])]
    if period and period not in known:
        raise ParameterError(
            f"`period` {period!r} was asked for; figures are given for {grid.months[0]} to"
            f" {grid.months[-1]}, month by month, and for {YEAR}."
        )
    return period or grid.months[-1]


def months_of(grid: FigureGrid, period: str) -> tuple[list[str], list[str]]:
    """Return a period's months, and the same a year before; none where one is not complete."""
    months = list(grid.months[-CHART_MONTHS:]) if period == YEAR else [period]
    before = [f"{int(month[:4]) - 1}{month[4:]}" for month in months]
    return months, before if set(before) <= set(grid.months) else []


def say_months(grid: FigureGrid, period: str) -> str:
    """Say a period as people read it."""
    months, _ = months_of(grid, period)
    first, last = (f"{read_month(month):%B %Y}" for month in (months[0], months[-1]))
    return first if first == last else f"{first} to {last}"


def say_compared(before: list[str]) -> str:
    """Say what a period is compared with."""
    if not before:
        return "Not compared: the same months a year before are not complete for every source."
    first, last = (f"{read_month(month):%B %Y}" for month in (before[0], before[-1]))
    return f"Compared with {first if first == last else f'{first} to {last}'}."


def count_months(grid: FigureGrid, code: str, *, public_only: bool) -> pd.DataFrame:
    """Return the reports of a ward that are given as they are: a row a month, a column a theme."""
    levels = _OPEN[:1] if public_only else _OPEN
    rows = grid.released
    rows = rows[
        (rows["ward_code"] == code)
        & rows["sensitivity"].isin(levels)
        & rows["period"].isin(grid.months)
    ]
    return rows.pivot_table(index="period", columns="theme", values="low", aggfunc="sum")


def theme_lines(by_month: pd.DataFrame, months: list[str], before: list[str]) -> list[ThemeLine]:
    """Return a line for each theme, the busiest first, and the line of all themes last."""
    names = {**read_taxonomy().themes, "other": "Other", ALL_THEMES: "All reports"}
    now = by_month.loc[months].sum().astype("int64")
    then = by_month.loc[before].sum().astype("int64")
    lines = {
        theme: ThemeLine(
            names.get(theme, theme),
            int(now[theme]),
            CHANGE_WORDS[compare_counts(int(now[theme]), int(then[theme]))[1]]
            if before
            else NOT_COMPARED,
        )
        for theme in by_month.columns
    }
    total = lines.pop(ALL_THEMES)
    return [*sorted(lines.values(), key=lambda line: (-line.reports, line.name)), total]


def say_total(total: ThemeLine, said: str) -> str:
    """Say how many reports a period had, and how that changed."""
    reports = say_number(total.reports, "report", "reports")
    changes = {
        "New": "where there were none a year before",
        "Up": "more than a year before",
        "Down": "fewer than a year before",
        "Steady": "about as many as a year before",
    }
    change = changes.get(total.change)
    return f"{reports} in {said}{f', {change}' if change else ''}."


def quarter_bands(grid: FigureGrid, code: str) -> tuple[str, tuple[BandLine, ...]]:
    """Return the newest closed quarter and its sensitive reports by theme, in words."""
    rows = grid.released
    mine = rows[
        (rows["ward_code"] == code)
        & (rows["sensitivity"] == Sensitivity.SENSITIVE.value)
        & rows["period"].str.contains(" Q", regex=False)
    ]
    if mine.empty:
        return "", ()
    quarter = str(mine["period"].max())
    names = {**read_taxonomy().themes, "other": "Other"}
    newest = mine[(mine["period"] == quarter) & (mine["theme"] != ALL_THEMES)]
    told = newest[newest["low"] > 0].sort_values(["high", "theme"], ascending=[False, True])
    lines = [
        BandLine(names.get(theme, theme), say_band(int(low), int(high)))
        for theme, low, high in zip(told["theme"], told["low"], told["high"], strict=True)
    ]
    fewest = newest.loc[newest["low"] == 0, "high"]
    if len(fewest):
        every = "Every other theme" if lines else "Every theme"
        lines.append(BandLine(every, f"{say_band(0, int(fewest.max()))} each"))
    return quarter, tuple(lines)
