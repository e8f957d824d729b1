"""The wide cluster a hotspot was split from, in the words people read."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from aim.model.hotspots import HotspotRun

_MOST_NAMED = 3


def say_parent(run: HotspotRun, hotspot: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the wide cluster a hotspot is a part of, with its other parts; nothing if none.

    Parameters
    ----------
    run
        The search, with its parents.
    hotspot
        ``rank`` and ``parent`` of one of its hotspots.
    """
    if pd.isna(hotspot["parent"]):
        return ()
    top = str(hotspot["parent"]).split(".")[0]
    wide = run.parents[run.parents["parent"] == top]
    if wide.empty:
        return ()
    tops = run.hotspots["parent"].str.split(".").str[0]
    brothers = run.hotspots[(tops == top) & (run.hotspots["rank"] != hotspot["rank"])]
    size = f"A wider cluster of {wide['incidents'].iloc[0]:,} incidents"
    return (("Part of", f"{size}{_say_brothers(brothers)}"),)


def _say_brothers(brothers: pd.DataFrame) -> str:
    named = [
        f"{name} ({count:,})"
        for name, count in zip(brothers["name"], brothers["incidents"], strict=True)
    ]
    more = len(named) - _MOST_NAMED
    told = [*named[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])]
    return f", with {'; '.join(told)}" if told else ", of which it is the densest part"
