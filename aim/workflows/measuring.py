"""What the store counts at a place: the baseline of an action, and whether a target could show."""

import math
from dataclasses import replace
from datetime import date

import shapely

from aim.access import reach_of
from aim.analysis import control_limits
from aim.model.actions import ActionPlan, Baseline, Site
from aim.model.filters import IncidentFilter
from aim.model.incidents import Sensitivity
from aim.model.people import Actor, Reach
from aim.store import Store
from aim.workflows.agreements import with_agreements
from aim.workflows.counting import counted_incidents
from aim.workflows.periods import Period, latest_complete_month, months_to, within

# Sensitive reports are never tied to a place that people read of.
_COUNTED = frozenset({Sensitivity.PUBLIC, Sensitivity.ROUTINE})
_COLUMNS = (
    *("incident_id", "source", "incident_type", "occurred_from", "time_precision"),
    *("easting", "northing", "place_precision"),
)


def measuring_reach(store: Store, actor: Actor) -> Reach:
    """Return what is counted for others to read: what agreements let everybody here see."""
    reach = reach_of(with_agreements(store, actor))
    return replace(reach, sensitivities=_COUNTED)


def take_baseline(store: Store, actor: Actor, plan: ActionPlan, *, today: date) -> Baseline | None:
    """Count what a plan measures over the newest complete months.

    Parameters
    ----------
    plan
        Its place, types and months.
    today
        London day; nothing after it is counted.

    Returns
    -------
    Baseline or None
        None where the place or the types are not chosen, or a source does not reach over the
        months. The counts chance would hardly give are those three standard deviations away.
    """
    if plan.site is None or not plan.site.is_countable or not plan.types:
        return None
    reach = measuring_reach(store, actor)
    period = _newest_months(store, reach, plan.months, today)
    if period is None:
        return None
    count = count_at(store, reach, plan.site, plan.types, period)
    low, high = control_limits(count)
    return Baseline(count, period.since, period.until, math.ceil(low) - 1, math.floor(high) + 1)


def count_at(store: Store, reach: Reach, site: Site, types: tuple[str, ...], period: Period) -> int:
    """Count the reports of some types at a place in a period: inside its outline, or its wards."""
    wanted = within(IncidentFilter(types=types, include_outside=bool(site.outline)), period)
    if not site.outline:
        wanted = replace(wanted, wards=site.wards)
    rows = counted_incidents(
        store, reach, wanted, columns=_COLUMNS, located_only=bool(site.outline)
    )
    if not site.outline:
        return len(rows)
    shape = shapely.from_wkt(site.outline)
    return int(shapely.intersects_xy(shape, rows["easting"], rows["northing"]).sum())


def _newest_months(store: Store, reach: Reach, months: int, today: date) -> Period | None:
    """Return the newest whole months that every source covers, or None."""
    coverage = store.coverage(reach)
    latest = latest_complete_month(coverage)
    if latest is None or latest.until > today:
        latest = latest and Period(months_to(today.replace(day=1), 1).since, today.replace(day=1))
    if latest is None:
        return None
    period = months_to(latest.until, months)
    starts = max(one.first_day for one in coverage).replace(day=1)
    return period if starts <= period.since else None
