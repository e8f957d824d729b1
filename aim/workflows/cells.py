"""Small areas of one size: which stand out, which emerge, and how incidents spread over them.

No sensitive report takes part for anybody: a cell is a small place.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim import __version__
from aim.access import reach_of, require
from aim.analysis import (
    Density,
    Grid,
    cell_centres,
    cell_polygons,
    count_cells,
    dual_kernel_density,
    emerging_hotspots,
    fdr_cutoff,
    gi_star,
    grid_neighbours,
    kernel_density,
    local_moran,
    locate_cells,
    make_grid,
    space_time_cube,
    suggest_bandwidth,
)
from aim.analysis.local_statistics import normal_p, scattered_p
from aim.analysis.names import name_place
from aim.errors import ParameterError
from aim.model.crs import to_degrees
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import Sensitivity
from aim.model.people import Action, Actor, Reach
from aim.model.times import local_months, next_month, read_month, say_month
from aim.store import Store
from aim.workflows.cell_words import CHANCE, KINDS
from aim.workflows.doubts import doubts_between, doubts_within, silent_months
from aim.workflows.evaluation import ground_of
from aim.workflows.filters import read_words
from aim.workflows.hotspots import not_comparable
from aim.workflows.memory import Memory
from aim.workflows.periods import Period, chosen, months_held, period_of, within
from aim.workflows.searching import NEEDED, taking_part
from aim.workflows.words import say_filter

STATISTICS = ("gi-star", "moran", "emerging", "density")
SHAPES = ("square", "hexagon")
# A month's incidents are few: its cells are wider, so that a step can say anything at all.
CELL_M, WIDE_CELL_M = 250.0, 500.0
LEAST_CELL_M, MOST_CELLS = 25.0, 50_000
BANDWIDTH_M = 300.0
LEAST_BANDWIDTH_M, MOST_BANDWIDTH_M = 50.0, 5_000.0
ALPHA = 0.05
MOST_PERMUTATIONS, LEAST_PERMUTATIONS = 99_999, 99
# Cells times permutations that are worth a reader's wait.
_PATIENCE = 30_000_000
# Fewer incidents than this around a place, by nearness, say nothing of a ratio.
FEWEST_NEAR = 5.0
# Fewer incidents around a cell in a month, and most months tell nothing.
_FEW_A_STEP = 5.0
_METRES = ["easting", "northing"]
_SMALL_PLACE = "Sensitive reports take no part: a cell is a small place."
_NAMEABLE = (Sensitivity.PUBLIC.value, Sensitivity.ROUTINE.value)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CellQuestion:
    """What is asked of cells.

    Attributes
    ----------
    statistic
        One of ``STATISTICS``.
    cell_m
        Side of a square or width of a hexagon, metres; 250, for emerging hot spots 500, if None.
    shape
        ``square`` or ``hexagon``.
    permutations, seed
        For local Moran: how many maps chance draws, as many as correcting for all cells asks for
        if None; and what with.
    bandwidth_m
        For densities: how far an incident reaches, metres.
    against
        For densities, what the first is set beside: ``before`` (as long, just before),
        ``year-ago``, ``type:SLUG`` or ``source:NAME``; empty for one density.
    """

    statistic: str = "gi-star"
    cell_m: float | None = None
    shape: str = "square"
    permutations: int | None = None
    seed: int = 0
    bandwidth_m: float = BANDWIDTH_M
    against: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no statistic, no cell and no reach."""
        _check_word("statistic", self.statistic, STATISTICS)
        _check_word("shape", self.shape, SHAPES)
        _check_number("cell-m", self.width_m, LEAST_CELL_M, math.inf)
        _check_number("bandwidth-m", self.bandwidth_m, LEAST_BANDWIDTH_M, MOST_BANDWIDTH_M)
        asked = LEAST_PERMUTATIONS if self.permutations is None else self.permutations
        _check_number("permutations", asked, LEAST_PERMUTATIONS, MOST_PERMUTATIONS)
        _check_number("seed", self.seed, 0, math.inf)
        if self.against and self.statistic != "density":
            raise ParameterError(
                f"`against` sets one density beside another; {self.statistic} has none. Ask for"
                " density, or leave it out."
            )

    @property
    def width_m(self) -> float:
        """How wide a cell is, metres."""
        if self.cell_m is not None:
            return self.cell_m
        return WIDE_CELL_M if self.statistic == "emerging" else CELL_M

    @property
    def shown(self) -> str:
        """What the answer is told as: the statistic, or ``dual`` for two densities."""
        return "dual" if self.against else self.statistic


def _check_word(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ParameterError(f"`{name}` is {', '.join(known)}; found {value!r}.")


def _check_number(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        upper = "" if math.isinf(most) else f" and at most {most:g}"
        raise ParameterError(f"`{name}` must be at least {least:g}{upper}, found {value:g}.")


@dataclass(frozen=True, slots=True)
class FoundCells:
    """Cells with what was found of each.

    Attributes
    ----------
    cells
        One row a cell, those worth a word first: ``rank``, ``place``, ``wards``, ``ward_names``,
        ``incidents``, the statistic's own columns, ``kind`` (of ``KINDS``, or what is not drawn),
        ``easting``, ``northing``, ``lon``, ``lat`` (of the middle) and polygons in EPSG:27700.
    question
        What was asked.
    facts
        The filter, sizes, seed, data and program version.
    warnings
        What to know first.
    """

    cells: gpd.GeoDataFrame
    question: CellQuestion
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]

    @property
    def noteworthy(self) -> gpd.GeoDataFrame:
        """The cells of a kind that is drawn."""
        drawn = {one.kind for one in KINDS[self.question.shown]}
        listed: gpd.GeoDataFrame = self.cells[self.cells["kind"].isin(list(drawn))]
        return listed


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every statistic is made from."""

    store: Store
    reach: Reach
    wanted: IncidentFilter
    question: CellQuestion
    grid: Grid
    incidents: pd.DataFrame
    other: IncidentFilter | None = None
    beside: pd.DataFrame | None = None

    @property
    def xy_m(self) -> Floats:
        places: Floats = self.incidents[_METRES].to_numpy(np.float64)
        return places


@dataclass(frozen=True, slots=True)
class _Judged:
    """Columns a statistic adds, ``kind`` and ``strength`` (larger comes first) among them."""

    columns: pd.DataFrame
    facts: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


_CELLS: Memory[FoundCells] = Memory(16)


def find_cells(
    store: Store, actor: Actor, wanted: IncidentFilter, question: CellQuestion | None = None
) -> FoundCells:
    """Cut the ground into cells and say what is found of each.

    Parameters
    ----------
    wanted
        The filter. As for hotspots its wards choose nothing before: they then choose cells, so
        what is said of a cell does not change with the ward.
    question
        What to find; Gi* on squares of 250 m if missing.

    Returns
    -------
    FoundCells
        Public and routine reports of known place within the loaded wards, or the filter's area.

    Raises
    ------
    ParameterError
        There is no ground, it has too many cells, or the statistic cannot be had.
    """
    require(actor, Action.VIEW)
    asked, reach, everywhere = question or CellQuestion(), reach_of(actor), wanted.without_wards()
    other = _other_filter(store, actor, everywhere, asked.against)
    found = _CELLS.recall(
        store,
        (reach, everywhere, asked, other),
        lambda: _find(store, reach, everywhere, asked, other),
    )
    return _in_wards(found, wanted.wards)


def _find(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    asked: CellQuestion,
    other: IncidentFilter | None,
) -> FoundCells:
    shape = cast("Literal['square', 'hexagon']", asked.shape)
    grid = make_grid(ground_of(store, reach, wanted), asked.width_m, shape)
    if len(grid) > MOST_CELLS:
        raise ParameterError(
            f"`cell-m` of {asked.width_m:g} m makes {len(grid):,} cells, more than {MOST_CELLS:,};"
            " take larger cells or a smaller `area`."
        )
    incidents, told = _taking_part(store, reach, wanted)
    beside = _taking_part(store, reach, other)[0] if other else None
    if beside is not None:
        # A report in both counts in the second alone: shares of a part and its whole say little.
        incidents = incidents[~incidents["incident_id"].isin(beside["incident_id"])]
    ground = _Ground(store, reach, wanted, asked, grid, incidents, other, beside)
    judged = _JUDGES[asked.shown](ground)
    return FoundCells(
        cells=_describe(ground, judged.columns),
        question=asked,
        facts={
            "filter": wanted.words(),
            "statistic": asked.statistic,
            "shape": asked.shape,
            "cell_m": asked.width_m,
            "cells": len(grid),
            "incidents": len(incidents),
            **judged.facts,
            "data_version": store.data_version(),
            "program_version": __version__,
        },
        warnings=(
            *told,
            *judged.warnings,
            *_snapped(incidents, asked.width_m),
            *doubts_within(store, reach, wanted),
        ),
    )


def _taking_part(
    store: Store, reach: Reach, wanted: IncidentFilter
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return public and routine reports of known place, and what takes no part."""
    incidents, left, _ = taking_part(store, reach, wanted, HotspotParameters(), columns=NEEDED)
    named = incidents[incidents["sensitivity"].isin(_NAMEABLE)].reset_index(drop=True)
    away = left["sensitivity"].isin(_NAMEABLE).sum()
    points = f"{away:,} incidents stand where the sender puts what it cannot locate: left out."
    return named, (_SMALL_PLACE, *([points] if away else []))


def _snapped(incidents: pd.DataFrame, cell_m: float) -> tuple[str, ...]:
    share = float((incidents["place_precision"] == "snapped").mean()) if len(incidents) else 0.0
    if not share:
        return ()
    return (
        (
            f"{share:.0%} of the positions are snapped to map points: a cell of {cell_m:g} m holds"
            " all reports of a point or none."
        ),
    )


# --- the statistics ------------------------------------------------------------------------------


def _gi_star(ground: _Ground) -> _Judged:
    counts, neighbours = count_cells(ground.grid, ground.xy_m), grid_neighbours(ground.grid)
    around = (neighbours @ counts).astype(np.int64)
    z = gi_star(counts, neighbours)
    p = np.maximum(normal_p(z), scattered_p(counts, neighbours))
    cutoff = fdr_cutoff(p, ALPHA)
    kind = np.where(p <= cutoff, np.where(z > 0, "busy", "quiet"), CHANCE)
    return _Judged(
        pd.DataFrame({"around": around, "z": z, "p": p, "kind": kind, "strength": np.abs(z)}),
        {
            "alpha": ALPHA,
            "cutoff": cutoff,
            "p": "the larger of Gi*'s normal p and the exact one of evenly scattered incidents,"
            " two-sided",
            "correction": "Benjamini and Hochberg",
        },
    )


def _moran(ground: _Ground) -> _Judged:
    counts = count_cells(ground.grid, ground.xy_m)
    draws = _draws(len(counts), ground.question.permutations)
    neighbours = grid_neighbours(ground.grid, itself=False)
    found = local_moran(counts, neighbours, permutations=draws, rng=ground.question.seed)
    cutoff = fdr_cutoff(found.p, ALPHA)
    kind = np.where(found.p <= cutoff, found.kind, CHANCE)
    return _Judged(
        pd.DataFrame(
            {
                "around": (counts + neighbours @ counts).astype(np.int64),
                "i": found.i,
                "p": found.p,
                "kind": kind,
                "strength": np.abs(found.i),
            }
        ),
        {
            "alpha": ALPHA,
            "cutoff": cutoff,
            "p": found.null,
            "correction": "Benjamini and Hochberg",
            "permutations": draws,
            "seed": found.seed,
        },
        _say_floor(len(counts), draws),
    )


def _draws(cells: int, asked: int | None) -> int:
    """Return how many maps to draw: enough that one cell alone could pass the correction."""
    if asked is not None:
        return asked
    enough = math.ceil(2 * cells / ALPHA)
    most = max(_PATIENCE // max(cells, 1), 999)
    return max(999, min(enough, most, MOST_PERMUTATIONS))


def _say_floor(cells: int, draws: int) -> tuple[str, ...]:
    """Say how many cells must stand out together for any to be named with so few draws."""
    together = math.ceil(2 / (draws + 1) * cells / ALPHA)
    if together <= 1:
        return ()
    return (
        (
            f"With {draws:,} permutations cells are named only where at least {together:,} stand"
            " out as much as can be; take more permutations or larger cells."
        ),
    )


def _emerging(ground: _Ground) -> _Judged:
    months, silent = _steps(ground)
    edges = pd.Index(months)
    told = local_months(ground.incidents["occurred_from"]).astype("str")
    # Steps by their place in the list: a silent month between two is passed over.
    held = told.isin(edges).to_numpy()
    moments = edges.get_indexer(pd.Index(told[held]))
    cube = space_time_cube(ground.grid, ground.xy_m[held], moments, list(range(len(months) + 1)))
    neighbours = grid_neighbours(ground.grid)
    found = emerging_hotspots(cube, neighbours, alpha=ALPHA)
    cells = found.cells.rename(columns={"history": "kind"})
    around = float((neighbours @ cube.T).mean())
    few = (
        (
            f"A cell and those around it hold {around:.1f} incidents a month on average: too few"
            " for a month to say much. Take larger cells or more types."
        ),
    )
    return _Judged(
        cells.assign(strength=cells["hot_steps"] + cells["last_z"].clip(0, 99) / 100),
        {
            "alpha": ALPHA,
            "cutoff": found.cutoff,
            "correction": "Benjamini and Hochberg, over all cells and months",
            "months": months,
            "silent_months": silent,
        },
        (*found.warnings, *(few if around < _FEW_A_STEP else ()), *_say_silent(silent)),
    )


def _steps(ground: _Ground) -> tuple[list[str], list[str]]:
    """Return the months to compare, and those left out because a source was silent."""
    coverage = chosen(ground.store.coverage(ground.reach), ground.wanted)
    every = months_held(coverage, ground.wanted)
    if len(every) < 2:  # noqa: PLR2004 - one month has no history
        raise ParameterError(
            f"A history needs two whole months that every chosen source holds, found {len(every)};"
            " give a longer period, or sources that go back further."
        )
    span = Period(read_month(every[0]), next_month(read_month(every[-1])))
    silent = silent_months(ground.store, ground.reach, ground.wanted, span)
    return [one for one in every if one not in silent], sorted(silent & set(every))


def _say_silent(months: list[str]) -> tuple[str, ...]:
    if not months:
        return ()
    named = ", ".join(say_month(month) for month in months)
    return (f"Left out, because a source was silent or not complete: {named}.",)


def _density(ground: _Ground) -> _Judged:
    at = cell_centres(ground.grid)
    found = kernel_density(ground.xy_m, at, bandwidth_m=ground.question.bandwidth_m)
    average = float(found.density.mean()) if len(at) else 0.0
    times = found.density / average if average else np.zeros(len(at))
    kind = np.select([times >= step for step in (10, 5, 3, 2)], ["10", "5", "3", "2"], "1")
    return _Judged(
        pd.DataFrame(
            {
                "density_km2": found.density,
                "times_average": times,
                "kind": kind,
                "strength": times,
            }
        ),
        _density_facts(ground, found) | {"average_km2": average},
        _say_bandwidth(ground),
    )


def _dual(ground: _Ground) -> _Judged:
    other_filter, other = ground.other, ground.beside
    if other_filter is None or other is None:
        raise ParameterError("Two densities were asked for and one was given: give `against`.")
    other_m = other[_METRES].to_numpy(np.float64)
    if not len(other) or not len(ground.incidents):
        raise ParameterError(
            f"One density beside another needs incidents in both, found {len(ground.incidents):,}"
            f" and {len(other):,}. Choose others."
        )
    found = dual_kernel_density(
        ground.xy_m,
        other_m,
        cell_centres(ground.grid),
        bandwidth_m=ground.question.bandwidth_m,
    )
    overall = len(ground.incidents) / len(other)
    relative = found.ratio / overall
    columns = pd.DataFrame(
        {
            "density_km2": found.first.density,
            "other_density_km2": found.second.density,
            "near": found.first.near,
            "other_near": found.second.near,
            "ratio": found.ratio,
            "times_share": relative,
            "kind": _say_more(found.first.near, found.second.near, overall),
            "strength": found.first.near + found.second.near * overall,
        }
    )
    facts = _density_facts(ground, found.first) | {
        "against": ground.question.against,
        "other_filter": other_filter.words(),
        "other_incidents": len(other),
        "overall_ratio": overall,
    }
    return _Judged(columns, facts, (_say_against(ground, other), *_dual_doubts(ground)))


def _say_more(first: Floats, second: Floats, overall: float) -> npt.NDArray[np.str_]:
    """Return the kind of each place by how far the first departs from its share.

    Parameters
    ----------
    first, second
        Incidents near each place.
    overall
        How many of the first there are for one of the second, everywhere together.
    """
    share = second * overall
    # Too few where neither is near, and where the rarer one would be missed for want of numbers.
    few = (np.maximum(first, share) < FEWEST_NEAR) | (
        np.maximum(first / overall, second) < FEWEST_NEAR
    )
    asked = [
        few,
        first >= 3 * share,
        first >= 1.5 * share,
        first <= share / 3,
        first <= share / 1.5,
    ]
    kinds: npt.NDArray[np.str_] = np.select(
        asked, ["few", "much more", "more", "much less", "less"], "alike"
    )
    return kinds


def _density_facts(ground: _Ground, found: Density) -> dict[str, Any]:
    suggested = (
        suggest_bandwidth(ground.xy_m) if len(np.unique(ground.xy_m, axis=0)) > 1 else math.nan
    )
    return {
        "bandwidth_m": found.bandwidth_m,
        "kernel": found.kernel,
        "bandwidth_of_one_cloud_m": None if math.isnan(suggested) else round(suggested),
    }


def _say_bandwidth(ground: _Ground) -> tuple[str, ...]:
    reach_m = ground.question.bandwidth_m
    if ground.question.width_m <= reach_m:
        return ()
    return (
        (
            f"Cells of {ground.question.width_m:g} m are wider than an incident reaches"
            f" ({reach_m:g} m): places between their middles are missed. Take smaller cells."
        ),
    )


def _say_against(ground: _Ground, other: pd.DataFrame) -> str:
    told = {"before": "the period before", "year-ago": "the same period a year ago"}
    against = ground.question.against
    name = told.get(against) or against.partition(":")[2]
    return (
        f"{len(ground.incidents):,} incidents beside {len(other):,} of {name}; a report in both"
        " counts in the second alone. A cell is named"
        " where its share of the first is half as much again as its share of the second, or two"
        " thirds of it."
    )


def _dual_doubts(ground: _Ground) -> tuple[str, ...]:
    earlier = _earlier(ground.wanted, ground.question.against)
    doubts = doubts_between(ground.store, ground.reach, ground.wanted, earlier) if earlier else ()
    return (*_say_bandwidth(ground), *doubts)


_JUDGES: Mapping[str, Callable[[_Ground], _Judged]] = MappingProxyType(
    {
        "gi-star": _gi_star,
        "moran": _moran,
        "emerging": _emerging,
        "density": _density,
        "dual": _dual,
    }
)


# --- what a density is set beside ----------------------------------------------------------------


def _other_filter(
    store: Store, actor: Actor, wanted: IncidentFilter, against: str
) -> IncidentFilter | None:
    """Return the filter of the second density; None for one density alone.

    Raises
    ------
    ParameterError
        The word is none of those, the period is open, or the two cannot be compared.
    """
    kind, _, name = against.partition(":")
    if not against:
        return None
    if kind == "source" and name:
        return replace(wanted, sources=read_words(store, actor, {"source": [name]}).sources)
    if kind == "type" and name:
        return replace(wanted, types=read_words(store, actor, {"type": [name]}).types)
    if against not in {"before", "year-ago"}:
        raise ParameterError(
            f"`against` is before, year-ago, type:SLUG or source:NAME; found {against!r}."
        )
    earlier = _earlier(wanted, against)
    fault = not_comparable(store, reach_of(actor), wanted, earlier) if earlier else _OPEN
    if fault or earlier is None:
        raise ParameterError(fault)
    return within(wanted, earlier)


_OPEN = "A period is set beside another: give `since` and `until`."


def _earlier(wanted: IncidentFilter, against: str) -> Period | None:
    now = period_of(wanted)
    if now is None:
        return None
    return {"before": now.before, "year-ago": now.year_ago}.get(against, lambda: None)()


# --- cells as rows -------------------------------------------------------------------------------


def _describe(ground: _Ground, judged: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return one row a cell with its place, the statistic's columns, and its outline."""
    cells, centres = cell_polygons(ground.grid), cell_centres(ground.grid)
    lon, lat = to_degrees(centres[:, 0], centres[:, 1])
    wards = _wards_of(ground, cells)
    own = judged.drop(columns=["strength", "incidents"], errors="ignore")
    rows = gpd.GeoDataFrame(
        {
            "place": _places(ground, wards["ward_names"]),
            "wards": wards["wards"],
            "ward_names": wards["ward_names"],
            "incidents": count_cells(ground.grid, ground.xy_m).astype(np.int64),
            **{name: own[name].to_numpy() for name in own.columns},
            "easting": centres[:, 0],
            "northing": centres[:, 1],
            "lon": lon,
            "lat": lat,
        },
        geometry=cells.geometry.to_numpy(),
        crs=cells.crs,
    )
    order = {one.kind: at for at, one in enumerate(KINDS[ground.question.shown])}
    drawn = judged["kind"].map(lambda kind: kind in order)
    by = pd.DataFrame(
        {
            "drawn": ~drawn.astype(bool),
            "strength": -judged["strength"].fillna(0.0).round(6),
            "incidents": -rows["incidents"],
        }
    )
    ordered: gpd.GeoDataFrame = rows.loc[by.sort_values([*by.columns], kind="stable").index]
    ordered.insert(0, "rank", np.arange(1, len(ordered) + 1))
    return ordered.reset_index(drop=True)


def _wards_of(ground: _Ground, cells: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return codes and names of the wards each cell shares ground with, the largest share first."""
    wards = ground.store.wards(ground.reach, ward_set=ground.wanted.ward_set)
    shapes = cells.geometry.to_numpy()
    ward, cell = shapely.STRtree(shapes).query(wards.geometry.to_numpy(), predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[cell], wards.geometry.to_numpy()[ward]))
    pairs = pd.DataFrame(
        {
            "cell": cell,
            "shared": -shared,
            "wards": wards["ward_code"].astype("str").to_numpy()[ward],
            "ward_names": wards["ward_name"].astype("str").to_numpy()[ward],
        }
    )
    # Cells that meet a ward at an edge alone do not lie in it.
    pairs = pairs[pairs["shared"] < -1].sort_values(["cell", "shared", "wards"])
    by_cell = pairs.groupby("cell")
    told = pd.DataFrame(
        {
            "wards": by_cell["wards"].agg(" ".join),
            "ward_names": by_cell["ward_names"].agg("; ".join),
        }
    )
    return told.reindex(range(len(cells))).fillna("")


def _places(ground: _Ground, ward_names: pd.Series) -> list[str]:
    """Name each cell by the street its reports name most, else by its ward."""
    cell = locate_cells(ground.grid, ground.xy_m)
    texts = pd.Series(ground.incidents["location_text"].to_numpy(), dtype="object")
    inside = (cell >= 0) & texts.notna().to_numpy()
    by_cell = texts[inside].groupby(cell[inside]).agg(list).to_dict()
    names = ward_names.str.partition("; ")[0]
    return [
        name_place(by_cell.get(number, ()), str(name) or "Outside every ward")
        for number, name in enumerate(names)
    ]


def _in_wards(found: FoundCells, wards: tuple[str, ...]) -> FoundCells:
    """Show only cells that share ground with the wards; ranks and values stay."""
    if not wards:
        return found
    asked = set(wards)
    shown = found.cells["wards"].map(lambda codes: bool(asked & set(codes.split()))).astype(bool)
    cells: gpd.GeoDataFrame = found.cells[shown.to_numpy()]
    facts = {**found.facts, "wards": list(wards), "cells_elsewhere": int((~shown).sum())}
    return replace(found, cells=cells, facts=facts)


def say_asked(found: FoundCells, wanted: IncidentFilter) -> tuple[str, ...]:
    """Return what was asked, in the sentence of the filter and the sizes."""
    asked, facts = found.question, found.facts
    shape = "squares" if asked.shape == "square" else "hexagons"
    reach = f", incidents reach {asked.bandwidth_m:g} m" if asked.statistic == "density" else ""
    sizes = f"{facts['incidents']:,} incidents on {shape} of {asked.width_m:g} m{reach}."
    return f"{say_filter(wanted, {})}.", sizes
