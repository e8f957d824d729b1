"""One filter and one reach become one statement.

Periods and weekdays are London days, which is how filters are written; the days a row lies in are
kept beside it. The ward of the current set stands in the row, that of any other set is joined.

One index holds state, ward, type, days and source. Where it answers alone, nothing else is read.
Else it finds the rows, which are then looked at in the order they lie in: looked up as the index
finds them, a hundred thousand rows cost ten times as much.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql import visitors

from aim.errors import ParameterError
from aim.model.filters import AreaCode, Box, IncidentFilter
from aim.model.incidents import COLUMN_NAMES, TimePrecision
from aim.model.people import Reach
from aim.model.records import Coverage, LeftOut
from aim.model.times import LONDON
from aim.store import links, placing
from aim.store.contents import frame_of, ids_from_hex, ids_to_bytes
from aim.store.moments import day_number, day_of
from aim.store.overlay import PLACED, POSITION
from aim.store.tables import (
    BY_WARD_TYPE_AND_DAY,
    THERE,
    RowState,
    batch,
    incident,
    incident_link,
    incident_place,
    incident_ward,
    ward,
)

Condition = ColumnElement[bool]
GROUPS = ("month", "day", "ward_code", "incident_type", "source", "feed")
REASONS = (
    *("held", "no_position", "outside_wards", "period_unclear", "hour_unknown", "day_unknown"),
)
_MOST_POINTS = 5_000


@dataclass(frozen=True)
class Reading:
    """What is asked, by whom, and the boundary sets it is asked of.

    Attributes
    ----------
    wards_of
        The number of the set that wards are looked up in; None where none is loaded.
    reach_wards_of
        The number of the current set, which the wards of a reach belong to.
    area_of
        The number of the set of an area asked for.
    states
        The states of the rows that take part.
    """

    wanted: IncidentFilter
    reach: Reach
    wards_of: int | None
    reach_wards_of: int | None
    area_of: int | None = None
    states: tuple[RowState, ...] = (RowState.CURRENT,)

    @cached_property
    def placed(self) -> FromClause:
        """The wards of the set asked for."""
        return incident_ward.alias("placed")

    @property
    def inside_only(self) -> bool:
        """Whether only incidents inside a ward take part."""
        return self.wards_of is not None and (
            bool(self.wanted.wards) or not self.wanted.include_outside
        )

    @property
    def joined(self) -> bool:
        """Whether the wards asked for are of a set that is not the current one."""
        return self.wards_of is not None and self.wards_of != self.reach_wards_of

    @property
    def chosen(self) -> bool:
        """Whether the index leads to some of the rows only."""
        wanted, reach = self.wanted, self.reach
        limits = (wanted.types, wanted.sources, wanted.since, wanted.until, wanted.wards)
        return any(limits) or reach.sources is not None or reach.wards is not None

    @property
    def ward_code(self) -> ColumnElement[Any]:
        """The ward of the set asked for, missing outside."""
        if self.wards_of is None:
            return _nothing("ward_code")
        return self.placed.c.ward_code if self.joined else incident.c.ward_code

    def column(self, name: str) -> ColumnElement[Any]:
        """Return a column by the name that groups have."""
        return self.ward_code if name == "ward_code" else incident.c[name]


def read_request(connection: Connection, wanted: IncidentFilter, reach: Reach) -> Reading:
    """Look up the boundary sets a filter names.

    Raises
    ------
    NotFoundError
        The filter names a set or an area that is not loaded.
    """
    current = placing.current_set(connection)
    area = wanted.area
    return Reading(
        wanted=wanted,
        reach=reach,
        wards_of=placing.set_number(connection, wanted.ward_set) if wanted.ward_set else current,
        reach_wards_of=current,
        area_of=placing.refuse_unknown_area(connection, area.ward_set, area.code)
        if isinstance(area, AreaCode)
        else None,
    )


# --- what is asked for, as conditions ----------------------------------------------------------


def _matching(reading: Reading) -> list[Condition]:
    """Return the conditions a row must meet to take part."""
    return [
        *_certain(reading),
        *_in_period(reading),
        *_at_hours(reading),
        *_on_days(reading),
        *_in_place(reading),
    ]


def _certain(reading: Reading) -> list[Condition]:
    """Return the conditions that every row can be held to: state, reach, type and source."""
    wanted = reading.wanted
    found = [incident.c.state.in_(reading.states), *_within_reach(reading)]
    if wanted.types:
        found.append(_any_of(incident.c.incident_type, wanted.incident_types()))
    if wanted.sources:
        found.append(_any_of(incident.c.source, wanted.sources))
    return found


def _any_of(column: ColumnElement[Any], values: Any) -> Condition:
    listed = sorted(values)
    return column.in_(listed) if listed else false()


def _within_reach(reading: Reading) -> list[Condition]:
    reach = reading.reach
    limits = (
        (incident.c.agency, reach.agencies),
        (incident.c.source, reach.sources),
        (incident.c.sensitivity, reach.sensitivities),
    )
    found = [_any_of(column, limit) for column, limit in limits if limit is not None]
    if reach.wards is not None:
        found.append(_lies_in(reading, reading.reach_wards_of, sorted(reach.wards)))
    if barred := sorted(source for source, column in reach.withheld if column == "*"):
        found.append(incident.c.source.not_in(barred))
    return found


def _lies_in(reading: Reading, number: int | None, codes: Sequence[str]) -> Condition:
    """Return whether the row lies in one of the areas of a set."""
    if number is None or not codes:
        return false()
    if number == reading.reach_wards_of:
        return incident.c.ward_code.in_(codes)
    return incident.c.incident_id.in_(_in_other_set(number, codes))


def _in_period(reading: Reading) -> list[Condition]:
    wanted = reading.wanted
    found = []
    if wanted.since:
        found.append(incident.c.first_day >= day_number(wanted.since))
    if wanted.until:
        found.append(incident.c.last_day < day_number(wanted.until))
    return found


def _at_hours(reading: Reading) -> list[Condition]:
    hours = reading.wanted.hours
    return [incident.c.local_hour.in_(hours)] if hours else []


def _on_days(reading: Reading) -> list[Condition]:
    days = reading.wanted.days
    return [incident.c.local_weekday.in_(days)] if days else []


def _in_place(reading: Reading) -> list[Condition]:
    found = _in_area(reading)
    if reading.wards_of is None:
        return [*found, false()] if reading.wanted.wards else found
    if reading.wanted.wards:
        found.append(reading.ward_code.in_(sorted(reading.wanted.wards)))
    elif reading.inside_only:
        # Naming the wards one by one lets the index go straight to each ward, type and day.
        codes = select(ward.c.ward_code).where(ward.c.ward_set == reading.wards_of)
        found.append(reading.ward_code.in_(codes))
    return found


def _in_area(reading: Reading) -> list[Condition]:
    area = reading.wanted.area
    if isinstance(area, Box):
        return [
            incident.c.lon.between(area.west, area.east),
            incident.c.lat.between(area.south, area.north),
        ]
    if isinstance(area, AreaCode):
        return [_lies_in(reading, reading.area_of, [area.code])]
    return []


def _select(
    reading: Reading,
    columns: Sequence[ColumnElement[Any]],
    conditions: Sequence[Condition],
    *,
    inside_only: bool,
) -> Select[Any]:
    """Select columns of the rows that meet conditions, by the index or in the rows' own order."""
    statement = select(*columns).select_from(_tables(reading, inside_only=inside_only))
    narrow = [one for one in conditions if _in_index(one)]
    if len(narrow) == len(conditions) and all(map(_in_index, columns)):
        return statement.where(*conditions)
    leading = _leading(reading, narrow)
    found = [] if leading is None else [incident.c.incident_id.in_(leading)]
    return statement.where(*map(_by_no_index, conditions), *found)


def _leading(reading: Reading, narrow: Sequence[Condition]) -> Select[Any] | None:
    """Return the ids an index finds; None where nearly every row takes part."""
    if reading.joined and reading.wanted.wards:
        return _in_other_set(reading.wards_of, sorted(reading.wanted.wards))
    if not reading.chosen:
        return None
    return select(incident.c.incident_id).where(*narrow).correlate(None)


def _in_other_set(number: int | None, codes: Sequence[str]) -> Select[Any]:
    there = incident_ward.alias("there")
    return select(there.c.incident_id).where(
        there.c.ward_set == number, there.c.ward_code.in_(codes)
    )


def _by_no_index(condition: Condition) -> Condition:
    """Say a condition so that the index, which begins with the state, cannot be used for it."""

    def plain(element: Any, **_: Any) -> Any:
        return incident.c.state + 0 if element is incident.c.state else None

    return visitors.replacement_traverse(condition, {}, plain)


def _in_index(expression: ColumnElement[Any]) -> bool:
    """Tell whether the index of wards, types and days holds all an expression reads."""
    read = [one for one in visitors.iterate(expression) if isinstance(one, Column)]
    return all(
        one.table is ward or (one.table is incident and one.name in BY_WARD_TYPE_AND_DAY.columns)
        for one in read
    )


def _tables(reading: Reading, *, inside_only: bool) -> FromClause:
    """Return what is read: the incidents, with the wards of a set that is not the current one."""
    if not reading.joined:
        return incident
    placed = reading.placed
    there = and_(
        placed.c.incident_id == incident.c.incident_id, placed.c.ward_set == reading.wards_of
    )
    return incident.join(placed, there, isouter=not inside_only)


# --- rows --------------------------------------------------------------------------------------


def read_incidents(
    connection: Connection,
    reading: Reading,
    columns: tuple[str, ...] | None,
    *,
    located_only: bool,
    also: Sequence[Condition] = (),
) -> pd.DataFrame:
    """Return the matching incidents, sorted by id, with their ward."""
    names = _names(columns)
    located = [incident.c.easting.is_not(None)] if located_only else []
    statement = _select(
        reading,
        [_selected(reading, name) for name in names],
        [*_matching(reading), *located, *also],
        inside_only=reading.inside_only,
    ).order_by(incident.c.incident_id)
    incidents = frame_of(names, connection.execute(statement).all())
    if "batch_id" in names:
        incidents["batch_id"] = _batch_names(connection, incidents["batch_id"])
    return incidents


def read_at(
    connection: Connection,
    reading: Reading,
    points: pd.DataFrame,
    columns: tuple[str, ...] | None,
) -> pd.DataFrame:
    """Return the matching incidents at some points, sorted by id, with their ward."""
    places = list(dict.fromkeys(zip(points["easting"], points["northing"], strict=True)))
    names = ("incident_id", *_names(columns))
    shown = [_selected(reading, name).is_not(None) for name in ("easting", "northing")]
    parts = [
        read_incidents(
            connection,
            reading,
            names,
            located_only=True,
            also=[*shown, incident.c.incident_id.in_(_standing_at(places[at : at + _MOST_POINTS]))],
        )
        for at in range(0, max(len(places), 1), _MOST_POINTS)
    ]
    rows = pd.concat(parts).sort_values("incident_id", kind="stable", ignore_index=True)
    return rows[list(_names(columns))]


def _standing_at(places: Sequence[tuple[float, float]]) -> Select[Any]:
    there = incident.alias("there")
    position = tuple_(there.c.easting, there.c.northing)
    return select(there.c.incident_id).where(position.in_(places), there.c.incident_id >= b"")


def count_points(connection: Connection, reach: Reach) -> pd.DataFrame:
    """Count the located rows of each source by point, sorted by source and point."""
    everything = IncidentFilter(include_outside=True)
    plain = Reading(everything, reach, None, placing.current_set(connection))
    east, north, text = (
        _selected(plain, name) for name in ("easting", "northing", "location_text")
    )
    located = [
        *_within_reach(plain),
        incident.c.easting.is_not(None),
        # Nearly every row takes part: the rows are gone through as they lie, by no other index.
        incident.c.state + 0 == RowState.CURRENT,
        incident.c.incident_id >= b"",
    ]
    rows = connection.execute(
        select(
            incident.c.source,
            east,
            north,
            func.count().label("incidents"),
            func.count(func.nullif(text, "")).label("told"),
        )
        .where(*located)
        .group_by(incident.c.source, east, north)
    ).fetchall()
    counts = pd.DataFrame(rows, columns=["source", "easting", "northing", "incidents", "told"])
    months = _months_of(connection, plain, located)
    return (
        counts.astype({"source": "str", "easting": "float64", "northing": "float64"})
        .dropna(subset=["easting", "northing"])
        .assign(months=lambda found: found["source"].map(months).fillna(0).astype("int64"))
        .sort_values(["source", "easting", "northing"], ignore_index=True)
    )


def _months_of(
    connection: Connection, plain: Reading, located: Sequence[Condition]
) -> dict[str, int]:
    """Count the months in which each source has located rows."""
    shown = _shown_where(plain.reach, "occurred_from")
    dated = [] if shown is None else [shown]
    days = connection.execute(
        select(incident.c.source, incident.c.first_day).where(*located, *dated).distinct()
    )
    months = {(row.source, f"{day_of(row.first_day):%Y-%m}") for row in days}
    return dict(Counter(source for source, _ in months))


def read_without_position(connection: Connection, reach: Reach) -> pd.DataFrame:
    """Return the rows that came without a position, as they came, with the ward found since."""
    everything = read_request(connection, IncidentFilter(include_outside=True), reach)
    laid = select(incident_place.c.incident_id)
    also = [or_(incident.c.easting.is_(None), incident.c.incident_id.in_(laid))]
    rows = read_incidents(connection, everything, None, located_only=False, also=also)
    found = rows["easting"].notna()
    rows.loc[found, list(POSITION)] = float("nan")
    own = select(incident_place.c.incident_id, incident_place.c.own_precision).order_by(
        incident_place.c.incident_id
    )
    precision = {row.incident_id: row.own_precision for row in connection.execute(own)}
    ids = ids_from_hex(rows.loc[found, "incident_id"].tolist())
    rows.loc[found, "place_precision"] = [precision[one] for one in ids_to_bytes(ids)]
    return rows


def read_placed(connection: Connection, reach: Reach) -> pd.DataFrame:
    """Return the positions laid over rows that came without one, sorted by id."""
    everything = read_request(connection, IncidentFilter(include_outside=True), reach)
    plain = Reading(everything.wanted, reach, None, everything.reach_wards_of, states=THERE)
    names = ("incident_id", *PLACED)
    rows = connection.execute(
        select(*(incident_place.c[name] for name in names))
        .join(incident, incident.c.incident_id == incident_place.c.incident_id)
        .where(*_certain(plain))
        .order_by(incident_place.c.incident_id)
    ).fetchall()
    placed = frame_of(names, rows)
    return placed.astype({"confidence": "float64"})


def read_linked(
    connection: Connection,
    reading: Reading,
    columns: tuple[str, ...] | None,
    *,
    refused: bool = False,
) -> pd.DataFrame:
    """Return the matching incidents that stand in a link nobody refused, or in any link."""
    ends = (incident_link.c.incident_a, incident_link.c.incident_b)
    shown = true() if refused else incident_link.c.state != links.REFUSED
    stands = [select(end).where(shown) for end in ends]
    also = [or_(*(incident.c.incident_id.in_(one) for one in stands))]
    return read_incidents(connection, reading, columns, located_only=False, also=also)


def read_links(connection: Connection, reach: Reach) -> pd.DataFrame:
    """Return the links of which a reach shows both ends, sorted by the two ids."""
    everything = IncidentFilter(include_outside=True)
    plain = Reading(everything, reach, None, placing.current_set(connection))
    shown = [
        select(incident.c.incident_id)
        .where(incident.c.incident_id == end, *_certain(plain))
        .correlate(incident_link)
        .exists()
        for end in (incident_link.c.incident_a, incident_link.c.incident_b)
    ]
    rows = connection.execute(
        select(incident_link)
        .where(*shown)
        .order_by(incident_link.c.incident_a, incident_link.c.incident_b)
    )
    return links.frame_of_links(rows.all())


def _names(columns: tuple[str, ...] | None) -> tuple[str, ...]:
    asked = COLUMN_NAMES if columns is None else columns
    unknown = [name for name in asked if name not in {*COLUMN_NAMES, "ward_code"}]
    if unknown:
        raise ParameterError(
            f"Incidents have no column {', '.join(unknown)}; they have {', '.join(COLUMN_NAMES)}"
            " and ward_code."
        )
    return tuple(dict.fromkeys([*asked, "ward_code"]))


def _selected(reading: Reading, name: str) -> ColumnElement[Any]:
    if name == "batch_id":
        return incident.c.batch_number
    if name == "ward_code":
        return reading.ward_code
    column: ColumnElement[Any] = incident.c[name]
    shown_where = _shown_where(reading.reach, name)
    if shown_where is None:
        return column
    return case((shown_where, column), else_=None).label(name)


def _nothing(name: str) -> ColumnElement[Any]:
    return case((false(), incident.c.source), else_=None).label(name)


def _shown_where(reach: Reach, name: str) -> Condition | None:
    """Return which rows show a column; None where all of them do."""
    limits: list[Condition] = []
    if name == "description" and not reach.free_text:
        limits.append(incident.c.agency.in_(sorted(reach.text_agencies)))
    withheld = sorted(source for source, column in reach.withheld if column == name)
    if withheld:
        limits.append(incident.c.source.not_in(withheld))
    return and_(*limits) if limits else None


def _batch_names(connection: Connection, numbers: pd.Series) -> pd.Series:
    rows = connection.execute(select(batch.c.number, batch.c.batch_id))
    names = {str(row.number): row.batch_id for row in rows}
    return numbers.map(names).astype("str")


# --- counts ------------------------------------------------------------------------------------


def count_statement(reading: Reading, by: tuple[str, ...]) -> Select[Any]:
    """Return the statement that counts matching incidents by ward, type, source and day.

    Months and days are both counted by the days a row lies in and gathered afterwards.
    """
    groups = [reading.column(name) for name in _grouping(by)]
    counted = [*groups, func.count().label("incidents")]
    return _select(reading, counted, _matching(reading), inside_only=reading.inside_only).group_by(
        *groups
    )


def _grouping(by: tuple[str, ...]) -> tuple[str, ...]:
    days = ("first_day", "last_day") if {"month", "day"} & set(by) else ()
    return (*(name for name in by if name not in {"month", "day"}), *days)


def count_incidents(connection: Connection, reading: Reading, by: tuple[str, ...]) -> pd.DataFrame:
    """Return one row a group and column ``incidents``, sorted by the group, missing last."""
    unknown = [name for name in by if name not in GROUPS]
    if unknown:
        raise ParameterError(
            f"Incidents are counted by {', '.join(GROUPS)}; found {', '.join(unknown)}."
        )
    rows = connection.execute(count_statement(reading, by)).all()
    names = [*_grouping(by), "incidents"]
    counts = pd.DataFrame([tuple(row) for row in rows], columns=names)
    if not by:
        return pd.DataFrame({"incidents": counts["incidents"].astype("int64")})
    for name in by:
        counts[name] = _labels(name, counts)
    sums = counts.groupby(list(by), dropna=False, sort=True)["incidents"].sum()
    return sums.astype("int64").reset_index()


def _labels(name: str, counts: pd.DataFrame) -> pd.Series:
    if name not in {"month", "day"}:
        return counts[name].astype("str")
    days = pd.to_datetime(counts["first_day"].astype("int64"), unit="D", origin="unix")
    if name == "month":
        return days.dt.strftime("%Y-%m").astype("str")
    exact = counts["first_day"] == counts["last_day"]
    return days.dt.strftime("%Y-%m-%d").where(exact).astype("str")


def count_left_out(connection: Connection, reading: Reading) -> LeftOut:
    """Count the rows that might belong and were left out, each under its first reason."""
    reason = _reason(reading)
    counted = [reason.label("reason"), func.count().label("rows")]
    possible = [*_possible(reading), reason.is_not(None)]
    rows = connection.execute(
        _select(reading, counted, possible, inside_only=False).group_by(reason)
    )
    return LeftOut(**{row.reason: row.rows for row in rows})


def _reason(reading: Reading) -> ColumnElement[Any]:
    """Return the first reason a possible row is left out for; null where it takes part."""
    wanted = reading.wanted
    located = incident.c.easting.is_not(None)
    outside = reading.ward_code.is_(None) if reading.inside_only else false()
    unclear = ~and_(true(), *_plain_period(wanted))
    reasons = (
        incident.c.state == RowState.HELD,
        ~located,
        outside,
        unclear,
        incident.c.local_hour.is_(None) if wanted.hours else false(),
        incident.c.local_weekday.is_(None) if wanted.days else false(),
    )
    return case(*zip(reasons, REASONS, strict=True), else_=None)


def _plain_period(wanted: IncidentFilter) -> list[Condition]:
    found: list[Condition] = []
    if wanted.since:
        found.append(incident.c.first_day >= day_number(wanted.since))
    if wanted.until:
        found.append(incident.c.last_day < day_number(wanted.until))
    return found


def _possible(reading: Reading) -> list[Condition]:
    """Return the conditions of rows that nothing known keeps out.

    A row without a position may lie anywhere, so area and wards do not speak against it; a row
    known to the month may lie in any part of it.
    """
    wanted = reading.wanted
    plain = Reading(wanted, reading.reach, None, reading.reach_wards_of, reading.area_of, THERE)
    found = [*_certain(plain), *_overlapping(wanted)]
    if wanted.hours:
        found.append(or_(incident.c.local_hour.is_(None), incident.c.local_hour.in_(wanted.hours)))
    if wanted.days:
        found.append(
            or_(incident.c.local_weekday.is_(None), incident.c.local_weekday.in_(wanted.days))
        )
    nowhere = incident.c.easting.is_(None)
    found += [or_(nowhere, condition) for condition in _in_area(plain)]
    if wanted.wards:
        inside = (
            reading.ward_code.in_(sorted(wanted.wards)) if reading.wards_of is not None else false()
        )
        found.append(or_(nowhere, inside))
    return found


def _overlapping(wanted: IncidentFilter) -> list[Condition]:
    monthly = incident.c.time_precision == TimePrecision.MONTH
    found: list[Condition] = []
    if wanted.since:
        since = day_number(wanted.since)
        found += [
            incident.c.last_day >= since,
            or_(incident.c.first_day >= since, and_(monthly, incident.c.last_day >= since)),
        ]
    if wanted.until:
        found.append(incident.c.first_day < day_number(wanted.until))
    return found


# --- coverage ------------------------------------------------------------------------------------


def read_coverage(connection: Connection, reach: Reach) -> list[Coverage]:
    """Return what each source holds and the last London day it is complete to."""
    everything = IncidentFilter(include_outside=True)
    current = placing.current_set(connection)
    reading = Reading(everything, reach, None, current, states=THERE)
    rows = connection.execute(
        select(
            incident.c.source,
            incident.c.feed,
            incident.c.agency,
            incident.c.first_day,
            func.count().label("incidents"),
            func.max(incident.c.last_day).label("last_day"),
            func.max(incident.c.reported_at).label("reported_at"),
        )
        .where(*_certain(reading))
        .group_by(incident.c.source, incident.c.feed, incident.c.agency, incident.c.first_day)
    ).all()
    table = pd.DataFrame([tuple(row) for row in rows], columns=_COVERED)
    return [_coverage(str(source), part) for source, part in table.groupby("source", sort=True)]


_COVERED = ["source", "feed", "agency", "first_day", "incidents", "last_day", "reported_at"]


def _coverage(source: str, rows: pd.DataFrame) -> Coverage:
    days = rows["first_day"].astype("int64")
    reported = pd.to_datetime(rows["reported_at"].dropna().astype("int64"), unit="s", utc=True)
    last = day_of(int(rows["last_day"].max()))
    if len(reported):
        last = max(last, reported.max().tz_convert(LONDON).date())
    months = sorted({f"{day_of(day):%Y-%m}" for day in days.unique().tolist()})
    return Coverage(
        source=source,
        feed=_commonest(rows, "feed"),
        agency=_commonest(rows, "agency"),
        incidents=int(rows["incidents"].sum()),
        first_day=day_of(int(days.min())),
        complete_to=last,
        months=tuple(months),
    )


def _commonest(rows: pd.DataFrame, name: str) -> str:
    return str(rows.groupby(name)["incidents"].sum().idxmax())
