"""What hotspots stand on, as pages: settings tried, bursts in time, past hotspots judged.

A page shows at once what is quick; what takes longer is done when it is asked for.
"""

import math
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import pandas as pd

from aim.access import reach_of, require, sees_statistics
from aim.analysis import Bursts, Tuning
from aim.analysis.tuning import EPS_M, TIMES_CHANCE
from aim.config import Settings
from aim.errors import ParameterError
from aim.maps import still_map_svg, tuning_svg
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Action, Actor
from aim.model.times import say_month
from aim.model.words import say_counts, say_moment
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.evaluation import (
    EvaluationQuestion,
    Judgement,
    concentrate,
    evaluate,
    export_evaluation,
    method_table,
    month_table,
    months_to_judge,
    say_concentration,
)
from aim.workflows.filter_form import filter_form
from aim.workflows.parts import burst_notes, bursts, listed_bursts
from aim.workflows.stamps import stamp_of
from aim.workflows.tables import Column, TableView, decimal, percent, table_view, whole
from aim.workflows.tuning import TuningQuestion, export_tuning, tune
from aim.workflows.views import ExportedFile, FilterForm
from aim.workflows.words import say_filter, say_number

SHOWN = 50
WITHIN_DAYS = 14
# Measured on one core: seconds for a setting and a thousand incidents, and for a month judged.
_SETTING_S, _MONTH_S = 0.04, 0.4
_SHARES = (0.01, 0.05, 0.10, 0.25)


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """What every page of evidence has around its own part."""

    form: FilterForm
    query: str
    summary: str
    fault: str
    complete_line: str
    stamp_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsView:
    """Everything on the page of settings."""

    page: EvidencePage
    sentence: str = ""
    tried_all: bool = False
    offer: str = ""  # what the button would do, and how long it takes
    drawing: str = ""
    table: TableView | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    made: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BurstsView:
    """Everything on the page of bursts."""

    page: EvidencePage
    within_days: str
    sentence: str = ""
    map_svg: str = ""
    table: TableView | None = None
    more: str = ""
    warnings: tuple[str, ...] = ()
    made: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """Everything on the page of evaluation."""

    page: EvidencePage
    train: str
    concentration: tuple[str, ...] = ()
    curve: TableView | None = None
    offer: str = ""
    judged: tuple[str, ...] = ()
    months: TableView | None = None
    methods: TableView | None = None
    warnings: tuple[str, ...] = ()
    made: tuple[tuple[str, str], ...] = ()


def _page(
    store: Store, actor: Actor, wanted: IncidentFilter, settings: Settings, fault: str = ""
) -> EvidencePage:
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    stamp = stamp_of(store, actor, wanted, settings)
    return EvidencePage(
        form=filter_form(store, reach, wanted),
        query=wanted.query(),
        summary=say_filter(wanted, dict(zip(wards["ward_code"], wards["ward_name"], strict=True))),
        fault=fault,
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def say_wait(seconds: float) -> str:
    """Say roughly how long something takes.

    Examples
    --------
    >>> say_wait(1.2), say_wait(14), say_wait(200)
    ('a few seconds', 'about 15 seconds', 'about 4 minutes')
    """
    if seconds <= 5:  # noqa: PLR2004 - nobody counts them
        return "a few seconds"
    if seconds <= 90:  # noqa: PLR2004 - then people think in minutes
        return f"about {5 * math.ceil(seconds / 5)} seconds"
    return f"about {math.ceil(seconds / 60)} minutes"


# --- settings ------------------------------------------------------------------------------------


def settings_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    try_all: bool = False,
) -> SettingsView:
    """Build the page of settings, for those who answer for hotspots.

    Parameters
    ----------
    try_all
        Try every distance; otherwise the usual one alone, with several numbers.
    """
    require(actor, Action.SAVE_RUN)
    count_view(store, actor, "settings")
    question = TuningQuestion() if try_all else TuningQuestion((parameters.eps_m,))
    try:
        found = tune(store, actor, wanted, parameters, question)
    except ParameterError as refusal:
        return SettingsView(_page(store, actor, wanted, settings, str(refusal)))
    return SettingsView(
        page=_page(store, actor, wanted, settings),
        sentence=found.sentence if try_all else _say_usual(found, parameters),
        tried_all=try_all,
        offer="" if try_all else _offer_settings(found),
        drawing=_draw(found, wanted, tried_all=try_all),
        table=table_view(_written(found, tried_all=try_all), "Settings tried", _SETTING_COLUMNS),
        notes=_MEANINGS,
        warnings=found.warnings,
        made=_made_with(found),
    )


def _say_usual(found: Tuning, parameters: HotspotParameters) -> str:
    """Say what the usual distance gives with the number in use; only all of them recommend."""
    grid = found.grid
    number = grid["by_chance"] if parameters.min_samples == "auto" else parameters.min_samples
    one = grid[grid["min_samples"] == number].iloc[0]
    return (
        f"In use: eps {one['eps_m']:g} m and min-samples {int(one['min_samples'])}"
        f" (chance asks for {int(one['by_chance'])}):"
        f" {say_number(int(one['hotspots']), 'hotspot', 'hotspots')} with"
        f" {one['incident_share']:.0%} of the incidents, which survive"
        f" {_share(one['stability'])} of small changes."
    )


def _share(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.0%}"


def _offer_settings(found: Tuning) -> str:
    count = len(EPS_M) * len(TIMES_CHANCE)
    seconds = count * _SETTING_S * _thousands(found)
    return (
        f"Only the distance in use is tried here. All {count}, at {len(EPS_M)} distances, with a"
        f" recommendation, take {say_wait(seconds)}."
    )


def _thousands(found: Tuning) -> float:
    return float(found.parameters["incidents"]) / 1000


def _draw(found: Tuning, wanted: IncidentFilter, *, tried_all: bool) -> str:
    drawn = tuning_svg(
        # The best of one distance is no recommendation.
        found.grid if tried_all else found.grid.assign(recommended=False),
        found.k_distance,
        k=found.k,
        knee_m=found.knee_m,
        title=f"Settings tried: {say_filter(wanted.without_wards(), {})}",
        sentence="",
    )
    return str(drawn)


def _written(found: Tuning, *, tried_all: bool) -> pd.DataFrame:
    marks = zip(found.grid["recommended"], found.grid["fit"], strict=True)
    return found.grid.assign(
        judged=[
            "recommended" if best and tried_all else "fit" if fit else "" for best, fit in marks
        ]
    )


_MEANINGS = (
    (
        "By chance: the number chance would rarely reach. Stable: the share of small changes that a"
        " hotspot survives. Gain: how much better hotspots found without the newest incidents"
        " foretell those than an even spread; 0 is no better."
    ),
    (
        "The command line does more: aim hotspots tune takes distances and numbers of your own and"
        " writes the picture to a file."
    ),
)
_SETTING_COLUMNS = (
    whole("Eps, metres", "eps_m"),
    whole("Min-samples", "min_samples"),
    whole("By chance", "by_chance"),
    whole("Hotspots", "hotspots"),
    percent("Incidents in them", "incident_share"),
    percent("In the largest cluster", "largest_share"),
    percent("Stable", "stability"),
    decimal("PAI", "pai"),
    decimal("Gain", "gain", 2),
    Column("judged", "Judged"),
)


def _made_with(found: Tuning) -> tuple[tuple[str, str], ...]:
    seed = "nothing is random" if found.seed is None else str(found.seed)
    bend = "" if math.isnan(found.knee_m) else f"; the curve bends at {found.knee_m:.0f} m"
    return (
        ("Held out", str(found.parameters["held_out"])),
        ("Curve", f"distance to the neighbour number {found.k}{bend}"),
        ("Seed", seed),
        ("Data version", str(found.data_version)),
    )


def settings_file(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    try_all: bool,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the settings a page shows to a file."""
    require(actor, Action.SAVE_RUN)
    question = TuningQuestion() if try_all else TuningQuestion((parameters.eps_m,))
    found = tune(store, actor, wanted, parameters, question)
    return export_tuning(store, actor, found, wanted, settings, file_format=file_format, made=made)


# --- bursts --------------------------------------------------------------------------------------


def bursts_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    within_days: int = WITHIN_DAYS,
) -> BurstsView:
    """Build the page of bursts; where only months are known it says why there are none."""
    require(actor, Action.VIEW)
    count_view(store, actor, "bursts")
    days = str(within_days)
    try:
        found = bursts(store, actor, wanted, parameters, within_days=within_days)
    except ParameterError as refusal:
        return BurstsView(_page(store, actor, wanted, settings, str(refusal)), days)
    rows = listed_bursts(found, wanted)
    wards = store.wards(reach_of(actor), ward_set=wanted.ward_set)
    drawn = still_map_svg(wards, chosen=wanted.wards, places=rows.head(SHOWN)) if len(rows) else ""
    made = burst_notes(found, wanted)[0] if sees_statistics(actor) else ""
    return BurstsView(
        page=_page(store, actor, wanted, settings),
        within_days=days,
        sentence=_say_bursts(found, len(rows), within_days),
        map_svg=drawn,
        table=table_view(rows.head(SHOWN), "Bursts, those with most incidents first", _BURSTS),
        more=f"The first {SHOWN} of {len(rows):,}; the file holds them all."
        if len(rows) > SHOWN
        else "",
        warnings=found.warnings,
        made=(
            ("What makes a burst", made),
            ("Data version", str(found.data_version)),
        )
        if made
        else (),
    )


def _say_bursts(found: Bursts, shown: int, within_days: int) -> str:
    took_part = say_number(found.facts["taking_part"], "incident", "incidents")
    days = "on one day" if not within_days else f"within {say_number(within_days, 'day', 'days')}"
    if not shown:
        return f"No burst: nowhere did many of {took_part} come close together {days}."
    return (
        f"{say_number(shown, 'burst', 'bursts')}: places where more of {took_part} came close"
        f" together {days} than chance would bring. One place may burst several times."
    )


_BURSTS = (
    whole("Rank", "rank"),
    Column("name", "Place"),
    whole("Incidents", "incidents"),
    Column("first_seen", "From", say_moment),
    Column("last_seen", "To", say_moment),
    Column("by_source", "Sources", say_counts),
    Column("ward_names", "Wards"),
)


# --- evaluation ----------------------------------------------------------------------------------


def evaluation_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    asked: EvaluationQuestion,
    *,
    judge: bool = False,
) -> EvaluationView:
    """Build the page of evaluation, for those who answer for hotspots.

    Parameters
    ----------
    judge
        Judge past hotspots month by month; otherwise only say how far incidents concentrate.
    """
    require(actor, Action.SAVE_RUN)
    count_view(store, actor, "evaluation")
    train = str(asked.train)
    try:
        concentration, curve, cell_m = concentrate(store, actor, wanted, asked)
        judged = evaluate(store, actor, wanted, asked) if judge else None
    except ParameterError as refusal:
        return EvaluationView(_page(store, actor, wanted, settings, str(refusal)), train)
    return EvaluationView(
        page=_page(store, actor, wanted, settings),
        train=train,
        concentration=say_concentration(concentration, cell_m),
        curve=_curve(curve) if concentration.incidents else None,
        offer="" if judged else _offer_months(store, actor, wanted, asked.train),
        judged=_say_judged(judged) if judged else (),
        months=_months(judged) if judged else None,
        methods=_methods(judged) if judged else None,
        warnings=judged.warnings if judged else concentration.warnings,
        made=_made_of(judged) if judged else (),
    )


def _offer_months(store: Store, actor: Actor, wanted: IncidentFilter, train: int) -> str:
    """Say what judging would do, or why it cannot be done."""
    try:
        months = months_to_judge(store, actor, wanted, train)
    except ParameterError as refusal:
        return str(refusal)
    return (
        f"{say_number(months, 'month', 'months')} can be judged: hotspots of"
        f" {say_number(train, 'month', 'months')} beside"
        " what the next one brought, and beside a plain grid and a density map of as much ground."
        f" It takes {say_wait(months * _MONTH_S)}."
    )


def _curve(curve: pd.DataFrame) -> TableView:
    """Return what share of incidents the busiest cells hold."""
    held = [
        float(curve.loc[curve["places_share"] <= share + 1e-9, "incidents_share"].iloc[-1])
        for share in _SHARES
    ]
    rows = pd.DataFrame({"cells": [f"{share:.0%} of the cells" for share in _SHARES], "held": held})
    columns = (Column("cells", "The busiest"), percent("Hold of the incidents", "held"))
    return table_view(rows, "What share of incidents the busiest cells hold", columns)


def _say_judged(judged: Judgement) -> tuple[str, ...]:
    months = judged.evaluation.parameters["months"]
    summary = judged.evaluation.summary.set_index("method")
    own = summary.loc["dbscan"]
    return (
        (
            f"{say_month(months[0])} to {say_month(months[-1])}: hotspots held"
            f" {own['hit_rate']:.1%} of the next month's incidents, {own['pai']:.1f} times their"
            " share of the ground."
        ),
    )


def _months(judged: Judgement) -> TableView:
    table = month_table(judged)
    names = [name for name in table.columns if name not in {"month", "incidents", "ground", "best"}]
    columns = (
        Column("month", "Month judged", say_month),
        whole("Incidents", "incidents"),
        Column("ground", "Ground", number=True),
        *(Column(name, name.capitalize(), number=True) for name in names),
        Column("best", "Best"),
    )
    return table_view(table, "How many times its share of incidents each ground held", columns)


_METHOD_LABELS = MappingProxyType(
    {
        "method": "Method",
        "pai": "Times its share (PAI)",
        "pei": "Of the best possible (PEI)",
        "rri": "As foretold (RRI)",
        "hit_rate": "Incidents held",
        "hotspots_at_least": "Hotspots at least as good",
        "pai_spread": "Times its share, incidents spread",
        "at_least_spread": "At least as good, spread",
    }
)


def _methods(judged: Judgement) -> TableView:
    table = method_table(judged)
    columns = [
        Column(str(name), _METHOD_LABELS[str(name)], number=name != "method")
        for name in table.columns
    ]
    return table_view(table, "Means of all months judged", columns)


def _made_of(judged: Judgement) -> tuple[tuple[str, str], ...]:
    asked = judged.evaluation.parameters
    return (
        ("Sizes", f"eps {asked['eps_m']:g} m, cells of {asked['cell_m']:.0f} m"),
        ("Most ground", f"{asked['area_share']:.1%} of {asked['area_m2'] / 1e6:.1f} km²"),
        ("Seed", "nothing is random"),
        ("Data version", str(judged.facts["data_version"])),
    )


def evaluation_file(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    asked: EvaluationQuestion,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the scores of an evaluation to a file."""
    require(actor, Action.SAVE_RUN)
    return export_evaluation(
        store, actor, wanted, asked, settings, file_format=file_format, made=made
    )
