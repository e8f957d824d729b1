"""A funder's return: hours by agency, place and month, reports inside, powers used."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from aim.access import audit_entry, require, task_reach_of
from aim.config import Settings
from aim.errors import ExportError, ParameterError
from aim.exports import Listing, write_book, write_listing
from aim.model.actions import Origin, Site
from aim.model.filters import IncidentFilter
from aim.model.handling import Stamp
from aim.model.people import Action, Actor
from aim.model.times import LONDON, local_months, next_month, say_day
from aim.model.visits import Visit
from aim.store import Store
from aim.tasking import ReturnTemplate, fill_return, read_return_template
from aim.workflows.counting import counted_incidents
from aim.workflows.measuring import measuring_reach
from aim.workflows.periods import Period
from aim.workflows.stamps import stamp_of

FORMATS = ("xlsx", "csv")
NOT_OFFICIAL = "The columns are the partnership's own; they are nobody's official form."
_COLUMNS = ("incident_id", "occurred_from", "easting", "northing", "sensitivity")


@dataclass(frozen=True, slots=True)
class Returned:
    """The files of a return: the end of each name before its suffix, empty for one, and bytes."""

    files: tuple[tuple[str, bytes], ...]


def write_return(
    store: Store,
    actor: Actor,
    settings: Settings,
    *,
    since: date,
    until: date,
    file_format: str,
    made: date,
    columns: Path | None = None,
) -> Returned:
    """Write the return of a period: a workbook with a sheet a table, or a csv file for each.

    Restricted visits are not in it. A visit counts to the designated place its own lies in, else
    to its own. Reports inside a designated place are counted in the months it holds; sensitive
    ones never.

    Parameters
    ----------
    since, until
        London days, the second out; whole months where reports are asked for.
    file_format
        ``xlsx`` or ``csv``.
    made
        The day it is made.
    columns
        A template; the example that comes with AIM if missing.

    Raises
    ------
    NotAllowedError
        The actor may take nothing away.
    ParameterError
        The period is empty, or begins or ends inside a month where reports are asked for, or the
        template cannot be used.
    ExportError
        The format is neither.
    """
    require(actor, Action.EXPORT)
    require(actor, Action.VIEW_TASKS)
    if file_format not in FORMATS:
        raise ExportError(f"A return is written as {' or '.join(FORMATS)}, found {file_format!r}.")
    template = read_return_template(columns)
    period = _check_period(template, since, until)
    wanted = IncidentFilter(since=period.since, until=period.until)
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    listings = _tables(store, actor, template, period, stamp)
    if file_format == "xlsx":
        files: tuple[tuple[str, bytes], ...] = (("", write_book(listings)),)
    else:
        several = len(listings) > 1
        files = tuple(
            (f"-{one.name}" if several else "", write_listing(one, "csv")) for one in listings
        )
    _record(store, actor, file_format, listings, files)
    return Returned(files)


def _check_period(template: ReturnTemplate, since: date, until: date) -> Period:
    if until <= since:
        raise ParameterError(
            f"A return was asked for since {since} until {until}; `until` is the day after the"
            " last and comes later."
        )
    whole = since.day == 1 and until.day == 1
    if not whole and any(table.counts_incidents for table in template.tables):
        raise ParameterError(
            f"A return with reports was asked for since {since} until {until}; reports are"
            " counted by whole months: give first days of months."
        )
    return Period(since, until)


def _tables(
    store: Store,
    actor: Actor,
    template: ReturnTemplate,
    period: Period,
    stamp: Stamp,
) -> list[Listing]:
    sites = [
        one.what
        for one in store.tasks(Site, task_reach_of(actor))
        if one.what.origin is Origin.DESIGNATED and one.what.outline and not one.what.readers
    ]
    visits = [(_place_of(one.site, sites), one) for one in _visits(store, actor, period)]
    asked = any(table.counts_incidents for table in template.tables)
    incidents = _count_inside(store, actor, sites, period) if asked else {}
    notes = (
        *(f"{period.say()}.", NOT_OFFICIAL, "Only what was logged counts."),
        *(_say_incomplete(store, actor, period) if asked else ()),
    )
    return [
        Listing(
            f"{template.title}: {table.name}",
            fill_return(table, visits, incidents),
            stamp,
            notes=notes,
            name=table.name,
        )
        for table in template.tables
    ]


def _visits(store: Store, actor: Actor, period: Period) -> Iterable[Visit]:
    for kept in store.tasks(Visit, task_reach_of(actor)):
        day = kept.what.at.astimezone(LONDON).date()
        within = period.since <= day < period.until
        if kept.what.counts and within and not kept.what.is_restricted:
            yield kept.what


def _place_of(site: Site, designated: Iterable[Site]) -> str:
    """Return the designated place that a site's middle lies in, the smallest first; else its own.

    Examples
    --------
    >>> area = Site("Order area", "designated", outline="POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))")
    >>> _place_of(Site("Steps", "found", outline="POINT (4 4)"), [area])
    'Order area'
    """
    if not site.outline:
        return site.name
    middle = shapely.from_wkt(site.outline).centroid
    shapes = [(shapely.from_wkt(one.outline), one.name) for one in designated]
    inside = [(shape.area, name) for shape, name in shapes if shape.covers(middle)]
    return min(inside)[1] if inside else site.name


def _count_inside(
    store: Store, actor: Actor, sites: Iterable[Site], period: Period
) -> dict[tuple[str, str], int]:
    """Count the reports inside each designated place by month, for the months it holds."""
    reach = measuring_reach(store, actor)
    wanted = IncidentFilter(since=period.since, until=period.until, include_outside=True)
    rows = counted_incidents(store, reach, wanted, columns=_COLUMNS, located_only=True)
    months = local_months(rows["occurred_from"]).to_numpy()
    counts: dict[tuple[str, str], int] = {}
    for site in sites:
        inside = shapely.intersects_xy(
            shapely.from_wkt(site.outline), rows["easting"], rows["northing"]
        )
        found = pd.Series(months[np.asarray(inside, bool)]).value_counts()
        for month in _months_held(site, period):
            key = site.name, f"{month:%Y-%m}"
            counts[key] = counts.get(key, 0) + int(found.get(f"{month:%Y-%m}", 0))
    return counts


def _say_incomplete(store: Store, actor: Actor, period: Period) -> tuple[str, ...]:
    """Say which sources do not reach to the end of a period: their reports are missing."""
    last = period.until - timedelta(days=1)
    return tuple(
        f"{one.source} is complete only to {say_day(one.complete_to)}: reports after that are"
        " missing."
        for one in store.coverage(measuring_reach(store, actor))
        if one.complete_to < last
    )


def _months_held(site: Site, period: Period) -> Iterable[date]:
    """Give the first day of each month of a period in which a place holds on some day."""
    first = period.since
    while first < period.until:
        after = next_month(first)
        begun = site.since is None or site.since < after
        if begun and (site.until is None or first < site.until):
            yield first
        first = after


def _record(
    store: Store,
    actor: Actor,
    file_format: str,
    listings: Iterable[Listing],
    files: Iterable[tuple[str, bytes]],
) -> None:
    content = b"".join(one for _, one in files)
    with store.transaction() as change:
        change.record(
            audit_entry(
                actor,
                Action.EXPORT,
                list="activity-return",
                format=file_format,
                rows=sum(len(one.rows) for one in listings),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
