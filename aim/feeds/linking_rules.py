"""When two reports may be of one event: the table ``linking.toml``, which people can review."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import product
from typing import Any

from aim.errors import ParameterError
from aim.model.incidents import PlacePrecision
from aim.model.types import UNCLASSIFIED, read_taxonomy

PARTS = ("time", "distance", "type", "text")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class TimeRule:
    """One class of times: how vague, how far apart two may be, and what agreement is worth."""

    within_minutes: int
    apart_minutes: int
    weight: float


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """How far the true place may lie from a position, and what nearness is worth."""

    radius_m: float
    weight: float


@dataclass(frozen=True, slots=True)
class StreetRule:
    """When the name of a street stands for a position."""

    likeness: float
    weight: float
    precise: frozenset[str]
    endings: Mapping[str, str]
    nowhere: frozenset[str]


@dataclass(frozen=True, slots=True)
class LinkRules:
    """The whole table.

    Attributes
    ----------
    minimum
        The score below which nothing is proposed.
    weights
        What each of ``PARTS`` is worth; they sum to 1.
    times
        From a clock time to the vaguest that still links.
    places
        By the words of ``PlacePrecision``; what is not there has no position.
    types
        How alike two different types are, both ways round; what is not there cannot be one event.
    """

    version: str
    minimum: float
    weights: Mapping[str, float]
    times: tuple[TimeRule, ...]
    places: Mapping[str, PlaceRule]
    street: StreetRule
    types: Mapping[tuple[str, str], float]


@lru_cache(maxsize=1)
def read_link_rules() -> LinkRules:
    """Read the table that AIM ships.

    Examples
    --------
    >>> read_link_rules().types["fly-tipping", "littering"]
    0.7
    """
    text = resources.files("aim.model").joinpath("linking.toml").read_text(encoding="utf-8")
    return link_rules_from_toml(text)


def link_rules_from_toml(text: str) -> LinkRules:
    """Build the rules from the text of a ``linking.toml``.

    Raises
    ------
    ParameterError
        A type or precision is unknown, a worth lies outside 0 to 1, the weights do not sum to 1, or
        the times do not go from exact to vague; every fault is named.
    """
    table = tomllib.loads(text)
    if faults := list(_faults(table)):
        raise ParameterError(f"linking.toml cannot be used: {'; '.join(faults)}. Mend those lines.")
    return LinkRules(
        version=str(table["version"]),
        minimum=float(table["minimum"]),
        weights={part: float(table["weights"][part]) for part in PARTS},
        times=tuple(
            TimeRule(round(row["within_hours"] * 60), round(row["apart_hours"] * 60), row["weight"])
            for row in table["times"]
        ),
        places={
            slug: PlaceRule(float(row["radius_m"]), row["weight"])
            for slug, row in table["places"].items()
        },
        street=_street_rule(table["street"]),
        types=_type_pairs(table["types"]),
    )


def _street_rule(row: Mapping[str, Any]) -> StreetRule:
    return StreetRule(
        likeness=row["likeness"],
        weight=row["weight"],
        precise=frozenset(row["precise"]),
        endings=row["endings"],
        nowhere=frozenset(row["nowhere"]),
    )


def _type_pairs(rows: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    """Return each pair both ways round; the line that finds two types most alike counts."""
    pairs: dict[tuple[str, str], float] = {}
    for row in rows:
        for one, other in product(row["one"], row["other"]):
            if one != other:
                for pair in ((one, other), (other, one)):
                    pairs[pair] = max(pairs.get(pair, 0.0), float(row["likeness"]))
    return pairs


def _faults(table: Mapping[str, Any]) -> Iterator[str]:
    known = set(read_taxonomy().types) - {UNCLASSIFIED}
    named = {slug for row in table["types"] for slug in (*row["one"], *row["other"])}
    yield from (f"no type is called {slug}" for slug in sorted(named - known))
    precisions = {*table["places"], *table["street"]["precise"]} - set(PlacePrecision)
    yield from (f"no place precision is called {slug}" for slug in sorted(precisions))
    yield from (
        f"{name} is {worth}, not from 0 to 1"
        for name, worth in _worths(table)
        if not 0 <= worth <= 1
    )
    if set(table["weights"]) != set(PARTS) or abs(sum(table["weights"].values()) - 1) > _ROUNDING:
        yield f"the weights must be of {', '.join(PARTS)} and sum to 1"
    hours = [row["within_hours"] for row in table["times"]]
    if hours != sorted(set(hours)):
        yield "the times must go from exact to vague"


def _worths(table: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    yield "minimum", table["minimum"]
    yield "the likeness of streets", table["street"]["likeness"]
    yield "the weight of streets", table["street"]["weight"]
    yield from ((f"the weight of {part}", worth) for part, worth in table["weights"].items())
    yield from ((f"the weight of {slug}", row["weight"]) for slug, row in table["places"].items())
    for row in table["times"]:
        yield f"the weight within {row['within_hours']} hours", row["weight"]
    for row in table["types"]:
        yield f"the likeness of {row['one'][0]}", row["likeness"]
