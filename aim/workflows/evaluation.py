"""How well hotspots foresee: past months judged by the next, beside plain maps of equal ground."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd
import shapely

from aim import __version__
from aim.access import reach_of, require
from aim.analysis import (
    Concentration,
    Evaluation,
    Scales,
    choose_scales,
    concentration_curve,
    count_cells,
    evaluate_hotspots,
    kernel_density,
    make_grid,
    measure_concentration,
)
from aim.analysis.evaluation import AREA_SHARE, TRAIN_MONTHS, matching_cell
from aim.config import Settings
from aim.errors import ParameterError
from aim.exports import Listing, text_table
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Action, Actor, Reach
from aim.model.times import next_month, read_month
from aim.store import Store
from aim.workflows.doubts import doubts_within
from aim.workflows.files import hand_out
from aim.workflows.grounds import find_ground
from aim.workflows.memory import Memory
from aim.workflows.periods import Period, chosen, months_held, within
from aim.workflows.searching import taking_part
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile
from aim.workflows.words import say_filter

METHODS = {"dbscan": "hotspots", "grid": "plain grid", "kde": "density map"}
# A lead that a coin would give more often than this is no lead.
NO_LUCK = 0.05
_METRES = ["easting", "northing"]


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """What an evaluation is asked for, the incidents apart.

    Attributes
    ----------
    parameters
        How hotspots are searched for.
    train, step
        Months that make a map, and months from one judged to the next.
    cell_m
        Side of the cells of the plain maps; as large as the least hotspot where None.
    area_share
        Share of the ground that hotspots may cover.
    choose
        Whether eps and cell size are chosen on the training months alone.
    """

    parameters: HotspotParameters = field(default_factory=HotspotParameters)
    train: int = TRAIN_MONTHS
    step: int = 1
    cell_m: float | None = None
    area_share: float = AREA_SHARE
    choose: bool = False

    def __post_init__(self) -> None:
        """Refuse a cell size that was to be chosen."""
        if self.choose and self.cell_m is not None:
            raise ParameterError(
                "`choose` lets the training months choose the cell size; give no `cell-m` with it."
            )


@dataclass(frozen=True, slots=True)
class Judgement:
    """An evaluation with the concentration behind it.

    Attributes
    ----------
    evaluation
        Scores a month and method, and their summary.
    scales
        What the training months chose; None where sizes were given.
    concentration
        Of all months, by cell.
    curve
        ``places``, ``places_share`` and ``incidents_share`` of the busiest cells.
    facts
        Filter, data and program version. There is no randomness, so no seed.
    warnings
        What to know before reading the scores.
    """

    evaluation: Evaluation
    scales: Scales | None
    concentration: Concentration
    curve: pd.DataFrame
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]


_JUDGED: Memory[Judgement] = Memory(8)


def evaluate(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    asked: EvaluationQuestion | None = None,
    *,
    progress: Callable[[float], None] = lambda _share: None,
) -> Judgement:
    """Judge hotspots of past months by the next month, beside plain maps of equal ground.

    Parameters
    ----------
    wanted
        The filter; its area, else its wards, are the ground. Wards choose incidents here.
    asked
        How to judge; the defaults if missing.
    progress
        Called with the share of the work done.

    Returns
    -------
    Judgement
        Months from the first that every chosen source holds to the last complete one, or those of
        the filter.

    Raises
    ------
    ParameterError
        There are too few whole months, or no ground.
    NotFoundError
        No such boundary set is loaded.
    """
    require(actor, Action.VIEW)
    reach, question = reach_of(actor), asked or EvaluationQuestion()
    return _JUDGED.recall(
        store, (reach, wanted, question), lambda: _judge(store, reach, wanted, question, progress)
    )


def _judge(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    asked: EvaluationQuestion,
    progress: Callable[[float], None],
) -> Judgement:
    months = _months(store, reach, wanted, asked.train)
    area = ground_of(store, reach, wanted)
    whole = Period(read_month(months[0]), next_month(read_month(months[-1])))
    held = within(wanted, whole)
    incidents, _, _ = taking_part(store, reach, held, asked.parameters)
    scales = None
    if asked.choose:
        scales = choose_scales(
            incidents,
            area,
            months[: asked.train],
            parameters=asked.parameters,
            area_share=asked.area_share,
        )
    parameters, cell_m = _sizes(asked, scales)
    found = evaluate_hotspots(
        incidents,
        area,
        months,
        train=asked.train,
        step=asked.step,
        parameters=parameters,
        area_share=asked.area_share,
        cell_m=cell_m,
        surface=lambda past_m, at_m: (
            kernel_density(past_m, at_m, bandwidth_m=parameters.eps_m).density
        ),
        warnings=_doubts(store, reach, held, incidents),
        progress=lambda done, all_of_it: progress(done / all_of_it),
    )
    cells = make_grid(area, found.parameters["cell_m"])
    counts = count_cells(cells, incidents[_METRES].to_numpy())
    concentration = measure_concentration(counts)
    return Judgement(
        evaluation=found,
        scales=scales,
        concentration=concentration,
        curve=concentration_curve(counts),
        facts={
            "filter": wanted.words(),
            "incidents": len(incidents),
            "data_version": store.data_version(),
            "program_version": __version__,
        },
        warnings=(*found.warnings, *_say_luck(found), *concentration.warnings),
    )


def concentrate(
    store: Store, actor: Actor, wanted: IncidentFilter, asked: EvaluationQuestion
) -> tuple[Concentration, pd.DataFrame, float]:
    """Say how far the incidents of a filter concentrate in few cells; quick beside ``evaluate``.

    Returns
    -------
    concentration, curve, cell_m
        As ``Judgement`` has them, of all dates of the filter, and the side of the cells.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    area = ground_of(store, reach, wanted)
    cell_m = asked.cell_m or matching_cell(asked.parameters.eps_m)
    incidents, _, _ = taking_part(store, reach, wanted, asked.parameters)
    counts = count_cells(make_grid(area, cell_m), incidents[_METRES].to_numpy())
    return measure_concentration(counts), concentration_curve(counts), cell_m


def months_to_judge(store: Store, actor: Actor, wanted: IncidentFilter, train: int) -> int:
    """Return how many months an evaluation would judge.

    Raises
    ------
    ParameterError
        There are too few whole months.
    """
    require(actor, Action.VIEW)
    return len(_months(store, reach_of(actor), wanted, train)) - train


def _sizes(
    asked: EvaluationQuestion, scales: Scales | None
) -> tuple[HotspotParameters, float | None]:
    if scales is None:
        return asked.parameters, asked.cell_m
    return replace(asked.parameters, eps_m=scales.eps_m), scales.cell_m


def _months(store: Store, reach: Reach, wanted: IncidentFilter, train: int) -> list[str]:
    """Return the whole months that every chosen source holds, those of the filter alone."""
    months = months_held(chosen(store.coverage(reach), wanted), wanted)
    if len(months) <= train:
        raise ParameterError(
            f"To judge a month {train} are needed before it; every source chosen holds"
            f" {len(months)} whole months of the period asked for. Give fewer to `train`, a longer"
            " period, or sources that go back further."
        )
    return months


def ground_of(store: Store, reach: Reach, wanted: IncidentFilter) -> shapely.Geometry:
    """Return the polygon to choose from: the area asked for, inside the loaded wards."""
    wards = store.wards(reach, ward_set=wanted.ward_set)
    if wanted.wards:
        wards = wards[wards["ward_code"].isin(wanted.wards)]
    borough = wards.geometry.union_all()
    if wanted.area is None:
        if wards.empty:
            raise ParameterError(
                "Ground to choose from is needed: load wards (aim wards load) or give `area`."
            )
        return borough
    area = find_ground(store, reach, str(wanted.area)).shape
    ground = area if wanted.include_outside or wards.empty else area.intersection(borough)
    if not shapely.area(ground):
        raise ParameterError(
            f"The area {wanted.area} shares no ground with the wards; give another, or"
            " `include-outside`."
        )
    return ground


def _doubts(
    store: Store, reach: Reach, wanted: IncidentFilter, incidents: pd.DataFrame
) -> tuple[str, ...]:
    snapped = float((incidents["place_precision"] == "snapped").mean()) if len(incidents) else 0.0
    told = doubts_within(store, reach, wanted)
    if not snapped:
        return told
    sentence = (
        f"{snapped:.0%} of the positions are snapped to map points, and small cells around such"
        " points look better than they are: read the score with incidents spread."
    )
    return (*told, sentence)


def _say_luck(found: Evaluation) -> tuple[str, ...]:
    """Say where the months are too few to tell two methods apart."""
    own = found.scores[found.scores["method"] == "dbscan"].set_index("month")["pai"]
    told = []
    for name in [one for one in METHODS if one != "dbscan"]:
        other = found.scores[found.scores["method"] == name].set_index("month")["pai"]
        ahead, behind = int((own > other).sum()), int((own < other).sum())
        if ahead + behind and _coin(max(ahead, behind), ahead + behind) > NO_LUCK:
            told.append(
                f"Hotspots were ahead of the {METHODS[name]} in {ahead} months and behind in"
                f" {behind}: that could be luck."
            )
    return tuple(told)


def _coin(heads: int, throws: int) -> float:
    """Return the chance that a fair coin falls so often, or oftener, on one of its sides.

    Examples
    --------
    >>> _coin(5, 6), _coin(3, 6)
    (0.21875, 1.0)
    """
    tail = sum(math.comb(throws, one) for one in range(heads, throws + 1))
    return float(min(1.0, 2 * tail / 2**throws))


def evaluation_text(judged: Judgement, wanted: IncidentFilter) -> str:
    """Return an evaluation as plain text for a terminal: what was asked, months, methods."""
    head = "\n".join((say_filter(wanted, {}), *_say_question(judged), *judged.warnings))
    parts = [head, *_say_scales(judged.scales)]
    if len(judged.evaluation.scores):
        parts += [text_table(one).rstrip() for one in (month_table(judged), method_table(judged))]
    return "\n\n".join([*parts, "\n".join(_concentrated(judged)) + "\n"])


def _say_question(judged: Judgement) -> tuple[str, ...]:
    asked = judged.evaluation.parameters
    months = asked["months"]
    sizes = (
        f"Parameters: eps {asked['eps_m']:g} m, min-samples {asked['min_samples']}, cells of"
        f" {asked['cell_m']:.0f} m, density within {asked['eps_m']:g} m, up to"
        f" {asked['area_share']:.1%} of {asked['area_m2'] / 1e6:.1f} square kilometres."
    )
    rolled = (
        f"Months {months[0]} to {months[-1]}: {asked['train']} make a map, the next judges it, on"
        f" by {asked['step']}. Nothing is random."
    )
    return sizes, rolled


def _say_scales(scales: Scales | None) -> list[str]:
    if scales is None:
        return []
    told = (
        f"Chosen on the training months alone: eps {scales.eps_m:g} m, cells of"
        f" {scales.cell_m:.0f} m. Share of the next month held, by what was tried:"
    )
    tried = scales.tried.assign(
        method=scales.tried["method"].map(METHODS),
        metres=scales.tried["eps_m"].fillna(scales.tried["cell_m"]).round().astype("int64"),
        held=scales.tried["hit_rate"].map("{:.1%}".format),
    )
    return [f"{told}\n{text_table(tried[['method', 'metres', 'held']])}".rstrip()]


def month_table(judged: Judgement) -> pd.DataFrame:
    """Return how many times its share of incidents each method's ground held, a row a month.

    Returns
    -------
    pandas.DataFrame
        ``month``, ``incidents``, ``ground`` (share of the area), a column a method, ``best``.
    """
    scores = judged.evaluation.scores
    own = scores[scores["method"] == "dbscan"].set_index("month")
    table = own[["incidents"]].assign(ground=own["area_share"].map("{:.1%}".format))
    for name in scores["method"].unique():
        of_it = scores[scores["method"] == name].set_index("month")["pai"]
        table[METHODS[name]] = of_it.map("{:.2f}".format)
    best = scores[scores["best"]].groupby("month")["method"]
    table["best"] = best.agg(lambda names: ", ".join(METHODS[one] for one in names))
    return table.fillna({"best": "none"}).reset_index()


def method_table(judged: Judgement) -> pd.DataFrame:
    """Return the mean scores of each method, with the months hotspots did at least as well."""
    summary = judged.evaluation.summary
    table = pd.DataFrame({"method": summary["method"].map(METHODS)})
    for name in ("pai", "pei", "rri"):
        table[name] = summary[name].map("{:.2f}".format)
    table["hit_rate"] = summary["hit_rate"].map("{:.1%}".format)
    table["hotspots_at_least"] = _of_months(summary, "dbscan_at_least")
    if summary["pai_spread"].notna().any():
        table["pai_spread"] = summary["pai_spread"].map("{:.2f}".format)
        table["at_least_spread"] = _of_months(summary, "dbscan_at_least_spread")
    return table


def _of_months(summary: pd.DataFrame, name: str) -> list[str]:
    return [
        "" if method == "dbscan" else f"{count} of {months}"
        for method, count, months in zip(
            summary["method"], summary[name], summary["months"], strict=True
        )
    ]


def say_concentration(found: Concentration, cell_m: float) -> tuple[str, ...]:
    """Say how far incidents concentrate in few cells of a width in metres."""
    if not found.incidents:
        return ()
    shares = (
        f"Half of {found.incidents:,.0f} incidents lie in {found.half:.1%} of {found.places:,}"
        f" cells of {cell_m:.0f} m, a quarter in {found.quarter:.1%}."
    )
    return shares, f"Gini {found.gini:.2f}, generalised Gini {found.generalised_gini:.2f}."


def _concentrated(judged: Judgement) -> tuple[str, ...]:
    return say_concentration(judged.concentration, judged.evaluation.parameters["cell_m"])


def export_evaluation(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    asked: EvaluationQuestion,
    settings: Settings,
    *,
    file_format: str,
    made: date,
    progress: Callable[[float], None] = lambda _share: None,
) -> ExportedFile:
    """Write the scores of an evaluation to a file, with all that goes with them."""
    require(actor, Action.EXPORT)
    judged = evaluate(store, actor, wanted, asked, progress=progress)
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    listing = Listing(
        "Hotspots judged by the months after",
        judged.evaluation.scores,
        stamp,
        notes=(*_say_question(judged), *judged.warnings),
        parameters=dict(judged.evaluation.parameters),
        facts={**judged.facts, **_details(judged)},
        name="scores",
    )
    return hand_out(store, actor, listing, wanted, "evaluation", file_format)


def _details(judged: Judgement) -> dict[str, Any]:
    found = judged.concentration
    details: dict[str, Any] = {
        "summary": judged.evaluation.summary.to_dict("records"),
        "concentration": {
            "places": found.places,
            "half": found.half,
            "quarter": found.quarter,
            "gini": found.gini,
            "generalised_gini": found.generalised_gini,
        },
        "curve": _thinned(judged.curve).to_dict("records"),
        "seed": None,
    }
    if judged.scales is not None:
        details["chosen_on_training_months"] = {
            "eps_m": judged.scales.eps_m,
            "cell_m": judged.scales.cell_m,
            "months": list(judged.scales.parameters["months"]),
            "tried": judged.scales.tried.to_dict("records"),
        }
    return details


def _thinned(curve: pd.DataFrame, most: int = 100) -> pd.DataFrame:
    """Return a curve with no more steps than a reader can see."""
    step = max(1, math.ceil((len(curve) - 1) / most))
    rows = sorted({*range(0, len(curve), step), len(curve) - 1})
    return curve.iloc[rows]
