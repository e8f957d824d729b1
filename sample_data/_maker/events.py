"""What happens in Norbeck: background, planted hotspots, duplicates, repeat victims, artefacts.

Times are minutes of the London clock since midnight of 1 June 2024.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import pi

import numpy as np
import shapely

from _maker.borough import Borough, Floats, generator
from _maker.words import (
    ASB_MIX,
    COUNCILLOR_MIX,
    CRIME_MIX,
    INCIDENT_MIX,
    KINDS,
    OTHER_KIND,
    WARDEN_MIX,
    Kind,
)

FIRST_DAY = date(2024, 6, 1)
EXTRACT_DAY = date(2025, 6, 1)
POLICE_END = date(2026, 6, 1)
WARDEN_END = date(2026, 6, 9)
COUNCILLOR_END = date(2026, 6, 3)

POLICE_UK, CRIMES, CALLS = "police-uk", "crimes", "calls"
WARDENS, COUNCILLORS = "wardens", "councillors"

# Rows of background in each feed over its own period.
VOLUMES = {POLICE_UK: 2_800, CRIMES: 1_740, CALLS: 1_070, WARDENS: 950, COUNCILLORS: 650}
LOCATED_VOLUME = sum(VOLUMES.values()) - VOLUMES[COUNCILLORS]
PERIODS = {
    POLICE_UK: (FIRST_DAY, EXTRACT_DAY),
    CRIMES: (EXTRACT_DAY, POLICE_END),
    CALLS: (EXTRACT_DAY, POLICE_END),
    WARDENS: (FIRST_DAY, WARDEN_END),
    COUNCILLORS: (FIRST_DAY, COUNCILLOR_END),
}
MIXES: Mapping[str, Mapping[str, float]] = {
    POLICE_UK: {
        **{kind: share * 38 / 97 for kind, share in ASB_MIX.items()},
        **{kind: share * 62 / 100 for kind, share in CRIME_MIX.items()},
    },
    CRIMES: CRIME_MIX,
    CALLS: INCIDENT_MIX,
    WARDENS: WARDEN_MIX,
    COUNCILLORS: COUNCILLOR_MIX,
}

OUTAGE_MONTH = date(2024, 11, 1)
OUTAGE_KEPT = 0.07
DROP_FROM, DROP_UNTIL = date(2026, 2, 1), date(2026, 4, 1)
DROP_KEPT = 0.12
INTERVENTION_DAY = date(2025, 10, 1)
INTERVENTION_EFFECT = -0.6
HEADQUARTERS_ROWS = 52
SPREAD_M = 45.0

YOUTH = {"youths": 4, "rowdy": 4, "bikes": 2, "damage": 2}
NIGHT_LIFE = {"drinking": 4, "rowdy": 3, "noise": 1, "injury": 3, "order": 2}
CARS = {"vehicle": 4, "damage": 3, "rowdy": 2, "abandoned": 1}
HOMES = {"burglary": 3, "theft": 2, "youths": 3, "damage": 1}
# What is reported without a place: told at a desk, by day.
PLACELESS = {"harassment": 4, "theft": 3, "shoplifting": 1, "other": 2}
DUMPING = {"fly-tip": 6, "litter": 3, "graffiti": 1}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planted hotspot shall be, before it has a place."""

    plant: str
    kind: str
    mix: Mapping[str, float]
    radius_m: float
    ratio: float  # all incidents within the radius against the background there
    since: date = FIRST_DAY
    until: date = POLICE_END
    fading: bool = False
    night: bool = False
    treated: bool = False
    moved_from: str = ""
    police_share: float = 0.68


PLANS = (
    Plan("P01", "persistent", YOUTH, 250, 4.0, treated=True),
    Plan("P02", "persistent", YOUTH, 250, 3.6),
    Plan("P03", "persistent", CARS, 200, 4.8),
    Plan("P04", "new", HOMES, 200, 3.7, since=date(2026, 2, 1)),
    Plan("P05", "new", YOUTH, 250, 2.8, since=date(2025, 12, 1)),
    Plan("P06", "fading", CARS, 150, 4.8, until=date(2025, 12, 1), fading=True),
    Plan("P07", "fading", YOUTH, 250, 2.9, until=date(2025, 12, 1), fading=True),
    Plan("P08", "moving", YOUTH, 200, 4.0, until=EXTRACT_DAY),
    Plan("P09", "moving", YOUTH, 200, 4.0, since=EXTRACT_DAY, moved_from="P08"),
    Plan("P10", "night-time", NIGHT_LIFE, 200, 4.0, night=True),
    Plan("P11", "night-time", NIGHT_LIFE, 250, 3.1, night=True),
    Plan("P12", "persistent", DUMPING, 250, 3.4, police_share=0.15),
)
NIGHT_HOURS = (20, 21, 22, 23, 0, 1, 2, 3)


@dataclass(slots=True, eq=False)
class Event:
    """One row of one feed before it is written, and afterwards where it was written."""

    feed: str
    kind: Kind
    start: int
    end: int
    place: tuple[float, float]
    street: int
    number: int = 0  # of the house; 0 for none
    address: int = -1
    snapped: bool = False
    channel: str = ""
    plant: str = ""
    group: str = ""  # duplicates, decoys, repeats, headquarters: not to be spoiled
    file: str = ""
    row: int = 0
    ref: str = ""

    @property
    def day(self) -> date:
        """The London day it began on."""
        return day_of(self.start)


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A planted hotspot with its place."""

    plan: Plan
    centre: tuple[float, float]
    ward: int
    background: float  # expected located background incidents within the radius


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One event that two feeds report, and three rows that only look like it."""

    first: Event
    second: Event
    decoys: tuple[tuple[str, Event], ...]


@dataclass(slots=True)
class Story:
    """Everything that happened, and what was planted."""

    events: list[Event]
    hotspots: tuple[Hotspot, ...]
    drop_wards: tuple[int, ...]
    duplicates: list[Duplicate] = field(default_factory=list)
    repeats: list[tuple[int, list[Event]]] = field(default_factory=list)  # address, rows
    headquarters: list[Event] = field(default_factory=list)


def minute_of(day: date) -> int:
    """Return the minute a London day begins."""
    return (day - FIRST_DAY).days * 1_440


def day_of(minute: int) -> date:
    """Return the London day of a minute."""
    return FIRST_DAY + timedelta(days=minute // 1_440)


def clock_of(minute: int) -> str:
    """Return the London clock time of a minute."""
    return f"{minute % 1_440 // 60:02d}:{minute % 60:02d}"


def tell_story(seed: int, borough: Borough) -> Story:
    """Make everything that happens in the borough of one seed."""
    hotspots = _place_hotspots(generator(seed, 3), borough)
    quiet = _wards_without(borough, hotspots)
    story = Story([], hotspots, drop_wards=quiet[:3])
    story.events += _background(generator(seed, 4), borough)
    for hotspot in hotspots:
        stage = 100 + int(hotspot.plan.plant[1:])
        story.events += _planted(generator(seed, stage), borough, hotspot)
    _silence(generator(seed, 5), borough, story)
    apart = _Apart(borough, hotspots)
    _add_duplicates(generator(seed, 6), borough, story, apart)
    _add_repeats(generator(seed, 7), borough, story, apart)
    _add_headquarters(generator(seed, 8), borough, story)
    return story


def _pick(rng: np.random.Generator, mix: Mapping[str, float]) -> Kind:
    shares = np.cumsum(list(mix.values()))
    place = int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))
    return KINDS[list(mix)[place]]


def _hour(rng: np.random.Generator, hours: tuple[int, ...]) -> int:
    shares = np.cumsum(hours)
    return int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))


def _moment(rng: np.random.Generator, since: date, until: date, kind: Kind) -> int:
    day = int(rng.integers((since - FIRST_DAY).days, (until - FIRST_DAY).days))
    return day * 1_440 + _hour(rng, kind.hours) * 60 + int(rng.integers(60))


def _length(rng: np.random.Generator, feed: str, kind: Kind) -> int:
    """Return for how many minutes the time of a crime is uncertain."""
    if feed != CRIMES or not kind.interval:
        return 0
    days = int(rng.integers(1, 6)) if rng.random() < 0.1 else 0
    return days * 1_440 + int(rng.integers(90, 840))


# --- background ------------------------------------------------------------------------------


def _background(rng: np.random.Generator, borough: Borough) -> Iterator[Event]:
    weights = np.cumsum(_address_weights(borough))
    premises = np.flatnonzero(borough.address_class == "C")
    shop_weights = np.cumsum(_address_weights(borough)[premises])
    for feed, volume in VOLUMES.items():
        since, until = PERIODS[feed]
        for number in range(volume):
            kind = _pick(rng, MIXES[feed])
            at_shop = kind.name == "shoplifting" or rng.random() < 0.05
            ladder = shop_weights if at_shop else weights
            chosen = int(np.searchsorted(ladder, rng.random() * ladder[-1], side="right"))
            address = int(premises[chosen]) if at_shop else chosen
            # A few rows are sure to fall on the last day, to which the feed says it is complete.
            first = since if number > 3 else until - timedelta(days=1)
            start = _moment(rng, first, until, kind)
            yield _at_address(rng, borough, feed, kind, start=start, address=address)


def _address_weights(borough: Borough) -> Floats:
    """Give each address its share of the ward's background.

    Where addresses crowd each bears less: only the ward sets how busy a neighbourhood is, and no
    place becomes a hotspot because two streets happen to meet there.
    """
    rates = np.array([ward.rate for ward in borough.wards])[borough.address_ward]
    weights: Floats = rates / borough.crowding
    totals = np.bincount(borough.address_ward, weights, minlength=len(borough.wards))
    expected = np.array([ward.rate * ward.polygon.area for ward in borough.wards])
    return weights * (expected / totals)[borough.address_ward]


def _at_address(
    rng: np.random.Generator, borough: Borough, feed: str, kind: Kind, *, start: int, address: int
) -> Event:
    east, north = borough.address_xy[address]
    event = Event(
        feed,
        kind,
        start,
        start + _length(rng, feed, kind),
        (float(east), float(north)),
        int(borough.address_street[address]),
        int(borough.address_number[address]),
        address,
    )
    _place_as_feed_does(rng, borough, event)
    return event


def _place_as_feed_does(rng: np.random.Generator, borough: Borough, event: Event) -> None:
    """Move an event to where its feed puts it: a map point, or nearly the true place."""
    snapped = {POLICE_UK: 1.0, CALLS: 0.9, CRIMES: 0.6}.get(event.feed, 0.0)
    if event.feed == CALLS:
        event.channel = ("101", "999", "online")[int(np.searchsorted((0.6, 0.85), rng.random()))]
    if rng.random() < snapped:
        street = int(borough.nearest_snap(np.array([event.place]))[0])
        east, north = borough.snap_xy[street]
        digits = 1 if event.feed == POLICE_UK else 0
        event.place = (round(float(east), digits), round(float(north), digits))
        event.street, event.number, event.address, event.snapped = street, 0, -1, True
    elif event.feed == WARDENS and rng.random() > 0.35:
        east, north = rng.normal(0, 5, 2).round()
        event.place = (event.place[0] + float(east), event.place[1] + float(north))
        event.address = -1


# --- planted hotspots ------------------------------------------------------------------------


def _place_hotspots(rng: np.random.Generator, borough: Borough) -> tuple[Hotspot, ...]:
    """Give each plan a ward of its own, busiest first, around a map point well inside it."""
    order = sorted(range(len(borough.wards)), key=lambda ward: (-borough.wards[ward].rate, ward))
    free = iter(order)
    taken: dict[str, Hotspot] = {}
    for plan in PLANS:
        before = taken.get(plan.moved_from)
        ward = before.ward if before else next(free)
        centres = [spot.centre for spot in taken.values()]
        centre = _centre(rng, borough, ward, centres, before.centre if before else None)
        share = borough.wards[ward].rate / _mean_rate(borough)
        expected = LOCATED_VOLUME / borough.outline.area * share * pi * plan.radius_m**2
        taken[plan.plant] = Hotspot(plan, centre, ward, expected)
    return tuple(taken.values())


def _mean_rate(borough: Borough) -> float:
    weighted = sum(ward.rate * ward.polygon.area for ward in borough.wards)
    return float(weighted / borough.outline.area)


def _centre(
    rng: np.random.Generator,
    borough: Borough,
    ward: int,
    taken: list[tuple[float, float]],
    moved_from: tuple[float, float] | None,
) -> tuple[float, float]:
    """Choose a map point well inside a ward, apart from the centres taken.

    A hotspot that moves stays within the reach of those who make it.
    """
    inner = borough.wards[ward].polygon.buffer(-260)
    if moved_from:
        inner &= shapely.Point(moved_from).buffer(850)
    for place in rng.permutation(len(borough.snap_xy)):
        east, north = (float(metres) for metres in borough.snap_xy[place])
        apart = all(np.hypot(east - x, north - y) > 620 for x, y in taken)
        if apart and inner.contains(shapely.Point(east, north)):
            return round(east), round(north)
    raise RuntimeError(f"No room for a hotspot in {borough.wards[ward].name}; try another seed.")


def _planted(rng: np.random.Generator, borough: Borough, hotspot: Hotspot) -> Iterator[Event]:
    plan = hotspot.plan
    extra = round((plan.ratio - 1) * hotspot.background)
    for _ in range(extra):
        start, feed, kind = _planted_moment(rng, plan)
        event = _near(rng, borough, hotspot, feed, kind, start=start)
        treated = plan.treated and start >= minute_of(INTERVENTION_DAY)
        if not treated or rng.random() > -INTERVENTION_EFFECT:
            yield event
    for _ in range(round(extra * 0.12)):
        start, _, _ = _planted_moment(rng, plan)
        kind = _pick(rng, _known(plan.mix, COUNCILLORS))
        yield _near(rng, borough, hotspot, COUNCILLORS, kind, start=start)


def _planted_moment(rng: np.random.Generator, plan: Plan) -> tuple[int, str, Kind]:
    days = (plan.until - plan.since).days
    share = 1 - np.sqrt(rng.random()) if plan.fading else rng.random()
    day = plan.since + timedelta(days=int(share * days))
    police = (CRIMES, CALLS) if day >= EXTRACT_DAY else (POLICE_UK,)
    told = police if rng.random() < plan.police_share else (WARDENS,)
    known = _known(plan.mix, *told) or _known(plan.mix, WARDENS)
    kind = _pick(rng, known)
    feed = next((one for one in told if _word(kind, one)), WARDENS)
    hour = int(rng.choice(NIGHT_HOURS)) if plan.night else _hour(rng, kind.hours)
    return minute_of(day) + hour * 60 + int(rng.integers(60)), feed, kind


def _known(mix: Mapping[str, float], *feeds: str) -> dict[str, float]:
    return {
        kind: share for kind, share in mix.items() if any(_word(KINDS[kind], one) for one in feeds)
    }


def _word(kind: Kind, feed: str) -> object:
    words: dict[str, object] = {
        POLICE_UK: kind.police_uk,
        CRIMES: kind.offence,
        CALLS: kind.codes,
        WARDENS: kind.warden,
        COUNCILLORS: kind.subject,
    }
    return words[feed]


def _near(
    rng: np.random.Generator,
    borough: Borough,
    hotspot: Hotspot,
    feed: str,
    kind: Kind,
    *,
    start: int,
) -> Event:
    """Put an event on a street near the centre of a hotspot."""
    distance = SPREAD_M * np.sqrt(-2 * np.log(1 - 0.94 * rng.random()))
    angle = 2 * pi * rng.random()
    spot = np.array(hotspot.centre) + distance * np.array([np.cos(angle), np.sin(angle)])
    streets, places = borough.nearest_street(spot[None, :])
    east, north = (places[0] + rng.uniform(-8, 8, 2)).round()
    length = _length(rng, feed, kind)
    place = (float(east), float(north))
    event = Event(feed, kind, start, start + length, place, int(streets[0]))
    _place_as_feed_does(rng, borough, event)
    event.plant = hotspot.plan.plant
    return event


# --- silences --------------------------------------------------------------------------------


def _wards_without(borough: Borough, hotspots: tuple[Hotspot, ...]) -> tuple[int, ...]:
    """Return the wards without a planted hotspot, busiest first."""
    planted = {hotspot.ward for hotspot in hotspots}
    others = [ward for ward in range(len(borough.wards)) if ward not in planted]
    return tuple(sorted(others, key=lambda ward: (-borough.wards[ward].rate, ward)))


def _silence(rng: np.random.Generator, borough: Borough, story: Story) -> None:
    """Drop what the police outage and the silent 101 line swallowed."""
    wards = borough.ward_of(np.array([event.place for event in story.events]))
    luck = rng.random(len(story.events))
    story.events = [
        event
        for event, ward, chance in zip(story.events, wards, luck, strict=True)
        if not (_in_outage(event) and chance > OUTAGE_KEPT)
        and not (_in_drop(event) and ward in story.drop_wards and chance > DROP_KEPT)
    ]


def _in_outage(event: Event) -> bool:
    return (
        event.feed == POLICE_UK
        and event.kind.police_uk == "Anti-social behaviour"
        and event.day.replace(day=1) == OUTAGE_MONTH
    )


def _in_drop(event: Event) -> bool:
    return event.channel == "101" and DROP_FROM <= event.day < DROP_UNTIL


# --- duplicates, repeat victims, headquarters ------------------------------------------------


class _Apart:
    """Hands out addresses that lie apart from each other and from the planted hotspots."""

    def __init__(self, borough: Borough, hotspots: tuple[Hotspot, ...]) -> None:
        self._borough = borough
        self._taken = [hotspot.centre for hotspot in hotspots]
        self._clear = dict.fromkeys(self._taken, 600.0)

    def address(self, rng: np.random.Generator, gap_m: float, kind: str = "") -> int:
        """Return an address at least ``gap_m`` from those handed out before."""
        for _ in range(20_000):
            address = int(rng.integers(len(self._borough.address_xy)))
            east, north = (float(metres) for metres in self._borough.address_xy[address])
            fits = not kind or self._borough.address_class[address] == kind
            if fits and all(
                np.hypot(east - x, north - y) > self._clear.get((x, y), gap_m)
                for x, y in self._taken
            ):
                self._taken.append((east, north))
                return address
        raise RuntimeError(f"No address lies {gap_m} m from all others; ask for a smaller gap.")


def _add_duplicates(
    rng: np.random.Generator, borough: Borough, story: Story, apart: _Apart
) -> None:
    for number in range(115):
        feed = WARDENS if number < 70 else COUNCILLORS
        kind = KINDS[list(OTHER_KIND)[int(rng.integers(len(OTHER_KIND)))]]
        address = apart.address(rng, 330)
        start = _audible(rng, kind, silent=borough.address_ward[address] in story.drop_wards)
        first = _plain(borough, CALLS, kind, start, address)
        first.channel = "101"
        second = _retold(rng, first, feed, int(rng.integers(-20, 70)))
        other = KINDS[OTHER_KIND[kind.name]]
        decoys = (
            ("time", _retold(rng, first, feed, int(rng.integers(4, 10)) * 1_440)),
            ("type", _retold(rng, first, feed, int(rng.integers(-20, 70)), other)),
            ("place", _elsewhere(rng, borough, first, feed)),
        )
        for event in (first, second, *(decoy for _, decoy in decoys)):
            event.group = f"D{number + 1:03d}"
            story.events.append(event)
        story.duplicates.append(Duplicate(first, second, decoys))


def _audible(rng: np.random.Generator, kind: Kind, *, silent: bool) -> int:
    """Return a moment at which a call got through."""
    start = _moment(rng, EXTRACT_DAY, date(2026, 5, 20), kind)
    while silent and DROP_FROM <= day_of(start) < DROP_UNTIL:
        start = _moment(rng, EXTRACT_DAY, date(2026, 5, 20), kind)
    return start


def _plain(borough: Borough, feed: str, kind: Kind, start: int, address: int) -> Event:
    east, north = borough.address_xy[address]
    street, number = borough.address_street[address], borough.address_number[address]
    place = (float(east), float(north))
    return Event(feed, kind, start, start, place, int(street), int(number), address)


def _retold(
    rng: np.random.Generator, first: Event, feed: str, later: int, kind: Kind | None = None
) -> Event:
    east, north = rng.uniform(-22, 22, 2).round()
    place = (first.place[0] + float(east), first.place[1] + float(north))
    start = first.start + later
    return Event(feed, kind or first.kind, start, start, place, first.street)


def _elsewhere(rng: np.random.Generator, borough: Borough, first: Event, feed: str) -> Event:
    """Return the same kind at the same time, 400 to 900 m away."""
    gaps = np.hypot(*(borough.address_xy - np.array(first.place)).T)
    ring = np.flatnonzero((gaps > 400) & (gaps < 900))
    address = int(ring[int(rng.integers(len(ring)))])
    return _plain(borough, feed, first.kind, first.start + int(rng.integers(-20, 70)), address)


def _add_repeats(rng: np.random.Generator, borough: Borough, story: Story, apart: _Apart) -> None:
    """Give some homes several burglaries or damages, or noise complaints to the wardens."""
    for number in range(36):
        address = apart.address(rng, 330, "R")
        feed, kinds = (
            (CRIMES, ("burglary", "vehicle", "damage")) if number < 24 else (WARDENS, ("noise",))
        )
        start = minute_of(date(2025, 6, 10)) + int(rng.integers(150)) * 1_440
        rows = []
        for gap in np.sort(rng.integers(0, 170, int(rng.integers(3, 6)))):
            kind = KINDS[kinds[int(rng.integers(len(kinds)))]]
            hour = _hour(rng, kind.hours)
            moment = start + int(gap) * 1_440 + hour * 60 + int(rng.integers(60))
            event = _plain(borough, feed, kind, moment, address)
            event.end += _length(rng, feed, kind)
            event.group = f"V{number + 1:02d}"
            rows.append(event)
        story.events += rows
        story.repeats.append((address, rows))


def _add_headquarters(rng: np.random.Generator, borough: Borough, story: Story) -> None:
    """Record crimes without a known place at the police headquarters, as systems do."""
    for _ in range(HEADQUARTERS_ROWS):
        kind = _pick(rng, PLACELESS)
        start = _moment(rng, EXTRACT_DAY, POLICE_END, kind)
        end = start + _length(rng, CRIMES, kind)
        event = Event(CRIMES, kind, start, end, borough.headquarters, -1, snapped=True, group="HQ")
        story.headquarters.append(event)
    story.events += story.headquarters
