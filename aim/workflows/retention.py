"""Rows past their time: listed, removed for good, and not taken in again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from aim.access import audit_entry, keeps_from, require
from aim.model.agreements import current_agreements
from aim.model.incidents import FeedResult, TimePrecision
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.times import london_midnight
from aim.store import Store
from aim.workflows.agreements import london_day

ERASED = "erased at a person's request; it is not taken in again"
PAST = "older than its sharing agreement keeps rows; it is not taken in"


@dataclass(frozen=True, slots=True)
class PastTime:
    """What of one source is past its time.

    Attributes
    ----------
    source, before
        Rows that ended before this London day.
    months
        How many rows of each month.
    rejected
        Refused rows that still hold a cell or a reference.
    members
        How many members saved runs lost; 0 while nothing is removed.
    """

    source: str
    before: date
    months: tuple[tuple[str, int], ...]
    rejected: int
    members: int = 0

    @property
    def rows(self) -> int:
        """How many rows are past their time."""
        return sum(count for _, count in self.months)

    def lines(self) -> Iterator[str]:
        """Say it, a line a month."""
        head = f"{self.source}: {self.rows:,} rows ended before {self.before}"
        yield f"{head}; {self.rejected:,} refused rows hold a cell or reference"
        for month, count in self.months:
            yield f"  {month}  {count:,}"


def retain(
    store: Store, actor: Actor, *, dry_run: bool = False, today: date | None = None
) -> list[PastTime]:
    """Remove what is past its time for good, or with ``dry_run`` only list it.

    Each source is removed in a transaction of its own, with its audit entry. Rows, their earlier
    contents, found positions, links and memberships of saved runs go; refused rows lose cell and
    reference. The audit chain keeps counts.
    """
    require(actor, Action.RETAIN)
    agreements = current_agreements(store.agreements(EVERYTHING)).values()
    limits = keeps_from(agreements, today or london_day())
    return [
        found
        for source, before in sorted(limits.items())
        if (found := _source(store, actor, source, before, dry_run=dry_run)) is not None
    ]


def _source(
    store: Store, actor: Actor, source: str, before: date, *, dry_run: bool
) -> PastTime | None:
    past = store.past_time(source, before, EVERYTHING)
    moment = london_midnight(before)
    counts = past["month"].value_counts().sort_index()
    months = tuple((str(month), int(count)) for month, count in counts.items())
    found = PastTime(source, before, months, store.rejected_past(source, moment, EVERYTHING))
    if not found.rows and not found.rejected:
        return None
    if dry_run:
        return found
    with store.transaction() as change:
        gone = change.erase(past["incident_id"].tolist(), remember=False)
        cleared = change.clear_rejected(source, before=moment)
        change.record(
            audit_entry(
                actor,
                Action.RETAIN,
                source=source,
                before=before.isoformat(),
                rows=gone.rows,
                earlier=gone.earlier,
                members=gone.members,
                rejected=cleared,
            )
        )
    return PastTime(source, before, months, cleared, gone.members)


def refuse_unkept(store: Store, result: FeedResult, *, today: date | None = None) -> FeedResult:
    """Refuse rows of a delivery that were erased for a person, or are past their time.

    They are counted as rejected, with the reason and without reference or cell, so that a file
    that is sent again does not bring them back.
    """
    rows = result.incidents
    if rows.empty:
        return result
    agreements = current_agreements(store.agreements(EVERYTHING)).values()
    limits = keeps_from(agreements, today or london_day())
    erased = rows["incident_id"].isin(sorted(store.erased_among(rows["incident_id"].tolist())))
    past = _past(rows, limits)
    if not (erased | past).any():
        return result
    refused = pd.DataFrame(
        {
            "file": pd.Series(None, index=rows.index, dtype="str"),
            "row": pd.Series(rows.index, index=rows.index, dtype="int64"),
            "reason": pd.Series(PAST, index=rows.index, dtype="str").mask(erased, ERASED),
            "cell": pd.Series(None, index=rows.index, dtype="str"),
            "source_ref": pd.Series(None, index=rows.index, dtype="str"),
        }
    )[erased | past]
    rejected = pd.concat([result.rejected, refused], ignore_index=True)
    stays = ~(erased | past)
    codes = None if result.area_codes is None else result.area_codes[stays]
    return FeedResult(rows[stays], rejected, result.notes, codes)


def _past(rows: pd.DataFrame, limits: dict[str, date]) -> pd.Series:
    """Mark rows of a day, or a whole month, before their source's rows are kept from."""
    past = pd.Series(data=False, index=rows.index, dtype="bool")
    if not set(limits) & set(rows["source"].unique()):
        return past
    monthly = rows["time_precision"] == TimePrecision.MONTH.value
    for source, day in limits.items():
        limit = pd.Timestamp(london_midnight(day))
        over = (rows["occurred_to"] <= limit).where(monthly, rows["occurred_from"] < limit)
        past |= (rows["source"] == source) & over
    return past
