"""Incidents as linking compares them: minutes, metres, codes instead of words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.utils import default_process

from aim.feeds._seam import distinct, on_distinct
from aim.feeds.linking_rules import LinkRules, StreetRule
from aim.model.incidents import TimePrecision
from aim.model.types import UNCLASSIFIED, slug_of

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

UNKNOWN = -1
_FAR_M = 1e9
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b")
_LEADING = re.compile(r"^(?:on or near|near|nr|outside|o/s|opposite|opp|rear of|junction of)\s+")
_TRAILING = re.compile(r"\s(?:near|nr|outside|o/s|opposite|opp|by the|at the|behind)\s.*$")
_NUMBER = re.compile(r"^(?:flat \w+ )?\d+[a-z]?(?:\s*-\s*\d+[a-z]?)?\s+")


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """What is compared, one entry a report, sorted by incident; ``UNKNOWN`` where nothing is known.

    Attributes
    ----------
    ids
        Of the incidents, ascending.
    source, kind, street, ward, postcode
        Codes; ``kind`` indexes ``likeness``, ``street`` indexes ``streets``.
    start, end
        Minutes since 1970, UTC; the end not included.
    width
        The place in the rules' times; ``UNKNOWN`` for what is too vague to link.
    clock
        Whether the time is a clock time.
    east, north, radius_m, place_weight
        The position, NaN where there is none.
    precise
        Whether no street's name can overrule the position.
    likeness
        How alike two types are.
    text
        What the report says, in small letters without punctuation; empty for nothing.
    """

    ids: npt.NDArray[np.object_]
    source: Integers
    start: Integers
    end: Integers
    width: Integers
    clock: Truths
    east: Floats
    north: Floats
    radius_m: Floats
    place_weight: Floats
    precise: Truths
    kind: Integers
    likeness: Floats
    street: Integers
    streets: npt.NDArray[np.object_]
    ward: Integers
    postcode: Integers
    text: npt.NDArray[np.object_]


def read_reports(incidents: pd.DataFrame, rules: LinkRules, wards: Mapping[str, str]) -> Reports:
    """Turn incidents into what linking compares.

    Parameters
    ----------
    incidents
        The columns ``link_incidents`` asks for; ``ward_code`` may be there too.
    rules
        The table of rules.
    wards
        Names of wards by code, to know the ward a text names.

    Returns
    -------
    Reports
        One entry a row; empty for no rows.
    """
    rows = incidents.sort_values("incident_id", kind="stable")
    texts = _read_places(_texts(rows, "location_text"), rules.street, wards)
    start, end = _minutes(rows["occurred_from"]), _minutes(rows["occurred_to"])
    width, clock = _widths(rows, end - start, rules)
    kind, likeness = _kinds(rows["incident_type"], rules)
    street, streets = _codes(texts["street"])
    ward = rows["ward_code"] if "ward_code" in rows else pd.Series(None, rows.index, dtype="str")
    ward = ward.where(ward.notna(), texts["ward"])
    return Reports(
        ids=rows["incident_id"].to_numpy(dtype=object),
        source=_codes(rows["source"])[0],
        start=start,
        end=end,
        width=width,
        clock=clock,
        **_positions(rows, rules),
        kind=kind,
        likeness=likeness,
        street=street,
        streets=streets,
        ward=_codes(ward)[0],
        postcode=_codes(texts["postcode"])[0],
        text=on_distinct(_texts(rows, "description"), default_process).to_numpy(dtype=object),
    )


def street_of(text: str, rule: StreetRule) -> str:
    """Return the name of the street in a text as one would compare it; empty where there is none.

    Parameters
    ----------
    text
        A location as a sender wrote it; what stands before the first comma is the street.
    rule
        Endings written out, and words that name no street.

    Returns
    -------
    str
        Small letters, no house number, nothing said of what lies near.

    Examples
    --------
    >>> from aim.feeds.linking_rules import read_link_rules
    >>> street_of("12 Bow Ln nr the park, Mill Ward, NB1 2AB", read_link_rules().street)
    'bow lane'
    """
    first = text.casefold().split(",", 1)[0].strip()
    if _POSTCODE.fullmatch(first):
        return ""
    named = _TRAILING.sub("", _NUMBER.sub("", _LEADING.sub("", first)))
    words = re.sub(r"[^a-z0-9 ]+", "", named.replace("-", " ")).split()
    if words:
        words[-1] = rule.endings.get(words[-1], words[-1])
    street = " ".join(words)
    return "" if street in rule.nowhere else street


def _read_places(locations: pd.Series, rule: StreetRule, wards: Mapping[str, str]) -> pd.DataFrame:
    """Find street, ward code and postcode in what senders wrote; missing where not said."""
    code_of = {slug_of(name): code for code, name in wards.items()}
    codes, texts = distinct(locations)
    found = [_read_place(text, rule, code_of) for text in texts]
    places = pd.DataFrame(found, columns=["street", "ward", "postcode"], dtype="str")
    places = places.where(places != "")
    return places.take(codes).set_axis(locations.index)


def _read_place(text: str, rule: StreetRule, code_of: Mapping[str, str]) -> tuple[str, str, str]:
    parts = [slug_of(part) for part in text.split(",")]
    ward = next((code_of[part] for part in parts if part in code_of), "")
    street = "" if parts[0] in code_of else street_of(text, rule)
    postcode = _POSTCODE.search(text.casefold())
    return street, ward, "".join(postcode.groups()) if postcode else ""


def _texts(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[column].astype(object).where(rows[column].notna(), "")


def _codes(values: pd.Series) -> tuple[Integers, npt.NDArray[np.object_]]:
    """Give each distinct value a number; a missing one is ``UNKNOWN``."""
    codes, distinct_values = pd.factorize(values.to_numpy(dtype=object))
    return codes.astype(np.int64), distinct_values


def _minutes(times: pd.Series) -> Integers:
    """Return minutes since 1970, rounded down; a missing time lies in the year 1."""
    moments = times.dt.tz_convert(None).to_numpy(dtype="datetime64[s]").astype("datetime64[m]")
    known = np.where(np.isnat(moments), np.datetime64("0001-01-01", "m"), moments)
    return known.astype(np.int64)


def _widths(rows: pd.DataFrame, minutes: Integers, rules: LinkRules) -> tuple[Integers, Truths]:
    """Return the place of each row in the rules' times, and whether it has a clock time."""
    limits = [rule.within_minutes for rule in rules.times]
    clocked = (rows["time_precision"] == TimePrecision.MINUTE).to_numpy(dtype=bool)
    width = np.maximum(np.searchsorted(limits, minutes), np.where(clocked, 0, 1))
    timed = rows[["occurred_from", "occurred_to"]].notna().all(axis=1).to_numpy()
    width = np.where((width < len(limits)) & timed & (minutes >= 0), width, UNKNOWN)
    return width.astype(np.int64), width == 0


def _positions(rows: pd.DataFrame, rules: LinkRules) -> dict[str, npt.NDArray[Any]]:
    # A position beyond any map is no nearer to another than this.
    east, north = (
        rows[name].to_numpy(dtype=np.float64).clip(-_FAR_M, _FAR_M)
        for name in ("easting", "northing")
    )
    precision = rows["place_precision"].fillna("")
    radius = precision.map({slug: rule.radius_m for slug, rule in rules.places.items()})
    weight = precision.map({slug: rule.weight for slug, rule in rules.places.items()})
    located = np.isfinite(east) & np.isfinite(north) & radius.notna().to_numpy()
    return {
        "east": np.where(located, east, np.nan),
        "north": np.where(located, north, np.nan),
        "radius_m": np.where(located, radius.to_numpy(dtype=np.float64), np.nan),
        "place_weight": np.where(located, weight.to_numpy(dtype=np.float64), np.nan),
        "precise": located & precision.isin(rules.street.precise).to_numpy(dtype=bool),
    }


def _kinds(types: pd.Series, rules: LinkRules) -> tuple[Integers, Floats]:
    """Give each type a number, and say how alike each two are; the unclassified fit nothing."""
    codes, slugs = _codes(types.where(types != UNCLASSIFIED))
    likeness = np.eye(len(slugs))
    for at, one in enumerate(slugs):
        for to, other in enumerate(slugs):
            likeness[at, to] = rules.types.get((one, other), likeness[at, to])
    return codes, likeness
