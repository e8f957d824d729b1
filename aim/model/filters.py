"""One filter, the same words in commands, Python and addresses."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlencode

from aim.errors import ParameterError
from aim.model.times import london_midnight, read_day
from aim.model.types import Taxonomy, read_taxonomy

FILTER_WORDS = (
    "ward",
    "ward-set",
    "type",
    "source",
    "since",
    "until",
    "hours",
    "days",
    "area",
    "include-outside",
    "count-linked",
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
_HOURS = re.compile(r"([01]?\d|2[0-4])-([01]?\d|2[0-4])")
_TRUE = {"1", "true", "yes", "on", ""}
_FALSE = {"0", "false", "no", "off"}


class CountLinked(StrEnum):
    """Which reports of one event by several sources count as one."""

    CONFIRMED = "confirmed"  # those a person has confirmed
    ONCE = "once"  # the likely ones too, where both have a clock time
    AS_REPORTED = "as-reported"  # none: every report counts


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in WGS84 degrees."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        """Write the box as it is asked for."""
        return f"{self.west:g},{self.south:g},{self.east:g},{self.north:g}"


@dataclass(frozen=True, slots=True)
class AreaCode:
    """One area of a loaded boundary set."""

    ward_set: str
    code: str

    def __str__(self) -> str:
        """Write the area as it is asked for."""
        return f"{self.ward_set}:{self.code}"


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents take part, and which wards' hotspots are shown.

    Type, source, dates, hours, days and area choose incidents *before* clustering; ``wards``
    chooses hotspots afterwards, unless the wards are clustered alone.

    Attributes
    ----------
    wards
        Ward codes or names; names become codes in ``aim.workflows``.
    ward_set
        The boundary set wards are looked up in; None for the current one.
    types
        Slugs of types and themes, as asked for.
    sources
        Source slugs.
    since, until
        London days: ``since`` included, ``until`` not.
    hours
        London clock hours, 0 to 23; empty for all. Only rows known to the minute match.
    days
        Monday 0 to Sunday 6; empty for all. Rows known only to the month never match.
    area
        A rectangle, or an area of a loaded set.
    include_outside
        Whether incidents outside every ward take part.
    count_linked
        Which linked reports of one event count as one.

    Examples
    --------
    >>> read_filter({"type": "burglary", "hours": "22-02"}).hours
    (22, 23, 0, 1)
    """

    wards: tuple[str, ...] = ()
    ward_set: str | None = None
    types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    area: Box | AreaCode | None = None
    include_outside: bool = False
    count_linked: CountLinked = CountLinked.CONFIRMED

    @property
    def since_utc(self) -> datetime | None:
        """London midnight at the start of ``since``."""
        return london_midnight(self.since) if self.since else None

    @property
    def until_utc(self) -> datetime | None:
        """London midnight at the start of ``until``."""
        return london_midnight(self.until) if self.until else None

    def incident_types(self, taxonomy: Taxonomy | None = None) -> frozenset[str]:
        """Return the slugs of the types asked for, themes opened; empty for all."""
        known = taxonomy or read_taxonomy()
        return frozenset(slug for word in self.types for slug in known.opened(word))

    def without_wards(self) -> "IncidentFilter":
        """Return the filter that chooses incidents before clustering."""
        return replace(self, wards=())

    def words(self) -> dict[str, list[str]]:
        """Return the filter as words, the inverse of ``read_filter``; unset words are absent.

        Examples
        --------
        >>> read_filter({"since": "2026-04", "days": "sat,sun"}).words()
        {'since': ['2026-04-01'], 'days': ['sat,sun']}
        """
        written = {
            "ward": list(self.wards),
            "ward-set": [self.ward_set] if self.ward_set else [],
            "type": list(self.types),
            "source": list(self.sources),
            "since": [self.since.isoformat()] if self.since else [],
            "until": [self.until.isoformat()] if self.until else [],
            "hours": [_say_hours(self.hours)] if self.hours else [],
            "days": [",".join(DAYS[day] for day in self.days)] if self.days else [],
            "area": [str(self.area)] if self.area else [],
            "include-outside": ["yes"] if self.include_outside else [],
            "count-linked": []
            if self.count_linked is CountLinked.CONFIRMED
            else [self.count_linked.value],
        }
        return {word: values for word, values in written.items() if values}

    def query(self) -> str:
        """Return the filter as the query part of an address.

        Examples
        --------
        >>> read_filter({"type": ["drugs", "asb"]}).query()
        'type=drugs&type=asb'
        """
        return urlencode(self.words(), doseq=True)


def read_filter(words: Mapping[str, object], taxonomy: Taxonomy | None = None) -> IncidentFilter:
    """Read filter words, from wherever they come, into one filter.

    Parameters
    ----------
    words
        Any of ``FILTER_WORDS`` (an underscore may stand for the hyphen), each one text or several;
        empty texts and None count as not given.
    taxonomy
        The incident types; the shipped table by default.

    Raises
    ------
    ParameterError
        A word is unknown, or its value cannot be read; the text says what would be.

    Examples
    --------
    >>> read_filter({"type": "Anti-social behaviour", "until": "2026-05-01"}).types
    ('anti-social-behaviour',)
    """
    given = {word.replace("_", "-"): _texts(value) for word, value in words.items()}
    unknown = sorted(set(given) - set(FILTER_WORDS))
    if unknown:
        raise ParameterError(
            f"Unknown filter {', '.join(unknown)}; the filters are {', '.join(FILTER_WORDS)}."
        )
    known = taxonomy or read_taxonomy()
    since, until = (_day(given, word) for word in ("since", "until"))
    if since and until and until <= since:
        raise ParameterError(
            f"`until` ({until}) must come after `since` ({since}); `until` itself is not included."
        )
    return IncidentFilter(
        wards=_distinct(given.get("ward", ())),
        ward_set=_single(given, "ward-set"),
        types=_distinct(known.resolve(word) for word in given.get("type", ())),
        sources=_distinct(given.get("source", ())),
        since=since,
        until=until,
        hours=_hours(_single(given, "hours")),
        days=_days(",".join(given.get("days", ()))),
        area=_area(_single(given, "area")),
        include_outside=_flag(_single(given, "include-outside")),
        count_linked=_count_linked(_single(given, "count-linked")),
    )


def _texts(value: object) -> tuple[str, ...]:
    if value is None or value is False:
        return ()
    several = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
    texts = ("yes" if one is True else str(one).strip() for one in several)
    return tuple(text for text in texts if text)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _single(given: Mapping[str, tuple[str, ...]], word: str) -> str | None:
    values = _distinct(given.get(word, ()))
    if len(values) > 1:
        raise ParameterError(f"`{word}` takes one value, found {len(values)}: {', '.join(values)}.")
    return values[0] if values else None


def _day(given: Mapping[str, tuple[str, ...]], word: str) -> date | None:
    text = _single(given, word)
    return read_day(text, word) if text else None


def _hours(text: str | None) -> tuple[int, ...]:
    if not text:
        return ()
    found = _HOURS.fullmatch(text)
    if not found:
        raise ParameterError(
            f"`hours` must be two clock hours such as 20-04 (20:00 to 04:00), found {text!r}."
        )
    start, end = (int(hour) % 24 for hour in found.groups())
    length = (end - start) % 24 or 24
    return tuple((start + step) % 24 for step in range(length))


def _say_hours(hours: tuple[int, ...]) -> str:
    return f"{hours[0]:02d}-{(hours[-1] + 1) % 24:02d}"


def _days(text: str) -> tuple[int, ...]:
    chosen = []
    for word in filter(None, re.split(r"[,\s]+", text.lower())):
        if word not in DAYS and word not in _DAY_NAMES:
            raise ParameterError(f"`days` takes {', '.join(DAYS)}; found {word!r}.")
        chosen.append(DAYS.index(word[:3]))
    return tuple(sorted(set(chosen)))


def _area(text: str | None) -> Box | AreaCode | None:
    if not text:
        return None
    if ":" in text:
        ward_set, code = text.split(":", 1)
        return AreaCode(ward_set.strip(), code.strip())
    try:
        box = Box(*(float(part) for part in text.split(",")))
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"`area` must be west,south,east,north in degrees or SET:CODE, found {text!r}."
        ) from error
    if not (-180 <= box.west < box.east <= 180 and -90 <= box.south < box.north <= 90):  # noqa: PLR2004 - degrees of the globe
        raise ParameterError(
            f"`area` {text!r} is empty or off the globe; write west,south,east,north in degrees."
        )
    return box


def _flag(text: str | None) -> bool:
    if text is None:
        return False
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ParameterError(f"`include-outside` is yes or no, found {text!r}.")


def _count_linked(text: str | None) -> CountLinked:
    if text is None:
        return CountLinked.CONFIRMED
    try:
        return CountLinked(text.lower())
    except ValueError as error:
        raise ParameterError(
            f"`count-linked` is {', '.join(CountLinked)}; found {text!r}."
        ) from error
