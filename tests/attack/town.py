"""A small invented town over a week of new reports, and two ways of telling about it."""

import random
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pandas as pd
from attacker import Statement

from aim.access.disclosure import (
    ALL_THEMES,
    BOROUGH,
    LAST_4_QUARTERS,
    LAST_12,
    Audience,
    DifferencingGuard,
    K,
    Question,
    count_grid,
    quarter_of,
    release_grid,
)
from aim.model.times import month_interval
from aim.model.types import taxonomy_from_toml

WARDS = ("A", "B", "C")
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")
LONG_MONTHS = tuple(f"2025-{month:02}" for month in range(4, 13)) + MONTHS
PARTS = ("week-day", "week-night", "weekend-day", "weekend-night")
TYPES = {"fights": ("violence", "asb"), "noise": ("asb",), "threats": ("violence",)}
LEADING = {"fights": "violence", "noise": "asb", "threats": "violence"}
# Days of the week on which somebody looks; the last month is complete from the second on.
DAYS = (0, 3, 6)
WINDOWS = (LAST_12, LAST_4_QUARTERS)
CLOSING_DAY = 3
TAXONOMY = taxonomy_from_toml(
    'version = "0"\n[themes]\nviolence = "Violence"\nasb = "Disorder"\n'
    + "".join(
        f'[types.{slug}]\nname = "{slug.title()}"\nthemes = {list(themes)}\n'
        for slug, themes in TYPES.items()
    )
    + '[types.unclassified]\nname = "Unclassified"\n[qualifiers]\n'
    '[sensitivity]\nwords = ["victim"]\n[sensitivity.feeds]\nwardens = "routine"\n'
)


class Cell(NamedTuple):
    """The smallest thing the attacker thinks of: one kind of incident, by the day it came in."""

    sensitivity: str
    ward: str
    month: str
    incident_type: str
    part: str
    day: int


class Request(NamedTuple):
    """What somebody asks on a day; without a question it is the grid, in some period."""

    day: int
    wards: tuple[str, ...]
    period: str = ""
    question: Question | None = None


@cache
def select(
    day: int,
    sensitivity: str,
    *,
    wards: tuple[str, ...],
    months: tuple[str, ...],
    types: tuple[str, ...] = tuple(TYPES),
    parts: tuple[str, ...] = PARTS,
) -> frozenset[Cell]:
    """Return the cells of a kind that are known by a day."""
    days = [one for one in DAYS if one <= day]
    return frozenset(map(Cell._make, product([sensitivity], wards, months, types, parts, days)))


class Town:
    """How many incidents each cell holds: few, so that there is something to find."""

    def __init__(self, seed: int, months: tuple[str, ...] = MONTHS) -> None:
        self.months = months
        levels = ("routine", "sensitive")
        self.cells = tuple(map(Cell._make, product(levels, WARDS, months, TYPES, PARTS, DAYS)))
        chance = random.Random(seed)
        often = {key: chance.choice((0.0, 0.1, 0.4, 1.2)) for key in product(levels, WARDS, TYPES)}
        self.incidents: dict[Cell, int] = {}
        for cell in self.cells:
            expected = often[cell.sensitivity, cell.ward, cell.incident_type]
            expected *= 3 if cell.sensitivity == "routine" else 1
            expected *= 1 if cell.day == 0 else 0.01
            self.incidents[cell] = sum(chance.random() < expected / 8 for _ in range(8))

    def complete_months(self, day: int) -> tuple[str, ...]:
        return self.months if day >= CLOSING_DAY else self.months[:-1]

    def number(self, cells: Iterable[Cell]) -> int:
        return sum(map(self.incidents.__getitem__, cells))

    def counts(self, day: int) -> pd.DataFrame:
        """Return what the grid is made of on a day."""
        rows = [
            (cell.ward, month_interval(cell.month)[0], cell.incident_type, cell.sensitivity)
            for cell, number in self.incidents.items()
            if cell.day <= day
            for _ in range(number)
        ]
        names = ["ward_code", "occurred_from", "incident_type", "sensitivity"]
        return count_grid(pd.DataFrame(rows, columns=names), TAXONOMY)


class Guarded:
    """Tells what disclosure control lets through, and remembers it as a store would."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.guard = DifferencingGuard(whole=frozenset(PARTS))
        self.remembered: pd.DataFrame | None = None
        self.first_day: dict[str, int] = {}
        self.first_answer: dict[Question, int] = {}
        self.released: dict[int, pd.DataFrame] = {}

    def __call__(self, request: Request) -> list[Statement]:
        if request.question:
            return self.answer(request.day, request.question)
        rows = self.grid_of(request.day)
        seen = rows["ward_code"].isin([*request.wards, BOROUGH])
        asked = rows["period"].isin([request.period, quarter_of(request.period), *WINDOWS])
        chosen = rows[seen & asked & (rows["sensitivity"] != "public")].itertuples(index=False)
        told = [Statement(self.cells_of(request.day, row), row.low, row.high) for row in chosen]
        return [statement for statement in told if statement.cells]

    def grid_of(self, day: int) -> pd.DataFrame:
        if day not in self.released:
            months = self.town.complete_months(day)
            self.released[day], self.remembered = release_grid(
                self.town.counts(day),
                wards=WARDS,
                months=months,
                taxonomy=TAXONOMY,
                audience=Audience.SCRUTINY,
                earlier=self.remembered,
            )
            for period in self.remembered["period"].unique():
                self.first_day.setdefault(period, day)
        return self.released[day]

    def cells_of(self, day: int, row: Any) -> frozenset[Cell]:
        """Return what a row of the grid speaks about: sensitive figures stay as first released."""
        complete = self.town.complete_months(day)
        windows = {LAST_12: complete[-12:], LAST_4_QUARTERS: sorted(self.first_day)[-4:]}
        asked = windows.get(row.period, (row.period,))
        sensitive = row.sensitivity == "sensitive"
        themes = {slug: (LEADING[slug],) if sensitive else TYPES[slug] for slug in TYPES}
        types = tuple(slug for slug in TYPES if row.theme in {*themes[slug], ALL_THEMES})
        wards = WARDS if row.ward_code == BOROUGH else (row.ward_code,)
        pieces = [
            select(
                self.first_day[period] if sensitive else day,
                row.sensitivity,
                wards=wards,
                months=tuple(one for one in complete if period in {one, quarter_of(one)}),
                types=types,
            )
            for period in asked
        ]
        return frozenset().union(*pieces)

    def answer(self, day: int, question: Question) -> list[Statement]:
        """Answer a free question, and tell the whole figures behind it, as the grid would."""
        facts = {fact: cells_of_fact(day, fact) for fact in question.facts}
        known = {fact: self.town.number(cells) for fact, cells in facts.items()}
        asked = cells_of_question(day, question)
        answer = self.guard.ask(question, self.town.number(asked), known)
        self.guard = self.guard.after(answer)
        # A repeated answer speaks of the day it was first given on.
        first = self.first_answer.setdefault(question, day) if answer.new else day
        about = cells_of_question(self.first_answer.get(question, first), question)
        told = [Statement(about, *answer.band)] if answer.band else []
        return [Statement(cells, known[fact], known[fact]) for fact, cells in facts.items()] + told


def cells_of_question(day: int, question: Question) -> frozenset[Cell]:
    return select(
        day,
        "routine",
        wards=tuple(sorted(question.wards)),
        months=tuple(sorted(question.months)),
        types=tuple(sorted(question.types)),
        parts=tuple(sorted(question.parts)),
    )


def cells_of_fact(day: int, fact: tuple[str, str, str]) -> frozenset[Cell]:
    ward, month, slug = fact
    return select(day, "routine", wards=(ward,), months=(month,), types=(slug,))


class Unguarded(Guarded):
    """Tells exact numbers and hides only those below k: what one does without disclosure control.

    Sensitive figures go by month and by a window of three months that slides.
    """

    def __call__(self, request: Request) -> list[Statement]:
        if request.question:
            asked = cells_of_question(request.day, request.question)
            return [self.hide_small(asked)]
        complete = self.town.complete_months(request.day)
        places = [(ward,) for ward in request.wards] + [WARDS]
        periods = [(request.period,), complete[-3:]]
        return [
            self.hide_small(
                select(request.day, "sensitive", wards=wards, months=months, types=(slug,))
            )
            for wards, months, slug in product(places, periods, TYPES)
        ]

    def hide_small(self, cells: frozenset[Cell]) -> Statement:
        number = self.town.number(cells)
        return Statement(cells, 0, K - 1) if number < K else Statement(cells, number, number)


class Forgetful(Guarded):
    """Rounds every answer by itself, without looking at earlier ones."""

    def answer(self, day: int, question: Question) -> list[Statement]:
        self.guard = DifferencingGuard(whole=frozenset(PARTS))
        return super().answer(day, question)
