"""The plain words that maps, lists and pages share for one hotspot."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from aim.model.hotspots import Change
from aim.model.times import LONDON, say_day
from aim.model.types import read_taxonomy


def say_change(hotspot: Mapping[str, Any]) -> str:
    """Say how a hotspot moved, the word first and the two counts behind it.

    Parameters
    ----------
    hotspot
        One row of a run: ``change``, ``incidents`` and ``incidents_before``.

    Returns
    -------
    str
        ``"not compared"`` where there was no earlier period to compare with.

    Examples
    --------
    >>> say_change({"change": "up", "incidents": 34, "incidents_before": 21})
    'up: 34 from 21'
    >>> say_change({"change": None, "incidents": 34, "incidents_before": float("nan")})
    'not compared'
    """
    word, before = hotspot["change"], hotspot["incidents_before"]
    if pd.isna(word) or pd.isna(before):
        return "not compared"
    return f"{Change(word)}: {int(hotspot['incidents'])} from {int(before)}"


def say_p(p: float) -> str:
    """Write a probability to three decimals.

    Examples
    --------
    >>> say_p(0.0123), say_p(0.0002)
    ('0.012', 'below 0.001')
    """
    return "below 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - three decimals are printed


def say_counts(counts: object) -> str:
    """Write counts kept as ``slug 12; other-slug 3`` with the names people read.

    Examples
    --------
    >>> say_counts("anti-social-behaviour 12; wardens 3")
    'Anti-social behaviour 12; wardens 3'
    """
    taxonomy = read_taxonomy()
    parts = [part.rpartition(" ") for part in _text(counts).split("; ") if part]
    return "; ".join(f"{taxonomy.name(name)} {count}".strip() for name, _, count in parts)


def say_moment(moment: object) -> str:
    """Write the London day of a UTC moment; missing gives an empty text.

    Examples
    --------
    >>> say_moment(pd.Timestamp("2026-06-30T23:30Z"))
    '1 July 2026'
    """
    if not isinstance(moment, datetime) or pd.isna(moment):
        return ""
    return say_day(_local_day(moment))


def say_clock(moment: datetime) -> str:
    """Write the London day and clock of a UTC moment.

    Examples
    --------
    >>> say_clock(pd.Timestamp("2026-06-30T23:30:05Z"))
    '1 July 2026, 00:30:05'
    """
    return f"{say_day(_local_day(moment))}, {moment.astimezone(LONDON):%H:%M:%S}"


def _local_day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124 - NaN alone differs from itself
