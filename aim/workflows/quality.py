"""How far each source is to be trusted this month: measures, silences, dropped channels."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from aim.access import is_allowed, reach_of, require
from aim.analysis.quality import (
    channel_of,
    find_channel_drops,
    monthly_quality,
    say_quality,
)
from aim.config import Settings
from aim.exports import Listing, text_table
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING as ALL_ROWS
from aim.model.people import Action, Actor, Reach
from aim.model.times import local_months, read_month
from aim.store import Store
from aim.workflows.agreements import agreement_warnings
from aim.workflows.audit import count_view
from aim.workflows.doubts import silences
from aim.workflows.files import hand_out
from aim.workflows.memory import Memory
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile, QualityMonth, QualityView
from aim.workflows.vintages import area_vintages

EVERYTHING = IncidentFilter(include_outside=True)
SHOWN_MONTHS = 6
DROP_COUNTS = ["source", "ward_code", "month"]


@dataclass(frozen=True, slots=True)
class _Findings:
    """What stands out over all months, as sentences by source."""

    silences: tuple[tuple[str, str], ...]
    drops: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Measures:
    """What the page says of the rows one reader is measured by."""

    found: _Findings
    months: tuple[QualityMonth, ...]


# Two readers of one reach are shown one answer; it takes seconds to make.
_MEASURES: Memory[_Measures] = Memory(4)


def quality_table(store: Store, actor: Actor) -> pd.DataFrame:
    """Measure what each source sent for each month; see ``aim.analysis.quality``.

    Returns
    -------
    pandas.DataFrame
        One row a source and month; empty for an empty store.
    """
    require(actor, Action.VIEW_QUALITY)
    reach = _measured_reach(actor)
    return _measured(store, reach, store.incidents(EVERYTHING, reach))


def export_quality(
    store: Store, actor: Actor, settings: Settings, *, file_format: str, made: date
) -> ExportedFile:
    """Write the quality table to a file."""
    require(actor, Action.EXPORT)
    stamp = stamp_of(store, actor, EVERYTHING, settings, made=made)
    listing = Listing("Data quality", quality_table(store, actor), stamp, name="quality")
    return hand_out(store, actor, listing, EVERYTHING, "quality", file_format)


def quality_text(store: Store, actor: Actor) -> str:
    """Return findings and the newest months of each source, for a terminal."""
    require(actor, Action.VIEW_QUALITY)
    reach = _measured_reach(actor)
    incidents = store.incidents(EVERYTHING, reach)
    found = _find(store, reach, incidents)
    table = _newest(_measured(store, reach, incidents))
    shown = table[
        ["source", "month", "rows", "located_share", "snapped_share", "refused", "area_vintage"]
    ]
    findings = [words for _, words in (*found.silences, *found.drops)]
    findings += [
        f"{row['source']}, {row['month']}: {row['area_warning']}"
        for row in table.to_dict("records")
        if row["area_warning"]
    ]
    found_words = findings or ["No silent month and no dropped channel was found."]
    head = "\n".join([*agreement_warnings(store), *found_words])
    shares = shown.assign(
        located_share=shown["located_share"].map(_percent),
        snapped_share=shown["snapped_share"].map(_percent),
    )
    return f"{head}\n\n{text_table(shares)}"


def quality_view(store: Store, actor: Actor, settings: Settings) -> QualityView:
    """Build the data quality page."""
    require(actor, Action.VIEW_QUALITY)
    count_view(store, actor, "quality")
    reach = _measured_reach(actor)
    # A delivery of refused rows alone changes no incident, and still what is told of its month.
    deliveries = tuple((one.batch_id, one.state) for one in store.batches(reach))
    measures = _MEASURES.recall(store, (reach, deliveries), lambda: _measure(store, reach))
    stamp = stamp_of(store, actor, EVERYTHING, settings, reach=reach)
    # Drops tell of single wards: for who is shown reports.
    shows_drops = is_allowed(actor, Action.VIEW)
    return QualityView(
        silences=measures.found.silences,
        drops=measures.found.drops if shows_drops else (),
        shows_drops=shows_drops,
        agreements=agreement_warnings(store),
        months=measures.months,
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _measured_reach(actor: Actor) -> Reach:
    """Return whose rows are measured: those the actor sees; all for who is shown measures alone."""
    return reach_of(actor) if is_allowed(actor, Action.VIEW) else ALL_ROWS


def _measure(store: Store, reach: Reach) -> _Measures:
    incidents = store.incidents(EVERYTHING, reach)
    newest = _newest(_measured(store, reach, incidents)).to_dict("records")
    return _Measures(_find(store, reach, incidents), tuple(map(_month, newest)))


def _measured(store: Store, reach: Reach, incidents: pd.DataFrame) -> pd.DataFrame:
    wards = store.wards(reach)
    return monthly_quality(
        incidents,
        _refused(store, reach),
        wards=wards if len(wards) else None,
        coverage=store.coverage(reach),
        areas=area_vintages(store, reach),
    )


def _refused(store: Store, reach: Reach) -> pd.DataFrame:
    """Return the refused rows of the deliveries that stand, by source and reason."""
    frames = [
        store.rejected(batch.batch_id, reach)[["reason"]].assign(source=batch.source)
        for batch in store.batches(reach)
        if batch.state == "current" and batch.rejected
    ]
    if not frames:
        return pd.DataFrame({"source": pd.Series(dtype="str"), "reason": pd.Series(dtype="str")})
    return pd.concat(frames, ignore_index=True)


def _find(store: Store, reach: Reach, incidents: pd.DataFrame) -> _Findings:
    if incidents.empty:
        return _Findings((), ())
    wards = store.wards(reach)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    channels = incidents.assign(
        source=channel_of(incidents),
        month=local_months(incidents["occurred_from"]),
        ward_code=incidents["ward_code"].map(names),
    )
    counts = channels.groupby(DROP_COUNTS).size().rename("incidents").reset_index()
    drops = find_channel_drops(counts)
    return _Findings(_said(silences(store, reach)), _said(drops.drop_duplicates("words")))


def _said(findings: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(source), str(words))
        for source, words in zip(findings["source"], findings["words"], strict=True)
    )


def _newest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the newest months of each source, newest first."""
    dated = table.dropna(subset=["month"])
    newest = dated.sort_values("month", ascending=False, kind="stable")
    return (
        newest.groupby("source", sort=True)
        .head(SHOWN_MONTHS)
        .sort_values(["source", "month"], ascending=[True, False], kind="stable")
        .reset_index(drop=True)
    )


def _month(row: dict[Any, Any]) -> QualityMonth:
    return QualityMonth(
        source=str(row["source"]),
        month=f"{read_month(str(row['month'])):%B %Y}",
        rows=f"{int(row['rows']):,}",
        located=_percent(row["located_share"]),
        snapped=_percent(row["snapped_share"]),
        delay=_days(row["delay_median_days"]),
        areas=str(row["area_vintage"]) or "none sent",
        told=tuple(say_quality(row)),
        doubtful=bool(row["below_85"]),
    )


def _percent(share: object) -> str:
    return f"{share:.0%}" if isinstance(share, float) and not math.isnan(share) else "not known"


def _days(days: object) -> str:
    return f"{days:.1f} days" if isinstance(days, float) and not math.isnan(days) else "not known"
