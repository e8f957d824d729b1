"""Did an action work: a place before and after, the ring around it, and a place like it.

Nothing here proves that the action did it. A place that stood as high and moved alike before, and
lies too far off to receive what was pushed out, says what would have happened without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from aim import __version__
from aim.access import hide_sensitive_places, reach_of, require
from aim.analysis import (
    Assessment,
    DisplacementDifference,
    HarmWeights,
    assess_intervention,
    count_in_places,
    harm_of,
    harm_weighted_displacement_difference,
    plain_result,
    suggest_controls,
    warn_of_peak,
)
from aim.analysis.quality import at_default_points
from aim.errors import ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import PlacePrecision, TimePrecision
from aim.model.people import Action, Actor, Reach
from aim.model.times import local_hours, local_months, read_day, read_month
from aim.store import Store
from aim.workflows.counting import counted_incidents
from aim.workflows.doubts import default_points, doubts_between, silent_months
from aim.workflows.grounds import (
    Ground,
    are_in,
    find_ground,
    found_grounds,
    grounds_of_set,
    names_ground,
    with_own_names,
)
from aim.workflows.hotspots import not_comparable
from aim.workflows.periods import Period, chosen, months_to, period_of, within

AUTO, EQUAL, YEAR_AGO = "auto", "equal", "year-ago"
HISTORY_MONTHS, LEAST_MONTHS = 24, 4
NIGHT_FROM, NIGHT_TO = 20, 4
RING_M, WIDEST_RING_M = 200.0, 2_000.0
# From this share of snapped positions on, an edge of a few metres means little.
MOSTLY_SNAPPED = 0.3
_YEAR_DAYS = 365
_COLUMNS = (
    "incident_id",
    "source",
    "feed",
    "incident_type",
    "sensitivity",
    "occurred_from",
    "time_precision",
    "easting",
    "northing",
    "place_precision",
)
COUNT_COLUMNS = ("area", "place", "before", "after", "difference")
_RINGS = ("displacement", "displacement_control")


@dataclass(frozen=True, slots=True)
class EffectQuestion:
    """What is asked of an action.

    Attributes
    ----------
    where
        As the filter word ``area`` takes it, or a saved hotspot's id.
    wanted
        What is counted; ``since`` and ``until`` are the days after the action began.
    before
        ``equal`` (as long a period, just before), ``year-ago``, or the first day of a period that
        ends where the action began.
    displacement_m
        How far around incidents may have moved, metres; 0 looks at no ring.
    control
        ``auto`` takes the best of the data; else ground as in ``where``, or a suggested name.
    ground
        The place itself, where it is known already; ``where`` is then only what it is called.
    """

    where: str
    wanted: IncidentFilter
    before: str = EQUAL
    displacement_m: float = RING_M
    control: str = AUTO
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """The answer, with all that is needed to defend or repeat it.

    Attributes
    ----------
    where, against
        The place and what it is compared with; ``against`` is empty where nothing stands for it.
    before, after
        The two periods.
    counts
        ``COUNT_COLUMNS``, a row for each area looked at.
    series
        Incidents a month of the place and its comparison, to the end of the period after.
    candidates
        As ``suggest_controls`` returns them; empty where none was looked for.
    assessment, harm
        The measures; None where there is nothing to compare with, or harm was not asked for.
    words
        The result in a sentence.
    warnings
        What casts doubt on it.
    facts
        Plain values that travel with the result.
    """

    where: str
    against: str
    before: Period
    after: Period
    counts: pd.DataFrame
    series: pd.DataFrame
    candidates: pd.DataFrame
    assessment: Assessment | None
    harm: DisplacementDifference | None
    words: str
    harm_words: str = ""
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Case:
    """One question made ready: who asks it of what, the two periods and the place."""

    store: Store
    reach: Reach
    asked: EffectQuestion
    before: Period
    after: Period
    place: Ground


@dataclass(frozen=True, slots=True)
class _Rows:
    """The incidents that take part, by period; ``history`` ends where the action began."""

    before: pd.DataFrame
    after: pd.DataFrame
    history: pd.DataFrame
    months: tuple[str, ...]  # whole months of the history
    sensitive: int
    default_points: int


def assess_effect(
    store: Store, actor: Actor, asked: EffectQuestion, *, weights: HarmWeights | None = None
) -> Effect:
    """Compare a place before and after an action with its ring and a place like it.

    Sensitive incidents take no part: a drawn area must not tell where they are.

    Parameters
    ----------
    weights
        The partnership's harms; given, the result is weighed by them too.

    Raises
    ------
    ParameterError
        A period is open, a source does not reach over both, or a value cannot be used.
    NotFoundError
        There is no such place.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    before, after = _periods(asked)
    refused = not_comparable(store, reach, asked.wanted, before)
    if refused:
        raise ParameterError(refused)
    if not 0 <= asked.displacement_m <= WIDEST_RING_M:
        raise ParameterError(
            f"`displacement-m` must be metres from 0 to {WIDEST_RING_M:g}, found"
            f" {asked.displacement_m!r}."
        )
    place = asked.ground or find_ground(store, reach, asked.where)
    case = _Case(store, reach, asked, before, after, place)
    rows = _read(case)
    others = _others(case, rows)
    candidates = _suggest(case, others, rows)
    control = _choose(case, others, candidates)
    return _answer(case, rows, control, candidates, weights)


def _periods(asked: EffectQuestion) -> tuple[Period, Period]:
    if asked.wanted.wards or asked.wanted.area:
        raise ParameterError(
            "The place is all that chooses ground here; leave `ward` and `area` out of the filter."
        )
    after = period_of(asked.wanted)
    if after is None:
        raise ParameterError(
            "`since` (the day the action began) and `until` (the day after the last to look at)"
            " are both needed."
        )
    if asked.before == EQUAL:
        return after.before(), after
    if asked.before == YEAR_AGO:
        before = after.year_ago()
        if before.until > after.since:
            raise ParameterError(
                "The same days a year ago run into the period after; give a shorter period."
            )
        return before, after
    first = read_day(asked.before, "before")
    if first >= after.since:
        raise ParameterError(
            f"`before` ({first}) must lie before the action began ({after.since});"
            f" {EQUAL} and {YEAR_AGO} are taken too."
        )
    return Period(first, after.since), after


def _read(case: _Case) -> _Rows:
    wanted = case.asked.wanted
    months = _history_months(case)
    since = read_month(months[0]) if months else case.before.since
    history, hidden, points = _located(case, within(wanted, Period(since, case.after.since)))
    earlier, *_ = _located(case, within(wanted, case.before))
    later, more_hidden, more_points = _located(case, wanted)
    return _Rows(earlier, later, history, months, hidden + more_hidden, points + more_points)


def _history_months(case: _Case) -> tuple[str, ...]:
    """Return the whole months before the action that every source reaches back to."""
    sources = chosen(case.store.coverage(case.reach), case.asked.wanted)
    if not sources:
        return ()
    first = max(one.first_day for one in sources).replace(day=1)
    end = case.after.since.replace(day=1)
    whole = months_to(end, HISTORY_MONTHS)
    months = pd.period_range(max(first, whole.since), end, freq="M")[:-1]
    return tuple(str(month) for month in months)


def _located(case: _Case, wanted: IncidentFilter) -> tuple[pd.DataFrame, int, int]:
    """Return the incidents that may be counted in a drawn area, and how many may not."""
    every = counted_incidents(case.store, case.reach, wanted, columns=_COLUMNS, located_only=True)
    shown = hide_sensitive_places(every)
    shown = shown[shown["easting"].notna()]
    misplaced = at_default_points(shown, default_points(case.store, case.reach))
    return shown[~misplaced], len(every) - len(shown), int(misplaced.sum())


def _others(case: _Case, rows: _Rows) -> list[Ground]:
    """Return what the place may be compared with: areas of its set, or hotspots like it."""
    place = case.place
    if case.asked.control != AUTO and names_ground(case.asked.control):
        return []
    if ":" in place.word:
        areas = grounds_of_set(case.store, case.reach, place.word.split(":", 1)[0])
        return with_own_names([one for one in areas if one.word != place.word], place.name)
    if not rows.months:
        return []
    wanted = within(case.asked.wanted, _history(case, rows))
    found = found_grounds(case.store, case.reach, wanted, HotspotParameters())
    return with_own_names(found, place.name)


def _history(case: _Case, rows: _Rows) -> Period:
    return Period(read_month(rows.months[0]), case.after.since.replace(day=1))


def _suggest(case: _Case, others: list[Ground], rows: _Rows) -> pd.DataFrame:
    unobserved = _quiet_months(case, rows)
    if not others or len(set(rows.months) - unobserved) < LEAST_MONTHS:
        return pd.DataFrame({"rank": [], "place": [], "suitable": [], "reasons": []})
    grounds = [case.place, *others]
    return suggest_controls(
        _series(rows.history, rows.months, grounds),
        case.place.name,
        shapes=_shapes(grounds),
        mixes=_made_of(rows.history, grounds),
        ring_m=case.asked.displacement_m,
        unobserved=unobserved,
    )


def _quiet_months(case: _Case, rows: _Rows) -> frozenset[str]:
    """Return the months of the history in which a source is silent: no evidence of anything."""
    if not rows.months:
        return frozenset()
    return silent_months(case.store, case.reach, case.asked.wanted, _history(case, rows))


def _series(rows: pd.DataFrame, months: Sequence[str], grounds: Sequence[Ground]) -> pd.DataFrame:
    """Count by month and ground, one row a month, one column a ground."""
    counts = count_in_places(_shapes(grounds), rows, local_months(rows["occurred_from"]))
    index = pd.Index(list(months), dtype="str", name="month")
    return counts.T.reindex(index, fill_value=0)


def _made_of(rows: pd.DataFrame, grounds: Sequence[Ground]) -> tuple[pd.DataFrame, ...]:
    """Return of what sources, and of nights and days, the incidents of each ground are."""
    timed = rows[rows["time_precision"] == TimePrecision.MINUTE.value]
    hours = local_hours(timed["occurred_from"])
    night = (hours >= NIGHT_FROM) | (hours < NIGHT_TO)
    shapes = _shapes(grounds)
    return (
        count_in_places(shapes, rows, rows["source"].astype("str")),
        count_in_places(shapes, timed, night),
    )


def _shapes(grounds: Sequence[Ground]) -> gpd.GeoSeries:
    return gpd.GeoSeries({one.name: one.shape for one in grounds}, crs=BRITISH_NATIONAL_GRID)


def _choose(case: _Case, others: list[Ground], candidates: pd.DataFrame) -> Ground | None:
    by_name = {one.name: one for one in others}
    if case.asked.control == AUTO:
        best = candidates[candidates["suitable"].astype(bool)]
        return by_name[str(best["place"].iloc[0])] if len(best) else None
    if case.asked.control in by_name:
        return by_name[case.asked.control]
    return find_ground(case.store, case.reach, case.asked.control)


def _warn(case: _Case, rows: _Rows) -> tuple[str, ...]:
    told = [
        *doubts_between(case.store, case.reach, case.asked.wanted, case.before),
        _say_peak(case, rows),
        _say_picked(case.place, case.before),
        _say_season(case),
        _say_snapped(pd.concat([rows.before, rows.after])),
        _say_left_out(rows),
    ]
    return tuple(dict.fromkeys(filter(None, told)))


def _say_peak(case: _Case, rows: _Rows) -> str:
    quiet = _quiet_months(case, rows)
    months = [month for month in rows.months if month not in quiet]
    before = [
        month for month in months if case.before.since <= read_month(month) < case.before.until
    ]
    series = _series(rows.history, months, [case.place])[case.place.name]
    return (warn_of_peak(series, before, name=case.place.name) or "") if before else ""


def _say_picked(place: Ground, before: Period) -> str:
    picked = place.found_in
    if picked is None or picked.until <= before.since or picked.since >= before.until:
        return ""
    return (
        f"{place.name} was picked because it stood out in {picked.say()}, which is part of the"
        " period before: some of a fall would have come by itself. Only a comparison place picked"
        " in the same way allows for that."
    )


def _say_season(case: _Case) -> str:
    whole_year = (case.after.until - case.after.since).days >= _YEAR_DAYS
    if case.asked.before == YEAR_AGO or whole_year:
        return ""
    return (
        "Before and after are different times of the year; only the comparison place allows for"
        " that."
    )


def _say_snapped(rows: pd.DataFrame) -> str:
    share = float((rows["place_precision"] == PlacePrecision.SNAPPED.value).mean())
    if not share > MOSTLY_SNAPPED:
        return ""
    return (
        f"{share:.0%} of the positions are moved to the middle of a street, so incidents near an"
        " edge may be counted on its other side."
    )


def _say_left_out(rows: _Rows) -> str:
    told = [
        f"{count:,} {what}"
        for count, what in (
            (rows.sensitive, "sensitive incidents, which are counted in no drawn area"),
            (rows.default_points, "that stand where their sender puts what it cannot locate"),
        )
        if count
    ]
    return f"Of the whole area, left out: {' and '.join(told)}." if told else ""


def _answer(
    case: _Case,
    rows: _Rows,
    control: Ground | None,
    candidates: pd.DataFrame,
    weights: HarmWeights | None,
) -> Effect:
    areas = _areas(case.place, control, case.asked.displacement_m)
    counts = _counts(areas, rows)
    warnings = _warn(case, rows)
    assessment = _assess(case, control, counts, warnings) if control else None
    harm = _weigh(case, areas, rows, weights) if control and weights else None
    facts = _facts(case, control) | {"measures": _measures(assessment)}
    if harm and weights:
        facts["harm"] = {"weights": weights.label, **_numbers(harm)}
    return Effect(
        where=case.place.name,
        against=control.name if control else "",
        before=case.before,
        after=case.after,
        counts=counts,
        series=_months_of(case, control, rows),
        candidates=candidates,
        assessment=assessment,
        harm=harm,
        words=assessment.words if assessment else _say_alone(case.place, counts, candidates),
        harm_words=_say_harm(harm, weights, case.place, control),
        warnings=_of_use(assessment) if assessment else warnings,
        facts=facts,
    )


def _of_use(assessment: Assessment) -> tuple[str, ...]:
    """Return the warnings, less why one of the measures is missing: that stands with them."""
    missing = assessment.quotient.warnings if assessment.quotient else ()
    return tuple(words for words in assessment.warnings if words not in missing)


def _areas(
    place: Ground, control: Ground | None, ring_m: float
) -> dict[str, tuple[str, shapely.Geometry]]:
    """Return the areas to count in by the names the measures have for them."""
    grounds = {"treated": place} | ({"control": control} if control else {})
    areas = {name: (one.name, one.shape) for name, one in grounds.items()}
    if ring_m:
        for name, ring in zip(grounds, _RINGS, strict=False):
            inner = grounds[name].shape
            outer = shapely.difference(shapely.buffer(inner, ring_m), inner)
            areas[ring] = (f"{grounds[name].name}: {ring_m:g} m around", outer)
    return areas


def _counts(areas: Mapping[str, tuple[str, shapely.Geometry]], rows: _Rows) -> pd.DataFrame:
    found = [
        (name, called, *(int(are_in(shape, one).sum()) for one in (rows.before, rows.after)))
        for name, (called, shape) in areas.items()
    ]
    counts = pd.DataFrame(found, columns=list(COUNT_COLUMNS[:-1]))
    return counts.assign(difference=counts["after"] - counts["before"])


def _assess(
    case: _Case, control: Ground, counts: pd.DataFrame, warnings: tuple[str, ...]
) -> Assessment:
    pairs = _pairs(counts)
    return assess_intervention(
        pairs["treated"],
        pairs["control"],
        pairs.get("displacement"),
        pairs.get("displacement_control"),
        time_weights=_time_weights(case),
        where=case.place.name,
        against=control.name,
        warnings=warnings,
    )


def _pairs(counts: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {
        str(area): (float(before), float(after))
        for area, before, after in zip(
            counts["area"], counts["before"], counts["after"], strict=True
        )
    }


def _time_weights(case: _Case) -> tuple[float, float]:
    """Return weights that turn the result into incidents of the period after."""
    days = [(one.until - one.since).days for one in (case.before, case.after)]
    return days[0] / days[1], 1.0


def _weigh(
    case: _Case,
    areas: Mapping[str, tuple[str, shapely.Geometry]],
    rows: _Rows,
    weights: HarmWeights,
) -> DisplacementDifference | None:
    """Add up the differences of every type, each times its harm."""
    both = pd.concat([rows.before, rows.after])
    harms = harm_of(both, weights)["harm"].groupby(both["incident_type"]).first()
    pairs = {str(kind): _pairs(_counts(areas, _of_type(rows, str(kind)))) for kind in harms.index}
    cases = {
        kind: {**found, "time_weights": _time_weights(case)}
        for kind, found in pairs.items()
        if np.any(list(found.values()))
    }
    if not cases:
        return None
    return harm_weighted_displacement_difference(
        cases, {kind: float(harms[kind]) for kind in cases}
    )


def _of_type(rows: _Rows, kind: str) -> _Rows:
    parts = (one[one["incident_type"] == kind] for one in (rows.before, rows.after))
    before, after = parts
    return replace(rows, before=before, after=after)


def _months_of(case: _Case, control: Ground | None, rows: _Rows) -> pd.DataFrame:
    """Count by month from the first month of the history to the last of the period after."""
    first = read_month(rows.months[0]) if rows.months else case.after.since
    last = pd.Period(case.after.until, "D") - 1
    months = [str(month) for month in pd.period_range(first, last.asfreq("M"), freq="M")]
    grounds = [case.place] if control is None else [case.place, control]
    return _series(pd.concat([rows.history, rows.after]), months, grounds)


def _say_alone(place: Ground, counts: pd.DataFrame, candidates: pd.DataFrame) -> str:
    before, after = counts.loc[0, ["before", "after"]]
    looked = (
        f"none of the {len(candidates)} places looked at stands for it"
        if len(candidates)
        else "there is no other place, or there are too few months before to choose one by"
    )
    return (
        f"{place.name} had {before:,} incidents before and {after:,} after. That alone tells"
        f" nothing of the action: it is compared with no other place, for {looked}. Name one as"
        " the control."
    )


def _say_harm(
    harm: DisplacementDifference | None,
    weights: HarmWeights | None,
    place: Ground,
    control: Ground | None,
) -> str:
    if harm is None or weights is None or control is None:
        return ""
    told = plain_result(harm, where=place.name, against=control.name, unit=weights.unit)
    return f"Weighed by harm: {told} Weights: {weights.label}."


def _facts(case: _Case, control: Ground | None) -> dict[str, Any]:
    return {
        "filter": case.asked.wanted.words(),
        "place": case.place.word,
        "control": control.word if control else None,
        "before": [case.before.since.isoformat(), case.before.until.isoformat()],
        "displacement_m": case.asked.displacement_m,
        "data_version": case.store.data_version(),
        "program_version": __version__,
    }


def _measures(assessment: Assessment | None) -> dict[str, Any] | None:
    if assessment is None:
        return None
    ratio, quotient = assessment.ratio, assessment.quotient
    return {
        "difference": _numbers(assessment.difference),
        "ratio": {
            "ratio": ratio.ratio, "low": ratio.low, "high": ratio.high, "z": ratio.z, "p": ratio.p,
        },
        "before_after_p": assessment.before_after_p,
        "displacement_quotient": None
        if quotient is None
        else {"quotient": quotient.quotient, "words": quotient.words},
    }  # fmt: skip


def _numbers(found: DisplacementDifference) -> dict[str, float]:
    names = ("estimate", "standard_error", "z", "p", "low", "high", "local", "displacement")
    return {name: getattr(found, name) for name in names}
