"""The words an address may carry: one table for reading, for OpenAPI and for the docs page."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from aim.errors import ParameterError
from aim.model.filters import FILTER_WORDS
from aim.model.hotspots import HotspotParameters

_YES = {"1", "true", "yes", "on", ""}
_NO = {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Word:
    """One query word: what it means, and whether it may be repeated."""

    name: str
    meaning: str
    example: str
    repeatable: bool = False


WORDS: tuple[Word, ...] = (
    Word("ward", "A ward's code or name; chooses hotspots after clustering.", "Harbour", True),  # noqa: FBT003 - repeatable
    Word("ward-set", "The boundary set wards are looked up in; the current one if left out.", "x"),
    Word("type", "An incident type or theme, by name or slug.", "asb", True),  # noqa: FBT003 - repeatable
    Word("source", "A source, by its slug.", "wardens", True),  # noqa: FBT003 - repeatable
    Word("since", "The first day (or month) that counts.", "2026-04-01"),
    Word("until", "The day after the last one that counts.", "2026-05-01"),
    Word("hours", "Clock hours; may pass midnight.", "20-04"),
    Word("days", "Days of the week.", "fri,sat", True),  # noqa: FBT003 - repeatable
    Word("area", "west,south,east,north in degrees, or SET:CODE of a loaded set.", "-1,54,0,55"),
    Word("include-outside", "yes takes in incidents outside every ward.", "yes"),
    Word(
        "count-linked",
        "Which reports of one event count as one: confirmed, once (likely ones too), as-reported.",
        "once",
    ),
)
PARAMETER_WORDS: tuple[Word, ...] = (
    Word("eps-m", "DBSCAN's neighbourhood radius in metres.", "150"),
    Word("min-samples", "Incidents within eps that make a place dense, or auto.", "auto"),
    Word("no-split", "yes gives plain DBSCAN: wide clusters are not split.", "yes"),
    Word("cluster-within", "yes clusters the wards asked for alone.", "yes"),
)
REASON_WORDS: tuple[Word, ...] = (
    Word("reason", "Why the rows are asked for, where an agreement asks.", "problem-solving"),
)
TREND_WORDS: tuple[Word, ...] = (
    Word("by", "Rows of the table: month, ward, type or source.", "month"),
)

HISTORY_WORDS: tuple[Word, ...] = (
    Word("months", "How many months at most, to the newest complete one.", "24"),
    Word("page", "Which page of the list, from 1.", "1"),
)

REPEAT_WORDS: tuple[Word, ...] = (
    Word("show", "The list: near, risk or locations.", "near"),
    Word("on", "The day places at risk are listed for; the newest by default.", "2026-05-04"),
    Word("distance-m", "How far risk reaches, metres.", "200"),
    Word("risk-days", "How many days it lasts.", "14"),
    *REASON_WORDS,
)
CELL_WORDS: tuple[Word, ...] = (
    Word("statistic", "gi-star, moran, emerging or density.", "gi-star"),
    Word("cell-m", "Side of a square or width of a hexagon, metres.", "250"),
    Word("shape", "square or hexagon.", "hexagon"),
    Word("bandwidth-m", "For densities, how far an incident reaches, metres.", "300"),
    Word("against", "A density beside it: before, year-ago, type:SLUG or source:NAME.", "before"),
    *REASON_WORDS,
)
BURST_WORDS: tuple[Word, ...] = (
    Word("within-days", "How many days two incidents of a burst may be apart.", "14"),
)
SETTINGS_WORDS: tuple[Word, ...] = (
    Word("try-all", "yes tries every distance; else the one in use alone.", "yes"),
)
EVALUATION_WORDS: tuple[Word, ...] = (
    Word("train", "Months that make the hotspots to be judged.", "6"),
    Word("judge", "yes judges past hotspots on the page; the file always does.", "yes"),
)
CASE_WORDS: tuple[Word, ...] = (Word("on", "The day asked about.", "2026-05-04"),)
AREA_WORDS: tuple[Word, ...] = (
    Word("show", "The table: rates, localities, vulnerable or top.", "localities"),
    Word("per", "What a rate is for: people or households.", "people"),
    Word("most", "How many of the top places.", "3"),
    Word("each", "yes lists the top places of each area.", "yes"),
)
INDICATOR_WORDS: tuple[Word, ...] = (
    Word("show", "The table: annual or milestones.", "annual"),
    Word("year", "The year; the newest whole one by default.", "2025/26"),
    Word("part", "A published share: how many.", "12"),
    Word("whole", "A published share: of how many.", "715"),
    Word("against", "A published share to compare with, per cent.", "6.8"),
)
EFFECT_WORDS: tuple[Word, ...] = (
    Word("place", "A saved hotspot's id or SET:CODE; `area` takes the place of it.", "x"),
    Word("before", "equal (as long, just before), year-ago, or its first day.", "equal"),
    Word("displacement-m", "How far around incidents may have moved, metres.", "200"),
    Word("control", "auto, or what to compare with: as place, or a suggested name.", "auto"),
)
SOURCE_WORDS: tuple[Word, ...] = (
    Word("show", "The table of a file: places, pairs or combined.", "places"),
)


def openapi_parameters(*tables: tuple[Word, ...]) -> dict[str, Any]:
    """Return the words as OpenAPI parameters, for a route's ``openapi_extra``.

    Examples
    --------
    >>> openapi_parameters(TREND_WORDS)["parameters"][0]["name"]
    'by'
    """
    return {"parameters": [_parameter(word) for table in tables for word in table]}


def _parameter(word: Word) -> dict[str, Any]:
    text = {"type": "string", "example": word.example}
    schema = {"type": "array", "items": text} if word.repeatable else text
    return {
        "name": word.name,
        "in": "query",
        "required": False,
        "description": word.meaning,
        "schema": schema,
    }


def split_words(
    given: Mapping[str, list[str]], known: tuple[Word, ...]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Part the filter words of an address from the others; empty values count as not given.

    Parameters
    ----------
    given
        Every value of every query word.
    known
        The words beside the filter's own that this address takes.

    Returns
    -------
    filter words, other words
        The first with all their values, the second with one value each.

    Raises
    ------
    ParameterError
        A word is unknown here, or one that takes a single value has several.

    Examples
    --------
    >>> split_words({"type": ["asb", ""], "eps-m": ["100"]}, PARAMETER_WORDS)
    ({'type': ['asb']}, {'eps-m': '100'})
    """
    filled = {name: [one for one in texts if one.strip()] for name, texts in given.items()}
    names = {word.name for word in known}
    unknown = sorted(set(filled) - set(FILTER_WORDS) - names)
    if unknown:
        raise ParameterError(
            f"This address was asked with {', '.join(unknown)}; it knows"
            f" {', '.join([*FILTER_WORDS, *sorted(names)])}. Take the others out."
        )
    several = sorted(name for name in names if len(set(filled.get(name, ()))) > 1)
    if several:
        raise ParameterError(f"{', '.join(several)} was given more than once; give one value.")
    return (
        {name: texts for name, texts in filled.items() if texts and name not in names},
        {name: texts[0] for name, texts in filled.items() if texts and name in names},
    )


def read_number(words: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number from 1 of an address, or take the default.

    Raises
    ------
    ParameterError
        It is none, or longer than any list.

    Examples
    --------
    >>> read_number({"page": "3"}, "page", 1), read_number({}, "months", 24)
    (3, 24)
    """
    text = words.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) < 1:  # noqa: PLR2004 - no list is longer
        raise ParameterError(f"`{name}` is a whole number from 1, found {text!r}.")
    return int(text)


def read_parameters(words: Mapping[str, str], defaults: HotspotParameters) -> HotspotParameters:
    """Read how to cluster from the words of an address.

    Raises
    ------
    ParameterError
        A value is not a number, or one DBSCAN cannot take.

    Examples
    --------
    >>> read_parameters({"eps-m": "100", "no-split": "yes"}, HotspotParameters()).split
    False
    """
    return HotspotParameters(
        eps_m=read_decimal(words, "eps-m", defaults.eps_m),
        min_samples=read_min_samples(words.get("min-samples", defaults.min_samples)),
        split=not read_flag(words, "no-split"),
        cluster_within=read_flag(words, "cluster-within"),
    )


def read_min_samples(value: int | str) -> int | Literal["auto"]:
    """Read a whole number, or ``auto``.

    Raises
    ------
    ParameterError
        It is neither.

    Examples
    --------
    >>> read_min_samples("12"), read_min_samples("auto")
    (12, 'auto')
    """
    if value == "auto":
        return cast("Literal['auto']", value)
    try:
        return int(value)
    except ValueError as error:
        raise ParameterError(
            f"`min-samples` must be a whole number from 1, or auto; found {value!r}."
        ) from error


def parameter_words(parameters: HotspotParameters, defaults: HotspotParameters) -> dict[str, str]:
    """Return the parameters as words of an address; those at their default are left out.

    Examples
    --------
    >>> parameter_words(HotspotParameters(eps_m=100), HotspotParameters())
    {'eps-m': '100'}
    """
    words = {
        "eps-m": f"{parameters.eps_m:g}" if parameters.eps_m != defaults.eps_m else "",
        "min-samples": str(parameters.min_samples)
        if parameters.min_samples != defaults.min_samples
        else "",
        "no-split": "" if parameters.split else "yes",
        "cluster-within": "yes" if parameters.cluster_within else "",
    }
    return {name: value for name, value in words.items() if value}


def read_decimal(words: Mapping[str, str], name: str, default: float) -> float:
    """Read a number of an address.

    Raises
    ------
    ParameterError
        It is none.

    Examples
    --------
    >>> read_decimal({"eps-m": "75.5"}, "eps-m", 150)
    75.5
    """
    text = words.get(name)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ParameterError(f"`{name}` must be a number, found {text!r}.")
    return number


def read_flag(words: Mapping[str, str], name: str) -> bool:
    """Read a yes or no of an address; no where it is not said.

    Raises
    ------
    ParameterError
        It is neither.

    Examples
    --------
    >>> read_flag({"each": "yes"}, "each")
    True
    """
    text = words.get(name, "no").casefold()
    if text not in _YES | _NO:
        raise ParameterError(f"`{name}` is yes or no, found {text!r}.")
    return text in _YES
