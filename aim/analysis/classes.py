"""The class of a place by its history: new, consecutive, persistent and the rest, as one table.

The classes are those of emerging hot spot analysis (Esri, "How Emerging Hot Spot Analysis works"),
made exclusive and exhaustive: every history fits one row of the table and no other. Where the
wording of two classes would fit, the narrower one holds: a place hot for the first time is new,
also after a cold past, and a hot spot that has just ended is historical, not persistent.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from aim.errors import ParameterError

Bools = npt.NDArray[np.bool_]


class HistoryClass(StrEnum):
    """What a place's history is called."""

    NEW = "new"
    CONSECUTIVE = "consecutive"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    DIMINISHING = "diminishing"
    SPORADIC = "sporadic"
    OSCILLATING = "oscillating"
    HISTORICAL = "historical"
    NONE = "none"


# What the table asks of a history:
#   last     hot at the last step
#   mostly   hot at nine of ten steps or more
#   past     the hot steps are the last one alone ("once"), one unbroken run to the end ("run"),
#            or anything else ("broken")
#   cold     cold at some step
#   trend    the significant trend of the intensity: "up", "down" or "none"
Facts = Mapping[str, bool | str]
HISTORY_RULES: Mapping[HistoryClass, Facts] = MappingProxyType(
    {
        HistoryClass.NEW: {"last": True, "past": "once"},
        HistoryClass.CONSECUTIVE: {"last": True, "past": "run", "mostly": False},
        HistoryClass.INTENSIFYING: {"last": True, "mostly": True, "trend": "up"},
        HistoryClass.PERSISTENT: {"last": True, "mostly": True, "trend": "none"},
        HistoryClass.DIMINISHING: {"last": True, "mostly": True, "trend": "down"},
        HistoryClass.SPORADIC: {"last": True, "past": "broken", "mostly": False, "cold": False},
        HistoryClass.OSCILLATING: {"last": True, "past": "broken", "mostly": False, "cold": True},
        HistoryClass.HISTORICAL: {"last": False, "mostly": True},
        HistoryClass.NONE: {"last": False, "mostly": False},
    }
)


def classify_history(
    hot: npt.ArrayLike,
    cold: npt.ArrayLike | None = None,
    trend_up: bool = False,  # noqa: FBT001, FBT002 - two facts of one test, as `hot` and `cold` are
    trend_down: bool = False,  # noqa: FBT001, FBT002 - the same
) -> HistoryClass:
    """Name the history of one place by the table ``HISTORY_RULES``.

    Parameters
    ----------
    hot, cold
        One truth value a step, oldest first: was the place a significant hot (cold) spot then?
        Without ``cold`` it never was.
    trend_up, trend_down
        Whether its intensity rose (fell) significantly over the steps.

    Returns
    -------
    HistoryClass
        One of nine words. ``none`` for an empty history.

    Raises
    ------
    ParameterError
        The two histories differ in length, or say hot and cold of one step, or both trends hold.

    Examples
    --------
    >>> classify_history([0, 0, 0, 1]).value, classify_history([0, 0, 1, 1]).value
    ('new', 'consecutive')
    >>> classify_history([1, 1, 1, 1], trend_up=True).value
    'intensifying'
    """
    hot_steps = np.asarray(hot, dtype=np.bool_)
    cold_steps = np.zeros_like(hot_steps) if cold is None else np.asarray(cold, dtype=np.bool_)
    _check_history(hot_steps, cold_steps)
    if trend_up and trend_down:
        raise ParameterError("A trend was said to go up and down; give `trend_up` or `trend_down`.")
    facts = _facts(hot_steps, cold_steps)
    facts["trend"] = "up" if trend_up else "down" if trend_down else "none"
    return next(name for name, rule in HISTORY_RULES.items() if fits_rule(facts, rule))


def fits_rule(facts: Facts, rule: Facts) -> bool:
    """Say whether a history has everything a row of the table asks for.

    Examples
    --------
    >>> fits_rule({"last": False, "mostly": True}, HISTORY_RULES[HistoryClass.HISTORICAL])
    True
    """
    return all(facts[name] == wanted for name, wanted in rule.items())


def _facts(hot: Bools, cold: Bools) -> dict[str, bool | str]:
    count = int(hot.sum())
    last = bool(hot[-1:].any())
    return {
        "last": last,
        # One hot step is new, also where it is the only step there is.
        "mostly": count > 1 and 10 * count >= 9 * len(hot),
        "past": _past(hot, count) if last else "broken",
        "cold": bool(cold.any()),
    }


def _past(hot: Bools, count: int) -> str:
    if count == 1:
        return "once"
    return "run" if hot[-count:].all() else "broken"


def _check_history(hot: Bools, cold: Bools) -> None:
    if hot.ndim != 1 or hot.shape != cold.shape:
        raise ParameterError(
            f"`hot` and `cold` must hold one value a step each, found the shapes {hot.shape} and"
            f" {cold.shape}."
        )
    if (hot & cold).any():
        step = int(np.argmax(hot & cold))
        raise ParameterError(
            f"A step is hot or cold, not both; found both at step {step}. Mark each by its sign."
        )
