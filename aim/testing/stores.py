"""The contract of a store: one suite for ours and for every plug-in's.

A plug-in proves itself so::

    from aim.testing.stores import StoreContract

    class TestMyStore(StoreContract):
        @pytest.fixture
        def new_store(self, tmp_path):
            opened = []
            def make():
                opened.append(open_my_store(tmp_path / f"{len(opened)}"))
                return opened[-1]
            yield make
            for store in opened:
                store.close()

Everything here is invented; nothing touches a file but the store under test.
"""
# ruff: noqa: S101, PLR2004 - a contract is made of assertions about plain numbers

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from aim.errors import ConflictError, NotFoundError, ParameterError
from aim.model.actions import ActionPlan, ActionRecord, Site, Stage
from aim.model.agreements import Agreement, Regime
from aim.model.audit import AuditEntry
from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.filters import AreaCode, Box, IncidentFilter
from aim.model.groups import Choice, Decision, Group, Meeting
from aim.model.hotspots import HOTSPOT_COLUMNS, HotspotParameters, HotspotRun
from aim.model.incidents import (
    COLUMN_NAMES,
    DTYPES,
    FeedResult,
    Sensitivity,
    conform_incidents,
    empty_rejected,
)
from aim.model.people import EVERYTHING, NOTHING, Reach, Role
from aim.model.records import Delivery, LeftOut, WardSet
from aim.model.tasks import EventKind, TaskEvent, TaskReach
from aim.model.times import LONDON, london_midnight, month_interval, read_month
from aim.store.protocol import Store

MakeStore = Callable[[], Store]
WARD_M = 1000.0
TYPES = ("burglary", "drugs", "street-drinking", "littering", "unclassified")
SOURCES = ("north-wardens", "south-wardens")
AGENCIES = ("council", "housing")
WITHHELD = tuple(
    (source, column)
    for source in SOURCES
    for column in ("*", "description", "location_text", "uprn")
)
ALL_OF_IT = IncidentFilter(include_outside=True)


def invented_id(number: int) -> str:
    """Return an incident's identity by its number.

    Examples
    --------
    >>> len(invented_id(1))
    32
    """
    return hashlib.sha256(f"incident {number}".encode()).hexdigest()[:32]


def invented_incidents(
    rng: np.random.Generator, numbers: Sequence[int], *, feed: str = "wardens"
) -> pd.DataFrame:
    """Invent incidents over five months of 2026, one for each number.

    One in ten has no position, some lie outside every ward, a third are known only to the month
    or the day. The source follows from the number, so that an identity keeps its source.

    Examples
    --------
    >>> invented_incidents(np.random.default_rng(1), [3, 4]).source.tolist()
    ['south-wardens', 'north-wardens']
    """
    size = len(numbers)
    precision = rng.choice(["minute", "minute", "day", "month"], size)
    starts, ends = (
        zip(*[_interval(rng, str(one)) for one in precision], strict=True) if size else ((), ())
    )
    easting = 450_000 + rng.integers(-5, 25, size) * 100.0 + 50
    northing = 520_000 + rng.integers(-5, 25, size) * 100.0 + 50
    nowhere = rng.random(size) < 0.1
    easting[nowhere], northing[nowhere] = np.nan, np.nan
    return conform_incidents(
        pd.DataFrame(
            {
                "incident_id": [invented_id(number) for number in numbers],
                "source": [SOURCES[number % 2] for number in numbers],
                "feed": feed,
                "agency": rng.choice(AGENCIES, size),
                "source_ref": [f"ref {number}" for number in numbers],
                "incident_type": rng.choice(TYPES, size),
                "source_type": rng.choice(["Loud", "Mess", "Ünruhe"], size),
                "qualifiers": rng.choice(["", "alcohol", "alcohol youth"], size),
                "sensitivity": rng.choice(list(Sensitivity), size),
                "occurred_from": pd.Series(list(starts), dtype="datetime64[us, UTC]"),
                "occurred_to": pd.Series(list(ends), dtype="datetime64[us, UTC]"),
                "time_precision": precision,
                "lon": easting / 1e6,
                "lat": 54 + northing / 1e7,
                "easting": easting,
                "northing": northing,
                "place_precision": np.where(nowhere, "none", "point"),
                "location_text": _one_of(rng, ("Ash Lane", None), size),
                "description": _one_of(rng, ("Seen again.", None), size),
            }
        )
    )


def _one_of(rng: np.random.Generator, words: tuple[str | None, ...], size: int) -> list[str | None]:
    return [words[at] for at in rng.integers(0, len(words), size)]


def _interval(rng: np.random.Generator, precision: str) -> tuple[datetime, datetime]:
    day = date(2026, 1, 1) + timedelta(days=int(rng.integers(0, 150)))
    if precision == "month":
        return month_interval(f"{day:%Y-%m}")
    start = london_midnight(day)
    if precision == "day":
        return start, london_midnight(day + timedelta(days=1))
    moment = start + timedelta(minutes=int(rng.integers(0, 24 * 60)))
    return moment, moment + timedelta(minutes=int(rng.integers(1, 3000)))


def invented_agreement(**changes: Any) -> Agreement:
    """Invent an agreement for the first source.

    Examples
    --------
    >>> invented_agreement(owner="housing").owner
    'housing'
    """
    given = Agreement(
        source=SOURCES[0],
        owner=AGENCIES[0],
        reference="ISA-7",
        purpose="Anti-social behaviour",
        regime=Regime.UK_GDPR,
        roles=frozenset({Role.ANALYST}),
        begins=date(2026, 1, 1),
        review=date(2027, 1, 1),
    )
    return replace(given, **changes)


def invented_wards(columns: int = 2, *, width_m: float = WARD_M) -> gpd.GeoDataFrame:
    """Invent square wards from (450000, 520000) on, coded W00, W01, W10, W11.

    Examples
    --------
    >>> invented_wards().ward_code.tolist()
    ['W00', 'W01', 'W10', 'W11']
    """
    cells = [(x, y) for x in range(columns) for y in range(columns)]
    boxes = [
        shapely.box(
            450_000 + x * width_m,
            520_000 + y * width_m,
            450_000 + (x + 1) * width_m,
            520_000 + (y + 1) * width_m,
        )
        for x, y in cells
    ]
    return gpd.GeoDataFrame(
        {
            "ward_code": [f"W{x}{y}" for x, y in cells],
            "ward_name": [f"Invented {x} {y}" for x, y in cells],
        },
        geometry=boxes,
        crs=BRITISH_NATIONAL_GRID,
    )


def ward_of(
    easting: float, northing: float, *, columns: int = 2, width_m: float = WARD_M
) -> str | None:
    """Return the code of the invented ward a point lies in, None outside.

    Examples
    --------
    >>> ward_of(450_050, 521_050), ward_of(0, 0)
    ('W01', None)
    """
    x, y = (easting - 450_000) // width_m, (northing - 520_000) // width_m
    inside = 0 <= x < columns and 0 <= y < columns
    return f"W{int(x)}{int(y)}" if inside else None


def invented_set(name: str = "2026", *, current: bool = False, areas: int = 4) -> WardSet:
    """Return the head of an invented boundary set.

    Examples
    --------
    >>> invented_set().name
    '2026'
    """
    return WardSet(name, areas, current, datetime(2026, 1, 1, tzinfo=UTC), "w.geojson", "Invented")


def invented_delivery(feed: str = "wardens", replaces: str | None = None) -> Delivery:
    """Return the head of an invented delivery.

    Examples
    --------
    >>> invented_delivery().source
    'north-wardens'
    """
    return Delivery(feed, SOURCES[0], AGENCIES[0], "week.csv", "0" * 64, replaces)


def deliver(
    store: Store,
    incidents: pd.DataFrame,
    *,
    rejected: pd.DataFrame | None = None,
    replaces: str | None = None,
    batch_id: str | None = None,
    feed: str = "wardens",
) -> Any:
    """Save a delivery in a transaction of its own, find its wards, and return its batch."""
    refused = empty_rejected() if rejected is None else rejected
    with store.transaction() as change:
        batch = change.save_delivery(
            invented_delivery(feed, replaces),
            FeedResult(incidents, refused),
            actor="tester",
            batch_id=batch_id,
        )
        assign_all(store, change)
    return batch


def undo(store: Store, batch_id: str) -> Any:
    """Undo or redo a delivery in a transaction of its own and find the wards again."""
    with store.transaction() as change:
        batch = change.undo_batch(batch_id)
        assign_all(store, change)
    return batch


def load_wards(
    store: Store, name: str = "2026", *, current: bool = False, columns: int = 2
) -> None:
    """Load the invented wards as a set and find every incident's."""
    wards = invented_wards(columns)
    with store.transaction() as change:
        change.save_ward_set(invented_set(name, current=current, areas=len(wards)), wards)
        assign_all(store, change)


def assign_all(store: Store, change: Any) -> None:
    """Find the ward of every incident that has none in some set."""
    for one in store.ward_sets(EVERYTHING):
        columns = round(one.areas**0.5)
        change.place_in_wards(
            one.name,
            lambda x, y, columns=columns: [
                ward_of(*position, columns=columns) for position in zip(x, y, strict=True)
            ],
        )


def everything_in(store: Store) -> pd.DataFrame:
    """Return all that a store shows to a reader without limits."""
    return store.incidents(ALL_OF_IT, EVERYTHING)


def same_frames(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Assert that two frames are equal, types included, whatever their index."""
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), expected.reset_index(drop=True), check_exact=True
    )


# --- what is right, said the slow way ----------------------------------------------------------


@dataclass
class PlainDelivery:
    """A delivery as the reference keeps it."""

    name: str
    incidents: pd.DataFrame
    replaces: str | None = None
    undone: bool = False


@dataclass
class PlainStore:
    """The deliveries, read again from the first each time: slow and plain."""

    deliveries: list[PlainDelivery] = field(default_factory=list)

    def toggle(self, name: str) -> None:
        """Undo or redo a delivery."""
        for one in self.deliveries:
            if one.name == name:
                one.undone = not one.undone

    def rows(self) -> pd.DataFrame:
        """Return the current incidents, sorted by id."""
        held: dict[str, dict[str, Any]] = {}
        for one in self.deliveries:
            if not one.undone:
                self._read(one, held)
        rows = sorted(held.values(), key=lambda row: str(row["incident_id"]))
        columns = {
            name: pd.Series([row[name] for row in rows], dtype=kind)
            for name, kind in DTYPES.items()
        }
        return pd.DataFrame(columns)

    def _read(self, one: PlainDelivery, held: dict[str, dict[str, Any]]) -> None:
        given: dict[str, dict[str, Any]] = {
            row["incident_id"]: {str(name): value for name, value in row.items()}
            for row in one.incidents.to_dict("records")
        }
        for name in [
            name for name in held if name not in given and self._replaced(one, held[name])
        ]:
            del held[name]
        for name, row in given.items():
            before = held.get(name)
            if before is None or not _same_content(before, row):
                held[name] = {**row, "batch_id": one.name}

    def _replaced(self, one: PlainDelivery, row: dict[str, Any]) -> bool:
        if one.replaces is None:
            return False
        sources = {SOURCES[0], *one.incidents["source"]}
        if row["source"] not in sources or row["feed"] != "wardens":
            return False
        for other in self.deliveries:
            if other.name == one.replaces:
                return row["incident_id"] in set(other.incidents["incident_id"])
        first = read_month(one.replaces)
        local = row["occurred_from"].tz_convert(LONDON)
        return bool((local.year, local.month) == (first.year, first.month))


def _same_content(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        one[name] == other[name] or (pd.isna(one[name]) and pd.isna(other[name]))
        for name in COLUMN_NAMES
        if name != "batch_id"
    )


def plain_filter(
    rows: pd.DataFrame, wanted: IncidentFilter, reach: Reach, *, wards_loaded: bool
) -> pd.DataFrame:
    """Choose rows as the filter's words say, one row at a time; adds ``ward_code``."""
    warded = _warded(rows, wards_loaded=wards_loaded)
    kept = [
        plain_reason(row, wanted, reach, wards_loaded=wards_loaded) in {"", "drawn nowhere"}
        for row in warded.itertuples()
    ]
    chosen = warded[pd.Series(kept, index=rows.index, dtype=bool)]
    for name in ("description", "location_text", "uprn"):
        hidden = chosen["source"].isin([one for one, column in reach.withheld if column == name])
        if name == "description" and not reach.free_text:
            hidden |= ~chosen["agency"].isin(reach.text_agencies)
        chosen = chosen.assign(**{name: chosen[name].mask(hidden)})
    return chosen


def _warded(rows: pd.DataFrame, *, wards_loaded: bool) -> pd.DataFrame:
    places = zip(rows["easting"], rows["northing"], strict=True)
    codes = [ward_of(*place) if wards_loaded and pd.notna(place[0]) else None for place in places]
    return rows.assign(ward_code=pd.Series(codes, index=rows.index, dtype="str"))


def plain_reason(row: Any, wanted: IncidentFilter, reach: Reach, *, wards_loaded: bool) -> str:
    """Say why a row is left out: empty if it takes part, ``no`` if it plainly does not belong.

    ``drawn nowhere`` is a row that takes part in lists and has no position.
    """
    if not _visible(row, reach) or not _belongs(row, wanted):
        return "no"
    located = pd.notna(row.easting)
    in_ward = pd.notna(row.ward_code)
    if located and not _placed_right(row, wanted):
        return "no"
    unclear = _time_doubts(row, wanted)
    inside_only = wards_loaded and not wanted.include_outside
    if not located:
        kept_out = inside_only or bool(wanted.wards) or wanted.area is not None or bool(unclear)
        return "no_position" if kept_out else "drawn nowhere"
    if inside_only and not in_ward:
        return "outside_wards"
    return unclear[0] if unclear else ""


def _visible(row: Any, reach: Reach) -> bool:
    limits = (
        (row.agency, reach.agencies),
        (row.source, reach.sources),
        (row.sensitivity, reach.sensitivities),
        (row.ward_code, reach.wards),
    )
    within = all(limit is None or value in limit for value, limit in limits)
    return within and (row.source, "*") not in reach.withheld


def _belongs(row: Any, wanted: IncidentFilter) -> bool:
    types = wanted.incident_types()
    if wanted.types and row.incident_type not in types:
        return False
    if wanted.sources and row.source not in wanted.sources:
        return False
    local = row.occurred_from.tz_convert(LONDON)
    if wanted.hours and row.time_precision == "minute" and local.hour not in wanted.hours:
        return False
    dated = row.time_precision != "month"
    if wanted.days and dated and local.weekday() not in wanted.days:
        return False
    end = row.occurred_from + timedelta(seconds=1) if dated else row.occurred_to
    before = wanted.since_utc is not None and end <= wanted.since_utc
    after = wanted.until_utc is not None and row.occurred_from >= wanted.until_utc
    return not (before or after)


def _placed_right(row: Any, wanted: IncidentFilter) -> bool:
    area = wanted.area
    if wanted.wards and row.ward_code not in wanted.wards:
        return False
    if isinstance(area, Box):
        return bool(area.west <= row.lon <= area.east and area.south <= row.lat <= area.north)
    if isinstance(area, AreaCode):
        return bool(row.ward_code == area.code)
    return True


def _time_doubts(row: Any, wanted: IncidentFilter) -> list[str]:
    doubts = []
    if row.time_precision == "month":
        early = wanted.since_utc is not None and row.occurred_from < wanted.since_utc
        late = wanted.until_utc is not None and row.occurred_to > wanted.until_utc
        doubts += ["period_unclear"] if early or late else []
    if wanted.hours and row.time_precision != "minute":
        doubts.append("hour_unknown")
    if wanted.days and row.time_precision == "month":
        doubts.append("day_unknown")
    return doubts


def plain_left_out(
    rows: pd.DataFrame, wanted: IncidentFilter, reach: Reach, *, wards_loaded: bool
) -> LeftOut:
    """Count what a filter leaves out, one row at a time."""
    counts = dict.fromkeys(LeftOut().as_dict(), 0)
    warded = _warded(rows, wards_loaded=wards_loaded)
    for row in warded.itertuples():
        reason = plain_reason(row, wanted, reach, wards_loaded=wards_loaded)
        reason = "no_position" if reason == "drawn nowhere" else reason
        if reason in counts:
            counts[reason] += 1
    return LeftOut(**counts)


def random_filter(rng: np.random.Generator) -> IncidentFilter:
    """Draw a filter in which each word is asked for or not."""
    since = date(2026, 1, 1) + timedelta(days=int(rng.integers(0, 100)))
    until = since + timedelta(days=int(rng.integers(1, 90)))
    whole = bool(rng.random() < 0.4)
    since, until = (since.replace(day=1), until.replace(day=1)) if whole else (since, until)
    wanted = IncidentFilter(
        wards=_some(rng, ("W00", "W01", "W10")),
        types=_some(rng, ("burglary", "asb", "drugs-and-alcohol", "littering")),
        sources=_some(rng, SOURCES),
        since=since if rng.random() < 0.5 else None,
        until=until if until > since and rng.random() < 0.5 else None,
        hours=_some(rng, (22, 23, 0, 1, 12, 13)),
        days=_some(rng, tuple(range(7))),
        include_outside=bool(rng.random() < 0.5),
    )
    areas = (Box(0.4503, 54.052, 0.4515, 54.0521), AreaCode("2026", "W11"), None, None, None)
    return replace(wanted, area=areas[int(rng.integers(len(areas)))])


def random_reach(rng: np.random.Generator) -> Reach:
    """Draw a reach in which each limit is set or not."""

    def limit(choices: Iterable[Any]) -> frozenset[Any] | None:
        listed = tuple(choices)
        return frozenset(_some(rng, listed)) if rng.random() < 0.3 else None

    return Reach(
        agencies=limit(AGENCIES),
        sources=limit(SOURCES),
        wards=limit(("W00", "W01", "W11")),
        sensitivities=limit(Sensitivity),
        free_text=bool(rng.random() < 0.5),
        text_agencies=frozenset(_some(rng, AGENCIES)) if rng.random() < 0.5 else frozenset(),
        withheld=frozenset(_some(rng, WITHHELD)) if rng.random() < 0.3 else frozenset(),
    )


def narrower_reach(rng: np.random.Generator, reach: Reach) -> Reach:
    """Draw a reach that shows no more than another."""
    other = random_reach(rng)

    def both(one: frozenset[Any] | None, two: frozenset[Any] | None) -> frozenset[Any] | None:
        return two if one is None else one if two is None else one & two

    return Reach(
        agencies=both(reach.agencies, other.agencies),
        sources=both(reach.sources, other.sources),
        wards=both(reach.wards, other.wards),
        sensitivities=both(reach.sensitivities, other.sensitivities),
        free_text=reach.free_text and other.free_text,
        text_agencies=_texts(reach) & _texts(other),
        withheld=reach.withheld | other.withheld,
    )


def _texts(reach: Reach) -> frozenset[str]:
    return frozenset(AGENCIES) if reach.free_text else reach.text_agencies


def wider_filter(rng: np.random.Generator, wanted: IncidentFilter) -> IncidentFilter:
    """Return the filter with one of its words taken away."""
    looser: tuple[dict[str, Any], ...] = (
        {"wards": ()},
        {"types": ()},
        {"sources": ()},
        {"since": None},
        {"until": None},
        {"hours": ()},
        {"days": ()},
        {"area": None},
        {"include_outside": True},
    )
    return replace(wanted, **looser[int(rng.integers(len(looser)))])


def _some(rng: np.random.Generator, choices: tuple[Any, ...]) -> tuple[Any, ...]:
    if rng.random() < 0.6:
        return ()
    return tuple(one for one in choices if rng.random() < 0.5)


def invented_run(ids: Sequence[str]) -> HotspotRun:
    """Invent a run of two hotspots, the second split from a parent."""
    values: dict[str, list[Any]] = {name: [None, "words"] for name in HOTSPOT_COLUMNS}
    moments = [pd.Timestamp("2026-01-05T10:00:00.123456Z"), pd.Timestamp("2026-02-01T00:00Z")]
    values |= {
        "rank": [1, 2],
        "hotspot_id": ["h-one", "h-two"],
        "incidents": [3, 2],
        "distinct_places": [3, 2],
        "first_seen": moments,
        "last_seen": moments,
        "per_week": [0.1 + 0.2, 1 / 3],
        "incidents_before": [None, 4],
        "change_p": [np.nan, 0.25],
        "geometry": [shapely.Point(0, 0).buffer(10), shapely.Point(90, 0).buffer(1 / 3)],
    }
    for name in ("easting", "northing", "lon", "lat", "radius_m", "area_m2"):
        values[name] = [1 / 7, 2.5]
    hotspots = gpd.GeoDataFrame(values, geometry="geometry", crs=BRITISH_NATIONAL_GRID)
    return HotspotRun(
        hotspots=hotspots.astype({"incidents_before": "Int64", "parent": "str"}),
        members=pd.DataFrame(
            {
                "incident_id": list(ids[:5]),
                "rank": [1, 1, 1, 2, 2],
                "core": [True, False] * 2 + [True],
            }
        ),
        parents=gpd.GeoDataFrame(
            {"parent": ["words"], "incidents": [7], "radius_m": [400.5]},
            geometry=[shapely.box(0, 0, 1, 1)],
            crs=BRITISH_NATIONAL_GRID,
        ),
        parameters=HotspotParameters(eps_m=120.5, split=False),
        min_samples=6,
        warnings=("Positions are snapped.",),
        facts={
            "filter": {"type": ["asb"]},
            "complete_to": date(2026, 4, 30),
            "n": (1, 2),
            "x": None,
        },
    )


# --- the contract ------------------------------------------------------------------------------


def invented_site(**changes: Any) -> Site:
    """Return a square that somebody raised, with what a test changes.

    Examples
    --------
    >>> invented_site(name="Mill Lane").name
    'Mill Lane'
    """
    square = "POLYGON ((450000 520000, 450300 520000, 450300 520300, 450000 520000))"
    given = {"name": "Quay Street", "origin": "raised by people", "outline": square}
    return Site(**{**given, **changes})


def invented_group(**changes: Any) -> Group:
    """Return a group of two, with what a test changes.

    Examples
    --------
    >>> sorted(invented_group().everybody)
    ['b', 'lead']
    """
    given = {"name": "Nights", "purpose": "Less noise", "chair": "lead", "start": date(2026, 5, 4)}
    return Group(**{**given, "members": frozenset({"b"}), **changes})


def invented_action(**changes: Any) -> ActionRecord:
    """Return an action, its plan and stage with what a test changes.

    Examples
    --------
    >>> invented_action(stage="agreed", owner="w7").plan.owner
    'w7'
    """
    stage = changes.pop("stage", Stage.DRAFT)
    given = {"title": "Mend the lights", "site": invented_site(), "due": date(2026, 6, 1)}
    return ActionRecord(ActionPlan(**{**given, **changes}), stage)


def invented_meeting(**changes: Any) -> Meeting:
    """Return a meeting with one decision, with what a test changes.

    Examples
    --------
    >>> invented_meeting().decisions[0].choice.value
    'watch'
    """
    decided = (Decision("h1", "Quay Street", Choice.WATCH),)
    given = {"day": date(2026, 5, 4), "run_id": "r0001", "decisions": decided}
    return Meeting(**{**given, **changes})


def random_task_reach(rng: np.random.Generator) -> TaskReach:
    """Return how far somebody might see actions.

    Examples
    --------
    >>> random_task_reach(np.random.default_rng(1)).who
    'b'
    """
    return TaskReach(
        who=str(rng.choice(["a", "b", "c", ""])),
        agency=str(rng.choice(["", "wardens"])),
        groups=frozenset({"Nights"} if rng.random() < 0.5 else ()),
        every=bool(rng.random() < 0.5),
    )


TASK_KINDS = (Site, Group, ActionRecord, Meeting)


def _tasks_seen(store: Store, reach: TaskReach) -> tuple[list[Any], ...]:
    return tuple(store.tasks(kind, reach) for kind in TASK_KINDS)


class StoreContract:
    """What every store keeps; give a fixture ``new_store``, a function that makes an empty one."""

    def test_what_was_saved_is_read_back(self, new_store: MakeStore) -> None:
        """Every column of every row comes back, sorted by id."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(1), range(60))
        batch = deliver(store, sent)
        expected = sent.assign(batch_id=batch.batch_id).sort_values("incident_id")
        same_frames(everything_in(store).drop(columns="ward_code"), conform_incidents(expected))
        assert (batch.read, batch.added, batch.state) == (60, 60, "current")

    def test_an_empty_store_answers_with_nothing(self, new_store: MakeStore) -> None:
        """Reads of an empty store are empty, not errors."""
        store = new_store()
        assert everything_in(store).columns.tolist() == [*COLUMN_NAMES, "ward_code"]
        assert everything_in(store).empty
        assert store.count_incidents(IncidentFilter(), EVERYTHING).incidents.tolist() == [0]
        assert store.count_incidents(IncidentFilter(), EVERYTHING, by=("month",)).empty
        assert store.left_out(IncidentFilter(), EVERYTHING) == LeftOut()
        assert store.coverage(EVERYTHING) == []
        assert store.wards(EVERYTHING).empty

    def test_the_same_delivery_again_changes_nothing(self, new_store: MakeStore) -> None:
        """Rows are unchanged and the data version stands still."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(2), range(40))
        deliver(store, sent)
        version, before = store.data_version(), everything_in(store)
        again = deliver(store, sent.sample(frac=1, random_state=3))
        assert (again.added, again.unchanged, again.updated) == (0, 40, 0)
        assert store.data_version() == version
        same_frames(everything_in(store), before)

    def test_every_row_is_in_exactly_one_count(self, new_store: MakeStore) -> None:
        """Read is added, unchanged, updated and rejected together; rejected rows are kept."""
        store = new_store()
        rng = np.random.default_rng(4)
        sent = invented_incidents(rng, range(30))
        deliver(store, sent)
        changed = sent.iloc[:7].assign(incident_type="drugs", source_type="new words")
        mixed = pd.concat([changed, sent.iloc[7:20], invented_incidents(rng, range(30, 35))])
        refused = pd.DataFrame(
            {
                "file": "a.csv",
                "row": [9, 12],
                "reason": "no date",
                "cell": ["?", None],
                "source_ref": "r",
            }
        )
        batch = deliver(store, mixed, rejected=refused)
        counts = (batch.read, batch.added, batch.unchanged, batch.updated, batch.rejected)
        assert counts == (27, 5, 13, 7, 2)
        kept = store.rejected(batch.batch_id, EVERYTHING)
        assert kept["row"].tolist() == [9, 12]
        assert kept["cell"].isna().tolist() == [False, True]

    def test_a_row_twice_in_one_delivery_ends_as_the_last(self, new_store: MakeStore) -> None:
        """The later of two rows with one identity holds, and both are counted."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(5), range(4))
        twice = pd.concat([sent, sent.iloc[:1], sent.iloc[1:2].assign(source_type="later")])
        batch = deliver(store, twice)
        assert (batch.read, batch.added, batch.unchanged, batch.updated) == (6, 4, 1, 1)
        held = everything_in(store).set_index("incident_id")["source_type"]
        assert held[invented_id(1)] == "later"

    def test_undoing_brings_earlier_values_back(self, new_store: MakeStore) -> None:
        """An update taken back shows the earlier content; redone, the later."""
        store = new_store()
        load_wards(store)
        sent = invented_incidents(np.random.default_rng(6), range(30))
        deliver(store, sent)
        first = everything_in(store)
        moved = sent.assign(easting=sent["easting"] + 1000, source_type="moved")
        batch = deliver(store, moved)
        second = everything_in(store)
        assert undo(store, batch.batch_id).state == "undone"
        same_frames(everything_in(store), first)
        assert undo(store, batch.batch_id).state == "current"
        same_frames(everything_in(store), second)

    def test_any_order_of_undoing_equals_the_current_deliveries_alone(
        self, new_store: MakeStore
    ) -> None:
        """After random deliveries, replacements, undoing and redoing nothing else is left."""
        for seed in range(3):
            rng = np.random.default_rng(seed)
            store, plain = new_store(), PlainStore()
            load_wards(store)
            for step in range(11):
                if step < 2 or rng.random() < 0.5:
                    random_delivery(rng, store, plain)
                else:
                    name = str(rng.choice([one.name for one in plain.deliveries]))
                    undo(store, name)
                    plain.toggle(name)
                found = everything_in(store)
                same_frames(found.drop(columns="ward_code"), plain.rows())
                same_wards(found)

    def test_rebuilding_with_the_current_deliveries_gives_the_same_store(
        self, new_store: MakeStore
    ) -> None:
        """A store with undone deliveries and one that never had them cannot be told apart."""
        rng = np.random.default_rng(11)
        store, plain = new_store(), PlainStore()
        for _ in range(6):
            random_delivery(rng, store, plain, months_only=True)
        for name in rng.permutation([one.name for one in plain.deliveries])[:3]:
            undo(store, str(name))
            plain.toggle(str(name))
        rebuilt = new_store()
        for one in plain.deliveries:
            if not one.undone:
                deliver(rebuilt, one.incidents, replaces=one.replaces, batch_id=one.name)
        same_frames(everything_in(store), everything_in(rebuilt))

    def test_undoing_an_older_delivery_leaves_what_a_newer_one_says(
        self, new_store: MakeStore
    ) -> None:
        """Rows delivered again stay when the first delivery goes."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(12), range(10))
        first = deliver(store, sent)
        second = deliver(store, sent.iloc[:6])
        undo(store, first.batch_id)
        held = everything_in(store)
        assert set(held["incident_id"]) == set(sent["incident_id"].iloc[:6])
        assert set(held["batch_id"]) == {second.batch_id}

    def test_a_newer_edition_withdraws_what_it_no_longer_holds(self, new_store: MakeStore) -> None:
        """Replacing a delivery counts and hides its absent rows; undoing shows them again."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(13), range(10))
        first = deliver(store, sent)
        other = deliver(store, invented_incidents(np.random.default_rng(14), range(50, 55)))
        newer = deliver(store, sent.iloc[:7], replaces=first.batch_id)
        assert (newer.withdrawn, newer.unchanged) == (3, 7)
        assert len(everything_in(store)) == 12
        undo(store, newer.batch_id)
        assert len(everything_in(store)) == 15
        assert other.added == 5

    def test_replacing_a_month_leaves_other_months_and_sources(self, new_store: MakeStore) -> None:
        """Only rows that start in that London month, of the sources delivered, are withdrawn."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(15), range(80))
        deliver(store, sent)
        north = sent[sent["source"] == SOURCES[0]]
        local = north["occurred_from"].dt.tz_convert(LONDON).dt.strftime("%Y-%m")
        newer = deliver(store, north[local == "2026-03"].iloc[:1], replaces="2026-03")
        assert newer.withdrawn == int((local == "2026-03").sum()) - 1
        assert len(everything_in(store)) == 80 - newer.withdrawn

    def test_replacing_what_is_not_there_is_refused(self, new_store: MakeStore) -> None:
        """An unknown batch, and a batch id that is taken, change nothing."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(16), range(3))
        _refuses(NotFoundError, lambda: deliver(store, sent, replaces="b9999"))
        deliver(store, sent, batch_id="b0001")
        _refuses(ConflictError, lambda: deliver(store, sent, batch_id="b0001"))
        _refuses(NotFoundError, lambda: undo(store, "b9999"))
        _refuses(ParameterError, lambda: deliver(store, sent, feed="councillors"))
        assert len(store.batches(EVERYTHING)) == 1

    def test_a_transaction_left_by_an_error_changes_nothing(self, new_store: MakeStore) -> None:
        """Incidents, wards, runs and audit entries of it are gone together."""
        store = new_store()
        sent = invented_incidents(np.random.default_rng(17), range(5))

        def fail() -> None:
            with store.transaction() as change:
                change.save_ward_set(invented_set(), invented_wards())
                change.save_delivery(
                    invented_delivery(), FeedResult(sent, empty_rejected()), actor="tester"
                )
                change.record(AuditEntry("tester", "ingest"))
                assert len(everything_in(store)) == 5  # its own reads see it
                raise InterruptedError

        _refuses(InterruptedError, fail)
        assert everything_in(store).empty
        assert store.ward_sets(EVERYTHING) == []
        assert store.batches(EVERYTHING) == []
        assert store.audit(EVERYTHING).empty
        assert store.data_version() == 0

    def test_filters_mean_what_they_say(self, new_store: MakeStore) -> None:
        """Random filters and reaches find what a plain reading of the words finds."""
        for wards_loaded in (True, False):
            store, rows = filled_store(new_store, wards_loaded=wards_loaded)
            rng = np.random.default_rng(18)
            for _ in range(30):
                wanted, reach = random_filter(rng), random_reach(rng)
                if isinstance(wanted.area, AreaCode) and not wards_loaded:
                    wanted = replace(wanted, area=None)
                expected = plain_filter(rows, wanted, reach, wards_loaded=wards_loaded)
                same_frames(store.incidents(wanted, reach), expected)
                told = plain_left_out(rows, wanted, reach, wards_loaded=wards_loaded)
                assert store.left_out(wanted, reach) == told, (wanted, reach)

    def test_counts_agree_with_the_rows_they_count(self, new_store: MakeStore) -> None:
        """Counting by anything gives what counting the rows gives."""
        store, _ = filled_store(new_store, wards_loaded=True)
        rng = np.random.default_rng(19)
        groups = ("month", "day", "ward_code", "incident_type", "source")
        for step in range(30):
            wanted = random_filter(rng)
            reach = random_reach(rng) if step % 2 else EVERYTHING
            by = tuple(name for name in groups if rng.random() < 0.4)
            found = store.count_incidents(wanted, reach, by=by)
            expected = plain_counts(store.incidents(wanted, reach), by)
            assert found.columns.tolist() == [*by, "incidents"]
            same_frames(found, expected)

    def test_a_narrower_reach_never_returns_more(self, new_store: MakeStore) -> None:
        """Whatever is asked, less reach shows a part of what more reach shows."""
        store, _ = filled_store(new_store, wards_loaded=True)
        rng = np.random.default_rng(20)
        for _ in range(25):
            wanted, wide = random_filter(rng), random_reach(rng)
            narrow = narrower_reach(rng, wide)
            assert narrow.narrows(wide)
            more, less = store.incidents(wanted, wide), store.incidents(wanted, narrow)
            assert set(less["incident_id"]) <= set(more["incident_id"])
            assert less["description"].notna().sum() <= more["description"].notna().sum()
            assert sum(store.left_out(wanted, narrow).as_dict().values()) <= len(
                store.incidents(ALL_OF_IT, narrow)
            )

    def test_no_reach_shows_nothing(self, new_store: MakeStore) -> None:
        """A reader without reach learns nothing of incidents, deliveries, runs or entries."""
        store, rows = filled_store(new_store, wards_loaded=True)
        with store.transaction() as change:
            change.save_run(
                invented_run(rows["incident_id"].tolist()), actor="a", program_version="1"
            )
            change.record(AuditEntry("a", "save-run"))
        assert store.incidents(ALL_OF_IT, NOTHING).empty
        assert store.left_out(IncidentFilter(), NOTHING) == LeftOut()
        assert store.coverage(NOTHING) == []
        assert store.count_points(NOTHING).empty
        assert store.batches(NOTHING) == []
        assert store.runs(NOTHING) == []
        assert store.audit(NOTHING).empty
        assert store.hotspot_history("h-one", NOTHING).empty
        _refuses(NotFoundError, lambda: store.run("r0001", NOTHING))
        _refuses(NotFoundError, lambda: store.rejected("b0001", NOTHING))

    def test_a_wider_filter_never_finds_fewer(self, new_store: MakeStore) -> None:
        """Taking a word away keeps every row that was found."""
        store, _ = filled_store(new_store, wards_loaded=True)
        rng = np.random.default_rng(21)
        for _ in range(30):
            wanted = random_filter(rng)
            wide = wider_filter(rng, wanted)
            found = set(store.incidents(wanted, EVERYTHING)["incident_id"])
            assert found <= set(store.incidents(wide, EVERYTHING)["incident_id"])

    def test_asked_columns_come_in_the_order_asked(self, new_store: MakeStore) -> None:
        """Columns are those named, the ward always among them; unknown ones are refused."""
        store, rows = filled_store(new_store, wards_loaded=True)
        asked = store.incidents(ALL_OF_IT, EVERYTHING, columns=("lat", "source", "batch_id"))
        assert asked.columns.tolist() == ["lat", "source", "batch_id", "ward_code"]
        assert len(asked) == len(rows)
        first = store.incidents(ALL_OF_IT, EVERYTHING, columns=("ward_code", "lon"))
        assert first.columns.tolist() == ["ward_code", "lon"]
        _refuses(ParameterError, lambda: store.incidents(ALL_OF_IT, EVERYTHING, columns=("x",)))
        _refuses(ParameterError, lambda: store.count_incidents(ALL_OF_IT, EVERYTHING, by=("x",)))

    def test_only_located_rows_where_asked(self, new_store: MakeStore) -> None:
        """Rows without a position are left out of what is drawn and clustered."""
        store, rows = filled_store(new_store, wards_loaded=True)
        drawn = store.incidents(ALL_OF_IT, EVERYTHING, located_only=True)
        assert len(drawn) == int(rows["easting"].notna().sum()) < len(rows)

    def test_points_are_counted_as_the_rows_that_stand_there(self, new_store: MakeStore) -> None:
        """Counts by source and point are those of the rows a reach shows, and find them again."""
        store, _ = filled_store(new_store, wards_loaded=True)
        place = ["source", "easting", "northing"]
        for reach in (EVERYTHING, *(random_reach(np.random.default_rng(seed)) for seed in (3, 4))):
            rows = store.incidents(ALL_OF_IT, reach, located_only=True)
            rows = rows.dropna(subset=place).reset_index(drop=True)
            points = store.count_points(reach)
            told = rows.assign(told=rows["location_text"].fillna("") != "").groupby(place)
            found = list(points[place].itertuples(index=False, name=None))
            assert found == list(told.groups)
            assert points["incidents"].tolist() == told.size().tolist()
            assert points["told"].tolist() == told["told"].sum().tolist()
            days = rows["occurred_from"].dt.tz_convert(LONDON).dt.strftime("%Y-%m")
            months = days.groupby(rows["source"]).nunique()
            assert points["months"].tolist() == points["source"].map(months).tolist()
            pd.testing.assert_frame_equal(store.incidents_at(points, reach), rows)
            some = points.head(1)
            here = store.incidents_at(some, reach, columns=tuple(place))
            assert set(zip(here["easting"], here["northing"], strict=True)) == set(
                zip(some["easting"], some["northing"], strict=True)
            )

    def test_ward_sets_stand_side_by_side(self, new_store: MakeStore) -> None:
        """The first set is current until another is chosen; each keeps its own wards."""
        store = new_store()
        load_wards(store, "2013")
        load_wards(store, "2026", columns=1)
        deliver(store, invented_incidents(np.random.default_rng(22), range(50)))
        assert [(one.name, one.areas, one.current) for one in store.ward_sets(EVERYTHING)] == [
            ("2013", 4, True),
            ("2026", 1, False),
        ]
        old = store.incidents(IncidentFilter(), EVERYTHING)
        new = store.incidents(IncidentFilter(ward_set="2026"), EVERYTHING)
        assert set(new["ward_code"]) == {"W00"} < set(old["ward_code"])
        with store.transaction() as change:
            change.use_ward_set("2026")
        same_frames(store.incidents(IncidentFilter(), EVERYTHING), new)
        assert store.wards(EVERYTHING)["ward_code"].tolist() == ["W00"]

    def test_a_set_of_the_same_name_is_replaced(self, new_store: MakeStore) -> None:
        """Its polygons and assignments go; incidents are assigned anew."""
        store = new_store()
        deliver(store, invented_incidents(np.random.default_rng(23), range(30)))
        load_wards(store, "2026", columns=1)
        before = store.data_version()
        load_wards(store, "2026", columns=2)
        assert store.wards(EVERYTHING)["ward_code"].tolist() == ["W00", "W01", "W10", "W11"]
        assert store.data_version() > before
        same_wards(everything_in(store))

    def test_wards_come_back_as_they_were(self, new_store: MakeStore) -> None:
        """Codes, names and shapes are equal and in the national grid."""
        store = new_store()
        load_wards(store)
        found = store.wards(EVERYTHING, ward_set="2026")
        assert found.geom_equals_exact(invented_wards(), 0).all()
        assert found.crs == BRITISH_NATIONAL_GRID
        assert found["ward_name"].tolist() == invented_wards()["ward_name"].tolist()

    def test_head_counts_belong_to_a_set_and_outlast_its_polygons(
        self, new_store: MakeStore
    ) -> None:
        """Each set has its own; later counts take the place of earlier ones."""
        store = new_store()
        load_wards(store, "2013")
        load_wards(store, "2026", columns=1)
        assert store.population(EVERYTHING).columns.tolist() == ["ward_code"]
        counts = pd.DataFrame({"ward_code": ["W01", "W00"], "population": [900.0, 1200.0]})
        before = store.data_version()
        with store.transaction() as change:
            change.save_population("2013", counts.assign(population=1.0))
            change.save_population("2013", counts.assign(households=[300.0, 500.5]))
        assert store.data_version() > before
        load_wards(store, "2013")
        found = store.population(EVERYTHING)
        assert found["population"].tolist() == [1200.0, 900.0]
        assert found["households"].tolist() == [500.5, 300.0]
        assert found.columns.tolist() == ["ward_code", "population", "households"]
        assert found["ward_code"].tolist() == ["W00", "W01"]
        assert store.population(EVERYTHING, ward_set="2026").empty
        _refuses(NotFoundError, lambda: store.population(EVERYTHING, ward_set="1990"))

    def test_what_is_not_loaded_is_named_in_the_refusal(self, new_store: MakeStore) -> None:
        """Unknown sets and areas are errors that list what there is."""
        store = new_store()
        load_wards(store)
        for wanted in (
            IncidentFilter(ward_set="1990"),
            IncidentFilter(area=AreaCode("1990", "W00")),
            IncidentFilter(area=AreaCode("2026", "X")),
        ):
            error = _refuses(NotFoundError, lambda: store.incidents(wanted, EVERYTHING))  # noqa: B023 - called at once
            assert "2026" in str(error)
        _refuses(NotFoundError, lambda: store.wards(EVERYTHING, ward_set="1990"))

    def test_coverage_says_how_far_each_source_reaches(self, new_store: MakeStore) -> None:
        """A month-only source is complete to the month's end, a dated one to its last day."""
        store = new_store()
        rows = invented_incidents(np.random.default_rng(24), range(40))
        monthly = rows[rows["time_precision"] == "month"].assign(source="monthly")
        dated = rows[rows["time_precision"] != "month"].assign(source="dated")
        deliver(store, pd.concat([monthly, dated]))
        one, other = store.coverage(EVERYTHING)
        starts = dated["occurred_from"].dt.tz_convert(LONDON).dt.date
        ends = monthly["occurred_to"].dt.tz_convert(LONDON).dt.date
        assert (one.source, one.first_day, one.complete_to) == ("dated", min(starts), max(starts))
        assert other.complete_to == max(ends) - timedelta(days=1)
        assert (one.incidents, other.incidents) == (len(dated), len(monthly))
        assert one.months == tuple(sorted({f"{day:%Y-%m}" for day in starts}))

    def test_reports_that_came_later_move_the_complete_day(self, new_store: MakeStore) -> None:
        """A source that reported on a later day was delivered to that day."""
        store = new_store()
        rows = invented_incidents(np.random.default_rng(25), range(5))
        heard = pd.Timestamp("2026-08-31T23:30Z")  # already September in London
        deliver(store, rows.assign(reported_at=heard, source="late"))
        assert store.coverage(EVERYTHING)[0].complete_to == date(2026, 9, 1)

    def test_the_data_version_grows_with_every_change(self, new_store: MakeStore) -> None:
        """Deliveries, undoing and wards move it; runs and audit entries do not."""
        store = new_store()
        versions = [store.data_version()]
        rows = invented_incidents(np.random.default_rng(26), range(6))
        for change in (
            lambda: deliver(store, rows),
            lambda: undo(store, "b0001"),
            lambda: load_wards(store),
        ):
            change()
            versions.append(store.data_version())
        assert versions == sorted(set(versions))
        with store.transaction() as transaction:
            transaction.record(AuditEntry("a", "view"))
        assert store.data_version() == versions[-1]

    def test_a_saved_run_comes_back_equal(self, new_store: MakeStore) -> None:
        """Frames, types, shapes, parameters and facts are the same; the history finds them."""
        store, rows = filled_store(new_store, wards_loaded=False)
        run = invented_run(rows["incident_id"].tolist())
        with store.transaction() as change:
            saved = change.save_run(run, actor="tester", program_version="1.2")
        found = store.run(saved.run_id, EVERYTHING)
        same_frames(pd.DataFrame(found.hotspots), pd.DataFrame(run.hotspots))
        same_frames(pd.DataFrame(found.parents), pd.DataFrame(run.parents))
        same_frames(found.members, run.members)
        assert (found.parameters, found.min_samples) == (run.parameters, run.min_samples)
        assert (found.facts, found.warnings) == (run.facts, run.warnings)
        assert [head.run_id for head in store.runs(EVERYTHING)] == [saved.run_id]
        history = store.hotspot_history("h-two", EVERYTHING)
        assert history[["run_id", "rank", "incidents"]].to_numpy().tolist() == [
            [saved.run_id, 2, 2]
        ]

    def test_a_run_without_names_is_refused(self, new_store: MakeStore) -> None:
        """A hotspot that is kept for good has its lasting id."""
        store = new_store()
        run = invented_run([invented_id(number) for number in range(5)])
        nameless = replace(run, hotspots=run.hotspots.assign(hotspot_id=None))

        def save() -> None:
            with store.transaction() as change:
                change.save_run(nameless, actor="a", program_version="1")

        _refuses(ParameterError, save)

    def test_rows_have_the_ward_of_their_position_given_at_once_or_later(
        self, new_store: MakeStore
    ) -> None:
        """Wards found with the delivery are those found afterwards, also for rows that moved."""
        rows = invented_incidents(np.random.default_rng(27), range(60))
        moved = rows.assign(easting=rows["northing"], northing=rows["easting"])

        def codes_of(x: Iterable[float], y: Iterable[float]) -> list[str | None]:
            return [ward_of(*one) for one in zip(x, y, strict=True)]

        for at_once in (True, False):
            store = new_store()
            with store.transaction() as change:
                change.save_ward_set(invented_set(), invented_wards())
                for part in (rows[:40], rows, moved):
                    change.save_delivery(
                        invented_delivery(),
                        FeedResult(part, empty_rejected()),
                        actor="tester",
                        codes_of=codes_of if at_once else None,
                    )
                    change.place_in_wards("2026", codes_of)
                    same_wards(everything_in(store))

    def test_a_month_in_two_editions_counts_once(self, new_store: MakeStore) -> None:
        """The dated edition counts, the other is held; undoing the dated one lets it count."""
        store = new_store()
        rows = invented_incidents(np.random.default_rng(28), range(300))
        rows = rows.assign(agency="police", source="police", incident_type="burglary")
        starts = rows["occurred_from"].dt.tz_convert(LONDON)
        rows = rows[starts.dt.strftime("%Y-%m") == "2026-03"]
        deliver(store, rows.iloc[::2].assign(feed="police-uk"), feed="police-uk")
        dated = rows.iloc[1::2].assign(feed="police-extract")
        batch = deliver(store, dated, feed="police-extract")
        assert set(store.incidents(ALL_OF_IT, EVERYTHING)["feed"]) == {"police-extract"}
        held = len(store.held(ALL_OF_IT, EVERYTHING))
        assert held == store.left_out(ALL_OF_IT, EVERYTHING).held == len(rows.iloc[::2])
        assert [one.month for one in store.held_months(EVERYTHING)] == ["2026-03"]
        undo(store, batch.batch_id)
        assert set(store.incidents(ALL_OF_IT, EVERYTHING)["feed"]) == {"police-uk"}

    def test_a_found_position_covers_no_row_of_its_own(self, new_store: MakeStore) -> None:
        """Rows without a position show the one found; the others stay as they were delivered."""
        store, _ = filled_store(new_store, wards_loaded=True)
        before = everything_in(store)
        laid = before[["incident_id"]].assign(
            easting=450_500.0,
            northing=520_500.0,
            lon=-1.2,
            lat=54.5,
            place_precision="street",
            confidence=0.9,
            matched="Ash Lane",
        )
        with store.transaction() as change:
            change.save_placed(laid)
            assign_all(store, change)
        after = everything_in(store)
        bare = before["easting"].isna()
        assert (
            store.placed(EVERYTHING)["incident_id"].tolist() == before["incident_id"][bare].tolist()
        )
        assert set(after["easting"][bare]) == {450_500.0}
        same_frames(after[~bare].reset_index(drop=True), before[~bare].reset_index(drop=True))
        assert store.placed(NOTHING).empty
        assert store.without_position(NOTHING).empty

    def test_links_change_no_row_and_need_reach_of_both_ends(self, new_store: MakeStore) -> None:
        """A link is shown to those who see both ends; settled, it outlives new proposals."""
        store, _ = filled_store(new_store, wards_loaded=False)
        before = everything_in(store)
        a, b = sorted(before["incident_id"])[:2]
        link = pd.DataFrame(
            {"incident_a": [a], "incident_b": [b], "score": 0.9, "certain_time": True}
        )
        with store.transaction() as change:
            change.save_links(link)
            change.settle_link((a, b), "confirmed", actor="tester")
            change.save_links(link[:0])
        assert store.links(EVERYTHING)["state"].tolist() == ["confirmed"]
        assert store.links(NOTHING).empty
        assert sorted(store.linked(ALL_OF_IT, EVERYTHING)["incident_id"]) == [a, b]
        same_frames(everything_in(store), before)

    def test_the_audit_chain_keeps_what_was_recorded(self, new_store: MakeStore) -> None:
        """Entries are numbered, in order, and whole."""
        store = new_store()
        for batch in ("b1", "b2", "b3"):
            with store.transaction() as change:
                change.record(AuditEntry("tester", "ingest", {"batch": batch, "added": 3}))
        entries = store.audit(EVERYTHING)
        assert entries["sequence"].tolist() == [1, 2, 3]
        assert entries["detail"].tolist()[1] == '{"added":3,"batch":"b2"}'
        assert store.verify_audit() == []

    def test_erased_rows_are_gone_from_everywhere(self, new_store: MakeStore) -> None:
        """Neither reads nor undoing bring them back; runs keep how many they lost."""
        store, rows = filled_store(new_store, wards_loaded=True)
        reference = str(rows["source_ref"].iloc[0])
        found, _ = store.of_reference(reference, EVERYTHING)
        with store.transaction() as change:
            change.save_run(
                invented_run(rows["incident_id"].tolist()), actor="a", program_version="1"
            )
            done = change.erase(found["incident_id"].tolist(), remember=True)
        assert (done.rows, done.members, done.earlier) == (1, 1, len(found) - 1)
        assert store.of_reference(reference, EVERYTHING)[0].empty
        assert store.erased_among(rows["incident_id"]) == {rows["incident_id"].iloc[0]}
        run = store.run("r0001", EVERYTHING)
        assert run.facts["erased_members"] == 1
        assert found["incident_id"].iloc[0] not in set(run.members["incident_id"])
        for batch in store.batches(EVERYTHING):
            undo(store, batch.batch_id)
            undo(store, batch.batch_id)
        assert len(everything_in(store)) == len(rows) - 1

    def test_a_delivery_whose_rows_are_all_erased_is_not_undone(self, new_store: MakeStore) -> None:
        """There is nothing left that could come back, and the refusal says so."""
        store = new_store()
        rows = invented_incidents(np.random.default_rng(31), range(4))
        deliver(store, rows)
        with store.transaction() as change:
            change.erase(rows["incident_id"].tolist()[:3], remember=False)
        assert undo(store, "b0001").state == "undone"
        undo(store, "b0001")
        with store.transaction() as change:
            change.erase(rows["incident_id"].tolist(), remember=False)
        error = _refuses(ConflictError, lambda: undo(store, "b0001"))
        assert "4 rows were removed" in str(error)
        assert store.erased_among(rows["incident_id"]) == set()

    def test_rows_past_their_time_are_those_that_ended_before(self, new_store: MakeStore) -> None:
        """The day itself is not among them, rows of other sources neither."""
        store = new_store()
        rows = invented_incidents(np.random.default_rng(32), range(60))
        dated = rows[rows["time_precision"] != "month"]
        deliver(store, dated)
        days = dated["occurred_from"].dt.tz_convert(LONDON).dt.date
        before = sorted(days)[20]
        expected = dated[(days < before) & (dated["source"] == SOURCES[0])]
        past = store.past_time(SOURCES[0], before, EVERYTHING)
        assert past["incident_id"].tolist() == sorted(expected["incident_id"])
        assert store.past_time(SOURCES[0], before, NOTHING).empty

    def test_the_newest_agreement_of_a_source_stands_last(self, new_store: MakeStore) -> None:
        """Every version is kept, with who set it."""
        store = new_store()
        for owner, actor in (("council", "ann"), ("housing", "bea")):
            with store.transaction() as change:
                change.set_agreement(invented_agreement(owner=owner), actor=actor)
        kept = store.agreements(EVERYTHING)
        assert [(one.version, one.actor) for one in kept] == [(1, "ann"), (2, "bea")]
        assert kept[-1].agreement == invented_agreement(owner="housing")

    def test_what_people_set_out_to_do_comes_back_as_it_was(self, new_store: MakeStore) -> None:
        """Each kind of record, and of an action every line of its history."""
        store, everybody = new_store(), TaskReach("lead", every=True)
        kept: list[Any] = [
            *(invented_site(), invented_group()),
            *(invented_action(), invented_meeting()),
        ]
        with store.transaction() as change:
            for one in kept:
                change.add_task("k1", one, TaskEvent(EventKind.ADDED), actor="lead")
            change.note_task(
                ActionRecord, "k1", TaskEvent(EventKind.COMMENTED, "It rained."), actor="lead"
            )
        assert [one.what for read in _tasks_seen(store, everybody) for one in read] == kept
        history = store.task_history(ActionRecord, "k1", everybody)
        assert [(one.kind, one.words) for one in history] == [
            (EventKind.ADDED, ""),
            (EventKind.COMMENTED, "It rained."),
        ]

    def test_who_changes_what_another_changed_is_told_and_loses_nothing(
        self, new_store: MakeStore
    ) -> None:
        """The second of two that saw one version is refused, whatever they changed."""
        store, everybody = new_store(), TaskReach("lead", every=True)
        moved = TaskEvent(EventKind.MOVED, changes=(("stage", "draft", "agreed"),))
        with store.transaction() as change:
            change.add_task("k1", invented_action(), TaskEvent(EventKind.ADDED), actor="lead")
            first = change.change_task(
                "k1", invented_action(stage="agreed"), moved, version=1, actor="lead"
            )

        def change_again() -> None:
            with store.transaction() as change:
                change.change_task("k1", invented_action(), moved, version=1, actor="other")

        assert "lead has made it version 2" in str(_refuses(ConflictError, change_again))
        assert store.task(ActionRecord, "k1", everybody) == first
        assert [one.actor for one in store.task_history(ActionRecord, "k1", everybody)] == [
            "lead",
            "lead",
        ]

    def test_a_restricted_action_is_nowhere_for_others(self, new_store: MakeStore) -> None:
        """For random reaches no read differs with and without it, unless it names the reader."""
        store, rng = new_store(), np.random.default_rng(33)
        open_ones = [invented_action(owner=who) for who in ("a", "b", "c")]
        hidden = [
            invented_action(readers=frozenset({"a"}), owner="a"),
            invented_action(site=invented_site(readers=frozenset({"a"}))),
        ]
        reaches = [random_task_reach(rng) for _ in range(30)]
        with store.transaction() as change:
            for number, one in enumerate(open_ones):
                change.add_task(f"o{number}", one, TaskEvent(EventKind.ADDED), actor="a")
        before = [_tasks_seen(store, reach) for reach in reaches]
        with store.transaction() as change:
            for number, one in enumerate(hidden):
                change.add_task(f"h{number}", one, TaskEvent(EventKind.ADDED), actor="a")
            site = invented_site(readers=frozenset({"a"}))
            change.add_task("hs", site, TaskEvent(EventKind.ADDED), actor="a")
        after = [_tasks_seen(store, reach) for reach in reaches]
        named = [reach.who == "a" for reach in reaches]
        assert [one != other for one, other in zip(before, after, strict=True)] == named
        assert any(named)
        other = TaskReach("b", every=True)
        missing = str(_refuses(NotFoundError, lambda: store.task(ActionRecord, "h9", other)))
        assert str(
            _refuses(NotFoundError, lambda: store.task(ActionRecord, "h0", other))
        ) == missing.replace("h9", "h0")
        assert _tasks_seen(store, TaskReach()) == ([], [], [], [])

    def test_views_are_counted_by_day_person_and_page(self, new_store: MakeStore) -> None:
        """Counts add up and are shown to those without limits."""
        store = new_store()
        for page in ("hub", "hub", "ward"):
            store.count_view("ann", page)
        counts = store.views(EVERYTHING)
        assert counts[["actor", "page", "views"]].to_numpy().tolist() == [
            ["ann", "hub", 2],
            ["ann", "ward", 1],
        ]
        assert store.views(NOTHING).empty

    def test_a_source_kept_back_shows_in_no_delivery_and_no_run(self, new_store: MakeStore) -> None:
        """Who may see no row of a source learns nothing of it from what counts its rows."""
        store, rows = filled_store(new_store, wards_loaded=False)
        with store.transaction() as change:
            change.save_run(
                invented_run(rows["incident_id"].tolist()), actor="a", program_version="1"
            )
        barred = Reach(withheld=frozenset({(SOURCES[0], "*")}))
        assert [one.source for one in store.coverage(barred)] == [SOURCES[1]]
        assert store.batches(barred) == []
        assert store.runs(barred) == []
        without_text = Reach(withheld=frozenset({(SOURCES[0], "description")}))
        assert len(store.batches(without_text)) == 3
        assert len(store.runs(without_text)) == 1

    def test_a_store_says_that_it_is_well(self, new_store: MakeStore) -> None:
        """Every check of a fresh store passes, and has a name and a finding."""
        checks = new_store().check()
        assert all(passed for _, passed, _ in checks)
        assert all(name and found for name, _, found in checks)


def filled_store(new_store: MakeStore, *, wards_loaded: bool) -> tuple[Store, pd.DataFrame]:
    """Make a store of 180 incidents, some changed, some undone, and the rows it should show."""
    rng = np.random.default_rng(7)
    store, plain = new_store(), PlainStore()
    if wards_loaded:
        load_wards(store)
    for numbers in (range(150), range(120, 180), range(30)):
        rows = invented_incidents(rng, numbers)
        batch = deliver(store, rows)
        plain.deliveries.append(PlainDelivery(batch.batch_id, rows))
    undo(store, plain.deliveries[-1].name)
    plain.toggle(plain.deliveries[-1].name)
    return store, plain.rows()


def random_delivery(
    rng: np.random.Generator, store: Store, plain: PlainStore, *, months_only: bool = False
) -> None:
    """Deliver a random part of forty incidents, some as they were, some changed, to both."""
    numbers = np.flatnonzero(rng.random(40) < 0.4).tolist()
    rows = invented_incidents(rng, numbers)
    known = plain.rows()
    as_before = known[
        known["incident_id"].isin(rows["incident_id"]) & (rng.random(len(known)) < 0.5)
    ]
    fresh = rows[~rows["incident_id"].isin(as_before["incident_id"])]
    sent = conform_incidents(pd.concat([as_before.assign(batch_id=None), fresh]))
    choices: list[str | None] = [None, None, f"2026-0{rng.integers(1, 6)}"]
    if plain.deliveries and not months_only:
        choices.append(str(rng.choice([one.name for one in plain.deliveries])))
    replaces = choices[int(rng.integers(len(choices)))]
    batch = deliver(store, sent, replaces=replaces)
    plain.deliveries.append(PlainDelivery(batch.batch_id, sent, replaces))


def same_wards(found: pd.DataFrame) -> None:
    """Assert that every row has the invented ward of its position."""
    expected = [
        ward_of(easting, northing) if pd.notna(easting) else None
        for easting, northing in zip(found["easting"], found["northing"], strict=True)
    ]
    assert (
        found["ward_code"].astype(object).where(found["ward_code"].notna(), None).tolist()
        == expected
    )


def plain_counts(rows: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Count rows by groups of text, missing last."""
    if not by:
        return pd.DataFrame({"incidents": pd.Series([len(rows)], dtype="int64")})
    local = rows["occurred_from"].dt.tz_convert(LONDON)
    exact = rows["time_precision"] != "month"
    labelled = rows.assign(
        month=local.dt.strftime("%Y-%m").astype("str"),
        day=local.dt.strftime("%Y-%m-%d").where(exact).astype("str"),
    )
    counts = labelled.groupby(list(by), dropna=False, sort=True).size()
    return counts.astype("int64").rename("incidents").reset_index()


def _refuses(kind: type[Exception], call: Callable[[], Any]) -> Exception:
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected and nothing was raised.")
