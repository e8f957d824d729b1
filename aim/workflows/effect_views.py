"""What a page, a terminal and a file show of an action's effect."""

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from aim.access import reach_of, require, sees_statistics
from aim.analysis import (
    DisplacementDifference,
    DisplacementQuotient,
    HarmWeights,
    RelativeEffect,
    read_harm_weights,
)
from aim.config import Settings
from aim.exports import Listing, text_table
from aim.maps import trend_svg
from aim.model.breaks import ChartMark
from aim.model.filters import read_filter
from aim.model.people import Action, Actor, Reach
from aim.model.times import read_month, say_day
from aim.model.words import say_moment
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.doubts import marks_of
from aim.workflows.effect import AUTO, EQUAL, YEAR_AGO, Effect, EffectQuestion, assess_effect
from aim.workflows.exposure import exposure_chart
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.grounds import find_ground, names_ground
from aim.workflows.periods import Period
from aim.workflows.stamps import stamp_of
from aim.workflows.tables import Column, TableView, table_view, whole
from aim.workflows.views import Chart, Choice, ChoiceGroup, ExportedFile, FilterForm
from aim.workflows.words import say_filter

SHOWN_CANDIDATES = 8
_COUNTS = (
    Column("place", "Where"),
    whole("Before", "before"),
    whole("After", "after"),
    Column(
        "difference", "Difference", lambda value: f"{value:+,.0f}" if value else "0", number=True
    ),
)
_CANDIDATES = (
    whole("Rank", "rank"),
    Column("place", "Place"),
    Column("reasons", "Why, or why not"),
)


@dataclass(frozen=True, slots=True)
class EffectView:
    """Everything on the page of an action's effect; without a place only the form."""

    query: str
    form: FilterForm
    places: tuple[ChoiceGroup, ...]
    place: str
    area: str
    before: str
    before_choices: tuple[Choice, ...]
    displacement_m: str
    control: str
    own_control: str  # a control that is none of the places listed
    summary: str
    words: str
    harm_words: str
    counts: TableView | None
    candidates: TableView | None
    chart: Chart | None
    exposure: Chart | None  # minutes of patrol in the same months
    exposure_words: str
    why: tuple[tuple[str, str], ...]
    fault: str
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


def _weights(harm: Path | None) -> HarmWeights | None:
    return read_harm_weights(harm) if harm else None


def effect_text(
    store: Store, actor: Actor, asked: EffectQuestion, *, harm: Path | None = None
) -> str:
    """Return an action's effect for a terminal: the sentence first, then what it stands on.

    Parameters
    ----------
    harm
        A file of harm weights; given, the result is weighed by them too.
    """
    found = assess_effect(store, actor, asked, weights=_weights(harm))
    head = "\n".join(
        filter(None, (found.words, found.harm_words, say_compared(found, asked), *found.warnings))
    )
    measures = say_measures(found) if sees_statistics(actor) else ()
    facts = "".join(f"{name}: {told}\n" for name, told in measures)
    tables = [text_table(found.counts)]
    if len(found.candidates):
        tables.append(text_table(found.candidates[["rank", "place", "reasons"]]))
    return f"{head}\n\n{facts}\n" + "\n".join(tables)


def export_effect(
    store: Store,
    actor: Actor,
    asked: EffectQuestion,
    settings: Settings,
    *,
    file_format: str,
    made: date,
    harm: Path | None = None,
) -> ExportedFile:
    """Write the counts of an action's effect to a file, with the result beside them."""
    require(actor, Action.EXPORT)
    found = assess_effect(store, actor, asked, weights=_weights(harm))
    stamp = stamp_of(store, actor, asked.wanted, settings, made=made)
    candidates = found.candidates.astype(object).where(found.candidates.notna(), None)
    kept = found.facts if sees_statistics(actor) else _without_statistics(found)
    facts = {
        **kept,
        "words": found.words,
        "months": found.series.reset_index().to_dict("records"),
        "candidates": candidates.to_dict("records"),
    }
    told = (found.words, found.harm_words, say_compared(found, asked), *found.warnings)
    listing = Listing(
        f"Effect of an action at {found.where}",
        found.counts,
        stamp,
        notes=tuple(filter(None, told)),
        facts=facts,
        name="counts",
    )
    return hand_out(store, actor, listing, asked.wanted, "effect", file_format)


def _without_statistics(found: Effect) -> dict[str, Any]:
    return {name: fact for name, fact in found.facts.items() if name not in {"measures", "harm"}}


def effect_view(
    store: Store,
    actor: Actor,
    asked: EffectQuestion,
    settings: Settings,
    *,
    harm: Path | None = None,
    fault: str = "",
) -> EffectView:
    """Build the page of an action's effect.

    Parameters
    ----------
    asked
        Without a place or any day the page is its form alone.
    fault
        Why there is no result, shown in its place.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    found = None
    dated = asked.wanted.since or asked.wanted.until
    if asked.where and dated and not fault:
        found = assess_effect(store, actor, asked, weights=_weights(harm))
        count_view(store, actor, "effect")
    exposure, exposure_words = _exposure(store, actor, asked, found) if found else (None, "")
    places = _places(store, reach, asked.where)
    listed = {one.value for group in places for one in group.choices}
    stamp = stamp_of(store, actor, asked.wanted, settings)
    return EffectView(
        query=asked.wanted.query(),
        form=filter_form(store, reach, asked.wanted),
        places=places,
        place=asked.where if asked.where in listed else "",
        area="" if asked.where in listed else asked.where,
        before=asked.before,
        before_choices=_before_choices(asked.before),
        displacement_m=f"{asked.displacement_m:g}",
        control=asked.control,
        own_control="" if asked.control in {AUTO, *listed} else asked.control,
        summary=f"{say_compared(found, asked)}. {say_filter(asked.wanted, {})}" if found else "",
        words=found.words if found else "",
        harm_words=found.harm_words if found else "",
        counts=table_view(found.counts, "Incidents before and after", _COUNTS) if found else None,
        candidates=_shown_candidates(found) if found and len(found.candidates) else None,
        chart=_chart(store, reach, asked, found) if found else None,
        exposure=exposure,
        exposure_words=exposure_words,
        why=say_measures(found) if found and sees_statistics(actor) else (),
        fault=fault,
        warnings=found.warnings if found else (),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def say_compared(found: Effect, asked: EffectQuestion) -> str:
    """Write what was compared in a line."""
    against = f" beside {found.against}" if found.against else ""
    ring = f", with {asked.displacement_m:g} m around" if asked.displacement_m else ""
    return f"{found.where}{against}: {found.after.say()} against {found.before.say()}{ring}"


def say_measures(found: Effect) -> tuple[tuple[str, str], ...]:
    """Return the statistics of a result as pairs of name and text; empty without a comparison."""
    if found.assessment is None:
        return ()
    told = found.assessment
    facts = [
        ("Difference beyond the comparison", _say_difference(told.difference)),
        ("As a multiple", _say_ratio(told.ratio)),
        ("The place alone, before and after", _say_alone(told.before_after_p)),
        ("Around the place", _say_quotient(told.quotient)),
        ("Data", f"version {found.facts['data_version']}, nothing drawn at random"),
    ]
    return tuple((name, words) for name, words in facts if words)


def _say_difference(one: DisplacementDifference) -> str:
    return (
        f"{one.estimate:+.1f} incidents (95 % from {one.low:+.1f} to {one.high:+.1f}),"
        f" z {one.z:.2f}; of it {one.local:+.1f} in the place and {one.displacement:+.1f} around it"
        " (weighted displacement difference)"
    )


def _say_ratio(one: RelativeEffect) -> str:
    if math.isnan(one.ratio):
        return ""
    return (
        f"{one.ratio:.2f} of what the comparison suggests (95 % from {one.low:.2f} to"
        f" {one.high:.2f})"
    )


def _say_quotient(one: DisplacementQuotient | None) -> str:
    return "" if one is None else " ".join(one.warnings) or one.words


def _say_alone(p: float) -> str:
    return (
        f"probability {_say_p(p)} of a change this large by chance (e-test); any general fall"
        " passes it too"
    )


def _say_p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - three decimals are printed


def _places(store: Store, reach: Reach, where: str) -> tuple[ChoiceGroup, ...]:
    """Return what can be chosen from: the newest saved hotspots, the areas of the current set.

    A hotspot of an earlier run stands beside them where it is the one asked about.
    """
    groups = []
    heads = store.runs(reach)
    if heads:
        run = store.run(heads[-1].run_id, reach)
        title = f"Hotspots saved {say_moment(heads[-1].made_at)}"
        groups.append(
            ChoiceGroup(
                f"{title}: {say_filter(read_filter(run.facts['filter']), {})}",
                tuple(
                    Choice(str(one), str(name), str(one) == where)
                    for one, name in zip(
                        run.hotspots["hotspot_id"], run.hotspots["name"], strict=True
                    )
                ),
            )
        )
    current = next((one.name for one in store.ward_sets(reach) if one.current), "")
    if current:
        wards = store.wards(reach).sort_values("ward_name")
        words = [f"{current}:{code}" for code in wards["ward_code"]]
        names = zip(words, wards["ward_name"], strict=True)
        groups.append(
            ChoiceGroup(
                current, tuple(Choice(word, str(name), word == where) for word, name in names)
            )
        )
    listed = {one.value for group in groups for one in group.choices}
    if where and where not in listed and not names_ground(where):
        name = find_ground(store, reach, where).name
        groups.insert(0, ChoiceGroup("Chosen", (Choice(where, name, chosen=True),)))
    return tuple(groups)


def _before_choices(before: str) -> tuple[Choice, ...]:
    return (
        Choice(EQUAL, "As long, just before", before == EQUAL),
        Choice(YEAR_AGO, "The same days a year ago", before == YEAR_AGO),
    )


def _shown_candidates(found: Effect) -> TableView:
    return table_view(
        found.candidates.head(SHOWN_CANDIDATES), "Places looked at for comparison", _CANDIDATES
    )


def _chart(store: Store, reach: Reach, asked: EffectQuestion, found: Effect) -> Chart:
    """Draw the place's months as bars, its comparison's as a line, and when the action began."""
    months = [str(month) for month in found.series.index]
    span = Period(read_month(months[0]), found.after.until)
    marks = (_start_of(found), *marks_of(store, reach, asked.wanted, span))
    series = {
        str(name): {month: int(count) for month, count in column.items()}
        for name, column in found.series.items()
    }
    title = f"Incidents a month, {span.say()}"
    return Chart(
        title=title,
        svg=trend_svg(series, title=title, marks=marks),  # type: ignore[arg-type]  # counts, none missing
        columns=("Month", *series, "What happened"),
        rows=tuple(
            (
                f"{read_month(month):%B %Y}",
                *(f"{counts[month]:,}" for counts in series.values()),
                " ".join(mark.words for mark in marks if mark.month == month),
            )
            for month in months
        ),
        marks=tuple((mark.label, mark.words) for mark in marks),
    )


def _exposure(
    store: Store, actor: Actor, asked: EffectQuestion, found: Effect
) -> tuple[Chart | None, str]:
    """Draw what the place was given in the months of the chart."""
    ground = asked.ground or find_ground(store, reach_of(actor), asked.where)
    months = tuple(str(month) for month in found.series.index)
    periods = {"before": found.before, "after": found.after}
    return exposure_chart(store, actor, ground.shape, months, periods)


def _start_of(found: Effect) -> ChartMark:
    since = found.after.since
    days = pd.Period(since, "M").days_in_month
    return ChartMark(
        f"{since:%Y-%m}", "Start", f"The action began on {say_day(since)}.", (since.day - 1) / days
    )
