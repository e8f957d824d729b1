"""Indicators and their targets: the table is ``indicators.toml``, or a partnership's own file."""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from aim.errors import ConfigError, ParameterError
from aim.model.indicators import Indicator, Target
from aim.model.types import read_taxonomy

MOST_TARGETS = 10
_KNOWN = {"name", "types", "sources", "population", "baseline", "targets", "rates"}


def read_indicators(path: Path | None = None) -> tuple[Indicator, ...]:
    """Read the indicators of the annual table, in the order of the file.

    Parameters
    ----------
    path
        A TOML file as ``indicators.toml``; that one itself if None.

    Returns
    -------
    tuple
        At least one.

    Raises
    ------
    ConfigError
        The file cannot be read, or says what no indicator can be; every fault is named.

    Examples
    --------
    >>> [one.key for one in read_indicators()][:3]
    ['all', 'asb', 'violence']
    """
    own = resources.files("aim.tasking").joinpath("indicators.toml")
    try:
        text = (own if path is None else path).read_text(encoding="utf-8")
        table = tomllib.loads(text).get("indicators", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"{path} was asked for as the table of indicators; it cannot be read ({error})."
            " Mend it, or the setting AIM_INDICATORS."
        ) from error
    faults = list(_faults(table))
    if faults:
        raise ConfigError(
            f"{path} was asked for as the table of indicators; {'; '.join(faults)}. Mend it there."
        )
    return tuple(_indicator(key, row) for key, row in table.items())


def milestones(target: int, shares: Sequence[float]) -> tuple[int, ...]:
    """Return what a year's target allows by the end of each part of the year.

    Parameters
    ----------
    target
        The year's count.
    shares
        How the year's incidents usually fall on its parts, such as the baseline's quarters; they
        need not add up to one.

    Returns
    -------
    tuple
        As many counts as shares, none below the one before; the last is the target itself.

    Raises
    ------
    ParameterError
        A share is negative, or all are 0.

    Examples
    --------
    >>> milestones(4968, [1, 1, 1, 1])
    (1242, 2484, 3726, 4968)
    """
    if not shares or min(shares) < 0 or not sum(shares):
        raise ParameterError(
            f"`shares` must be numbers from 0, not all of them 0, found {list(shares)}."
        )
    return tuple(
        round(target * sum(shares[: number + 1]) / sum(shares)) for number in range(len(shares))
    )


def _indicator(key: str, row: Mapping[str, Any]) -> Indicator:
    taxonomy = read_taxonomy()
    counts = [Target(year, count=int(value)) for year, value in row.get("targets", {}).items()]
    rates = [Target(year, rate=float(value)) for year, value in row.get("rates", {}).items()]
    return Indicator(
        key=key,
        name=str(row.get("name", key)),
        types=tuple(taxonomy.resolve(one) for one in row.get("types", ())),
        sources=tuple(row.get("sources", ())),
        population=row.get("population"),
        baseline=str(row.get("baseline", "")),
        targets=tuple(sorted((*counts, *rates), key=lambda one: one.year)),
    )


def _faults(table: object) -> Iterator[str]:
    if not isinstance(table, dict) or not table:
        yield "it has no [indicators.KEY]"
        return
    for key, row in table.items():
        if not isinstance(row, dict):
            yield f"{key} is no table"
            continue
        for told in _faults_of(row):
            yield f"{key}: {told}"


def _faults_of(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{word} is not known" for word in sorted(set(row) - _KNOWN))
    for word in ("types", "sources"):
        texts = row.get(word, [])
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            yield f"{word} must be a list of words"
        elif word == "types":
            yield from _unknown_types(texts)
    if not _is_number(row.get("population", 1), whole=True) or row.get("population", 1) < 1:
        yield "population must be a whole number from 1"
    yield from _target_faults(row)


def _unknown_types(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        try:
            read_taxonomy().resolve(text)
        except ParameterError as error:
            yield str(error)


def _target_faults(row: Mapping[str, Any]) -> Iterator[str]:
    years: list[str] = []
    for word, whole in (("targets", True), ("rates", False)):
        values = row.get(word, {})
        if not isinstance(values, dict):
            yield f"{word} must be a table of years"
            continue
        years += values
        yield from (
            f"{word} of {year} must be a {'whole ' if whole else ''}number from 0, found {value!r}"
            for year, value in values.items()
            if not _is_number(value, whole=whole) or value < 0
        )
    if len(years) > MOST_TARGETS or len(set(years)) < len(years):
        yield f"a year has one target, and there are {MOST_TARGETS} at most"


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (
        not whole and isinstance(value, float) and math.isfinite(value)
    )
