"""Cells as a page, as text for a terminal, and as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from aim.access import reach_of, require, sees_statistics
from aim.config import Settings
from aim.errors import ParameterError
from aim.exports import Listing, text_table
from aim.maps import cell_map_svg
from aim.model.filters import IncidentFilter
from aim.model.people import Action, Actor, Reach
from aim.store import Store
from aim.workflows.agreements import checked_reason, for_taking_away
from aim.workflows.audit import count_view
from aim.workflows.cell_words import KINDS, MEANINGS, TITLES, legend_of, say_cells, say_kind
from aim.workflows.cells import CellQuestion, FoundCells, find_cells, say_asked
from aim.workflows.counting import left_out
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.periods import chosen
from aim.workflows.repeats import asked_with
from aim.workflows.stamps import stamp_of
from aim.workflows.tables import Column, TableView, decimal, table_view, whole
from aim.workflows.views import Choice, ChoiceGroup, ExportedFile, FilterForm
from aim.workflows.words import say_filter, say_left_out

SHOWN = 50
# What stands behind the words, for those who answer for them.
_STATISTICS = ("z", "p", "i", "last_z", "trend_z", "trend_p")
# Said in words already.
_SAID = ("filter", "other_filter", "statistic", "shape", "cell_m", "cells", "incidents", "kernel")
_STATISTICAL_FACTS = ("alpha", "cutoff", "p", "correction", "permutations", "seed")
_NAMES = MappingProxyType(
    {
        "gi-star": "Busier or quieter than chance",
        "moran": "Like or unlike their neighbours",
        "emerging": "New, lasting and fading",
        "density": "Smoothed density",
    }
)


@dataclass(frozen=True, slots=True)
class CellsView:
    """Everything on the page of cells."""

    form: FilterForm
    query: str
    summary: str
    statistics: tuple[Choice, ...]
    shapes: tuple[Choice, ...]
    against: tuple[ChoiceGroup, ...]
    cell_m: str
    bandwidth_m: str
    title: str
    sentence: str
    meaning: tuple[str, ...]
    asked: str
    map_svg: str
    legend: tuple[tuple[str, str, str], ...]  # colour, words, cells
    table: TableView
    more: str
    why: tuple[tuple[str, str], ...]
    behind: TableView | None  # the statistics of the cells listed
    warnings: tuple[str, ...]
    left_out: tuple[str, ...]
    fault: str
    complete_line: str
    stamp_lines: tuple[str, ...]


def cells_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    question: CellQuestion | None = None,
    *,
    fault: str = "",
) -> CellsView:
    """Build the page of cells.

    Parameters
    ----------
    question
        What to find; Gi* if missing.
    fault
        Why there is nothing to show, where the question could not be read.
    """
    require(actor, Action.VIEW)
    asked, reach = question or CellQuestion(), reach_of(actor)
    count_view(store, actor, "cells")
    found = None
    if not fault:
        try:
            found = find_cells(store, actor, wanted, asked)
        except ParameterError as refusal:
            fault = str(refusal)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    form = filter_form(store, reach, wanted)
    stamp = stamp_of(store, actor, wanted, settings)
    behind = _behind(found) if found and sees_statistics(actor) else None
    return CellsView(
        form=form,
        query=wanted.query(),
        summary=say_filter(wanted, dict(zip(wards["ward_code"], wards["ward_name"], strict=True))),
        statistics=_choices(_NAMES, asked.statistic),
        shapes=_choices({"square": "Squares", "hexagon": "Hexagons"}, asked.shape),
        against=_against(form, asked.against),
        cell_m="" if asked.cell_m is None else f"{asked.cell_m:g}",
        bandwidth_m=f"{asked.bandwidth_m:g}",
        title=TITLES[asked.shown],
        sentence=say_cells(asked.shown, found.cells["kind"]) if found else "",
        meaning=MEANINGS[asked.shown],
        asked=say_asked(found, wanted)[1] if found else "",
        map_svg=_map(store, reach, wanted, found) if found else "",
        legend=legend_of(asked.shown, found.cells["kind"]) if found else (),
        table=_table(found),
        more=_say_more(found),
        why=_why(found) if found and behind else (),
        behind=behind,
        warnings=found.warnings if found else (),
        left_out=_left_out(store, reach, wanted),
        fault=fault,
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def cells_text(store: Store, actor: Actor, wanted: IncidentFilter, question: CellQuestion) -> str:
    """Return cells for a terminal: what was asked, the sentence, and those worth a word.

    Raises
    ------
    ParameterError
        There is no ground, it has too many cells, or the statistic cannot be had.
    """
    found = find_cells(store, actor, wanted, question)
    listed = found.noteworthy.head(SHOWN)
    columns = [one.name for one in _COLUMNS[question.shown] if one.name not in {"kind", "rank"}]
    plain = pd.DataFrame(listed)[["rank", *columns]].assign(
        found=[say_kind(question.shown, kind) for kind in listed["kind"]]
    )
    extra = [name for name in _STATISTICS if name in listed.columns and sees_statistics(actor)]
    numbers = pd.DataFrame(listed)[extra].map(lambda value: f"{value:.3g}")
    facts = {name: fact for name, fact in _shown_facts(found, actor).items() if name not in _SAID}
    head = (
        *say_asked(found, wanted),
        say_cells(question.shown, found.cells["kind"]),
        *found.warnings,
        *_left_out(store, reach_of(actor), wanted),
        *_say_facts(facts),
        *([_say_more(found)] if _say_more(found) else []),
    )
    table = pd.concat([plain.round(1), numbers], axis=1)
    return "\n".join((*head, "", text_table(table)))


def export_cells(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    question: CellQuestion,
    *,
    file_format: str,
    made: date,
    reason: str = "",
) -> ExportedFile:
    """Write every cell of the ground, as far as agreements let reports go.

    Raises
    ------
    ParameterError
        There is no ground, it has too many cells, or the statistic cannot be had.
    ReasonNeededError
        The agreement of a source shown asks for a reason and none was given.
    """
    require(actor, Action.EXPORT)
    carrier, left_behind = for_taking_away(store, actor)
    found = find_cells(store, carrier, wanted, question)
    hidden = () if sees_statistics(actor) else _STATISTICS
    rows = found.cells.drop(columns=[name for name in hidden if name in found.cells.columns])
    facts = _shown_facts(found, actor)
    sources = [one.source for one in chosen(store.coverage(reach_of(carrier)), wanted)]
    listing = Listing(
        TITLES[question.shown],
        rows,
        stamp_of(store, actor, wanted, settings, made=made),
        notes=(
            say_cells(question.shown, found.cells["kind"]),
            *found.warnings,
            *_left_out(store, reach_of(carrier), wanted),
            *left_behind,
        ),
        name="cells",
        parameters=asked_with(facts),
        facts=facts,
    )
    given = checked_reason(store, actor, sources, reason)
    return hand_out(store, actor, listing, wanted, "cells", file_format, reason=given)


def _shown_facts(found: FoundCells, actor: Actor) -> dict[str, Any]:
    hidden = () if sees_statistics(actor) else _STATISTICAL_FACTS
    return {name: fact for name, fact in found.facts.items() if name not in hidden}


def _left_out(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[str, ...]:
    return say_left_out(left_out(store, reach, wanted.without_wards()))


def _say_facts(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return ("; ".join(f"{name} {_plain(value)}" for name, value in facts.items()) + ".",)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _choices(names: Mapping[str, str], chosen_one: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, label, name == chosen_one) for name, label in names.items())


def _against(form: FilterForm, asked: str) -> tuple[ChoiceGroup, ...]:
    """Return what a density may be set beside."""
    periods = {"": "Nothing", "before": "The period before", "year-ago": "A year ago"}
    sources = {f"source:{one.value}": one.label for one in form.sources}
    types = {
        f"type:{choice.value}": choice.label for group in form.types for choice in group.choices
    }
    return (
        ChoiceGroup("Periods", _choices(periods, asked)),
        ChoiceGroup("Sources", _choices(sources, asked)),
        ChoiceGroup("Types", _choices(types, asked)),
    )


def _map(store: Store, reach: Reach, wanted: IncidentFilter, found: FoundCells) -> str:
    wards = store.wards(reach, ward_set=wanted.ward_set)
    shown = wards[wards["ward_code"].isin(wanted.wards)] if wanted.wards else wards
    drawn = cell_map_svg(
        found.noteworthy, shown, KINDS[found.question.shown], title=TITLES[found.question.shown]
    )
    return str(drawn)


def _table(found: FoundCells | None) -> TableView:
    if found is None:
        return TableView("", (), ())
    shown = found.question.shown
    listed = found.noteworthy.head(SHOWN)
    told = listed.assign(kind=[say_kind(shown, kind) for kind in listed["kind"]])
    return table_view(told, TITLES[shown], _COLUMNS[shown])


def _say_more(found: FoundCells | None) -> str:
    count = len(found.noteworthy) if found else 0
    if count <= SHOWN:
        return ""
    return f"The first {SHOWN} of {count:,}; the file holds every cell."


_PLACE = (
    whole("Rank", "rank"),
    Column("place", "Place"),
    Column("ward_names", "Wards"),
    whole("Incidents", "incidents"),
)
_KIND = Column("kind", "In words")
_COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "gi-star": (*_PLACE, whole("Here and around", "around"), _KIND),
        "moran": (*_PLACE, whole("Here and around", "around"), _KIND),
        "emerging": (*_PLACE, whole("Months it stood out", "hot_steps"), _KIND),
        "density": (
            *_PLACE,
            decimal("A square kilometre", "density_km2", 0),
            decimal("Times the average", "times_average"),
            _KIND,
        ),
        "dual": (
            *_PLACE,
            decimal("Near, of the first", "near"),
            decimal("Near, of the second", "other_near"),
            decimal("Times its share", "times_share"),
            _KIND,
        ),
    }
)


def _behind(found: FoundCells) -> TableView | None:
    """Return the statistics of the cells listed; None where there are none."""
    names = [name for name in _STATISTICS if name in found.cells.columns]
    if not names:
        return None
    columns = (*_PLACE[:2], *(_statistic(name) for name in names))
    return table_view(found.noteworthy.head(SHOWN), "The statistics of these cells", columns)


def _statistic(name: str) -> Column:
    labels = {
        "z": "Gi* (z)",
        "p": "p",
        "i": "Moran's I",
        "last_z": "Gi* of the last month",
        "trend_z": "Trend (z)",
        "trend_p": "Trend (p)",
    }
    return Column(name, labels[name], lambda value: f"{value:.3g}", number=True)


def _why(found: FoundCells) -> tuple[tuple[str, str], ...]:
    labels = {
        "alpha": "False alarms borne",
        "cutoff": "Largest p that counts",
        "p": "p",
        "correction": "Correction for many cells",
        "permutations": "Permutations",
        "seed": "Seed",
        "months": "Months",
        "data_version": "Data version",
    }
    return tuple(
        (label, _plain(found.facts[name])) for name, label in labels.items() if name in found.facts
    )
